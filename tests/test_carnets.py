"""Notebooks run from top to bottom, on the demonstration."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.long

RACINE = Path(__file__).resolve().parent.parent
CARNETS = sorted((RACINE / "notebooks").glob("*.ipynb"))


def list_written(donnees: Path) -> set[tuple[Path, int]]:
    """Fiches, formats and data, with the time of their last change."""
    fichiers = [*(RACINE / "indicators").rglob("*.yaml"), *donnees.rglob("*")]
    return {(chemin, chemin.stat().st_mtime_ns) for chemin in fichiers if chemin.is_file()}


@pytest.mark.parametrize("carnet", CARNETS, ids=lambda chemin: chemin.stem)
def test_notebook_runs(carnet, base_demo_dossier):
    """Every cell runs and writes nothing; the committed file holds no output (figures would grow old in it)."""
    contenu = nbformat.read(carnet, as_version=4)
    cellules = [cellule for cellule in contenu.cells if cellule.cell_type == "code"]
    assert not any(cellule.outputs for cellule in cellules)
    avant = list_written(base_demo_dossier)
    NotebookClient(contenu, timeout=120, kernel_name="python3", resources={"metadata": {"path": RACINE}}).execute()
    assert all(cellule.execution_count for cellule in cellules)
    assert list_written(base_demo_dossier) == avant


def test_notebooks_are_those_that_the_readme_names():
    texte = (RACINE / "README.md").read_text(encoding="utf-8")
    assert len(CARNETS) == 3
    assert all(f"notebooks/{carnet.name}" in texte for carnet in CARNETS)
