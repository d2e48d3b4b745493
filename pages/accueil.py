"""L’accueil : trouver un territoire par la recherche, la carte ou la liste, et voir ce qui est chargé."""

import streamlit as st

from dashboard import accueil, bloc, composants, donnees, etat, navigation

composants.set_titre("Accueil")
version = donnees.get_version()
niveau = etat.read_parametre("niveau", accueil.NIVEAUX, accueil.NIVEAUX[1])

titre, recherche = composants.columns_tete(1, 1.02)
with titre:
    bloc.show(donnees.build(accueil.render_tete), "tete", accueil.CSS)
with recherche:
    offres = donnees.build(accueil.list_recherche)
    choisi = st.selectbox(
        "Choisir un territoire\u00a0: réseau, inter-réseau, département, commune ou établissement",
        list(offres),
        index=None,
        placeholder="Par exemple\u00a0: Thouarsais, Saintes, 0860791T",
        key="recherche",
    )
    if choisi:
        etat.open_lien(navigation.lien("tableau_de_bord", territoire=offres[choisi]))
    bloc.show(donnees.build(accueil.render_direct), "direct", accueil.CSS)

bloc.show(donnees.build(accueil.render_page, niveau, version.numero, version.resume), "accueil", accueil.CSS)
