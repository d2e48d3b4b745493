"""The command line in front of tired or hostile hands: a plain French answer, an exit code, and nothing changed."""

import errno
import io
import json
import os
import re
import shutil
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter

from indicators import candidat
from indicators.__main__ import main
from indicators.base import read_version_courante
from indicators.depot import controle
from indicators.depot import publication as depot_publication
from indicators.ingestion import documents, fichiers, normalise_extrait
from indicators.journal import FICHIER, read_journal
from indicators.publication import get_dossiers
from tests.test_publication import ENTETE, LIGNES

pytestmark = pytest.mark.long

DECROCHAGE = [
    "uai;rentree;effectif_suivi;jeunes_reperes;en_solution;suivis_foquale",
    "0160001P;2024;640;23;14;11",
    "0170082X;2024;500;20;4;3",
]
AFFELNET = ["Etablissement d'accueil;MEF STAT 11;Capacité carte scolaire;Demandes vœux 1", "0160001P;23C10;12;30"]
REVISION = [ENTETE, LIGNES[0].replace("110.0", "112.0"), *LIGNES[1:]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Path:
    """A data folder with one extract published, made once."""
    dossier = tmp_path_factory.mktemp("installation")
    (dossier / "ips.csv").write_text("\n".join([ENTETE, *LIGNES]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("ECLORE_DONNEES", str(dossier / "donnees"))
        assert main(["charger", str(dossier / "ips.csv")]) == 0
    return dossier / "donnees"


@pytest.fixture
def donnees(installation, tmp_path, monkeypatch) -> Path:
    """A private copy of that folder, named by ECLORE_DONNEES."""
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "donnees"))
    return Path(shutil.copytree(installation, tmp_path / "donnees"))


@pytest.fixture
def ecrire(tmp_path):
    """Write an extract from its lines, or from bytes."""

    def write(nom: str, contenu: list[str] | bytes) -> str:
        octets = contenu if isinstance(contenu, bytes) else ("\n".join(contenu) + "\n").encode()
        (tmp_path / nom).write_bytes(octets)
        return str(tmp_path / nom)

    return write


def read_state(donnees: Path) -> dict[str, bytes]:
    """Every file of a data folder, the lock apart: it stays, empty, between two loads."""
    fichiers = (chemin for chemin in donnees.rglob("*") if chemin.is_file() and chemin.name != "verrou")
    return {str(chemin.relative_to(donnees)): chemin.read_bytes() for chemin in fichiers}


@pytest.fixture
def refuser(donnees, capsys):
    """Run a command that must fail and change nothing; returns what it said, with plain spaces."""

    def run(*arguments: str, code: int = 3) -> str:
        avant = read_state(donnees)
        capsys.readouterr()
        assert main(list(arguments)) == code
        assert read_state(donnees) == avant
        dit = re.sub("[\u00a0\u202f]", " ", capsys.readouterr().err)
        assert "Traceback" not in dit and "Error" not in dit
        return dit

    return run


def make_classeur(feuilles: dict[str, list[str]], formule: str = "") -> bytes:
    """An XLSX workbook; `formule` is the failed result written in the second row, fourth column."""
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        for nom, lignes in feuilles.items():
            feuille = classeur.add_worksheet(nom)
            for rang, ligne in enumerate(lignes):
                feuille.write_row(rang, 0, ligne.split(";"))
            if formule:
                feuille.write_formula(1, 3, "=1/0", None, formule)
    return tampon.getvalue()


def test_sheets_of_a_workbook_are_as_many_extracts(donnees, ecrire):
    """One year per sheet: only the first was loaded, without a word."""
    autre = [ligne.replace("2024", "2023") for ligne in DECROCHAGE]
    chemin = ecrire("deux.xlsx", make_classeur({"2024": DECROCHAGE, "2023": autre, "Note": ["a;b", "c;d"]}))
    assert main(["charger", chemin]) == 0
    assert [(c.fichier, c.feuille) for c in read_journal(donnees / "raw")[1:]] == [
        ("deux.xlsx", "2024"),
        ("deux.xlsx", "2023"),
    ]


def test_sheet_without_lines_is_not_a_second_table(ecrire, tmp_path):
    """A template left empty beside the filled sheet does not matter."""
    chemin = ecrire("un.xlsx", make_classeur({"Modèle": DECROCHAGE[:1], "Saisie": DECROCHAGE}))
    assert normalise_extrait(Path(chemin), tmp_path / "sortie").nb_lignes == 2


def test_failed_formula_is_not_an_empty_cell(refuser, ecrire):
    """#REF! was read as a blank, and its figure silently lost."""
    dit = refuser("charger", ecrire("erreur.xlsx", make_classeur({"a": DECROCHAGE}, "#REF!")))
    assert "1 cellule en erreur de formule." in dit and "ligne 2 : « #REF! »" in dit


def test_forgotten_cell_at_the_end_of_a_sheet_does_not_exhaust_the_machine(refuser, ecrire):
    """One cell in the last corner asked for a hundred gigabytes and killed the process."""
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, {"in_memory": True}) as classeur:
        feuille = classeur.add_worksheet("a")
        feuille.write(0, 0, "uai")
        feuille.write(1_048_575, 16_383, "x")
    dit = refuser("charger", ecrire("coin.xlsx", tampon.getvalue()))
    assert "La feuille « a » s’étend jusqu’à la cellule XFD1048576" in dit


