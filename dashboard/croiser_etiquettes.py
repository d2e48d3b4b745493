"""Names written at the points of a crossing, moved so that none hides another. Pure, no Streamlit."""

from dashboard import theme
from dashboard.croiser_echelles import RAYON_95, Echelle
from dashboard.formats import echapper
from indicators.tableaux_de_bord.croiser_objets import PointCroise, VueCroiser

NB_NOMS = 8
"""Names written, the selected territory apart."""
SEUIL = 0.395
"""Probability from which a name is written: the profile is at least undecided."""
_LARGEUR, _HAUTEUR = 700, 500
"""Usual size of the plotting area, in pixels, which tells what would overlap."""
_SIGNE, _LIGNE, _RECUL = 6.8, 16, 10
_PLACES = (("left", "middle", 1, 0), ("right", "middle", -1, 0), ("center", "bottom", 0, 1), ("center", "top", 0, -1))
"""Where a name may go around its point: anchors, then direction of the shift."""

Boite = tuple[float, float, float, float]


def place_noms(vue: VueCroiser, selection: str, x: Echelle, y: Echelle) -> list[dict]:
    """Annotations of the selected territory and of the most probable ones; a name without room is left out."""
    choisi = vue.get_point(selection)
    retenus = [p for p in vue.points if p.probabilite >= SEUIL and p is not choisi][:NB_NOMS]
    prises = [_box(*_pixels(p, x, y), 5, 5) for p in ([choisi] if choisi else []) + retenus]
    annotations = [_write_choisi(choisi, x, y)] if choisi else []
    for point in retenus:
        if place := _find_place(point, x, y, prises):
            prises.append(_box_nom(point, x, y, place))
            annotations.append(_write(point, x, y, place))
    return annotations


def _write_choisi(point: PointCroise, x: Echelle, y: Echelle) -> dict:
    """The selected one over its ellipse, which its name would hide, or under it near the top."""
    moyenne, ecart_type = y.convert(point.estimes[0])
    demi = RAYON_95 * ecart_type * y.sens
    dessus = y.place(moyenne + demi) < 0.94
    return {
        "text": f"<b>{echapper(point.territoire.nom)}</b>",
        "font": {"size": 13.5, "color": theme.ENCRE},
        "x": x.convert(point.estimes[1])[0],
        "y": moyenne + demi if dessus else moyenne - demi,
        "showarrow": False,
        "xanchor": _anchor(x.place(x.convert(point.estimes[1])[0])),
        "yanchor": "bottom" if dessus else "top",
    }


def _anchor(place: float) -> str:
    """Side of a name that touches its point, so that it stays inside the chart."""
    return "left" if place < 0.15 else "right" if place > 0.85 else "center"


def _write(point: PointCroise, x: Echelle, y: Echelle, place: tuple) -> dict:
    xanchor, yanchor, dx, dy = place
    return {
        "text": echapper(point.territoire.nom),
        "font": {"size": 13, "color": theme.ENCRE},
        "x": x.convert(point.estimes[1])[0],
        "y": y.convert(point.estimes[0])[0],
        "showarrow": False,
        "xanchor": xanchor,
        "yanchor": yanchor,
        "xshift": _RECUL * dx,
        "yshift": _RECUL * dy,
        "bgcolor": "rgba(255,255,255,.72)",
        "borderpad": 0,
    }


def _pixels(point: PointCroise, x: Echelle, y: Echelle) -> tuple[float, float]:
    return (
        _LARGEUR * x.place(x.convert(point.estimes[1])[0]),
        _HAUTEUR * y.place(y.convert(point.estimes[0])[0]),
    )


def _find_place(point: PointCroise, x: Echelle, y: Echelle, prises: list[Boite]) -> tuple | None:
    """The first place inside the chart where a name touches nothing."""
    for place in _PLACES:
        boite = _box_nom(point, x, y, place)
        dedans = boite[0] >= 0 and boite[1] <= _LARGEUR and boite[2] >= 0 and boite[3] <= _HAUTEUR
        if dedans and not any(_touch(boite, prise) for prise in prises):
            return place
    return None


def _box_nom(point: PointCroise, x: Echelle, y: Echelle, place: tuple) -> Boite:
    a, b = _pixels(point, x, y)
    largeur = _SIGNE * len(point.territoire.nom)
    _, _, dx, dy = place
    return _box(a + dx * (_RECUL + largeur / 2), b + dy * (_RECUL + _LIGNE / 2), largeur / 2, _LIGNE / 2)


def _box(a: float, b: float, demi_largeur: float, demi_hauteur: float) -> Boite:
    return (a - demi_largeur, a + demi_largeur, b - demi_hauteur, b + demi_hauteur)


def _touch(un: Boite, autre: Boite) -> bool:
    return un[0] < autre[1] and autre[0] < un[1] and un[2] < autre[3] and autre[2] < un[3]
