"""What the page Évolutions shows: series of several territories, or of several indicators, as plain frozen objects."""

from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, get_indicateur, load_catalogue
from indicators.francais import nommer
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.lectures import (
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

    @property
    def connus(self) -> tuple[Point, ...]:
        """Points that have a figure."""
        return tuple(p for p in self.points if p.valeur.valeur is not None)


@dataclass(frozen=True)
class VueEvolutions:
    """The series asked for, and the line they are read against."""

    series: tuple[Serie, ...]
    nom_reference: str
    reference: dict[int, Valeur] | None
    """Values of the académie by rentrée, when every series shares them (one indicator)."""
    sources: tuple[str, ...]


def build_vue_territoires(
    base: Base, indicateur: str, territoires: tuple[str, ...], modalite: str = ENSEMBLE
) -> VueEvolutions:
    """Several territories on one indicator, against the académie (their « rests » differ from one to the other)."""
    fiche = get_indicateur(indicateur)
    series = tuple(_read(base, fiche, read_territoire(base, code), modalite) for code in territoires[:MAX_SERIES])
    academie, _ = read_academie(base, indicateur, 0, modalite)
    reference = read_valeurs(base, indicateur, academie, modalite)
    return VueEvolutions(series, nommer(academie), reference, _list_sources(base, series))


def build_vue_indicateurs(base: Base, territoire: str, indicateurs: tuple[str, ...]) -> VueEvolutions:
    """Several indicators of one territory, each against the rest of the académie."""
    series = tuple(
        _read(base, get_indicateur(code), read_territoire(base, territoire), ENSEMBLE)
        for code in indicateurs[:MAX_SERIES]
    )
    return VueEvolutions(series, "Reste de l’académie", None, _list_sources(base, series))


def list_territoires_defaut(base: Base, code: str) -> tuple[str, ...]:
    """What to draw before any choice: a territory with its inter-réseau and département, or the départements."""
    territoire = read_territoire(base, code)
    if territoire.niveau in (Niveau.ACADEMIE, Niveau.REGION, Niveau.NATIONAL):
        return tuple(t.code for t in list_enfants(base, code, Niveau.DEPARTEMENT))
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


def _read(base: Base, fiche: Indicateur, territoire: Territoire, modalite: str) -> Serie:
    points = read_serie(base, fiche.code, territoire, modalite)
    return Serie(fiche, territoire, modalite, points, read_tendance(base, fiche.code, territoire, modalite))


def _list_sources(base: Base, series: tuple[Serie, ...]) -> tuple[str, ...]:
    vues = {
        source
        for serie in series
        if serie.connus
        for source in read_sources(base, serie.indicateur.code, serie.connus[-1].valeur.rentree)
    }
    return tuple(sorted(vues))
