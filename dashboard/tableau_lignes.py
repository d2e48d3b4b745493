"""The indicator table of a tableau de bord as HTML: one grammar, columns at the same x in every domain. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard import theme, traces
from dashboard.formats import (
    INSECABLE,
    TIRET,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE, Nature, Sens
from indicators.francais import typographier
from indicators.tableaux_de_bord.comparaisons import REFERENCES
from indicators.tableaux_de_bord.lignes import get_niveau_place, is_comparable
from indicators.tableaux_de_bord.objets import BlocDomaine, Ligne, TableauDeBord
from indicators.tableaux_de_bord.phrases import say_etendue
from indicators.tableaux_de_bord.sujets import get_reference
from indicators.territoires import Niveau

_ENTETES = {
    Niveau.ETABLISSEMENT: "Établ.",
    Niveau.RESEAU: "Réseau",
    Niveau.INTER_RESEAU: "Inter-rés.",
    Niveau.DEPARTEMENT: "Départ.",
    Niveau.ACADEMIE: "Académie",
}
_RENVOIS = {"reconstitué": "r", "dénominateur approché": "a", "moyenne simple": "m", "extrait partiel": "p"}


@dataclass(frozen=True)
class Colonnes:
    """What the columns of this page say: names of the territory and of its reference, and whether it is compared."""

    territoire: str
    reference: str
    """Head of the column of the reference."""
    a: str
    """«au reste de l’académie», after «se compare»."""
    pluriel: str
    is_compare: bool
    rentree: int | None = None
    """The rentrée asked for, which links carry on; None when each row shows its latest."""

    @classmethod
    def make(cls, tableau: TableauDeBord) -> "Colonnes":
        """Columns for the level of the tableau de bord."""
        niveau = tableau.niveau
        place = get_niveau_place(tableau.identite.territoire)
        lignes = [li for bloc in tableau.domaines for li in bloc.lignes]
        nombre = max((li.position.nb for li in lignes if li.position), default=0)
        reference = REFERENCES.get(tableau.reference, REFERENCES["academie"])
        colonnes = cls(
            territoire=_ENTETES.get(niveau, "Valeur"),
            reference=reference.entete,
            a=reference.a,
            pluriel=f"{nombre} {place.pluriel}" if nombre else place.pluriel,
            is_compare=niveau in (Niveau.ETABLISSEMENT, Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT),
            rentree=tableau.rentree,
        )
        return colonnes.read_against(lignes)

    def read_against(self, lignes: Sequence[Ligne]) -> "Colonnes":
        """The same columns, naming the reference of these rows (an établissement has two, by domain)."""
        comparees = [ligne for ligne in lignes if ligne.comparaison]
        if not comparees:
            return self
        reference = get_reference(comparees[0])
        return replace(self, reference=reference.entete, a=reference.a)


def name(ligne: Ligne) -> str:
    """Short name of a row, with its modalité when it is not the whole."""
    if ligne.modalite == ENSEMBLE:
        return ligne.indicateur.titre_court
    return f"{ligne.indicateur.titre_court}{INSECABLE}: {ligne.indicateur.modalites[ligne.modalite].lower()}"


def link(ligne: Ligne, rentree: int | None = None) -> str:
    """Address of the indicator page for a row; `rentree` is the one asked for, if any."""
    return lien(
        "indicateur",
        territoire=ligne.territoire.code,
        indicateur=ligne.indicateur.code,
        modalite=None if ligne.modalite == ENSEMBLE else ligne.modalite,
        rentree=rentree,
    )


def render_etats(decompte: dict[str, int]) -> str:
    """Counts by state, in one order everywhere: «▲ 5 favorables ▼ 3 défavorables …»."""
    morceaux = []
    for etat, style in theme.ETATS.items():
        nombre = decompte.get(etat, 0)
        if nombre and style.classe != "miss":
            mot = style.mot if nombre == 1 else style.pluriel
            morceaux.append(f'<span class="{style.classe}">{style.signe} {nombre} {mot}</span>')
    if decompte.get("sans_valeur"):
        morceaux.append(f'<span class="g3">{decompte["sans_valeur"]} sans valeur</span>')
    return " ".join(morceaux)


def render_table(bloc: BlocDomaine, colonnes: Colonnes) -> str:
    """A domain as a table; rows whose extract was never loaded are gathered at the end, by reason."""
    jamais = [li for li in bloc.lignes if li.valeur.statut == "non_disponible" and li.derniere_connue is None]
    presentes = [li for li in bloc.lignes if li not in jamais]
    corps = ""
    for avant, ligne in zip([None, *presentes], presentes, strict=False):
        corps += render_ligne(ligne, colonnes, is_suite=_is_suite(avant, ligne))
    corps += _render_jamais(jamais, colonnes)
    neutre = all(li.indicateur.sens is Sens.NEUTRE for li in bloc.lignes)
    return (
        f'<table class="t"><caption class="sr">{echapper(bloc.domaine.titre)}</caption>'
        f"<thead><tr>{_render_entetes(colonnes, neutre)}</tr></thead><tbody>{corps}</tbody></table>"
    )


def _render_entetes(colonnes: Colonnes, neutre: bool) -> str:
    gauche, droite = ("← moins", "plus →") if neutre else ("← moins favorable", "plus favorable →")
    milieu = "réf." if colonnes.is_compare else "méd."
    ecart = f"Écart, intervalle 95{INSECABLE}%" if colonnes.is_compare else f"Intervalle 95{INSECABLE}%"
    axe = f'<span class="ax"><i>{gauche}</i><i>{milieu}</i><i>{droite}</i></span>'
    titres = (
        ("c-nom", "Indicateur"),
        ("c-an", "Année"),
        ("num c-val", colonnes.territoire),
        ("num c-ref", colonnes.reference if colonnes.is_compare else ""),
        ("c-ec", ecart),
        ("c-sp", axe),
        ("c-ev", "6 rentrées, tendance"),
        ("c-et", "État" if colonnes.is_compare else ""),
        ("num c-n", "Élèves"),
    )
    return "".join(f'<th scope="col" class="{classe}">{titre}</th>' for classe, titre in titres)


def _is_suite(avant: Ligne | None, ligne: Ligne) -> bool:
    """Whether a row is a modalité under the row of its whole: its name then needs no repeating."""
    return avant is not None and avant.indicateur is ligne.indicateur and ligne.modalite != ENSEMBLE


def render_ligne(ligne: Ligne, colonnes: Colonnes, is_suite: bool = False) -> str:
    """One row of the table; `is_suite` names the modalité alone, set in a little."""
    attributs = f'href="{echapper(link(ligne, colonnes.rentree))}" title="{echapper(ligne.indicateur.titre)}"'
    nom, classe = name(ligne), ""
    if is_suite:
        nom, classe = ligne.indicateur.modalites[ligne.modalite].lower(), ' class="sous"'
    suite = _render_renvois(ligne) + _render_dispersion(ligne)
    entete = f'<th scope="row"{classe}><a {attributs}>{html_ordinaux(nom)}</a>{suite}</th>'
    annee = f'<td class="an">{format_rentree(ligne.valeur.rentree)}</td>'
    if ligne.valeur.statut != "ok":
        return f'<tr class="miss">{entete}{annee}<td class="why" colspan="7">{_explain_absence(ligne)}</td></tr>'
    valeur = f'<td class="num val">{format_valeur(ligne.indicateur, ligne.valeur.valeur)}</td>'
    suite = _render_milieu(ligne, colonnes) + _render_tendance(ligne) + _render_fin(ligne, colonnes)
    return f"<tr>{entete}{annee}{valeur}{suite}</tr>"


def is_disperse(ligne: Ligne) -> bool:
    """Whether the établissements differ enough to be said on the row: chance explains at most half of it."""
    dispersion = ligne.dispersion
    return dispersion is not None and dispersion.est_heterogene and (dispersion.i2 or 0.0) >= 0.5


def _render_dispersion(ligne: Ligne) -> str:
    return f'<small class="etd">{say_etendue(ligne)}</small>' if is_disperse(ligne) else ""


def _render_milieu(ligne: Ligne, colonnes: Colonnes) -> str:
    """Reference, difference and spine."""
    pluriel = get_niveau_place(ligne.territoire).pluriel
    trace = traces.spine(ligne, pluriel) if is_comparable(ligne.indicateur) else ""
    trace = f'<td class="sp">{trace}</td>'
    if not colonnes.is_compare:
        intervalle = format_intervalle(ligne.indicateur, ligne.valeur.borne_inf, ligne.valeur.borne_sup, signe=False)
        return f'<td class="num ref"></td><td class="ec"><span class="ic">{intervalle}</span></td>{trace}'
    comparaison = ligne.comparaison
    if not is_comparable(ligne.indicateur):
        sans = f"effectif{INSECABLE}: ne se compare pas {colonnes.a}"
        return f'<td class="num ref">{TIRET}</td><td class="sans" colspan="2">{sans}</td>'
    if comparaison is None:
        return f'<td class="num ref">{TIRET}</td><td class="ec"></td>{trace}'
    classe = theme.ETATS[ligne.etat].classe
    intervalle = format_intervalle(ligne.indicateur, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
    return (
        f'<td class="num ref">{format_valeur(ligne.indicateur, comparaison.valeur_reference)}</td>'
        f'<td class="ec {classe}"><span class="d">{format_ecart(ligne.indicateur, comparaison.ecart)}</span>'
        f'<span class="ic">{intervalle}</span></td>{trace}'
    )


def _render_tendance(ligne: Ligne) -> str:
    courbe = traces.sparkline(ligne)
    tendance = ligne.tendance
    if tendance is None:
        return f'<td class="evo">{courbe}</td>'
    pente = ""
    if tendance.est_contredite:
        robuste = format_ecart(ligne.indicateur, tendance.theil_sen)
        pente = f"<small>robuste{INSECABLE}: {robuste}</small>"
    elif tendance.est_etablie and tendance.pente is not None:
        pente = f"<small>{_format_pente(ligne)}/an</small>"
    mot = f"{theme.fleche(tendance.etat, tendance.pente)} {theme.TENDANCES[tendance.etat]}"
    return f'<td class="evo">{courbe}<span class="tr">{mot}{pente}</span></td>'


def _format_pente(ligne: Ligne) -> str:
    if ligne.indicateur.nature is Nature.EFFECTIF:
        pente = format_nombre(ligne.tendance.pente, 0, signe=True)
        return f"{pente}{INSECABLE}{ligne.indicateur.unite_effectif}"
    return format_ecart(ligne.indicateur, ligne.tendance.pente, unite=True)


def _render_fin(ligne: Ligne, colonnes: Colonnes) -> str:
    """State in words, and number of pupils."""
    effectif = ligne.valeur.denominateur if ligne.indicateur.nature is not Nature.EFFECTIF else None
    eleves = f'<td class="num n">{format_nombre(effectif)}</td>'
    if not colonnes.is_compare or not is_comparable(ligne.indicateur):
        return f'<td class="etat"></td>{eleves}'
    style = theme.ETATS[ligne.etat]
    petit = _explain_etat(ligne)
    petit = f"<small>{petit}</small>" if petit else ""
    return (
        f'<td class="etat {style.classe}"><span aria-hidden="true">{style.signe}</span>{style.mot}{petit}</td>{eleves}'
    )


def _explain_etat(ligne: Ligne) -> str:
    comparaison = ligne.comparaison
    if ligne.etat == "non_concluant" and comparaison.decelable is not None:
        decelable = format_ecart(ligne.indicateur, comparaison.decelable, unite=True).lstrip("+")
        return f"décelable{INSECABLE}: {decelable}"
    if ligne.etat == "sans_test":
        return echapper(comparaison.motif if comparaison else "sans comparaison")
    return ""


def _render_renvois(ligne: Ligne) -> str:
    return "".join(
        f' <sup title="{echapper(typographier(ligne.valeur.methode))}">{lettre}</sup>'
        for mots, lettre in _RENVOIS.items()
        if mots in ligne.valeur.methode
    )


def _explain_absence(ligne: Ligne) -> str:
    mot = theme.ETATS[ligne.valeur.statut].mot
    derniere = ""
    if ligne.derniere_connue is not None:
        valeur = format_valeur(ligne.indicateur, ligne.derniere_connue.valeur)
        derniere = f"\u202f; dernière valeur{INSECABLE}: {valeur} en {format_rentree(ligne.derniere_connue.rentree)}"
    return f'<span class="chip hach"></span><b>{mot}</b> · {html_ordinaux(ligne.raison)}{derniere}'


def _render_jamais(lignes: Sequence[Ligne], colonnes: Colonnes) -> str:
    par_raison: dict[str, list[str]] = {}
    for ligne in lignes:
        nom = f'<a href="{echapper(link(ligne, colonnes.rentree))}">{html_ordinaux(name(ligne))}</a>'
        par_raison.setdefault(ligne.raison, []).append(nom)
    return "".join(
        f'<tr class="miss groupe"><td class="why" colspan="9"><span class="chip hach"></span><b>non disponible</b> · '
        f"{html_ordinaux(raison)}{INSECABLE}: {', '.join(noms)}</td></tr>"
        for raison, noms in par_raison.items()
    )
