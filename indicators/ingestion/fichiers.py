"""A file of any accepted kind → tables of text, told apart by their content and never by their name.

Every cell is text; physical columns are `c0`, `c1`… and `ligne` is the line number in the file (header = line 1,
record number for JSON, row number for a sheet or a Parquet file).
"""

import zipfile
from pathlib import Path

from indicators.ingestion.fautes import Faute, refuse
from indicators.ingestion.tableaux import COLONNES_MAXIMALES, Tableau, check_largeur
from indicators.systeme import explain_panne

TAILLE_MAXIMALE = 500_000_000
"""Bytes, once unzipped: well above any extract of the ministry, far below what would exhaust a workstation."""

RATIO_MAXIMAL = 200
TAILLE_SANS_SOUPCON = 20_000_000
"""A workbook of data shrinks about ten times: above this size, more than `RATIO_MAXIMAL` times is a trap."""

_CONTROLES = bytes(octet for octet in range(32) if not 9 <= octet <= 13)
_ACCEPTES = "un fichier CSV, XLSX, ODS, Parquet, JSON ou GeoJSON"


def read_tableaux(chemin: Path) -> list[Tableau]:
    """Every table of a file: one, or one per sheet and possible header row.

    Raises:
        ErreurFichier: empty, too large, binary, damaged, or of a kind that is not accepted.
    """
    try:
        tableaux = _read_tableaux(chemin)
    except OSError as erreur:
        faute = Faute(
            f"Ce fichier ne peut pas être lu ({explain_panne(erreur)}).",
            "un fichier lisible",
            "vérifiez-en les droits.",
        )
        raise refuse(chemin, [faute]) from erreur
    etroits = [tableau for tableau in tableaux if len(tableau.entetes) <= COLONNES_MAXIMALES]
    if not etroits:
        check_largeur(chemin, tableaux[0].entetes)
    return etroits


def _read_tableaux(chemin: Path) -> list[Tableau]:
    # Imported here: each kind of file has its own library, and most runs need one or two of them.
    from indicators.ingestion import classeurs, documents, textes

    debut = _read_debut(chemin)
    if debut.startswith(b"PK"):
        check_zip(chemin)
        return classeurs.read_classeur(chemin)
    if debut.startswith(b"PAR1"):
        return [documents.read_parquet(chemin)]
    _refuse_other_kinds(chemin, debut)
    if debut.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return [documents.read_json(chemin)]
    return [textes.read_csv(chemin)]


def _read_debut(chemin: Path) -> bytes:
    if not chemin.exists():
        raise refuse(chemin, [Faute("Ce fichier n’existe pas.", "un fichier lisible", "vérifiez son chemin.")])
    if not chemin.is_file():
        raise refuse(chemin, [Faute("Ce n’est pas un fichier de données.", _ACCEPTES, "vérifiez son chemin.")])
    taille = chemin.stat().st_size
    if taille == 0:
        vide = Faute(
            "Le fichier est vide (0 octet).", _ACCEPTES, "exportez-le de nouveau : l’envoi a dû être interrompu."
        )
        raise refuse(chemin, [vide])
    if taille > TAILLE_MAXIMALE:
        raise refuse(chemin, [_too_large(taille)])
    with chemin.open("rb") as flux:
        return flux.read(65_536)


def _too_large(taille: int) -> Faute:
    return Faute(
        f"Le fichier est trop volumineux ({taille // 1_000_000} Mo une fois ouvert).",
        f"au plus {TAILLE_MAXIMALE // 1_000_000} Mo",
        "limitez l’export à votre académie ou aux dernières années.",
    )


def _refuse_other_kinds(chemin: Path, debut: bytes) -> None:
    genres = {b"%PDF": "un document PDF", b"\xd0\xcf\x11\xe0": "un classeur Excel d’avant 2007 (.xls)"}
    for signature, genre in genres.items():
        if debut.startswith(signature):
            action = (
                "enregistrez-le au format .xlsx." if "Excel" in genre else "demandez le tableau de données d’origine."
            )
            raise refuse(chemin, [Faute(f"Ce fichier est {genre}, quel que soit son nom.", _ACCEPTES, action)])
    utf16 = debut.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and len(debut.translate(None, _CONTROLES)) < len(debut):
        raise refuse(chemin, [Faute("Ce fichier n’est pas du texte (contenu binaire).", _ACCEPTES, _EXPORTER)])


_EXPORTER = "exportez de nouveau les données, en CSV par exemple."


def check_zip(chemin: Path) -> None:
    """Refuse a damaged zip, or one that declares far more than it holds, before opening anything in it."""
    try:
        with zipfile.ZipFile(chemin) as archive:
            membres = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise refuse(chemin, [Faute("Le classeur est endommagé.", "un fichier XLSX ou ODS", _EXPORTER)]) from None
    taille = sum(membre.file_size for membre in membres)
    compresse = max(1, sum(membre.compress_size for membre in membres))
    if taille > TAILLE_MAXIMALE:
        raise refuse(chemin, [_too_large(taille)])
    if taille > TAILLE_SANS_SOUPCON and taille / compresse > RATIO_MAXIMAL:
        constat = f"Ce classeur se dilate de {compresse // 1000} ko à {taille // 1_000_000} Mo : il n’est pas ouvert."
        action = "enregistrez de nouveau le tableau, sans ses lignes et colonnes vides, ou exportez-le en CSV."
        raise refuse(chemin, [Faute(constat, "un classeur de données ordinaire", action)])
    noms = {membre.filename for membre in membres}
    if not noms & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
        faute = Faute(
            "Cette archive zip n’est pas un classeur.", _ACCEPTES, "décompressez-la, puis chargez son contenu."
        )
        raise refuse(chemin, [faute])
