"""Perimeters from normalised extracts alone, before any base is built: what a new table would move."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from indicators.territoires.rattachements import build_appartenances
from indicators.territoires.referentiel import Academie

_ICI = Path(__file__).parent
COLONNES = {
    "etablissements": "uai VARCHAR, nom VARCHAR, type VARCHAR, secteur VARCHAR, education_prioritaire VARCHAR, "
    "code_commune VARCHAR, nom_commune VARCHAR, lon DOUBLE, lat DOUBLE, rentree INTEGER, code_circonscription VARCHAR, "
    "nom_circonscription VARCHAR, code_bassin VARCHAR, nom_bassin VARCHAR",
    "communes": "code VARCHAR, nom VARCHAR, departement VARCHAR, population INTEGER, lon DOUBLE, lat DOUBLE",
    "communes_fusionnees": "code_ancien VARCHAR, code_nouveau VARCHAR",
    "perimetres": "code_commune VARCHAR, uai VARCHAR, code_reseau VARCHAR, nom_reseau VARCHAR, "
    "code_inter_reseau VARCHAR, nom_inter_reseau VARCHAR, rentree_debut INTEGER, rentree_fin INTEGER, "
    "est_provisoire BOOLEAN",
}
"""Tables of a normalised extract that tell territories, and the columns read from each."""


@dataclass(frozen=True)
class ExtraitTerritoires:
    """An extract as perimeters read it: folder of its rows, rank of its format, whether it lists établissements."""

    dossier: Path
    priorite: int
    est_registre: bool


@dataclass(frozen=True)
class Deplacement:
    """An établissement that changes réseau (or inter-réseau) from a rentrée on (None: at every rentrée).

    `de` and `vers` are codes, «» for none; `nom_de` and `nom_vers` their official names.
    """

    niveau: str
    uai: str
    nom: str
    rentree: int | None
    de: str
    nom_de: str
    vers: str
    nom_vers: str


@dataclass(frozen=True)
class Deplacements:
    """All that a new perimeter changes: moves, then (niveau, code, name) of the territories created and ended, and
    (niveau, code, old name, new name) of those that keep their code under another name."""

    liste: tuple[Deplacement, ...] = ()
    crees: tuple[tuple[str, str, str], ...] = ()
    finis: tuple[tuple[str, str, str], ...] = ()
    renommes: tuple[tuple[str, str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.liste or self.renommes)


def read_appartenances(extraits: Iterable[ExtraitTerritoires], academie: Academie) -> pd.DataFrame:
    """The perimeter that these extracts, oldest first, give: rows of `build_appartenances`, with a column `nom`."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connexion:
        for table, colonnes in COLONNES.items():
            connexion.execute(
                f"CREATE TABLE source_{table} ({colonnes}, chargement VARCHAR, ordre INTEGER, rang INTEGER, "
                "est_registre BOOLEAN)"
            )
        connexion.execute("CREATE TABLE observation (niveau VARCHAR, territoire VARCHAR)")
        for ordre, extrait in enumerate(extraits, start=1):
            _insert(connexion, extrait, ordre)
        build_appartenances(connexion, academie)
        return connexion.execute("SELECT a.*, e.nom FROM appartenance a JOIN etablissement e USING (uai)").df()


def _insert(connexion: duckdb.DuckDBPyConnection, extrait: ExtraitTerritoires, ordre: int) -> None:
    origine = [None, ordre, extrait.priorite * 100_000 + ordre, extrait.est_registre]
    for table, colonnes in COLONNES.items():
        fichier = extrait.dossier / f"{table}.parquet"
        if fichier.exists():
            noms = ", ".join(colonne.split()[0] for colonne in colonnes.split(", "))
            connexion.execute(
                f"INSERT INTO source_{table} SELECT {noms}, ?, ?, ?, ? FROM read_parquet(?)",  # noqa: S608 - constants
                [*origine, str(fichier)],
            )
    observations = extrait.dossier / "observations.parquet"
    if observations.exists():
        connexion.execute(
            "INSERT INTO observation SELECT DISTINCT niveau, territoire FROM read_parquet(?)", [str(observations)]
        )


def list_deplacements(avant: pd.DataFrame, apres: pd.DataFrame) -> Deplacements:
    """What changes from one perimeter to another. An établissement that had no perimeter has not moved.

    Args:
        avant, apres: rows of `read_appartenances`.
    """
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connexion:
        connexion.register("avant", avant)
        connexion.register("apres", apres)
        connexion.execute((_ICI / "deplacements.sql").read_text(encoding="utf-8"))
        tables = ("mouvement", "cree", "fini", "renomme")
        mouvements, *autres = [connexion.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in tables]
        return Deplacements(tuple(Deplacement(*ligne) for ligne in mouvements), *map(tuple, autres))
