"""One palette, one type scale and the words of each state, for pages, SVG and documents. Pure, no Streamlit."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIQUE = Path(__file__).parent / "statique"

ENCRE = "#1B1F27"
ENCRE2 = "#474D59"
ENCRE3 = "#62687A"
PAPIER = "#FFFFFF"
SURFACE = "#F6F5F1"
TRAIT = "#DEDCD5"
TRAIT2 = "#B9B6AC"
BORD = "#8B8E96"
NAVIGATION = "#1E2A47"
FAVORABLE = "#0B5A9C"
DEFAVORABLE = "#A8480A"
NEUTRE = "#ECEAE4"
ETENDUE = "#E3E0D8"
BOITE = "#DAD6CB"
SURVOL = "#CBD2E2"
CLASSES_CARTE = ("#B4560F", "#F3B77A", "#E6E3DB", "#96C0E2", "#1B6DB0")
"""Five classes of a map, from unfavourable to favourable: reverse them where low is good."""

SANS = (
    '"Source Sans 3","Source Sans","Source Sans Pro","Segoe UI","Noto Sans","Liberation Sans","DejaVu Sans",sans-serif'
)
SERIF = '"Source Serif 4","Source Serif","Source Serif Pro","Noto Serif","Georgia","DejaVu Serif",serif'


@dataclass(frozen=True)
class Etat:
    """How a state reads everywhere: sign, word, plural for counts, CSS class, colour and kind of mark.

    `marque`: haut (triangle up), bas (triangle down), disque, creux (hollow disc), losange, or "" (no mark).
    """

    signe: str
    mot: str
    pluriel: str
    classe: str
    couleur: str
    marque: str


ETATS = {
    "favorable": Etat("▲", "favorable", "favorables", "fav", FAVORABLE, "haut"),
    "defavorable": Etat("▼", "défavorable", "défavorables", "def", DEFAVORABLE, "bas"),
    "superieur": Etat("↑", "plus élevé", "plus élevés", "haut", ENCRE, "losange"),
    "inferieur": Etat("↓", "plus bas", "plus bas", "bas", ENCRE, "losange"),
    "comparable": Etat("≈", "comparable", "comparables", "cmp", ENCRE2, "disque"),
    "non_concluant": Etat("?", "non concluant", "non concluants", "nc", ENCRE3, "creux"),
    "sans_test": Etat("–", "sans test", "sans test", "st", ENCRE3, "creux"),
    "secret": Etat("s", "secret statistique", "sous secret", "miss", ENCRE3, ""),
    "non_disponible": Etat("–", "non disponible", "non disponibles", "miss", ENCRE3, ""),
    "non_significatif": Etat("–", "non significatif", "non significatifs", "miss", ENCRE3, ""),
    "non_applicable": Etat("·", "sans objet", "sans objet", "miss", ENCRE3, ""),
}
"""States of a cell (comparison, or statut of a missing value), in the order of counts."""

TENDANCES = {
    "amelioration": "amélioration",
    "degradation": "dégradation",
    "hausse": "en hausse",
    "baisse": "en baisse",
    "stable": "stable",
    "non_concluante": "non concluante",
    "serie_courte": "série courte",
}
"""Word of each trend; its arrow follows the number (`fleche`), the word carries the judgement."""


def fleche(etat: str, pente: float | None) -> str:
    """Arrow of a trend: direction of the number, not judgement."""
    fixes = {"stable": "→", "non_concluante": "?", "serie_courte": "…"}
    return fixes.get(etat) or ("↗" if (pente or 0) > 0 else "↘")


@cache
def read_statique(nom: str) -> str:
    """Text of a file of `dashboard/statique` (style sheets, script, logo)."""
    return (STATIQUE / nom).read_text(encoding="utf-8")


def css_bloc() -> str:
    """Style sheet of every bloc: tokens, table grammar, states, mobile."""
    return read_statique("bloc.css")


def style_page(mention: str, est_demo: bool) -> str:
    """Style block of the whole page; `mention` is written at the right of the header («Base du … · version 12»).

    `mention` comes from the published version only (a date and a number), never from a user.
    """
    haut = 80 if est_demo else 56  # header, and the banner of the demonstration
    sure = mention.replace("\\", "").replace('"', "").replace("<", "")
    variables = f':root{{--haut:{haut}px}}\n[data-testid=stHeader]::after{{content:"{sure}"}}'
    return f"<style>{read_statique('page.css')}\n{variables}</style>"
