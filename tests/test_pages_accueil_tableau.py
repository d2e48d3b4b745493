"""Accueil and Tableau de bord in AppTest: what they show, and each widget there and back."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import accueil, donnees, navigation
from indicators.base import open_base
from indicators.chemins import RACINE
from indicators.erreurs import ErreurUsage
from indicators.tableaux_de_bord.accueil import build_accueil, build_couvertures, list_recherche, pick_a_noter
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, REFERENCES, list_autres, name_choix

APPLICATION = str(RACINE / "dashboard" / "app.py")
DELAI = 60


def open_page(nom: str = "accueil", **parametres: str) -> AppTest:
    """Run the application on a page, as a link would."""
    application = AppTest.from_file(APPLICATION, default_timeout=DELAI)
    application.run()
    for cle, valeur in parametres.items():
        application.query_params[cle] = valeur
    if nom != "accueil":
        application.switch_page(f"../pages/{nom}.py")
    return application.run()


def get_html(application: AppTest) -> str:
    """Everything the page shows: blocs and banner, one after the other."""
    blocs = [json.loads(element.proto.json)["html"] for element in application.get("bidi_component")]
    return "\n".join([*blocs, *(element.proto.body for element in application.get("html"))])


def get_select(application: AppTest, libelle: str):
    """The field of that label."""
    return next(champ for champ in application.selectbox if champ.label.startswith(libelle))


@pytest.fixture
def base(base_demo_dossier):
    """The demonstration, open."""
    return open_base(base_demo_dossier / "processed")


class TestApplication:
    """The frame around every page."""

    def test_nothing_published(self):
        """A fresh machine is told what to do."""
        application = open_page()
        assert not application.exception
        assert "Aucune donnée n’est encore publiée" in get_html(application)
        assert "python -m indicators demo" in get_html(application)

    def test_demonstration_is_always_said(self, base_demo_dossier):
        """The banner is on every page."""
        for page in navigation.PAGES:
            application = open_page(page.nom)
            assert not application.exception
            assert "Données de démonstration" in get_html(application), page.nom

    @pytest.mark.parametrize(
        ("parametres", "dit"),
        [
            ({"territoire": "R999"}, "R999"),
            ({"territoire": "A13", "rentree": "l'an dernier"}, "n’est pas une rentrée"),
            ({"territoire": "A13", "indicateur": "inconnu"}, "Aucun indicateur ne porte le code"),
            ({"territoire": "<script>alert(1)</script>"}, "&lt;script&gt;"),
        ],
    )
    def test_a_wrong_link_is_explained(self, base_demo_dossier, parametres, dit):
        """An unknown code gives a sentence and a way out, escaped, without traceback."""
        application = open_page("tableau_de_bord", **parametres)
        assert not application.exception
        html = get_html(application)
        assert "Cette page ne peut pas être affichée" in html
        assert dit in html and "Traceback" not in html

    def test_a_bug_shows_a_reference_not_a_traceback(self, base_demo_dossier, monkeypatch):
        """What is logged stays in the log."""

        def fail(*arguments):
            raise RuntimeError("détail interne")

        monkeypatch.setattr(donnees, "build", fail)
        application = open_page()
        html = get_html(application)
        assert "n’a pas pu être affichée" in html and "Référence" in html
        assert "détail interne" not in html

    def test_a_new_version_shows_at_the_next_interaction(self, copie_demo, monkeypatch):
        """The pointer is read again at each rerun."""
        monkeypatch.setenv("ECLORE_DONNEES", str(copie_demo))
        application = open_page()
        bases = copie_demo / "processed" / "bases"
        fiche = (bases / "v0001.json").read_text(encoding="utf-8")
        (bases / "v0009.duckdb").write_bytes((bases / "v0001.duckdb").read_bytes())
        (bases / "v0009.json").write_text(
            fiche.replace('"v0001"', '"v0009"').replace('"numero": 1', '"numero": 9'), encoding="utf-8"
        )
        assert "Dans la version 9" not in get_html(application)
        (bases / "COURANTE").write_text("v0009\n", encoding="utf-8")
        assert "Dans la version 9" in get_html(application.run())


class TestAccueil:
    """Find a territory, see what is loaded."""

    def test_lists_every_territory(self, base_demo_dossier, base):
        """Map and list hold every réseau and inter-réseau, as links."""
        html = get_html(open_page())
        codes = [
            code for (code,) in base.lignes("SELECT code FROM territoire WHERE niveau IN ('reseau', 'inter_reseau')")
        ]
        assert len(codes) == 51
        assert all(f"tableau_de_bord?territoire={code}" in html for code in codes)
        assert "37\u00a0réseaux, 14\u00a0inter-réseaux" in html

    def test_map_level_there_and_back(self, base_demo_dossier):
        """The switch changes what a click opens, and back."""
        application = open_page(niveau="reseau")
        assert "Carte des 37 réseaux" in get_html(application)
        application.query_params["niveau"] = "inter_reseau"
        assert "Carte des 14 inter-réseaux" in get_html(application.run())

    def test_search_opens_the_territory(self, base_demo_dossier, base):
        """Choosing in the field leads to the tableau de bord."""
        application = open_page()
        champ = get_select(application, "Choisir un territoire")
        assert champ.value is None
        libelle = next(texte for texte in list_recherche(base) if texte.startswith("Réseau Grand Poitiers"))
        champ.select(libelle).run()
        assert not application.exception
        assert application.query_params["territoire"] == "R200069854"

    def test_search_offers_communes_and_establishments(self, base):
        """A commune answers with its réseau, an établissement with its UAI, a name with accents is found without."""
        offres = list_recherche(base)
        commune, reseau = next((t, c) for t, c in offres.items() if ", commune du réseau " in t)
        assert reseau.startswith("R") and commune[0].isupper()
        ((uai,),) = base.lignes("SELECT min(code) FROM territoire WHERE niveau = 'etablissement'")
        assert uai in offres.values()
        assert any("chatellerault" in texte for texte in offres)

    def test_coverage_matches_the_base(self, base):
        """Number of indicators and last rentrée of each domain are those of the figures."""
        couvertures = build_couvertures(base)
        ((nombre,),) = base.lignes("SELECT count(DISTINCT indicateur) FROM valeur WHERE statut = 'ok'")
        assert sum(c.nb_indicateurs for c in couvertures) == nombre
        assert {len(c.cellules) for c in couvertures} == {6}
        assert all(
            bool(cellule.manquants) == (cellule.etat == "partiel") or cellule.etat == "aucun"
            for c in couvertures
            for cellule in c.cellules
        )

    def test_findings_are_established(self, base):
        """One défavorable, then one favorable, whose interval excludes 0."""
        lignes = pick_a_noter(base)
        assert [ligne.etat for ligne in lignes] == ["defavorable", "favorable"]
        for ligne in lignes:
            assert ligne.comparaison.ecart_inf * ligne.comparaison.ecart_sup > 0

    def test_without_contours_the_list_remains(self, base):
        """No map, but a sentence that says what to load."""
        sans = build_accueil(base)
        sans = type(sans)(**{**sans.__dict__, "contours": {}})
        assert "Aucun contour dans la base" in accueil.draw_carte(sans, "reseau")


class TestTableauDeBord:
    """The heart of the product."""

    def test_shows_the_territory_of_the_address(self, base_demo_dossier):
        """A link opens the same view."""
        application = open_page("tableau_de_bord", territoire="R200069854")
        html = get_html(application)
        assert not application.exception
        for attendu in ("Grand Poitiers", "En bref", "Forces", "Fragilités", "Maîtrise du socle", "Lycée et après"):
            assert attendu in html

    def test_default_is_the_academie(self, base_demo_dossier):
        """Without parameters, the largest territory, and the address says it."""
        application = open_page("tableau_de_bord")
        assert application.query_params["territoire"] == "A13"
        assert "Académie de Poitiers" in get_html(application)

    def test_territoire_there_and_back(self, base_demo_dossier):
        """The field writes the address, the address drives the page."""
        application = open_page("tableau_de_bord", territoire="R200069854")
        get_select(application, "Territoire").select("D79").run()
        assert application.query_params["territoire"] == "D79"
        assert "<h1>Deux-Sèvres" in get_html(application)
        get_select(application, "Territoire").select("R200069854").run()
        assert application.query_params["territoire"] == "R200069854"
        assert "<h1>Grand Poitiers" in get_html(application)

    def test_rentree_there_and_back(self, base_demo_dossier):
        """Choosing a rentrée, then «Dernière connue», leaves no trace in the address."""
        application = open_page("tableau_de_bord", territoire="R200069854")
        avant = get_html(application)
        get_select(application, "Rentrée").select(2021).run()
        assert application.query_params["rentree"] == "2021"
        assert "2021-2022" in get_html(application) and get_html(application) != avant
        get_select(application, "Rentrée").select(0).run()
        assert "rentree" not in application.query_params
        assert get_html(application) == avant

    def test_references_there_and_back(self, base_demo_dossier, base):
        """Each reference offered drives the page through the address, and coming back leaves no trace."""
        application = open_page("tableau_de_bord", territoire="R200069854")
        avant = get_html(application)
        assert "Sur les autres pages" not in avant
        autres = list_autres(base, "R200069854")
        assert get_select(application, "Comparé à").options == [name_choix(r) for r in (PRINCIPALE, *autres)]
        for reference in autres:
            get_select(application, "Comparé à").select(reference).run()
            assert not application.exception
            assert application.query_params["reference"] == reference
            html = get_html(application)
            assert f"comparée <b>{REFERENCES[reference].a}</b>" in html and html != avant
        get_select(application, "Comparé à").select(PRINCIPALE).run()
        assert "reference" not in application.query_params
        assert get_html(application) == avant

    def test_reference_stays_with_its_territory(self, base_demo_dossier):
        """A link opens the same comparison; another territory is first read against its main reference."""
        application = open_page("tableau_de_bord", territoire="R200069854", reference="departement")
        assert "comparée <b>au reste du département</b>" in get_html(application)
        get_select(application, "Territoire").select("D79").run()
        assert "reference" not in application.query_params
        assert "Sur les autres pages" not in get_html(application)

    @pytest.mark.parametrize("code", ["A13", "0860034X"])
    def test_no_choice_where_nothing_else_compares(self, base_demo_dossier, base, code):
        """Neither the académie nor an établissement has another reference."""
        if code != "A13":
            ((code,),) = base.lignes("SELECT min(code) FROM territoire WHERE type = 'college'")
        application = open_page("tableau_de_bord", territoire=code)
        assert "Comparé à" not in [champ.label for champ in application.selectbox]

    def test_links_to_missing_references(self, base_demo_dossier):
        """One without figures opens and says so; one that does not exist is explained."""
        application = open_page("tableau_de_bord", territoire="D86", reference="departement")
        assert "Aucun chiffre de cette page ne se compare <b>au reste du département</b>" in get_html(application)
        application = open_page("tableau_de_bord", territoire="D86", reference="lune")
        assert not application.exception
        assert "« lune » n’est pas une valeur connue".replace(" ", "") in get_html(application).replace(
            "\u00a0", ""
        ).replace(" ", "")

    def test_choice_survives_the_menu(self, base_demo_dossier):
        """Going elsewhere and back through the menu keeps the territory."""
        application = open_page("tableau_de_bord", territoire="D86")
        application.query_params.clear()
        application.switch_page("../pages/methode.py").run()
        application.query_params.clear()
        application.switch_page("../pages/tableau_de_bord.py").run()
        assert application.query_params["territoire"] == "D86"


class TestNavigation:
    """Addresses."""

    def test_round_trip(self):
        """An address made is an address read."""
        adresse = navigation.lien("indicateur", territoire="R01", rentree=2024, modalite=None)
        assert adresse == "indicateur?territoire=R01&rentree=2024"
        page, parametres = navigation.read_lien(adresse)
        assert (page.nom, parametres) == ("indicateur", {"territoire": "R01", "rentree": "2024"})
        assert navigation.read_lien("./")[0] is navigation.ACCUEIL

    def test_unknown_page(self):
        """A link to nowhere is refused in French."""
        with pytest.raises(ErreurUsage, match="Aucune page"):
            navigation.read_lien("secret?x=1")

    def test_every_page_has_its_script(self):
        """The menu lists files that exist."""
        assert all((RACINE / "pages" / f"{page.nom}.py").exists() for page in navigation.PAGES)
