"""Croiser: what is published for it, what its view holds, what the chart, the list and the draft rule say of it."""

import math
import random
import re

import pytest
from pandas import DataFrame

from dashboard import croiser, croiser_phrases, croiser_profil
from dashboard.croiser_echelles import make_echelle
from dashboard.croiser_graphique import TEINTE_DEFAVORABLE, TEINTE_FAVORABLE, choose_teinte, draw_croisement
from dashboard.croiser_selecteurs import read_clic, read_nombre
from dashboard.theme import NEUTRE
from indicators.base import Base, open_base
from indicators.catalogue import Nature, load_catalogue
from indicators.erreurs import ErreurUsage
from indicators.problematiques import Lecture, Mesure, parse_regle
from indicators.problematiques.brouillons import make_condition, name_brouillon, write_brouillon
from indicators.problematiques.croisements import build_a_posteriori
from indicators.problematiques.donnees import Donnees
from indicators.tableaux_de_bord.croiser_objets import Demande, list_lectures
from indicators.tableaux_de_bord.vue_croiser import (
    build_vue_croiser,
    draw_tirages,
    list_croisables,
    list_references,
)
from indicators.territoires import Niveau
from tests.test_comparer import HOSTILE, insert_comparaison
from tests.test_vues import PetiteBase

DNB, DECROCHAGE, IPS, SUITE = "taux_reussite_dnb", "taux_decrochage", "ips_colleges", "poursuite_superieur"
CODES = {"R1": "Premier", "R2": HOSTILE, "R3": "Au seuil", "R4": "Secret", "R5": "Sans effectif"}


def insert_a_posteriori(
    base: PetiteBase, code: str, indicateur: str, ecart: float, ecart_type: float, **champs
) -> None:
    """What was published of a true difference, with its value and comparison."""
    reference = champs.get("valeur_reference", 0.8)
    base.insert_valeur("reseau", code, (reference + ecart) * 100, 100, indicateur=indicateur)
    insert_comparaison(base, code, ecart, "non_concluant", indicateur=indicateur, valeur_reference=reference)
    ligne = dict(
        indicateur=indicateur, niveau="reseau", territoire=code, rentree=2023, modalite="ensemble",
        reference="academie", valeur_reference=reference, ecart=ecart, ecart_type=ecart_type,
    )  # fmt: skip
    base.insert("a_posteriori", **(ligne | champs))


@pytest.fixture
def base() -> PetiteBase:
    """DNB (écart utile: 3 points), décrochage (1 point, low is good), IPS (2, neutral): R3 at every usual threshold."""
    b = PetiteBase()
    for code, nom in CODES.items():
        b.insert("territoire", niveau="reseau", code=code, nom=nom, est_provisoire=False)
    for indicateur, ecarts, ecart_type, reference in (
        (DNB, {"R1": -0.06, "R2": 0.0, "R3": -0.03}, 0.02, 0.8),
        (DECROCHAGE, {"R1": 0.02, "R2": 0.0, "R3": 0.01}, 0.01, 0.05),
        (IPS, {"R1": -5.0, "R2": 0.0, "R3": -2.0}, 1.0, 100.0),
    ):
        for code, ecart in ecarts.items():
            insert_a_posteriori(b, code, indicateur, ecart, ecart_type, valeur_reference=reference)
    b.insert_valeur("reseau", "R4", None, None, indicateur=DNB, statut="secret")
    b.insert_valeur("reseau", "R5", 80, 100, indicateur=DNB)
    b.insert_valeur("reseau", "R1", 90, 100, indicateur="ips_ecoles")
    return b


def build(base: PetiteBase, *demandes: Demande, reference: str = "academie", **options):
    return build_vue_croiser(base, Niveau.RESEAU, reference, demandes or (Demande(DNB), Demande(DECROCHAGE)), **options)


@pytest.fixture(scope="module")
def demo(donnees_demo) -> Base:
    return open_base(donnees_demo / "processed")


