"""What pydantic finds wrong in a YAML of the catalogue, told in French to whoever wrote it."""

from pydantic import ValidationError

_FAUTES = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "enum": "valeur inconnue ; attendu : {expected}",
    "literal_error": "valeur inconnue ; attendu : {expected}",
    "string_type": "un texte était attendu",
    "string_too_long": "{max_length} caractères au plus",
    "string_too_short": "un texte était attendu",
    "string_pattern_mismatch": "minuscules sans accent, chiffres et _ seulement",
    "int_parsing": "un nombre entier était attendu",
    "int_type": "un nombre entier était attendu",
    "float_parsing": "un nombre était attendu",
    "float_type": "un nombre était attendu",
    "greater_than": "un nombre supérieur à {gt} était attendu",
    "greater_than_equal": "un nombre au moins égal à {ge} était attendu",
    "less_than_equal": "un nombre au plus égal à {le} était attendu",
    "tuple_type": "une liste était attendue",
    "too_short": "une liste d’au moins {min_length} élément était attendue",
    "too_long": "une liste de {max_length} éléments au plus était attendue",
    "dict_type": "une liste « champ: valeur » était attendue",
    "model_type": "une liste « champ: valeur » était attendue",
    "value_error": "{error}",
}


def describe_fautes(erreur: ValidationError, objet: str) -> str:
    """One line for each fault: field, what was expected, what was read; `objet` names the whole («fiche»)."""
    return "\n".join(_describe(faute, objet) for faute in erreur.errors())


def _describe(faute: dict, objet: str) -> str:
    lieu = ".".join(str(partie) for partie in faute["loc"]) or objet
    attendu = _FAUTES.get(faute["type"], faute["msg"]).format(**faute.get("ctx", {})).replace(" or ", " ou ")
    lu = "" if faute["type"] in {"missing", "value_error"} else f" (lu : {faute['input']!r})"
    return f"  - {lieu} : {attendu}{lu}"
