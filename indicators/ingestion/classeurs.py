"""XLSX and ODS workbooks: every sheet, with each of its first rows as a possible header."""

import datetime
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from indicators.ingestion.fautes import cite, refuse_lecture
from indicators.ingestion.feuilles import CELLULES_MAXIMALES, find_erreurs, too_wide
from indicators.ingestion.tableaux import Tableau, cut_table, make_table

# What reading a member of a damaged, truncated or encrypted archive may raise.
_ENDOMMAGE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, KeyError, ValueError)

LIGNES_DE_TITRE = 10
"""A header is looked for in the first rows: workbooks often open with a title and a note."""


def read_classeur(chemin: Path, genre: str, voulue: str | None = None) -> list[Tableau]:
    """Candidate tables of a workbook («XLSX», «ODS»), first sheets and rows first; `voulue`: those of one sheet.

    Raises:
        ErreurFichier: damaged or protected workbook, or no filled sheet.
    """
    try:
        erreurs = find_erreurs(chemin)
        classeur = python_calamine.CalamineWorkbook.from_path(str(chemin))
        feuilles = [
            (fiche.name, _list_lignes(chemin, classeur, fiche.name)) for fiche in _list_fiches(classeur, voulue)
        ]
    except (*_ENDOMMAGE, python_calamine.CalamineError, python_calamine.PasswordError):
        raise refuse_lecture(
            chemin,
            "fichier_endommage",
            "Le classeur est endommagé ou protégé par un mot de passe.",
            attendu="un fichier XLSX ou ODS lisible",
            action="ouvrez-le, retirez sa protection et enregistrez-le de nouveau.",
        ) from None
    tableaux = [t for nom, lignes in feuilles for t in _candidates(nom, lignes, erreurs.get(nom, ()), genre)]
    if not tableaux:
        raise refuse_lecture(chemin, "tableau_absent", "Aucune feuille remplie dans ce classeur.")
    return tableaux


def _list_fiches(classeur: python_calamine.CalamineWorkbook, voulue: str | None) -> list[python_calamine.SheetMetadata]:
    """Sheets of cells: those of charts hold none."""
    fiches = [f for f in classeur.sheets_metadata if f.typ == python_calamine.SheetTypeEnum.WorkSheet]
    return [fiche for fiche in fiches if voulue in (None, fiche.name)]


def _list_lignes(chemin: Path, classeur: python_calamine.CalamineWorkbook, nom: str) -> list[list[Any]]:
    feuille = classeur.get_sheet_by_name(nom)
    if feuille.total_height * feuille.total_width > CELLULES_MAXIMALES:
        raise too_wide(chemin, nom, f"de la ligne {feuille.total_height}, colonne {feuille.total_width}")
    return feuille.to_python(skip_empty_area=False)


def _candidates(nom: str, lignes: list[list[Any]], erreurs: tuple[tuple[int, str], ...], genre: str) -> list[Tableau]:
    """One table per row, among the first ones, that holds at least two texts."""
    return [
        Tableau(
            tuple(_as_text(cellule) or "" for cellule in ligne),
            partial(_read, lignes, rang),
            nom=nom,
            genre=f"{genre}, feuille «\u00a0{cite(nom)}\u00a0»",
            est_rempli=len(lignes) > rang + 1,
            controles=("cellule_en_erreur",),
            cellules_en_erreur=tuple(erreur for erreur in erreurs if erreur[0] > rang + 1),
        )
        for rang, ligne in enumerate(lignes[:LIGNES_DE_TITRE])
        if sum(isinstance(cellule, str) and bool(cellule.strip()) for cellule in ligne) >= 2
    ]


def _read(lignes: list[list[Any]], rang: int) -> Iterator[pa.RecordBatch]:
    """The rows under the header of that rank, as text."""
    donnees = lignes[rang + 1 :]
    colonnes = [[_as_text(cellule) for cellule in colonne] for colonne in zip(*donnees, strict=False)]
    return cut_table(make_table(colonnes or [[] for _ in lignes[rang]], range(rang + 2, rang + 2 + len(donnees))))


def _as_text(cellule: Any) -> str | None:
    """Text of a cell; a whole number loses its «.0», as in what the user sees."""
    if cellule is None or cellule == "":
        return None
    if isinstance(cellule, bool):
        return "true" if cellule else "false"
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    if isinstance(cellule, (datetime.date, datetime.datetime)):
        return cellule.isoformat()
    return str(cellule)
