"""The layouts of extracts: one YAML file is one `Format`. A new layout is a new file, no Python.

Those shipped are here; those of an installation are in `formats/` of its raw data, and are read again when they
change. The file name without extension is the code of the format. A format is recognised by its header alone.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from indicators.chemins import get_raw
from indicators.erreurs import ErreurCatalogue
from indicators.formats.lecture import Contenu, check_indicateurs, inherit, make_format, read_contenu, refuse
from indicators.formats.modele import Format

__all__ = [
    "Format", "get_dossier_formats", "list_formats_fautifs", "load_format", "load_format_local", "load_formats",
    "load_livres", "read_contenus",
]  # fmt: skip

DOSSIER = Path(__file__).parent


def load_format(chemin: Path) -> Format:
    """Read one layout, which may inherit from a shipped one.

    Raises:
        ErreurCatalogue: the YAML cannot be read or does not describe a format; every fault is listed.
    """
    contenu = inherit(chemin.name, chemin.stem, read_contenu(chemin), _read_livres())
    return make_format(chemin.name, chemin.stem, contenu)


def load_format_local(chemin: Path, voisins: Mapping[str, Contenu]) -> Format:
    """Read one layout of an installation, which may inherit from `voisins`; its version follows its content.

    Raises:
        ErreurCatalogue: as `load_format`, and when an indicator or a modalité has no fiche.
    """
    contenu = inherit(chemin.name, chemin.stem, read_contenu(chemin), voisins)
    format_ = make_format(chemin.name, chemin.stem, contenu | {"version": _number(contenu)})
    check_indicateurs(chemin.name, format_)
    return format_


@cache
def _read_livres() -> dict[str, Contenu]:
    return {chemin.stem: read_contenu(chemin) for chemin in sorted(DOSSIER.glob("*.yaml"))}


@cache
def load_livres() -> dict[str, Format]:
    """The layouts shipped with the project by code, in alphabetical order."""
    return {chemin.stem: load_format(chemin) for chemin in sorted(DOSSIER.glob("*.yaml"))}


def get_dossier_formats() -> Path:
    """Folder of the layouts of this installation, which may not exist."""
    return get_raw() / "formats"


def load_formats(*, strict: bool = False) -> dict[str, Format]:
    """Every layout by code: those shipped in alphabetical order, then those of this installation.

    Args:
        strict: refuse to go on while a layout of this installation has faults. Otherwise it is left out, and
            `list_formats_fautifs` tells why.

    Raises:
        ErreurCatalogue: with `strict`; every faulty file is named, with all its faults.
    """
    lus = _read_utilisateur(get_dossier_formats(), _note_etat(get_dossier_formats()))
    if strict and lus.fautes:
        suite = f"Corrigez-le dans le dossier « {get_dossier_formats()} », ou retirez-l’en, puis recommencez."
        raise ErreurCatalogue("\n".join([*lus.fautes.values(), suite]))
    return {**load_livres(), **lus.formats}


def list_formats_fautifs() -> dict[str, str]:
    """Layouts of this installation that cannot be used: name of the file → its faults."""
    return dict(_read_utilisateur(get_dossier_formats(), _note_etat(get_dossier_formats())).fautes)


def read_contenus() -> dict[str, Contenu]:
    """What the YAML of each readable layout says, by code: those that another one can inherit from."""
    return _read_livres() | _read_utilisateur(get_dossier_formats(), _note_etat(get_dossier_formats())).contenus


@dataclass(frozen=True)
class _Lus:
    contenus: dict[str, Contenu]
    formats: dict[str, Format]
    fautes: dict[str, str]


def _list_fichiers(dossier: Path) -> list[Path]:
    try:
        return sorted(c for c in dossier.iterdir() if c.suffix in (".yaml", ".yml") and not c.name.startswith("."))
    except OSError:
        return []  # no layout was added here


def _note_etat(dossier: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a file of the folder is added, rewritten or removed."""
    etat = []
    for chemin in _list_fichiers(dossier):
        try:
            fiche = os.stat(chemin)
        except OSError:
            continue  # removed since it was listed
        etat.append((chemin.name, fiche.st_ino, fiche.st_mtime_ns, fiche.st_size))
    return tuple(etat)


@lru_cache(maxsize=4)
def _read_utilisateur(dossier: Path, etat: tuple) -> _Lus:
    """The layouts of that folder in that state."""
    contenus: dict[str, Contenu] = {}
    fautes: dict[str, str] = {}
    fichiers = [chemin for chemin in _list_fichiers(dossier) if chemin.name in {nom for nom, *_ in etat}]
    for chemin in fichiers:
        try:
            _check_code(chemin, contenus)
            contenus[chemin.stem] = read_contenu(chemin)
        except ErreurCatalogue as erreur:
            fautes[chemin.name] = str(erreur)
    formats: dict[str, Format] = {}
    for chemin in (c for c in fichiers if c.name not in fautes):
        try:
            formats[chemin.stem] = load_format_local(chemin, _read_livres() | contenus)
        except ErreurCatalogue as erreur:
            fautes[chemin.name] = str(erreur)
    return _Lus(contenus, formats, fautes)


def _check_code(chemin: Path, contenus: dict[str, Contenu]) -> None:
    if chemin.stem in _read_livres():
        conseil = f"donnez-lui un autre nom ; « herite: {chemin.stem} » part de ce format"
        raise refuse(chemin.name, [f"nom du fichier : un format livré porte déjà ce code ; {conseil}"])
    if chemin.stem in contenus:
        raise refuse(chemin.name, [f"nom du fichier : « {chemin.stem}.yaml » porte déjà ce code"])


def _number(contenu: Contenu) -> int:
    """A version that changes with the content: rows read with the earlier one are read again."""
    return int(hashlib.sha256(repr(contenu).encode("utf-8", "replace")).hexdigest()[:7], 16)
