"""Maps as SVG text: projection of GeoJSON geometries, and the small map of a territory. Pure, no Streamlit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard import theme
from dashboard.formats import INSECABLE, accorder, echapper
from indicators.tableaux_de_bord.objets import Identite, PointCarte

_KM_PAR_DEGRE = 111.32


@dataclass(frozen=True)
class Projection:
    """Local equirectangular projection fitted to a frame: shapes of a few hundred kilometres keep their look."""

    lon0: float
    lat1: float
    cos_lat: float
    pixels_par_degre: float
    dx: float
    dy: float

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels of a position in degrees."""
        k = self.pixels_par_degre
        return self.dx + (lon - self.lon0) * self.cos_lat * k, self.dy + (self.lat1 - lat) * k

    def path(self, geometrie: dict | None, pas: float = 0) -> str:
        """The `d` attribute of a GeoJSON geometry (Polygon, MultiPolygon, LineString, MultiLineString).

        Args:
            pas: leave out points nearer than that to the last one drawn, in pixels.
        """
        morceaux = []
        for anneau, ferme in _list_lignes(geometrie):
            points = thin([self.point(lon, lat) for lon, lat, *_ in anneau], pas)
            morceaux.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if ferme else ""))
        return "".join(morceaux)

    def km(self, nombre: float) -> float:
        """Pixels of a length in kilometres."""
        return nombre / _KM_PAR_DEGRE * self.pixels_par_degre


def thin(points: list[tuple[float, float]], pas: float) -> list[tuple[float, float]]:
    """Points at least `pas` pixels apart, ends kept."""
    if pas <= 0 or len(points) < 3:
        return points
    gardes = points[:1]
    for x, y in points[1:-1]:
        if abs(x - gardes[-1][0]) + abs(y - gardes[-1][1]) >= pas:
            gardes.append((x, y))
    return [*gardes, points[-1]]


def fit(geometries: Iterable[dict | None], largeur: float, hauteur: float, marge: float = 2) -> Projection | None:
    """Projection that fits the geometries, centred, into a frame; None when there is nothing to fit."""
    points = [p for g in geometries for anneau, _ in _list_lignes(g) for p in anneau]
    if not points:
        return None
    return fit_points([(p[0], p[1]) for p in points], largeur, hauteur, marge)


def fit_points(points: Sequence[tuple[float, float]], largeur: float, hauteur: float, marge: float = 2) -> Projection:
    """Projection that fits positions in degrees, centred, into a frame."""
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    lon0, lon1, lat0, lat1 = min(lons), max(lons), min(lats), max(lats)
    cos_lat = math.cos(math.radians((lat0 + lat1) / 2))
    etendue_x, etendue_y = max((lon1 - lon0) * cos_lat, 1e-3), max(lat1 - lat0, 1e-3)
    k = min((largeur - 2 * marge) / etendue_x, (hauteur - 2 * marge) / etendue_y)
    return Projection(lon0, lat1, cos_lat, k, (largeur - etendue_x * k) / 2, (hauteur - etendue_y * k) / 2)


def _list_lignes(geometrie: dict | None) -> Iterable[tuple[list, bool]]:
    if not geometrie:
        return
    coordonnees, sorte = geometrie.get("coordinates", []), geometrie.get("type")
    if sorte == "GeometryCollection":
        for partie in geometrie["geometries"]:
            yield from _list_lignes(partie)
    elif sorte == "Polygon":
        yield from ((anneau, True) for anneau in coordonnees)
    elif sorte == "MultiPolygon":
        yield from ((anneau, True) for polygone in coordonnees for anneau in polygone)
    elif sorte == "LineString":
        yield coordonnees, False
    elif sorte == "MultiLineString":
        yield from ((ligne, False) for ligne in coordonnees)


def get_centre(geometrie: dict | None) -> tuple[float, float] | None:
    """A good place for a name, in degrees: centroid of the largest ring."""
    anneaux = [anneau for anneau, ferme in _list_lignes(geometrie) if ferme and len(anneau) > 3]
    if not anneaux:
        return None
    aire, lon, lat = max((_measure(anneau) for anneau in anneaux), key=lambda m: abs(m[0]))
    return (lon, lat) if aire else None


