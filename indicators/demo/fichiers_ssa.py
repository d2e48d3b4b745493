"""Files in the five layouts that the rectorat fills: évaluations, socle, orientation, décrochage, post-bac."""

from pathlib import Path

import numpy as np
import pandas as pd

from indicators.demo.constats import RENTREES, get_constat
from indicators.demo.ecriture import write_csv
from indicators.demo.fichiers_lycees import Bac
from indicators.demo.monde import Monde
from indicators.demo.profils import COMPOSANTES, EVALUATIONS, PROFILS
from indicators.demo.resultats import Population

_ECART_SEXES = 0.05
"""Girls ask for the voie générale et technologique more often than the mean, boys less, by this much."""
_FILIERES = {"LICENCE": 0.42, "BTS": 0.24, "BUT": 0.11, "CPGE": 0.06}
_FILIERES_PRO = {"LICENCE": 0.10, "BTS": 0.76, "BUT": 0.02, "CPGE": 0.0}


def write_ssa(dossier: Path, monde: Monde, bac_gt: Bac, bac_pro: Bac) -> list[Path]:
    """One file per layout, six rentrées in each."""
    return [
        _write_evaluations(dossier, monde),
        _write_socle(dossier, monde),
        _write_orientation(dossier, monde),
        _write_decrochage(dossier, monde),
        _write_post_bac(dossier, monde, bac_gt, bac_pro),
    ]


def _stack(population: Population, codes: dict[str, object], effectifs: np.ndarray, annee: str) -> pd.DataFrame:
    """Rows uai, year, codes, effectif from an array (établissements, rentrées). A session is the year after."""
    uai = population.etablissements["uai"].to_numpy()
    annees = np.array(RENTREES) + (1 if annee == "session" else 0)
    colonnes = {"uai": np.tile(uai, len(annees)), annee: np.repeat(annees, len(uai)), **codes}
    return pd.DataFrame({**colonnes, "effectif": effectifs.T.ravel()})


def _write_evaluations(dossier: Path, monde: Monde) -> Path:
    tables = []
    for (niveau, matiere), profil in EVALUATIONS.items():
        population = monde.colleges if niveau == "6E" else monde.ecoles
        indicateur = f"maitrise_{niveau}_{matiere}".lower()
        n = population.effectifs
        satisfaisant = population.draw(indicateur, profil, n)
        besoins = population.draw_among(indicateur, n - satisfaisant, np.full(n.shape, 0.38), "à besoins")
        groupes = {"A_BESOINS": besoins, "FRAGILE": n - satisfaisant - besoins, "SATISFAISANT": satisfaisant}
        for groupe, effectifs in groupes.items():
            codes = {"niveau": niveau, "matiere": matiere, "groupe": groupe}
            tables.append(_stack(population, codes, effectifs, "rentree"))
    return write_csv(dossier / "demo-evaluations.csv", pd.concat(tables), bom=True)


def _write_socle(dossier: Path, monde: Monde) -> Path:
    colleges, tables = monde.colleges, []
    for composante, profil in COMPOSANTES.items():
        n = colleges.effectifs
        maitrise = colleges.draw("maitrise_socle", profil, n, composante)
        tres_bonne = colleges.draw_among("maitrise_socle", maitrise, np.full(n.shape, 0.36), f"très bonne {composante}")
        insuffisante = colleges.draw_among(
            "maitrise_socle", n - maitrise, np.full(n.shape, 0.27), f"insuffisante {composante}"
        )
        niveaux = (insuffisante, n - maitrise - insuffisante, maitrise - tres_bonne, tres_bonne)
        for rang, effectifs in enumerate(niveaux, start=1):
            codes = {"composante": composante, "niveau_maitrise": rang}
            tables.append(_stack(colleges, codes, effectifs, "rentree"))
    return write_csv(dossier / "demo-socle.csv", pd.concat(tables), bom=True)


