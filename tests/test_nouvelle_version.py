"""Open sessions and old links: which version a page shows, and what it says of it."""

import json
import re
import shutil

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from dashboard.formats import format_date
from indicators.base import list_versions
from indicators.base.versions import get_dossier_bases
from indicators.chargement import Options, load_extraits
from indicators.publication import Dossiers, get_dossiers, publish, restore
from tests.conftest import RACINE
from tests.test_publication import ENTETE, LIGNES

pytestmark = pytest.mark.long

SILENCE = lambda texte: None  # noqa: E731
TABLEAU = "../pages/tableau_de_bord.py"


@pytest.fixture(scope="module")
def une_version(tmp_path_factory):
    """A small data folder with one version: copied, never written in."""
    donnees = tmp_path_factory.mktemp("une") / "donnees"
    extrait = donnees.parent / "ips.csv"
    extrait.write_text("\n".join([ENTETE, *LIGNES]) + "\n", encoding="utf-8")
    load_extraits([extrait], Dossiers(donnees / "raw", donnees / "processed"), Options(), SILENCE)
    return donnees


@pytest.fixture
def dossiers(une_version, tmp_path, monkeypatch) -> Dossiers:
    """A private copy of it, named by ECLORE_DONNEES."""
    shutil.copytree(une_version, tmp_path / "donnees")
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "donnees"))
    return get_dossiers()


def open_session(**parametres: str) -> AppTest:
    """A new session on an address of the first page."""
    application = AppTest.from_file(str(RACINE / "dashboard" / "app.py"), default_timeout=60)
    for nom, valeur in parametres.items():
        application.query_params[nom] = valeur
    return _run(application)


def _run(application: AppTest) -> AppTest:
    application.run()
    assert not application.exception
    return application


def open_menu(application: AppTest, page: str) -> AppTest:
    """A click in the menu: the address of the page, without parameters."""
    application.query_params.clear()
    application.switch_page(f"../pages/{page}.py")
    return _run(application)


def get_ligne(application: AppTest) -> str:
    """The line under the header, spaces made plain; empty when there is none."""
    blocs = [json.loads(element.proto.json)["html"] for element in application.get("bidi_component")]
    lignes = [html for html in blocs if 'class="avis"' in html]
    return re.sub("[\u00a0\u202f]", " ", re.sub("<style>.*?</style>", "", lignes[0], flags=re.DOTALL)) if lignes else ""


def get_corps(application: AppTest) -> str:
    """Everything that the page shows in blocs."""
    return "\n".join(json.loads(element.proto.json)["html"] for element in application.get("bidi_component"))


def get_version(application: AppTest) -> int:
    """The version that the header says; the address says the same."""
    entete = "\n".join(element.proto.body for element in application.get("html"))
    numero = int(re.search(r"version\u00a0(\d+)", entete)[1])
    assert application.query_params["version"] == str(numero)
    return numero


def test_every_address_carries_its_version(dossiers):
    """On each page, with the parameters of the page."""
    application = open_session()
    assert get_version(application) == 1 and get_ligne(application) == ""
    for page in navigation.PAGES[1:]:
        assert get_version(open_menu(application, page.nom)) == 1
    application = open_session(territoire="D86", version="1")
    application.switch_page(TABLEAU)
    assert get_version(_run(application)) == 1 and application.query_params["territoire"] == "D86"
    assert get_ligne(application) == ""


def test_open_session_sees_a_new_version_and_is_told_once(dossiers):
    """Published: the next interaction shows it and says so, the one after says nothing any more."""
    application = open_session()
    publish(dossiers, "2 extraits chargés", SILENCE)
    _run(application)
    assert get_version(application) == 2
    attendu = "Une nouvelle version est publiée (2 extraits chargés) : cette page montre la version 2."
    assert attendu in get_ligne(application)
    assert get_ligne(_run(application)) == "" and get_version(application) == 2
    publish(dossiers, progres=SILENCE)
    open_menu(application, "carte")
    assert get_version(application) == 3 and "cette page montre la version 3" in get_ligne(application)
    assert get_ligne(open_menu(application, "accueil")) == ""


