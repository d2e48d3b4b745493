"""Whether what is said at 80 % is true eight times in ten: simulated académies whose true rates are known.

A finding is true when the conditions of its rule, thresholds included, hold of the true rates. The académies are those
of `academies_simulees`; the tables are made by the functions of a publication, the rules are the real ones.
Run from the root: python -m benchmarks.calibration, or with another seed: python -m benchmarks.calibration 90817
"""

import sys

import numpy as np
import pandas as pd

from benchmarks.academies_simulees import Monde, draw_academie
from benchmarks.tables_simulees import compute_tables, list_territoires
from indicators.catalogue import load_catalogue
from indicators.problematiques import Mesure, load_regles
from indicators.problematiques.donnees import NIVEAUX, Donnees
from indicators.problematiques.estimations import estimate
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.lues import hold
from indicators.problematiques.moteur import find_problematiques
from indicators.problematiques.tirages import measure_dispersion

ACADEMIES, GRAINE = 60, 2017
HAUTE = 0.80
MONDES = (
    Monde("écarts attendus par l’a priori"),
    Monde("écarts parfois extrêmes", liberte=4),
    Monde("écarts liés au contexte", contexte=0.75),
    Monde("aucun écart, le hasard seul", ecart=0.0),
)
TRANCHES = ((0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01))
PRES_DE_80 = (0.75, 0.85)
CIBLE = (0.70, 0.90)
"""Share of the findings said near 80 % that are true."""
CIBLE_HASARD = 0.05
"""Share of the territories with a finding above 80 %, where nothing differs: at most."""


def read_verite(vraies: Donnees, niveau: str, codes: list[str]) -> dict[str, np.ndarray]:
    """Whether each rule is true of each territory of a level, from tables without chance."""
    grilles, catalogue, verites = Grilles(vraies, niveau, codes), load_catalogue(), {}
    for regle in load_regles().values():
        if niveau in regle.niveaux:
            tient = np.ones(len(codes), dtype=bool)
            for condition in regle.conditions:
                code = condition.indicateurs[0]
                estimation = estimate(grilles, code, condition.modalite, condition.mesure)
                ecarts = estimation.ecart
                if condition.mesure is Mesure.DISPERSION:
                    ecarts = _measure_dispersion(grilles, estimation)
                tient &= hold(condition, catalogue[code], ecarts)
            verites[regle.code] = tient
    return verites


def _measure_dispersion(grilles: Grilles, estimation) -> np.ndarray:
    lues = grilles.list_etablissements(estimation.indicateur, estimation.modalite, estimation.rentree)
    appartient = np.zeros((len(lues.codes), len(grilles.codes)))
    appartient[np.arange(len(lues.codes)), lues.places] = lues.denominateur
    taux = (lues.numerateur / lues.denominateur)[None, :]
    valeurs, references = measure_dispersion(taux, appartient, estimation.connues)
    return (valeurs - references)[0]


def run_academie(monde: Monde, graine: tuple[int, ...]) -> pd.DataFrame:
    """regle, niveau, territoire, probabilite, vrai of one simulated académie."""
    academie = draw_academie(monde, np.random.default_rng(graine))
    donnees, contexte = compute_tables(academie, academie.sommes)
    vraies, _ = compute_tables(academie, {c: n * academie.vrais[c] for c, n in academie.effectifs.items()}, contexte)
    territoires = list_territoires(academie)
    lignes = find_problematiques(donnees, tuple(load_regles().values()), territoires).problematique
    vrais = [
        pd.DataFrame({"regle": regle, "niveau": niveau, "territoire": siens["code"], "vrai": tient})
        for niveau, siens in territoires.groupby("niveau")
        for regle, tient in read_verite(vraies, niveau, siens["code"].tolist()).items()
    ]
    colonnes = ["regle", "niveau", "territoire", "probabilite"]
    return lignes[colonnes].merge(pd.concat(vrais), on=colonnes[:3])


def run_monde(monde: Monde, nombre: int = ACADEMIES, graine: int = GRAINE) -> pd.DataFrame:
    """The same for several académies (`academie`: which one)."""
    rang = MONDES.index(monde)
    return pd.concat([run_academie(monde, (graine, rang, i)).assign(academie=i) for i in range(nombre)])


def measure_tranche(lignes: pd.DataFrame, bas: float, haut: float) -> tuple[int, float, float]:
    """(profiles said between two probabilities, mean of what is said, share that is true)."""
    dites = lignes[(lignes["probabilite"] >= bas) & (lignes["probabilite"] < haut)]
    return len(dites), dites["probabilite"].mean(), dites["vrai"].mean()


def _tell(titre: str, lignes: pd.DataFrame) -> None:
    print(f"{titre:<24}{'profils dits':>14}{'dit':>9}{'vrai':>9}{'erreur type':>13}")
    for bas, haut in (*TRANCHES, PRES_DE_80):
        nombre, dit, vrai = measure_tranche(lignes, bas, haut)
        if nombre:
            nom = f"{bas:.0%} et plus" if haut > 1 else f"de {bas:.0%} à {haut:.0%}"
            print(f"  {nom:<22}{nombre:>14}{dit:>9.1%}{vrai:>9.1%}{np.sqrt(vrai * (1 - vrai) / nombre):>13.1%}")


def main(graine: int = GRAINE) -> None:
    """Print the tables, and whether the targets are held."""
    for monde in MONDES:
        lignes = run_monde(monde, graine=graine).dropna(subset="probabilite")
        print(f"\n{monde.titre} : {ACADEMIES} académies, {len(lignes)} profils lus, {lignes['vrai'].sum()} vrais,")
        print(f"  {lignes['probabilite'].sum():.0f} en somme de probabilités")
        plus_haute = lignes.groupby(["academie", "niveau", "territoire"])["probabilite"].max()
        part = (plus_haute > HAUTE).mean()
        print(f"  territoires avec un profil au-dessus de 80 % : {part:.1%} de {len(plus_haute)}")
        if monde.ecart == 0:
            print(f"  cible (au plus {CIBLE_HASARD:.0%}) : {'tenue' if part <= CIBLE_HASARD else 'manquée'}")
            continue
        _tell("tous les niveaux", lignes)
        for niveau in NIVEAUX[:3]:
            _tell(niveau, lignes[lignes["niveau"] == niveau])
        _, _, vrai = measure_tranche(lignes, *PRES_DE_80)
        print(f"  cible (de 70 à 90 %) : {'tenue' if CIBLE[0] <= vrai <= CIBLE[1] else 'manquée'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
