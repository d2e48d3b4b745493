"""Loading and publishing: all or nothing, reproducible, reversible."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from indicators.base import list_versions, open_base, read_version_courante
from indicators.base.versions import SCHEMA, get_dossier_bases
from indicators.chargement import Options, load_extraits
from indicators.erreurs import ErreurBase, ErreurFichier, ErreurUsage
from indicators.journal import FICHIER, read_journal
from indicators.premiere_base import ensure_base
from indicators.publication import Dossiers, publish, restore
from indicators.verrou import hold_verrou

pytestmark = pytest.mark.long

ENTETE = (
    "rentree_scolaire;academie;code_du_departement;departement;uai;nom_de_l_etablissment;code_insee_de_la_commune;"
    "nom_de_la_commune;secteur;effectifs;ips;ecart_type_de_l_ips"
)
LIGNES = [
    "2022-2023;POITIERS;086;VIENNE;0860001J;COLLEGE A;86194;POITIERS;public;400;110.0;30.0",
    "2022-2023;POITIERS;086;VIENNE;0860002K;COLLEGE B;86194;POITIERS;public;200;95.0;31.0",
    "2022-2023;POITIERS;017;CHARENTE-MARITIME;0170001J;COLLEGE C;17300;LA ROCHELLE;public;300;100.0;29.0",
]
REVISION = [LIGNES[0].replace("110.0", "112.0")]
ACCEPTE = Options(acceptation="révision annoncée")
SILENCE = lambda texte: None  # noqa: E731


@pytest.fixture
def dossiers(tmp_path) -> Dossiers:
    return Dossiers(tmp_path / "raw", tmp_path / "processed")


@pytest.fixture
def extrait(tmp_path):
    """Write an extract of the IPS of collèges."""

    def write(nom="ips.csv", lignes=LIGNES) -> Path:
        chemin = tmp_path / nom
        chemin.write_text("\n".join([ENTETE, *lignes]) + "\n", encoding="utf-8")
        return chemin

    return write


def _read_all(chemin: Path) -> dict[str, list]:
    with duckdb.connect(chemin, read_only=True) as base:
        tables = [nom for (nom,) in base.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {nom: base.execute(f"SELECT * FROM {nom} ORDER BY ALL").fetchall() for nom in tables if nom != "version"}


def _ips(dossiers: Dossiers) -> float:
    base = open_base(dossiers.processed)
    return base.lignes("SELECT valeur FROM valeur WHERE territoire = 'D86' AND indicateur = 'ips_colleges'")[0][0]


def test_load_publishes_and_keeps_the_file_as_received(dossiers, extrait):
    """One gesture: the figure is served, the raw file is kept, the journal says who and what."""
    chemin = extrait()
    version = load_extraits([chemin], dossiers, Options(), SILENCE)
    assert version.numero == 1 and not version.est_demo
    assert _ips(dossiers) == pytest.approx((400 * 110 + 200 * 95) / 600)
    (chargement,) = read_journal(dossiers.raw)
    assert (dossiers.raw / chargement.dossier_brut / "ips.csv").read_bytes() == chemin.read_bytes()
    assert (chargement.format, chargement.nb_lignes) == ("ips_colleges", 3)


def test_processed_can_be_deleted_and_rebuilt_row_for_row(dossiers, extrait):
    """Publishing is a function of the journal: the same rows come back from nothing."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    avant = _read_all(get_dossier_bases(dossiers.processed) / "v0001.duckdb")
    shutil.rmtree(dossiers.processed)
    publish(dossiers, progres=SILENCE)
    apres = _read_all(get_dossier_bases(dossiers.processed) / "v0001.duckdb")
    assert avant.keys() == apres.keys()
    for table in avant:
        assert avant[table] == apres[table], table
    assert len(avant["valeur"]) > 5


