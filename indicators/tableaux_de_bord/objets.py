"""Plain objects that a page, a document and a notebook all read.

Figures are in the unit of the published base (proportions for a taux); `indicateur.echelle` turns them into what is
shown. A figure that is not known is None, and `statut` gives the reason.
"""

from dataclasses import dataclass, field

from indicators.catalogue import Domaine, Indicateur
from indicators.problematiques import Regle
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
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
    """The reading of a series; slopes per rentrée. The robust reading is None under five points."""

    etat: str
    rentree_debut: int
    rentree_fin: int
    pente: float | None = None
    pente_inf: float | None = None
    pente_sup: float | None = None
    tau: float | None = None
    p_mann_kendall: float | None = None
    theil_sen: float | None = None
    theil_sen_inf: float | None = None
    theil_sen_sup: float | None = None

    @property
    def est_etablie(self) -> bool:
        """Whether the main reading says that the series moves."""
        return self.etat in ("amelioration", "degradation", "hausse", "baisse")

    @property
    def est_reguliere(self) -> bool:
        """Whether Mann-Kendall finds a steady move (p at most 5 %)."""
        return self.p_mann_kendall is not None and self.p_mann_kendall <= 0.05

    @property
    def est_contredite(self) -> bool:
        """Whether the robust slope goes the other way than an established trend.

        On five points the robust test sees little, and chance alone makes one series in sixty steady: finding less, or
        something where nothing was established, is no contradiction.
        """
        return self.est_etablie and (self.theil_sen or 0.0) * (self.pente or 0.0) < 0


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
    tau2: float | None = None
    """Variance between établissements, in squared logits."""
    i2: float | None = None
    """Share of the spread that chance does not explain (0-1)."""


@dataclass(frozen=True)
class Attendu:
    """What the context of its établissements leads to expect of a territory; `ecart` is observed minus expected."""

    attendu: float
    ecart: float
    ecart_inf: float | None
    ecart_sup: float | None
    p_ajustee: float | None
    nb_etablissements: int
    nb_regression: int
    """Établissements behind the line."""

    @property
    def observe(self) -> float:
        """Value of the établissements whose context is known."""
        return self.attendu + self.ecart


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
    source_perimetre: str = ""
    """officiel, annuaire or provisoire, for a réseau or an inter-réseau."""


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
class Constat:
    """A problématique found for a territory, in one line: rule and probability (0-1)."""

    regle: Regle
    territoire: Territoire
    probabilite: float


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
    reference: str = PRINCIPALE
    """What the comparisons are made with, when it is not the main reference of the level."""
    semblables: tuple[Territoire, ...] = ()
    """The similar territories, nearest first, when they are the reference."""
    constats: tuple[Constat, ...] = ()
    """The two most probable problématiques."""

    @property
    def niveau(self) -> Niveau:
        """Level of the territory."""
        return self.identite.territoire.niveau
