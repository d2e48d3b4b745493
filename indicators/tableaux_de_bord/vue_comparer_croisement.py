"""What the crossing of two indicators shows: a point per territory, quadrants, and the line of the context."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from indicators.base import Base
from indicators.catalogue import Sens
from indicators.erreurs import ErreurUsage
from indicators.statistiques.attendu import regression_contexte
from indicators.tableaux_de_bord.lectures import Cellule, is_provisoire, read_academie
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.vue_comparer import (
    Colonne,
    list_colonnes,
    list_territoires,
    read_cellules_colonnes,
    read_sources_colonnes,
)
from indicators.territoires import Niveau, Territoire

INDICATEURS_CONTEXTE = ("ips_colleges", "ips_ecoles", "ips_lycees")
"""Abscissas along which the line of the context can be drawn; the first with figures is the usual one."""
PAS_IPS = 10
"""Points of IPS by which the slope of the line is said."""


@dataclass(frozen=True)
class PointCroise:
    """A territory with a figure on both indicators."""

    territoire: Territoire
    x: Cellule
    y: Cellule


@dataclass(frozen=True)
class Droite:
    """Line of the ordinate on the IPS among the territories; `pente` for ten points of IPS, with its 95 % interval."""

    debut: tuple[float, float]
    fin: tuple[float, float]
    pente: float
    pente_inf: float
    pente_sup: float
    nb: int


@dataclass(frozen=True)
class VueCroisement:
    """A level on two indicators."""

    niveau: Niveau
    x: Colonne
    y: Colonne
    points: tuple[PointCroise, ...]
    absents: tuple[tuple[Territoire, str], ...]
    """Territories that lack a figure on one indicator, with the statut of the missing one."""
    repere_x: Valeur
    repere_y: Valeur
    """Values of the académie: the sides of the quadrants."""
    quadrants: Counter
    """Number of territories by (x favourable side, y favourable side); empty without both values of the académie."""
    droite: Droite | None
    sources: tuple[str, ...]
    est_provisoire: bool


def build_vue_croisement(
    base: Base, niveau: Niveau, x: str, y: str, rentree: int | None = None, avec_droite: bool = False
) -> VueCroisement:
    """Look up two indicators of a level.

    Args:
        x, y: keys of columns, as `Colonne.cle`.
        rentree: for each indicator that has figures then; its latest otherwise.
        avec_droite: draw the line of the context, when `x` is an IPS.

    Raises:
        ErreurUsage: an indicator has no figure at the level.
    """
    col_x, col_y = _get_colonnes(base, niveau, (x, y), rentree)
    territoires = list_territoires(base, niveau)
    cellules = read_cellules_colonnes(base, niveau, (col_x, col_y), territoires)
    paires = [(t, cellules[t.code, col_x.cle], cellules[t.code, col_y.cle]) for t in territoires]
    points = tuple(PointCroise(t, a, b) for t, a, b in paires if a.valeur.statut == b.valeur.statut == "ok")
    reperes = [read_academie(base, c.indicateur.code, c.rentree, c.modalite)[1] for c in (col_x, col_y)]
    return VueCroisement(
        niveau=niveau,
        x=col_x,
        y=col_y,
        points=points,
        absents=_list_absents(paires),
        repere_x=reperes[0],
        repere_y=reperes[1],
        quadrants=_count_quadrants(points, col_x, col_y, *reperes),
        droite=_fit(points) if avec_droite and can_draw_droite(x) else None,
        sources=read_sources_colonnes(base, (col_x, col_y)),
        est_provisoire=is_provisoire(base, niveau),
    )


def _list_absents(paires: list[tuple[Territoire, Cellule, Cellule]]) -> tuple[tuple[Territoire, str], ...]:
    """Territories without a point, with why: the ordinate's reason first."""
    raisons = [(t, [c.valeur.statut for c in (y, x) if c.valeur.statut != "ok"]) for t, x, y in paires]
    return tuple((t, statuts[0]) for t, statuts in raisons if statuts)


def can_draw_droite(x: str) -> bool:
    """Whether the abscissa is a context on which a line makes sense."""
    return x in INDICATEURS_CONTEXTE


def _get_colonnes(base: Base, niveau: Niveau, cles: tuple[str, str], rentree: int | None) -> list[Colonne]:
    colonnes = {c.cle: c for c in list_colonnes(base, niveau)}
    if rentree is not None:
        colonnes |= {c.cle: c for c in list_colonnes(base, niveau, rentree)}
    for cle in cles:
        if cle not in colonnes:
            raise ErreurUsage(
                f"« {cle} » n’a aucun chiffre publié au niveau « {niveau.libelle} ». "
                "Choisissez un autre indicateur ou un autre niveau."
            )
    return [colonnes[cle] for cle in cles]


def _count_quadrants(
    points: tuple[PointCroise, ...], x: Colonne, y: Colonne, repere_x: Valeur, repere_y: Valeur
) -> Counter:
    """Side of each territory on both axes; a flipped indicator counts its low values as the favourable side."""
    if repere_x.valeur is None or repere_y.valeur is None:
        return Counter()
    sens_x, sens_y = (-1 if c.indicateur.sens is Sens.BAISSE_FAVORABLE else 1 for c in (x, y))
    return Counter(
        (
            bool(sens_x * (p.x.valeur.valeur - repere_x.valeur) >= 0),
            bool(sens_y * (p.y.valeur.valeur - repere_y.valeur) >= 0),
        )
        for p in points
    )


def _fit(points: tuple[PointCroise, ...]) -> Droite | None:
    """Weighted line over the territories, each as sure as its published interval says."""
    x = np.array([p.x.valeur.valeur for p in points], dtype=float)
    y = np.array([p.y.valeur.valeur for p in points], dtype=float)
    bornes = [(p.y.valeur.borne_inf, p.y.valeur.borne_sup) for p in points]
    demi = np.array([(haut - bas) / 2 if None not in (bas, haut) else 0.0 for bas, haut in bornes])
    coefficients, covariance, _, ddl = regression_contexte(y, (demi / ndtri(0.975)) ** 2, x[:, None])
    if not np.isfinite(coefficients).all():
        return None
    marge = stdtrit(ddl, 0.975) * np.sqrt(covariance[1, 1])
    bouts = [(float(v), float(coefficients[0] + coefficients[1] * v)) for v in (x.min(), x.max())]
    pentes = [float(PAS_IPS * (coefficients[1] + k * marge)) for k in (0, -1, 1)]
    return Droite(*bouts, *pentes, nb=len(points))
