"""Selectors of the page Comparer, bound to the address."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import comparer, donnees, etat
from dashboard.comparer_chaleur import CELLULES
from dashboard.comparer_entetes import name_colonne
from dashboard.comparer_fichiers import FICHIERS, Tableau
from dashboard.formats import capitaliser
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE, Domaine
from indicators.tableaux_de_bord.reperes import list_parents
from indicators.tableaux_de_bord.vue_comparer import ESSENTIELS, NIVEAUX, TOUS, Colonne, list_colonnes, list_territoires
from indicators.territoires import Niveau

JEUX = {ESSENTIELS: "Essentiels", **{d.value: d.titre for d in Domaine}, TOUS: "Tous"}
"""Sets of columns, as in the address and on screen."""
_AUCUN = ""
_CROISEMENT = "croisement"


def select_vue() -> str:
    """Which of the three views; an address made when crossings were one of them opens their page."""
    if etat.read_texte("vue") == _CROISEMENT:
        gardes = {nom: etat.read_texte(nom) for nom in (*etat.PARAMETRES, "abscisse", "droite")}
        etat.open_lien(lien("croiser", **gardes))
    vue = etat.read_parametre("vue", tuple(comparer.VUES), comparer.CHALEUR)
    st.segmented_control(
        "Comparer",
        list(comparer.VUES),
        format_func=comparer.VUES.__getitem__,
        required=True,
        label_visibility="collapsed",
        **etat.bind("choix_vue", vue, lambda v: {"vue": None if v == comparer.CHALEUR else v}),
    )
    return vue


def select_niveau(maille: Niveau, offerts: tuple[Niveau, ...] = NIVEAUX) -> None:
    """Level whose territories are compared, with their number."""
    st.selectbox(
        "Territoires",
        offerts,
        format_func=lambda n: f"{capitaliser(n.pluriel)} ({len(donnees.build(list_territoires, n))})",
        **etat.bind("choix_niveau", maille, lambda niveau: {"niveau": niveau.value}),
    )


def select_jeu() -> str:
    """Which indicators: the essential ones, a domain, or all."""
    jeu = etat.read_parametre("colonnes", tuple(JEUX), ESSENTIELS)
    st.selectbox(
        "Indicateurs",
        list(JEUX),
        format_func=JEUX.__getitem__,
        **etat.bind("choix_jeu", jeu, lambda j: {"colonnes": None if j == ESSENTIELS else j}),
    )
    return jeu


def select_colonne(libelle: str, colonnes: tuple[Colonne, ...], cle: str) -> None:
    """One column among those that have figures: the shared indicator."""
    noms = {c.cle: name_colonne(c) for c in colonnes}
    st.selectbox(
        libelle,
        list(noms),
        format_func=noms.__getitem__,
        **etat.bind("choix_colonne_tri", cle, _write_indicateur),
    )


def _write_indicateur(cle: str) -> dict[str, object]:
    code, _, modalite = cle.partition(":")
    return {"indicateur": code, "modalite": modalite or None}


def select_surligne(maille: Niveau, code: str, obligatoire: bool = False) -> None:
    """The territory outlined in every view; none is the académie."""
    noms = {t.code: t.nom for t in donnees.build(list_territoires, maille)}
    options = list(noms) if obligatoire else [_AUCUN, *noms]
    academie = f"A{donnees.get_version().academie}"
    st.selectbox(
        "Territoire" if obligatoire else "Surligner",
        options,
        format_func=lambda c: noms.get(c, "Aucun"),
        **etat.bind("choix_surligne", code, lambda c: {"territoire": c or academie}),
    )


def select_cellules() -> str:
    """Whether cells show the difference or the value."""
    cellules = etat.read_parametre("cellules", tuple(CELLULES), "ecart")
    st.segmented_control(
        "Cellules",
        list(CELLULES),
        format_func=CELLULES.__getitem__,
        required=True,
        **etat.bind("choix_cellules", cellules, lambda c: {"cellules": None if c == "ecart" else c}),
    )
    return cellules


def offer_fichiers(places: Sequence, nom: str, tabuler: Callable[[], Tableau]) -> None:
    """The table behind the view, as CSV and as XLSX, made only when asked for; one place for each."""
    for place, (extension, (mime, ecrire)) in zip(places, FICHIERS.items(), strict=True):
        with place:
            st.download_button(
                f"Données ({extension.upper()})",
                lambda ecrire=ecrire: ecrire(tabuler()),
                file_name=f"{nom}.{extension}",
                mime=mime,
                key=f"fichier_{extension}",
                on_click="ignore",
                width="stretch",
            )


def get_maille(choix: etat.Choix, offerts: tuple[Niveau, ...] = NIVEAUX) -> Niveau:
    """The level of the address, or the first that the view offers."""
    return choix.niveau if choix.niveau in offerts else offerts[0]


def get_selection(choix: etat.Choix, maille: Niveau, obligatoire: bool = False) -> str:
    """Code of the chosen territory at that level, or of the parent that holds it.

    Args:
        obligatoire: the first of the level where there is none; empty otherwise.
    """
    if choix.territoire.niveau is maille:
        return choix.territoire.code
    parents = donnees.build(list_parents, choix.territoire.code)
    if maille in parents:
        return parents[maille].code
    offerts = donnees.build(list_territoires, maille) if obligatoire else ()
    return offerts[0].code if offerts else ""


def get_colonnes(maille: Niveau, rentree: int | None) -> tuple[Colonne, ...]:
    """Columns that have figures at the level, at that rentrée."""
    return donnees.build(list_colonnes, maille, rentree)


def choose_cle(choix: etat.Choix, colonnes: tuple[Colonne, ...]) -> str:
    """Key of the shared indicator when it has figures at the level; of the first column otherwise."""
    cles = [c.cle for c in colonnes]
    voulue = choix.indicateur.code if choix.modalite == ENSEMBLE else f"{choix.indicateur.code}:{choix.modalite}"
    for cle in (voulue, choix.indicateur.code):
        if cle in cles:
            return cle
    return cles[0] if cles else ""
