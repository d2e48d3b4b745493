"""How two figures go together among the territories of a level, and draws of both that know it.

Where the socle follows the IPS, a réseau of high IPS and few pupils has a low socle less often than its own figures,
read apart, would say. Drawing two figures as if nothing linked them finds too many contrasts and too few accumulations.
"""

import numpy as np

_CORRELATIONS = np.linspace(-0.95, 0.95, 39)
_LIBERTE, _ECHELLE = 4, 3
"""Degrees of freedom of the likelihood: one territory unlike all the others does not undo what they say together; and
its scale, such that normal values give back their own correlation (to 0.03)."""
_BORD = 1e-9
"""Least variance of a draw, for figures that are known exactly."""


def fit_correlation(y, variance, mu, tau):
    """Correlation between two true values over the territories of a level, beyond chance, as the others tell each one.

    Args:
        y: estimates, shape (2, k); territories that lack one are left out.
        variance: of the chance in each, shape (2, k); chance in one is taken as unrelated with chance in the other.
        mu, tau: mean of the true values over the level and their standard deviation, shape (2,).

    Returns:
        (correlation, poids), shape (k,). Correlation: posterior mean over all the territories but this one, so that
        none testifies for itself; the prior is proportional to (1 − ρ²)³, so that four territories say little and it
        stays near 0. Poids: how much it holds of this territory, 1, or less for one that is far from what the others
        do (nan where it lacks an estimate).

    Source: Student likelihood and weights: Lange, Little & Taylor 1989, JASA 84:881-896; prior: Lewandowski, Kurowicka
    & Joe 2009, J. Multivar. Anal. 100:1989-2001, η = 4.

    >>> y = [[-2, -1, 0, 1, 2, -2, -1, 0, 1, 2, 3], [-2, -1, 1, 1, 2, -1, -1, 0, 0, 2, -3]]
    >>> correlation, poids = fit_correlation(y, np.full((2, 11), 0.1), np.zeros(2), np.full(2, 1.3))
    >>> correlation[[0, -1]].round(2).tolist(), poids[[0, -1]].round(2).tolist()
    ([0.36, 0.65], [0.82, 0.2])
    """
    y, variance, mu, tau = (np.asarray(a, dtype=float) for a in (y, variance, mu, tau))
    ecarts, totale = y - mu[:, None], variance + tau[:, None] ** 2

    def measure(correlation):
        """(determinant of the covariance of the estimates, squared distance of each territory to the level)."""
        commune = correlation * tau.prod()
        determinant = totale.prod(axis=0) - commune**2
        return determinant, ((ecarts**2 * totale[::-1]).sum(axis=0) - 2 * commune * ecarts.prod(axis=0)) / determinant

    determinant, carres = measure(_CORRELATIONS[:, None])
    log = -0.5 * np.log(determinant) - (_LIBERTE / 2 + 1) * np.log1p(carres / _ECHELLE)
    log = np.where(np.isfinite(log), log, 0.0)
    autres = log.sum(axis=1, keepdims=True) - log
    chances = np.exp(autres - autres.max(axis=0)) * (1 - _CORRELATIONS**2)[:, None] ** 3
    correlation = _CORRELATIONS @ chances / chances.sum(axis=0)
    return correlation, np.minimum((_LIBERTE + 2) / (_LIBERTE + measure(correlation)[1]), 1.0)


def join_tirages(reduits, correlation, poids):
    """Draws of several true values, made again knowing how these go together.

    Each territory's draws are moved and spread as a whole (an affine map), so that a pupil more moves them a little.

    Args:
        reduits: draws made as if nothing linked the values, each minus the mean of its level and divided by the spread
            of the level, shape (values, draws, k).
        correlation: of the true values, as told to each territory; positive definite, shape (k, values, values).
        poids: how much it holds of each territory, 0-1, shape (k,).

    Returns:
        (draws, gain): shapes (values, draws, k) and (values, k). The gain is how much of a move of the mean of a value
        stays in its new mean.

    Source: product of normal densities; the prior of independent values is replaced by the joint one.

    >>> u = np.random.default_rng(0).standard_normal((2, 4000, 1)) * 0.5 + np.array([2.0, 0.0])[:, None, None]
    >>> neufs, gain = join_tirages(u, np.array([[[1, 0.8], [0.8, 1]]]), np.ones(1))
    >>> neufs.mean(axis=1).ravel().round(1).tolist(), gain.ravel().round(1).tolist()
    ([1.6, 0.6], [0.8, 0.8])
    """
    u, identite = np.asarray(reduits, dtype=float), np.eye(len(reduits))
    moyennes = u.mean(axis=1)
    centres = u - moyennes[:, None]
    covariance = np.einsum("adk,bdk->kab", centres, centres) / u.shape[1] + _BORD * identite
    precision = np.linalg.inv(covariance)
    lien = np.asarray(poids)[:, None, None] * (np.linalg.inv(correlation) - identite)
    neuve = np.linalg.inv(precision + lien)
    passage = neuve @ precision
    racine = np.linalg.cholesky(neuve) @ np.linalg.inv(np.linalg.cholesky(covariance))
    neufs = (racine.transpose(1, 2, 0)[:, :, None] * centres).sum(axis=1)
    neufs += np.einsum("kab,bk->ak", passage, moyennes)[:, None]
    return neufs, np.einsum("kaa->ak", passage)
