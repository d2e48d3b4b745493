"""The main job, measured: loading and publishing, reading a tableau de bord, weight of the contours.

Times are those of this machine; what travels is the ratio beside each: to the plain read of the same CSV files by
DuckDB for loading, to an empty Streamlit page for a rerun.
"""

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.outils import find_extraits

RACINE = Path(__file__).resolve().parent.parent
PASSAGES = 20


def measure(action: Callable[[], object], passages: int = 1) -> float:
    """Median seconds of an action over several runs."""
    durees = []
    for _ in range(passages):
        debut = time.perf_counter()
        action()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)


def run_commande(donnees: Path, *arguments: str) -> None:
    """Run the command line on a data folder, as a user does: a whole process."""
    subprocess.run(
        [sys.executable, "-m", "indicators", *arguments],
        cwd=RACINE, env=os.environ | {"ECLORE_DONNEES": str(donnees)}, check=True, capture_output=True,
    )  # fmt: skip


def measure_chargement(donnees: Path, fichiers: list[Path]) -> None:
    """Load and publish real extracts, against the plain read of the same CSV files."""
    duree = measure(lambda: run_commande(donnees, "charger", *map(str, fichiers)))
    tables = [str(fichier) for fichier in fichiers if fichier.suffix == ".csv"]

    def read_plain():
        for table in tables:
            duckdb.sql("SELECT * FROM read_csv(?, all_varchar=true, strict_mode=false)", params=[table]).fetchall()

    simple = measure(read_plain, 3)
    nombre = len(fichiers)
    print(
        f"charger et publier {nombre} extraits réels : {duree:.1f} s, {duree / simple:.0f} × la lecture simple des CSV"
    )


def measure_pages(donnees: Path) -> None:
    """Server time of a warm rerun of every page, against a page that only shows its title."""
    from streamlit.testing.v1 import AppTest

    logging.getLogger("streamlit").setLevel(logging.ERROR)  # no browser here: its warnings say nothing
    os.environ["ECLORE_DONNEES"] = str(donnees)
    from dashboard.navigation import PAGES

    vide = AppTest.from_string("import streamlit as st\nst.title('vide')", default_timeout=60)
    vide.run()
    reference = measure(vide.run, PASSAGES)
    for page in PAGES:
        application = AppTest.from_file(str(RACINE / "dashboard" / "app.py"), default_timeout=60)
        application.run()
        application.switch_page(page.fichier).run()
        duree = measure(application.run, PASSAGES)
        print(f"page {page.titre:<12} : {duree * 1000:5.0f} ms, {duree / reference:4.1f} × une page vide")


def measure_contours(donnees: Path) -> None:
    """Weight of the contours that a map of réseaux sends."""
    from indicators.base import open_base

    base = open_base(donnees / "processed")
    poids = "SELECT niveau, sum(octet_length(encode(geojson))) FROM contour GROUP BY ALL ORDER BY 1"
    for niveau, octets in base.lignes(poids):
        print(f"contours {niveau:<13} : {octets / 1000:.0f} ko")


def main() -> None:
    """Measure on the demonstration, and on real extracts where they are at hand."""
    extraits = find_extraits()
    with tempfile.TemporaryDirectory() as temporaire:
        demo = Path(temporaire) / "demo"
        duree = measure(lambda: run_commande(demo, "demo"))
        print(f"base de démonstration, générée, chargée et publiée : {duree:.1f} s")
        if extraits.is_dir():
            fichiers = sorted((extraits / "extraits").iterdir())
            fichiers += [f for f in sorted((extraits / "territoires").iterdir()) if "occitanie" not in f.name]
            measure_chargement(Path(temporaire) / "reel", fichiers)
        measure_contours(demo)
        measure_pages(demo)


if __name__ == "__main__":
    main()
