"""Pages Indicateur, Carte, Évolutions, Méthode on the demonstration: exact values, each widget there and back."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.formats import format_nombre, format_valeur
from indicators.base import Base, open_base
from indicators.catalogue import get_indicateur
from indicators.chemins import RACINE
from indicators.territoires import Niveau

INDICATEUR = "taux_reussite_dnb_generale"
TERRITOIRE = "R200069854"


@pytest.fixture
def base(base_demo_dossier) -> Base:
    return open_base(base_demo_dossier / "processed")


def open_page(page: str, **parametres: str) -> AppTest:
    """The application on a page, at an address."""
    application = AppTest.from_file(str(RACINE / "dashboard" / "app.py"), default_timeout=60)
    application.run()
    for nom, valeur in parametres.items():
        application.query_params[nom] = valeur
    return application.switch_page(str(RACINE / "pages" / f"{page}.py")).run()


def read_html(application: AppTest) -> str:
    """Everything that blocs show, without their style sheets."""
    assert not application.exception
    blocs = [json.loads(element.proto.json)["html"] for element in application.get("bidi_component")]
    return re.sub(r"<style>.*?</style>", "", "".join(blocs), flags=re.DOTALL)


def read_texte(application: AppTest) -> str:
    """The same, without tags."""
    return re.sub(r"<[^>]+>", " ", read_html(application))


def get_adresse(application: AppTest, nom: str) -> str | None:
    valeur = application.query_params.get(nom)
    return valeur[0] if isinstance(valeur, list) else valeur


def read_cellule(base: Base, rentree: int, code: str = TERRITOIRE) -> tuple:
    ((*cellule,),) = base.lignes(
        "SELECT numerateur, denominateur, valeur FROM valeur WHERE indicateur = ? AND territoire = ? AND rentree = ? "
        "AND modalite = 'ensemble'",
        [INDICATEUR, code, rentree],
    )
    return tuple(cellule)


class TestIndicateur:
    def test_figures_are_those_of_the_base(self, base):
        """The value, its counts, the number of lines behind and the last point of the chart come from the base."""
        texte = read_texte(application := open_page("indicateur", indicateur=INDICATEUR, territoire=TERRITOIRE))
        ((derniere,),) = base.lignes(
            "SELECT max(rentree) FROM valeur WHERE indicateur = ? AND territoire = ? AND statut = 'ok'",
            [INDICATEUR, TERRITOIRE],
        )
        numerateur, denominateur, valeur = read_cellule(base, derniere)
        assert format_valeur(get_indicateur(INDICATEUR), valeur) in texte
        assert f"{format_nombre(numerateur)} / {format_nombre(denominateur)} présents" in texte
        figure = json.loads(application.get("plotly_chart")[0].proto.spec)
        assert figure["data"][-1]["y"][-1] == pytest.approx(100 * valeur)

    def test_lists_every_reseau_once(self, base):
        html = read_html(open_page("indicateur", indicateur=INDICATEUR, territoire=TERRITOIRE))
        liste = re.search(r'<table class="li.*?</table>', html, re.DOTALL)[0]
        masques = base.lignes(
            "SELECT count(*) FROM valeur WHERE indicateur = ? AND niveau = 'reseau' AND statut <> 'ok' "
            "AND modalite = 'ensemble' AND rentree = (SELECT max(rentree) FROM valeur WHERE indicateur = ?)",
            [INDICATEUR, INDICATEUR],
        )
        assert liste.count("<tr data-code") + liste.count('<tr class="sel"') == 37 - masques[0][0]
        assert liste.count('class="sel"') == 1

    @pytest.mark.parametrize(
        ("cle", "parametre", "autre"),
        [
            ("choix_territoire", "territoire", "R200041317"),
            ("choix_indicateur", "indicateur", "taux_acces_6e_3e"),
        ],
    )
    def test_selectors_there_and_back(self, base_demo_dossier, cle, parametre, autre):
        application = open_page("indicateur", indicateur=INDICATEUR, territoire=TERRITOIRE)
        avant, depart = read_texte(application), get_adresse(application, parametre)
        application.selectbox(key=cle).set_value(autre).run()
        assert get_adresse(application, parametre) == autre
        assert read_texte(application) != avant
        application.selectbox(key=cle).set_value(depart).run()
        assert get_adresse(application, parametre) == depart
        assert read_texte(application) == avant

    def test_rentree_there_and_back(self, base):
        application = open_page("indicateur", indicateur=INDICATEUR, territoire=TERRITOIRE)
        avant, depart = read_texte(application), application.selectbox(key="choix_rentree").value
        application.selectbox(key="choix_rentree").set_value(2022).run()
        assert get_adresse(application, "rentree") == "2022"
        _, _, valeur = read_cellule(base, 2022)
        assert format_valeur(get_indicateur(INDICATEUR), valeur) in read_texte(application)
        application.selectbox(key="choix_rentree").set_value(depart).run()
        assert read_texte(application) == avant

    def test_lines_open_from_the_address(self, base_demo_dossier):
        """«voir les lignes» is a link: the address alone opens the dialog, with its file."""
        application = open_page("indicateur", indicateur=INDICATEUR, territoire=TERRITOIRE, lignes="1")
        assert "Lignes des extraits" in read_html(application)
        assert "Télécharger ces lignes (CSV)" in [b.label for b in application.get("download_button")]

    def test_unknown_indicator_says_what_to_do(self, base_demo_dossier):
        texte = read_texte(open_page("indicateur", indicateur="inconnu", territoire=TERRITOIRE))
        assert "Aucun indicateur ne porte le code" in texte
        assert "Traceback" not in texte

    @pytest.mark.parametrize("code", ["A13", "D86", "IR863", TERRITOIRE])
    def test_every_level_opens(self, base_demo_dossier, code):
        texte = read_texte(open_page("indicateur", indicateur="taux_reussite_bac_gt", territoire=code))
        assert "D’où vient ce chiffre" in texte


class TestCarte:
    def test_one_outline_and_one_row_per_reseau(self, base):
        html = read_html(open_page("carte", indicateur=INDICATEUR, niveau="reseau"))
        assert html.count('<use class="actif') == 37
        assert html.count("tableau_de_bord?territoire=R") >= 37
        ((valeur,),) = base.lignes(
            "SELECT valeur FROM valeur WHERE indicateur = ? AND territoire = ? ORDER BY rentree DESC LIMIT 1",
            [INDICATEUR, TERRITOIRE],
        )
        assert format_valeur(get_indicateur(INDICATEUR), valeur, unite=False) in html

    def test_niveau_there_and_back(self, base_demo_dossier):
        application = open_page("carte", indicateur=INDICATEUR)
        niveau = application.selectbox(key="choix_niveau")
        avant, depart = read_texte(application), niveau.value
        niveau.set_value(Niveau.INTER_RESEAU).run()
        assert read_html(application).count('<use class="actif') == 14
        application.selectbox(key="choix_niveau").set_value(depart).run()
        assert read_texte(application) == avant

    def test_couleur_there_and_back(self, base_demo_dossier):
        application = open_page("carte", indicateur=INDICATEUR)
        avant = read_texte(application)
        application.button_group(key="choix_couleur").set_value("etat").run()
        assert get_adresse(application, "couleur") == "etat"
        assert "par état" in read_texte(application)
        application.button_group(key="choix_couleur").set_value("classes").run()
        assert get_adresse(application, "couleur") is None
        assert read_texte(application) == avant

    def test_two_rentrees_there_and_back(self, base_demo_dossier):
        application = open_page("carte", indicateur=INDICATEUR)
        avant = read_texte(application)
        application.selectbox(key="choix_seconde").set_value("rentree").run()
        html = read_html(application)
        assert html.count('<svg class="carte"') == 2
        assert application.selectbox(key="choix_rentree2").value == 2023
        application.selectbox(key="choix_rentree2").set_value(2022).run()
        assert get_adresse(application, "rentree2") == "2022"
        assert "2022-2023 et 2024-2025" in read_texte(application)
        application.selectbox(key="choix_seconde").set_value("aucune").run()
        assert read_texte(application) == avant

    def test_two_indicators(self, base_demo_dossier):
        application = open_page("carte", indicateur=INDICATEUR, seconde="indicateur", indicateur2="ips_colleges")
        assert read_html(application).count('<svg class="carte"') == 2
        assert "Indice de position sociale" in read_texte(application)

    def test_counts_are_discs(self, base_demo_dossier):
        html = read_html(open_page("carte", indicateur="effectif_colleges", niveau="departement"))
        assert html.count('<circle class="rep"') == 4


class TestEvolutions:
    def test_default_lines_and_their_last_values(self, base):
        application = open_page("evolutions", indicateur=INDICATEUR, territoire=TERRITOIRE)
        figure = json.loads(application.get("plotly_chart")[0].proto.spec)
        assert {t["name"] for t in figure["data"]} >= {"Réseau Grand Poitiers", "Inter-réseau Poitiers"}
        _, _, valeur = read_cellule(base, 2024)
        assert f"n = {format_nombre(read_cellule(base, 2024)[1])}" in read_texte(application)
        fins = [t["y"][-1] for t in figure["data"] if t["name"] == "Réseau Grand Poitiers"]
        assert fins[-1] == pytest.approx(100 * valeur)

    def test_territoires_there_and_back(self, base_demo_dossier):
        application = open_page("evolutions", indicateur=INDICATEUR, territoire=TERRITOIRE)
        avant, depart = read_texte(application), application.multiselect(key="choix_territoires").value
        application.multiselect(key="choix_territoires").set_value(["D16", "D17"]).run()
        assert get_adresse(application, "territoires") == "D16,D17"
        assert "Département Charente-Maritime" in read_texte(application)
        application.multiselect(key="choix_territoires").set_value(depart).run()
        assert get_adresse(application, "territoires") is None
        assert read_texte(application) == avant

    def test_axe_there_and_back(self, base_demo_dossier):
        application = open_page("evolutions", indicateur=INDICATEUR, territoire=TERRITOIRE)
        avant = read_texte(application)
        application.button_group(key="choix_axe").set_value("indicateurs").run()
        assert len(application.get("plotly_chart")) == 6
        application.multiselect(key="choix_indicateurs").set_value(["ips_colleges"]).run()
        assert get_adresse(application, "indicateurs") == "ips_colleges"
        application.button_group(key="choix_axe").set_value("territoires").run()
        assert read_texte(application) == avant


class TestMethode:
    def test_search_there_and_back(self, base_demo_dossier):
        application = open_page("methode")
        avant = read_texte(application)
        assert "Le catalogue" in avant
        application.text_input(key="choix_mots").set_value("decrochage repere").run()
        assert get_adresse(application, "q") == "decrochage repere"
        assert "Part des élèves repérés en décrochage" in read_texte(application)
        assert "Taux de réussite au diplôme national du brevet" not in read_texte(application)
        application.text_input(key="choix_mots").set_value("").run()
        assert read_texte(application) == avant

    def test_parts_there_and_back(self, base):
        application = open_page("methode")
        avant = read_texte(application)
        application.button_group(key="choix_partie").set_value("extraits").run()
        ((nombre,),) = base.lignes("SELECT count(*) FROM chargement")
        assert f"{nombre}\u00a0fichiers" in read_texte(application)
        application.button_group(key="choix_partie").set_value("methode").run()
        assert any("Wilson" in m.value for m in application.markdown)
        application.button_group(key="choix_partie").set_value("catalogue").run()
        assert read_texte(application) == avant

    def test_nothing_found_says_so(self, base_demo_dossier):
        assert "Aucune fiche ne contient" in read_texte(open_page("methode", q="<b>zzz</b>"))
