"""Deposits: files of any name and archives come in safely; nothing is published unread, unsigned or out of date."""

import io
import json
import os
import re
import stat
import time
import zipfile

import pytest

from indicators import archives
from indicators import depot as depots
from indicators.base import open_base, read_version_courante
from indicators.depot import Etat, Options
from indicators.depot.noms import clean_nom
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.formats import get_dossier_formats
from indicators.ingestion.corrections import write_rapport_xlsx
from indicators.journal import read_journal
from indicators.publication import Dossiers, restore, undo_publication
from tests.test_commande_fautes import DECROCHAGE, make_classeur
from tests.test_publication import ENTETE, LIGNES

SILENCE = lambda texte: None  # noqa: E731
IPS = "\n".join([ENTETE, *LIGNES]).encode()
REVISION = IPS.replace(b"110.0", b"112.0")
AUTRE_ANNEE = IPS.replace(b"2022-2023", b"2023-2024").replace(b"110.0", b"111.0")


@pytest.fixture
def dossiers(tmp_path) -> Dossiers:
    return Dossiers(tmp_path / "raw", tmp_path / "processed")


@pytest.fixture
def deposer(dossiers):
    """Hand in files, by name, and read them."""

    def run(**fichiers: bytes) -> depots.Depot:
        recus = [(nom, io.BytesIO(contenu)) for nom, contenu in fichiers.items()]
        depot = depots.create_depot(dossiers, recus, "Service statistique")
        return depots.control_depot(dossiers, depot, Options(), SILENCE)

    return run


@pytest.fixture
def publier(dossiers, deposer):
    """Hand in files and publish them, signing what has to be."""

    def run(**fichiers: bytes):
        depot = deposer(**fichiers)
        if depot.a_signer:
            depot = depots.accept_depot(dossiers, depot, "Direction", "révision annoncée")
        return depots.publish_depot(dossiers, depots.prepare_depot(dossiers, depot, SILENCE), SILENCE)

    return run


def make_zip(membres: dict[str, bytes], attributs: int = 0) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in membres.items():
            membre = zipfile.ZipInfo(nom)
            membre.external_attr = attributs
            archive.writestr(membre, contenu, zipfile.ZIP_DEFLATED)
    return tampon.getvalue()


def plain(texte) -> str:
    return re.sub("[\u00a0\u202f]", " ", str(texte))


def read_ips(dossiers) -> float:
    sql = "SELECT valeur FROM valeur WHERE territoire = 'D86' AND indicateur = 'ips_colleges' AND rentree = 2022"
    return round(open_base(dossiers.processed).lignes(sql)[0][0], 4)


NOMS = {
    "../../etc/passwd": "passwd",
    "C:\\Users\\x\\ips.csv": "ips.csv",
    "a\nVersion 9 publiée\x1b[31m.csv": "a_Version 9 publiée_[31m.csv",
    "nul.csv": "_nul.csv",
    "..": "fichier",
    "": "fichier",
    "ips.csv. . ": "ips.csv",
    'a<b>:"|?*.csv': "a_b______.csv",
    "é" * 400 + ".csv": "é" * 116 + ".csv",
}


@pytest.mark.parametrize("nom", NOMS)
def test_hostile_names_are_made_safe(nom):
    assert clean_nom(nom) == NOMS[nom]


def test_received_files_stay_in_their_deposit(dossiers, deposer):
    """A name never writes elsewhere, and two files of the same name are two files."""
    membres = {"../../ips.csv": IPS, "/abs/ips.csv": AUTRE_ANNEE, "2022\\ips.csv": IPS + b"\n"}
    depot = deposer(**{"extraits.zip": make_zip(membres)})
    assert [f.nom for f in depot.fichiers] == ["ips.csv", "ips (2).csv", "ips (3).csv"]
    assert all(depot.dossier in f.chemin.parents for f in depot.fichiers)
    ecrits = [c for c in dossiers.processed.parent.rglob("*.csv")]
    assert len(ecrits) == 3 and all(c.is_relative_to(depot.dossier / "fichiers") for c in ecrits)


