"""Which files to fetch for an académie: the entries of `jeux.yaml` turned into addresses."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from indicators.erreurs import ErreurCatalogue
from indicators.formats import load_formats
from indicators.territoires.referentiel import Academie

CONTOURS = "contours_communes"
"""Format of the communes' contours, one file per département."""

_CHAMPS_COMMUNES = (
    ("fields", "code,nom,codeDepartement,population,codeEpci"),
    ("format", "geojson"),
    ("geometry", "contour"),
)


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Jeu(_Modele):
    """A data set of the portal: its name there, the rows to keep, and the format that it must have."""

    jeu: str
    filtre: str
    format: str


class Adresses(_Modele):
    """Content of `jeux.yaml`."""

    portail: str
    geographie: str
    jeux: dict[str, Jeu]


@dataclass(frozen=True)
class Demande:
    """One file to fetch: its name, address and parameters, the format that it must have.

    `compte`: address that tells how many rows there are, when the service has one.
    """

    nom: str
    adresse: str
    parametres: tuple[tuple[str, str], ...]
    format: str
    compte: str | None = None


@cache
def load_adresses() -> Adresses:
    """The addresses.

    Raises:
        ErreurCatalogue: `jeux.yaml` is not valid, or names a format that does not exist.
    """
    chemin = Path(__file__).with_name("jeux.yaml")
    try:
        adresses = Adresses(**yaml.safe_load(chemin.read_text(encoding="utf-8")))
    except (yaml.YAMLError, TypeError, ValidationError) as erreur:
        raise ErreurCatalogue(f"La liste des jeux de données « {chemin.name} » est à corriger : {erreur}") from erreur
    inconnus = {jeu.format for jeu in adresses.jeux.values()} - set(load_formats())
    if inconnus:
        raise ErreurCatalogue(f"« {chemin.name} » nomme des formats inconnus : {', '.join(sorted(inconnus))}.")
    return adresses


def list_demandes(academie: Academie, adresses: Adresses) -> tuple[Demande, ...]:
    """Every file of an académie: the portal's data sets, then the communes of each of its départements."""
    return tuple(_ask_portail(nom, jeu, academie, adresses.portail) for nom, jeu in adresses.jeux.items()) + tuple(
        Demande(
            f"communes-{departement.code}.geojson",
            f"{adresses.geographie}/departements/{departement.code}/communes",
            (
                ("fields", "code,nom,codeDepartement,population,codeEpci"),
                ("format", "geojson"),
                ("geometry", "contour"),
            ),
            CONTOURS,
        )
        for departement in academie.liste_departements
    )


def _ask_portail(nom: str, jeu: Jeu, academie: Academie, portail: str) -> Demande:
    filtre = jeu.filtre.format(
        code=academie.code.zfill(2),
        nom_capitales=_capitalise(academie.nom),
        region_capitales=_capitalise(academie.nom_region),
    )
    # Technical names rather than labels: those that the formats list first, and that change least.
    parametres = (("where", filtre), ("delimiter", ";"), ("use_labels", "false"), ("lang", "fr"))
    base = f"{portail}/{jeu.jeu}"
    return Demande(f"{nom}.csv", f"{base}/exports/csv", parametres, jeu.format, f"{base}/records")


def _capitalise(nom: str) -> str:
    """«Créteil» → «CRETEIL», as the data sets write names in capitals."""
    decompose = unicodedata.normalize("NFKD", nom.upper().replace("’", "'"))
    return "".join(caractere for caractere in decompose if not unicodedata.combining(caractere))
