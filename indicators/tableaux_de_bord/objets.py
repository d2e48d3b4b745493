"""Plain objects that a page, a document and a notebook all read.

Figures are in the unit of the published base (proportions for a taux); `indicateur.echelle` turns them into what is
shown. A figure that is not known is None, and `statut` gives the reason.
"""

from dataclasses import dataclass, field

from indicators.catalogue import Domaine, Indicateur
from indicators.territoires import Niveau, Territoire


@dataclass(frozen=True)
class Valeur:
    """A figure of one territory, with its counts, 95 % interval, method and statut."""

    rentree: int | None
    statut: str
    valeur: float | None = None
    borne_inf: float | None = None
    borne_sup: float | None = None
    numerateur: float | None = None
    denominateur: float | None = None
    methode: str = ""
    nb_etablissements: int = 0


@dataclass(frozen=True)
class Comparaison:
    """A territory against the rest of a reference; `etat` was decided when publishing."""

    reference: str
    etat: str
    valeur_reference: float | None = None
    ecart: float | None = None
    ecart_inf: float | None = None
    ecart_sup: float | None = None
    p_ajustee: float | None = None
    decelable: float | None = None
    famille: int = 0
    motif: str = ""


def get_etat(valeur: Valeur, comparaison: Comparaison | None) -> str:
    """The one state of a cell: that of its comparison, or the statut of a missing value."""
    if valeur.statut != "ok":
        return valeur.statut
    return comparaison.etat if comparaison else "sans_test"


@dataclass(frozen=True)
class Position:
    """Where the territories of a level lie: extent, quartiles, number."""

    nb: int
    minimum: float
    q1: float
    mediane: float
    q3: float
    maximum: float


@dataclass(frozen=True)
class Tendance:
    """The reading of a series; slope per rentrée."""

    etat: str
    rentree_debut: int
    rentree_fin: int
    pente: float | None = None
    pente_inf: float | None = None
    pente_sup: float | None = None


@dataclass(frozen=True)
class Point:
    """One rentrée of a series, with the reference's value beside it."""

    valeur: Valeur
    reference: float | None = None


@dataclass(frozen=True)
class Dispersion:
    """Spread between the établissements of a territory."""

    nb_etablissements: int
    minimum: float
    maximum: float
    est_heterogene: bool


@dataclass(frozen=True)
class Rang:
    """A rank and the interval it could take; never shown without it."""

    rang: int
    rang_inf: int
    rang_sup: int
    nb: int


@dataclass(frozen=True)
class Ligne:
    """An indicator (one modalité) of a territory at one rentrée: a row of the tableau de bord."""

    indicateur: Indicateur
    modalite: str
    territoire: Territoire
    valeur: Valeur
    comparaison: Comparaison | None = None
    position: Position | None = None
    tendance: Tendance | None = None
    dispersion: Dispersion | None = None
    rang: Rang | None = None
    serie: tuple[Point, ...] = ()
    derniere_connue: Valeur | None = None
    raison: str = ""
    """Why there is no figure, in words, when `valeur.statut` is not ok."""

    @property
    def etat(self) -> str:
        """State of the cell: that of the comparison, or the statut of a missing value."""
        return get_etat(self.valeur, self.comparaison)


@dataclass(frozen=True)
class PointCarte:
    """An établissement on a map."""

    territoire: Territoire
    type: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Identite:
    """The identity card of a territory."""

    territoire: Territoire
    nom_officiel: str
    chemin: tuple[Territoire, ...]
    """Ancestors, largest first (breadcrumb)."""
    est_provisoire: bool
    nb_par_type: dict[str, int]
    nb_education_prioritaire: int
    eleves_par_type: dict[str, Valeur]
    ips: Ligne | None
    ips_niveau: tuple[float, ...]
    """IPS des collèges of every territory of the level, for the strip."""
    part_education_prioritaire: Ligne | None
    points: tuple[PointCarte, ...]
    contour: dict | None
    """GeoJSON geometry of the territory."""
    contours_enfants: tuple[dict, ...] = ()


@dataclass(frozen=True)
class BlocDomaine:
    """A domain of the tableau de bord: its rows and the count of their states."""

    domaine: Domaine
    lignes: tuple[Ligne, ...]
    decompte: dict[str, int] = field(default_factory=dict)
    lu_d_abord: Territoire | None = None
    """Where this domain reads first, when it is not this territory's level."""
    extraits_attendus: tuple[str, ...] = ()
    """Names of the layouts that would fill the domain, when it has no figure at all."""


@dataclass(frozen=True)
class TableauDeBord:
    """All that the page, the document and the slide of a territory show."""

    identite: Identite
    rentree: int | None
    """The rentrée asked for; None: the latest of each indicator."""
    en_bref: tuple[str, ...]
    """Sentences with **bold** verdicts."""
    forces: tuple[Ligne, ...]
    fragilites: tuple[Ligne, ...]
    domaines: tuple[BlocDomaine, ...]
    decompte: dict[str, int]
    famille: int
    """Number of comparisons corrected together."""
    sources: tuple[str, ...]

    @property
    def niveau(self) -> Niveau:
        """Level of the territory."""
        return self.identite.territoire.niveau
