"""Entry point: `python -m streamlit run dashboard/app.py` from the root of the project."""

import logging
import secrets

import pandas  # noqa: F401  (imported once at start-up: the first session would otherwise wait for it)
import streamlit as st

from dashboard import composants, donnees, etat, navigation, theme
from indicators.erreurs import ErreurBase, ErreurIndicateurs
from indicators.systeme import explain_panne

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
        [
            st.Page(
                p.fichier,
                title=p.titre,
                default=p is navigation.ACCUEIL,
                visibility="visible" if p.est_au_menu else "hidden",
            )
            for p in navigation.PAGES
        ],
        position="top",
    )
    try:
        servie = donnees.read_servie()
    except (ErreurIndicateurs, OSError) as erreur:
        _show_illisible(erreur)
        return
    if servie.version is None:
        composants.show_cadre(None)
        _run(page) if page.url_path == "chargement" else _show_sans_base()
        return
    passage = etat.enter_version(servie)
    composants.show_cadre(passage.version)
    composants.show_avis(passage, page.url_path or navigation.ACCUEIL.nom)
    _run(page)
    etat.leave_page()


def _run(page) -> None:
    """Run a page; what it cannot show is said in its place."""
    etat.enter_page(page.title)
    try:
        page.run()
    except ErreurBase as erreur:
        journal.exception("Base illisible sur la page « %s »", page.title)
        if _can_fall_back():
            st.rerun()
        composants.show_message("Cette page ne peut pas être affichée", str(erreur), cle="erreur")
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


def _can_fall_back() -> bool:
    """Whether the version on screen was damaged since this run began, and another one can be shown."""
    try:
        perdue, _ = donnees.find_version(donnees.get_version().numero)
        return perdue is None and donnees.read_servie().version is not None
    except (ErreurIndicateurs, OSError):
        return False


def _show_illisible(erreur: Exception) -> None:
    """No version can be read: what to do, and the cause in the log."""
    journal.error("Aucune version ne peut être lue", exc_info=erreur)
    texte = str(erreur)
    if isinstance(erreur, OSError):
        texte = f"Le dossier des données ne peut pas être lu\u00a0: {explain_panne(erreur)}."
    composants.show_cadre(None)
    composants.show_message("Les données ne peuvent pas être lues", texte, cle="erreur")


def _show_sans_base() -> None:
    composants.show_message(
        "Aucune donnée n’est encore publiée",
        "Chargez un premier extrait\u00a0: page Chargement, ou `python -m indicators charger FICHIER`\n"
        "Ou lancez la démonstration\u00a0: `python -m indicators demo`\n"
        "Puis rechargez cette page.",
        cle="sans_base",
        retour=False,
    )


main()
