"""Ranks, always with the interval they could take."""

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

GRAINE = 2017


def intervalle_rangs(valeur, inf, sup, *, sens_code=1, tirages=1000, confiance=0.95, graine=GRAINE):
    """Rank of each territory and the interval it could take, from values and their 95 % intervals.

    Draws are normal, each side of the value with its own standard error (intervals are seldom symmetric).

    Args:
        valeur, inf, sup: values and 95 % bounds of the territories of one level, shape (k,).
        sens_code: -1 where the lowest value ranks first; 1 or 0: the highest.
        tirages: number of simulated orders; confiance: coverage, 0-1; graine: seed, so that a rank never changes
            between two publications of the same figures.

    Returns:
        (rank, low, high), floats of shape (k,); nan for a territory without a value or an interval, which is not
        counted. Equal values share the best rank.

    Source: Goldstein & Spiegelhalter 1996, JRSS A 159:385-443.

    >>> [a.tolist() for a in intervalle_rangs([95, 80, 70], [94, 70, 60], [96, 90, 80])]
    [[1.0, 2.0, 3.0], [1.0, 2.0, 2.0], [1.0, 3.0, 3.0]]
    """
    valeur, inf, sup = (np.asarray(a, dtype=float) for a in (valeur, inf, sup))
    connus = np.isfinite(valeur) & np.isfinite(inf) & np.isfinite(sup)
    valeur, inf, sup = valeur[connus], inf[connus], sup[connus]
    z = np.random.default_rng(graine).standard_normal((tirages, valeur.size))
    erreurs = np.where(z < 0, valeur - inf, sup - valeur) / ndtri(0.975)
    return _rangs(connus, valeur, valeur + z * erreurs, sens_code, confiance)


def intervalle_rangs_taux(x, n, *, sens_code=1, tirages=1000, confiance=0.95, graine=GRAINE):
    """The same for proportions: draws from the posterior Beta(x + ½, n - x + ½) of each territory.

    A beta draw is G/(G + H), G and H gamma: the cube root of each is taken as normal, which moves no quantile of a
    rank by more than the simulation does and costs a tenth of the time.

    Args:
        x, n: events and pupils of the territories of one level, shape (k,).
        sens_code, tirages, confiance, graine: as in `intervalle_rangs`.

    Returns:
        (rank, low, high), floats of shape (k,); nan where x/n is not a proportion.

    Source: Goldstein & Spiegelhalter 1996, JRSS A 159:385-443; prior of Jeffreys: Brown, Cai & DasGupta 2001,
    Stat. Sci. 16:101-133; cube root of a gamma: Wilson & Hilferty 1931, PNAS 17:684-688.

    >>> [a.tolist() for a in intervalle_rangs_taux([95, 8, 0], [100, 10, 0])]
    [[1.0, 2.0, nan], [1.0, 1.0, nan], [2.0, 2.0, nan]]
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    connus = (n > 0) & (x >= 0) & (x <= n)
    x, n = x[connus], n[connus]
    oui, non = (
        np.cbrt(a) * (1 - 1 / (9 * a) + z / (3 * np.sqrt(a)))
        for a, z in zip((x + 0.5, n - x + 0.5), _draw_normales(graine, tirages, x.size), strict=True)
    )
    # Increasing with the odds; a cube root below 0, far in the tail of a count of ½, keeps its place.
    return _rangs(connus, x / n, oui / (oui + non), sens_code, confiance)


@lru_cache(maxsize=64)
def _draw_normales(graine: int, tirages: int, taille: int) -> np.ndarray:
    """Two tables of draws, the same for every indicator of a level."""
    return np.random.default_rng(graine).standard_normal((2, tirages, taille))


def _rangs(connus, valeur, simules, sens_code, confiance):
    """Observed rank and quantiles of the simulated ones, put back among the territories without a figure."""
    signe = 1 if sens_code < 0 else -1
    observe = 1 + np.searchsorted(np.sort(signe * valeur), signe * valeur, side="left")
    resultats = np.full((3, connus.size), np.nan)
    if valeur.size:
        bornes = _quantiles_rangs(np.argsort(signe * simules, axis=1), (1 - confiance) / 2)
        # A tie gives the best rank to all its members, which draws may never give to some of them.
        resultats[:, connus] = observe, np.minimum(bornes[0], observe), np.maximum(bornes[1], observe)
    return resultats[0], resultats[1], resultats[2]


def _quantiles_rangs(ordres: np.ndarray, queue: float) -> np.ndarray:
    """Lower and upper quantiles of the rank of each territory, shape (2, k), from simulated orders, first to last."""
    tirages, taille = ordres.shape
    places = np.bincount((ordres + taille * np.arange(taille)).ravel(), minlength=taille**2)
    parts = np.cumsum(places.reshape(taille, taille), axis=0)  # draws that rank each territory so high, or higher
    return np.array([1 + (parts < part * tirages).sum(axis=0) for part in (queue, 1 - queue)])
