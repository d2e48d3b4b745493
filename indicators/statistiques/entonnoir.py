"""Funnel plot: how far from the common rate chance alone takes a territory of that size."""

import numpy as np
from scipy.special import ndtri

CONFIANCES = (0.95, 0.998)
"""Coverages of the two usual pairs of limits."""


def limites_entonnoir(p0, n, *, tau2=0.0, confiance=0.95):
    """Limits around a common proportion.

    Args:
        p0: common proportion, 0-1; n: pupils, any shape.
        tau2: variance between territories beyond chance (`surdispersion`); 0 gives the limits of chance alone.
        confiance: coverage, 0-1.

    Returns:
        (low, high), clipped to [0, 1]; nan where n ≤ 0 or p0 is not a proportion.

    Source: Spiegelhalter 2005, Stat. Med. 24:1185-1202.

    >>> [a.round(4).item() for a in limites_entonnoir(0.88, 100)]
    [0.8163, 0.9437]
    """
    p0, n = np.broadcast_arrays(np.asarray(p0, dtype=float), np.asarray(n, dtype=float))
    valide = (n > 0) & (p0 >= 0) & (p0 <= 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        marge = ndtri((1 + confiance) / 2) * np.sqrt(np.where(valide, p0 * (1 - p0) / n, np.nan) + tau2)
    return np.clip(p0 - marge, 0, 1), np.clip(p0 + marge, 0, 1)


def surdispersion(x, n, *, winsor=0.1):
    """Spread between territories beyond chance, from winsorised z-scores.

    Args:
        x, n: events and pupils per territory, shape (k,); rows that are not a proportion are left out.
        winsor: share of the z-scores drawn in on each side, so that a few outliers do not widen the limits.

    Returns:
        (p0, phi, tau2): common proportion; mean of the squared z-scores (1 under chance alone); variance between
        territories, in squared proportions, 0 where phi is not above 1. nan with fewer than two territories, or
        where nobody or everybody has the event.

    Source: Spiegelhalter 2005, Stat. Med. 24:1185-1202, §4 (additive random effects).

    >>> [round(float(a), 5) for a in surdispersion([80, 92, 70, 88, 60], [100, 100, 100, 100, 100])]
    [0.78, 6.0345, 0.01123]
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    garde = (n > 0) & (x >= 0) & (x <= n)
    x, n = x[garde], n[garde]
    if len(n) < 2 or not 0 < x.sum() < n.sum():
        return np.nan, np.nan, np.nan
    p0 = x.sum() / n.sum()
    erreur = np.sqrt(p0 * (1 - p0) / n)
    z = (x / n - p0) / erreur
    z = np.clip(z, *np.quantile(z, [winsor, 1 - winsor]))
    phi, w = np.mean(z**2), 1 / erreur**2
    tau2 = (len(n) * phi - (len(n) - 1)) / (w.sum() - (w**2).sum() / w.sum())
    return p0, phi, max(0.0, tau2) if phi > 1 else 0.0
