"""CSV read as it comes: encodings, line numbers whatever the blocks, and the same answers from memory and from disk."""

import csv
import io

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.erreurs import ErreurFichier
from indicators.ingestion import screen_extrait, textes
from indicators.ingestion.encodages import find_encodage, open_utf8
from indicators.ingestion.lecture_avance import prefetch
from indicators.ingestion.textes import read_csv

ACCENTS = "uai;collège\n0160001P;Élie-Faure\n0170082X;Cœur de Saintonge\n"


@pytest.mark.parametrize(
    ("octets", "titre", "pertes"),
    [
        (ACCENTS.encode(), "UTF-8", False),
        (ACCENTS.encode("utf-8-sig"), "UTF-8", False),
        (ACCENTS.encode("utf-16"), "UTF-16", False),
        (ACCENTS.encode("cp1252"), "Windows-1252", False),
        (b"uai;nom\n0160001P;plain\n", "UTF-8", False),
        # Three accents right in UTF-8, one wrong: not a Windows-1252.
        (ACCENTS.encode().replace("œ".encode(), b"\x9c"), "UTF-8", True),
        (ACCENTS.replace("œ", "\ufffd").encode(), "UTF-8", True),
        # Cut in the middle of a letter.
        ("é;à".encode() + b"\xc3", "UTF-8", True),
    ],
)
def test_encoding_is_told_by_the_bytes(tmp_path, octets, titre, pertes):
    (tmp_path / "e.csv").write_bytes(octets)
    encodage = find_encodage(tmp_path / "e.csv")
    assert (encodage.titre, encodage.a_des_pertes) == (titre, pertes)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("debut", [0, 13])
def test_stream_in_utf8(tmp_path, code, debut):
    (tmp_path / "e.csv").write_bytes(ACCENTS.encode(code))
    with open_utf8(tmp_path / "e.csv", find_encodage(tmp_path / "e.csv"), debut) as flux:
        assert flux.read(1_000) == ACCENTS.encode()[debut:]


def number_naively(texte: str) -> tuple[list[tuple], list[int]]:
    """(line, cells) of each record as wide as the header, blank ones left out, and numbers of the broken ones."""
    largeur, lus, rompus = None, [], []
    for numero, cellules in enumerate(csv.reader(io.StringIO(texte, newline=""), delimiter=";"), start=1):
        largeur = largeur or len(cellules)
        if numero > 1 and any(cellules):
            lus += [(numero, *cellules)] if len(cellules) == largeur else []
            rompus += [numero] if len(cellules) != largeur else []
    return lus, rompus


RECORDS = st.lists(
    st.sampled_from(["a;b", "c;d", '"x\ny";z', '"p;q";r', "", ";", "seul", "trop;de;cellules"]), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(records=RECORDS, bloc=st.sampled_from([48, 200, 1 << 21]), blocs=st.sampled_from([1, 4]))
def test_line_numbers_whatever_the_blocks(tmp_path_factory, records, bloc, blocs):
    """Broken and blank lines keep their number; a record on several lines counts as one."""
    texte = "\n".join(["un;deux", *records]) + "\n"
    chemin = tmp_path_factory.mktemp("numeros") / "e.csv"
    chemin.write_text(texte, encoding="utf-8", newline="")
    attendus, rompus = number_naively(texte)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textes, "_BLOC", bloc)
        patch.setattr(textes, "_BLOCS_PAR_LOT", blocs)
        tableau = read_csv(chemin)
        lignes = [tuple(ligne.values()) for lot in tableau.read_lots() for ligne in lot.to_pylist()]
    assert [ligne for ligne in lignes if any(ligne[1:])] == attendus
    assert [rompue.ligne for rompue in tableau.rompues] == rompus


