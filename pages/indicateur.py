"""Un indicateur pour un territoire : sa valeur, son évolution, sa place, ses établissements, d’où il vient."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, fichiers, graphiques, indicateur, lecture, niveau, provenance

choix = etat.read_choix()
fiche, territoire, modalite = choix.indicateur, choix.territoire, choix.modalite
composants.set_titre(f"{fiche.titre_court}, {territoire.nom}")

bloc.show(donnees.build(indicateur.render_fil, territoire.code, fiche.code), "fil", indicateur.CSS)
plusieurs = len(fiche.modalites) > 1
colonnes = composants.columns_tete(4.1 - 0.8 * plusieurs, 2.8, 1.6, 1.5 if plusieurs else 0.01, 1.5)
with colonnes[0]:
    composants.select_indicateur(choix)
with colonnes[1]:
    composants.select_territoire(choix)
with colonnes[2]:
    composants.select_rentree(choix, donnees.build(niveau.read_rentrees, fiche.code, territoire.niveau, modalite))
with colonnes[3]:
    composants.select_modalite(choix)

page = donnees.build(indicateur.build_parties, territoire.code, fiche.code, choix.rentree, modalite)
vue = page.vue
with colonnes[4]:
    st.download_button(
        "Données (CSV)",
        fichiers.write_cellules(fiche.code, vue.rentree, modalite, vue.liste.cellules),
        file_name=f"{fiche.code}-{vue.rentree}.csv",
        mime=fichiers.MIME,
        width="stretch",
    )
bloc.show(page.tete, "tete", indicateur.CSS)
gauche, droite = st.columns([744, 518], gap="medium")
with gauche.container(gap=None):
    bloc.show(page.gauche, "chiffres", indicateur.CSS)
    with st.container(key="graphe_large"):
        figure = graphiques.draw_tendance(fiche, vue.ligne.serie, territoire.nom, lecture.name_reste(vue.ligne))
        texte = graphiques.describe(fiche, vue.ligne.serie, territoire.nom)
        st.plotly_chart(figure, config=graphiques.CONFIG, theme=None, key="tendance", alt=texte)
    bloc.show(page.origine, "origine", indicateur.CSS)
with droite:
    bloc.show(page.liste, "liste", indicateur.CSS)
bloc.show(page.bas, "bas", indicateur.CSS)


@st.dialog("Les lignes derrière ce chiffre", width="large", on_dismiss=lambda: etat.write(lignes=None))
def show_lignes() -> None:
    """Raw lines of the extracts, and a file of them."""
    bloc.show(provenance.render_lignes(vue.origine.lignes), "lignes", indicateur.CSS)
    st.download_button(
        "Télécharger ces lignes (CSV)",
        fichiers.write_lignes(vue.origine.lignes),
        file_name=f"lignes-{fiche.code}-{territoire.code}-{vue.rentree}.csv",
        mime=fichiers.MIME,
    )


if etat.read_parametre("lignes", ("0", "1"), "0") == "1":
    show_lignes()
