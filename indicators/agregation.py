"""From observations to the figures of every territory: sum, then divide."""

from pathlib import Path

import duckdb
import pandas as pd

from indicators.catalogue import Indicateur

_SQL = Path(__file__).with_suffix(".sql")
_ANNUEL = Path(__file__).with_name("agregation_annuelle.sql")

PARTS_CALCULEES = {
    "part_eleves_education_prioritaire": "education_prioritaire IS NOT NULL",
    "part_eleves_prive": "secteur = 'prive'",
}
"""Indicators that no extract gives: collégiens of the établissements that meet a condition, over all collégiens."""

DISTANCE = "distance_lycee"
CALCULES = (*PARTS_CALCULEES, DISTANCE)
"""Every indicator computed from the effectifs of collèges and what registers say of établissements."""


def register_catalogue(connexion: duckdb.DuckDBPyConnection, catalogue: dict[str, Indicateur]) -> None:
    """Make the fiches readable from SQL, as the temporary table `catalogue`."""
    lignes = pd.DataFrame(
        [
            {
                "indicateur": i.code,
                "nature": i.nature.value,
                "sens": i.sens.value,
                "seuil": i.seuil,
                "secret": i.secret,
                "ecart_utile": i.ecart_utile / i.echelle,
                "annees_cumulees": i.annees_cumulees,
                "est_calcule": i.code in CALCULES,
            }
            for i in catalogue.values()
        ]
    )
    connexion.register("lignes_catalogue", lignes)
    connexion.execute("CREATE TEMP TABLE catalogue AS SELECT * FROM lignes_catalogue")
    connexion.unregister("lignes_catalogue")


def derive_parts(connexion: duckdb.DuckDBPyConnection) -> None:
    """Add to `observation` the parts of pupils by kind of établissement.

    Each collège weighs its pupils: (pupils, pupils) where the condition holds, (0, pupils) elsewhere, so that the
    usual sum-then-divide gives the part. Without any register that says the condition, nothing is added.
    """
    for indicateur, condition in PARTS_CALCULEES.items():
        connexion.execute(
            f"""
            INSERT INTO observation
            SELECT $indicateur, 'etablissement', o.territoire, o.rentree, 'ensemble',
                   CASE WHEN {condition} THEN o.numerateur ELSE 0 END, o.numerateur, NULL, NULL, '', o.statut,
                   o.chargement, o.ligne
            FROM observation o JOIN etablissement e ON e.uai = o.territoire
            WHERE o.indicateur = 'effectif_colleges' AND o.modalite = 'ensemble' AND o.niveau = 'etablissement'
              AND EXISTS (SELECT 1 FROM etablissement WHERE {condition})
            """,  # noqa: S608 - the condition is a constant of this module
            {"indicateur": indicateur},
        )


def derive_distances(connexion: duckdb.DuckDBPyConnection) -> None:
    """Add to `observation` the distance in km, as the crow flies, of each collège to the nearest lycée GT.

    A lycée GT is a lycée with a figure of that voie. A collège weighs its pupils; the distance is the same for all of
    them, so that the spread of a territory is that between its collèges. Without the point of any lycée, nothing is
    added. Great-circle distance on a sphere of 6 371 km (haversine: Sinnott 1984, Sky & Telescope 68:159).
    """
    connexion.execute(
        """
        INSERT INTO observation
        WITH lycee AS (
            SELECT uai, radians(lon) AS lon, radians(lat) AS lat FROM etablissement
            WHERE type = 'lycee' AND lon IS NOT NULL AND uai IN (
                SELECT territoire FROM observation WHERE indicateur IN ('effectif_lycees_gt', 'taux_acces_2nde_bac_gt')
            )
        ), proche AS (
            SELECT c.uai, min(2 * 6371 * asin(sqrt(
                pow(sin((l.lat - radians(c.lat)) / 2), 2)
                + cos(l.lat) * cos(radians(c.lat)) * pow(sin((l.lon - radians(c.lon)) / 2), 2)
            ))) AS km
            FROM etablissement c, lycee l WHERE c.type = 'college' AND c.lon IS NOT NULL GROUP BY c.uai
        )
        SELECT $indicateur, 'etablissement', o.territoire, o.rentree, 'ensemble', NULL, o.numerateur, p.km, 0, '',
               o.statut, o.chargement, o.ligne
        FROM observation o JOIN proche p ON p.uai = o.territoire
        WHERE o.indicateur = 'effectif_colleges' AND o.modalite = 'ensemble' AND o.niveau = 'etablissement'
        """,
        {"indicateur": DISTANCE},
    )


