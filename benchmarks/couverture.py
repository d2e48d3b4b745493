"""How often each interval holds the true value: exact for rates, simulated for the others.

Target: a mean coverage between 94 and 96.5 % over rates of 5 to 95 %, at 10, 30, 80 and 300 pupils.
"""

import numpy as np
from scipy import stats

from indicators import statistiques

EFFECTIFS = (10, 30, 80, 300)
TAUX = np.linspace(0.05, 0.95, 181)
TIRAGES = 4_000


def cover_wilson(n: int) -> np.ndarray:
    """Exact coverage at each true rate: every possible count, weighted by its probability."""
    x = np.arange(n + 1)
    inf, sup = statistiques.wilson(x, np.full(n + 1, n))
    poids = stats.binom.pmf(x[None, :], n, TAUX[:, None])
    return (poids * ((inf <= TAUX[:, None]) & (TAUX[:, None] <= sup))).sum(axis=1)


def cover_difference(n: int, alea: np.random.Generator) -> np.ndarray:
    """Difference between a territory of n pupils and a rest ten times as large, at rates that differ by 5 points."""
    autres = np.clip(TAUX + alea.choice([-0.05, 0.05], TAUX.size), 0.02, 0.98)
    x1 = alea.binomial(n, TAUX[:, None], (TAUX.size, TIRAGES))
    x2 = alea.binomial(10 * n, autres[:, None], (TAUX.size, TIRAGES))
    _, inf, sup = statistiques.difference_taux(x1, n, x2, 10 * n)
    vrai = (TAUX - autres)[:, None]
    return ((inf <= vrai) & (vrai <= sup)).mean(axis=1)


def cover_byar(alea: np.random.Generator) -> np.ndarray:
    """Counts of 2 to 300 expected events."""
    attendus = np.geomspace(2, 300, 60)
    inf, sup = statistiques.byar(alea.poisson(attendus[:, None], (60, TIRAGES)))
    return ((np.nan_to_num(inf) <= attendus[:, None]) & (attendus[:, None] <= sup)).mean(axis=1)


def cover_student(n: int, alea: np.random.Generator) -> np.ndarray:
    """Means of n pupils, normally distributed."""
    notes = alea.normal(11, 3, (TIRAGES, n))
    inf, sup = statistiques.student(notes.mean(axis=1), n, notes.std(axis=1, ddof=1))
    return np.array([((inf <= 11) & (sup >= 11)).mean()])


def _tell(nom: str, couvertures: np.ndarray) -> None:
    print(f"{nom:44} moyenne {couvertures.mean():6.1%}   pire {couvertures.min():6.1%}")


def main() -> None:
    """Print the mean and worst coverage of each."""
    alea = np.random.default_rng(2017)
    for n in EFFECTIFS:
        _tell(f"taux, Wilson, {n} élèves", cover_wilson(n))
    for n in EFFECTIFS:
        _tell(f"différence de taux, Newcombe, {n} et {10 * n} élèves", cover_difference(n, alea))
    for n in EFFECTIFS:
        _tell(f"moyenne, Student, {n} élèves", cover_student(n, alea))
    _tell("nombre d’événements, Byar ou Poisson exact", cover_byar(alea))


if __name__ == "__main__":
    main()
