"""Plotly figures of series: interval band, breaks that no line crosses, hatched gaps, direct labels. Pure.

Figures come in the unit of the base; axes are in the unit shown. No legend: the name is at the end of its line.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard import courbes, etiquettes, theme
from dashboard.formats import INSECABLE, format_rentree, format_valeur, nommer
from indicators.catalogue import Indicateur
from indicators.tableaux_de_bord.objets import Point
from indicators.tableaux_de_bord.vue_evolutions import Serie

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}
"""Passed to `st.plotly_chart`: no tool bar, no zoom."""
TRAITS = (
    (theme.ENCRE, "solid", "circle", 2.6),
    (theme.ENCRE3, "solid", "square", 2.0),
    (theme.ENCRE2, "dash", "diamond", 2.0),
    (theme.BORD, "solid", "circle-open", 2.0),
    (theme.ENCRE2, "dot", "square-open", 2.0),
    (theme.BORD, "dash", "diamond-open", 2.0),
)
"""Ink, dash, symbol and width of the lines of one chart: told apart without hue, which means a judgement here."""


def draw_tendance(
    indicateur: Indicateur, points: Sequence[Point], nom: str, nom_reference: str = "reste de l’académie"
) -> go.Figure:
    """One territory over the years: interval band, line, reference, breaks with their cause, n under each year.

    Traces, in order: hatched years without figure, band segments, reference segments, series segments.
    """
    annees = [p.valeur.rentree for p in points]
    connus = [p.valeur for p in points if p.valeur.valeur is not None]
    ruptures = courbes.list_ruptures(indicateur, annees)
    serie = courbes.Trace(nom, tuple((v.rentree, v.valeur) for v in connus))
    reference = courbes.Trace(
        nom_reference,
        tuple((p.valeur.rentree, p.reference) for p in points if p.reference is not None),
        couleur=theme.BORD,
        epaisseur=2,
        gras=False,
    )
    bornes = [b for v in connus for b in (v.borne_inf, v.borne_sup) if b is not None]
    traces = (*serie.points, *reference.points)
    axe = courbes.make_axe(indicateur, [*(v for _, v in traces), *bornes])
    manques = [p.valeur for p in points if p.valeur.valeur is None]
    return go.Figure(
        data=[
            *courbes.draw_manques(manques, axe),
            *courbes.draw_bandes(indicateur, connus, ruptures, len(annees)),
            *courbes.draw_lignes(indicateur, reference, ruptures),
            *courbes.draw_lignes(indicateur, serie, ruptures, avec_points=True),
        ],
        layout=go.Layout(
            **courbes.make_layout(
                indicateur, axe, annees, [courbes.format_tick(p.valeur, len(points) > 7) for p in points]
            ),
            shapes=courbes.mark_ruptures(ruptures),
            annotations=[
                *etiquettes.label_ruptures(
                    indicateur, annees, axe, (*serie.points, *reference.points), 524 / max(len(annees), 1)
                ),
                *etiquettes.label_fins(indicateur, [serie, reference], axe, hauteur=250 if len(annees) > 1 else 106),
                *etiquettes.label_valeurs(indicateur, serie, reference, axe),
                etiquettes.label_effectif(indicateur, connus),
            ],
            margin={"l": 36, "r": 184, "t": 10, "b": 44},
            height=304 if len(annees) > 1 else 160,
        ),
    )


def draw_territoires(indicateur: Indicateur, series: Sequence[Serie], reference: courbes.Trace | None) -> go.Figure:
    """Several territories on one indicator, with the reference in grey; one trace per segment between breaks."""
    traces = [
        courbes.Trace(
            nommer(s.territoire), tuple((p.valeur.rentree, p.valeur.valeur) for p in s.connus), *style, gras=i == 0
        )
        for i, (s, style) in enumerate(zip(series, TRAITS, strict=False))
    ]
    toutes = [*([reference] if reference else []), *traces]
    annees, points = courbes.span(toutes), [p for t in toutes for p in t.points]
    ruptures = courbes.list_ruptures(indicateur, annees)
    axe = courbes.make_axe(indicateur, [v for _, v in points])
    lignes = [
        ligne for t in toutes for ligne in courbes.draw_lignes(indicateur, t, ruptures, avec_points=t is not reference)
    ]
    return go.Figure(
        data=lignes,
        layout=go.Layout(
            **courbes.make_layout(indicateur, axe, annees, [format_rentree(a) for a in annees]),
            shapes=courbes.mark_ruptures(ruptures),
            annotations=[
                *etiquettes.label_ruptures(
                    indicateur, annees, axe, [p for t in toutes for p in t.points], 990 / max(len(annees), 1)
                ),
                *etiquettes.label_fins(indicateur, toutes, axe, hauteur=370),
            ],
            margin={"l": 44, "r": 250, "t": 14, "b": 36},
            height=420,
        ),
    )


def draw_multiple(serie: Serie, annees: Sequence[int]) -> go.Figure:
    """One small chart of a set: an indicator of the territory, the rest of the académie in grey, its own axis."""
    indicateur = serie.indicateur
    ruptures = courbes.list_ruptures(indicateur, annees)
    ligne = courbes.Trace("", tuple((p.valeur.rentree, p.valeur.valeur) for p in serie.connus))
    reference = tuple((p.valeur.rentree, p.reference) for p in serie.points if p.reference is not None)
    grise = courbes.Trace("reste acad.", reference, couleur=theme.BORD, epaisseur=1.8, gras=False)
    connus = [p.valeur for p in serie.connus]
    bornes = [b for v in connus for b in (v.borne_inf, v.borne_sup) if b is not None]
    axe = courbes.make_axe(indicateur, [*(v for t in (ligne, grise) for _, v in t.points), *bornes])
    pas = 1 if len(annees) <= 6 else 2
    libelles = [f"{a % 100:02d}-{(a + 1) % 100:02d}" if (annees[-1] - a) % pas == 0 else "" for a in annees]
    return go.Figure(
        data=[
            *courbes.draw_bandes(indicateur, connus, ruptures, len(annees)),
            *courbes.draw_lignes(indicateur, grise, ruptures),
            *courbes.draw_lignes(indicateur, ligne, ruptures, avec_points=True),
        ],
        layout=go.Layout(
            **courbes.make_layout(indicateur, axe, annees, libelles),
            shapes=courbes.mark_ruptures(ruptures),
            annotations=etiquettes.label_fins(indicateur, [ligne, grise], axe, hauteur=160),
            margin={"l": 44, "r": 118, "t": 10, "b": 28},
            height=200,
        ),
    )


def describe(indicateur: Indicateur, points: Sequence[Point], nom: str) -> str:
    """Alternative text of a trend: the name, then each year and its value."""
    dits = [
        f"{format_rentree(p.valeur.rentree)} {format_valeur(indicateur, p.valeur.valeur)}"
        for p in points
        if p.valeur.valeur is not None
    ]
    return f"{indicateur.titre}, {nom}{INSECABLE}: {', '.join(dits)}"
