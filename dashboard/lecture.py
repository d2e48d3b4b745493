"""The reading of an indicator for a territory as ready HTML: message title, key figures, trend. Pure, no Streamlit."""

from dashboard import fiche, theme
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
from indicators.catalogue import ENSEMBLE, Indicateur, Nature
from indicators.tableaux_de_bord.objets import Comparaison, Ligne
from indicators.tableaux_de_bord.phrases import say_etendue
from indicators.tableaux_de_bord.sujets import get_reference, make_sujet
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur
from indicators.territoires import Niveau


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
    reste = get_reference(ligne).nom
    valeur, indicateur, comparaison = ligne.valeur.valeur, ligne.indicateur, ligne.comparaison
    if ligne.etat in ("favorable", "defavorable", "superieur", "inferieur"):
        plus = comparaison.ecart > 0
        verbe = ("dépassent" if plus else "restent sous") if pluriel else ("dépasse" if plus else "reste sous")
        return f"{verbe} le {reste} de {_write_points(indicateur, comparaison)}"
    etre = "sont" if pluriel else "est"
    if ligne.etat == "comparable":
        return f"{etre} comparable{'s' if pluriel else ''} au {reste}"
    if ligne.etat == "non_concluant":
        return f"ne se {'distinguent' if pluriel else 'distingue'} pas avec certitude du {reste}"
    return f"{etre} de {format_valeur(indicateur, valeur)}"


def _write_points(indicateur: Indicateur, comparaison: Comparaison) -> str:
    ecart = format_ecart(indicateur, abs(comparaison.ecart), unite=True).lstrip("+")
    return ecart.replace("pts", "points").replace("pt", "point") if ecart.endswith(("pt", "pts")) else ecart


def _write_dispersion(vue: VueIndicateur) -> str:
    dispersion = vue.ligne.dispersion
    if dispersion is None or not dispersion.est_heterogene:
        return ""
    return f", {say_etendue(vue.ligne, vue.qui)}"


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
        f'<div><p class="k">Écart {get_reference(ligne).a} '
        f"({format_valeur(indicateur, comparaison.valeur_reference)})</p>"
        f'<p class="v {etabli}">{format_ecart(indicateur, comparaison.ecart, unite=True)} '
        f"<small>{bornes}</small></p></div>"
    )


def _render_etat(ligne: Ligne) -> str:
    style, indicateur = theme.ETATS[ligne.etat], ligne.indicateur
    seul = ligne.territoire.niveau is Niveau.ACADEMIE or indicateur.nature is Nature.EFFECTIF
    if ligne.comparaison is None and seul:
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
    return get_reference(ligne).nom


def _detail_etat(ligne: Ligne) -> str:
    comparaison = ligne.comparaison
    if ligne.etat == "non_concluant" and comparaison and comparaison.decelable:
        decelable = format_ecart(ligne.indicateur, comparaison.decelable, unite=True).lstrip("+")
        return f" <small>décelable{INSECABLE}: {decelable}</small>"
    if ligne.etat == "sans_test":
        motif = (comparaison.motif if comparaison else "") or "sans comparaison"
        return f" <small>{echapper(motif)}</small>"
    return ""


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
    if sum(p.valeur.valeur is not None for p in ligne.serie) == 1:
        return "Une seule rentrée connue"
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
    annees = [p.valeur.rentree for p in vue.ligne.serie]
    cles = []
    if vue.ligne.valeur.borne_inf is not None:
        cles.append(f"bande{INSECABLE}: intervalle à 95{INSECABLE}%")
    if any(annees[0] < r.rentree <= annees[-1] for r in vue.indicateur.ruptures):
        cles.append(f"pointillé{INSECABLE}: rupture de série, aucune courbe ne la franchit")
    cle = f"{FINE}; ".join(cles)
    robuste = write_robuste(vue.ligne)
    robuste = f'<p class="lead">{robuste}</p>' if robuste else ""
    return f'<p class="tt"><b class="h17">{write_tendance(vue.ligne)}</b> <span class="lead">{cle}</span></p>{robuste}'


def write_robuste(ligne: Ligne) -> str:
    """The robust reading of a trend of five points: Theil-Sen's slope, and whether Mann-Kendall finds a steady move."""
    tendance = ligne.tendance
    if tendance is None or tendance.theil_sen is None or tendance.p_mann_kendall is None:
        return ""
    pente = format_ecart(ligne.indicateur, tendance.theil_sen, unite=True)
    bornes = format_intervalle(ligne.indicateur, tendance.theil_sen_inf, tendance.theil_sen_sup, signe=True)
    pente = " ".join(filter(None, (f"{pente} par an", bornes)))
    regulier = "mouvement régulier" if tendance.est_reguliere else "aucun mouvement régulier établi"
    p = f"p{INSECABLE}={INSECABLE}{format_nombre(tendance.p_mann_kendall, 2)}"
    alerte = " Les deux pentes n’ont pas le même sens." if tendance.est_contredite else ""
    return f"Lecture robuste{INSECABLE}: {pente} (Theil-Sen){FINE}; {regulier} (Mann-Kendall, {p}).{alerte}"
