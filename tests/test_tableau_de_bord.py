"""The tableau de bord as an object and as HTML: rows, states, sentences, drawings."""

import csv
import io
from dataclasses import replace

import duckdb
import pytest

from dashboard import lecture, plans, tableau, tableau_lignes, traces
from dashboard.tableau_csv import write_tableau
from indicators.base import open_base
from indicators.catalogue import ENSEMBLE, Domaine, get_indicateur
from indicators.erreurs import ErreurUsage
from indicators.tableaux_de_bord import phrases
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, REFERENCES, list_autres, list_semblables
from indicators.tableaux_de_bord.construction import build_tableau_de_bord, count_etats, pick_forces
from indicators.tableaux_de_bord.objets import (
    BlocDomaine,
    Comparaison,
    Dispersion,
    Identite,
    Ligne,
    Point,
    PointCarte,
    Position,
    TableauDeBord,
    Tendance,
    Valeur,
)
from indicators.tableaux_de_bord.sujets import say_face
from indicators.territoires import Niveau, Territoire
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre

RESEAU = Territoire(Niveau.RESEAU, "R1", "Grand Poitiers")


def make_ligne(etat="favorable", valeur=0.877, reference=0.85, **champs) -> Ligne:
    """A row of 2024 compared with the rest of the académie, with defaults."""
    fiche = champs.pop("fiche", {})
    code = champs.pop("code", "acces")
    titres = {"titre_court": "Accès de la 2ᵈᵉ au bac GT", "domaine": "lycee"}
    ligne = Ligne(
        indicateur=make_indicateur(code, **(titres | fiche)),
        modalite=ENSEMBLE,
        territoire=RESEAU,
        valeur=Valeur(2024, "ok", valeur, valeur - 0.01, valeur + 0.01, denominateur=2400.0),
        comparaison=Comparaison(
            "academie", etat, reference, valeur - reference, valeur - reference - 0.01, valeur - reference + 0.01
        ),
    )
    return replace(ligne, **champs)


def make_identite(ips=None, points=(), contour=None) -> Identite:
    """An identity card with nothing in it but what the test needs."""
    return Identite(RESEAU, "", (), False, {}, 0, {}, ips, (), None, points, contour)


def make_ips(etat, valeur=112.3, reference=104.0) -> Ligne:
    """The IPS of the collèges."""
    fiche = {"titre_court": "IPS moyen des collèges", "nature": "moyenne", "sens": "neutre", "domaine": "contexte"}
    return make_ligne(etat, valeur, reference, fiche=fiche, code="ips_colleges")


