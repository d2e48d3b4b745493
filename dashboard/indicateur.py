"""The page of an indicator as ready HTML: message title, key figures, origin, list, fiche. Pure, no Streamlit."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard import carte_page, cartes, etablissements, fiche, niveau, provenance, theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    capitaliser,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
    nommer,
)
from dashboard.navigation import lien
from dashboard.tableau_lignes import Colonnes, render_table
from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, Nature, get_indicateur
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.lignes import get_niveau_place
from indicators.tableaux_de_bord.objets import BlocDomaine, Comparaison, Ligne
from indicators.tableaux_de_bord.phrases import make_sujet
from indicators.tableaux_de_bord.reperes import list_parents
from indicators.tableaux_de_bord.vue_carte import VueCarte, build_vue_carte
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur, build_vue_indicateur
from indicators.territoires import Niveau

CSS = "".join(theme.read_statique(f"{nom}.css") for nom in ("niveau", "carte", "indicateur"))


RESTES = {"academie": "de l’académie", "reseau": "du réseau", "inter_reseau": "de l’inter-réseau"}


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
        tete=render_tete(vue),
        gauche=render_chiffres(vue) + render_titre_tendance(vue),
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


def render_tete(vue: VueIndicateur) -> str:
    """Message title and what the figure is."""
    titre = write_titre(vue)
    long = " long" if len(titre) > 96 else ""
    return (
        f'<div class="tit"><h2 class="msg{long}">{html_ordinaux(titre)}</h2>'
        f"<p>{html_ordinaux(write_sous_titre(vue))}</p></div>"
    )


def write_titre(vue: VueIndicateur) -> str:
    """The reading in one sentence: state against the reference, then the spread if it is beyond chance."""
    ligne = vue.ligne
    sujet, pluriel = make_sujet(ligne)
    tete = f"{_name_lieu(vue)}{INSECABLE}: {sujet}"
    if ligne.valeur.statut != "ok":
        verbe = "n’ont pas de valeur publiée" if pluriel else "n’a pas de valeur publiée"
        return f"{tete} {verbe} en {format_rentree(vue.rentree)}"
    return f"{tete} {_write_verdict(ligne, pluriel)}{_write_dispersion(vue)}"


def write_sous_titre(vue: VueIndicateur) -> str:
    """Definition in short, year, direction."""
    indicateur = vue.indicateur
    morceaux = [indicateur.resume.rstrip("."), f"rentrée {format_rentree(vue.rentree)}", fiche.SENS[indicateur.sens]]
    if vue.ligne.modalite != ENSEMBLE:
        morceaux.insert(1, indicateur.modalites[vue.ligne.modalite].lower())
    fin = " Périmètre provisoire." if vue.est_provisoire else ""
    return f"{FINE}; ".join(morceaux) + "." + fin


def _name_lieu(vue: VueIndicateur) -> str:
    nom = nommer(vue.territoire) if vue.territoire.niveau is Niveau.ACADEMIE else vue.territoire.nom
    return capitaliser(nom)


def _write_verdict(ligne: Ligne, pluriel: bool) -> str:
    reste = RESTES[ligne.comparaison.reference if ligne.comparaison else "academie"]
    valeur, indicateur, comparaison = ligne.valeur.valeur, ligne.indicateur, ligne.comparaison
    if ligne.etat in ("favorable", "defavorable", "superieur", "inferieur"):
        plus = comparaison.ecart > 0
        verbe = ("dépassent" if plus else "restent sous") if pluriel else ("dépasse" if plus else "reste sous")
        return f"{verbe} le reste {reste} de {_write_points(indicateur, comparaison)}"
    etre = "sont" if pluriel else "est"
    if ligne.etat == "comparable":
        return f"{etre} comparable{'s' if pluriel else ''} au reste {reste}"
    if ligne.etat == "non_concluant":
        return f"ne se {'distinguent' if pluriel else 'distingue'} pas avec certitude du reste {reste}"
    return f"{etre} de {format_valeur(indicateur, valeur)}"


def _write_points(indicateur: Indicateur, comparaison: Comparaison) -> str:
    ecart = format_ecart(indicateur, abs(comparaison.ecart), unite=True).lstrip("+")
    return ecart.replace("pts", "points").replace("pt", "point") if ecart.endswith(("pt", "pts")) else ecart


def _write_dispersion(vue: VueIndicateur) -> str:
    dispersion, indicateur = vue.ligne.dispersion, vue.indicateur
    if dispersion is None or not dispersion.est_heterogene:
        return ""
    precision = 0 if indicateur.echelle == 100 else indicateur.decimales
    bas, haut = (format_nombre(v * indicateur.echelle, precision) for v in (dispersion.minimum, dispersion.maximum))
    unite = f"{INSECABLE}%" if indicateur.nature is Nature.TAUX else ""
    return f", de {bas} à {haut}{unite} selon {vue.qui}"


def render_chiffres(vue: VueIndicateur) -> str:
    """Value, difference, state: three figures over a hairline; grey unless established."""
    ligne, indicateur = vue.ligne, vue.indicateur
    nom = f"{echapper(vue.territoire.nom)}, {format_rentree(vue.rentree)}"
    if ligne.valeur.statut != "ok":
        return f'<div class="kv"><div class="tout"><p class="k">{nom}</p>{_render_absence(ligne)}</div></div>'
    valeur = format_valeur(indicateur, ligne.valeur.valeur)
    intervalle = format_intervalle(indicateur, ligne.valeur.borne_inf, ligne.valeur.borne_sup, signe=False)
    premier = f'<div><p class="k">{nom}</p><p class="v">{valeur} <small>{intervalle}</small></p></div>'
    return f'<div class="kv">{premier}{_render_ecart(ligne)}{_render_etat(ligne)}</div>'


def _render_ecart(ligne: Ligne) -> str:
    comparaison, indicateur = ligne.comparaison, ligne.indicateur
    if comparaison is None or comparaison.ecart is None:
        return ""
    etabli = theme.ETATS[ligne.etat].classe if ligne.etat in ("favorable", "defavorable") else "g2"
    bornes = format_intervalle(indicateur, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
    return (
        f'<div><p class="k">Écart au reste {de} {reste} '
        f"({format_valeur(indicateur, comparaison.valeur_reference)})</p>"
        f'<p class="v {etabli}">{format_ecart(indicateur, comparaison.ecart, unite=True)} '
        f"<small>{bornes}</small></p></div>"
    )


def _render_etat(ligne: Ligne) -> str:
    style, indicateur = theme.ETATS[ligne.etat], ligne.indicateur
    if ligne.comparaison is None and ligne.territoire.niveau is Niveau.ACADEMIE:
        return ""
    utile = format_nombre(indicateur.ecart_utile, 0 if indicateur.ecart_utile == int(indicateur.ecart_utile) else 1)
    unite = f"{INSECABLE}{'pts' if indicateur.ecart_utile >= 2 else 'pt'}" if indicateur.nature is Nature.TAUX else ""
    morceaux = [f"écart utile de {utile}{unite}"] if ligne.comparaison else []
    if ligne.rang:
        rang = ligne.rang
        place = str(rang.rang_inf) if rang.rang_inf == rang.rang_sup else f"{rang.rang_inf} à {rang.rang_sup}"
        morceaux.append(f"rang {place} sur {rang.nb}")
    detail = _detail_etat(ligne)
    return (
        f'<div><p class="k">{f"{FINE}; ".join(["État", *morceaux])}</p>'
        f'<p class="v {style.classe}">{style.signe} {style.mot}{detail}</p></div>'
    )


def name_reste(ligne: Ligne) -> str:
    """«reste de l’académie», for the end of the reference's line."""
    return f"reste {RESTES[ligne.comparaison.reference if ligne.comparaison else 'academie']}"


