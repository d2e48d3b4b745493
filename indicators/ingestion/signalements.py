"""The table `signalements`: every place in fault of a file, with the check that found it.

Checks of lines are SQL conditions on `l`, the typed lines (`c`) with their texts (`c__texte`). All are counted in one
pass over the lines; only those that some line meets are looked at again, to note each line. Other checks note their
own rows.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from indicators.francais import accorder
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import (
    LIGNES_CITEES,
    Constat,
    Gravite,
    Signalement,
    load_controles,
    make_constat,
)

COLONNES = "controle VARCHAR, ligne BIGINT, colonne VARCHAR, trouve VARCHAR, attendu VARCHAR"


@dataclass(frozen=True)
class Regle:
    """A condition that no line may meet.

    Attributes:
        controle: code of the check in `controles.yaml`.
        condition: SQL on `l`.
        colonne: header of the column, as written in the file.
        trouve: SQL of the text found (`l.c__texte`, most often).
        attendu: SQL of the text expected on that line («NULL» when the check's own text is enough).
        constat: what is wrong, a clause that follows «Colonne « uai », 3 lignes : ».
        textes: `attendu` and `action` of the finding, when they are not those of the check.
    """

    controle: str
    condition: str
    colonne: str
    trouve: str
    constat: str
    attendu: str = "NULL"
    textes: tuple[tuple[str, str], ...] = ()


def create_signalements(connexion: duckdb.DuckDBPyConnection) -> None:
    """Create the empty table."""
    connexion.execute(f"CREATE TABLE signalements ({COLONNES})")


def apply(connexion: duckdb.DuckDBPyConnection, regles: list[Regle], depuis: str) -> list[Constat]:
    """Note every line that meets a rule, and say what each rule found.

    Args:
        depuis: «FROM lignes l WHERE …», the lines to look at.
    """
    if not regles:
        return []
    comptes = ", ".join(f"count_if({regle.condition})" for regle in regles)
    nombres = connexion.execute(f"SELECT {comptes} {depuis}").fetchone()
    return [_note(connexion, r, nb, depuis) for r, nb in zip(regles, nombres, strict=True) if nb]


def _note(connexion: duckdb.DuckDBPyConnection, regle: Regle, nb: int, depuis: str) -> Constat:
    lignes = (
        f"SELECT {sql.quote(regle.controle)}, l.__ligne, {sql.quote(regle.colonne)}, {regle.trouve}, {regle.attendu} "
        f"{depuis} AND ({regle.condition})"
    )
    connexion.execute(f"INSERT INTO signalements {lignes}")
    premieres = connexion.execute(f"{lignes} ORDER BY l.__ligne LIMIT {LIGNES_CITEES}").fetchall()
    exemples = tuple(make_signalement(*premiere[1:]) for premiere in premieres)
    constat = f"Colonne « {regle.colonne} », {accorder(nb, load_controles()[regle.controle].unite)} : {regle.constat}."
    return make_constat(regle.controle, constat, nb, exemples, **dict(regle.textes))


def make_signalement(ligne: int | None, colonne: str, trouve: str | None, attendu: str | None) -> Signalement:
    """A place in fault, with the text of the file made safe to show."""
    return Signalement(
        ligne=ligne,
        colonne=colonne,
        trouve=f"«\u00a0{cite(trouve)}\u00a0»" if trouve else "",
        attendu=attendu or "",
    )


def count_lignes(connexion: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """How many lines are named by at least one blocking check, and how many only by warnings."""
    bloquants = [code for code, c in load_controles().items() if c.gravite is Gravite.BLOQUANT]
    return connexion.execute(
        "SELECT count(*) FILTER (bloque), count(*) FILTER (NOT bloque) FROM "
        "(SELECT bool_or(controle IN (SELECT unnest(?))) AS bloque FROM signalements WHERE ligne IS NOT NULL "
        "GROUP BY ligne)",
        [bloquants],
    ).fetchone()


def write_signalements(contexte, dossier: Path) -> None:
    """Write `signalements.parquet`, and in `lignes.parquet` the original cells of every line that it names.

    Writes nothing when there is no line in fault. A line that has too few cells is filled with empty ones; what is
    beyond the last column of one that has too many is put in its last cell, as it is in the file.
    """
    connexion = contexte.connexion
    if not connexion.execute("SELECT count(*) FROM signalements").fetchone()[0]:
        return
    dossier.mkdir(parents=True, exist_ok=True)
    gravites = " ".join(f"WHEN '{code}' THEN '{c.gravite}'" for code, c in load_controles().items())
    connexion.execute(
        f"COPY (SELECT controle, CASE controle {gravites} END AS gravite, ligne, colonne, trouve, attendu "
        "FROM signalements ORDER BY ligne, controle, colonne) TO ? (FORMAT parquet, COMPRESSION zstd)",
        [str(dossier / "signalements.parquet")],
    )
    fautives = connexion.execute("SELECT DISTINCT ligne FROM signalements WHERE ligne > 1 ORDER BY 1").fetchnumpy()
    noms = [f"c{rang}" for rang in range(len(contexte.trouvee.tableau.entetes))]
    schema = pa.schema([("ligne", pa.int64()), *((nom, pa.string()) for nom in noms)])
    with pyarrow.parquet.ParquetWriter(dossier / "lignes.parquet", schema, compression="zstd") as sortie:
        for lot in contexte.trouvee.tableau.read_lots():
            contexte.trouvee.tableau.rompues.clear()
            sortie.write_batch(_pick(lot, fautives["ligne"], schema))
        for rompues in _read_rompues(connexion, schema):
            sortie.write_batch(rompues)


def _pick(lot: pa.RecordBatch, fautives: np.ndarray, schema: pa.Schema) -> pa.RecordBatch:
    """The lines of a batch that are in fault, as written in the file."""
    lignes = lot["ligne"].to_numpy()
    if not len(lignes):
        return pa.RecordBatch.from_pylist([], schema=schema)
    ici = fautives[np.searchsorted(fautives, lignes[0]) : np.searchsorted(fautives, lignes[-1], "right")]
    rangs = np.searchsorted(lignes, ici)
    rangs = pa.array(rangs[lignes[rangs] == ici])
    cellules = [colonne.take(rangs).cast(champ.type) for colonne, champ in zip(lot.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(cellules, schema=schema)


def _read_rompues(connexion: duckdb.DuckDBPyConnection, schema: pa.Schema):
    """The broken lines, cell by cell."""
    largeur = len(schema) - 1
    cellules = ", ".join(f"cellules[{rang + 1}] AS c{rang}" for rang in range(largeur))
    requete = f"SELECT ligne, {cellules} FROM rompues ORDER BY ligne"
    for lot in connexion.execute(requete).to_arrow_reader(100_000):
        yield lot.cast(schema)
