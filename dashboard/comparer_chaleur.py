"""The heat map territories × indicators as ready HTML. Pure, no Streamlit."""

from collections.abc import Callable
from itertools import groupby

from dashboard import theme
from dashboard.comparer_entetes import name_colonne, name_court, name_domaine
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    format_ecart,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
    lister,
)
from dashboard.navigation import lien
from indicators.catalogue import Indicateur, Sens
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.vue_comparer import Colonne, VueChaleur
from indicators.territoires import Territoire

CELLULES = {"ecart": "Écart", "valeur": "Valeur"}
"""What cells show, as in the address and on screen."""
MAX_A_COTE, MAX_LARGEUR = 14, 21
"""Columns that leave room for a panel beside the heat map, and that the page can hold without scrolling it."""
_CLASSES = {"comparable": "c", "superieur": "h", "inferieur": "h"}
_SIGNES = {
    "favorable": "▲",
    "defavorable": "▼",
    "superieur": "↑",
    "inferieur": "↓",
    "comparable": "≈",
    "sans_test": "–",
}
_ABREGES = {"secret": "s", "non_disponible": "nd", "non_significatif": "ns", "non_applicable": "·"}
_VIDES = ("secret", "non_disponible", "non_significatif", "non_applicable")
_FORT = 2
"""Écarts utiles from which the colour is strong."""


def write_titre(vue: VueChaleur) -> str:
    """The counts first: «Sur 438 écarts calculés, 29 sont favorables, 42 défavorables ; 307 ne permettent pas …»."""
    compte, nb = vue.decompte, vue.nb_ecarts
    if not nb:
        return f"Aucun écart calculé pour les {vue.niveau.pluriel}"
    favorables, defavorables, incertains = (compte[e] for e in ("favorable", "defavorable", "non_concluant"))
    verbe = "ne permettent" if incertains > 1 else "ne permet"
    fin = f"{FINE}; {format_nombre(incertains)} {verbe} pas de conclure" if incertains else ""
    tete = f"Sur {accorder(nb, 'écart calculé', 'écarts calculés')}, "
    if not favorables and not defavorables:
        return f"{tete}aucun n’est établi{fin}"
    suite = f"{format_nombre(defavorables)} {'défavorables' if defavorables > 1 else 'défavorable'}"
    if favorables:
        suite = f"{format_nombre(favorables)} {'sont favorables' if favorables > 1 else 'est favorable'}, {suite}"
    else:
        suite = f"aucun n’est favorable, {suite}"
    return f"{tete}{suite}{fin}".replace(", 0 défavorable", ", aucun défavorable")


def write_sous_titre(vue: VueChaleur) -> str:
    """What a cell is, on how many, when."""
    annee = "dernière année connue de chacun" if vue.rentree is None else format_rentree(vue.rentree)
    provisoire = " Périmètres provisoires." if vue.est_provisoire else ""
    return (
        f"Écart de chaque {vue.niveau.libelle} au reste de l’académie, en points de l’indicateur{FINE}; "
        f"{accorder(len(vue.territoires), vue.niveau.libelle, vue.niveau.pluriel)}, "
        f"{accorder(len(vue.colonnes), 'indicateur')}, {annee}.{provisoire}"
    )


def sort_territoires(vue: VueChaleur, tri: Colonne | None, cellules: str) -> list[Territoire]:
    """Territories by what the sorted column shows, favourable (or highest) first; without a figure last, by name."""
    if tri is None:
        return list(vue.territoires)
    sens = 1 if tri.indicateur.sens is Sens.BAISSE_FAVORABLE else -1

    def rang(territoire: Territoire) -> tuple[bool, float]:
        chiffre = _get_chiffre(vue.cellules[territoire.code, tri.cle], cellules)
        return chiffre is None, sens * (chiffre or 0.0)

    return sorted(vue.territoires, key=rang)


