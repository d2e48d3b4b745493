"""One indicator of Comparer as ready HTML: funnel, interval of a rank, ordered intervals. Pure, no Streamlit."""

from dashboard import niveau, theme
from dashboard.carte_page import write_sous_titre
from dashboard.comparer_chaleur import write_familles
from dashboard.comparer_entonnoir import draw_entonnoir, draw_rang
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    compter,
    echapper,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
    lister,
)
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE, Nature
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.vue_comparer import count_familles
from indicators.tableaux_de_bord.vue_comparer_indicateur import Entonnoir, VueComparerIndicateur

GRAND, PETIT = (640, 430), (352, 330)
"""Sizes of the funnel, in pixels."""


def choose_taille(grand: str, petit: str = "") -> str:
    """A drawing for wide screens and one for phones; a single one serves both."""
    if not petit:
        return grand
    return f'<div class="grand">{grand}</div><div class="petit">{petit}</div>'


def write_titre(vue: VueComparerIndicateur) -> str:
    """Who leaves the funnel, in words; without a funnel, what can be read."""
    carte = vue.carte
    nom = name_indicateur(vue)
    if vue.entonnoir is None:
        connus = sum(c.valeur.statut == "ok" for c in carte.cellules)
        qui = accorder(connus, carte.niveau.libelle, carte.niveau.pluriel)
        return f"{nom}{INSECABLE}: {qui}, chacun avec son intervalle"
    sortis = len(vue.entonnoir.sortis)
    if not sortis:
        return f"{nom}{INSECABLE}: aucun {carte.niveau.libelle} ne sort de l’entonnoir"
    qui = f"{compter(sortis)} {carte.niveau.libelle if sortis == 1 else carte.niveau.pluriel}"
    return f"{nom}{INSECABLE}: {qui} {'sort' if sortis == 1 else 'sortent'} de l’entonnoir"


def name_indicateur(vue: VueComparerIndicateur) -> str:
    """Short title, with the modalité where it is not the whole."""
    fiche, modalite = vue.carte.indicateur, vue.carte.modalite
    return fiche.titre_court if modalite == ENSEMBLE else f"{fiche.titre_court} ({fiche.modalites[modalite].lower()})"


def render_cote(vue: VueComparerIndicateur, selection: str, adresses: tuple[str, str]) -> str:
    """The panel beside the heat map: funnel of the sorted indicator, rank of the chosen territory.

    Args:
        adresses: of the view of one indicator, and of that of one territory.
    """
    liens = "".join(
        f'{" · " if rang else ""}<a href="{echapper(adresse)}">{texte}</a>'
        for rang, (adresse, texte) in enumerate(
            zip(
                adresses, (f"Intervalles de tous les {vue.carte.niveau.pluriel}", "Territoires semblables"), strict=True
            )
        )
        if adresse
    )
    return (
        f'<aside class="pan"><h2>{html_ordinaux(write_titre(vue))}</h2>{_render_entonnoir(vue, selection, PETIT)}'
        f'{_render_rang(vue, selection)}<p class="lien">{liens}</p></aside>'
    )


def render_page(vue: VueComparerIndicateur, selection: str) -> str:
    """The view of one indicator: funnel at the left, ordered intervals with rank intervals at the right."""
    carte = vue.carte
    liste = niveau.list_territoires(
        carte.indicateur,
        carte.cellules,
        ("académie", carte.reference),
        titre=capitaliser(carte.niveau.libelle),
        selection=selection,
        lien=lambda code: _open_indicateur(vue, code),
        legende=f"Les {len(carte.cellules)} {carte.niveau.pluriel}, du plus favorable au moins favorable",
    )
    familles = f"{write_familles(count_familles(carte.cellules))}."
    source = f"{FINE}; ".join(carte.sources) or carte.indicateur.source
    return (
        f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2>'
        f"<p>{html_ordinaux(write_sous_titre(carte))}</p></div>"
        f'<div class="cpi"><div class="pan">{_render_entonnoir(vue, selection, GRAND, PETIT)}'
        f"{_render_rang(vue, selection)}</div><div>{liste}</div></div>"
        f'<p class="src pied">Traits{INSECABLE}: intervalles à 95{INSECABLE}%. Rang{INSECABLE}: les places que le '
        f"territoire peut occuper, 95 fois sur 100. {familles if carte.famille else ''} "
        f"Source{INSECABLE}: {echapper(source)}.</p>"
    )


def _open_indicateur(vue: VueComparerIndicateur, code: str) -> str:
    carte = vue.carte
    modalite = None if carte.modalite == ENSEMBLE else carte.modalite
    return lien(
        "indicateur", territoire=code, indicateur=carte.indicateur.code, rentree=carte.rentree, modalite=modalite
    )


