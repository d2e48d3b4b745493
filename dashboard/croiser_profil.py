"""Beside the chart of a crossing: the profile of one territory, and all of them by probability. Pure, no Streamlit."""

from collections.abc import Callable, Iterator
from itertools import groupby

from dashboard import theme
from dashboard.comparer_entetes import name_colonne
from dashboard.croiser_phrases import FACES, format_bornes, format_dessine, write_condition
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from dashboard.probabilites import draw_traits, write_probabilite
from indicators.problematiques.absences import MOTIFS
from indicators.tableaux_de_bord.croiser_objets import SEUILS, Axe, Estime, PointCroise, VueCroiser
from indicators.tableaux_de_bord.phrases_problematiques import format_probabilite, say_probabilite
from indicators.territoires import Territoire

_RANGS = ("ordonnée", "abscisse", "troisième")
"""Names of the axes over the narrow columns of the list."""


def render_profil(vue: VueCroiser, code: str) -> str:
    """One territory: each figure with its reference, its gap, its estimate, the probability of its side; the whole."""
    point = vue.get_point(code)
    if point is None:
        return _render_absent(vue, code)
    lignes = "".join(_row_axe(vue, axe, point, e) for axe, e in zip(vue.axes, point.estimes, strict=True))
    entete = "Valeur, réf." if vue.reference != SEUILS else "Valeur, reste"
    p = point.probabilite
    return (
        f'<section class="pf"><header><h2>{_link(point.territoire)}</h2><p class="po">{draw_traits(p)} '
        f"<b>{write_probabilite(p)}</b></p></header>"
        f'<table class="cp"><caption class="sr">Profil de {echapper(point.territoire.nom)}</caption><thead><tr>'
        f'<th scope="col">Indicateur</th><th scope="col" class="num">{entete}</th><th scope="col" class="num">Écart, '
        f'95{INSECABLE}%</th><th scope="col" class="num">Estimé</th><th scope="col">Côté, prob.</th></tr></thead>'
        f"<tbody>{lignes}</tbody></table></section>"
    )


def _link(territoire: Territoire) -> str:
    adresse = echapper(lien("tableau_de_bord", territoire=territoire.code))
    return f'<a href="{adresse}">{echapper(territoire.nom)}</a>'


def _render_absent(vue: VueCroiser, code: str) -> str:
    """The selected territory has no point: why."""
    for territoire, motif in vue.absents:
        if territoire.code == code:
            return (
                f'<section class="pf"><header><h2>{_link(territoire)}</h2></header><p class="note"><span class="chip '
                f'hach"></span>absent du croisement{INSECABLE}: {MOTIFS[motif]}.</p></section>'
            )
    return ""


def _row_axe(vue: VueCroiser, axe: Axe, point: PointCroise, estime: Estime) -> str:
    fiche, valeur, face = axe.colonne.indicateur, estime.valeur, estime.comparaison
    adresse = lien("indicateur", territoire=point.territoire.code, indicateur=fiche.code)
    n = f" · {format_nombre(valeur.denominateur)} {echapper(fiche.unite_effectif)}" if valeur.denominateur else ""
    style = theme.ETATS[face.etat if face else "sans_test"]
    ecart, bornes = ("", "")
    if face and face.ecart is not None:
        signe = "" if face.etat == "sans_test" else f"{style.signe} "
        ecart = signe + format_ecart(fiche, face.ecart)
        bornes = format_intervalle(fiche, face.ecart_inf, face.ecart_sup, signe=True) or style.mot
    return (
        f'<tr><th scope="row"><a href="{echapper(adresse)}">{html_ordinaux(name_colonne(axe.colonne))}</a>'
        f"<small>{format_rentree(axe.colonne.rentree)}{n}</small></th>"
        f'<td class="num v"><b>{format_valeur(fiche, valeur.valeur)}</b>'
        f"<small>{format_valeur(fiche, face.valeur_reference if face else None)}</small></td>"
        f'<td class="num e"><b class="{style.classe}">{ecart}<span class="sr"> {style.mot}</span></b>'
        f"<small>{bornes}</small></td>"
        f'<td class="num m">{format_dessine(axe, estime.moyenne)}<small>{format_bornes(axe, estime)}</small></td>'
        f'<td class="c">{write_condition(axe)}<small><b>{format_probabilite(estime.probabilite)}</b></small></td></tr>'
    )


