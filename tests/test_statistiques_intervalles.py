"""Intervals of one figure, against printed tables, scipy and properties."""

import csv
import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from indicators.statistiques import byar, combine_moyennes, moyenne_ponderee, student, wilson

REFERENCE = Path(__file__).parent / "reference"
MODULES = ["intervalles", "comparaison", "tendances", "dispersion", "rangs"]


def read_reference(nom):
    """Rows of a reference file, figures as floats."""
    with (REFERENCE / nom).open(encoding="utf-8") as fichier:
        return [{k: v if k == "source" else float(v) for k, v in ligne.items()} for ligne in csv.DictReader(fichier)]


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings_hold(module):
    """Each public function shows at least one example, and it is true."""
    resultat = doctest.testmod(
        importlib.import_module(f"indicators.statistiques.{module}"), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert resultat.attempted > 0
    assert resultat.failed == 0


def test_every_public_function_has_an_example():
    paquet = importlib.import_module("indicators.statistiques")
    assert [nom for nom in paquet.__all__ if ">>>" not in getattr(paquet, nom).__doc__] == []


@pytest.mark.parametrize("ligne", read_reference("wilson.csv"), ids=lambda ligne: f"{ligne['x']:.0f}/{ligne['n']:.0f}")
def test_wilson_gives_printed_limits(ligne):
    assert [round(float(b), 4) for b in wilson(ligne["x"], ligne["n"])] == [ligne["inf"], ligne["sup"]]


def test_wilson_agrees_with_statsmodels():
    alea = np.random.default_rng(1)
    n = alea.integers(1, 3000, 500)
    x = alea.binomial(n, alea.random(500))
    for confiance in (0.8, 0.95, 0.998):
        attendu = proportion_confint(x, n, alpha=1 - confiance, method="wilson")
        np.testing.assert_allclose(wilson(x, n, confiance), attendu, atol=1e-12)


@pytest.mark.parametrize(("x", "n"), [(0, 0), (3, 0), (5, 4), (-1, 4), (np.nan, 4), (1, np.nan), (1, -4)])
def test_wilson_of_no_proportion_is_missing(x, n):
    assert np.isnan(wilson(x, n)).all()


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(2, 50))
def test_wilson_surrounds_the_rate_and_narrows_with_pupils(compte, facteur):
    x, n = compte
    low, high = wilson(x, n)
    assert 0 <= low <= x / n <= high <= 1
    low_plus, high_plus = wilson(x * facteur, n * facteur)
    assert high_plus - low_plus < high - low


@pytest.mark.parametrize("ligne", read_reference("poisson_exact.csv"), ids=lambda ligne: f"{ligne['x']:.0f}")
def test_byar_gives_printed_limits(ligne):
    """Exact below 10 events; from 10 on, the approximation is within 0.02 of the exact limits."""
    tolerance = 0.0005 if ligne["x"] < 10 else 0.02
    np.testing.assert_allclose(byar(ligne["x"]), [ligne["inf"], ligne["sup"]], atol=tolerance)


def test_byar_agrees_with_its_formula_term_by_term():
    """66 events: 66·(1 − 1/594 − 1.96/(3·√66))³ and 67·(1 − 1/603 + 1.96/(3·√67))³."""
    low = 66 * (1 - 1 / (9 * 66) - 1.959964 / (3 * 66**0.5)) ** 3
    high = 67 * (1 - 1 / (9 * 67) + 1.959964 / (3 * 67**0.5)) ** 3
    np.testing.assert_allclose(byar(66), [low, high], rtol=1e-6)


def test_byar_of_a_negative_or_missing_count_is_missing():
    assert np.isnan(byar([-1, np.nan])).all()


def test_negative_byar_limit_is_missing_not_zero():
    low, high = byar(12, confiance=1 - 1e-25)
    assert np.isnan(low)
    assert high > 12


@given(st.just(0.0) | st.floats(0.01, 1e5))
def test_byar_surrounds_the_count(x):
    low, high = byar(x)
    assert 0 <= low <= x <= high


def test_student_agrees_with_scipy():
    attendu = stats.t.interval(0.95, df=24, loc=12.3, scale=2.1 / 5)
    np.testing.assert_allclose(student(12.3, 25, 2.1), attendu)
    assert np.isnan(student([12, 12, 12], [1, 25, 25], [2, -1, np.nan])).all()


def test_combined_schools_equal_their_pupils_listed_one_by_one():
    """Two territories, three écoles each, rebuilt from raw pupils."""
    alea = np.random.default_rng(2)
    ecoles = [alea.normal(100 + 5 * k, 30, 20 + 10 * k) for k in range(6)]
    groupes = [0, 1, 0, 1, 0, 1]
    moyenne, effectif, ecart_type = combine_moyennes(
        [e.mean() for e in ecoles], [e.size for e in ecoles], [e.std(ddof=1) for e in ecoles], groupes
    )
    for groupe in (0, 1):
        eleves = np.concatenate([e for e, g in zip(ecoles, groupes, strict=True) if g == groupe])
        attendu = [eleves.mean(), eleves.size, eleves.std(ddof=1)]
        np.testing.assert_allclose([moyenne[groupe], effectif[groupe], ecart_type[groupe]], attendu)


def test_weighted_mean_needs_every_spread_for_its_interval():
    moyenne, low, high = moyenne_ponderee([110, 90, 80], [30, 10, 20], [20, np.nan, 30], [0, 0, 1])
    assert moyenne.tolist() == [(110 * 30 + 90 * 10) / 40, 80]
    assert np.isnan([low[0], high[0]]).all()
    assert low[1] < 80 < high[1]


def test_weighted_mean_leaves_out_schools_without_figure_or_pupils():
    moyenne, effectif, _ = combine_moyennes([110, np.nan, 90, 70], [30, 10, 0, np.nan], [1, 1, 1, 1], [0, 0, 0, 1])
    assert moyenne[0] == 110
    assert effectif.tolist() == [30, 0]
    assert np.isnan(moyenne[1])
