"""Robust reading of a trend: signs and medians, which one bad year does not move. The last axis is time."""

from functools import cache

import numpy as np
from scipy.special import ndtr, ndtri

POINTS_MINIMUM_ROBUSTE = 5
"""Under five points, no order of the values is rare enough to say anything."""

_EXACT_JUSQUA = 10
"""Up to so many points without ties, the distribution of S is counted; beyond, it is taken as normal."""


def mann_kendall(y):
    """Test for a monotonic trend, whatever its shape, from the signs of the differences.

    Args:
        y: values in the order of time, shape (…, rentrées); nan where missing.

    Returns:
        (tau, p), shape (…): Kendall's tau-a, -1 to 1; two-sided p-value. nan with fewer than five points, p = 1 where
        all values are equal. Exact up to ten points without ties, else normal with its correction for ties and for
        continuity.

    Source: Mann 1945, Econometrica 13:245-259; Kendall 1975, Rank Correlation Methods.

    >>> tau, p = mann_kendall([[10.2, 10.9, 11.3, 11.2, 12.0], [5, 1, 4, 2, 3]])
    >>> tau.round(2).tolist(), p.round(4).tolist()
    ([0.8, -0.2], [0.0833, 0.8167])
    """
    y = np.asarray(y, dtype=float)
    connus = np.isfinite(y)
    n = connus.sum(axis=-1)
    s = np.nansum(_signes(y), axis=(-2, -1)) / 2
    variance, liens = _variance_s(y, n)
    p = np.where(liens | (n > _EXACT_JUSQUA), _p_normale(s, variance), _p_exacte(s, n))
    assez = n >= POINTS_MINIMUM_ROBUSTE
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = 2 * s / (n * (n - 1))
    return np.where(assez, tau, np.nan), np.where(assez, p, np.nan)


def theil_sen(y, t, *, confiance=0.95):
    """Median of the slopes between every two points, with its interval.

    Args:
        y: values, shape (…, rentrées); nan where missing.
        t: rentrées, shape (rentrées,) or that of `y`.
        confiance: coverage, 0-1.

    Returns:
        (slope, low, high), in the unit of `y` per rentrée, shape (…); nan with fewer than five points.

    Source: Sen 1968, JASA 63:1379-1389.

    >>> [a.round(3).item() for a in theil_sen([10.2, 10.9, 11.3, 11.2, 12.0], [0, 1, 2, 3, 4])]
    [0.383, -0.1, 0.8]
    """
    y = np.asarray(y, dtype=float)
    t = np.broadcast_to(np.asarray(t, dtype=float), y.shape)
    if y.shape[-1] < POINTS_MINIMUM_ROBUSTE:
        return (np.full(y.shape[:-1], np.nan),) * 3
    haut, bas = np.triu_indices(y.shape[-1], 1)
    pentes = np.sort((y[..., bas] - y[..., haut]) / (t[..., bas] - t[..., haut]), axis=-1)  # nan last
    nombre = np.isfinite(pentes).sum(axis=-1)
    points = np.isfinite(y).sum(axis=-1)
    variance, _ = _variance_s(y, points)
    marge = ndtri((1 + confiance) / 2) * np.sqrt(variance)
    inf = np.clip(np.round((nombre - marge) / 2) - 1, 0, None)
    sup = np.clip(np.round((nombre + marge) / 2), None, nombre - 1)
    milieu = (_pick(pentes, (nombre - 1) // 2) + _pick(pentes, nombre // 2)) / 2
    assez = points >= POINTS_MINIMUM_ROBUSTE
    return tuple(np.where(assez, a, np.nan) for a in (milieu, _pick(pentes, inf), _pick(pentes, sup)))


def _signes(y):
    """Sign of each later minus earlier value, shape (…, n, n), antisymmetric made symmetric; nan where one misses."""
    ordre = np.sign(np.subtract.outer(np.arange(y.shape[-1]), np.arange(y.shape[-1])))
    return np.sign(y[..., :, None] - y[..., None, :]) * ordre


def _variance_s(y, n):
    """Variance of S under no trend, with ties; and whether there are some."""
    egaux = (y[..., :, None] == y[..., None, :]).sum(axis=-1)  # size of the tie of each value, 0 where missing
    # Each tie of g values gives g(g-1)(2g+5), counted once for each of its g members.
    correction = np.where(egaux > 1, (egaux - 1) * (2 * egaux + 5.0), 0.0).sum(axis=-1)
    return (n * (n - 1) * (2 * n + 5.0) - correction) / 18, (egaux > 1).any(axis=-1)


def _p_normale(s, variance):
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, np.maximum(np.abs(s) - 1, 0) / np.sqrt(variance), 0.0)
    return np.minimum(1.0, 2 * ndtr(-z))


def _p_exacte(s, n):
    """Share of the n! orders whose S is at least as far from 0."""
    p = np.ones(np.shape(s))
    for taille in np.unique(n[(n > 1) & (n <= _EXACT_JUSQUA)]):
        ici = n == taille
        queue = _count_queue(int(taille))
        p[ici] = np.minimum(1.0, 2 * queue[np.abs(s[ici]).astype(int)])
    return p


@cache
def _count_queue(n: int):
    """P(S ≥ s) for s = 0 … n(n-1)/2, from the number of orders with each number of inversions."""
    comptes = np.ones(1)
    for taille in range(2, n + 1):
        comptes = np.convolve(comptes, np.ones(taille))
    paires = n * (n - 1) // 2
    valeurs = paires - 2 * np.arange(paires + 1)
    parts = comptes / comptes.sum()
    return np.array([parts[valeurs >= s].sum() if s else 0.5 for s in range(paires + 1)])


def _pick(pentes, rang):
    rangs = np.clip(np.nan_to_num(rang), 0, pentes.shape[-1] - 1).astype(int)
    return np.take_along_axis(pentes, rangs[..., None], axis=-1)[..., 0]
