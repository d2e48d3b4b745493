"""What a figure may change by, from one rentrée to the next: chance among pupils, and the real life of établissements.

Each change is put on a scale where its expected spread does not depend on its level: arcsine for a taux, logarithm for
counts and ratios, its own unit for a mean. Its variance is then

    chance (known from the number of pupils) + years apart × what établissements really change by in a year

The second term is estimated from the changes themselves, by their quantiles: some wild changes, which are what we look
for, do not move it (docs/methode.md, «Ce qu’un chiffre peut changer d’une année à l’autre»).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtri, stdtr

from indicators.catalogue import Indicateur, Nature

DDL = 12
"""Degrees of freedom of the Student law whose tails the real changes have: of the 1 824 yearly changes of the IPS of
écoles the largest is 5.6 expected spreads, of the 440 of lycées 7.1 (normal law: 3.5 and 3.1; Student 12: 4.7, 3.9)."""
HISTOIRE = 30
"""Changes needed to judge others by them alone; the new ones are added below that."""
CHANGEMENTS_MIN = 10
"""Changes needed to estimate a spread or a change common to all; fewer: `_PAR_DEFAUT`."""
_QUANTILES = (0.5, 0.9)
"""Where the spread is read. The median alone would ignore the long tails that real changes have."""
_PAR_DEFAUT = {Nature.TAUX: 0.10, Nature.EFFECTIF: 0.25, Nature.RATIO: 0.25}
"""Yearly spread without enough history: 0.10 in arcsine is 10 points at 50 %, 7 at 85 %; 0.25 in logarithm, a quarter.
For a mean: twice the écart utile of its fiche. All are above what the real extracts show, on purpose."""


_AU_MOINS = {Nature.TAUX: 0.02, Nature.EFFECTIF: 0.03, Nature.RATIO: 0.03}
"""Yearly spread below which no estimate goes (figures copied from one year to the next have none at all); for a mean,
half the écart utile."""


@dataclass(frozen=True)
class Dispersion:
    """Expected spread of changes: `chance` multiplies their known variance, `annuelle` is the variance of a year."""

    chance: float
    annuelle: float

    def expect(self, hasard: np.ndarray, annees: np.ndarray) -> np.ndarray:
        """Standard deviation expected of each change."""
        return np.sqrt(self.chance * hasard + self.annuelle * annees)

    def compute_p(self, ecart: np.ndarray, hasard: np.ndarray, annees: np.ndarray) -> np.ndarray:
        """Two-sided p-value of each change.

        Chance is normal; what établissements really change by has longer tails, those of a Student law with `DDL`
        degrees of freedom. Their sum is given the degrees of freedom of Welch and Satterthwaite, 1/Σ(share²/df).
        """
        annuelle = self.annuelle * annees
        variance = self.chance * hasard + annuelle
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2 * stdtr(np.minimum(DDL * (variance / annuelle) ** 2, 1e6), -np.abs(ecart) / np.sqrt(variance))


def measure(indicateur: Indicateur, paires: pd.DataFrame) -> pd.DataFrame:
    """Change and variance by chance of each pair of rows, on the scale of its nature.

    Args:
        paires: columns `numerateur`, `denominateur`, `valeur`, `ecart_type`, of the new row and, with the suffix
            `_avant`, of the earlier one.

    Returns:
        The same rows with `ecart` and `hasard`; nan where one of the two has no figure on that scale.

    Source: arcsine and its variance 1/(4n + 2): Freeman & Tukey 1950, Ann. Math. Stat. 21:607-611; Anscombe 1948.
    """
    (apres, hasard_apres), (avant, hasard_avant) = _scale(indicateur, paires, ""), _scale(indicateur, paires, "_avant")
    return paires.assign(ecart=apres - avant, hasard=hasard_apres + hasard_avant)


def _scale(indicateur: Indicateur, paires: pd.DataFrame, suffixe: str) -> tuple[np.ndarray, np.ndarray]:
    x, n, valeur, ecart_type = (
        paires[nom + suffixe].to_numpy(dtype=float) for nom in ("numerateur", "denominateur", "valeur", "ecart_type")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if indicateur.nature is Nature.TAUX:
            connu = np.isfinite(x) & (n > 0)
            part = np.where(connu, (x + 0.375) / (n + 0.75), valeur)
            return np.arcsin(np.sqrt(np.clip(part, 0, 1))), np.where(connu, 1 / (4 * n + 2), 0.0)
        if indicateur.nature is Nature.EFFECTIF:
            return np.log(x + 0.5), 1 / (x + 0.5)
        if indicateur.nature is Nature.RATIO:
            return np.log((x + 0.5) / n), 1 / (x + 0.5)
        hasard = np.where(np.isfinite(ecart_type), ecart_type**2, 1.0) / n
        return valeur, np.where(n > 0, hasard, 0.0)


def is_hasard_known(indicateur: Indicateur, paires: pd.DataFrame) -> bool:
    """Whether chance is known in full; a mean without écart-type only says that it goes as 1/n."""
    return indicateur.nature in _PAR_DEFAUT or bool(paires["ecart_type"].notna().any())


def estimate(indicateur: Indicateur, paires: pd.DataFrame, hasard_connu: bool) -> Dispersion:
    """Spread of changes that are in the main sound.

    Args:
        paires: what `measure` gives, with `annees` (years apart), changes common to all taken away.
        hasard_connu: `hasard` is the whole variance by chance, else only proportional to it.

    Source: median and 90th centile of e²/variance set to those of χ² with 1 degree of freedom, a robust form of the
        method of moments for an additive over-dispersion (Spiegelhalter 2005, Stat. Med. 24:1185-1202, §4).
        The variance of a year is raised by one standard error of its own (2.33/√m: relative error of a squared MAD).
    """
    connues = paires[np.isfinite(paires["ecart"]) & np.isfinite(paires["hasard"])]
    ecart, hasard, annees = (connues[nom].to_numpy(dtype=float) for nom in ("ecart", "hasard", "annees"))
    if len(connues) < CHANGEMENTS_MIN:
        defaut = _PAR_DEFAUT.get(indicateur.nature, 2 * indicateur.ecart_utile)
        return Dispersion(float(hasard_connu), defaut**2)
    chance = 1.0 if hasard_connu else _estimate_chance(ecart, hasard)
    annuelle = max(_solve(ecart, chance * hasard, annees, quantile) for quantile in _QUANTILES)
    plancher = _AU_MOINS.get(indicateur.nature, indicateur.ecart_utile / 2) ** 2
    return Dispersion(chance, max(annuelle * (1 + 2.33 / np.sqrt(len(connues))), plancher))


def _solve(ecart: np.ndarray, hasard: np.ndarray, annees: np.ndarray, quantile: float) -> float:
    """Smallest yearly variance with which this quantile of e²/variance is that of χ²; 0 when chance is enough."""
    cible = chdtri(1, 1 - quantile)
    carres = ecart**2
    plancher = float(carres.max()) * 1e-9 + 1e-300
    bas, haut = 0.0, float(carres.max() / cible + plancher)
    if np.quantile(carres / np.maximum(hasard, plancher), quantile) <= cible:
        return 0.0
    for _ in range(50):
        milieu = (bas + haut) / 2
        trop_petit = np.quantile(carres / np.maximum(hasard + milieu * annees, plancher), quantile) > cible
        bas, haut = (milieu, haut) if trop_petit else (bas, milieu)
    return haut


def _estimate_chance(ecart: np.ndarray, hasard: np.ndarray) -> float:
    """Variance between pupils, when only the numbers of pupils are known: small établissements against large ones."""
    petits = hasard > np.median(hasard)
    if petits.all() or not petits.any():
        return 0.0
    cible = chdtri(1, 0.5)
    variances = [np.median(ecart[partie] ** 2) / cible for partie in (petits, ~petits)]
    ampleur = hasard[petits].mean() - hasard[~petits].mean()
    maximum = np.median(ecart**2) / cible / np.median(hasard)
    return float(np.clip((variances[0] - variances[1]) / ampleur, 0, maximum)) if ampleur > 0 else 0.0


def center(paires: pd.DataFrame, temoins: pd.DataFrame) -> pd.DataFrame:
    """Take away what all établissements change by between the same two rentrées (a harder exam, a new rule).

    Args:
        paires: what `measure` gives, with `rentree_avant` and `rentree`; revised figures, of one rentrée, are left.
        temoins: pairs whose median change is taken away; fewer than `CHANGEMENTS_MIN` of a year: nothing is.
    """
    annees = ["rentree_avant", "rentree"]
    communs = temoins.groupby(annees)["ecart"].agg(["median", "count"])
    communs = communs[(communs["count"] >= CHANGEMENTS_MIN)]["median"].rename("commun")
    commun = paires.join(communs, on=annees)["commun"].fillna(0.0)
    return paires.assign(ecart=paires["ecart"] - commun.where(paires["rentree_avant"] < paires["rentree"], 0.0))
