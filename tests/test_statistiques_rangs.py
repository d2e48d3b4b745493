"""Ranks and spread."""

import numpy as np
from scipy import stats

from indicators.statistiques import benjamini_hochberg, heterogeneite, intervalle_rangs, intervalle_rangs_taux


def test_smokers_of_prop_test():
    """R, ?prop.test: X-squared = 12.6, df = 3, p-value = 0.005585; the likelihood ratio is a little less sure."""
    chi2, ddl, p = heterogeneite([83, 90, 129, 70], [86, 93, 136, 82], [0, 0, 0, 0])
    assert (chi2.round(1).item(), ddl.item(), stats.chi2.sf(chi2, 3).round(6).item()) == (12.6, 3, 0.005585)
    assert p.round(6).item() == stats.chi2_contingency([[83, 90, 129, 70], [3, 3, 7, 12]], lambda_=0).pvalue.round(6)


def test_heterogeneity_agrees_with_scipy_territory_by_territory():
    alea = np.random.default_rng(9)
    groupes = alea.integers(0, 30, 200)
    n = alea.integers(20, 150, 200)
    x = np.clip(alea.binomial(n, 0.8), 1, n - 1)
    chi2, ddl, p = heterogeneite(x, n, groupes)
    for groupe in np.unique(groupes):
        ici = groupes == groupe
        if ici.sum() > 1:
            pearson, rapport = (
                stats.chi2_contingency([x[ici], (n - x)[ici]], correction=False, lambda_=m) for m in (1, 0)
            )
            attendu = [pearson.statistic, pearson.dof, max(pearson.pvalue, rapport.pvalue)]
            np.testing.assert_allclose([chi2[groupe], ddl[groupe], p[groupe]], attendu, rtol=1e-8)


def test_heterogeneity_of_one_school_is_missing_and_of_full_success_is_chance():
    chi2, _, p = heterogeneite([20, 30, 30, 5, np.nan], [20, 30, 40, 0, 30], [0, 0, 1, 1, 1])
    assert chi2.tolist()[0] == 0
    assert p.tolist()[0] == 1
    assert np.isnan([chi2[1], p[1]]).all()
    assert [a.size for a in heterogeneite([], [], [])] == [0, 0, 0]


def test_spread_by_chance_alone_is_seldom_found():
    """Small lycées near 97 %: at 1 % over 480 territories, a false finding stays rare."""
    alea = np.random.default_rng(13)
    trouves = 0
    for _ in range(200):
        groupes = np.repeat(np.arange(480), alea.integers(2, 9, 480))
        n = np.exp(alea.uniform(np.log(10), np.log(150), groupes.size)).astype(int)
        p = heterogeneite(alea.binomial(n, 0.97), n, groupes)[2]
        trouves += benjamini_hochberg(p).min() < 0.01
    assert trouves <= 4


def test_rank_lies_in_its_interval_and_missing_values_have_none():
    alea = np.random.default_rng(10)
    n = alea.integers(10, 400, 37)
    x = alea.binomial(n, 0.85)
    n[5] = 0
    rang, low, high = intervalle_rangs_taux(x, n)
    connus = n > 0
    assert np.isnan([rang[5], low[5], high[5]]).all()
    assert ((low <= rang) & (rang <= high))[connus].all()
    assert low[connus].min() == 1
    assert high[connus].max() == 36


def test_rank_is_the_same_at_each_publication_and_turns_with_the_direction():
    valeur = np.array([9.0, 12.0, 11.0, np.nan])
    bornes = valeur - 1, valeur + 1
    premier = intervalle_rangs(valeur, *bornes)
    np.testing.assert_array_equal(premier, intervalle_rangs(valeur, *bornes))
    assert premier[0][:3].tolist() == [3, 1, 2]
    assert intervalle_rangs(valeur, *bornes, sens_code=-1)[0][:3].tolist() == [1, 3, 2]


def test_separated_values_leave_no_doubt_and_equal_values_share_a_rank():
    valeur = np.array([1.0, 2.0, 3.0])
    assert [a.tolist() for a in intervalle_rangs(valeur, valeur - 0.01, valeur + 0.01)] == [[3, 2, 1]] * 3
    rang, low, high = intervalle_rangs_taux([50, 50, 10], [50, 50, 50])
    assert rang.tolist() == [1, 1, 3]
    assert low.tolist() == [1, 1, 3]
    assert high.tolist() == [2, 2, 3]


def test_no_territory_at_all():
    assert [a.size for a in intervalle_rangs([], [], [])] == [0, 0, 0]
