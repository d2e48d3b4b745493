"""Figures of one file that must agree: one broken file per check, and what sound files say."""

import re
from pathlib import Path

import duckdb
import pytest

from indicators.ingestion import screen_extrait
from indicators.ingestion.coherence_totaux import is_total
from indicators.ingestion.rapport import Gravite, load_controles
from indicators.territoires.referentiel import get_academie
from tests.test_fichiers_fautifs import to_plain_spaces

FAUTIFS = Path(__file__).parent / "fichiers_fautifs"
DNB = (
    "session;numero_d_etablissement;presents;admis;nombre_d_admis_mention_ab;admis_mention_bien;"
    "admis_mention_tres_bien{}\n{}"
)

MESSAGES = {
    # check: parts of its message on the broken file of its name
    "parties_superieures": (
        "Colonne « admis », 1 ligne : moins que « nombre_d_admis_mention_ab », « admis_mention_bien »",
        "ligne 3 : « 20 » (au moins 22, la somme des parties)",
        "Attendu : des parties au plus égales à leur total",
        "interverties",
    ),
    "somme_fausse": (
        "Colonne « admis », 1 ligne : ce n’est pas la somme de « admis_sans_mention »",
        "ligne 3 : « 49 » (52, la somme des parties)",
        "Attendu : des parties qui font ensemble leur total",
    ),
    "taux_contredit": (
        "Colonne « taux_de_reussite », 1 ligne : ce taux n’est pas celui de « admis » et « presents ».",
        "ligne 3 : « 48,5 pour 49 sur 58 » (84,48 d’après les effectifs)",
        "ce sont les effectifs qui sont publiés",
    ),
    "repartition_incomplete": (
        "Colonne « nombre_d_eleves », 1 ligne : la répartition (filles et garçons) ne couvre pas tout ce total",
        "ligne 3 : « 108 » (100 répartis)",
        "le total est publié",
    ),
    "zeros_absents": (
        "Colonne « ips », 1 ligne : ce chiffre ne peut être 0, il est lu comme absent.",
        "ligne 3 : « 0 »",
        "lu comme non disponible",
    ),
    "total_contredit": (
        "1 ligne de total contredit la somme des lignes : « admis » vaut 110 ligne 4, les lignes font 101",
        "ligne 4 : 110",
        "supprimez la ligne de total",
    ),
    "ligne_de_total": (
        "1 ligne de total écartée : elle ne contredit pas la somme des lignes.",
        "ligne 4",
        "cette ligne n’est pas chargée",
    ),
}


def screen(chemin, tmp_path, **options):
    return screen_extrait(chemin, tmp_path / "sortie", rapport=tmp_path / "rapport", **options)


def screen_texte(texte, tmp_path, nom="extrait.csv"):
    (tmp_path / nom).write_text(texte, encoding="utf-8")
    return screen(tmp_path / nom, tmp_path)


def list_codes(rapport):
    """Checks of this stage that found something."""
    return sorted(c.controle.code for c in rapport.constats if c.controle.code in MESSAGES)


def get_message(rapport, code):
    return to_plain_spaces(str(next(c for c in rapport.constats if c.controle.code == code)))


def read_observations(tmp_path, indicateur):
    """(territoire, numerateur, denominateur, valeur, statut) by territoire."""
    return duckdb.execute(
        "SELECT territoire, numerateur, denominateur, valeur, statut FROM read_parquet(?) WHERE indicateur = ? "
        "AND modalite = 'ensemble' ORDER BY territoire",
        [str(tmp_path / "sortie" / "observations.parquet"), indicateur],
    ).fetchall()


@pytest.mark.parametrize("code", MESSAGES)
def test_broken_file_is_told(code, tmp_path):
    rapport = screen(FAUTIFS / f"{code}.csv", tmp_path)
    assert list_codes(rapport) == [code]
    message = get_message(rapport, code)
    for partie in MESSAGES[code]:
        assert partie in message
    assert rapport.est_publiable is (load_controles()[code].gravite is not Gravite.BLOQUANT)


@pytest.mark.parametrize("code", ["parties_superieures", "somme_fausse", "taux_contredit", "total_contredit"])
def test_each_line_is_in_the_table_of_signalements(code, tmp_path):
    rapport = screen(FAUTIFS / f"{code}.csv", tmp_path)
    constat = next(c for c in rapport.constats if c.controle.code == code)
    lignes = duckdb.execute(
        "SELECT ligne FROM read_parquet(?) WHERE controle = ?",
        [str(tmp_path / "rapport" / "signalements.parquet"), code],
    ).fetchall()
    assert [ligne for (ligne,) in lignes] == [exemple.ligne for exemple in constat.exemples]


