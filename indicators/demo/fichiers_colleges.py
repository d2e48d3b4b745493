"""Files of écoles and collèges: IPS, IVAC, DNB."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from indicators.demo.constats import RENTREES, get_constat
from indicators.demo.ecriture import to_annee_scolaire, write_csv, write_enregistrements, write_parquet
from indicators.demo.monde import NB_RENTREES, Monde, spread
from indicators.demo.profils import PROFILS
from indicators.demo.resultats import Population

SECTEURS_IPS = {"public": "public", "prive": "privé sous contrat"}
_COHORTES = 4.05
"""Pupils of a collège for one pupil of 3e."""


@dataclass(frozen=True)
class Brevet:
    """Counts of the DNB, shape (collèges, rentrées): voie générale (g) and professionnelle (p)."""

    candidats_g: np.ndarray
    admis_g: np.ndarray
    attendus_g: np.ndarray
    mentions: tuple[np.ndarray, np.ndarray, np.ndarray]
    """AB, B, TB among the admis of the voie générale."""
    candidats_p: np.ndarray
    admis_p: np.ndarray


def draw_brevet(colleges: Population) -> Brevet:
    """The results of the DNB, from which the IVAC and DNB files are both written."""
    alea, n = colleges.get_alea("brevet"), colleges.effectifs
    imposes = get_constat("trop_petit_pour_conclure").territoire
    a_voie_p = (alea.random(len(n)) < 0.25) & (colleges.etablissements["code_reseau"] != imposes).to_numpy()
    candidats_p = np.where(a_voie_p[:, None], alea.integers(6, 15, n.shape), 0)
    generale = PROFILS["taux_reussite_dnb_generale"]
    admis_g = colleges.draw("taux_reussite_dnb_generale", generale, n)
    mentions = np.minimum(
        colleges.draw("taux_mentions_dnb_generale", PROFILS["taux_mentions_dnb_generale"], n), admis_g
    )
    tb = np.rint(mentions * 0.32).astype(int)
    b = np.rint(mentions * 0.31).astype(int)
    professionnelle = PROFILS["taux_reussite_dnb_professionnelle"]
    admis_p = colleges.draw("taux_reussite_dnb", professionnelle, candidats_p, "professionnelle")
    attendus = colleges.compute_attendus(generale)
    return Brevet(n, admis_g, attendus, (mentions - b - tb, b, tb), candidats_p, admis_p)


def draw_ips(population: Population, alea: np.random.Generator) -> np.ndarray:
    """IPS at each rentrée around the établissement's own, shape (établissements, rentrées)."""
    valeurs = population.etablissements[population.ips].to_numpy()[:, None] + alea.normal(0, 0.6, (1, NB_RENTREES))
    planifies = population.etablissements["code_reseau"].isin(
        [get_constat(n).territoire for n in ("dans_la_moyenne", "contexte_favorable")]
    )
    return valeurs + np.where(planifies.to_numpy()[:, None], 0.0, alea.normal(0, 0.8, (len(valeurs), NB_RENTREES)))


_ECART_NOTES = 3.3
"""Standard deviation of the marks between pupils, out of 20: the mean of a small collège moves by chance."""


def write_colleges(dossier: Path, monde: Monde) -> list[Path]:
    """IPS of écoles (two layouts) and collèges, IVAC and DNB."""
    brevet = draw_brevet(monde.colleges)
    return [
        *_write_ips_ecoles(dossier, monde),
        _write_ips_colleges(dossier, monde),
        _write_ivac(dossier, monde, brevet),
        _write_dnb(dossier, monde, brevet),
    ]


def _write_ips_ecoles(dossier: Path, monde: Monde) -> list[Path]:
    alea = monde.ecoles.get_alea("ips des écoles")
    ips = draw_ips(monde.ecoles, alea).clip(50, 185).round(1)
    lignes = spread(monde.ecoles, ips_annee=ips, tres_petite=monde.ecoles.effectifs < 7)
    anciennes, recentes = lignes[lignes["rentree"] <= 2021], lignes[lignes["rentree"] >= 2022]
    ancien = pd.DataFrame({
        "Rentrée scolaire": anciennes["rentree"].map(to_annee_scolaire), "Académie": "POITIERS",
        "Code du département": anciennes["departement_3"], "Département": anciennes["departement_majuscules"],
        "UAI": anciennes["uai"], "Nom de l'établissment": anciennes["nom_majuscules"],
        "Code INSEE de la commune": anciennes["code_commune"], "Nom de la commune": anciennes["commune_majuscules"],
        "Secteur": anciennes["secteur"].map(SECTEURS_IPS), "IPS": anciennes["ips_annee"],
    })  # fmt: skip
    chemin = dossier / "demo-ips-ecoles-2019-2021.csv"
    return [write_csv(chemin, ancien, fin="\n"), _write_ips_ecoles_recent(dossier, recentes)]


