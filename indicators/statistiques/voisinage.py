"""Similar territories: distance on standardised context variables, never on outcomes."""

import numpy as np

NOMBRE = 5
"""Neighbours listed."""


def standardise(variables):
    """Each variable minus its mean, divided by its standard deviation.

    Args:
        variables: shape (k territories, v variables); nan where missing.

    Returns:
        Same shape; a variable that does not vary gives 0.

    >>> standardise([[100.0, 5.0], [110.0, 5.0], [90.0, 5.0]]).round(2).tolist()
    [[0.0, 0.0], [1.22, 0.0], [-1.22, 0.0]]
    """
    variables = np.asarray(variables, dtype=float)
    ecart = np.nanstd(variables, axis=0)
    return (variables - np.nanmean(variables, axis=0)) / np.where(ecart > 0, ecart, 1.0)


def distance_contexte(z, poids):
    """Weighted Euclidean distance between every two territories, and each variable's part of it.

    Args:
        z: standardised variables, shape (k, v); nan where missing.
        poids: weight of each variable, ≥ 0, shape (v,).

    Returns:
        (distance, part): shapes (k, k) and (k, k, v). The parts of a pair add up to 1 (nan at distance 0). Variables
        missing on either side are left out, the others standing for them; nan where they hold under half the weight.

    >>> d, part = distance_contexte([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]], [1.0, 1.0])
    >>> d[0].tolist(), part[0, 1].round(2).tolist()
    ([0.0, 5.0, 1.0], [0.36, 0.64])
    """
    z, poids = np.asarray(z, dtype=float), np.asarray(poids, dtype=float)
    carres = poids * (z[:, None, :] - z[None, :, :]) ** 2
    connu = (np.isfinite(carres) * poids).sum(axis=-1) / poids.sum()
    carres = np.nan_to_num(carres)
    total = carres.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(connu >= 0.5, np.sqrt(total / connu), np.nan)
        return distance, carres / np.where(total > 0, total, np.nan)[..., None]


def find_voisins(distance, nombre=NOMBRE):
    """The nearest territories of each, nearest first; the order of the rows decides between equals.

    Args:
        distance: shape (k, k), nan where unknown.

    Returns:
        Integers of shape (k, nombre); -1 where there are not so many.

    >>> find_voisins([[0, 5, 1], [5, 0, 4.2], [1, 4.2, 0]], 2).tolist()
    [[2, 1], [2, 0], [0, 1]]
    """
    distance = np.array(distance, dtype=float)
    np.fill_diagonal(distance, np.nan)
    ordre = np.argsort(distance, axis=1, kind="stable")[:, :nombre]
    trouves = np.where(np.isfinite(np.take_along_axis(distance, ordre, axis=1)), ordre, -1)
    manque = nombre - trouves.shape[1]
    return np.pad(trouves, ((0, 0), (0, max(manque, 0))), constant_values=-1)


def stabilite_voisins(z, poids, nombre=NOMBRE):
    """How many neighbours stay when one variable is left out.

    Args:
        z, poids: as in `distance_contexte`.

    Returns:
        Integers of shape (k, v): neighbours kept without each variable.

    >>> stabilite_voisins([[0, 0], [1, 9], [5, 1], [9, 9]], [1, 1], 1)[0].tolist()
    [1, 0]
    """
    z, poids = np.asarray(z, dtype=float), np.asarray(poids, dtype=float)
    reference = find_voisins(distance_contexte(z, poids)[0], nombre)
    gardes = np.zeros(z.shape, dtype=int)
    for variable in range(z.shape[1]):
        restent = np.arange(z.shape[1]) != variable
        autres = find_voisins(distance_contexte(z[:, restent], poids[restent])[0], nombre)
        communs = (reference[:, :, None] == autres[:, None, :]) & (reference[:, :, None] >= 0)
        gardes[:, variable] = communs.any(axis=2).sum(axis=1)
    return gardes
