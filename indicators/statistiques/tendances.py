"""Trends: series of a territory over the rentrées. The last axis is time; a missing rentrée is nan.

A series never crosses a break: the caller passes only the rentrées that compare with one another.
"""

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from indicators.statistiques.intervalles import _proportion

POINTS_MINIMUM = 3
POINTS_MAXIMUM = 5


def derniers_points(connus, maximum=POINTS_MAXIMUM):
    """Which known points of each series are read: the last `maximum`.

    Args:
        connus: booleans, shape (…, rentrées): this rentrée has a figure.
        maximum: number of points kept.

    Returns:
        Booleans of the same shape.

    >>> derniers_points([[True, True, False, True]], maximum=2).tolist()
    [[False, True, False, True]]
    """
    connus = np.asarray(connus, dtype=bool)
    restants = np.cumsum(connus[..., ::-1], axis=-1)[..., ::-1]
    return connus & (restants <= maximum)


def cochran_armitage(x, n, t):
    """Test for a linear trend in proportions.

    Args:
        x, n: events and pupils, shape (…, rentrées); a rentrée that is not a proportion is left out.
        t: rentrées, shape (rentrées,) or that of `x`.

    Returns:
        (chi2, p), shape (…); nan with fewer than two points, or where nobody or everybody has the event.

    Source: Armitage 1955, Biometrics 11:375-386; the same as R's `prop.trend.test`.

    >>> chi2, p = cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82], [1, 2, 3, 4])
    >>> chi2.round(4).item(), p.round(6).item()
    (8.2249, 0.004132)
    """
    x, n = _proportion(x, n)
    pente, variance = _pente_binomiale(x / n, n, t)
    with np.errstate(divide="ignore", invalid="ignore"):
        chi2 = np.where(variance > 0, pente**2 / variance, np.nan)
    return chi2, 2 * ndtr(-np.sqrt(chi2))


def pente_ponderee(y, w, t, *, binomiale=False, confiance=0.95):
    """Weighted slope of series against time, per rentrée, with its interval and p-value.

    Args:
        y: values, shape (…, rentrées); nan where missing.
        w: weights > 0 (pupils; 1 where the source gives none), broadcast with `y`.
        t: rentrées, shape (rentrées,) or that of `y`.
        binomiale: `y` are proportions of `w` pupils. The error is then the binomial one of the pooled proportion,
            so that the interval excludes 0 exactly when `cochran_armitage` answers p < 0.05. Otherwise weighted least
            squares: the error comes from the residuals, with k - 2 degrees of freedom for k points.
        confiance: coverage, 0-1.

    Returns:
        (slope, low, high, p), shape (…); slope nan with fewer than two points; bounds and p nan too where no error
        can be computed (fewer than three points of a mean, residuals all zero, a proportion constantly 0 or 1).

    Source: Armitage 1955, Biometrics 11:375-386; Draper & Smith 1998, Applied Regression Analysis, §9.2.

    >>> taux = pente_ponderee([0.80, 0.83, 0.86], [80, 80, 80], [2021, 2022, 2023], binomiale=True)
    >>> [a.round(4).item() for a in taux]
    [0.03, -0.0282, 0.0882, 0.3124]
    >>> [a.round(3).item() for a in pente_ponderee([11.2, 11.6, 11.7, 12.1], [90, 95, 92, 99], [0, 1, 2, 3])]
    [0.28, 0.098, 0.462, 0.022]
    """
    y, w = np.broadcast_arrays(np.asarray(y, dtype=float), np.asarray(w, dtype=float))
    if binomiale:
        pente, variance = _pente_binomiale(y, w, t)
        critique, queue = ndtri((1 + confiance) / 2), ndtr
    else:
        pente, variance, ddl = _pente_moindres_carres(y, w, t)
        critique, queue = stdtrit(ddl, (1 + confiance) / 2), lambda z: stdtr(ddl, z)
    erreur = np.sqrt(np.where(variance > 0, variance, np.nan))
    return pente, pente - critique * erreur, pente + critique * erreur, 2 * queue(-np.abs(pente) / erreur)


