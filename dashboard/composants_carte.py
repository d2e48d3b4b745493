"""Selectors of the page Carte, bound to the address: level, colouring, second map."""

from collections.abc import Sequence

import streamlit as st

from dashboard import carte_page, donnees, etat
from dashboard.formats import capitaliser, format_rentree
from indicators.catalogue import Indicateur, Nature
from indicators.territoires import Niveau

NIVEAUX = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)
"""Levels that have outlines of their own."""


def select_niveau(maille: Niveau) -> None:
    """Level mapped."""
    st.selectbox(
        "Niveau",
        NIVEAUX,
        format_func=lambda niveau: capitaliser(niveau.pluriel),
        **etat.bind("choix_niveau", maille, lambda niveau: {"niveau": niveau.value}),
    )


def select_couleur(fiche: Indicateur) -> str:
    """Way of colouring; a count has only one, proportional discs."""
    mode = etat.read_parametre("couleur", tuple(carte_page.MODES), "classes")
    st.segmented_control(
        "Couleur",
        list(carte_page.MODES),
        format_func=carte_page.MODES.__getitem__,
        required=True,
        disabled=fiche.nature is Nature.EFFECTIF,
        **etat.bind("choix_couleur", mode, lambda m: {"couleur": None if m == "classes" else m}),
    )
    return mode


def select_seconde() -> str:
    """Whether a second map shows another rentrée or another indicator."""
    seconde = etat.read_parametre("seconde", tuple(carte_page.SECONDES), "aucune")
    st.selectbox(
        "Seconde carte",
        list(carte_page.SECONDES),
        format_func=carte_page.SECONDES.__getitem__,
        **etat.bind("choix_seconde", seconde, lambda s: {"seconde": None if s == "aucune" else s}),
    )
    return seconde


def select_autre(
    seconde: str, fiche: Indicateur, rentree: int | None, montree: int, rentrees: Sequence[int]
) -> tuple[str, int | None]:
    """Indicator and rentrée of the second map.

    Args:
        rentree: the one asked for, None for the latest; montree: the one that the first map shows.
    """
    if seconde == "rentree":
        return fiche.code, _select_rentree(montree, rentrees)
    if seconde == "indicateur":
        return _select_indicateur(fiche), rentree
    return fiche.code, rentree


def _select_rentree(montree: int, rentrees: Sequence[int]) -> int:
    defaut = next((r for r in rentrees if r != montree), montree)
    lue = int(etat.read_parametre("rentree2", tuple(map(str, rentrees)), str(defaut)))
    st.selectbox(
        "Rentrée de la seconde carte",
        rentrees,
        format_func=format_rentree,
        width=360,
        **etat.bind("choix_rentree2", lue, lambda r: {"rentree2": r}),
    )
    return lue


def _select_indicateur(fiche: Indicateur) -> str:
    titres = {i.code: i.titre for i in donnees.list_indicateurs()}
    lu = etat.read_parametre("indicateur2", tuple(titres), next((c for c in titres if c != fiche.code), fiche.code))
    st.selectbox(
        "Indicateur de la seconde carte",
        list(titres),
        format_func=titres.__getitem__,
        width=480,
        **etat.bind("choix_indicateur2", lu, lambda code: {"indicateur2": code}),
    )
    return lu
