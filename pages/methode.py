"""Le catalogue et la méthode : chaque indicateur, ce qui est chargé, comment les chiffres sont faits."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, methode

composants.set_titre("Méthode")
mots = etat.read_texte("q")
partie = etat.read_parametre("partie", tuple(methode.PARTIES), "catalogue")

colonnes = composants.columns_tete(5, 5, 2)
colonnes[0].segmented_control(
    "Méthode",
    list(methode.PARTIES),
    format_func=methode.PARTIES.__getitem__,
    required=True,
    **etat.bind("choix_partie", partie, lambda p: {"partie": None if p == "catalogue" else p}),
)
if partie == "catalogue":
    colonnes[1].text_input(
        "Chercher une fiche",
        placeholder="brevet, décrochage, IPS…",
        **etat.bind("choix_mots", mots, lambda texte: {"q": texte.strip()}),
    )
    trouves = methode.search(mots)
    bloc.show(methode.render_catalogue(trouves, donnees.build(methode.list_presents), mots), "catalogue", methode.CSS)
elif partie == "extraits":
    bloc.show(donnees.build(methode.render_chargements), "extraits", methode.CSS)
else:
    with st.container(key="document"):
        st.markdown(methode.read_document())