def test_every_check_is_described():
    assert all(load_controles()[code].etape == "coherence" for code in MESSAGES)


def test_the_report_lists_the_checks_that_the_format_calls_for(tmp_path):
    controles = {c.code for c in screen(FAUTIFS / "zeros_absents.csv", tmp_path).controles}
    assert controles & set(MESSAGES) == {"zeros_absents", "total_contredit", "ligne_de_total"}
    controles = {c.code for c in screen(FAUTIFS / "taux_contredit.csv", tmp_path).controles}
    assert "taux_contredit" in controles
    assert "somme_fausse" not in controles  # a part is not in this file


def test_a_rate_within_its_rounding_is_right(tmp_path):
    """14 of 18 is 77.78 %: the official file writes 77.70."""
    texte = DNB.format(";taux_de_reussite", "2024;0160001P;18;14;3;2;1;77,70 %\n2024;0160002R;18;14;3;2;1;77,8\n")
    assert list_codes(screen_texte(texte, tmp_path)) == []


def test_a_rate_without_anyone_is_told(tmp_path):
    texte = DNB.format(";taux_de_reussite", "2024;0160001P;18;14;3;2;1;77,8\n2024;0160002R;0;0;0;0;0;50\n")
    rapport = screen_texte(texte, tmp_path)
    assert "taux_contredit" in list_codes(rapport)
    assert "50 pour 0 sur 0" in get_message(rapport, "taux_contredit")


@pytest.mark.parametrize("code", MESSAGES)
def test_messages_are_well_set(code, tmp_path):
    """Non-breaking spaces inside «» and before double punctuation."""
    rapport = screen(FAUTIFS / f"{code}.csv", tmp_path)
    assert re.findall(r"(« | »| [:;!?%])", "".join(str(c) for c in rapport.constats)) == []


def test_a_negative_total_is_told_once(tmp_path):
    """It has its own fault: that its parts are above it says nothing more."""
    rapport = screen_texte(DNB.format("", "2024;0160001P;60;-52;12;9;4\n"), tmp_path)
    assert [c.controle.code for c in rapport.bloquants] == ["effectif_negatif"]


def test_a_missing_part_is_not_judged(tmp_path):
    texte = DNB.format(";admis_sans_mention", "2024;0160001P;60;52;12;9;4;27\n2024;0160002R;58;49;10;ND;3;30\n")
    assert list_codes(screen_texte(texte, tmp_path)) == []


def test_a_zero_read_as_absent_is_not_a_figure(tmp_path):
    screen(FAUTIFS / "zeros_absents.csv", tmp_path)
    assert read_observations(tmp_path, "ips_ecoles") == [
        ("0160001P", None, None, 102.4, "ok"),
        ("0160002R", None, None, None, "non_disponible"),
        ("0160003S", None, None, 96.1, "ok"),
    ]


def test_a_line_of_zeros_is_absent_not_an_empty_collège(tmp_path):
    texte = DNB.format("", "2024;0160001P;60;0;0;0;0\n2024;0160002R;0;0;0;0;0\n")
    rapport = screen_texte(texte, tmp_path)
    assert list_codes(rapport) == ["zeros_absents"]
    message = get_message(rapport, "zeros_absents")
    assert "1 ligne : tous les chiffres de la ligne sont à 0, ils sont lus comme absents." in message
    assert "ligne 3" in message
    assert [(t, n, s) for t, n, _, _, s in read_observations(tmp_path, "taux_reussite_dnb")] == [
        ("0160001P", 0, "ok"),  # nobody passed: a true zero
        ("0160002R", None, "non_disponible"),
    ]


IVAC = (
    "Session;UAI;Nb candidats G;Taux de réussite G;VA du taux de réussite G;Nb candidats P;Taux de réussite P;"
    "Note à l'écrit G;VA de la note G;Taux d'accès 6eme 3eme;Nb mentions global G{}\n{}"
)


def test_a_rate_of_zero_without_candidates_is_absent(tmp_path):
    lignes = "2024;0160001P;100;83;-8;0;0;10,2;-0,4;89;72\n2024;0160002R;100;83;-8;5;0;10,2;-0,4;89;72\n"
    rapport = screen_texte(IVAC.format("", lignes), tmp_path)
    assert list_codes(rapport) == ["zeros_absents"]
    message = get_message(rapport, "zeros_absents")
    assert "Colonne « Taux de réussite P », 1 ligne : un taux de 0 sans effectif est lu comme absent." in message
    assert [(t, n, d, s) for t, n, d, _, s in read_observations(tmp_path, "taux_reussite_dnb_professionnelle")] == [
        ("0160001P", None, None, "non_disponible"),
        ("0160002R", 0, 5, "ok"),
    ]


