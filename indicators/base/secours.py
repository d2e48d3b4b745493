"""Which version to serve when the one that the pointer names cannot be read: the newest sound one before it."""

import re
from dataclasses import dataclass
from pathlib import Path

from indicators.base.integrite import is_lisible
from indicators.base.versions import POINTEUR, SCHEMA, Version, get_dossier_bases, get_version
from indicators.erreurs import ErreurBase, ErreurIndicateurs

_NOM = re.compile(r"v\d{4,}")


@dataclass(frozen=True)
class Servie:
    """The version that readers get, None when nothing was ever published."""

    version: Version | None
    avis: str = ""
    """What could not be read, what is shown in its place and what to do; empty when all is well."""


def read_servie(processed: Path) -> Servie:
    """The version that the pointer names, or the newest complete and readable one before it.

    Without a pointer, the newest readable one. A base made of other tables (see `SCHEMA`) is never served, and a
    version withdrawn by `restore` never comes back.

    Raises:
        ErreurBase: versions were published and none can be read; the message says why of the one that is named.
    """
    nom = read_pointeur(processed)
    if nom and (version := find_version(processed, nom)):
        return Servie(version)
    autres = sorted((n for n in _list_noms(processed) if not nom or _rank(n) < _rank(nom)), key=_rank, reverse=True)
    repli = next((version for autre in autres if (version := find_version(processed, autre))), None)
    if repli is None and nom is None and not autres:
        return Servie(None)
    sujet, defaut = _describe_defaut(processed, nom)
    if repli is None:
        raise ErreurBase(
            f"{sujet} {defaut}, et aucune version précédente ne peut la remplacer. Publiez de nouveau les extraits "
            "du journal : python -m indicators publier."
        )
    return Servie(
        repli,
        f"{sujet} {defaut} : la version {repli.numero}, publiée le {repli.publie_le:%d/%m/%Y}, est montrée. "
        "Publiez de nouveau : page Chargement, ou « python -m indicators publier ».",
    )


def read_version_courante(processed: Path) -> Version | None:
    """The version that readers get now, or None when nothing was ever published.

    Raises:
        ErreurBase: see `read_servie`.
    """
    return read_servie(processed).version


def find_version(processed: Path, nom: str) -> Version | None:
    """The version of that name («v0003» or «3») when it is complete, readable and made of today's tables."""
    try:
        version = get_version(processed, nom)
    except ErreurIndicateurs:
        return None
    lisible = version.schema == SCHEMA and is_lisible(get_dossier_bases(processed) / f"{version.nom}.duckdb")
    return version if lisible else None


def find_suivante(processed: Path, numero: int) -> Version | None:
    """The first version published after that number, whether or not its base can still be read."""
    for nom in sorted((n for n in _list_noms(processed) if _rank(n) > numero), key=_rank):
        try:
            return get_version(processed, nom)
        except ErreurIndicateurs:
            continue
    return None


def read_pointeur(processed: Path) -> str | None:
    """Name that the pointer holds, whether or not its files are there; None when it is absent or unreadable."""
    try:
        nom = (get_dossier_bases(processed) / POINTEUR).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return nom if _NOM.fullmatch(nom) else None


def _list_noms(processed: Path) -> set[str]:
    """Names of the versions that have at least a base."""
    return {chemin.stem for chemin in get_dossier_bases(processed).glob("v*.duckdb") if _NOM.fullmatch(chemin.stem)}


def _rank(nom: str) -> int:
    return int(nom[1:])


def _describe_defaut(processed: Path, nom: str | None) -> tuple[str, str]:
    """What is at fault and why, to start a sentence."""
    if nom is None:
        return f"Le fichier « {POINTEUR} », qui désigne la version servie,", "est absent ou illisible"
    sujet = f"La version {_rank(nom)}"
    base = get_dossier_bases(processed) / f"{nom}.duckdb"
    if not base.exists() or not base.with_suffix(".json").exists():
        return sujet, "n’existe pas ou a été effacée"
    try:
        version = get_version(processed, nom)
    except ErreurIndicateurs:
        return sujet, "ne peut pas être lue (le fichier qui la décrit est illisible)"
    if version.schema != SCHEMA:
        return sujet, "a été publiée par une autre version d’Éclore"
    return sujet, "ne peut pas être lue (sa base est illisible ou abîmée)"
