"""The layouts of extracts: one YAML file here is one `Format`. A new layout is a new file, no Python.

The file name without extension is the code of the format. A format is recognised by its header alone.
"""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from indicators.erreurs import ErreurCatalogue
from indicators.formats.modele import Format

__all__ = ["Format", "load_format", "load_formats"]

DOSSIER = Path(__file__).parent
_FAUTES = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "literal_error": "valeur inconnue",
    "string_type": "un texte était attendu",
    "int_parsing": "un entier était attendu",
    "bool_parsing": "true ou false était attendu",
    "dict_type": "une liste « champ: valeur » était attendue",
    "model_type": "une liste « champ: valeur » était attendue",
    "string_pattern_mismatch": "minuscules sans accent, chiffres et _ seulement",
}


def _describe_faute(erreur: dict) -> str:
    """One line in French for one pydantic error."""
    lieu = ".".join(str(partie) for partie in erreur["loc"]) or "format"
    message = _FAUTES.get(erreur["type"], erreur["msg"].removeprefix("Value error, "))
    return f"  - {lieu} : {message}"


def load_format(chemin: Path) -> Format:
    """Read one layout.

    Raises:
        ErreurCatalogue: the YAML cannot be read or does not describe a format; every fault is listed.
    """
    try:
        contenu = yaml.load(chemin.read_text(encoding="utf-8"), Loader=_CHARGEUR)  # noqa: S506 (safe loader, in C)
    except yaml.YAMLError as erreur:
        raise ErreurCatalogue(f"Format « {chemin.name} » : YAML illisible ({erreur}).") from erreur
    if not isinstance(contenu, dict):
        raise ErreurCatalogue(f"Format « {chemin.name} » : une liste « champ: valeur » était attendue.")
    colonnes = contenu.get("colonnes")
    if isinstance(colonnes, dict):
        contenu["colonnes"] = {nom: {} if colonne is None else colonne for nom, colonne in colonnes.items()}
    try:
        return Format(**{"code": chemin.stem} | contenu)
    except ValidationError as erreur:
        fautes = "\n".join(_describe_faute(e) for e in erreur.errors())
        raise ErreurCatalogue(f"Format « {chemin.name} » à corriger :\n{fautes}") from erreur


_CHARGEUR = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_formats() -> dict[str, Format]:
    """Every layout by code, in alphabetical order."""
    return {chemin.stem: load_format(chemin) for chemin in sorted(DOSSIER.glob("*.yaml"))}