class TestPhrases:
    """Each template on the cases that grammar makes different."""

    @pytest.mark.parametrize(
        ("titre", "genre", "sujet"),
        [
            ("Accès de la 6ᵉ à la 3ᵉ", "m", ("l’accès de la 6ᵉ à la 3ᵉ", False)),
            ("Réussite au DNB, toutes séries", "f", ("la réussite au DNB", False)),
            ("Réussite au DNB, série générale", "f", ("la réussite au DNB en série générale", False)),
            ("Mentions au bac GT", "f", ("les mentions au bac GT", True)),
            ("Vœux par place en BTS", "m", ("les vœux par place en BTS", True)),
            ("IPS moyen des collèges", "m", ("l’IPS moyen des collèges", False)),
            ("Premier vœu satisfait à l’affectation", "m", ("le premier vœu satisfait à l’affectation", False)),
            ("En solution après le repérage", "m", ("l’indicateur «\u00a0En solution après le repérage\u00a0»", False)),
            ("6ᵉ : français", "m", ("l’indicateur «\u00a06ᵉ : français\u00a0»", False)),
        ],
    )
    def test_subjects(self, titre, genre, sujet):
        """Article, elision and number follow the name; an uncertain name is quoted."""
        assert phrases.make_sujet(make_ligne(fiche={"titre_court": titre, "genre": genre})) == sujet

    @pytest.mark.parametrize(
        ("etat", "attendu"),
        [
            (
                "superieur",
                "Le public y est **plus favorisé** qu’ailleurs\u00a0: IPS des collèges de 112,3, contre 104,0.",
            ),
            (
                "comparable",
                "Le public y est **comparable** à celui du reste de l’académie\u00a0: "
                "IPS des collèges de 112,3, contre 104,0.",
            ),
            ("sans_test", "L’IPS des collèges est de **112,3** en 2024-2025."),
        ],
    )
    def test_context(self, etat, attendu):
        """The social context comes first, without judgement where nothing was tested."""
        assert phrases.write_contexte(make_identite(make_ips(etat))) == attendu

    def test_gap(self):
        """The verb follows the number, with both values where 95 signs allow."""
        court = make_ligne(fiche={"titre_court": "Accès au bac GT"})
        assert phrases.write_ecart(court) == (
            "L’accès au bac GT **dépasse** le reste de l’académie de 2,7 points (87,7\u00a0% contre 85,0\u00a0%)."
        )
        assert phrases.write_ecart(make_ligne("defavorable", 0.84, 0.85)) == (
            "L’accès de la 2ᵈᵉ au bac GT **reste sous** le reste de l’académie de 1,0 point."
        )

    def test_gap_against_the_reseau(self):
        """An établissement is read against the rest of its réseau, and the sentence says so."""
        ligne = make_ligne()
        ligne = replace(ligne, comparaison=replace(ligne.comparaison, reference="reseau"))
        assert "**dépasse** le reste du réseau de 2,7 points" in phrases.write_ecart(ligne)

    def test_two_gaps_of_a_domain_are_joined(self):
        """Same domain, same direction: one sentence, in the plural."""
        autre = make_ligne(code="poursuite", fiche={"titre_court": "Poursuite dans le supérieur", "genre": "f"})
        assert phrases.write_ecarts([make_ligne(), autre]) == [
            "L’accès de la 2ᵈᵉ au bac GT et la poursuite dans le supérieur **dépassent** le reste de l’académie."
        ]

    def test_only_is_said_where_the_context_is_favourable(self):
        """«n’y est que» needs a higher IPS."""
        ligne = make_ligne("comparable", 0.88, 0.892, fiche={"titre_court": "Réussite au DNB", "genre": "f"})
        plus = phrases.write_resultat(ligne, make_ips("superieur"))
        assert plus == (
            "La réussite au DNB (88,0\u00a0%) n’y est que **comparable** au reste de l’académie (89,2\u00a0%)."
        )
        assert "y est **comparable**" in phrases.write_resultat(ligne, make_ips("inferieur"))
        assert "n’y est que" not in phrases.write_resultat(ligne, make_ips("inferieur"))

    def test_dispersion_only_beyond_chance(self):
        """A spread that chance explains is not told."""
        dispersion = Dispersion(18, 0.738, 1.0, True)
        ligne = make_ligne(code="taux_reussite_dnb", dispersion=dispersion)
        assert phrases.write_dispersion(ligne) == (
            "Cette moyenne **cache des écarts**\u00a0: de 74 à 100\u00a0% selon le collège, au-delà du hasard."
        )
        assert phrases.write_dispersion(replace(ligne, dispersion=replace(dispersion, est_heterogene=False))) == ""

    @pytest.mark.parametrize(
        ("i2", "court", "long"),
        [
            (0.2, "en partie hors", "une petite part de ces écarts dépasse le hasard"),
            (0.5, "pour moitié hors", "la moitié de ces écarts dépasse le hasard"),
            (0.76, "pour trois quarts hors", "les trois quarts de ces écarts dépassent le hasard"),
            (1.0, "presque tous hors", "presque tous ces écarts dépassent le hasard"),
        ],
    )
    def test_share_of_the_spread_beyond_chance(self, i2, court, long):
        """I² is read in words, the verb in the number of its subject."""
        ligne = make_ligne(code="taux_reussite_dnb", dispersion=Dispersion(18, 0.738, 0.96, True, 0.3, i2))
        assert phrases.write_dispersion(ligne) == (
            f"Cette moyenne **cache des écarts**\u00a0: de 74 à 96\u00a0% selon le collège, {court} hasard."
        )
        assert phrases.write_part(ligne.dispersion) == long
        assert phrases.write_part(replace(ligne.dispersion, i2=None)) == ""

    def test_trends_share_their_first_year(self):
        """Two trends are joined only when they start the same year."""
        tendance = Tendance("degradation", 2019, 2024, -0.008)
        voeu = make_ligne(code="voeu", fiche={"titre_court": "Premier vœu satisfait"}, tendance=tendance)
        autre = make_ligne(code="suivi", fiche={"titre_court": "Suivi"}, tendance=replace(tendance, pente=-0.004))
        assert phrases.write_tendance([autre, voeu], "degradation") == (
            "Le premier vœu satisfait et le suivi **se dégradent** depuis 2019-2020."
        )
        tardive = replace(autre, tendance=replace(tendance, rentree_debut=2021, pente=-0.004))
        assert phrases.write_tendance([tardive, voeu], "degradation") == (
            "Le premier vœu satisfait **se dégrade** depuis 2019-2020."
        )

    def test_doubt(self):
        """How many indicators do not conclude."""
        douteuses = [make_ligne("non_concluant")] * 4
        assert phrases.write_doute(douteuses) == (
            "Pour 4 indicateurs, les élèves sont **trop peu nombreux** pour conclure."
        )
        assert phrases.write_doute([make_ligne()]) == ""

    def test_one_result_is_not_told_twice(self):
        """«série générale» says most of «toutes séries» again."""
        generale = make_ligne("defavorable", 0.8, code="taux_reussite_dnb_generale")
        toutes = make_ligne("defavorable", 0.8, code="taux_reussite_dnb")
        assert len(phrases.write_en_bref(make_identite(), [toutes, generale], 2024)) == 1

    def test_old_results_are_left_out(self):
        """A gap of five years ago is not news."""
        vieux = replace(make_ligne(), valeur=Valeur(2019, "ok", 0.877))
        assert phrases.write_en_bref(make_identite(), [vieux], 2024) == ()


