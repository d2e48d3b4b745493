"""Small SVG drawings made of text: marks, spines, sparklines, forest plots, strips. Pure, no Streamlit.

The same functions serve the pages and the documents. Figures come in the unit of the base. On every axis the
favourable side is at the right: an indicator where low is good is drawn flipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import theme
from dashboard.formats import FINE, INSECABLE, echapper, format_rentree, format_valeur
from indicators.catalogue import Indicateur, Sens
from indicators.tableaux_de_bord.objets import Comparaison, Ligne, Point, Position, Valeur

NB_RENTREES = 6
"""Rentrées drawn by a sparkline."""


@dataclass(frozen=True)
class Echelle:
    """Linear scale from data (`d0`, `d1`) to pixels (`p0`, `p1`); clipped to its ends."""

    d0: float
    d1: float
    p0: float
    p1: float

    def __call__(self, valeur: float) -> float:
        """Pixel of a value."""
        if self.d1 == self.d0:
            return (self.p0 + self.p1) / 2
        part = (valeur - self.d0) / (self.d1 - self.d0)
        return self.p0 + min(1.0, max(0.0, part)) * (self.p1 - self.p0)


def is_retourne(indicateur: Indicateur) -> bool:
    """Whether the axis is flipped so that right stays better."""
    return indicateur.sens is Sens.BAISSE_FAVORABLE


def mark(etat: str, x: float, y: float, taille: float = 1.0) -> str:
    """Mark of a state centred on (x, y), about 10 px wide at `taille` 1, with a thin white outline."""
    style = theme.ETATS[etat]
    fond, bord = f'fill="{style.couleur}"', 'stroke="#fff" stroke-width="1.2"'
    t = 5.6 * taille
    if style.marque == "haut":
        return f'<path d="M{x:.1f} {y - t * 0.93:.1f}l{t:.1f} {t * 1.71:.1f}h{-2 * t:.1f}Z" {fond} {bord}/>'
    if style.marque == "bas":
        return f'<path d="M{x:.1f} {y + t * 0.93:.1f}l{t:.1f} {-t * 1.71:.1f}h{-2 * t:.1f}Z" {fond} {bord}/>'
    if style.marque == "losange":
        t = 5.2 * taille
        return f'<path d="M{x:.1f} {y - t:.1f}l{t:.1f} {t:.1f}l{-t:.1f} {t:.1f}l{-t:.1f} {-t:.1f}Z" {fond} {bord}/>'
    if style.marque == "disque":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4.6 * taille:.1f}" {fond} {bord}/>'
    if style.marque == "creux":
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4.1 * taille:.1f}" fill="#fff" '
            f'stroke="{style.couleur}" stroke-width="1.7"/>'
        )
    return ""


def spine(ligne: Ligne, pluriel: str) -> str:
    """Where the value lies among the territories of its level: range, quartile box, reference, interval, mark.

    The reference (or the median, when nothing is compared) is at the centre; half the width is the larger distance
    to the minimum or the maximum. Empty without a position.

    Args:
        pluriel: the territories counted, «réseaux».
    """
    position, valeur = ligne.position, ligne.valeur
    if position is None or valeur.valeur is None or position.nb < 2:
        return ""
    etat = ligne.etat if ligne.comparaison else "superieur"  # nothing compared: a mark without judgement
    centre = _get_reference(ligne.comparaison, position)
    demi = max(position.maximum - centre, centre - position.minimum, abs(valeur.valeur - centre)) or 1.0
    bord = demi * 114 / 105  # the range takes 105 px a side; an interval may run on to 114
    x = Echelle(centre - bord, centre + bord, 2, 230)
    if is_retourne(ligne.indicateur):
        x = Echelle(centre - bord, centre + bord, 230, 2)
    bornes, boite = sorted((x(position.minimum), x(position.maximum))), sorted((x(position.q1), x(position.q3)))
    ends = f"M{bornes[0]:.1f} 9.5v7M{bornes[1]:.1f} 9.5v7"
    return (
        f'<svg class="spine" viewBox="0 0 232 26" role="img" aria-label="{echapper(_describe(ligne, pluriel))}">'
        f'<rect x="{bornes[0]:.1f}" y="10.5" width="{bornes[1] - bornes[0]:.1f}" height="5" fill="{theme.ETENDUE}"/>'
        f'<path d="{ends}" stroke="{theme.BORD}"/>'
        f'<rect x="{boite[0]:.1f}" y="7" width="{max(boite[1] - boite[0], 1):.1f}" height="12" fill="{theme.BOITE}" '
        f'stroke="{theme.BORD}" stroke-width=".75"/><path d="M116 0V26" stroke="{theme.ENCRE}"/>'
        f"{whisker(etat, valeur, x, 13)}{mark(etat, x(valeur.valeur), 13)}</svg>"
    )


def _get_reference(comparaison: Comparaison | None, position: Position) -> float:
    if comparaison is None or comparaison.valeur_reference is None:
        return position.mediane
    return comparaison.valeur_reference


def _describe(ligne: Ligne, pluriel: str) -> str:
    position, indicateur = ligne.position, ligne.indicateur
    minimum, q1, q3, maximum = (
        format_valeur(indicateur, v) for v in (position.minimum, position.q1, position.q3, position.maximum)
    )
    return (
        f"Position parmi {position.nb} {pluriel}{INSECABLE}: minimum {minimum}, "
        f"quartiles {q1} et {q3}, maximum {maximum}"
    )


def whisker(etat: str, valeur: Valeur, x: Echelle, y: float, epaisseur: float = 2) -> str:
    """95 % interval of a value as a line in the colour of its state; nothing without interval or test."""
    if valeur.borne_inf is None or valeur.borne_sup is None or etat == "sans_test":
        return ""
    trait = f"M{x(valeur.borne_inf):.1f} {y:.1f}H{x(valeur.borne_sup):.1f}"
    return f'<path d="{trait}" stroke="{theme.ETATS[etat].couleur}" stroke-width="{epaisseur}"/>'


def sparkline(ligne: Ligne) -> str:
    """Six rentrées up to that of the row: territory in ink, reference in grey, gaps where missing, cut at breaks."""
    connus = [p for p in ligne.serie if p.valeur.valeur is not None]
    if not connus:
        return ""
    fin = max(p.valeur.rentree for p in connus)
    points = [p for p in ligne.serie if p.valeur.rentree > fin - NB_RENTREES]
    valeurs = [v for p in points for v in (p.valeur.valeur, p.reference) if v is not None]
    x, y = Echelle(fin - NB_RENTREES + 1, fin, 4, 86), Echelle(min(valeurs), max(valeurs), 22, 4)
    ruptures = [r.rentree for r in ligne.indicateur.ruptures if fin - NB_RENTREES + 1 < r.rentree <= fin]
    reference = [(p.valeur.rentree, p.reference) for p in points if p.reference is not None]
    serie = [(p.valeur.rentree, p.valeur.valeur) for p in points if p.valeur.valeur is not None]
    coupures = "".join(
        f'<path d="M{x(r - 0.5):.1f} 1V25" stroke="{theme.ENCRE3}" stroke-dasharray="1.5 2.5"/>' for r in ruptures
    )
    return (
        f'<svg class="spark" width="92" height="26" viewBox="0 0 92 26" role="img" '
        f'aria-label="{echapper(_describe_serie(ligne.indicateur, points))}">{coupures}'
        f"{polyline(reference, x, y, ruptures, theme.TRAIT2, 1.4)}{polyline(serie, x, y, ruptures, theme.ENCRE, 1.6)}"
        f'<circle cx="{x(fin):.1f}" cy="{y(serie[-1][1]):.1f}" r="2.7" fill="{theme.ENCRE}"/></svg>'
    )


def polyline(
    points: Sequence[tuple[int, float]], x: Echelle, y: Echelle, ruptures: Sequence[int], couleur: str, epaisseur: float
) -> str:
    """A yearly series as lines: cut where a year is missing and at each break; a lone year is a dot."""
    segments: list[list[tuple[int, float]]] = []
    for rentree, valeur in points:
        suit = segments and rentree == segments[-1][-1][0] + 1 and rentree not in ruptures
        if suit:
            segments[-1].append((rentree, valeur))
        else:
            segments.append([(rentree, valeur)])
    traits = [s for s in segments if len(s) > 1]
    seuls = [s[0] for s in segments if len(s) == 1]
    chemin = "".join("M" + "L".join(f"{x(r):.1f} {y(v):.1f}" for r, v in s) for s in traits)
    cercles = "".join(f'<circle cx="{x(r):.1f}" cy="{y(v):.1f}" r="1.5" fill="{couleur}"/>' for r, v in seuls)
    if not chemin:
        return cercles
    trait = f'stroke="{couleur}" stroke-width="{epaisseur}" stroke-linejoin="round"'
    return f'<path d="{chemin}" fill="none" {trait}/>{cercles}'


def _describe_serie(indicateur: Indicateur, points: Sequence[Point]) -> str:
    dits = [
        f"{format_rentree(p.valeur.rentree)}{INSECABLE}: {format_valeur(indicateur, p.valeur.valeur)}"
        for p in points
        if p.valeur.valeur is not None
    ]
    return f"Évolution{INSECABLE}: " + f"{FINE}; ".join(dits)


def forest(ligne: Ligne) -> str:
    """The difference and its interval in écarts utiles (±3.2): the grey band is what counts for nothing."""
    comparaison = ligne.comparaison
    if comparaison is None or comparaison.ecart is None:
        return ""
    utile = ligne.indicateur.ecart_utile / ligne.indicateur.echelle
    x = Echelle(-3.2, 3.2, 4, 136)
    sens = -1 if is_retourne(ligne.indicateur) else 1
    couleur = theme.ETATS[ligne.etat].couleur
    intervalle = ""
    if comparaison.ecart_inf is not None and comparaison.ecart_sup is not None:
        bornes = sorted(x(sens * borne / utile) for borne in (comparaison.ecart_inf, comparaison.ecart_sup))
        intervalle = f'<path d="M{bornes[0]:.1f} 12H{bornes[1]:.1f}" stroke="{couleur}" stroke-width="2.4"/>'
    return (
        '<svg class="mini" width="140" height="24" viewBox="0 0 140 24" aria-hidden="true">'
        f'<rect x="{x(-1):.1f}" y="3" width="{x(1) - x(-1):.1f}" height="18" fill="{theme.NEUTRE}"/>'
        f'<path d="M70 0V24" stroke="{theme.ENCRE}"/>{intervalle}'
        f"{mark(ligne.etat, x(sens * comparaison.ecart / utile), 12, 1.1)}</svg>"
    )


def strip(valeurs: Sequence[float], valeur: float, reference: float | None, legende: str, libelle: str) -> str:
    """One tick per territory of a level, the reference as a taller line with its caption, the value as a diamond.

    Args:
        legende: written under the reference («reste acad. 104,0»).
        libelle: description for screen readers.
    """
    x = Echelle(min(valeurs), max(valeurs), 4, 232)
    trait = 'stroke-width="1.8"' if len(valeurs) < 100 else 'stroke-width=".8" stroke-opacity=".45"'
    ticks = "".join(f"M{x(v):.1f} 7v10" for v in valeurs)
    repere = ""
    if reference is not None:
        ancre = min(max(x(reference), 46), 190)
        repere = (
            f'<path d="M{x(reference):.1f} 2v20" stroke="{theme.ENCRE}"/>'
            f'<text x="{ancre:.1f}" y="32" text-anchor="middle" font-size="12.5" fill="{theme.ENCRE2}">'
            f"{echapper(legende)}</text>"
        )
    return (
        f'<svg width="236" height="36" viewBox="0 0 236 36" role="img" aria-label="{echapper(libelle)}">'
        f'<path d="M4 12H232" stroke="{theme.TRAIT}"/><path d="{ticks}" stroke="{theme.TRAIT2}" {trait}/>'
        f"{repere}{mark('superieur', x(valeur), 12, 1.15)}</svg>"
    )


def key_mark(etat: str) -> str:
    """The mark of a state alone, for keys."""
    return f'<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{mark(etat, 8, 8)}</svg>'


def key_spine() -> str:
    """A specimen of spine, for keys."""
    return (
        '<svg width="150" height="26" viewBox="0 0 150 26" aria-hidden="true">'
        f'<rect x="8" y="10.5" width="134" height="5" fill="{theme.ETENDUE}"/>'
        f'<path d="M8 9.5v7M142 9.5v7" stroke="{theme.BORD}"/><rect x="48" y="7" width="48" height="12" '
        f'fill="{theme.BOITE}" stroke="{theme.BORD}" stroke-width=".75"/><path d="M75 0V26" stroke="{theme.ENCRE}"/>'
        f'<path d="M92 13h26" stroke="{theme.FAVORABLE}" stroke-width="2"/>{mark("favorable", 105, 13)}</svg>'
    )
