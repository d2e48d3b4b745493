"""Selectors of the page Parcours, bound to the address, and its projection."""

import streamlit as st

from dashboard import bloc, etat, theme
from dashboard.parcours import CSS, LECTURES, Page
from indicators.tableaux_de_bord.objets_parcours import COHORTE, VueParcours


def read_lire() -> str:
    """The reading asked for: a cohort unless the address says otherwise.

    Raises:
        ErreurUsage: the address asks for another one.
    """
    return etat.read_parametre("lire", tuple(LECTURES), COHORTE)


def read_entree() -> int | None:
    """The entry year asked for; the path checks that it has one, for another territory may not."""
    texte = etat.read_texte("entree")
    return int(texte) if texte.isdecimal() else None


def is_projete() -> bool:
    """Whether the address asks for the projection."""
    return etat.read_parametre("projeter", ("0", "1"), "0") == "1"


def select_lire(vue: VueParcours) -> None:
    """A cohort, or the last year of each indicator; no choice where no cohort has enough figures."""
    st.segmented_control(
        "Lire par",
        list(LECTURES),
        format_func=LECTURES.__getitem__,
        required=True,
        disabled=not vue.entrees,
        **etat.bind("choix_lire", vue.lire, lambda lire: {"lire": None if lire == COHORTE else lire}),
    )


def select_entree(vue: VueParcours) -> None:
    """Which cohort, by the rentrée of its entry in 6e."""
    st.selectbox(
        "Entrée en 6ᵉ",
        vue.entrees,
        **etat.bind("choix_entree", vue.entree, lambda entree: {"entree": entree}),
    )


def offer_projection() -> None:
    """The button that projects."""
    st.button("Projeter", type="primary", on_click=etat.write, kwargs={"projeter": 1}, key="projeter", width="stretch")


def show_projection(page: Page) -> None:
    """The projection alone on the screen, and the way back."""
    st.html(f"<style>{theme.read_statique('projection.css')}</style>")
    bloc.show(page.projection, "projection", CSS)
    st.button("Quitter la projection", on_click=etat.write, kwargs={"projeter": None}, key="quitter")
