"""Loading in a real Chromium: a good file, a bad one mended, a revision undone; keyboard, narrow screen."""

import re
import shutil

import pytest

from tests.navigateur import serve, wait_drawn
from tests.outils_chargement import build_donnees, change_cellule, make_fautif, mend_classeur, read_ips, write_csv

pytestmark = pytest.mark.navigateur

DELAI = 60_000
LARGEUR = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }"


@pytest.fixture(scope="module")
def donnees_ips(donnees_demo, tmp_path_factory):
    """A small installation, published once; read it, never write in it."""
    return build_donnees(donnees_demo, tmp_path_factory.mktemp("chargement"))


@pytest.fixture
def fenetre(chromium, donnees_ips, tmp_path):
    """The page Chargement of a private copy, served for this test alone."""
    donnees = shutil.copytree(donnees_ips, tmp_path / "donnees")
    with serve(donnees) as adresse:
        contexte = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
        page = contexte.new_page()
        page.set_default_timeout(DELAI)
        page.goto(f"{adresse}/chargement")
        page.get_by_role("button", name="Contrôler").wait_for()
        wait_drawn(page)
        yield page
        contexte.close()


def drop(fenetre, nom: str, contenu: bytes) -> None:
    """Hand a file in under a name, sign, and ask for its control."""
    fenetre.set_input_files("input[type=file]", [{"name": nom, "mimeType": "text/csv", "buffer": contenu}])
    fenetre.get_by_test_id("stFileChip").wait_for()
    fenetre.get_by_label("Qui charge").fill("Claire Morin")
    fenetre.get_by_role("button", name="Contrôler").click()


def wait_verdict(fenetre, texte: str) -> None:
    """Wait for a band."""
    fenetre.get_by_role("heading", name=texte).wait_for()


def read_entete(fenetre) -> str:
    """What the header of the page says of the version shown."""
    return fenetre.evaluate(
        "() => getComputedStyle(document.querySelector('[data-testid=stHeader]'), '::after').content"
    )


def test_a_good_file_is_published(fenetre, donnees_demo):
    """Drop → report without a blocking finding → what changes → published, everywhere."""
    drop(fenetre, "ips-2024.csv", write_csv(read_ips(donnees_demo, "2024")))
    fenetre.wait_for_url("**/chargement?*depot=*")
    wait_verdict(fenetre, "La version\u00a02 est prête")
    fenetre.get_by_role("heading", name=re.compile("Ce qui change")).wait_for()
    fenetre.get_by_role("button", name="Publier la version\u00a02").click()
    wait_verdict(fenetre, "La version\u00a02 est publiée")
    assert "version\u00a02" in read_entete(fenetre)
    fenetre.get_by_role("link", name="Chargement", exact=True).last.click()
    fenetre.get_by_text("ips-2024.csv").first.wait_for()
    fenetre.get_by_role("cell", name="Claire Morin").first.wait_for()


def test_a_bad_file_is_mended_from_its_workbook_then_published(fenetre, donnees_demo, tmp_path):
    """Drop → every fault told, «Publier» disabled → XLSX → mended → dropped in the same place → published."""
    saines = read_ips(donnees_demo, "2024")
    drop(fenetre, "ips-2024.csv", write_csv(make_fautif(saines)))
    wait_verdict(fenetre, "Ce fichier ne peut pas être publié\u00a0: 3\u00a0contrôles bloquants")
    for faute in ("UAI impossible", "Nombre illisible", "Doublon identique"):
        fenetre.get_by_role("rowheader", name=faute).wait_for()
    assert fenetre.get_by_role("button", name="Publier").is_disabled()
    assert "version\u00a01" in read_entete(fenetre)

    with fenetre.expect_download() as attendu:
        fenetre.get_by_role("button", name="Lignes à corriger (XLSX)").click()
    attendu.value.save_as(tmp_path / "recu.xlsx")
    corrige = mend_classeur(tmp_path / "recu.xlsx", tmp_path / "corrige.xlsx", saines)
    fenetre.set_input_files("input[type=file]", [corrige])
    fenetre.get_by_test_id("stFileChip").wait_for()
    fenetre.get_by_role("button", name="Contrôler de nouveau").click()
    wait_verdict(fenetre, "La version\u00a02 est prête")
    fenetre.get_by_role("button", name="Publier la version\u00a02").click()
    wait_verdict(fenetre, "La version\u00a02 est publiée")