def _detail_etat(ligne: Ligne) -> str:
    comparaison = ligne.comparaison
    if ligne.etat == "non_concluant" and comparaison and comparaison.decelable:
        decelable = format_ecart(ligne.indicateur, comparaison.decelable, unite=True).lstrip("+")
        return f" <small>décelable{INSECABLE}: {decelable}</small>"
    if ligne.etat == "sans_test":
        motif = (comparaison.motif if comparaison else "") or _motif_sans_test(ligne.indicateur)
        return f" <small>{echapper(motif)}</small>"
    return ""


def _motif_sans_test(indicateur: Indicateur) -> str:
    return "effectif, sans référence" if indicateur.nature is Nature.EFFECTIF else "sans comparaison"


def _render_absence(ligne: Ligne) -> str:
    derniere = ""
    if ligne.derniere_connue:
        derniere = (
            f" Dernière valeur{INSECABLE}: {format_valeur(ligne.indicateur, ligne.derniere_connue.valeur)} "
            f"en {format_rentree(ligne.derniere_connue.rentree)}."
        )
    return (
        f'<p class="v g2"><span class="chip hach"></span>{theme.ETATS[ligne.etat].mot}</p>'
        f'<p class="k">{echapper(capitaliser(ligne.raison))}.{derniere}</p>'
    )


def write_tendance(ligne: Ligne) -> str:
    """The answer of the trend, as the heading of the chart: «Stable depuis 2020-2021»."""
    tendance = ligne.tendance
    if tendance is None:
        return "Évolution"
    mot = capitaliser(theme.TENDANCES[tendance.etat])
    if tendance.etat == "serie_courte":
        return "Série trop courte pour dire une tendance"
    if tendance.etat == "non_concluante":
        return f"Tendance non concluante depuis {format_rentree(tendance.rentree_debut)}"
    pente = ""
    if tendance.etat in ("amelioration", "degradation", "hausse", "baisse") and tendance.pente is not None:
        pente = f", {format_ecart(ligne.indicateur, tendance.pente, unite=True)} par an"
    return f"{mot} depuis {format_rentree(tendance.rentree_debut)}{pente}"


def render_titre_tendance(vue: VueIndicateur) -> str:
    """Heading and key of the trend chart."""
    rupture = f"{FINE}; pointillé{INSECABLE}: rupture de série" if vue.indicateur.ruptures else ""
    bande = f"bande{INSECABLE}: intervalle à 95{INSECABLE}%" if vue.ligne.valeur.borne_inf is not None else ""
    return (
        f'<p class="tt"><b class="h17">{write_tendance(vue.ligne)}</b> <span class="lead">{bande}{rupture}</span></p>'
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
    ecarts = etablissements.render_ventilations(vue) + fiche.render_a_savoir(vue.indicateur)
    plan = _render_carte(vue, carte) if carte else ""
    deux = f'<div class="deuxc"><div>{ecarts}</div><div>{plan}</div></div>' if ecarts or plan else ""
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
        territoire=capitaliser(vue.territoire.niveau.libelle)[:10],
        reference="",
        reste="",
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
        f"Chaque territoire est comparé au reste de l’académie, chaque établissement au reste de son réseau ou de son inter-réseau."
        f"{corrige}</span><span>Sources{INSECABLE}: {sources}.{provisoire} "
        f'<span class="lien"><a href="{echapper(lien("methode"))}">Méthode</a></span></span></div>'
    )
