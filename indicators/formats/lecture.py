"""YAML of layouts → `Format`: a layout may start from another one (`herite`), and every fault is told in French."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from indicators.erreurs import ErreurCatalogue
from indicators.formats.modele import Format, ModaliteColonne
from indicators.francais import typographier
from indicators.systeme import explain_panne

Contenu = dict[str, Any]
"""What a YAML file says, before validation."""

TAILLE_MAXIMALE = 200_000
"""Bytes of a YAML: fifty times the longest layout."""

NON_HERITES = ("titre", "version", "modele", "herite")
_CHARGEUR = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FAUTES = {
    "missing": "champ obligatoire absent",
    "extra_forbidden": "champ inconnu",
    "literal_error": "valeur inconnue",
    "string_type": "un texte était attendu",
    "int_parsing": "un entier était attendu",
    "int_type": "un entier était attendu",
    "bool_parsing": "true ou false était attendu",
    "tuple_type": "une liste était attendue",
    "dict_type": "une liste « champ: valeur » était attendue",
    "model_type": "une liste « champ: valeur » était attendue",
    "string_pattern_mismatch": "minuscules sans accent, chiffres et _ seulement",
}


def refuse(nom: str, fautes: list[str]) -> ErreurCatalogue:
    """The error that lists every fault of a layout; the caller raises it."""
    liste = "\n".join(f"  - {faute}" for faute in fautes)
    return ErreurCatalogue(typographier(f"Format « {nom} » à corriger :\n{liste}"))


def read_contenu(chemin: Path) -> Contenu:
    """What a YAML file says; a column without options is an empty list of fields.

    Raises:
        ErreurCatalogue: unreadable file or YAML, or not a list of fields.
    """
    try:
        if chemin.stat().st_size > TAILLE_MAXIMALE:
            raise refuse(chemin.name, [f"fichier trop long ; attendu : au plus {TAILLE_MAXIMALE // 1000} ko"])
        contenu = yaml.load(chemin.read_text(encoding="utf-8"), Loader=_CHARGEUR)  # noqa: S506 (safe loader, in C)
    except OSError as erreur:
        raise refuse(chemin.name, [f"il ne peut pas être lu ({explain_panne(erreur)})"]) from erreur
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as erreur:
        message = f"Format « {chemin.name} » : YAML illisible ({erreur})."
        raise ErreurCatalogue(typographier(message)) from erreur
    if not isinstance(contenu, dict):
        message = f"Format « {chemin.name} » : une liste « champ: valeur » était attendue."
        raise ErreurCatalogue(typographier(message))
    colonnes = contenu.get("colonnes")
    if isinstance(colonnes, dict):
        contenu["colonnes"] = {nom: {} if colonne is None else colonne for nom, colonne in colonnes.items()}
    return contenu


def make_format(nom: str, code: str, contenu: Contenu) -> Format:
    """A validated layout; `nom` is its file, `code` its name without extension.

    Raises:
        ErreurCatalogue: the content does not describe a format; every fault is listed.
    """
    if "code" in contenu:
        raise refuse(nom, ["code : champ inconnu ; le code d’un format est le nom de son fichier"])
    champs = {str(champ): valeur for champ, valeur in contenu.items()} | {"code": code}
    try:
        return Format.model_validate(champs)
    except ValidationError as erreur:
        raise refuse(nom, [_describe_faute(e) for e in erreur.errors()]) from erreur


def _describe_faute(erreur: Mapping) -> str:
    """One line in French for one pydantic error."""
    lieu = ".".join(str(partie) for partie in erreur["loc"]) or "format"
    message = _FAUTES.get(erreur["type"], erreur["msg"].removeprefix("Value error, "))
    return f"{lieu} : {message}"


def inherit(
    nom: str, code: str, contenu: Contenu, voisins: Mapping[str, Contenu], lignee: tuple[str, ...] = ()
) -> Contenu:
    """The content of a layout laid over that of its parent, itself laid over its own parent.

    Fields of lists «champ: valeur» are laid one by one; a text, a number or a list replaces that of the parent.
    The title, version and template of the parent are not inherited.

    Args:
        voisins: content of every layout that can be a parent, by code.
        lignee: layouts that inherit from this one, the youngest first.

    Raises:
        ErreurCatalogue: unknown parent, or a layout that inherits from itself.

    >>> parent = {"titre": "IPS", "priorite": 50, "colonnes": {"uai": {"type": "uai"}, "ips": {}}}
    >>> enfant = {"herite": "ips", "titre": "IPS local", "colonnes": {"uai": {"noms": "rne"}}}
    >>> inherit("local.yaml", "local", enfant, {"ips": parent})["colonnes"]
    {'uai': {'type': 'uai', 'noms': 'rne'}, 'ips': {}}
    """
    if "herite" not in contenu:
        return contenu
    parent = contenu["herite"]
    lignee = (*lignee, code)
    _check_parent(nom, parent, lignee, voisins)
    complet = inherit(nom, parent, voisins[parent], voisins, lignee)
    herite = {champ: valeur for champ, valeur in complet.items() if champ not in NON_HERITES}
    sien = {champ: valeur for champ, valeur in contenu.items() if champ != "herite"}
    return _lay(herite, sien) | {"herite": complet.get("herite", parent)}


def _check_parent(nom: str, parent: Any, lignee: tuple[str, ...], voisins: Mapping[str, Contenu]) -> None:
    if not isinstance(parent, str):
        raise refuse(nom, ["herite : le code d’un format était attendu"])
    if parent in lignee:
        boucle = " → ".join([*lignee, parent])
        raise refuse(nom, [f"herite : ce format finit par hériter de lui-même ({boucle})"])
    if parent not in voisins:
        proche = _suggest(parent, voisins)
        raise refuse(nom, [f"herite : aucun format lisible ne porte le code « {parent} »{proche}"])


def _lay(parent: Contenu, enfant: Contenu) -> Contenu:
    return parent | {
        champ: _lay(parent[champ], valeur)
        if isinstance(valeur, dict) and isinstance(parent.get(champ), dict)
        else valeur
        for champ, valeur in enfant.items()
    }


def check_indicateurs(nom: str, format_: Format) -> None:
    """A layout feeds indicators and modalités that have a fiche: other figures would be stored and never shown.

    Raises:
        ErreurCatalogue: an indicator or a modalité is unknown; every one is listed.
    """
    from indicators.catalogue import load_catalogue

    catalogue, fautes = load_catalogue(), []
    for rang, mesure in enumerate(format_.mesures):
        if mesure.indicateur not in catalogue:
            proche = _suggest(mesure.indicateur, catalogue)
            fautes.append(f"mesures.{rang}.indicateur : aucune fiche ne porte le code « {mesure.indicateur} »{proche}")
            continue
        connues = catalogue[mesure.indicateur].modalites
        for modalite in _list_modalites(mesure.modalites):
            if modalite not in connues:
                lieu = f"mesures.{rang}.modalites"
                fautes.append(f"{lieu} : « {modalite} » n’est pas dans la fiche « {mesure.indicateur} »")
    if fautes:
        raise refuse(nom, fautes)


def _list_modalites(modalites: tuple[str | ModaliteColonne, ...]) -> list[str]:
    directes = [m for m in modalites if isinstance(m, str)]
    return directes + [c for m in modalites if isinstance(m, ModaliteColonne) for c in m.correspondances.values()]


def _suggest(code: str, connus: Mapping) -> str:
    proches = difflib.get_close_matches(code, list(connus), 1, 0.6)
    return f" ; le plus proche est « {proches[0]} »" if proches else ""