def test_the_line_survives_the_page_that_leads_elsewhere(dossiers):
    """A run that ends by opening another page was not seen: the line is on the page that is."""
    application = open_session()
    publish(dossiers, progres=SILENCE)
    champ = next(c for c in application.selectbox if c.label.startswith("Choisir un territoire"))
    champ.select(champ.options[0]).run()
    assert application.query_params["territoire"]
    assert get_version(application) == 2 and "Une nouvelle version" in get_ligne(application)


def test_open_session_is_told_of_an_undo(dossiers):
    """Restored: the older version at the next interaction, and the one withdrawn is named."""
    publish(dossiers, progres=SILENCE)
    application = open_session()
    restore(dossiers, "1")
    _run(application)
    assert get_version(application) == 1
    assert "La version 2 a été retirée : cette page montre la version 1." in get_ligne(application)
    assert get_ligne(_run(application)) == ""


def test_old_link_shows_its_own_figures_and_leads_to_the_new_ones(dossiers):
    """The version of the link, as long as its file exists, on every page of the session; one click to today's."""
    publish(dossiers, progres=SILENCE)
    jour = format_date(list_versions(dossiers.processed)[1].publie_le.date())
    application = open_session(version="1")
    assert get_version(application) == 1 and "Dans la version 1<" in get_corps(application)
    assert f"Ce lien désigne la version 1, remplacée le {jour}" in get_ligne(application)
    assert 'href="./?version=2"' in get_ligne(application) and "Voir la version 2" in get_ligne(application)
    assert get_ligne(_run(application)) != ""
    liens = re.findall(r'<a [^>]*?href="((?!#)[^"]*)"', get_corps(application))
    ailleurs = [lien for lien in liens if "version=2" not in lien]
    assert len(liens) - len(ailleurs) == 1 and all("version=1" in lien for lien in ailleurs)
    open_menu(application, "tableau_de_bord")
    assert get_version(application) == 1 and application.query_params["territoire"] == "A13"
    assert 'href="tableau_de_bord?version=2' in get_ligne(application)
    application.query_params["version"] = "2"
    assert get_version(_run(application)) == 2 and get_ligne(application) == ""
    assert get_version(open_menu(application, "methode")) == 2
    application.query_params["version"] = "1"
    assert get_version(_run(application)) == 1 and "Ce lien désigne" in get_ligne(application)


def test_back_button_of_an_open_session_does_not_go_back_in_time(dossiers):
    """An address read before the publication: the session goes on with the new version."""
    application = open_session()
    publish(dossiers, progres=SILENCE)
    _run(application)
    application.query_params["version"] = "1"
    assert get_version(_run(application)) == 2 and get_ligne(application) == ""


def test_choice_made_on_an_old_page_applies_to_the_new_version(dossiers):
    """A field changed after a publication keeps its meaning: same territory, new figures."""
    application = open_session(territoire="D86")
    application.switch_page(TABLEAU)
    _run(application)
    publish(dossiers, progres=SILENCE)
    next(c for c in application.selectbox if c.label == "Rentrée").select(2022).run()
    assert get_version(application) == 2 and "Une nouvelle version" in get_ligne(application)
    assert application.query_params["rentree"] == "2022" and application.query_params["territoire"] == "D86"


@pytest.mark.parametrize(
    ("lien", "dit"),
    [
        ("7", "Ce lien désigne la version 7, qui ne peut plus être montrée : cette page montre la version 2."),
        ("0", "Ce lien désigne la version 0, qui ne peut plus être montrée : cette page montre la version 2."),
        ("douze", "Ce lien désigne une version inconnue (« douze ») : cette page montre la version 2."),
        ("<b>x", "(« &lt;b&gt;x »)"),
        ("٣", "une version inconnue"),
        ("9" * 40, "une version inconnue"),
        ("3", "La version 3 a été retirée : cette page montre la version 2."),
    ],
)
def test_link_to_a_version_that_cannot_be_shown(dossiers, lien, dit):
    """Erased, invented or withdrawn: today's figures, and a sentence that says so once."""
    publish(dossiers, progres=SILENCE)
    if lien == "3":
        publish(dossiers, progres=SILENCE)
        restore(dossiers, "2")
    application = open_session(version=lien)
    assert get_version(application) == 2 and dit in get_ligne(application)
    assert get_ligne(_run(application)) == ""


