"""Secret statistique: which figures may be shown. Nothing is shown or exported without passing through here.

Pure functions on arrays; the rules are explained to readers in docs/methode.md.
"""

from collections.abc import Sequence

import numpy as np

COMPLET = "complet"
"""Regime of the SSA's own extracts: numerator and complement are protected too, not only the denominator."""


def is_diffusable(numerateur, denominateur, seuil, regime, est_taux):
    """Whether each figure has enough pupils to be shown by itself.

    | regime | hidden when |
    | --- | --- |
    | denominateur | fewer pupils than the threshold |
    | complet | also when the events, or the pupils without the event, number 1 to threshold - 1 |

    Args:
        numerateur, denominateur: counts, shape (k,); nan where the figure has none (it is then not protected by it).
        seuil: threshold per row, shape (k,); 0 protects nothing.
        regime: «denominateur» or «complet», shape (k,).
        est_taux: whether the numerator is a part of the denominator, shape (k,).

    Returns:
        Booleans, shape (k,).

    >>> is_diffusable([9, 3, 0, 95], [9, 40, 40, 100], 10, ["denominateur", "complet", "complet", "complet"],
    ...               True).tolist()
    [False, False, True, False]
    """
    numerateur, denominateur = np.asarray(numerateur, dtype=float), np.asarray(denominateur, dtype=float)
    seuil = np.asarray(seuil, dtype=float)
    petit = denominateur < seuil
    complet = (np.asarray(regime) == COMPLET) & np.asarray(est_taux)
    partie = _is_small(numerateur, seuil) | _is_small(denominateur - numerateur, seuil)
    return ~(petit | (complet & partie))


def hide_second_cells(masque, affichable, effectif, seuil, groupements: Sequence[tuple[np.ndarray, np.ndarray]]):
    """Hide more figures until none comes back by subtracting the others from a total that is shown.

    In a group whose total is shown, the hidden parts must be at least two and number together the threshold at least.
    Otherwise the smallest part still shown is hidden too; where no part is left, the total is.

    Args:
        masque: figures already hidden, booleans of shape (k,).
        affichable: figures that exist and could be shown, booleans of shape (k,).
        effectif: pupils of each figure, shape (k,).
        seuil: threshold per figure, shape (k,).
        groupements: pairs (total, part) of row numbers, one pair of arrays for each way of adding figures up;
            a row can be a part of many totals.

    Returns:
        The completed mask, booleans of shape (k,).

    >>> parts = (np.array([0, 0, 0]), np.array([1, 2, 3]))
    >>> hide_second_cells([0, 1, 0, 0], [1, 1, 1, 1], [100, 8, 30, 62], [10] * 4, [parts]).tolist()
    [False, True, True, False]
    """
    masque = np.array(masque, dtype=bool)
    affichable = np.asarray(affichable, dtype=bool)
    effectif, seuil = np.nan_to_num(np.asarray(effectif, dtype=float)), np.asarray(seuil, dtype=float)
    change = True
    while change:
        change = False
        for total, part in groupements:
            nouveaux = _find_weak(masque, affichable, effectif, seuil, total, part)
            change = change or nouveaux.size > 0
            masque[nouveaux] = True
    return masque


def _is_small(effectif, seuil):
    return (effectif > 0) & (effectif < seuil)


def _find_weak(masque, affichable, effectif, seuil, total, part):
    """Rows to hide next, at most one for each total that lets a hidden part be found."""
    taille = masque.size
    cache = masque[part] & affichable[part]
    nombre = np.bincount(total, cache, minlength=taille)
    somme = np.bincount(total, cache * effectif[part], minlength=taille)
    fragile = (nombre > 0) & ((nombre < 2) | (somme < seuil)) & affichable & ~masque
    if not fragile.any():
        return np.array([], dtype=int)
    libre = fragile[total] & affichable[part] & ~masque[part]
    ordre = np.lexsort((part[libre], effectif[part[libre]], total[libre]))
    totaux, premiers = np.unique(total[libre][ordre], return_index=True)
    choisis = part[libre][ordre][premiers]
    seuls = np.setdiff1d(np.flatnonzero(fragile), totaux)
    return np.union1d(choisis, seuls)
