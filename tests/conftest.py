"""Fixtures shared by all tests; no test ever touches the project's own data folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

RACINE = Path(__file__).resolve().parent.parent
DELAI_SERVEUR = 60


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
    """Address of the application, served on the demonstration as `make run` does."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    commande = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port)]
    environnement = os.environ | {"ECLORE_DONNEES": str(donnees_demo)}
    options = ["--server.address", "127.0.0.1", "--server.headless", "true"]
    with subprocess.Popen([*commande, *options], cwd=RACINE, env=environnement) as processus:
        adresse = f"http://127.0.0.1:{port}"
        try:
            _wait(adresse, processus)
            yield adresse
        finally:
            processus.terminate()


def _wait(adresse: str, processus: subprocess.Popen) -> None:
    limite = time.monotonic() + DELAI_SERVEUR
    while time.monotonic() < limite:
        assert processus.poll() is None, "le serveur s’est arrêté"
        try:
            with urllib.request.urlopen(f"{adresse}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{adresse} ne répond pas après {DELAI_SERVEUR} s")


@pytest.fixture(scope="session")
def chromium():
    """A real Chromium. Where ECLORE_NAVIGATEUR is «obligatoire», its absence is a failure, not a skip."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        message = "Chromium est absent : installez le paquet « chromium » du système"
        if os.environ.get("ECLORE_NAVIGATEUR") == "obligatoire":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    options = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=executable, args=options)
        yield navigateur
        navigateur.close()
