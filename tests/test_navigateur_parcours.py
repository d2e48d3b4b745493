"""The journey of a coordinator in a real Chromium: a finding, its evidence, its source, then the diagnostic."""

import pytest

from tests.navigateur import measure_debord, wait_drawn

pytestmark = pytest.mark.navigateur

FAUTES = ("n’a pas pu être affichée", "Traceback")


def check(fenetre, page: str, **parametres: str) -> None:
    """The page of the address is drawn, whole, on that address."""
    fenetre.wait_for_url(f"**/{page}?*")
    wait_drawn(fenetre)
    assert all(f"{nom}={valeur}" in fenetre.url for nom, valeur in parametres.items()), fenetre.url
    assert not [faute for faute in FAUTES if fenetre.get_by_text(faute).count()]
    assert measure_debord(fenetre) <= 0


@pytest.mark.parametrize("taille", ["1366x768", "390x844"])
def test_from_my_inter_reseau_to_its_diagnostic(ouvrir, taille):
    """Inter-réseau → problématiques → evidence of one → indicator → where the figure comes from → diagnostic."""
    fenetre, _ = ouvrir("", taille)
    fenetre.get_by_role("link", name="Bressuire", exact=True).last.click()
    check(fenetre, "tableau_de_bord", territoire="IR791")
    fenetre.get_by_role("link", name="Problématiques", exact=True).last.click()
    check(fenetre, "problematiques", territoire="IR791")
    fenetre.get_by_role("link", name="Décrochage en hausse malgré une réussite stable").first.click()
    preuve = fenetre.locator("article#decrochage_reussite_stable")
    fenetre.wait_for_function(
        "e => { const r = e.getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0 }",
        arg=preuve.element_handle(),
    )
    preuve.get_by_role("link", name="Jeunes repérés en décrochage").first.click()
    check(fenetre, "indicateur", territoire="IR791", indicateur="taux_decrochage")
    fenetre.get_by_text("D’où vient ce chiffre").first.wait_for()
    fenetre.get_by_text("voir les lignes").first.click()
    dialogue = fenetre.get_by_role("dialog")
    dialogue.get_by_text("Numérateur").first.wait_for()
    fenetre.keyboard.press("Escape")
    dialogue.wait_for(state="hidden")
    for _ in range(3):  # the dialog has its own steps in the history
        if "/indicateur" in fenetre.url:
            fenetre.go_back()
            wait_drawn(fenetre)
    check(fenetre, "problematiques", territoire="IR791")
    fenetre.get_by_role("link", name="Diagnostic", exact=True).first.click()
    check(fenetre, "diagnostic", territoire="IR791", version="1")
    assert fenetre.get_by_role("heading", name="Diagnostic de l’inter-réseau de Bressuire").is_visible()
    fenetre.get_by_role("heading", name="Questions pour le COPIL").scroll_into_view_if_needed()


def test_matrix_opens_a_territory(ouvrir):
    """Who shares what: a name of the matrix opens the findings of that territory."""
    fenetre, _ = ouvrir("problematiques?vue=territoires&niveau=reseau")
    fenetre.get_by_role("link", name="Haut Poitou", exact=True).first.click()
    fenetre.wait_for_url("**/problematiques?*territoire=R200069763*")
    wait_drawn(fenetre)
    assert fenetre.get_by_text("Questions pour le COPIL").first.is_visible()


def test_path_is_projected_and_left(ouvrir):
    """The projection hides everything but the drawing; leaving it brings the page back."""
    fenetre, _ = ouvrir("parcours?territoire=IR791", "1920x1080")
    fenetre.get_by_role("button", name="Projeter").click()
    fenetre.wait_for_url("**/parcours?*projeter=1*")
    wait_drawn(fenetre)
    assert not fenetre.get_by_text("Lire par").first.is_visible()
    fenetre.get_by_role("button", name="Quitter la projection").click()
    fenetre.get_by_text("Lire par").first.wait_for()
    assert "projeter" not in fenetre.url
