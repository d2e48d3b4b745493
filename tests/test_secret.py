"""Secret statistique: no small count is shown, and none comes back by subtraction."""

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.secret import hide_second_cells, is_diffusable
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre


@pytest.mark.parametrize(
    ("numerateur", "denominateur", "regime", "attendu"),
    [
        (5, 9, "denominateur", False),
        (5, 10, "denominateur", True),
        (5, 10, "complet", False),
        (10, 20, "complet", True),
        (11, 20, "complet", False),
        (0, 20, "complet", True),
        (20, 20, "complet", True),
        (1, 200, "complet", False),
    ],
)
def test_threshold_at_its_boundaries(numerateur, denominateur, regime, attendu):
    """The denominator always counts; numerator and complement only in the regime of the SSA's extracts."""
    assert is_diffusable([numerateur], [denominateur], [10], [regime], True).tolist() == [attendu]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30), st.integers(1, 15))
def test_no_small_count_leaves(comptes, seuil):
    """Whatever the counts, none between 1 and the threshold passes, on either side of the rate."""
    reussis = np.array([a for a, _ in comptes])
    total = reussis + np.array([b for _, b in comptes])
    montre = is_diffusable(reussis, total, np.full(len(comptes), seuil), np.full(len(comptes), "complet"), True)
    for nombres in (reussis[montre], (total - reussis)[montre], total[montre]):
        assert not ((nombres > 0) & (nombres < seuil)).any()


def test_total_is_hidden_when_no_second_part_is_left():
    """One hidden part and no other: the total itself would give it back."""
    parts = (np.array([0]), np.array([1]))
    assert hide_second_cells([False, True], [True, True], [8, 8], [10, 10], [parts]).tolist() == [True, True]


def test_two_hidden_parts_must_number_the_threshold():
    """3 + 4 pupils hidden is still a count under 10: a third part is hidden."""
    parts = (np.array([0, 0, 0, 0]), np.array([1, 2, 3, 4]))
    masque = hide_second_cells([0, 1, 1, 0, 0], [1] * 5, [107, 3, 4, 40, 60], [10] * 5, [parts])
    assert masque.tolist() == [False, True, True, True, False]


def test_overlapping_groupings_are_closed_together():
    """A part hidden for one total may open another: both are closed in the end."""
    #        totals 0 and 1 share part 3
    premiers = (np.array([0, 0]), np.array([2, 3]))
    seconds = (np.array([1, 1, 1]), np.array([3, 4, 5]))
    masque = hide_second_cells([0, 0, 1, 0, 0, 0], [1] * 6, [25, 80, 5, 20, 25, 35], [10] * 6, [premiers, seconds])
    assert masque.tolist() == [False, False, True, True, True, False]


@pytest.fixture
def petite_base(tmp_path):
    """Three collèges of one réseau, one of them with 6 pupils."""
    uais = ["0860001A", "0860002B", "0860003C", "0860004D"]
    lignes = [make_observation(u, x, n) for u, x, n in zip(uais, (5, 30, 80, 90), (6, 40, 100, 110), strict=True)]
    perimetres = [make_perimetre(u, r) for u, r in zip(uais, ("R1", "R1", "R1", "R2"), strict=True)]
    return build_petite_base(tmp_path, [make_indicateur()], {"observations": lignes, "perimetres": perimetres})


def test_small_school_cannot_be_found_in_the_base(petite_base):
    """The small collège and a second one are hidden in every table; the réseau, which includes them, is shown."""
    with duckdb.connect(petite_base, read_only=True) as base:
        etats = dict(base.execute("SELECT territoire, statut FROM valeur WHERE niveau = 'etablissement'").fetchall())
        assert etats == {"0860001A": "secret", "0860002B": "secret", "0860003C": "ok", "0860004D": "ok"}
        reseau = base.execute("SELECT numerateur, denominateur FROM valeur WHERE territoire = 'R1'").fetchone()
        assert reseau == (115, 146)
        figures = base.execute("""
            SELECT count(*) FROM observation
            WHERE territoire IN ('0860001A', '0860002B') AND coalesce(numerateur, denominateur) IS NOT NULL
        """).fetchone()
        assert figures == (0,)
        compares = base.execute("SELECT DISTINCT territoire FROM comparaison WHERE niveau = 'etablissement'").fetchall()
        assert ("0860001A",) not in compares and ("0860002B",) not in compares


def test_no_difference_of_totals_gives_a_hidden_figure_back():
    """Département 0 holds réseau 1 (2, 3, 4) and, of the réseau astride 6 (5, 7, 8), only 5: 0 - 1 would be 5."""
    reseaux = (np.array([1, 1, 1, 6, 6, 6]), np.array([2, 3, 4, 5, 7, 8]))
    departement = (np.array([0, 0, 0, 0]), np.array([2, 3, 4, 5]))
    effectif = [135, 127, 8, 9, 110, 8, 99, 9, 82]
    caches = [0, 0, 1, 1, 0, 1, 0, 1, 0]
    for seuil in (1, 10):
        masque = hide_second_cells(caches, [1] * 9, effectif, [seuil] * 9, [reseaux, departement])
        assert masque[[2, 3, 5, 7]].all() and not masque[[0, 1, 6]].all()
        assert _solve(masque, effectif, [reseaux, departement]) == []


def _solve(masque, effectif, groupements):
    """Hidden figures that least squares find exactly from what is shown."""
    lignes = []
    for total, part in groupements:
        for t in np.unique(total):
            ligne = np.zeros(len(effectif))
            ligne[part[total == t]], ligne[t] = 1, -1
            lignes.append(ligne)
    inconnues = np.array(lignes)[:, masque]
    projection = np.linalg.pinv(inconnues) @ inconnues
    return [effectif[i] for i, p in zip(np.flatnonzero(masque), np.diag(projection), strict=True) if p > 1 - 1e-6]


def test_large_figure_hidden_for_its_events_is_not_guarded_by_two_pupils():
    """200 pupils with 3 events and a school of 2 pupils: the difference would give 3 within 2, so a third is hidden."""
    parts = (np.array([0, 0, 0]), np.array([1, 2, 3]))
    masque = hide_second_cells([0, 1, 1, 0], [1] * 4, [262, 200, 2, 60], [10] * 4, [parts])
    assert masque.tolist() == [False, True, True, True]
