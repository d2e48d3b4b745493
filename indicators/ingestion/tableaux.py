"""A table of text, whatever the kind of file it was read from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from indicators.francais import format_nombre
from indicators.ingestion.fautes import Faute, refuse

COLONNES_MAXIMALES = 2_000
"""Headers of a table: the widest extract of the ministry has about a hundred."""


@dataclass(frozen=True)
class Tableau:
    """A table of text: `entetes` as written in the file; `lire()` gives `ligne`, `c0`, `c1`…

    Only the recognised table of a workbook is ever read. `nom`: its sheet. `lignes_rompues`: (line, number of cells)
    of lines left out because they do not have as many cells as the header. `cellules_en_erreur`: (line, text) of the
    formulas that failed.
    """

    entetes: tuple[str, ...]
    lire: Callable[[], pa.Table]
    nom: str = ""
    lignes_rompues: tuple[tuple[int, int], ...] = ()
    cellules_en_erreur: tuple[tuple[int, str], ...] = ()


def make_table(colonnes: Sequence, lignes: Sequence[int]) -> pa.Table:
    """Arrow table of one sequence of texts per header, with the line numbers."""
    noms = ["ligne", *(f"c{i}" for i in range(len(colonnes)))]
    return pa.table([pa.array(lignes, pa.int64()), *(_as_text(colonne) for colonne in colonnes)], names=noms)


def make_tableau(entetes: Sequence[str], colonnes: Sequence, lignes: Sequence[int], **options) -> Tableau:
    """A `Tableau` already in memory."""
    table = make_table(colonnes, lignes)
    return Tableau(tuple(entetes), lambda: table, **options)


def _as_text(colonne):
    return colonne if isinstance(colonne, (pa.Array, pa.ChunkedArray)) else pa.array(colonne, pa.string())


def check_largeur(chemin: Path, entetes: Sequence[str]) -> None:
    """Refuse a table that has too many columns, before reading its lines."""
    if len(entetes) > COLONNES_MAXIMALES:
        constat = f"Le tableau a {format_nombre(len(entetes))} colonnes."
        attendu = f"au plus {format_nombre(COLONNES_MAXIMALES)} colonnes, une ligne par établissement"
        raise refuse(chemin, [Faute(constat, attendu, "vérifiez que lignes et colonnes ne sont pas interverties.")])
