"""The application in a real Chromium, on the demonstration: what AppTest cannot see."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboard.navigation import PAGES
from tests.navigateur import TAILLES, measure_debord, wait_drawn

pytestmark = pytest.mark.navigateur

CAPTURES = Path(os.environ.get("ECLORE_CAPTURES") or Path(__file__).resolve().parent.parent / "captures")
ADRESSES = {
    "accueil": "",
    "tableau_de_bord": "tableau_de_bord?territoire=R200069854",
    "parcours": "parcours?territoire=IR174",
    "problematiques": "problematiques?territoire=R200041499",
    "diagnostic": "diagnostic?territoire=IR791",
}
"""Addresses of pages that are opened on something else than their name."""
FAUTES = ("n’a pas pu être affichée", "Traceback")


@pytest.mark.parametrize("taille", TAILLES)
@pytest.mark.parametrize("page", [page.nom for page in PAGES])
def test_page_opens_without_leaving_the_machine(ouvrir, page, taille):
    """Every page, at every size: no request outside 127.0.0.1, no fault, no sideways scroll, in French."""
    fenetre, demandes = ouvrir(ADRESSES.get(page, page), taille)
    dehors = {
        url for url in demandes if urlsplit(url).scheme in ("http", "https", "ws", "wss")
        and urlsplit(url).hostname != "127.0.0.1"
    }  # fmt: skip
    assert dehors == set()
    assert not [faute for faute in FAUTES if fenetre.get_by_text(faute).count()]
    assert fenetre.get_by_text("Données de démonstration").first.is_visible()
    fenetre.wait_for_function("document.documentElement.lang === 'fr'")
    assert measure_debord(fenetre) <= 0
    CAPTURES.mkdir(exist_ok=True)
    fenetre.screenshot(path=CAPTURES / f"{page}-{taille}.png")


@pytest.mark.parametrize("taille", ["1366x768", "390x844"])
def test_coordinator_goes_from_the_map_to_the_lines_of_a_figure(ouvrir, taille):
    """Accueil → my inter-réseau → an indicator → where its figure comes from, each step in the address."""
    fenetre, _ = ouvrir("", taille)
    fenetre.get_by_role("link", name="Niort", exact=True).last.click()
    fenetre.wait_for_url("**/tableau_de_bord?*territoire=IR792*")
    wait_drawn(fenetre)
    fenetre.get_by_role("link", name="Réussite au DNB, série générale").last.click()
    fenetre.wait_for_url("**/indicateur?*indicateur=taux_reussite_dnb_generale*")
    assert "territoire=IR792" in fenetre.url
    wait_drawn(fenetre)
    fenetre.get_by_text("voir les lignes").first.click()
    dialogue = fenetre.get_by_role("dialog")
    dialogue.wait_for()
    dialogue.get_by_text("Numérateur").first.wait_for()


def test_a_click_on_the_map_opens_the_territory(ouvrir):
    """The map is a way in: a réseau's shape opens its tableau de bord."""
    fenetre, _ = ouvrir("carte?indicateur=taux_reussite_dnb_generale&niveau=reseau")
    fenetre.locator("svg [data-code='R200069854']").first.click()
    fenetre.wait_for_url("**/tableau_de_bord?*territoire=R200069854*")
    wait_drawn(fenetre)
    assert fenetre.get_by_role("heading", name="Grand Poitiers").first.is_visible()


def test_back_button_returns_to_the_view_that_was_left(ouvrir):
    """The address is the truth: going back shows the page and the territory that were left."""
    fenetre, _ = ouvrir("tableau_de_bord?territoire=D79")
    fenetre.get_by_role("link", name="Réussite au DNB, série générale").last.click()
    fenetre.wait_for_url("**/indicateur?*")
    wait_drawn(fenetre)
    fenetre.go_back()
    fenetre.wait_for_url("**/tableau_de_bord?*territoire=D79*")
    fenetre.get_by_role("heading", name="Deux-Sèvres").first.wait_for()


def test_unknown_territory_gets_a_calm_answer(ouvrir):
    """A wrong link says what is wrong and leads home; no traceback, no blank page."""
    fenetre, _ = ouvrir("", "1366x768")
    fenetre.goto(fenetre.url.split("?")[0].rstrip("/") + "/tableau_de_bord?territoire=R999")
    message = fenetre.get_by_text("Aucun territoire ne porte le code")
    message.wait_for()
    assert fenetre.get_by_role("link", name="Revenir à l’accueil").is_visible()


def test_back_from_a_territory_returns_to_the_same_map(ouvrir):
    """Back after a click on the map: the indicator and the level of the map are still those that were chosen."""
    fenetre, _ = ouvrir("carte?indicateur=taux_reussite_bac_pro&niveau=inter_reseau")
    fenetre.locator("svg [data-code='IR792']").first.click()
    fenetre.wait_for_url("**/tableau_de_bord?*territoire=IR792*")
    wait_drawn(fenetre)
    fenetre.go_back()
    fenetre.wait_for_url("**/carte?*indicateur=taux_reussite_bac_pro*")
    fenetre.wait_for_url("**/carte?*niveau=inter_reseau*")
