"""The journal of loads: what is in force is read from all its events, old ones included."""

import json

import pytest

from indicators.erreurs import ErreurBase
from indicators.journal import (
    FICHIER,
    Acceptation,
    Chargement,
    append_evenements,
    next_id,
    read_archives,
    read_journal,
    withdraw,
)

DATE = "2026-11-14T09:00:00+01:00"


def make_chargement(rang: int, **champs) -> Chargement:
    defauts = {
        "id": f"C{rang:04d}", "fichier": f"f{rang}.csv", "sha256": f"{rang}" * 64, "format": "ips_colleges",
        "version_format": "1", "auteur": "Service statistique", "charge_le": DATE, "nb_lignes": 3, "nb_observations": 6,
        "nb_hors_academie": 0, "rentree_imposee": None, "est_demo": False,
    }  # fmt: skip
    return Chargement(**(defauts | champs))


def list_ids(raw) -> list[str]:
    return [chargement.id for chargement in read_journal(raw)]


def test_acceptance_and_sheet_come_back_as_written(tmp_path):
    acceptation = Acceptation("Service statistique", DATE, "révision de la DEPP", ("revision", "saut"))
    chargement = make_chargement(1, feuille="2024", acceptations=(acceptation,))
    append_evenements(tmp_path, (chargement,), {}, DATE)
    assert read_journal(tmp_path) == (chargement,)
    assert chargement.nom == "f1.csv, feuille 2024"


def test_years_are_withdrawn_one_after_the_other(tmp_path):
    """A load keeps the years that nobody replaced; it leaves only when it is withdrawn whole."""
    append_evenements(tmp_path, (make_chargement(1), make_chargement(2)), {}, DATE)
    append_evenements(tmp_path, (), {"C0001": (2022,)}, DATE)
    append_evenements(tmp_path, (), {"C0001": (2021, 2022)}, DATE)
    assert [c.rentrees_retirees for c in read_journal(tmp_path)] == [(2021, 2022), ()]
    append_evenements(tmp_path, (), {"C0001": ()}, DATE)
    assert list_ids(tmp_path) == ["C0002"]


def test_load_put_back_is_whole_and_takes_its_place(tmp_path):
    """The newest file wins: an undo must not make an old one the newest."""
    append_evenements(tmp_path, (make_chargement(1), make_chargement(2)), {}, DATE)
    append_evenements(tmp_path, (make_chargement(3),), {"C0001": (), "C0002": (2022,)}, DATE)
    append_evenements(tmp_path, (), {"C0003": ()}, DATE, retablis=("C0001", "C0002"))
    assert list_ids(tmp_path) == ["C0001", "C0002"]
    assert [c.rentrees_retirees for c in read_journal(tmp_path)] == [(), ()]
    assert next_id(tmp_path) == "C0004" and set(read_archives(tmp_path)) == {"C0001", "C0002", "C0003"}


def test_withdraw_says_what_the_journal_will(tmp_path):
    """A base is built before the journal is written: both must agree."""
    charges = (make_chargement(1), make_chargement(2), make_chargement(3))
    retires = {"C0001": (), "C0002": (2023, 2022)}
    prevu = withdraw(charges, retires)
    append_evenements(tmp_path, charges, {}, DATE)
    append_evenements(tmp_path, (), retires, DATE)
    assert read_journal(tmp_path) == prevu
    assert [(c.id, c.rentrees_retirees) for c in prevu] == [("C0002", (2022, 2023)), ("C0003", ())]


def test_journal_of_an_earlier_release_is_read(tmp_path):
    """Neither sheet, nor acceptance, nor years."""
    ancien = {nom: valeur for nom, valeur in vars(make_chargement(1)).items() if nom not in ("feuille", "acceptations")}
    del ancien["rentrees_retirees"]
    evenements = [
        {"evenement": "charge", "chargement": ancien},
        {"evenement": "charge", "chargement": ancien | {"id": "C0002"}},
        {"evenement": "retire", "id": "C0001", "date": DATE},
    ]
    (tmp_path / FICHIER).write_text("".join(json.dumps(e) + "\n" for e in evenements), encoding="utf-8")
    assert list_ids(tmp_path) == ["C0002"]


@pytest.mark.parametrize("ligne", ['{"evenement": "charge"}', '{"evenement": "charge", "chargement": {"id": 3}}', "[]"])
def test_line_that_is_not_an_event_is_said(tmp_path, ligne):
    append_evenements(tmp_path, (make_chargement(1),), {}, DATE)
    with open(tmp_path / FICHIER, "a", encoding="utf-8") as journal:
        journal.write(ligne + "\n")
    with pytest.raises(ErreurBase, match="illisible à la ligne 2"):
        read_journal(tmp_path)


def test_two_sheets_of_a_file_are_two_loads():
    """Same file, same format: the folder of normalised rows tells them apart, for good."""
    un, deux, sans = (make_chargement(1, feuille=nom) for nom in ("2023", "2024", ""))
    assert len({c.get_dossier_normalise("13") for c in (un, deux, sans)}) == 3
    assert not un.is_same_table(deux.sha256, deux.feuille)
    assert sans.is_same_table(un.sha256, "2023"), "a journal of an earlier release does not say the sheet"
