"""Vector maps as SVG strings: contours projected once, fills by class, ramp or state, marks of established gaps.

Pure: a page, a document and an offline file draw the same map. Nothing is fetched: no tile, no outline from elsewhere.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import shapely

from dashboard import plans, theme
from dashboard.formats import INSECABLE, echapper, format_nombre
from indicators.tableaux_de_bord.lectures import Contour, Ville

MARGE = 6
TAILLE = 1000
"""Longest side of the drawing, in SVG units; texts and strokes are set for about half that many pixels."""
SOMBRES = {theme.CLASSES_CARTE[0], theme.CLASSES_CARTE[4], "#5B6379", "#8A90A3"}


@dataclass(frozen=True)
class Fond:
    """Projected outlines: SVG paths and label anchors by code, and the frame of the drawing (x, y, width, height)."""

    projection: plans.Projection
    cadre: tuple[float, float, float, float]
    chemins: Mapping[str, str]
    ancrages: Mapping[str, tuple[float, float]]
    """Centre of the largest circle that fits inside each territory: a mark there never falls on a neighbour."""
    departements: tuple[str, ...]


@dataclass(frozen=True)
class Aspect:
    """How a territory is drawn. `motif`: "" for a plain fill, "hachures" for a missing figure.

    `marque`: sign of an established gap ("haut", "bas", "plus", "moins" or ""). `rayon`: proportional disc, in units.
    `info` is ready HTML of the hover card; `titre` what a screen reader says.
    """

    fond: str
    titre: str
    motif: str = ""
    marque: str = ""
    rayon: float = 0.0
    lien: str = ""
    info: str = ""


@dataclass(frozen=True)
class Dessin:
    """A map to draw: outlines, the aspect of each territory, and what is written over them."""

    cle: str
    fond: Fond
    aspects: Mapping[str, Aspect]
    description: str
    selection: str = ""
    villes: Sequence[Ville] = field(default=())
    avec_echelle: bool = True
    bord: str = theme.PAPIER


@lru_cache(maxsize=16)
def project(contours: tuple[Contour, ...], departements: tuple[Contour, ...] = ()) -> Fond:
    """Project outlines to a drawing whose longest side is `TAILLE` (equirectangular, true at the mean latitude).

    Raises:
        ValueError: no outline at all.
    """
    if not contours:
        raise ValueError("no outline to project")
    geometries = {c.code: json.loads(c.geojson) for c in contours}
    projection = plans.fit(geometries.values(), TAILLE, TAILLE, 0)
    formes = {c.code: shapely.from_geojson(c.geojson) for c in contours}
    ouest, sud, est, nord = shapely.total_bounds(list(formes.values()))
    (x0, y0), (x1, y1) = projection.point(ouest, nord), projection.point(est, sud)
    return Fond(
        projection=projection,
        cadre=(x0, y0, x1 - x0, y1 - y0),
        chemins={code: projection.path(g) for code, g in geometries.items()},
        ancrages={code: projection.point(*_centre(forme)) for code, forme in formes.items()},
        departements=tuple(projection.path(json.loads(d.geojson)) for d in departements),
    )


def draw(dessin: Dessin) -> str:
    """The whole map as one `<svg class="carte">`; every value is escaped."""
    fond = dessin.fond
    x, y, largeur, hauteur = fond.cadre
    cadre = f"{x - MARGE:.0f} {y - MARGE:.0f} {largeur + 2 * MARGE:.0f} {hauteur + 2 * MARGE + 6:.0f}"
    corps = [
        _defs(dessin),
        *(_territoire(dessin, code) for code in fond.chemins),
        *(f'<path class="dep" d="{d}"/>' for d in fond.departements),
        *(_actif(dessin, code) for code in fond.chemins),
        *(_marque(dessin.aspects[c], *fond.ancrages[c]) for c in fond.chemins if c in dessin.aspects),
        _villes(dessin),
        _echelle(fond) if dessin.avec_echelle else "",
    ]
    titre = echapper(dessin.description)
    return f'<svg class="carte" viewBox="{cadre}" role="group" aria-label="{titre}">{"".join(corps)}</svg>'


def _territoire(dessin: Dessin, code: str) -> str:
    aspect, ref = dessin.aspects.get(code), f'href="#{dessin.cle}-{echapper(code)}"'
    style = f'stroke="{dessin.bord}" stroke-width="2.2" stroke-linejoin="round"'
    if aspect is None:
        return f'<use {ref} fill="{theme.PAPIER}" {style}/>'
    fond = f"url(#{dessin.cle}-hachures)" if aspect.motif else aspect.fond
    info = f' data-info="{echapper(aspect.info)}"' if aspect.info else ""
    forme = f'<use {ref} fill="{fond}" {style}{info} data-code="{echapper(code)}"/>'
    titre = echapper(aspect.titre)
    if not aspect.lien:
        return f'<g role="img" aria-label="{titre}">{forme}</g>'
    return f'<a href="{echapper(aspect.lien)}" aria-label="{titre}">{forme}</a>'


def _actif(dessin: Dessin, code: str) -> str:
    """The outline shown above its neighbours when hovered, focused or chosen."""
    choisi = " choisi" if code == dessin.selection else ""
    sur = echapper(code)
    return f'<use class="actif{choisi}" href="#{dessin.cle}-{sur}" data-code="{sur}"/>'


def _marque(aspect: Aspect, x: float, y: float) -> str:
    encre = theme.PAPIER if aspect.fond in SOMBRES and not aspect.motif else theme.ENCRE
    if aspect.rayon:
        return (
            f'<circle class="rep" cx="{x:.0f}" cy="{y:.0f}" r="{aspect.rayon:.1f}" fill="#5B6379" '
            f'fill-opacity=".82" stroke="#fff" stroke-width="1.5"/>'
        )
    return sign(aspect.marque, encre, (x, y))


def sign(marque: str, encre: str = theme.ENCRE, place: tuple[float, float] = (0, 0)) -> str:
    """The sign of an established gap, about 24 units wide, at a place; nothing for an unknown one."""
    chemin = _FORMES.get(marque, "")
    if not chemin:
        return ""
    style = f'fill="{encre}"' if marque in ("haut", "bas") else f'fill="none" stroke="{encre}" stroke-width="4"'
    return f'<path class="rep {marque}" transform="translate({place[0]:.0f} {place[1]:.0f})" d="{chemin}" {style}/>'


_FORMES = {
    "haut": "M0 -11L12 10H-12Z",
    "bas": "M0 11L12 -10H-12Z",
    "plus": "M0 12V-10M-9 -2L0 -12L9 -2",
    "moins": "M0 -12V10M-9 2L0 12L9 2",
}
"""Signs of an established gap: triangles carry a judgement, arrows only a direction."""


def _villes(dessin: Dessin) -> str:
    """Names of towns, moved up or down where they would cover a mark or another name."""
    fond = dessin.fond
    prises = [
        (*fond.ancrages[c], max(a.rayon, 14), max(a.rayon, 12))
        for c, a in dessin.aspects.items()
        if c in fond.ancrages and (a.marque or a.rayon)
    ]
    textes = []
    for ville in dessin.villes:
        x, y = fond.projection.point(ville.lon, ville.lat)
        demi = 5.6 * len(ville.nom)
        y = next((y + dy for dy in _DECALAGES if not _is_pris(x, y + dy, demi, prises)), y)
        prises.append((x, y, demi, 11))
        textes.append(
            f'<text x="{x:.0f}" y="{y + 7:.0f}" text-anchor="middle" font-size="22">{echapper(ville.nom)}</text>'
        )
    return "".join(textes)


_DECALAGES = (0, -14, 14, -28, 28, -42, 42, -56, 56)


def _is_pris(x: float, y: float, demi: float, prises: Sequence[tuple[float, float, float, float]]) -> bool:
    """Whether a name centred there meets something already drawn (x, y, half-width, half-height)."""
    return any(abs(y - py) < 10 + haut and abs(x - px) < demi + large for px, py, large, haut in prises)


def _echelle(fond: Fond) -> str:
    """A scale bar at the lower right: the round length nearest to a fifth of the width."""
    x0, y0, largeur, hauteur = fond.cadre
    longueur = min((5, 10, 20, 50, 100, 200), key=lambda km: abs(fond.projection.km(km) - largeur / 5))
    x2, y = x0 + largeur, y0 + hauteur - 8
    return (
        f'<path class="rep" d="M{x2 - fond.projection.km(longueur):.0f} {y:.0f}H{x2:.0f}" '
        f'stroke="{theme.ENCRE2}" stroke-width="2"/>'
        f'<text class="km" x="{x2:.0f}" y="{y - 8:.0f}" text-anchor="end" font-size="21">'
        f"{format_nombre(longueur)}{INSECABLE}km</text>"
    )


def _defs(dessin: Dessin) -> str:
    """The hatch, and each outline once: it is drawn as a fill, then again as an outline when active."""
    cle = dessin.cle
    formes = "".join(f'<path id="{cle}-{echapper(c)}" d="{d}"/>' for c, d in dessin.fond.chemins.items())
    return (
        f'<defs><pattern id="{cle}-hachures" width="9" height="9" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="9" height="9" fill="#fff"/>'
        f'<path d="M0 0V9" stroke="#9B9FA8" stroke-width="3"/></pattern>{formes}</defs>'
    )


def _centre(forme: shapely.Geometry) -> tuple[float, float]:
    return shapely.maximum_inscribed_circle(forme, tolerance=0.01).coords[0]


def disque(valeur: float, maximum: float, rayon_max: float = 34) -> float:
    """Radius of a proportional disc: its area follows the value."""
    return rayon_max * math.sqrt(max(valeur, 0) / maximum) if maximum else 0.0
