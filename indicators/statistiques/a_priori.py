"""Empirical-Bayes priors: what the territories of a level, taken together, tell of each one.

A small territory is drawn towards its level, a large one keeps its own figure. How much the territories truly differ
(τ) is not known exactly either: it is averaged over a grid of values, each weighed by how well it explains the
figures, so that four départements are not treated as if τ had been measured.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln, digamma, expit, ndtr, polygamma

NB_TIRAGES = 4000
NB_TAU = 24
_TAU_MIN, _TAU_MAX = 0.05, 10.0
"""Ends of the grid of τ, in units of the scale given (the écart utile)."""
NB_MINIMUM = 3
"""Territories under which a level tells nothing of its members: each keeps its own figure."""
_BORD = 1e-6
_MINIMUM_NORMAL = 1.0
"""Parameter of a beta under which its logit is too skewed to be taken as normal."""


@dataclass(frozen=True)
class APriori:
    """What a level tells: a grid of τ, its weights (sum 1), the mean of the level for each τ and its variance.

    All arrays have shape (grid,). `tau` is infinite where the level tells nothing.
    """

    tau: np.ndarray
    poids: np.ndarray
    mu: np.ndarray
    variance_mu: np.ndarray


def fit_a_priori(y, variance, echelle) -> APriori:
    """Normal prior of true values, from estimates that are each off by chance.

    Args:
        y: estimates, shape (k,); nan are left out.
        variance: variance of the chance in each, ≥ 0, shape (k,).
        echelle: usual size of a true difference (the écart utile), in the unit of `y`: τ has a half-Cauchy prior of
            that scale.

    Returns:
        The prior; of infinite τ under `NB_MINIMUM` estimates.

    Source: Morris 1983, JASA 78:47-55; Gelman et al. 2013, Bayesian Data Analysis, §5.4 (τ averaged out); half-Cauchy:
    Gelman 2006, Bayesian Anal. 1:515-534.

    >>> a = fit_a_priori([28, 8, -3, 7, -1, 1, 18, 12], [15**2, 10**2, 16**2, 11**2, 9**2, 11**2, 10**2, 18**2], 5)
    >>> float((a.poids * a.mu).sum().round(1))
    7.8
    """
    y, variance = np.asarray(y, dtype=float), np.asarray(variance, dtype=float)
    garde = np.isfinite(y) & (variance >= 0)
    y, variance = y[garde], variance[garde]
    if len(y) < NB_MINIMUM:
        return _know_nothing()
    tau = _grid(echelle)
    totale = variance + tau[:, None] ** 2
    mu, variance_mu = _pool(y, totale)
    log = 0.5 * np.log(variance_mu) - 0.5 * (np.log(totale) + (y - mu[:, None]) ** 2 / totale).sum(axis=1)
    return APriori(tau, _weigh(log, tau, echelle), mu, variance_mu)


def fit_a_priori_taux(x, n, echelle) -> APriori:
    """Beta prior of true rates, from counts: the beta-binomial likelihood of each τ (standard deviation of the rates).

    Args:
        x, n: events and pupils, shape (k,); rows that are not a proportion are left out.
        echelle: as in `fit_a_priori`, a proportion.

    Source: Kleinman 1973, JASA 68:46-54 (moments of the mean); otherwise as `fit_a_priori`.

    >>> a = fit_a_priori_taux([80, 160, 70, 95], [100, 200, 100, 100], 0.03)
    >>> float((a.poids * a.mu).sum().round(2))
    0.81
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    garde = (n > 0) & (x >= 0) & (x <= n)
    x, n = x[garde], n[garde]
    if len(x) < NB_MINIMUM:
        return _know_nothing()
    commun = (x.sum() + 0.5) / (n.sum() + 1)
    hasard = commun * (1 - commun)
    tau = np.minimum(_grid(echelle), 0.9 * np.sqrt(hasard))
    mu, variance_mu = _pool(x / n, hasard / n * (1 - tau[:, None] ** 2 / hasard) + tau[:, None] ** 2)
    mu = np.clip(mu, _BORD, 1 - _BORD)
    m = _concentrate(mu, tau)
    a, b = (mu * m)[:, None], ((1 - mu) * m)[:, None]
    log = 0.5 * np.log(variance_mu) + (betaln(x + a, n - x + b) - betaln(a, b)).sum(axis=1)
    return APriori(tau, _weigh(log, _grid(echelle), echelle), mu, variance_mu)


