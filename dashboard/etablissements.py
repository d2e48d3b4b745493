"""The établissements of a territory on one indicator, and the gaps inside it, as ready HTML. Pure, no Streamlit.

A result is never shown without the IPS and the value added of the établissement, and never ranked.
"""

from collections import Counter

from dashboard import niveau, theme, traces
from dashboard.formats import (
    FINE,
    INSECABLE,
    TIRET,
    capitaliser,
    compter,
    echapper,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
)
from dashboard.navigation import lien
from indicators.catalogue import Domaine, Indicateur, Nature
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.vue_indicateur import INDICATEURS_IPS, LigneEtablissement, VueIndicateur
from indicators.territoires import Niveau

LARGEUR = 256
SECTEURS = {"public": "public", "prive": "privé"}


def render_etablissements(vue: VueIndicateur) -> str:
    """Heading that says what the spread is, then one row per établissement; nothing for an établissement itself."""
    if vue.territoire.niveau is Niveau.ETABLISSEMENT or not vue.nb_etablissements:
        return ""
    if not vue.etablissements:
        return (
            f'<section class="sec"><h2>Établissements</h2><p class="lead">{vue.nb_etablissements} établissements sont '
            "concernés : ils se lisent réseau par réseau, ou dans le fichier de données.</p></section>"
        )
    indicateur = vue.indicateur
    presents = [li for li in vue.etablissements if li.cellule.valeur.statut == "ok"]
    absents = [li for li in vue.etablissements if li.cellule.valeur.statut != "ok"]
    x = niveau.make_echelle(indicateur, [li.cellule for li in presents], vue.ligne.valeur) if presents else None
    etendue = _span_series(presents)
    largeur = 7 - sum(f"sans-{c}" in _hide(vue).split() for c in ("ci", "et", "tr3", "va", "n"))
    corps = "".join(_row(indicateur, li, x, vue.ligne.valeur, etendue) for li in presents)
    corps += "".join(_missing_row(indicateur, li, largeur) for li in absents)
    return (
        f'<section class="sec"><h2>{_write_titre(vue)}</h2><p class="lead">{_write_lead(vue)}</p>'
        f'<table class="cl {_hide(vue)}"><caption class="sr">{echapper(indicateur.titre)}, établissements de '
        f"{echapper(vue.territoire.nom)}, {format_rentree(vue.rentree)}</caption>{_render_colonnes()}"
        f"<thead><tr>{_headers(vue, x)}</tr></thead><tbody>{corps}</tbody></table>{_write_note(vue)}</section>"
    )


_ENTETES = {"le collège": "Collège", "le lycée": "Lycée", "l’école": "École"}
_RESTES = {"reseau": "Reste du réseau", "inter_reseau": "Reste inter-réseau"}
_COLONNES = ("nom", "co", "se", "ip", "val", "ci", "sp", "et", "tr3", "va", "n")


def _hide(vue: VueIndicateur) -> str:
    """Classes of the table that hide the columns that have nothing to say for this indicator."""
    lignes = vue.etablissements
    vides = {
        "ip": all(li.ips is None for li in lignes) or vue.indicateur.code in INDICATEURS_IPS,
        "va": all(li.valeur_ajoutee is None for li in lignes),
        "ci": all(li.cellule.valeur.borne_inf is None for li in lignes),
        "n": not any(_counts(li.cellule.valeur) for li in lignes),
        "tr3": all(len(li.serie) < 2 for li in lignes),
        "et": all(li.cellule.comparaison is None for li in lignes),
    }
    return " ".join(f"sans-{colonne}" for colonne, vide in vides.items() if vide)


def _render_colonnes() -> str:
    return "<colgroup>" + "".join(f'<col class="e-{colonne}">' for colonne in _COLONNES) + "</colgroup>"


def _write_titre(vue: VueIndicateur) -> str:
    dispersion = vue.ligne.dispersion
    if dispersion is None:
        return "Les établissements du territoire"
    if dispersion.est_heterogene:
        return "D’un établissement à l’autre, plus d’écart que le hasard n’en explique"
    return "D’un établissement à l’autre, pas plus d’écart que le hasard n’en explique"


def _write_lead(vue: VueIndicateur) -> str:
    etats = Counter(li.cellule.etat for li in vue.etablissements)
    morceaux = []
    if etats["favorable"] or etats["superieur"]:
        morceaux.append(f"{compter(etats['favorable'] + etats['superieur'])} au-dessus du reste")
    if etats["defavorable"] or etats["inferieur"]:
        morceaux.append(f"{compter(etats['defavorable'] + etats['inferieur'])} en dessous")
    if etats["non_concluant"]:
        morceaux.append(f"{compter(etats['non_concluant'])} pour lesquels on ne peut conclure")
    decompte = capitaliser(", ".join(morceaux)) + ". " if morceaux else ""
    if vue.indicateur.domaine is Domaine.CONTEXTE:
        return f"{decompte}{format_rentree(vue.rentree)}."
    return (
        f"{decompte}Un chiffre ne dit pas ce que fait un établissement{INSECABLE}: lire avec l’IPS et la valeur "
        f"ajoutée. {format_rentree(vue.rentree)}."
    )


