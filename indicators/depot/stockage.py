"""Deposits on disk: one folder each under `processed/depots/`, named by an identifier that nobody can guess."""

import re
import secrets
import shutil
import time
from pathlib import Path

from pydantic import ValidationError

from indicators.base.versions import write_atomically
from indicators.depot.modele import Depot
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.sources import Dossiers

FICHE = "depot.json"
JOURS_GARDES = 7
"""A deposit left aside that long is swept by the next one: files handed in are copies."""

_ID = re.compile(r"[0-9a-f]{32}")


def get_dossier_depots(dossiers: Dossiers) -> Path:
    """Folder of all deposits."""
    return dossiers.processed / "depots"


def make_dossier(dossiers: Dossiers) -> Path:
    """Create the folder of a new deposit; its name is the deposit's identifier."""
    dossier = get_dossier_depots(dossiers) / secrets.token_hex(16)
    dossier.mkdir(parents=True)
    return dossier


def write_depot(depot: Depot) -> Depot:
    """Write a deposit at once, and return it."""
    write_atomically(depot.dossier / FICHE, depot.model_dump_json())
    return depot


def read_depot(dossiers: Dossiers, identifiant: str) -> Depot:
    """The deposit of that identifier.

    Raises:
        ErreurUsage: there is none, or it was swept.
        ErreurBase: its file is unreadable.
    """
    fiche = get_dossier_depots(dossiers) / identifiant / FICHE
    if not _ID.fullmatch(identifiant) or not fiche.exists():
        raise ErreurUsage(
            f"Ce dépôt n’existe pas, ou plus : un dépôt laissé de côté est effacé après {JOURS_GARDES} jours. "
            "Déposez de nouveau vos fichiers."
        )
    try:
        return Depot.model_validate_json(fiche.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as erreur:
        raise ErreurBase(
            "Le fichier qui décrit ce dépôt est illisible, ou d’une autre version d’Éclore. "
            "Déposez de nouveau vos fichiers."
        ) from erreur


def list_depots(dossiers: Dossiers) -> tuple[Depot, ...]:
    """Every readable deposit, the newest first."""
    depots = []
    for fiche in get_dossier_depots(dossiers).glob(f"*/{FICHE}"):
        try:
            depots.append(read_depot(dossiers, fiche.parent.name))
        except (ErreurUsage, ErreurBase):
            continue  # being removed, or of another release: it will be swept
    return tuple(sorted(depots, key=lambda depot: depot.cree_le, reverse=True))


def abandon_depot(dossiers: Dossiers, depot: Depot) -> None:
    """Remove a deposit and its files; what was published of it stays."""
    shutil.rmtree(get_dossier_depots(dossiers) / depot.id, ignore_errors=True)


def sweep_depots(dossiers: Dossiers) -> None:
    """Remove deposits that nobody touched for `JOURS_GARDES` days, those of a killed process included."""
    limite = time.time() - JOURS_GARDES * 86_400
    for dossier in get_dossier_depots(dossiers).glob("*"):
        if _ID.fullmatch(dossier.name) and _last_change(dossier) < limite:
            shutil.rmtree(dossier, ignore_errors=True)


def _last_change(dossier: Path) -> float:
    fiche = dossier / FICHE
    try:
        return (fiche if fiche.exists() else dossier).stat().st_mtime
    except FileNotFoundError:
        return time.time()  # another process has just removed it
