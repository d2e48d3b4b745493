"""What a level tells of its territories: published example, naive integrations, scipy's beta, closed forms."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.statistiques import ecart_type_entre_annees
from indicators.statistiques.a_priori import (
    NB_TIRAGES,
    APriori,
    draw_taux,
    draw_valeurs,
    fit_a_priori,
    fit_a_priori_taux,
    summarise,
    summarise_taux,
)
from tests.oracles import integrate_normal, integrate_taux

ECOLES = [28, 8, -3, 7, -1, 1, 18, 12]
ECARTS_TYPES = [15, 10, 16, 11, 9, 11, 10, 18]
"""Coaching in eight schools (Rubin 1981; Gelman et al. 2013, Bayesian Data Analysis, table 5.2)."""
compte = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
niveau = st.lists(compte, min_size=3, max_size=12)
rapide = settings(max_examples=60, deadline=None)


def make_chance(nombre: int, k: int, graine: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(z, ordre, zeta) as the functions that draw want them."""
    alea = np.random.default_rng(graine)
    return alea.standard_normal((nombre, k)), alea.permutation(nombre), alea.standard_normal(nombre)


def make_a_priori(mu: float, tau: float, variance_mu: float = 0.0) -> APriori:
    """A prior of a single τ."""
    return APriori(np.array([tau]), np.ones(1), np.array([mu]), np.array([variance_mu]))


def mean_of(a_priori: APriori, champ: str) -> float:
    return float(a_priori.poids @ getattr(a_priori, champ))


# --- Against other ways of computing the same thing


def test_naive_integration_gives_the_published_eight_schools():
    """BDA §5.5, flat prior of τ: the mean is about 8 points, schools A and C about 11 and 6 (figure 5.6, table 5.3)."""
    mu, tau, ecoles = integrate_normal(ECOLES, ECARTS_TYPES, None)
    assert mu == pytest.approx(7.9, abs=0.05)
    assert tau == pytest.approx(6.6, abs=0.1)
    assert ecoles[0] == pytest.approx(11, abs=0.5) and ecoles[2] == pytest.approx(6, abs=0.5)


@pytest.mark.parametrize("echelle", [1, 5, 10])
def test_eight_schools_under_a_half_cauchy(echelle):
    """Twenty-four values of τ are enough: within a fortieth of what chance leaves of a school."""
    variances = np.square(ECARTS_TYPES)
    a_priori = fit_a_priori(ECOLES, variances, echelle)
    moyennes, ecarts = summarise(ECOLES, variances, a_priori)
    mu, tau, ecoles = integrate_normal(ECOLES, ECARTS_TYPES, echelle)
    assert mean_of(a_priori, "mu") == pytest.approx(mu, abs=0.02)
    assert mean_of(a_priori, "tau") == pytest.approx(tau, rel=0.08)
    assert (np.abs(moyennes - ecoles) < ecarts / 40).all()


@pytest.mark.parametrize(
    ("x", "n", "echelle"),
    [
        ([80, 160, 70, 95], [100, 200, 100, 100], 0.03),
        ([15, 41, 60, 12, 77, 150, 33, 9], [20, 50, 90, 15, 80, 160, 60, 10], 0.04),
        ([2, 30, 11, 8, 19, 0], [60, 400, 300, 120, 410, 50], 0.01),
        ([50, 49, 48, 50, 47], [50, 50, 50, 50, 50], 0.03),
    ],
)
def test_beta_prior_agrees_with_a_double_sum(x, n, echelle):
    """The mean of the level is taken at its likeliest for each τ, where the oracle sums over it.

    It moves by 1.5 point at most, τ by a third (five territories near 100 %), no territory by more than 0.6 point.
    """
    a_priori = fit_a_priori_taux(x, n, echelle)
    moyennes, _ = summarise_taux(x, n, a_priori)
    mu, tau, taux = integrate_taux(x, n, echelle)
    assert mean_of(a_priori, "mu") == pytest.approx(mu, abs=0.015)
    assert mean_of(a_priori, "tau") == pytest.approx(tau, rel=0.35)
    np.testing.assert_allclose(moyennes, taux, atol=0.006)


