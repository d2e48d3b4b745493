"""Selectors of the page Croiser, bound to the address; its chart, whose points are clicked; its draft rule."""

import re
from typing import Any

import streamlit as st

from dashboard import bloc, croiser, donnees, etat
from dashboard.comparer_entetes import name_colonne
from dashboard.comparer_selecteurs import choose_cle
from dashboard.croiser_graphique import draw_croisement
from dashboard.croiser_phrases import COTES, describe_graphe, format_pas
from dashboard.formats import INSECABLE, format_valeur
from dashboard.graphiques import CONFIG
from indicators.catalogue import get_indicateur
from indicators.erreurs import ErreurUsage
from indicators.problematiques import Lecture
from indicators.tableaux_de_bord.croiser_droite import INDICATEURS_CONTEXTE, can_draw_droite
from indicators.tableaux_de_bord.croiser_objets import ACADEMIE, SEUILS, Demande, list_lectures
from indicators.tableaux_de_bord.vue_comparer import Colonne, write_cle
from indicators.tableaux_de_bord.vue_croiser import list_croisables, list_references, propose_seuil, read_reperes
from indicators.territoires import Niveau

AXES = {"y": "Ordonnée", "x": "Abscisse", "z": "Troisième indicateur"}
"""Axes, as in the parameters of the address and on screen."""
_ECARTS = ("0.5", "1", "1.5", "2", "3")
_USUEL = "1"
_AUCUN = ""
_PARAMETRES = (
    "niveau", "indicateur", "modalite", "abscisse", "troisieme", "reference", "droite",
    *(f"{nom}_{axe}" for axe in AXES for nom in ("lecture", "ecarts", "seuil")),
)  # fmt: skip


def read_adresse() -> tuple[tuple[str, str], ...]:
    """Parameters that make the crossing, without the territory."""
    lus = etat.read_adresse()
    return tuple((nom, lus[nom]) for nom in _PARAMETRES if lus.get(nom))


def select_reference(maille: Niveau) -> str:
    """What the axes measure, among what the level has."""
    offertes = donnees.build(list_references, maille)
    reference = etat.read_parametre("reference", tuple(croiser.REFERENCES), ACADEMIE)
    if reference not in offertes:
        reference = offertes[0]
    st.selectbox(
        "Comparé à",
        offertes,
        format_func=croiser.REFERENCES.__getitem__,
        **etat.bind("choix_reference", reference, lambda r: {"reference": None if r == ACADEMIE else r}),
    )
    return reference


def select_axes(places: list, choix: etat.Choix, maille: Niveau, reference: str) -> tuple[tuple, ...]:
    """The two or three indicators, each with its side and its threshold, as tuples of `Demande`.

    Args:
        places: three columns.

    Returns:
        Nothing where fewer than two indicators can be crossed.

    Raises:
        ErreurUsage: the address names an unknown indicator, side or threshold.
    """
    colonnes = {c.cle: c for c in donnees.build(list_croisables, maille, reference)}
    if len(colonnes) < 2:
        return ()
    reperes = donnees.build(read_reperes, maille) if reference == SEUILS else {}
    retenues: dict[str, str] = {}
    demandes = []
    for place, axe in zip(places, AXES, strict=True):
        offertes = {cle: c for cle, c in colonnes.items() if cle not in retenues.values()}
        voulue = _read_voulue(axe, choix)
        retenues[axe] = _choose(axe, offertes, voulue, choix)
        with place:
            _select_indicateur(axe, offertes, retenues[axe])
            if retenues[axe]:
                est_voulue = voulue in ("", retenues[axe])
                demandes.append(_select_seuil(axe, colonnes[retenues[axe]], est_voulue, reperes.get(retenues[axe])))
    return tuple(map(tuple, demandes))


def _read_voulue(axe: str, choix: etat.Choix) -> str:
    """Key of the column that the address names, whether or not the level has it."""
    if axe == "y":
        return write_cle(choix.indicateur.code, choix.modalite)
    voulue = etat.read_texte("abscisse" if axe == "x" else "troisieme")
    if voulue:
        get_indicateur(voulue.partition(":")[0])
    return voulue


