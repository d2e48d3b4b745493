"""The path from école to after the bac: its steps and what is read at each, from `parcours.yaml`, validated once."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from indicators.catalogue import ENSEMBLE, Indicateur, Nature, load_catalogue
from indicators.catalogue.fautes import describe_fautes
from indicators.erreurs import ErreurCatalogue
from indicators.francais import typographier

FICHIER = Path(__file__).parent / "parcours.yaml"
MARQUES_MAXIMUM = 12
"""Marks of the whole path: more would not be read from three metres."""
_SIGNES_PAR_LIGNE = 10


class Calendrier(StrEnum):
    """How the year of a step is written."""

    RENTREE = "rentree"
    SESSION = "session"
    ANNEE = "annee"

    def write(self, rentree: int) -> str:
        """«2018», «2022» (session of rentrée 2021), «2023-24»: without the month.

        >>> Calendrier.SESSION.write(2021), Calendrier.ANNEE.write(2023)
        ('2022', '2023-24')
        """
        if self is Calendrier.RENTREE:
            return str(rentree)
        return str(rentree + 1) if self is Calendrier.SESSION else f"{rentree}-{(rentree + 1) % 100:02d}"


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Debut(_Modele):
    """First rentrée at which a source exists, and what to say of an earlier one."""

    rentree: int
    avant: str


class Marque(_Modele):
    """One indicator of a step; `a_defaut`: read instead where it has no figure, in order."""

    indicateur: str
    modalite: str = ENSEMBLE
    court: str
    """Two short lines apart by «|»."""
    lieu: str
    """Where a path gives way there: «au brevet»."""
    decalage: Annotated[int, Field(ge=-9, le=12)]
    """Rentrées from the entry in 6e to the figure of that cohort."""
    depuis: Debut | None = None
    a_defaut: tuple["Marque", ...] = ()

    @property
    def fiche(self) -> Indicateur:
        """The indicator itself."""
        return load_catalogue()[self.indicateur]

    @property
    def choix(self) -> tuple["Marque", ...]:
        """Itself, then what replaces it."""
        return (self, *self.a_defaut)

    @property
    def lignes(self) -> tuple[str, str]:
        """The two lines of its name."""
        premiere, seconde = self.court.split("|")
        return premiere, seconde

    def precede(self, rentree: int) -> bool:
        """Whether a rentrée is earlier than the source itself."""
        return self.depuis is not None and rentree < self.depuis.rentree

    @field_validator("court")
    @classmethod
    def _has_two_lines(cls, court: str) -> str:
        lignes = court.split("|")
        if len(lignes) != 2 or not all(0 < len(ligne) <= _SIGNES_PAR_LIGNE for ligne in lignes):
            raise ValueError(
                f"deux lignes séparées par « | », de {_SIGNES_PAR_LIGNE} signes au plus ; lu : « {court} »"
            )
        return court

    @model_validator(mode="after")
    def _check(self) -> "Marque":
        fiche = load_catalogue().get(self.indicateur)
        if fiche is None:
            raise ValueError(f"aucune fiche ne porte le code « {self.indicateur} »")
        if fiche.nature is Nature.EFFECTIF:
            raise ValueError(f"« {self.indicateur} » est un effectif : il ne se compare pas")
        if self.modalite not in fiche.modalites:
            raise ValueError(f"« {self.indicateur} » n’a pas de modalité « {self.modalite} »")
        if any(autre.a_defaut for autre in self.a_defaut):
            raise ValueError("« a_defaut » ne se répète pas à l’intérieur de « a_defaut »")
        return self


class Etape(_Modele):
    """A step of the path."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    titre: str
    lieu: str
    calendrier: Calendrier
    debut: str
    """First end of a bracket, `{annee}` filled."""
    fin: str
    marques: Annotated[tuple[Marque, ...], Field(min_length=1, max_length=3)]


class Parcours(_Modele):
    """The whole path, in order."""

    etapes: Annotated[tuple[Etape, ...], Field(min_length=2, max_length=6)]

    @property
    def indicateurs(self) -> tuple[str, ...]:
        """Codes of every indicator that may be read."""
        return tuple(m.indicateur for etape in self.etapes for marque in etape.marques for m in marque.choix)

    @model_validator(mode="after")
    def _check(self) -> "Parcours":
        codes = [etape.code for etape in self.etapes]
        if len(set(codes)) < len(codes):
            raise ValueError("deux étapes portent le même code")
        nombre = sum(len(etape.marques) for etape in self.etapes)
        if nombre > MARQUES_MAXIMUM:
            raise ValueError(f"{MARQUES_MAXIMUM} marques au plus ; lu : {nombre}")
        return self


def parse_parcours(texte: str, nom: str = FICHIER.name) -> Parcours:
    """The path from the text of its YAML; its sentences get their non-breaking spaces.

    Raises:
        ErreurCatalogue: the YAML cannot be read or does not describe a path; every fault is listed.
    """
    fichier = f"Parcours « {nom} »"
    try:
        contenu = yaml.safe_load(texte)
    except yaml.YAMLError as erreur:
        raise ErreurCatalogue(typographier(f"{fichier} : YAML illisible ({erreur}).")) from erreur
    if not isinstance(contenu, dict):
        raise ErreurCatalogue(typographier(f"{fichier} : une liste « champ: valeur » était attendue."))
    try:
        return Parcours.model_validate(_typographier(contenu))
    except ValidationError as erreur:
        fautes = describe_fautes(erreur, "parcours")
        raise ErreurCatalogue(typographier(f"{fichier} à corriger :\n{fautes}")) from erreur


def _typographier(contenu: Any) -> Any:
    """Every text of a YAML with the spaces of French typography."""
    if isinstance(contenu, str):
        return typographier(contenu)
    if isinstance(contenu, list):
        return [_typographier(partie) for partie in contenu]
    if isinstance(contenu, dict):
        return {str(cle): _typographier(valeur) for cle, valeur in contenu.items()}
    return contenu


@cache
def load_parcours() -> Parcours:
    """The path shipped with the project.

    Raises:
        ErreurCatalogue: as `parse_parcours`.
    """
    return parse_parcours(FICHIER.read_text(encoding="utf-8"))