def _render_entonnoir(vue: VueComparerIndicateur, selection: str, *tailles: tuple[int, int]) -> str:
    """The funnel with its key and its source; of two sizes, a phone shows the second."""
    fiche, entonnoir = vue.carte.indicateur, vue.entonnoir
    if entonnoir is None:
        raison = (
            "Les effectifs manquent" if fiche.nature is Nature.TAUX else "L’entonnoir ne se dessine que pour un taux"
        )
        return f"<p>{raison}{INSECABLE}: lisez les intervalles.</p>"
    dessins = [
        draw_entonnoir(
            fiche,
            entonnoir,
            selection=selection,
            largeur=largeur,
            hauteur=hauteur,
            vers=lambda code: _open_indicateur(vue, code),
        )
        for largeur, hauteur in tailles
    ]
    return (
        f"<p>Zone sombre{INSECABLE}: ce que le hasard seul fait varier 95 fois sur 100{FINE}; zone claire{INSECABLE}: "
        f"99,8 fois sur 100. ▲ et ▼{INSECABLE}: écarts établis, comme partout.{_write_dispersion(vue, entonnoir)}</p>"
        f'{choose_taille(*dessins)}<p class="src">{_write_source(vue, entonnoir)}</p>'
    )


def _write_dispersion(vue: VueComparerIndicateur, entonnoir: Entonnoir) -> str:
    """What the dashed limits mean, where territories spread beyond chance."""
    if not entonnoir.elargies:
        return ""
    restent = [p.cellule.territoire.nom for p in entonnoir.points if p.sort_malgre_tout]
    pluriel = vue.carte.niveau.pluriel
    if not restent:
        fin = "aucun n’en sort"
    elif len(restent) <= 3:
        fin = f"{lister([echapper(nom) for nom in restent])} en {'sort' if len(restent) == 1 else 'sortent'} encore"
    else:
        fin = f"{compter(len(restent))} en sortent encore"
    facteur = format_nombre(entonnoir.phi, 1)
    return (
        f" Ici les {pluriel} diffèrent plus que le hasard ne l’explique (variance {facteur} fois plus grande)"
        f"{INSECABLE}: les tirets admettent cette dispersion habituelle, 99,8 fois sur 100"
        f"{FINE}; {fin}."
    )


def _write_source(vue: VueComparerIndicateur, entonnoir: Entonnoir) -> str:
    carte = vue.carte
    manquent = len(carte.cellules) - len(entonnoir.points)
    secrets = carte.decompte["secret"]
    absents = f", {format_nombre(manquent)} sans chiffre" if manquent else ""
    if secrets and secrets == manquent:
        absents = f", {format_nombre(secrets)} sous secret"
    source = f"{FINE}; ".join(carte.sources) or carte.indicateur.source
    qui = accorder(len(entonnoir.points), carte.niveau.libelle, carte.niveau.pluriel)
    return (
        f"{format_rentree(carte.rentree)}, en % des {echapper(carte.indicateur.unite_effectif)}{FINE}; {qui}{absents}. "
        f"Source{INSECABLE}: {echapper(source)}."
    )


def _render_rang(vue: VueComparerIndicateur, selection: str) -> str:
    cellule = next((c for c in vue.carte.cellules if c.territoire.code == selection), None)
    if cellule is None:
        return ""
    nom = echapper(cellule.territoire.nom)
    if cellule.rang is None:
        mot = theme.ETATS[cellule.etat].mot if cellule.valeur.statut != "ok" else "aucun rang calculé"
        return f"<h2>{nom}</h2><p>{capitaliser(mot)} pour cet indicateur.</p>"
    return (
        f"<h2>{html_ordinaux(_write_rang(cellule))}</h2><p>{_explain_rang(vue, cellule)}</p>{draw_rang(cellule.rang)}"
    )


def _write_rang(cellule: Cellule) -> str:
    debut, fin = cellule.rang.rang_inf, cellule.rang.rang_sup
    premier = "1ᵉʳ" if debut == 1 else f"{debut}ᵉ"
    nom = cellule.territoire.nom
    return f"{nom}, {premier} rang" if debut == fin else f"{nom}, du {premier} au {fin}ᵉ rang"


def _explain_rang(vue: VueComparerIndicateur, cellule: Cellule) -> str:
    fiche, rang = vue.carte.indicateur, cellule.rang
    return (
        f"{format_valeur(fiche, cellule.valeur.valeur)}{INSECABLE}: son rang réel se situe entre {rang.rang_inf} et "
        f"{rang.rang_sup} sur {rang.nb}, avec 95 chances sur 100."
    )
