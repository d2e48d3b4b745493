"""The rows of a tableau de bord: for each indicator, the figure, its comparison, its place, its series and its trend.

Everything is looked up in the published base, one query per table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from indicators.base import Base
from indicators.catalogue import Indicateur, Nature, load_catalogue
from indicators.formats import Format, load_formats
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.lectures import (
    TENDANCE,
    list_references,
    make_comparaison,
    make_dispersion,
    make_tendance,
    make_valeur,
)
from indicators.tableaux_de_bord.objets import (
    Comparaison,
    Dispersion,
    Ligne,
    Point,
    Position,
    Rang,
    Tendance,
    Valeur,
)
from indicators.territoires import Niveau, Territoire

NB_RENTREES = 6

_Serie = tuple[str, str]
_Cellule = tuple[str, str, int]


@dataclass(frozen=True)
class Lecture:
    """All that the base knows of a territory, by indicator and modalité (and rentrée)."""

    territoire: Territoire
    rentree: int | None
    derniere: int | None
    """Latest rentrée with a figure, anywhere in the base."""
    valeurs: dict[_Serie, dict[int, Valeur]]
    comparaisons: dict[_Cellule, Comparaison]
    positions: dict[_Cellule, Position]
    tendances: dict[_Serie, Tendance]
    dispersions: dict[_Cellule, Dispersion]
    rangs: dict[_Cellule, Rang]
    charges: frozenset[str] = field(default_factory=frozenset)
    """Indicators that have a row at some level."""


def read_lecture(base: Base, territoire: Territoire, rentree: int | None, reference: str = PRINCIPALE) -> Lecture:
    """Read a territory: one query per table.

    Args:
        rentree: the one asked for; None for the latest of each indicator.
        reference: what the comparisons are made with (`comparaisons.REFERENCES`).
    """
    qui = (territoire.niveau.value, territoire.code)
    valeurs: dict[_Serie, dict[int, Valeur]] = {}
    for indicateur, modalite, annee, *reste in base.lignes(_VALEURS, qui):
        valeurs.setdefault((indicateur, modalite), {})[annee] = make_valeur(annee, tuple(reste))
    ((derniere,),) = base.lignes("SELECT max(rentree) FROM valeur WHERE statut = 'ok'")
    return Lecture(
        territoire=territoire,
        rentree=rentree,
        derniere=derniere,
        valeurs=valeurs,
        comparaisons=_read_comparaisons(base, territoire, reference),
        positions={
            (i, m, r): Position(*x) for i, m, r, *x in base.lignes(_POSITIONS, (get_niveau_place(territoire).value,))
        },
        tendances={(i, m): make_tendance(x) for i, m, *x in base.lignes(_TENDANCES, qui)},
        dispersions={(i, m, r): make_dispersion(x) for i, m, r, *x in base.lignes(_DISPERSIONS, qui)},
        rangs={(i, m, r): Rang(*x) for i, m, r, *x in base.lignes(_RANGS, qui)},
        charges=frozenset(
            code for (code,) in base.lignes("SELECT DISTINCT indicateur FROM valeur WHERE statut = 'ok'")
        ),
    )


def _read_comparaisons(base: Base, territoire: Territoire, reference: str) -> dict[_Cellule, Comparaison]:
    table = "comparaison" if reference == PRINCIPALE else "comparaison_autre"
    references = list_references(territoire.niveau) if reference == PRINCIPALE else [reference]
    lignes = base.lignes(_COMPARAISONS.format(table=table), (territoire.niveau.value, territoire.code, references))
    return {(i, m, r): make_comparaison(x) for i, m, r, *x in lignes}


def get_niveau_place(territoire: Territoire) -> Niveau:
    """Level whose spread the spine shows: the territory's own, or that of its réseaux when it stands alone."""
    seul = territoire.niveau in (Niveau.ACADEMIE, Niveau.REGION, Niveau.NATIONAL)
    return Niveau.RESEAU if seul else territoire.niveau


_VALEURS = """SELECT indicateur, modalite, rentree,
    statut, valeur, borne_inf, borne_sup, numerateur, denominateur, methode, nb_etablissements
    FROM valeur WHERE niveau = ? AND territoire = ? ORDER BY ALL"""
_COMPARAISONS = """SELECT indicateur, modalite, rentree,
    reference, etat, valeur_reference, ecart, ecart_inf, ecart_sup, p_ajustee, decelable, famille, motif
    FROM {table} WHERE niveau = ? AND territoire = ? AND list_contains(?, reference)"""
_POSITIONS = """SELECT indicateur, modalite, rentree, nb, minimum, q1, mediane, q3, maximum
    FROM position WHERE niveau = ?"""
_TENDANCES = f"SELECT indicateur, modalite, {TENDANCE} FROM tendance WHERE niveau = ? AND territoire = ?"  # noqa: S608
_DISPERSIONS = """SELECT indicateur, modalite, rentree, nb_etablissements, minimum, maximum, est_heterogene,
    tau2, i2
    FROM dispersion WHERE niveau = ? AND territoire = ?"""
