"""The tabs of a territory: the pages that read it, one question each. Pure, no Streamlit."""

from dashboard import theme
from dashboard.formats import echapper
from dashboard.navigation import lien

ONGLETS = {
    "tableau_de_bord": "Tableau de bord",
    "parcours": "Parcours",
    "problematiques": "Problématiques",
    "diagnostic": "Diagnostic",
}
"""Name of each page and its word."""
CSS = theme.read_statique("onglets.css")


def render_onglets(code: str, courant: str, droite: str = "") -> str:
    """The tabs of a territory, the current one marked.

    Args:
        code: of the territory.
        courant: name of the page.
        droite: one short line at the right end (counts or key), ready HTML.
    """
    liens = "".join(
        f'<a href="{echapper(lien(nom, territoire=code))}"{_mark(nom == courant)}>{titre}</a>'
        for nom, titre in ONGLETS.items()
    )
    fin = f'<span class="d">{droite}</span>' if droite else ""
    return f'<nav class="onglets" aria-label="Pages du territoire">{liens}{fin}</nav>'


def _mark(est_courant: bool) -> str:
    return ' aria-current="page"' if est_courant else ""
