"""The conditions of a rule read at a level: what was estimated, what was drawn, where they hold."""

from dataclasses import dataclass, field, replace

import numpy as np

from indicators.catalogue import Indicateur, load_catalogue
from indicators.problematiques.estimations import Estimation
from indicators.problematiques.modele import Condition, Lecture, Regle
from indicators.problematiques.tirages import Tirage, Tireur, link_tirages


@dataclass(frozen=True)
class Lue:
    """A condition of a rule at a level: what was estimated and drawn. `estimation` is None where nothing could be."""

    condition: Condition
    fiche: Indicateur
    estimation: Estimation | None = None
    tirage: Tirage | None = None
    tient: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    """Whether it holds, shape (draws, territories)."""


def read_conditions(tireur: Tireur, regle: Regle) -> tuple[list[Lue], list[Lue]]:
    """Estimate and draw the conditions of a rule at a level, each on the first of its indicators that has figures.

    Returns:
        (each apart, the same together): what a figure says is the same in every rule; what a profile says knows how
        its figures go together over the level.
    """
    catalogue, lues = load_catalogue(), []
    for condition in regle.conditions:
        faits = (tireur.draw(code, condition.modalite, condition.mesure) for code in condition.indicateurs)
        estimation, tirage = next((fait for fait in faits if fait), (None, None))
        lue = Lue(condition, catalogue[estimation.indicateur if estimation else condition.indicateurs[0]], estimation)
        lues.append(_hold_with(lue, tirage) if tirage else lue)
    return lues, _link(lues) if all(lue.tirage for lue in lues) else lues


def hold(condition: Condition, fiche: Indicateur, ecarts: np.ndarray) -> np.ndarray:
    """Whether differences make a condition hold; nan does not."""
    seuil, signe = condition.get_seuil(fiche), condition.get_signe(fiche)
    if condition.lecture is Lecture.COMPARABLE:
        return np.abs(ecarts) < seuil
    if condition.lecture is Lecture.PAS_DEFAVORABLE:
        return signe * ecarts > -seuil
    return signe * ecarts >= seuil


def join(lues: list[Lue]) -> np.ndarray:
    """Whether the whole profile holds, shape (draws, territories)."""
    return np.logical_and.reduce([lue.tient for lue in lues if lue.tirage])


def _hold_with(lue: Lue, tirage: Tirage) -> Lue:
    return replace(lue, tirage=tirage, tient=hold(lue.condition, lue.fiche, tirage.ecarts))


def _link(lues: list[Lue]) -> list[Lue]:
    """The same, knowing how their figures go together over the level, where it makes the profile less sure.

    Never surer: that a public is not favoured does not let presume weak results, which only its pupils can tell.
    """
    relies = link_tirages([(lue.estimation, lue.tirage) for lue in lues])
    if relies is None:
        return lues
    reliees = [_hold_with(lue, tirage) for lue, tirage in zip(lues, relies, strict=True)]
    moins = join(reliees).mean(axis=0) < join(lues).mean(axis=0)
    return [_hold_with(lue, lue.tirage.mix(relie, moins)) for lue, relie in zip(lues, relies, strict=True)]
