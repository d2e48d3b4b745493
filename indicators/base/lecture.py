"""Read a published base: the only door to its figures."""

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import duckdb
import pandas as pd

from indicators.base.versions import SCHEMA, Version, get_dossier_bases, get_version, read_version_courante
from indicators.erreurs import ErreurBase

SANS_RESEAU = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""DuckDB settings: an extension that would be fetched must fail at once, not stall."""


class Base:
    """A published version, attached read-only. Safe to share between threads.

    Rows are those of `schema.sql`; nothing is computed here.
    """

    def __init__(self, chemin: Path, version: Version):
        self.version = version
        try:
            self._connexion = duckdb.connect(config=SANS_RESEAU)
            chemin_sql = str(chemin).replace("'", "''")  # ATTACH takes no parameter
            self._connexion.execute(f"ATTACH '{chemin_sql}' AS base (READ_ONLY)")
            self._connexion.execute("USE base")
        except duckdb.Error as erreur:
            raise ErreurBase(
                f"La base « {chemin.name} » est illisible ou abîmée. "
                "Rétablissez une version précédente (« retablir »), ou publiez de nouveau (« publier »)."
            ) from erreur
        self._locale = threading.local()

    def requete(self, sql: str, parametres: Sequence | Mapping = ()) -> pd.DataFrame:
        """Rows of a query on the base.

        Args:
            sql: a SELECT on the tables of `schema.sql`, with `?` or `$nom` for every value.
            parametres: the values, in order or by name.
        """
        return self._curseur().execute(sql, parametres).df()

    def lignes(self, sql: str, parametres: Sequence | Mapping = ()) -> list[tuple]:
        """Like `requete`, as plain tuples: quicker for a few rows."""
        return self._curseur().execute(sql, parametres).fetchall()

    def _curseur(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._locale, "curseur"):
            self._locale.curseur = self._connexion.cursor()
            self._locale.curseur.execute("USE base")
        return self._locale.curseur


def open_base(processed: Path, nom: str | None = None) -> Base:
    """Open the version of that name, or the one served now.

    Raises:
        ErreurBase: nothing is published, the file is missing or corrupted, or other code built it.
    """
    version = get_version(processed, nom) if nom else read_version_courante(processed)
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
    return _open(get_dossier_bases(processed) / f"{version.nom}.duckdb", version)


@lru_cache(maxsize=8)
def _open(chemin: Path, version: Version) -> Base:
    return Base(chemin, version)
