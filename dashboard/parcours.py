"""The page Parcours as HTML: tabs, title, drawing, reading notes, figures; and its projection. Pure, no Streamlit."""

from dataclasses import dataclass

from dashboard import onglets, theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    capitaliser,
    echapper,
    elider,
    format_date,
    format_rentree,
    html_ordinaux,
    lister,
)
from dashboard.navigation import lien
from dashboard.parcours_dessin import draw_parcours
from dashboard.parcours_liste import render_liste, render_table
from dashboard.parcours_textes import lower, write_cle
from indicators.base import Base
from indicators.parcours import load_parcours
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, REFERENCES
from indicators.tableaux_de_bord.lignes import list_titres_formats
from indicators.tableaux_de_bord.objets_parcours import COHORTE, DERNIERE, VueParcours
from indicators.tableaux_de_bord.phrases_parcours import LONGUEUR, write_ecartees, write_titre
from indicators.tableaux_de_bord.vue_parcours import build_vue_parcours

CSS = onglets.CSS + theme.read_statique("parcours.css")
LECTURES = {COHORTE: "Cohorte", DERNIERE: "Dernière année"}
"""The two readings, as in the address and on screen."""
_LONGUEUR_GRAND = 96
"""Signs of a projected title at most: two lines of 60 pixels."""


@dataclass(frozen=True)
class Page:
    """Ready HTML, and what it was made from."""

    vue: VueParcours
    html: str
    projection: str


