"""Serve the application and open it in a real Chromium, for tests, captures and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
DELAI_SERVEUR = 60
DELAI = 20_000
"""Milliseconds that a page may take to show something asked for."""
TAILLES = {"1920x1080": (1920, 1080), "1366x768": (1366, 768), "390x844": (390, 844)}
_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def serve(donnees: Path) -> Iterator[str]:
    """Address of the application on a data folder, served as `make run` does, on a free port of 127.0.0.1."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    commande = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.port", str(port)]
    options = ["--server.address", "127.0.0.1", "--server.headless", "true"]
    environnement = os.environ | {"ECLORE_DONNEES": str(donnees)}
    with subprocess.Popen([*commande, *options], cwd=RACINE, env=environnement) as processus:
        try:
            _wait(f"http://127.0.0.1:{port}", processus)
            yield f"http://127.0.0.1:{port}"
        finally:
            processus.terminate()


def find_chromium() -> str | None:
    """The system's Chromium, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def open_chromium() -> Iterator:
    """A headless Chromium that makes no call of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=find_chromium(), args=_OPTIONS)
        yield navigateur
        navigateur.close()


def wait_drawn(page) -> None:
    """Wait until the script has ended and the fonts are there."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        # Text inside components lives in shadow roots, out of innerText: the height says that it is drawn.
        " && document.querySelector('[data-testid=stMainBlockContainer]')?.scrollHeight > 500"
        " && !document.querySelector('[data-testid=stSkeleton]')"
    )
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(300)


def measure_debord(page) -> int:
    """Pixels by which the page is wider than its window: more than 0, it scrolls sideways."""
    return page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }"
    )


def _wait(adresse: str, processus: subprocess.Popen) -> None:
    limite = time.monotonic() + DELAI_SERVEUR
    while time.monotonic() < limite:
        if processus.poll() is not None:
            raise RuntimeError(f"le serveur s’est arrêté (code {processus.returncode})")
        try:
            with urllib.request.urlopen(f"{adresse}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{adresse} ne répond pas après {DELAI_SERVEUR} s")
