"""The lines of a recognised table, loaded in DuckDB: `lignes`, typed and filtered, and `brut`, the same as clean text.

`lignes` has, for each known column `c`: `c` (typed), `c__statut` where `c` is a figure (why it is missing), `c__pli`
where `c` is a text that a rule of the format compares (folded), and `__ligne`, `__rentree`, `__territoire`,
`__hors_academie`: two underscores, so that no column of a file is called so. `__cle` is a short hash of the key of the
format, `__entiere` a hash of the whole line.
A line of total is `__est_total`, and `__hors_academie` too: no check and no figure reads it but those of totals.
`__ligne_nulle`: every figure of the line was 0, and means absent.

The lines come in batches. A batch has each text once (`jugement`), so that reading a million lines judges a few
thousand texts; what a text is worth is then spread over the lines that hold it.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from indicators.formats import Format
from indicators.ingestion import coherence_zeros
from indicators.ingestion import expressions as sql
from indicators.ingestion.cellules import PREMIERE_RENTREE, get_derniere_rentree
from indicators.ingestion.jugement import Juge
from indicators.ingestion.lecture_avance import prefetch
from indicators.ingestion.rapport import Constat, make_constat
from indicators.ingestion.reconnaissance import Reconnaissance
from indicators.ingestion.rompues import Rompues
from indicators.territoires.referentiel import Academie

MEMOIRE = "180MB"
"""What DuckDB may keep in memory of a large file; the rest is on the disk."""

_LIGNES_PARTAGEES = 20_000
"""Lines from which two threads are faster than one."""


@dataclass(frozen=True)
class Contexte:
    """What is being read: file, recognised table, académie, and the rentrée told from outside the file, if any."""

    chemin: Path
    trouvee: Reconnaissance
    academie: Academie
    rentree: int | None
    connexion: duckdb.DuckDBPyConnection

    @property
    def format(self) -> Format:
        """The format of the table."""
        return self.trouvee.format

    def has(self, colonnes) -> bool:
        """All these columns are in the file (optional ones may not be)."""
        return all(colonne in self.trouvee.colonnes for colonne in colonnes)


@contextmanager
def connect(est_grand: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that never looks for an extension or prints anything; that of a large file spills on the disk."""
    options = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "1"}
    # Each IN of the rules would become a join of its own: ten times slower on a few thousand texts.
    options |= {"disabled_optimizers": "in_clause"}
    with tempfile.TemporaryDirectory(prefix="eclore-") as dossier:
        options |= {"temp_directory": dossier}
        options |= {"memory_limit": MEMOIRE, "preserve_insertion_order": "false"} if est_grand else {}
        with duckdb.connect(config=options) as connexion:
            connexion.execute("PRAGMA disable_progress_bar")
            yield connexion


def find_rentree_of_name(nom: str) -> int | None:
    """The last year written in a file name: «capacite-2019-v2-2021.csv» → 2021."""
    annees = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", nom)
    return int(annees[-1]) if annees else None


def check_rentree(contexte: Contexte) -> list[Constat]:
    """A format without a column for the year needs it from the file name or from the command line."""
    annee = contexte.format.annee
    if contexte.rentree is not None and not PREMIERE_RENTREE <= contexte.rentree <= get_derniere_rentree():
        return [
            make_constat(
                "annee_hors_bornes",
                f"La rentrée {contexte.rentree} (commande ou nom du fichier) n’est pas vraisemblable.",
                attendu=f"une rentrée entre {PREMIERE_RENTREE} et {get_derniere_rentree()} (2024 pour 2024-2025)",
                action="corrigez l’option --rentree, ou le nom du fichier.",
            )
        ]
    manque = annee is not None and annee.convention == "nom_de_fichier" and contexte.rentree is None
    if not manque or not annee.obligatoire:
        return []
    constat = "Ce fichier ne dit pas son année : elle n’est ni dans ses colonnes, ni dans son nom."
    return [make_constat("annee_absente", constat)]


@dataclass(frozen=True)
class Comptes:
    """How many lines: all, of the académie, of another one; and of each rentrée of the académie, with the first."""

    nb: int
    nb_academie: int
    nb_autres: int
    rentrees: dict[int, tuple[int, int]]