COMPTES = [(0, 10), (0, 200), (1, 20), (10, 10), (200, 200), (5, 40), (20, 40), (95, 100), (570, 600), (3, 2000)]


def read_quantiles(x: int, n: int, a_priori: APriori) -> np.ndarray:
    """Quantiles of draws whose chance is spread evenly, so that only the approximation is seen."""
    z = stats.norm.ppf((np.arange(NB_TIRAGES) + 0.5) / NB_TIRAGES)[:, None]
    tirages, _ = draw_taux([x], [n], a_priori, z, np.arange(NB_TIRAGES), np.zeros(NB_TIRAGES))
    return np.quantile(tirages[:, 0], [0.05, 0.5, 0.95])


@pytest.mark.parametrize(("mu", "tau"), [(0.8, 0.05), (0.5, 0.1), (0.05, 0.01)])
@pytest.mark.parametrize(("x", "n"), COMPTES)
def test_draws_of_a_rate_have_the_quantiles_of_its_beta(x, n, mu, tau):
    """A normal logit stands for the beta: four tenths of a point at most, even where nobody or everybody succeeds."""
    m = mu * (1 - mu) / tau**2 - 1
    exacts = stats.beta.ppf([0.05, 0.5, 0.95], x + mu * m, n - x + (1 - mu) * m)
    np.testing.assert_allclose(read_quantiles(x, n, make_a_priori(mu, tau)), exacts, atol=0.004)


@pytest.mark.parametrize(("x", "n"), COMPTES)
def test_without_a_level_draws_are_never_tighter_than_the_beta(x, n):
    """Half an event on each side: exact with no event, one point off at most from five events on."""
    inf, mediane, sup = read_quantiles(x, n, fit_a_priori_taux([x], [n], 0.03))
    exacts = stats.beta.ppf([0.05, 0.5, 0.95], x + 0.5, n - x + 0.5)
    assert mediane == pytest.approx(exacts[1], abs=0.01)
    assert sup - inf > (exacts[2] - exacts[0]) * 0.99
    if x in (0, n) or 5 <= x <= n - 5:
        np.testing.assert_allclose([inf, sup], exacts[[0, 2]], atol=0.01 if 0 < x < n else 1e-3)


def test_draws_of_a_value_have_the_mean_and_spread_of_the_closed_form():
    """Prior of mean 2 ± 1 and τ = 3: B = V / (V + 9), mean y + B (2 − y), variance (1 − B) V + B² × 1."""
    y, variance = np.array([10.0, -4.0, 2.0, 50.0]), np.array([9.0, 1.0, 100.0, 0.0])
    tirages, propre = draw_valeurs(y, variance, make_a_priori(2, 3, 1), *make_chance(200_000, 4))
    np.testing.assert_allclose(propre, [1 / 2, 9 / 10, 9 / 109, 1])
    np.testing.assert_allclose(tirages.mean(axis=0), [6, -3.4, 2, 50], atol=0.02)
    np.testing.assert_allclose(tirages.std(axis=0), np.sqrt([4.75, 0.91, 900 / 109 + (100 / 109) ** 2, 0]), atol=0.02)


def test_summaries_are_the_mean_and_spread_of_many_draws():
    variances = np.square(ECARTS_TYPES).astype(float)
    a_priori = fit_a_priori(ECOLES, variances, 5)
    tirages, _ = draw_valeurs(ECOLES, variances, a_priori, *make_chance(200_000, 8))
    moyennes, ecarts = summarise(ECOLES, variances, a_priori)
    np.testing.assert_allclose(tirages.mean(axis=0), moyennes, atol=0.05)
    np.testing.assert_allclose(tirages.std(axis=0), ecarts, rtol=0.01)


def test_summaries_of_rates_are_the_mean_and_spread_of_many_draws():
    x, n = [15, 41, 60, 12, 77, 150, 33, 9], [20, 50, 90, 15, 80, 160, 60, 10]
    a_priori = fit_a_priori_taux(x, n, 0.04)
    tirages, _ = draw_taux(x, n, a_priori, *make_chance(200_000, 8))
    moyennes, ecarts = summarise_taux(x, n, a_priori)
    np.testing.assert_allclose(tirages.mean(axis=0), moyennes, atol=0.001)
    # A normal logit spreads skewed rates a little wider, never tighter.
    rapport = tirages.std(axis=0) / ecarts
    assert (rapport > 0.99).all() and (rapport < 1.12).all()


