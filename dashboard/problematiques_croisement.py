"""The crossing of two conditions: a hundred draws, their 95 % ellipse, the thresholds of the rule. Pure.

Right and up are favourable; an axis where low is good is flipped and says so.
"""

import math
from dataclasses import dataclass

from dashboard import theme
from dashboard.formats import INSECABLE, capitaliser, echapper, format_ecart, html_ordinaux
from dashboard.traces import Echelle, is_retourne
from indicators.problematiques import Lecture, Mesure
from indicators.tableaux_de_bord.objets_problematiques import Croisement, Indice, Problematique

TEINTES = {"probleme": "#FBE7D3", "progres": "#DCEAF6"}
"""Fill of the quadrant of a rule."""
LARGEUR = 258
_GAUCHE, _DROITE, _HAUT, _BAS = 34, 254, 6, 182
_RAYON_95 = math.sqrt(5.991)
"""Radius of the 95 % ellipse of two normals, in standard deviations."""
_NOMS_MESURES = {
    Mesure.POSITION: "écart au reste",
    Mesure.SEMBLABLES: "écart aux semblables",
    Mesure.ATTENDU: "écart à l’attendu",
    Mesure.TENDANCE: "changement",
    Mesure.TENDANCE_RELATIVE: "changement, face au reste",
    Mesure.DISPERSION: "écarts entre établissements, face aux autres",
    Mesure.GROUPES: "écart filles-garçons, face au reste",
}


@dataclass(frozen=True)
class Axe:
    """One condition as an axis: its scale, where it holds (in data), and where its threshold lines are."""

    indice: Indice
    echelle: Echelle
    debut: float
    fin: float
    seuils: tuple[float, ...]


def make_axe(indice: Indice, moyenne: float, ecart_type: float, pixels: tuple[float, float]) -> Axe:
    """Scale around the draws, the reference and the threshold; flipped where low is good.

    Args:
        pixels: ends of the axis, least favourable first.
    """
    seuil = indice.condition.get_seuil(indice.indicateur)
    debut, fin = get_zone(indice)
    seuils = tuple(s for s in (debut, fin) if math.isfinite(s))
    demi = 3.3 * max(ecart_type, 1e-9)
    bas, haut = min(moyenne - demi, 0, *seuils), max(moyenne + demi, 0, *seuils)
    marge = 0.06 * (haut - bas) or seuil
    bouts = pixels[::-1] if is_retourne(indice.indicateur) else pixels
    return Axe(indice, Echelle(bas - marge, haut + marge, *bouts), debut, fin, seuils)


def get_zone(indice: Indice) -> tuple[float, float]:
    """Where a condition holds, in the stored unit of its difference."""
    seuil, signe = indice.condition.get_seuil(indice.indicateur), indice.condition.get_signe(indice.indicateur)
    if indice.condition.lecture is Lecture.COMPARABLE:
        return -seuil, seuil
    if indice.condition.lecture is Lecture.PAS_DEFAVORABLE:
        seuil = -seuil
    return (seuil, math.inf) if signe > 0 else (-math.inf, -seuil)


def draw_croisement(problematique: Problematique) -> str:
    """The crossing of a finding, with its caption; empty without two conditions that can be drawn."""
    croisement = problematique.croisement
    if croisement is None:
        return ""
    x = make_axe(croisement.x, croisement.moyennes[0], croisement.ecarts_types[0], (_GAUCHE, _DROITE))
    y = make_axe(croisement.y, croisement.moyennes[1], croisement.ecarts_types[1], (_BAS, _HAUT))
    nombre = f"{croisement.part_deux * 100:.0f}"
    libelle = f"Croisement{INSECABLE}: {nombre} tirages sur 100 réunissent les deux traits"
    fond = _rect(x, y, TEINTES[problematique.regle.genre])
    return (
        f"<figcaption><b>{nombre} tirages sur 100</b> réunissent les deux traits</figcaption>"
        f'<p class="yl">{_name_axe(y)}</p>'
        f'<svg width="{LARGEUR}" height="216" viewBox="0 0 {LARGEUR} 216" role="img" aria-label="{echapper(libelle)}">'
        f'<rect x="{_GAUCHE}" y="{_HAUT}" width="{_DROITE - _GAUCHE}" height="{_BAS - _HAUT}" fill="#fff" '
        f'stroke="{theme.TRAIT}"/>{fond}{_lines(x, y)}{_ellipse(croisement, x, y)}{_dots(croisement, x, y)}'
        f"{_parts(croisement, x, y)}{_labels(x, y)}"
        f'<text x="{(_GAUCHE + _DROITE) / 2:.0f}" y="212" text-anchor="middle" font-size="12" fill="{theme.ENCRE}">'
        f"{_name_axe(x, svg=True)}</text></svg>"
    )


def _name_axe(axe: Axe, svg: bool = False) -> str:
    indice = axe.indice
    unite = "pts" if indice.indicateur.echelle == 100 else indice.indicateur.unite
    retourne = ", axe retourné" if is_retourne(indice.indicateur) else ""
    texte = f"{capitaliser(indice.court)}{INSECABLE}: {_NOMS_MESURES[indice.condition.mesure]}, {unite}{retourne}"
    return echapper(texte) if svg else html_ordinaux(texte)


