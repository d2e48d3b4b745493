"""Gaps to what the context leads to expect, and inside a territory, as ready HTML. Pure, no Streamlit.

No colour: a gap of this page describes, it does not judge.
"""

from dashboard import theme, traces
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_valeur,
)
from indicators.catalogue import Indicateur
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.phrases import say_etendue, write_part
from indicators.tableaux_de_bord.ventilations import Groupe, Ventilation
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur
from indicators.territoires import Niveau


def render_ecarts(vue: VueIndicateur) -> str:
    """Expected given context, then gaps inside the territory: between établissements, between groups."""
    dedans = _render_dispersion(vue) + _render_ventilations(vue)
    if dedans:
        dedans = f"<section><h2>Écarts à l’intérieur du territoire</h2>{dedans}</section>"
    return _render_attendu(vue) + dedans


def _render_attendu(vue: VueIndicateur) -> str:
    """One calm line: expected at the same context, observed, the gap, and what it does not control for."""
    attendu, indicateur = vue.attendu, vue.indicateur
    if attendu is None:
        return ""
    prevu, observe = (format_valeur(indicateur, v) for v in (attendu.attendu, attendu.observe))
    bornes = format_intervalle(indicateur, attendu.ecart_inf, attendu.ecart_sup, signe=True)
    seul = vue.territoire.niveau is Niveau.ETABLISSEMENT
    sur = "" if seul else f" sur {accorder(attendu.nb_etablissements, 'établissement')} dont le contexte est connu"
    return (
        f'<section><h2>Attendu au vu du contexte</h2><p class="att">À IPS et éducation prioritaire semblables, on '
        f"attendrait <b>{prevu}</b>{FINE}; on observe <b>{observe}</b>{sur}, soit un écart de "
        f"<b>{format_ecart(indicateur, attendu.ecart, unite=True)}</b> {bornes} ({_say_hasard(attendu.p_ajustee)}). "
        f"L’attendu se lit sur une droite tracée avec {accorder(attendu.nb_regression, 'établissement')} de "
        "l’académie. Elle ne tient compte ni des acquis à l’entrée, ni des options, ni des départs et arrivées d’élèves"
        f"{INSECABLE}: l’écart décrit, il n’explique pas.</p></section>"
    )


def _say_hasard(p_ajustee: float | None) -> str:
    return "au-delà du hasard" if p_ajustee is not None and p_ajustee <= RISQUE else "peut tenir au hasard"


RISQUE = 0.05
"""Corrected probability at most which a gap is said to exceed chance, as for every comparison."""


def _render_dispersion(vue: VueIndicateur) -> str:
    """Spread between établissements beyond chance: in words, and as the measures that a statistician reads."""
    dispersion = vue.ligne.dispersion
    if dispersion is None or not dispersion.est_heterogene or dispersion.i2 is None or dispersion.tau2 is None:
        return ""
    nombre = accorder(dispersion.nb_etablissements, "établissement")
    return (
        f'<p class="att">{nombre}, {say_etendue(vue.ligne, vue.qui)}{INSECABLE}: {write_part(dispersion)} '
        f"(I²{INSECABLE}={INSECABLE}{format_nombre(100 * dispersion.i2)}{INSECABLE}%{FINE}; "
        f"τ²{INSECABLE}={INSECABLE}{format_nombre(dispersion.tau2, 2)}, en logits).</p>"
    )


def _render_ventilations(vue: VueIndicateur) -> str:
    """Gaps between groups, as dumbbells without colour; nothing when there is no split to show."""
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
        f'<p class="lead">Ces écarts décrivent des publics différents, ils n’expliquent pas.{trait}</p>'
        f'<table class="ve"><caption class="sr">Ventilations</caption>{lignes}</table>'
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
    hasard = "" if ventilation.p_ajustee is None else f"<small>{_say_hasard(ventilation.p_ajustee)}</small>"
    return (
        f"<tr>{entete}{_group(indicateur, premier, '●')}{_group(indicateur, second, '○')}"
        f'<td class="du-c">{_dumbbell(premier, second, x, repere)}</td>'
        f'<td class="num"><b>{ecart}</b><small>{bornes}</small>{hasard}</td></tr>'
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
