"""Files of places and wishes (Affelnet, Parcoursup BTS), results of the académie, and regional references."""

from pathlib import Path

import numpy as np
import pandas as pd

from indicators.demo.constats import RENTREES, get_constat
from indicators.demo.ecriture import write_csv
from indicators.demo.etablissements import build_uai
from indicators.demo.fichiers_lycees import Bac
from indicators.demo.monde import NB_RENTREES, Monde

_FORMATIONS_2NDE = (
    ("23820030002", "MÉTIERS DE LA GESTION"), ("23820031202", "MÉTIERS DE L'ACCUEIL"),
    ("23820025003", "MÉTIERS DES TRANSITIONS"), ("23820023302", "MÉTIERS DU BÂTIMENT"),
    ("23820033001", ""), ("23820025201", "MÉTIERS DES VÉHICULES"), ("23820021001", "MÉTIERS DU VIVANT"),
    ("23C10033401", ""), ("23210033402", ""), ("23210022105", ""), ("23210025101", ""),
)  # fmt: skip
_FORMATIONS_BTS = (
    ("32211031213", "Services - Commerce et relation"), ("32211031409", "Services - Gestion des petites entreprises"),
    ("32211031408", "Services - Comptabilité"), ("32211032612", "Services - Informatique"),
    ("32211025520", "Production - Électricité"), ("32211025014", "Production - Maintenance"),
    ("32212021014", "Agricole - Conduite d'exploitation"), ("32211033426", "Services - Tourisme"),
)  # fmt: skip
_NB_CFA = 24


def write_offre(dossier: Path, monde: Monde, bac_gt: Bac, bac_pro: Bac) -> list[Path]:
    """Affelnet and BTS (one file per rentrée), bac of the académie, InserJeunes (region, CFA), 6e by region."""
    return [
        *_write_affelnet(dossier, monde),
        *_write_bts(dossier, monde),
        _write_bac_academie(dossier, monde, bac_gt, bac_pro),
        _write_inserjeunes_region(dossier, monde),
        _write_inserjeunes_cfa(dossier, monde),
        _write_sixieme_region(dossier, monde),
    ]


def _pick_formations(
    table: pd.DataFrame, formations: tuple, nombre: int, attrait: float, alea: np.random.Generator
) -> pd.DataFrame:
    """`nombre` different formations of each établissement: uai, code, libelle, places, attrait (wishes per place)."""
    choix = np.argsort(alea.random((len(table), len(formations))), axis=1)[:, :nombre]
    reperes = {nom: np.repeat(table[nom].to_numpy(), nombre) for nom in ("uai", "code_reseau")}
    lignes = pd.DataFrame({**reperes, "formation": choix.ravel()})
    codes, libelles = zip(*formations, strict=True)
    lignes = lignes.sort_values(["uai", "formation"], ignore_index=True).assign(
        places=alea.choice([12, 15, 24, 30], len(lignes)), attrait=alea.gamma(5.0, attrait / 5.0, len(lignes))
    )
    moyen = lignes["code_reseau"] == get_constat("dans_la_moyenne").territoire
    moyenne = np.average(lignes.loc[~moyen, "attrait"], weights=lignes.loc[~moyen, "places"])
    return lignes.assign(
        code=np.asarray(codes)[lignes["formation"]],
        libelle=np.asarray(libelles)[lignes["formation"]],
        attrait=lignes["attrait"].mask(moyen, moyenne),
    )


def _write_affelnet(dossier: Path, monde: Monde) -> list[Path]:
    alea = monde.lycees_pro.get_alea("affelnet")
    offre = _pick_formations(monde.lycees_pro.etablissements, _FORMATIONS_2NDE, 6, 0.9, alea)
    chemins = []
    for rentree in RENTREES:
        table = pd.DataFrame({
            "Etablissement d'accueil": offre["uai"], "MEF STAT 11": offre["code"], "Voeu de recensement O/N": "N",
            "Statut Offre de formation": "ST", "Capacité carte scolaire": offre["places"],
            "Demandes vœux 1": alea.poisson(offre["places"] * offre["attrait"]), "Famille de métiers": offre["libelle"],
            "nb_apparitions_uai_mefstat": 1, "mef_stat_terminale": offre["code"],
        })  # fmt: skip
        chemins.append(write_csv(dossier / f"demo-affelnet-2nde-{rentree}.csv", table, fin="\n"))
    return chemins


def _write_bts(dossier: Path, monde: Monde) -> list[Path]:
    """The layout of 2022 until then, that of 2023 (one more column) afterwards."""
    alea, table = monde.lycees_gt.get_alea("bts"), monde.lycees_gt.etablissements
    offre, chemins = _pick_formations(table[alea.random(len(table)) < 0.75], _FORMATIONS_BTS, 3, 9.5, alea), []
    for rentree in RENTREES:
        colonnes = {
            "UAI": offre["uai"], "LIBELLÉFORMATION": "BTS - " + offre["libelle"], "MEFSTAT11_old": offre["code"],
            "NB_VOEUX_CONFIRMES": alea.poisson(offre["places"] * offre["attrait"]), "STATUT": "Scolaire",
            "CAPACITEPSUP": offre["places"], "CFD": offre["code"].str[3:], "CFD rectifié": offre["code"].str[3:],
            "Rectif": "FAUX", "MEFSTAT11": offre["code"],
        }  # fmt: skip
        if rentree >= 2023:
            colonnes["nb_apparitions"] = 1
        chemins.append(write_csv(dossier / f"demo-bts-voeux-{rentree}.csv", pd.DataFrame(colonnes), fin="\n"))
    return chemins


