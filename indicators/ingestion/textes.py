"""CSV files: encoding, separator, broken lines."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from indicators.ingestion.fautes import Faute, refuse
from indicators.ingestion.fichiers import Tableau, make_tableau

SEPARATEURS = ";,\t|"


def read_csv(chemin: Path) -> Tableau:
    """Read a CSV of any usual encoding and separator. Blank lines are skipped and not numbered.

    Raises:
        ErreurFichier: no line, or a quote that is never closed.
    """
    texte = decode(chemin.read_bytes())
    entetes, separateur, reste = _split_header(chemin, texte)
    rompues: list[tuple[int, int]] = []

    def note_rompue(ligne) -> str:
        rompues.append((ligne.number or 0, ligne.actual_columns))
        return "skip"

    noms = [f"c{i}" for i in range(len(entetes))]
    try:
        donnees = pyarrow.csv.read_csv(
            pa.BufferReader(reste.encode("utf-8")),
            # One thread: broken lines are numbered only then.
            read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=noms, block_size=1 << 24),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=separateur, newlines_in_values=True, invalid_row_handler=note_rompue
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(noms, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        if not reste.strip():
            return make_tableau(entetes, [[] for _ in entetes], [])
        raise refuse(chemin, [_UNREADABLE]) from None
    colonnes = [donnees.column(nom) for nom in noms]
    rompues = [(numero + 1, nb) for numero, nb in rompues]
    sautees = {numero for numero, _ in rompues}
    total = donnees.num_rows + len(sautees)
    lignes = [n for n in range(2, total + 2) if n not in sautees] if sautees else range(2, total + 2)
    return make_tableau(entetes, colonnes, lignes, lignes_rompues=tuple(rompues))


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
