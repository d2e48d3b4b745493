"""The figures behind the crossing of two indicators, as a table that opens. Pure, no Streamlit."""

from dashboard.comparer_entetes import name_colonne
from dashboard.formats import echapper, format_intervalle, format_nombre, format_valeur, html_ordinaux
from dashboard.navigation import lien
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.vue_comparer import Colonne
from indicators.tableaux_de_bord.vue_comparer_croisement import PointCroise, VueCroisement


def render_chiffres(vue: VueCroisement) -> str:
    """One row per territory, by name: both values with their intervals, the number of pupils."""
    entetes = "".join(f'<th scope="col">{html_ordinaux(name_colonne(c))}</th>' for c in (vue.y, vue.x))
    return (
        '<details class="tab"><summary>Les chiffres derrière le graphique</summary><div class="defile">'
        '<table class="co">'
        '<caption class="sr">Les deux indicateurs par territoire</caption><thead><tr><th scope="col">Territoire</th>'
        f'{entetes}<th scope="col" class="num">{echapper(vue.y.indicateur.unite_effectif)}</th></tr></thead>'
        f"<tbody>{''.join(_row(vue, point) for point in vue.points)}</tbody></table></div></details>"
    )


def _row(vue: VueCroisement, point: PointCroise) -> str:
    adresse = echapper(lien("tableau_de_bord", territoire=point.territoire.code))
    return (
        f'<tr><th scope="row"><a href="{adresse}">{echapper(point.territoire.nom)}</a></th>'
        f"{_cell(vue.y, point.y)}{_cell(vue.x, point.x)}"
        f'<td class="num">{format_nombre(point.y.valeur.denominateur)}</td></tr>'
    )


def _cell(colonne: Colonne, cellule: Cellule) -> str:
    fiche, valeur = colonne.indicateur, cellule.valeur
    bornes = format_intervalle(fiche, valeur.borne_inf, valeur.borne_sup, signe=False)
    return f'<td><b>{format_valeur(fiche, valeur.valeur)}</b> <span class="g">{bornes}</span></td>'
