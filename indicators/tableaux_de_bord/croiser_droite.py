"""The line of the context in a crossing: how the ordinate goes with the IPS from one territory to the next."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri, stdtrit

from indicators.statistiques import regression_contexte
from indicators.tableaux_de_bord.croiser_objets import Axe, Droite, Estime, PointCroise

INDICATEURS_CONTEXTE = ("ips_colleges", "ips_ecoles", "ips_lycees")
"""Abscissas along which the line can be drawn; the first with figures is the usual one."""
PAS_IPS = 10
"""Points of IPS by which the slope of the line is said."""


def can_draw_droite(cle: str) -> bool:
    """Whether an abscissa is a context on which a line makes sense."""
    return cle in INDICATEURS_CONTEXTE


def fit_droite(points: Sequence[PointCroise], axes: tuple[Axe, ...]) -> Droite | None:
    """Weighted line over the territories, each as sure as its published interval says.

    It is fitted on the figures as observed: drawn towards their level, they would look more alike than they are.
    """
    mesures = [(_observe(axes[0], p.estimes[0]), _observe(axes[1], p.estimes[1])) for p in points]
    connues = [(y, x[0]) for y, x in mesures if None not in (*y, x[0])]
    y, demi = (np.array([v[rang] for v, _ in connues], dtype=float) for rang in (0, 1))
    x = np.array([v for _, v in connues], dtype=float)
    coefficients, covariance, _, ddl = regression_contexte(y, (demi / ndtri(0.975)) ** 2, x[:, None])
    if not np.isfinite(coefficients).all():
        return None
    marge = stdtrit(ddl, 0.975) * np.sqrt(covariance[1, 1])
    bouts = [(float(v), float(coefficients[0] + coefficients[1] * v)) for v in (x.min(), x.max())]
    pentes = [float(PAS_IPS * (coefficients[1] + k * marge)) for k in (0, -1, 1)]
    return Droite(*bouts, *pentes, nb=len(connues))


def _observe(axe: Axe, estime: Estime) -> tuple[float | None, float]:
    """What was observed of what is drawn, and half of its interval; 0 where none is published."""
    face = estime.comparaison
    if axe.est_absolu:
        observe, bornes = estime.valeur.valeur, (estime.valeur.borne_inf, estime.valeur.borne_sup)
    elif face is None:
        return None, 0.0
    else:
        observe, bornes = face.ecart, (face.ecart_inf, face.ecart_sup)
    return observe, (bornes[1] - bornes[0]) / 2 if None not in bornes else 0.0