def test_damaged_workbook_never_crashes(ecrire, tmp_path, capsys):
    """Bytes changed anywhere in the archive: a refusal or a reading, never a traceback."""
    octets = make_classeur({"a": DECROCHAGE})
    for position in range(0, len(octets), len(octets) // 25):
        abime = octets[:position] + b"\xff\x15\x00" + octets[position + 3 :]
        assert main(["controler", ecrire("abime.xlsx", abime)]) in (0, 3)


def test_parquet_of_repeated_values_is_not_unfolded(refuser, ecrire, monkeypatch):
    """A few kilobytes may hold billions of rows."""
    tampon = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"uai": ["x"] * 200}), tampon)
    monkeypatch.setattr(documents, "CELLULES_MAXIMALES", 100)
    assert "Le tableau a 200 lignes et 1 colonnes" in refuser("charger", ecrire("b.parquet", tampon.getvalue()))


def test_parquet_of_an_exotic_type_is_refused(refuser, ecrire):
    """DuckDB does not know every Arrow type."""
    tampon = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"uai": pa.array([1], pa.decimal256(60, 2))}), tampon)
    assert "Le fichier Parquet est endommagé" in refuser("charger", ecrire("d.parquet", tampon.getvalue()))


JSON = {
    "demi_caractere": ('[{"uai": "0160001P", "rentree": "\\ud800"}]', "aucun format connu"),
    "tronque": ('{"a": ', "Le JSON est illisible à la ligne 1, caractère 7."),
    "entier_demesure": ('[{"a": ' + "9" * 6000 + "}]", "Le JSON est illisible."),
    "liste_melee": ('[{"uai": "0160001P"}, "x", 3]', "Aucune liste d’enregistrements"),
    "proprietes_texte": ('{"type": "FeatureCollection", "features": [{"properties": "x"}]}', "entités lisibles"),
    "sans_entite": ('{"type": "FeatureCollection", "features": []}', "entités lisibles"),
}


@pytest.mark.parametrize("defaut", JSON)
def test_faulty_json(refuser, ecrire, defaut):
    texte, attendu = JSON[defaut]
    assert attendu in refuser("charger", ecrire(f"{defaut}.json", texte.encode()))


@pytest.mark.parametrize(
    ("avant", "apres", "attendu"),
    [
        (";23;", ";8 3;", "ligne 2 : « 8 3 »"),
        (";23;", ";79,4 %;", "ligne 2 : « 79,4 % »"),
        (";23;", ';"\x0b\nVersion 9 publiée";', "« �Version 9 publiée »"),
        ("P;2024", "P;2204", "l’année est illisible"),
        ("P;2024", f"P;{date.today().year + 5}", "l’année est encore à venir"),
        (";640;", ";2;", "23 pour 2 (0160001P, taux_decrochage)"),
    ],
)
def test_faulty_cell(refuser, ecrire, avant, apres, attendu):
    assert attendu in refuser("charger", ecrire("e.csv", [ligne.replace(avant, apres) for ligne in DECROCHAGE]))


def test_every_broken_pair_of_a_line_is_told(refuser, ecrire):
    """Only the first numerator of a line was told: a second load was needed to learn of the next."""
    dit = refuser("charger", ecrire("e.csv", [DECROCHAGE[0], "0160001P;2024;640;23;24;25"]))
    assert "24 pour 23" in dit and "25 pour 23" in dit


@pytest.mark.parametrize("arguments", [["--rentree", "2204"], ["--rentree", "-5"], []])
def test_implausible_year_from_outside_the_file(refuser, ecrire, arguments):
    """An option or a file name may be wrong too."""
    assert "n’est pas vraisemblable" in refuser("charger", *arguments, ecrire("affelnet-2099.csv", AFFELNET))


