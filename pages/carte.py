"""La carte d’un indicateur par territoire : classes, continu ou état ; seule, ou deux cartes côte à côte."""

from dashboard import bloc, carte_page, composants, donnees, etat, fichiers, niveau
from dashboard import composants_carte as selecteurs
from indicators.territoires import Niveau

choix = etat.read_choix()
fiche, modalite = choix.indicateur, choix.modalite
maille = choix.niveau if choix.niveau in selecteurs.NIVEAUX else Niveau.RESEAU
composants.set_titre(f"Carte, {fiche.titre_court}")
rentrees = donnees.build(niveau.read_rentrees, fiche.code, maille, modalite)

plusieurs = len(fiche.modalites) > 1
colonnes = composants.columns_tete(3.4 - 0.9 * plusieurs, 1.5, 1.5, 1.5 if plusieurs else 0.01, 2, 1.5, 1.4)
with colonnes[0]:
    composants.select_indicateur(choix)
with colonnes[1]:
    composants.select_rentree(choix, rentrees)
with colonnes[2]:
    selecteurs.select_niveau(maille)
with colonnes[3]:
    composants.select_modalite(choix)
with colonnes[4]:
    mode = selecteurs.select_couleur(fiche)
with colonnes[5]:
    seconde = selecteurs.select_seconde()

vue = donnees.build(carte_page.build_vue_carte, fiche.code, maille, choix.rentree, modalite)
colonnes[6].download_button(
    "Données (CSV)",
    fichiers.write_cellules(fiche.code, vue.rentree, modalite, vue.cellules),
    file_name=f"{fiche.code}-{maille.value}-{vue.rentree}.csv",
    mime=fichiers.MIME,
    width="stretch",
)
autre = selecteurs.select_autre(seconde, fiche, choix.rentree, vue.rentree, rentrees)
html = donnees.build(
    carte_page.render_page, (fiche.code, choix.rentree, modalite), autre, maille, mode, seconde, choix.territoire.code
)
bloc.show(html, "carte", carte_page.CSS)
