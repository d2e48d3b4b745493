"""Académies, régions and départements: the administrative levels that never come from an extract."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from indicators.erreurs import ErreurUsage
from indicators.territoires import Niveau, Territoire

_LISTE = Path(__file__).parent / "academies.yaml"


@dataclass(frozen=True)
class Departement:
    """A département; `prefixe_uai` starts the UAI codes of its établissements («016»).

    `apres_de` joins it to «département»: «des » for Deux-Sèvres.
    """

    code: str
    nom: str
    apres_de: str
    prefixe_uai: str

    @property
    def territoire(self) -> Territoire:
        """The département as a territory («D16»)."""
        return Territoire(Niveau.DEPARTEMENT, f"D{self.code}", self.nom)


@dataclass(frozen=True)
class Academie:
    """An académie with its région and its départements. `departements` holds the UAI prefixes."""

    code: str
    nom: str
    code_region: str
    nom_region: str
    liste_departements: tuple[Departement, ...]

    @property
    def departements(self) -> tuple[str, ...]:
        """UAI prefixes of the académie («016», «017»…)."""
        return tuple(departement.prefixe_uai for departement in self.liste_departements)

    @property
    def territoire(self) -> Territoire:
        """The académie as a territory («A13»)."""
        return Territoire(Niveau.ACADEMIE, f"A{self.code}", f"Académie de {self.nom}")

    @property
    def region(self) -> Territoire:
        """The région as a territory («REG75»)."""
        return Territoire(Niveau.REGION, f"REG{self.code_region}", self.nom_region)


@cache
def load_academies() -> dict[str, Academie]:
    """Every académie by code («13» is Poitiers)."""
    liste = yaml.safe_load(_LISTE.read_text(encoding="utf-8"))["academies"]
    return {
        ligne["code"]: Academie(
            ligne["code"],
            ligne["nom"],
            ligne["code_region"],
            ligne["nom_region"],
            tuple(Departement(**departement) for departement in ligne["departements"]),
        )
        for ligne in liste
    }


def get_academie(code: str) -> Academie:
    """The académie of that code.

    Raises:
        ErreurUsage: no académie has that code.
    """
    try:
        return load_academies()[code]
    except KeyError:
        noms = ", ".join(f"{a.code} ({a.nom})" for a in load_academies().values())
        raise ErreurUsage(f"« {code} » n’est pas un code d’académie. Codes connus : {noms}.") from None


def find_academie(texte: str) -> Academie:
    """The académie of that code or name, whatever its case and accents («13», «poitiers»).

    Raises:
        ErreurUsage: no académie is called so.
    """
    cherche = _fold(texte)
    for academie in load_academies().values():
        if cherche in (_fold(academie.nom), academie.code):
            return academie
    return get_academie(texte)


def _fold(texte: str) -> str:
    decompose = unicodedata.normalize("NFKD", texte.strip().lower())
    return "".join(caractere for caractere in decompose if caractere.isalnum())