def test_table_of_thousands_of_columns_is_refused_at_once(refuser, ecrire):
    """Comparing so many headers with each format took minutes."""
    debut = time.perf_counter()
    dit = refuser("charger", ecrire("large.csv", [";".join(f"effectif_{n}" for n in range(20_000)), "1"]))
    assert "Le tableau a 20 000 colonnes." in dit
    assert time.perf_counter() - debut < 2


def test_lines_are_numbered_as_in_the_file(refuser, ecrire):
    """Blank lines before the header count."""
    lignes = ["", "", *(ligne.replace(";23;", ";x;") for ligne in DECROCHAGE)]
    assert "ligne 4 : « x »" in refuser("charger", ecrire("e.csv", lignes))


def test_names_never_forge_the_answer(refuser, ecrire):
    """A line end or a terminal code in a file name is shown as a plain character."""
    dit = refuser("charger", ecrire("a\nVersion 9 publiée\x1b[31m.csv", [DECROCHAGE[0]]))
    assert "« a_Version 9 publiée_[31m.csv »" in dit and "\x1b" not in dit


def test_code_of_a_reseau_that_a_spreadsheet_would_run(refuser, ecrire):
    """Codes stand in addresses and exported cells: a formula is not one."""
    entete = "code_commune;code_reseau;nom_reseau;code_inter_reseau;nom_inter_reseau;rentree_debut;rentree_fin"
    dit = refuser("charger", ecrire("perimetres.csv", [entete, "16001;=cmd|' /C calc'!A0;CC A;IR161;IR A;2016;"]))
    assert "code_reseau" in dit and "le code est illisible" in dit and "ligne 2" in dit


def test_file_name_that_is_not_text_is_loaded(donnees, tmp_path):
    """Bytes of another encoding in a name broke the construction of the base."""
    chemin = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    Path(chemin).write_text("\n".join(DECROCHAGE), encoding="utf-8")
    assert main(["charger", chemin]) == 0
    assert read_journal(donnees / "raw")[-1].fichier == "caf_.csv"


def test_device_and_missing_name(refuser):
    assert "Ce n’est pas un fichier de données." in refuser("charger", "/dev/null")
    assert "Le fichier «  » n’existe pas" in refuser("charger", "", code=2)
    assert "son nom est trop long" in refuser("charger", "a" * 300, code=4)
    assert "n’est pas un nom de version" in refuser("retablir", "²", code=2)


