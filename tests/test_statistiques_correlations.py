"""How two figures go together: what the others tell of each territory, and draws that know it."""

import numpy as np
import pytest

from indicators.statistiques import fit_correlation, join_tirages

UN, ZERO = np.ones(2), np.zeros(2)


def draw(correlation: float, nombre: int, hasard: float = 0.5, graine: int = 1) -> np.ndarray:
    """Estimates of two true values of unit spread, each off by chance, shape (2, territories)."""
    alea = np.random.default_rng(graine)
    vrais = np.linalg.cholesky([[1, correlation], [correlation, 1]]) @ alea.standard_normal((2, nombre))
    return vrais + hasard * alea.standard_normal((2, nombre))


@pytest.mark.parametrize("vraie", [-0.8, 0.0, 0.8])
def test_many_territories_give_back_the_correlation_without_chance(vraie):
    """With 8 000 territories, and chance taken off: the correlation of the estimates themselves is a fifth lower."""
    y = draw(vraie, 8000)
    lue, _ = fit_correlation(y, np.full(y.shape, 0.25), ZERO, UN)
    assert lue == pytest.approx(np.full(8000, vraie), abs=0.05)
    assert np.corrcoef(y)[0, 1] == pytest.approx(vraie / 1.25, abs=0.04)


def test_few_territories_say_little():
    """Four départements in a perfect line tell each other a third of it, where forty would tell nearly all."""
    ligne = np.array([[-1.5, -0.5, 0.5, 1.5]] * 2)
    quatre, _ = fit_correlation(ligne, np.full((2, 4), 0.1), ZERO, UN)
    quarante, _ = fit_correlation(np.tile(ligne, 10), np.full((2, 40), 0.1), ZERO, UN)
    assert 0.1 < quatre.min() < quatre.max() < 0.4
    assert quarante.min() > 0.8


def test_a_territory_does_not_testify_for_itself():
    """Moving one territory anywhere changes what the others are told, never what it is told."""
    y = draw(0.7, 30)
    ailleurs = y.copy()
    ailleurs[:, 4] = (3.0, -3.0)
    variance = np.full(y.shape, 0.25)
    (avant, _), (apres, poids) = (fit_correlation(e, variance, ZERO, UN) for e in (y, ailleurs))
    assert apres[4] == pytest.approx(avant[4])
    assert (np.delete(apres, 4) < np.delete(avant, 4)).all()
    assert poids[4] < 0.35 and np.median(poids) == pytest.approx(1, abs=0.05)


def test_one_odd_territory_does_not_undo_what_the_others_say():
    y = draw(0.8, 36)
    y[:, 0] = (4.0, -4.0)
    lue, _ = fit_correlation(y, np.full(y.shape, 0.25), ZERO, UN)
    assert lue[1:].min() > 0.35


def test_order_of_the_figures_and_their_unit_do_not_matter():
    y, variance = draw(0.6, 20), np.full((2, 20), 0.25)
    lue, poids = fit_correlation(y, variance, ZERO, UN)
    inverse, _ = fit_correlation(y[::-1], variance, ZERO, UN)
    echelle = np.array([100.0, 0.03])
    autre, poids_autre = fit_correlation(
        y * echelle[:, None] + 7, variance * echelle[:, None] ** 2, ZERO + 7, UN * echelle
    )
    assert inverse == pytest.approx(lue) and autre == pytest.approx(lue) and poids_autre == pytest.approx(poids)


def test_territory_without_an_estimate_is_left_out():
    y, variance = draw(0.6, 20), np.full((2, 20), 0.25)
    manque = np.column_stack([y, [np.nan, 1.0]])
    lue, poids = fit_correlation(manque, np.column_stack([variance, [0.25, 0.25]]), ZERO, UN)
    seule, _ = fit_correlation(y, variance, ZERO, UN)
    assert lue[:20] == pytest.approx(seule) and np.isnan(poids[20])


def test_joined_draws_are_those_of_the_joint_normal():
    """Estimates 2 and 0, chance of variance ⅓, prior of unit variances and correlation 0.8: the textbook posterior."""
    hasard, rho = 1 / 3, np.array([[1, 0.8], [0.8, 1]])
    exacte = np.linalg.inv(np.linalg.inv(rho) + np.eye(2) / hasard)
    moyenne = exacte @ (np.array([2.0, 0.0]) / hasard)
    seul = 1 / (1 + 1 / hasard)  # as if nothing linked them
    z = np.random.default_rng(2).standard_normal((2, 100_000, 1))
    apart = np.array([2.0, 0.0])[:, None, None] / hasard * seul + np.sqrt(seul) * z
    tirages, gain = join_tirages(apart, rho[None], np.ones(1))
    assert tirages.mean(axis=1)[:, 0] == pytest.approx(moyenne, abs=0.01)
    assert np.cov(tirages[:, :, 0]) == pytest.approx(exacte, abs=0.01)
    assert gain[:, 0] == pytest.approx(np.diag(exacte) / seul, abs=0.01)


def test_a_link_of_no_weight_changes_nothing():
    z = np.random.default_rng(3).standard_normal((2, 500, 3)) + 1
    correlation = np.full((3, 2, 2), 0.5) + 0.5 * np.eye(2)
    tirages, gain = join_tirages(z, correlation, np.array([0.0, 1.0, 0.0]))
    assert tirages[:, :, [0, 2]] == pytest.approx(z[:, :, [0, 2]], abs=1e-6)
    assert gain[:, [0, 2]] == pytest.approx(1, abs=1e-6)
    assert np.abs(tirages[:, :, 1] - z[:, :, 1]).max() > 0.1


def test_what_is_known_exactly_stays():
    """A distance has no chance: it moves by nothing, and tells of the other figure."""
    z = np.random.default_rng(4).standard_normal((4000, 1)) * 0.7
    tirages, _ = join_tirages(np.array([np.full((4000, 1), 2.0), z]), np.array([[[1, 0.6], [0.6, 1]]]), np.ones(1))
    assert tirages[0] == pytest.approx(2.0, abs=1e-6)
    assert tirages[1].mean() > z.mean() + 0.3