class TestProbabilites:
    def test_against_a_double_loop_of_draws(self, base):
        """Each quadrant of each territory, by counting draws of two independent normals."""
        vue, alea, nombre = build(base), random.Random(8), 20_000
        for point in vue.points:
            y, x = point.estimes
            comptes = [0, 0, 0, 0]
            for _ in range(nombre):
                dnb, decrochage = alea.gauss(y.moyenne, y.ecart_type), alea.gauss(x.moyenne, x.ecart_type)
                comptes[2 * (dnb > -0.03) + (decrochage < 0.01)] += 1
            assert point.parts == pytest.approx([compte / nombre for compte in comptes], abs=0.015)

    def test_normal_tail_of_a_known_distance(self, base):
        """R1 lies 1.5 standard deviations beyond the threshold of the DNB, and one beyond that of the décrochage."""
        y, x = build(base).get_point("R1").estimes
        assert y.probabilite == pytest.approx(0.5 * math.erfc(-1.5 / math.sqrt(2)))
        assert x.probabilite == pytest.approx(0.5 * math.erfc(-1 / math.sqrt(2)))

    def test_quadrants_sum_to_one_and_percentages_to_a_hundred(self, base, demo):
        vues = [build(base), build_vue_croiser(demo, Niveau.RESEAU, "academie", (Demande(DNB), Demande(IPS)))]
        for point in (p for vue in vues for p in vue.points):
            assert sum(point.parts) == pytest.approx(1)
            assert sum(point.pourcents) == 100
            assert all(abs(n - 100 * part) <= 1.02 for n, part in zip(point.pourcents, point.parts, strict=True))

    def test_a_point_on_the_thresholds_is_as_likely_on_each_side(self, base):
        point = build(base).get_point("R3")
        assert [e.probabilite for e in point.estimes] == pytest.approx([0.5, 0.5])
        assert point.parts == pytest.approx((0.25, 0.25, 0.25, 0.25))

    def test_sides_are_complementary_only_at_the_same_threshold(self, base):
        """Favourable is beyond +3 points, unfavourable beyond −3: between them, neither."""
        defavorable = build(base).get_point("R2").estimes[0].probabilite
        favorable = build(base, Demande(DNB, "favorable"), Demande(IPS)).get_point("R2").estimes[0].probabilite
        assert defavorable == pytest.approx(favorable)
        assert defavorable + favorable < 0.2

    def test_a_farther_threshold_is_less_likely(self, base):
        proche, loin = (
            build(base, Demande(DNB, "", ecarts), Demande(IPS)).get_point("R1").probabilite for ecarts in (0.5, 2.0)
        )
        assert loin < proche

    def test_the_third_indicator_multiplies_and_leaves_the_chart_as_it_is(self, base):
        deux, trois = build(base), build(base, Demande(DNB), Demande(DECROCHAGE), Demande(IPS, "superieur"))
        for point in deux.points:
            avec = trois.get_point(point.territoire.code)
            assert avec.parts == point.parts
            assert avec.probabilite == pytest.approx(point.probabilite * avec.estimes[2].probabilite)

    def test_absolute_thresholds_are_those_of_the_value(self, base):
        """R1: 80 − 6 = 74 % with a standard deviation of 2; «sous 76 %» is one standard deviation away."""
        vue = build(base, Demande(DNB, seuil=76.0), Demande(IPS, "superieur", seuil=95.0), reference="seuils")
        y, x = vue.get_point("R1").estimes
        assert (y.moyenne, x.moyenne) == pytest.approx((0.74, 95.0))
        assert y.probabilite == pytest.approx(0.5 * math.erfc(-1 / math.sqrt(2)))
        assert x.probabilite == pytest.approx(0.5)
        assert [a.limite for a in vue.axes] == pytest.approx([0.76, 95.0])

    def test_usual_absolute_threshold_is_the_reference(self, base):
        axes = build(base, Demande(DNB), Demande(IPS), reference="seuils").axes
        assert [a.limite for a in axes] == pytest.approx([0.8, 100.0])

    def test_hundred_draws_that_agree_with_the_shares(self, base):
        vue = build(base)
        for point in vue.points:
            tirages = draw_tirages(point, vue.axes)
            assert len(tirages) == 100
            assert tirages == draw_tirages(point, vue.axes)
            dedans = sum(dnb <= -0.03 and decrochage >= 0.01 for decrochage, dnb in tirages)
            assert dedans == point.pourcents[0]


