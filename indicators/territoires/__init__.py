"""Territories: one type for every level; the level is a parameter."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Niveau", "Territoire"]


class Niveau(StrEnum):
    """Levels, from the smallest to the largest."""

    ETABLISSEMENT = "etablissement"
    RESEAU = "reseau"
    INTER_RESEAU = "inter_reseau"
    DEPARTEMENT = "departement"
    ACADEMIE = "academie"
    REGION = "region"
    NATIONAL = "national"

    @property
    def libelle(self) -> str:
        """Singular name on screen, in French, without capital."""
        return _LIBELLES[self][0]

    @property
    def pluriel(self) -> str:
        """Plural name on screen, in French, without capital."""
        return _LIBELLES[self][1]


_LIBELLES = {
    Niveau.ETABLISSEMENT: ("établissement", "établissements"),
    Niveau.RESEAU: ("réseau", "réseaux"),
    Niveau.INTER_RESEAU: ("inter-réseau", "inter-réseaux"),
    Niveau.DEPARTEMENT: ("département", "départements"),
    Niveau.ACADEMIE: ("académie", "académies"),
    Niveau.REGION: ("région", "régions"),
    Niveau.NATIONAL: ("France", "France"),
}


@dataclass(frozen=True)
class Territoire:
    """A territory of any level. `code` is an UAI, `R…`, `IR…`, `D16`, `A13`, `REG75` or `FR`.

    `nom` is the short name shown («Grand Poitiers», «La Rochelle»).
    """

    niveau: Niveau
    code: str
    nom: str
