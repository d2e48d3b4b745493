"""Where data live: `data/` beside the code, or the folder named by ECLORE_DONNEES."""

import os
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent


def get_dossier_donnees() -> Path:
    """The data folder, with `raw/` (as received, with the journal) and `processed/` (derived) inside."""
    return Path(os.environ.get("ECLORE_DONNEES") or RACINE / "data").resolve()


def get_raw() -> Path:
    """Extracts exactly as received, and the journal of loads."""
    return get_dossier_donnees() / "raw"


def get_processed() -> Path:
    """Everything derived from raw; can be deleted and rebuilt."""
    return get_dossier_donnees() / "processed"
