"""CSV files: encoding, separator, broken lines."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from indicators.ingestion.fautes import Faute, refuse
from indicators.ingestion.tableaux import Tableau, check_largeur, make_tableau

SEPARATEURS = ";,\t|"


def read_csv(chemin: Path) -> Tableau:
    """Read a CSV of any usual encoding and separator; a record on several lines counts as one.

    Raises:
        ErreurFichier: no line can be read, for instance because a quote is never closed.
    """
    texte = decode(chemin.read_bytes())
    blanches = texte[: len(texte) - len(texte.lstrip("\r\n"))].replace("\r\n", "\n")
    entetes, separateur, reste = _split_header(chemin, texte)
    check_largeur(chemin, entetes)
    if not reste.strip():
        return make_tableau(entetes, [[] for _ in entetes], [])
    try:
        donnees, ecartees = _parse(reste, separateur, len(entetes))
    except pa.ArrowInvalid:
        raise refuse(chemin, [_UNREADABLE]) from None
    # Blank and broken lines keep their number, so that those after them have theirs.
    decalage = len(blanches)
    lignes = [n + decalage for n in range(2, donnees.num_rows + len(ecartees) + 2) if n not in ecartees]
    rompues = tuple((numero + decalage, cellules) for numero, cellules in ecartees.items() if cellules)
    return make_tableau(entetes, donnees.columns, lignes, lignes_rompues=rompues)


def _parse(texte: str, separateur: str, nb_colonnes: int) -> tuple[pa.Table, dict[int, int]]:
    """Cells as text, and the number of cells of each line left out: 0 for a blank line."""
    ecartees: dict[int, int] = {}

    def note_ecartee(ligne) -> str:
        ecartees[ligne.number + 1] = ligne.actual_columns if ligne.text.strip() else 0
        return "skip"

    noms = [f"c{i}" for i in range(nb_colonnes)]
    textes = dict.fromkeys(noms, pa.string())
    donnees = pyarrow.csv.read_csv(
        pa.BufferReader(texte.encode("utf-8")),
        # One thread: broken lines are numbered only then.
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=noms, block_size=1 << 24),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separateur,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=note_ecartee,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=textes, strings_can_be_null=False),
    )
    return donnees, ecartees


_UNREADABLE = Faute(
    "Le tableau est illisible (guillemet jamais refermé, ou cellule démesurée).",
    "un CSV dont chaque ligne a autant de cellules que l’en-tête",
    "exportez de nouveau le fichier, ou supprimez les guillemets isolés.",
)


def decode(octets: bytes) -> str:
    """Text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or Windows-1252."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", errors="replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Five bytes have no meaning in Windows-1252; none of them occurs in French text.
        return octets.decode("cp1252", errors="replace")


def _split_header(chemin: Path, texte: str) -> tuple[list[str], str, str]:
    """Headers, separator and the rest of the text. A header may hold a line end between quotes."""
    texte = texte.lstrip("\r\n")
    premiere = texte.split("\n", 1)[0]
    separateur = max(SEPARATEURS, key=premiere.count)
    lignes = texte.splitlines(keepends=True)
    lecteur = csv.reader(lignes, delimiter=separateur)
    try:
        entetes = next(lecteur)
    except (StopIteration, csv.Error):
        raise refuse(chemin, [_UNREADABLE]) from None
    return entetes, separateur, "".join(lignes[lecteur.line_num :])
