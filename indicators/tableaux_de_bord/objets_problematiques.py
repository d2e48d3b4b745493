"""Plain objects of the problématiques of a territory: evidence, what would change a reading, crossing, lists."""

from dataclasses import dataclass

from indicators.catalogue import Indicateur
from indicators.problematiques import Condition, Regle
from indicators.tableaux_de_bord.identite import Tete
from indicators.tableaux_de_bord.objets import Ligne, Valeur
from indicators.territoires import Territoire


@dataclass(frozen=True)
class Indice:
    """One condition of a rule for a territory: its evidence, or why there is none.

    `ecart` is what the condition is about, in the stored unit; for a trend, the change from `rentree_debut` to
    `rentree`. `estime`: the gap once drawn towards the level. `ligne`: the indicator as the tableau de bord shows it.
    """

    condition: Condition
    indicateur: Indicateur
    rentree: int | None = None
    rentree_debut: int | None = None
    valeur: float | None = None
    valeur_reference: float | None = None
    ecart: float | None = None
    ecart_inf: float | None = None
    ecart_sup: float | None = None
    estime: float | None = None
    estime_inf: float | None = None
    estime_sup: float | None = None
    effectif: float | None = None
    probabilite: float | None = None
    motif: str = ""
    """Code of `problematiques.absences.MOTIFS`, empty with evidence."""
    ligne: Ligne | None = None

    @property
    def court(self) -> str:
        """The indicator in two or three words."""
        return self.condition.get_court(self.indicateur.code)

    @property
    def duree(self) -> int:
        """Rentrées between the two ends of a trend."""
        return (self.rentree or 0) - (self.rentree_debut or 0)


@dataclass(frozen=True)
class Levier:
    """What would change a reading: `nombre` pupils more or less on a condition; None where no number would do.

    `sens`: 1 for more, -1 for less. `un`: move of the probability for one pupil (0-1); None where nothing is counted:
    `nombre` is then a reduction of the gap, in the unit shown.
    """

    indice: Indice
    nombre: float | None
    probabilite: float | None
    un: float | None
    sens: int


@dataclass(frozen=True)
class Croisement:
    """Two conditions drawn one against the other: shares of the draws (0-1), the cloud and a hundred of its draws."""

    x: Indice
    y: Indice
    part_deux: float
    part_x: float
    part_y: float
    part_aucune: float
    moyennes: tuple[float, float]
    ecarts_types: tuple[float, float]
    correlation: float
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Groupe:
    """A group of pupils of the territory beside the same group in the rest of the académie."""

    code: str
    valeur: float
    reference: float


@dataclass(frozen=True)
class Problematique:
    """A rule read for a territory. `statut`: trouvee, indecise, non_trouvee, sans_donnee."""

    regle: Regle
    territoire: Territoire
    statut: str
    probabilite: float | None
    rang: int | None
    effectif: float | None
    indices: tuple[Indice, ...] = ()
    manque: Indice | None = None
    levier: Levier | None = None
    croisement: Croisement | None = None
    etablissements: tuple[Valeur, ...] = ()
    """Values behind a spread, lowest first; whose they are is not said."""
    groupes: tuple[Groupe, ...] = ()
    """The two groups behind a gap between them."""

    @property
    def principal(self) -> Indice | None:
        """The evidence whose pupils are those concerned: the first gap outside context."""
        ecarts = [i for i in self.indices if i.condition.lecture.est_un_ecart]
        return next((i for i in ecarts if i.indicateur.domaine != "contexte"), next(iter(ecarts), None))


@dataclass(frozen=True)
class VueProblematiques:
    """Every rule of the level read for one territory."""

    tete: Tete
    trouvees: tuple[Problematique, ...]
    """At most five, the progress last."""
    autres: tuple[Problematique, ...]
    """Findings beyond the first five."""
    indecises: tuple[Problematique, ...]
    non_trouvees: tuple[Problematique, ...]
    sans_donnee: tuple[Problematique, ...]
    voisins: tuple[Territoire, ...]
    """Territories whose problématiques are closest, nearest first."""
    parents: tuple[Territoire, ...]
    """Larger territories whose problématiques can be read too."""
    derniere: int | None
    """Latest rentrée among the evidence."""

    @property
    def territoire(self) -> Territoire:
        """Whose problématiques these are."""
        return self.tete.territoire

    @property
    def nb_regles(self) -> int:
        """Rules of the level: the lists add up to it."""
        listes = (self.trouvees, self.autres, self.indecises, self.non_trouvees, self.sans_donnee)
        return sum(map(len, listes))

    @property
    def problemes(self) -> tuple[Problematique, ...]:
        """Findings shown that are not progress."""
        return tuple(p for p in self.trouvees if p.regle.genre == "probleme")

    @property
    def progres(self) -> tuple[Problematique, ...]:
        """Progress shown."""
        return tuple(p for p in self.trouvees if p.regle.genre == "progres")