class TestVue:
    def test_most_probable_first_and_absents_with_their_reason(self, base):
        vue = build(base)
        assert [p.territoire.code for p in vue.points] == ["R1", "R3", "R2"]
        assert [(t.code, motif) for t, motif in vue.absents] == [("R5", "sans_intervalle"), ("R4", "secret")]
        assert [fiche.code for fiche in vue.exclus] == ["ips_ecoles"]

    def test_usual_side_is_the_unfavourable_one_or_low(self, base):
        vue = build(base, Demande(DECROCHAGE), Demande(IPS))
        assert [a.lecture for a in vue.axes] == [Lecture.DEFAVORABLE, Lecture.INFERIEUR]
        assert [a.signe for a in vue.axes] == [1, -1]

    @pytest.mark.parametrize(
        ("demande", "message"),
        [(Demande("ips_ecoles"), "ne peut pas être croisé"), (Demande(IPS, "favorable"), "n’est pas un côté")],
    )
    def test_what_cannot_be_asked_is_said(self, base, demande, message):
        with pytest.raises(ErreurUsage, match=message):
            build(base, Demande(DNB), demande)

    def test_every_indicator_offered_can_be_crossed(self, demo):
        for niveau in (Niveau.RESEAU, Niveau.DEPARTEMENT):
            for reference in list_references(demo, niveau):
                colonnes = list_croisables(demo, niveau, reference)
                assert len(colonnes) > 30
                vue = build_vue_croiser(demo, niveau, reference, tuple(Demande(c.cle) for c in colonnes[-3:]))
                assert len(vue.points) + len(vue.absents) == {Niveau.RESEAU: 37, Niveau.DEPARTEMENT: 4}[niveau]

    def test_departements_have_no_similar_ones(self, demo):
        assert list_references(demo, Niveau.DEPARTEMENT) == ("academie", "seuils")

    def test_line_of_the_context_is_asked_for_and_only_along_an_ips(self, demo):
        def fit(x: str, avec_droite: bool, reference: str = "academie"):
            demandes = (Demande(DNB), Demande(x))
            return build_vue_croiser(demo, Niveau.RESEAU, reference, demandes, avec_droite).droite

        assert fit(IPS, False) is None
        assert fit("premier_voeu_satisfait", True) is None
        for reference in ("academie", "seuils"):
            droite = fit(IPS, True, reference)
            assert droite.pente_inf < droite.pente < droite.pente_sup
            longueur = droite.fin[0] - droite.debut[0]
            assert (droite.fin[1] - droite.debut[1]) / longueur * 10 == pytest.approx(droite.pente)


class TestPublication:
    def test_agrees_with_the_draws_of_the_rules(self, demo):
        """Mean and spread of the 4 000 draws behind every condition of position, at every level."""
        lignes = demo.lignes(
            """SELECT DISTINCT c.indicateur, c.niveau, c.territoire, c.estime, c.estime_inf, c.estime_sup, a.ecart,
                      a.ecart_type
            FROM problematique_condition c JOIN a_posteriori a USING (indicateur, niveau, territoire, modalite, rentree)
            WHERE c.mesure = 'position' AND a.reference = 'academie' AND c.estime IS NOT NULL AND a.ecart_type > 1e-6"""
        )
        assert len(lignes) > 300
        for *cle, estime, estime_inf, estime_sup, ecart, ecart_type in lignes:
            assert abs(estime - ecart) < 0.1 * ecart_type, cle
            assert (estime_sup - estime_inf) / (2 * 1.96) == pytest.approx(ecart_type, rel=0.12), cle

    def test_every_known_difference_has_a_row_drawn_towards_the_level(self, demo):
        """One row per comparison of a rate at the rentrée read; no estimate goes beyond what was observed by much."""
        ((lus, manquants, vers_zero),) = demo.lignes(
            """SELECT count(*), count(*) FILTER (a.ecart IS NULL), count(*) FILTER (abs(a.ecart) <= abs(c.ecart))
            FROM comparaison c JOIN valeur v USING (indicateur, niveau, territoire, rentree, modalite)
            LEFT JOIN a_posteriori a USING (indicateur, niveau, territoire, rentree, modalite, reference)
            WHERE c.niveau = 'reseau' AND c.reference = 'academie' AND v.statut = 'ok' AND c.ecart IS NOT NULL
              AND c.indicateur = 'taux_reussite_dnb' AND c.rentree = 2024"""
        )
        assert (lus, manquants) == (37, 0)
        assert vers_zero > 25

    def test_one_rentree_per_indicator_and_level_never_a_group(self, demo):
        doubles = demo.lignes(
            """SELECT indicateur, niveau, modalite FROM a_posteriori GROUP BY ALL HAVING count(DISTINCT rentree) > 1"""
        )
        assert doubles == []
        catalogue = load_catalogue()
        for indicateur, modalite in demo.lignes("SELECT DISTINCT indicateur, modalite FROM a_posteriori"):
            assert modalite in catalogue[indicateur].modalites_au_tableau
            assert catalogue[indicateur].nature is not Nature.EFFECTIF

    def test_nothing_hidden_has_a_row(self, demo):
        assert demo.lignes(
            """SELECT count(*) FROM a_posteriori a
            ANTI JOIN (SELECT * FROM valeur WHERE statut = 'ok') v
            USING (indicateur, niveau, territoire, rentree, modalite)"""
        ) == [(0,)]

    def test_nothing_to_compare_is_nothing_to_publish(self):
        colonnes = ["indicateur", "niveau", "territoire", "rentree", "modalite", "statut", "nature", "numerateur",
                    "denominateur", "valeur", "ecart_type"]  # fmt: skip
        vide, fiches = DataFrame(columns=colonnes), DataFrame(columns=["indicateur", "ecart_utile", "domaine"])
        assert build_a_posteriori(Donnees(vide, vide, vide, vide, vide, vide, fiches)).empty