PHRASES = {
    "departement": (
        "La réussite au DNB **dépasse** le reste du département de 2,7 points (87,7\u00a0% contre 85,0\u00a0%).",
        "y est **comparable** au reste du département (85,0\u00a0%).",
        "Le public y est **moins favorisé** que dans le reste du département\u00a0: "
        "IPS des collèges de 98,0, contre 104,0.",
        "comparable** à celui du reste du département",
    ),
    "region": (
        "La réussite au DNB **dépasse** celle de la région académique de 2,7 points (87,7\u00a0% contre 85,0\u00a0%).",
        "y est **comparable** à celle de la région académique (85,0\u00a0%).",
        "Le public y est **moins favorisé** que dans la région académique\u00a0: "
        "IPS des collèges de 98,0, contre 104,0.",
        "comparable** à celui de la région académique",
    ),
    "national": (
        "La réussite au DNB **dépasse** celle de la France de 2,7 points (87,7\u00a0% contre 85,0\u00a0%).",
        "y est **comparable** à celle de la France (85,0\u00a0%).",
        "Le public y est **moins favorisé** qu’en France\u00a0: IPS des collèges de 98,0, contre 104,0.",
        "comparable** à celui de la France",
    ),
    "similaires": (
        "La réussite au DNB **dépasse** celle de ses territoires semblables de 2,7 points.",
        "y est **comparable** à celle de ses territoires semblables (85,0\u00a0%).",
        "Le public y est **moins favorisé** que dans ses territoires semblables\u00a0: "
        "IPS des collèges de 98,0, contre 104,0.",
        "comparable** à celui de ses territoires semblables",
    ),
    "anterieure": (
        "La réussite au DNB **dépasse** celle de sa rentrée précédente de 2,7 points (87,7\u00a0% contre 85,0\u00a0%).",
        "y est **comparable** à celle de sa rentrée précédente (85,0\u00a0%).",
        "Le public y est **moins favorisé** qu’à sa rentrée précédente\u00a0: IPS des collèges de 98,0, contre 104,0.",
        "comparable** à celui de sa rentrée précédente",
    ),
}
"""Gap, comparable result, context, comparable context, by reference."""
NOMS = ("Île de Ré", "La Rochelle", "Haute-Saintonge")


def compare_to(reference: str, ligne: Ligne) -> Ligne:
    """The same row against another reference."""
    return replace(ligne, comparaison=replace(ligne.comparaison, reference=reference))


