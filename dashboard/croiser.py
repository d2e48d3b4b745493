"""The page Croiser as ready HTML: title, profile and list beside the chart, reading notes, draft rule. Pure."""

from dataclasses import dataclass

from dashboard import croiser_profil, theme
from dashboard.croiser_phrases import (
    CAUTION,
    name_axe,
    write_droite,
    write_lecture,
    write_sous_titre,
    write_titre,
)
from dashboard.formats import INSECABLE, accorder, echapper, html_ordinaux
from dashboard.navigation import lien
from indicators.base import Base
from indicators.erreurs import ErreurCatalogue
from indicators.francais import typographier
from indicators.problematiques import Mesure, parse_regle
from indicators.problematiques.brouillons import make_condition, name_brouillon, write_brouillon
from indicators.tableaux_de_bord.croiser_objets import ACADEMIE, SEUILS, SIMILAIRES, Demande, VueCroiser
from indicators.tableaux_de_bord.vue_croiser import build_vue_croiser
from indicators.territoires import Niveau

REFERENCES = {ACADEMIE: "Reste de l’académie", SIMILAIRES: "Territoires semblables", SEUILS: "Seuils, en valeur"}
"""What the axes measure, as in the address and on screen."""
CSS = theme.read_statique("croiser.css")
CSS_PAGE = theme.read_statique("croiser_page.css")
_MESURES = {ACADEMIE: Mesure.POSITION, SIMILAIRES: Mesure.SEMBLABLES}
TROP_PEU = (
    '<div class="tit"><h2 class="msg">Rien à croiser à ce niveau</h2><p>Il faut deux indicateurs au moins dont '
    "l’incertitude soit connue. Choisissez un autre niveau, ou chargez un extrait.</p></div>"
)


@dataclass(frozen=True)
class Page:
    """Ready HTML of the parts of the page, what they were made from, and the territory that is selected."""

    vue: VueCroiser
    selection: str
    tete: str
    cote: str
    dessus: str
    """Over the chart: whose cloud it is, title of the ordinate."""
    abscisse: str
    """Right under it: title of the abscissa."""
    dessous: str
    """Then how to read, caution, absents, sources."""


@dataclass(frozen=True)
class Brouillon:
    """A draft rule made out of a crossing; `fautes` is empty where it can be read as it is."""

    code: str
    texte: str
    fautes: str


def build_page(
    base: Base,
    niveau: Niveau,
    reference: str,
    demandes: tuple[tuple, ...],
    avec_droite: bool,
    selection: str,
    adresse: tuple[tuple[str, str], ...],
) -> Page:
    """The page below its selectors.

    Args:
        demandes: as `Demande`, two or three.
        selection: code of a territory; the most probable one where it is not of the level.
        adresse: parameters of the page, kept by its links.

    Raises:
        ErreurUsage: as `build_vue_croiser`.
    """
    vue = build_vue_croiser(base, niveau, reference, tuple(Demande(*d) for d in demandes), avec_droite)
    presents = [p.territoire.code for p in vue.points]
    choisi = selection if selection in {*presents, *(t.code for t, _ in vue.absents)} else next(iter(presents), "")
    return Page(
        vue=vue,
        selection=choisi,
        tete=f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2>'
        f"<p>{html_ordinaux(write_sous_titre(vue))}</p></div>",
        cote=croiser_profil.render_profil(vue, choisi)
        + croiser_profil.render_liste(vue, choisi, lambda code: write_adresse(adresse, code)),
        dessus=_render_dessus(vue, choisi),
        abscisse=f'<p class="xl">{html_ordinaux(name_axe(vue, vue.axes[1]))}</p>',
        dessous=_render_dessous(vue, avec_droite),
    )


def write_adresse(adresse: tuple[tuple[str, str], ...], code: str) -> str:
    """The same crossing on another territory."""
    return lien("croiser", **(dict(adresse) | {"territoire": code}))


def _render_dessus(vue: VueCroiser, choisi: str) -> str:
    point = vue.get_point(choisi)
    if not vue.points:
        return '<p class="note">Aucun territoire n’a de chiffre sur tous les indicateurs.</p>'
    nuage = ""
    if point:
        nombre = point.pourcents[0]
        combien = f"{accorder(nombre, 'tirage')} sur 100"
        dits = f"{'réunit' if nombre < 2 else 'réunissent'} les deux conditions"
        dessinees = " dessinées" if len(vue.axes) > 2 else ""
        nuage = f"<p><b>{echapper(point.territoire.nom)}{INSECABLE}: {combien}</b> {dits}{dessinees}</p>"
    return f'<div class="fc">{nuage}<p class="yl">{html_ordinaux(name_axe(vue, vue.axes[0]))}</p></div>'


def _render_dessous(vue: VueCroiser, avec_droite: bool) -> str:
    droite = ""
    if avec_droite:
        dite = write_droite(vue) if vue.droite else "trop peu de territoires pour la tracer."
        droite = f"<p><b>Droite selon l’IPS.</b> {html_ordinaux(dite)}</p>"
    return (
        f'<div class="bas"><p class="avert">{CAUTION}</p>'
        f'{droite}<p>{html_ordinaux(write_lecture(vue))}</p>{croiser_profil.render_absents(vue)}<p class="src">'
        f"{croiser_profil.write_source(vue)}</p></div>"
    )


def make_brouillon(vue: VueCroiser) -> Brouillon | None:
    """The rule that the crossing would make; None for absolute thresholds, which a rule cannot have."""
    if vue.reference == SEUILS:
        return None
    mesure = _MESURES[vue.reference]
    conditions = tuple(
        make_condition(a.colonne.indicateur, a.colonne.modalite, a.lecture, a.ecarts_utiles, mesure) for a in vue.axes
    )
    code, texte = name_brouillon(conditions), write_brouillon(conditions, vue.niveau)
    try:
        parse_regle(code, texte)
    except ErreurCatalogue as erreur:
        return Brouillon(code, texte, str(erreur))
    return Brouillon(code, texte, "")


def render_brouillon(brouillon: Brouillon | None) -> str:
    """What the draft is worth, and what to do with it."""
    if brouillon is None:
        return (
            '<p class="note">Une règle compare à une référence, en écarts utiles : des seuils en valeur ne peuvent pas '
            "en faire une. Choisissez «\u00a0Reste de l’académie\u00a0» ou «\u00a0Territoires semblables\u00a0».</p>"
        ).replace(" :", f"{INSECABLE}:")
    verdict = "<p><b>✓ Cette règle est valide.</b></p>"
    if brouillon.fautes:
        lignes = "".join(f"<li>{echapper(li.strip(' -'))}</li>" for li in brouillon.fautes.splitlines()[1:])
        verdict = f"<p><b>Cette règle est à corriger{INSECABLE}:</b></p><ul>{lignes}</ul>"
    suite = typographier(
        f"Complétez ce qui est entre crochets, puis mettez le fichier « {brouillon.code}.yaml » dans "
        "indicators/problematiques/fiches. La règle sera lue pour tous les territoires à la prochaine publication : "
        "python -m indicators publier."
    )
    return f'<div class="br">{verdict}<p>{echapper(suite)}</p></div>'


def name_fichier(vue: VueCroiser) -> str:
    """Name of the files of a crossing, without extension."""
    return "-".join(("croiser", vue.niveau.value, *(a.colonne.indicateur.code for a in vue.axes)))
