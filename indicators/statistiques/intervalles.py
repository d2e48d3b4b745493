"""Intervals of one figure: proportion, count, weighted mean."""

import numpy as np
from scipy.special import gammaincinv, ndtri, stdtrit


def wilson(x, n, confiance=0.95):
    """Wilson score interval of the proportion x/n, without continuity correction.

    Args:
        x: events, any shape (a reconstructed numerator need not be whole).
        n: pupils, broadcast with `x`.
        confiance: coverage, 0-1.

    Returns:
        (low, high), proportions 0-1; nan where n ≤ 0, x < 0, x > n or an input is missing.

    Source: Wilson 1927, JASA 22:209-212; Newcombe 1998, Stat. Med. 17:857-872, method 3.

    >>> low, high = wilson([81, 0], [263, 20])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.2553, 0.0], [0.3662, 0.1611])
    """
    x, n = _proportion(x, n)
    z2 = ndtri((1 + confiance) / 2) ** 2
    centre = (2 * x + z2) / (2 * (n + z2))
    demi = np.sqrt(z2 * (z2 + 4 * x * (n - x) / n)) / (2 * (n + z2))
    # Rounding leaves about 1e-18 at both ends, where the limits are exactly 0 and 1.
    low = np.where(x == 0, 0.0, np.maximum(centre - demi, 0))
    return low, np.where(x == n, 1.0, np.minimum(centre + demi, 1))


def byar(x, confiance=0.95):
    """Interval of a Poisson count: Byar's approximation, exact below 10 events.

    The interval of a ratio x/e is `byar(x)` divided by e.

    Args:
        x: events ≥ 0, any shape.
        confiance: coverage, 0-1.

    Returns:
        (low, high), in events; nan where x is negative or missing, or where Byar's lower limit would be negative.

    Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, p. 69; exact: Garwood 1936.

    >>> low, high = byar([0, 3, 66])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.619, 51.042], [3.689, 8.767, 83.969])
    """
    x = np.asarray(x, dtype=float)
    x = np.where(x >= 0, x, np.nan)
    z, queue = ndtri((1 + confiance) / 2), (1 - confiance) / 2
    assez = np.maximum(x, 10)  # the approximation is only read from 10 events on
    racine_basse = 1 - 1 / (9 * assez) - z / (3 * np.sqrt(assez))
    low = np.where(racine_basse >= 0, assez * racine_basse**3, np.nan)
    high = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    exact_low = np.where(x == 0, 0.0, gammaincinv(np.where(x > 0, x, 1), queue))
    exact_high = gammaincinv(x + 1, 1 - queue)
    return np.where(x < 10, exact_low, low), np.where(x < 10, exact_high, high)


def student(moyenne, n, ecart_type, confiance=0.95):
    """Student's t interval of a mean.

    Args:
        moyenne, n, ecart_type: mean, number of pupils and sample standard deviation (n - 1), broadcast together.
        confiance: coverage, 0-1.

    Returns:
        (low, high), unit of the mean; nan where n < 2, the deviation is negative or an input is missing.

    Source: Altman, Machin, Bryant & Gardner 2000, Statistics with Confidence, ch. 4.

    >>> [bound.round(2).item() for bound in student(146.4, 100, 18.5)]
    [142.73, 150.07]
    """
    moyenne, n, ecart_type = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (moyenne, n, ecart_type)))
    n = np.where(n >= 2, n, np.nan)
    ecart_type = np.where(ecart_type >= 0, ecart_type, np.nan)
    demi = stdtrit(n - 1, (1 + confiance) / 2) * ecart_type / np.sqrt(n)
    return moyenne - demi, moyenne + demi


def combine_moyennes(v, w, sd, groupes=None):
    """Mean, pupils and standard deviation of territories, from those of their établissements.

    The deviation joins the spread within établissements and the spread between them, as if all pupils had been
    listed one by one:

        école A: 110, 110        mean 110, n 2, sd 0  ┐
        école B:  90,  90        mean  90, n 2, sd 0  ┘ together: mean 100, n 4, sd 11.547

    Args:
        v, w, sd: per-établissement mean, pupils and standard deviation, shape (k,). Rows whose `v` is missing or
            whose `w` is not positive are left out; one missing `sd` makes the deviation of its group nan.
        groupes: integer codes 0…G-1, shape (k,); None: a single group.

    Returns:
        (mean, pupils, standard deviation), each of shape (G,).

    Source: Cochrane Handbook 6.5.2.10, formula for combining groups.

    >>> [a.round(3).tolist() for a in combine_moyennes([110, 90], [2, 2], [0, 0])]
    [[100.0], [4.0], [11.547]]
    """
    v, w, sd = (np.asarray(a, dtype=float) for a in (v, w, sd))
    groupes = np.zeros(v.shape, dtype=int) if groupes is None else np.asarray(groupes, dtype=int)
    taille = groupes.max() + 1 if groupes.size else 1
    garde = np.isfinite(v) & (w > 0)
    v, w, sd, groupes = v[garde], w[garde], sd[garde], groupes[garde]
    with np.errstate(divide="ignore", invalid="ignore"):
        effectif = np.bincount(groupes, w, taille)
        moyenne = np.bincount(groupes, w * v, taille) / effectif
        carres = np.bincount(groupes, (w - 1) * sd**2 + w * (v - moyenne[groupes]) ** 2, taille)
        ecart_type = np.sqrt(carres / np.where(effectif > 1, effectif - 1, np.nan))
    return moyenne, effectif, ecart_type


def moyenne_ponderee(v, w, sd, groupes=None, confiance=0.95):
    """Weighted mean of territories with Student's t interval (`combine_moyennes`, then `student`).

    Args:
        v, w, sd, groupes: as in `combine_moyennes`, shape (k,).
        confiance: coverage, 0-1.

    Returns:
        (mean, low, high), each of shape (G,); bounds nan where a deviation is unknown.

    >>> [a.round(2).tolist() for a in moyenne_ponderee([104, 96], [60, 40], [30, 32])]
    [[100.8], [94.67], [106.93]]
    """
    moyenne, effectif, ecart_type = combine_moyennes(v, w, sd, groupes)
    return moyenne, *student(moyenne, effectif, ecart_type, confiance)


def _proportion(x, n):
    """`x` and `n` as float arrays of one shape, both nan where they do not make a proportion."""
    x, n = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(n, dtype=float))
    valide = (n > 0) & (x >= 0) & (x <= n)
    return np.where(valide, x, np.nan), np.where(valide, n, np.nan)
