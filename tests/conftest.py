"""Fixtures shared by all tests; no test ever touches the project's own data folder."""

import os
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def forbid_real_data(tmp_path, monkeypatch):
    """Point ECLORE_DONNEES at an empty folder: a test that wants data says so."""
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.delenv("ECLORE_ACADEMIE", raising=False)


@pytest.fixture(scope="session")
def extraits_reels() -> Path:
    """Folder of real extracts (`extraits/`, `territoires/`), which are not part of the project."""
    dossier = Path(os.environ.get("ECLORE_EXTRAITS") or RACINE.parent / "shared" / "data")
    if not (dossier / "extraits").is_dir():
        pytest.skip(f"extraits réels absents ({dossier}) : ECLORE_EXTRAITS peut nommer leur dossier")
    return dossier
