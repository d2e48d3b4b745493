"""How many flags chance alone makes: the product's rule against the plain 95 % rule.

40 territories × 25 indicators, every territory having the true rate of the rest of the académie: any flag is false.
Run from the root: python -m benchmarks.fausses_alertes
"""

import numpy as np

from indicators.statistiques import benjamini_hochberg, decide_etats, difference_taux, p_difference_taux

TERRITOIRES, INDICATEURS, TIRAGES, GRAINE = 40, 25, 2000, 2017
ECART_UTILE = 0.03
TAUX_VRAIS = {"de 10 à 95 %": (0.1, 0.95), "de 90 à 99 % (bac)": (0.9, 0.99), "de 1 à 8 % (décrochage)": (0.01, 0.08)}


def draw_academie(alea, bornes):
    """Events and pupils, shape (territories, indicators): one true rate per indicator, 30 to 900 pupils."""
    effectifs = np.exp(alea.uniform(np.log(30), np.log(900), (TERRITOIRES, INDICATEURS))).astype(int)
    return alea.binomial(effectifs, alea.uniform(*bornes, INDICATEURS)), effectifs


def count_flags(x, n):
    """False flags of one académie: plain 95 % intervals, then the product's answer."""
    reste_x, reste_n = x.sum(axis=0) - x, n.sum(axis=0) - n
    ecart, inf, sup = difference_taux(x, n, reste_x, reste_n)
    p_ajustee = benjamini_hochberg(p_difference_taux(x, n, reste_x, reste_n))
    etats = decide_etats(ecart, inf, sup, p_ajustee, ECART_UTILE, 1)
    return ((inf > 0) | (sup < 0)).sum(), np.isin(etats, ["favorable", "defavorable"]).sum()


def main() -> None:
    """Print the table."""
    alea = np.random.default_rng(GRAINE)
    print(f"{TERRITOIRES} territoires × {INDICATEURS} indicateurs, aucun écart réel, {TIRAGES} académies simulées")
    print(f"{'taux vrais':<26}{'règle':<36}{'signaux en moyenne':>20}{'au moins un signal':>20}")
    for taux, bornes in TAUX_VRAIS.items():
        simple, produit = np.array([count_flags(*draw_academie(alea, bornes)) for _ in range(TIRAGES)]).T
        for nom, signaux in (("intervalle à 95 %, sans correction", simple), ("règle d’Éclore", produit)):
            print(f"{taux:<26}{nom:<36}{signaux.mean():>20.2f}{(signaux > 0).mean():>20.1%}")


if __name__ == "__main__":
    main()