@pytest.mark.parametrize("degat", ["schema", "coupee", "effacee"])
def test_old_link_to_a_base_that_cannot_be_read(dossiers, degat):
    """A base of another schema, damaged or erased is never shown."""
    publish(dossiers, progres=SILENCE)
    base = get_dossier_bases(dossiers.processed) / "v0001.duckdb"
    fiche = base.with_suffix(".json")
    if degat == "schema":
        contenu = json.loads(fiche.read_text(encoding="utf-8")) | {"schema": "autre"}
        fiche.write_text(json.dumps(contenu), encoding="utf-8")
    elif degat == "coupee":
        base.write_bytes(base.read_bytes()[:400_000])
    else:
        base.unlink()
    application = open_session(version="1")
    assert get_version(application) == 2 and "ne peut plus être montrée" in get_ligne(application)


def test_base_damaged_while_a_session_is_open(dossiers, caplog):
    """The version before comes back at the next interaction; the line stays as long as it lasts; it is logged."""
    publish(dossiers, progres=SILENCE)
    application = open_session()
    base = get_dossier_bases(dossiers.processed) / "v0002.duckdb"
    entiere = base.read_bytes()
    base.write_bytes(entiere[: len(entiere) // 2])
    for _ in range(2):
        _run(application)
        assert get_version(application) == 1
        assert "La version 2 ne peut pas être lue (sa base est illisible ou abîmée)" in get_ligne(application)
        assert "la version 1, publiée le" in get_ligne(application) and "retirée" not in get_ligne(application)
    assert "La version 2 ne peut pas être lue" in caplog.text
    base.write_bytes(entiere)
    assert get_version(_run(application)) == 2


def test_base_damaged_in_the_middle_of_a_page(dossiers, monkeypatch, caplog):
    """The pointer and the file were sound when the page began: the page starts again on the version before."""
    from dashboard import donnees

    publish(dossiers, progres=SILENCE)
    st.cache_resource.clear()
    base = get_dossier_bases(dossiers.processed) / "v0002.duckdb"
    construire, appels = donnees.build, []

    def cut_then_build(*arguments):
        if not appels:
            base.write_bytes(base.read_bytes()[:400_000])
        appels.append(arguments)
        return construire(*arguments)

    monkeypatch.setattr(donnees, "build", cut_then_build)
    application = open_session()
    assert get_version(application) == 1 and "Dans la version 1<" in get_corps(application)
    assert "La version 2 ne peut pas être lue" in get_ligne(application)
    assert "n’a pas pu être affichée" not in get_corps(application)
    assert "Base illisible sur la page" in caplog.text


def test_no_version_left_is_a_calm_page(dossiers, caplog):
    """The only base is damaged: what to do on the page, the cause in the log, no traceback on the screen."""
    application = open_session()
    (get_dossier_bases(dossiers.processed) / "v0001.duckdb").write_bytes(b"abime" * 1000)
    _run(application)
    assert "Les données ne peuvent pas être lues" in get_corps(application)
    assert "python -m indicators publier" in get_corps(application) and "Traceback" not in get_corps(application)
    assert "Aucune version ne peut être lue" in caplog.text
    publish(dossiers, progres=SILENCE)
    assert get_version(_run(application)) == 2


def test_data_folder_that_is_a_file(tmp_path, monkeypatch):
    """A fault of the machine is told in French."""
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "fichier"))
    assert "ce n’est pas un dossier" in get_corps(open_session())
