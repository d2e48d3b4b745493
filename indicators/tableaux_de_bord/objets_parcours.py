"""The path of a territory as plain objects, that the page, its projection and the Diagnostic read.

Gaps are measured in écarts utiles, favourable positive: the height of a mark. States are those of the published base.
"""

from dataclasses import dataclass, field

from indicators.catalogue import Indicateur, Sens
from indicators.parcours import Etape, Marque
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.identite import Tete
from indicators.tableaux_de_bord.objets import Ligne
from indicators.territoires import Niveau, Territoire

COHORTE, DERNIERE = "cohorte", "derniere"
"""The two readings: a cohort followed where the years allow it, or the latest figure of each mark."""
SEULS = (Niveau.ACADEMIE, Niveau.REGION, Niveau.NATIONAL)
"""Levels that are the whole: they have no rest to be compared with."""


@dataclass(frozen=True)
class MarqueLue:
    """A mark of the path with its figure, or with the reason why there is none."""

    marque: Marque
    ligne: Ligne
    attendu: float | None = None
    """What the context leads to expect, in the unit of the base."""
    niveaux: frozenset[Niveau] = frozenset()
    """Levels at which it has a figure somewhere in the base."""
    derniere: int | None = None
    """Latest rentrée at which the territory has a figure."""

    @property
    def indicateur(self) -> Indicateur:
        """The indicator read."""
        return self.ligne.indicateur

    @property
    def etat(self) -> str:
        """State of the comparison, or statut of the missing figure."""
        return self.ligne.etat

    @property
    def est_lue(self) -> bool:
        """Whether there is a figure."""
        return self.ligne.valeur.statut == "ok"

    @property
    def entree(self) -> int | None:
        """Rentrée at which those pupils entered, or will enter, in 6e; None without a figure."""
        return self.ligne.valeur.rentree - self.marque.decalage if self.est_lue else None

    @property
    def hauteur(self) -> float | None:
        """Gap in écarts utiles, favourable positive; None where nothing is compared."""
        comparaison = self.ligne.comparaison
        return self._measure(comparaison.ecart) if comparaison else None

    @property
    def hauteurs(self) -> tuple[float, float] | None:
        """The 95 % interval of the gap in écarts utiles, lowest first."""
        comparaison = self.ligne.comparaison
        if comparaison is None or comparaison.ecart_inf is None or comparaison.ecart_sup is None:
            return None
        bas, haut = sorted((self._measure(comparaison.ecart_inf), self._measure(comparaison.ecart_sup)))
        return bas, haut

    @property
    def hauteur_attendue(self) -> float | None:
        """Expected value, as a gap to the same reference."""
        comparaison = self.ligne.comparaison
        if self.attendu is None or comparaison is None or comparaison.valeur_reference is None:
            return None
        return self._measure(self.attendu - comparaison.valeur_reference)

    def _measure(self, ecart: float | None) -> float | None:
        if ecart is None:
            return None
        sens = -1 if self.indicateur.sens is Sens.BAISSE_FAVORABLE else 1
        return sens * ecart * self.indicateur.echelle / self.indicateur.ecart_utile


@dataclass(frozen=True)
class EtapeLue:
    """A step with its marks. `entree`: cohort it is read on; None without any figure, or when each mark has its own."""

    etape: Etape
    marques: tuple[MarqueLue, ...]
    entree: int | None = None

    @property
    def lues(self) -> tuple[MarqueLue, ...]:
        """The marks that have a figure."""
        return tuple(m for m in self.marques if m.est_lue)

    @property
    def entrees(self) -> tuple[int, ...]:
        """Entry years of its marks."""
        return tuple(sorted({m.entree for m in self.lues}))

    @property
    def rentrees(self) -> tuple[int, ...]:
        """Rentrées of its figures."""
        return tuple(sorted({m.ligne.valeur.rentree for m in self.lues}))


@dataclass(frozen=True)
class Source:
    """An extract behind the path: who publishes it, its title, the figures (indicator, rentrée) that it feeds."""

    producteur: str
    titre: str
    chiffres: tuple[tuple[str, int], ...]

    @property
    def rentrees(self) -> tuple[int, ...]:
        """Rentrées read in it."""
        return tuple(sorted({rentree for _, rentree in self.chiffres}))


@dataclass(frozen=True)
class VueParcours:
    """All that the page, its projection and the Diagnostic show of a path."""

    tete: Tete
    lire: str
    """COHORTE or DERNIERE: what is shown, DERNIERE where no cohort has enough figures."""
    entree: int | None
    entrees: tuple[int, ...]
    """Entry years offered, latest first."""
    etapes: tuple[EtapeLue, ...]
    reference: str = PRINCIPALE
    semblables: tuple[Territoire, ...] = ()
    ecartees: tuple[Marque, ...] = ()
    """Marks left out: their source did not exist yet for that cohort."""
    extraits_attendus: tuple[str, ...] = ()
    """Titles of the layouts that would fill what has no figure at any territory."""
    sources: tuple[Source, ...] = ()
    lu_d_abord: Territoire | None = None
    """The inter-réseau where `ailleurs` read first."""
    enfants: tuple["VueParcours", ...] = field(default=(), repr=False)
    """The paths of the départements, where the territory has nothing to be compared with."""

    @property
    def territoire(self) -> Territoire:
        """Whose path it is."""
        return self.tete.territoire

    @property
    def marques(self) -> tuple[MarqueLue, ...]:
        """Every mark, in order."""
        return tuple(m for etape in self.etapes for m in etape.marques)

    @property
    def lues(self) -> tuple[MarqueLue, ...]:
        """Every mark that has a figure."""
        return tuple(m for m in self.marques if m.est_lue)

    @property
    def ailleurs(self) -> tuple[Etape, ...]:
        """Steps that speak to the inter-réseau, for a réseau."""
        if self.lu_d_abord is None:
            return ()
        return tuple(e.etape for e in self.etapes if any(m.indicateur.niveau == "inter_reseau" for m in e.marques))

    @property
    def est_seul(self) -> bool:
        """Whether the territory is the whole: it has no rest to be compared with."""
        return self.territoire.niveau in SEULS

    @property
    def est_compare(self) -> bool:
        """Whether some mark has a gap to be drawn."""
        return any(m.hauteur is not None for m in self.lues)

    @property
    def fragilite(self) -> MarqueLue | None:
        """The established unfavourable gap that is the largest in écarts utiles; the first of two."""
        etablies = [m for m in self.lues if m.etat == "defavorable" and m.hauteur is not None]
        return min(etablies, key=lambda m: m.hauteur, default=None)
