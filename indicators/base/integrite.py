"""Whether the file of a base can be read whole: DuckDB checks the sum of each block that it reads."""

from pathlib import Path

import duckdb

SANS_RESEAU = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""DuckDB settings: an extension that would be fetched must fail at once, not stall."""

PANNES = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises on a file that is cut or damaged, among other faults of the machine."""

_jugements: dict[tuple[str, int, int], bool] = {}


def sign_fichier(chemin: Path) -> tuple[str, int, int]:
    """What changes when a file does: its path, its last change (ns) and its size (bytes).

    Raises:
        OSError: the file is absent.
    """
    etat = chemin.stat()
    return str(chemin), etat.st_mtime_ns, etat.st_size


def is_lisible(chemin: Path) -> bool:
    """Whether every table of a base can be read to its end; read once, then only when the file changes."""
    try:
        signature = sign_fichier(chemin)
    except OSError:
        return False
    return _jugements[signature] if signature in _jugements else control_fichier(chemin)


def control_fichier(chemin: Path) -> bool:
    """Read every row of every table again, whatever is known of the file, and remember the answer."""
    try:
        signature = sign_fichier(chemin)
        _read_tout(chemin)
        lisible = True
    except OSError:
        return False
    except duckdb.Error:
        lisible = False
    _jugements[signature] = lisible
    return lisible


def attach(connexion: duckdb.DuckDBPyConnection, chemin: Path) -> None:
    """Attach a base read-only under the name `base`, and look names up in it."""
    chemin_sql = str(chemin).replace("'", "''")  # ATTACH takes no parameter
    connexion.execute(f"ATTACH '{chemin_sql}' AS base (READ_ONLY)")
    connexion.execute("USE base")


def _read_tout(chemin: Path) -> None:
    with duckdb.connect(config=SANS_RESEAU) as connexion:
        attach(connexion, chemin)
        tables = connexion.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'base'").fetchall()
        for (table,) in tables:
            connexion.execute(f'SELECT count(hash(lu)) FROM "{table}" lu').fetchone()  # noqa: S608
