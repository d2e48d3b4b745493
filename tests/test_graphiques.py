"""Figures of series: what is drawn, and what must not be joined."""

import pytest

from dashboard import courbes, etiquettes, evolutions, graphiques
from dashboard.classes import decimales_bornes, make_classes, melange
from indicators.tableaux_de_bord.objets import Point, Tendance, Valeur
from indicators.tableaux_de_bord.vue_evolutions import Serie, VueEvolutions
from indicators.territoires import Niveau, Territoire
from tests.outils import make_indicateur

LIEU = Territoire(Niveau.RESEAU, "R1", "Grand Essai")


def make_point(rentree: int, valeur: float | None = None, reference: float | None = None, statut: str = "ok") -> Point:
    """A point with an interval of ± 2 points and 100 pupils."""
    if valeur is None:
        return Point(Valeur(rentree, statut if statut != "ok" else "non_disponible"))
    return Point(Valeur(rentree, "ok", valeur, valeur - 0.02, valeur + 0.02, 100 * valeur, 100), reference)


def make_serie(*points: Point, nom: str = "Grand Essai", tendance: Tendance | None = None, **champs) -> Serie:
    return Serie(make_indicateur(**champs), Territoire(Niveau.RESEAU, "R1", nom), "ensemble", points, tendance)


def list_traces(figure, nom: str):
    return [t for t in figure.data if t.name == nom]


class TestTendance:
    def test_y_is_in_the_unit_shown(self):
        figure = graphiques.draw_tendance(
            make_indicateur(), [make_point(2021, 0.80, 0.85), make_point(2022, 0.82, 0.86)], "Grand Essai"
        )
        (serie,) = list_traces(figure, "Grand Essai")
        (reference,) = list_traces(figure, "reste de l’académie")
        assert list(serie.y) == pytest.approx([80, 82])
        assert list(reference.y) == pytest.approx([85, 86])

    def test_no_line_crosses_a_break(self):
        """A break at 2022 makes two segments, two bands, one dotted line half a year before, and its cause in words."""
        fiche = make_indicateur(ruptures=[{"rentree": 2022, "cause": "nouvel examen"}])
        points = [make_point(a, 0.8, 0.8) for a in (2020, 2021, 2022, 2023)]
        figure = graphiques.draw_tendance(fiche, points, "Grand Essai")
        assert [list(t.x) for t in list_traces(figure, "Grand Essai")] == [[2020, 2021], [2022, 2023]]
        assert len(list_traces(figure, "intervalle à 95 %")) == 2
        assert [s.x0 for s in figure.layout.shapes] == [2021.5]
        assert "nouvel examen" in [a.text for a in figure.layout.annotations]

    def test_missing_year_is_hatched_and_not_joined(self):
        points = [make_point(2020, 0.8), make_point(2021, statut="secret"), make_point(2022, 0.9)]
        figure = graphiques.draw_tendance(make_indicateur(), points, "Grand Essai")
        assert list(figure.data[0].x) == [2021]
        assert figure.data[0].marker.pattern.shape == "/"
        assert [list(t.x) for t in list_traces(figure, "Grand Essai")] == [[2020], [2022]]
        assert "secret" in figure.layout.xaxis.ticktext[1]

    def test_pupils_under_each_year(self):
        figure = graphiques.draw_tendance(make_indicateur(), [make_point(2022, 0.8)], "Grand Essai")
        assert "2022-2023" in figure.layout.xaxis.ticktext[0]
        assert ">100<" in figure.layout.xaxis.ticktext[0]

    def test_a_rate_never_leaves_0_100(self):
        figure = graphiques.draw_tendance(
            make_indicateur(), [make_point(2021, 0.99), make_point(2022, 1.0)], "Grand Essai"
        )
        assert max(figure.layout.yaxis.tickvals) <= 100

    def test_names_are_escaped(self):
        figure = graphiques.draw_tendance(make_indicateur(), [make_point(2022, 0.8)], "<img src=x>")
        assert not any("<img" in a.text for a in figure.layout.annotations)

    def test_nothing_known_still_draws(self):
        figure = graphiques.draw_tendance(make_indicateur(), [make_point(2022)], "Grand Essai")
        assert list_traces(figure, "Grand Essai") == []


