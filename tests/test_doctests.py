"""Examples in docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent
MODULES = sorted(
    ".".join(chemin.relative_to(RACINE).with_suffix("").parts)
    for dossier in ("indicators", "dashboard")
    for chemin in (RACINE / dossier).rglob("*.py")
    if ">>> " in chemin.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    """Every example of the module gives what its docstring says."""
    resultat = doctest.testmod(importlib.import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert resultat.failed == 0