def _choose(axe: str, offertes: dict[str, Colonne], voulue: str, choix: etat.Choix) -> str:
    """The column of an axis: the one asked for if it can be crossed, else the usual one (none for the third)."""
    if axe == "y":
        return choose_cle(choix, tuple(offertes.values()))
    usuelles = (voulue, *INDICATEURS_CONTEXTE, *offertes) if axe == "x" else (voulue,)
    return next((cle for cle in usuelles if cle in offertes), _AUCUN)


def _select_indicateur(axe: str, offertes: dict[str, Colonne], cle: str) -> None:
    options = ([_AUCUN] if axe == "z" else []) + list(offertes)

    def write(choisie: str) -> dict[str, object]:
        """The side and the threshold belong to the indicator that is left."""
        return dict.fromkeys((f"lecture_{axe}", f"ecarts_{axe}", f"seuil_{axe}")) | _write_axe(axe, choisie)

    st.selectbox(
        AXES[axe],
        options,
        format_func=lambda c: name_colonne(offertes[c]) if c else "Aucun",
        **etat.bind(f"choix_axe_{axe}", cle, write),
    )


def _write_axe(axe: str, cle: str) -> dict[str, object]:
    """The indicator of an axis in the address; whatever is said of an axis says whose it is."""
    if axe != "y":
        return {"abscisse" if axe == "x" else "troisieme": cle or None}
    code, _, modalite = cle.partition(":")
    return {"indicateur": code, "modalite": modalite or None}


def _select_seuil(axe: str, colonne: Colonne, est_voulue: bool, repere: float | None) -> Demande:
    """Side and threshold of an axis, below its indicator; what the address says of another indicator is left out."""
    gauche, droite = st.columns(2, gap="small")
    with gauche:
        lecture = _select_lecture(axe, colonne, est_voulue)
    with droite:
        if repere is not None:
            return Demande(colonne.cle, lecture, seuil=_select_valeur(axe, colonne, est_voulue, repere))
        return Demande(colonne.cle, lecture, _select_ecarts(axe, colonne, est_voulue))


def _select_lecture(axe: str, colonne: Colonne, est_voulue: bool) -> str:
    lectures = [lecture.value for lecture in list_lectures(colonne.indicateur)]
    lue = etat.read_parametre(f"lecture_{axe}", tuple(lecture.value for lecture in COTES), lectures[0])
    lecture = lue if est_voulue and lue in lectures else lectures[0]
    st.selectbox(
        f"Côté, {AXES[axe].lower()}",
        lectures,
        format_func=lambda code: COTES[Lecture(code)].capitalize(),
        label_visibility="collapsed",
        **etat.bind(
            f"choix_lecture_{axe}",
            lecture,
            lambda code: _write_axe(axe, colonne.cle) | {f"lecture_{axe}": None if code == lectures[0] else code},
        ),
    )
    return lecture


def _select_ecarts(axe: str, colonne: Colonne, est_voulue: bool) -> float:
    lus = etat.read_parametre(f"ecarts_{axe}", _ECARTS, _USUEL)
    ecarts = lus if est_voulue else _USUEL
    st.selectbox(
        f"Seuil, {AXES[axe].lower()}",
        _ECARTS,
        format_func=lambda texte: format_pas(colonne.indicateur, float(texte)),
        label_visibility="collapsed",
        **etat.bind(
            f"choix_ecarts_{axe}",
            ecarts,
            lambda lu: _write_axe(axe, colonne.cle) | {f"ecarts_{axe}": None if lu == _USUEL else lu},
        ),
    )
    return float(ecarts)


def _select_valeur(axe: str, colonne: Colonne, est_voulue: bool, repere: float) -> float:
    """An absolute threshold, in the unit shown."""
    fiche = colonne.indicateur
    usuel = propose_seuil(fiche, repere)
    lu = read_nombre(etat.read_texte(f"seuil_{axe}"))
    seuil = lu if est_voulue and lu is not None else usuel
    st.text_input(
        f"Seuil en valeur, {AXES[axe].lower()}",
        max_chars=20,
        label_visibility="collapsed",
        **etat.bind(
            f"choix_seuil_{axe}",
            format_valeur(fiche, seuil / fiche.echelle),
            lambda texte: _write_axe(axe, colonne.cle) | _write_seuil(axe, texte, usuel, seuil),
        ),
    )
    return seuil


