"""Gaps inside a territory as ready HTML: dumbbells without colour, since a split describes. Pure, no Streamlit."""

from dashboard import theme, traces
from dashboard.formats import INSECABLE, echapper, format_ecart, format_intervalle, format_nombre, format_valeur
from indicators.catalogue import Indicateur
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.ventilations import Groupe, Ventilation
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur


def render_ventilations(vue: VueIndicateur) -> str:
    """Gaps inside the territory, as dumbbells without colour; nothing when there is no split to show."""
    if not vue.ventilations:
        return ""
    repere = vue.ligne.valeur
    bornes = [g.valeur for v in vue.ventilations for g in v.groupes or ()]
    valeurs = [b for v in bornes for b in (v.borne_inf, v.borne_sup)] + [repere.valeur or 0.0]
    marge = 0.06 * ((max(valeurs) - min(valeurs)) or 0.1)
    x = traces.Echelle(min(valeurs) - marge, max(valeurs) + marge, 6, 234)
    if traces.is_retourne(vue.indicateur):
        x = traces.Echelle(x.d0, x.d1, 234, 6)
    lignes = "".join(_split_row(vue.indicateur, v, x, repere) for v in vue.ventilations)
    trait = ""
    if repere.valeur is not None:
        trait = f" Trait{INSECABLE}: {format_valeur(vue.indicateur, repere.valeur)}."
    return (
        f"<section><h2>Écarts à l’intérieur du territoire</h2>"
        f'<p class="lead">Ces écarts décrivent des publics différents, ils n’expliquent pas.{trait}</p>'
        f'<table class="ve"><caption class="sr">Ventilations</caption>{lignes}</table></section>'
    )


def _split_row(indicateur: Indicateur, ventilation: Ventilation, x: traces.Echelle, repere: Valeur) -> str:
    entete = f'<th scope="row">{echapper(ventilation.titre)}</th>'
    if ventilation.groupes is None:
        return (
            f'<tr class="miss">{entete}<td colspan="4" class="why"><span class="chip hach"></span>'
            f"<b>{theme.ETATS[ventilation.statut].mot}</b> · {echapper(ventilation.raison)}</td></tr>"
        )
    premier, second = ventilation.groupes
    bornes = format_intervalle(indicateur, ventilation.ecart_inf, ventilation.ecart_sup, signe=True)
    ecart = format_ecart(indicateur, ventilation.ecart, unite=True)
    return (
        f"<tr>{entete}{_group(indicateur, premier, '●')}{_group(indicateur, second, '○')}"
        f'<td class="du-c">{_dumbbell(premier, second, x, repere)}</td>'
        f'<td class="num"><b>{ecart}</b><small>{bornes}</small></td></tr>'
    )


def _group(indicateur: Indicateur, groupe: Groupe, signe: str) -> str:
    nombre = f"{groupe.nb} établissement{'s' if groupe.nb > 1 else ''}, " if groupe.nb else ""
    return (
        f"<td><b>{format_valeur(indicateur, groupe.valeur.valeur)}</b> {signe} {echapper(groupe.libelle)}"
        f"<small>{nombre}n = {format_nombre(groupe.valeur.denominateur)}</small></td>"
    )


def _dumbbell(premier: Groupe, second: Groupe, x: traces.Echelle, repere: Valeur) -> str:
    moustaches = "".join(f"M{x(g.valeur.borne_inf):.1f} 13H{x(g.valeur.borne_sup):.1f}" for g in (premier, second))
    trait = f'<path d="M{x(repere.valeur):.1f} 2V24" stroke="{theme.ENCRE}"/>' if repere.valeur is not None else ""
    return (
        f'<svg viewBox="0 0 240 26" class="du" aria-hidden="true"><path d="M6 13H234" stroke="{theme.ETENDUE}" '
        f'stroke-width="5"/>{trait}<path d="{moustaches}" stroke="{theme.ENCRE2}" stroke-width="2"/>'
        f"{traces.mark('comparable', x(premier.valeur.valeur), 13)}"
        f'<circle cx="{x(second.valeur.valeur):.1f}" cy="13" r="4.2" fill="#fff" stroke="{theme.ENCRE2}" '
        f'stroke-width="1.8"/></svg>'
    )