class TestReferences:
    """What changes with the reference: articles, head of the column, line that says so."""

    @pytest.mark.parametrize("nom", NOMS)
    @pytest.mark.parametrize("reference", PHRASES)
    def test_sentences(self, reference, nom):
        """Each reference takes its own article and preposition, whatever the territory is called."""
        ou = Territoire(Niveau.RESEAU, "R1", nom)
        dnb = {"titre_court": "Réussite au DNB", "genre": "f"}
        ecart, comparable, contexte, celui = PHRASES[reference]
        assert phrases.write_ecart(compare_to(reference, make_ligne(fiche=dnb, territoire=ou))) == ecart
        pareil = phrases.write_resultat(compare_to(reference, make_ligne("comparable", fiche=dnb, territoire=ou)), None)
        assert pareil == f"La réussite au DNB (87,7\u00a0%) {comparable}"
        ips = compare_to(reference, make_ips("inferieur", 98.0))
        assert phrases.write_contexte(make_identite(ips)) == contexte
        assert celui in phrases.write_contexte(make_identite(compare_to(reference, make_ips("comparable"))))

    def test_pronoun_agrees(self):
        """celui, celle, ceux, celles follow the result; a quoted name is masculine."""
        dits = {
            say_face(compare_to("similaires", make_ligne(fiche={"titre_court": titre, "genre": genre}))).split()[0]
            for titre, genre in (
                ("Accès au bac GT", "m"), ("Réussite au DNB", "f"), ("Vœux par place", "m"), ("Mentions au bac", "f"),
            )
        }  # fmt: skip
        assert dits == {"celui", "celle", "ceux", "celles"}
        citee = compare_to("national", make_ligne(fiche={"titre_court": "En solution", "genre": "f"}))
        assert say_face(citee) == "celui de la France"
        a, b = (make_ligne(fiche={"titre_court": t, "genre": "f"}) for t in ("Réussite au DNB", "Poursuite"))
        assert say_face(compare_to("national", a), compare_to("national", b)) == "celles de la France"

    def test_its_own_past_is_no_elsewhere(self):
        """«n’y est que» speaks of other places: never against the territory's own previous year."""
        ligne = make_ligne("comparable", 0.88, 0.892, fiche={"titre_court": "Réussite au DNB", "genre": "f"})
        avant = phrases.write_resultat(compare_to("anterieure", ligne), make_ips("superieur"))
        assert "n’y est que" not in avant
        assert "n’y est que" in phrases.write_resultat(compare_to("departement", ligne), make_ips("superieur"))

    @pytest.mark.parametrize("reference", PHRASES)
    def test_page_says_what_it_compares(self, reference):
        """A line before everything, the column and the notes name the reference; the main one is named too."""
        ligne = compare_to(reference, make_ligne())
        page = tableau.body(make_tableau((ligne,), reference))
        assert f"<b>{REFERENCES[reference].a}</b>" in page.split("</p>")[0]
        assert "l’état est celui de la comparaison au reste de l’académie" in page.split("</p>")[0]
        assert f'class="num c-ref">{REFERENCES[reference].entete}<' in page
        assert f"compare le territoire {REFERENCES[reference].a}" in page

    def test_similar_territories_are_named(self):
        """Their names as they are, escaped, each with its link."""
        voisins = tuple(Territoire(Niveau.RESEAU, f"R{n}", nom) for n, nom in enumerate((*NOMS, "<b>"), start=2))
        tete = tableau.body(make_tableau((compare_to("similaires", make_ligne()),), "similaires", voisins)).split(
            "</p>"
        )[0]
        for nom in NOMS:
            assert f">{nom}</a>" in tete
        assert "&lt;b&gt;" in tete and 'href="tableau_de_bord?territoire=R2"' in tete

    def test_number_of_comparisons_is_said(self):
        """Those of the page, and the family that was corrected together, at the top and at the foot."""
        page = tableau.body(make_tableau((make_ligne(), make_ligne("non_concluant", code="autre"))))
        assert "<b>2</b> comparaisons, parmi 12 jugées ensemble\u00a0:" in page
        assert "12 comparaisons de ce niveau et de cette référence" in page

    def test_main_reference_says_nothing_more(self):
        """No line where there is nothing to warn of."""
        assert "Sur les autres pages" not in tableau.body(make_tableau((make_ligne(),)))

    def test_reference_without_figures_is_said(self):
        """An old link to a reference that this territory lacks opens the page, which says so."""
        page = tableau.body(make_tableau((make_ligne(comparaison=None),), "national"))
        assert "Aucun chiffre de cette page ne se compare <b>à la France</b>" in page
        assert 'class="num c-ref">France<' in page


def make_tableau(lignes, reference=PRINCIPALE, semblables=()) -> TableauDeBord:
    """A tableau de bord of one domain."""
    bloc = BlocDomaine(Domaine.LYCEE, lignes, count_etats(lignes))
    return TableauDeBord(
        make_identite(), None, (), (), (), (bloc,), bloc.decompte, 12, (), reference=reference, semblables=semblables
    )


class TestTendanceRobuste:
    """The robust reading shows only where it contradicts."""

    SUIVIE = Tendance("amelioration", 2020, 2024, 0.01, 0.005, 0.015, 0.8, 0.08, 0.009, -0.001, 0.02)

    def test_opposite_slopes_are_told_on_the_row(self):
        """The row gives the robust slope in place of the other, and the foot says what it is."""
        contraire = replace(self.SUIVIE, theil_sen=-0.004)
        page = tableau.body(make_tableau((make_ligne(tendance=contraire),)))
        assert "<small>robuste\u00a0: −0,4</small>" in page
        assert "pente de Theil-Sen" in page

    @pytest.mark.parametrize(
        "tendance",
        [SUIVIE, replace(SUIVIE, etat="non_concluante", p_mann_kendall=0.017), Tendance("hausse", 2022, 2024, 0.01)],
    )
    def test_finding_less_or_more_is_no_contradiction(self, tendance):
        """Five points show little, and chance makes one series in sixty steady: nothing more on the row."""
        assert "robuste" not in tableau.body(make_tableau((make_ligne(tendance=tendance),)))

    def test_a_contradicted_trend_makes_no_sentence(self):
        """«En bref» leaves it out."""
        ligne = make_ligne(tendance=replace(self.SUIVIE, theil_sen=-0.004))
        assert phrases.write_tendance([ligne], "amelioration") == ""
        assert phrases.write_tendance([make_ligne(tendance=self.SUIVIE)], "amelioration") != ""

    def test_words_of_the_indicator_page(self):
        """Both slopes' sense, in French, with the interval and p."""
        ligne = make_ligne(tendance=self.SUIVIE)
        assert lecture.write_robuste(ligne) == (
            "Lecture robuste\u00a0: +0,9\u00a0pt par an [−0,1\u202f; +2,0] (Theil-Sen)\u202f; "
            "aucun mouvement régulier établi (Mann-Kendall, p\u00a0=\u00a00,08)."
        )
        contraire = replace(self.SUIVIE, theil_sen=-0.004, p_mann_kendall=0.017)
        assert "mouvement régulier (Mann-Kendall, p\u00a0=\u00a00,02). Les deux pentes" in lecture.write_robuste(
            replace(ligne, tendance=contraire)
        )
        assert lecture.write_robuste(replace(ligne, tendance=Tendance("stable", 2022, 2024, 0.0))) == ""