def test_file_that_may_not_be_read(refuser, ecrire, monkeypatch):
    def refuse_opening(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    chemin = ecrire("e.csv", DECROCHAGE)
    monkeypatch.setattr(fichiers, "_read_debut", refuse_opening)
    assert "Ce fichier ne peut pas être lu (droits insuffisants)." in refuser("charger", chemin)


def test_empty_folder_is_not_a_success(refuser, tmp_path):
    (tmp_path / "vide").mkdir()
    assert "Aucun fichier à lire" in refuser("controler", str(tmp_path / "vide"), code=2)


def test_two_files_of_one_command_that_contradict(refuser, ecrire):
    """The last one won, without a word."""
    autre = [ligne.replace(";23;", ";24;") for ligne in DECROCHAGE]
    dit = refuser("charger", ecrire("a.csv", DECROCHAGE), ecrire("b.csv", autre))
    assert "Extrait « a.csv »" in dit and "Extrait « b.csv »" in dit
    assert "ligne 2 : 0160001P" in dit
    assert "de ceux de « b.csv », donné en même temps" in dit


def test_contradiction_is_seen_after_processed_was_deleted(donnees, ecrire, capsys):
    """What can be rebuilt must not be needed to protect what was loaded."""
    shutil.rmtree(donnees / "processed" / "normalise")
    assert main(["charger", ecrire("r.csv", REVISION)]) == 3
    dit = re.sub("[\u00a0\u202f]", " ", capsys.readouterr().err)
    assert "« ips.csv », chargé le" in dit and "ligne 2 : 0860001J : 110,0 → 112,0" in dit
    assert len(read_journal(donnees / "raw")) == 1


def test_revision_is_compared_with_the_figures_in_force(donnees, ecrire):
    """After a revision, a file that agrees with it is welcome; the first file comes back only when asked for."""
    premier, revision = ecrire("p.csv", [ENTETE, *LIGNES]), ecrire("r.csv", REVISION)
    assert main(["charger", "--accepter", "révision annoncée", revision]) == 0
    assert main(["charger", ecrire("accord.csv", [*REVISION, ""])]) == 0
    assert main(["charger", "--accepter", "révision annoncée", "--sans-publier", premier]) == 0
    assert read_journal(donnees / "raw")[-1].fichier == "p.csv"


def fail_disk(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "fichier")


def interrupt(*_, **__):
    raise KeyboardInterrupt


def interrupt_duckdb(*_, **__):
    raise duckdb.Error("KeyboardInterrupt: <EMPTY MESSAGE>")


def fail_duckdb(*_, **__):
    raise duckdb.TransactionException("Failed to commit: No space left on device")


FULL_DISK = (fail_disk, 4, "le disque est plein")
FULL_DISK_IN_DUCKDB = (fail_duckdb, 4, "le disque est plein")
CTRL_C = (interrupt, 130, "Interrompu")
CTRL_C_IN_DUCKDB = (interrupt_duckdb, 130, "Interrompu")


@pytest.mark.parametrize(
    ("module", "etape", "panne"),
    [
        (controle, "screen_extrait", FULL_DISK_IN_DUCKDB),
        (controle, "screen_extrait", CTRL_C),
        (candidat, "build_base", FULL_DISK_IN_DUCKDB),
        (candidat, "build_base", CTRL_C_IN_DUCKDB),
        (candidat, "verify_base", CTRL_C),
        (candidat, "compare_bases", CTRL_C),
        (depot_publication, "append_evenements", CTRL_C),
        (depot_publication, "serve_candidat", CTRL_C),
        (candidat, "write_fiche", FULL_DISK),
        (candidat, "move_pointeur", FULL_DISK),
    ],
)
def test_failure_at_any_step_leaves_everything_as_it_was(refuser, ecrire, monkeypatch, module, etape, panne):
    """A full disk or Ctrl-C: files put in place, lines of the journal and the base built are taken back."""
    echec, code, attendu = panne
    monkeypatch.setattr(module, etape, echec)
    assert attendu in refuser("charger", ecrire("d.csv", DECROCHAGE), code=code)


def test_journal_cut_by_a_full_disk_is_mended(refuser, donnees, ecrire, monkeypatch):
    """Of two loads of one command, the first must not stay in the journal without the second."""

    def write_half(raw, charges, *_):
        with open(raw / FICHIER, "a", encoding="utf-8") as journal:
            journal.write(json.dumps({"evenement": "retire", "id": "C0001"}) + '\n{"evenement": "cha')
        fail_disk()

    monkeypatch.setattr(depot_publication, "append_evenements", write_half)
    refuser("charger", ecrire("d.csv", DECROCHAGE), code=4)
    assert len(read_journal(donnees / "raw")) == 1
    assert read_version_courante(get_dossiers().processed).numero == 1


def test_interruption_after_the_version_is_served_keeps_its_journal(donnees, ecrire, monkeypatch):
    """What is served stays told by the journal."""

    def serve_then_interrupt(*arguments):
        candidat.serve_candidat(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(depot_publication, "serve_candidat", serve_then_interrupt)
    assert main(["charger", ecrire("d.csv", DECROCHAGE)]) == 130
    assert read_version_courante(donnees / "processed").numero == 2
    assert len(read_journal(donnees / "raw")) == 2


def test_leftovers_of_a_killed_load_are_swept(donnees, ecrire):
    """A load killed outright cannot clean after itself: the next one does."""
    abandonne = donnees / "processed" / "depots" / ("0" * 32)
    abandonne.mkdir(parents=True)
    os.utime(abandonne, (0, 0))
    (donnees / "processed" / "bases" / "publication.construction").write_bytes(b"x")
    assert main(["charger", ecrire("d.csv", DECROCHAGE)]) == 0
    assert main(["publier"]) == 0
    assert list((donnees / "processed" / "depots").iterdir()) == []
    assert list((donnees / "processed" / "bases").glob("*.construction*")) == []


def test_data_folder_that_is_a_file(tmp_path, monkeypatch, capsys):
    (tmp_path / "fichier").write_text("x", encoding="utf-8")
    monkeypatch.setenv("ECLORE_DONNEES", str(tmp_path / "fichier"))
    for commande in (["versions"], ["publier"]):
        assert main(commande) == 4
        assert "ce n’est pas un dossier" in capsys.readouterr().err


def test_duckdb_fault_that_is_a_bug_is_seen(donnees, ecrire, monkeypatch):
    """Only faults of the machine are told gently."""

    def break_query(*_, **__):
        raise duckdb.BinderException("colonne inconnue")

    monkeypatch.setattr(candidat, "build_base", break_query)
    with pytest.raises(duckdb.BinderException):
        main(["charger", ecrire("d.csv", DECROCHAGE)])
