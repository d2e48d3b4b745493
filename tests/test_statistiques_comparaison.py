"""Comparison with a reference: published examples, scipy and statsmodels, properties of the answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from indicators.statistiques import (
    benjamini_hochberg,
    decide_etats,
    difference_moyennes,
    difference_ratios,
    difference_taux,
    ecart_decelable_taux,
    p_difference_taux,
    p_score_taux,
    wilson,
)
from tests.test_statistiques_intervalles import read_reference

ETATS = {"favorable", "defavorable", "superieur", "inferieur", "comparable", "non_concluant", "sans_test"}
proportions = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("ligne", read_reference("difference_taux.csv"), ids=lambda li: f"{li['x1']}-{li['x2']}")
def test_difference_gives_printed_limits(ligne):
    resultat = difference_taux(ligne["x1"], ligne["n1"], ligne["x2"], ligne["n2"])
    np.testing.assert_allclose(resultat, [ligne["ecart"], ligne["inf"], ligne["sup"]], atol=5e-5)


def test_difference_agrees_with_statsmodels():
    alea = np.random.default_rng(3)
    for _ in range(200):
        n1, n2 = alea.integers(1, 800, 2)
        x1, x2 = alea.binomial([n1, n2], alea.random())
        attendu = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb", compare="diff")
        np.testing.assert_allclose(difference_taux(x1, n1, x2, n2)[1:], attendu, atol=1e-9)


def test_overlapping_intervals_may_still_differ():
    """112/200 and 88/200: the two intervals overlap, yet p = 0.016."""
    assert wilson(88, 200)[1] > wilson(112, 200)[0]
    assert p_score_taux(112, 200, 88, 200).round(3) == 0.016
    assert difference_taux(112, 200, 88, 200)[1] > 0


def test_score_test_agrees_with_pearson_chi_squared():
    alea = np.random.default_rng(4)
    for _ in range(200):
        n1, n2 = alea.integers(5, 800, 2)
        x1, x2 = np.clip(alea.binomial([n1, n2], 0.6), 1, [n1 - 1, n2 - 1])
        table = [[x1, n1 - x1], [x2, n2 - x2]]
        attendu = stats.chi2_contingency(table, correction=False).pvalue
        np.testing.assert_allclose(p_score_taux(x1, n1, x2, n2), attendu, rtol=1e-9)


def test_score_test_where_everybody_or_nobody_succeeds():
    assert p_score_taux([20, 0], [20, 20], [300, 0], [300, 300]).tolist() == [1, 1]
    assert np.isnan(p_score_taux([0, 3, 1], [0, 2, 4], 5, [9, 9, 0])).all()


def test_deciding_p_value_is_the_larger_of_score_and_likelihood_ratio():
    alea = np.random.default_rng(11)
    for _ in range(200):
        n1, n2 = alea.integers(5, 800, 2)
        x1, x2 = np.clip(alea.binomial([n1, n2], 0.9), 1, [n1 - 1, n2 - 1])
        table = [[x1, n1 - x1], [x2, n2 - x2]]
        attendus = [stats.chi2_contingency(table, correction=False, lambda_=m).pvalue for m in (1, 0)]
        np.testing.assert_allclose(p_difference_taux(x1, n1, x2, n2), max(attendus), rtol=1e-8)
    assert p_difference_taux([20, 0], [20, 20], [300, 0], [300, 300]).tolist() == [1, 1]
    assert np.isnan(p_difference_taux([0, 3, 1], [0, 2, 4], 5, [9, 9, 0])).all()


def test_flags_by_chance_alone_stay_rare_where_nearly_everybody_succeeds():
    """40 territories × 25 indicators without any difference: the score test alone makes flags six times too often."""
    alea, signaux = np.random.default_rng(12), []
    for _ in range(300):
        n = np.exp(alea.uniform(np.log(30), np.log(600), (40, 25))).astype(int)
        x = alea.binomial(n, alea.uniform(0.9, 0.99, 25))
        reste = x.sum(axis=0) - x, n.sum(axis=0) - n
        tests = p_score_taux(x, n, *reste), p_difference_taux(x, n, *reste)
        signaux.append([benjamini_hochberg(p).min() <= 0.05 for p in tests])
    score, decision = np.mean(signaux, axis=0)
    assert decision <= 0.05 < score


@given(proportions, proportions)
def test_difference_is_between_its_limits_and_changes_sign_with_the_order(premier, second):
    ecart, low, high = difference_taux(*premier, *second)
    assert -1 - 1e-9 <= low <= ecart <= high <= 1 + 1e-9
    np.testing.assert_allclose(difference_taux(*second, *premier), [-ecart, -high, -low], atol=1e-12)


def test_difference_of_means_agrees_with_scipy():
    m1, s1, n1, m2, s2, n2 = 104.2, 33.0, 400, 100.9, 35.1, 9000
    attendu = stats.ttest_ind_from_stats(m1, s1, n1, m2, s2, n2, equal_var=False)
    ecart, low, high, p = difference_moyennes(m1, s1, n1, m2, s2, n2)
    np.testing.assert_allclose(p, attendu.pvalue)
    v1, v2 = s1**2 / n1, s2**2 / n2
    ddl = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    np.testing.assert_allclose([low, high], stats.t.interval(0.95, ddl, loc=ecart, scale=(v1 + v2) ** 0.5))


def test_difference_of_means_without_spread_has_no_interval():
    ecart, *reste = difference_moyennes(104, [np.nan, 3, 0], [40, 1, 40], 100, [3, 3, 0], 900)
    assert ecart.tolist() == [4, 4, 4]
    assert np.isnan(reste).all()


def test_difference_of_ratios_joins_the_limits_of_each():
    """60/100 against 400/500: limits combined by hand from the Poisson limits of 60 and of 400."""
    ecart, low, high, p = difference_ratios(60, 100, 400, 500)
    low60, high60 = stats.chi2.ppf([0.025, 0.975], [120, 122]) / 200
    low400, high400 = stats.chi2.ppf([0.025, 0.975], [800, 802]) / 1000
    attendu = [-0.2 - np.hypot(0.6 - low60, high400 - 0.8), -0.2 + np.hypot(high60 - 0.6, 0.8 - low400)]
    np.testing.assert_allclose([ecart, low, high], [-0.2, *attendu], atol=5e-4)
    z = (60 - 460 / 6) / (460 * (1 / 6) * (5 / 6)) ** 0.5
    rapport = stats.power_divergence([60, 400], [460 / 6, 460 * 5 / 6], lambda_="log-likelihood").pvalue
    np.testing.assert_allclose(p, max(2 * stats.norm.sf(abs(z)), rapport))


def test_difference_of_ratios_refuses_no_place():
    assert np.isnan(difference_ratios([5, -1, 5], [0, 3, 4], 5, [4, 4, np.nan])).all()


def test_benjamini_hochberg_on_the_example_of_its_authors():
    """Benjamini & Hochberg 1995, §4: 15 tests, four rejected at 5 %."""
    rejetees = [0.0001, 0.0004, 0.0019, 0.0095]
    autres = [0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1]
    assert (benjamini_hochberg(rejetees + autres) <= 0.05).tolist() == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.randoms())
def test_benjamini_hochberg_agrees_with_statsmodels_in_any_order(valeurs, alea):
    attendu = multipletests(valeurs, method="fdr_bh")[1]
    np.testing.assert_allclose(benjamini_hochberg(valeurs), attendu, atol=1e-12)
    ordre = list(range(len(valeurs)))
    alea.shuffle(ordre)
    np.testing.assert_allclose(benjamini_hochberg([valeurs[i] for i in ordre]), attendu[ordre], atol=1e-12)


def test_benjamini_hochberg_does_not_count_missing_tests():
    sans, avec = benjamini_hochberg([0.01, 0.04]), benjamini_hochberg([[0.01, np.nan], [np.nan, 0.04]])
    assert avec[[0, 1], [0, 1]].tolist() == sans.tolist()
    assert np.isnan(avec[[0, 1], [1, 0]]).all()
    assert np.isnan(benjamini_hochberg([np.nan])).all()
    assert benjamini_hochberg([]).size == 0


def test_detectable_difference_is_seen_eight_times_in_ten():
    """By simulation: the true difference is the one announced, the test is the one of the product."""
    alea = np.random.default_rng(5)
    for n1, p0 in [(80, 0.85), (200, 0.5), (60, 0.1)]:
        ecart = float(ecart_decelable_taux(n1, 5000, p0))
        p1 = p0 - ecart if p0 > 0.5 else p0 + ecart
        x1, x2 = alea.binomial(n1, p1, 20000), alea.binomial(5000, p0, 20000)
        assert (p_score_taux(x1, n1, x2, 5000) < 0.05).mean() == pytest.approx(0.8, abs=0.05)


def test_detectable_difference_shrinks_with_pupils_and_may_not_exist():
    ecarts = ecart_decelable_taux([50, 100, 1000], 10000, 0.8)
    assert (np.diff(ecarts) < 0).all()
    assert np.isnan(ecart_decelable_taux([1, 0, 50], [10000, 10, 10], [0.5, 0.5, np.nan])).all()


@given(
    st.floats(-20, 20),
    st.floats(0, 20),
    st.floats(0, 20),
    st.floats(0, 1),
    st.floats(0.1, 10),
    st.sampled_from([1, -1]),
)
def test_flipped_direction_exchanges_favorable_and_defavorable(ecart, dessous, dessus, p, utile, sens):
    arguments = (ecart, ecart - dessous, ecart + dessus, p, utile)
    miroir = {"favorable": "defavorable", "defavorable": "favorable"}
    etat, inverse = str(decide_etats(*arguments, sens)), str(decide_etats(*arguments, -sens))
    assert etat in ETATS
    assert inverse == miroir.get(etat, etat)
    neutre = str(decide_etats(*arguments, 0))
    assert (neutre in {"superieur", "inferieur"}) == (etat in miroir)


@pytest.mark.parametrize(
    ("ecart", "inf", "sup", "p", "attendu"),
    [
        (1.0, 0.5, 1.5, 0.0001, "comparable"),  # certain, but too small to matter
        (5.0, 1.0, 9.0, 0.051, "non_concluant"),  # the correction for many comparisons decides
        (5.0, 1.0, 9.0, 0.05, "favorable"),
        (5.0, -0.1, 9.0, 0.04, "non_concluant"),  # never a flag whose interval holds 0
        (-5.0, -9.0, -1.0, 0.001, "defavorable"),
        (3.0, -3.0, 3.0, 0.9, "comparable"),  # bounds of ± écart utile are inside
        (np.nan, -9.0, -1.0, 0.001, "sans_test"),
        (5.0, np.nan, np.nan, 0.001, "sans_test"),
        (5.0, 1.0, 9.0, np.nan, "sans_test"),
    ],
)
def test_answer_of_one_comparison(ecart, inf, sup, p, attendu):
    assert str(decide_etats(ecart, inf, sup, p, 3.0, 1)) == attendu


def test_answers_of_a_table_follow_its_shape():
    etats = decide_etats(np.full((3, 2), 5.0), 1.0, 9.0, 0.01, 3.0, [1, -1])
    assert etats.tolist() == [["favorable", "defavorable"]] * 3
