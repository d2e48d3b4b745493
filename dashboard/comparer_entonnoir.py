"""The funnel plot and the bar of a rank's interval, as SVG. Pure, no Streamlit.

Position says how far from the common rate a territory lies for its number of pupils; sign and colour are its one
published state, the same as everywhere.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from dashboard import theme, traces
from dashboard.classes import pas_rond, round_down, round_up
from dashboard.etiquettes import spread
from dashboard.formats import INSECABLE, echapper, format_nombre, format_valeur
from indicators.catalogue import Indicateur
from indicators.tableaux_de_bord.objets import Rang
from indicators.tableaux_de_bord.vue_comparer_indicateur import Courbe, Entonnoir, PointEntonnoir

SOMBRE, CLAIRE = "#E1DED5", "#F1EFE9"
_GAUCHE, _DROITE, _HAUT, _BAS = 44, 10, 12, 40
_ETABLIS = ("favorable", "defavorable", "superieur", "inferieur")


@dataclass(frozen=True)
class Cadre:
    """Scales of a funnel: log of the number of pupils across, rate up (favourable side up)."""

    largeur: int
    hauteur: int
    x: Callable[[float], float]
    y: traces.Echelle
    graduations: tuple[float, ...]
    """Rates, in points."""


def draw_entonnoir(
    indicateur: Indicateur,
    entonnoir: Entonnoir,
    *,
    selection: str = "",
    largeur: int = 352,
    hauteur: int = 330,
    vers: Callable[[str], str],
) -> str:
    """The funnel: dark band 95 %, light band 99.8 %, dashed limits where territories spread beyond chance.

    Args:
        selection: code of the territory ringed and named.
        vers: from a code to the address that a click opens.
    """
    cadre = _make_cadre(indicateur, entonnoir, largeur, hauteur)
    bandes = "".join(
        _band(cadre, entonnoir, courbe, fond)
        for courbe, fond in zip(entonnoir.hasard[::-1], (CLAIRE, SOMBRE), strict=True)
    )
    elargies = "".join(_dash(cadre, entonnoir, courbe) for courbe in entonnoir.elargies[-1:])
    ordre = sorted(entonnoir.points, key=lambda p: (p.cellule.territoire.code == selection, p.zone))
    points = "".join(_point(cadre, indicateur, p, selection, vers) for p in ordre)
    libelle = f"Graphique en entonnoir{INSECABLE}: {indicateur.titre} selon le nombre de {indicateur.unite_effectif}"
    return (
        f'<svg class="ent" width="{largeur}" height="{hauteur}" viewBox="0 0 {largeur} {hauteur}" role="group" '
        f'aria-label="{echapper(libelle)}">{bandes}{elargies}{_axes(cadre, indicateur, entonnoir)}{points}'
        f"{_names(cadre, entonnoir, selection)}</svg>"
    )


def _make_cadre(indicateur: Indicateur, entonnoir: Entonnoir, largeur: int, hauteur: int) -> Cadre:
    """Axis around the points and most of the limits: the wide mouth of the smallest territories is cut."""
    taux = [100 * p.cellule.valeur.valeur for p in entonnoir.points]
    milieu = len(entonnoir.effectifs) // 4
    bornes = [100 * b for courbe in entonnoir.hasard[1:] for b in (courbe.bas[milieu], courbe.haut[milieu])]
    bornes += [100 * b for courbe in entonnoir.elargies[1:] for b in (courbe.bas[-1], courbe.haut[-1])]
    bas, haut = min(*taux, *bornes), max(*taux, *bornes)
    pas = pas_rond((haut - bas) / 5)
    bas, haut = max(0.0, round_down(bas - 0.02 * (haut - bas), pas / 2)), min(100.0, round_up(haut, pas / 2))
    plan = (hauteur - _BAS, _HAUT)
    y = traces.Echelle(bas, haut, *(plan[::-1] if traces.is_retourne(indicateur) else plan))
    log = traces.Echelle(
        math.log(entonnoir.effectifs[0]), math.log(entonnoir.effectifs[-1]), _GAUCHE, largeur - _DROITE
    )
    premier = round_up(bas, pas)
    graduations = tuple(round(premier + i * pas, 6) for i in range(12) if premier + i * pas <= haut + 1e-9)
    return Cadre(largeur, hauteur, lambda n: log(math.log(n)), y, graduations)


def _band(cadre: Cadre, entonnoir: Entonnoir, courbe: Courbe, fond: str) -> str:
    aller = [f"{cadre.x(n):.1f} {cadre.y(100 * b):.1f}" for n, b in zip(entonnoir.effectifs, courbe.haut, strict=True)]
    retour = [f"{cadre.x(n):.1f} {cadre.y(100 * b):.1f}" for n, b in zip(entonnoir.effectifs, courbe.bas, strict=True)]
    return f'<path d="M{"L".join(aller + retour[::-1])}Z" fill="{fond}"/>'


def _dash(cadre: Cadre, entonnoir: Entonnoir, courbe: Courbe) -> str:
    """Wider limits as two dashed lines, only where they are on the plot."""
    chemins = []
    for bornes in (courbe.haut, courbe.bas):
        places = [
            f"{cadre.x(n):.1f} {cadre.y(100 * b):.1f}"
            for n, b in zip(entonnoir.effectifs, bornes, strict=True)
            if min(cadre.y.d0, cadre.y.d1) < 100 * b < max(cadre.y.d0, cadre.y.d1)
        ]
        if len(places) > 1:
            chemins.append("M" + "L".join(places))
    if not chemins:
        return ""
    return f'<path d="{"".join(chemins)}" fill="none" stroke="{theme.BORD}" stroke-dasharray="5 4"/>'


def _axes(cadre: Cadre, indicateur: Indicateur, entonnoir: Entonnoir) -> str:
    droite, bas = cadre.largeur - _DROITE, cadre.hauteur - _BAS
    precision = 0 if all(float(g).is_integer() for g in cadre.graduations) else 1
    textes = [
        write_texte(_GAUCHE - 7, cadre.y(g) + 4, format_nombre(g, precision), "end") for g in cadre.graduations
    ] + [write_texte(0, 12, "%")]
    for n in _list_effectifs(entonnoir):
        textes.append(f'<path d="M{cadre.x(n):.1f} {bas}v4" stroke="{theme.ENCRE2}"/>')
        textes.append(write_texte(cadre.x(n), bas + 17, format_nombre(n), "middle"))
    centre = cadre.y(100 * entonnoir.p0)
    retourne = ", axe vertical retourné" if traces.is_retourne(indicateur) else ""
    legende = f"{indicateur.unite_effectif} (échelle logarithmique){retourne}"
    repere = f"ensemble {format_nombre(100 * entonnoir.p0, max(1, indicateur.decimales))}"
    return (
        "".join(textes)
        + f'<path d="M{_GAUCHE} {bas}H{droite}M{_GAUCHE} {centre:.1f}H{droite}" stroke="{theme.ENCRE}"/>'
        + write_texte(droite, cadre.hauteur - 6, legende, "end")
        + write_texte(_GAUCHE + 4, centre + 15, repere, fond=True)
    )


def _list_effectifs(entonnoir: Entonnoir) -> list[int]:
    """Round numbers of pupils inside the axis: 1, 2 and 5 times each power of ten; powers alone on a long axis, every
    multiple on a short one.
    """
    debut, fin = entonnoir.effectifs[0], entonnoir.effectifs[-1]
    tous = [k * 10**e for e in range(8) for k in range(1, 10) if debut <= k * 10**e <= fin]
    ronds = [n for n in tous if str(n)[0] in "125"]
    if len(ronds) < 3:
        return tous
    return ronds if len(ronds) <= 7 else [n for n in ronds if str(n)[0] == "1"]


def _point(
    cadre: Cadre, indicateur: Indicateur, point: PointEntonnoir, selection: str, vers: Callable[[str], str]
) -> str:
    cellule = point.cellule
    x, y = cadre.x(cellule.valeur.denominateur), cadre.y(100 * cellule.valeur.valeur)
    if cellule.etat in _ETABLIS:
        marque = traces.mark(cellule.etat, x, y, 1.1)
    elif point.zone:
        marque = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="#fff" stroke="{theme.ENCRE}" stroke-width="1.5"/>'
    else:
        marque = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.3" fill="#7A7F8C" stroke="#fff" stroke-width=".8"/>'
    if cellule.territoire.code == selection:
        marque += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7.5" fill="none" stroke="{theme.ENCRE}" stroke-width="1.6"/>'
    n = format_nombre(cellule.valeur.denominateur)
    titre = (
        f"{cellule.territoire.nom}{INSECABLE}: {format_valeur(indicateur, cellule.valeur.valeur)}, "
        f"{n} {indicateur.unite_effectif}, {theme.ETATS[cellule.etat].mot}"
    )
    return (
        f'<a href="{echapper(vers(cellule.territoire.code))}" data-code="{echapper(cellule.territoire.code)}" '
        f'aria-label="{echapper(titre)}"><title>{echapper(titre)}</title>{marque}</a>'
    )


def _names(cadre: Cadre, entonnoir: Entonnoir, selection: str) -> str:
    """Names of the territories beyond the outer limits and of the chosen one, pushed apart on each side."""
    nommes = [p for p in entonnoir.points if p.zone == 2 or p.cellule.territoire.code == selection]
    textes = []
    for a_droite in (True, False):
        cote = [p for p in nommes if (cadre.x(p.cellule.valeur.denominateur) < 0.55 * cadre.largeur) == a_droite]
        places = spread([cadre.y(100 * p.cellule.valeur.valeur) + 4.0 for p in cote], ecart=14)
        for p, place in zip(cote, places, strict=True):
            x = cadre.x(p.cellule.valeur.denominateur) + (11 if a_droite else -11)
            couleur = theme.ETATS[p.cellule.etat].couleur if p.cellule.etat in _ETABLIS else theme.ENCRE
            textes.append(
                f'<text x="{x:.1f}" y="{place:.1f}" text-anchor="{"start" if a_droite else "end"}" font-size="12.5" '
                f'font-weight="600" fill="{couleur}" stroke="#fff" stroke-width="3" paint-order="stroke" '
                f'pointer-events="none">{echapper(p.cellule.territoire.nom)}</text>'
            )
    return "".join(textes)


def write_texte(x: float, y: float, texte: str, ancre: str = "start", fond: bool = False) -> str:
    """A small label of a drawing; `fond` clears what is behind it."""
    contour = ' stroke="#fff" stroke-width="3" stroke-opacity=".7" paint-order="stroke"' if fond else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{ancre}" font-size="12.5" fill="{theme.ENCRE2}"{contour}>'
        f"{echapper(texte)}</text>"
    )


def draw_rang(rang: Rang, largeur: int = 352) -> str:
    """The interval of a rank on the line of all ranks, favourable at the right; never a rank alone."""
    x = traces.Echelle(1, rang.nb, largeur - 6, 6)
    tirets = "".join(f"M{x(i):.1f} 12v8" for i in range(1, rang.nb + 1)) if rang.nb <= 120 else ""
    gauche, droite = x(rang.rang_sup), x(rang.rang_inf)
    bouts = [(1, "end" if rang.rang_inf > 3 else ""), (rang.nb, "start" if rang.rang_sup < rang.nb - 2 else "")]
    textes = "".join(write_texte(x(i), 40, _ordinal(i), ancre) for i, ancre in bouts if ancre)
    if rang.rang_inf != rang.rang_sup:
        textes += write_texte(gauche, 40, _ordinal(rang.rang_sup), "middle" if gauche > 20 else "start")
    textes += write_texte(droite, 40, _ordinal(rang.rang_inf), "middle" if droite < largeur - 20 else "end")
    return (
        f'<svg width="{largeur}" height="46" viewBox="0 0 {largeur} 46" role="img" '
        f'aria-label="Rang de {rang.rang_inf} à {rang.rang_sup} sur {rang.nb}">'
        f'<path d="M6 16H{largeur - 6}{tirets}" stroke="{theme.TRAIT2}"/>'
        f'<rect x="{gauche:.1f}" y="11" width="{max(droite - gauche, 3):.1f}" height="10" fill="{theme.ENCRE2}" '
        f'opacity=".45"/>{textes}</svg>'
    )


def _ordinal(n: int) -> str:
    return "1ᵉʳ" if n == 1 else f"{n}ᵉ"
