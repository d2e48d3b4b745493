"""CSV files: separator, header, broken lines. The lines are read as they come, never all at once."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from indicators.ingestion.encodages import Encodage, decode, find_encodage, open_utf8
from indicators.ingestion.fautes import ErreurExtrait, refuse_lecture
from indicators.ingestion.rapport import make_constat
from indicators.ingestion.tableaux import LigneRompue, Tableau, check_largeur

__all__ = ["decode", "name_separateur", "read_csv"]

SEPARATEURS = ";,\t|"
_NOMS = {"\t": "tabulation"}

TAILLE_EN_MEMOIRE = 100_000_000
"""Bytes of a CSV above which its lines are kept on the disk rather than in memory."""

_BLOC = 1 << 21
"""Bytes read at once, and the largest record that can be read."""

_BLOCS_PAR_LOT = 8
"""Blocks of one batch of a file kept in memory: judging its texts has a cost of its own, whatever their number."""

_DEBUT = 1 << 20


def read_csv(chemin: Path) -> Tableau:
    """Header of a CSV of any usual encoding and separator; a record on several lines counts as one.

    Raises:
        ErreurFichier: no line can be read, for instance because a quote is never closed.
    """
    encodage = find_encodage(chemin)
    entete = _read_entete(chemin, encodage)
    check_largeur(chemin, entete.noms)
    rompues: list[LigneRompue] = []
    est_grand = chemin.stat().st_size > TAILLE_EN_MEMOIRE
    nb_blocs = 1 if est_grand else _BLOCS_PAR_LOT
    return Tableau(
        entete.noms,
        lambda: _read_lots(chemin, encodage, entete, rompues, nb_blocs),
        genre=f"CSV, {encodage.titre}, séparateur {name_separateur(entete.separateur)}",
        est_rempli=entete.est_suivi,
        est_grand=est_grand,
        constats=() if encodage.titre == "UTF-8" else (_tell_encodage(encodage),),
        controles=("encodage", "caractere_illisible", "separateur", "ligne_rompue"),
        separateur=entete.separateur,
        a_des_pertes=encodage.a_des_pertes,
        rompues=rompues,
    )


def name_separateur(separateur: str) -> str:
    """«« ; »», or «tabulation»."""
    return _NOMS.get(separateur, f"«\u00a0{separateur}\u00a0»")


def _tell_encodage(encodage: Encodage):
    return make_constat("encodage", f"Le fichier est en {encodage.titre} : il a été lu ainsi.")


@dataclass(frozen=True)
class _Entete:
    """Headers and separator; where the lines start (in bytes of UTF-8), after how many blank lines."""

    noms: tuple[str, ...]
    separateur: str
    fin: int
    nb_blanches: int
    est_suivi: bool


def _read_entete(chemin: Path, encodage: Encodage) -> _Entete:
    """A header may hold a line end between quotes, and blank lines may come before it."""
    with open_utf8(chemin, encodage) as flux:
        octets = flux.read(_DEBUT)
    debut = octets.decode("utf-8", "ignore")
    texte = debut.lstrip("\r\n")
    blanches = debut[: len(debut) - len(texte)]
    separateur = max(SEPARATEURS, key=texte.split("\n", 1)[0].count)
    lignes = list(io.StringIO(texte, newline=""))
    lecteur = csv.reader(lignes, delimiter=separateur)
    try:
        noms = next(lecteur)
    except (StopIteration, csv.Error):
        raise _unreadable(chemin) from None
    reste = lignes[lecteur.line_num :]
    # A quote that is never closed makes one header of the whole file, or of all that is read to find it.
    if not reste and (len(octets) == _DEBUT or texte.count('"') % 2):
        raise _unreadable(chemin)
    fin = len((blanches + "".join(lignes[: lecteur.line_num])).encode())
    est_suivi = len(octets) == _DEBUT or any(ligne.strip() for ligne in reste)
    return _Entete(tuple(noms), separateur, fin, len(blanches.replace("\r\n", "\n")), est_suivi)


def _read_lots(
    chemin: Path, encodage: Encodage, entete: _Entete, rompues: list[LigneRompue], nb_blocs: int
) -> Iterator[pa.RecordBatch]:
    """Batches of lines; those that do not have as many cells as the header are put in `rompues` instead."""
    if not entete.est_suivi:
        return
    numeros: list[int] = []

    def note_rompue(ligne) -> str:
        numeros.append(ligne.number)
        if ligne.text.strip():
            rompues.append(LigneRompue(ligne.number + 1 + entete.nb_blanches, ligne.actual_columns, ligne.text))
        return "skip"

    suivante = 1
    with open_utf8(chemin, encodage, entete.fin) as flux:
        for lot in _gather(chemin, lambda: _open_lecteur(flux, entete, note_rompue), nb_blocs):
            physiques = _number(suivante, lot.num_rows, numeros)
            suivante = int(physiques[-1]) + 1
            textes = [_encode(colonne) for colonne in lot.columns]
            lignes = pa.array(physiques + 1 + entete.nb_blanches)
            yield pa.RecordBatch.from_arrays([lignes, *textes], ["ligne", *lot.schema.names])


def _gather(
    chemin: Path, open_lecteur: Callable[[], pyarrow.csv.CSVStreamingReader], nb_blocs: int
) -> Iterator[pa.Table]:
    """Tables of some blocks each, none of them empty."""
    try:
        lecteur = open_lecteur()
        while blocs := list(islice(lecteur, nb_blocs)):
            if any(bloc.num_rows for bloc in blocs):
                yield pa.Table.from_batches(blocs)
    except pa.ArrowInvalid:
        raise _unreadable(chemin) from None


def _encode(colonne: pa.ChunkedArray) -> pa.Array:
    """A text is kept once, however many cells hold it: it will be judged once too."""
    encodee = colonne.dictionary_encode()
    indices = pa.chunked_array([bloc.indices for bloc in encodee.chunks]).combine_chunks()
    return pa.DictionaryArray.from_arrays(indices, encodee.chunk(0).dictionary)


def _open_lecteur(flux: pa.NativeFile, entete: _Entete, note_rompue) -> pyarrow.csv.CSVStreamingReader:
    noms = [f"c{i}" for i in range(len(entete.noms))]
    types = dict.fromkeys(noms, pa.string())
    return pyarrow.csv.open_csv(
        flux,
        # One thread: broken lines are numbered only then.
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=noms, block_size=_BLOC),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=entete.separateur,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=note_rompue,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False),
    )


def _number(premiere: int, nb: int, ecartees: list[int]) -> np.ndarray:
    """The next `nb` numbers from `premiere` on, without those of the lines left out: all keep their own."""
    hors = np.unique(np.array(ecartees, dtype=np.int64))
    hors = hors[hors >= premiere]
    total, vues = nb, 0
    while (avant := int(np.searchsorted(hors, premiere + total))) > vues:
        total, vues = nb + avant, avant
    gardes = np.ones(total, dtype=bool)
    gardes[hors[:vues] - premiere] = False
    return premiere + np.flatnonzero(gardes)


def _unreadable(chemin: Path) -> ErreurExtrait:
    return refuse_lecture(
        chemin,
        "fichier_illisible",
        "Le tableau est illisible (guillemet jamais refermé, ou cellule démesurée).",
        attendu="un CSV dont chaque ligne a autant de cellules que l’en-tête",
        action="exportez de nouveau le fichier, ou supprimez les guillemets isolés.",
    )