def build_page(base: Base, code: str, lire: str, entree: int | None, reference: str) -> Page:
    """The page and its projection; arguments as `build_vue_parcours`.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    vue = build_vue_parcours(base, code, lire, entree, reference)
    mention = f"base version{INSECABLE}{base.version.numero}, publiée le {format_date(base.version.publie_le)}"
    return Page(vue, render_page(vue, mention), render_projection(vue, mention))


def render_page(vue: VueParcours, mention: str = "") -> str:
    """Everything under the head of the page."""
    tete = (
        f"{onglets.render_onglets(vue.territoire.code, 'parcours', write_cle(vue))}"
        f'<div class="msg"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2>{_render_reference(vue)}</div>'
    )
    if not vue.lues:
        return f'<div class="pc">{tete}{_render_vide()}</div>'
    return f'<div class="pc">{tete}{render_parcours_bloc(vue)}{_render_enfants(vue)}{_render_bas(vue, mention)}</div>'


def render_parcours_bloc(vue: VueParcours) -> str:
    """The drawing with its cohorts, without head or notes: on a wide screen the ribbon, on a phone its rows."""
    return f'<div class="large">{draw_parcours(vue)}</div><div class="etroit">{render_liste(vue)}</div>'


def render_projection(vue: VueParcours, mention: str = "") -> str:
    """Title, drawing, source: what a room reads from three metres. Sizes follow the screen, 1920 × 1080 being 1."""
    dessin = draw_parcours(vue, grand=True) if vue.lues else ""
    droite = capitaliser(html_ordinaux(mention))
    return (
        f'<div class="pj"><h1>{html_ordinaux(_write_titre_projete(vue))}</h1>'
        f'<p class="ss">{write_cle(vue, grand=True)}</p>{dessin}{_render_enfants(vue, _LONGUEUR_GRAND)}'
        f'<p class="pd"><span>{html_ordinaux(_write_pied(vue))}</span><span>{droite}</span></p></div>'
    )


def _write_titre_projete(vue: VueParcours) -> str:
    nom = vue.territoire.nom
    if vue.est_seul and vue.lues:
        return f"{nom}{INSECABLE}: valeurs, sans reste à quoi les comparer"
    return f"{nom}{INSECABLE}: {lower(write_titre(vue, _LONGUEUR_GRAND - len(nom)))}"


def _write_pied(vue: VueParcours) -> str:
    provisoire = ", périmètre provisoire" if vue.tete.est_provisoire else ""
    producteurs = lister(list(dict.fromkeys(source.producteur for source in vue.sources)))
    morceaux = (
        f"{capitaliser(vue.territoire.niveau.libelle)}{provisoire}.",
        f"Traits{INSECABLE}: intervalles à 95{INSECABLE}%." if vue.est_compare else "",
        f"Sources{INSECABLE}: {producteurs}." if producteurs else "",
    )
    return " ".join(morceau for morceau in morceaux if morceau)


def _render_vide() -> str:
    """No figure at all: which extracts would give some."""
    titres = "".join(f"<li>{html_ordinaux(titre)}</li>" for titre in list_titres_formats(load_parcours().indicateurs))
    return f'<div class="vide"><p>Ces extraits en donneraient, une fois chargés{INSECABLE}:</p><ul>{titres}</ul></div>'


def _render_reference(vue: VueParcours) -> str:
    """With another reference than the main one: what is compared here, and what the other pages say."""
    if vue.reference == PRINCIPALE:
        return ""
    noms = ", ".join(
        f'<a href="{echapper(lien("parcours", territoire=t.code))}">{echapper(t.nom)}</a>' for t in vue.semblables
    )
    return (
        f"<p>Chaque chiffre est comparé ici <b>{REFERENCES[vue.reference].a}</b>{f' ({noms})' if noms else ''}{FINE}; "
        "sur les autres pages, au reste de l’académie.</p>"
    )


def _render_enfants(vue: VueParcours, longueur: int = LONGUEUR) -> str:
    """What can be compared inside the whole: one line per département."""
    lignes = "".join(
        f'<li><a href="{echapper(lien("parcours", territoire=e.territoire.code))}">{echapper(e.territoire.nom)}</a> '
        f"{html_ordinaux(lower(write_titre(e, longueur)))}</li>"
        for e in vue.enfants
        if e.lues
    )
    return f'<section class="enf"><h3>Dans ses départements</h3><ul>{lignes}</ul></section>' if lignes else ""


def _render_bas(vue: VueParcours, mention: str) -> str:
    lecture = " ".join(filter(None, (_write_lecture(vue), _write_ailleurs(vue))))
    attendus = ""
    if vue.extraits_attendus:
        titres = lister([f"«{INSECABLE}{titre.split(' (')[0]}{INSECABLE}»" for titre in vue.extraits_attendus])
        attendus = f"Attendus{INSECABLE}: {html_ordinaux(titres)}."
    suites = (html_ordinaux(write_ecartees(vue)), attendus, f"{capitaliser(html_ordinaux(mention))}.")
    return (
        f'<footer class="bas"><p class="src"><b>Lecture.</b> {lecture}</p>'
        f'<div class="src"><p><b>Sources.</b> {html_ordinaux(_write_sources(vue))}. '
        f"{' '.join(filter(None, suites))}</p></div></footer>"
        f'<details class="det"><summary>D’où viennent ces chiffres</summary>{render_table(vue)}</details>'
    )


def _write_lecture(vue: VueParcours) -> str:
    suivi = f"Territoire suivi, non élèves suivis{INSECABLE}: départs et arrivées ne sont pas retirés."
    if not vue.entrees:
        suivi += (
            f" Aucune entrée en {html_ordinaux('6ᵉ')} ne réunit trois chiffres{INSECABLE}: dernière année de chacun."
        )
    tendance = f"Tendance{INSECABLE}: dernières rentrées de l’indicateur, quelle que soit la cohorte."
    if not vue.est_compare:
        return f"{suivi} Sur le ruban, la valeur. {tendance}"
    return (
        f"{suivi} Écart en points{FINE}; traits{INSECABLE}: intervalles à 95{INSECABLE}%. "
        '<span class="fav">▲ favorable</span>, <span class="def">▼ défavorable</span>, ≈ comparable, ? non concluant, '
        f"↑ ↓ sans jugement. {tendance}"
    )


def _write_ailleurs(vue: VueParcours) -> str:
    """For a réseau: the steps that read first at its inter-réseau."""
    if vue.lu_d_abord is None or not vue.ailleurs:
        return ""
    etapes = capitaliser(lister([etape.titre.lower() for etape in vue.ailleurs]))
    verbe = "se lisent" if len(vue.ailleurs) > 1 else "se lit"
    adresse = echapper(lien("parcours", territoire=vue.lu_d_abord.code))
    return (
        f'{etapes} {verbe} d’abord <span class="lien"><a href="{adresse}">à l’inter-réseau '
        f"{echapper(elider(vue.lu_d_abord.nom))}</a></span>."
    )


def _write_sources(vue: VueParcours) -> str:
    """«MENJ-DEPP : IVAC (2021-2022), IVAL (2024-2025) ; Rectorat : …»: short titles, years read."""
    annees: dict[str, dict[str, set[int]]] = {}
    for source in vue.sources:
        titre = source.titre.split(" – ")[0]
        annees.setdefault(source.producteur, {}).setdefault(titre, set()).update(source.rentrees)
    return f"{FINE}; ".join(
        f"{producteur}{INSECABLE}: {', '.join(f'{titre} ({_write_annees(lues)})' for titre, lues in titres.items())}"
        for producteur, titres in annees.items()
    )


def _write_annees(rentrees: set[int]) -> str:
    return " et ".join(format_rentree(r) for r in sorted(rentrees))
