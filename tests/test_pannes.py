"""Crash, contention, full disk, damaged files: what was published stays, or comes back by itself."""

import dataclasses
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import lectures
from indicators.__main__ import main
from indicators.base import list_versions, open_base, read_servie, read_version_courante
from indicators.base.versions import POINTEUR, SCHEMA, get_dossier_bases
from indicators.chargement import Options, load_extraits
from indicators.erreurs import ErreurBase
from indicators.journal import FICHIER, read_journal
from indicators.premiere_base import ensure_base
from indicators.publication import Dossiers, get_dossiers, publish, restore
from indicators.verrou import hold_verrou
from tests.test_publication import ENTETE, LIGNES
from tests.tueur import read_etat

pytestmark = pytest.mark.long

RACINE = Path(__file__).resolve().parent.parent
SILENCE = lambda texte: None  # noqa: E731


def write_extrait(chemin: Path, rentree: int = 2022) -> Path:
    """An extract of the IPS of three collèges for a rentrée."""
    lignes = [ligne.replace("2022-2023", f"{rentree}-{rentree + 1}") for ligne in LIGNES]
    chemin.write_text("\n".join([ENTETE, *lignes]) + "\n", encoding="utf-8")
    return chemin


@pytest.fixture(scope="module")
def trois_versions(tmp_path_factory) -> Path:
    """A data folder with three versions, one rentrée more in each: copied, never written in."""
    donnees = tmp_path_factory.mktemp("trois") / "donnees"
    dossiers = Dossiers(donnees / "raw", donnees / "processed")
    for rentree in (2020, 2021, 2022):
        extrait = write_extrait(donnees.parent / f"ips_{rentree}.csv", rentree)
        load_extraits([extrait], dossiers, Options(), SILENCE)
    return donnees


@pytest.fixture(scope="module")
def une_version(tmp_path_factory) -> Path:
    """A data folder with one version: copied, never written in."""
    donnees = tmp_path_factory.mktemp("une") / "donnees"
    extrait = write_extrait(donnees.parent / "ips_2022.csv")
    load_extraits([extrait], Dossiers(donnees / "raw", donnees / "processed"), Options(), SILENCE)
    return donnees


@pytest.fixture
def dossiers(trois_versions, tmp_path, monkeypatch) -> Dossiers:
    """A private copy of the three versions, named by ECLORE_DONNEES."""
    donnees = Path(shutil.copytree(trois_versions, tmp_path / "donnees"))
    monkeypatch.setenv("ECLORE_DONNEES", str(donnees))
    return get_dossiers()


def _base(dossiers: Dossiers, numero: int) -> Path:
    return get_dossier_bases(dossiers.processed) / f"v{numero:04d}.duckdb"


def _rentrees(dossiers: Dossiers) -> list[int]:
    return [r for (r,) in open_base(dossiers.processed).lignes("SELECT DISTINCT rentree FROM valeur ORDER BY 1")]


# — Killed ————————————————————————————————————————————————————————————————————————————————————————————————


def test_loader_killed_at_every_step(une_version, tmp_path):
    """Killed at each message and before each change of a file: old figures or all the new ones, then it loads."""
    extrait, restes = write_extrait(tmp_path / "ips_2023.csv", 2023), tmp_path / "restes"
    restes.mkdir()
    commande = [sys.executable, "-m", "tests.tueur", str(une_version), str(extrait), str(restes)]
    tueur = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True)
    assert (tueur.returncode, tueur.stdout) == (0, ""), tueur.stdout + tueur.stderr
    essais = [json.loads(chemin.read_text(encoding="utf-8")) for chemin in sorted(restes.glob("*.json"))]
    avant = json.loads(json.dumps(read_etat(Dossiers(une_version / "raw", une_version / "processed"))))
    apres = next(essai["ensuite"] for essai in essais if essai["ensuite"])
    assert {r for _, r, _ in avant["chiffres"]} == {2022} and {r for _, r, _ in apres["chiffres"]} == {2022, 2023}
    for essai in essais:
        reste, ensuite, pas = essai["reste"], essai["ensuite"], essai["pas"]
        assert reste["chiffres"] == (avant if reste["version"] == avant["version"] else apres)["chiffres"], pas
        assert reste["journal"] in (avant["journal"], apres["journal"]), pas
        assert ensuite is None or ensuite["chiffres"] == apres["chiffres"], pas
        assert ensuite is None or ensuite["journal"] == apres["journal"], pas
    tues = {essai["pas"] for essai in essais}
    assert len(list(restes.glob("*.pas"))) + sum(pas.startswith("SIGKILL") for pas in tues) == len(essais)
    assert {essai["reste"]["version"] for essai in essais} == {1, 2}
    for attendu in ("SIGKILL, message : Construction", "SIGKILL, message : Vérification", FICHIER, POINTEUR):
        assert any(attendu in pas for pas in tues), attendu


