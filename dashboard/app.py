"""Entry point: `python -m streamlit run dashboard/app.py` from the root of the project."""

import logging
import secrets

import pandas  # noqa: F401  (imported once at start-up: the first session would otherwise wait for it)
import streamlit as st

from dashboard import composants, donnees, etat, navigation, theme
from indicators.erreurs import ErreurIndicateurs

journal = logging.getLogger("eclore.application")


def main() -> None:
    """Draw the frame, then the page; a fault becomes a calm message, never a traceback."""
    st.set_page_config(
        page_title="Éclore",
        page_icon=str(theme.STATIQUE / "icone.svg"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.logo(str(theme.STATIQUE / "logo.svg"), size="large")
    page = st.navigation(
        [st.Page(p.fichier, title=p.titre, default=p is navigation.ACCUEIL) for p in navigation.PAGES], position="top"
    )
    try:
        version = donnees.read_version()
    except ErreurIndicateurs as erreur:
        composants.show_cadre(None)
        composants.show_message("Les données ne peuvent pas être lues", str(erreur), cle="erreur")
        return
    composants.show_cadre(version)
    if version is None:
        _show_sans_base()
    else:
        _run(page)


def _run(page) -> None:
    """Run a page; what it cannot show is said in its place."""
    etat.enter_page(page.title)
    try:
        page.run()
    except ErreurIndicateurs as erreur:
        composants.show_message("Cette page ne peut pas être affichée", str(erreur), cle="erreur")
    except Exception:
        reference = secrets.token_hex(3).upper()
        journal.exception("Faute %s sur la page « %s »", reference, page.title)
        composants.show_message(
            "Cette partie n’a pas pu être affichée",
            f"Les autres chiffres restent justes.\nRéférence à donner à l’assistance\u00a0: {reference}.",
            cle="faute",
        )


def _show_sans_base() -> None:
    composants.show_message(
        "Aucune donnée n’est encore publiée",
        "Chargez un premier extrait\u00a0: `python -m indicators charger FICHIER`\n"
        "Ou lancez la démonstration\u00a0: `python -m indicators demo`\n"
        "Puis rechargez cette page.",
        cle="sans_base",
        retour=False,
    )


main()