def test_archive_leaves_out_what_systems_add(deposer):
    membres = {"ips.csv": IPS, "__MACOSX/._ips.csv": b"x", ".cache/a.csv": b"x", "Thumbs.db": b"x", "vide/": b""}
    assert [f.nom for f in deposer(**{"e.zip": make_zip(membres)}).fichiers] == ["ips.csv"]


def _encrypt(octets: bytes) -> bytes:
    """Set the flag of encryption of every member."""
    for signature, decalage in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        morceaux = octets.split(signature)
        octets = signature.join(
            [morceaux[0], *(m[: decalage - 4] + bytes([m[decalage - 4] | 1]) + m[decalage - 3 :] for m in morceaux[1:])]
        )
    return octets


ARCHIVES = {
    "imbriquee": (
        make_zip({"a.csv": IPS, "interne.zip": make_zip({"b.csv": IPS})}),
        "« interne.zip » : une archive",
    ),
    "chiffree": (_encrypt(make_zip({"a.csv": IPS})), "« a.csv » : protégé par un mot de passe"),
    "lien": (make_zip({"a.csv": b"/etc/passwd"}, (stat.S_IFLNK | 0o777) << 16), "« a.csv » : un lien, pas un fichier"),
    "vide": (make_zip({"__MACOSX/x": b""}), "L’archive ne contient aucun fichier."),
    "dilatee": (make_zip({"a.csv": b"0" * 30_000_000}), "L’archive se dilate de 29 ko à 30 Mo"),
    "nombreuse": (make_zip({f"{n}.csv": b"a" for n in range(501)}), "L’archive contient 501 fichiers."),
    "tronquee": (make_zip({"a.csv": IPS})[:200], "L’archive est endommagée"),
}


@pytest.mark.parametrize("defaut", ARCHIVES)
def test_hostile_archive_has_a_report(deposer, defaut):
    """What, what was expected, what to do; the members that can be read are read all the same."""
    octets, attendu = ARCHIVES[defaut]
    depot = deposer(**{"extraits.zip": octets})
    assert depot.etat is Etat.BLOQUE
    (constat,) = depot.tables[-1].rapport.bloquants
    assert attendu in plain(constat) and "Attendu : " in plain(constat) and "À faire : " in plain(constat)
    assert len(depot.tables) == (2 if defaut == "imbriquee" else 1)


def test_size_of_an_archive_is_bounded(deposer, monkeypatch):
    monkeypatch.setattr(archives, "TAILLE_MAXIMALE", 100)
    depot = deposer(**{"e.zip": make_zip({"ips.csv": IPS})})
    assert "Mo de données" in plain(depot.tables[0].rapport.bloquants[0].constat)


def test_workbook_in_an_archive_stays_a_workbook(deposer):
    """XLSX is a zip too. Its sheets of data are as many tables; a note is not one."""
    autre = [ligne.replace("2024", "2023") for ligne in DECROCHAGE]
    classeur = make_classeur({"2024": DECROCHAGE, "2023": autre, "Note": ["a;b", "c;d"]})
    depot = deposer(**{"e.zip": make_zip({"suivi.xlsx": classeur})})
    assert [(t.fichier, t.feuille, t.rapport.rentrees) for t in depot.tables] == [
        ("suivi.xlsx", "2024", (2024,)), ("suivi.xlsx", "2023", (2023,)),
    ]  # fmt: skip


def test_mended_file_replaces_the_faulty_one(dossiers, deposer):
    """Drop a bad file, read its report, drop it again mended: nothing else of the deposit is lost."""
    depot = deposer(**{"ips.csv": IPS.replace(b";400;", b";x;"), "autre.csv": AUTRE_ANNEE})
    assert depot.etat is Etat.BLOQUE and not depot.tables[0].dossier.exists()
    with pytest.raises(ErreurFichier, match=r"(?s)« ips\.csv ».*refusé.*Rien n’a été chargé"):
        depots.publish_depot(dossiers, depot, SILENCE)
    depot = depots.add_fichiers(dossiers, depot, [("ips.csv", io.BytesIO(IPS))])
    assert depot.etat is Etat.RECU and depots.read_depot(dossiers, depot.id) == depot
    depot = depots.control_depot(dossiers, depot, Options(), SILENCE)
    assert {t.fichier for t in depot.tables} == {"ips.csv", "autre.csv"} and depot.etat is not Etat.BLOQUE


