"""A table written back as CSV, some of its lines replaced or left out: the others keep the text of every cell."""

import csv
import io
import os
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from indicators.erreurs import ErreurBase
from indicators.ingestion.tableaux import LigneRompue, Tableau
from indicators.ingestion.textes import SEPARATEURS
from indicators.systeme import explain_panne

_CONTROLES = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
"""A text file may not hold them: they would make it look binary."""

Lignes = dict[int, tuple[str | None, ...]]
"""Cells of lines, by line number."""


def take_rompues(tableau: Tableau) -> list[LigneRompue]:
    """The broken lines met since the last call."""
    rompues = list(tableau.rompues)
    tableau.rompues.clear()
    return rompues


def split_rompue(rompue: LigneRompue, tableau: Tableau) -> list[str]:
    """The cells of a broken line."""
    texte = rompue.texte.rstrip("\r\n")
    try:
        return next(csv.reader(io.StringIO(texte, newline=""), delimiter=tableau.separateur), [])
    except csv.Error:  # an oversized cell
        return [texte]


def write_mended(fichier: Path, tableau: Tableau, corrigees: Lignes, supprimees: set[int]) -> None:
    """Write the whole table, each mended line at its place; broken lines that nobody mended stay broken.

    Raises:
        ErreurBase: the folder cannot be written; what was there before is kept.
    """
    aside = fichier.with_name(f".{uuid.uuid4().hex}")
    try:
        fichier.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as sortie:
            _write(sortie, tableau, corrigees, supprimees)
        os.replace(aside, fichier)
    except OSError as erreur:
        raise ErreurBase(
            f"Le fichier corrigé ne peut pas être écrit dans « {fichier.parent} » ({explain_panne(erreur)}). "
            "Vérifiez la place libre et vos droits, puis recommencez."
        ) from erreur
    finally:
        aside.unlink(missing_ok=True)


def _write(sortie: BinaryIO, tableau: Tableau, corrigees: Lignes, supprimees: set[int]) -> None:
    separateur = choose_separateur(tableau.entetes)
    sortie.write(b"\xef\xbb\xbf" + encode_ligne(tableau.entetes, separateur))
    ecartees = pa.array([*corrigees, *supprimees], pa.int64())
    attente = dict(corrigees)
    for lot in tableau.lire():
        rompues = {r.ligne: split_rompue(r, tableau) for r in take_rompues(tableau)}
        attente |= {ligne: c for ligne, c in rompues.items() if ligne not in corrigees and ligne not in supprimees}
        gardees = lot.filter(pc.invert(pc.is_in(lot["ligne"], value_set=ecartees)))
        derniere = pc.max(lot["ligne"]).as_py() if lot.num_rows else 0
        _write_lot(sortie, gardees, {n: attente.pop(n) for n in sorted(attente) if n < derniere}, separateur)
    for ligne in sorted(attente):
        sortie.write(encode_ligne(attente[ligne], separateur))


def _write_lot(sortie: BinaryIO, lot: pa.RecordBatch, inserees: Lignes, separateur: str) -> None:
    """The lines of a batch in their order, with others put at their place among them."""
    colonnes = [_clean(colonne) for colonne in lot.columns[1:]]
    textes = pa.table(colonnes, names=[f"c{i}" for i in range(len(colonnes))])
    places = lot["ligne"].to_numpy().searchsorted(list(inserees)) if inserees else []
    depart = 0
    for place, cellules in zip(places, inserees.values(), strict=True):
        _write_textes(sortie, textes.slice(depart, place - depart), separateur)
        sortie.write(encode_ligne(cellules, separateur))
        depart = place
    _write_textes(sortie, textes.slice(depart), separateur)


def _write_textes(sortie: BinaryIO, textes: pa.Table, separateur: str) -> None:
    if textes.num_rows:
        options = pyarrow.csv.WriteOptions(include_header=False, delimiter=separateur)
        pyarrow.csv.write_csv(textes, sortie, options)


def _clean(colonne: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(colonne.cast(pa.string()), pattern=_CONTROLES, replacement="\ufffd")


def choose_separateur(entetes: Sequence[str]) -> str:
    """`;`, or the first that a reader will not mistake for a sign of the headers.

    >>> choose_separateur(["uai", "taux, en %"]), choose_separateur(["a,b,c,d", "e"])
    (';', ',')
    """
    for separateur in SEPARATEURS:
        premiere = encode_ligne(entetes, separateur).decode().split("\n", 1)[0]
        if max(SEPARATEURS, key=premiere.count) == separateur:
            return separateur
    return SEPARATEURS[0]


def encode_ligne(cellules: Sequence[str | None], separateur: str) -> bytes:
    """One line of CSV, every text between quotes, in UTF-8.

    >>> encode_ligne(["a;b", None, 'c"d'], ";").decode()
    '"a;b";"";"c""d"\\n'
    """
    tampon = io.StringIO(newline="")
    ecrivain = csv.writer(tampon, delimiter=separateur, quoting=csv.QUOTE_ALL, lineterminator="\n")
    ecrivain.writerow([_clean_texte(cellule) for cellule in cellules])
    return tampon.getvalue().encode("utf-8", "replace")


def _clean_texte(cellule: str | None) -> str:
    return re.sub(_CONTROLES, "\ufffd", cellule or "")
