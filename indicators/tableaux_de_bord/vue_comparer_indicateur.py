"""What the funnel and the ordered intervals of one indicator show, as plain frozen objects."""

from dataclasses import dataclass

import numpy as np

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Nature
from indicators.statistiques.entonnoir import CONFIANCES, limites_entonnoir
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.vue_carte import VueCarte, build_vue_carte
from indicators.territoires import Niveau

_NB_COURBE = 61


@dataclass(frozen=True)
class Courbe:
    """A pair of limits: low and high proportion for each number of pupils of `Entonnoir.effectifs`."""

    confiance: float
    bas: tuple[float, ...]
    haut: tuple[float, ...]


@dataclass(frozen=True)
class PointEntonnoir:
    """A territory in the funnel.

    `zone`: 0 inside the 95 % limits of chance alone, 1 between them and the 99.8 % ones, 2 beyond.
    `sort_malgre_tout`: beyond the 99.8 % limits even once the usual spread between territories is admitted.
    """

    cellule: Cellule
    zone: int
    sort_malgre_tout: bool


@dataclass(frozen=True)
class Entonnoir:
    """Limits around the common rate of a level, over the numbers of pupils met, and where each territory lies."""

    p0: float
    phi: float
    tau2: float
    effectifs: tuple[float, ...]
    """Numbers of pupils at which the limits are given, evenly spaced in logarithm."""
    hasard: tuple[Courbe, ...]
    """Limits of chance alone, 95 then 99.8 %."""
    elargies: tuple[Courbe, ...]
    """Limits once the usual spread between territories is admitted; empty without such a spread."""
    points: tuple[PointEntonnoir, ...]

    @property
    def sortis(self) -> tuple[PointEntonnoir, ...]:
        """Territories beyond the 99.8 % limits of chance alone."""
        return tuple(p for p in self.points if p.zone == 2)


@dataclass(frozen=True)
class VueComparerIndicateur:
    """One indicator of a level: the list of the map, and the funnel of a rate."""

    carte: VueCarte
    entonnoir: Entonnoir | None
    """None where the indicator is no rate, or too few territories have one."""


def build_vue_comparer_indicateur(
    base: Base, indicateur: str, niveau: Niveau, rentree: int | None = None, modalite: str = ENSEMBLE
) -> VueComparerIndicateur:
    """Look up a level on an indicator, with the limits drawn from the table `entonnoir`.

    Raises:
        ErreurUsage: no figure at that level.
    """
    carte = build_vue_carte(base, indicateur, niveau, rentree, modalite)
    return VueComparerIndicateur(carte, _build_entonnoir(base, carte))


def _build_entonnoir(base: Base, carte: VueCarte) -> Entonnoir | None:
    lignes = base.lignes(
        "SELECT p0, phi, tau2 FROM entonnoir WHERE indicateur = ? AND niveau = ? AND rentree = ? AND modalite = ?",
        (carte.indicateur.code, carte.niveau.value, carte.rentree, carte.modalite),
    )
    cellules = [c for c in carte.cellules if c.valeur.statut == "ok" and c.valeur.denominateur]
    if not lignes or carte.indicateur.nature is not Nature.TAUX or len(cellules) < 2:
        return None
    ((p0, phi, tau2),) = lignes
    n = np.array([c.valeur.denominateur for c in cellules])
    taux = np.array([c.valeur.valeur for c in cellules])
    effectifs = np.geomspace(n.min() * 0.8, n.max() * 1.25, _NB_COURBE)
    zones = sum((_is_dehors(taux, p0, n, 0.0, confiance).astype(int) for confiance in CONFIANCES), np.zeros(len(n)))
    malgre = _is_dehors(taux, p0, n, tau2, CONFIANCES[1])
    return Entonnoir(
        p0=p0,
        phi=phi,
        tau2=tau2,
        effectifs=tuple(effectifs.tolist()),
        hasard=_draw(p0, effectifs, 0.0),
        elargies=_draw(p0, effectifs, tau2) if tau2 > 0 else (),
        points=tuple(PointEntonnoir(c, int(zone), bool(m)) for c, zone, m in zip(cellules, zones, malgre, strict=True)),
    )


def _is_dehors(taux: np.ndarray, p0: float, n: np.ndarray, tau2: float, confiance: float) -> np.ndarray:
    bas, haut = limites_entonnoir(p0, n, tau2=tau2, confiance=confiance)
    return (taux < bas) | (taux > haut)


def _draw(p0: float, effectifs: np.ndarray, tau2: float) -> tuple[Courbe, ...]:
    limites = [
        (confiance, *limites_entonnoir(p0, effectifs, tau2=tau2, confiance=confiance)) for confiance in CONFIANCES
    ]
    return tuple(Courbe(confiance, tuple(bas.tolist()), tuple(haut.tolist())) for confiance, bas, haut in limites)