def test_workbook_of_corrections_mends_its_file(dossiers, deposer):
    """The report comes back mended, beside its file or alone: the file is put right, and read again."""
    depot = deposer(**{"decrochage.csv": "\n".join(DECROCHAGE).replace(";23;", ";x;").encode()})
    table = depot.tables[0]
    rapport = write_rapport_xlsx(table.rapport, table.dossier_rapport)
    mende = _rewrite_cell(rapport, "x", "23")
    depot = depots.add_fichiers(dossiers, depot, [("rapport.xlsx", io.BytesIO(mende))])
    assert [f.nom for f in depot.fichiers] == ["decrochage-corrige.csv"]
    assert plain(depot.fichiers[0].corrections) == "1 ligne corrigée"
    assert depots.control_depot(dossiers, depot, Options(), SILENCE).etat is Etat.PRET
    with pytest.raises(ErreurFichier, match="n’est pas dans ce dépôt"):
        depots.create_depot(dossiers, [("rapport.xlsx", io.BytesIO(mende))], "Service statistique")


def _rewrite_cell(classeur: bytes, avant: str, apres: str) -> bytes:
    """The same workbook with one text changed."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(classeur)) as lu, zipfile.ZipFile(tampon, "w") as ecrit:
        for membre in lu.infolist():
            texte = lu.read(membre)
            if membre.filename.startswith("xl/worksheets/"):
                texte = texte.replace(f"<t>{avant}</t>".encode(), f"<t>{apres}</t>".encode())
            ecrit.writestr(membre, texte)
    return tampon.getvalue()


def test_revision_waits_for_a_signature_kept_in_the_journal(dossiers, deposer, publier):
    """Who, when, why, which checks; the year of the earlier file is withdrawn, and the version says so."""
    publier(**{"ips.csv": IPS})
    depot = deposer(**{"r.csv": REVISION})
    assert depot.etat is Etat.A_SIGNER and depot.tables[0].revision.nb_changes == 1
    with pytest.raises(ErreurFichier, match=r"(?s)à accepter.*--accepter"):
        depots.publish_depot(dossiers, depot, SILENCE)
    with pytest.raises(ErreurUsage, match="il manque la raison"):
        depots.accept_depot(dossiers, depot, "Direction", " \n ")
    version = publier(**{"r.csv": REVISION})
    ancien, nouveau = read_journal(dossiers.raw)
    assert ancien.rentrees_retirees == (2022,)
    (acceptation,) = nouveau.acceptations
    assert (acceptation.auteur, acceptation.raison) == ("Direction", "révision annoncée")
    assert "revision" in acceptation.controles and version.acceptations == (acceptation,)
    assert version.bilan.ajoutes == ("r.csv",) and version.bilan.retires == ("ips.csv (2022)",)
    assert version.bilan.valeurs_changees > 0
    assert read_ips(dossiers) == round((400 * 112 + 200 * 95) / 600, 4)


def test_prepared_version_is_served_without_being_built_again(dossiers, deposer, monkeypatch):
    depot = depots.prepare_depot(dossiers, deposer(**{"ips.csv": IPS}), SILENCE)
    assert depot.etat is Etat.PREPARE and depot.changements.nb_valeurs_ajoutees > 0
    monkeypatch.setattr("indicators.candidat.build_base", lambda *_: pytest.fail("built twice"))
    version = depots.publish_depot(dossiers, depot, SILENCE)
    assert version.numero == 1 and read_version_courante(dossiers.processed) == version
    assert depots.read_depot(dossiers, depot.id).etat is Etat.PUBLIE
    with pytest.raises(ErreurUsage, match="déjà publié"):
        depots.publish_depot(dossiers, depots.read_depot(dossiers, depot.id), SILENCE)


def test_deposit_prepared_on_another_version_is_prepared_again(dossiers, deposer, publier):
    """Two people load at once: the second base must hold the first one's extract."""
    depot = depots.prepare_depot(dossiers, deposer(**{"ips.csv": IPS}), SILENCE)
    publier(**{"autre.csv": AUTRE_ANNEE})
    dits = []
    signe = depots.accept_depot(dossiers, depot, "Service statistique", "relu")
    version = depots.publish_depot(dossiers, signe, dits.append)
    assert "préparée de nouveau" in dits[0] and version.numero == 2
    assert len(version.chargements) == 2 and version.precedente == "v0001"