def test_level_counts_for_as_many_draws_of_each_tau_as_its_weight():
    """Two values of τ, of weights 0.25 and 0.75: nothing borrowed in a quarter of the draws, nearly all in the rest."""
    a_priori = APriori(np.array([1e6, 1e-6]), np.array([0.25, 0.75]), np.zeros(2), np.zeros(2))
    tirages, propre = draw_valeurs([10.0], [1e-4], a_priori, *make_chance(4000, 1))
    assert np.isclose(tirages[:, 0], 10, atol=0.1).sum() == 1000
    assert np.isclose(tirages[:, 0], 0, atol=0.1).sum() == 3000
    assert propre == pytest.approx(0.25)


# --- Spread between pupils, from two rentrées


def test_spread_between_pupils_by_hand():
    """σ² = Σ w (move − mean move)² / (k − 1), w = 1 / (1/n + 1/n'), in fractions."""
    y = [Fraction(10), Fraction(12), Fraction(21, 2), Fraction(9)] * 5
    suite = [Fraction(11), Fraction(12), Fraction(10), Fraction(10)] * 5
    n, n_suite = [50, 80, 100, 40] * 5, [60, 80, 50, 40] * 5
    w = [1 / (Fraction(1, a) + Fraction(1, b)) for a, b in zip(n, n_suite, strict=True)]
    moyen = sum(p * (b - a) for p, a, b in zip(w, y, suite, strict=True)) / sum(w)
    variance = sum(p * (b - a - moyen) ** 2 for p, a, b in zip(w, y, suite, strict=True)) / 19
    lu = ecart_type_entre_annees([float(v) for v in y], n, [float(v) for v in suite], n_suite)
    assert lu == pytest.approx(sqrt(variance))


def test_spread_between_pupils_is_found_again_whatever_all_gained():
    """Means of pupils drawn with σ = 4, all two points higher the year after."""
    alea = np.random.default_rng(12)
    n, n_suite = alea.integers(20, 200, (2, 2000))
    vrai = alea.normal(10, 3, 2000)
    y = vrai + alea.normal(size=2000) * 4 / np.sqrt(n)
    suite = vrai + 2 + alea.normal(size=2000) * 4 / np.sqrt(n_suite)
    assert ecart_type_entre_annees(y, n, suite, n_suite) == pytest.approx(4, rel=0.05)
    bouge = suite + alea.normal(size=2000) * 0.5
    assert ecart_type_entre_annees(y, n, bouge, n_suite) > 4  # a true change is never taken for less chance


def test_spread_between_pupils_needs_twenty_pairs():
    y, n = np.arange(20.0), np.full(20, 30.0)
    assert np.isfinite(ecart_type_entre_annees(y, n, y[::-1], n))
    for manque in (np.nan, 0.0):
        sans = np.where(np.arange(20) == 3, manque, n)
        assert np.isnan(ecart_type_entre_annees(y, sans, y[::-1], n))
    assert np.isnan(ecart_type_entre_annees(y[:19], n[:19], y[1:], n[:19]))


# --- Properties


@rapide
@given(niveau)
def test_own_share_of_a_rate_is_a_share_and_grows_with_pupils(comptes):
    x, n = np.array(comptes, dtype=float).T
    a_priori = fit_a_priori_taux(x, n, 0.03)
    chance = make_chance(200, len(x))
    tirages, propre = draw_taux(x, n, a_priori, *chance)
    assert ((propre >= 0) & (propre <= 1)).all() and ((tirages >= 0) & (tirages <= 1)).all()
    _, plus_grand = draw_taux(3 * x, 3 * n, a_priori, *chance)
    assert (plus_grand > propre).all()
    ordre = np.argsort(n, kind="stable")
    assert (np.diff(propre[ordre]) >= 0).all()


