"""The page Diagnostic: the parts of the other pages, in the order of a COPIL, on a version that its address keeps."""

import re

import pytest

from dashboard import diagnostic
from indicators.base import open_base
from indicators.catalogue import Domaine, load_catalogue
from indicators.chemins import get_processed
from indicators.diagnostic import Diagnostic, load_diagnostic
from indicators.erreurs import ErreurCatalogue
from indicators.publication import get_dossiers, publish
from indicators.tableaux_de_bord.construction import build_tableau_de_bord
from indicators.tableaux_de_bord.noms_territoires import contract_de, join_nom, name_en_phrase
from indicators.tableaux_de_bord.vue_diagnostic import build_vue_diagnostic
from indicators.territoires import Niveau, Territoire
from indicators.territoires.referentiel import load_academies
from tests.test_nouvelle_version import open_menu, open_session
from tests.test_pages_accueil_tableau import get_html, open_page

HAUT_POITOU, BRESSUIRE = "R200069763", "IR791"
SILENCE = lambda texte: None  # noqa: E731


@pytest.fixture
def base(base_demo_dossier):
    return open_base(get_processed())


class TestThemes:
    """`diagnostic.yaml`: each indicator is discussed once, and a fault is told."""

    def test_socle_first_for_a_reseau_and_orientation_for_an_inter_reseau(self):
        ordre = load_diagnostic().ordre
        assert ordre[Niveau.RESEAU][0] == "socle"
        assert ordre[Niveau.INTER_RESEAU][:4] == ("orientation", "validation", "decrochage", "insertion")

    def test_every_indicator_but_the_context_has_one_theme(self):
        sans = {code for code, fiche in load_catalogue().items() if not load_diagnostic().find_theme(fiche)}
        assert sans == {code for code, fiche in load_catalogue().items() if fiche.domaine is Domaine.CONTEXTE}

    @pytest.mark.parametrize(
        ("changement", "dit"),
        [
            ({"ordre": {"reseau": ["socle"]}}, "ordre.reseau : chaque thème une fois"),
            ({"themes": {"socle": {"titre": "S", "domaine": "socle", "indicateurs": ["inconnu"]}},
              "ordre": {"reseau": ["socle"]}}, "aucune fiche ne porte le code « inconnu »"),
            ({"themes": {"socle": {"titre": "S", "domaine": "autre"}}, "ordre": {}}, "themes.socle.domaine"),
        ],
    )  # fmt: skip
    def test_faults_are_told(self, tmp_path, changement, dit):
        contenu = load_diagnostic().model_dump(mode="json") | changement
        chemin = tmp_path / "diagnostic.yaml"
        chemin.write_text(__import__("yaml").safe_dump(contenu, allow_unicode=True), encoding="utf-8")
        with pytest.raises(ErreurCatalogue) as erreur:
            load_diagnostic(chemin)
        assert dit in str(erreur.value).replace("\u00a0", " ")
        assert isinstance(load_diagnostic(), Diagnostic)


class TestNoms:
    """A territory inside a sentence."""

    @pytest.mark.parametrize(
        ("niveau", "nom", "officiel", "attendu"),
        [
            (Niveau.RESEAU, "Île de Ré", "CC de l'Ile de Ré", "du réseau de l’Île de Ré"),
            (Niveau.RESEAU, "Haute Saintonge", "CC de la Haute Saintonge", "du réseau de la Haute Saintonge"),
            (Niveau.RESEAU, "La Rochelle", "CA de La Rochelle", "du réseau de La Rochelle"),
            (Niveau.RESEAU, "4B Sud Charente", "CC des 4B Sud Charente", "du réseau des 4B Sud Charente"),
            (Niveau.RESEAU, "Aunis Sud", "CC Aunis Sud", "du réseau Aunis Sud"),
            (Niveau.RESEAU, "Le Vigan", "Circonscription du Vigan", "du réseau Le Vigan"),
            (Niveau.INTER_RESEAU, "Angoulême", "Inter-réseau de Angoulême", "de l’inter-réseau d’Angoulême"),
            (Niveau.ACADEMIE, "Académie de Poitiers", "Académie de Poitiers", "de l’académie de Poitiers"),
        ],
    )
    def test_article_and_elision(self, niveau, nom, officiel, attendu):
        assert contract_de(join_nom(Territoire(niveau, "X", nom), officiel)) == attendu

    def test_every_departement_of_the_country(self):
        """«du département de la Charente», never «de le», «de les», «de l’H» aspirated nor a vowel after «de»."""
        noms = [
            join_nom(d.territoire, d.nom) for a in load_academies().values() for d in a.liste_departements
        ]  # fmt: skip
        assert len(noms) == 101
        fautes = [n for n in noms if re.search(r"de le |de les |de l’H(?!érault)|\bde (?=[AEÉIOUY])|du [AEÉIOU]", n)]
        assert fautes == []
        assert {"le département des Deux-Sèvres", "le département de l’Hérault", "le département d’Eure-et-Loir",
                "le département du Val-d’Oise", "le département de La Réunion"} <= set(noms)  # fmt: skip


