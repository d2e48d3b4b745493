"""The fiche of an indicator, validated once and then immutable."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ENSEMBLE = "ensemble"
"""The modalité of a figure that is not split."""


class Domaine(StrEnum):
    """The five domains of the grille d'indicateurs, in reading order."""

    CONTEXTE = "contexte"
    SOCLE = "socle"
    ORIENTATION = "orientation"
    DECROCHAGE = "decrochage"
    LYCEE = "lycee"

    @property
    def titre(self) -> str:
        """Heading on screen, in French."""
        return _TITRES_DOMAINES[self]


_TITRES_DOMAINES = {
    Domaine.CONTEXTE: "Contexte",
    Domaine.SOCLE: "Maîtrise du socle",
    Domaine.ORIENTATION: "Orientation",
    Domaine.DECROCHAGE: "Décrochage",
    Domaine.LYCEE: "Lycée et après",
}


class Nature(StrEnum):
    """How a figure aggregates, which interval and test apply, how it is drawn (docs/methode.md)."""

    TAUX = "taux"
    MOYENNE = "moyenne"
    VALEUR_AJOUTEE = "valeur_ajoutee"
    RATIO = "ratio"
    EFFECTIF = "effectif"


class Sens(StrEnum):
    """Which direction is good for pupils; a neutral indicator is never coloured."""

    HAUSSE_FAVORABLE = "hausse_favorable"
    BAISSE_FAVORABLE = "baisse_favorable"
    NEUTRE = "neutre"


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Rupture(_Modele):
    """A break in a series: values from `rentree` on do not compare with those before."""

    rentree: int
    cause: str


class EnColonne(_Modele):
    """How a modalité stands in a wide table: its heading, short lines apart by «|» («Réussite|DNB»), and its rank
    among the columns that a first look shows (None: not one of them)."""

    titre: str
    rang: int | None = None


class Compte(_Modele):
    """What the numerator of a rate counts, in a sentence: «avec 20 premiers vœux satisfaits de plus»."""

    un: str
    plusieurs: str


class Indicateur(_Modele):
    """One indicator: everything the product knows and says about it.

    Stored values of a `taux` are proportions (0-1); `echelle` turns them into what is shown.
    `ecart_utile` is in the unit shown (points for a taux).
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    titre: str
    titre_court: Annotated[str, Field(max_length=40)]
    domaine: Domaine
    ordre: int
    resume: str
    definition: str
    numerateur: str
    denominateur: str
    unite: str
    unite_effectif: str = "élèves"
    compte: Compte | None = None
    decimales: Annotated[int, Field(ge=0, le=3)] = 1
    nature: Nature
    sens: Sens
    genre: Literal["m", "f"] = "m"
    source: str
    frequence: str
    niveau: Literal["tous", "reseau", "inter_reseau"]
    niveaux_disponibles: Literal["etablissement", "departement", "academie", "region"] = "etablissement"
    ecart_utile: Annotated[float, Field(gt=0)]
    seuil: Annotated[int, Field(ge=0)] = 10
    secret: Literal["denominateur", "complet"] = "denominateur"  # noqa: S105 (a regime of protection)
    annees_cumulees: Annotated[int, Field(ge=1)] = 1
    ruptures: tuple[Rupture, ...] = ()
    a_savoir: tuple[str, ...] = ()
    traitement: str = ""
    modalites: dict[str, str] = Field(default_factory=lambda: {ENSEMBLE: "Ensemble"})
    modalites_au_tableau: tuple[str, ...] = (ENSEMBLE,)
    en_colonne: dict[str, EnColonne] = Field(default_factory=dict)

    @property
    def echelle(self) -> int:
        """Factor from the stored value to the value shown: 100 for a taux, else 1."""
        return 100 if self.nature is Nature.TAUX else 1

    @field_validator("modalites")
    @classmethod
    def _has_ensemble(cls, modalites: dict[str, str]) -> dict[str, str]:
        if ENSEMBLE not in modalites:
            raise ValueError(f"la modalité « {ENSEMBLE} » est obligatoire")
        return modalites

    @model_validator(mode="after")
    def _check_modalites_au_tableau(self) -> "Indicateur":
        inconnues = set(self.modalites_au_tableau) - set(self.modalites)
        if inconnues:
            raise ValueError(f"modalites_au_tableau : {', '.join(sorted(inconnues))} absent de « modalites »")
        if inconnues := set(self.en_colonne) - set(self.modalites):
            raise ValueError(f"en_colonne : {', '.join(sorted(inconnues))} absent de « modalites »")
        return self
