"""Who belongs to whom, by rentrée: établissements, réseaux, inter-réseaux, départements, académie."""

from pathlib import Path

import duckdb
import pandas as pd

from indicators.territoires import Niveau
from indicators.territoires.noms import format_nom_etablissement, list_accents, shorten_nom
from indicators.territoires.referentiel import Academie

_ICI = Path(__file__).parent


def build_rattachements(connexion: duckdb.DuckDBPyConnection, academie: Academie) -> None:
    """Fill `rattachement`, `rattachement_actuel` and `territoire` of the base under construction.

    Expects the tables that `build_appartenances` reads; leaves the temporary tables `etablissement`, `commune` and
    `perimetre_commune` for what is computed from them.
    """
    build_appartenances(connexion, academie)
    connexion.execute((_ICI / "rattachements.sql").read_text(encoding="utf-8"))
    reseaux = _list_reseaux(connexion, [departement.nom for departement in academie.liste_departements])
    territoires = pd.concat([_list_etablissements(connexion), reseaux, _list_hauts(academie)])
    territoires = territoires.sort_values(["niveau", "code"]).reset_index(drop=True)
    connexion.register("territoires", territoires)
    connexion.execute("INSERT INTO territoire BY NAME SELECT * FROM territoires")
    connexion.unregister("territoires")


def build_appartenances(connexion: duckdb.DuckDBPyConnection, academie: Academie) -> None:
    """Create `appartenance`: the réseau and inter-réseau of each établissement over each stretch of rentrées.

    Expects the tables `source_communes`, `source_communes_fusionnees`, `source_etablissements`, `source_perimetres`
    and `observation`. Columns: uai, debut, fin (0 and 9999: always), code and name of both, est_provisoire, source
    («officiel», «annuaire», «provisoire»).
    """
    _register_academie(connexion, academie)
    for nom in ("etablissements.sql", "perimetres.sql"):
        connexion.execute((_ICI / nom).read_text(encoding="utf-8"))


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


def _list_reseaux(connexion: duckdb.DuckDBPyConnection, departements: list[str]) -> pd.DataFrame:
    """Réseaux and inter-réseaux, as their last rentrée has them; of several sources, the least official is said."""
    reseaux = connexion.execute("""
        SELECT niveau, code, arg_max(nom, fin) AS nom_officiel, nullif(max(fin), 9999) AS rentree_fin,
               max(struct_pack(fin, est_provisoire, source)) AS dernier
        FROM (
            SELECT 'reseau' AS niveau, code_reseau AS code, nom_reseau AS nom, debut, fin, est_provisoire, source
            FROM appartenance WHERE code_reseau IS NOT NULL
            UNION ALL
            SELECT 'inter_reseau', code_inter_reseau, nom_inter_reseau, debut, fin, est_provisoire, source
            FROM appartenance WHERE code_inter_reseau IS NOT NULL
        )
        GROUP BY niveau, code
    """).df()
    communes = connexion.execute("SELECT nom FROM commune UNION SELECT nom_commune FROM etablissement").fetchall()
    accents = list_accents(nom for (nom,) in communes) | list_accents(departements)
    for colonne in ("est_provisoire", "source"):
        reseaux[colonne] = [dernier[colonne] for dernier in reseaux["dernier"]]
    reseaux = reseaux.drop(columns="dernier").rename(columns={"source": "source_perimetre"})
    reseaux["nom"] = [shorten_nom(nom, accents) for nom in reseaux["nom_officiel"].fillna(reseaux["code"])]
    return reseaux


def _list_hauts(academie: Academie) -> pd.DataFrame:
    hauts = [departement.territoire for departement in academie.liste_departements]
    hauts += [academie.territoire, academie.region]
    lignes = [{"niveau": h.niveau.value, "code": h.code, "nom": h.nom, "nom_officiel": h.nom} for h in hauts]
    lignes.append({"niveau": Niveau.NATIONAL.value, "code": "FR", "nom": "France", "nom_officiel": "France"})
    return pd.DataFrame(lignes).assign(est_provisoire=False)
