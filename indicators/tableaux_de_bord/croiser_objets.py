"""Objects of a crossing chosen on screen: its axes, its territories, each with its doubt.

What is known of a figure is a mean and a standard deviation, published; where a territory lies among the thresholds is
then a probability. The indicators are taken as independent, given the figures: whatever two of them share by chance
(the same pupils) is left out, and the probability of a whole profile is the product of those of its axes.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from indicators.catalogue import Indicateur, Sens
from indicators.problematiques import Lecture
from indicators.problematiques.moteur import share_points
from indicators.tableaux_de_bord.objets import Comparaison, Valeur
from indicators.tableaux_de_bord.vue_comparer import Colonne
from indicators.territoires import Niveau, Territoire

ACADEMIE, SIMILAIRES, SEUILS = "academie", "similaires", "seuils"
"""What an axis measures: the difference to the rest of the académie or to similar territories, or the value itself."""


class Demande(NamedTuple):
    """What an axis is asked for.

    Attributes:
        cle: key of its column, as `Colonne.cle`.
        lecture: which side; empty for the usual one (unfavourable; low for a neutral indicator).
        ecarts_utiles: how far from the reference.
        seuil: for `SEUILS`, in the unit shown; None for the usual value of the reference.
    """

    cle: str
    lecture: str = ""
    ecarts_utiles: float = 1.0
    seuil: float | None = None


@dataclass(frozen=True)
class Axe:
    """One indicator of a crossing; the profile holds on one side of `limite`.

    `limite` and `repere` (the reference) are in the stored unit of what is drawn: a difference, or a value.
    """

    colonne: Colonne
    lecture: Lecture
    ecarts_utiles: float
    limite: float
    repere: float
    est_absolu: bool

    @property
    def signe(self) -> int:
        """1 where the profile asks for more, -1 for less."""
        if self.lecture in (Lecture.SUPERIEUR, Lecture.INFERIEUR):
            return 1 if self.lecture is Lecture.SUPERIEUR else -1
        monte = self.colonne.indicateur.sens is Sens.HAUSSE_FAVORABLE
        return 1 if monte == (self.lecture is Lecture.FAVORABLE) else -1


@dataclass(frozen=True)
class Estime:
    """A territory on one axis: its figures, what is known of what is drawn, and how likely its side is."""

    valeur: Valeur
    comparaison: Comparaison | None
    moyenne: float
    ecart_type: float
    probabilite: float


@dataclass(frozen=True)
class PointCroise:
    """A territory in the crossing: one estimate per axis, the ordinate first."""

    territoire: Territoire
    estimes: tuple[Estime, ...]

    @property
    def probabilite(self) -> float:
        """Probability of the whole profile."""
        return math.prod(e.probabilite for e in self.estimes)

    @property
    def parts(self) -> tuple[float, float, float, float]:
        """Probability of each quadrant of the chart: both sides, the ordinate's only, the abscissa's only, neither."""
        y, x = (e.probabilite for e in self.estimes[:2])
        return (y * x, y * (1 - x), (1 - y) * x, (1 - y) * (1 - x))

    @property
    def pourcents(self) -> tuple[int, int, int, int]:
        """`parts` in whole percentages that add up to 100."""
        fines = np.rint(10_000 * np.array(self.parts)).astype(int)
        return tuple(share_points(np.repeat(np.arange(4), fines)).tolist())


@dataclass(frozen=True)
class Droite:
    """Line of the ordinate on the IPS, in what is drawn; `pente` for ten points of IPS, with its 95 % interval."""

    debut: tuple[float, float]
    fin: tuple[float, float]
    pente: float
    pente_inf: float
    pente_sup: float
    nb: int


@dataclass(frozen=True)
class VueCroiser:
    """A level on two or three indicators. `axes`: ordinate, abscissa, then the third if any."""

    niveau: Niveau
    reference: str
    axes: tuple[Axe, ...]
    points: tuple[PointCroise, ...]
    """Most probable profile first."""
    absents: tuple[tuple[Territoire, str], ...]
    """Territories that lack a figure, with the code of why (`problematiques.absences.MOTIFS`)."""
    droite: Droite | None
    exclus: tuple[Indicateur, ...]
    """Indicators of the level that cannot be crossed: nothing is known of their chance."""
    sources: tuple[str, ...]
    est_provisoire: bool

    def get_point(self, code: str) -> PointCroise | None:
        """The point of a territory."""
        return next((p for p in self.points if p.territoire.code == code), None)


def list_lectures(indicateur: Indicateur) -> tuple[Lecture, ...]:
    """The two sides of an indicator, the usual one first."""
    if indicateur.sens is Sens.NEUTRE:
        return (Lecture.INFERIEUR, Lecture.SUPERIEUR)
    return (Lecture.DEFAVORABLE, Lecture.FAVORABLE)