def _write_ips_ecoles_recent(dossier: Path, lignes: pd.DataFrame) -> Path:
    moyenne = f"{lignes['ips_annee'].mean():.1f}"
    references = {
        f"ips_{ou}{secteur}": moyenne
        for ou in ("national", "academique", "departemental")
        for secteur in ("_prive", "_public", "")
    }
    recent = pd.DataFrame({
        "num_ligne": np.arange(1, len(lignes) + 1, dtype=float),
        "rentree_scolaire": lignes["rentree"].map(to_annee_scolaire), "code_region": "15",
        "region": "NOUVELLE-AQUITAINE", "code_de_l_academie": "13", "academie": "POITIERS",
        "code_du_departement": lignes["departement"], "departement": lignes["departement_majuscules"],
        "code_insee_de_la_commune": lignes["code_commune"], "nom_de_la_commune": lignes["commune_majuscules"],
        "uai": lignes["uai"], "nom_de_l_etablissement": lignes["nom_majuscules"],
        "secteur": lignes["secteur"].map(SECTEURS_IPS),
        "ips": lignes["ips_annee"].map("{:.1f}".format).mask(lignes["tres_petite"], "NS"), **references,
    })  # fmt: skip
    return write_parquet(dossier / "demo-ips-ecoles-2022-2024.parquet", recent)


def _write_ips_colleges(dossier: Path, monde: Monde) -> Path:
    alea = monde.colleges.get_alea("ips des collèges")
    ips = draw_ips(monde.colleges, alea).round(1)
    ecarts = (29 + alea.normal(0, 2.5, ips.shape)).round(1)
    effectifs = np.rint(monde.colleges.effectifs * _COHORTES)
    lignes = spread(monde.colleges, effectifs=effectifs, ips_annee=ips, ecart_type=ecarts)
    table = pd.DataFrame({
        "rentree_scolaire": lignes["rentree"].map(to_annee_scolaire), "academie": "POITIERS",
        "code_du_departement": lignes["departement_3"], "departement": lignes["departement_majuscules"],
        "uai": lignes["uai"], "nom_de_l_etablissment": lignes["nom_majuscules"],
        "code_insee_de_la_commune": lignes["code_commune"], "nom_de_la_commune": lignes["commune_majuscules"],
        "secteur": lignes["secteur"].map(SECTEURS_IPS), "effectifs": lignes["effectifs"],
        "ips": lignes["ips_annee"], "ecart_type_de_l_ips": lignes["ecart_type"],
    })  # fmt: skip
    return write_csv(dossier / "demo-ips-colleges-2019-2024.csv", table)


def _divide_pct(numerateurs: np.ndarray, denominateurs: np.ndarray) -> np.ndarray:
    """Rate rounded to 1 %, missing where nobody sat the exam."""
    return np.where(denominateurs > 0, np.rint(100 * numerateurs / np.maximum(denominateurs, 1)), np.nan)


def _build_colonnes_ivac(colleges: Population, brevet: Brevet) -> dict[str, np.ndarray]:
    """Figures of the IVAC layout. Session 2020 had no written exam: no mark and no value added."""
    note = PROFILS["note_ecrit_dnb_generale"]
    notes = colleges.compute_niveaux("note_ecrit_dnb_generale", note)
    hasard = colleges.get_alea("tirage note").normal(0, _ECART_NOTES, notes.shape) / np.sqrt(brevet.candidats_g.clip(1))
    hasard[colleges.find_imposes("note_ecrit_dnb_generale")] = 0
    notes = notes + hasard
    sans_epreuve = np.array(RENTREES) == 2019
    va = np.rint(100 * (brevet.admis_g / brevet.candidats_g - brevet.attendus_g))
    va_note = notes - colleges.compute_attendus(note)
    notes_p = notes - 0.8 + colleges.get_alea("note p").normal(0, 0.6, notes.shape)
    a_p = brevet.candidats_p > 0
    acces = colleges.compute_niveaux("taux_acces_6e_3e", PROFILS["taux_acces_6e_3e"])
    ab, b, tb = brevet.mentions
    return {
        "candidats": brevet.candidats_g, "taux": _divide_pct(brevet.admis_g, brevet.candidats_g),
        "va": np.where(sans_epreuve, np.nan, va), "candidats_p": np.where(a_p, brevet.candidats_p, np.nan),
        "taux_p": _divide_pct(brevet.admis_p, brevet.candidats_p),
        "note": np.where(sans_epreuve, np.nan, notes.round(1)),
        "va_note": np.where(sans_epreuve, np.nan, va_note.round(1)),
        "note_p": np.where(a_p & ~sans_epreuve, notes_p.round(1), np.nan), "acces": np.rint(100 * acces.clip(0.6, 1)),
        "ab": ab, "b": b, "tb": tb, "mentions": ab + b + tb,
    }  # fmt: skip


