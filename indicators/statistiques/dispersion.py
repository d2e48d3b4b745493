"""Spread between the établissements of a territory, beyond chance."""

import numpy as np
from scipy.special import chdtrc, xlogy


def heterogeneite(x, n, groupes):
    """Test that the établissements of each territory share one rate.

    Args:
        x, n: events and pupils per établissement, shape (k,); rows that are not a proportion are left out.
        groupes: territory of each établissement, integer codes 0…G-1, shape (k,).

    Returns:
        (chi2, degrees of freedom, p), each of shape (G,); nan with fewer than two établissements; p = 1 where nobody
        or everybody has the event. `chi2` is Pearson's; p is the larger of its p-value and that of the likelihood
        ratio: with small établissements near 0 or 100 %, Pearson's alone finds spread where there is none.

    Source: Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, §9.1; Wilks 1938.

    >>> chi2, ddl, p = heterogeneite([83, 90, 129, 70, 40], [86, 93, 136, 82, 50], [0, 0, 0, 0, 1])
    >>> chi2.round(4).tolist(), ddl.tolist(), p.round(6).tolist()
    ([12.6004, nan], [3.0, nan], [0.013668, nan])
    """
    x, n, groupes = np.asarray(x, dtype=float), np.asarray(n, dtype=float), np.asarray(groupes, dtype=int)
    taille = groupes.max() + 1 if groupes.size else 0
    garde = (n > 0) & (x >= 0) & (x <= n)
    x, n, groupes = x[garde], n[garde], groupes[garde]
    nombre = np.bincount(groupes, minlength=taille)
    ddl = np.where(nombre > 1, nombre - 1.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        commun = np.bincount(groupes, x, taille) / np.bincount(groupes, n, taille)
        carres = np.bincount(groupes, (x - n * commun[groupes]) ** 2 / n, taille)
        variance = commun * (1 - commun)
        chi2 = np.where(variance > 0, carres / variance, 0.0)
        attendus, absents = n * commun[groupes], n * (1 - commun[groupes])
        rapports = xlogy(x, x / attendus) + xlogy(n - x, (n - x) / absents)
    # Nothing observed where nothing is expected: 0/0, which adds nothing.
    rapport = np.bincount(groupes, 2 * np.nan_to_num(rapports), taille)
    chi2 = np.where(np.isfinite(ddl), chi2, np.nan)
    return chi2, ddl, np.maximum(chdtrc(ddl, chi2), chdtrc(ddl, np.maximum(rapport, 0)))


def dispersion_aleatoire(y, variance, groupes):
    """Spread between the établissements of each territory beyond their sampling variances.

    Args:
        y: estimate per établissement (a logit, a mean…), shape (k,).
        variance: its sampling variance, > 0, shape (k,); other rows are left out.
        groupes: territory of each établissement, integer codes 0…G-1, shape (k,).

    Returns:
        (tau2, i2), each of shape (G,): variance between établissements, in the squared unit of `y`; share of the
        spread that chance does not explain, 0-1. nan with fewer than two établissements.

    Source: DerSimonian & Laird 1986, Control. Clin. Trials 7:177-188; Higgins & Thompson 2002, Stat. Med. 21:1539-1558.

    >>> [a.round(3).tolist() for a in dispersion_aleatoire([0.1, 0.9, 0.4], [0.04, 0.04, 0.09], [0, 0, 0])]
    [[0.158], [0.753]]
    """
    y, variance, groupes = np.asarray(y, float), np.asarray(variance, float), np.asarray(groupes, int)
    taille = groupes.max() + 1 if groupes.size else 0
    garde = np.isfinite(y) & (variance > 0)
    y, w, groupes = y[garde], 1 / variance[garde], groupes[garde]
    ddl = np.bincount(groupes, minlength=taille) - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        somme = np.bincount(groupes, w, taille)
        commun = np.bincount(groupes, w * y, taille) / somme
        q = np.bincount(groupes, w * (y - commun[groupes]) ** 2, taille)
        exces = np.maximum(q - ddl, 0.0)
        tau2 = exces / (somme - np.bincount(groupes, w**2, taille) / somme)
        i2 = np.where(q > 0, exces / q, 0.0)
    return tuple(np.where(ddl > 0, a, np.nan) for a in (tau2, i2))


def dispersion_taux(x, n, groupes):
    """The same for rates, on the logit scale with half an event added on each side.

    Args:
        x, n: events and pupils per établissement, shape (k,); rows that are not a proportion are left out.
        groupes: territory of each établissement, integer codes 0…G-1, shape (k,).

    Returns:
        (tau2, i2), as in `dispersion_aleatoire`; `tau2` in squared logits.

    >>> [a.round(3).tolist() for a in dispersion_taux([83, 90, 129, 70], [86, 93, 136, 82], [0, 0, 0, 0])]
    [[0.448], [0.716]]
    """
    x, n = np.asarray(x, dtype=float), np.asarray(n, dtype=float)
    valide = (n > 0) & (x >= 0) & (x <= n)
    avec, sans = np.where(valide, x, np.nan) + 0.5, np.where(valide, n - x, np.nan) + 0.5
    return dispersion_aleatoire(np.log(avec / sans), 1 / avec + 1 / sans, groupes)
