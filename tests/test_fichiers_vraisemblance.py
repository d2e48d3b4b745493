"""One broken file per plausibility check, named after it: a rentrée of 40 fictional collèges, two already loaded."""

from pathlib import Path

import pandas as pd
import pytest

from indicators.ingestion import normalise_extrait
from indicators.reference import ExtraitConnu, Reference
from indicators.territoires.referentiel import get_academie
from indicators.vraisemblance import check_vraisemblance
from tests.test_vraisemblance import RAPPORT

FAUTIFS = Path(__file__).parent / "fichiers_fautifs"


@pytest.fixture
def controler(tmp_path):
    """Read a file and compare it with the two rentrées already loaded; its constats by code."""

    def read(nom: str, id: str = "") -> ExtraitConnu:
        normalise_extrait(FAUTIFS / nom, tmp_path / nom)
        return ExtraitConnu(id, tmp_path / nom, "ips_colleges", nom, f"« {nom} »", False)

    def control(nom: str) -> dict:
        connu = read("vraisemblance_deja_charge.csv", "C0001")
        uai = sorted(pd.read_parquet(connu.dossier / "etablissements.parquet")["uai"].unique())
        rattachements = pd.DataFrame(
            {"uai": uai, "code_reseau": [f"R{rang // 5}" for rang in range(len(uai))],
             "nom_reseau": [f"Pays {rang // 5}" for rang in range(len(uai))]}
        )  # fmt: skip
        rapport = check_vraisemblance(read(nom), RAPPORT, Reference((connu,), get_academie("13"), rattachements))
        return {constat.controle.code: constat for constat in rapport.constats}

    return control


def test_the_sound_file_raises_nothing(controler):
    """The same rentrée without any fault: what follows comes from the fault."""
    assert controler("vraisemblance_sain.csv") == {}


@pytest.mark.parametrize(
    ("code", "nb", "phrase"),
    [
        ("etablissements_disparus", 4, "4 établissements n’y sont plus (0179101A, 0179102B, 0179103C, 0179104D)"),
        ("etablissements_nouveaux", 1, "1 établissement est nouveau (0869150D)"),
        ("reseaux_absents", 1, "Rentrée 2024 : 1 réseau sans aucun établissement dans ce fichier."),
        ("departements_absents", 1, "aucun établissement, ou presque, de Deux-Sèvres. Le fichier en a 30, contre 40"),
        ("complement", 1, "4 établissements dans ce fichier, dont 4 de plus que les 40 déjà chargés."),
        (
            "volume",
            1,
            "Rentrée 2024 : 60 établissements, contre 40 déjà chargés (+50 % ; d’une fois à l’autre, au plus 0 %",
        ),
        ("saut", 1, "1 chiffre de 1 établissement change plus que le hasard et la vie des établissements"),
        ("saut_reseau", 1, "Les établissements de 1 réseau changent ensemble plus que le hasard ne l’explique"),
        (
            "distribution",
            1,
            "de plus de l’écart ordinaire entre établissements. Médiane 101,5 → 77,6 ;",
        ),
        ("revision", 3, "Rentrée 2023 : 3 chiffres changent, sur 80 déjà chargés."),
    ],
)
def test_each_fault_is_told_in_words(controler, code, nb, phrase):
    """What, how many, against what; and what to do comes from the list of checks."""
    constats = controler(f"{code}.csv")
    texte = constats[code].constat.replace("\xa0", " ").replace("\u202f", " ")
    assert phrase in texte
    assert constats[code].nb == nb and constats[code].action


def test_two_files_of_one_deposit_that_contradict(tmp_path):
    """Nobody can tell which is meant: both block, each naming the other."""

    def read(nom: str) -> ExtraitConnu:
        normalise_extrait(FAUTIFS / nom, tmp_path / nom)
        return ExtraitConnu("", tmp_path / nom, "ips_colleges", nom, f"« {nom} »", False)

    extrait, autre = read("contradiction.csv"), read("vraisemblance_sain.csv")
    vide = pd.DataFrame(columns=["uai", "code_reseau", "nom_reseau"])
    rapport = check_vraisemblance(extrait, RAPPORT, Reference((autre,), get_academie("13"), vide))
    (constat,) = rapport.bloquants
    texte = constat.constat.replace("\xa0", " ")
    assert constat.controle.code == "contradiction" and constat.nb == 2
    assert "2 chiffres diffèrent de ceux de « vraisemblance_sain.csv », donné en même temps" in texte
    assert rapport.avertissements == ()
