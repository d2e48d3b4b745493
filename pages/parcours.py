"""Le parcours d’un territoire, de l’école à l’après-bac : où il fléchit, cohorte par cohorte."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, fichiers, parcours, parcours_csv, references, tableau
from dashboard import parcours_selecteurs as selecteurs

choix = etat.read_choix()
code, reference = choix.territoire.code, references.read_reference()
question = (code, selecteurs.read_lire(), selecteurs.read_entree(), reference)
page = donnees.build(parcours.build_page, *question)
composants.set_titre(f"Parcours, {choix.territoire.nom}")

if selecteurs.is_projete():
    selecteurs.show_projection(page)
else:
    offertes = references.list_choix(choix, reference)
    compare, cohorte = bool(offertes), page.vue.entree is not None
    largeurs = (3.4, 2.2, 2.2, 1.0 if cohorte else 0.01, 2.0 if compare else 0.01, 1.0)
    titre, territoire, lire, entree, comparer, projeter = composants.columns_tete(*largeurs)
    with titre:
        bloc.show(donnees.build(tableau.render_tete, code), "tete")
    with territoire:
        composants.select_territoire(choix)
    with lire:
        selecteurs.select_lire(page.vue)
    if cohorte:
        with entree:
            selecteurs.select_entree(page.vue)
    if compare:
        with comparer:
            references.select_reference(offertes, reference)
    with projeter:
        selecteurs.offer_projection()

    bloc.show(page.html, "parcours", parcours.CSS)
    st.download_button(
        "Données de cette page (CSV)",
        donnees.build(parcours_csv.write_parcours, *question),
        file_name=f"parcours-{code}.csv",
        mime=fichiers.MIME,
    )
