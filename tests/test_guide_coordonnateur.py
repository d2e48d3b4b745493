"""The coordinator's guide cannot lie: its pictures are made by the command, its pages exist, its words are there."""

import re

import pytest

from dashboard import diagnostic, parcours, partage, problematiques
from dashboard.navigation import PAGES
from dashboard.onglets import ONGLETS
from indicators.base import open_base
from indicators.chemins import RACINE
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.objets_parcours import COHORTE
from indicators.territoires import Niveau
from tests.captures import CAPTURES
from tests.mots import find_mots_interdits

GUIDE = RACINE / "docs" / "guide-coordonnateur.md"
README = RACINE / "README.md"
TEXTE = GUIDE.read_text(encoding="utf-8")


def test_pictures_are_those_of_the_command():
    """Each picture shown exists and is made by `make captures`; none is made for nothing."""
    montrees = set(re.findall(r"\(images/([\w-]+)\.png\)", TEXTE))
    montrees |= set(re.findall(r"\(docs/images/([\w-]+)\.png\)", README.read_text(encoding="utf-8")))
    assert montrees == {capture.nom for capture in CAPTURES}
    assert montrees == {chemin.stem for chemin in (RACINE / "docs" / "images").glob("*.png")}


def test_addresses_of_pictures_are_pages():
    noms = {page.nom for page in PAGES}
    assert {capture.adresse.split("?")[0] or "accueil" for capture in CAPTURES} <= noms


def test_pages_that_the_guide_names_exist():
    nommees = set(re.findall(r"[Pp]age ([A-ZÀÉ]\w+)", TEXTE))
    assert nommees <= {page.titre for page in PAGES} | {"Indicateur"}
    assert all(titre in TEXTE for titre in ONGLETS.values())


def test_no_cause_and_no_judgement():
    assert find_mots_interdits(TEXTE) == []


def test_links_lead_somewhere():
    liens = [lien for lien in re.findall(r"\]\(([^)]+)\)", TEXTE) if not lien.startswith("http")]
    assert [lien for lien in liens if not (GUIDE.parent / lien).exists()] == []
    assert "docs/guide-coordonnateur.md" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("mots", ["ce qui changerait la lecture", "Questions pour le COPIL", "À ne pas lire ainsi",
                                  "Examinées, non trouvées"])  # fmt: skip
def test_words_of_the_page_of_findings(base_demo_dossier, mots):
    html = problematiques.render_page(open_base(base_demo_dossier / "processed"), "R200069763")
    assert mots.lower() in html.lower()


def test_words_of_the_other_pages(base_demo_dossier):
    base = open_base(base_demo_dossier / "processed")
    assert "point de" in parcours.build_page(base, "IR791", COHORTE, None, PRINCIPALE).html
    assert "Questions pour le COPIL" in diagnostic.render_page(base, "IR791")
    assert "non une gravité" in partage.render_page(base, Niveau.RESEAU, "socle_contexte_favorable", "")
