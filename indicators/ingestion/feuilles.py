"""What the archive of a workbook says of its sheets before it is opened: how far they reach, which formulas failed.

The library that reads workbooks makes room for every cell up to the last one, and gives a failed formula as an empty
cell: the first would exhaust the machine, the second would silently lose a figure.
"""

import html
import posixpath
import re
import zipfile
from pathlib import Path

from indicators.ingestion.fautes import ErreurExtrait, cite, refuse_lecture

CELLULES_MAXIMALES = 20_000_000
"""Height times width of a sheet: well above any extract, far below what would exhaust a workstation."""

Erreurs = dict[str, tuple[tuple[int, str], ...]]
"""By sheet: (row, text shown) of the formulas that failed."""

_FEUILLE = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_LIEN = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ERREUR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"'][A-Za-z]+(\d+)[\"'][^>]*>.*?<(?:\w+:)?v>([^<]*)<", re.DOTALL
)
_ODS = re.compile(
    rb"<table:table\s[^>]*?table:name=\"([^\"]*)\"|<table:table-row\b([^>]*)>"
    rb"|calcext:value-type=\"error\"[^>]*>(?:<[^>]*>)?([^<]*)"
)
_REPETITION = re.compile(rb"number-rows-repeated=\"(\d+)\"")


def find_erreurs(chemin: Path) -> Erreurs:
    """Formulas that failed, in an XLSX or an ODS; none in a binary workbook (.xlsb).

    Raises:
        ErreurFichier: a sheet reaches too far.
        zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, KeyError: damaged or encrypted archive.
    """
    with zipfile.ZipFile(chemin) as archive:
        noms = set(archive.namelist())
        if "xl/workbook.xml" in noms:
            feuilles = {nom: archive.read(membre) for nom, membre in _list_feuilles(archive).items() if membre in noms}
            for nom, contenu in feuilles.items():
                _check_etendue(chemin, nom, contenu)
            return {nom: _find_in_xlsx(contenu) for nom, contenu in feuilles.items()}
        return _find_in_ods(archive.read("content.xml")) if "content.xml" in noms else {}


def too_wide(chemin: Path, nom: str, derniere: str) -> ErreurExtrait:
    """The refusal of a sheet that reaches too far; the caller raises it."""
    return refuse_lecture(
        chemin,
        "fichier_trop_grand",
        f"La feuille « {cite(nom)} » s’étend jusqu’à la cellule {derniere} : elle n’est pas ouverte.",
        attendu="une feuille qui s’arrête à la dernière ligne du tableau",
        action="supprimez les lignes et les colonnes au-delà du tableau (une cellule y est restée), puis enregistrez.",
    )


def _list_feuilles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet → member of the archive."""
    cibles = {}
    for balise in _LIEN.findall(archive.read("xl/_rels/workbook.xml.rels")):
        cible = _get_attribut(balise, b"Target")
        cibles[_get_attribut(balise, b"Id")] = posixpath.normpath(posixpath.join("/xl", cible)).lstrip("/")
    balises = _FEUILLE.findall(archive.read("xl/workbook.xml"))
    return {_get_attribut(b, b"name"): cibles.get(_get_attribut(b, rb"\w+:id"), "") for b in balises}


def _get_attribut(balise: bytes, nom: bytes) -> str:
    trouve = re.search(rb"\s" + nom + rb"=(?:\"([^\"]*)\"|'([^']*)')", balise)
    return html.unescape((trouve[1] or trouve[2] or b"").decode("utf-8", "replace")) if trouve else ""


def _check_etendue(chemin: Path, nom: str, contenu: bytes) -> None:
    references = _REFERENCE.findall(contenu)
    if not references:
        return
    colonne = max({lettres.upper() for lettres, _ in references}, key=lambda lettres: (len(lettres), lettres))
    ligne = max(int(numero) for _, numero in references)
    largeur = 0
    for lettre in colonne:
        largeur = largeur * 26 + lettre - 64
    if ligne * largeur > CELLULES_MAXIMALES:
        raise too_wide(chemin, nom, f"{colonne.decode()}{ligne}")


def _find_in_xlsx(contenu: bytes) -> tuple[tuple[int, str], ...]:
    if b't="e"' not in contenu and b"t='e'" not in contenu:
        return ()
    return tuple((int(ligne), texte.decode("utf-8", "replace")) for ligne, texte in _ERREUR.findall(contenu))


def _find_in_ods(contenu: bytes) -> Erreurs:
    erreurs: dict[str, list[tuple[int, str]]] = {}
    feuille, ligne, suivante = "", 1, 1
    for trouve in _ODS.finditer(contenu):
        nom, rangee, texte = trouve.groups()
        if nom is not None:
            feuille, suivante = html.unescape(nom.decode("utf-8", "replace")), 1
        elif rangee is not None:
            repetition = _REPETITION.search(rangee)
            ligne, suivante = suivante, suivante + (int(repetition[1]) if repetition else 1)
        else:
            erreurs.setdefault(feuille, []).append((ligne, html.unescape(texte.decode("utf-8", "replace"))))
    return {nom: tuple(cellules) for nom, cellules in erreurs.items()}