class TestTerritoires:
    def test_one_line_each_and_the_reference(self):
        series = [make_serie(make_point(2021, 0.8), make_point(2022, 0.9), nom=nom) for nom in ("A", "B")]
        reference = courbes.Trace("Académie", ((2021, 0.7), (2022, 0.75)))
        figure = graphiques.draw_territoires(series[0].indicateur, series, reference)
        assert [t.name for t in figure.data] == ["Académie", "Réseau A", "Réseau B"]
        assert list(figure.data[0].y) == pytest.approx([70, 75])

    def test_lines_differ_without_hue(self):
        assert len({(couleur, tiret, symbole) for couleur, tiret, symbole, _ in graphiques.TRAITS}) == 6


class TestEvolutions:
    def test_title_counts_trends(self):
        monte = Tendance("amelioration", 2020, 2023, 0.01)
        vue = VueEvolutions(
            (make_serie(make_point(2023, 0.8), tendance=monte), make_serie(make_point(2023, 0.8))), "Académie", None, ()
        )
        assert evolutions.write_titre(vue, "territoires") == "Essai\u00a0: une amélioration et une série trop courte"

    def test_table_has_a_cell_per_year(self):
        serie = make_serie(make_point(2021, 0.8), make_point(2022), make_point(2023, 0.9))
        html = evolutions.render_table(VueEvolutions((serie,), "Académie", None, ()), "territoires")
        assert html.count('<td class="num">') == 3
        assert html.count("hach") == 1
        assert "90,0\u00a0%" in html


class TestParts:
    def test_spread_keeps_order_and_distance(self):
        assert etiquettes.spread([10.0, 12.0, 50.0], ecart=10) == [6.0, 16.0, 50.0]
        places = etiquettes.spread([5.0, 5.0, 5.0], ecart=10)
        assert sorted(places) == [-5.0, 5.0, 15.0]

    def test_segments(self):
        points = [(2019, 1.0), (2021, 2.0), (2022, 3.0)]
        assert courbes.split_segments(points, []) == [[(2019, 1.0)], [(2021, 2.0), (2022, 3.0)]]


class TestClasses:
    def test_middle_class_straddles_the_reference(self):
        classes = make_classes([80, 85, 88, 89, 90, 91, 95], 89.1, make_indicateur())
        assert classes.bornes[1] <= 89.1 <= classes.bornes[2]
        assert list(classes.bornes) == sorted(set(classes.bornes))
        assert classes.rang(89.1) == 2

    def test_bounds_are_round(self):
        classes = make_classes([78.4, 81.9, 83.3, 85, 88, 89, 90, 92, 94.3], 89.1, make_indicateur())
        assert decimales_bornes(classes.bornes) == 0

    def test_colour_follows_the_direction(self):
        haut, bas = (
            make_classes([1, 2, 3, 4, 9], 3, make_indicateur(sens=s)) for s in ("hausse_favorable", "baisse_favorable")
        )
        assert haut.couleur(9) == bas.couleur(-100)
        neutre = make_classes([1, 2, 3, 4, 9], 3, make_indicateur(sens="neutre"))
        assert not set(neutre.couleurs) & set(haut.couleurs)

    def test_one_value_only(self):
        assert make_classes([5.0], 5.0, make_indicateur()).rang(5.0) == 2

    def test_ramp_goes_through_its_middle(self):
        couleurs = ("#000000", "#404040", "#808080", "#C0C0C0", "#FFFFFF")
        assert [melange(v, 0, 1, couleurs) for v in (-5, -1, 0, 1)] == ["#000000", "#000000", "#808080", "#FFFFFF"]
