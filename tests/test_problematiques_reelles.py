"""The evidence of real findings, recomputed line by line from the raw files by plain loops."""

import json

import numpy as np
import pytest

from indicators.base import open_base
from indicators.problematiques import list_regles
from indicators.tableaux_de_bord.phrases_problematiques import explain_manque, write_phrase
from indicators.tableaux_de_bord.vue_problematiques import build_vue_problematiques
from indicators.territoires import Niveau
from tests import oracles

pytestmark = pytest.mark.long

GRAND_POITIERS, LA_ROCHELLE, DEUX_SEVRES = "R200069854", "IR173", "D79"
TERRITOIRES = (GRAND_POITIERS, LA_ROCHELLE, DEUX_SEVRES)


def read_acces(extraits, dedans):
    """Pupils led from 2nde to the bac GT (each rounded rate times its pupils) and pupils, session 2025."""
    menes = eleves = 0
    for r in json.loads((extraits / "ival-gt-pro-2025-lingelo-lycees.json").read_text("utf-8"))["lycees"]:
        if r["type"] == "GT" and dedans(r["uai"]) and r["tauxAcces"] is not None and r["presents"]:
            menes += int(r["tauxAcces"] * r["presents"] / 100 + 0.5)
            eleves += r["presents"]
    return menes, eleves


TAUX = {
    "taux_reussite_dnb_generale": lambda e, d: oracles.dnb_generale(e, d, "2024"),
    "taux_reussite_bac_gt": lambda e, d: oracles.ival_2025(e, d, "GT"),
    "taux_acces_2nde_bac_gt": read_acces,
}
MOYENNES = {
    "note_ecrit_dnb_generale": lambda e, d: oracles.ivac_mean(e, d, "2024", "Note à l'écrit G"),
    "ips_colleges": oracles.ips_colleges,
}


@pytest.fixture(scope="module")
def base(donnees_reelles):
    return open_base(donnees_reelles / "processed")


@pytest.fixture(scope="module")
def perimetres(extraits_reels):
    return oracles.Perimetres(extraits_reels / "territoires")


@pytest.fixture(scope="module")
def vues(base):
    return {code: build_vue_problematiques(base, code) for code in TERRITOIRES}


def list_indices(vue):
    toutes = (*vue.trouvees, *vue.autres, *vue.indecises, *vue.non_trouvees, *vue.sans_donnee)
    return [i for p in toutes for i in p.indices if not i.motif]


@pytest.mark.parametrize("territoire", TERRITOIRES)
def test_values_and_references_are_those_of_the_raw_lines(vues, perimetres, extraits_reels, territoire):
    """Each value, and the same over the académie without the territory, whatever the rule that reads it."""
    extraits, ici, tous = extraits_reels / "extraits", perimetres.contains(territoire), perimetres.contains("A13")
    lus = set()
    for indice in list_indices(vues[territoire]):
        if indice.condition.mesure != "position" or indice.indicateur.code == "distance_lycee":
            continue
        code = indice.indicateur.code
        if code in TAUX:
            (x, n), (xa, na) = TAUX[code](extraits, ici), TAUX[code](extraits, tous)
            valeur, reference = x / n, (xa - x) / (na - n)
        else:
            (m, n), (ma, na) = MOYENNES[code](extraits, ici), MOYENNES[code](extraits, tous)
            valeur, reference = m, (ma * na - m * n) / (na - n)
        assert (indice.valeur, indice.valeur_reference) == (pytest.approx(valeur), pytest.approx(reference)), code
        assert indice.ecart == pytest.approx(valeur - reference) and indice.effectif == pytest.approx(n)
        lus.add(code)
    assert {"taux_reussite_dnb_generale"} < lus


def test_grand_poitiers_hides_seventeen_different_colleges(vues, perimetres, extraits_reels):
    """The finding of Grand Poitiers: its collèges from the raw lines, and their spread once chance is taken off."""
    dedans = perimetres.contains(GRAND_POITIERS)
    lignes = oracles.read_csv(extraits_reels / "extraits" / "fr-en-indicateurs-valeur-ajoutee-colleges-2022-2024.csv")
    siennes = [
        (float(r["Taux de réussite G"]) / 100, int(float(r["Nb candidats G"])))
        for r in lignes
        if r["Session"] == "2024" and dedans(r["UAI"]) and r["Taux de réussite G"]
    ]
    (trouvee,) = vues[GRAND_POITIERS].trouvees
    assert trouvee.regle.code == "disparites_cachees" and len(trouvee.etablissements) == len(siennes) == 17
    taux, poids = np.array([t for t, _ in siennes]), np.array([n for _, n in siennes])
    moyenne = np.average(taux, weights=poids)
    hasard = np.average(moyenne * (1 - moyenne) / poids, weights=poids)
    vraie = np.sqrt(np.average((taux - moyenne) ** 2, weights=poids) - hasard)
    assert trouvee.indices[0].valeur == pytest.approx(vraie, abs=0.01)
    assert f"de {100 * taux.min():.0f} à {100 * taux.max():.0f} %" in write_phrase(trouvee).replace("\u00a0", " ")


@pytest.mark.parametrize("territoire", [LA_ROCHELLE, DEUX_SEVRES])
def test_nothing_is_found_where_no_gap_goes_that_way(vues, territoire):
    """DNB above the rest, access to the bac at the rest: no rule that asks for less can hold, and none does."""
    vue = vues[territoire]
    assert vue.trouvees == () and vue.indecises == ()
    for problematique in vue.non_trouvees:
        assert problematique.probabilite <= min(i.probabilite for i in problematique.indices) < 0.4


@pytest.mark.parametrize("territoire", TERRITOIRES)
def test_each_missing_extract_is_named(vues, territoire):
    """Every rule without figures says which extract would decide it: the real files hold none of the SSA's."""
    vue = vues[territoire]
    niveau = Niveau.RESEAU if territoire.startswith("R") else vue.territoire.niveau
    assert vue.nb_regles == len(list_regles(niveau))
    raisons = {p.regle.code: explain_manque(p).replace("\u00a0", " ") for p in vue.sans_donnee}
    attendus = ("Maîtrise du socle", "Évaluations nationales", "Orientation après", "Décrochage", "Poursuites d’études",
                "Insertion après")  # fmt: skip
    assert all(r.startswith("à décider avec l’extrait « ") and any(a in r for a in attendus) for r in raisons.values())
    assert len(raisons) >= 6
