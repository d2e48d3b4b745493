"""What the context leads to expect: regression over établissements, then the gap of each territory."""

import numpy as np
from scipy.special import stdtr, stdtrit


def regression_contexte(y, variance, contexte):
    """Regression of an outcome on context variables, établissements varying beyond chance.

    Args:
        y: outcome per établissement, shape (k,).
        variance: its sampling variance (p(1-p)/n for a rate, s²/n for a mean; 0 where unknown), shape (k,).
        contexte: context variables, shape (k, v); the constant is added here.

    Returns:
        (coefficients, covariance, tau2, degrees of freedom): shapes (v+1,), (v+1, v+1), scalars. `tau2` is the
        variance between établissements of the same context (method of moments). nan where there are not more
        établissements than coefficients plus one, or where the context does not vary. Rows with a nan are left out.

    Source: DerSimonian & Laird 1986, Control. Clin. Trials 7:177-188; Thompson & Sharp 1999, Stat. Med. 18:2693-2708.

    >>> b, _, tau2, ddl = regression_contexte([80, 84, 90, 94], [1, 1, 1, 1], [[90], [100], [110], [120]])
    >>> b.round(2).tolist(), round(float(tau2), 2), int(ddl)
    ([36.6, 0.48], 0.0, 2)
    """
    y, variance = np.asarray(y, dtype=float), np.asarray(variance, dtype=float)
    x = np.column_stack([np.ones(len(y)), np.asarray(contexte, dtype=float)])
    garde = np.isfinite(y) & np.isfinite(variance) & np.isfinite(x).all(axis=1)
    y, variance, x = y[garde], variance[garde], x[garde]
    ddl = len(y) - x.shape[1]
    if ddl < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        vide = np.full(x.shape[1], np.nan)
        return vide, np.outer(vide, vide), np.nan, np.nan
    tau2 = _estimate_tau2(y, variance, x, ddl)
    coefficients, covariance = _fit(y, variance + tau2, x)
    return coefficients, covariance, tau2, ddl


def ecart_attendu(y, variance, poids, contexte, groupes, lignes=None, *, confiance=0.95):
    """Observed minus expected for each territory, expected at the same context among all the établissements.

    Args:
        y, variance, contexte: as in `regression_contexte`, established over all the établissements given.
        poids: pupils of each établissement, which weight it in its territory, shape (k,).
        groupes: territories, integer codes 0…G-1, one per membership, shape (m,).
        lignes: établissement of each membership, shape (m,); each belongs to one territory, in order, by default.
        confiance: coverage, 0-1.

    Returns:
        (gap, low, high, p), in the unit of `y`, shape (G,). The interval holds both chance among pupils and the usual
        variation between établissements of the same context; nan for a territory without a usable établissement.

    >>> ecart = ecart_attendu([80, 84, 90, 94, 70], [4] * 5, [1] * 5, [[90], [100], [110], [120], [105]],
    ...                       [0, 0, 1, 1, 2])
    >>> [a.round(1).tolist() for a in ecart[:3]]
    [[3.2, 3.6, -13.6], [-5.7, -5.3, -38.6], [12.1, 12.5, 11.4]]
    """
    y, variance, poids = (np.asarray(a, dtype=float) for a in (y, variance, poids))
    groupes = np.asarray(groupes, dtype=int)
    lignes = np.arange(len(y)) if lignes is None else np.asarray(lignes, dtype=int)
    taille = groupes.max() + 1 if groupes.size else 0
    coefficients, covariance, tau2, ddl = regression_contexte(y, variance, contexte)
    x = np.column_stack([np.ones(len(y)), np.asarray(contexte, dtype=float)])
    utile = np.isfinite(y) & np.isfinite(variance) & np.isfinite(x).all(axis=1) & (poids > 0)
    garde = utile[lignes]
    lignes, groupes = lignes[garde], groupes[garde]
    with np.errstate(divide="ignore", invalid="ignore"):
        c = poids[lignes] / np.bincount(groupes, poids[lignes], taille)[groupes]
    moyen = np.column_stack([np.bincount(groupes, c * colonne[lignes], taille) for colonne in x.T])
    ecart = np.bincount(groupes, c * y[lignes], taille) - moyen @ coefficients
    propre = np.bincount(groupes, c**2 * (variance[lignes] + tau2), taille)
    # The territory helped to draw the line: its gap varies less than its own figure does.
    totale = propre - ((moyen @ covariance) * moyen).sum(axis=1)
    erreur = np.sqrt(np.where((totale > 0) & (np.bincount(groupes, minlength=taille) > 0), totale, np.nan))
    ecart = np.where(np.isfinite(erreur), ecart, np.nan)
    marge = stdtrit(ddl, (1 + confiance) / 2) * erreur
    return ecart, ecart - marge, ecart + marge, 2 * stdtr(ddl, -np.abs(ecart) / erreur)


def _fit(y, variance, x):
    """Weighted least squares, weights the inverse of the variances: coefficients and their covariance."""
    ponderee = x / variance[:, None]
    covariance = np.linalg.inv(x.T @ ponderee)
    return covariance @ (ponderee.T @ y), covariance


def _estimate_tau2(y, variance, x, ddl) -> float:
    """Residual variance between établissements beyond their sampling variances, by moments."""
    if not (variance > 0).all():  # no sampling variance known: all of the residual spread
        residus = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        return max(float(residus @ residus) / ddl - variance.mean(), 0.0)
    w = 1 / variance
    coefficients, covariance = _fit(y, variance, x)
    q = float(w @ (y - x @ coefficients) ** 2)
    trace = w.sum() - np.trace(covariance @ (x.T @ (x * (w**2)[:, None])))
    return max((q - ddl) / trace, 0.0)
