"""A file that someone hands in → checked, normalised Parquet. The only reader of extracts.

    rapport = screen_extrait(Path("ivac-2024.csv"), dossier)   # everything that is wrong, and what to do
    if rapport.est_publiable: ...                              # files are in `dossier`

Recognised by its header, checked whole (every fault in one report), then written aside and moved in place: nothing is
ever half loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indicators.formats import Format, load_formats
from indicators.ingestion.criblage import Criblage
from indicators.ingestion.fautes import refuse
from indicators.ingestion.fichiers import list_feuilles, read_tableaux
from indicators.ingestion.rapport import Etape, Rapport
from indicators.ingestion.reconnaissance import explain_unknown, recognise

__all__ = ["Lecture", "list_feuilles", "normalise_extrait", "recognise_format", "screen_extrait"]


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


def screen_extrait(
    chemin: Path,
    destination: Path,
    *,
    academie: str = "13",
    rentree: int | None = None,
    feuille: str | None = None,
    format: Format | None = None,
    rapport: Path | None = None,
    progres: Callable[[Etape], None] | None = None,
) -> Rapport:
    """Read and check one extract whole; normalise it into the folder `destination` when nothing blocks.

    Args:
        academie: code of the académie whose lines are kept.
        rentree: for layouts without a column for the year (else the last year in the file name).
        feuille: which sheet of a workbook (else the one that a format knows best).
        format: the layout to read it with, when it must not be recognised.
        rapport: folder where `signalements.parquet` (controle, gravite, ligne, colonne, trouve, attendu) and
            `lignes.parquet` (ligne, c0, c1…: original cells) are written when some line is in fault.
        progres: told each stage as it starts.

    Raises:
        ErreurUsage: unknown académie.
    """
    criblage = Criblage(Path(chemin), academie, rentree, feuille, format)
    return criblage.screen(Path(destination), rapport, progres or (lambda etape: None))


def recognise_format(chemin: Path) -> Format:
    """The layout of a file, told by its header.

    Raises:
        ErreurFichier: unreadable file, or no layout has this header; the message names the nearest ones.
    """
    tableaux, formats = read_tableaux(chemin), load_formats().values()
    trouvee = recognise(tableaux, formats)
    if trouvee is None:
        raise refuse(chemin, [explain_unknown(tableaux, formats)[0]])
    return trouvee.format


def normalise_extrait(
    chemin: Path,
    destination: Path,
    *,
    academie: str = "13",
    rentree: int | None = None,
    feuille: str | None = None,
    format: Format | None = None,
) -> Lecture:
    """Read, check and normalise one extract into the folder `destination`.

    Raises:
        ErreurFichier: the file has faults; the message lists them all, and `destination` is left as it was.
        ErreurUsage: unknown académie.
    """
    criblage = Criblage(Path(chemin), academie, rentree, feuille, format)
    rapport = criblage.screen(Path(destination), None, lambda etape: None)
    if not rapport.est_publiable:
        raise refuse(Path(chemin), list(rapport.bloquants), rapport.format.titre if rapport.format else "")
    return Lecture(
        format=criblage.format or load_formats()[rapport.format.code],
        sha256=rapport.sha256,
        nb_lignes=rapport.nb_lignes,
        nb_observations=rapport.nb_observations,
        nb_hors_academie=rapport.nb_hors_academie,
        rentrees=rapport.rentrees,
        avertissements=tuple(constat.constat for constat in rapport.avertissements),
        fichiers=criblage.fichiers,
    )
