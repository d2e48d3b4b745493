"""What an extract changes of the rentrées of its format already loaded."""

import duckdb
from pydantic import BaseModel, ConfigDict

from indicators.reference import ExtraitConnu, Reference
from indicators.revision.lecture import CLE, connect

LIGNES_GARDEES = 200
"""Rows kept of each list; the numbers always count all."""
PART_REMPLACEE = 0.5
"""A file that holds at least this share of the keys of an earlier load, for a rentrée, replaces that rentrée of it."""


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChiffreChange(_Modele):
    """A figure of an extract, before and after (None: none, `statut` says why; a taux is a proportion).

    `ligne`: line of the new file, None for a figure that it no longer holds. `effectif_avant`, `effectif`: what it is
    out of, where the source says it.
    """

    indicateur: str
    niveau: str
    territoire: str
    rentree: int
    modalite: str
    avant: float | None
    apres: float | None
    effectif_avant: float | None = None
    effectif: float | None = None
    statut_avant: str | None = None
    statut: str | None = None
    ligne: int | None = None


class RentreeRevisee(_Modele):
    """How the figures of one rentrée move. `nb_connus`: figures already loaded for it, those that
    are missing for a known reason included; 0 for a new rentrée."""

    rentree: int
    nb_connus: int
    nb_identiques: int
    nb_changes: int
    nb_ajoutes: int
    nb_retires: int


class Revision(_Modele):
    """An extract against those of its format already loaded.

    `changes`: the largest first, in the unit of the figure, then those that become or cease to be missing; `retires`:
    figures that the new file no longer gives, in the rentrées that it replaces. `remplace`: id of an earlier load →
    the rentrées of it that the new file replaces.
    """

    rentrees: tuple[RentreeRevisee, ...] = ()
    changes: tuple[ChiffreChange, ...] = ()
    retires: tuple[ChiffreChange, ...] = ()
    remplace: dict[str, tuple[int, ...]] = {}

    @property
    def nb_changes(self) -> int:
        """Figures given otherwise than before."""
        return sum(rentree.nb_changes for rentree in self.rentrees)

    @property
    def nb_retires(self) -> int:
        """Figures that would no longer be there."""
        return sum(rentree.nb_retires for rentree in self.rentrees)

    @property
    def nb_ajoutes(self) -> int:
        """New figures of rentrées already loaded."""
        return sum(rentree.nb_ajoutes for rentree in self.rentrees if rentree.nb_connus)

    @property
    def est_revision(self) -> bool:
        """Whether a figure already loaded changes or goes."""
        return self.nb_changes + self.nb_retires > 0


_USING = f"USING ({', '.join(CLE)})"
# Keys of each earlier load of the format, and how many of them the new file has.
_PARTAGES = f"""
    SELECT a.ordre, a.rentree, count(*) AS nb, count(n.rentree) AS nb_communs
    FROM (SELECT DISTINCT ordre, {", ".join(CLE)} FROM ancien WHERE meme_format) a
    LEFT JOIN (SELECT DISTINCT {", ".join(CLE)} FROM nouveau) n
      ON {" AND ".join(f"n.{nom} = a.{nom}" for nom in CLE)}
    GROUP BY a.ordre, a.rentree ORDER BY a.ordre, a.rentree
"""  # noqa: S608 (names of columns)
# Each figure of the format already known (as it would be served) beside the new one. `reste`: another load, which the
# new file does not replace, still gives it.
_FACE_A_FACE = f"""
    CREATE TABLE face AS
    WITH a AS (SELECT * FROM connu WHERE meme_format AND rentree IN (SELECT rentree FROM nouveau)),
         restes AS (SELECT DISTINCT {", ".join(CLE)} FROM ancien
                    WHERE meme_format AND NOT EXISTS (SELECT 1 FROM remplace r
                                                      WHERE r.ordre = ancien.ordre AND r.rentree = ancien.rentree)),
         n AS (SELECT * FROM nouveau QUALIFY row_number() OVER (PARTITION BY {", ".join(CLE)} ORDER BY ligne) = 1)
    SELECT {", ".join(CLE)}, a.chiffre AS avant, n.chiffre AS apres, a.denominateur AS effectif_avant,
           n.denominateur AS effectif, a.statut AS statut_avant, n.statut AS statut, n.ligne AS ligne,
           a.statut IS NOT NULL AS est_connu, n.statut IS NOT NULL AS est_la, reste IS NOT NULL AS reste
    FROM a FULL JOIN n {_USING} LEFT JOIN (SELECT *, true AS reste FROM restes) {_USING}
"""  # noqa: S608
_SORT = """
    CASE WHEN NOT est_connu THEN 'ajoute'
         WHEN NOT est_la THEN CASE WHEN reste THEN 'identique' ELSE 'retire' END
         WHEN abs(avant - apres) > 1e-9 * greatest(abs(avant), abs(apres), 1) OR (avant IS NULL) <> (apres IS NULL)
              OR statut_avant <> statut OR coalesce(abs(effectif_avant - effectif) > 1e-9, false) THEN 'change'
         ELSE 'identique' END
"""
"""What becomes of a figure. An effectif that only one of the two files gives is not a change."""


