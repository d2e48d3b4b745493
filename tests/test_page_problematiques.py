"""The page Problématiques: what it shows is what was published, every rule is somewhere, every choice comes back."""

import re

import pytest

from dashboard import partage, problematiques
from dashboard.navigation import lien
from dashboard.problematiques_croisement import share_pourcents
from indicators.base import open_base
from indicators.chemins import get_processed
from indicators.problematiques import list_regles
from indicators.tableaux_de_bord import phrases_problematiques as phrases
from indicators.tableaux_de_bord.constats import list_constats, list_constats_partout
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.vue_partage import build_vue_partage
from indicators.tableaux_de_bord.vue_problematiques import build_vue_problematiques
from indicators.territoires import Niveau
from tests.test_pages_accueil_tableau import get_html, open_page

HAUT_POITOU, AUNIS, NIORTAIS, BRESSUIRE = "R200069763", "R200041499", "R200041317", "IR791"


@pytest.fixture
def base(base_demo_dossier):
    return open_base(get_processed())


class TestVue:
    """The view: every rule of the level is in one list, and its figures are those of the base."""

    @pytest.mark.parametrize("code", [HAUT_POITOU, AUNIS, NIORTAIS, BRESSUIRE, "D79", "A13"])
    def test_lists_add_up_to_the_rules_of_the_level(self, base, code):
        vue = build_vue_problematiques(base, code)
        assert vue.nb_regles == len(list_regles(vue.territoire.niveau))
        comptes = [
            int(n) for n in re.findall(r"(\d+) (?:retenue|non trouvée|indécise|sans)", phrases.write_comptes(vue))
        ]
        assert sum(comptes) == vue.nb_regles

    def test_evidence_is_that_of_the_base(self, base):
        (premiere, *_) = build_vue_problematiques(base, HAUT_POITOU).trouvees
        assert premiere.regle.code == "socle_contexte_favorable"
        socle = premiere.indices[1]
        ((numerateur, denominateur),) = base.lignes(
            """SELECT numerateur, denominateur FROM valeur WHERE indicateur = 'maitrise_socle' AND niveau = 'reseau'
            AND territoire = ? AND modalite = 'ensemble' AND rentree = ?""",
            (HAUT_POITOU, socle.rentree),
        )
        assert socle.valeur == pytest.approx(numerateur / denominateur)
        assert socle.effectif == premiere.effectif == denominateur
        assert socle.ligne.valeur.valeur == socle.valeur and socle.ligne.etat == "defavorable"
        assert socle.ecart < socle.estime < 0  # drawn towards its level

    def test_profile_is_no_surer_than_its_conditions(self, base):
        for code in (HAUT_POITOU, AUNIS, BRESSUIRE, "D79"):
            for p in build_vue_problematiques(base, code).trouvees:
                assert p.probabilite <= min(i.probabilite for i in p.indices)

    def test_spread_shows_every_college_of_the_territory_without_its_name(self, base):
        vue = build_vue_problematiques(base, AUNIS)
        disparites = next(p for p in vue.trouvees if p.regle.code == "disparites_cachees")
        valeurs = [v.valeur for v in disparites.etablissements]
        assert len(valeurs) == 4 and valeurs == sorted(valeurs)
        noms = [n for (n,) in base.lignes("SELECT nom FROM territoire WHERE niveau = 'etablissement'")]
        html = problematiques.render_page(base, AUNIS)
        assert not [nom for nom in noms if len(nom) > 8 and nom in html]

    def test_a_crossing_has_a_hundred_draws_that_agree_with_its_shares(self, base):
        croisement = build_vue_problematiques(base, HAUT_POITOU).trouvees[0].croisement
        parts = (croisement.part_deux, croisement.part_x, croisement.part_y, croisement.part_aucune)
        assert sum(parts) == pytest.approx(1) and len(croisement.points) == 100
        html = problematiques.render_page(base, HAUT_POITOU)
        dedans = html.split('id="socle_contexte_favorable"')[1].split("</article>")[0]
        noirs = dedans.count('r="1.7" fill-opacity=".8" fill="#1B1F27"')
        assert noirs == round(100 * croisement.part_deux)

    def test_an_etablissement_has_no_problematique_but_says_where_to_read(self, base):
        ((uai,),) = base.lignes(
            "SELECT code FROM territoire WHERE niveau = 'etablissement' AND type = 'college' LIMIT 1"
        )
        vue = build_vue_problematiques(base, uai)
        assert vue.nb_regles == 0 and vue.parents
        assert "Lire celles de" in problematiques.render_page(base, uai)

    def test_nothing_found_says_how_many_were_looked_at(self, base):
        vue = build_vue_problematiques(base, NIORTAIS)
        assert not vue.trouvees
        assert phrases.write_titre(vue).startswith(f"Aucune des {vue.nb_regles} règles n’est probable ici")


class TestMots:
    """Words of a probability, and percentages that add up."""

    @pytest.mark.parametrize(
        ("p", "mot", "nombre"),
        [
            (0.3949, "peu probable", "39\u00a0%"),
            (0.395, "indécise", "40\u00a0%"),
            (0.6, "à confirmer", "60\u00a0%"),
            (0.749, "probable", "75\u00a0%"),
            (0.9, "très probable", "90\u00a0%"),
            (0.9649, "très probable", "96\u00a0%"),
            (0.97, "quasi certain", "97\u00a0%"),
            (1.0, "quasi certain", ">\u00a099\u00a0%"),
        ],
    )
    def test_word_and_number_agree(self, p, mot, nombre):
        assert (phrases.say_probabilite(p), phrases.format_probabilite(p)) == (mot, nombre)

    @pytest.mark.parametrize(
        "parts", [(0.905, 0.05, 0.045, 0.0), (1 / 3, 1 / 3, 1 / 3, 0.0), (0.255, 0.255, 0.245, 0.245)]
    )
    def test_shares_add_up_to_a_hundred(self, parts):
        assert sum(share_pourcents(parts)) == 100


