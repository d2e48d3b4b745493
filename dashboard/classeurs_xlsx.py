"""A table as an XLSX workbook that any spreadsheet opens unchanged: typed cells, no formula. Pure, no Streamlit."""

import io
import math
import re
from collections.abc import Iterable, Sequence

import xlsxwriter

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FEUILLE_DONNEES, FEUILLE_NOTES = "Données", "À lire"
_LARGEUR_MAXIMALE = 46
_TEXTE_MAXIMAL = 32_000
"""Signs of a cell; a spreadsheet refuses more than 32 767."""
_INTERDITS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Proportion(float):
    """A number from 0 to 1, or a difference of two, that a spreadsheet shows as a percentage."""


def write_xlsx(titre: str, entetes: Sequence[str], lignes: Iterable[Sequence[object]], notes: Sequence[str]) -> bytes:
    """A sheet of data, headings frozen and filterable, then a sheet of notes.

    Texts stay texts (`=1+1` is shown, not run), numbers are numbers, a `Proportion` is a percentage; None and
    numbers that are not finite are empty cells.

    Args:
        titre: first line of the notes.
        notes: one paragraph each.
    """
    lignes = [list(ligne) for ligne in lignes]
    sortie = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(sortie, options | {"in_memory": True}) as classeur:
        _write_donnees(classeur, entetes, lignes)
        _write_notes(classeur, titre, notes)
    return sortie.getvalue()


def _write_donnees(classeur: xlsxwriter.Workbook, entetes: Sequence[str], lignes: list[list[object]]) -> None:
    feuille = classeur.add_worksheet(FEUILLE_DONNEES)
    gras = classeur.add_format({"bold": True, "bottom": 1, "valign": "top"})
    formats = {
        Proportion: classeur.add_format({"num_format": "0.0%"}),
        float: classeur.add_format({"num_format": "0.0##"}),
        int: classeur.add_format({"num_format": "0"}),
    }
    for colonne, entete in enumerate(entetes):
        feuille.write_string(0, colonne, entete, gras)
        contenus = [len(str(ligne[colonne])) for ligne in lignes[:200] if isinstance(ligne[colonne], str)]
        feuille.set_column(colonne, colonne, min(_LARGEUR_MAXIMALE, max([len(entete) + 3, 9, *contenus])))
    for rang, ligne in enumerate(lignes, start=1):
        for colonne, contenu in enumerate(ligne):
            _write_cellule(feuille, rang, colonne, contenu, formats)
    feuille.freeze_panes(1, 0)
    feuille.autofilter(0, 0, max(len(lignes), 1), len(entetes) - 1)


def _write_cellule(feuille, rang: int, colonne: int, contenu: object, formats: dict) -> None:
    if contenu is None or contenu == "" or (isinstance(contenu, float) and not math.isfinite(contenu)):
        return
    if isinstance(contenu, int | float) and not isinstance(contenu, bool):
        feuille.write_number(rang, colonne, contenu, formats[type(contenu)])
        return
    feuille.write_string(rang, colonne, _clean(contenu))


def _write_notes(classeur: xlsxwriter.Workbook, titre: str, notes: Sequence[str]) -> None:
    feuille = classeur.add_worksheet(FEUILLE_NOTES)
    feuille.set_column(0, 0, 110)
    feuille.hide_gridlines(2)
    feuille.write_string(0, 0, _clean(titre), classeur.add_format({"bold": True, "font_size": 14, "text_wrap": True}))
    plie = classeur.add_format({"text_wrap": True, "valign": "top"})
    for rang, note in enumerate(notes, start=2):
        feuille.write_string(rang, 0, _clean(note), plie)


def _clean(contenu: object) -> str:
    """Text without what XML refuses, cut to what a cell holds."""
    return _INTERDITS.sub("\ufffd", str(contenu))[:_TEXTE_MAXIMAL]
