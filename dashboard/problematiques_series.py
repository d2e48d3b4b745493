"""Series and estimates of a problématique: the two lines of a progress, the small drawings of its evidence. Pure."""

import math

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    capitaliser,
    echapper,
    format_ecart,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.problematiques_croisement import LARGEUR, TEINTES, get_zone
from dashboard.traces import Echelle, is_retourne, polyline
from indicators.catalogue import Indicateur
from indicators.problematiques import Mesure
from indicators.tableaux_de_bord.objets import Point
from indicators.tableaux_de_bord.objets_problematiques import Indice, Problematique


def draw_progres(problematique: Problematique) -> str:
    """The territory's line with its 95 % band, and the rest's; slopes written at the ends."""
    indice = next(i for i in problematique.indices if i.condition.mesure is Mesure.TENDANCE_RELATIVE)
    if indice.ligne is None:
        return ""
    points = [p for p in indice.ligne.serie if p.valeur.valeur is not None and p.valeur.rentree >= indice.rentree_debut]
    if len(points) < 2:
        return ""
    fiche = indice.indicateur
    bornes = [b for p in points for b in (p.valeur.borne_inf, p.valeur.borne_sup, p.reference) if b is not None]
    debut, fin = points[0].valeur.rentree, points[-1].valeur.rentree
    x, y = Echelle(debut, fin, 8, 176), Echelle(min(bornes), max(bornes), 140, 14)
    legende = f"{capitaliser(indice.court)}, en %{FINE}; bande à 95{INSECABLE}%"
    libelle = (
        f"{_describe(points, fiche)}{FINE}; reste de l’académie{INSECABLE}: {_describe(points, fiche, reste=True)}"
    )
    return (
        f"<figcaption>{html_ordinaux(legende)}</figcaption>"
        f'<svg width="{LARGEUR}" height="176" viewBox="0 0 {LARGEUR} 176" role="img" aria-label="{echapper(libelle)}">'
        f'<path d="{_band(points, x, y)}" fill="{TEINTES["progres"]}"/><path d="M4 156H184" stroke="{theme.BORD}"/>'
        f"{_curve(points, x, y, theme.ENCRE3, 1.8, reste=True)}{_curve(points, x, y, theme.FAVORABLE, 2.4)}"
        f"{_ends_of_lines(indice, points, x, y)}"
        f'<g font-size="12" fill="{theme.ENCRE2}"><text x="4" y="171">{format_rentree(debut)}</text>'
        f'<text x="184" y="171" text-anchor="end">{format_rentree(fin)}</text></g></svg>'
    )


def _describe(points: list[Point], fiche: Indicateur, reste: bool = False) -> str:
    bouts = [p.reference if reste else p.valeur.valeur for p in (points[0], points[-1])]
    return f"de {format_valeur(fiche, bouts[0])} à {format_valeur(fiche, bouts[1])}"


def _band(points: list[Point], x: Echelle, y: Echelle) -> str:
    bornes = [
        (p.valeur.rentree, p.valeur.borne_inf, p.valeur.borne_sup) for p in points if p.valeur.borne_inf is not None
    ]
    haut = [f"{x(r):.1f} {y(h):.1f}" for r, _, h in bornes]
    bas = [f"{x(r):.1f} {y(b):.1f}" for r, b, _ in reversed(bornes)]
    return f"M{'L'.join(haut + bas)}Z" if bornes else "M0 0"


def _curve(points: list[Point], x: Echelle, y: Echelle, couleur: str, epaisseur: float, reste: bool = False) -> str:
    valeurs = [(p.valeur.rentree, p.reference if reste else p.valeur.valeur) for p in points]
    return polyline([(r, v) for r, v in valeurs if v is not None], x, y, (), couleur, epaisseur)