def _headers(vue: VueIndicateur, x: traces.Echelle | None) -> str:
    unite = "Taux" if vue.indicateur.nature is Nature.TAUX else "Valeur"
    compte = "Num. / dén." if vue.indicateur.nature is Nature.TAUX else "Effectif"
    references = {li.cellule.comparaison.reference for li in vue.etablissements if li.cellule.comparaison}
    titres = (
        ("", _ENTETES.get(vue.qui, "Établissement")),
        ("co", "Commune"),
        ("se", "Secteur"),
        ("num ip", "IPS"),
        ("num", f"{unite} ▾"),
        ("num ci", "Intervalle"),
        ("sp", _axis(vue, x)),
        ("et", _RESTES.get(next(iter(references), ""), "État")),
        ("tr3", "Série"),
        ("num va", "VA"),
        ("num n", compte),
    )
    return "".join(f'<th scope="col" class="{classe}">{titre}</th>' for classe, titre in titres)


def _axis(vue: VueIndicateur, x: traces.Echelle | None) -> str:
    valeur, indicateur = vue.ligne.valeur, vue.indicateur
    if x is None:
        return ""
    bas, haut = (
        format_nombre(d * indicateur.echelle, 1 if indicateur.nature in (Nature.MOYENNE, Nature.RATIO) else 0)
        for d in (x.d0, x.d1)
    )
    gauche, droite = (haut, bas) if traces.is_retourne(indicateur) else (bas, haut)
    milieu = ""
    if valeur.valeur is not None and indicateur.nature is not Nature.EFFECTIF:
        place = 100 * x(valeur.valeur) / niveau.LARGEUR
        texte = f"{vue.territoire.niveau.libelle} {format_valeur(indicateur, valeur.valeur, unite=False)}"
        milieu = f'<b style="left:{place:.1f}%">{texte}</b>'
        gauche, droite = ("" if place < 38 else gauche), ("" if place > 62 else droite)
    return f'<span class="ech"><i>{gauche}</i>{milieu}<i class="dr">{droite}</i></span>'


def _row(
    indicateur: Indicateur,
    ligne: LigneEtablissement,
    x: traces.Echelle,
    repere: Valeur,
    etendue: tuple[float, float, int, int],
) -> str:
    cellule, valeur = ligne.cellule, ligne.cellule.valeur
    style = theme.ETATS[cellule.etat]
    va = TIRET if ligne.valeur_ajoutee is None else format_nombre(ligne.valeur_ajoutee, 0, signe=True)
    return (
        f"<tr>{_head(indicateur, ligne)}{_traits(ligne)}"
        f'<td class="num val">{format_valeur(indicateur, valeur.valeur, unite=False)}</td>'
        f'<td class="num ci">{format_intervalle(indicateur, valeur.borne_inf, valeur.borne_sup, signe=False)}</td>'
        f'<td class="sp">{_forest(indicateur, ligne, x, repere)}</td>'
        f'<td class="et etat {style.classe}"><span aria-hidden="true">{style.signe}</span>{style.mot}</td>'
        f'<td class="tr3">{_sparkline(ligne.serie, etendue, indicateur)}</td><td class="num g2 va">{va}</td>'
        f'<td class="num g2 n">{_counts(valeur)}</td></tr>'
    )


def _head(indicateur: Indicateur, ligne: LigneEtablissement) -> str:
    code = ligne.cellule.territoire.code
    adresse = echapper(lien("indicateur", territoire=code, indicateur=indicateur.code))
    reseau = f" <small>{echapper(ligne.education_prioritaire)}</small>" if ligne.education_prioritaire else ""
    nom = ligne.cellule.territoire.nom
    return (
        f'<th scope="row" title="{echapper(nom)}"><a href="{adresse}">{echapper(niveau.shorten(nom))}</a>{reseau}</th>'
    )


def _traits(ligne: LigneEtablissement) -> str:
    ips = TIRET if ligne.ips is None else format_nombre(ligne.ips, 1)
    secteur = SECTEURS.get(ligne.secteur, TIRET)
    return (
        f'<td class="g2 pt co">{echapper(ligne.commune)}</td><td class="g2 pt se">{secteur}</td>'
        f'<td class="num g2 ip">{ips}</td>'
    )