_RANGS = (
    "SELECT indicateur, modalite, rentree, rang, rang_inf, rang_sup, nb FROM rang WHERE niveau = ? AND territoire = ?"
)


def build_lignes(lecture: Lecture) -> tuple[Ligne, ...]:
    """Every row of the catalogue for a territory, in reading order.

    A row without figure keeps its place and its reason. For an établissement, only what concerns it is kept: a
    collège has no bac.
    """
    lignes = (
        build_ligne(lecture, indicateur, modalite)
        for indicateur in load_catalogue().values()
        for modalite in indicateur.modalites_au_tableau
    )
    etablissement = lecture.territoire.niveau is Niveau.ETABLISSEMENT
    return tuple(li for li in lignes if not etablissement or (li.indicateur.code, li.modalite) in lecture.valeurs)


def build_ligne(lecture: Lecture, indicateur: Indicateur, modalite: str) -> Ligne:
    """One row: the rentrée asked for, or the latest that the level has for this indicator."""
    serie = (indicateur.code, modalite)
    valeurs = lecture.valeurs.get(serie, {})
    rentree = lecture.rentree if lecture.rentree is not None else _get_derniere(lecture, serie)
    valeur = valeurs.get(rentree) or Valeur(rentree, "non_disponible")
    ligne = Ligne(indicateur, modalite, lecture.territoire, valeur)
    if valeur.statut != "ok":
        return replace(
            ligne, raison=explain(lecture, indicateur, valeur), derniere_connue=_get_derniere_connue(valeurs, rentree)
        )
    cellule = (*serie, rentree)
    tendance = lecture.tendances.get(serie)
    return replace(
        ligne,
        comparaison=lecture.comparaisons.get(cellule),
        position=lecture.positions.get(cellule),
        tendance=tendance if tendance and tendance.rentree_fin == rentree else None,
        dispersion=lecture.dispersions.get(cellule),
        rang=lecture.rangs.get(cellule),
        serie=_build_serie(lecture, serie, valeurs, rentree),
    )


def _get_derniere(lecture: Lecture, serie: _Serie) -> int | None:
    du_niveau = [r for (indicateur, modalite, r) in lecture.positions if (indicateur, modalite) == serie]
    return max([*lecture.valeurs.get(serie, {}), *du_niveau], default=None)


def _get_derniere_connue(valeurs: dict[int, Valeur], rentree: int | None) -> Valeur | None:
    avant = [v for r, v in valeurs.items() if v.statut == "ok" and (rentree is None or r < rentree)]
    return max(avant, key=lambda v: v.rentree, default=None)


def _build_serie(lecture: Lecture, serie: _Serie, valeurs: dict[int, Valeur], rentree: int) -> tuple[Point, ...]:
    def get_reference(annee: int) -> float | None:
        comparaison = lecture.comparaisons.get((*serie, annee))
        if comparaison is None or comparaison.reference == "anterieure":  # the same series, a year late
            return None
        return comparaison.valeur_reference

    annees = range(rentree - NB_RENTREES + 1, rentree + 1)
    return tuple(Point(valeurs.get(r) or Valeur(r, "non_disponible"), get_reference(r)) for r in annees)


def explain(lecture: Lecture, indicateur: Indicateur, valeur: Valeur) -> str:
    """Why a row has no figure, in words that follow its statut."""
    if valeur.statut == "secret":
        return f"moins de {indicateur.seuil} {indicateur.unite_effectif}, ou masqué pour en protéger d’autres"
    if valeur.statut == "non_significatif":
        return "la source ne le publie pas, faute d’effectifs"
    if valeur.statut == "non_applicable":
        return "cet indicateur ne concerne pas ce territoire"
    if indicateur.code not in lecture.charges:
        return _explain_absence(indicateur)
    if indicateur.niveaux_disponibles in ("academie", "region") and lecture.territoire.niveau is not Niveau.ACADEMIE:
        ou = "l’académie" if indicateur.niveaux_disponibles == "academie" else "la région"
        return f"la source ne publie que {ou}"
    return "aucun chiffre pour ce territoire dans l’extrait chargé"


def _explain_absence(indicateur: Indicateur) -> str:
    titres = list_titres_formats([indicateur.code])
    if not titres:
        return "calculé à partir d’extraits qui ne sont pas chargés"
    return f"extrait «\u00a0{titres[0]}\u00a0» non chargé"


def list_titres_formats(indicateurs: Iterable[str]) -> tuple[str, ...]:
    """Titles of the layouts that feed any of these indicators, those of the SSA (with a template) first."""
    voulus = set(indicateurs)
    formats: list[Format] = [f for f in load_formats().values() if voulus & set(f.indicateurs)]
    formats.sort(key=lambda f: (f.modele is None, -f.priorite, f.titre))
    return tuple(dict.fromkeys(f.titre for f in formats))


def is_comparable(indicateur: Indicateur) -> bool:
    """Whether a figure of this nature can be compared with the rest of an académie: a count cannot."""
    return indicateur.nature is not Nature.EFFECTIF