class TestEcran:
    def test_title_counts_by_word(self, base):
        """R1: 0,933 × 0,841 = 79 %, probable; R3: 25 %; R2: under 2 %."""
        assert croiser_phrases.write_titre(build(base)) == "Un réseau sur 3 a probablement ce profil"
        vue = build(base, Demande(DNB), Demande(DECROCHAGE, "favorable"))
        assert croiser_phrases.write_titre(vue) == "Aucun réseau n’a probablement ce profil"

    def test_undecided_and_to_be_confirmed_are_counted_apart(self, base):
        """«Sous 77 %» alone decides: R3 at 50 %, R1 far beyond; then «sous 77,6 %», R3 at 62 %."""
        indecis, confirmer = (
            croiser_phrases.write_titre(
                build(base, Demande(DNB, seuil=seuil), Demande(IPS, seuil=150.0), reference="seuils")
            )
            for seuil in (77.0, 77.6)
        )
        assert indecis == "Un réseau sur 3 a probablement ce profil, un est indécis"
        assert confirmer == "Un réseau sur 3 a probablement ce profil, un est à confirmer"

    def test_conditions_say_which_side_of_what(self, base):
        vue = build(base, Demande(DNB, "", 0.5), Demande(DECROCHAGE), Demande(IPS))
        dites = [croiser_phrases.write_condition(a).replace("\xa0", " ") for a in vue.axes]
        assert dites == ["sous −1,5 pt", "au-delà de +1 pt", "sous −2"]
        absolue = build(base, Demande(DNB, seuil=76.0), Demande(IPS, "superieur", seuil=95.5), reference="seuils")
        dites = [croiser_phrases.write_condition(a).replace("\xa0", " ") for a in absolue.axes]
        assert dites == ["sous 76 %", "au-dessus de 95,5"]

    def test_a_flipped_axis_is_drawn_and_said(self, base):
        vue = build(base)
        figure = draw_croisement(vue, "R1")
        gauche, droite = figure.layout.xaxis.range
        assert gauche > droite
        assert "axe retourné" in croiser_phrases.name_axe(vue, vue.axes[1])
        bas, haut = figure.layout.yaxis.range
        assert bas < haut

    @pytest.mark.parametrize(
        ("lectures", "teinte"),
        [
            (("defavorable", "inferieur"), TEINTE_DEFAVORABLE),
            (("favorable", "superieur"), TEINTE_FAVORABLE),
            (("defavorable", "favorable"), NEUTRE),
        ],
    )
    def test_tint_is_a_judgement_only_where_the_axes_agree(self, base, lectures, teinte):
        autre = DECROCHAGE if lectures[1] in ("favorable", "defavorable") else IPS
        vue = build(base, Demande(DNB, lectures[0]), Demande(autre, lectures[1]))
        assert choose_teinte(vue.axes) == teinte
        assert draw_croisement(vue, "R1").layout.shapes[0].fillcolor == teinte

    def test_tint_covers_the_side_of_the_profile(self, base):
        """R1, deep in the profile, lies in the tinted rectangle; R2 does not."""
        vue = build(base)
        figure = draw_croisement(vue, "R1")
        rectangle, points = figure.layout.shapes[0], figure.data[-1]

        def is_in(code: str) -> bool:
            rang = list(points.customdata).index(code)
            (x0, x1), (y0, y1) = (sorted((getattr(rectangle, f"{c}0"), getattr(rectangle, f"{c}1"))) for c in "xy")
            return x0 <= points.x[rang] <= x1 and y0 <= points.y[rang] <= y1

        assert is_in("R1")
        assert not is_in("R2")

    def test_ink_grows_with_the_probability_and_has_no_colour(self, base):
        points = draw_croisement(build(base), "R1").data[-1]
        encres = {c: (taille, encre) for c, taille, encre in zip(points.customdata, points.marker.size,
                                                                 points.marker.color, strict=True)}  # fmt: skip
        assert encres["R1"][0] > encres["R3"][0] > encres["R2"][0]
        assert {re.match(r"rgba\(27,31,39,", couleur) is not None for _, couleur in encres.values()} == {True}

    def test_the_selected_one_is_a_cloud_whose_corner_says_its_share(self, base):
        vue = build(base)
        figure = draw_croisement(vue, "R1")
        ellipse, tirages = figure.data[-3], figure.data[-2]
        assert ellipse.fill == "toself"
        assert len(tirages.x) == 100
        # 95 % of two normals: √5.991 standard deviations, here of 1 point, around +2 points.
        assert max(ellipse.x) == pytest.approx(2 + 2.4477, abs=1e-3)
        textes = [a.text for a in figure.layout.annotations]
        assert f"<b>{vue.get_point('R1').pourcents[0]}\xa0%</b>" in textes
        assert sum(int(re.search(r"(\d+)\xa0%", t)[1]) for t in textes if "%" in t) == 100

    def test_threshold_and_reference_are_on_the_axes(self, base):
        axe = draw_croisement(build(base), "R1").layout.yaxis
        etiquettes = dict(zip(axe.tickvals, axe.ticktext, strict=True))
        assert etiquettes[-3.0] == "<b>−3</b>"
        assert etiquettes[0.0] == "réf."
        echelle = make_echelle(build(base), 1)
        assert (echelle.sens, echelle.monte, echelle.place(echelle.etendue[0])) == (-1, False, 0)

    def test_list_holds_every_territory_under_its_word(self, base):
        html = croiser_profil.render_liste(build(base), "R1", lambda code: f"croiser?territoire={code}")
        assert html.count('<tr class="gr">') == 2
        assert html.index("Probable<span>1") < html.index("Peu probable<span>2")
        assert html.count('aria-current="true"') == 1
        assert html.count("croiser?territoire=R") == 3

    def test_profile_multiplies_what_it_shows(self, base):
        texte = re.sub(r"<[^>]+>", " ", croiser_profil.render_profil(build(base), "R1")).replace("\xa0", " ")
        for dit in ("probable : 79 %", "93 %", "84 %", "74,0 %", "80,0 %", "[−9,9 ; −2,1]"):
            assert dit in texte.replace("\u202f", " "), dit

    def test_an_absent_territory_says_why(self, base):
        html = croiser_profil.render_profil(build(base), "R4")
        assert "effectifs sous le secret statistique" in html
        assert "%" not in re.sub(r"<[^>]+>", "", html)

    def test_a_name_never_becomes_markup(self, base):
        vue = build(base, Demande(DNB, "favorable"), Demande(DECROCHAGE, "favorable"))
        page = croiser.build_page(
            base,
            Niveau.RESEAU,
            "academie",
            tuple(tuple(d) for d in (Demande(DNB), Demande(DECROCHAGE))),
            False,
            "R2",
            (),
        )
        figure = draw_croisement(vue, "R2")
        noms = "".join([*figure.data[-1].hovertext, *(a.text for a in figure.layout.annotations)])
        for html in (page.cote, page.dessus, page.dessous, noms):
            assert "<img" not in html
        assert "&lt;img" in page.cote

    def test_caution_years_sources_and_independence_are_said(self, base):
        page = croiser.build_page(
            base, Niveau.RESEAU, "academie", ((DNB, "", 1.0, None), (IPS, "", 1.0, None)), False, "", ()
        )
        assert page.selection == "R1"
        assert "ne disent pas que l’un cause l’autre" in page.dessous
        assert "tenus pour indépendants" in page.dessous
        assert "2023-2024" in page.tete
        assert "n = 3" in page.dessous

    def test_a_click_names_a_territory(self):
        assert read_clic({"selection": {"points": [{"customdata": ["R1"]}]}}) == "R1"
        assert read_clic({"selection": {"points": [{"customdata": "R1"}]}}) == "R1"
        assert read_clic({"selection": {"points": []}}) == ""

    @pytest.mark.parametrize("texte", ["abc", "1e9", "85..5", "--3", "nan", "12345678"])
    def test_a_threshold_that_is_no_number_is_refused(self, texte):
        with pytest.raises(ErreurUsage, match="n’est pas un seuil"):
            read_nombre(texte)

    @pytest.mark.parametrize(("texte", "nombre"), [("85,5\xa0%", 85.5), ("−2 pts", -2.0), ("", None), ("104", 104.0)])
    def test_a_threshold_as_people_write_it(self, texte, nombre):
        assert read_nombre(texte) == nombre


