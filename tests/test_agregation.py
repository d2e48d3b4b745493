"""Sum, then divide: from établissements to every territory."""

import duckdb
import pytest

from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre

A, B, C, D = "0860001A", "0860002B", "0860003C", "0170001D"
PERIMETRES = [
    make_perimetre(A, "R1"),
    make_perimetre(B, "R1"),
    make_perimetre(C, "R2"),
    make_perimetre(D, "R3", "IR2"),
]


@pytest.fixture
def lire(tmp_path):
    """Build a base from these observations and read the figure of a territory."""

    def build(observations, *, perimetres=PERIMETRES, etablissements=(), indicateur=None, rentree=2023):
        extrait = {"observations": observations, "perimetres": perimetres}
        if etablissements:
            extrait["etablissements"] = etablissements
        chemin = build_petite_base(tmp_path, [indicateur or make_indicateur(seuil=0)], extrait)

        def read(territoire, colonnes="numerateur, denominateur, round(valeur, 6)", annee=rentree, table="valeur"):
            with duckdb.connect(chemin, read_only=True) as base:
                return base.execute(
                    f"SELECT {colonnes} FROM {table} WHERE territoire = ? AND rentree = ?", [territoire, annee]
                ).fetchone()

        return read

    return build


def test_reseau_rate_is_not_mean_of_school_rates(lire):
    """45 of 50 and 60 of 100 make 105 of 150, 70 %, not the 75 % of averaged rates."""
    read = lire([make_observation(A, 45, 50), make_observation(B, 60, 100)])
    assert read("R1") == (105, 150, 0.7)


def test_every_level_sums_the_same_schools(lire):
    """A territory above is the sum of its établissements, whatever the path."""
    read = lire([make_observation(u, x, 100) for u, x in ((A, 50), (B, 60), (C, 70), (D, 80))])
    assert read("IR1") == (180, 300, 0.6)
    assert read("D86") == (180, 300, 0.6)
    assert read("A13") == (260, 400, 0.65)


def test_mean_is_weighted_by_pupils(lire):
    """IPS 90 of 300 pupils and 120 of 100 pupils make 97.5."""
    indicateur = make_indicateur(nature="moyenne", seuil=0)
    read = lire(
        [make_observation(A, None, 300, valeur=90), make_observation(B, None, 100, valeur=120)], indicateur=indicateur
    )
    assert read("R1") == (None, 400, 97.5)


def test_mean_without_pupils_says_so(lire):
    """Without effectifs the plain mean is read, and the method says it."""
    indicateur = make_indicateur(nature="moyenne", seuil=0)
    read = lire([make_observation(A, valeur=90), make_observation(B, valeur=120)], indicateur=indicateur)
    assert read("R1", "valeur, denominateur, methode") == (
        105,
        None,
        "sans intervalle ; moyenne simple, effectifs absents de la source",
    )


def test_spread_joins_within_and_between(lire):
    """Two schools of 2 pupils, means 110 and 90, no inner spread: that of 110, 110, 90, 90 around 100."""
    indicateur = make_indicateur(nature="moyenne", seuil=0)
    lignes = [make_observation(u, None, 2, valeur=v, ecart_type=0) for u, v in ((A, 110), (B, 90))]
    assert lire(lignes, indicateur=indicateur)("R1", "valeur, ecart_type") == (100, 10)


def test_rate_without_denominator_never_becomes_a_territory_rate(lire):
    """Rates of établissements alone cannot be averaged: the réseau has no figure and the reason is kept."""
    read = lire([make_observation(A, valeur=0.5), make_observation(B, valeur=0.9)])
    assert read(A, "valeur, statut") == (0.5, "ok")
    assert read("R1", "valeur, statut, methode") == (None, "non_disponible", "effectifs absents de la source")


def test_ratio_and_effectif(lire):
    """A ratio may exceed 1; a count is a sum."""
    read = lire([make_observation(A, 30, 20), make_observation(B, 10, 20)], indicateur=make_indicateur(nature="ratio"))
    assert read("R1") == (40, 40, 1)
    comptes = make_indicateur(nature="effectif", seuil=0)
    read = lire([make_observation(A, 30), make_observation(B, 12)], indicateur=comptes)
    assert read("R1", "numerateur, valeur") == (42, 42)


def test_dated_links_follow_the_rentree(lire):
    """An établissement that moved counts where it is now; where it was then, in the figures of each rentrée."""
    perimetres = [
        make_perimetre(A, "R1", rentree_fin=2022),
        make_perimetre(A, "R2", rentree_debut=2023),
    ]
    observations = [make_observation(A, 10, 20, rentree=2022), make_observation(A, 12, 20, rentree=2023)]
    read = lire(observations, perimetres=perimetres)
    assert read("R2", annee=2022) == (10, 20, 0.5)
    assert read("R2", annee=2023) == (12, 20, 0.6)
    assert read("R1", annee=2022) is None
    assert read("R1", annee=2022, table="valeur_annuelle") == (10, 20, 0.5)
    assert read("R2", "statut", 2022, "valeur_annuelle") == ("non_applicable",)


def test_missing_school_is_said_not_hidden(lire):
    """One établissement of three is reported: fewer than half, so the réseau has no figure for that year."""
    trois = [make_perimetre(u, "R1") for u in (A, B, C)]
    complet = [make_observation(u, 50, 100, rentree=2022) for u in (A, B, C)]
    read = lire([*complet, make_observation(A, 90, 100)], perimetres=trois)
    assert read("R1", "valeur, statut, methode") == (
        None,
        "non_disponible",
        "extrait partiel : 1 sur 3 établissements",
    )


def test_best_source_wins(tmp_path):
    """Of two extracts that give one figure, the higher priority is read; with equal ones, the last loaded."""
    premier = {"observations": [make_observation(A, 10, 20)], "perimetres": PERIMETRES}
    second = {"observations": [make_observation(A, 12, 20)]}
    for priorites, attendu in (((2, 1), 10), ((1, 2), 12), ((1, 1), 12)):
        chemin = build_petite_base(tmp_path, [make_indicateur(seuil=0)], premier, second, priorites=priorites)
        with duckdb.connect(chemin, read_only=True) as base:
            assert base.execute("SELECT numerateur FROM valeur WHERE territoire = 'R1'").fetchone() == (attendu,)
