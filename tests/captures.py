"""Pictures of the README and of the coordinator's guide, from the demonstration: `python -m tests.captures`."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.navigateur import RACINE, open_chromium, serve, wait_drawn

IMAGES = RACINE / "docs" / "images"
LARGEUR = 1366


@dataclass(frozen=True)
class Capture:
    """A picture: its file in docs/images, the address shown, the height kept from the top of the page."""

    nom: str
    adresse: str
    hauteur: int = 768


CAPTURES = (
    Capture("tableau-de-bord", "tableau_de_bord?territoire=R200069763"),
    Capture("accueil", ""),
    Capture("parcours", "parcours?territoire=IR791", 770),
    Capture("problematiques", "problematiques?territoire=R200069763", 660),
    Capture("indicateur", "indicateur?territoire=R200069763&indicateur=maitrise_socle", 860),
    Capture("partage", "problematiques?vue=territoires&niveau=reseau&territoire=R200069763", 760),
    Capture("croiser", "croiser?niveau=reseau&territoire=R200069763", 900),
    Capture("diagnostic", "diagnostic?territoire=IR791", 700),
)


def main() -> None:
    """Build the demonstration aside, serve it, and take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporaire:
        donnees = Path(temporaire) / "demo"
        environnement = os.environ | {"ECLORE_DONNEES": str(donnees)}
        subprocess.run([sys.executable, "-m", "indicators", "demo"], cwd=RACINE, env=environnement, check=True)
        with serve(donnees) as serveur, open_chromium() as navigateur:
            for capture in CAPTURES:
                _take(navigateur, serveur, capture)


def _take(navigateur, serveur: str, capture: Capture) -> None:
    fenetre = navigateur.new_page(viewport={"width": LARGEUR, "height": capture.hauteur}, locale="fr-FR")
    fenetre.goto(f"{serveur}/{capture.adresse}")
    wait_drawn(fenetre)
    fenetre.screenshot(path=IMAGES / f"{capture.nom}.png")
    fenetre.close()
    print(f"docs/images/{capture.nom}.png")


if __name__ == "__main__":
    main()
