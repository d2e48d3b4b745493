"""The command line as a user meets it: French, exit codes, nothing on the standard output but results."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from dashboard.navigation import PAGES
from indicators.__main__ import build_analyseur, main
from tests.test_publication import ENTETE, LIGNES


def read_plain(capsys) -> str:
    """What the command said on the error stream, non-breaking spaces made plain."""
    return re.sub("[\u00a0\u202f]", " ", capsys.readouterr().err)


RACINE = Path(__file__).resolve().parent.parent
COMMANDES = ("charger", "controler", "publier", "versions", "annuler", "retablir", "demo", "recuperer", "exporter")


@pytest.fixture
def extrait(tmp_path):
    chemin = tmp_path / "ips.csv"
    chemin.write_text("\n".join([ENTETE, *LIGNES]) + "\n", encoding="utf-8")
    return str(chemin)


def test_charger_then_exporter_prints_the_figure(extrait, capsys):
    """What was loaded can be printed, checked and reused."""
    assert main(["charger", extrait]) == 0
    assert "Version 1 publiée" in read_plain(capsys)
    assert main(["exporter", "--territoire", "D86", "--indicateur", "ips_colleges", "--format", "json"]) == 0
    (ligne,) = json.loads(capsys.readouterr().out)
    assert ligne["valeur"] == pytest.approx(105) and ligne["denominateur"] == 600
    assert list(ligne)[:5] == ["indicateur", "niveau", "territoire", "rentree", "modalite"]


def test_exporter_in_three_formats(extrait, tmp_path, capsysbinary):
    """CSV, JSON and Parquet hold the same rows."""
    main(["charger", extrait])
    capsysbinary.readouterr()
    tables = {}
    for format_, lire in (("csv", pd.read_csv), ("json", pd.read_json), ("parquet", pd.read_parquet)):
        sortie = tmp_path / f"export.{format_}"
        assert main(["exporter", "--territoire", "A13", "--format", format_, "--sortie", str(sortie)]) == 0
        tables[format_] = lire(sortie)
        assert main(["exporter", "--territoire", "A13", "--format", format_]) == 0
        assert capsysbinary.readouterr().out == sortie.read_bytes()
    assert len(tables["csv"]) == len(tables["json"]) == len(tables["parquet"]) >= 1
    assert tables["csv"]["valeur"].tolist() == pytest.approx(tables["parquet"]["valeur"].tolist())


def test_versions_marks_the_one_served(extrait, capsys):
    """After a restore, the list says which version is read."""
    main(["charger", extrait])
    main(["publier"])
    main(["retablir", "1"])
    capsys.readouterr()
    assert main(["versions"]) == 0
    dit = capsys.readouterr().out
    lignes = [ligne for ligne in dit.splitlines() if re.search(r"\d\d/\d\d/\d{4}", ligne)]
    assert [ligne.startswith("servie →") for ligne in lignes] == [True, False]
    assert "+ ips.csv" in dit and "valeurs ajoutées" in dit and "aucune valeur changée" in dit


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["charger", "absent.csv"], 2, "« absent.csv » n’existe pas"),
        (["charger"], 2, "Il manque : FICHIER"),
        (["inconnue"], 2, "choix inconnu"),
        (["exporter", "--territoire", "A13"], 4, "Aucune donnée n’est encore publiée"),
        (["publier"], 2, "il n’y a rien à publier"),
        (["versions"], 2, "Aucune version n’est publiée"),
        (["retablir", "zzz"], 2, "n’est pas un nom de version"),
        (["retablir", "9"], 4, "n’existe pas ou a été effacée"),
        (["exporter", "--territoire", "A13", "--rentree", "x"], 2, "un nombre entier était attendu"),
    ],
)
def test_faults_are_french_with_an_exit_code(arguments, code, message, capsys):
    """What is wrong and what to do; never a traceback."""
    assert main(arguments) == code
    dit = read_plain(capsys)
    assert message.lower() in dit.lower()
    assert "Traceback" not in dit


def test_unknown_codes_are_refused(extrait, capsys):
    """An unknown territory or indicator is named, with what was expected."""
    main(["charger", extrait])
    assert main(["exporter", "--territoire", "R0"]) == 2
    assert "Aucun territoire ne porte le code « R0 »" in read_plain(capsys)
    assert main(["exporter", "--territoire", "A13", "--indicateur", "rien"]) == 2
    assert "Aucun indicateur ne porte le code « rien »" in read_plain(capsys)


@pytest.mark.parametrize("commande", ["", *COMMANDES])
def test_every_command_explains_itself(commande, capsys):
    """--aide everywhere, with an example."""
    with pytest.raises(SystemExit) as fin:
        main([*([commande] if commande else []), "--aide"])
    aide = capsys.readouterr().out
    assert fin.value.code == 0 and aide.startswith("Usage :")
    assert not re.search(r"usage:|positional arguments|show this help", aide)
    assert "Exemple" in aide or not commande


def test_readme_documents_every_command():
    """The README says every command, and no command that does not exist."""
    texte = (RACINE / "README.md").read_text(encoding="utf-8")
    cites = set(re.findall(r"python -m indicators (\w+)", texte))
    connus = set(build_analyseur()._subparsers._group_actions[0].choices)
    assert cites == connus == set(COMMANDES)


def test_readme_documents_every_page():
    """The README's table of pages is the menu, in its order."""
    texte = (RACINE / "README.md").read_text(encoding="utf-8").split("## Les pages")[1].split("##")[0]
    titres = re.findall(r"^\| (\S+) \|", texte, re.MULTILINE)
    assert titres == ["page", "---", *(page.titre for page in PAGES)]


