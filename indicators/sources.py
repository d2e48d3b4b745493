"""The folders of an installation, and the normalised rows of each extract loaded in it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from indicators.base.construction import Source
from indicators.erreurs import ErreurBase
from indicators.formats import load_formats
from indicators.ingestion import normalise_extrait
from indicators.journal import Chargement
from indicators.territoires.referentiel import Academie, get_academie

Progres = Callable[[str], None]
"""Where the steps of a long work are told, in French."""


@dataclass(frozen=True)
class Dossiers:
    """The folders of one installation."""

    raw: Path
    processed: Path


def get_academie_choisie() -> Academie:
    """The académie that ECLORE_ACADEMIE names («13» by default: Poitiers)."""
    return get_academie(os.environ.get("ECLORE_ACADEMIE") or "13")


def prepare_source(
    dossiers: Dossiers, chargement: Chargement, academie: Academie, progres: Progres, dossier: Path | None = None
) -> Source:
    """Find the normalised rows of a load (in `dossier` if given), or make them again from the file as received."""
    formats = load_formats()
    if chargement.format not in formats:
        load_formats(strict=True)  # one that has faults is told as such
        raise ErreurBase(
            f"L’extrait « {chargement.fichier} » a été lu avec le format « {chargement.format} », qui n’existe plus. "
            "Remettez ce format dans indicators/formats, ou dans le dossier formats de vos extraits s’il est à vous, "
            "puis publiez de nouveau."
        )
    format_ = formats[chargement.format]
    chargement = replace(chargement, version_format=str(format_.version))
    if dossier is None:
        dossier = dossiers.processed / chargement.get_dossier_normalise(academie.code)
    if not dossier.exists():
        progres(f"Relecture de « {chargement.nom} »")
        _read_again(dossiers, chargement, dossier, academie)
    return Source(
        chargement, dossier, format_.priorite, format_.titre, format_.source, est_registre=not format_.mesures
    )


def _read_again(dossiers: Dossiers, chargement: Chargement, dossier: Path, academie: Academie) -> None:
    brut = dossiers.raw / chargement.dossier_brut / chargement.fichier
    try:
        normalise_extrait(
            brut, dossier, academie=academie.code, rentree=chargement.rentree_imposee,
            feuille=chargement.feuille or None,
        )  # fmt: skip
    except OSError:
        if not dossier.exists():
            raise  # else another process has just made it
