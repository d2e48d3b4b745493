"""Le tableau de bord d’un territoire : identité, forces, fragilités, et chaque indicateur comparé."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, fichiers, tableau, tableau_csv

choix = etat.read_choix()
code = choix.territoire.code
composants.set_titre(choix.territoire.nom)

titre, territoire, rentree = composants.columns_tete(5, 2.6, 1.5)
with titre:
    bloc.show(donnees.build(tableau.render_tete, code), "tete")
with territoire:
    composants.select_territoire(choix)
with rentree:
    composants.select_rentree(choix)

bloc.show(donnees.build(tableau.render_page, code, choix.rentree), "tableau", tableau.CSS)
st.download_button(
    "Données de cette page (CSV)",
    donnees.build(tableau_csv.write_tableau, code, choix.rentree),
    file_name=f"tableau-de-bord-{code}{f'-{choix.rentree}' if choix.rentree else ''}.csv",
    mime=fichiers.MIME,
)
