"""Mann-Kendall, Theil-Sen, funnel limits, spread and expected values against SciPy and published tables."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.statistiques.attendu import ecart_attendu, regression_contexte
from indicators.statistiques.dispersion import dispersion_aleatoire, dispersion_taux
from indicators.statistiques.entonnoir import limites_entonnoir, surdispersion
from indicators.statistiques.robustes import mann_kendall, theil_sen
from indicators.statistiques.voisinage import distance_contexte, find_voisins, stabilite_voisins, standardise

SERIES = st.lists(st.integers(0, 12), min_size=5, max_size=14)

# BCG vaccine trials, log risk ratios and their variances: Colditz et al. 1994, JAMA 271:698-702; DerSimonian-Laird
# results (Q = 152.233, tau² = 0.3088, I² = 92.12 %) as given by Viechtbauer 2010, J. Stat. Softw. 36(3).
BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
    [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232],
    [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
])  # fmt: skip


def _bcg():
    tp, tn, cp, cn = BCG.T.astype(float)
    return np.log((tp / (tp + tn)) / (cp / (cp + cn))), 1 / tp - 1 / (tp + tn) + 1 / cp - 1 / (cp + cn)


@given(SERIES)
@settings(max_examples=200, deadline=None)
def test_mann_kendall_against_scipy(y):
    """Without ties and up to ten points, the exact p of Kendall's test; S is that of a plain double loop."""
    tau, p = mann_kendall(np.array(y, dtype=float))
    s = sum(np.sign(y[j] - y[i]) for i, j in itertools.combinations(range(len(y)), 2))
    assert tau == pytest.approx(2 * s / (len(y) * (len(y) - 1)))
    assert 0 <= p <= 1
    if len(set(y)) == len(y) <= 10:
        assert p == pytest.approx(stats.kendalltau(range(len(y)), y, method="exact").pvalue)
    elif len(set(y)) == 1:
        assert p == 1


def test_mann_kendall_by_enumeration():
    """Five points: every one of the 120 orders, counted."""
    ordres = np.array(list(itertools.permutations(range(5))), dtype=float)
    tau, p = mann_kendall(ordres)
    for valeur in np.unique(tau):
        assert p[tau == valeur][0] == pytest.approx(min(1.0, np.mean(np.abs(tau) >= abs(valeur) - 1e-9)))


def test_robust_readings_need_five_points_and_skip_the_missing():
    y = np.array([[1.0, 2, np.nan, 3, 4, np.nan], [1.0, 2, np.nan, 3, 4, 5]])
    assert np.isnan(mann_kendall(y)[0]).tolist() == [True, False]
    assert np.isnan(theil_sen(y, np.arange(6))[0]).tolist() == [True, False]
    complet = theil_sen([1.0, 2, 3, 4, 5], [0, 1, 3, 4, 5])
    assert [a[1] for a in theil_sen(y, np.arange(6))] == pytest.approx([a.item() for a in complet])


@given(SERIES)
@settings(max_examples=100, deadline=None)
def test_theil_sen_against_scipy(y):
    attendu = stats.theilslopes(y, np.arange(len(y)), 0.95)
    pente, inf, sup = theil_sen(np.array(y, dtype=float), np.arange(len(y)))
    assert pente == pytest.approx(attendu[0])
    if len(set(y)) > 1:
        assert (inf, sup) == pytest.approx((attendu[2], attendu[3]))


@given(st.floats(0, 1), st.integers(1, 5000), st.floats(0, 0.05))
def test_funnel_limits_are_ordered_and_bounded(p0, n, tau2):
    inf, sup = limites_entonnoir(p0, n)
    inf99, sup99 = limites_entonnoir(p0, n, confiance=0.998)
    larges = limites_entonnoir(p0, n, tau2=tau2)
    assert 0 <= inf99 <= inf <= p0 <= sup <= sup99 <= 1
    assert larges[0] <= inf + 1e-12 and larges[1] >= sup - 1e-12


def test_funnel_refuses_what_is_not_a_proportion():
    assert np.isnan(limites_entonnoir([0.5, 0.5, 1.2], [0, -3, 10])[0]).all()
    assert np.isnan(surdispersion([5, 3], [0, 2])).all()
    assert np.isnan(surdispersion([0, 0], [10, 20])).all()


def test_overdispersion_is_found_where_it_is():
    """10 000 territories of the same rate: phi about 1; with 5 points of spread, tau about 0.05. No winsorising."""
    alea = np.random.default_rng(1)
    n = alea.integers(50, 400, 10_000)
    _, phi, tau2 = surdispersion(alea.binomial(n, 0.8), n, winsor=0)
    assert phi == pytest.approx(1, abs=0.05) and tau2 < 0.0001
    vrais = np.clip(alea.normal(0.8, 0.05, n.size), 0, 1)
    assert np.sqrt(surdispersion(alea.binomial(n, vrais), n, winsor=0)[2]) == pytest.approx(0.05, abs=0.004)


