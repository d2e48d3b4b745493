"""The chart of a crossing: a point per territory whose ink says how likely its profile is. Pure, no Streamlit.

Up and right are favourable (high, for a neutral indicator): an axis where low is good is flipped. Coordinates are in
the unit shown.
"""

import math

import plotly.graph_objects as go

from dashboard import theme
from dashboard.classes import decimales_bornes, pas_rond
from dashboard.courbes import PAS_AXE, POLICE
from dashboard.croiser_echelles import RAYON_95, Echelle, make_echelle
from dashboard.croiser_etiquettes import SEUIL, place_noms
from dashboard.croiser_phrases import describe_point, format_limite
from dashboard.formats import INSECABLE, echapper, format_nombre
from indicators.problematiques import Lecture
from indicators.tableaux_de_bord.croiser_objets import Axe, PointCroise, VueCroiser
from indicators.tableaux_de_bord.vue_croiser import draw_tirages

TEINTE_DEFAVORABLE, TEINTE_FAVORABLE = "#FBE7D3", "#DCEAF6"
HAUTEUR = 560
_NB_COTES = 48
_MARGES = {"l": 54, "r": 12, "t": 8, "b": 30}


def draw_croisement(vue: VueCroiser, selection: str) -> go.Figure:
    """The crossing of the first two indicators.

    Traces, in order: thin ellipses of the other territories (two traces), line of the context if any, ellipse of the
    selected one, its hundred draws, then every territory as a point (`customdata` is its code).
    """
    y, x = make_echelle(vue, 0), make_echelle(vue, 1)
    choisi = vue.get_point(selection)
    autres = [p for p in vue.points if p is not choisi]
    return go.Figure(
        data=[
            _draw_ellipses([p for p in autres if p.probabilite < SEUIL], x, y, 0.22),
            _draw_ellipses([p for p in autres if p.probabilite >= SEUIL], x, y, 0.6),
            *_draw_droite(vue, x, y),
            *(_draw_nuage(choisi, vue, x, y) if choisi else []),
            _draw_points(vue, selection, x, y),
        ],
        layout=go.Layout(
            font={"family": POLICE, "size": 12.5, "color": theme.ENCRE2},
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            showlegend=False,
            separators=",\u202f",
            hovermode="closest",
            hoverlabel={"bgcolor": "#fff", "bordercolor": theme.BORD, "font": {"color": theme.ENCRE, "family": POLICE}},
            dragmode=False,
            xaxis=_make_axe(x, 0.075) | {"ticks": "outside", "tickcolor": theme.ENCRE2},
            yaxis=_make_axe(y, 0.036),
            shapes=[_tint(x, y), *_draw_traits(x, y)],
            annotations=[*place_noms(vue, selection, x, y), *(_write_parts(choisi, x, y) if choisi else [])],
            margin=_MARGES,
            height=HAUTEUR,
        ),
    )


def choose_teinte(axes: tuple[Axe, ...]) -> str:
    """Fill of the profile's quadrant: orange or blue where the axes with a direction agree, else without judgement."""
    lectures = {a.lecture for a in axes} & {Lecture.FAVORABLE, Lecture.DEFAVORABLE}
    if len(lectures) != 1:
        return theme.NEUTRE
    return TEINTE_DEFAVORABLE if Lecture.DEFAVORABLE in lectures else TEINTE_FAVORABLE


def _tint(x: Echelle, y: Echelle) -> dict:
    """The quadrant of the profile."""
    bouts = {
        nom: bout
        for axe, echelle in (("x", x), ("y", y))
        for nom, bout in ((f"{axe}0", echelle.limite), (f"{axe}1", echelle.etendue[1 if echelle.monte else 0]))
    }
    couleur = choose_teinte((y.axe, x.axe))
    return {"type": "rect", "layer": "below", "fillcolor": couleur, "line": {"width": 0}, **bouts}


def _draw_traits(x: Echelle, y: Echelle) -> list[dict]:
    """Grey: the references; black: the thresholds."""
    traits = []
    for nom, couleur, epaisseur in (("repere", theme.TRAIT2, 1), ("limite", theme.ENCRE, 1.2)):
        trait = {"type": "line", "layer": "between", "line": {"color": couleur, "width": epaisseur}}
        a, b = getattr(x, nom), getattr(y, nom)
        traits.append(trait | {"x0": a, "x1": a, "y0": 0, "y1": 1, "yref": "paper"})
        traits.append(trait | {"y0": b, "y1": b, "x0": 0, "x1": 1, "xref": "paper"})
    return traits


def _make_axe(echelle: Echelle, place: float) -> dict:
    """Ticks in French; the threshold in bold and the reference by its name hide the ticks too near them.

    Args:
        place: part of the axis that a label takes.
    """
    recul = place * (echelle.haut - echelle.bas)
    pas = pas_rond((echelle.haut - echelle.bas) / 6, PAS_AXE)
    premier = math.ceil(echelle.bas / pas - 1e-9)
    ronds = [round(rang * pas, 6) for rang in range(premier, math.floor(echelle.haut / pas + 1e-9) + 1)]
    precision, signe = decimales_bornes(ronds), not echelle.axe.est_absolu
    reperes = {echelle.limite: f"<b>{format_limite(echelle.axe, unite=False)}</b>"}
    if abs(echelle.repere - echelle.limite) > recul:
        reperes[echelle.repere] = "réf."
    libres = [rond for rond in ronds if all(abs(rond - repere) > recul for repere in reperes)]
    ticks = {rond: format_nombre(rond, precision, signe=signe) for rond in libres} | reperes
    return {
        "range": echelle.etendue,
        "tickvals": list(ticks),
        "ticktext": list(ticks.values()),
        "tickangle": 0,
        "showgrid": False,
        "zeroline": False,
        "linecolor": theme.TRAIT,
        "mirror": True,
        "fixedrange": True,
    }


