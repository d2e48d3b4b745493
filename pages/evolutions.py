"""Plusieurs territoires, ou plusieurs indicateurs d’un territoire, au fil des rentrées."""

import streamlit as st

from dashboard import bloc, composants, donnees, etat, evolutions, fichiers, graphiques
from dashboard.formats import nommer
from indicators.territoires import Niveau

choix = etat.read_choix()
fiche, territoire = choix.indicateur, choix.territoire
axe = etat.read_parametre("axe", tuple(evolutions.AXES), "territoires")
perimetre = etat.read_parametre("perimetre", tuple(evolutions.PERIMETRES), "actuel")
annuel = perimetre == "annuel"
composants.set_titre("Évolutions")

avec_modalite = axe == "territoires" and len(fiche.modalites) > 1
colonnes = composants.columns_tete(3.1, 2.9, 4.4 - 1.6 * avec_modalite, 0.01 + 1.6 * avec_modalite, 1.4)
colonnes[0].segmented_control(
    "Comparer",
    list(evolutions.AXES),
    format_func=evolutions.AXES.__getitem__,
    required=True,
    **etat.bind("choix_axe", axe, lambda a: {"axe": None if a == "territoires" else a}),
)
if axe == "territoires":
    with colonnes[1]:
        composants.select_indicateur(choix)
    with colonnes[3]:
        composants.select_modalite(choix)
    defaut = donnees.build(evolutions.list_territoires_defaut, territoire.code)
    finis = {t.code: t for t in donnees.build(evolutions.list_finis)}
    lus = [code for code in etat.read_liste(axe) if annuel or code not in finis]
    codes = tuple(code if code in finis else donnees.get_territoire(code).code for code in lus) or defaut
    aires = [t for t in donnees.list_territoires().values() if t.niveau is not Niveau.ETABLISSEMENT or t.code in codes]
    offerts = {t.code: nommer(t) for t in (*aires, *(finis.values() if annuel else ()))}
else:
    with colonnes[1]:
        composants.select_territoire(choix)
    defaut = donnees.build(evolutions.list_indicateurs_defaut, territoire.code, fiche.code)
    offerts = {i.code: i.titre_court for i in donnees.list_indicateurs()}
    codes = tuple(code for code in etat.read_liste(axe) if code in offerts) or defaut
colonnes[2].multiselect(
    axe.capitalize(),
    list(offerts),
    format_func=offerts.__getitem__,
    max_selections=evolutions.MAX_SERIES,
    placeholder="Six au plus",
    **etat.bind(f"choix_{axe}", list(codes), lambda lus: {axe: None if tuple(lus) == defaut else tuple(lus)}),
)
if axe == "territoires":
    vue = donnees.build(evolutions.build_vue_territoires, fiche.code, codes, choix.modalite, annuel)
else:
    vue = donnees.build(evolutions.build_vue_indicateurs, territoire.code, codes, annuel)
if vue.changements:
    lien = etat.bind("choix_perimetre", perimetre, lambda p: {"perimetre": None if p == "actuel" else p})
    noms = evolutions.PERIMETRES
    st.segmented_control("Périmètre", list(noms), format_func=noms.__getitem__, required=True, **lien)
nom = f"evolutions-perimetre-{perimetre}.csv"
colonnes[4].download_button(
    "Données (CSV)",
    fichiers.write_series(vue.series),
    file_name=nom,
    mime=fichiers.MIME,
    width="stretch",
)
bloc.show(evolutions.render_tete(vue, axe), "tete", evolutions.CSS)
if axe == "territoires" and evolutions.span(vue.series):
    figure = graphiques.draw_territoires(fiche, vue.series, evolutions.make_reference(vue))
    with st.container(key="graphe_large"):
        st.plotly_chart(figure, config=graphiques.CONFIG, theme=None, key="courbes", alt=f"Évolution : {fiche.titre}")
elif axe == "indicateurs":
    annees, places = evolutions.span(vue.series), st.columns(3, gap="medium")
    for rang, serie in enumerate(vue.series):
        with places[rang % 3].container(gap=None):
            bloc.show(evolutions.render_titre(serie), f"titre_{rang}", evolutions.CSS)
            if serie.connus:
                figure = graphiques.draw_multiple(serie, annees)
                texte = graphiques.describe(serie.indicateur, serie.points, territoire.nom)
                st.plotly_chart(figure, config=graphiques.CONFIG, theme=None, key=f"courbe_{rang}", alt=texte)
bloc.show(evolutions.render_bas(vue, axe), "bas", evolutions.CSS)
