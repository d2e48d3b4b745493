"""What the page Croiser says: title, axes, thresholds, how to read it. Pure, no Streamlit."""

from dashboard.classes import decimales_bornes
from dashboard.comparer_entetes import name_colonne
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    compter,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
)
from dashboard.probabilites import write_probabilite
from dashboard.traces import is_retourne
from indicators.catalogue import Indicateur, Nature
from indicators.francais import typographier, unite_ecart
from indicators.problematiques import Lecture
from indicators.tableaux_de_bord.croiser_droite import PAS_IPS
from indicators.tableaux_de_bord.croiser_objets import (
    ACADEMIE,
    SEUILS,
    SIMILAIRES,
    Axe,
    Droite,
    Estime,
    PointCroise,
    VueCroiser,
)
from indicators.tableaux_de_bord.phrases_problematiques import say_probabilite

COTES = {
    Lecture.DEFAVORABLE: "défavorable",
    Lecture.FAVORABLE: "favorable",
    Lecture.INFERIEUR: "plus bas",
    Lecture.SUPERIEUR: "plus haut",
}
"""Word of each side of an axis."""
FACES = {ACADEMIE: "au reste de l’académie", SIMILAIRES: "aux territoires semblables"}
"""What an axis compares with, after «écart»."""
PROBABLES = ("quasi certain", "très probable", "probable")
"""Words of a profile that the title counts as probable."""
CAUTION = (
    "Deux indicateurs qui varient ensemble ne disent pas que l’un cause l’autre\u00a0: un troisième, comme le contexte "
    "social, peut les porter tous deux. Un point est un territoire, non un élève."
)
Z95 = 1.959963984540054


def write_titre(vue: VueCroiser) -> str:
    """How many territories have the profile: probably, to be confirmed, undecided."""
    mots = [say_probabilite(p.probabilite) for p in vue.points]
    probables = sum(mot in PROBABLES for mot in mots)
    singulier, pluriel = vue.niveau.libelle, vue.niveau.pluriel
    dits = [f"aucun {singulier} n’a probablement ce profil"]
    if probables:
        qui = f"{compter(probables)} {singulier if probables == 1 else pluriel} sur {len(vue.points)}"
        dits = [f"{qui} {'a' if probables == 1 else 'ont'} probablement ce profil"]
    for nombre, suite in ((mots.count("à confirmer"), "à confirmer"), (mots.count("indécise"), "indécis")):
        if nombre:
            etre = "est" if nombre == 1 else "sont"
            dits.append(f"{compter(nombre)} {etre} {suite}")
    return capitaliser(", ".join(dits))


def lower(nom: str) -> str:
    """A name inside a sentence: «IPS moyen» stays, «Réussite» does not."""
    return nom if nom.split()[0].isupper() else nom[0].lower() + nom[1:]


def write_sous_titre(vue: VueCroiser) -> str:
    """The profile in words, the territories, the years."""
    rentrees = {a.colonne.rentree for a in vue.axes}
    conditions = [_say_axe(axe, avec_annee=len(rentrees) > 1) for axe in vue.axes]
    suite = [accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)]
    suite.append("valeurs" if vue.reference == SEUILS else f"écarts {FACES[vue.reference]}")
    if len(rentrees) == 1:
        suite.append(format_rentree(rentrees.pop()))
    provisoire = " Périmètres provisoires." if vue.est_provisoire else ""
    return f"Profil{INSECABLE}: {f'{FINE}; '.join(conditions)}. {', '.join(suite)}.{provisoire}"


def _say_axe(axe: Axe, avec_annee: bool) -> str:
    """«réussite au DNB sous −3 pts (défavorable, 2024-2025)»"""
    annee = f", {format_rentree(axe.colonne.rentree)}" if avec_annee else ""
    return f"{lower(name_colonne(axe.colonne))} {write_condition(axe)} ({COTES[axe.lecture]}{annee})"


def write_condition(axe: Axe) -> str:
    """What the profile asks on an axis: «sous −3 pts», «au-delà de +1 pt», «au-dessus de 85 %»."""
    mot = "sous" if axe.signe < 0 else "au-dessus de" if axe.est_absolu else "au-delà de"
    return f"{mot} {format_limite(axe)}"


def format_limite(axe: Axe, unite: bool = True) -> str:
    """The threshold of an axis, as short as it can be written."""
    fiche, montre = axe.colonne.indicateur, axe.limite * axe.colonne.indicateur.echelle
    texte = format_nombre(montre, decimales_bornes([montre]), signe=not axe.est_absolu)
    return texte + (get_unite(fiche, axe) if unite else "")


def get_unite(fiche: Indicateur, axe: Axe) -> str:
    """Unit of what is drawn, with its space: «%» for a value, «pts» for a difference."""
    if axe.est_absolu:
        return format_valeur(fiche, axe.limite).removeprefix(format_valeur(fiche, axe.limite, unite=False))
    return unite_ecart(fiche, axe.limite)


