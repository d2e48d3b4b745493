"""What is decided when publishing: comparison with the rest, trend, spread, rank."""

import duckdb
import pytest

from indicators import statistiques
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre

UAIS = [f"0860{numero:03d}A" for numero in range(1, 7)]


def _observe(comptes, **champs):
    return [make_observation(u, x, n, **champs) for u, (x, n) in zip(UAIS, comptes, strict=False)]


@pytest.fixture
def construire(tmp_path):
    """Build a base of three réseaux of two collèges and give a way to query it."""
    perimetres = [make_perimetre(u, f"R{1 + rang // 2}") for rang, u in enumerate(UAIS)]

    def build(observations, **fiche):
        chemin = build_petite_base(
            tmp_path, [make_indicateur(**fiche)], {"observations": observations, "perimetres": perimetres}
        )

        def query(sql, *parametres):
            with duckdb.connect(chemin, read_only=True) as base:
                return base.execute(sql, parametres).fetchall()

        return query

    return build


def test_reseau_is_compared_with_the_rest_not_with_the_whole(construire):
    """The reference of R1 is the académie without R1: 360 of 400."""
    query = construire(_observe([(60, 100), (60, 100), (90, 100), (90, 100), (90, 100), (90, 100)]))
    ((valeur, n, ecart, inf, sup, etat),) = query("""
        SELECT valeur_reference, denominateur_reference, ecart, ecart_inf, ecart_sup, etat
        FROM comparaison WHERE territoire = 'R1' AND reference = 'academie'
    """)
    assert (valeur, n) == (0.9, 400)
    assert (ecart, inf, sup) == pytest.approx([float(v) for v in statistiques.difference_taux(120, 200, 360, 400)])
    assert etat == "defavorable"


def test_direction_of_the_indicator_decides_the_word(construire):
    """The same gap is favourable where a low rate is good, and has no judgement where the indicator is neutral."""
    observations = _observe([(60, 100), (60, 100), (90, 100), (90, 100), (90, 100), (90, 100)])
    for sens, mot in (("baisse_favorable", "favorable"), ("neutre", "inferieur")):
        query = construire(observations, sens=sens)
        assert query("SELECT etat FROM comparaison WHERE territoire = 'R1'") == [(mot,)]


def test_few_pupils_are_inconclusive_with_what_could_be_seen(construire):
    """A gap of 10 points on 40 pupils proves nothing, and the page can say which gap would show."""
    query = construire(_observe([(15, 20), (15, 20), (85, 100), (85, 100), (85, 100), (85, 100)]))
    ((etat, decelable),) = query("SELECT etat, decelable FROM comparaison WHERE territoire = 'R1'")
    assert etat == "non_concluant"
    assert 0.15 < decelable < 0.25


def test_alone_in_its_reference_there_is_no_comparison(construire):
    """A réseau that is all the académie has nothing to be compared with."""
    query = construire(_observe([(60, 100), (60, 100)]))
    assert query("SELECT * FROM comparaison WHERE territoire = 'R1'") == []


def test_value_added_is_never_tested(construire):
    """No interval comes with a value added: the difference is shown, without verdict, and the reason with it."""
    lignes = [make_observation(u, None, 100, valeur=v) for u, v in zip(UAIS, (-8, -8, 1, 1, 1, 1), strict=True)]
    query = construire(lignes, nature="valeur_ajoutee", unite="points")
    assert query("SELECT ecart, etat, motif FROM comparaison WHERE territoire = 'R1'") == [
        (-9, "sans_test", "sans intervalle")
    ]


def test_plain_means_are_compared_by_numbers_of_schools(construire):
    """Without effectifs the rest is the plain mean of the other écoles."""
    lignes = [make_observation(u, valeur=v) for u, v in zip(UAIS, (90, 100, 110, 120, 100, 110), strict=True)]
    query = construire(lignes, nature="moyenne", unite="indice")
    assert query("SELECT valeur_reference, ecart, etat, motif FROM comparaison WHERE territoire = 'R1'") == [
        (110, -15, "sans_test", "effectifs absents")
    ]


def test_trend_stops_at_a_break(construire):
    """Only the rentrées since the break are read; two are too few."""
    observations = [
        ligne
        for rentree, reussis in zip(range(2019, 2024), (50, 60, 70, 80, 90), strict=True)
        for ligne in _observe([(reussis, 100)] * 6, rentree=rentree)
    ]
    etat = "SELECT etat, rentree_debut FROM tendance WHERE territoire = 'R1'"
    assert construire(observations)(etat) == [("amelioration", 2019)]
    coupee = construire(observations, ruptures=[{"rentree": 2022, "cause": "essai"}])
    assert coupee(etat) == [("serie_courte", 2022)]


def test_spread_between_schools_beyond_chance(construire):
    """A réseau of 50 % and 95 % is heterogeneous, one of 80 % and 82 % is not."""
    query = construire(_observe([(50, 100), (95, 100), (80, 100), (82, 100), (80, 100), (80, 100)]))
    assert query("SELECT territoire, est_heterogene FROM dispersion WHERE niveau = 'reseau' ORDER BY 1") == [
        ("R1", True),
        ("R2", False),
        ("R3", False),
    ]


def test_rank_comes_with_its_interval(construire):
    """The favourable end ranks first; close rates share an interval."""
    query = construire(_observe([(90, 100), (90, 100), (70, 100), (70, 100), (71, 100), (71, 100)]))
    rangs = dict(
        (t, r) for t, *r in query("SELECT territoire, rang, rang_inf, rang_sup, nb FROM rang WHERE niveau='reseau'")
    )
    assert rangs["R1"] == [1, 1, 1, 3]
    assert rangs["R2"][1:] == [2, 3, 3] and rangs["R3"][1:] == [2, 3, 3]