def _write_ivac(dossier: Path, monde: Monde, brevet: Brevet) -> Path:
    lignes = spread(monde.colleges, **_build_colonnes_ivac(monde.colleges, brevet))
    table = pd.DataFrame({
        "num_ligne": np.arange(1, len(lignes) + 1), "Session": lignes["rentree"] + 1, "UAI": lignes["uai"],
        "Nom de l'établissement": lignes["nom_majuscules"], "Commune": lignes["commune_majuscules"],
        "Code région académique": 15, "Région académique": "NOUVELLE-AQUITAINE", "Code académie": 13,
        "Académie": "POITIERS", "Code département": lignes["departement"],
        "Département": lignes["departement_majuscules"],
        "Secteur": lignes["secteur"].map({"public": "PU", "prive": "PR"}), "Nb candidats G": lignes["candidats"],
        "Taux de réussite G": lignes["taux"], "VA du taux de réussite G": lignes["va"],
        "Nb candidats P": lignes["candidats_p"].astype("Int64"), "Taux de réussite P": lignes["taux_p"],
        "Note à l'écrit G": lignes["note"], "VA de la note G": lignes["va_note"],
        "Note à l'écrit P": lignes["note_p"], "Taux d'accès 6eme 3eme": lignes["acces"],
        "Part présents 3eme ordinaire total": 97.0, "Part présents 3eme ordinaire G": 97.0,
        "Part présents 3eme ordinaire P": np.nan, "Part présents 3eme segpa total": np.nan,
        "Nb mentions AB G": lignes["ab"], "Nb mentions B G": lignes["b"], "Nb mentions TB G": lignes["tb"],
        "Nb mentions global G": lignes["mentions"],
    })  # fmt: skip
    return write_csv(dossier / "demo-ivac-2020-2025.csv", table, bom=True)


def _write_dnb(dossier: Path, monde: Monde, brevet: Brevet) -> Path:
    ab, b, tb = brevet.mentions
    presents, admis = brevet.candidats_g + brevet.candidats_p, brevet.admis_g + brevet.admis_p
    lignes = spread(monde.colleges, presents=presents, admis=admis, ab=ab, b=b, tb=tb)
    table = pd.DataFrame({
        "session": (lignes["rentree"] + 1).astype(str), "numero_d_etablissement": lignes["uai"],
        "type_d_etablissement": "COLLEGE",
        "patronyme": lignes["nom_majuscules"].str.removeprefix("COLLEGE ").str.removeprefix("PRIVE "),
        "secteur_d_enseignement": lignes["secteur"].map({"public": "PUBLIC", "prive": "PRIVE"}),
        "commune": lignes["code_commune"], "libelle_commune": lignes["commune_majuscules"],
        "code_departement": lignes["departement_3"], "libelle_departement": lignes["departement_majuscules"],
        "code_academie": "13", "libelle_academie": "POITIERS", "code_region": "15",
        "libelle_region": "NOUVELLE-AQUITAINE", "inscrits": lignes["presents"] + 1, "presents": lignes["presents"],
        "admis": lignes["admis"], "admis_sans_mention": lignes["admis"] - lignes["ab"] - lignes["b"] - lignes["tb"],
        "nombre_d_admis_mention_ab": lignes["ab"], "admis_mention_bien": lignes["b"],
        "admis_mention_tres_bien": lignes["tb"],
        "taux_de_reussite": (100 * lignes["admis"] / lignes["presents"]).map(lambda t: f"{t:.1f}%".replace(".", ",")),
    })  # fmt: skip
    return write_enregistrements(dossier / "demo-dnb-2020-2025.json", table, "fr-en-dnb-par-etablissement")
