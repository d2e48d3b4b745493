"""What a trend test sees at the size of a réseau: the product's rule against the usual public-health one.

Series of five rentrées with the same number of pupils each year. The usual rule asks for 99.8 % confidence and for
the same sign of every slope when one year is left out.
Run from the root: python -m benchmarks.puissance_tendances
"""

import numpy as np

from indicators.statistiques import cochran_armitage, decide_tendances, pente_ponderee

RENTREES, TIRAGES, GRAINE = np.arange(2020, 2025), 20_000, 2017
ECART_UTILE = 0.03


def see_product(x, n):
    """Series that the product says to rise or fall."""
    pente, inf, sup, p = pente_ponderee(x / n, n, RENTREES, binomiale=True)
    duree = RENTREES[-1] - RENTREES[0]
    etats = decide_tendances(pente, inf, sup, p, len(RENTREES), duree, ECART_UTILE, 1)
    return np.isin(etats, ["amelioration", "degradation"])


def see_usual(x, n):
    """Series that the usual rule says to rise or fall."""
    pentes = []
    for absente in range(len(RENTREES)):
        garde = np.arange(len(RENTREES)) != absente
        pentes.append(pente_ponderee(x[:, garde] / n, n, RENTREES[garde], binomiale=True)[0])
    accord = (np.array(pentes) > 0).all(axis=0) | (np.array(pentes) < 0).all(axis=0)
    return (cochran_armitage(x, n, RENTREES)[1] < 0.002) & accord


def main() -> None:
    """Print the table."""
    alea = np.random.default_rng(GRAINE)
    print(f"{len(RENTREES)} rentrées, {TIRAGES} séries simulées par ligne : part des séries dites en tendance")
    print(f"{'élèves par rentrée':<20}{'taux vrai':<16}{'règle d’Éclore':>16}{'règle à 99,8 %':>16}")
    for n in (40, 80, 200):
        for debut, fin in ((0.6, 0.6), (0.85, 0.85), (0.6, 0.68), (0.6, 0.75)):
            x = alea.binomial(n, np.linspace(debut, fin, len(RENTREES)), (TIRAGES, len(RENTREES)))
            parts = f"{see_product(x, n).mean():>16.1%}{see_usual(x, n).mean():>16.1%}"
            print(f"{n:<20}{f'{debut:.0%} → {fin:.0%}':<16}{parts}")


if __name__ == "__main__":
    main()