class TestSelection:
    """Forces, fragilités and counts."""

    def test_forces_are_ordered_by_useful_difference(self):
        """Three at most, largest in écarts utiles first, one per indicator, last two rentrées only."""
        petits = [make_ligne(code=f"i{n}", valeur=0.85 + n / 100) for n in (4, 6, 5, 7)]
        utile = make_ligne(code="utile", valeur=0.89, fiche={"ecart_utile": 0.5})
        vieux = replace(make_ligne(code="vieux", valeur=0.99), valeur=Valeur(2022, "ok", 0.99))
        assert [li.indicateur.code for li in pick_forces([*petits, utile, vieux], 2024, "favorable")] == [
            "utile",
            "i7",
            "i6",
        ]
        double = [make_ligne(code="i1", valeur=0.9), make_ligne(code="i1", valeur=0.95, modalite="filles")]
        assert [li.modalite for li in pick_forces(double, 2024, "favorable")] == ["filles"]

    def test_counts_leave_counts_of_pupils_out(self):
        """An effectif is never compared: it is not «sans test»."""
        effectif = make_ligne(fiche={"nature": "effectif", "sens": "neutre"}, comparaison=None)
        absent = replace(make_ligne(), valeur=Valeur(2024, "secret"))
        assert count_etats([make_ligne(), effectif, absent]) == {"favorable": 1, "sans_valeur": 1}


def get_x(svg: str) -> float:
    """Abscissa of the mark, the last path drawn."""
    return float(svg.rsplit('d="M', 1)[1].split(" ")[0])


class TestTraces:
    """Drawings: right is better, doubt is hollow, gaps are gaps."""

    POSITION = Position(37, 0.70, 0.80, 0.85, 0.90, 0.95)

    def test_spine_puts_the_reference_at_the_centre(self):
        """Range, box and mark on one scale around the reference."""
        svg = traces.spine(make_ligne(position=self.POSITION), "réseaux")
        assert "Position parmi 37 réseaux\u00a0: minimum 70,0\u00a0%, quartiles 80,0\u00a0% et 90,0\u00a0%" in svg
        assert 'd="M116 0V26"' in svg
        assert 'fill="#0B5A9C"' in svg

    def test_low_is_good_flips_the_axis(self):
        """A favourable low rate lies on the right of the reference."""
        bas = make_ligne("favorable", 0.80, 0.85, position=self.POSITION, fiche={"sens": "baisse_favorable"})
        haut = make_ligne("favorable", 0.80, 0.85, position=self.POSITION)
        assert 'd="M116 0V26"' in traces.spine(bas, "réseaux")
        marque_bas, marque_haut = (get_x(traces.spine(ligne, "réseaux")) for ligne in (bas, haut))
        assert marque_bas > 116 > marque_haut
        assert marque_bas - 116 == pytest.approx(116 - marque_haut, abs=0.2)

    def test_no_spine_without_company(self):
        """One territory alone has no place among others."""
        assert traces.spine(make_ligne(position=replace(self.POSITION, nb=1)), "réseaux") == ""

    def test_sparkline_is_cut_at_breaks_and_gaps(self):
        """No line across a missing year nor across a break; a lone year is a dot."""
        annees = {2019: 0.8, 2020: 0.81, 2022: 0.83, 2023: 0.84, 2024: 0.85}
        serie = tuple(
            Point(Valeur(r, "ok" if r in annees else "non_disponible", annees.get(r))) for r in range(2019, 2025)
        )
        trait = traces.sparkline(make_ligne(serie=serie))
        assert trait.count("M4.0") == 1
        assert 'd="M4.0 22.0L20.4 18.4M53.2 11.2L69.6 7.6L86.0 4.0"' in trait
        rupture = make_ligne(serie=serie, fiche={"ruptures": [{"rentree": 2024, "cause": "réforme"}]})
        assert 'd="M4.0 22.0L20.4 18.4M53.2 11.2L69.6 7.6"' in traces.sparkline(rupture)
        assert "stroke-dasharray" in traces.sparkline(rupture)

    def test_map_of_a_territory(self):
        """One mark per établissement, a scale; no contour, no fault."""
        carre = {"type": "Polygon", "coordinates": [[[0, 46], [0.2, 46], [0.2, 46.2], [0, 46.2], [0, 46]]]}
        points = tuple(
            PointCarte(Territoire(Niveau.ETABLISSEMENT, t, "<" + t), t, 0.1, 46.1)
            for t in ("ecole", "college", "lycee")
        )
        svg = plans.draw_carte_identite(make_identite(points=points, contour=carre))
        assert svg.count("<title>&lt;") == 3
        assert "5\u00a0km" in svg
        assert plans.draw_carte_identite(make_identite()) == ""


