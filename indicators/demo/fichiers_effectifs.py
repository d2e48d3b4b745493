"""Files of pupils by level, sex and language: lycées of voie GT (175 columns) and of voie professionnelle."""

from pathlib import Path

import numpy as np
import pandas as pd

from indicators.demo.ecriture import write_csv
from indicators.demo.fichiers_lycees import PARTS_TECHNO, Bac
from indicators.demo.monde import Monde, spread
from indicators.demo.resultats import Population

_LANGUES = (
    "lv1_allemand", "lv1_anglais", "lv1_espagnol", "lv1_autres_langues",
    "lv2_allemand", "lv2_anglais", "lv2_espagnol", "lv2_italien", "lv2_autres_langues",
)  # fmt: skip
_SERIES_GT = ("g", "sti2d", "stl", "stmg", "st2s", "std2a")
_DENOMINATION = "^LYCEE (GENERAL ET TECHNOLOGIQUE|POLYVALENT|PROFESSIONNEL) (PRIVE )?"
_PART_FILLES = {"sti2d": 0.10, "st2s": 0.85}
_FORMATIONS_PRO = (
    "cap_1ere_annee", "cap_2nde_annee", "cap_en_1_an", "bma_1ere_annee", "bma_2nde_annee", "bma_en_1_an", "mc",
    "code_postal", "cap_en_3_ans",
)  # fmt: skip


def write_effectifs(dossier: Path, monde: Monde, bac_gt: Bac) -> list[Path]:
    """Two files, six rentrées in each."""
    return [_write_gt(dossier, monde.lycees_gt, bac_gt), _write_pro(dossier, monde.lycees_pro)]


def _split_niveau(nom: str, effectifs: np.ndarray, part_filles: float, secteurs: bool = False) -> dict[str, np.ndarray]:
    """A level and its columns by sex, and by sector where the layout has it."""
    filles = np.rint(effectifs * part_filles).astype(int)
    colonnes = {nom: effectifs, f"{nom}_filles": filles, f"{nom}_garcons": effectifs - filles}
    if secteurs:
        services = np.rint(effectifs * 0.55).astype(int)
        colonnes |= {f"{nom}_production": effectifs - services, f"{nom}_services": services}
    return colonnes


def _split_langues(nom: str, effectifs: np.ndarray) -> dict[str, np.ndarray]:
    """Columns by language: English first, Spanish or German second."""
    allemand = np.rint(effectifs * 0.1).astype(int)
    presents = {"lv1_anglais": effectifs, "lv2_allemand": allemand, "lv2_espagnol": effectifs - allemand}
    noms = {langue: f"{nom}_{langue}" for langue in _LANGUES}
    if nom == "terminales_stmg":  # the real header repeats the level in this one name
        noms["lv2_autres_langues"] = "terminales_terminales_stmg_lv2_autres_langues"
    return {noms[langue]: presents.get(langue, np.zeros_like(effectifs)) for langue in _LANGUES}


def _build_identite(lignes: pd.DataFrame) -> dict[str, object]:
    denominations = {
        "LEGT": "LYCEE GENERAL ET TECHNOLOGIQUE", "LPO": "LYCEE POLYVALENT", "LP": "LYCEE PROFESSIONNEL"
    }  # fmt: skip
    return {
        "rentree_scolaire": lignes["rentree"], "region_academique": "NOUVELLE-AQUITAINE", "academie": "POITIERS",
        "departement": lignes["departement_majuscules"], "commune": lignes["commune_majuscules"],
        "numero_lycee": lignes["uai"], "denomination_principale": lignes["nature"].map(denominations),
        "patronyme": lignes["nom_majuscules"].str.replace(_DENOMINATION, "", regex=True),
        "secteur": lignes["secteur"].map({"public": "PUBLIC", "prive": "PRIVE"}),
    }  # fmt: skip


def _write_gt(dossier: Path, lycees: Population, bac: Bac) -> Path:
    colonnes: dict[str, np.ndarray] = {}
    zero, techno = np.zeros_like(bac.presents), bac.presents - bac.presents_general
    niveaux = {"1eres": 1.04, "terminales": 1.02}
    secondes = np.rint(bac.presents * 1.18).astype(int)
    colonnes |= _split_niveau("2ndes_gt", secondes, 0.53) | _split_langues("2ndes_gt", secondes)
    colonnes |= {f"2ndes_{rare}": zero for rare in ("sthr", "tmd", "bt")}
    total = secondes
    for niveau, rapport in niveaux.items():
        for serie in _SERIES_GT:
            part = bac.presents_general if serie == "g" else techno * PARTS_TECHNO.get(serie, 0.0)
            effectifs = np.rint(part * rapport).astype(int)
            nom, total = f"{niveau}_{serie}", total + effectifs
            colonnes |= _split_niveau(nom, effectifs, _PART_FILLES.get(serie, 0.54)) | _split_langues(nom, effectifs)
        colonnes |= {f"{niveau}_{rare}": zero for rare in ("sthr", "tmd", "bt")}
    lignes = spread(lycees)
    aplaties = {nom: valeurs.T.ravel() for nom, valeurs in colonnes.items()}
    table = pd.DataFrame({**_build_identite(lignes), "nombre_d_eleves": total.T.ravel(), **aplaties})
    return write_csv(dossier / "demo-effectifs-lycees-gt-2019-2024.csv", table)


def _write_pro(dossier: Path, lycees: Population) -> Path:
    n, colonnes = lycees.effectifs, {}
    total = np.zeros_like(n)
    for niveau, rapport in (("2ndes_pro", 1.2), ("1eres_pro", 1.1), ("terminales_pro", 1.02)):
        effectifs = np.rint(n * rapport).astype(int)
        colonnes |= _split_niveau(niveau, effectifs, 0.42, secteurs=True) | _split_langues(niveau, effectifs)
        total = total + effectifs
    for formation in _FORMATIONS_PRO:
        effectifs = np.rint(n * (0.22 if formation in ("cap_1ere_annee", "cap_2nde_annee") else 0.0)).astype(int)
        seule = formation in ("bma_en_1_an", "code_postal")
        colonnes |= {formation: effectifs} if seule else _split_niveau(formation, effectifs, 0.40, secteurs=True)
        total = total + effectifs
    lignes = spread(lycees)
    aplaties = {nom: valeurs.T.ravel() for nom, valeurs in colonnes.items()}
    aplaties["code_postal"] = lignes["code_commune"].to_numpy()
    table = pd.DataFrame({**_build_identite(lignes), "nombre_d_eleves": total.T.ravel(), **aplaties})
    return write_csv(dossier / "demo-effectifs-lycees-pro-2019-2024.csv", table, bom=True)
