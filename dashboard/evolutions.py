"""The page Évolutions as ready HTML: message title, headings of small charts, table behind. Pure, no Streamlit."""

from collections import Counter
from collections.abc import Sequence

from dashboard import courbes, theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    compter,
    echapper,
    format_ecart,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
    lister,
    nommer,
)
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE
from indicators.francais import typographier
from indicators.tableaux_de_bord.objets import Tendance, Valeur
from indicators.tableaux_de_bord.vue_evolutions import (
    MAX_SERIES,
    Changement,
    Serie,
    VueEvolutions,
    build_vue_indicateurs,
    build_vue_territoires,
    list_finis,
    list_indicateurs_defaut,
    list_territoires_defaut,
)
from indicators.territoires import Niveau

__all__ = [
    "AXES", "CSS", "MAX_SERIES", "PERIMETRES", "build_vue_indicateurs", "build_vue_territoires", "list_finis",
    "list_indicateurs_defaut", "list_territoires_defaut", "make_reference", "render_bas", "render_tete",
    "render_titre", "span",
]  # fmt: skip

AXES = {"territoires": "Plusieurs territoires", "indicateurs": "Plusieurs indicateurs"}
"""What is compared, as in the address and on screen."""
PERIMETRES = {"actuel": "Périmètre actuel", "annuel": "Périmètre de chaque année"}
"""Which établissements make the figures of a territory, as in the address and on screen."""
_NB_CHANGEMENTS = 3
CSS = theme.read_statique("evolutions.css")
_MOTS = {
    "amelioration": ("une amélioration", "améliorations"),
    "degradation": ("une dégradation", "dégradations"),
    "hausse": ("une hausse", "hausses"),
    "baisse": ("une baisse", "baisses"),
    "stable": ("une évolution stable", "évolutions stables"),
    "non_concluante": ("une tendance non concluante", "tendances non concluantes"),
    "serie_courte": ("une série trop courte", "séries trop courtes"),
}


def render_tete(vue: VueEvolutions, axe: str) -> str:
    """Message title and what is drawn."""
    return (
        f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue, axe))}</h2>'
        f"<p>{html_ordinaux(_write_sous_titre(vue, axe))}</p>{_render_perimetre(vue)}</div>"
    )


def _render_perimetre(vue: VueEvolutions) -> str:
    """What changed in the perimeters, and which one is read; nothing where it makes no difference."""
    if not vue.changements:
        return ""
    phrases = [_write_changement(c) for c in vue.changements[-_NB_CHANGEMENTS:]]
    if any(s.est_annuelle for s in vue.series):
        phrases.append(
            "Chaque année est lue ici avec ses établissements d’alors : un changement de périmètre peut passer pour "
            "une évolution, aucune tendance n’est donnée."
        )
    else:
        phrases.append("Toutes les années sont lues ici avec les établissements d’aujourd’hui.")
    return f"<p>{echapper(typographier(' '.join(phrases)))}</p>"


def _write_changement(changement: Changement) -> str:
    mouvements = [
        f"{accorder(nombre, 'établissement')} {'l’a' if nombre == 1 else 'l’ont'} {verbe}"
        for nombre, verbe in ((changement.nb_entrees, "rejoint"), (changement.nb_sorties, "quitté"))
        if nombre
    ]
    return (
        f"{nommer(changement.territoire)} : périmètre modifié à la rentrée {changement.rentree} "
        f"({', '.join(mouvements)})."
    )


def write_titre(vue: VueEvolutions, axe: str) -> str:
    """The subject, then how many trends of each kind: «… : une amélioration et deux évolutions stables»."""
    connues = [s for s in vue.series if s.connus]
    if not connues:
        return "Aucune série à montrer"
    premiere = connues[0]
    sujet = premiere.indicateur.titre_court if axe == "territoires" else nommer(premiere.territoire)
    if premiere.est_annuelle:
        return f"{sujet}{INSECABLE}: lecture au périmètre de chaque année"
    compte = Counter(s.tendance.etat if s.tendance else "serie_courte" for s in connues)
    dits = [
        un if compte[etat] == 1 else f"{compter(compte[etat])} {pluriel}"
        for etat, (un, pluriel) in _MOTS.items()
        if compte[etat]
    ]
    return f"{sujet}{INSECABLE}: {lister(dits)}"


def _write_sous_titre(vue: VueEvolutions, axe: str) -> str:
    annees = span(vue.series)
    if not annees:
        return "Choisissez au moins un territoire et un indicateur qui ont des chiffres."
    periode = format_rentree(annees[0])
    if len(annees) > 1:
        periode = f"{periode} à {format_rentree(annees[-1])}"
    morceaux = [periode]
    if axe == "territoires":
        fiche, modalite = vue.series[0].indicateur, vue.series[0].modalite
        morceaux.insert(0, fiche.resume.rstrip("."))
        if modalite != ENSEMBLE:
            morceaux.insert(1, fiche.modalites[modalite].lower())
    if axe == "indicateurs" or make_reference(vue):
        morceaux.append(f"en gris{INSECABLE}: {vue.nom_reference[0].lower()}{vue.nom_reference[1:]}")
    if any(annees[0] < r.rentree <= annees[-1] for s in vue.series for r in s.indicateur.ruptures):
        morceaux.append(f"pointillé{INSECABLE}: rupture de série")
    return f"{FINE}; ".join(morceaux) + "."