SOCLE = "uai;rentree;composante;niveau_maitrise;effectif\n"
FAUTIF = SOCLE + "".join(
    f"{uai};{rentree};SOCLE;{niveau};{effectif}\n"
    for uai, rentree, niveau, effectif in [
        ("0160001P", "2024", 1, 10), ("160001P", "2024", 2, "<3"), ("0170082A", "hier", 3, -1), ("", "2024", 9, "x"),
        ("0160001P", "2024-2025", 1, 11), ("0170082X", "2023", 4, 12), ("0170082X;", "2023", 4, 12), ("", "", "", ""),
        ("Total", "2024", 1, 10),
    ]
)  # fmt: skip


def test_same_report_from_memory_and_from_disk(tmp_path, monkeypatch):
    """A large file goes through the disk, a batch at a time: its report, its lines and its figures are the same."""
    (tmp_path / "e.csv").write_text(FAUTIF, encoding="utf-8")
    (tmp_path / "sain.csv").write_text(SOCLE + "0160001P;2024;SOCLE;3;10\n0170082X;2024;SOCLE;3;n.d.\n")
    resultats = []
    for nom, seuil in (("memoire", 10**9), ("disque", 0)):
        monkeypatch.setattr(textes, "TAILLE_EN_MEMOIRE", seuil)
        monkeypatch.setattr(textes, "_BLOC", 64)
        rapports = [
            screen_extrait(tmp_path / f, tmp_path / nom / f, rapport=tmp_path / nom / f"{f}.rapport")
            for f in ("e.csv", "sain.csv")
        ]
        tables = [
            duckdb.sql(f"FROM '{tmp_path}/{nom}/{fichier}.parquet' ORDER BY ALL").fetchall()
            for fichier in ("e.csv.rapport/signalements", "e.csv.rapport/lignes", "sain.csv/observations")
        ]
        resultats.append((rapports, tables))
    assert resultats[0] == resultats[1]
    assert {c.controle.code for c in resultats[0][0][0].constats} >= {"uai_lettre", "ligne_rompue", "code_manquant"}


def test_large_file_is_never_held_whole(tmp_path, monkeypatch):
    """From the disk, a batch is forgotten as soon as it is judged."""
    monkeypatch.setattr(textes, "TAILLE_EN_MEMOIRE", 0)
    monkeypatch.setattr(textes, "_BLOC", 1 << 10)
    (tmp_path / "e.csv").write_text(SOCLE + "0160001P;2024;SOCLE;3;10\n" * 2_000)
    tableau = read_csv(tmp_path / "e.csv")
    lots = [lot.num_rows for lot in tableau.read_lots()]
    assert (sum(lots), max(lots) < 60) == (2_000, True)
    assert tableau._gardes == []


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(textes, "TAILLE_EN_MEMOIRE", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "provisoire"))
    (tmp_path / "provisoire").mkdir()
    (tmp_path / "e.csv").write_text(FAUTIF, encoding="utf-8")
    screen_extrait(tmp_path / "e.csv", tmp_path / "sortie")
    assert list((tmp_path / "provisoire").iterdir()) == []


def test_error_of_the_reader_reaches_whoever_reads():
    def read():
        yield 1
        raise ErreurFichier("lu à moitié")

    with prefetch(read()) as lus:
        assert next(lus) == 1
        with pytest.raises(ErreurFichier, match="lu à moitié"):
            next(lus)


def test_reader_stops_when_nobody_reads():
    """Leaving early ends its thread, however much is left to read."""
    with prefetch(iter(range(10**9))) as lus:
        assert next(lus) == 0


@pytest.mark.parametrize("suite", ["2;3\n" * 20, "x" * (1 << 20)])
def test_quote_never_closed_in_the_header(tmp_path, suite):
    """It swallows the whole file, or more than is read to find the header: either way nothing can be told apart."""
    chemin = tmp_path / "a.csv"
    chemin.write_text('uai;"rentree;effectif\n' + suite, encoding="utf-8")
    (constat,) = screen_extrait(chemin, tmp_path / "sortie").constats
    assert constat.controle.code == "fichier_illisible" and "guillemet jamais refermé" in constat.constat
