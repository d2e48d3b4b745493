"""A version published or restored while a session is open shows at its next interaction, without a restart."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.navigation import PAGES
from indicators.publication import Dossiers, publish, restore
from tests.conftest import RACINE


@pytest.fixture
def application(copie_demo, monkeypatch):
    """The application on a private copy of the demonstration."""
    monkeypatch.setenv("ECLORE_DONNEES", str(copie_demo))
    return AppTest.from_file(str(RACINE / "dashboard" / "app.py"), default_timeout=60)


def _seen_version(application) -> str:
    """The version that the header says, wherever it is written."""
    textes = [element.value for element in application.markdown] + [str(e.proto) for e in application.get("html")]
    return next(f"v{numero}" for numero in (3, 2, 1) if any(f"version\u00a0{numero}" in texte for texte in textes))


def test_open_session_follows_the_pointer(application, copie_demo):
    """Published: the next rerun says version 2; restored: version 1 again."""
    dossiers = Dossiers(copie_demo / "raw", copie_demo / "processed")
    application.run()
    assert not application.exception
    assert _seen_version(application) == "v1"
    publish(dossiers, progres=lambda texte: None)
    application.switch_page(PAGES[1].fichier).run()
    assert not application.exception
    assert _seen_version(application) == "v2"
    restore(dossiers, "1")
    application.run()
    assert _seen_version(application) == "v1"
