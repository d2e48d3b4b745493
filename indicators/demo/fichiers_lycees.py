"""Files of lycées: IPS, effectifs, results in voie GT and voie pro."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from indicators.demo.constats import get_constat
from indicators.demo.ecriture import to_annee_scolaire, write_csv, write_enregistrements
from indicators.demo.fichiers_colleges import SECTEURS_IPS, draw_ips
from indicators.demo.monde import Monde, spread
from indicators.demo.profils import PROFILS
from indicators.demo.resultats import Population

SERIES = ("l", "es", "s", "gnle", "sti2d", "std2a", "stmg", "stl", "st2s", "s2tmd", "sthr")
"""Series of the IVAL layout; ours has the voie générale and three technological series."""
_PART_GENERALE = 0.73
PARTS_TECHNO = {"stmg": 0.5, "sti2d": 0.3, "st2s": 0.2}


@dataclass(frozen=True)
class Bac:
    """Counts of the baccalauréat by lycée, shape (lycées, rentrées)."""

    presents: np.ndarray
    admis: np.ndarray
    mentions: np.ndarray
    presents_general: np.ndarray
    admis_general: np.ndarray
    mentions_general: np.ndarray
    attendus: np.ndarray


def draw_bac_gt(lycees: Population) -> Bac:
    """Results in voie générale et technologique."""
    n = lycees.effectifs
    planifie = lycees.etablissements["code_reseau"] == get_constat("dans_la_moyenne").territoire
    variation = np.where(planifie, 0.0, lycees.get_alea("part générale").normal(0, 0.06, len(n)))
    generale = np.rint(n * (_PART_GENERALE + variation)[:, None]).astype(int)
    general, techno = PROFILS["taux_reussite_bac_general"], PROFILS["taux_reussite_bac_technologique"]
    admis_general = lycees.draw("taux_reussite_bac_general", general, generale)
    admis = admis_general + lycees.draw("taux_reussite_bac_technologique", techno, n - generale)
    mentions_general = lycees.draw("taux_mentions_bac_general", PROFILS["taux_mentions_bac_general"], generale)
    mentions_general = np.minimum(mentions_general, admis_general)
    mentions_techno = lycees.draw("taux_mentions_bac_gt", PROFILS["taux_mentions_bac_technologique"], n - generale)
    mentions = mentions_general + np.minimum(mentions_techno, admis - admis_general)
    attendus = generale * lycees.compute_attendus(general) + (n - generale) * lycees.compute_attendus(techno)
    return Bac(n, admis, mentions, generale, admis_general, mentions_general, attendus / n)


def draw_bac_pro(lycees: Population) -> Bac:
    """Results in voie professionnelle."""
    n, profil = lycees.effectifs, PROFILS["taux_reussite_bac_pro"]
    admis = lycees.draw("taux_reussite_bac_pro", profil, n)
    mentions = np.minimum(lycees.draw("taux_mentions_bac_pro", PROFILS["taux_mentions_bac_pro"], n), admis)
    zero = np.zeros_like(n)
    return Bac(n, admis, mentions, zero, zero, zero, lycees.compute_attendus(profil))


def write_lycees(dossier: Path, monde: Monde, bac_gt: Bac, bac_pro: Bac) -> list[Path]:
    """IPS (two layouts), IVAL of both voies (API answers)."""
    return [
        *_write_ips(dossier, monde),
        _write_ival(dossier / "demo-ival-gt-2020-2025.json", monde.lycees_gt, bac_gt, "gt"),
        _write_ival(dossier / "demo-ival-pro-2020-2025.json", monde.lycees_pro, bac_pro, "pro"),
    ]


def _build_ips(monde: Monde) -> pd.DataFrame:
    """One row per lycée and rentrée with the IPS and pupils of each voie, missing where the voie does not exist."""
    voies = []
    for voie, population in (("gt", monde.lycees_gt), ("pro", monde.lycees_pro)):
        alea = population.get_alea(f"ips {voie}")
        colonnes = {
            f"ips_voie_{voie}": draw_ips(population, alea).round(1),
            f"ecart_voie_{voie}": (31 + alea.normal(0, 2.5, population.effectifs.shape)).round(1),
            f"effectif_voie_{voie}": population.effectifs * 3.0,
        }
        lignes = spread(population, **colonnes)
        voies.append(lignes.set_index(["uai", "rentree"])[list(colonnes)])
    communs = spread(monde.lycees_gt), spread(monde.lycees_pro)
    tous = pd.concat(communs, ignore_index=True).drop_duplicates(["uai", "rentree"]).sort_values(["rentree", "uai"])
    tous = tous.join(voies[0], on=["uai", "rentree"]).join(voies[1], on=["uai", "rentree"])
    tous["effectif_total"] = tous[["effectif_voie_gt", "effectif_voie_pro"]].sum(axis=1)
    produits = sum((tous[f"ips_voie_{v}"] * tous[f"effectif_voie_{v}"]).fillna(0) for v in ("gt", "pro"))
    return tous.assign(ips_total=(produits / tous["effectif_total"]).round(1))


def _write_ips(dossier: Path, monde: Monde) -> list[Path]:
    lignes = _build_ips(monde)
    table = pd.DataFrame({
        "rentree_scolaire": lignes["rentree"].map(to_annee_scolaire), "academie": "POITIERS",
        "code_du_departement": lignes["departement"], "departement": lignes["departement_majuscules"],
        "uai": lignes["uai"], "nom_de_l_etablissment": lignes["nom_majuscules"],
        "code_insee_de_la_commune": lignes["code_commune"], "nom_de_la_commune": lignes["commune_majuscules"],
        "secteur": lignes["secteur"].map(SECTEURS_IPS), "type_de_lycee": lignes["nature"],
        "ips_voie_gt": lignes["ips_voie_gt"], "ips_voie_pro": lignes["ips_voie_pro"],
        "ips_ensemble_gt_pro": lignes["ips_total"], "ecart_type_de_l_ips_voie_gt": lignes["ecart_voie_gt"],
        "ecart_type_de_l_ips_voie_pro": lignes["ecart_voie_pro"],
    })  # fmt: skip
    ancien = lignes["rentree"] <= 2021
    recent = table[~ancien].assign(code_du_departement=lignes["departement_3"])
    for rang, (nom, colonne) in enumerate(
        {"effectifs_voie_gt": "effectif_voie_gt", "effectifs_voie_pro": "effectif_voie_pro",
         "effectifs_ensemble_gt_pro": "effectif_total"}.items()
    ):  # fmt: skip
        recent.insert(10 + rang, nom, lignes[colonne])
    return [
        write_csv(dossier / "demo-ips-lycees-2019-2021.csv", table[ancien], fin="\n"),
        write_csv(dossier / "demo-ips-lycees-2022-2024.csv", recent),
    ]


def _split_techno(totaux: np.ndarray) -> dict[str, np.ndarray]:
    stmg = np.rint(totaux * PARTS_TECHNO["stmg"]).astype(int)
    sti2d = np.rint(totaux * PARTS_TECHNO["sti2d"]).astype(int)
    return {"stmg": stmg, "sti2d": sti2d, "st2s": totaux - stmg - sti2d}


def _compute_pct(numerateurs: np.ndarray, denominateurs: np.ndarray) -> np.ndarray:
    return np.rint(100 * numerateurs / np.maximum(denominateurs, 1)).astype(int)


def _build_series(bac: Bac) -> dict[str, np.ndarray]:
    """Candidates (numbers) and success (texts, as in the real answer) per series."""
    presents = {"gnle": bac.presents_general, **_split_techno(bac.presents - bac.presents_general)}
    admis = {"gnle": bac.admis_general, **_split_techno(bac.admis - bac.admis_general)}
    colonnes = {f"presents_{serie}": valeurs for serie, valeurs in presents.items()}
    for serie, valeurs in admis.items():
        taux = _compute_pct(np.minimum(valeurs, presents[serie]), presents[serie]).astype(str).astype(object)
        colonnes[f"taux_reu_{serie}"] = np.where(presents[serie] > 0, taux, None)
    mentions = _compute_pct(bac.mentions_general, bac.presents_general)
    return colonnes | {"taux_men_gnle": mentions.astype(str).astype(object)}


def _write_ival(chemin: Path, lycees: Population, bac: Bac, voie: str) -> Path:
    """An answer of the portal's API: the layouts of the two voies differ by their series only."""
    acces_profil = PROFILS[f"taux_acces_2nde_bac_{voie}"]
    acces = lycees.compute_niveaux(f"taux_acces_2nde_bac_{voie}", acces_profil)
    mentions_attendues = lycees.compute_attendus(PROFILS[f"taux_mentions_bac_{voie}"])
    lignes = spread(
        lycees, presents=bac.presents, taux=_compute_pct(bac.admis, bac.presents),
        va=np.rint(100 * (bac.admis / bac.presents - bac.attendus)), acces=np.rint(100 * acces.clip(0.4, 0.99)),
        va_acces=np.rint(100 * (acces - lycees.compute_attendus(acces_profil))),
        mentions=_compute_pct(bac.mentions, bac.presents),
        va_men=np.rint(100 * (bac.mentions / bac.presents - mentions_attendues)),
        eff_2nde=np.rint(bac.presents * 1.18), eff_1ere=np.rint(bac.presents * 1.04),
        **(_build_series(bac) if voie == "gt" else {}),
    )  # fmt: skip
    table = pd.DataFrame({
        "num_ligne": np.arange(1, len(lignes) + 1), "annee": (lignes["rentree"] + 1).astype(str), "uai": lignes["uai"],
        "libelle_uai": lignes["nom_majuscules"], "code_region": "75", "libelle_region": "NOUVELLE-AQUITAINE",
        "libelle_academie": "POITIERS", "code_departement": lignes["departement"],
        "libelle_departement": lignes["departement_majuscules"], "code_commune": lignes["code_commune"],
        "libelle_commune": lignes["commune_majuscules"], "secteur": lignes["secteur"].map(SECTEURS_IPS),
        "presents_total": lignes["presents"], "taux_reu_total": lignes["taux"].astype(float),
        "va_reu_total": lignes["va"], "taux_acces_2nde": lignes["acces"], "va_acces_2nde": lignes["va_acces"],
        "taux_men_total": lignes["mentions"].astype(float), "va_men_total": lignes["va_men"],
        **(_list_colonnes_series(lignes) if voie == "gt" else {}), "eff_2nde": lignes["eff_2nde"].astype(int),
        "eff_1ere": lignes["eff_1ere"].astype(int), "eff_term": lignes["presents"],
    })  # fmt: skip
    return write_enregistrements(chemin, table, f"fr-en-indicateurs-de-resultat-des-lycees-{voie}_v2")


def _list_colonnes_series(lignes: pd.DataFrame) -> dict[str, pd.Series | None]:
    """Every per-series column of the layout, null for the series that our lycées do not have."""
    noms = [f"{prefixe}_{serie}" for prefixe in ("presents", "taux_reu", "va_reu", "taux_men") for serie in SERIES]
    return {nom: lignes[nom] if nom in lignes else None for nom in noms}