def _write_bac_academie(dossier: Path, monde: Monde, bac_gt: Bac, bac_pro: Bac) -> Path:
    alea = monde.lycees_gt.get_alea("bac de l'académie")
    voies = {
        ("BAC GENERAL", "GENERALE", "BAC GENE 10019 BAC GENERAL"): (bac_gt.presents_general, bac_gt.admis_general),
        ("BAC TECHNOLOGIQUE", "STMG", "BAC STMG MERCATIQUE (MARKETING)"): (
            bac_gt.presents - bac_gt.presents_general, bac_gt.admis - bac_gt.admis_general,
        ),
        ("BAC PROFESSIONNEL", "BAC PRO SERVICES MEN", "BAC PRO 31223 METIERS FICTIFS"): (
            bac_pro.presents, bac_pro.admis,
        ),
    }  # fmt: skip
    lignes = []
    for rang, rentree in enumerate(RENTREES):
        for voie, (presents, admis) in voies.items():
            filles = int(presents[:, rang].sum() * 0.53), int(admis[:, rang].sum() * 0.535)
            garcons = int(presents[:, rang].sum()) - filles[0], int(admis[:, rang].sum()) - filles[1]
            individuels = int(alea.integers(20, 60)), int(alea.integers(10, 20))
            for sexe, statut, comptes in (
                ("FILLES", "SCOLAIRE", filles), ("GARCONS", "SCOLAIRE", garcons), ("FILLES", "INDIVIDUEL", individuels),
            ):  # fmt: skip
                lignes.append(_build_ligne_bac((rentree + 1, "POITIERS", sexe, statut, *voie), *comptes))
    return write_csv(dossier / "demo-bac-academie-2020-2025.csv", pd.DataFrame(lignes), bom=True)


def _build_ligne_bac(codes: tuple, presents: int, admis: int) -> dict[str, object]:
    """A row of the layout; details that no indicator reads follow fixed shares of the admis."""
    noms = ("session", "academie", "sexe", "statut_du_candidat", "voie", "serie", "diplome_specialite")
    second, refuses = round(admis * 0.05), presents - admis
    felicitations, tb, b, ab = (round(admis * part) for part in (0.01, 0.09, 0.20, 0.28))
    comptes = {
        "nombre_d_inscrits": presents + 3, "nombre_de_presents": presents,
        "nombre_d_admis_au_1er_groupe": admis - second, "nombre_de_refuses_au_1er_groupe": refuses // 2,
        "nombre_d_ajournes_passant_les_epreuves_du_2nd_groupe": second + refuses - refuses // 2,
        "nombre_d_admis_a_l_issue_du_2nd_groupe": second,
        "nombre_de_refuses_a_l_issue_du_2nd_groupe": refuses - refuses // 2, "nombre_d_admis_totaux": admis,
        "nombre_d_admis_avec_mention_tb_avec_les_felicitations_du_jury": felicitations,
        "nombre_d_admis_avec_mention_tb_sans_les_felicitations_du_jury": tb, "nombre_d_admis_avec_mention_b": b,
        "nombre_d_admis_avec_mention_ab": ab, "nombre_d_admis_sans_mention": admis - felicitations - tb - b - ab,
        "nombre_de_refuses_totaux": refuses,
    }  # fmt: skip
    return dict(zip(noms, codes, strict=True)) | {nom: float(compte) for nom, compte in comptes.items()}


def _write_inserjeunes_region(dossier: Path, monde: Monde) -> Path:
    """Leavers by formation; rates are blank under 20 leavers, and the last cohort is not known after 12 months."""
    alea, tables = monde.lycees_pro.get_alea("inserjeunes"), []
    delais = {6: 0.0, 12: 0.04, 18: 0.07, 24: 0.09}
    for rang, rentree in enumerate(RENTREES[:-1]):
        for voie, nombre, emploi in (("scolaire", 90, 0.44), ("apprentissage", 120, 0.66)):
            n = alea.integers(8, 260, nombre)
            poursuite = alea.binomial(n, 0.45 if voie == "scolaire" else 0.35)
            table = pd.DataFrame({"nb_annee_term": n, "nb_poursuite_etudes": poursuite, "nb_sortant": n - poursuite})
            chance = (emploi + 0.01 * rang + alea.normal(0, 0.08, nombre)).clip(0.05, 0.9)
            for mois, gain in delais.items():
                emplois = alea.binomial(table["nb_sortant"], (chance + gain).clip(0, 0.97))
                connu = mois <= 12 or rentree < RENTREES[-2]
                table[f"nb_en_emploi_{mois}_mois"] = pd.Series(emplois if connu else [pd.NA] * nombre, dtype="Int64")
            codes = [f"2383{rang}{i:06d}" if voie == "scolaire" else f"4503{i:04d}" for i in range(nombre)]
            tables.append(table.assign(millesime=f"{rentree}_{rentree + 1}", voie=voie, code=codes))
    return write_csv(dossier / "demo-inserjeunes-region.csv", _build_inserjeunes(pd.concat(tables)), bom=True, fin="\n")


