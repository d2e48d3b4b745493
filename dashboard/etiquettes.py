"""Words on the figures of series: causes of breaks, ends of lines, values, counts. Pure."""

import textwrap
from collections.abc import Sequence
from itertools import pairwise

from dashboard import courbes, theme
from dashboard.formats import echapper, format_rentree, format_valeur
from indicators.catalogue import Indicateur
from indicators.tableaux_de_bord.objets import Valeur

SYMBOLES = {
    "circle": "●", "square": "■", "diamond": "◆", "circle-open": "○", "square-open": "□", "diamond-open": "◇",
    "line-ew-open": "–",
}  # fmt: skip
"""Written before the name at the end of a line, where several lines share a chart."""


def label_ruptures(
    indicateur: Indicateur, annees: Sequence[int], axe: courbes.Axe, points: Sequence[tuple[int, float]], pixels: float
) -> list[dict]:
    """The cause of each break beside its line, wrapped to the room before the next one, where the curve is not.

    Args:
        points: years and stored values drawn, to stay away from.
        pixels: width of a year.
    """
    visibles = [r for r in indicateur.ruptures if annees and annees[0] < r.rentree <= annees[-1]]
    fins = [*(r.rentree for r in visibles[1:]), *([annees[-1] + 1] if visibles else [])]
    etiquettes = []
    for rupture, fin in zip(visibles, fins, strict=True):
        signes = max(9, min(34, int((fin - rupture.rentree) * pixels / 6.2)))
        proches = [v * indicateur.echelle for a, v in points if rupture.rentree <= a < min(fin, rupture.rentree + 3)]
        hauteur = _find_place([v for v in proches if axe.bas < v < axe.haut], axe)
        etiquettes.append(
            {
                "x": rupture.rentree - 0.46,
                "y": hauteur,
                "text": "<br>".join(textwrap.wrap(echapper(rupture.cause), signes)),
                "font": {"size": 12, "color": theme.ENCRE3},
                "bgcolor": "rgba(255,255,255,.8)",
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "middle",
                "align": "left",
            }
        )
    return etiquettes


def _find_place(valeurs: Sequence[float], axe: courbes.Axe) -> float:
    """Middle of the widest gap that the values leave between the ends of the axis."""
    bornes = sorted([axe.bas, *valeurs, axe.haut])
    bas, haut = max(pairwise(bornes), key=lambda gap: gap[1] - gap[0])
    return (bas + haut) / 2


def label_fins(indicateur: Indicateur, traces: Sequence[courbes.Trace], axe: courbes.Axe, hauteur: int) -> list[dict]:
    """The last value and the name at the end of each line, pushed apart where they would overlap.

    Args:
        hauteur: pixels of the plotting area.
    """
    finales = [(t, *t.points[-1]) for t in traces if t.points]
    if not finales:
        return []
    fin = max(annee for _, annee, _ in finales)
    pixels = hauteur / ((axe.haut - axe.bas) or 1)
    places = spread([valeur * indicateur.echelle * pixels for _, _, valeur in finales], ecart=17)
    etiquettes = []
    for (trace, annee, valeur), place in zip(finales, places, strict=True):
        date = "" if annee == fin else f" ({format_rentree(annee)})"
        signe = f"{SYMBOLES[trace.symbole]} " if len(finales) > 2 and trace.symbole in SYMBOLES else ""
        texte = f"{signe}{format_valeur(indicateur, valeur)} {_wrap(trace.nom)}{date}"
        etiquettes.append(
            {
                "x": fin,
                "y": place / pixels,
                "text": f"<b>{texte}</b>" if trace.gras else texte,
                "font": {"size": 13.5, "color": theme.ENCRE if trace.gras else theme.ENCRE2},
                "showarrow": False,
                "xanchor": "left",
                "xshift": 12,
                "align": "left",
            }
        )
    return etiquettes


def _wrap(nom: str) -> str:
    """A long name on two lines, so that the margin holds it."""
    return "<br>".join(echapper(ligne) for ligne in textwrap.wrap(nom, 22 if len(nom) > 24 else 40)[:2])


def spread(places: Sequence[float], ecart: float) -> list[float]:
    """Positions moved as little as needed so that any two are at least `ecart` apart, order kept.

    >>> spread([10.0, 12.0, 50.0], ecart=10)
    [6.0, 16.0, 50.0]
    """
    ordre = sorted(range(len(places)), key=lambda i: places[i])
    groupes: list[tuple[float, list[int]]] = []
    for i in ordre:
        centre, membres = places[i], [i]
        while groupes and centre - groupes[-1][0] < ecart * (len(membres) + len(groupes[-1][1])) / 2:
            _, avant = groupes.pop()
            membres = avant + membres
            centre = sum(places[j] for j in membres) / len(membres)
        groupes.append((centre, membres))
    resultat = list(places)
    for centre, membres in groupes:
        for rang, j in enumerate(membres):
            resultat[j] = centre + ecart * (rang - (len(membres) - 1) / 2)
    return [float(f"{p:.6g}") for p in resultat]


def label_valeurs(
    indicateur: Indicateur, serie: courbes.Trace, reference: courbes.Trace, axe: courbes.Axe
) -> list[dict]:
    """The value of each year but the last, above its point, or below where the reference passes above."""
    au_dessus = dict(reference.points)
    plafond = (axe.haut - 0.08 * (axe.haut - axe.bas)) / indicateur.echelle
    return [
        {
            "x": annee,
            "y": valeur * indicateur.echelle,
            "text": f"<b>{format_valeur(indicateur, valeur, unite=False)}</b>",
            "font": {"size": 13.5, "color": theme.ENCRE},
            "showarrow": False,
            "yshift": -15 if au_dessus.get(annee, float("-inf")) > valeur or valeur > plafond else 15,
        }
        for annee, valeur in serie.points[:-1]
    ]


def label_effectif(indicateur: Indicateur, connus: Sequence[Valeur]) -> dict:
    """What the numbers under the years count, at their right."""
    visible = any(v.denominateur for v in connus)
    return {
        "x": 1,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "text": echapper(indicateur.unite_effectif) if visible else "",
        "font": {"size": 12, "color": theme.ENCRE3},
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "top",
        "xshift": 10,
        "yshift": -19,
    }
