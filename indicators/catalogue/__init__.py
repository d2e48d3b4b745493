"""The catalogue of indicators: one YAML file in `fiches/` is one `Indicateur`."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

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
        fautes = "\n".join(_describe_faute(faute) for faute in erreur.errors())
        raise ErreurCatalogue(f"Fiche « {chemin.name} » à corriger :\n{fautes}") from erreur


_FAUTES = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "enum": "valeur inconnue ; attendu : {expected}",
    "literal_error": "valeur inconnue ; attendu : {expected}",
    "string_type": "un texte était attendu",
    "string_too_long": "{max_length} caractères au plus",
    "string_pattern_mismatch": "minuscules sans accent, chiffres et _ seulement",
    "int_parsing": "un nombre entier était attendu",
    "float_parsing": "un nombre était attendu",
    "greater_than": "un nombre supérieur à {gt} était attendu",
    "greater_than_equal": "un nombre au moins égal à {ge} était attendu",
    "less_than_equal": "un nombre au plus égal à {le} était attendu",
    "tuple_type": "une liste était attendue",
    "dict_type": "une liste « champ: valeur » était attendue",
    "value_error": "{error}",
}


def _describe_faute(faute: dict) -> str:
    """One line in French for one fault that pydantic found: field, what was expected, what was read."""
    lieu = ".".join(str(partie) for partie in faute["loc"]) or "fiche"
    attendu = _FAUTES.get(faute["type"], faute["msg"]).format(**faute.get("ctx", {})).replace(" or ", " ou ")
    lu = "" if faute["type"] in {"missing", "value_error"} else f" (lu : {faute['input']!r})"
    return f"  - {lieu} : {attendu}{lu}"


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
