"""A file that someone hands in → checked, normalised Parquet. The only reader of extracts.

    normalise_extrait(Path("ivac-2024.csv"), dossier).nb_observations   # files are in `dossier`, or ErreurFichier

Recognised by its header, checked whole (every fault in one message), then written aside and moved in place:
nothing is ever half loaded.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from indicators.formats import Format, load_formats
from indicators.ingestion import controles, lignes, mesures, tables
from indicators.ingestion.fautes import refuse
from indicators.ingestion.fichiers import read_tableaux
from indicators.ingestion.reconnaissance import Reconnaissance, check_entetes, explain_unknown, recognise
from indicators.territoires.referentiel import get_academie

__all__ = ["Lecture", "normalise_extrait"]


@dataclass(frozen=True)
class Lecture:
    """What was read of a file. `fichiers`: names of the Parquet files written."""

    format: Format
    sha256: str
    nb_lignes: int
    nb_observations: int
    nb_hors_academie: int
    rentrees: tuple[int, ...]
    avertissements: tuple[str, ...]
    fichiers: tuple[str, ...]


def normalise_extrait(chemin: Path, destination: Path, *, academie: str = "13", rentree: int | None = None) -> Lecture:
    """Read, check and normalise one extract into the folder `destination`.

    `rentree` is for layouts without a column for the year (else the last year in the file name).

    Raises:
        ErreurFichier: the file has faults; the message lists them all, and `destination` is left as it was.
        ErreurUsage: unknown académie.
    """
    chemin, destination = Path(chemin), Path(destination)
    contexte_academie = get_academie(academie)
    trouvee = recognise_extrait(chemin)
    with lignes.connect() as connexion:
        contexte = lignes.Contexte(
            chemin, trouvee, contexte_academie, _choose_rentree(trouvee.format, chemin, rentree), connexion
        )
        _normalise(contexte)
        fichiers = _write(contexte, destination)
        return _describe(contexte, fichiers)


def recognise_extrait(chemin: Path) -> Reconnaissance:
    """The table of a file and its format.

    Raises:
        ErreurFichier: unreadable file, or no format has this header.
    """
    tableaux = read_tableaux(chemin)
    trouvee = recognise(tableaux, load_formats().values())
    if trouvee is None:
        raise refuse(chemin, [explain_unknown(tableaux, load_formats().values())])
    return trouvee


def _choose_rentree(format_: Format, chemin: Path, rentree: int | None) -> int | None:
    if format_.annee is None or format_.annee.convention != "nom_de_fichier":
        return None
    return rentree if rentree is not None else lignes.find_rentree_of_name(chemin.stem)


def _normalise(contexte: lignes.Contexte) -> None:
    """Load, check, compute; every fault is raised at once."""
    lignes.load_lignes(contexte)
    fautes = check_entetes(contexte.trouvee) + lignes.check_rentree(contexte) + controles.check_lignes(contexte)
    mesures.create_observations(contexte)
    # Figures of faulty lines prove nothing: an empty result is told only when lines are sound.
    fautes += mesures.check_observations(contexte) if not fautes else mesures.check_bornes(contexte)
    if fautes:
        raise refuse(contexte.chemin, fautes, contexte.format.titre)
    for table in contexte.format.tables:
        tables.create_table(contexte, table)


def _write(contexte: lignes.Contexte, destination: Path) -> tuple[str, ...]:
    """Write each table aside, then move them all in place."""
    noms = ["observations"] * bool(contexte.format.mesures) + list(contexte.format.tables)
    destination.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".normalisation-", dir=destination.parent))
    try:
        for nom in noms:
            contexte.connexion.execute(
                f"COPY {nom} TO ? (FORMAT parquet, COMPRESSION zstd)", [str(aside / f"{nom}.parquet")]
            )
        if not destination.exists():
            os.replace(aside, destination)  # at once: a crash never leaves half of the tables
            return tuple(f"{nom}.parquet" for nom in noms)
        for nom in noms:
            os.replace(aside / f"{nom}.parquet", destination / f"{nom}.parquet")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return tuple(f"{nom}.parquet" for nom in noms)


def _describe(contexte: lignes.Contexte, fichiers: tuple[str, ...]) -> Lecture:
    nb, hors = contexte.connexion.execute("SELECT count(*), count_if(__hors_academie) FROM lignes").fetchone()
    nb_observations = contexte.connexion.execute("SELECT count(*) FROM observations").fetchone()[0]
    rentrees = contexte.connexion.execute(
        "SELECT DISTINCT __rentree FROM lignes WHERE NOT __hors_academie AND __rentree IS NOT NULL ORDER BY 1"
    ).fetchall()
    avertissements = controles.find_restored_uai(contexte) + controles.find_kept_doublons(contexte)
    return Lecture(
        format=contexte.format,
        sha256=hashlib.sha256(contexte.chemin.read_bytes()).hexdigest(),
        nb_lignes=nb,
        nb_observations=nb_observations,
        nb_hors_academie=hors,
        rentrees=tuple(annee for (annee,) in rentrees),
        avertissements=tuple(avertissements),
        fichiers=fichiers,
    )