class TestTable:
    """The table: grammar of rows."""

    COLONNES = tableau_lignes.Colonnes("Réseau", "Reste acad.", "au reste de l’académie", "37 réseaux", True)

    def test_row(self):
        """Value, reference, signed difference, state in words, link to the indicator."""
        html = tableau_lignes.render_ligne(make_ligne(), self.COLONNES)
        assert '<td class="num val">87,7\u00a0%</td><td class="num ref">85,0\u00a0%</td>' in html
        assert '<span class="d">+2,7</span><span class="ic">[+1,7\u202f; +3,7]</span>' in html
        assert '<td class="etat fav"><span aria-hidden="true">▲</span>favorable</td>' in html
        assert 'href="indicateur?territoire=R1&amp;indicateur=acces"' in html
        assert '<td class="num n">2\u202f400</td>' in html

    def test_missing_row_says_why_and_what_was_known(self):
        """The row stays in place with its statut, its reason and the last known value."""
        ligne = replace(
            make_ligne(),
            valeur=Valeur(2024, "secret"),
            comparaison=None,
            raison="moins de 10 élèves",
            derniere_connue=Valeur(2023, "ok", 0.813),
        )
        html = tableau_lignes.render_ligne(ligne, self.COLONNES)
        assert "<b>secret statistique</b> · moins de 10 élèves" in html
        assert "dernière valeur\u00a0: 81,3\u00a0% en 2023-2024" in html

    def test_doubt_says_what_could_be_detected(self):
        """Non concluant comes with the smallest difference that would be seen."""
        ligne = make_ligne("non_concluant")
        ligne = replace(ligne, comparaison=replace(ligne.comparaison, decelable=0.12))
        assert "<small>décelable\u00a0: 12,0\u00a0pts</small>" in tableau_lignes.render_ligne(ligne, self.COLONNES)

    @pytest.mark.parametrize(
        ("dispersion", "dite"),
        [
            (Dispersion(18, 0.738, 0.96, True, 0.4, 0.5), True),
            (Dispersion(18, 0.738, 0.96, True, 0.1, 0.49), False),
            (Dispersion(18, 0.738, 0.96, False, 0.4, 0.9), False),
            (Dispersion(18, 0.738, 0.96, True), False),
        ],
    )
    def test_spread_is_told_where_it_matters(self, dispersion, dite):
        """Under the name, only where it is established and at least half of it is beyond chance."""
        ligne = make_ligne(code="taux_reussite_dnb", dispersion=dispersion)
        html = tableau_lignes.render_ligne(ligne, self.COLONNES)
        assert ("de 74 à 96\u00a0% selon le collège" in html) == dite
        assert ("ses établissements diffèrent" in tableau.body(make_tableau((ligne,)))) == dite

    def test_hostile_names_are_escaped(self):
        """Nothing from the catalogue or the base reaches the page as markup."""
        ligne = make_ligne(fiche={"titre_court": "<img src=x>", "titre": '"><script>'})
        html = tableau_lignes.render_ligne(ligne, self.COLONNES)
        assert "<img" not in html and "<script" not in html


@pytest.fixture
def base(base_demo_dossier):
    """The demonstration, open."""
    return open_base(base_demo_dossier / "processed")


def _first(base, niveau: str) -> str:
    ((code,),) = base.lignes("SELECT min(code) FROM territoire WHERE niveau = ?", [niveau])
    return code


@pytest.mark.parametrize("niveau", ["reseau", "inter_reseau", "departement", "academie"])
def test_every_level_has_its_tableau_de_bord(base, niveau):
    """Same object at every level: five domains, six rentrées, short sentences."""
    tdb = build_tableau_de_bord(base, _first(base, niveau))
    assert [bloc.domaine for bloc in tdb.domaines] == list(Domaine)
    assert 3 <= len(tdb.en_bref) <= 5
    assert max(map(phrases.measure, tdb.en_bref)) <= 110
    lignes = [ligne for bloc in tdb.domaines for ligne in bloc.lignes]
    assert {len(ligne.serie) for ligne in lignes if ligne.valeur.statut == "ok"} == {6}
    assert all(ligne.raison for ligne in lignes if ligne.valeur.statut != "ok")
    assert len(tdb.forces) <= 3 and len(tdb.fragilites) <= 3
    compares = sum(n for etat, n in tdb.decompte.items() if etat not in ("sans_test", "sans_valeur"))
    assert (compares == 0) == (niveau == "academie")
    html = tableau.body(tdb)
    assert html.count("<tr") > 30 and "None" not in html and "nan" not in html


