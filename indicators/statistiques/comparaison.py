"""A territory against a reference: difference, interval, p-value, answer.

The two samples must be disjoint: the reference is the rest of the académie, never the académie itself.
"""

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit, xlogy

from indicators.statistiques.intervalles import _proportion, byar, wilson


def difference_taux(x1, n1, x2, n2, confiance=0.95):
    """Difference of two independent proportions, with Newcombe's hybrid score interval (method 10).

    Args:
        x1, n1: events and pupils of the territory, any shape.
        x2, n2: those of the reference, broadcast with the first.
        confiance: coverage, 0-1.

    Returns:
        (difference, low, high), proportions; nan where one of the two is not a proportion.

    Source: Newcombe 1998, Stat. Med. 17:873-890, method 10 (no continuity correction).

    >>> [a.round(4).item() for a in difference_taux(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    (x1, n1), (x2, n2) = _proportion(x1, n1), _proportion(x2, n2)
    return _mover(x1 / n1, *wilson(x1, n1, confiance), x2 / n2, *wilson(x2, n2, confiance))


def p_score_taux(x1, n1, x2, n2):
    """Two-sided p-value of the score test of two proportions (pooled chi-squared, no continuity correction).

    Args:
        x1, n1, x2, n2: events and pupils of both, broadcast together.

    Returns:
        p, 0-1; 1 where nobody or everybody has the event; nan where one of the two is not a proportion.

    Source: Pearson 1900; Newcombe 1998, Stat. Med. 17:873-890, §2.

    >>> p_score_taux(112, 200, 88, 200).round(4).item()
    0.0164
    """
    (x1, n1), (x2, n2) = _proportion(x1, n1), _proportion(x2, n2)
    commun = (x1 + x2) / (n1 + n2)
    return _p_bilateral(x1 / n1 - x2 / n2, np.sqrt(commun * (1 - commun) * (1 / n1 + 1 / n2)))


def p_difference_taux(x1, n1, x2, n2):
    """Two-sided p-value that decides a comparison of proportions: the larger of the score and likelihood-ratio tests.

    Near 0 or 100 % and with few pupils, the score test alone is too quick far in its tail, where the correction for
    many comparisons reads it: with rates between 90 and 99 %, 40 territories × 25 indicators without any difference
    get a flag one time in three instead of one in twenty (benchmarks/fausses_alertes.py). The likelihood ratio errs
    in the other direction; asking both to agree keeps the announced risk.

    Args:
        x1, n1, x2, n2: events and pupils of both, broadcast together.

    Returns:
        p, 0-1; 1 where nobody or everybody has the event; nan where one of the two is not a proportion.

    Source: score: `p_score_taux`; likelihood ratio: Wilks 1938; their errors: Agresti 2013, Categorical Data
    Analysis, §1.4 and §16.

    >>> p_difference_taux([112, 30], [200, 30], [88, 9500], [200, 10000]).round(4).tolist()
    [0.0164, 0.2089]
    """
    (x1, n1), (x2, n2) = _proportion(x1, n1), _proportion(x2, n2)
    commun = (x1 + x2) / (n1 + n2)
    rapport = sum(
        _deviance(partie, attendue)
        for x, n in ((x1, n1), (x2, n2))
        for partie, attendue in ((x, n * commun), (n - x, n * (1 - commun)))
    )
    return np.maximum(p_score_taux(x1, n1, x2, n2), chdtrc(1, np.maximum(rapport, 0)))


def difference_moyennes(m1, sd1, n1, m2, sd2, n2, confiance=0.95):
    """Difference of two independent means, unequal variances (Welch).

    Args:
        m1, sd1, n1: mean, standard deviation and pupils of the territory; m2, sd2, n2: of the reference.
        confiance: coverage, 0-1.

    Returns:
        (difference, low, high, p), unit of the means. Bounds and p are nan where a spread is unknown, where n < 2
        or where both deviations are zero; the difference itself only needs the means.

    Source: Welch 1947, Biometrika 34:28-35.

    >>> [a.round(4).item() for a in difference_moyennes(104.2, 33.0, 400, 100.9, 35.1, 9000)]
    [3.3, -0.0234, 6.6234, 0.0516]
    """
    arguments = (np.asarray(a, dtype=float) for a in (m1, sd1, n1, m2, sd2, n2))
    m1, sd1, n1, m2, sd2, n2 = np.broadcast_arrays(*arguments)
    valide = (n1 >= 2) & (n2 >= 2) & (sd1 >= 0) & (sd2 >= 0) & (sd1 + sd2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        v1, v2 = np.where(valide, sd1**2 / n1, np.nan), np.where(valide, sd2**2 / n2, np.nan)
        ddl = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
        erreur = np.sqrt(v1 + v2)
    ecart = m1 - m2
    demi = stdtrit(ddl, (1 + confiance) / 2) * erreur
    return ecart, ecart - demi, ecart + demi, 2 * stdtr(ddl, -np.abs(ecart) / erreur)


def difference_ratios(x1, e1, x2, e2, confiance=0.95):
    """Difference of two ratios x/e (first wishes per place…), the counts x being Poisson.

    Args:
        x1, e1: count and number of places of the territory; x2, e2: of the reference, broadcast together.
        confiance: coverage, 0-1.

    Returns:
        (difference, low, high, p); interval recovered from the Byar limits of each ratio; p is the larger of the
        score and likelihood-ratio tests given the total count (see `p_difference_taux`); nan where a
        count is negative or a number of places is not positive.

    Source: Zou & Donner 2008, Stat. Med. 27:1693-1702 (MOVER); Przyborowski & Wilenski 1940, Biometrika 31:313-323.

    >>> [a.round(4).item() for a in difference_ratios(60, 100, 400, 500)]
    [-0.2, -0.3643, -0.0115, 0.0371]
    """
    x1, e1, x2, e2 = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (x1, e1, x2, e2)))
    valide = (x1 >= 0) & (x2 >= 0) & (e1 > 0) & (e2 > 0)
    x1, e1, x2, e2 = (np.where(valide, a, np.nan) for a in (x1, e1, x2, e2))
    bornes1 = [borne / e1 for borne in byar(x1, confiance)]
    bornes2 = [borne / e2 for borne in byar(x2, confiance)]
    total, part = x1 + x2, e1 / (e1 + e2)
    score = _p_bilateral(x1 - total * part, np.sqrt(total * part * (1 - part)))
    rapport = _deviance(x1, total * part) + _deviance(x2, total * (1 - part))
    p = np.maximum(score, chdtrc(1, np.maximum(rapport, 0)))
    return *_mover(x1 / e1, *bornes1, x2 / e2, *bornes2), p


def benjamini_hochberg(p):
    """p-values adjusted for their number: share of false flags held, over one family.

    Args:
        p: p-values of one family, any shape; nan: no test was made, and it does not count.

    Returns:
        Adjusted p-values, same shape, nan kept.

    Source: Benjamini & Hochberg 1995, JRSS B 57:289-300.

    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03, 0.2]).round(4).tolist()
    [0.04, 0.0533, nan, 0.0533, 0.2]
    """
    p = np.asarray(p, dtype=float)
    ajustees = np.full(p.shape, np.nan)
    connus = np.isfinite(p)
    if not connus.any():
        return ajustees
    valeurs = p[connus]
    ordre = np.argsort(valeurs, kind="stable")
    rangs = np.arange(1, valeurs.size + 1)
    triees = np.minimum.accumulate((valeurs[ordre] * valeurs.size / rangs)[::-1])[::-1]
    resultat = np.empty_like(valeurs)
    resultat[ordre] = np.minimum(triees, 1)
    ajustees[connus] = resultat
    return ajustees


def ecart_decelable_taux(n1, n2, p0, puissance=0.8, alpha=0.05):
    """Smallest difference between two proportions that a single two-sided test would see.

    The difference is taken from `p0` towards one half, the harder side. One test at `alpha`: the correction for many
    comparisons would ask for a little more.

    Args:
        n1, n2: pupils of the territory and of the reference, any shape.
        p0: proportion of the reference, 0-1.
        puissance: chance of seeing the difference; alpha: risk of a false flag.

    Returns:
        Difference ≥ 0, a proportion; nan where an input is not valid or no difference could be seen.

    Source: Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, §4.3 (unequal samples).

    >>> ecart_decelable_taux([80, 400], 10000, 0.85).round(3).tolist()
    [0.121, 0.053]
    """
    n1, n2, p0 = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (n1, n2, p0)))
    valide = (n1 > 0) & (n2 > 0) & (p0 >= 0) & (p0 <= 1)
    n1, n2, p0 = (np.where(valide, a, np.nan) for a in (n1, n2, p0))
    cote = np.where(p0 > 0.5, -1.0, 1.0)
    bas, haut = np.zeros_like(p0), np.where(p0 > 0.5, p0, 1 - p0)
    requis = ndtri(puissance)
    possible = _marge(haut, cote, n1, n2, p0, alpha) >= requis
    for _ in range(30):
        milieu = (bas + haut) / 2
        vu = _marge(milieu, cote, n1, n2, p0, alpha) >= requis
        bas, haut = np.where(vu, bas, milieu), np.where(vu, milieu, haut)
    return np.where(possible, haut, np.nan)


def decide_etats(ecart, inf, sup, p_ajustee, ecart_utile, sens_code, seuil=0.05):
    """The answer shown for each comparison.

    | answer | when (first that holds) |
    | --- | --- |
    | sans_test | no difference, no interval or no p-value |
    | comparable | the whole interval lies within ± ecart_utile, even if the difference is certain |
    | favorable, defavorable (superieur, inferieur if neutral) | p_ajustee ≤ seuil and the interval excludes 0 |
    | non_concluant | otherwise |

    Args:
        ecart, inf, sup, ecart_utile: difference, its interval and the smallest that matters, in one unit.
        p_ajustee: p-value after `benjamini_hochberg` over the family.
        sens_code: 1 where a high value is favourable, -1 where a low one is, 0 where neutral.
        seuil: accepted share of false flags.

    Returns:
        Array of str, shape of the broadcast arguments.

    >>> decide_etats([5, -5, 0.1, 5, 5], [2, -8, -1, -1, 2], [8, -2, 1, 11, 8], 0.01, 3, [1, 1, 1, 1, 0]).tolist()
    ['favorable', 'defavorable', 'comparable', 'non_concluant', 'superieur']
    """
    arguments = (np.asarray(a, dtype=float) for a in (ecart, inf, sup, p_ajustee, ecart_utile, sens_code))
    ecart, inf, sup, p_ajustee, ecart_utile, sens_code = np.broadcast_arrays(*arguments)
    connu = np.isfinite(ecart) & np.isfinite(inf) & np.isfinite(sup) & np.isfinite(p_ajustee)
    etabli = (p_ajustee <= seuil) & ((inf > 0) | (sup < 0))
    conditions = [
        ~connu,
        (inf >= -ecart_utile) & (sup <= ecart_utile),
        etabli & (sens_code * ecart > 0),
        etabli & (sens_code * ecart < 0),
        etabli & (ecart > 0),
        etabli & (ecart < 0),
    ]
    reponses = ["sans_test", "comparable", "favorable", "defavorable", "superieur", "inferieur"]
    return np.select(conditions, reponses, default="non_concluant")


def _mover(v1, inf1, sup1, v2, inf2, sup2):
    """Difference v1 - v2 with the interval recovered from the interval of each (Zou & Donner 2008, eq. 3)."""
    ecart = v1 - v2
    return ecart, ecart - np.hypot(v1 - inf1, sup2 - v2), ecart + np.hypot(sup1 - v1, v2 - inf2)


def _p_bilateral(ecart, erreur):
    """Two-sided normal p-value; 1 where there is neither difference nor spread."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((erreur == 0) & (ecart == 0), 0.0, np.abs(ecart) / erreur)
    return 2 * ndtr(-z)


def _deviance(observe, attendu):
    """Part of a likelihood-ratio statistic: 2·O·ln(O/E), 0 where nothing is observed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(observe == 0, 0.0, 2 * xlogy(observe, observe / attendu))


def _marge(ecart, cote, n1, n2, p0, alpha):
    """Normal quantile of the power of the score test, `ecart` away from `p0` on the side `cote` (±1)."""
    p1 = p0 + cote * ecart
    commun = (n1 * p1 + n2 * p0) / (n1 + n2)
    sous_h0 = np.sqrt(commun * (1 - commun) * (1 / n1 + 1 / n2))
    sous_h1 = np.sqrt(np.maximum(p1 * (1 - p1), 0) / n1 + p0 * (1 - p0) / n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (ecart - ndtri(1 - alpha / 2) * sous_h0) / sous_h1
