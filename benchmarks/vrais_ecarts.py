"""Real differences mixed with chance: how many of the flags shown are false, how many real differences are seen.

40 territories × 25 indicators; one cell in ten differs from the rest of the académie by 5, 8 or 12 points.
Run from the root: python -m benchmarks.vrais_ecarts
"""

import numpy as np

from indicators.statistiques import benjamini_hochberg, decide_etats, difference_taux, p_difference_taux

TERRITOIRES, INDICATEURS, TIRAGES, GRAINE = 40, 25, 1000, 2017
ECART_UTILE, PART_REELLE = 0.03, 0.1
ECARTS = (0.05, 0.08, 0.12)
TRANCHES = ((30, 100), (100, 300), (300, 900))


def draw_academie(alea):
    """Events, pupils and real differences, shape (territories, indicators)."""
    effectifs = np.exp(alea.uniform(np.log(30), np.log(900), (TERRITOIRES, INDICATEURS))).astype(int)
    reels = (alea.random((TERRITOIRES, INDICATEURS)) < PART_REELLE) * alea.choice(ECARTS, (TERRITOIRES, INDICATEURS))
    reels *= alea.choice([-1, 1], reels.shape)
    taux = np.clip(alea.uniform(0.2, 0.85, INDICATEURS) + reels, 0.01, 0.99)
    return alea.binomial(effectifs, taux), effectifs, reels


def find_flags(x, n) -> np.ndarray:
    """+1 favorable, -1 défavorable, 0 otherwise."""
    reste_x, reste_n = x.sum(axis=0) - x, n.sum(axis=0) - n
    p = benjamini_hochberg(p_difference_taux(x, n, reste_x, reste_n))
    etats = decide_etats(*difference_taux(x, n, reste_x, reste_n), p, ECART_UTILE, 1)
    return (etats == "favorable").astype(int) - (etats == "defavorable").astype(int)


def main() -> None:
    """Print the share of false flags, then the power by size of the difference and of the territory."""
    alea = np.random.default_rng(GRAINE)
    parts, vus, possibles = [], {}, {}
    for _ in range(TIRAGES):
        x, n, reels = draw_academie(alea)
        signaux = find_flags(x, n)
        faux = ((signaux != 0) & (np.sign(reels) != signaux)).sum()
        parts.append(faux / max((signaux != 0).sum(), 1))
        for ecart in ECARTS:
            for tranche in TRANCHES:
                ici = np.isclose(np.abs(reels), ecart) & (n >= tranche[0]) & (n < tranche[1])
                cle = (ecart, tranche)
                possibles[cle] = possibles.get(cle, 0) + ici.sum()
                vus[cle] = vus.get(cle, 0) + (ici & (signaux == np.sign(reels))).sum()
    print(
        f"{TERRITOIRES} × {INDICATEURS}, un écart réel sur dix, {TIRAGES} académies : signaux faux {np.mean(parts):.1%}"
    )
    print(f"{'écart réel':<14}" + "".join(f"{f'{a} à {b} élèves':>20}" for a, b in TRANCHES))
    for ecart in ECARTS:
        puissances = "".join(f"{vus[ecart, t] / possibles[ecart, t]:>20.1%}" for t in TRANCHES)
        print(f"{f'{ecart * 100:.0f} points':<14}{puissances}")


if __name__ == "__main__":
    main()
