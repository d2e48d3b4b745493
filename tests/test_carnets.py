"""Notebooks run from top to bottom, on the demonstration."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

RACINE = Path(__file__).resolve().parent.parent
CARNETS = sorted((RACINE / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("carnet", CARNETS, ids=lambda chemin: chemin.stem)
def test_notebook_runs(carnet, base_demo_dossier):
    """Every cell runs, and the committed file holds no output (figures would grow old in it)."""
    contenu = nbformat.read(carnet, as_version=4)
    cellules = [cellule for cellule in contenu.cells if cellule.cell_type == "code"]
    assert not any(cellule.outputs for cellule in cellules)
    NotebookClient(contenu, timeout=120, kernel_name="python3", resources={"metadata": {"path": RACINE}}).execute()
    assert all(cellule.execution_count for cellule in cellules)