class TestPage:
    """What the page shows."""

    @pytest.mark.parametrize(("code", "premier"), [(HAUT_POITOU, "Maîtrise du socle"), (BRESSUIRE, "Orientation")])
    def test_themes_in_the_order_of_the_level(self, base, code, premier):
        vue = build_vue_diagnostic(base, code)
        assert vue.parties[0].theme.titre == premier
        html = diagnostic.render_page(base, code)
        lus = [p.theme.titre for p in vue.parties if not p.est_vide]
        places = [html.index(f"<h3>{titre}</h3>") for titre in lus]
        assert places == sorted(places)

    def test_gaps_are_those_of_the_tableau_de_bord(self, base):
        vue = build_vue_diagnostic(base, HAUT_POITOU)
        (socle,) = [p for p in vue.parties if p.theme.titre == "Maîtrise du socle"]
        tableau = build_tableau_de_bord(base, HAUT_POITOU)
        assert {li.indicateur.code for li in tableau.fragilites} <= {li.indicateur.code for li in socle.fragilites}
        assert sum(n for p in vue.parties for n in p.decompte.values()) == sum(
            n for bloc in tableau.domaines if bloc.domaine is not Domaine.CONTEXTE for n in bloc.decompte.values()
        )

    def test_identity_then_gaps_then_path_then_findings_then_questions(self, base):
        html = diagnostic.render_page(base, HAUT_POITOU)
        reperes = [
            "En bref",
            "Forces et fragilités",
            'class="pc"',
            'id="socle_contexte_favorable"',
            "Questions pour le COPIL",
        ]
        assert [html.index(r) for r in reperes] == sorted(html.index(r) for r in reperes)
        assert "Diagnostic du réseau du Haut Poitou" in html

    def test_names_of_every_territory(self, base):
        lignes = base.lignes(
            "SELECT niveau, code, nom FROM territoire WHERE niveau NOT IN ('etablissement', 'commune')"
        )
        noms = [name_en_phrase(base, Territoire(Niveau(n), c, m)) for n, c, m in lignes]
        assert not [nom for nom in noms if re.search(r"\bde (?:le |les |[AEÉÎIOU])|  |None", nom)]

    def test_territoire_there_and_back(self, base_demo_dossier):
        page = open_page("diagnostic", territoire=HAUT_POITOU)
        page.selectbox(key="choix_territoire").select(BRESSUIRE).run()
        assert "Diagnostic de l’inter-réseau de Bressuire" in get_html(page)
        page.selectbox(key="choix_territoire").select(HAUT_POITOU).run()
        assert "Diagnostic du réseau du Haut Poitou" in get_html(page)

    @pytest.mark.long
    def test_link_keeps_its_version_and_says_when_it_is_superseded(self, copie_demo, monkeypatch):
        monkeypatch.setenv("ECLORE_DONNEES", str(copie_demo))
        page = open_page("diagnostic", territoire=HAUT_POITOU)
        numero = page.query_params["version"]
        assert f"base version\u00a0{numero}" in get_html(page)
        publish(get_dossiers(), progres=SILENCE)
        session = open_session(version=numero)
        session.query_params["territoire"] = HAUT_POITOU
        ancien = get_html(open_menu(session, "diagnostic"))
        assert f"lu sur la base version\u00a0{numero}" in ancien and f"Voir la version\u00a0{int(numero) + 1}" in ancien
