"""The catalogue of indicators: one YAML file in `fiches/` is one `Indicateur`."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from indicators.catalogue.fautes import describe_fautes
from indicators.catalogue.modele import ENSEMBLE, Domaine, Indicateur, Nature, Rupture, Sens
from indicators.erreurs import ErreurCatalogue, ErreurUsage

__all__ = [
    "ENSEMBLE", "Domaine", "Indicateur", "Nature", "Rupture", "Sens",
    "get_indicateur", "load_catalogue", "load_fiche",
]  # fmt: skip

FICHES = Path(__file__).parent / "fiches"


def load_fiche(chemin: Path) -> Indicateur:
    """Read one fiche; the file name without extension is the indicator's code.

    Raises:
        ErreurCatalogue: the YAML cannot be read or does not describe an indicator; every fault is listed.
    """
    try:
        contenu = yaml.safe_load(chemin.read_text(encoding="utf-8"))
    except yaml.YAMLError as erreur:
        raise ErreurCatalogue(f"Fiche « {chemin.name} » : YAML illisible ({erreur}).") from erreur
    if not isinstance(contenu, dict):
        raise ErreurCatalogue(f"Fiche « {chemin.name} » : une liste « champ: valeur » était attendue.")
    try:
        return Indicateur(code=chemin.stem, **contenu)
    except ValidationError as erreur:
        fautes = describe_fautes(erreur, "fiche")
        raise ErreurCatalogue(f"Fiche « {chemin.name} » à corriger :\n{fautes}") from erreur


@cache
def load_catalogue() -> dict[str, Indicateur]:
    """All indicators by code, in reading order (domain, then `ordre`)."""
    domaines = list(Domaine)
    fiches = [load_fiche(chemin) for chemin in sorted(FICHES.glob("*.yaml"))]
    fiches.sort(key=lambda i: (domaines.index(i.domaine), i.ordre, i.code))
    return {indicateur.code: indicateur for indicateur in fiches}


def get_indicateur(code: str) -> Indicateur:
    """The indicator of that code.

    Raises:
        ErreurUsage: no fiche has that code.
    """
    try:
        return load_catalogue()[code]
    except KeyError:
        raise ErreurUsage(
            f"Aucun indicateur ne porte le code « {code} ». "
            "Les codes sont ceux de la page Méthode et du dossier indicators/catalogue/fiches."
        ) from None
