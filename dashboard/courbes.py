"""Parts of the figures of series: segments, axis, bands, lines, breaks and labels. Pure.

Values come in the unit of the base; axes are in the unit shown (`Indicateur.echelle`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.classes import pas_rond, round_down, round_up
from dashboard.formats import INSECABLE, echapper, format_nombre, format_rentree, format_valeur
from indicators.catalogue import Indicateur, Nature
from indicators.tableaux_de_bord.objets import Valeur

BANDE = "#E4E3E0"
POLICE = theme.SANS
PAS_AXE = (1, 2, 5, 10)
"""Steps of an axis: its labels stay short."""


@dataclass(frozen=True)
class Trace:
    """A line to draw: year and stored value, oldest first; only known points."""

    nom: str
    points: tuple[tuple[int, float], ...]
    couleur: str = theme.ENCRE
    tiret: str = "solid"
    symbole: str = "circle"
    epaisseur: float = 2.6
    gras: bool = True


def split_segments(points: Iterable[tuple[int, float]], ruptures: Sequence[int]) -> list[list[tuple[int, float]]]:
    """Runs of consecutive years that no break cuts.

    >>> split_segments([(2019, 1.0), (2021, 2.0), (2022, 3.0)], ruptures=[2022])
    [[(2019, 1.0)], [(2021, 2.0)], [(2022, 3.0)]]
    """
    segments: list[list[tuple[int, float]]] = []
    for point in points:
        if segments and point[0] == segments[-1][-1][0] + 1 and point[0] not in ruptures:
            segments[-1].append(point)
        else:
            segments.append([point])
    return segments


def span(traces: Sequence[Trace]) -> list[int]:
    """Every year from the first to the last of the traces."""
    vues = [annee for t in traces for annee, _ in t.points]
    return list(range(min(vues), max(vues) + 1)) if vues else []


def list_ruptures(indicateur: Indicateur, annees: Sequence[int]) -> list[int]:
    """First rentrée of each new series that falls inside the years drawn."""
    return [r.rentree for r in indicateur.ruptures if annees and annees[0] < r.rentree <= annees[-1]]


@dataclass(frozen=True)
class Axe:
    """A value axis in the unit shown: ends and step."""

    bas: float
    haut: float
    pas: float

    @property
    def graduations(self) -> list[float]:
        """Values of the grid lines, from the bottom."""
        nombre = round((self.haut - self.bas) / self.pas)
        return [round(self.bas + i * self.pas, 6) for i in range(nombre + 1)]


def make_axe(indicateur: Indicateur, valeurs: Sequence[float]) -> Axe:
    """Four or so round steps around the values, in the unit shown; a rate never leaves 0-100."""
    if not valeurs:
        return Axe(0, 1, 1)
    bas, haut = min(valeurs) * indicateur.echelle, max(valeurs) * indicateur.echelle
    etendue = (haut - bas) or max(abs(haut), 1) * 0.1
    pas = pas_rond(etendue / 3.4, PAS_AXE)
    base, sommet = round_down(bas - 0.06 * etendue, pas), round_up(haut + 0.06 * etendue, pas)
    if indicateur.nature is Nature.TAUX:
        base, sommet = max(base, 0), min(sommet, 100)
    if indicateur.nature in (Nature.EFFECTIF, Nature.RATIO):
        base = max(base, 0)
    return Axe(base, sommet, pas)


def make_layout(indicateur: Indicateur, axe: Axe, annees: Sequence[int], libelles: Sequence[str]) -> dict:
    """Layout common to the figures: French numbers, no legend, no zoom, hairline grid."""
    unite = f"{INSECABLE}%" if indicateur.nature is Nature.TAUX else ""
    graduations = axe.graduations
    precision = next((d for d in range(3) if all(abs(round(g, d) - g) < 1e-6 for g in graduations)), 3)
    textes = [format_nombre(g, precision) for g in graduations]
    textes[-1] += unite
    return {
        "font": {"family": POLICE, "size": 12.5, "color": theme.ENCRE2},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "separators": ",\u202f",
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#fff", "bordercolor": theme.BORD, "font": {"color": theme.ENCRE, "family": POLICE}},
        "dragmode": False,
        "barmode": "overlay",
        "xaxis": {
            "tickvals": list(annees),
            "ticktext": list(libelles),
            "range": [annees[0] - 0.35, annees[-1] + 0.25] if annees else [0, 1],
            "tickangle": 0,
            "showgrid": False,
            "zeroline": False,
            "linecolor": theme.ENCRE,
            "fixedrange": True,
        },
        "yaxis": {
            "tickvals": graduations,
            "ticktext": textes,
            "range": [axe.bas, axe.haut + 0.012 * (axe.haut - axe.bas)],
            "gridcolor": theme.TRAIT,
            "zeroline": False,
            "fixedrange": True,
        },
    }


def format_tick(valeur: Valeur, serre: bool = False) -> str:
    """Year, then the number of pupils, or why there is none; shorter where years are many (`serre`)."""
    annee = format_rentree(valeur.rentree)
    if serre:
        annee = f"{valeur.rentree}-{(valeur.rentree + 1) % 100:02d}"
    if valeur.valeur is None:
        mot = theme.ETATS[valeur.statut].mot
        dessous = mot.split()[0] if valeur.statut == "secret" else "nd" if serre else mot
    else:
        dessous = format_nombre(valeur.denominateur) if valeur.denominateur else ""
    return f'{annee}<br><span style="font-size:12px;color:{theme.ENCRE3}">{dessous or " "}</span>'


def draw_manques(manques: Sequence[Valeur], axe: Axe) -> list[go.Bar]:
    """A hatched column for each year without a figure."""
    if not manques:
        return []
    motif = {"shape": "/", "fgcolor": "#D3D0C8", "bgcolor": "#fff", "size": 6, "solidity": 0.25}
    return [
        go.Bar(
            x=[v.rentree for v in manques],
            y=[axe.haut - axe.bas] * len(manques),
            base=axe.bas,
            width=0.32,
            marker={"pattern": motif, "line": {"width": 0}},
            hovertext=[theme.ETATS[v.statut].mot for v in manques],
            hoverinfo="text",
            name="sans chiffre",
        )
    ]


def draw_bandes(
    indicateur: Indicateur, connus: Sequence[Valeur], ruptures: Sequence[int], nb_annees: int = 6
) -> list[go.Scatter]:
    """The 95 % interval of each segment as a closed shape; a lone year as a bar, as wide whatever the years drawn."""
    bornes = {v.rentree: (v.borne_inf, v.borne_sup) for v in connus if None not in (v.borne_inf, v.borne_sup)}
    traces = []
    for segment in split_segments([(annee, 0.0) for annee in bornes], ruptures):
        annees = [annee for annee, _ in segment]
        if len(annees) == 1:
            annees = [annees[0] - 0.0075 * nb_annees, annees[0] + 0.0075 * nb_annees]
            bas, haut = ([bornes[segment[0][0]][i] * indicateur.echelle] * 2 for i in (0, 1))
        else:
            bas, haut = ([bornes[a][i] * indicateur.echelle for a in annees] for i in (0, 1))
        traces.append(
            go.Scatter(
                x=[*annees, *annees[::-1]],
                y=[*haut, *bas[::-1]],
                fill="toself",
                fillcolor=BANDE,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                name="intervalle à 95 %",
            )
        )
    return traces


def draw_lignes(
    indicateur: Indicateur, trace: Trace, ruptures: Sequence[int], avec_points: bool = False
) -> list[go.Scatter]:
    """One trace per run of years that nothing cuts."""
    return [
        go.Scatter(
            x=[annee for annee, _ in segment],
            y=[valeur * indicateur.echelle for _, valeur in segment],
            mode="lines+markers" if avec_points or len(segment) == 1 else "lines",
            line={"color": trace.couleur, "width": trace.epaisseur, "dash": trace.tiret},
            marker={
                "color": trace.couleur,
                "size": 9 if avec_points else 6,
                "symbol": trace.symbole,
                "line": {"color": "#fff" if "open" not in trace.symbole else trace.couleur, "width": 1.4},
            },
            connectgaps=False,
            name=trace.nom,
            hovertext=[
                f"{echapper(trace.nom)} {format_rentree(annee)}{INSECABLE}: {format_valeur(indicateur, valeur)}"
                for annee, valeur in segment
            ],
            hoverinfo="text",
        )
        for segment in split_segments(trace.points, ruptures)
    ]


def mark_ruptures(ruptures: Sequence[int]) -> list[dict]:
    """A dotted vertical between the last year of a series and the first of the next."""
    trait = {"color": theme.ENCRE3, "width": 1, "dash": "2px,3px"}
    return [
        {"type": "line", "x0": r - 0.5, "x1": r - 0.5, "y0": 0, "y1": 1, "yref": "paper", "line": trait}
        for r in ruptures
    ]
