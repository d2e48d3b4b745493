"""The three views of Comparer: their list, their style sheet, their pages ready to show. Pure, no Streamlit."""

from dataclasses import dataclass

from dashboard import comparer_indicateur, comparer_territoire, theme
from dashboard.comparer_chaleur import MAX_A_COTE, render_table, write_sous_titre, write_titre
from dashboard.formats import html_ordinaux
from dashboard.navigation import lien
from indicators.base import Base
from indicators.catalogue import ENSEMBLE
from indicators.tableaux_de_bord.vue_comparer import NIVEAUX, Colonne, VueChaleur, build_vue_chaleur, list_territoires
from indicators.tableaux_de_bord.vue_comparer_indicateur import VueComparerIndicateur, build_vue_comparer_indicateur
from indicators.tableaux_de_bord.vue_comparer_territoire import (
    VueSemblables,
    build_vue_semblables,
    list_niveaux_semblables,
)
from indicators.territoires import Niveau

CHALEUR, INDICATEUR, TERRITOIRE = "chaleur", "indicateur", "semblables"
VUES = {
    CHALEUR: "Carte de chaleur",
    INDICATEUR: "Un indicateur",
    TERRITOIRE: "Un territoire",
}
"""The three views, as in the address and on screen."""
LARGEURS = {
    CHALEUR: (1.9, 1.9, 1.9, 2.9, 2.3, 1.8),
    INDICATEUR: (2, 2, 4, 3),
    TERRITOIRE: (2, 2, 2.4, 3),
}
"""Widths of the selectors of each view."""
CSS = "".join(theme.read_statique(f"{nom}.css") for nom in ("niveau", "comparer"))
_SANS_CHIFFRE = (
    '<div class="tit"><h2 class="msg">Aucun chiffre à comparer</h2><p>Aucun indicateur n’a de chiffre à ce niveau pour '
    "cette rentrée. Choisissez une autre rentrée ou d’autres territoires.</p></div>"
)


@dataclass(frozen=True)
class Page:
    """Ready HTML of a view and what it was made from; `vue` is None where there is nothing to show."""

    html: str
    vue: VueChaleur | VueComparerIndicateur | VueSemblables | None = None


def list_niveaux(base: Base, vue: str) -> tuple[Niveau, ...]:
    """Levels that a view offers: similar territories are looked for among réseaux and inter-réseaux only."""
    return (list_niveaux_semblables(base) or NIVEAUX[:2]) if vue == TERRITOIRE else NIVEAUX


def build_chaleur(
    base: Base, niveau: Niveau, rentree: int | None, jeu: str, cle: str, selection: str, cellules: str
) -> Page:
    """The heat map below its selectors, with the funnel of the sorted indicator.

    Args:
        jeu, cle: as in `choose_colonnes`; `cle` is also the sorted column.
        selection: code of the territory outlined.
        cellules: «ecart» or «valeur».
    """
    vue = build_vue_chaleur(base, niveau, rentree, jeu, cle)
    if not vue.colonnes:
        return Page(_SANS_CHIFFRE)
    tri = next((c for c in vue.colonnes if c.cle == cle), None)
    ici = {"niveau": niveau.value, "rentree": rentree, "territoire": selection}

    def sort_by(colonne: Colonne) -> str:
        return lien("comparer", **_write_cle(colonne.cle), **ici, colonnes=jeu, cellules=cellules)

    table = render_table(vue, tri, selection, cellules, sort_by)
    cote = _render_cote(base, tri, ici, selection) if tri else ""
    seule = " seule" if len(vue.colonnes) > MAX_A_COTE else ""
    html = (
        f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2>'
        f'<p>{html_ordinaux(write_sous_titre(vue))}</p></div><div class="chal{seule}"><div>{table}</div>{cote}</div>'
    )
    return Page(html, vue)


def _render_cote(base: Base, tri: Colonne, ici: dict[str, object], selection: str) -> str:
    niveau = Niveau(ici["niveau"])
    vue = build_vue_comparer_indicateur(base, tri.indicateur.code, niveau, tri.rentree, tri.modalite)
    semblables = niveau in list_niveaux_semblables(base)
    adresses = (
        lien("comparer", vue=INDICATEUR, **_write_cle(tri.cle), **ici),
        lien("comparer", vue=TERRITOIRE, **_write_cle(tri.cle), **ici) if semblables else "",
    )
    return comparer_indicateur.render_cote(vue, selection, adresses)


def build_indicateur(base: Base, niveau: Niveau, rentree: int | None, cle: str, selection: str) -> Page:
    """The view of one indicator; `cle` is that of a column."""
    if not cle:
        return Page(_SANS_CHIFFRE)
    code, modalite = _split(cle)
    vue = build_vue_comparer_indicateur(base, code, niveau, rentree, modalite)
    return Page(comparer_indicateur.render_page(vue, selection), vue)


def build_territoire(base: Base, niveau: Niveau, code: str, rentree: int | None, jeu: str, cle: str) -> Page:
    """The view of one territory, of that code at that level."""
    territoire = next((t for t in list_territoires(base, niveau) if t.code == code), None)
    if territoire is None or not cle:
        return Page(_SANS_CHIFFRE)
    vue = build_vue_semblables(base, territoire, rentree, jeu, cle)
    return Page(comparer_territoire.render_page(vue), vue)


def _split(cle: str) -> tuple[str, str]:
    code, _, modalite = cle.partition(":")
    return code, modalite or ENSEMBLE


def _write_cle(cle: str) -> dict[str, str | None]:
    """Indicator and modalité of a column, as parameters of an address."""
    code, _, modalite = cle.partition(":")
    return {"indicateur": code, "modalite": modalite or None}
