"""Trends: R's examples, scipy and statsmodels one series at a time, properties."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from indicators.statistiques import cochran_armitage, decide_tendances, derniers_points, pente_ponderee

ANNEES = np.arange(2019, 2025)


def test_smokers_of_prop_trend_test():
    """R, ?prop.trend.test: X-squared = 8.2249, p-value = 0.004132."""
    chi2, p = cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82], [1, 2, 3, 4])
    assert (round(float(chi2), 4), round(float(p), 6)) == (8.2249, 0.004132)


def test_batch_equals_series_one_by_one_with_missing_rentrees():
    alea = np.random.default_rng(6)
    n = alea.integers(20, 300, (200, 6)).astype(float)
    x = alea.binomial(n.astype(int), 0.8).astype(float)
    x[alea.random(x.shape) < 0.2] = np.nan
    chi2, p = cochran_armitage(x, n, ANNEES)
    for i in range(200):
        connus = np.isfinite(x[i])
        seul = cochran_armitage(x[i, connus], n[i, connus], ANNEES[connus])
        np.testing.assert_allclose([chi2[i], p[i]], seul, rtol=1e-8, equal_nan=True)


def test_slope_of_means_agrees_with_statsmodels():
    alea = np.random.default_rng(7)
    y, w = alea.normal(11, 1, (50, 6)), alea.integers(20, 300, (50, 6))
    pente, low, high, p = pente_ponderee(y, w, ANNEES)
    for i in range(50):
        attendu = sm.WLS(y[i], sm.add_constant(ANNEES - 2019.0), weights=w[i]).fit()
        np.testing.assert_allclose(pente[i], attendu.params[1], rtol=1e-8)
        np.testing.assert_allclose([low[i], high[i]], attendu.conf_int()[1], rtol=1e-8)
        np.testing.assert_allclose(p[i], attendu.pvalues[1], rtol=1e-8)


def test_slope_of_rates_says_the_same_as_the_trend_test():
    """Weighted least squares give the slope; its p-value is that of Cochran and Armitage."""
    alea = np.random.default_rng(8)
    n = alea.integers(20, 300, (50, 5))
    x = alea.binomial(n, 0.7)
    pente, low, high, p = pente_ponderee(x / n, n, ANNEES[:5], binomiale=True)
    np.testing.assert_allclose(p, cochran_armitage(x, n, ANNEES[:5])[1])
    np.testing.assert_allclose(pente, pente_ponderee(x / n, n, ANNEES[:5])[0])
    assert (((low > 0) | (high < 0)) == (p < 0.05)).all()


def test_constant_rates_or_too_few_points_have_no_test():
    assert np.isnan(cochran_armitage([[20, 20, 20], [5, np.nan, np.nan]], 20, [0, 1, 2])).all()
    pente, *reste = pente_ponderee([[11, 12, np.nan], [11, 12, 13]], 1, [0, 1, 2])
    np.testing.assert_allclose(pente, [1, 1])
    assert np.isnan(reste).all()


@given(st.lists(st.integers(0, 60), min_size=3, max_size=6), st.integers(-3000, 3000))
def test_trend_does_not_depend_on_the_origin_of_time_and_turns_with_it(x, origine):
    t = np.arange(len(x))
    pente, low, high, p = pente_ponderee(np.array(x) / 60, 60, t, binomiale=True)
    decalee = pente_ponderee(np.array(x) / 60, 60, t + origine, binomiale=True)
    np.testing.assert_allclose(decalee, [pente, low, high, p], atol=1e-9, equal_nan=True)
    retournee = pente_ponderee(np.array(x) / 60, 60, -t, binomiale=True)
    np.testing.assert_allclose(retournee, [-pente, -high, -low, p], atol=1e-9, equal_nan=True)


def test_last_points_of_a_series():
    connus = np.array([[1, 1, 1, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0, 1]], dtype=bool)
    assert derniers_points(connus).tolist() == [
        [False, True, True, False, True, True, True],
        [False, False, True, False, False, False, True],
    ]


@pytest.mark.parametrize(
    ("pente", "inf", "sup", "p", "points", "sens", "attendu"),
    [
        (0.03, 0.01, 0.05, 0.01, 2, 1, "serie_courte"),
        (0.03, 0.01, 0.05, 0.01, 3, 1, "amelioration"),
        (0.03, 0.01, 0.05, 0.01, 3, -1, "degradation"),
        (-0.03, -0.05, -0.01, 0.01, 3, -1, "amelioration"),
        (0.03, 0.01, 0.05, 0.01, 3, 0, "hausse"),
        (-0.03, -0.05, -0.01, 0.01, 3, 0, "baisse"),
        (0.002, -0.003, 0.007, 0.4, 5, 1, "stable"),  # 4 rentrées × 0.007 stays under 0.03
        (0.005, 0.003, 0.007, 0.001, 5, 1, "stable"),  # certain, but too small to matter
        (0.01, -0.02, 0.04, 0.4, 5, 1, "non_concluante"),
        (np.nan, np.nan, np.nan, np.nan, 5, 1, "non_concluante"),
    ],
)
def test_word_of_one_series(pente, inf, sup, p, points, sens, attendu):
    assert str(decide_tendances(pente, inf, sup, p, points, 4, 0.03, sens)) == attendu
