"""Le tableau de bord d’un territoire : identité, forces, fragilités, et chaque indicateur comparé."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, fichiers, onglets, references, tableau, tableau_csv

choix = etat.read_choix()
code, reference = choix.territoire.code, references.read_reference()
offertes = references.list_choix(choix, reference)
composants.set_titre(choix.territoire.nom)

titre, territoire, rentree, compare = composants.columns_tete(4.2, 2.5, 1.5, 2.2 if offertes else 0.01)
with titre:
    bloc.show(donnees.build(tableau.render_tete, code), "tete")
with territoire:
    composants.select_territoire(choix)
with rentree:
    composants.select_rentree(choix)
if offertes:
    with compare:
        references.select_reference(offertes, reference)

bloc.show(onglets.render_onglets(code, "tableau_de_bord"), "onglets", onglets.CSS)
bloc.show(donnees.build(tableau.render_page, code, choix.rentree, reference), "tableau", tableau.CSS)
st.download_button(
    "Données de cette page (CSV)",
    donnees.build(tableau_csv.write_tableau, code, choix.rentree, reference),
    file_name=f"tableau-de-bord-{code}{f'-{choix.rentree}' if choix.rentree else ''}.csv",
    mime=fichiers.MIME,
)
