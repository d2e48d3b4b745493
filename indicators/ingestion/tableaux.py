"""A table of text, whatever the kind of file it was read from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from indicators.francais import format_nombre
from indicators.ingestion.fautes import refuse_lecture
from indicators.ingestion.rapport import Constat

COLONNES_MAXIMALES = 2_000
"""Headers of a table: the widest extract of the ministry has about a hundred."""

LIGNES_PAR_LOT = 1 << 19


@dataclass(frozen=True)
class LigneRompue:
    """A line that does not have as many cells as the header: its number, how many it has, its text."""

    ligne: int
    nb_cellules: int
    texte: str


@dataclass(frozen=True)
class Tableau:
    """A table of text: `entetes` as written in the file; `lire()` gives batches of columns `ligne`, `c0`, `c1`…

    Attributes:
        entetes: headers.
        lire: reads the lines, from the first; may be called again. Only the recognised table of a file is ever read,
            through `read_lots`.
        nom: sheet of a workbook.
        genre: «CSV, UTF-8, séparateur « ; »».
        est_rempli: it has at least one line, blank ones included.
        est_grand: too large to be kept in memory.
        constats: what its reader noticed.
        controles: checks that its reader made.
        separateur: of the cells of a line.
        a_des_pertes: some characters could not be read, and are U+FFFD.
        rompues: lines left out because they do not have as many cells as the header; filled while lines are read; the
            reader of the lines empties it as it goes.
        cellules_en_erreur: (line, text) of the formulas that failed.
    """

    entetes: tuple[str, ...]
    lire: Callable[[], Iterator[pa.RecordBatch]]
    nom: str = ""
    genre: str = ""
    est_rempli: bool = True
    est_grand: bool = False
    constats: tuple[Constat, ...] = ()
    controles: tuple[str, ...] = ()
    separateur: str = ";"
    a_des_pertes: bool = False
    rompues: list[LigneRompue] = field(default_factory=list, compare=False)
    cellules_en_erreur: tuple[tuple[int, str], ...] = ()
    _gardes: list[pa.RecordBatch] = field(default_factory=list, compare=False)

    def read_lots(self) -> Iterator[pa.RecordBatch]:
        """The batches of its lines, read once unless they are too large to be kept."""
        if self._gardes:
            yield from self._gardes
            return
        lus = []
        for lot in self.lire():
            if not self.est_grand:
                lus.append(lot)
            yield lot
        self._gardes.extend(lus)


def make_table(colonnes: Sequence, lignes: Sequence[int]) -> pa.Table:
    """Arrow table of one sequence of texts per header, with the line numbers."""
    noms = ["ligne", *(f"c{i}" for i in range(len(colonnes)))]
    return pa.table([pa.array(lignes, pa.int64()), *(_as_text(colonne) for colonne in colonnes)], names=noms)


def make_tableau(entetes: Sequence[str], colonnes: Sequence, lignes: Sequence[int], **options) -> Tableau:
    """A `Tableau` already in memory."""
    table = make_table(colonnes, lignes)
    return Tableau(tuple(entetes), lambda: cut_table(table), est_rempli=table.num_rows > 0, **options)


def cut_table(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The batches of a table in memory."""
    return iter(table.combine_chunks().to_batches(max_chunksize=LIGNES_PAR_LOT))


def _as_text(colonne):
    return colonne if isinstance(colonne, (pa.Array, pa.ChunkedArray)) else pa.array(colonne, pa.string())


def check_largeur(chemin: Path, entetes: Sequence[str]) -> None:
    """Refuse a table that has too many columns, before reading its lines."""
    if len(entetes) > COLONNES_MAXIMALES:
        constat = f"Le tableau a {format_nombre(len(entetes))} colonnes."
        attendu = f"au plus {format_nombre(COLONNES_MAXIMALES)} colonnes, une ligne par établissement"
        raise refuse_lecture(chemin, "trop_de_colonnes", constat, attendu=attendu)