def _missing_row(indicateur: Indicateur, ligne: LigneEtablissement, largeur: int) -> str:
    valeur, derniere = ligne.cellule.valeur, ligne.cellule.derniere_connue
    raisons = {
        "secret": f"moins de {indicateur.seuil} {indicateur.unite_effectif}, ou masqué pour en protéger d’autres",
        "non_disponible": "absent de l’extrait de cette rentrée",
        "non_significatif": "non publié par la source, faute d’effectifs",
        "non_applicable": "cet indicateur ne le concerne pas",
    }
    suite = ""
    if derniere:
        suite = (
            f"{FINE}; dernière valeur{INSECABLE}: {format_valeur(indicateur, derniere.valeur)} "
            f"en {format_rentree(derniere.rentree)}"
        )
    mot = theme.ETATS[valeur.statut].mot
    return (
        f'<tr class="miss">{_head(indicateur, ligne)}{_traits(ligne)}<td colspan="{largeur}" class="why">'
        f'<span class="chip hach"></span><b>{mot}</b> · {echapper(raisons[valeur.statut])}{suite}</td></tr>'
    )


def _forest(indicateur: Indicateur, ligne: LigneEtablissement, x: traces.Echelle, repere: Valeur) -> str:
    cellule = ligne.cellule
    grande = traces.Echelle(x.d0, x.d1, x.p0 * LARGEUR / niveau.LARGEUR, x.p1 * LARGEUR / niveau.LARGEUR)
    cadre = f'<svg class="fo" viewBox="0 0 {LARGEUR} 24" aria-hidden="true">'
    if indicateur.nature is Nature.EFFECTIF:
        cadre = cadre.replace(" aria-hidden", ' preserveAspectRatio="none" aria-hidden')
        return f'{cadre}<rect y="7" height="10" width="{grande(cellule.valeur.valeur):.1f}" fill="#A9ADB8"/></svg>'
    trait = ""
    if repere.valeur is not None:
        trait = f'<path d="M{grande(repere.valeur):.1f} 0V24" stroke="{theme.ENCRE}"/>'
    moustache = traces.whisker(cellule.etat, cellule.valeur, grande, 12)
    return f"{cadre}{trait}{moustache}{traces.mark(cellule.etat, grande(cellule.valeur.valeur), 12)}</svg>"


def _span_series(lignes: list[LigneEtablissement]) -> tuple[float, float, int, int]:
    """One scale for every sparkline of the table: lowest and highest value, first and last year."""
    points = [v for li in lignes for v in li.serie if v.valeur is not None]
    if not points:
        return (0.0, 1.0, 0, 1)
    valeurs, annees = [v.valeur for v in points], [v.rentree for v in points]
    return (min(valeurs), max(valeurs), min(annees), max(annees))


def _sparkline(serie: tuple[Valeur, ...], etendue: tuple[float, float, int, int], indicateur: Indicateur) -> str:
    if not serie:
        return ""
    bas, haut, debut, fin = etendue
    x, y = (
        traces.Echelle(debut, fin, 6, 68) if fin > debut else traces.Echelle(0, 1, 68, 68),
        traces.Echelle(bas, haut, 22, 4),
    )
    points = [(v.rentree, v.valeur) for v in serie]
    ruptures = [r.rentree for r in indicateur.ruptures]
    trait = traces.polyline(points, x, y, ruptures, theme.ENCRE, 1.6)
    dernier = f'<circle cx="{x(points[-1][0]):.1f}" cy="{y(points[-1][1]):.1f}" r="2.7" fill="{theme.ENCRE}"/>'
    return f'<svg class="spk" width="74" height="26" viewBox="0 0 74 26" aria-hidden="true">{trait}{dernier}</svg>'


def _counts(valeur: Valeur) -> str:
    if valeur.numerateur is not None and valeur.denominateur:
        return f"{format_nombre(valeur.numerateur)} / {format_nombre(valeur.denominateur)}"
    return format_nombre(valeur.denominateur) if valeur.denominateur else ""


def _write_note(vue: VueIndicateur) -> str:
    masquees = _hide(vue)
    morceaux = []
    if "sans-va" not in masquees:
        morceaux.append(f"VA{INSECABLE}: valeur ajoutée de la même rentrée, en points")
    if "sans-ip" not in masquees:
        morceaux.append(f"IPS{INSECABLE}: rentrée la plus proche")
    if "sans-tr3" not in masquees:
        morceaux.append("séries à la même échelle")
    return f'<p class="src nt">{capitaliser(f"{FINE}; ".join(morceaux))}.</p>' if morceaux else ""