def draw_valeurs(y, variance, a_priori: APriori, z, ordre, zeta):
    """Draws of the true values given the estimates and what the level tells.

    Args:
        y, variance: as in `fit_a_priori`, shape (k,); nan give nan.
        z: standard normals, shape (draws, k); the same z for two figures of the same pupils makes them agree.
        ordre: a permutation of range(draws), which spreads the values of τ over the draws.
        zeta: standard normals, shape (draws,), for the mean of the level.

    Returns:
        (draws, own share): shapes (draws, k) and (k,). The own share, 0-1, is how much of a change of the estimate
        passes into the draws: 1 where nothing is borrowed from the level.

    >>> niveau = fit_a_priori([28, 8, -3, 7, -1, 1, 18, 12], [225, 100, 256, 121, 81, 121, 100, 324], 5)
    >>> z = np.array([[-1.0], [0.0], [1.0]])
    >>> tirages, part = draw_valeurs([28], [225], niveau, z, ordre=[0, 1, 2], zeta=np.zeros(3))
    >>> tirages.round(1).ravel().tolist(), part.round(2).tolist()
    ([6.8, 8.6, 16.7], [0.07])
    """
    y, variance = np.asarray(y, dtype=float), np.asarray(variance, dtype=float)
    tau, mu = spread_a_priori(a_priori, len(z), ordre, zeta)
    with np.errstate(invalid="ignore", divide="ignore"):
        emprunt = np.where(np.isinf(tau)[:, None], 0.0, variance / (variance + tau[:, None] ** 2))
    moyenne = y + emprunt * (mu[:, None] - y)
    return moyenne + np.sqrt((1 - emprunt) * variance) * z, 1 - emprunt.mean(axis=0)


def draw_taux(x, n, a_priori: APriori, z, ordre, zeta):
    """Draws of true rates given counts: Beta(x + μM, n − x + (1−μ)M), taken as normal on the logit scale.

    Mean and variance of the logit are exact (digamma, trigamma), and one normal makes one draw: a pupil more moves
    every draw a little, where a beta generator would shuffle them. A territory with hardly an event on one side has
    the exact quantiles of its beta instead.

    Args:
        x, n: events and pupils, shape (k,); a row that is not a proportion gives nan. Others as in `draw_valeurs`.

    Returns:
        (draws, own share), as in `draw_valeurs`.

    Source: Johnson, Kotz & Balakrishnan 1995, Continuous Univariate Distributions 2, §25.

    >>> niveau = fit_a_priori_taux([80, 160, 70, 95], [100, 200, 100, 100], 0.03)
    >>> z = np.array([[-1.0], [0.0], [1.0]])
    >>> tirages, part = draw_taux([80], [100], niveau, z, ordre=[0, 1, 2], zeta=np.zeros(3))
    >>> tirages.round(2).ravel().tolist(), part.round(2).tolist()
    ([0.77, 0.8, 0.84], [0.83])
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    valide = (n > 0) & (x >= 0) & (x <= n)
    x, n = np.where(valide, x, np.nan), np.where(valide, n, np.nan)
    oui, non, m = _add_a_priori(x, n, a_priori)
    rangs = _spread_rangs(a_priori, len(z), ordre)
    moyenne, ecart = digamma(oui) - digamma(non), np.sqrt(polygamma(1, oui) + polygamma(1, non))
    logit = np.take(ecart, rangs, axis=0) * z
    logit += np.take(moyenne, rangs, axis=0)
    # The mean of the level is not known exactly either; it moves each draw by what is borrowed.
    emprunt = np.take(m[:, None] / (m[:, None] + n), rangs, axis=0)
    tirages = expit(logit)
    rares = np.minimum(oui, non).min(axis=0) < _MINIMUM_NORMAL
    if rares.any():  # «none of 10» in a level where nobody has any would come out at «all» in a sixth of the draws
        parametres = (np.take(cote[:, rares], rangs, axis=0) for cote in (oui, non))
        tirages[:, rares] = betaincinv(*parametres, ndtr(z[:, rares]))
    tirages += emprunt * (np.sqrt(a_priori.variance_mu)[rangs] * zeta)[:, None]
    return np.clip(tirages, 0.0, 1.0), 1 - emprunt.mean(axis=0)


def spread_a_priori(a_priori: APriori, nombre: int, ordre, zeta) -> tuple[np.ndarray, np.ndarray]:
    """(τ, mean of the level) of each of `nombre` draws; `ordre` and `zeta` as in `draw_valeurs`.

    >>> niveau = fit_a_priori_taux([80, 160, 70, 95], [100, 200, 100, 100], 0.03)
    >>> tau, moyenne = spread_a_priori(niveau, 3, ordre=[0, 1, 2], zeta=np.zeros(3))
    >>> tau.round(2).tolist(), moyenne.round(2).tolist()
    ([0.06, 0.09, 0.12], [0.81, 0.81, 0.81])
    """
    rangs = _spread_rangs(a_priori, nombre, ordre)
    return a_priori.tau[rangs], a_priori.mu[rangs] + np.sqrt(a_priori.variance_mu[rangs]) * zeta


def summarise(y, variance, a_priori: APriori):
    """(mean, standard deviation) of the true values given the estimates, without drawing; shape (k,) each.

    >>> niveau = fit_a_priori([28, 8, -3, 7, -1, 1, 18, 12], [225, 100, 256, 121, 81, 121, 100, 324], 5)
    >>> moyenne, ecart_type = summarise([28], [225], niveau)  # noisy: drawn from 28 to the mean of the level
    >>> moyenne.round(1).item(), ecart_type.round(1).item()
    (9.4, 6.3)
    """
    y, variance = np.asarray(y, dtype=float), np.asarray(variance, dtype=float)
    if np.isinf(a_priori.tau).all():
        return y, np.sqrt(variance)
    emprunt = variance / (variance + a_priori.tau[:, None] ** 2)
    moyennes = y + emprunt * (a_priori.mu[:, None] - y)
    propres = (1 - emprunt) * variance + emprunt**2 * a_priori.variance_mu[:, None]
    return _mix(moyennes, propres, a_priori.poids)


def summarise_taux(x, n, a_priori: APriori):
    """The same for rates: moments of the beta posterior, averaged over τ.

    >>> niveau = fit_a_priori_taux([80, 160, 70, 95], [100, 200, 100, 100], 0.03)
    >>> moyenne, ecart_type = summarise_taux([2], [4], niveau)  # half of four pupils says little
    >>> moyenne.round(2).item(), ecart_type.round(2).item()
    (0.75, 0.11)
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    oui, non, m = _add_a_priori(x, n, a_priori)
    total = oui + non
    emprunt = m[:, None] / total
    propres = oui * non / (total**2 * (total + 1)) + emprunt**2 * a_priori.variance_mu[:, None]
    return _mix(oui / total, propres, a_priori.poids)


