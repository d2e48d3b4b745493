"""The page Parcours in the application: each widget there and back, links, the projection and its way back."""

import re
from html import unescape

import pytest

from dashboard.navigation import read_lien
from indicators.base import Base, open_base
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, REFERENCES, list_autres
from indicators.tableaux_de_bord.phrases_parcours import write_titre
from indicators.tableaux_de_bord.vue_parcours import DERNIERE, build_vue_parcours
from tests.test_pages_cartes_indicateur import get_adresse, open_page, read_html, read_texte

SAINTES, BRESSUIRE, NIORTAIS = "IR174", "IR791", "R200041317"

pytestmark = pytest.mark.usefixtures("base_demo_dossier")


@pytest.fixture
def base(donnees_demo) -> Base:
    return open_base(donnees_demo / "processed")


def read_titre(application) -> str:
    """The message title, as read."""
    html = re.search(r'<h2 class="msg">(.*?)</h2>', read_html(application))[1]
    return re.sub(r"<[^>]+>", "", unescape(html)).replace("6e", "6ᵉ").replace("2de", "2ᵈᵉ")


def count_marques(application) -> int:
    return read_html(application).count('class="marque"')


class TestPage:
    def test_title_and_marks_are_those_of_the_view(self, base):
        application, vue = open_page("parcours", territoire=SAINTES), build_vue_parcours(base, SAINTES)
        assert read_titre(application) == write_titre(vue)
        assert count_marques(application) == len(vue.lues) >= 9
        assert "point de fragilité" in read_texte(application)

    def test_lire_there_and_back(self, base):
        application = open_page("parcours", territoire=SAINTES)
        avant = read_texte(application)
        assert "cohorte entrée en 6" in avant
        application.button_group(key="choix_lire").set_value(DERNIERE).run()
        assert get_adresse(application, "lire") == DERNIERE
        assert read_titre(application) == write_titre(build_vue_parcours(base, SAINTES, DERNIERE))
        assert "cohorte entrée en 6" not in read_texte(application)
        assert "choix_entree" not in [champ.key for champ in application.selectbox]
        application.button_group(key="choix_lire").set_value("cohorte").run()
        assert get_adresse(application, "lire") is None
        assert read_texte(application) == avant

    def test_entree_there_and_back(self, base):
        application = open_page("parcours", territoire=SAINTES)
        avant, champ = read_texte(application), application.selectbox(key="choix_entree")
        vue = build_vue_parcours(base, SAINTES)
        assert (champ.value, champ.options) == (vue.entree, [str(e) for e in vue.entrees])
        autre = vue.entrees[-1]
        champ.set_value(autre).run()
        assert get_adresse(application, "entree") == str(autre)
        assert re.search(rf"cohorte entrée en 6.* en {autre}", read_texte(application))
        assert read_texte(application) != avant
        application.selectbox(key="choix_entree").set_value(vue.entree).run()
        assert read_texte(application) == avant

    def test_territoire_there_and_back(self, base):
        application = open_page("parcours", territoire=SAINTES)
        avant = read_texte(application)
        application.selectbox(key="choix_territoire").set_value(BRESSUIRE).run()
        assert get_adresse(application, "territoire") == BRESSUIRE
        assert read_titre(application) == write_titre(build_vue_parcours(base, BRESSUIRE))
        application.selectbox(key="choix_territoire").set_value(SAINTES).run()
        assert read_texte(application) == avant

    def test_reference_there_and_back(self, base):
        application = open_page("parcours", territoire=NIORTAIS)
        avant = read_texte(application)
        for reference in list_autres(base, NIORTAIS):
            application.selectbox(key="choix_reference").set_value(reference).run()
            assert get_adresse(application, "reference") == reference
            assert f"comparé ici <b>{REFERENCES[reference].a}</b>" in read_html(application)
        application.selectbox(key="choix_reference").set_value(PRINCIPALE).run()
        assert get_adresse(application, "reference") is None
        assert read_texte(application) == avant

    def test_projection_and_its_way_back(self, base):
        """Projecting keeps the reading; the title says whose path it is; leaving gives the page back."""
        application = open_page("parcours", territoire=SAINTES, lire=DERNIERE)
        avant = read_texte(application)
        application.button(key="projeter").click().run()
        assert get_adresse(application, "projeter") == "1" and get_adresse(application, "lire") == DERNIERE
        html = read_html(application)
        assert 'viewBox="0 0 1760 750"' in html and "<h1>Saintes" in html
        assert not application.selectbox and not application.get("download_button")
        styles = "".join(element.proto.body for element in application.get("html"))
        assert "[data-testid=stHeader],.st-key-avis{display:none}" in styles
        assert "Données de démonstration" in styles  # the strip stays
        application.button(key="quitter").click().run()
        assert get_adresse(application, "projeter") is None
        assert read_texte(application) == avant

    def test_a_link_opens_the_same_view(self, base):
        application = open_page("parcours", territoire=SAINTES, entree="2017")
        assert application.selectbox(key="choix_entree").value == 2017
        application = open_page("parcours", territoire=SAINTES, projeter="1")
        assert 'viewBox="0 0 1760 750"' in read_html(application)

    @pytest.mark.parametrize("entree", ["1900", "²", "abc"])
    def test_an_entry_year_of_another_territory_gives_the_fullest(self, base, entree):
        application = open_page("parcours", territoire=SAINTES, entree=entree)
        assert application.selectbox(key="choix_entree").value == build_vue_parcours(base, SAINTES).entree

    def test_unknown_reading_is_explained(self):
        texte = read_texte(open_page("parcours", territoire=SAINTES, lire="lune"))
        assert "lune" in texte and "n’est pas une valeur connue" in texte

    def test_every_name_opens_its_indicator_at_the_rentree_read(self, base):
        html, vue = read_html(open_page("parcours", territoire=SAINTES)), build_vue_parcours(base, SAINTES)
        dessin = re.search(r'<svg class="ru".*?</svg>', html, re.DOTALL)[0]
        ouverts = [read_lien(unescape(lien)) for lien in re.findall(r'<a href="([^"]+)"', dessin)]
        assert {page.nom for page, _ in ouverts} == {"indicateur"}
        lus = {(p["indicateur"], p.get("rentree")) for _, p in ouverts}
        assert lus >= {(m.marque.indicateur, str(m.ligne.valeur.rentree)) for m in vue.lues}

    def test_the_academie_offers_its_departements(self, base):
        application = open_page("parcours")
        assert get_adresse(application, "territoire") == "A13"
        html = read_html(application)
        assert read_titre(application).startswith("L’académie n’a pas de reste à quoi la comparer")
        for code in ("D16", "D17", "D79", "D86"):
            assert f'href="parcours?territoire={code}"' in html
        assert "choix_reference" not in [champ.key for champ in application.selectbox]

    def test_a_reseau_leads_to_its_inter_reseau(self):
        html = read_html(open_page("parcours", territoire=NIORTAIS))
        assert "se lisent d’abord" in html and 'href="parcours?territoire=IR792"' in html

    def test_the_tab_is_marked(self):
        html = read_html(open_page("parcours", territoire=SAINTES))
        assert re.search(r'<a href="parcours\?territoire=IR174" aria-current="page">Parcours</a>', html)