class TestBrouillon:
    def test_round_trip_of_every_pair(self):
        """Any two indicators that an extract gives make a valid rule, with the very conditions of the axes."""
        fiches = [fiche for fiche in load_catalogue().values() if fiche.nature is not Nature.EFFECTIF]
        for rang, un in enumerate(fiches):
            autre = fiches[(7 * rang + 3) % len(fiches)]
            if autre is un:
                continue
            conditions = tuple(
                make_condition(fiche, fiche.modalites_au_tableau[-1], list_lectures(fiche)[rang % 2], ecarts, mesure)
                for fiche, ecarts, mesure in ((un, 1.0, Mesure.POSITION), (autre, 1.5, Mesure.SEMBLABLES))
            )
            regle = parse_regle(name_brouillon(conditions), write_brouillon(conditions, Niveau.RESEAU))
            assert regle.conditions == conditions
            assert regle.niveaux == (Niveau.RESEAU,)

    def test_a_crossing_of_three_is_a_rule_of_three(self, base):
        brouillon = croiser.make_brouillon(
            build(base, Demande(DNB), Demande(DECROCHAGE, "favorable", 2.0), Demande(IPS, "superieur"))
        )
        assert brouillon.fautes == ""
        regle = parse_regle(brouillon.code, brouillon.texte)
        assert [(c.indicateurs[0], c.lecture.value, c.ecarts_utiles) for c in regle.conditions] == [
            (DNB, "defavorable", 1.0), (DECROCHAGE, "favorable", 2.0), (IPS, "superieur", 1.0),
        ]  # fmt: skip
        assert "Cette règle est valide" in croiser.render_brouillon(brouillon)

    def test_places_to_complete_are_marked(self, base):
        texte = croiser.make_brouillon(build(base)).texte
        assert texte.count("[À compléter]") >= 3
        assert "entre crochets" in texte.splitlines()[0]

    def test_what_no_extract_gives_is_listed_as_a_fault(self, demo):
        demandes = (Demande("part_eleves_prive"), Demande("part_eleves_education_prioritaire"))
        brouillon = croiser.make_brouillon(build_vue_croiser(demo, Niveau.RESEAU, "academie", demandes))
        assert "a_completer" in brouillon.fautes
        html = croiser.render_brouillon(brouillon)
        assert "Cette règle est à corriger" in html
        assert "<li>" in html

    def test_absolute_thresholds_cannot_be_a_rule(self, base):
        vue = build(base, Demande(DNB), Demande(IPS), reference="seuils")
        assert croiser.make_brouillon(vue) is None
        assert "ne peuvent pas en faire une" in croiser.render_brouillon(None)