def test_one_bad_file_of_two_changes_nothing(dossiers, extrait, tmp_path):
    """All or none: the good file is not loaded either, and both versions of the folder are as before."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    faute = tmp_path / "faute.csv"
    faute.write_text("a;b\n1;2\n", encoding="utf-8")
    bon = extrait("bon.csv", [ligne.replace("2022-2023", "2023-2024") for ligne in LIGNES])
    with pytest.raises(ErreurFichier, match=r"(?s)faute\.csv.*Rien n’a été chargé"):
        load_extraits([bon, faute], dossiers, Options(), SILENCE)
    assert len(read_journal(dossiers.raw)) == 1
    assert [v.numero for v in list_versions(dossiers.processed)] == [1]
    assert list((dossiers.processed / "depots").iterdir()) == []


def test_same_file_twice_is_loaded_once(dossiers, extrait):
    """A file already loaded is said so and changes nothing."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    assert load_extraits([extrait("autre-nom.csv")], dossiers, Options(), SILENCE) is None
    assert len(read_journal(dossiers.raw)) == 1


def test_contradicting_year_is_refused_then_accepted_as_a_revision(dossiers, extrait):
    """Other values for a loaded year need a decision; with it, the newest is read."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    revision = extrait("revision.csv", [*REVISION, *LIGNES[1:]])
    with pytest.raises(ErreurFichier, match=r"1.chiffre change[^\n]*ips\.csv[^\n]*\n.*ligne 2.*110,0 → 112,0"):
        load_extraits([revision], dossiers, Options(), SILENCE)
    load_extraits([revision], dossiers, ACCEPTE, SILENCE)
    assert _ips(dossiers) == pytest.approx((400 * 112 + 200 * 95) / 600)


def test_restore_serves_an_older_version(dossiers, extrait):
    """Back to version 1, then forward: numbers are never used twice."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    load_extraits([extrait("r.csv", REVISION)], dossiers, ACCEPTE, SILENCE)
    restore(dossiers, "1")
    assert read_version_courante(dossiers.processed).numero == 1
    assert _ips(dossiers) == pytest.approx((400 * 110 + 200 * 95) / 600)
    with pytest.raises(ErreurUsage, match="déjà celle qui est servie"):
        restore(dossiers, "v0001")
    assert publish(dossiers, progres=SILENCE).numero == 3


def test_an_open_reader_keeps_its_version(dossiers, extrait):
    """Readers never wait and never see a mix: an open base still reads what it read."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    ouverte = open_base(dossiers.processed)
    load_extraits([extrait("r.csv", REVISION)], dossiers, ACCEPTE, SILENCE)
    compte = "SELECT valeur FROM valeur WHERE territoire = 'D86' AND indicateur = 'ips_colleges'"
    assert ouverte.lignes(compte) == [(pytest.approx((400 * 110 + 200 * 95) / 600),)]
    assert open_base(dossiers.processed).lignes(compte) != ouverte.lignes(compte)


def test_second_loader_is_told_who_holds_the_lock(dossiers, extrait):
    """Two loads at once: the second stops at once with the process and the hour of the first."""
    with hold_verrou(dossiers.processed), pytest.raises(ErreurBase, match=rf"processus {os.getpid()}, depuis le"):
        load_extraits([extrait()], dossiers, Options(), SILENCE)


def test_failed_verification_serves_nothing(dossiers, extrait, monkeypatch):
    """A base that breaks a rule is thrown away: neither journal nor pointer moves."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    monkeypatch.setitem(
        __import__("indicators.base.verification", fromlist=["CONTROLES"]).CONTROLES, "règle d’essai", "SELECT 2"
    )
    with pytest.raises(ErreurBase, match="règle d’essai : 2 ligne"):
        load_extraits([extrait("r.csv", LIGNES[:1])], dossiers, ACCEPTE, SILENCE)
    assert len(read_journal(dossiers.raw)) == 1
    assert read_version_courante(dossiers.processed).numero == 1
    assert not list(get_dossier_bases(dossiers.processed).glob("*.construction*"))


@pytest.mark.parametrize("etape", ["Construction", "Vérification"])
def test_killed_loader_leaves_the_last_version_served(dossiers, extrait, etape):
    """A loader killed in the middle of a build: the old figure is read, and the next load works."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    revision = extrait("r.csv", REVISION)
    code = f"""