def test_a_revision_shows_what_changes_and_is_undone(fenetre, donnees_demo):
    """Drop a revised year → from → to → signed → published → undone: the version served before is back."""
    revises = read_ips(donnees_demo, "2023")
    for ligne in range(2, 20):
        revises = change_cellule(revises, ligne, "ips", "131.5")
    drop(fenetre, "ips-2023.csv", write_csv(revises))
    wait_verdict(fenetre, "À signer avant de publier")
    fenetre.get_by_role("heading", name=re.compile("Ce qui change")).wait_for()
    fenetre.get_by_text("→ 131,5").first.wait_for()
    assert fenetre.get_by_role("button", name="Publier").is_disabled()

    fenetre.get_by_label("Pourquoi").fill("Révision annoncée par la source")
    fenetre.get_by_role("button", name=re.compile("Accepter")).click()
    fenetre.get_by_role("button", name="Publier la version\u00a02").click()
    wait_verdict(fenetre, "La version\u00a02 est publiée")
    fenetre.get_by_text("Révision annoncée par la source").wait_for()
    fenetre.reload()
    wait_verdict(fenetre, "La version\u00a02 est publiée")

    fenetre.get_by_role("button", name="Annuler cette publication").click()
    wait_verdict(fenetre, "La version\u00a02 n’est plus affichée")
    assert "version\u00a01" in read_entete(fenetre)


def test_the_page_works_with_the_keyboard_alone(fenetre, donnees_demo):
    """Every control is reached by Tab; the list of checks opens with Enter."""
    atteints = _tab(fenetre, 40)
    for nom in ("Choisir des fichiers", "Qui charge", "Rentrée des fichiers", "Contrôler"):
        assert any(nom in atteint for atteint in atteints), nom
    drop(fenetre, "ips-2024.csv", write_csv(make_fautif(read_ips(donnees_demo, "2024"))))
    wait_verdict(fenetre, "Ce fichier ne peut pas être publié")
    wait_drawn(fenetre)
    resume = fenetre.locator("details.okl summary")
    resume.focus()
    resume.press("Enter")
    fenetre.locator("details.okl[open] dl").wait_for()
    assert any("Lignes à corriger" in atteint for atteint in _tab(fenetre, 40))


def test_a_report_fits_a_telephone(fenetre, donnees_demo):
    """No sideways scroll at 390 px, neither on the page nor on a report."""
    fenetre.set_viewport_size({"width": 390, "height": 844})
    wait_drawn(fenetre)
    assert fenetre.evaluate(LARGEUR) <= 0
    drop(fenetre, "ips-2024.csv", write_csv(make_fautif(read_ips(donnees_demo, "2024"))))
    wait_verdict(fenetre, "Ce fichier ne peut pas être publié")
    wait_drawn(fenetre)
    assert fenetre.evaluate(LARGEUR) <= 0


_NOM = """() => {
  let e = document.activeElement;
  while (e && e.shadowRoot && e.shadowRoot.activeElement) e = e.shadowRoot.activeElement;
  const libelle = e.labels && e.labels.length ? e.labels[0].innerText : '';
  const apres = [...e.querySelectorAll('*')].map(x => getComputedStyle(x, '::after').content).join(' ');
  return [e.innerText, e.getAttribute('aria-label'), libelle, apres].join(' ');
}"""


def _tab(fenetre, nombre: int) -> list[str]:
    """Names of what the Tab key reaches from the top of the page."""
    fenetre.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0) }")
    noms = []
    for _ in range(nombre):
        fenetre.keyboard.press("Tab")
        noms.append(fenetre.evaluate(_NOM))
    return noms