def test_warning_born_since_the_preparation_must_be_signed(dossiers, deposer, publier):
    """What somebody else published meanwhile makes this file a revision: it is not published unseen."""
    depot = depots.prepare_depot(dossiers, deposer(**{"r.csv": REVISION}), SILENCE)
    publier(**{"ips.csv": IPS})
    with pytest.raises(ErreurFichier, match="à accepter"):
        depots.publish_depot(dossiers, depot, SILENCE)
    assert read_version_courante(dossiers.processed).numero == 1 and len(read_journal(dossiers.raw)) == 1


def test_undo_gives_back_figures_and_journal(dossiers, deposer, publier):
    """The next publication follows what is served, not what was undone; redo works too."""
    publier(**{"ips.csv": IPS})
    publier(**{"r.csv": REVISION})
    apres = read_journal(dossiers.raw)
    assert undo_publication(dossiers).numero == 1
    assert read_ips(dossiers) == 105
    (seul,) = read_journal(dossiers.raw)
    assert (seul.fichier, seul.rentrees_retirees) == ("ips.csv", ())
    assert deposer(**{"ips.csv": IPS}).etat is Etat.SANS_EFFET
    with pytest.raises(ErreurUsage, match="La version 1 est la première"):
        undo_publication(dossiers)
    assert restore(dossiers, "2").numero == 2
    assert read_journal(dossiers.raw) == apres


def test_first_file_comes_back_over_its_revision(dossiers, deposer, publier):
    """Loaded, then revised: loading it again is a revision in its turn, and its old load leaves."""
    publier(**{"ips.csv": IPS})
    publier(**{"r.csv": REVISION})
    publier(**{"retour.csv": IPS})
    assert [c.fichier for c in read_journal(dossiers.raw)] == ["r.csv", "retour.csv"]
    assert read_ips(dossiers) == 105


def test_page_can_be_left_and_reopened(dossiers, deposer):
    depot = deposer(**{"ips.csv": IPS})
    assert depots.read_depot(dossiers, depot.id) == depot and depots.list_depots(dossiers) == (depot,)
    json.loads((depot.dossier / "depot.json").read_text(encoding="utf-8"))
    depots.abandon_depot(dossiers, depot)
    for inconnu in (depot.id, "../" + depot.id, "", "."):
        with pytest.raises(ErreurUsage, match="n’existe pas, ou plus"):
            depots.read_depot(dossiers, inconnu)


def test_old_deposit_is_swept_by_the_next_one(dossiers, deposer):
    ancien, recent = deposer(**{"ips.csv": IPS}), deposer(**{"ips.csv": IPS})
    vieux = time.time() - 8 * 86_400
    os.utime(ancien.dossier / "depot.json", (vieux, vieux))
    deposer(**{"ips.csv": IPS})
    assert not ancien.dossier.exists() and recent.dossier.exists()


def test_file_taken_out_of_a_deposit(dossiers, deposer):
    depot = deposer(**{"ips.csv": IPS, "notice.csv": b"lisez-moi;x\n1;2\n"})
    assert depot.etat is Etat.BLOQUE
    depot = depots.remove_fichier(dossiers, depot, "notice.csv")
    assert depots.control_depot(dossiers, depot, Options(), SILENCE).etat is Etat.PRET
    with pytest.raises(ErreurUsage, match="« absent »"):
        depots.remove_fichier(dossiers, depot, "absent")


def test_year_given_again_under_a_local_layout_is_a_revision(publier, deposer):
    """A mapping made by hand changes headers, not figures: its file revises those of the layout it starts from."""
    publier(**{"ips.csv": IPS})
    local = get_dossier_formats() / "ips_local.yaml"
    local.parent.mkdir(parents=True)
    local.write_text("herite: ips_colleges\ntitre: IPS local\nsource: SSA\ncolonnes: {ips: {noms: indice}}\n", "utf-8")
    (table,) = deposer(**{"local.csv": REVISION.replace(b";ips;", b";indice;")}).tables
    assert table.rapport.format.code == "ips_local"
    assert "revision" in {constat.controle.code for constat in table.rapport.a_signer}