def test_killed_before_the_first_publication_is_not_a_version(tmp_path):
    """Nothing was published: nothing is served, and the load then works."""
    donnees, extrait = tmp_path / "donnees", write_extrait(tmp_path / "ips.csv")
    dossiers = Dossiers(donnees / "raw", donnees / "processed")
    code = f"""
import os, signal
from pathlib import Path
from indicators.chargement import Options, load_extraits
from indicators.publication import Dossiers
def progres(texte):
    if texte.startswith("Vérification"):
        os.kill(os.getpid(), signal.SIGKILL)
load_extraits([Path({str(extrait)!r})], Dossiers(Path({str(dossiers.raw)!r}), Path({str(dossiers.processed)!r})),
              Options(), progres)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=RACINE).returncode == -signal.SIGKILL
    assert read_version_courante(dossiers.processed) is None and read_journal(dossiers.raw) == ()
    assert load_extraits([extrait], dossiers, Options(), SILENCE) == read_version_courante(dossiers.processed)


# — Two loaders ———————————————————————————————————————————————————————————————————————————————————————————

_TITULAIRE = """
import sys, time
from pathlib import Path
from indicators.verrou import hold_verrou

with hold_verrou(Path(sys.argv[1]), "Service statistique"):
    print("tenu", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def titulaire(dossiers):
    """Another process that holds the lock."""
    commande = [sys.executable, "-c", _TITULAIRE, str(dossiers.processed)]
    with subprocess.Popen(commande, cwd=RACINE, stdout=subprocess.PIPE, text=True) as processus:
        assert processus.stdout.readline() == "tenu\n"
        yield processus
        processus.kill()


def test_second_loader_is_told_who_holds_the_lock(dossiers, titulaire, tmp_path):
    """Another process is publishing: who, which process, since when; code 4; nothing changes; readers go on."""
    extrait = write_extrait(tmp_path / "ips_2023.csv", 2023)
    commande = [sys.executable, "-m", "indicators", "charger", str(extrait)]
    second = subprocess.run(commande, cwd=RACINE, capture_output=True, text=True)
    assert second.returncode == 4, second.stderr
    dit = second.stderr.replace("\u00a0", " ")
    assert f"Service statistique, processus {titulaire.pid}, depuis le" in dit
    assert "Attendez qu’elle se termine" in dit and "Traceback" not in dit
    assert _rentrees(dossiers) == [2020, 2021, 2022]


def test_lock_of_a_killed_loader_never_blocks(dossiers, titulaire, tmp_path):
    """The system gives the lock back; what the dead process wrote about itself stops nobody."""
    titulaire.kill()
    titulaire.wait()
    assert (dossiers.processed / "verrou.json").exists()
    assert main(["charger", str(write_extrait(tmp_path / "ips_2023.csv", 2023))]) == 0
    assert _rentrees(dossiers) == [2020, 2021, 2022, 2023]
    assert not (dossiers.processed / "verrou.json").exists()


@pytest.mark.parametrize("contenu", ["", "{", "[]", '{"processus": 12}', '{"auteur": "x", "depuis": 3}'])
def test_unreadable_note_on_the_lock_is_not_a_fault(dossiers, contenu):
    """Whoever comes second is refused in a full sentence even when the note is damaged."""
    with hold_verrou(dossiers.processed):
        (dossiers.processed / "verrou.json").write_text(contenu, encoding="utf-8")
        with pytest.raises(ErreurBase, match=r"^Une autre publication est en cours\. Attendez"):
            publish(dossiers, progres=SILENCE)


# — Damaged files —————————————————————————————————————————————————————————————————————————————————————————


def _cut(chemin: Path) -> None:
    os.truncate(chemin, chemin.stat().st_size // 2)


def _soil(chemin: Path) -> None:
    chemin.write_bytes(b"ceci n'est pas une base" * 1000)


def _flip(chemin: Path) -> None:
    """Damage one block of every table, as a failing disk would, in a file that keeps its size and its date."""
    etat, octets = chemin.stat(), bytearray(chemin.read_bytes())
    for place in range(3 * 4096 + 50_000, len(octets), 50_000):
        octets[place] ^= 0xFF
    chemin.write_bytes(octets)
    os.utime(chemin, ns=(etat.st_atime_ns, etat.st_mtime_ns))


DEGATS = {
    "base coupée": lambda base: _cut(base),
    "base écrasée": lambda base: _soil(base),
    "bloc abîmé": lambda base: _flip(base),
    "base effacée": lambda base: base.unlink(),
    "fiche effacée": lambda base: base.with_suffix(".json").unlink(),
    "fiche coupée": lambda base: _cut(base.with_suffix(".json")),
    "fiche d'un autre schéma": lambda base: base.with_suffix(".json").write_text(
        base.with_suffix(".json").read_text(encoding="utf-8").replace(SCHEMA, "autre"), encoding="utf-8"
    ),
}


@pytest.mark.parametrize("degat", DEGATS)
def test_the_version_before_comes_back_by_itself(dossiers, degat, capsys):
    """A version that cannot be read: the one before is served, it is said on the command line, and mended by one."""
    DEGATS[degat](_base(dossiers, 3))
    servie = read_servie(dossiers.processed)
    assert servie.version.numero == 2
    assert servie.avis.startswith("La version 3 ") and "la version 2, publiée le" in servie.avis
    assert "Publiez de nouveau" in servie.avis
    assert _rentrees(dossiers) == [2020, 2021]
    assert main(["exporter", "--territoire", "A13"]) == 0
    dit = capsys.readouterr()
    assert "la version 2, publiée le" in dit.err.replace("\u00a0", " ") and dit.out.startswith("indicateur")
    assert main(["publier"]) == 0
    assert read_servie(dossiers.processed).avis == "" and _rentrees(dossiers) == [2020, 2021, 2022]


@pytest.mark.parametrize("pointeur", [None, b"", b"\xff\xfe", b"n'importe quoi\n"])
def test_without_a_pointer_the_newest_is_served(dossiers, pointeur):
    """The file that names the version served is gone or unreadable: the newest sound version, and it is said."""
    chemin = get_dossier_bases(dossiers.processed) / POINTEUR
    chemin.unlink() if pointeur is None else chemin.write_bytes(pointeur)
    _soil(_base(dossiers, 3))
    servie = read_servie(dossiers.processed)
    assert servie.version.numero == 2 and "qui désigne la version servie" in servie.avis
    restore(dossiers, "2")
    assert read_servie(dossiers.processed).avis == ""


def test_a_withdrawn_version_does_not_come_back(dossiers):
    """Version 3 was undone: when version 2 is damaged, version 1 is served, not 3."""
    restore(dossiers, "2")
    _soil(_base(dossiers, 2))
    assert read_version_courante(dossiers.processed).numero == 1


def test_no_version_left_is_said(dossiers, capsys):
    """Every base is damaged: one clear message, no traceback, and publishing mends it."""
    for numero in (1, 2, 3):
        _soil(_base(dossiers, numero))
    for commande in (["versions"], ["exporter", "--territoire", "A13"]):
        assert main(commande) == 4
        dit = capsys.readouterr().err.replace("\u00a0", " ")
        assert "La version 3 ne peut pas être lue" in dit and "python -m indicators publier" in dit
    assert main(["publier"]) == 0
    assert _rentrees(dossiers) == [2020, 2021, 2022]


def test_base_damaged_while_it_is_open(dossiers):
    """The file is cut under an open base: its reader gets a message, the next one gets the version before."""
    ouverte = open_base(dossiers.processed)
    _cut(_base(dossiers, 3))
    with pytest.raises(ErreurBase, match=r"v0003\.duckdb » est illisible ou abîmée"):
        for table in ("valeur", "comparaison", "position", "territoire", "observation", "contour", "rattachement"):
            ouverte.lignes(f"SELECT * FROM {table}")
    assert _rentrees(dossiers) == [2020, 2021]


def test_restore_refuses_a_damaged_version(dossiers):
    """A version that cannot be read is not served again."""
    _flip(_base(dossiers, 1))
    with pytest.raises(ErreurBase, match=r"v0001\.duckdb » est illisible ou abîmée"):
        restore(dossiers, "1")
    assert read_version_courante(dossiers.processed).numero == 3


def test_journal_damaged_in_the_middle(dossiers, capsys):
    """A line that is not the last cannot be guessed: which file, which line, what to do; readers go on."""
    journal = dossiers.raw / FICHIER
    lignes = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text("\n".join([lignes[0], '{"evenement": oups}', *lignes[2:]]) + "\n", encoding="utf-8")
    assert main(["publier"]) == 4
    dit = capsys.readouterr().err.replace("\u00a0", " ")
    assert "journal.jsonl » est illisible à la ligne 2" in dit and "copie de ce fichier" in dit
    assert _rentrees(dossiers) == [2020, 2021, 2022]
    assert ensure_base() == 0


def test_start_mends_what_it_can_and_never_fails_on_an_earlier_version(dossiers, capsys):
    """`make run`: a damaged version is published again; when even that fails, the version before is shown."""
    _soil(_base(dossiers, 3))
    assert ensure_base() == 0
    assert read_version_courante(dossiers.processed).numero == 4
    _soil(_base(dossiers, 4))
    (dossiers.raw / FICHIER).write_text("oups}\n", encoding="utf-8")
    assert ensure_base() == 0
    assert "illisible à la ligne 1" in capsys.readouterr().err.replace("\u00a0", " ")
    assert read_version_courante(dossiers.processed).numero == 2


# — Full disk, read-only folder ———————————————————————————————————————————————————————————————————————————


@pytest.fixture
def petit_disque(tmp_path):
    """A disk of 3 MB; skipped where this process may not mount one."""
    point = tmp_path / "disque"
    point.mkdir()
    monte = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(point)], capture_output=True)
    if monte.returncode:
        pytest.skip("aucun disque ne peut être monté ici : droits insuffisants")
    yield point
    subprocess.run(["umount", "--lazy", str(point)], check=True)  # bases stay open in this process


