"""Real figures, recomputed from the raw files by a naive reader: a wrong figure is the worst bug here."""

import pytest

from indicators.base import open_base
from tests import oracles

pytestmark = pytest.mark.long

GRAND_POITIERS, LA_ROCHELLE, DEUX_SEVRES, ACADEMIE = "R200069854", "IR173", "D79", "A13"
TERRITOIRES = (GRAND_POITIERS, LA_ROCHELLE, DEUX_SEVRES, ACADEMIE)


@pytest.fixture(scope="module")
def lire(donnees_reelles):
    base = open_base(donnees_reelles / "processed")

    def read(territoire, indicateur, rentree, modalite="ensemble"):
        return base.lignes(
            "SELECT numerateur, denominateur, valeur, nb_etablissements FROM valeur WHERE territoire = ? "
            "AND indicateur = ? AND rentree = ? AND modalite = ?",
            [territoire, indicateur, rentree, modalite],
        )[0]

    return read


@pytest.fixture(scope="module")
def perimetres(extraits_reels):
    return oracles.Perimetres(extraits_reels / "territoires")


TAUX = [
    ("taux_reussite_dnb_generale", 2023, lambda e, d: oracles.dnb_generale(e, d, "2024")),
    ("taux_reussite_dnb_generale", 2021, lambda e, d: oracles.dnb_generale(e, d, "2022")),
    ("taux_reussite_dnb", 2020, lambda e, d: oracles.dnb_toutes_series(e, d, "2021")),
    ("taux_reussite_bac_gt", 2024, lambda e, d: oracles.ival_2025(e, d, "GT")),
    ("taux_reussite_bac_pro", 2024, lambda e, d: oracles.ival_2025(e, d, "Pro")),
    ("attractivite_2nde_pro", 2021, oracles.affelnet),
]


@pytest.mark.parametrize("territoire", TERRITOIRES)
@pytest.mark.parametrize(("indicateur", "rentree", "oracle"), TAUX, ids=lambda v: str(v) if not callable(v) else "")
def test_rates_are_the_sums_of_the_raw_lines(lire, perimetres, extraits_reels, territoire, indicateur, rentree, oracle):
    """Numerator and denominator are those that plain loops over the file give."""
    attendu = oracle(extraits_reels / "extraits", perimetres.contains(territoire))
    numerateur, denominateur, valeur, _ = lire(territoire, indicateur, rentree)
    assert (numerateur, denominateur) == attendu
    assert valeur == pytest.approx(attendu[0] / attendu[1])


MOYENNES = [
    ("note_ecrit_dnb_generale", 2023, lambda e, d: oracles.ivac_mean(e, d, "2024", "Note à l'écrit G")),
    ("valeur_ajoutee_dnb_generale", 2023, lambda e, d: oracles.ivac_mean(e, d, "2024", "VA du taux de réussite G")),
    ("ips_colleges", 2022, oracles.ips_colleges),
]


@pytest.mark.parametrize("territoire", TERRITOIRES)
@pytest.mark.parametrize(("indicateur", "rentree", "oracle"), MOYENNES, ids=lambda v: str(v) if not callable(v) else "")
def test_means_weigh_the_pupils(lire, perimetres, extraits_reels, territoire, indicateur, rentree, oracle):
    """Means are weighted by the pupils of the file."""
    moyenne, poids = oracle(extraits_reels / "extraits", perimetres.contains(territoire))
    _, denominateur, valeur, _ = lire(territoire, indicateur, rentree)
    assert valeur == pytest.approx(moyenne) and denominateur == pytest.approx(poids)


@pytest.mark.parametrize("territoire", TERRITOIRES)
def test_ips_of_ecoles_is_a_plain_mean(lire, perimetres, extraits_reels, territoire):
    """The source gives no pupils: every école that has an IPS counts once."""
    moyenne, nombre = oracles.ips_ecoles(extraits_reels / "extraits", perimetres.contains(territoire), "2024-2025")
    _, denominateur, valeur, ecoles = lire(territoire, "ips_ecoles", 2024)
    assert valeur == pytest.approx(moyenne) and ecoles == nombre and denominateur is None


def test_cells_recomputed_by_hand(lire):
    """Twelve cells worked out with a spreadsheet's formulas on the raw files, kept as plain numbers."""
    attendus = {
        (GRAND_POITIERS, "taux_reussite_dnb_generale", 2023): (2046, 2324),
        (GRAND_POITIERS, "taux_reussite_dnb", 2020): (2073, 2408),
        (GRAND_POITIERS, "attractivite_2nde_pro", 2021): (2078, 1803),
        (GRAND_POITIERS, "taux_reussite_bac_gt", 2024): (2077, 2169),
        (LA_ROCHELLE, "taux_reussite_dnb_generale", 2023): (2074, 2292),
        (LA_ROCHELLE, "taux_reussite_bac_gt", 2024): (1782, 1845),
        (LA_ROCHELLE, "taux_reussite_bac_pro", 2024): (394, 473),
        (DEUX_SEVRES, "taux_reussite_dnb_generale", 2023): (3509, 3829),
        (DEUX_SEVRES, "taux_reussite_dnb", 2020): (4053, 4545),
        (DEUX_SEVRES, "taux_reussite_bac_pro", 2024): (543, 632),
        (ACADEMIE, "taux_reussite_dnb_generale", 2023): (16086, 18060),
        (ACADEMIE, "attractivite_2nde_pro", 2021): (12109, 14210),
    }
    for (territoire, indicateur, rentree), comptes in attendus.items():
        assert lire(territoire, indicateur, rentree)[:2] == comptes, (territoire, indicateur)


def test_control_figure_of_the_academie(lire, extraits_reels):
    """Bac général 2021: 9 060 admis of 9 265 présents, every kind of candidate."""
    assert oracles.bac_general(extraits_reels / "extraits", "2021") == (9060, 9265)
    assert lire(ACADEMIE, "taux_reussite_bac_general", 2020)[:2] == (9060, 9265)
