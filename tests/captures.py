"""Pictures of the README and of the coordinator's guide, from the demonstration: `python -m tests.captures`."""

import io
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageOps

from dashboard import theme
from tests.navigateur import RACINE, open_chromium, serve, wait_drawn

IMAGES = RACINE / "docs" / "images"
LARGEUR = 1366
MARGE = 12
"""White around a part of a page, px."""
TEINTES = (theme.FAVORABLE, theme.DEFAVORABLE, theme.NAVIGATION, "#5C4500")
"""Hues that few pixels carry; the last one is the banner of the demonstration."""
DEGRES = 8


@dataclass(frozen=True)
class Capture:
    """A picture of docs/images.

    Attributes:
        nom: of its file, without extension.
        adresse: of the page, with its parameters.
        hauteur: px kept from the top of the page, `LARGEUR` wide.
        element: CSS selector of the only part kept; empty, the whole window. Without the banner of the demonstration,
            the text that shows it says that its figures are fictional.
    """

    nom: str
    adresse: str
    hauteur: int = 768
    element: str = ""


CAPTURES = (
    Capture("accueil", ""),
    Capture("tableau-de-bord", "tableau_de_bord?territoire=R200069763"),
    Capture("parcours", "parcours?territoire=IR791", 710),
    Capture("problematiques", "problematiques?territoire=R200069763", 660),
    Capture("listes", "problematiques?territoire=IR792", element=".ls"),
    Capture("indicateur", "indicateur?territoire=IR791&indicateur=taux_decrochage", 800),
    Capture("partage", "problematiques?vue=territoires&niveau=reseau&territoire=R200069763", 760),
    Capture(
        "croiser",
        "croiser?niveau=reseau&territoire=R200069763&indicateur=maitrise_socle"
        "&abscisse=ips_colleges&lecture_x=superieur",
        905,
    ),
    Capture("diagnostic", "diagnostic?territoire=R200069763", 1825),
)
"""In the order of the guide; the README shows the tableau de bord."""


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
    prise = (fenetre.locator(capture.element) if capture.element else fenetre).screenshot()
    fenetre.close()
    image = Image.open(io.BytesIO(prise)).convert("RGB")
    if capture.element:
        image = ImageOps.expand(image, MARGE, theme.PAPIER)
    chemin = IMAGES / f"{capture.nom}.png"
    reduce(image).save(chemin, optimize=True)
    print(f"{chemin.relative_to(RACINE)}: {chemin.stat().st_size // 1000} ko")


def reduce(image: Image.Image) -> Image.Image:
    """The same picture in 256 colours, a third of the size: judgements and their blends with white, then the commonest.

    A palette made from counts alone turns the few orange or blue pixels of a page into brown or grey; and Pillow looks
    for the nearest colour by cells, where white becomes a light grey. Distances are exact here.
    """
    pixels = np.asarray(image).reshape(-1, 3)
    couleurs, rangs, comptes = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    teintes = np.array([ImageColor.getrgb(teinte) for teinte in TEINTES])
    parts = np.arange(DEGRES)[:, None, None] / DEGRES
    melanges = (teintes + (255 - teintes) * parts).round().reshape(-1, 3)
    frequentes = couleurs[np.argsort(-comptes)[: 256 - len(melanges)]]
    palette = np.concatenate([melanges, frequentes]).astype(int)
    distances = ((couleurs[:, None, :].astype(int) - palette) ** 2).sum(axis=2)
    indices = distances.argmin(axis=1).astype("uint8")[rangs.ravel()]
    reduite = Image.fromarray(indices.reshape(image.height, image.width), "P")
    reduite.putpalette(palette.ravel().tolist())
    return reduite


if __name__ == "__main__":
    main()