def _ends_of_lines(indice: Indice, points: list[Point], x: Echelle, y: Echelle) -> str:
    """Last values, and the change per year of each line."""
    fiche, dernier = indice.indicateur, points[-1]
    duree = max(indice.duree, 1)
    ici, reste = format_ecart(fiche, indice.valeur / duree, unite=True), None
    if indice.valeur_reference is not None:
        reste = format_ecart(fiche, indice.valeur_reference / duree, unite=True)
    fins = [(y(dernier.valeur.valeur), dernier.valeur.valeur, ici, theme.FAVORABLE)]
    if dernier.reference is not None and reste is not None:
        fins.append((y(dernier.reference), dernier.reference, reste, theme.ENCRE2))
        if abs(fins[0][0] - fins[1][0]) < 32:  # two lines of text each
            milieu, signe = (fins[0][0] + fins[1][0]) / 2, 1 if fins[0][0] <= fins[1][0] else -1
            fins = [(milieu - signe * 16, *fins[0][1:]), (milieu + signe * 16, *fins[1][1:])]
    return "".join(
        f'<g font-size="12.5" fill="{couleur}"><text x="184" y="{place:.1f}" font-weight="600">'
        f'{format_valeur(fiche, valeur)}</text><text x="184" y="{place + 14:.1f}">{pente}/an</text></g>'
        for place, valeur, pente, couleur in fins
    )


def draw_spark(indice: Indice) -> str:
    """A trend in an evidence row: the series from its first rentrée, its two ends written, the rest in grey."""
    points = [
        p for p in (indice.ligne.serie if indice.ligne else ())
        if p.valeur.valeur is not None and p.valeur.rentree >= (indice.rentree_debut or 0)
    ]  # fmt: skip
    if len(points) < 2:
        return ""
    fiche = indice.indicateur
    valeurs = [v for p in points for v in (p.valeur.valeur, p.reference) if v is not None]
    x = Echelle(points[0].valeur.rentree, points[-1].valeur.rentree, 36, 130)
    y = Echelle(min(valeurs), max(valeurs), 28, 6)
    debut, fin = (p.valeur.valeur for p in (points[0], points[-1]))
    annees = " à ".join(format_rentree(p.valeur.rentree) for p in (points[0], points[-1]))
    libelle = f"{annees}, {_describe(points, fiche)}"
    return (
        f'<svg class="spine" width="168" height="34" viewBox="0 0 168 34" role="img" aria-label="{echapper(libelle)}">'
        f"{_curve(points, x, y, theme.TRAIT2, 1.6, reste=True)}{_curve(points, x, y, theme.ENCRE, 1.8)}"
        f'<circle cx="130" cy="{y(fin):.1f}" r="3" fill="{theme.ENCRE}"/><g font-size="12" fill="{theme.ENCRE2}">'
        f'<text x="31" y="{y(debut) + 4:.1f}" text-anchor="end">{format_valeur(fiche, debut, unite=False)}</text>'
        f'<text x="136" y="{y(fin) + 4:.1f}" font-weight="600" fill="{theme.ENCRE}">'
        f"{format_valeur(fiche, fin, unite=False)}</text></g></svg>"
    )


def draw_estime(indice: Indice) -> str:
    """A gap drawn towards its level, with its 95 % interval: the band is what the condition leaves out."""
    if indice.estime is None:
        return ""
    debut, fin = get_zone(indice)
    valeurs = [v for v in (indice.estime_inf, indice.estime_sup, debut, fin, 0.0) if v is not None and math.isfinite(v)]
    marge = 0.1 * (max(valeurs) - min(valeurs)) or 1.0
    bouts = (162, 6) if is_retourne(indice.indicateur) else (6, 162)
    x = Echelle(min(valeurs) - marge, max(valeurs) + marge, *bouts)
    bornes = sorted(x(min(max(b, x.d0), x.d1)) for b in (debut, fin))
    inf, sup = sorted(x(v) for v in (indice.estime_inf, indice.estime_sup))
    return (
        '<svg class="spine" width="168" height="26" viewBox="0 0 168 26" role="img" '
        f'aria-label="{echapper(f"estimé à {format_ecart(indice.indicateur, indice.estime, unite=True)}")}">'
        f'<rect x="{bornes[0]:.1f}" y="5" width="{bornes[1] - bornes[0]:.1f}" height="16" fill="{theme.NEUTRE}"/>'
        f'<path d="M{x(0):.1f} 0V26" stroke="{theme.ENCRE}"/><path d="M{inf:.1f} 13H{sup:.1f}" stroke="{theme.ENCRE2}" '
        f'stroke-width="2"/><circle cx="{x(indice.estime):.1f}" cy="13" r="4.6" fill="{theme.ENCRE2}" stroke="#fff"/>'
        "</svg>"
    )
