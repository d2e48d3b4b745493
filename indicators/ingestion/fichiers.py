"""A file of any accepted kind → tables of text, told apart by their content and never by their name.

Every cell is text; physical columns are `c0`, `c1`… and `ligne` is the line number in the file (header = line 1,
record number for JSON, row number for a sheet or a Parquet file).
"""

import zipfile
from pathlib import Path

from indicators.erreurs import ErreurFichier
from indicators.formats import load_formats
from indicators.ingestion.fautes import ErreurExtrait, refuse_lecture
from indicators.ingestion.reconnaissance import PROCHE, get_nearness
from indicators.ingestion.tableaux import COLONNES_MAXIMALES, Tableau, check_largeur
from indicators.systeme import explain_panne

TAILLE_MAXIMALE = 1_000_000_000
"""Bytes of a CSV, which is read as it comes: well above any extract of the ministry."""

TAILLE_EN_BLOC = 500_000_000
"""Bytes, once unzipped, of the files that are held whole in memory."""

RATIO_MAXIMAL = 200
TAILLE_SANS_SOUPCON = 20_000_000
"""A workbook of data shrinks about ten times: above this size, more than `RATIO_MAXIMAL` times is a trap."""

_CONTROLES = bytes(octet for octet in range(32) if not 9 <= octet <= 13)


def read_tableaux(chemin: Path, feuille: str | None = None) -> list[Tableau]:
    """Every table of a file: one, or one per sheet and possible header row; those of one sheet where it is named.

    Raises:
        ErreurFichier: empty, too large, binary, damaged, or of a kind that is not accepted.
    """
    try:
        tableaux = _read_tableaux(chemin, feuille or None)
    except OSError as erreur:
        constat = f"Ce fichier ne peut pas être lu ({explain_panne(erreur)})."
        textes = {"attendu": "un fichier lisible", "action": "vérifiez-en les droits."}
        raise refuse_lecture(chemin, "fichier_illisible", constat, **textes) from erreur
    etroits = [tableau for tableau in tableaux if len(tableau.entetes) <= COLONNES_MAXIMALES]
    if not etroits:
        check_largeur(chemin, tableaux[0].entetes)
    return etroits


def list_feuilles(chemin: Path) -> tuple[str, ...]:
    """The sheets of a workbook that can be read as extracts, in their order; («»,) for another kind of file.

    A sheet that no format knows is one of them when it has half of the columns of a format, or when there is no other.
    """
    try:
        tableaux = [tableau for tableau in read_tableaux(chemin) if tableau.est_rempli]
    except ErreurFichier:
        return ("",)  # reading it tells why
    formats = load_formats().values()
    nearness = {t.nom: 0.0 for t in tableaux}
    for tableau in tableaux:
        proche = max((get_nearness(tableau, format_) for format_ in formats), default=0.0)
        nearness[tableau.nom] = max(nearness[tableau.nom], proche)
    proches = tuple(nom for nom, part in nearness.items() if part >= PROCHE)
    return proches or ((max(nearness, key=nearness.get),) if nearness else ("",))


def _read_tableaux(chemin: Path, feuille: str | None) -> list[Tableau]:
    # Imported here: each kind of file has its own library, and most runs need one or two of them.
    from indicators.ingestion import classeurs, documents, textes

    debut = _read_debut(chemin)
    if debut.startswith(b"PK"):
        return classeurs.read_classeur(chemin, check_zip(chemin), feuille)
    if debut.startswith(b"PAR1"):
        return [documents.read_parquet(chemin)]
    _refuse_other_kinds(chemin, debut)
    if debut.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        if (taille := chemin.stat().st_size) > TAILLE_EN_BLOC:
            raise _too_large(chemin, taille, TAILLE_EN_BLOC)
        return [documents.read_json(chemin)]
    return [textes.read_csv(chemin)]


def _read_debut(chemin: Path) -> bytes:
    if not chemin.exists():
        textes = {"attendu": "un fichier lisible", "action": "vérifiez son chemin."}
        raise refuse_lecture(chemin, "fichier_illisible", "Ce fichier n’existe pas.", **textes)
    if not chemin.is_file():
        constat = "Ce n’est pas un fichier de données."
        raise refuse_lecture(chemin, "fichier_illisible", constat, action="vérifiez son chemin.")
    taille = chemin.stat().st_size
    if taille == 0:
        raise refuse_lecture(chemin, "fichier_vide", "Le fichier est vide (0 octet).")
    if taille > TAILLE_MAXIMALE:
        raise _too_large(chemin, taille, TAILLE_MAXIMALE)
    with chemin.open("rb") as flux:
        return flux.read(65_536)


def _too_large(chemin: Path, taille: int, maximum: int) -> ErreurExtrait:
    constat = f"Le fichier est trop volumineux ({taille // 1_000_000} Mo une fois ouvert)."
    return refuse_lecture(chemin, "fichier_trop_grand", constat, attendu=f"au plus {maximum // 1_000_000} Mo")


def _refuse_other_kinds(chemin: Path, debut: bytes) -> None:
    genres = {b"%PDF": "un document PDF", b"\xd0\xcf\x11\xe0": "un classeur Excel d’avant 2007 (.xls)"}
    for signature, genre in genres.items():
        if debut.startswith(signature):
            action = (
                "enregistrez-le au format .xlsx." if "Excel" in genre else "demandez le tableau de données d’origine."
            )
            constat = f"Ce fichier est {genre}, quel que soit son nom."
            raise refuse_lecture(chemin, "genre_refuse", constat, action=action)
    utf16 = debut.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and len(debut.translate(None, _CONTROLES)) < len(debut):
        raise refuse_lecture(chemin, "genre_refuse", "Ce fichier n’est pas du texte (contenu binaire).")


def check_zip(chemin: Path) -> str:
    """Refuse a damaged zip, or one that declares far more than it holds, before opening anything in it.

    Returns:
        The kind of workbook that it is.
    """
    try:
        with zipfile.ZipFile(chemin) as archive:
            membres = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        textes = {"attendu": "un fichier XLSX ou ODS", "action": "exportez de nouveau les données, en CSV par exemple."}
        raise refuse_lecture(chemin, "fichier_endommage", "Le classeur est endommagé.", **textes) from None
    taille = sum(membre.file_size for membre in membres)
    compresse = max(1, sum(membre.compress_size for membre in membres))
    if taille > TAILLE_EN_BLOC:
        raise _too_large(chemin, taille, TAILLE_EN_BLOC)
    if taille > TAILLE_SANS_SOUPCON and taille / compresse > RATIO_MAXIMAL:
        constat = f"Ce classeur se dilate de {compresse // 1000} ko à {taille // 1_000_000} Mo : il n’est pas ouvert."
        action = "enregistrez de nouveau le tableau, sans ses lignes et colonnes vides, ou exportez-le en CSV."
        attendu = "un classeur de données ordinaire"
        raise refuse_lecture(chemin, "fichier_trop_grand", constat, attendu=attendu, action=action)
    noms = {membre.filename for membre in membres}
    for membre, genre in (("xl/workbook.xml", "XLSX"), ("content.xml", "ODS"), ("xl/workbook.bin", "XLSB")):
        if membre in noms:
            return genre
    constat, action = "Cette archive zip n’est pas un classeur.", "décompressez-la, puis chargez son contenu."
    raise refuse_lecture(chemin, "genre_refuse", constat, action=action)