def test_rows_are_those_of_the_base(base):
    """A row shows the published value, reference and state, never a recomputed one."""
    code = _first(base, "reseau")
    tdb = build_tableau_de_bord(base, code)
    ligne = next(
        li for b in tdb.domaines for li in b.lignes if li.indicateur.code == "taux_reussite_dnb" and li.comparaison
    )
    attendu = base.lignes(
        "SELECT v.valeur, c.valeur_reference, c.etat FROM valeur v JOIN comparaison c "
        "USING (indicateur, niveau, territoire, rentree, modalite) "
        "WHERE v.indicateur = 'taux_reussite_dnb' AND v.territoire = ? AND v.rentree = ? AND v.modalite = 'ensemble'",
        [code, ligne.valeur.rentree],
    )
    assert attendu == [(ligne.valeur.valeur, ligne.comparaison.valeur_reference, ligne.etat)]


def _list_lignes(base, code, reference):
    return [li for bloc in build_tableau_de_bord(base, code, None, reference).domaines for li in bloc.lignes]


@pytest.mark.parametrize(
    ("niveau", "reference"),
    [(niveau, reference) for niveau in ("reseau", "inter_reseau") for reference in ("similaires", "anterieure")]
    + [("reseau", "departement")],
)
def test_every_state_is_that_of_the_chosen_reference(base, niveau, reference):
    """Rows, counts, forces and family follow the reference, and say what the base published."""
    code = _first(base, niveau)
    publies = {
        (indicateur, modalite, rentree): reste
        for indicateur, modalite, rentree, *reste in base.lignes(
            "SELECT indicateur, modalite, rentree, etat, ecart, famille FROM comparaison_autre "
            "WHERE territoire = ? AND reference = ?",
            [code, reference],
        )
    }
    tdb = build_tableau_de_bord(base, code, None, reference)
    lignes = [ligne for bloc in tdb.domaines for ligne in bloc.lignes if ligne.comparaison]
    assert len(lignes) > 10
    for ligne in lignes:
        etat, ecart, famille = publies[ligne.indicateur.code, ligne.modalite, ligne.valeur.rentree]
        assert (ligne.etat, ligne.comparaison.ecart, ligne.comparaison.famille) == (etat, ecart, famille)
    assert all(li.etat == "favorable" for li in tdb.forces)
    assert tdb.famille in {li.comparaison.famille for li in lignes}


def test_similar_territories_are_taken_together(base):
    """The reference is Σ x ÷ Σ n of the similar territories that have a figure."""
    code = _first(base, "reseau")
    codes = [t.code for t in list_semblables(base, Territoire(Niveau.RESEAU, code, ""))]
    assert len(codes) == 5 and code not in codes
    lignes = [li for li in _list_lignes(base, code, "similaires") if li.indicateur.nature == "taux" and li.comparaison]
    assert len(lignes) > 10
    for ligne in lignes:
        comptes = base.lignes(
            "SELECT numerateur, denominateur FROM valeur WHERE indicateur = ? AND rentree = ? AND modalite = ? "
            "AND niveau = 'reseau' AND statut = 'ok' AND list_contains(?, territoire)",
            [ligne.indicateur.code, ligne.valeur.rentree, ligne.modalite, codes],
        )
        naive = sum(x for x, _ in comptes) / sum(n for _, n in comptes)
        assert ligne.comparaison.valeur_reference == pytest.approx(naive)


class _Lue:
    """A small base, read like a published one."""

    def __init__(self, chemin):
        self._connexion = duckdb.connect(chemin, read_only=True)

    def lignes(self, sql, parametres=()):
        return self._connexion.execute(sql, parametres).fetchall()


@pytest.fixture
def petite(tmp_path):
    """Two réseaux in one département, a third in another, over two rentrées; the country is published."""
    code = "taux_reussite_dnb"
    comptes = {  # UAI: (réseau, admis and présents in 2022, in 2023)
        "0860001A": ("R1", (80, 100), (95, 100)),
        "0860002B": ("R1", (85, 100), (96, 100)),
        "0860003C": ("R2", (150, 200), (140, 200)),
        "0160001P": ("R3", (270, 300), (285, 300)),
    }
    observations = [
        make_observation(uai, *annee, indicateur=code, rentree=2022 + rang)
        for uai, (_, *annees) in comptes.items()
        for rang, annee in enumerate(annees)
    ]
    observations.append(make_observation("FR", 8800, 10000, indicateur=code, niveau="national"))
    perimetres = [make_perimetre(uai, reseau) for uai, (reseau, *_) in comptes.items()]
    extrait = {"observations": observations, "perimetres": perimetres}
    return _Lue(build_petite_base(tmp_path, [get_indicateur(code)], extrait))