def render_table(
    vue: VueChaleur, tri: Colonne | None, selection: str, cellules: str, vers_tri: Callable[[Colonne], str]
) -> str:
    """Legend, then the heat map in a box that scrolls only where the screen is too narrow.

    Args:
        tri: sorted column; None sorts by name.
        selection: code of the territory outlined.
        cellules: key of `CELLULES`.
        vers_tri: address that sorts by a column.
    """
    lignes = "".join(
        _row(vue, territoire, tri, selection, cellules) for territoire in sort_territoires(vue, tri, cellules)
    )
    nb = len(vue.colonnes)
    large = " large" if nb > MAX_LARGEUR else ""
    sujet = "Écarts" if cellules == "ecart" else "Valeurs"
    return (
        f'{_legend()}<div class="hmb{large}"><table class="hm" style="width:{156 + 53 * nb}px">'
        f'<caption class="sr">{sujet} de {len(vue.territoires)} {vue.niveau.pluriel} pour {nb} indicateurs</caption>'
        f'<colgroup><col style="width:156px">{"<col>" * nb}</colgroup>{_head(vue, tri, cellules, vers_tri)}'
        f"<tbody>{lignes}</tbody>{_foot(vue)}</table></div>{_notes(vue)}"
    )


def _legend() -> str:
    return (
        '<div class="cl hm"><span><i class="f1">▲</i><i class="f2">▲</i>favorable</span>'
        '<span><i class="d1">▼</i><i class="d2">▼</i>défavorable</span>'
        '<span>(foncé&nbsp;: deux écarts utiles ou plus)</span><span><i class="c">≈</i>comparable</span>'
        '<span><i class="n">&nbsp;</i>non concluant</span><span><i class="h">↑↓</i>sans jugement</span>'
        '<span><i class="n">–</i>sans test</span></div>'
    )


def _head(vue: VueChaleur, tri: Colonne | None, cellules: str, vers_tri: Callable[[Colonne], str]) -> str:
    groupes = [(domaine, len(list(g))) for domaine, g in groupby(vue.colonnes, key=lambda c: c.indicateur.domaine)]
    domaines = "".join(
        f'<th scope="colgroup" colspan="{nb}" class="gr">{name_domaine(domaine, nb)}</th>' for domaine, nb in groupes
    )
    colonnes = "".join(_heading(c, c == tri, vers_tri(c)) for c in vue.colonnes)
    nom = capitaliser(vue.niveau.libelle)
    triee = ' aria-sort="ascending"' if tri is None else ""
    return (
        f'<thead><tr><td></td>{domaines}</tr><tr><th scope="col" class="nom"{triee}>{nom}</th>{colonnes}</tr></thead>'
    )


def _heading(colonne: Colonne, est_tri: bool, adresse: str) -> str:
    croissant = colonne.indicateur.sens is Sens.BAISSE_FAVORABLE
    sens, signe = ("ascending", "▴") if croissant else ("descending", "▾")
    attribut = f' class="tri" aria-sort="{sens}"' if est_tri else ""
    titre = echapper(f"{name_colonne(colonne)}, {format_rentree(colonne.rentree)} : trier")
    texte = name_court(colonne) + (f"{INSECABLE}{signe}" if est_tri else "")
    return f'<th scope="col"{attribut}><a href="{echapper(adresse)}" title="{titre}">{texte}</a></th>'


def _row(vue: VueChaleur, territoire: Territoire, tri: Colonne | None, selection: str, cellules: str) -> str:
    choisie = ' class="sel"' if territoire.code == selection else ""
    corps = "".join(_cell(c, vue.cellules[territoire.code, c.cle], territoire, cellules) for c in vue.colonnes)
    adresse = echapper(lien("tableau_de_bord", territoire=territoire.code))
    nom = echapper(territoire.nom)
    return f'<tr{choisie}><th scope="row" title="{nom}"><a href="{adresse}">{nom}</a></th>{corps}</tr>'


def _cell(colonne: Colonne, cellule: Cellule, territoire: Territoire, cellules: str) -> str:
    """Colour, sign and figure of a cell; a click opens the indicator, the keyboard goes by rows and headings."""
    etat, style = cellule.etat, theme.ETATS[cellule.etat]
    titre = f"{territoire.nom}, {name_colonne(colonne)}{INSECABLE}: {style.mot}"
    if etat in _VIDES:
        texte = f"<span>{_ABREGES[etat]}</span>" if etat != "non_applicable" else _ABREGES[etat]
        classe = "vide" if etat == "non_applicable" else "hach"
        return f'<td class="{classe}" title="{echapper(titre)}">{texte}</td>'
    chiffre = format_cellule(colonne.indicateur, cellule, cellules)
    ecart = cellule.comparaison.ecart if cellule.comparaison else None
    complet = format_ecart(colonne.indicateur, ecart, unite=True) if ecart is not None else ""
    valeur = format_valeur(colonne.indicateur, cellule.valeur.valeur)
    titre = f"{titre}, {valeur}" + (f", écart {complet}" if complet else "")
    modalite = colonne.modalite if ":" in colonne.cle else None
    adresse = lien("indicateur", territoire=territoire.code, indicateur=colonne.indicateur.code, modalite=modalite)
    return (
        f'<td class="{get_classe(colonne.indicateur, cellule)}" title="{echapper(titre)}">'
        f'<a href="{echapper(adresse)}" tabindex="-1"><i>{_SIGNES.get(etat, "")}</i>{chiffre}</a></td>'
    )


