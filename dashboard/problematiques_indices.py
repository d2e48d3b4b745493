"""Evidence of a problématique as a table: figure, gap, drawing and condition of each indicator. Pure, no Streamlit."""

from dashboard import theme, traces
from dashboard.formats import (
    INSECABLE,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from dashboard.problematiques_series import draw_estime, draw_spark
from indicators.catalogue import ENSEMBLE
from indicators.problematiques import Mesure
from indicators.tableaux_de_bord.lignes import get_niveau_place
from indicators.tableaux_de_bord.objets_problematiques import Indice, Problematique
from indicators.tableaux_de_bord.phrases_problematiques import (
    format_pente,
    format_probabilite,
    write_condition,
)

_ENTETES = (
    ("", "Indice, année, élèves"),
    ("num", "Valeur, référence"),
    ("num", f"Écart, 95{INSECABLE}%"),
    ("axh", "<span>← moins fav.</span><span>réf.</span><span>plus fav. →</span>"),
    ("", "Condition, prob."),
)
_SUITES = {
    Mesure.SEMBLABLES: "face aux semblables",
    Mesure.ATTENDU: "face à l’attendu",
    Mesure.TENDANCE: "évolution",
    Mesure.TENDANCE_RELATIVE: "évolution, face au reste",
    Mesure.DISPERSION: "écarts entre établissements",
    Mesure.GROUPES: "écart filles-garçons",
}
"""After the name of an indicator, where the row is not about its value."""


def render_indices(problematique: Problematique) -> str:
    """The evidence of one finding."""
    entetes = "".join(f'<th scope="col" class="{classe}">{titre}</th>' for classe, titre in _ENTETES)
    lignes = "".join(_render_ligne(indice) for indice in problematique.indices)
    return (
        f'<table><caption class="sr">Indices{INSECABLE}: {html_ordinaux(problematique.regle.titre)}</caption>'
        f"<thead><tr>{entetes}</tr></thead><tbody>{lignes}</tbody></table>"
    )


def link_indice(indice: Indice) -> str:
    """Address of the indicator of a row, at the rentrée that was read."""
    modalite = indice.condition.modalite
    return lien(
        "indicateur",
        territoire=indice.ligne.territoire.code if indice.ligne else None,
        indicateur=indice.indicateur.code,
        rentree=indice.rentree,
        modalite=None if modalite == ENSEMBLE else modalite,
    )


def _render_ligne(indice: Indice) -> str:
    fiche = indice.indicateur
    suite = _SUITES.get(indice.condition.mesure)
    nom = html_ordinaux(fiche.titre_court) + (f" <i>{suite}</i>" if suite else "")
    eleves = f" · {format_nombre(indice.effectif)}{INSECABLE}{fiche.unite_effectif}" if indice.effectif else ""
    producteur = fiche.source.split(",")[0]
    precision = html_ordinaux(f"{_say_annees(indice)} · {producteur}{eleves}")
    valeur, reference = _say_valeurs(indice)
    return (
        f'<tr><th scope="row"><a href="{echapper(link_indice(indice))}">{nom}</a><small>{precision}</small></th>'
        f'<td class="num"><b>{valeur}</b><small>{reference}</small></td>{_render_ecart(indice)}'
        f'<td class="dr">{_draw(indice)}</td>'
        f'<td class="co">{html_ordinaux(write_condition(indice))}'
        f"<small><b>{format_probabilite(indice.probabilite or 0.0)}</b></small></td></tr>"
    )


def _say_annees(indice: Indice) -> str:
    if indice.duree:
        return f"{format_rentree(indice.rentree_debut)} à {format_rentree(indice.rentree)}"
    return format_rentree(indice.rentree)


def _say_valeurs(indice: Indice) -> tuple[str, str]:
    """The two sides of the gap: figures, gaps between groups or spreads, changes per year."""
    fiche, mesure = indice.indicateur, indice.condition.mesure
    if mesure in (Mesure.GROUPES, Mesure.DISPERSION):
        return tuple(format_ecart(fiche, v, unite=True).lstrip("+") for v in (indice.valeur, indice.valeur_reference))
    if mesure is Mesure.TENDANCE_RELATIVE:
        pentes = (v / max(indice.duree, 1) for v in (indice.valeur, indice.valeur_reference))
        return tuple(f"{format_ecart(fiche, p)}/an" for p in pentes)
    if mesure is Mesure.TENDANCE:
        return format_valeur(fiche, indice.valeur), f"de {format_valeur(fiche, indice.valeur_reference)}"
    return format_valeur(fiche, indice.valeur), format_valeur(fiche, indice.valeur_reference)


def _render_ecart(indice: Indice) -> str:
    """Gap and interval; its sign and colour only where the state published for the cell says so."""
    fiche, style = indice.indicateur, _get_style(indice)
    ecart = format_ecart(fiche, indice.ecart)
    if indice.condition.mesure is Mesure.TENDANCE:
        ecart = f"{format_pente(indice)}/an"
    signe = f'<span aria-hidden="true">{style.signe}</span> ' if style else ""
    classe = f' class="{style.classe}"' if style else ' class="comp"'
    intervalle = format_intervalle(fiche, indice.ecart_inf, indice.ecart_sup, signe=True)
    return f'<td class="num e"><b{classe}>{signe}{ecart}</b><small>{intervalle}</small></td>'


def _get_style(indice: Indice) -> theme.Etat | None:
    """The published state behind a row: that of the comparison, or of the trend."""
    if indice.ligne is None:
        return None
    if indice.condition.mesure is Mesure.POSITION:
        return theme.ETATS[indice.ligne.etat]
    if indice.condition.mesure is Mesure.TENDANCE and indice.ligne.tendance:
        etat = {"amelioration": "favorable", "degradation": "defavorable"}.get(indice.ligne.tendance.etat)
        return theme.ETATS[etat] if etat else None
    return None


def _draw(indice: Indice) -> str:
    """The drawing of the condition itself."""
    if indice.condition.mesure in (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE):
        return draw_spark(indice)
    if indice.condition.mesure is Mesure.POSITION and indice.ligne is not None:
        return traces.spine(indice.ligne, get_niveau_place(indice.ligne.territoire).pluriel)
    return draw_estime(indice)