def decide_tendances(pente, inf, sup, p, nb_points, duree, ecart_utile, sens_code, seuil=0.05):
    """The word shown for each series.

    | answer | when (first that holds) |
    | --- | --- |
    | serie_courte | fewer than 3 points |
    | stable | the change over the series, interval included, lies within ± ecart_utile |
    | amelioration, degradation (hausse, baisse if neutral) | p ≤ seuil |
    | non_concluante | otherwise |

    Args:
        pente, inf, sup: slope per rentrée and its interval; p: its p-value.
        nb_points: number of points read; duree: rentrées between the first and the last.
        ecart_utile: smallest change that matters, in the unit of the values.
        sens_code: 1 where a high value is favourable, -1 where a low one is, 0 where neutral.
        seuil: accepted risk of a false trend.

    Returns:
        Array of str, shape of the broadcast arguments.

    >>> decide_tendances([2, 2, 2, .1, 1], [1, 1, 1, -.3, -1], [3, 3, 3, .5, 3], [0, 0, 0, .6, .3], [2, 5, 5, 5, 5],
    ...                  4, 3, [1, -1, 0, 1, 1]).tolist()
    ['serie_courte', 'degradation', 'hausse', 'stable', 'non_concluante']
    """
    arguments = (pente, inf, sup, p, nb_points, duree, ecart_utile, sens_code)
    pente, inf, sup, p, nb_points, duree, ecart_utile, sens_code = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in arguments)
    )
    etabli = p <= seuil
    conditions = [
        ~(nb_points >= POINTS_MINIMUM),
        (inf * duree >= -ecart_utile) & (sup * duree <= ecart_utile),
        etabli & (sens_code * pente > 0),
        etabli & (sens_code * pente < 0),
        etabli & (pente > 0),
        etabli & (pente < 0),
    ]
    reponses = ["serie_courte", "stable", "amelioration", "degradation", "hausse", "baisse"]
    return np.select(conditions, reponses, default="non_concluante")


def _centre(y, w, t):
    """Weights (0 where a point is missing), times and values centred on their weighted means, and their sums."""
    t = np.broadcast_to(np.asarray(t, dtype=float), y.shape)
    garde = np.isfinite(y) & (w > 0) & np.isfinite(t)
    w, y, t = np.where(garde, w, 0.0), np.where(garde, y, 0.0), np.where(garde, t, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = w.sum(axis=-1, keepdims=True)
        moyenne = (w * y).sum(axis=-1, keepdims=True) / total
        temps = t - (w * t).sum(axis=-1, keepdims=True) / total
        sxx = (w * temps**2).sum(axis=-1)
        pente = (w * temps * (y - moyenne)).sum(axis=-1) / np.where(sxx > 0, sxx, np.nan)
    return w, temps, y - moyenne, moyenne[..., 0], sxx, pente


def _pente_binomiale(y, n, t):
    """Slope of proportions, and its variance under the pooled proportion."""
    *_, moyenne, sxx, pente = _centre(y, n, t)
    with np.errstate(divide="ignore", invalid="ignore"):
        return pente, moyenne * (1 - moyenne) / sxx


def _pente_moindres_carres(y, w, t):
    """Slope by weighted least squares, its variance, and its degrees of freedom (nan under 1)."""
    w, temps, valeurs, moyenne, sxx, pente = _centre(y, w, t)
    points = (w > 0).sum(axis=-1)
    ddl = np.where(points > 2, points - 2.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        carres = (w * (valeurs - pente[..., None] * temps) ** 2).sum(axis=-1)
        # Aligned points leave residuals of rounding only: no error can be read from them.
        carres = np.where(carres > 1e-24 * (w * (valeurs**2 + moyenne[..., None] ** 2)).sum(axis=-1), carres, 0.0)
        return pente, carres / ddl / sxx, ddl
