"""Ce que le croisement des indicateurs fait ressortir d’un territoire : probabilité, indices, questions."""

from dashboard import bloc, composants, donnees, etat, onglets, partage, problematiques, tableau
from indicators.territoires import Niveau

VUES = {"territoire": "Un territoire", "territoires": "Tous"}
NIVEAUX = {n: n.pluriel.capitalize() for n in (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)}

choix = etat.read_choix()
code = choix.territoire.code
vue = etat.read_parametre("vue", tuple(VUES), "territoire")
composants.set_titre(f"Problématiques, {choix.territoire.nom}")

titre, lecture, premier, second = composants.columns_tete(
    4.6, 2.9, *((1.7, 3.4) if vue == "territoires" else (3, 0.01))
)
with titre:
    bloc.show(donnees.build(tableau.render_tete, code), "tete")
lecture.segmented_control(
    "Lire",
    list(VUES),
    format_func=VUES.__getitem__,
    required=True,
    **etat.bind("choix_vue", vue, lambda v: {"vue": None if v == "territoire" else v}),
)
if vue == "territoire":
    with premier:
        composants.select_territoire(choix)
    comptes = donnees.build(problematiques.render_comptes, code)
    html, css = donnees.build(problematiques.render_page, code), problematiques.CSS
else:
    maille = choix.niveau if choix.niveau in NIVEAUX else Niveau.RESEAU
    premier.selectbox(
        "Territoires",
        list(NIVEAUX),
        format_func=NIVEAUX.__getitem__,
        **etat.bind("choix_niveau", maille, lambda n: {"niveau": n.value, "regle": None}),
    )
    regles = donnees.build(partage.list_choix, maille)
    regle = etat.read_parametre("regle", tuple(regles), next(iter(regles), ""))
    second.selectbox(
        "Problématique sur la carte",
        list(regles),
        format_func=regles.__getitem__,
        **etat.bind("choix_regle", regle, lambda r: {"regle": r}),
    )
    comptes = ""
    html, css = donnees.build(partage.render_page, maille, regle, code), partage.CSS
bloc.show(onglets.render_onglets(code, "problematiques", comptes), "onglets", onglets.CSS)
bloc.show(html, vue, css)