@rapide
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 400)), min_size=3, max_size=12))
def test_own_share_of_a_value_is_a_share_and_grows_as_chance_shrinks(estimes):
    y, variance = np.array(estimes).T
    a_priori = fit_a_priori(y, variance, 5)
    chance = make_chance(200, len(y))
    _, propre = draw_valeurs(y, variance, a_priori, *chance)
    assert ((propre >= 0) & (propre <= 1)).all()
    _, plus_sure = draw_valeurs(y, variance / 4, a_priori, *chance)
    assert (plus_sure > propre).all()


@rapide
@given(niveau, st.data())
def test_one_pupil_more_moves_the_mean_of_its_territory_upward(comptes, data):
    x, n = np.array(comptes, dtype=float).T
    possibles = np.flatnonzero(x < n)
    if not len(possibles):
        return
    rang = data.draw(st.sampled_from(possibles.tolist()))
    plus = x + (np.arange(len(x)) == rang)
    a_priori = fit_a_priori_taux(x, n, 0.03)
    avant, apres = (summarise_taux(v, n, a_priori)[0] for v in (x, plus))
    assert apres[rang] > avant[rang] and (np.delete(apres, rang) == np.delete(avant, rang)).all()
    chance = make_chance(200, len(x))
    assert (np.diff([draw_taux(v, n, a_priori, *chance)[0].mean(axis=0)[rang] for v in (x, plus)]) >= -1e-9).all()
    relu, _ = summarise_taux(plus, n, fit_a_priori_taux(plus, n, 0.03))
    assert relu[rang] > avant[rang] - 1e-9


@rapide
@given(niveau, st.data())
def test_order_of_the_territories_is_irrelevant(comptes, data):
    x, n = np.array(comptes, dtype=float).T
    autre = data.draw(st.permutations(range(len(x))))
    z, ordre, zeta = make_chance(200, len(x))
    avant = draw_taux(x, n, fit_a_priori_taux(x, n, 0.03), z, ordre, zeta)
    apres = draw_taux(x[autre], n[autre], fit_a_priori_taux(x[autre], n[autre], 0.03), z[:, autre], ordre, zeta)
    np.testing.assert_allclose(apres[0], avant[0][:, autre], atol=1e-9)
    np.testing.assert_allclose(apres[1], avant[1][autre], atol=1e-9)
    y, variance = x / n, (x + 0.5) * (n - x + 0.5) / (n + 1) ** 2 / n
    avant = summarise(y, variance, fit_a_priori(y, variance, 0.03))
    apres = summarise(y[autre], variance[autre], fit_a_priori(y[autre], variance[autre], 0.03))
    np.testing.assert_allclose(apres, np.array(avant)[:, autre], atol=1e-9)


@rapide
@given(niveau)
def test_nobody_leaves_the_span_of_the_level(comptes):
    """A mean lies between its own rate and where the level draws it; so between the ends of all the rates."""
    x, n = np.array(comptes, dtype=float).T
    moyennes, ecarts = summarise_taux(x, n, fit_a_priori_taux(x, n, 0.03))
    assert (moyennes >= (x / n).min() - 1e-6).all() and (moyennes <= (x / n).max() + 1e-6).all()
    assert (ecarts > 0).all() and (ecarts < 0.5).all()


# --- Where there is little to read


@pytest.mark.parametrize("reussis", [0, 1])
def test_nobody_or_everybody_in_a_whole_level_stays_so(reussis):
    """Ten territories at 0 % (or 100 %): no draw comes out at the other end."""
    n = np.array([10.0, 20, 40, 80, 15, 200, 12, 30, 60, 25])
    a_priori = fit_a_priori_taux(reussis * n, n, 0.03)
    tirages, _ = draw_taux(reussis * n, n, a_priori, *make_chance(2000, 10))
    assert np.abs(tirages - reussis).mean() < 0.01
    assert (np.abs(tirages - reussis) < 0.5).all()


def test_rare_events_are_drawn_from_their_exact_beta():
    """None of 50 where the level counts for a tenth of an event: 0.2 % on average, 1.2 % at most 95 times of 100."""
    a_priori = make_a_priori(0.01, sqrt(0.01 * 0.99 / 11))  # M = 10 pupils
    exacts = stats.beta.ppf([0.05, 0.5, 0.95], 0.1, 59.9)
    np.testing.assert_allclose(read_quantiles(0, 50, a_priori), exacts, atol=1e-4)