def _draw_voies(
    population: Population, voies: dict[str, str], n: np.ndarray, ecart: float, modalite: str
) -> dict[str, np.ndarray]:
    """Pupils of each voie and the rest («AUTRE»).

    The first voie follows its profile, plus `ecart`; the others share those left, in the proportions of their
    profiles, with half of their own deviations.
    """
    reste, part_reste, tirages = n, 1.0, {}
    for voie, indicateur in voies.items():
        profil, imposes = PROFILS[indicateur], population.find_imposes(indicateur)[:, None]
        niveaux = population.compute_niveaux(indicateur, profil)
        if tirages:
            propres = np.where(imposes, 0.0, niveaux - population.compute_attendus(profil))
            niveaux = (profil.niveau + profil.annee * (np.array(RENTREES) - RENTREES[0]) + propres / 2) / part_reste
        else:
            niveaux = niveaux + ecart
        tirages[voie] = population.draw_among(indicateur, reste, niveaux.clip(0.002, 0.98), modalite)
        reste = reste - tirages[voie]
        part_reste = part_reste - profil.niveau - profil.annee * (np.array(RENTREES) - RENTREES[0])
    return {**tirages, "AUTRE": reste}


def _write_orientation(dossier: Path, monde: Monde) -> Path:
    tables = []
    lycees = monde.lycees_gt
    secondes = np.rint(lycees.effectifs * 1.15).astype(int)
    apres_3e = ("3E", monde.colleges, monde.colleges.effectifs)
    apres_2nde = ("2NDE", lycees, secondes)
    for palier, population, n in (apres_3e, apres_2nde):
        filles = np.rint(n * 0.49).astype(int)
        for sexe, effectifs, ecart in (("F", filles, _ECART_SEXES), ("G", n - filles, -_ECART_SEXES * 0.49 / 0.51)):
            for phase, voies in _list_phases(palier).items():
                tirages = _draw_voies(population, voies, effectifs, ecart, f"{phase} {sexe}")
                tables += _stack_voies(population, palier, phase, sexe, tirages)
            if palier == "3E":
                tables += _draw_affectations(population, tirages, sexe)
    return write_csv(dossier / "demo-orientation.csv", pd.concat(tables), bom=True)


def _list_phases(palier: str) -> dict[str, dict[str, str]]:
    """Indicator of each voie, by phase."""
    if palier == "3E":
        return {
            phase: {"2GT": f"{nom}_2nde_gt", "2PRO": f"{nom}_2nde_pro", "CAP": f"{nom}_cap"}
            for phase, nom in (("DEMANDE", "demande"), ("DECISION", "decision"))
        }
    decision = {"1G": "decision_1re_generale", "1T": "decision_1re_technologique"}
    return {"DEMANDE": {"1G": "demande_1re_generale", "1T": "decision_1re_technologique"}, "DECISION": decision}


def _stack_voies(
    population: Population, palier: str, phase: str, sexe: str, tirages: dict[str, np.ndarray]
) -> list[pd.DataFrame]:
    return [
        _stack(population, {"palier": palier, "phase": phase, "voie": voie, "sexe": sexe}, effectifs, "session")
        for voie, effectifs in tirages.items()
    ]


def _draw_affectations(colleges: Population, decisions: dict[str, np.ndarray], sexe: str) -> list[pd.DataFrame]:
    """First wishes (what was decided) and those satisfied: nearly all in GT, fewer in the voie professionnelle."""
    profil, voeux = PROFILS["premier_voeu_satisfait"], {v: n for v, n in decisions.items() if v != "AUTRE"}
    niveaux, satisfaits = colleges.compute_niveaux("premier_voeu_satisfait", profil), {}
    for voie, ecart in (("2GT", 0.06), ("2PRO", -0.10), ("CAP", -0.14)):
        taux = (niveaux + ecart).clip(0.3, 0.995)
        satisfaits[voie] = colleges.draw_among("premier_voeu_satisfait", voeux[voie], taux, f"{voie} {sexe}")
    tables = _stack_voies(colleges, "3E", "VOEU1", sexe, voeux)
    return tables + _stack_voies(colleges, "3E", "AFFECTATION_VOEU1", sexe, satisfaits)


def _align(population: Population, table: pd.DataFrame, valeurs: np.ndarray) -> np.ndarray:
    """Rows of `valeurs` (those of `population`) put in the order of `table`, zeros elsewhere."""
    par_uai = pd.DataFrame(valeurs, index=population.etablissements["uai"])
    return par_uai.reindex(table["uai"], fill_value=0).to_numpy()