def test_mentions_of_the_ivac_add_up(tmp_path):
    colonnes = ";Nb mentions AB G;Nb mentions B G;Nb mentions TB G"
    texte = IVAC.format(colonnes, "2024;0160001P;100;83;-8;;;10,2;-0,4;89;72;30;30;11\n")
    message = get_message(screen_texte(texte, tmp_path), "somme_fausse")
    assert "Colonne « Nb mentions global G », 1 ligne" in message
    assert "ligne 2 : « 72 » (71, la somme des parties)" in message


def test_a_line_of_total_feeds_no_figure(tmp_path):
    rapport = screen(FAUTIFS / "ligne_de_total.csv", tmp_path)
    assert [ligne[:3] for ligne in read_observations(tmp_path, "taux_reussite_dnb")] == [
        ("0160001P", 52, 60),
        ("0160002R", 49, 58),
    ]
    assert rapport.nb_hors_academie == 0  # it is not a line of another académie


SOUS_TOTAUX = """2024;0160001P;60;52;12;9;4
2024;0160002R;58;49;10;9;3
2024;TOTAL 016;118;101;22;18;7
2024;0170082X;71;66;20;11;0
2024;TOTAL ACADÉMIE;189;{};42;29;7
2023;0170082X;70;60;20;11;0
"""


def test_totals_of_a_departement_and_of_a_session(tmp_path):
    """Each is compared with the lines that it adds: those of its session, of its département."""
    rapport = screen_texte(DNB.format("", SOUS_TOTAUX.format(167)), tmp_path)
    assert list_codes(rapport) == ["ligne_de_total"]
    assert "2 lignes de total écartées" in get_message(rapport, "ligne_de_total")
    faux = screen_texte(DNB.format("", SOUS_TOTAUX.format(168)), tmp_path)
    assert "« admis » vaut 168 ligne 6, les lignes font 167" in get_message(faux, "total_contredit")


def test_a_total_above_lines_with_missing_cells_is_no_contradiction(tmp_path):
    lignes = "2024;0160001P;60;52;12;9;4\n2024;0160002R;58;ND;ND;ND;ND\n2024;TOTAL;118;{};22;18;7\n"
    assert list_codes(screen_texte(DNB.format("", lignes.format(101)), tmp_path)) == ["ligne_de_total"]
    rapport = screen_texte(DNB.format("", lignes.format(51)), tmp_path)
    assert "vaut 51 ligne 4, les lignes font 52" in get_message(rapport, "total_contredit")


LIBELLES = {
    # (code, another cell): a total?
    ("TOTAL", None): True,
    ("Total général", None): True,
    ("Académie de Poitiers", None): True,
    ("Sous-total 16", None): True,
    (None, "Total"): True,
    (None, "ENSEMBLE DE L’ACADÉMIE"): True,
    (None, "Ensemble"): True,
    (None, "Ensemble scolaire Jeanne-d’Arc"): False,  # a collège without its code is a fault, not a total
    (None, "Académie de Poitiers"): False,  # every line of a file says so
    (None, None): False,
    ("0160001P", "Ensemble"): False,
    ("TOTALEMENT", None): False,
}


@pytest.mark.parametrize(("code", "autre"), LIBELLES)
def test_what_is_a_total(code, autre):
    from indicators.formats import load_formats

    condition = is_total(load_formats()["dnb_etablissements"], "code", ["autre"])
    trouve = duckdb.execute(f"SELECT {condition} FROM (SELECT ?::VARCHAR AS code, ?::VARCHAR AS autre)", [code, autre])
    assert bool(trouve.fetchone()[0]) is LIBELLES[code, autre]


def test_real_extracts_say_only_what_is_true(extraits_reels, tmp_path):
    """Rules hold on every real line: the source itself has levels without a split by sex, and nothing else."""
    trouves = {}
    for rang, chemin in enumerate(sorted((extraits_reels / "extraits").iterdir())):
        (tmp_path / str(rang)).mkdir()
        rapport = screen(chemin, tmp_path / str(rang), academie=get_academie("13").code)
        codes = set(list_codes(rapport))
        trouves |= {(rapport.format.code, c.controle.code): c.nb for c in rapport.constats if c.controle.code in codes}
    assert trouves == {
        ("effectifs_lycees_gt", "repartition_incomplete"): 12,
        ("effectifs_lycees_pro", "repartition_incomplete"): 4,
    }