import sys, time
from pathlib import Path
from indicators.chargement import Options, load_extraits
from indicators.publication import Dossiers
def progres(texte):
    print(texte, flush=True)
    if texte.startswith({etape!r}):
        time.sleep(60)
load_extraits([Path({str(revision)!r})], Dossiers(Path({str(dossiers.raw)!r}), Path({str(dossiers.processed)!r})),
              Options(acceptation="révision annoncée"), progres)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as processus:
        while not processus.stdout.readline().startswith(etape):
            assert processus.poll() is None
        time.sleep(0.1)
        processus.send_signal(signal.SIGKILL)
    assert _ips(dossiers) == pytest.approx((400 * 110 + 200 * 95) / 600)
    assert len(read_journal(dossiers.raw)) == 1
    assert load_extraits([revision], dossiers, ACCEPTE, SILENCE).numero >= 2


def test_journal_survives_a_cut_line(dossiers, extrait):
    """A crash during the write of the journal leaves half a line: it is ignored and the next load is added after."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    with open(dossiers.raw / FICHIER, "a", encoding="utf-8") as journal:
        journal.write('{"evenement": "charge", "chargement": {"id": "C00')
    assert len(read_journal(dossiers.raw)) == 1
    load_extraits([extrait("r.csv", REVISION)], dossiers, ACCEPTE, SILENCE)
    assert [c.id for c in read_journal(dossiers.raw)] == ["C0001", "C0002"]


def test_real_extracts_replace_the_demonstration(dossiers, extrait):
    """The first real file retires every fictional one."""
    load_extraits([extrait()], dossiers, Options(est_demo=True), SILENCE)
    assert read_version_courante(dossiers.processed).est_demo
    reel = extrait("reel.csv", [LIGNES[1]])
    version = load_extraits([reel], dossiers, Options(), SILENCE)
    assert not version.est_demo
    assert [c.fichier for c in read_journal(dossiers.raw)] == ["reel.csv"]
    assert _ips(dossiers) == 95


def test_missing_or_broken_base_is_said(dossiers, extrait):
    """No base, a pointer to nothing, a corrupted file: each answer says what to do."""
    with pytest.raises(ErreurBase, match="Aucune donnée n’est encore publiée"):
        open_base(dossiers.processed)
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    base = get_dossier_bases(dossiers.processed) / "v0001.duckdb"
    base.write_bytes(b"abime" * 1000)
    with pytest.raises(ErreurBase, match="illisible ou abîmée"):
        open_base(dossiers.processed)
    base.unlink()
    with pytest.raises(ErreurBase, match="n’existe pas ou a été effacée"):
        open_base(dossiers.processed)
    publish(dossiers, progres=SILENCE)
    assert _ips(dossiers) > 0


def test_version_sheet_is_plain_json(dossiers, extrait):
    """What describes a version can be read without the product."""
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    fiche = json.loads((get_dossier_bases(dossiers.processed) / "v0001.json").read_text(encoding="utf-8"))
    assert fiche["resume"] == "1\u00a0extrait chargé" and fiche["academie"] == "13"


def test_base_of_another_release_is_published_again_at_the_start(dossiers, extrait, monkeypatch):
    """After an update that changed the tables, a start rebuilds the same extracts; until then a message says so."""
    monkeypatch.setenv("ECLORE_DONNEES", str(dossiers.raw.parent))
    load_extraits([extrait()], dossiers, Options(), SILENCE)
    assert ensure_base() == 0 and read_version_courante(dossiers.processed).numero == 1
    fiche = get_dossier_bases(dossiers.processed) / "v0001.json"
    fiche.write_text(fiche.read_text(encoding="utf-8").replace(SCHEMA, "ancien"), encoding="utf-8")
    with pytest.raises(ErreurBase, match="publiée par une autre version d’Éclore"):
        open_base(dossiers.processed)
    assert ensure_base() == 0 and read_version_courante(dossiers.processed).numero == 2
    assert _ips(dossiers) > 0
