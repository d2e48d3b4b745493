"""What readers see: exact French numbers, intervals, dates and ordinals."""

from datetime import date

import pytest

from dashboard.formats import (
    accorder,
    echapper,
    format_date,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_gras,
    html_ordinaux,
    lister,
    nommer,
)
from indicators.territoires import Niveau, Territoire
from tests.outils import make_indicateur

TAUX = make_indicateur()
IPS = make_indicateur(nature="moyenne", sens="neutre", unite="indice", ecart_utile=2)
VALEUR_AJOUTEE = make_indicateur(nature="valeur_ajoutee", unite="points", ecart_utile=2)
EFFECTIF = make_indicateur(nature="effectif", unite="élèves", sens="neutre")
RATIO = make_indicateur(nature="ratio", unite="vœux par place", decimales=2, ecart_utile=0.1)


@pytest.mark.parametrize(
    ("valeur", "decimales", "signe", "attendu"),
    [
        (1234, 0, False, "1\u202f234"),
        (1234567.891, 1, False, "1\u202f234\u202f567,9"),
        (-3.7, 1, False, "\u22123,7"),
        (3.7, 1, True, "+3,7"),
        (0, 1, True, "0,0"),
        (-0.04, 1, True, "0,0"),
        (None, 1, True, "–"),
    ],
)
def test_numbers(valeur, decimales, signe, attendu):
    """U+202F between thousands, decimal comma, U+2212, no sign on zero."""
    assert format_nombre(valeur, decimales, signe) == attendu


@pytest.mark.parametrize(
    ("indicateur", "valeur", "attendu"),
    [
        (TAUX, 0.8804, "88,0\u00a0%"),
        (IPS, 112.34, "112,3"),
        (VALEUR_AJOUTEE, -2.1, "\u22122,1\u00a0pts"),
        (VALEUR_AJOUTEE, 0.2, "+0,2\u00a0pt"),
        (EFFECTIF, 9605.0, "9\u202f605"),
        (RATIO, 1.018, "1,02"),
        (TAUX, None, "–"),
    ],
)
def test_values_carry_the_unit_of_their_nature(indicateur, valeur, attendu):
    """A stored proportion is shown as a percentage, a count without decimals."""
    assert format_valeur(indicateur, valeur) == attendu


@pytest.mark.parametrize(
    ("indicateur", "ecart", "attendu"),
    [
        (TAUX, 0.018, "+1,8\u00a0pt"),
        (TAUX, 0.0199, "+2,0\u00a0pts"),
        (TAUX, -0.037, "\u22123,7\u00a0pts"),
        (IPS, 8.3, "+8,3"),
        (RATIO, 0.17, "+0,17"),
    ],
)
def test_differences_are_signed_and_agree(indicateur, ecart, attendu):
    """«pt» under 2 and «pts» from 2, as rounded on screen."""
    assert format_ecart(indicateur, ecart, unite=True) == attendu


def test_intervals():
    """Signed for a difference, plain for a value, empty when a bound is missing."""
    assert format_intervalle(TAUX, -0.046, -0.016, signe=True) == "[\u22124,6\u202f; \u22121,6]"
    assert format_intervalle(TAUX, 0.866, 0.893, signe=False) == "[86,6\u202f; 89,3]"
    assert format_intervalle(TAUX, None, 0.893, signe=False) == ""


def test_years_dates_and_counts():
    """School years, first of the month, plural from two."""
    assert format_rentree(2024) == "2024-2025"
    assert format_date(date(2025, 11, 14)) == "14 novembre 2025"
    assert format_date(date(2025, 3, 1)) == "1ᵉʳ mars 2025"
    assert accorder(0, "lycée") == "0\u00a0lycée"
    assert accorder(1041, "école") == "1\u202f041\u00a0écoles"
    assert accorder(37, "réseau", "réseaux") == "37\u00a0réseaux"
    assert lister(["a", "b", "c"]) == "a, b et c"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Accès de la 6ᵉ à la 3ᵉ", 'Accès de la 6<sup class="o">e</sup> à la 3<sup class="o">e</sup>'),
        ("Accès de la 2ᵈᵉ au bac", 'Accès de la 2<sup class="o">de</sup> au bac'),
        ("Décision de 1ʳᵉ générale", 'Décision de 1<sup class="o">re</sup> générale'),
        ("en 2nde pro", 'en 2<sup class="o">de</sup> pro'),
        ("UAI 0860076R", "UAI 0860076R"),
        ("<script>", "&lt;script&gt;"),
        ("l'école", "l’école"),
    ],
)
def test_ordinals_are_raised_and_text_is_escaped(texte, attendu):
    """Only numbers followed by an ordinal ending are touched."""
    assert html_ordinaux(texte) == attendu


def test_markup_cannot_come_from_the_data():
    """Names of establishments are hostile until escaped."""
    assert echapper('"><img onerror=x>') == "&quot;&gt;&lt;img onerror=x&gt;"
    assert html_gras("**oui** & <b>non</b>") == "<b>oui</b> &amp; &lt;b&gt;non&lt;/b&gt;"


def test_names_say_their_level_once():
    """A réseau is named with its level, an établissement and «Académie de…» already carry it."""
    assert nommer(Territoire(Niveau.RESEAU, "R1", "Grand Poitiers")) == "Réseau Grand Poitiers"
    assert nommer(Territoire(Niveau.ACADEMIE, "A13", "Académie de Poitiers")) == "Académie de Poitiers"
    assert nommer(Territoire(Niveau.ETABLISSEMENT, "0860076R", "Collège Jean Moulin")) == "Collège Jean Moulin"
