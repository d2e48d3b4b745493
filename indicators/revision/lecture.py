"""The rows that plausibility compares: those of a new extract, and those already known. Parquet in, tables out."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from indicators.base.lecture import SANS_RESEAU
from indicators.catalogue import Indicateur, load_catalogue
from indicators.reference import ExtraitConnu, Reference

CLE = ("indicateur", "niveau", "territoire", "rentree", "modalite")
_LUES = (
    "indicateur, niveau, territoire, rentree::INTEGER AS rentree, modalite, numerateur::DOUBLE AS numerateur, "
    "denominateur::DOUBLE AS denominateur, valeur::DOUBLE AS valeur, ecart_type::DOUBLE AS ecart_type, statut, "
    "ligne::BIGINT AS ligne"
)
_CHIFFRE = """CASE WHEN statut = 'ok' THEN CASE c.nature
    WHEN 'taux' THEN coalesce(numerateur / nullif(denominateur, 0), valeur)
    WHEN 'ratio' THEN numerateur / nullif(denominateur, 0)
    WHEN 'effectif' THEN numerateur
    ELSE valeur END END"""
_VIDE = (
    "SELECT NULL::VARCHAR AS indicateur, NULL::VARCHAR AS niveau, NULL::VARCHAR AS territoire, "
    "NULL::INTEGER AS rentree, NULL::VARCHAR AS modalite, NULL::DOUBLE AS numerateur, NULL::DOUBLE AS denominateur, "
    "NULL::DOUBLE AS valeur, NULL::DOUBLE AS ecart_type, NULL::VARCHAR AS statut, NULL::BIGINT AS ligne, "
    "NULL::DOUBLE AS chiffre, NULL::INTEGER AS ordre, NULL::BOOLEAN AS meme_format WHERE false"
)


def connect(extrait: ExtraitConnu, reference: Reference) -> duckdb.DuckDBPyConnection:
    """Three views in memory on the Parquet files: nothing is copied. The caller closes the connection.

    | view | rows |
    | --- | --- |
    | nouveau | those of the extract |
    | ancien | those of every other extract, but the years that a later one replaced |
    | connu | of `ancien`, one per key, as served: same format first, then with a figure, then the latest |

    Columns: those of `observations`; `chiffre`, the figure shown (a taux is a proportion; NULL where there is none);
    `ordre`, place of its extract in `reference.extraits`; `meme_format`.
    """
    connexion = duckdb.connect(config=SANS_RESEAU)
    fiches = load_catalogue().values()
    natures = [[fiche.code for fiche in fiches], [str(fiche.nature) for fiche in fiches]]
    connexion.execute("CREATE TABLE catalogue AS SELECT unnest(?) AS indicateur, unnest(?) AS nature", natures)
    ruptures = [(fiche.code, rupture.rentree) for fiche in fiches for rupture in fiche.ruptures]
    codes, rentrees = ([ligne[rang] for ligne in ruptures] for rang in (0, 1))
    connexion.execute("CREATE TABLE rupture AS SELECT unnest(?) AS indicateur, unnest(?) AS rentree", [codes, rentrees])
    anciens = [_select(e, ordre, e.is_same_format(extrait)) for ordre, e in enumerate(reference.extraits)]
    for vue, lectures in (("nouveau", [_select(extrait, -1, True)]), ("ancien", anciens)):
        connexion.execute(f"CREATE VIEW {vue} AS " + " UNION ALL ".join([_VIDE, *filter(None, lectures)]))
    connexion.execute(f"""
        CREATE VIEW connu AS SELECT * FROM ancien
        QUALIFY row_number() OVER (PARTITION BY {", ".join(CLE)}
                                   ORDER BY meme_format DESC, statut = 'ok' DESC, ordre DESC, ligne) = 1
    """)  # noqa: S608
    return connexion


def _select(extrait: ExtraitConnu, ordre: int, meme_format: bool) -> str:
    """The rows of an extract; "" when it holds no figure. A view takes no parameter: the path is quoted."""
    fichier = extrait.dossier / "observations.parquet"
    if not fichier.exists():
        return ""
    chemin = str(fichier).replace("'", "''")
    retirees = ", ".join(str(int(rentree)) for rentree in extrait.rentrees_retirees)
    filtre = f"WHERE rentree NOT IN ({retirees})" if retirees else ""
    return (
        f"SELECT {_LUES}, {_CHIFFRE} AS chiffre, {ordre} AS ordre, {meme_format} AS meme_format "  # noqa: S608
        f"FROM read_parquet('{chemin}') JOIN catalogue c USING (indicateur) {filtre}"
    )


def read_uai(dossier: Path) -> frozenset[str]:
    """Établissements that a register lists; none where it has no such table."""
    fichier = dossier / "etablissements.parquet"
    if not fichier.exists():
        return frozenset()
    lignes = duckdb.execute("SELECT DISTINCT uai FROM read_parquet(?) WHERE uai IS NOT NULL", [str(fichier)])
    return frozenset(uai for (uai,) in lignes.fetchall())


def read_noms(extraits: Iterable[ExtraitConnu]) -> dict[str, str]:
    """Name of each établissement, as the latest of these extracts writes it."""
    noms: dict[str, str] = {}
    for extrait in extraits:
        fichier = extrait.dossier / "etablissements.parquet"
        if fichier.exists():
            colonnes = duckdb.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(fichier)]).df().columns
            if "nom" in colonnes:
                lignes = "SELECT uai, nom FROM read_parquet(?) WHERE nom IS NOT NULL"
                noms.update(duckdb.execute(lignes, [str(fichier)]).fetchall())
    return noms


def group_fiches(table: pd.DataFrame) -> Iterable[tuple[Indicateur, str, pd.DataFrame]]:
    """The rows of each indicator and modalité of a table, with its fiche."""
    catalogue = load_catalogue()
    for (code, modalite), lignes in table.groupby(["indicateur", "modalite"], sort=True):
        yield catalogue[code], modalite, lignes
