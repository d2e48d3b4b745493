"""Fixtures shared by all tests; no test ever touches the project's own data folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.navigateur import DELAI, TAILLES, find_chromium, open_chromium, serve, wait_drawn
from tests.outils import find_extraits

RACINE = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def forbid_real_data(tmp_path, monkeypatch):
    """Point ECLORE_DONNEES at an empty folder: a test that wants data says so."""
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.delenv("ECLORE_ACADEMIE", raising=False)


@pytest.fixture(scope="session")
def extraits_reels() -> Path:
    """Folder of real extracts (`extraits/`, `territoires/`), which are not part of the project."""
    dossier = find_extraits()
    if not (dossier / "extraits").is_dir():
        pytest.skip(f"extraits réels absents ({dossier}) : ECLORE_EXTRAITS peut nommer leur dossier")
    return dossier


def _build_once(tmp_path_factory, nom: str, commande: list[str]) -> Path:
    """A data folder filled by a command, once for all the processes of a test run."""
    commun = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        commun = commun.parent
    donnees = commun / nom
    with FileLock(commun / f"{nom}.verrou"):
        if not (donnees / "fini").exists():
            subprocess.run(
                [sys.executable, "-m", "indicators", *commande],
                cwd=RACINE,
                env=os.environ | {"ECLORE_DONNEES": str(donnees)},
                check=True,
                capture_output=True,
            )
            (donnees / "fini").touch()
    return donnees


@pytest.fixture(scope="session")
def donnees_demo(tmp_path_factory) -> Path:
    """Data folder with the demonstration published; read it, never write in it."""
    return _build_once(tmp_path_factory, "donnees-demo", ["demo"])


@pytest.fixture(scope="session")
def donnees_reelles(tmp_path_factory, extraits_reels) -> Path:
    """Data folder with every real extract published; read it, never write in it."""
    territoires = [str(c) for c in sorted((extraits_reels / "territoires").iterdir()) if "occitanie" not in c.name]
    commande = ["charger", str(extraits_reels / "extraits"), *territoires]
    return _build_once(tmp_path_factory, "donnees-reelles", commande)


@pytest.fixture
def base_demo_dossier(donnees_demo, forbid_real_data, monkeypatch) -> Path:
    """The demonstration's data folder, named by ECLORE_DONNEES."""
    monkeypatch.setenv("ECLORE_DONNEES", str(donnees_demo))
    return donnees_demo


@pytest.fixture
def copie_demo(donnees_demo, tmp_path) -> Path:
    """A private copy of the demonstration's data folder, to publish and restore in."""
    return Path(shutil.copytree(donnees_demo, tmp_path / "copie-demo"))


@pytest.fixture(scope="session")
def serveur(donnees_demo) -> Iterator[str]:
    """Address of the application, served on the demonstration."""
    with serve(donnees_demo) as adresse:
        yield adresse


@pytest.fixture(scope="session")
def chromium():
    """A real Chromium. Where ECLORE_NAVIGATEUR is «obligatoire», its absence is a failure, not a skip."""
    if find_chromium() is None:
        message = "Chromium est absent : installez le paquet « chromium » du système"
        if os.environ.get("ECLORE_NAVIGATEUR") == "obligatoire":
            pytest.fail(message)
        pytest.skip(message)
    with open_chromium() as navigateur:
        yield navigateur


@pytest.fixture
def ouvrir(chromium, serveur):
    """Open an address in a fresh window; gives the page and the list of every address it asked for."""
    contextes = []

    def open_(chemin: str = "", taille: str = "1366x768"):
        largeur, hauteur = TAILLES[taille]
        contexte = chromium.new_context(viewport={"width": largeur, "height": hauteur}, locale="fr-FR")
        contextes.append(contexte)
        page = contexte.new_page()
        page.set_default_timeout(DELAI)
        demandes = []
        page.on("request", lambda demande: demandes.append(demande.url))
        page.goto(f"{serveur}/{chemin}")
        wait_drawn(page)
        return page, demandes

    yield open_
    for contexte in contextes:
        contexte.close()