def compare_extraits(extrait: ExtraitConnu, reference: Reference) -> Revision:
    """Compare the figures of an extract with those of its format loaded for the same rentrées.

    Returns:
        A `Revision` without any rentrée when no extract of this format is loaded.
    """
    if not any(connu.is_same_format(extrait) for connu in reference.extraits):
        return Revision()
    with connect(extrait, reference) as connexion:
        partages = connexion.execute(_PARTAGES).fetchall()
        remplacees = [(o, r) for o, r, nb, communs in partages if reference.extraits[o].id and _replaces(communs, nb)]
        connexion.execute("CREATE TABLE remplace (ordre INTEGER, rentree INTEGER)")
        if remplacees:
            connexion.executemany("INSERT INTO remplace VALUES (?, ?)", remplacees)
        connexion.execute(_FACE_A_FACE)
        connexion.execute(f"CREATE VIEW tri AS SELECT *, {_SORT} AS sorte FROM face")  # noqa: S608
        rentrees = connexion.execute("""
            SELECT rentree, count_if(est_connu), count_if(sorte = 'identique'), count_if(sorte = 'change'),
                   count_if(sorte = 'ajoute'), count_if(sorte = 'retire')
            FROM tri GROUP BY rentree ORDER BY rentree
        """).fetchall()
        changes, retires = (_read_chiffres(connexion, sorte) for sorte in ("change", "retire"))
    remplace: dict[str, tuple[int, ...]] = {}
    for ordre, rentree in remplacees:
        remplace[reference.extraits[ordre].id] = (*remplace.get(reference.extraits[ordre].id, ()), rentree)
    noms = tuple(RentreeRevisee.model_fields)
    lignes = tuple(RentreeRevisee(**dict(zip(noms, ligne, strict=True))) for ligne in rentrees)
    return Revision(rentrees=lignes, changes=changes, retires=retires, remplace=remplace)


def _replaces(communs: int, nb: int) -> bool:
    return communs >= PART_REMPLACEE * nb


def _read_chiffres(connexion: duckdb.DuckDBPyConnection, sorte: str) -> tuple[ChiffreChange, ...]:
    """The first figures of that sort: the largest changes, then those that appear or go."""
    noms = tuple(ChiffreChange.model_fields)
    lignes = connexion.execute(
        f"SELECT {', '.join(noms)} FROM tri WHERE sorte = ? "  # noqa: S608 (names of fields)
        f"ORDER BY abs(apres - avant) DESC NULLS LAST, {', '.join(CLE)} LIMIT ?",
        [sorte, LIGNES_GARDEES],
    ).fetchall()
    return tuple(ChiffreChange(**dict(zip(noms, ligne, strict=True))) for ligne in lignes)
