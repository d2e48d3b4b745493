"""Tables of territories of several extracts, as one view: what registers, perimeters and contours are checked on."""

from collections.abc import Iterable

import duckdb

from indicators.base.lecture import SANS_RESEAU
from indicators.reference import ExtraitConnu

COLONNES = {
    "etablissements": "uai nom type code_commune nom_commune etat date_fermeture",
    "observations": "niveau territoire rentree ligne",
    "communes": "code nom departement",
    "communes_fusionnees": "code_ancien code_nouveau",
    "perimetres": "code_commune uai code_reseau code_inter_reseau rentree_debut rentree_fin",
    "contours": "niveau code nom",
}
"""Columns read from each table; one that an extract does not have is NULL there."""
_ENTIERS = ("rentree", "ligne", "rentree_debut", "rentree_fin")


def connect() -> duckdb.DuckDBPyConnection:
    """In-memory connection that looks for nothing elsewhere. The caller closes it."""
    return duckdb.connect(config=SANS_RESEAU)


def has_table(extrait: ExtraitConnu, table: str) -> bool:
    """The extract fills that table."""
    return (extrait.dossier / f"{table}.parquet").exists()


def create_vue(connexion: duckdb.DuckDBPyConnection, vue: str, table: str, extraits: Iterable[ExtraitConnu]) -> None:
    """Create a view on one table of those extracts that fill it, `ordre` being the place of each among them."""
    lus = [extrait for extrait in extraits if has_table(extrait, table)]
    colonnes = [(nom, "BIGINT" if nom in _ENTIERS else "VARCHAR") for nom in COLONNES[table].split()]
    vides = ", ".join(f"NULL::{type_} AS {nom}" for nom, type_ in colonnes)
    lecture = f"SELECT {vides}, NULL::INTEGER AS ordre WHERE false"
    if lus:
        chemins = [str(extrait.dossier / f"{table}.parquet") for extrait in lus]
        liste = "[" + ", ".join("'" + chemin.replace("'", "''") + "'" for chemin in chemins) + "]"
        fichiers = f"read_parquet({liste}, union_by_name = true, filename = true)"
        ecrites = {ligne[0] for ligne in connexion.execute(f"DESCRIBE SELECT * FROM {fichiers}").fetchall()}  # noqa: S608
        champs = ", ".join(f"{nom if nom in ecrites else 'NULL'}::{type_} AS {nom}" for nom, type_ in colonnes)
        lecture = f"SELECT {champs}, list_position({liste}, filename)::INTEGER - 1 AS ordre FROM {fichiers}"  # noqa: S608
    connexion.execute(f"CREATE VIEW {vue} AS {lecture}")
