"""Secret statistique: which figures may be shown. Nothing is shown or exported without passing through here.

Pure functions on arrays; the rules are explained to readers in docs/methode.md.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import connected_components

COMPLET = "complet"
"""Regime of the SSA's own extracts: numerator and complement are protected too, not only the denominator."""
_PRECISION = 1e-8


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

    In a group whose total is shown, the hidden parts must be at least two, and those that go with a figure hidden for
    itself must number the threshold at least. Otherwise the smallest part still shown is hidden too; where no part is
    left, the total is. Then groups are read together: no hidden figure may come back by any sum and difference of
    figures shown (a département minus its réseaux leaves the établissements of a réseau astride).

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
    primaire = masque.copy()
    affichable = np.asarray(affichable, dtype=bool)
    effectif, seuil = np.nan_to_num(np.asarray(effectif, dtype=float)), np.asarray(seuil, dtype=float)
    equations = _write_equations(affichable, effectif, groupements)
    a_revoir = masque.copy()
    while True:
        avant, change = masque.copy(), True
        while change:
            change = False
            for total, part in groupements:
                nouveaux = _find_weak(masque, primaire, affichable, effectif, seuil, total, part)
                change = change or nouveaux.size > 0
                masque[nouveaux] = True
        nouveaux = _find_solved(masque, a_revoir | (masque & ~avant), affichable, effectif, equations)
        if not nouveaux.size:
            return masque
        masque[nouveaux] = True
        a_revoir = np.isin(np.arange(masque.size), nouveaux)


def _is_small(effectif, seuil):
    return (effectif > 0) & (effectif < seuil)


def _find_weak(masque, primaire, affichable, effectif, seuil, total, part):
    """Rows to hide next, at most one for each total that lets a hidden part be found."""
    taille = masque.size
    cache = masque[part] & affichable[part]
    nombre = np.bincount(total, cache, minlength=taille)
    somme = np.bincount(total, cache * effectif[part], minlength=taille)
    plus_grand = np.zeros(taille)
    np.maximum.at(plus_grand, total, cache * primaire[part] * effectif[part])
    fragile = (nombre > 0) & ((nombre < 2) | (somme - plus_grand < seuil)) & affichable & ~masque
    if not fragile.any():
        return np.array([], dtype=int)
    libre = fragile[total] & affichable[part] & ~masque[part]
    ordre = np.lexsort((part[libre], effectif[part[libre]], total[libre]))
    totaux, premiers = np.unique(total[libre][ordre], return_index=True)
    choisis = part[libre][ordre][premiers]
    seuls = np.setdiff1d(np.flatnonzero(fragile), totaux)
    return np.union1d(choisis, seuls)


def _write_equations(affichable, effectif, groupements) -> csr_array:
    """One line per total that is the sum of its parts: these (+1) minus itself (-1), a column per figure.

    A département is not the sum of its réseaux where one is astride: such a line would say something false.
    """
    lignes = [csr_array((0, affichable.size))]
    for total, part in groupements:
        garde = affichable[total] & affichable[part]
        sommes = np.bincount(total[garde], effectif[part[garde]], minlength=affichable.size)
        garde &= np.isclose(sommes, effectif)[total]
        totaux, numero = np.unique(total[garde], return_inverse=True)
        signes = np.concatenate([np.ones(numero.size), -np.ones(totaux.size)])
        places = (np.concatenate([numero, np.arange(totaux.size)]), np.concatenate([part[garde], totaux]))
        lignes.append(coo_array((signes, places), shape=(totaux.size, affichable.size)).tocsr())
    return vstack(lignes, format="csr")


def _find_solved(masque, a_revoir, affichable, effectif, equations):
    """Rows to hide next, one for each set of linked equations that gives back a hidden figure exactly.

    Only sets with a figure of `a_revoir` (booleans, shape (k,)) are read: the others were found closed before.
    """
    caches = np.flatnonzero(masque & affichable)
    inconnues = equations[:, caches]
    utiles = np.flatnonzero(np.diff(inconnues.indptr))
    inconnues = inconnues[utiles].tocoo()
    liens = (np.ones(inconnues.nnz), (inconnues.row, inconnues.col + utiles.size))
    taille = utiles.size + caches.size
    _, ensembles = connected_components(coo_array(liens, shape=(taille, taille)), directed=False)
    lignes, colonnes = ensembles[: utiles.size], ensembles[utiles.size :]
    visibles = affichable & ~masque
    # Hiding a figure of a sum that hides nothing yet would open this sum: such figures come last.
    presences = abs(equations)
    ouvertures = presences.T @ (np.diff(presences[:, caches].indptr) == 0).astype(float)
    preference = np.lexsort((effectif, ouvertures))
    rang = np.empty(preference.size, dtype=int)
    rang[preference] = np.arange(preference.size)
    nouveaux = []
    for ensemble in np.intersect1d(lignes, colonnes[a_revoir[caches]]):
        systeme = equations[utiles[lignes == ensemble]]
        combinaisons = _solve(systeme[:, caches[colonnes == ensemble]].toarray())
        # Only a figure that takes part in a combination stops it when hidden; one figure may stop several.
        for poids in np.abs(systeme.T @ combinaisons).T:
            candidats = np.flatnonzero((poids > _PRECISION) & visibles)
            if not np.isin(candidats, nouveaux).any():
                nouveaux.extend(candidats[np.argsort(rang[candidats])[:1]])
    return np.array(nouveaux, dtype=int)


def _solve(matrice):
    """The combinations of equations that leave one unknown alone, one per column: its column is in the row space."""
    valeurs, vecteurs = np.linalg.eigh(matrice @ matrice.T)
    rang = valeurs > _PRECISION * valeurs[-1]
    valeurs, vecteurs = valeurs[rang], vecteurs[:, rang]
    image = vecteurs.T @ matrice
    seules = np.flatnonzero((image**2 / valeurs[:, None]).sum(axis=0) > 1 - _PRECISION)
    return vecteurs @ (image[:, seules] / valeurs[:, None])
