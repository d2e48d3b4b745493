"""Every rule, on a table that a réseau's pilot can check: what is found, what is not, what is too small to be said.

The tables of tests/regles/ are published with the real fiches; figures are worked out again here, in plain fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import duckdb
import pytest

from indicators.catalogue import get_indicateur
from indicators.problematiques import Condition, Lecture, Mesure, get_regle, load_regles
from tests.oracles import expect_on_line
from tests.tables_regles import Ligne, Table, build_base_of, group_tables, read_tables

TABLES = read_tables()
STATUTS = {"trouvee": "trouvée", "indecise": "indécise", "non_trouvee": "non trouvée", "sans_donnee": "sans donnée"}
ECARTS = {
    Mesure.POSITION: "écart au reste de l’académie",
    Mesure.SEMBLABLES: "écart aux territoires semblables",
    Mesure.ATTENDU: "écart à l’attendu",
    Mesure.TENDANCE: "évolution sur les rentrées",
    Mesure.TENDANCE_RELATIVE: "évolution moins celle du reste de l’académie",
    Mesure.DISPERSION: "écart-type entre établissements moins celui des autres territoires",
    Mesure.GROUPES: "écart filles − garçons moins celui du reste de l’académie",
}
"""What a condition is about, as the tables say it."""


@dataclass(frozen=True)
class Publiee:
    """What was published of a table, by name of its territories.

    `preuves`: evidence by order; `voisins`: names; `croises`: mean and standard deviation of the first indicator's gap
    to similar territories, which crossings on screen read.
    """

    table: Table
    trouvees: dict[str, dict]
    preuves: dict[str, list[dict]]
    voisins: dict[str, list[str]]
    croises: dict[str, tuple[float, float]]


@pytest.fixture(scope="module")
def publiees(tmp_path_factory) -> dict[str, Publiee]:
    """Every table, published; those that share no indicator together."""
    lues = {}
    for groupe in group_tables(list(TABLES.values())):
        chemin = build_base_of(groupe, tmp_path_factory.mktemp("regles"))
        with duckdb.connect(chemin, read_only=True) as base:
            lues |= {table.code: _read_publiee(base, table) for table in groupe}
    return lues


@pytest.fixture(params=TABLES)
def publiee(request, publiees) -> Publiee:
    return publiees[request.param]


def _read_publiee(base, table: Table) -> Publiee:
    noms = {ligne.code: ligne.nom for ligne in table.lignes}
    cle = [table.code, table.niveau.value]
    lignes = base.execute("FROM problematique WHERE regle = ? AND niveau = ?", cle).df().to_dict("records")
    conditions = base.execute("FROM problematique_condition WHERE regle = ? AND niveau = ? ORDER BY ordre", cle).df()
    voisins = base.execute("SELECT territoire, voisin FROM voisin WHERE niveau = ?", cle[1:]).fetchall()
    croises = base.execute(
        "SELECT territoire, ecart, ecart_type FROM a_posteriori WHERE niveau = ? AND indicateur = ? AND "
        "reference = 'similaires'",
        [table.niveau.value, get_regle(table.code).conditions[0].indicateurs[0]],
    ).fetchall()
    return Publiee(
        table,
        {noms[ligne["territoire"]]: ligne for ligne in lignes if ligne["territoire"] in noms},
        {nom: conditions[conditions["territoire"] == code].to_dict("records") for code, nom in noms.items()},
        {nom: [noms[voisin] for sien, voisin in voisins if sien == code] for code, nom in noms.items()},
        {noms[code]: (ecart, ecart_type) for code, ecart, ecart_type in croises if code in noms},
    )


def test_every_rule_has_a_table():
    assert set(TABLES) == set(load_regles())


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_header_says_what_the_rule_asks(table):
    """A threshold cannot move without somebody reading its table again."""
    regle = get_regle(table.code)
    assert table.titre == regle.titre.replace("\u00a0", " ")
    assert table.niveau in regle.niveaux
    assert table.conditions == tuple(_tell(condition) for condition in regle.conditions)
    assert table.nommees[0].nom == "profil"
    assert table.get("trop petit").statuts == {"indécise", "non trouvée"}


def _tell(condition: Condition) -> str:
    fiche = get_indicateur(condition.indicateurs[0])
    signe = condition.get_signe(fiche)
    seuil = f"{condition.ecarts_utiles * fiche.ecart_utile:g}".replace(".", ",")
    if condition.lecture is Lecture.PAS_DEFAVORABLE:
        borne = f"> −{seuil}" if signe > 0 else f"< +{seuil}"
    else:
        borne = f"≥ +{seuil}" if signe > 0 else f"≤ −{seuil}"
    return f"{fiche.code}, {ECARTS[condition.mesure]} {borne}"


def test_each_territory_is_read_as_its_table_says(publiee):
    lus = {ligne.nom: STATUTS[publiee.trouvees[ligne.nom]["statut"]] for ligne in publiee.table.nommees}
    assert {ligne.nom: lus[ligne.nom] in ligne.statuts for ligne in publiee.table.nommees} == dict.fromkeys(lus, True)


def test_whole_profile_is_never_surer_than_one_of_its_conditions(publiee):
    for nom, preuves in publiee.preuves.items():
        assert publiee.trouvees[nom]["probabilite"] <= min(preuve["probabilite"] for preuve in preuves)


def test_evidence_is_what_a_hand_calculator_gives(publiee):
    """Value, reference and gap of the first territory."""
    profil = publiee.table.nommees[0]
    for condition, preuve in zip(get_regle(publiee.table.code).conditions, publiee.preuves[profil.nom], strict=True):
        assert preuve["motif"] == "" and preuve["indicateur"] == condition.indicateurs[0]
        valeur, reference, ecart = (float(chiffre) for chiffre in _CALCULS[condition.mesure](publiee, profil, preuve))
        # A spread is seen through draws alone, which take off what chance adds to it.
        precision = 0.02 if condition.mesure is Mesure.DISPERSION else 1e-9
        assert preuve["valeur"] == pytest.approx(valeur, abs=precision)
        assert preuve["valeur_reference"] == pytest.approx(reference, abs=precision)
        assert preuve["ecart"] == pytest.approx(ecart, abs=precision)
        if preuve["indicateur"] != "note_ecrit_dnb_generale":  # its source gives no écart-type
            assert preuve["ecart_inf"] < preuve["ecart"] < preuve["ecart_sup"]


def test_same_values_with_few_pupils_are_said_less_surely(publiee):
    """Few pupils are drawn towards their level, and never found."""
    profil, petit = publiee.table.get("profil"), publiee.table.get("trop petit")
    trouvee, petite = publiee.trouvees["profil"], publiee.trouvees["trop petit"]
    assert petite["probabilite"] < trouvee["probabilite"] and petite["effectif"] < trouvee["effectif"] / 4
    conditions = get_regle(publiee.table.code).conditions
    for condition, preuve in zip(conditions, publiee.preuves["trop petit"], strict=True):
        rentrees = publiee.table.rentrees if "tendance" in condition.mesure else publiee.table.rentrees[-1:]
        for rentree in rentrees:
            assert _divide([profil], preuve["indicateur"], rentree) == _divide([petit], preuve["indicateur"], rentree)
        if condition.mesure is Mesure.DISPERSION:
            assert 0 < preuve["valeur"] < _spread(petit, preuve["indicateur"])
        elif condition.lecture.est_un_ecart:
            assert 0 < preuve["estime"] / preuve["ecart"] < 1


def test_rate_ordinary_for_the_level_may_be_low_for_its_context(publiees):
    """61 % of demandes is the middle of the académie, and ten points under the territories of the same public."""
    (demandes, _) = publiees["dnb_sans_ambition"].preuves["profil"]
    lignes = publiees["dnb_sans_ambition"].table.lignes
    academie = _divide(lignes, "demande_2nde_gt")
    assert abs(float(academie) - demandes["valeur"]) < 0.02
    assert demandes["ecart"] < -0.08


def test_crossings_on_screen_draw_gaps_towards_the_same_place(publiees):
    """Forty pupils who ask as much as their similar territories are not drawn under them by the level."""
    petit = publiees["dnb_sans_ambition"].table.get("peu, mais pareils")
    (demandes, _) = publiees["dnb_sans_ambition"].preuves[petit.nom]
    assert 0 < demandes["estime"] < demandes["ecart"]
    estime, ecart_type = publiees["dnb_sans_ambition"].croises[petit.nom]
    assert estime == pytest.approx(demandes["estime"], abs=0.005)
    assert ecart_type == pytest.approx((demandes["estime_sup"] - demandes["estime_inf"]) / 3.92, rel=0.1)


# --- Figures worked out by hand


def _divide(lignes: tuple[Ligne, ...] | list[Ligne], indicateur: str, rentree=None, nom=None) -> Fraction:
    """Sum, then divide."""
    sommes = [ligne.sum(indicateur, rentree, nom) for ligne in lignes]
    return Fraction(sum(somme for somme, _ in sommes)) / sum(eleves for _, eleves in sommes)


def _list_rest(publiee: Publiee, ligne: Ligne) -> list[Ligne]:
    return [autre for autre in publiee.table.lignes if autre is not ligne]


def _compute_position(publiee: Publiee, ligne: Ligne, preuve: dict):
    valeur = _divide([ligne], preuve["indicateur"])
    reference = _divide(_list_rest(publiee, ligne), preuve["indicateur"])
    return valeur, reference, valeur - reference


def _compute_semblables(publiee: Publiee, ligne: Ligne, preuve: dict):
    voisins = [publiee.table.get(nom) for nom in publiee.voisins[ligne.nom]]
    assert len(voisins) == 5
    valeur, reference = _divide([ligne], preuve["indicateur"]), _divide(voisins, preuve["indicateur"])
    return valeur, reference, valeur - reference


def _compute_attendu(publiee: Publiee, ligne: Ligne, preuve: dict):
    """On the line over all the lycées, each being its inter-réseau."""
    lycees = [
        (*autre.sum(preuve["indicateur"]), float(_divide([autre], "ips_lycees"))) for autre in publiee.table.lignes
    ]
    attendu = expect_on_line([(int(x), n, ips) for x, n, ips in lycees], float(_divide([ligne], "ips_lycees")))
    valeur = float(_divide([ligne], preuve["indicateur"]))
    return valeur, attendu, valeur - attendu


def _compute_change(lignes: list[Ligne], indicateur: str, rentrees: tuple[int, ...]) -> Fraction:
    """Slope weighted by pupils × number of rentrées between the ends."""
    points = []
    for rentree in rentrees:
        sommes = [ligne.sum(indicateur, rentree) for ligne in lignes]
        x, n = sum(somme for somme, _ in sommes), sum(eleves for _, eleves in sommes)
        points.append((rentree, Fraction(x) / n, n))
    total = sum(n for *_, n in points)
    t_moyen = Fraction(sum(n * t for t, _, n in points), total)
    y_moyen = sum(n * y for _, y, n in points) / total
    pente = sum(n * (t - t_moyen) * (y - y_moyen) for t, y, n in points) / sum(
        n * (t - t_moyen) ** 2 for t, _, n in points
    )
    return pente * (rentrees[-1] - rentrees[0])


def _compute_tendance(publiee: Publiee, ligne: Ligne, preuve: dict):
    rentrees = publiee.table.rentrees
    assert (preuve["rentree_debut"], preuve["rentree"]) == (rentrees[0], rentrees[-1])
    premiere, derniere = (_divide([ligne], preuve["indicateur"], rentree) for rentree in (rentrees[0], rentrees[-1]))
    return derniere, premiere, _compute_change([ligne], preuve["indicateur"], rentrees)


def _compute_tendance_relative(publiee: Publiee, ligne: Ligne, preuve: dict):
    ici = _compute_change([ligne], preuve["indicateur"], publiee.table.rentrees)
    ailleurs = _compute_change(_list_rest(publiee, ligne), preuve["indicateur"], publiee.table.rentrees)
    return ici, ailleurs, ici - ailleurs


def _compute_groupes(publiee: Publiee, ligne: Ligne, preuve: dict):
    ici, ailleurs = (
        _divide(lignes, preuve["indicateur"], nom="F") - _divide(lignes, preuve["indicateur"], nom="G")
        for lignes in ([ligne], _list_rest(publiee, ligne))
    )
    assert ailleurs > 0
    return ici, ailleurs, ici - ailleurs


def _spread(ligne: Ligne, indicateur: str) -> float:
    """Standard deviation of the rates seen in the établissements, weighted by pupils."""
    siennes = [f for f in ligne.figures if f.indicateur == indicateur]
    moyenne = _divide([ligne], indicateur)
    eleves = sum(f.eleves for f in siennes)
    return sqrt(sum(f.eleves * (f.somme / f.eleves - moyenne) ** 2 for f in siennes) / eleves)


def _compute_dispersion(publiee: Publiee, ligne: Ligne, preuve: dict):
    autres = [(_spread(a, preuve["indicateur"]), a.sum(preuve["indicateur"])[1]) for a in _list_rest(publiee, ligne)]
    ici = _spread(ligne, preuve["indicateur"])
    ailleurs = sqrt(sum(n * ecart**2 for ecart, n in autres) / sum(n for _, n in autres))
    return ici, ailleurs, ici - ailleurs


_CALCULS = {
    Mesure.POSITION: _compute_position,
    Mesure.SEMBLABLES: _compute_semblables,
    Mesure.ATTENDU: _compute_attendu,
    Mesure.TENDANCE: _compute_tendance,
    Mesure.TENDANCE_RELATIVE: _compute_tendance_relative,
    Mesure.DISPERSION: _compute_dispersion,
    Mesure.GROUPES: _compute_groupes,
}
