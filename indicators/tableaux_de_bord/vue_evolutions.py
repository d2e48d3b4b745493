"""What the page Évolutions shows: series of several territories, or of several indicators, as plain frozen objects."""

from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, get_indicateur, load_catalogue
from indicators.francais import nommer
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.lectures import (
    make_valeur,
    read_academie,
    read_serie,
    read_sources,
    read_tendance,
    read_valeurs,
)
from indicators.tableaux_de_bord.objets import Point, Tendance, Valeur
from indicators.tableaux_de_bord.reperes import list_enfants, list_parents
from indicators.territoires import Niveau, Territoire

MAX_SERIES = 6
"""Lines that one chart can carry and still be read."""


@dataclass(frozen=True)
class Serie:
    """One indicator of one territory over the years, oldest first; each point has the reference beside it."""

    indicateur: Indicateur
    territoire: Territoire
    modalite: str
    points: tuple[Point, ...]
    tendance: Tendance | None = None
    est_annuelle: bool = False
    """Read on the perimeter of each rentrée: a change of it would pass for a trend, so there is none."""

    @property
    def connus(self) -> tuple[Point, ...]:
        """Points that have a figure."""
        return tuple(p for p in self.points if p.valeur.valeur is not None)


@dataclass(frozen=True)
class Changement:
    """A perimeter that changed: how many établissements joined the territory at that rentrée, and left it."""

    territoire: Territoire
    rentree: int
    nb_entrees: int
    nb_sorties: int


@dataclass(frozen=True)
class VueEvolutions:
    """The series asked for, and the line they are read against."""

    series: tuple[Serie, ...]
    nom_reference: str
    reference: dict[int, Valeur] | None
    """Values of the académie by rentrée, when every series shares them (one indicator)."""
    sources: tuple[str, ...]
    changements: tuple[Changement, ...] = ()
    """Changes of perimeter that make some figure of these series another one; none: both perimeters read the same."""


def build_vue_territoires(
    base: Base, indicateur: str, territoires: tuple[str, ...], modalite: str = ENSEMBLE, annuel: bool = False
) -> VueEvolutions:
    """Several territories on one indicator, against the académie (their « rests » differ from one to the other).

    Args:
        annuel: read each rentrée on its own perimeter, not on the latest one.
    """
    fiche = get_indicateur(indicateur)
    lus = [read_territoire(base, code) for code in territoires[:MAX_SERIES]]
    series = tuple(_read(base, fiche, territoire, modalite, annuel) for territoire in lus)
    academie, _ = read_academie(base, indicateur, 0, modalite)
    reference = read_valeurs(base, indicateur, academie, modalite)
    changements = _list_changements(base, series)
    return VueEvolutions(series, nommer(academie), reference, _list_sources(base, series), changements)


def build_vue_indicateurs(
    base: Base, territoire: str, indicateurs: tuple[str, ...], annuel: bool = False
) -> VueEvolutions:
    """Several indicators of one territory, each against the rest of the académie; `annuel` as above."""
    lu = read_territoire(base, territoire)
    series = tuple(_read(base, get_indicateur(code), lu, ENSEMBLE, annuel) for code in indicateurs[:MAX_SERIES])
    changements = _list_changements(base, series)
    return VueEvolutions(series, "Reste de l’académie", None, _list_sources(base, series), changements)


def list_finis(base: Base) -> tuple[Territoire, ...]:
    """Réseaux and inter-réseaux that ended: only their own rentrées can still be read."""
    lignes = base.lignes(
        "SELECT niveau, code, nom FROM territoire WHERE rentree_fin IS NOT NULL "
        "ORDER BY strip_accents(lower(nom)), code"
    )
    return tuple(Territoire(Niveau(niveau), code, nom) for niveau, code, nom in lignes)


def list_territoires_defaut(base: Base, code: str) -> tuple[str, ...]:
    """What to draw before any choice: a territory with its inter-réseau and département, or the départements."""
    territoire = read_territoire(base, code)
    if territoire.niveau in (Niveau.ACADEMIE, Niveau.REGION, Niveau.NATIONAL):
        return tuple(t.code for t in list_enfants(base, code, Niveau.DEPARTEMENT))[:MAX_SERIES]
    parents = list_parents(base, code)
    proches = [parents[n].code for n in (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT) if n in parents]
    return (code, *proches)[:MAX_SERIES]


def list_indicateurs_defaut(base: Base, code: str, indicateur: str) -> tuple[str, ...]:
    """The indicator and those of its domain that have at least two years for the territory."""
    territoire = read_territoire(base, code)
    lignes = base.lignes(
        """SELECT indicateur FROM valeur WHERE niveau = ? AND territoire = ? AND modalite = 'ensemble' AND statut = 'ok'
        GROUP BY indicateur HAVING count(*) >= 2""",
        (territoire.niveau.value, code),
    )
    connus = {i for (i,) in lignes}
    domaine = get_indicateur(indicateur).domaine
    voisins = [i.code for i in load_catalogue().values() if i.code in connus and i.domaine is domaine]
    return (indicateur, *(v for v in voisins if v != indicateur))[:MAX_SERIES]


def _read(base: Base, fiche: Indicateur, territoire: Territoire, modalite: str, annuel: bool) -> Serie:
    points = read_serie(base, fiche.code, territoire, modalite)
    if annuel:
        autres = _read_annuelles(base, fiche.code, territoire, modalite)
        points = tuple(Point(autres[p.valeur.rentree]) if p.valeur.rentree in autres else p for p in points)
        return Serie(fiche, territoire, modalite, points, est_annuelle=True)
    return Serie(fiche, territoire, modalite, points, read_tendance(base, fiche.code, territoire, modalite))


def _read_annuelles(base: Base, indicateur: str, territoire: Territoire, modalite: str) -> dict[int, Valeur]:
    """Figures that differ on the perimeter of their rentrée, by rentrée."""
    lignes = base.lignes(
        """SELECT rentree, statut, valeur, borne_inf, borne_sup, numerateur, denominateur, methode, nb_etablissements
        FROM valeur_annuelle WHERE indicateur = ? AND niveau = ? AND territoire = ? AND modalite = ?""",
        (indicateur, territoire.niveau.value, territoire.code, modalite),
    )
    return {rentree: make_valeur(rentree, tuple(ligne)) for rentree, *ligne in lignes}


def _list_changements(base: Base, series: tuple[Serie, ...]) -> tuple[Changement, ...]:
    touches = {s.territoire for s in series if _read_annuelles(base, s.indicateur.code, s.territoire, s.modalite)}
    return tuple(
        Changement(territoire, *ligne)
        for territoire in sorted(touches, key=lambda t: (t.nom, t.code))
        for ligne in base.lignes(_CHANGEMENTS, {"niveau": territoire.niveau.value, "code": territoire.code})
    )


_CHANGEMENTS = """
    SELECT rentree, count_if(entre), count_if(NOT entre) FROM (
        SELECT rentree_debut AS rentree, true AS entre, * FROM rattachement
        UNION ALL SELECT rentree_fin + 1, false, * FROM rattachement)
    WHERE niveau = 'etablissement' AND niveau_parent = $niveau AND code_parent = $code AND rentree IS NOT NULL
    GROUP BY rentree ORDER BY rentree"""


def _list_sources(base: Base, series: tuple[Serie, ...]) -> tuple[str, ...]:
    vues = {
        source
        for serie in series
        if serie.connus
        for source in read_sources(base, serie.indicateur.code, serie.connus[-1].valeur.rentree)
    }
    return tuple(sorted(vues))