def _write_seuil(axe: str, texte: str, usuel: float, courant: float) -> dict[str, object]:
    """What is typed, if it is a number: nothing is the usual threshold, anything else leaves the current one."""
    try:
        lu = read_nombre(texte) if texte.strip() else usuel
    except ErreurUsage:
        lu = courant
    return {f"seuil_{axe}": None if lu == usuel else f"{lu:g}"}


def read_nombre(texte: str) -> float | None:
    """A number of the address or of a field, with a point or a comma, and its unit if any; None where there is none.

    Raises:
        ErreurUsage: it is not a number.

    >>> read_nombre("85,5 %"), read_nombre("−2 pts"), read_nombre("")
    (85.5, -2.0, None)
    """
    if not texte.strip():
        return None
    lu = _NOMBRE.fullmatch(texte.replace("\u2212", "-"))
    if lu is None:
        raise ErreurUsage(
            f"« {texte} » n’est pas un seuil. Attendu : un nombre, dans l’unité de l’indicateur, par exemple 85,5. "
            "Corrigez l’adresse ou choisissez le seuil sur la page."
        )
    return float(lu[1].replace(",", "."))


_NOMBRE = re.compile(r"\s*([+-]?\d{1,6}(?:[.,]\d{1,6})?)\s*(?:%|pts?|km)?\s*")


def read_droite(demandes: tuple[tuple, ...]) -> bool:
    """Whether the address asks for the line of the context, and the abscissa is an IPS."""
    return etat.read_parametre("droite", ("0", "1"), "0") == "1" and can_draw_droite(demandes[1][0])


def select_droite(demandes: tuple[tuple, ...], droite: bool) -> None:
    """Draw the line of the context or not; only offered where the abscissa is an IPS."""
    if can_draw_droite(demandes[1][0]):
        st.toggle("Droite selon l’IPS", **etat.bind("choix_droite", droite, lambda d: {"droite": "1" if d else None}))


def show_graphe(page: croiser.Page) -> None:
    """The chart; a click on a point selects its territory."""
    if not page.vue.points:
        return
    evenement = st.plotly_chart(
        draw_croisement(page.vue, page.selection),
        config=CONFIG,
        theme=None,
        # Another key for another territory: what was clicked before is not a click on the chart drawn after it.
        key=f"croisement_{page.selection}",
        alt=describe_graphe(page.vue),
        on_select="rerun",
        selection_mode="points",
    )
    code = read_clic(evenement)
    if code and code != page.selection:
        etat.write(territoire=code)
        st.rerun()


def read_clic(evenement: Any) -> str:
    """Code of the territory whose point was clicked; empty without any.

    >>> read_clic({"selection": {"points": [{"customdata": ["R1"]}]}}), read_clic({"selection": {"points": []}})
    ('R1', '')
    """
    points = evenement["selection"]["points"] if evenement else []
    donnee = points[0].get("customdata", "") if points else ""
    return str(donnee[0] if isinstance(donnee, list | tuple) else donnee) if donnee else ""


@st.dialog("Brouillon de règle", width="large", on_dismiss=lambda: etat.write(brouillon=None))
def _show_brouillon(page: croiser.Page) -> None:
    brouillon = croiser.make_brouillon(page.vue)
    bloc.show(croiser.render_brouillon(brouillon), "brouillon", croiser.CSS)
    if brouillon is None:
        return
    st.code(brouillon.texte, language=None, wrap_lines=True)
    st.download_button(
        f"Télécharger{INSECABLE}: {brouillon.code}.yaml",
        brouillon.texte.encode(),
        file_name=f"{brouillon.code}.yaml",
        mime="application/yaml",
        key="fichier_yaml",
        on_click="ignore",
    )


def offer_brouillon(place: Any, page: croiser.Page) -> None:
    """The crossing as a draft rule: a button, then a dialog that the address opens too."""
    place.button(
        "Enregistrer comme brouillon de règle",
        key="ouvrir_brouillon",
        on_click=lambda: etat.write(brouillon="1"),
        width="stretch",
    )
    if etat.read_parametre("brouillon", ("0", "1"), "0") == "1":
        _show_brouillon(page)
