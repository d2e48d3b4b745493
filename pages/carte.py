"""La carte d’un indicateur par territoire : classes, continu ou état ; seule, ou deux cartes côte à côte."""

import streamlit as st

from dashboard import bloc, carte_page, composants, donnees, etat, fichiers, niveau
from dashboard.formats import capitaliser, format_rentree
from indicators.catalogue import Nature
from indicators.territoires import Niveau

NIVEAUX = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)

choix = etat.read_choix()
fiche, modalite = choix.indicateur, choix.modalite
maille = choix.niveau if choix.niveau in NIVEAUX else Niveau.RESEAU
mode = etat.read_parametre("couleur", tuple(carte_page.MODES), "classes")
seconde = etat.read_parametre("seconde", tuple(carte_page.SECONDES), "aucune")
composants.set_titre(f"Carte, {fiche.titre_court}")
rentrees = donnees.build(niveau.read_rentrees, fiche.code, maille, modalite)

plusieurs = len(fiche.modalites) > 1
colonnes = composants.columns_tete(3.4 - 0.9 * plusieurs, 1.5, 1.5, 1.5 if plusieurs else 0.01, 2, 1.5, 1.4)
with colonnes[0]:
    composants.select_indicateur(choix)
with colonnes[1]:
    composants.select_rentree(choix, rentrees)
colonnes[2].selectbox(
    "Niveau",
    NIVEAUX,
    format_func=lambda n: capitaliser(n.pluriel),
    **etat.bind("choix_niveau", maille, lambda n: {"niveau": n.value}),
)
with colonnes[3]:
    composants.select_modalite(choix)
colonnes[4].segmented_control(
    "Couleur",
    list(carte_page.MODES),
    format_func=carte_page.MODES.__getitem__,
    required=True,
    disabled=fiche.nature is Nature.EFFECTIF,
    **etat.bind("choix_couleur", mode, lambda m: {"couleur": None if m == "classes" else m}),
)
colonnes[5].selectbox(
    "Seconde carte",
    list(carte_page.SECONDES),
    format_func=carte_page.SECONDES.__getitem__,
    **etat.bind("choix_seconde", seconde, lambda s: {"seconde": None if s == "aucune" else s}),
)
vue = donnees.build(carte_page.build_vue_carte, fiche.code, maille, choix.rentree, modalite)
colonnes[6].download_button(
    "Données (CSV)",
    fichiers.write_cellules(fiche.code, vue.rentree, modalite, vue.cellules),
    file_name=f"{fiche.code}-{maille.value}-{vue.rentree}.csv",
    mime=fichiers.MIME,
    width="stretch",
)
autre = (fiche.code, None)
if seconde == "rentree":
    restantes = [r for r in rentrees if r != vue.rentree] or [vue.rentree]
    lue = etat.read_parametre("rentree2", tuple(map(str, rentrees)), str(restantes[0]))
    st.columns([3, 9.3])[0].selectbox(
        "Rentrée de la seconde carte",
        restantes if int(lue) in restantes else [int(lue), *restantes],
        format_func=format_rentree,
        **etat.bind("choix_rentree2", int(lue), lambda r: {"rentree2": r}),
    )
    autre = (fiche.code, int(lue))
elif seconde == "indicateur":
    titres = {i.code: i.titre for i in donnees.list_indicateurs()}
    lu = etat.read_parametre("indicateur2", tuple(titres), next(c for c in titres if c != fiche.code))
    st.columns([3, 9.3])[0].selectbox(
        "Indicateur de la seconde carte",
        list(titres),
        format_func=titres.__getitem__,
        **etat.bind("choix_indicateur2", lu, lambda code: {"indicateur2": code}),
    )
    autre = (lu, choix.rentree)
html = donnees.build(
    carte_page.render_page, (fiche.code, choix.rentree, modalite), autre, maille, mode, seconde, choix.territoire.code
)
bloc.show(html, "carte", carte_page.CSS)
