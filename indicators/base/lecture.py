"""Read a published base: the only door to its figures."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd

from indicators.base.integrite import PANNES, SANS_RESEAU, attach, control_fichier, is_lisible, sign_fichier
from indicators.base.secours import read_servie
from indicators.base.versions import SCHEMA, Version, get_dossier_bases, get_version
from indicators.erreurs import ErreurBase

_Lu = TypeVar("_Lu")


class Base:
    """A published version, attached read-only. Safe to share between threads.

    Rows are those of `schema.sql`; nothing is computed here.
    """

    def __init__(self, chemin: Path, version: Version):
        self.version, self._chemin = version, chemin
        try:
            self._connexion = duckdb.connect(config=SANS_RESEAU)
            attach(self._connexion, chemin)
        except duckdb.Error as erreur:
            raise _make_abimee(chemin) from erreur
        self._locale = threading.local()

    def requete(self, sql: str, parametres: Sequence | Mapping = ()) -> pd.DataFrame:
        """Rows of a query on the base.

        Args:
            sql: a SELECT on the tables of `schema.sql`, with `?` or `$nom` for every value.
            parametres: the values, in order or by name.

        Raises:
            ErreurBase: the file was damaged since it was opened; the next `open_base` falls back.
        """
        return self._lire(lambda curseur: curseur.execute(sql, parametres).df())

    def lignes(self, sql: str, parametres: Sequence | Mapping = ()) -> list[tuple]:
        """Like `requete`, as plain tuples: quicker for a few rows."""
        return self._lire(lambda curseur: curseur.execute(sql, parametres).fetchall())

    def close(self) -> None:
        """Let the file go: a base that is not served yet is about to be moved."""
        self._connexion.close()

    def _lire(self, lire: Callable[[duckdb.DuckDBPyConnection], _Lu]) -> _Lu:
        try:
            return lire(self._curseur())
        except PANNES as erreur:
            if control_fichier(self._chemin):
                raise  # another fault: memory, temporary files
            raise _make_abimee(self._chemin) from erreur

    def _curseur(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._locale, "curseur"):
            self._locale.curseur = self._connexion.cursor()
            self._locale.curseur.execute("USE base")
        return self._locale.curseur


def open_base(processed: Path, nom: str | None = None) -> Base:
    """Open the version of that name, or the one served now (see `read_servie`: it may be an earlier one).

    Raises:
        ErreurBase: nothing is published, the file is missing or corrupted, or other code built it.
    """
    version = get_version(processed, nom) if nom else read_servie(processed).version
    if version is None:
        raise ErreurBase(
            "Aucune donnée n’est encore publiée. Chargez un premier extrait "
            "(« python -m indicators charger FICHIER »), ou lancez la démonstration (« python -m indicators demo »)."
        )
    if version.schema != SCHEMA:
        raise ErreurBase(
            f"La version {version.numero} a été publiée par une autre version d’Éclore : ses tables ont changé. "
            "Publiez de nouveau les mêmes extraits : python -m indicators publier."
        )
    chemin = get_dossier_bases(processed) / f"{version.nom}.duckdb"
    if not is_lisible(chemin):
        raise _make_abimee(chemin)
    return _open(sign_fichier(chemin), version)


@lru_cache(maxsize=8)
def _open(signature: tuple[str, int, int], version: Version) -> Base:
    """One open base for each state of a file: a file that was put back is opened again."""
    return Base(Path(signature[0]), version)


def _make_abimee(chemin: Path) -> ErreurBase:
    return ErreurBase(
        f"La base « {chemin.name} » est illisible ou abîmée. "
        "Rétablissez une version précédente (« retablir »), ou publiez de nouveau (« publier »)."
    )
