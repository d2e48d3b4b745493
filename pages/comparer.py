"""Comparer, pour la cellule académique : carte de chaleur, un indicateur, un territoire."""

from functools import partial

from dashboard import bloc, comparer, composants, donnees, etat
from dashboard import comparer_fichiers as fichiers
from dashboard import comparer_selecteurs as selecteurs

composants.set_titre("Comparer")
choix = etat.read_choix()
tete, *exports = composants.columns_tete(8, 1.5, 1.5)
with tete:
    vue = selecteurs.select_vue()
niveaux = donnees.build(comparer.list_niveaux, vue)
maille = selecteurs.get_maille(choix, niveaux)
colonnes = selecteurs.get_colonnes(maille, choix.rentree)
cle = selecteurs.choose_cle(choix, colonnes)
selection = selecteurs.get_selection(choix, maille, vue == comparer.TERRITOIRE)
places = composants.columns_tete(*comparer.LARGEURS[vue])
with places[0]:
    selecteurs.select_niveau(maille, niveaux)
with places[1]:
    composants.select_rentree(choix)

if vue == comparer.CHALEUR:
    with places[2]:
        jeu = selecteurs.select_jeu()
    with places[3]:
        selecteurs.select_colonne("Trier par", colonnes, cle)
    with places[4]:
        selecteurs.select_surligne(maille, selection)
    with places[5]:
        cellules = selecteurs.select_cellules()
    page = donnees.build(comparer.build_chaleur, maille, choix.rentree, jeu, cle, selection, cellules)
    tabuler = fichiers.make_chaleur
elif vue == comparer.INDICATEUR:
    with places[2]:
        selecteurs.select_colonne("Indicateur", colonnes, cle)
    with places[3]:
        selecteurs.select_surligne(maille, selection)
    page = donnees.build(comparer.build_indicateur, maille, choix.rentree, cle, selection)
    tabuler = fichiers.make_indicateur
else:
    with places[2]:
        jeu = selecteurs.select_jeu()
    with places[3]:
        selecteurs.select_surligne(maille, selection, obligatoire=True)
    page = donnees.build(comparer.build_territoire, maille, selection, choix.rentree, jeu, cle)
    tabuler = fichiers.make_semblables

if page.vue is not None:
    tableau = partial(tabuler, page.vue, donnees.get_version())
    selecteurs.offer_fichiers(exports, f"comparer-{vue}-{maille.value}", tableau)
bloc.show(page.html, vue, comparer.CSS)