def aggregate(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Figures of every établissement and of every territory above, on the latest perimeter, before secret statistique.

    A réseau of two collèges, 45 admis of 50 and 60 of 100, reads 105 / 150 = 70 %, not (90 + 60) / 2 = 75 %.

    Returns:
        One row per indicateur, niveau, territoire, rentree, modalite: nature, numerateur, denominateur, valeur
        (a proportion for a taux), ecart_type, methode, statut, nb_etablissements.
    """
    _aggregate(connexion, _LIENS_ACTUELS)
    return connexion.execute("SELECT * FROM agregat ORDER BY indicateur, niveau, territoire, rentree, modalite").df()


def aggregate_annuels(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Figures of réseaux and inter-réseaux on the perimeter of each rentrée, where it is not the latest one.

    Expects `valeur` to be filled. A figure is kept only where it can be worked out from those of `valeur` that are
    shown (see `agregation_annuelle.sql`), so that showing both tells nothing more; it is `secret` elsewhere.

    Returns:
        Rows shaped like those of `aggregate`; `non_applicable` where the territory had no figure at that rentrée.
    """
    connexion.execute(_ANNUEL.read_text(encoding="utf-8"))
    _aggregate(connexion, "SELECT * FROM lien_annuel")
    return connexion.execute("""
        SELECT m.* EXCLUDE (est_deductible), coalesce(a.nb_etablissements, 0) AS nb_etablissements, a.numerateur,
               a.denominateur, a.valeur, a.ecart_type, coalesce(a.methode, '') AS methode,
               CASE WHEN a.statut IS NULL THEN 'non_applicable'
                    WHEN a.statut = 'ok' AND NOT m.est_deductible THEN 'secret' ELSE a.statut END AS statut
        FROM cellule_annuelle m LEFT JOIN agregat a USING (indicateur, niveau, territoire, rentree, modalite)
        ORDER BY indicateur, niveau, territoire, rentree, modalite
    """).df()


_LIENS_ACTUELS = """
    SELECT code, niveau_parent, code_parent, 0 AS debut, 9999 AS fin FROM rattachement_actuel
    WHERE niveau = 'etablissement'
      AND niveau_parent IN ('etablissement', 'reseau', 'inter_reseau', 'departement', 'academie')"""


def _aggregate(connexion: duckdb.DuckDBPyConnection, liens: str) -> None:
    """Make the table `agregat` of the territories of these links."""
    connexion.execute(f"CREATE OR REPLACE TEMP TABLE lien_lu AS {liens}")
    connexion.execute(_SQL.read_text(encoding="utf-8"))


def read_directs(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Figures that a source gives for a whole département, académie or région, in the shape of `aggregate`."""
    return connexion.execute("""
        SELECT o.indicateur, o.niveau, o.territoire, o.rentree, o.modalite, c.nature, 0 AS nb_etablissements,
               o.numerateur, o.denominateur,
               CASE WHEN c.nature IN ('taux', 'ratio') AND o.denominateur IS NOT NULL
                    THEN o.numerateur / nullif(o.denominateur, 0)
                    WHEN c.nature = 'effectif' THEN o.numerateur ELSE o.valeur END AS valeur,
               o.ecart_type, concat_ws(' ; ', nullif(o.methode, ''), 'publié à ce niveau par la source') AS methode,
               o.statut
        FROM observation o JOIN catalogue c USING (indicateur)
        WHERE o.niveau <> 'etablissement'
        ORDER BY o.indicateur, o.niveau, o.territoire, o.rentree, o.modalite
    """).df()