def ecart_type_entre_annees(y, n, y_suivant, n_suivant):
    """Standard deviation between pupils of a mean whose source gives none, from its moves between two years.

    A mean over n pupils moves by chance with variance σ²(1/n + 1/n'); a true change is added to it, so that σ is
    never understated.

    Args:
        y, n: mean and pupils of établissements at a rentrée; y_suivant, n_suivant: at the next one, shape (k,).

    Returns:
        σ, in the unit of `y`; nan under twenty pairs.

    Source: analysis of variance on differences, centred on the mean move (Searle, Casella & McCulloch 1992,
    Variance Components, §3).

    >>> ecart_type_entre_annees([10.0, 12.0] * 10, [50.0] * 20, [11.0, 12.0] * 10, [50.0] * 20).round(2).item()
    2.56
    """
    y, n, y2, n2 = (np.asarray(a, dtype=float) for a in (y, n, y_suivant, n_suivant))
    garde = np.isfinite(y) & np.isfinite(y2) & (n > 0) & (n2 > 0)
    y, n, y2, n2 = y[garde], n[garde], y2[garde], n2[garde]
    if len(y) < 20:
        return np.float64(np.nan)
    w = 1 / (1 / n + 1 / n2)
    ecarts = (y2 - y) - (w * (y2 - y)).sum() / w.sum()
    return np.sqrt((w * ecarts**2).sum() / (len(y) - 1))


def _know_nothing() -> APriori:
    return APriori(np.array([np.inf]), np.ones(1), np.array([0.5]), np.zeros(1))


def _grid(echelle: float) -> np.ndarray:
    return echelle * np.geomspace(_TAU_MIN, _TAU_MAX, NB_TAU)


def _pool(y, totale) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the level for each τ, and its variance."""
    w = 1 / totale
    return (w * y).sum(axis=1) / w.sum(axis=1), 1 / w.sum(axis=1)


def _weigh(log, tau, echelle) -> np.ndarray:
    """Weights of the grid: likelihood × half-Cauchy × step (the grid is geometric)."""
    poids = np.exp(log - log.max()) * tau / (1 + (tau / echelle) ** 2)
    return poids / poids.sum()


def _concentrate(mu, tau) -> np.ndarray:
    """M of the beta prior: pupils that the level counts for."""
    return np.maximum(mu * (1 - mu) / tau**2 - 1, 0.05)


def _add_a_priori(x, n, a_priori: APriori) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters of the beta posterior for each τ, shape (grid, k), and M; half an event where nothing is known."""
    if np.isinf(a_priori.tau).all():
        m, mu = np.ones(1), np.array([0.5])
    else:
        m, mu = _concentrate(a_priori.mu, a_priori.tau), a_priori.mu
    return x + (mu * m)[:, None], n - x + ((1 - mu) * m)[:, None], m


def _spread_rangs(a_priori: APriori, nombre: int, ordre) -> np.ndarray:
    """Which τ each draw takes: as many draws as its weight says."""
    parts = (np.arange(nombre) + 0.5) / nombre
    return np.searchsorted(np.cumsum(a_priori.poids), parts).clip(max=len(a_priori.poids) - 1)[ordre]


def _mix(moyennes, variances, poids) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of a mixture."""
    moyenne = poids @ moyennes
    return moyenne, np.sqrt(np.maximum(poids @ (variances + moyennes**2) - moyenne**2, 0))