@pytest.mark.parametrize("k", [0, 1, 2])
def test_under_three_territories_nothing_is_borrowed(k):
    y, variance = np.array([10.0, -4.0][:k]), np.array([9.0, 1.0][:k])
    a_priori = fit_a_priori(y, variance, 5)
    assert np.isinf(a_priori.tau).all() and a_priori.poids.sum() == 1
    z, ordre, zeta = make_chance(400, k)
    tirages, propre = draw_valeurs(y, variance, a_priori, z, ordre, zeta)
    np.testing.assert_array_equal(tirages, y + np.sqrt(variance) * z)
    np.testing.assert_array_equal(propre, np.ones(k))
    np.testing.assert_array_equal(summarise(y, variance, a_priori), [y, np.sqrt(variance)])


@pytest.mark.parametrize("k", [1, 2])
def test_under_three_territories_a_rate_is_read_with_half_an_event_on_each_side(k):
    x, n = np.array([15.0, 300.0][:k]), np.array([20.0, 400.0][:k])
    a_priori = fit_a_priori_taux(x, n, 0.03)
    moyennes, ecarts = summarise_taux(x, n, a_priori)
    exactes = stats.beta(x + 0.5, n - x + 0.5)
    np.testing.assert_allclose(moyennes, exactes.mean())
    np.testing.assert_allclose(ecarts, exactes.std())
    _, propre = draw_taux(x, n, a_priori, *make_chance(100, k))
    np.testing.assert_allclose(propre, n / (n + 1))


def test_rows_that_cannot_be_read_are_nan_and_change_nothing():
    """A missing estimate, a missing chance; no pupils, more events than pupils, a missing count."""
    y, variance = np.array([*ECOLES, np.nan, 3.0]), np.array([*np.square(ECARTS_TYPES), 4.0, np.nan])
    a_priori, seul = fit_a_priori(y, variance, 5), fit_a_priori(ECOLES, np.square(ECARTS_TYPES), 5)
    np.testing.assert_array_equal(a_priori.poids, seul.poids)
    tirages, _ = draw_valeurs(y, variance, a_priori, *make_chance(50, 10))
    assert np.isnan(tirages[:, 8:]).all() and np.isfinite(tirages[:, :8]).all()
    assert np.isnan(summarise(y, variance, a_priori)[0][8:]).all()

    x, n = np.array([80.0, 160, 70, 95, 5, 12, np.nan]), np.array([100.0, 200, 100, 100, 0, 10, 50])
    a_priori, seul = fit_a_priori_taux(x, n, 0.03), fit_a_priori_taux(x[:4], n[:4], 0.03)
    np.testing.assert_array_equal(a_priori.poids, seul.poids)
    tirages, propre = draw_taux(x, n, a_priori, *make_chance(50, 7))
    assert np.isnan(tirages[:, 4:]).all() and np.isfinite(tirages[:, :4]).all()
    assert np.isnan(propre[4:]).all()


def test_estimates_without_chance_keep_their_value():
    """A variance of 0 borrows nothing, whatever the level."""
    y = np.array([1.0, 2.0, 3.0, 40.0])
    tirages, propre = draw_valeurs(y, np.zeros(4), fit_a_priori(y, np.zeros(4), 5), *make_chance(50, 4))
    np.testing.assert_array_equal(propre, np.ones(4))
    np.testing.assert_array_equal(tirages, np.tile(y, (50, 1)))


def test_same_rates_everywhere_borrow_nearly_all():
    """Twenty territories at exactly 80 % leave little room for a small one to differ, and much for a wide spread."""
    x, n = np.full(20, 160.0), np.full(20, 200.0)
    _, propre = draw_taux(x, n, fit_a_priori_taux(x, n, 0.03), *make_chance(200, 20))
    assert (propre < 0.4).all()
    ecartes = np.tile([100.0, 190.0], 10)
    _, propre = draw_taux(ecartes, n, fit_a_priori_taux(ecartes, n, 0.03), *make_chance(200, 20))
    assert (propre > 0.9).all()