def test_random_spread_of_the_bcg_trials():
    """Published: tau² = 0.3088, I² = 92.12 %."""
    y, v = _bcg()
    tau2, i2 = dispersion_aleatoire(y, v, np.zeros(len(y), dtype=int))
    assert tau2[0] == pytest.approx(0.3088, abs=5e-5)
    assert i2[0] == pytest.approx(0.9212, abs=5e-5)


def test_spread_needs_two_and_groups_are_apart():
    tau2, i2 = dispersion_taux([5, 50, 5, 50, 3], [100, 100, 10, 100, -1], [0, 0, 1, 2, 2])
    assert np.isnan(tau2).tolist() == [False, True, True] and i2[0] > 0.9
    assert dispersion_taux([50, 50], [100, 100], [0, 0])[0][0] == 0


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_regression_without_spread_is_plain_weighted_least_squares(graine):
    """Known variances far above the residuals: tau² = 0, and NumPy's weighted fit gives the same line."""
    alea = np.random.default_rng(graine)
    x, variance = alea.normal(100, 10, 12), alea.uniform(50, 100, 12)
    y = 20 + 0.6 * x + alea.normal(0, 0.5, 12)
    coefficients, _, tau2, ddl = regression_contexte(y, variance, x[:, None])
    assert tau2 == 0 and ddl == 10
    assert coefficients[::-1] == pytest.approx(np.polyfit(x, y, 1, w=1 / np.sqrt(variance)))


def test_meta_regression_of_the_bcg_trials_by_hand():
    """Method of moments written out with full matrices."""
    y, v = _bcg()
    latitude = np.array([44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33], dtype=float)
    x, w = np.column_stack([np.ones(13), latitude]), np.diag(1 / v)
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    attendu = (y @ p @ y - 11) / np.trace(p)
    assert regression_contexte(y, v, latitude[:, None])[2] == pytest.approx(attendu)


def test_expected_gap_covers_and_finds():
    """Territories without a gap: the 95 % interval holds 0 about 95 times in 100; a real gap is found."""
    alea, dedans, trouves = np.random.default_rng(3), [], []
    for _ in range(300):
        groupes = np.repeat(np.arange(20), 6)
        ips, n = alea.normal(103, 9, 120), alea.integers(60, 160, 120)
        vrai = np.clip(0.85 + 0.004 * (ips - 103) + alea.normal(0, 0.03, 120) + 0.10 * (groupes == 0), 0.02, 0.98)
        taux = alea.binomial(n, vrai) / n
        ecart, inf, sup, _ = ecart_attendu(taux, taux * (1 - taux) / n + 1e-6, n, ips[:, None], groupes)
        dedans.append(np.mean((inf[1:] <= 0) & (sup[1:] >= 0)))
        trouves.append(inf[0] > 0)
        assert np.isfinite(ecart).all()
    assert 0.92 <= np.mean(dedans) <= 0.98
    assert np.mean(trouves) > 0.9


def test_expected_gap_refuses_what_cannot_be_drawn():
    """Too few établissements, a context that does not vary, a territory without figure."""
    assert np.isnan(ecart_attendu([1, 2], [1, 1], [1, 1], [[1], [2]], [0, 1])[0]).all()
    assert np.isnan(regression_contexte([1, 2, 3, 4], [1] * 4, [[5]] * 4)[0]).all()
    ecart = ecart_attendu(
        [80, 84, 90, 94, np.nan], [4] * 5, [1] * 5, [[90], [100], [110], [120], [105]], [0, 0, 1, 1, 2]
    )
    assert np.isnan(ecart[0]).tolist() == [False, False, True]


def test_neighbours_by_hand():
    """Distances written out, parts that add up, a relabelling that changes nothing, a missing variable."""
    variables = np.array([[100, 20.0], [104, 22], [120, 60], [99, np.nan], [101, 21]])
    z = standardise(variables)
    distance, part = distance_contexte(z, [2.0, 1.0])
    attendue = np.sqrt(2 * (z[0, 0] - z[2, 0]) ** 2 + (z[0, 1] - z[2, 1]) ** 2)
    assert distance[0, 2] == pytest.approx(attendue) and part[0, 2].sum() == pytest.approx(1)
    assert distance[0, 3] == pytest.approx(np.sqrt(2 * (z[0, 0] - z[3, 0]) ** 2 * 1.5))
    assert np.isnan(distance_contexte(z, [1.0, 2.0])[0][0, 3])
    voisins = find_voisins(distance, 2)
    assert voisins[0].tolist() == [4, 3] or voisins[0].tolist() == [3, 4]
    ordre = np.array([3, 0, 4, 1, 2])
    melanges = find_voisins(distance_contexte(z[ordre], [2.0, 1.0])[0], 2)
    assert [set(ordre[ligne]) for ligne in melanges] == [set(voisins[i]) for i in ordre]
    assert stabilite_voisins(z, [2.0, 1.0], 2).shape == z.shape
    assert find_voisins([[0.0]], 3).tolist() == [[-1, -1, -1]]
