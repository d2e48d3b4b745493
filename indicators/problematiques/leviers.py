"""What would change the reading of a finding: how many pupils, or how much of a gap, and to what probability."""

from typing import TYPE_CHECKING

import numpy as np

from indicators.problematiques.modele import Mesure

if TYPE_CHECKING:
    from indicators.problematiques.moteur import Lue

NOMBRES = (
    1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 800, 1000,
)  # fmt: skip
"""Numbers of pupils tried, round enough to be said."""
ECARTS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15)
"""Reductions of a gap tried, in the unit shown."""
SEUIL = 0.595
"""The reading has changed when the profile is said under 60 %: no longer a finding."""
CHAMPS = ("levier_ordre", "levier_nombre", "levier_probabilite", "levier_un")
_SANS_COMPTE = (Mesure.DISPERSION, Mesure.GROUPES)
"""Measures that no number of pupils of the territory moves by itself."""


def find_levier(lues: "list[Lue]", place: int) -> tuple[float, ...]:
    """The smallest round change that takes a finding under `SEUIL`, on the least sure of its gaps.

    On a rate, pupils leave or join the numerator of the last rentrée, in the direction that weakens the finding; only
    the part of the change that the level does not draw back is counted. Where nothing is counted (a mean, a spread,
    a gap between groups), the gap itself is reduced.

    Args:
        lues: conditions of the rule.
        place: position of the territory.

    Returns:
        `CHAMPS`: condition, number of pupils (or reduction of the gap, in the unit shown, where the last field is
        nan), probability after it, move of the probability for one pupil (0-1). The number is nan where even a
        quarter of the pupils, or the largest reduction, would not do.
    """
    ecarts = [lue for lue in lues if lue.condition.lecture.est_un_ecart]
    comptees = [lue for lue in ecarts if _has_compte(lue)]
    choisie = min(comptees or ecarts, key=lambda lue: lue.tient[:, place].mean())
    autres = np.logical_and.reduce([lue.tient[:, place] for lue in lues if lue is not choisie])
    signe, seuil = choisie.condition.get_signe(choisie.fiche), choisie.condition.get_seuil(choisie.fiche)
    tires = choisie.tirage.ecarts[:, place]

    def compute(changement: float) -> float:
        return float((autres & (signe * tires - changement >= seuil)).mean())

    if not comptees:
        nombres, pas, un = ECARTS, 1 / choisie.fiche.echelle, np.nan
    else:
        pas = abs(choisie.estimation.levier[place]) * choisie.tirage.propre[place]
        nombres = [nombre for nombre in NOMBRES if nombre <= choisie.estimation.effectif[place] / 4]
        un = max(abs(compute(pas) - compute(0)), abs(compute(-pas) - compute(0)))
    for nombre in nombres:
        if (probabilite := compute(nombre * pas)) < SEUIL:
            return lues.index(choisie), nombre, probabilite, un
    return lues.index(choisie), np.nan, np.nan, un


def _has_compte(lue: "Lue") -> bool:
    """Whether a condition is about a rate whose pupils have a name."""
    return lue.condition.mesure not in _SANS_COMPTE and lue.fiche.compte is not None
