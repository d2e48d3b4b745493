"""A small installation to load into: the places of the demonstration, and the IPS of its collèges up to 2023."""

import os
import subprocess
import sys
from pathlib import Path

import python_calamine
import xlsxwriter

RACINE = Path(__file__).resolve().parent.parent
_PLACES = ("perimetres", "communes", "etablissements", "contours-communes", "contours-departements")


def build_donnees(demo: Path, dossier: Path) -> Path:
    """Data folder with real (not demonstration) loads, published: version 1."""
    sources = dossier / "sources"
    sources.mkdir(parents=True)
    for chemin in (demo / "raw" / "extraits").glob("*/demo-*"):
        if chemin.stem.removeprefix("demo-") in _PLACES:
            (sources / chemin.name).write_bytes(chemin.read_bytes())
    lignes = [ligne for ligne in read_ips(demo) if not ligne.startswith("2024")]
    (sources / "ips-colleges-2019-2023.csv").write_bytes(write_csv(lignes))
    donnees = dossier / "donnees"
    subprocess.run(
        [sys.executable, "-m", "indicators", "charger", str(sources), "--accepter", "Données d’essai"],
        cwd=RACINE,
        env=os.environ | {"ECLORE_DONNEES": str(donnees)},
        check=True,
        capture_output=True,
    )
    return donnees


def read_ips(demo: Path, rentree: str = "") -> list[str]:
    """Lines of the IPS of collèges, header first; those of a rentrée only («2024») if one is given."""
    chemin = next((demo / "raw" / "extraits").glob("*/demo-ips-colleges*.csv"))
    entete, *lignes = chemin.read_text(encoding="utf-8").splitlines()
    return [entete, *(ligne for ligne in lignes if ligne.startswith(rentree))]


def write_csv(lignes: list[str]) -> bytes:
    """The bytes of a CSV file."""
    return ("\n".join(lignes) + "\n").encode()


def change_cellule(lignes: list[str], ligne: int, colonne: str, valeur: str) -> list[str]:
    """The same lines with one cell changed; `ligne` as people count (the header is line 1)."""
    cellules = lignes[ligne - 1].split(";")
    cellules[lignes[0].split(";").index(colonne)] = valeur
    return [*lignes[: ligne - 1], ";".join(cellules), *lignes[ligne:]]


def make_fautif(lignes: list[str]) -> list[str]:
    """A file with three faults: an impossible UAI (line 6), a text for a number (10), a line twice (21 and last)."""
    uai = lignes[5].split(";")[4]
    lettre = "A" if uai[-1] != "A" else "B"
    fautif = change_cellule(change_cellule(lignes, 6, "uai", uai[:-1] + lettre), 10, "ips", "abc")
    return [*fautif, fautif[20]]


def mend_classeur(recu: Path, corrige: Path, saines: list[str]) -> Path:
    """The workbook of a report as a user mends it: right cells, «supprimer» for the line that is there twice."""
    classeur = python_calamine.load_workbook(str(recu))
    with xlsxwriter.Workbook(corrige, {"strings_to_numbers": False}) as sortie:
        for nom in classeur.sheet_names:
            feuille = sortie.add_worksheet(nom)
            for rang, ligne in enumerate(classeur.get_sheet_by_name(nom).to_python()):
                if nom == "Lignes à corriger" and isinstance(ligne[0], int | float):
                    ligne = _mend_ligne(ligne, saines)
                for colonne, cellule in enumerate(ligne):
                    feuille.write(rang, colonne, cellule)
    return corrige


def _mend_ligne(ligne: list, saines: list[str]) -> list:
    numero = int(ligne[0])
    if numero > len(saines):
        return [numero, "supprimer", *ligne[2:]]
    return [numero, ligne[1], *saines[numero - 1].split(";")]
