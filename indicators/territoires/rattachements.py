"""Who belongs to whom, by rentrée: établissements, réseaux, inter-réseaux, départements, académie."""

from pathlib import Path

import duckdb
import pandas as pd

from indicators.territoires import Niveau
from indicators.territoires.noms import format_nom_etablissement, shorten_nom
from indicators.territoires.referentiel import Academie

_SQL = Path(__file__).with_name("rattachements.sql")


def build_rattachements(connexion: duckdb.DuckDBPyConnection, academie: Academie) -> None:
    """Fill `rattachement` and `territoire` of the base under construction.

    Expects the tables `source_communes`, `source_communes_fusionnees`, `source_etablissements`, `source_perimetres`
    and `observation`; leaves the temporary table `etablissement` for the figures computed from it.
    """
    _register_academie(connexion, academie)
    connexion.execute(_SQL.read_text(encoding="utf-8"))
    territoires = pd.concat([_list_etablissements(connexion), _list_reseaux(connexion), _list_hauts(academie)])
    territoires = territoires.sort_values(["niveau", "code"]).reset_index(drop=True)
    connexion.register("territoires", territoires)
    connexion.execute("INSERT INTO territoire BY NAME SELECT * FROM territoires")
    connexion.unregister("territoires")


def _register_academie(connexion: duckdb.DuckDBPyConnection, academie: Academie) -> None:
    connexion.execute("CREATE TEMP TABLE departement_academie (code VARCHAR, prefixe_uai VARCHAR)")
    connexion.executemany(
        "INSERT INTO departement_academie VALUES (?, ?)",
        [[departement.code, departement.prefixe_uai] for departement in academie.liste_departements],
    )
    connexion.execute("CREATE TEMP TABLE niveau_academie (niveau VARCHAR, code VARCHAR)")
    connexion.executemany(
        "INSERT INTO niveau_academie VALUES (?, ?)",
        [[haut.niveau, haut.code] for haut in (academie.territoire, academie.region)] + [[Niveau.NATIONAL, "FR"]],
    )


def _list_etablissements(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    etablissements = connexion.execute("""
        SELECT 'etablissement' AS niveau, uai AS code, nom AS nom_officiel, type, secteur, education_prioritaire,
               code_commune, nom_commune, lon, lat, false AS est_provisoire, est_recense
        FROM etablissement
    """).df()
    etablissements["nom"] = etablissements["nom_officiel"].map(format_nom_etablissement)
    return etablissements


def _list_reseaux(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    reseaux = connexion.execute("""
        SELECT niveau, code, arg_max(nom, rentree_debut) AS nom_officiel, bool_or(est_provisoire) AS est_provisoire
        FROM (
            SELECT 'reseau' AS niveau, code_reseau AS code, nom_reseau AS nom, rentree_debut, est_provisoire
            FROM perimetre
            UNION ALL
            SELECT 'inter_reseau', code_inter_reseau, nom_inter_reseau, rentree_debut, est_provisoire
            FROM perimetre WHERE code_inter_reseau IS NOT NULL
        )
        GROUP BY niveau, code
    """).df()
    reseaux["nom"] = reseaux["nom_officiel"].map(shorten_nom)
    return reseaux


def _list_hauts(academie: Academie) -> pd.DataFrame:
    hauts = [departement.territoire for departement in academie.liste_departements]
    hauts += [academie.territoire, academie.region]
    lignes = [{"niveau": h.niveau.value, "code": h.code, "nom": h.nom, "nom_officiel": h.nom} for h in hauts]
    lignes.append({"niveau": Niveau.NATIONAL.value, "code": "FR", "nom": "France", "nom_officiel": "France"})
    return pd.DataFrame(lignes).assign(est_provisoire=False)