def _ends(axe: Axe) -> tuple[float, float]:
    """Pixels where the condition holds, smaller first, within the frame."""
    bas, haut = axe.echelle.d0, axe.echelle.d1
    bouts = [axe.echelle(min(max(borne, bas), haut)) for borne in (axe.debut, axe.fin)]
    return min(bouts), max(bouts)


def _rect(x: Axe, y: Axe, couleur: str) -> str:
    (x0, x1), (y0, y1) = _ends(x), _ends(y)
    return f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}" fill="{couleur}"/>'


def _lines(x: Axe, y: Axe) -> str:
    """Grey: the reference; black: the thresholds of the rule."""
    reference = f"M{x.echelle(0):.1f} {_HAUT}V{_BAS}M{_GAUCHE} {y.echelle(0):.1f}H{_DROITE}"
    seuils = "".join(f"M{x.echelle(s):.1f} {_HAUT}V{_BAS}" for s in x.seuils)
    seuils += "".join(f"M{_GAUCHE} {y.echelle(s):.1f}H{_DROITE}" for s in y.seuils)
    return (
        f'<path d="{reference}" stroke="{theme.TRAIT2}"/><path d="{seuils}" stroke="{theme.ENCRE}" stroke-width="1.2"/>'
    )


def _ellipse(croisement: Croisement, x: Axe, y: Axe) -> str:
    """95 % of the draws, taken as two correlated normals."""
    (mx, my), (sx, sy), rho = croisement.moyennes, croisement.ecarts_types, croisement.correlation
    points = []
    for pas in range(60):
        angle = 2 * math.pi * pas / 60
        u, v = _RAYON_95 * math.cos(angle), _RAYON_95 * math.sin(angle)
        points.append((x.echelle(mx + sx * u), y.echelle(my + sy * (rho * u + math.sqrt(max(1 - rho**2, 0)) * v))))
    chemin = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) + "Z"
    return f'<path d="{chemin}" fill="{theme.ENCRE}" fill-opacity=".05" stroke="{theme.ENCRE2}"/>'


def _dots(croisement: Croisement, x: Axe, y: Axe) -> str:
    def holds(axe: Axe, valeur: float) -> bool:
        return axe.debut <= valeur <= axe.fin

    return "".join(
        f'<circle cx="{x.echelle(a):.1f}" cy="{y.echelle(b):.1f}" r="1.7" fill-opacity=".8" '
        f'fill="{theme.ENCRE if holds(x, a) and holds(y, b) else theme.BORD}"/>'
        for a, b in croisement.points
    )


def share_pourcents(parts: tuple[float, ...]) -> list[int]:
    """Whole percentages that add up to 100 (largest remainders).

    >>> share_pourcents((0.905, 0.05, 0.045, 0.0))
    [91, 5, 4, 0]
    """
    entiers = [math.floor(100 * p + 1e-9) for p in parts]
    restes = sorted(range(len(parts)), key=lambda i: (entiers[i] - 100 * parts[i], i))
    for rang in restes[: 100 - sum(entiers)]:
        entiers[rang] += 1
    return entiers


def _parts(croisement: Croisement, x: Axe, y: Axe) -> str:
    """Share of each quadrant in its corner, the profile's larger; alone where «comparable» leaves no corner."""
    parts = (croisement.part_deux, croisement.part_x, croisement.part_y, croisement.part_aucune)
    nombres = share_pourcents(parts)
    if any(i.condition.lecture is Lecture.COMPARABLE for i in (croisement.x, croisement.y)):
        nombres = nombres[:1]
    a_droite = _ends(x)[1] >= _DROITE - 1
    en_haut = _ends(y)[0] <= _HAUT + 1
    textes = []
    for (dans_x, dans_y), nombre in zip(
        ((True, True), (True, False), (False, True), (False, False)), nombres, strict=False
    ):
        droite, haut = a_droite == dans_x, en_haut == dans_y
        grand = dans_x and dans_y
        taille, gras = (17, 600) if grand else (12.5, 400)
        textes.append(
            f'<text x="{_DROITE - 6 if droite else _GAUCHE + 6}" y="{(_HAUT + 18) if haut else (_BAS - 8)}" '
            f'text-anchor="{"end" if droite else "start"}" font-size="{taille}" font-weight="{gras}" '
            f'fill="{theme.ENCRE}" stroke="#fff" stroke-width="2.5" paint-order="stroke">{nombre}{INSECABLE}%</text>'
        )
    return "".join(textes)


def _labels(x: Axe, y: Axe) -> str:
    """The reference and the thresholds on each axis, in the unit shown."""
    textes = []
    for place, libelle in _list_reperes(x, 34):
        textes.append(f'<text x="{place:.1f}" y="197" text-anchor="middle">{libelle}</text>')
    for place, libelle in _list_reperes(y, 15):
        textes.append(f'<text x="{_GAUCHE - 4}" y="{place + 4:.1f}" text-anchor="end">{libelle}</text>')
    return f'<g font-size="12" fill="{theme.ENCRE2}">{"".join(textes)}</g>'


def _list_reperes(axe: Axe, ecart: float) -> list[tuple[float, str]]:
    """Thresholds, then the reference where there is room for it."""
    fiche = axe.indice.indicateur
    reperes = [(axe.echelle(s), format_ecart(fiche, s)) for s in axe.seuils]
    zero = axe.echelle(0)
    if all(abs(zero - place) >= ecart for place, _ in reperes):
        reperes.append((zero, "réf."))
    return reperes