def test_full_disk(petit_disque, tmp_path, monkeypatch, capsys):
    """A disk that fills up during a load: the message says so, and what was published is still read."""
    monkeypatch.setenv("ECLORE_DONNEES", str(petit_disque / "donnees"))
    subprocess.run(["mount", "-o", "remount,size=64m", str(petit_disque)], check=True)
    assert main(["charger", str(write_extrait(tmp_path / "ips_2022.csv"))]) == 0
    dossiers = get_dossiers()
    reste = shutil.disk_usage(petit_disque).free
    (petit_disque / "plein").write_bytes(b"0" * (reste - 400_000))
    capsys.readouterr()
    extrait = write_extrait(tmp_path / "ips_2023.csv", 2023)
    assert main(["charger", str(extrait)]) == 4
    dit = capsys.readouterr().err.replace("\u00a0", " ")
    assert "le disque est plein" in dit and "La version servie n’a pas changé" in dit
    assert _rentrees(dossiers) == [2022] and len(read_journal(dossiers.raw)) == 1
    (petit_disque / "plein").unlink()
    assert main(["charger", str(extrait)]) == 0
    assert _rentrees(dossiers) == [2022, 2023]


def test_read_only_disk(petit_disque, tmp_path, monkeypatch, capsys):
    """A folder that cannot be written: reading works, loading says why not."""
    monkeypatch.setenv("ECLORE_DONNEES", str(petit_disque / "donnees"))
    subprocess.run(["mount", "-o", "remount,size=64m", str(petit_disque)], check=True)
    extrait = write_extrait(tmp_path / "ips.csv")
    assert main(["charger", str(extrait)]) == 0
    subprocess.run(["mount", "-o", "remount,ro", str(petit_disque)], check=True)
    capsys.readouterr()
    assert main(["charger", str(write_extrait(tmp_path / "ips_2023.csv", 2023))]) == 4
    dit = capsys.readouterr().err.replace("\u00a0", " ")
    assert "le disque est en lecture seule" in dit and "La version servie n’a pas changé" in dit
    assert main(["exporter", "--territoire", "A13"]) == 0
    subprocess.run(["mount", "-o", "remount,rw", str(petit_disque)], check=True)