def get_classe(indicateur: Indicateur, cellule: Cellule) -> str:
    """Class of a cell with a figure: f1 f2 (favorable), d1 d2, c (comparable), h (without judgement), n (white)."""
    etat = cellule.etat
    if etat in ("favorable", "defavorable"):
        utiles = abs(cellule.comparaison.ecart) * indicateur.echelle / indicateur.ecart_utile
        return f"{etat[0]}{2 if utiles >= _FORT else 1}"
    return _CLASSES.get(etat, "n")


def format_cellule(indicateur: Indicateur, cellule: Cellule, cellules: str) -> str:
    """The figure of a cell, three signs or so: signed difference without decimal from 10, or the value."""
    chiffre = _get_chiffre(cellule, cellules)
    if chiffre is None:
        return ""
    montre = chiffre * indicateur.echelle
    if cellules == "valeur":
        precision = 0 if abs(montre) >= 100 else min(1, max(indicateur.decimales, 0))
        return format_nombre(montre, precision)
    precision = 0 if abs(round(montre, 1)) >= 10 else 1
    return format_nombre(montre, precision, signe=True)


def _get_chiffre(cellule: Cellule, cellules: str) -> float | None:
    if cellule.valeur.statut != "ok":
        return None
    if cellules == "valeur":
        return cellule.valeur.valeur
    return cellule.comparaison.ecart if cellule.comparaison else None


def _foot(vue: VueChaleur) -> str:
    comptes = "".join(_count(vue, colonne) for colonne in vue.colonnes)
    return f'<tfoot><tr><th scope="row">Favorables, défavorables</th>{comptes}</tr></tfoot>'


def _count(vue: VueChaleur, colonne: Colonne) -> str:
    compte = vue.count_colonne(colonne)
    if colonne.indicateur.sens is Sens.NEUTRE or not any(
        compte[e] for e in ("favorable", "defavorable", "comparable", "non_concluant")
    ):
        return "<td>–</td>"
    return (
        f'<td><span class="nb"><b class="fav">▲{compte["favorable"]}</b> '
        f'<b class="def">▼{compte["defavorable"]}</b></span></td>'
    )


def _notes(vue: VueChaleur) -> str:
    presents = vue.decompte
    lexique = {
        "secret": "s : secret statistique",
        "non_disponible": "nd : non disponible",
        "non_significatif": "ns : non significatif",
        "non_applicable": "· : sans objet",
    }
    mots = [texte.replace(" :", f"{INSECABLE}:") for statut, texte in lexique.items() if presents[statut]]
    mots += [_write_reste(vue), write_familles(vue.familles)]
    sources = f"{FINE}; ".join(vue.sources)
    phrases = " ".join(f"{mot.rstrip('.')}." for mot in mots if mot)
    return f'<p class="src hmn">{html_ordinaux(phrases)} Sources{INSECABLE}: {html_ordinaux(sources)}.</p>'


def _write_reste(vue: VueChaleur) -> str:
    """The counts that the title leaves out, so that they add up."""
    compte = vue.decompte
    neutres = compte["superieur"] + compte["inferieur"]
    dits = [accorder(compte["comparable"], "comparable")] if compte["comparable"] else []
    dits += [
        f"{format_nombre(n)} {mot}" for n, mot in ((neutres, "sans jugement"), (compte["sans_test"], "sans test")) if n
    ]
    return f"Autres écarts : {lister(dits)}".replace(" :", f"{INSECABLE}:") if dits else ""


def write_familles(familles: dict[tuple[int, str], int]) -> str:
    """How many comparisons were corrected together, family by family."""
    if not familles:
        return ""
    tailles = [f"{accorder(nb, 'comparaison')} pour {format_rentree(rentree)}" for (rentree, _), nb in familles.items()]
    ou = "" if len(tailles) == 1 else " chaque fois"
    return (
        f"Fausses alertes contrôlées à 5{INSECABLE}%{ou} sur {lister(tailles)}, jugées ensemble à ce niveau "
        "(Benjamini-Hochberg), y compris celles que cette page ne montre pas"
    )
