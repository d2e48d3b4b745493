"""ZIP archives of extracts: opened with bounds, each member written under a safe name. A workbook is not one."""

import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from indicators.francais import accorder, format_nombre
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import Constat, Signalement, make_constat

MEMBRES_MAXIMAUX = 500
TAILLE_MAXIMALE = 2_000_000_000
"""Bytes of all members once unzipped."""
RATIO_MAXIMAL = 200
TAILLE_SANS_SOUPCON = 20_000_000
"""Text shrinks ten times or so: above this size, more than `RATIO_MAXIMAL` times is a trap."""

_CLASSEURS = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
_ENDOMMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_SYSTEME = ("__MACOSX", "Thumbs.db", "desktop.ini")

Recevoir = Callable[[str, IO[bytes]], None]
"""Called with the path of each member in its archive, and its content."""


@dataclass(frozen=True)
class Membre:
    """A member that is not received: its path, and why."""

    chemin: str
    raison: str


def is_archive(chemin: Path) -> bool:
    """Whether a file is a ZIP that is not a workbook; a damaged one counts, unless its name is a workbook's."""
    with chemin.open("rb") as flux:
        if flux.read(4)[:2] != b"PK":
            return False
    try:
        with zipfile.ZipFile(chemin) as archive:
            return not _CLASSEURS & set(archive.namelist())
    except _ENDOMMAGE:
        return chemin.suffix.lower() == ".zip"


def expand_archive(chemin: Path, recevoir: Recevoir) -> list[Constat]:
    """Hand over every file of an archive; returns what must be said of the archive itself.

    Folders, hidden files and those that systems add are left out without a word.
    """
    try:
        with zipfile.ZipFile(chemin) as archive:
            membres = [membre for membre in archive.infolist() if not _is_ignored(membre)]
            refus = _check_bornes(membres, chemin.stat().st_size)
            return refus or _expand(archive, membres, recevoir)
    except _ENDOMMAGE:
        return [make_constat("archive_endommagee", "L’archive est endommagée : elle ne s’ouvre pas.")]


def _is_ignored(membre: zipfile.ZipInfo) -> bool:
    parties = membre.filename.replace("\\", "/").split("/")
    return membre.is_dir() or any(p in _SYSTEME or (p.startswith(".") and p not in (".", "..")) for p in parties)


def _check_bornes(membres: list[zipfile.ZipInfo], taille_archive: int) -> list[Constat]:
    taille = sum(membre.file_size for membre in membres)
    if not membres:
        return [make_constat("archive_vide", "L’archive ne contient aucun fichier.")]
    if len(membres) > MEMBRES_MAXIMAUX:
        return [_refuse_taille(f"L’archive contient {format_nombre(len(membres))} fichiers.")]
    if taille > TAILLE_MAXIMALE:
        return [_refuse_taille(f"L’archive contient {format_nombre(taille // 1_000_000)} Mo de données.")]
    if taille > TAILLE_SANS_SOUPCON and taille > RATIO_MAXIMAL * taille_archive:
        mots = f"{format_nombre(max(1, taille_archive // 1000))} ko à {format_nombre(taille // 1_000_000)} Mo"
        return [_refuse_taille(f"L’archive se dilate de {mots} : elle n’est pas ouverte.")]
    return []


def _refuse_taille(constat: str) -> Constat:
    return make_constat("archive_demesuree", constat)


def _expand(archive: zipfile.ZipFile, membres: list[zipfile.ZipInfo], recevoir: Recevoir) -> list[Constat]:
    refuses = []
    for membre in membres:
        raison = _refuse_membre(archive, membre)
        if not raison:
            try:
                with archive.open(membre) as flux:
                    recevoir(membre.filename, flux)
            except _ENDOMMAGE:
                raison = "endommagé"
        if raison:
            refuses.append(Signalement(ligne=None, trouve=f"« {cite(membre.filename, 80)} » : {raison}"))
    if not refuses:
        return []
    verbe = "se lisent" if len(refuses) > 1 else "se lit"
    constat = f"{accorder(len(refuses), 'fichier')} de l’archive ne {verbe} pas."
    return [make_constat("archive_membre", constat, len(refuses), tuple(refuses))]


def _refuse_membre(archive: zipfile.ZipFile, membre: zipfile.ZipInfo) -> str:
    """Why a member is not opened; empty when it is."""
    if membre.flag_bits & 0x1:
        return "protégé par un mot de passe"
    if stat.S_ISLNK(membre.external_attr >> 16):
        return "un lien, pas un fichier"
    try:
        with archive.open(membre) as flux:
            debut = flux.read(4)
            if debut[:2] == b"PK" and not _is_classeur(flux, membre):
                return "une archive dans une archive"
    except _ENDOMMAGE:
        return "endommagé"
    return ""


def _is_classeur(flux: IO[bytes], membre: zipfile.ZipInfo) -> bool:
    """Whether a zip inside the archive is a workbook: the list of its own members says so."""
    flux.seek(0)
    try:
        with zipfile.ZipFile(flux) as interne:
            return bool(_CLASSEURS & set(interne.namelist()))
    except _ENDOMMAGE:
        return not membre.filename.lower().endswith(".zip")
