"""What a user waits for, in a real Chromium: start, first page, a click to a drawn chart.

Beside each, the same click to the plainest page: what travels from one machine to another is the ratio.
Run from the root: python -m benchmarks.navigation
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.parcours import run_commande
from tests.navigateur import find_chromium, open_chromium, serve, wait_drawn

CLICS = 7
_COURBE = ".js-plotly-plot .main-svg"


def measure_clics(fenetre, menu: str, attendu: str, retour: str) -> float:
    """Median seconds from the click on a menu to its content on screen, in the same session."""
    durees = []
    for _ in range(CLICS):
        fenetre.get_by_role("link", name=retour).first.click()
        wait_drawn(fenetre)
        debut = time.perf_counter()
        fenetre.get_by_role("link", name=menu).first.click()
        fenetre.locator(attendu).first.wait_for()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)


def main() -> None:
    """Measure on a demonstration base made for the occasion."""
    if find_chromium() is None:
        sys.exit("Chromium est absent : installez le paquet « chromium » du système.")
    with tempfile.TemporaryDirectory() as temporaire, open_chromium() as navigateur:
        donnees = Path(temporaire)
        run_commande(donnees, "demo")
        debut = time.perf_counter()
        with serve(donnees) as adresse:
            print(f"second démarrage, base déjà publiée : {time.perf_counter() - debut:.1f} s")
            fenetre = navigateur.new_page(viewport={"width": 1366, "height": 768})
            debut = time.perf_counter()
            fenetre.goto(adresse)
            wait_drawn(fenetre)
            print(f"première page, serveur froid : {time.perf_counter() - debut:.1f} s")
            courbe = measure_clics(fenetre, "Évolutions", _COURBE, "Accueil")
            texte = measure_clics(fenetre, "Accueil", "text=Ce qui est chargé", "Méthode")
            print(f"clic → courbe dessinée : {courbe * 1000:.0f} ms, {courbe / texte:.1f} × le clic → accueil")


if __name__ == "__main__":
    main()