def format_pas(fiche: Indicateur, ecarts_utiles: float) -> str:
    """A choice of threshold: «1 écart utile : 3 pts»."""
    montre = ecarts_utiles * fiche.ecart_utile
    nombre = format_nombre(ecarts_utiles, decimales_bornes([ecarts_utiles]))
    ecart = f"{format_nombre(montre, decimales_bornes([montre]))}{unite_ecart(fiche, montre / fiche.echelle)}"
    return f"{nombre} {'écart utile' if ecarts_utiles < 2 else 'écarts utiles'}{INSECABLE}: {ecart}"


def name_axe(vue: VueCroiser, axe: Axe) -> str:
    """Title of an axis of the chart: indicator, what is measured, unit, whether it is flipped."""
    fiche = axe.colonne.indicateur
    dits = [f"écart {FACES[vue.reference]}" if not axe.est_absolu else "valeur"]
    if fiche.nature is Nature.TAUX:
        dits.append("en %" if axe.est_absolu else "en points")
    elif fiche.unite == "km":
        dits.append("en km")
    retourne = " (axe retourné)" if is_retourne(fiche) else ""
    return f"{name_colonne(axe.colonne)}{INSECABLE}: {', '.join(dits)}{retourne}"


def format_dessine(axe: Axe, valeur: float, unite: bool = True) -> str:
    """What is drawn, as shown: a signed difference or a value."""
    fiche = axe.colonne.indicateur
    return format_valeur(fiche, valeur, unite) if axe.est_absolu else format_ecart(fiche, valeur, unite)


def format_bornes(axe: Axe, estime: Estime) -> str:
    """95 % of what is known of an estimate."""
    marge = Z95 * estime.ecart_type
    bornes = (estime.moyenne - marge, estime.moyenne + marge)
    return format_intervalle(axe.colonne.indicateur, *bornes, signe=not axe.est_absolu)


def describe_point(vue: VueCroiser, point: PointCroise) -> list[str]:
    """A territory in a few lines: each estimate with its interval, then how likely the profile is."""
    lignes = [
        f"{name_colonne(axe.colonne)}{INSECABLE}: {format_dessine(axe, e.moyenne)} {format_bornes(axe, e)}"
        for axe, e in zip(vue.axes, point.estimes, strict=True)
    ]
    return [*lignes, f"Profil {write_probabilite(point.probabilite)}"]


def describe_graphe(vue: VueCroiser) -> str:
    """Alternative text of the chart."""
    y, x = vue.axes[:2]
    dits = [f"{p.territoire.nom} {write_probabilite(p.probabilite)}" for p in vue.points[:5]]
    return typographier(
        f"{name_axe(vue, y)} ; {lower(name_axe(vue, x))} ; {len(vue.points)} {vue.niveau.pluriel}. "
        f"Profils les plus probables : {', '.join(dits)}."
    )


def write_lecture(vue: VueCroiser) -> str:
    """How to read the points, the ellipses and the product."""
    trois = ""
    if len(vue.axes) > 2:
        trois = " Le graphique montre les deux premiers indicateurs ; l’encre, la liste et les mots comptent les trois."
    return typographier(
        "Un point est ce que les chiffres laissent estimer d’un territoire, ramené vers les autres de son niveau, "
        "d’autant plus que ses élèves sont peu nombreux. Plus il est noir et large, plus le profil est probable. "
        "Ellipse : 95 % des places possibles, dont cent sont tirées. Traits noirs : seuils ; gris : référence. "
        "Les indicateurs sont tenus pour indépendants une fois les chiffres connus : la probabilité du profil est le "
        "produit de celles de ses axes."
        f"{trois}"
    )


def write_droite(vue: VueCroiser) -> str:
    """The line of the context in words: slope for ten points of IPS, whether anything is established."""
    droite: Droite = vue.droite
    fiche = vue.axes[0].colonne.indicateur
    precision = max(1, fiche.decimales)
    pente, bas, haut = (
        format_nombre(v * fiche.echelle, precision, signe=True)
        for v in (droite.pente, droite.pente_inf, droite.pente_sup)
    )
    unite = " point" if fiche.nature is Nature.TAUX else ""
    lecture = "les deux vont ensemble d’un territoire à l’autre, sans que l’un cause l’autre"
    if droite.pente_inf <= 0 <= droite.pente_sup:
        lecture = f"l’intervalle contient 0{INSECABLE}: aucun lien n’est établi entre les deux"
    return (
        f"Pour {PAS_IPS} points d’IPS de plus{INSECABLE}: {pente}{unite} [{bas}{FINE}; {haut}], sur {droite.nb} "
        f"{vue.niveau.pluriel}{FINE}; {lecture}."
    )