class TestPartage:
    """The matrix and the map of the cellule académique."""

    def test_matrix_is_the_table_published(self, base):
        vue = build_vue_partage(base, Niveau.RESEAU)
        assert len(vue.lignes) == 37 and [r.code for r in vue.regles] == [r.code for r in list_regles(Niveau.RESEAU)]
        publies = dict(
            base.lignes(
                """SELECT territoire, count(*) FROM problematique
                WHERE niveau = 'reseau' AND statut = 'trouvee' GROUP BY 1"""
            )
        )
        assert {li.territoire.code: li.nb_trouvees for li in vue.lignes if li.nb_trouvees} == publies

    def test_one_row_per_territory_one_column_per_rule(self, base):
        html = partage.render_page(base, Niveau.RESEAU, "socle_contexte_favorable", HAUT_POITOU)
        assert html.count('<th scope="row"><a') == 37
        assert html.count('<th scope="col"') == 1 + len(list_regles(Niveau.RESEAU))
        assert html.count('class="choisi"') == 1 and html.count("partage-R") >= 37

    def test_no_colour_of_judgement(self, base):
        html = partage.render_page(base, Niveau.RESEAU, "socle_contexte_favorable", HAUT_POITOU)
        assert "#0B5A9C" not in html and "#A8480A" not in html


class TestPage:
    """The page in AppTest: choices are in the address, there and back."""

    def test_shows_the_findings_of_the_territory(self, base_demo_dossier):
        html = get_html(open_page("problematiques", territoire=HAUT_POITOU))
        assert "Socle fragile malgré un contexte favorable" in html and "Questions pour le COPIL" in html

    def test_vue_there_and_back(self, base_demo_dossier):
        page = open_page("problematiques", territoire=HAUT_POITOU)
        page.segmented_control(key="choix_vue").set_value("territoires").run()
        assert page.query_params["vue"] == "territoires" and "Trouvées" in get_html(page)
        page.segmented_control(key="choix_vue").set_value("territoire").run()
        assert "vue" not in page.query_params and "Questions pour le COPIL" in get_html(page)

    def test_niveau_and_regle_there_and_back(self, base_demo_dossier):
        page = open_page("problematiques", territoire=HAUT_POITOU, vue="territoires", niveau="reseau")
        derniere = list_regles(Niveau.RESEAU)[-1]
        page.selectbox(key="choix_regle").select(derniere.code).run()
        assert page.query_params["regle"] == derniere.code
        assert f'<h3 class="reg">{derniere.titre.replace("6ᵉ", "6<sup")[:12]}' in get_html(page)
        page.selectbox(key="choix_niveau").select(Niveau.INTER_RESEAU).run()
        assert page.query_params["niveau"] == "inter_reseau" and "regle" not in page.query_params
        assert "Accès au bac" in get_html(page) or "Rupture collège" in get_html(page)
        page.selectbox(key="choix_niveau").select(Niveau.RESEAU).run()
        assert "Rupture école" in get_html(page)

    def test_territoire_there_and_back(self, base_demo_dossier):
        page = open_page("problematiques", territoire=HAUT_POITOU)
        page.selectbox(key="choix_territoire").select(NIORTAIS).run()
        assert "Aucune des" in get_html(page)
        page.selectbox(key="choix_territoire").select(HAUT_POITOU).run()
        assert "Socle fragile malgré un contexte favorable" in get_html(page)

    @pytest.mark.parametrize("parametres", [{"vue": "autre"}, {"vue": "territoires", "regle": "inconnue"}])
    def test_a_wrong_link_is_explained(self, base_demo_dossier, parametres):
        assert "Corrigez l" in get_html(open_page("problematiques", territoire=HAUT_POITOU, **parametres))


class TestAilleurs:
    """The tableau de bord and the first page lead there."""

    def test_the_two_most_probable_are_named_on_the_tableau_de_bord(self, base, base_demo_dossier):
        constats = list_constats(base, read_territoire(base, HAUT_POITOU))
        assert len(constats) == 2 and constats[0].probabilite >= constats[1].probabilite - 0.001
        html = get_html(open_page("tableau_de_bord", territoire=HAUT_POITOU))
        assert all(c.regle.titre in html for c in constats)
        assert lien("problematiques", territoire=HAUT_POITOU) in html

    def test_none_is_named_where_none_was_found(self, base_demo_dossier):
        assert 'class="pbl' not in get_html(open_page("tableau_de_bord", territoire=NIORTAIS))

    def test_first_page_names_the_most_probable_of_the_academie(self, base, base_demo_dossier):
        constats = list_constats_partout(base)
        ((plus_sure,),) = base.lignes(
            """SELECT max(probabilite) FROM problematique
            WHERE statut = 'trouvee' AND niveau IN ('reseau', 'inter_reseau')"""
        )
        assert len(constats) == 2 and constats[0].probabilite == pytest.approx(plus_sure, abs=0.001)
        assert len({c.territoire.code for c in constats}) == 2
        html = get_html(open_page("accueil"))
        assert all(c.territoire.nom in html for c in constats)
