"""The path as rows: on a phone the ribbon turns, favourable at the right; and the table of its figures. Pure."""

from dashboard import theme, traces
from dashboard.formats import (
    INSECABLE,
    TIRET,
    capitaliser,
    echapper,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.parcours_textes import (
    name_marque,
    name_reference,
    write_intervalle,
    write_label,
    write_tendance,
    write_valeurs,
)
from dashboard.tableau_lignes import link, name
from indicators.tableaux_de_bord.objets_parcours import EtapeLue, MarqueLue, VueParcours
from indicators.tableaux_de_bord.phrases_parcours import explain_motif, list_accolades, write_annee


def render_liste(vue: VueParcours) -> str:
    """One row per mark, grouped by step; the cohort of a step is a line of text."""
    cohortes = {rang: a.textes for a in list_accolades(vue) for rang in range(a.premiere, a.derniere + 1)}
    return "".join(
        f'<section class="pe"><h3>{etape.etape.titre}</h3><p>{_write_sous_titre(etape, cohortes.get(rang, ()))}</p>'
        f"<ul>{''.join(_render_marque(vue, etape, lue) for lue in etape.marques)}</ul></section>"
        for rang, etape in enumerate(vue.etapes)
    )


def _write_sous_titre(etape: EtapeLue, cohorte: tuple[str, ...]) -> str:
    """«2022 · entrée en 6e en 2018»."""
    entree = next((texte for texte in cohorte if not texte.startswith("cohorte")), "")
    return html_ordinaux(" · ".join(filter(None, (write_annee(etape), entree if etape.lues else "")))) or TIRET


def _render_marque(vue: VueParcours, etape: EtapeLue, lue: MarqueLue) -> str:
    adresse = echapper(link(lue.ligne, lue.ligne.valeur.rentree if lue.est_lue else None))
    nom = f'<a href="{adresse}">{html_ordinaux(name_marque(lue))}</a>'
    if not lue.est_lue:
        motif = " ".join(explain_motif(lue, etape.etape))
        return f'<li><span class="nm">{nom}</span><span class="why"><i class="chip hach"></i>nd · {motif}</span></li>'
    valeur, reference = write_valeurs(lue)
    fragile = ' class="fragile"' if lue is vue.fragilite else ""
    mot = '<b class="def">point de fragilité</b>' if fragile else ""
    return (
        f'<li{fragile}><span class="nm">{nom}{mot}</span><span class="v"><b>{valeur}</b>{reference}</span>'
        f"{_render_ecart(lue)}{_render_tendance(lue)}</li>"
    )


def _render_ecart(lue: MarqueLue) -> str:
    if lue.hauteur is None:
        return f'<span class="e">{write_intervalle(lue)}</span>'
    style = theme.ETATS[lue.etat]
    return (
        f'<span class="f">{traces.forest(lue.ligne)}</span><span class="e {style.classe}">{write_label(lue)} '
        f"<small>{write_intervalle(lue)}</small> <i>{style.mot}</i></span>"
    )


def _render_tendance(lue: MarqueLue) -> str:
    pente, mot, couleur = write_tendance(lue)
    if not pente:
        return ""
    texte = " ".join(filter(None, (pente, mot)))
    return f'<span class="td">Tendance{INSECABLE}: <span style="color:{couleur}">{texte}</span></span>'


def render_table(vue: VueParcours) -> str:
    """The figures behind the drawing: year, cohort, intervals, counts, extract; each name opens its indicator."""
    reference = capitaliser(name_reference(vue)) or "Référence"
    titres = (
        "Étape", "Indicateur", "Année", "Entrée en 6ᵉ", vue.territoire.nom, f"Intervalle 95{INSECABLE}%", reference,
        f"Écart, intervalle 95{INSECABLE}%", "État", "Élèves", "Extrait",
    )  # fmt: skip
    entete = "".join(f'<th scope="col">{html_ordinaux(titre)}</th>' for titre in titres)
    corps = "".join(_render_ligne(vue, etape, lue) for etape in vue.etapes for lue in etape.marques)
    return (
        f'<div class="defil"><table class="pt"><caption class="sr">Chiffres du parcours</caption><thead><tr>{entete}'
        f"</tr></thead><tbody>{corps}</tbody></table></div>"
    )


def _render_ligne(vue: VueParcours, etape: EtapeLue, lue: MarqueLue) -> str:
    valeur, comparaison, fiche = lue.ligne.valeur, lue.ligne.comparaison, lue.indicateur
    adresse = echapper(link(lue.ligne, valeur.rentree if lue.est_lue else None))
    debut = (
        f'<td>{etape.etape.titre}</td><th scope="row"><a href="{adresse}">{html_ordinaux(name(lue.ligne))}</a></th>'
        f"<td>{format_rentree(valeur.rentree)}</td>"
    )
    if not lue.est_lue:
        motif = " ".join(explain_motif(lue, etape.etape))
        return f'<tr>{debut}<td colspan="8"><i class="chip hach"></i>non disponible · {motif}</td></tr>'
    cellules = [
        str(lue.entree),
        f"<b>{format_valeur(fiche, valeur.valeur)}</b>",
        format_intervalle(fiche, valeur.borne_inf, valeur.borne_sup, signe=False) or TIRET,
        format_valeur(fiche, comparaison.valeur_reference if comparaison else None),
        f"{write_label(lue)[2:]} {write_intervalle(lue)}" if lue.hauteur is not None else TIRET,
        _write_etat(lue),
        format_nombre(valeur.denominateur),
        html_ordinaux(write_extraits(vue, lue)),
    ]
    return f"<tr>{debut}{''.join(f'<td>{cellule}</td>' for cellule in cellules)}</tr>"


def _write_etat(lue: MarqueLue) -> str:
    if lue.hauteur is None:
        return "sans comparaison"
    style = theme.ETATS[lue.etat]
    return f'<span class="{style.classe}">{style.signe} {style.mot}</span>'


def write_extraits(vue: VueParcours, lue: MarqueLue) -> str:
    """The extracts behind one figure: «IVAC (MENJ-DEPP)»."""
    return ", ".join(
        f"{source.titre.split(' – ')[0]} ({source.producteur})"
        for source in vue.sources
        if (lue.marque.indicateur, lue.ligne.valeur.rentree) in source.chiffres
    )