def test_controler_changes_nothing(extrait, tmp_path, monkeypatch, capsys):
    """A check reads and says; neither journal nor base appears."""
    donnees = tmp_path / "vide"
    monkeypatch.setenv("ECLORE_DONNEES", str(donnees))
    assert main(["controler", extrait]) == 0
    assert "1 extrait conforme" in re.sub("[\u00a0\u202f]", " ", capsys.readouterr().out)
    assert not (donnees / "raw").exists()
    assert not [c for c in (donnees / "processed").rglob("*") if c.is_file()]


def test_annuler_gives_the_figures_back(extrait, tmp_path, capsys):
    """Load, revise, undo, three commands: the figure and the journal are those of before."""
    revision = tmp_path / "revision.csv"
    revision.write_text("\n".join([ENTETE, *LIGNES]).replace("110.0", "112.0"), encoding="utf-8")
    main(["charger", extrait])
    assert main(["charger", str(revision)]) == 3
    assert "« charger --accepter" in read_plain(capsys)
    assert main(["charger", "--accepter", "révision annoncée", "--auteur", "Service statistique", str(revision)]) == 0
    assert "accepté par Service statistique : « révision annoncée »" in read_plain(capsys)
    assert main(["annuler"]) == 0
    assert "La version 1 est de nouveau servie, avec ses extraits : 1 extrait en vigueur." in read_plain(capsys)
    assert main(["exporter", "--territoire", "D86", "--indicateur", "ips_colleges", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["valeur"] == pytest.approx(105)
    assert main(["annuler"]) == 2
    assert "il n’y a pas de publication à annuler" in read_plain(capsys)


def test_controler_prints_a_report_by_stage(tmp_path, capsys):
    """All the faults of all the files, on the standard output; the workbook of lines to mend beside."""
    for nom, faute in (("a.csv", (";400;", ";x;")), ("b.csv", ("0860001J", "0860001A"))):
        (tmp_path / nom).write_text("\n".join([ENTETE, *LIGNES]).replace(*faute), encoding="utf-8")
    rapport = tmp_path / "fautes.xlsx"
    assert main(["controler", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--rapport", str(rapport)]) == 3
    sortie = capsys.readouterr()
    dit = re.sub("[\u00a0\u202f]", " ", sortie.out)
    assert "« a.csv »" in dit and "« b.csv »" in dit and "IPS des collèges" in dit
    assert re.search(r"Valeurs +1 bloquant\n    × .*\n        ligne 2 : « x »", dit)
    assert re.search(r"Identifiants +1 bloquant", dit) and re.search(r"Réception +conforme", dit)
    assert "2 extraits à corriger. Rien n’a été chargé." in dit
    assert rapport.read_bytes()[:2] == b"PK" and rapport.with_name("fautes-2.xlsx").exists()
