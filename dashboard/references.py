"""The reference that a tableau de bord is compared with: read from the address, chosen among those with figures."""

import streamlit as st

from dashboard import donnees, etat
from indicators.tableaux_de_bord.comparaisons import AUTRES, PRINCIPALE, list_autres, name_choix


def read_reference() -> str:
    """The reference asked for by the address; the main one when it says nothing.

    Raises:
        ErreurUsage: no reference has that code.
    """
    return etat.read_parametre("reference", (PRINCIPALE, *AUTRES), PRINCIPALE)


def list_choix(choix: etat.Choix, reference: str) -> tuple[str, ...]:
    """What can be chosen: the references with figures at the rentrée; empty where the main one is the only one.

    The one asked for is always there, so that a link to what has no figure opens, and says so.
    """
    offertes = donnees.build(list_autres, choix.territoire.code, choix.rentree)
    if reference not in (PRINCIPALE, *offertes):
        offertes = (*offertes, reference)
    return (PRINCIPALE, *offertes) if offertes else ()


def select_reference(offertes: tuple[str, ...], reference: str) -> None:
    """Field «Comparé à», bound to the address."""
    st.selectbox(
        "Comparé à",
        offertes,
        format_func=name_choix,
        **etat.bind("choix_reference", reference, lambda code: {"reference": None if code == PRINCIPALE else code}),
    )