@pytest.mark.parametrize(
    ("reference", "x", "n"),
    [
        (PRINCIPALE, 140 + 285, 200 + 300),
        ("departement", 140, 200),
        ("anterieure", 80 + 85, 100 + 100),
        ("national", 8800, 10000),
    ],
)
def test_references_of_a_small_base_by_hand(petite, reference, x, n):
    """R1 has 191 of 200; each reference is a sum anyone can make, and the gap is the difference."""
    (ligne,) = (li for li in _list_lignes(petite, "R1", reference) if li.indicateur.code == "taux_reussite_dnb")
    assert ligne.valeur.valeur == pytest.approx(191 / 200)
    assert ligne.comparaison.valeur_reference == pytest.approx(x / n)
    assert ligne.comparaison.ecart == pytest.approx(191 / 200 - x / n)
    assert ligne.etat == "favorable"
    assert ligne.serie[-1].reference == (None if reference == "anterieure" else pytest.approx(x / n))


def test_only_references_with_figures_are_offered(petite):
    """R3 is its whole département; nobody has a previous year in the first one; too few territories to be similar."""
    assert list_autres(petite, "R1") == ("departement", "national", "anterieure")
    assert list_autres(petite, "R3") == ("national", "anterieure")
    assert list_autres(petite, "R1", 2022) == ("departement",)
    assert list_autres(petite, "0860001A") == ()


def test_asked_rentree_is_the_one_shown(base):
    """Every row with a figure is of the rentrée asked for."""
    tdb = build_tableau_de_bord(base, _first(base, "reseau"), 2022)
    annees = {li.valeur.rentree for b in tdb.domaines for li in b.lignes}
    assert annees == {2022}


def test_domains_say_where_they_read_first(base):
    """At a réseau, orientation, décrochage and lycée send to the inter-réseau; nowhere else."""
    tdb = build_tableau_de_bord(base, _first(base, "reseau"))
    renvois = {b.domaine: b.lu_d_abord.niveau for b in tdb.domaines if b.lu_d_abord}
    assert renvois == dict.fromkeys((Domaine.ORIENTATION, Domaine.DECROCHAGE, Domaine.LYCEE), Niveau.INTER_RESEAU)
    autre = build_tableau_de_bord(base, _first(base, "inter_reseau"))
    assert not any(b.lu_d_abord for b in autre.domaines)


@pytest.mark.parametrize(("type_", "reference"), [("college", "reseau"), ("lycee", "inter_reseau")])
def test_etablissement_is_read_inside_its_territory(base, type_, reference):
    """A collège against the rest of its réseau, a lycée against that of its inter-réseau; no row that is not its."""
    ((code,),) = base.lignes("SELECT min(code) FROM territoire WHERE type = ?", [type_])
    tdb = build_tableau_de_bord(base, code)
    lignes = [li for b in tdb.domaines for li in b.lignes]
    assert reference in {li.comparaison.reference for li in lignes if li.comparaison}
    assert not any("bac" in li.indicateur.code for li in lignes) or type_ == "lycee"


def test_file_holds_the_rows_of_the_page(base):
    """One line per row, same figures, French decimal comma."""
    code = _first(base, "reseau")
    lignes = [ligne for bloc in build_tableau_de_bord(base, code).domaines for ligne in bloc.lignes]
    fichier = list(csv.DictReader(io.StringIO(write_tableau(base, code, None).decode("utf-8-sig")), delimiter=";"))
    assert [(f["indicateur"], f["modalite"], f["statut"]) for f in fichier] == [
        (li.indicateur.code, li.modalite, li.valeur.statut) for li in lignes
    ]
    lues = [float(f["valeur"].replace(",", ".")) for f in fichier if f["valeur"]]
    assert lues == pytest.approx([li.valeur.valeur for li in lignes if li.valeur.valeur is not None], rel=1e-9)


def test_file_follows_the_reference(base):
    """The file of the page holds the comparison that the page shows."""
    code = _first(base, "reseau")
    texte = write_tableau(base, code, None, "departement").decode("utf-8-sig")
    fichier = [f for f in csv.DictReader(io.StringIO(texte), delimiter=";") if f["reference"]]
    assert {f["reference"] for f in fichier} == {"departement"}
    assert [f["etat"] for f in fichier] == [
        li.comparaison.etat for li in _list_lignes(base, code, "departement") if li.comparaison
    ]


def test_unknown_territory_is_explained(base):
    """What, expected, what to do."""
    with pytest.raises(ErreurUsage, match=r"« R999 ».*Attendu"):
        build_tableau_de_bord(base, "R999")