def render_liste(vue: VueCroiser, code: str, choose: Callable[[str], str]) -> str:
    """Every territory by probability of the profile, under the word of each group of probabilities.

    Args:
        code: the selected territory.
        choose: address that selects a territory.
    """
    colonnes = _RANGS[: len(vue.axes)]
    entetes = "".join(f'<th scope="col" class="num">{nom}</th>' for nom in colonnes)
    titre = (
        f"Les {accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)}, du profil le plus probable au moins"
    )
    if len(vue.points) < 2:
        titre = "Par probabilité du profil"
    return (
        f'<section class="lp"><h2 class="petit">{titre}</h2><table class="lpt n{len(colonnes)}"><caption class="sr">'
        'Probabilité du profil, par territoire</caption><thead><tr><th scope="col">Territoire</th>'
        f'{entetes}<th scope="col" class="num">profil</th><th scope="col" class="tr">chances sur 20</th></tr></thead>'
        f"{''.join(_render_groupes(vue, code, choose))}</table></section>"
    )


def _render_groupes(vue: VueCroiser, code: str, choose: Callable[[str], str]) -> Iterator[str]:
    largeur = len(vue.axes) + 3
    for mot, points in groupby(vue.points, key=lambda p: say_probabilite(p.probabilite)):
        lignes = [_row(p, p.territoire.code == code, choose) for p in points]
        titre = f"{capitaliser(mot)}<span>{len(lignes)}</span>"
        entete = f'<tr class="gr"><th colspan="{largeur}" scope="rowgroup">{titre}</th></tr>'
        yield f"<tbody>{entete}{''.join(lignes)}</tbody>"


def _row(point: PointCroise, choisi: bool, choose: Callable[[str], str]) -> str:
    marque = ' class="sel" aria-current="true"' if choisi else ""
    cellules = "".join(f'<td class="num">{format_probabilite(e.probabilite)}</td>' for e in point.estimes)
    p = point.probabilite
    return (
        f'<tr{marque}><th scope="row"><a href="{echapper(choose(point.territoire.code))}">'
        f'{echapper(point.territoire.nom)}</a></th>{cellules}<td class="num p">{format_probabilite(p)}</td>'
        f'<td class="tr">{draw_traits(p)}</td></tr>'
    )


def render_absents(vue: VueCroiser) -> str:
    """Territories that are not in the crossing with why, then the indicators that cannot be crossed."""
    parts = []
    for motif in dict.fromkeys(motif for _, motif in vue.absents):
        noms = ", ".join(territoire.nom for territoire, autre in vue.absents if autre == motif)
        parts.append(f"{MOTIFS[motif]}{INSECABLE}: {noms}")
    texte = f"Absents du croisement ({len(vue.absents)}). {f'{FINE}; '.join(map(capitaliser, parts))}."
    dits = [echapper(texte)] if vue.absents else []
    if vue.exclus:
        noms = ", ".join(fiche.titre_court for fiche in vue.exclus)
        dits.append(html_ordinaux(f"Ne se croisent pas ici ({MOTIFS['sans_intervalle']}){INSECABLE}: {noms}."))
    return "".join(f'<p class="src">{dit}</p>' for dit in dits)


def write_source(vue: VueCroiser) -> str:
    """Number of territories, reference, sources."""
    sources = f"{FINE}; ".join(vue.sources) or vue.axes[0].colonne.indicateur.source
    reference = "valeurs" if vue.reference == SEUILS else f"comparaison {FACES[vue.reference]}"
    nombre = accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)
    return f"n = {nombre}{FINE}; {reference}. Sources{INSECABLE}: {html_ordinaux(sources)}."
