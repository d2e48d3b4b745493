"""Colour of a value on a map: five classes around the reference, a continuous ramp, or the state. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import theme
from indicators.catalogue import Indicateur, Nature, Sens

SANS_JUGEMENT = ("#F1F0EC", "#D9DBE1", "#B7BBC7", "#8A90A3", "#5B6379")
"""Ramp of an indicator with no good direction: never blue or orange."""
PAS_RONDS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Classes:
    """Five classes, in the unit shown. `bornes`: the four inner bounds, ascending; `couleurs`: low to high."""

    bornes: tuple[float, float, float, float]
    couleurs: tuple[str, ...]

    def rang(self, valeur: float) -> int:
        """Index of the class of a shown value, 0 for the lowest; a bound belongs to the class above it."""
        return sum(valeur >= borne for borne in self.bornes)

    def couleur(self, valeur: float) -> str:
        """Fill of a shown value."""
        return self.couleurs[self.rang(valeur)]


def palette(indicateur: Indicateur) -> tuple[str, ...]:
    """Five fills from low to high values: orange to blue towards what is favourable, greys without direction."""
    if indicateur.sens is Sens.NEUTRE or indicateur.nature is Nature.EFFECTIF:
        return SANS_JUGEMENT
    couleurs = theme.CLASSES_CARTE
    return couleurs if indicateur.sens is Sens.HAUSSE_FAVORABLE else couleurs[::-1]


def make_classes(valeurs: Sequence[float], reference: float | None, indicateur: Indicateur) -> Classes:
    """Round bounds such that the middle class straddles the reference (the median where there is none).

    Args:
        valeurs: shown values of the level (scaled), in any order.
        reference: shown value of the académie.

    Half of the territories nearest to the reference make the middle class, the eighth farthest the outer ones, before
    rounding: rounding moves bounds away from the reference, so that close values never look opposed.
    """
    centre = (
        reference if reference is not None and indicateur.nature is not Nature.EFFECTIF else _quantile(valeurs, 0.5)
    )
    distances = sorted(abs(v - centre) for v in valeurs)
    proche, loin = _quantile(distances, 0.45), _quantile(distances, 0.85)
    pas = pas_rond((loin or 1) / 5)
    bas, haut = round_down(centre - proche, pas), round_up(centre + proche, pas)
    if haut <= bas:
        haut = bas + pas
    tres_bas = min(round((centre - loin) / pas) * pas, bas - pas)
    tres_haut = max(round((centre + loin) / pas) * pas, haut + pas)
    return Classes(tuple(round(b, 6) for b in (tres_bas, bas, haut, tres_haut)), palette(indicateur))


def melange(valeur: float, centre: float, demi_etendue: float, couleurs: Sequence[str]) -> str:
    """Fill of a value on the continuous ramp: the middle colour at `centre`, the ends at ± `demi_etendue`."""
    place = 2 + 2 * max(-1.0, min(1.0, (valeur - centre) / (demi_etendue or 1)))
    bas = min(3, int(place))
    part = place - bas
    de, vers = (_composantes(couleurs[i]) for i in (bas, bas + 1))
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in zip(de, vers, strict=True))


def decimales_bornes(bornes: Sequence[float]) -> int:
    """Fewest decimals that write every bound exactly (three at most)."""
    return next((d for d in range(3) if all(abs(round(b, d) - b) < 1e-9 for b in bornes)), 3)


def round_down(valeur: float, environ: float) -> float:
    """The largest multiple, not above `valeur`, of a round step near `environ`."""
    pas = pas_rond(environ)
    return math.floor(valeur / pas + 1e-9) * pas


def round_up(valeur: float, environ: float) -> float:
    """The smallest multiple, not below `valeur`, of a round step near `environ`."""
    pas = pas_rond(environ)
    return math.ceil(valeur / pas - 1e-9) * pas


def pas_rond(pas: float, permis: Sequence[float] = PAS_RONDS) -> float:
    """The step, one of `permis` times a power of ten, nearest to `pas` (> 0)."""
    ordre = 10 ** math.floor(math.log10(pas))
    return min((p * ordre for p in permis), key=lambda p: abs(p - pas))


def _quantile(valeurs: Sequence[float], part: float) -> float:
    triees = sorted(valeurs)
    if not triees:
        return 0.0
    place = part * (len(triees) - 1)
    bas = int(place)
    haut = min(bas + 1, len(triees) - 1)
    return triees[bas] + (triees[haut] - triees[bas]) * (place - bas)


def _composantes(couleur: str) -> tuple[int, int, int]:
    return tuple(int(couleur[i : i + 2], 16) for i in (1, 3, 5))
