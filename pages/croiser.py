"""Croiser deux ou trois indicateurs : quels territoires ont ce profil, et avec quelle probabilité."""

from functools import partial

import streamlit as st

from dashboard import bloc, composants, croiser, donnees, etat
from dashboard import comparer_fichiers as fichiers
from dashboard import comparer_selecteurs as communs
from dashboard import croiser_selecteurs as selecteurs

composants.set_titre("Croiser")
st.html(f"<style>{croiser.CSS_PAGE}</style>")
choix = etat.read_choix()
maille = communs.get_maille(choix)
with st.container(key="croiser_tete"):
    niveau, compare, territoire, *exports, regle = composants.columns_tete(1.7, 1.9, 2.2, 1.35, 1.35, 3)
    places = st.columns(3, gap="small")
with niveau:
    communs.select_niveau(maille)
with compare:
    reference = selecteurs.select_reference(maille)
demandes = selecteurs.select_axes(places, choix, maille, reference)

if len(demandes) < 2:
    bloc.show(croiser.TROP_PEU, "tete", croiser.CSS)
else:
    tete = st.container(gap=None)
    with st.container(key="croiser_corps"):
        cote, graphe = st.columns([482, 780], gap="medium")
    droite = selecteurs.read_droite(demandes)
    selection = communs.get_selection(choix, maille)
    adresse = selecteurs.read_adresse()
    page = donnees.build(croiser.build_page, maille, reference, demandes, droite, selection, adresse)
    with territoire:
        communs.select_surligne(maille, page.selection, obligatoire=True)
    nom, version = croiser.name_fichier(page.vue), donnees.get_version()
    communs.offer_fichiers(exports, nom, partial(fichiers.make_croisement, page.vue, version))
    selecteurs.offer_brouillon(regle, page)
    with tete:
        bloc.show(page.tete, "tete", croiser.CSS)
    with cote:
        bloc.show(page.cote, "cote", croiser.CSS)
    with graphe.container(gap=None):
        bloc.show(page.dessus, "dessus", croiser.CSS)
        selecteurs.show_graphe(page)
        bloc.show(page.abscisse, "abscisse", croiser.CSS)
        selecteurs.select_droite(demandes, droite)
        bloc.show(page.dessous, "dessous", croiser.CSS)