def _build_inserjeunes(lignes: pd.DataFrame) -> pd.DataFrame:
    scolaire, mois = lignes["voie"] == "scolaire", (12, 18, 24, 6)
    assez = lignes["nb_sortant"] >= 20
    taux = {
        f"taux_emploi_{m}_mois": (100 * lignes[f"nb_en_emploi_{m}_mois"] / lignes["nb_sortant"]).round()
        .astype("Int64").where(assez) for m in mois
    }  # fmt: skip
    poursuite = (100 * lignes["nb_poursuite_etudes"] / lignes["nb_annee_term"]).round().astype(int)
    return pd.DataFrame({
        "id": lignes["millesime"] + "_15_" + lignes["voie"] + "_" + lignes["code"], "millesime": lignes["millesime"],
        "code_region_ij": 15, "code_region": 75, "voie": lignes["voie"], "cfd": lignes["code"].mask(scolaire, ""),
        "mefstat11": lignes["code"].where(scolaire, ""), "nb_annee_term": lignes["nb_annee_term"],
        **{f"nb_en_emploi_{m}_mois": lignes[f"nb_en_emploi_{m}_mois"] for m in mois},
        "nb_poursuite_etudes": lignes["nb_poursuite_etudes"], "nb_sortant": lignes["nb_sortant"], **taux,
        "taux_poursuite_etudes": poursuite,
    })  # fmt: skip


def _write_inserjeunes_cfa(dossier: Path, monde: Monde) -> Path:
    alea, tables = monde.lycees_pro.get_alea("cfa"), []
    departements = alea.choice(["16", "17", "79", "86"], _NB_CFA)
    uais = [build_uai(departement, 9900 + rang) for rang, departement in enumerate(departements)]
    niveau = alea.normal(66, 7, _NB_CFA)
    for rentree in RENTREES:
        emploi = {mois: (niveau + gain + alea.normal(0, 2, _NB_CFA)).clip(20, 97).round() for mois, gain in
                  ((6, 0), (12, 4), (18, 6), (24, 8))}  # fmt: skip
        poursuite = alea.normal(38, 8, _NB_CFA).clip(5, 80).round()
        part_emploi = ((100 - poursuite) * emploi[6] / 100).round()
        tables.append(pd.DataFrame({
            "Année": f"cumul {rentree}-{rentree + 1}", "UAI": uais,
            "Libellé": [f"CFA fictif n° {rang + 1}" for rang in range(_NB_CFA)], "Région": "NOUVELLE-AQUITAINE",
            "DEVENIR Part poursuite études": poursuite, "DEVENIR Part en emploi 6 mois": part_emploi,
            "DEVENIR Part autre situation 6 mois": 100 - poursuite - part_emploi,
            "Part contrats apprentissage interrompus": 18.0, "Taux poursuite études": poursuite,
            "Taux emploi 6 mois": emploi[6], "Taux emploi 6 mois attendu": 66.0, "VA emploi 6 mois": emploi[6] - 66,
            "Taux emploi 12 mois": emploi[12], "Taux emploi 18 mois": emploi[18], "Taux emploi 24 mois": emploi[24],
        }))  # fmt: skip
    table = pd.concat(tables, ignore_index=True)
    table["num_ligne"] = np.arange(1, len(table) + 1, dtype=float)
    return write_csv(dossier / "demo-inserjeunes-cfa.csv", table, bom=True)


def _write_sixieme_region(dossier: Path, monde: Monde) -> Path:
    alea, lignes = monde.colleges.get_alea("6e région"), []
    variations = alea.normal(0, 1.5, (NB_RENTREES, 2, 2)).round(1)
    for rang, rentree in enumerate(RENTREES):
        for i, region in enumerate(("NOUVELLE-AQUITAINE", "NATIONAL")):
            for j, matiere in enumerate(("Français", "Mathématiques")):
                score = round(256.0 - 2 * i - 1.5 * j + float(variations[rang, i, j]), 1)
                groupes = (11.0, 15.5, 20.0, 19.5, 15.5, 18.5)
                lignes.append((rentree, region, matiere, 105.0, score, 49.0, *groupes))
    noms = ["Année", "Région académique", "Matière", "IPS moyen", "Score moyen", "Ecart type"]
    table = pd.DataFrame(lignes, columns=noms + [f"groupe {k}" for k in range(1, 7)])
    return write_csv(dossier / "demo-evaluations-6e-region.csv", table, sep=",", bom=True)