def _make_ellipse(point: PointCroise, x: Echelle, y: Echelle) -> tuple[list[float], list[float]]:
    (b, sb), (a, sa) = y.convert(point.estimes[0]), x.convert(point.estimes[1])
    angles = [2 * math.pi * rang / _NB_COTES for rang in range(_NB_COTES + 1)]
    return (
        [a + RAYON_95 * sa * math.cos(angle) for angle in angles],
        [b + RAYON_95 * sb * math.sin(angle) for angle in angles],
    )


def _draw_ellipses(points: list[PointCroise], x: Echelle, y: Echelle, opacite: float) -> go.Scatter:
    """Thin ellipses, all in one trace: a gap between two of them."""
    xs, ys = [], []
    for point in points:
        a, b = _make_ellipse(point, x, y)
        xs += [*a, None]
        ys += [*b, None]
    trait = {"color": f"rgba(139,142,150,{opacite})", "width": 0.9}
    return go.Scatter(x=xs, y=ys, mode="lines", line=trait, hoverinfo="skip", connectgaps=False, name="ellipses")


def _draw_droite(vue: VueCroiser, x: Echelle, y: Echelle) -> list[go.Scatter]:
    """The line of the context, dashed, as far as the territories go."""
    if vue.droite is None:
        return []
    facteurs = [e.axe.colonne.indicateur.echelle for e in (x, y)]
    xs, ys = ([bout[rang] * facteurs[rang] for bout in (vue.droite.debut, vue.droite.fin)] for rang in (0, 1))
    trait = {"color": theme.ENCRE2, "width": 1.6, "dash": "7px,4px"}
    return [go.Scatter(x=xs, y=ys, mode="lines", line=trait, hoverinfo="skip", name="droite")]


def _draw_nuage(point: PointCroise, vue: VueCroiser, x: Echelle, y: Echelle) -> list[go.Scatter]:
    """The selected territory as what it is: an ellipse, and a hundred draws, dark where both sides hold."""
    a, b = _make_ellipse(point, x, y)
    facteurs = [e.axe.colonne.indicateur.echelle for e in (x, y)]
    tirages = [(u * facteurs[0], v * facteurs[1]) for u, v in draw_tirages(point, vue.axes)]
    dedans = [
        x.axe.signe * (u - x.limite) >= 0 and y.axe.signe * (v - y.limite) >= 0 for u, v in tirages
    ]  # fmt: skip
    couleurs = [theme.ENCRE if d else theme.BORD for d in dedans]
    return [
        go.Scatter(
            x=a, y=b, mode="lines", fill="toself", fillcolor="rgba(27,31,39,.05)",
            line={"color": theme.ENCRE2, "width": 1.2}, hoverinfo="skip", name="ellipse",
        ),
        go.Scatter(
            x=[u for u, _ in tirages], y=[v for _, v in tirages], mode="markers", hoverinfo="skip", name="tirages",
            marker={"size": 3.6, "color": couleurs, "opacity": 0.8},
        ),
    ]  # fmt: skip


def _draw_points(vue: VueCroiser, selection: str, x: Echelle, y: Echelle) -> go.Scatter:
    """Every territory; ink and size grow with the probability of the whole profile."""
    points = vue.points[::-1]  # the most probable ones above the others
    choisis = [p.territoire.code == selection for p in points]
    textes = ["<br>".join(map(echapper, describe_point(vue, p))) for p in points]
    return go.Scatter(
        x=[x.convert(p.estimes[1])[0] for p in points],
        y=[y.convert(p.estimes[0])[0] for p in points],
        mode="markers",
        marker={
            "size": [7 + 7 * p.probabilite for p in points],
            "color": [f"rgba(27,31,39,{0.12 + 0.88 * p.probabilite:.2f})" for p in points],
            "line": {
                "color": [theme.ENCRE if choisi else theme.BORD for choisi in choisis],
                "width": [2 if choisi else 0.8 for choisi in choisis],
            },
        },
        # A click is a selection: the others must not fade meanwhile.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[p.territoire.code for p in points],
        hovertext=[f"<b>{echapper(p.territoire.nom)}</b><br>{texte}" for p, texte in zip(points, textes, strict=True)],
        hoverinfo="text",
        name="territoires",
    )


def _write_parts(point: PointCroise, x: Echelle, y: Echelle) -> list[dict]:
    """Share of each quadrant for the selected territory, in its corner; the profile's is larger."""
    annotations = []
    for (sur_y, sur_x), nombre in zip(
        ((True, True), (True, False), (False, True), (False, False)), point.pourcents, strict=True
    ):
        droite, haut = x.monte == sur_x, y.monte == sur_y
        texte = f"{nombre}{INSECABLE}%"
        annotations.append({
            "text": f"<b>{texte}</b>" if sur_x and sur_y else texte,
            "font": {"size": 17 if sur_x and sur_y else 12.5, "color": theme.ENCRE},
            "x": int(droite), "y": int(haut), "xref": "paper", "yref": "paper", "showarrow": False,
            "xanchor": "right" if droite else "left", "yanchor": "top" if haut else "bottom",
            "xshift": -8 if droite else 8, "yshift": -6 if haut else 6,
        })  # fmt: skip
    return annotations
