"""The coordinator's guide cannot lie: its pictures come from the command, its pages exist, its words are on screen."""

import re

import pytest
from PIL import Image, ImageColor

from dashboard import theme
from dashboard.navigation import PAGES, read_lien
from dashboard.onglets import ONGLETS
from indicators.chemins import RACINE
from tests.captures import CAPTURES, IMAGES, reduce
from tests.mots import find_mots_interdits
from tests.test_pages_cartes_indicateur import open_page, read_texte

GUIDE = RACINE / "docs" / "guide-coordonnateur.md"
TEXTE = GUIDE.read_text(encoding="utf-8")
README = (RACINE / "README.md").read_text(encoding="utf-8")
POIDS_MAXIMAL = 200_000
DITES = {"tout va bien", "qu’est-ce qui", "depuis quand", "pour quels élèves", "à qui la faute"}
"""What people say, quoted by the guide: all its other quotes are words of the screen."""


def join_lignes(texte: str) -> str:
    """Spaces of any kind, ends of lines included, are one plain space."""
    return re.sub(r"\s+", " ", texte)


class TestPictures:
    def test_those_shown_are_those_of_the_command(self):
        """Each picture shown exists and is made by `make captures`; none is made or kept for nothing."""
        montrees = set(re.findall(r"\(images/([\w-]+)\.png\)", TEXTE))
        montrees |= set(re.findall(r"\(docs/images/([\w-]+)\.png\)", README))
        assert montrees == {capture.nom for capture in CAPTURES} == {chemin.stem for chemin in IMAGES.iterdir()}
        assert "-m tests.captures" in (RACINE / "Makefile").read_text(encoding="utf-8")

    def test_each_is_light_and_as_large_as_asked(self):
        for capture in CAPTURES:
            contenu = (IMAGES / f"{capture.nom}.png").read_bytes()
            assert len(contenu) < POIDS_MAXIMAL, capture.nom
            if not capture.element:
                assert int.from_bytes(contenu[20:24]) == capture.hauteur, capture.nom

    def test_few_pixels_of_a_judgement_keep_their_colour(self):
        """Among more greys than a palette holds, one orange pixel stays orange, and white stays white."""
        image = Image.new("RGB", (400, 2), theme.PAPIER)
        for x in range(300):
            image.putpixel((x, 0), (x % 256, x % 256, 250 - x // 2))
        image.putpixel((399, 1), ImageColor.getrgb(theme.DEFAVORABLE))
        reduite = reduce(image).convert("RGB")
        assert reduite.getpixel((399, 1)) == ImageColor.getrgb(theme.DEFAVORABLE)
        assert reduite.getpixel((0, 1)) == (255, 255, 255)
        assert len(image.getcolors(800)) > 256 >= len(reduite.getcolors(800))

    def test_each_is_said_to_be_fictional(self):
        """By the banner in the picture, and by its words: a part of a page has no banner, a line says it."""
        for legende, nom in re.findall(r"!\[([^]]+)\]\((?:docs/)?images/([\w-]+)\.png\)", TEXTE + README):
            assert "données de démonstration" in legende, nom
        for capture in CAPTURES:
            if capture.element:
                assert f"(images/{capture.nom}.png)\n\n*Données de démonstration" in TEXTE

    def test_no_figure_of_the_demonstration_is_in_the_text(self):
        """A figure would go stale: pictures show them. What is left explains a word."""
        assert set(re.findall(r"[\d,]+\s?(?:%|pts?\b)", TEXTE)) == {"70 %", "75 %", "5 %"}


class TestWords:
    def test_pages_and_tabs_that_the_guide_names_exist(self):
        nommees = set(re.findall(r"\b[Pp]age ([A-ZÀÉ]\w+)", TEXTE))
        assert {"Accueil", "Indicateur", "Problématiques", "Croiser", "Méthode"} <= nommees
        assert nommees <= {page.titre for page in PAGES}
        assert set(re.findall(r"\b[Oo]nglet ([A-ZÀÉ]\w+)", TEXTE)) <= set(ONGLETS.values())
        assert ", ".join(ONGLETS.values()) in join_lignes(TEXTE)

    def test_no_cause_and_no_judgement(self):
        assert find_mots_interdits(TEXTE) == []

    def test_links_lead_somewhere(self):
        liens = [lien for lien in re.findall(r"\]\(([^)]+)\)", TEXTE) if not lien.startswith("http")]
        assert [lien for lien in liens if not (GUIDE.parent / lien).exists()] == []
        assert README.count("docs/guide-coordonnateur.md") == 2

    def test_every_quote_is_a_word_of_the_screen(self, ecran):
        """Buttons, headings and fields that the guide quotes, on the pages that its pictures show."""
        citations = set(re.findall(r"« ([^»]+) »", join_lignes(TEXTE)))
        assert DITES <= citations
        assert [mots for mots in sorted(citations - DITES) if mots.lower() not in ecran] == []


@pytest.fixture
def ecran(base_demo_dossier) -> str:
    """Words of every page that a picture shows, and of the projection."""
    adresses = [capture.adresse or "accueil" for capture in CAPTURES] + ["parcours?territoire=IR791&projeter=1"]
    return join_lignes(" ".join(map(read_ecran, adresses))).lower()


def read_ecran(adresse: str) -> str:
    """What a page says: its blocs, then the labels of its widgets and what they offer."""
    page, parametres = read_lien(adresse)
    application = open_page(page.nom, **parametres)
    mots = [read_texte(application)]
    for genre in ("button", "selectbox", "button_group"):
        for element in application.get(genre):
            mots += [element.label, *map(str, getattr(element, "options", ()))]
    return " ".join(mots)