def span(series: Sequence[Serie]) -> list[int]:
    """Every rentrée from the first to the last known point."""
    vues = [p.valeur.rentree for s in series for p in s.connus]
    return list(range(min(vues), max(vues) + 1)) if vues else []


def make_reference(vue: VueEvolutions) -> courbes.Trace | None:
    """The académie as a grey line, over the years of the series; None when it is not common to them."""
    annees = span(vue.series)
    if not vue.reference or not annees or any(s.territoire.niveau is Niveau.ACADEMIE for s in vue.series):
        return None
    points = tuple((r, v.valeur) for r, v in vue.reference.items() if v.valeur is not None and r in annees)
    return courbes.Trace(vue.nom_reference, points, theme.TRAIT2, "solid", "line-ew-open", 2.2, gras=False)


def render_titre(serie: Serie) -> str:
    """Heading of a small chart: the indicator, its last value and the reading of its trend."""
    adresse = lien("indicateur", territoire=serie.territoire.code, indicateur=serie.indicateur.code)
    nom = html_ordinaux(serie.indicateur.titre_court)
    if not serie.connus:
        return (
            f'<div class="pm"><h3><a href="{echapper(adresse)}">{nom}</a></h3>'
            '<p><span class="chip hach"></span>aucun chiffre</p></div>'
        )
    derniere = serie.connus[-1].valeur
    return (
        f'<div class="pm"><h3><a href="{echapper(adresse)}">{nom}</a></h3>'
        f"<p><b>{format_valeur(serie.indicateur, derniere.valeur)}</b> en {format_rentree(derniere.rentree)} · "
        f"{_write_tendance(serie)}</p></div>"
    )


def _write_tendance(serie: Serie) -> str:
    tendance = serie.tendance
    if serie.est_annuelle:
        return "tendance au périmètre actuel seulement"
    if tendance is None:
        return "… série courte"
    fleche = theme.fleche(tendance.etat, tendance.pente)
    return f"{fleche} {theme.TENDANCES[tendance.etat]}{_write_pente(serie, tendance)}"


def _write_pente(serie: Serie, tendance: Tendance) -> str:
    if tendance.etat not in ("amelioration", "degradation", "hausse", "baisse") or tendance.pente is None:
        return ""
    return f", {format_ecart(serie.indicateur, tendance.pente, unite=True)}/an"


def render_bas(vue: VueEvolutions, axe: str) -> str:
    """The table behind the chart, then the sources."""
    if not span(vue.series):
        return ""
    sources = echapper(f"{FINE}; ".join(vue.sources))
    return (
        f'<details class="tab"><summary>Les chiffres derrière le graphique</summary>{render_table(vue, axe)}</details>'
        f'<p class="src pied">Sources{INSECABLE}: {sources}. Les points sont reliés seulement quand les années se '
        "suivent, sans rupture.</p>"
    )


def render_table(vue: VueEvolutions, axe: str) -> str:
    """One row per series and one column per rentrée: value, then interval and number of pupils."""
    annees = span(vue.series)
    titre = "Territoire" if axe == "territoires" else "Indicateur"
    entetes = "".join(f'<th scope="col" class="num">{format_rentree(a)}</th>' for a in annees)
    lignes = [_row(_name(s, axe), s, annees) for s in vue.series]
    if vue.reference and vue.series:
        cellules = "".join(_cell(vue.series[0], vue.reference.get(a)) for a in annees)
        lignes.append(f'<tr class="ref"><th scope="row">{echapper(vue.nom_reference)}</th>{cellules}<td></td></tr>')
    return (
        f'<div class="defile"><table class="tv"><caption class="sr">Valeurs par rentrée</caption><thead><tr>'
        f'<th scope="col">{titre}</th>{entetes}<th scope="col">Tendance</th></tr></thead>'
        f"<tbody>{''.join(lignes)}</tbody></table></div>"
    )


def _name(serie: Serie, axe: str) -> str:
    return html_ordinaux(nommer(serie.territoire) if axe == "territoires" else serie.indicateur.titre_court)


def _row(nom: str, serie: Serie, annees: Sequence[int]) -> str:
    valeurs = {p.valeur.rentree: p.valeur for p in serie.points}
    cellules = "".join(_cell(serie, valeurs.get(a)) for a in annees)
    return f'<tr><th scope="row">{nom}</th>{cellules}<td class="td">{capitaliser(_write_tendance(serie))}</td></tr>'


def _cell(serie: Serie, valeur: Valeur | None) -> str:
    if valeur is None or valeur.valeur is None:
        mot = theme.ETATS[valeur.statut if valeur else "non_disponible"].mot
        return f'<td class="num"><span class="chip hach" title="{mot}"></span><span class="sr">{mot}</span></td>'
    n = f"<small>n = {format_nombre(valeur.denominateur)}</small>" if valeur.denominateur else ""
    return f'<td class="num"><b>{format_valeur(serie.indicateur, valeur.valeur)}</b>{n}</td>'
