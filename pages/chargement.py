"""Charger des extraits : ce qu’un fichier vaut, ce qu’il changerait, le publier, et revenir en arrière."""

import streamlit as st

from dashboard import bloc, chargement, composants, depots, donnees, etat, theme, versions_page
from dashboard import chargement_format as formats
from dashboard import chargement_gestes as gestes
from dashboard.chargement_verdicts import judge


def show_accueil() -> None:
    """Hand files in, take up a deposit again, see the versions and the extracts in force."""
    bloc.show(chargement.render_accueil(servie), "tete", chargement.CSS)
    gestes.show_reception(servie is not None and servie.est_demo)
    rentrees = donnees.build(versions_page.list_rentrees) if servie else {}
    listes = (
        chargement.render_depots(depots.list_en_attente())
        + versions_page.render_versions(depots.get_versions(), servie)
        + versions_page.render_chargements(depots.get_chargements(), rentrees)
    )
    bloc.show(listes, "listes", chargement.CSS)
    if numero := etat.read_texte("retablir"):
        gestes.show_retablir(numero)


def show_depot(depot: depots.Depot) -> None:
    """One deposit, or the report of one of its tables."""
    table = chargement.choose_table(depot, etat.read_texte("table"))
    bloc.show(chargement.render_tete(depot, table), "tete", chargement.CSS)
    gestes.show_preparation(depot)
    verdict = judge(depot, table, servie)
    corps = st.container(key="page_rapport")
    gauche, droite = corps.columns([244, 1014], gap="medium") if table else (None, corps)
    if table:
        with gauche:
            bloc.show(chargement.render_etapes(table, verdict), "etapes", chargement.CSS)
    with droite:
        gestes.show_bande(depot, table, verdict)
        gestes.show_retour(depot, table, bloque=True)
        if table:
            formats.show_association(depot, table)
            bloc.show(chargement.render_rapport(table), "rapport", chargement.CSS)
            formats.show_format_local(table)
        else:
            bloc.show(chargement.render_tables(depot) + chargement.render_a_signer(depot), "tables", chargement.CSS)
        if chargement.is_entier(depot, table):
            gestes.show_signature(depot)
            effet = chargement.render_signatures(depot) + chargement.render_changements(depot)
            if effet:
                bloc.show(effet, "effet", chargement.CSS)
        gestes.show_retour(depot, table, bloque=False)
        gestes.show_abandon(depot)


composants.set_titre("Chargement")
st.html(f"<style>{theme.read_statique('chargement_page.css')}</style>")
servie = donnees.read_servie().version
identifiant = etat.read_texte("depot")
if identifiant:
    show_depot(depots.get_depot(identifiant))
else:
    show_accueil()