@pytest.mark.parametrize("panne", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_folder_that_cannot_be_written(dossiers, tmp_path, monkeypatch, capsys, panne):
    """The same without mounting: the system refuses every new file of the data folder."""
    ouvrir = os.open

    def refuse(chemin, drapeaux, *suite, **options):
        if drapeaux & (os.O_WRONLY | os.O_RDWR) and str(chemin).startswith(str(dossiers.processed)):
            raise OSError(panne, os.strerror(panne), str(chemin))
        return ouvrir(chemin, drapeaux, *suite, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert main(["charger", str(write_extrait(tmp_path / "ips_2023.csv", 2023))]) == 4
    dit = capsys.readouterr().err.replace("\u00a0", " ")
    assert "ne peut pas être écrit" in dit and "erreur" not in dit
    monkeypatch.undo()
    assert len(list_versions(dossiers.processed)) == 3 and len(read_journal(dossiers.raw)) == 3


# — Interruption ——————————————————————————————————————————————————————————————————————————————————————————


def test_ctrl_c_during_the_imports():
    """Ctrl-C before the command even starts: a sentence, code 130, no traceback."""
    commande = [sys.executable, "-X", "importtime", "-m", "indicators", "versions"]
    with subprocess.Popen(commande, cwd=RACINE, stderr=subprocess.PIPE, text=True) as processus:
        while "numpy" not in processus.stderr.readline():
            assert processus.poll() is None
        processus.send_signal(signal.SIGINT)
        _, dit = processus.communicate()
    assert processus.returncode == 130
    assert "Interrompu à votre demande" in dit and "Traceback" not in dit


# — Readers during publications ———————————————————————————————————————————————————————————————————————————


def test_readers_never_see_an_error_nor_a_mix(une_version, tmp_path):
    """300 reads at least in 8 threads, 3 publications and 1 undo beside: each read comes from one version."""
    donnees = Path(shutil.copytree(une_version, tmp_path / "donnees"))
    dossiers = Dossiers(donnees / "raw", donnees / "processed")
    bilan = lectures.measure_lectures(dossiers, 300, 8, lambda: lectures.publish_often(dossiers, 3, 1))
    assert (bilan.erreurs, bilan.melanges) == ([], [])
    assert len(bilan.versions) >= 2 and len(list_versions(dossiers.processed)) == 4


def test_a_mix_of_versions_would_be_seen(une_version, monkeypatch):
    """The measure can fail: answers of another version than the one opened are told."""
    dossiers = Dossiers(une_version / "raw", une_version / "processed")
    assert lectures.read_once(dossiers, [])[1].startswith("chiffres d’une autre version")
    base = open_base(dossiers.processed)
    monkeypatch.setattr(base, "version", dataclasses.replace(base.version, numero=9))
    monkeypatch.setattr(lectures, "open_base", lambda processed: base)
    assert lectures.read_once(dossiers, [])[1] == "versions [1, 9] dans une lecture"
