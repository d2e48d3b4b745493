"""The page of an indicator as ready HTML: message title, key figures, origin, list, fiche. Pure, no Streamlit."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboard import carte_page, cartes, ecarts, etablissements, fiche, lecture, niveau, provenance, theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    capitaliser,
    echapper,
    format_nombre,
    format_rentree,
    nommer,
)
from dashboard.navigation import lien
from dashboard.tableau_lignes import Colonnes, render_table
from indicators.base import Base
from indicators.catalogue import ENSEMBLE, get_indicateur
from indicators.tableaux_de_bord.comparaisons import REFERENCES
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.lignes import get_niveau_place
from indicators.tableaux_de_bord.objets import BlocDomaine
from indicators.tableaux_de_bord.reperes import list_parents
from indicators.tableaux_de_bord.vue_carte import VueCarte, build_vue_carte
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur, build_vue_indicateur
from indicators.territoires import Niveau

CSS = "".join(theme.read_statique(f"{nom}.css") for nom in ("niveau", "carte", "indicateur"))


ENTETES = {Niveau.ETABLISSEMENT: "Établ.", Niveau.INTER_RESEAU: "Inter-rés.", Niveau.DEPARTEMENT: "Départ."}


@dataclass(frozen=True)
class Parties:
    """The page in pieces, ready for `bloc.show`; `vue` feeds the chart and the files."""

    vue: VueIndicateur
    tete: str
    gauche: str
    origine: str
    liste: str
    bas: str


def build_parties(base: Base, code: str, indicateur: str, rentree: int | None, modalite: str) -> Parties:
    """Look up and render an indicator for a territory (`build_vue_indicateur`)."""
    vue = build_vue_indicateur(base, code, indicateur, rentree, modalite)
    vers = make_lien(vue)
    version = f"version{INSECABLE}{base.version.numero}"
    voir = f"{vers(code)}&lignes=1"
    return Parties(
        vue=vue,
        tete=lecture.render_tete(vue),
        gauche=lecture.render_chiffres(vue) + lecture.render_titre_tendance(vue),
        origine=provenance.render_origine(vue, version, voir),
        liste=render_liste(vue, vers),
        bas=render_bas(vue, _build_carte(base, vue)),
    )


def render_fil(base: Base, code: str, indicateur: str) -> str:
    """Breadcrumb: ancestors, the territory, the domain."""
    territoire = read_territoire(base, code)
    ancetres = [t for n, t in list_parents(base, code).items() if n not in (Niveau.REGION, Niveau.NATIONAL)]
    maillons = [
        f'<a href="{echapper(lien("tableau_de_bord", territoire=t.code))}">{echapper(nommer(t))}</a>'
        for t in (*ancetres, territoire)
    ]
    fiche_ = get_indicateur(indicateur)
    ailleurs = (
        ("carte", "Carte", {"indicateur": indicateur, "territoire": code}),
        ("evolutions", "Évolutions", {"indicateur": indicateur, "territoire": code}),
        ("methode", "Méthode", {"q": indicateur}),
    )
    liens = " · ".join(f'<a href="{echapper(lien(page, **p))}">{titre}</a>' for page, titre, p in ailleurs)
    return (
        f'<p class="fil">{" › ".join(maillons)} › {fiche_.domaine.titre}'
        f'<span class="ailleurs">Voir aussi{INSECABLE}: {liens}</span></p>'
    )


def render_liste(vue: VueIndicateur, vers: Callable[[str], str]) -> str:
    """All the territories of the level; for the académie, its départements."""
    liste = vue.liste
    return niveau.list_territoires(
        vue.indicateur,
        liste.cellules,
        (liste.repere.niveau.libelle, liste.valeur_repere),
        titre=capitaliser(liste.niveau.libelle),
        selection=vue.territoire.code,
        lien=vers,
        legende=f"{capitaliser(liste.niveau.pluriel)}, du plus favorable au moins favorable",
    )


def _build_carte(base: Base, vue: VueIndicateur) -> VueCarte | None:
    """The level in small, when it has outlines and at least two figures."""
    niveau_carte = vue.liste.niveau
    if niveau_carte is Niveau.ETABLISSEMENT:
        return None
    carte = build_vue_carte(base, vue.indicateur.code, niveau_carte, vue.rentree, vue.ligne.modalite)
    return carte if carte.contours and len(carte.valeurs) > 1 and carte.rentree == vue.rentree else None


def render_bas(vue: VueIndicateur, carte: VueCarte | None) -> str:
    """Below the first fold: établissements, gaps inside, small map, fiche, related indicators, notes."""
    gauche = ecarts.render_ecarts(vue) + fiche.render_a_savoir(vue.indicateur)
    plan = _render_carte(vue, carte) if carte else ""
    deux = f'<div class="deuxc"><div>{gauche}</div><div>{plan}</div></div>' if gauche or plan else ""
    return (
        f'{etablissements.render_etablissements(vue)}{deux}<section class="sec"><h2>La fiche de l’indicateur</h2>'
        f"{fiche.render_fiche(vue.indicateur, large=True)}</section>{_render_liees(vue)}{_render_notes(vue)}"
    )


def make_lien(vue: VueIndicateur) -> Callable[[str], str]:
    """From a territory to this same page for it."""
    modalite = None if vue.ligne.modalite == ENSEMBLE else vue.ligne.modalite

    def vers(code: str) -> str:
        return lien(
            "indicateur", territoire=code, indicateur=vue.indicateur.code, rentree=vue.rentree, modalite=modalite
        )

    return vers


def _render_carte(vue: VueIndicateur, carte: VueCarte) -> str:
    """The level in small, with its legend and a link to the whole map."""
    dessin = carte_page.make_dessin(carte, "classes", vue.territoire.code, make_lien(vue), "pt")
    dessin = replace(dessin, villes=(), avec_echelle=False)
    adresse = lien("carte", indicateur=vue.indicateur.code, niveau=carte.niveau.value, rentree=carte.rentree)
    return (
        f'<section><h2>Sur la carte</h2><p class="lead">{capitaliser(carte.niveau.pluriel)}, '
        f'{format_rentree(carte.rentree)} · <a class="lien" href="{echapper(adresse)}">voir en grand</a></p>'
        f'<div class="pt-carte">{cartes.draw(dessin)}{carte_page.make_legende(carte, "classes")}'
        '<div class="survol" hidden></div></div></section>'
    )


def _render_liees(vue: VueIndicateur) -> str:
    """Other indicators of the domain, in the table grammar of the tableau de bord."""
    if not vue.liees:
        return ""
    domaine = vue.indicateur.domaine
    place = get_niveau_place(vue.territoire)
    colonnes = Colonnes(
        territoire=ENTETES.get(vue.territoire.niveau, capitaliser(vue.territoire.niveau.libelle)),
        reference=REFERENCES["academie"].entete,
        a=REFERENCES["academie"].a,
        pluriel=place.pluriel,
        is_compare=vue.territoire.niveau not in (Niveau.ACADEMIE, Niveau.REGION, Niveau.NATIONAL),
    ).read_against(vue.liees)
    table = render_table(BlocDomaine(domaine, vue.liees), colonnes)
    return (
        f'<section class="sec"><div class="dt"><h2>Indicateurs liés</h2><span class="lead">{domaine.titre}, dernière '
        f"rentrée connue de chacun</span></div>{table}</section>"
    )


def _render_notes(vue: VueIndicateur) -> str:
    famille = max((c.comparaison.famille for c in vue.liste.cellules if c.comparaison), default=0)
    corrige = (
        f" {format_nombre(famille)} comparaisons dans la même famille, fausses alertes contrôlées à 5{INSECABLE}% "
        "(Benjamini-Hochberg)."
        if famille
        else ""
    )
    sources = echapper(f"{FINE}; ".join(vue.sources) or vue.indicateur.source)
    provisoire = f" Périmètres provisoires{INSECABLE}: hors table officielle." if vue.est_provisoire else ""
    return (
        f'<div class="bas2 src"><span>Lecture{INSECABLE}: l’intervalle à 95{INSECABLE}% dit ce que permet le hasard. '
        "Chaque territoire est comparé au reste de l’académie, un établissement au reste de son réseau ou inter-réseau."
        f"{corrige}</span><span>Sources{INSECABLE}: {sources}.{provisoire} "
        f'<span class="lien"><a href="{echapper(lien("methode"))}">Méthode</a></span></span></div>'
    )
