"""Who may import what: a rule that only a document states is soon forgotten."""

import ast
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parent.parent
PAGES = sorted((RACINE / "pages").glob("*.py"))
MODULES = sorted((RACINE / "indicators").rglob("*.py"))
ECRAN = sorted((RACINE / "dashboard").rglob("*.py"))


def list_imports(chemin: Path) -> set[str]:
    """Dotted names of every module imported anywhere in a file."""
    noms = set()
    for noeud in ast.walk(ast.parse(chemin.read_text(encoding="utf-8"))):
        if isinstance(noeud, ast.Import):
            noms |= {alias.name for alias in noeud.names}
        elif isinstance(noeud, ast.ImportFrom) and noeud.module:
            noms |= {noeud.module} | {f"{noeud.module}.{alias.name}" for alias in noeud.names}
    return noms


def _racines(chemin: Path) -> set[str]:
    return {nom.split(".")[0] for nom in list_imports(chemin)}


def _name(chemin: Path) -> str:
    return str(chemin.relative_to(RACINE))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_pages_compute_nothing(page):
    """A page imports the screen's pieces, the catalogue and the territories; it stays short."""
    permis = ("streamlit", "dashboard", "indicators.catalogue", "indicators.territoires")
    interdits = {nom for nom in list_imports(page) if not nom.startswith(permis) and nom != "indicators"}
    standard = {"__future__", "functools", "typing"}
    assert {nom for nom in interdits if nom.split(".")[0] not in standard} == set()
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_domain_knows_nothing_of_the_screen(module):
    """`indicators` serves a notebook as well as a page."""
    assert not _racines(module) & {"streamlit", "plotly", "dashboard", "pages"}


PURS = [module for module in MODULES if "statistiques" in module.parts or module.name == "secret.py"]


@pytest.mark.parametrize("module", PURS, ids=_name)
def test_statistics_are_pure(module):
    """Arrays in, arrays out: no database, no file."""
    assert not _racines(module) & {"duckdb", "pandas", "pathlib", "yaml", "os"}


@pytest.mark.parametrize("module", ECRAN, ids=_name)
def test_screen_never_opens_a_database(module):
    """Only the base reads the base."""
    assert not _racines(module) & {"duckdb", "geopandas", "pyarrow"}


def test_only_one_module_uses_the_cache_and_one_the_session():
    """State has one door, so has the cache."""
    for motif, porte in (("st.cache_", "donnees.py"), ("st.session_state", "etat.py"), ("st.query_params", "etat.py")):
        utilisateurs = {c.name for c in [*ECRAN, *PAGES] if motif in c.read_text(encoding="utf-8")}
        assert utilisateurs <= {porte}, motif


def test_no_module_of_the_screen_hides_a_standard_one():
    """`dashboard/` comes first on the path of a Streamlit run."""
    import sys

    assert not {c.stem for c in ECRAN if c.parent.name == "dashboard"} & set(sys.stdlib_module_names)
