"""What would change the reading of a finding: how many pupils more or less, and to what probability."""

from typing import TYPE_CHECKING

import numpy as np

from indicators.problematiques.modele import Mesure

if TYPE_CHECKING:
    from indicators.problematiques.moteur import Lue

NOMBRES = (
    1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 800, 1000,
)  # fmt: skip
"""Numbers of pupils tried, round enough to be said."""
SEUIL = 0.60
"""The reading has changed when the profile is no longer probable."""
CHAMPS = ("levier_ordre", "levier_nombre", "levier_probabilite", "levier_un")
_SANS_LEVIER = (Mesure.DISPERSION,)


def find_levier(lues: "list[Lue]", place: int) -> tuple[float, ...]:
    """The smallest round number of pupils that takes a finding under `SEUIL`, on its least sure rate.

    The pupils leave or join the numerator of the last rentrée, in the direction that weakens the finding; only the
    part of the change that the level does not draw back is counted.

    Args:
        lues: conditions of the rule.
        place: position of the territory.

    Returns:
        `CHAMPS`: condition, pupils (nan where even a quarter of them would not do), probability with that many, move
        of the probability for one pupil (0-1). All nan where no condition counts pupils.
    """
    possibles = [lue for lue in lues if _has_levier(lue)]
    if not possibles:
        return (np.nan,) * len(CHAMPS)
    choisie = min(possibles, key=lambda lue: lue.tient[:, place].mean())
    autres = np.logical_and.reduce([lue.tient[:, place] for lue in lues if lue is not choisie])
    signe = choisie.condition.get_signe(choisie.fiche)
    pas = -signe * abs(choisie.estimation.levier[place]) * choisie.tirage.propre[place]
    ecarts, seuil = choisie.tirage.ecarts[:, place], choisie.condition.get_seuil(choisie.fiche)

    def compute(nombre: float) -> float:
        return float((autres & (signe * (ecarts + nombre * pas) >= seuil)).mean())

    un = max(abs(compute(1) - compute(0)), abs(compute(-1) - compute(0)))
    maximum = choisie.estimation.effectif[place] / 4
    for nombre in NOMBRES:
        if nombre <= maximum and (probabilite := compute(nombre)) < SEUIL:
            return lues.index(choisie), nombre, probabilite, un
    return lues.index(choisie), np.nan, np.nan, un


def _has_levier(lue: "Lue") -> bool:
    """Whether a condition says a gap of a rate, whose pupils have a name."""
    return (
        lue.condition.lecture.est_un_ecart and lue.condition.mesure not in _SANS_LEVIER and lue.fiche.compte is not None
    )