def count_lignes(contexte: Contexte) -> Comptes:
    """Count the lines that were loaded, in one pass."""
    comptes = contexte.connexion.execute(
        "SELECT __rentree, __hors_academie, __est_total, count(*), min(__ligne) FROM lignes GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return Comptes(
        nb=sum(nb for *_, nb, _ in comptes),
        nb_academie=sum(nb for _, hors, _, nb, _ in comptes if not hors),
        nb_autres=sum(nb for _, hors, est_total, nb, _ in comptes if hors and not est_total),
        rentrees={r: (nb, ligne) for r, hors, _, nb, ligne in comptes if not hors and r is not None},
    )


def load_lignes(contexte: Contexte) -> tuple[list[Constat], list[str]]:
    """Create `lignes`, `brut`, `rompues` and `repetees` (lines that share their key with another).

    The broken lines and the cells in fault are noted in `signalements`.

    Returns:
        What was found, and the codes of the checks made.

    Raises:
        ErreurFichier: the file cannot be read to its end.
    """
    tableau = contexte.trouvee.tableau
    juge, rompues = Juge(contexte), Rompues(contexte)
    with prefetch(tableau.read_lots()) as lus:
        typees = _judge(lus, juge, rompues, len(tableau.entetes))
        if tableau.est_grand:
            _store(contexte.connexion, typees, juge)
        else:
            _register(contexte.connexion, pa.Table.from_batches(list(typees)), juge)
    _create_views(contexte, juge)
    return rompues.conclude() + juge.conclude(), juge.codes


def _judge(lots: Iterator[pa.RecordBatch], juge: Juge, rompues: Rompues, largeur: int) -> Iterator[pa.RecordBatch]:
    """The typed lines of each batch; those of an empty one where there is none."""
    est_vide = True
    for lot in lots:
        rompues.note()
        yield juge.judge(lot)
        est_vide = False
    rompues.note()
    if est_vide:
        yield juge.judge(_make_vide(largeur))


def _store(connexion: duckdb.DuckDBPyConnection, typees: Iterator[pa.RecordBatch], juge: Juge) -> None:
    """On the disk, a batch at a time: nothing of the lines stays in memory but their keys."""
    (dossier,) = connexion.execute("SELECT current_setting('temp_directory')").fetchone()
    fichier = str(Path(dossier) / "typees.parquet")
    premier = next(typees)
    with pq.ParquetWriter(fichier, premier.schema, compression="lz4") as ecrivain:
        for lot in chain([premier], typees):
            ecrivain.write_batch(lot)
    connexion.execute(f"CREATE VIEW typees AS FROM read_parquet({sql.quote(fichier)})")
    connexion.register("cles", pa.table({"__cle": juge.find_repetees()}))
    connexion.execute(
        "CREATE TABLE repetees AS SELECT * FROM typees SEMI JOIN cles USING (__cle) WHERE NOT __hors_academie"
    )
    connexion.unregister("cles")


def _register(connexion: duckdb.DuckDBPyConnection, typees: pa.Table, juge: Juge) -> None:
    """A long table stays where it is in memory; a short one is copied, for each query of it costs less."""
    repetees = pc.is_in(typees["__cle"], pa.array(juge.find_repetees()))
    tables = {"typees": typees, "repetees": typees.filter(pc.and_(repetees, pc.invert(typees["__hors_academie"])))}
    est_longue = typees.num_rows > _LIGNES_PARTAGEES
    for nom, table in tables.items():
        connexion.register(nom if est_longue else "lues", table)
        if not est_longue:
            connexion.execute(f"CREATE TABLE {nom} AS FROM lues")
    connexion.execute(f"SET threads = {2 if est_longue else 1}")


def _make_vide(nb_colonnes: int) -> pa.RecordBatch:
    noms = [f"c{rang}" for rang in range(nb_colonnes)]
    return pa.RecordBatch.from_pydict(
        {"ligne": pa.array([], pa.int64())} | {nom: pa.array([], pa.string()) for nom in noms}
    )


def _create_views(contexte: Contexte, juge: Juge) -> None:
    """`lignes`: the typed columns; `brut`: their texts."""
    colonnes = contexte.trouvee.colonnes
    contexte.connexion.execute(
        f"CREATE VIEW lignes AS {coherence_zeros.replace_zeros(contexte.format, set(colonnes), 'FROM typees')}"
    )
    textes = ", ".join(f"{juge.get_texte(nom)} AS {sql.name(nom)}" for nom in colonnes)
    contexte.connexion.execute(f"CREATE VIEW brut AS SELECT __ligne, {textes} FROM typees")
