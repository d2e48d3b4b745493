"""What would change a reading: the number said is the smallest round one that would, by a plain loop."""

import numpy as np
import pytest

from indicators.catalogue import get_indicateur
from indicators.francais import typographier
from indicators.problematiques import Condition, Mesure
from indicators.problematiques.estimations import Estimation
from indicators.problematiques.leviers import ECARTS, NOMBRES, SEUIL, find_levier
from indicators.problematiques.lues import Lue, hold
from indicators.problematiques.tirages import Tirage
from indicators.tableaux_de_bord.objets_problematiques import Indice, Levier
from indicators.tableaux_de_bord.phrases_problematiques import write_levier

PROPRE = 0.8
TIRAGES = np.random.default_rng(3).normal(size=4000)


def make_lue(code: str, lecture: str, moyenne: float, ecart_type: float, eleves: float, **champs) -> Lue:
    """A condition drawn for one territory."""
    condition = Condition(indicateurs=(code,), lecture=lecture, court="essai", **champs)
    ecarts = (moyenne + ecart_type * TIRAGES)[:, None]
    vide = np.zeros(1)
    estimation = Estimation(
        code, "ensemble", condition.mesure, 2024, *(vide,) * 6, effectif=np.array([eleves]), variance=vide,
        levier=np.array([1 / eleves]), correlation=vide,
    )  # fmt: skip
    fiche = get_indicateur(code)
    return Lue(condition, fiche, estimation, Tirage(ecarts, np.array([PROPRE])), hold(condition, fiche, ecarts))


def count(lue: Lue, changement: float, seuil: float) -> float:
    """Share of the draws under the threshold once moved up, one by one."""
    return sum(1 for (ecart,) in lue.tirage.ecarts if ecart + changement <= -seuil) / len(lue.tirage.ecarts)


def test_pupils_on_a_rate():
    """DNB five points under, threshold three: so many admis more, of whom the level leaves 80 %."""
    lue = make_lue("taux_reussite_dnb_generale", "defavorable", -0.05, 0.01, 500)
    contexte = make_lue("ips_colleges", "superieur", 10, 1, 2000)
    ordre, nombre, probabilite, un = find_levier([contexte, lue], 0)
    attendu = next(n for n in NOMBRES if count(lue, n * PROPRE / 500, 0.03) < SEUIL)
    assert (ordre, nombre) == (1, attendu)
    assert probabilite == pytest.approx(count(lue, attendu * PROPRE / 500, 0.03))
    depart = count(lue, 0, 0.03)
    assert un == pytest.approx(max(abs(count(lue, k * PROPRE / 500, 0.03) - depart) for k in (-1, 1)))


def test_the_least_sure_rate_is_moved():
    sure = make_lue("taux_reussite_dnb_generale", "defavorable", -0.09, 0.01, 500)
    moins = make_lue("taux_decrochage", "defavorable", 0.016, 0.004, 3000)
    assert find_levier([sure, moins], 0)[0] == 1


def test_no_number_of_pupils_would_do():
    """A quarter of the pupils is the most that is tried."""
    ordre, nombre, probabilite, un = find_levier(
        [make_lue("taux_reussite_dnb_generale", "defavorable", -0.5, 0.01, 40)], 0
    )
    assert (ordre, un) == (0, 0) and np.isnan(nombre) and np.isnan(probabilite)


def test_a_mean_counts_nobody_so_its_gap_is_reduced():
    lue = make_lue("note_ecrit_dnb_generale", "defavorable", -0.6, 0.15, 300)
    ordre, nombre, probabilite, un = find_levier([lue], 0)
    attendu = next(e for e in ECARTS if count(lue, e, 0.3) < SEUIL)
    assert (ordre, nombre) == (0, attendu) and np.isnan(un)
    assert probabilite == pytest.approx(count(lue, attendu, 0.3))


@pytest.mark.parametrize(
    ("code", "mesure", "nombre", "un", "sens", "dit"),
    [
        ("taux_reussite_dnb_generale", "position", 20, 0.004, 1,
         "avec 20 admis de plus, la probabilité passerait de 90 à 58 %. Un élève de plus ou de moins la déplace de "
         "moins d’un point."),
        ("taux_decrochage", "position", 1, 0.031, -1,
         "avec 1 jeune repéré de moins, la probabilité passerait de 90 à 58 %. Un élève de plus ou de moins la déplace "
         "de 3 points."),
        ("taux_decrochage", "position", None, 0.012, -1,
         "même avec un quart des jeunes repérés de moins, le profil resterait probable. Un élève de plus ou de moins "
         "la déplace de 1 point."),
        ("note_ecrit_dnb_generale", "position", 0.3, None, 1,
         "si l’écart (essai) était moindre de 0,3, la probabilité passerait de 90 à 58 %."),
        ("taux_reussite_dnb_generale", "dispersion", 1.5, None, -1,
         "si l’écart (essai) était moindre de 1,5\u00a0pt, la probabilité passerait de 90 à 58 %."),
    ],
)  # fmt: skip
def test_sentence(code, mesure, nombre, un, sens, dit):
    lecture = "superieur" if mesure == "dispersion" else "defavorable"
    condition = Condition(indicateurs=(code,), mesure=Mesure(mesure), lecture=lecture, court="essai")
    levier = Levier(Indice(condition, get_indicateur(code)), nombre, 0.58 if nombre else None, un, sens)
    assert write_levier(levier, 0.9) == typographier(dit)
