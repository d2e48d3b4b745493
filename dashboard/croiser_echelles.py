"""The two axes of a crossing, in the unit shown: ends, direction, where a value lies. Pure, no Streamlit."""

import math
from dataclasses import dataclass

from dashboard.traces import is_retourne
from indicators.catalogue import Nature
from indicators.tableaux_de_bord.croiser_objets import Axe, Estime, VueCroiser

RAYON_95 = math.sqrt(5.991)
"""Radius of the 95 % ellipse of two normals, in standard deviations (χ², two degrees of freedom)."""


@dataclass(frozen=True)
class Echelle:
    """One axis of the chart, in the unit shown; `sens` is 1 where its values grow rightwards or upwards."""

    axe: Axe
    bas: float
    haut: float
    sens: int

    @property
    def limite(self) -> float:
        """The threshold."""
        return self.axe.limite * self.axe.colonne.indicateur.echelle

    @property
    def repere(self) -> float:
        """The reference."""
        return self.axe.repere * self.axe.colonne.indicateur.echelle

    @property
    def monte(self) -> bool:
        """Whether the side of the profile is at the right, or above."""
        return self.sens * self.axe.signe > 0

    @property
    def etendue(self) -> list[float]:
        """Ends of the axis, left or lower one first."""
        return [self.bas, self.haut][:: self.sens]

    def convert(self, estime: Estime) -> tuple[float, float]:
        """Mean and standard deviation, in the unit shown."""
        facteur = self.axe.colonne.indicateur.echelle
        return estime.moyenne * facteur, estime.ecart_type * facteur

    def place(self, valeur: float) -> float:
        """Where a value lies, from 0 (left, bottom) to 1."""
        part = (valeur - self.bas) / (self.haut - self.bas)
        return part if self.sens > 0 else 1 - part


def make_echelle(vue: VueCroiser, rang: int) -> Echelle:
    """The axis of that rank, around every ellipse, its threshold and its reference."""
    axe = vue.axes[rang]
    echelle = Echelle(axe, 0.0, 1.0, -1 if is_retourne(axe.colonne.indicateur) else 1)
    bouts = [echelle.limite, echelle.repere]
    for point in vue.points:
        moyenne, ecart_type = echelle.convert(point.estimes[rang])
        bouts += [moyenne - RAYON_95 * ecart_type, moyenne + RAYON_95 * ecart_type]
    marge = 0.03 * (max(bouts) - min(bouts)) or 1.0
    bas, haut = min(bouts) - marge, max(bouts) + marge
    if axe.est_absolu and axe.colonne.indicateur.nature is Nature.TAUX:
        bas, haut = max(bas, 0.0), min(haut, 100.0)
    return Echelle(axe, bas, haut, echelle.sens)