def _measure(anneau: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Signed area and centroid of a ring (shoelace formula)."""
    aire = x = y = 0.0
    for (x0, y0, *_), (x1, y1, *_) in zip(anneau, [*anneau[1:], anneau[0]], strict=True):
        croix = x0 * y1 - x1 * y0
        aire, x, y = aire + croix, x + (x0 + x1) * croix, y + (y0 + y1) * croix
    return (aire / 2, x / (3 * aire), y / (3 * aire)) if aire else (0.0, 0.0, 0.0)


_RANG_TYPE = {"ecole": 0, "autre": 1, "lycee": 2, "college": 3}


def draw_points(points: Sequence[PointCarte], projection: Projection, taille: float = 1.0, noms: bool = True) -> str:
    """Établissements: écoles as grey dots, collèges as navy squares, lycées as white triangles, largest on top."""
    return "".join(
        _draw_point(p.type, *projection.point(p.lon, p.lat), taille, p.territoire.nom if noms else "")
        for p in sorted(points, key=lambda p: _RANG_TYPE.get(p.type, 1))
    )


def _draw_point(sorte: str, x: float, y: float, taille: float, nom: str) -> str:
    titre = f"<title>{echapper(nom)}</title>" if nom else ""
    if sorte == "college":
        c = 2.6 * taille
        return (
            f'<rect x="{x - c:.1f}" y="{y - c:.1f}" width="{2 * c:.1f}" height="{2 * c:.1f}" '
            f'fill="{theme.NAVIGATION}" stroke="#fff" stroke-width=".8">{titre}</rect>'
        )
    if sorte == "lycee":
        t = 4.4 * taille
        return (
            f'<path d="M{x:.1f} {y - t:.1f}l{t:.1f} {t * 1.72:.1f}h{-2 * t:.1f}Z" fill="#fff" '
            f'stroke="{theme.NAVIGATION}" stroke-width="1.5">{titre}</path>'
        )
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{1.9 * taille:.1f}" fill="#7A7F8C">{titre}</circle>'


def key_point(sorte: str) -> str:
    """The mark of a kind of établissement alone, for keys."""
    return (
        f'<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{_draw_point(sorte, 7, 7, 1.25, "")}</svg>'
    )


def scale_bar(projection: Projection, x: float, y: float) -> str:
    """A scale of 1 to 100 km, the longest that stays under 80 px."""
    km = max((n for n in (1, 2, 5, 10, 20, 50, 100) if projection.km(n) < 80), default=1)
    return (
        f'<path d="M{x:.1f} {y:.1f}h{projection.km(km):.1f}" stroke="{theme.ENCRE2}" stroke-width="1.4"/>'
        f'<text x="{x:.1f}" y="{y - 5:.1f}" font-size="12" fill="{theme.ENCRE2}">{km}{INSECABLE}km</text>'
    )


_DENSE = 250
"""From that many établissements on, marks are smaller and nameless."""


_COINS = {"bd": (1, 1), "bg": (0, 1), "hd": (1, 0)}
"""Corners of the map where its key may stand (the scale has the fourth): bas droite, bas gauche, haut droite."""


def fit_identite(identite: Identite, largeur: int = 276, hauteur: int = 222) -> Projection | None:
    """Projection of the map of an identity card; None when there is nothing to draw."""
    projection = fit([identite.contour, *identite.contours_enfants], largeur, hauteur, 3)
    if projection is None and identite.points:
        return fit_points([(p.lon, p.lat) for p in identite.points], largeur, hauteur, 24)
    return projection


def pick_coin(identite: Identite, largeur: int = 276, hauteur: int = 222) -> str:
    """The corner of the map with the fewest établissements and the least land, for the key: a code of `_COINS`."""
    projection = fit_identite(identite, largeur, hauteur)
    if projection is None:
        return "bd"
    bords = [projection.point(lon, lat) for anneau, _ in _list_lignes(identite.contour) for lon, lat, *_ in anneau]
    points = [projection.point(p.lon, p.lat) for p in identite.points]

    def is_dedans(coin: tuple[int, int], x: float, y: float) -> bool:
        return abs(x - coin[0] * largeur) < 96 and abs(y - coin[1] * hauteur) < 80

    def encombre(code: str) -> float:
        coin = _COINS[code]
        return sum(3 for p in points if is_dedans(coin, *p)) + sum(1 for b in bords if is_dedans(coin, *b))

    return min(_COINS, key=encombre)


def draw_carte_identite(identite: Identite, largeur: int = 276, hauteur: int = 222) -> str:
    """The map of a territory for its identity card: contour, inner borders, établissements, scale."""
    projection = fit_identite(identite, largeur, hauteur)
    if projection is None:
        return ""
    dedans = "".join(projection.path(contour, 0.6) for contour in identite.contours_enfants)
    contour = projection.path(identite.contour, 0.6)
    dense = len(identite.points) > _DENSE
    points = draw_points(identite.points, projection, 0.7 if dense else 1.0, noms=not dense)
    nombre = accorder(len(identite.points), "établissement")
    return (
        f'<svg class="cgp" viewBox="0 -14 {largeur} {hauteur + 16}" role="img" aria-label="Carte{INSECABLE}: {nombre}">'
        f'<path d="{contour}" fill="#F1EFE9" stroke="{theme.BORD}" stroke-width="1.2"/>'
        f'<path d="{dedans}" fill="none" stroke="#fff" stroke-width="1.2"/>'
        f'<path d="{contour}" fill="none" stroke="{theme.BORD}" stroke-width="1.2"/>'
        f"{points}{scale_bar(projection, 4, 2)}</svg>"
    )