def _build_second_degre(monde: Monde, poids: dict[str, tuple[Population, np.ndarray]]) -> tuple[Population, np.ndarray]:
    """Établissements of the given populations together, and the rate that their mix of pupils leads to.

    A lycée polyvalent counts its two voies. `poids` gives, per profile, the population and its pupils.
    """
    uais = {uai for population, _ in poids.values() for uai in population.etablissements["uai"]}
    table = monde.etablissements[monde.etablissements["uai"].isin(uais)].reset_index(drop=True)
    effectifs = {nom: _align(p, table, n) for nom, (p, n) in poids.items()}
    attendus = {nom: _align(p, table, p.compute_attendus(PROFILS[nom])) for nom, (p, _) in poids.items()}
    total = sum(effectifs.values())
    bases = sum(effectifs[nom] * attendus[nom] for nom in poids) / np.maximum(total, 1)
    return Population(table, total, monde.colleges.reseaux, monde.graine), bases


def _write_decrochage(dossier: Path, monde: Monde) -> Path:
    tous, bases = _build_second_degre(monde, {
        "decrochage_college": (monde.colleges, monde.colleges.effectifs),
        "decrochage_lycee_gt": (monde.lycees_gt, np.rint(monde.lycees_gt.effectifs * 3.2).astype(int)),
        "decrochage_lycee_pro": (monde.lycees_pro, np.rint(monde.lycees_pro.effectifs * 3.3).astype(int)),
    })  # fmt: skip
    reperes = tous.draw("taux_decrochage", PROFILS["decrochage_lycee_gt"], tous.effectifs, bases=bases)
    en_solution = tous.draw("solution_apres_reperage", PROFILS["solution_apres_reperage"], reperes)
    suivis = tous.draw("suivi_foquale", PROFILS["suivi_foquale"], reperes)
    table = _stack(tous, {}, tous.effectifs, "rentree").rename(columns={"effectif": "effectif_suivi"})
    non_rendu = tous.get_alea("campagne non rendue").random(len(table)) < 0.015
    planifies = {get_constat(n).territoire for n in ("dans_la_moyenne",)}
    non_rendu &= ~np.tile(tous.etablissements["code_reseau"].isin(planifies), len(RENTREES))
    table["jeunes_reperes"] = reperes.T.ravel()
    for nom, valeurs in (("en_solution", en_solution), ("suivis_foquale", suivis)):
        table[nom] = pd.Series(valeurs.T.ravel()).astype(str).mask(non_rendu, "ND")
    return write_csv(dossier / "demo-decrochage.csv", table, bom=True)


def _write_post_bac(dossier: Path, monde: Monde, bac_gt: Bac, bac_pro: Bac) -> Path:
    tous, bases = _build_second_degre(monde, {
        "poursuite_gt": (monde.lycees_gt, bac_gt.admis), "poursuite_pro": (monde.lycees_pro, bac_pro.admis),
    })  # fmt: skip
    bacheliers = tous.effectifs
    poursuites = tous.draw("poursuite_superieur", PROFILS["poursuite_gt"], bacheliers, bases=bases)
    part_gt = _align(monde.lycees_gt, tous.etablissements, bac_gt.admis) / bacheliers
    imposes = tous.find_imposes("poursuite_superieur")
    part_gt[imposes] = np.average(part_gt[~imposes], axis=0, weights=bacheliers[~imposes, 0])
    tables = [_stack(tous, {"filiere": "ENSEMBLE"}, poursuites, "session")]
    reste, part_reste = poursuites, np.ones(bacheliers.shape)
    for filiere, part in _FILIERES.items():
        parts = part_gt * part + (1 - part_gt) * _FILIERES_PRO[filiere]
        tires = tous.draw_among("poursuite_superieur", reste, (parts / part_reste).clip(0, 1), filiere)
        tables.append(_stack(tous, {"filiere": filiere}, tires, "session"))
        reste, part_reste = reste - tires, part_reste - parts
    tables.append(_stack(tous, {"filiere": "AUTRES"}, reste, "session"))
    table = pd.concat(tables, ignore_index=True).rename(columns={"effectif": "poursuites"})
    table.insert(3, "bacheliers", np.tile(bacheliers.T.ravel(), len(_FILIERES) + 2))
    return write_csv(dossier / "demo-post-bac.csv", table, bom=True)
