"""What a new extract is compared with: the extracts in force, and the réseaux of the served base."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from indicators.base import open_base
from indicators.erreurs import ErreurBase
from indicators.formats import load_formats
from indicators.journal import Chargement, read_journal
from indicators.sources import Dossiers, Progres, prepare_source
from indicators.territoires.referentiel import Academie

COLONNES_RATTACHEMENTS = ["uai", "code_reseau", "nom_reseau"]

_RATTACHEMENTS = """
    SELECT r.code AS uai, r.code_parent AS code_reseau, t.nom AS nom_reseau
    FROM rattachement r JOIN territoire t ON t.niveau = r.niveau_parent AND t.code = r.code_parent
    WHERE r.niveau = 'etablissement' AND r.niveau_parent = 'reseau' AND r.rentree_fin IS NULL
    ORDER BY r.code, r.code_parent
"""


@dataclass(frozen=True)
class ExtraitConnu:
    """The normalised rows of an extract, and how a message calls it.

    Attributes:
        id: of its load («C0012»), or "" for another file of the same deposit.
        dossier: `observations.parquet`, `etablissements.parquet`, `perimetres.parquet`…, those that its format fills.
        format: code of its format.
        fichier: name of the file.
        appel: «« ips.csv », chargé le 14/11/2026».
        est_registre: whether it lists établissements (annuaire, geolocation…) rather than figures.
        rentrees_retirees: years of it that a later extract replaced.
    """

    id: str
    dossier: Path
    format: str
    fichier: str
    appel: str
    est_registre: bool
    rentrees_retirees: tuple[int, ...] = ()

    def is_same_format(self, autre: "ExtraitConnu") -> bool:
        """Whether both give the same figures: a layout made in an installation only renames what it starts from."""
        return _get_origine(self.format) == _get_origine(autre.format)


def _get_origine(code: str) -> str:
    """The layout that a layout starts from, itself when it starts from none."""
    format_ = load_formats().get(code)
    return (format_.herite or code) if format_ else code


@dataclass(frozen=True)
class Reference:
    """What is known when a file arrives.

    Attributes:
        extraits: in force, oldest first, then the other files of the same deposit.
        academie: whose extracts are loaded.
        rattachements: columns `uai`, `code_reseau`, `nom_reseau`; no row when nothing is published.
    """

    extraits: tuple[ExtraitConnu, ...]
    academie: Academie
    rattachements: pd.DataFrame


def build_reference(
    dossiers: Dossiers, academie: Academie, progres: Progres, chargements: tuple[Chargement, ...] | None = None
) -> Reference:
    """Gather what a new extract is compared with.

    Args:
        dossiers: of the installation.
        academie: whose extracts are loaded.
        progres: told when the rows of a load have to be read again.
        chargements: loads to compare with; those in force by default. With none of them, no réseau is known either.

    Raises:
        ErreurBase: the journal is unreadable, or a load in force cannot be read again.
    """
    en_vigueur = read_journal(dossiers.raw) if chargements is None else chargements
    extraits = tuple(_describe(dossiers, chargement, academie, progres) for chargement in en_vigueur)
    return Reference(extraits, academie, _read_rattachements(dossiers.processed if en_vigueur else None))


def _describe(dossiers: Dossiers, chargement: Chargement, academie: Academie, progres: Progres) -> ExtraitConnu:
    source = prepare_source(dossiers, chargement, academie, progres)
    return ExtraitConnu(
        id=chargement.id,
        dossier=source.dossier,
        format=chargement.format,
        fichier=chargement.fichier,
        appel=f"« {chargement.nom} », chargé le {date.fromisoformat(chargement.charge_le[:10]):%d/%m/%Y}",
        est_registre=source.est_registre,
        rentrees_retirees=chargement.rentrees_retirees,
    )


def _read_rattachements(processed: Path | None) -> pd.DataFrame:
    """Réseau of each établissement now; no row when no base can be read (another message says why)."""
    vide = pd.DataFrame(columns=COLONNES_RATTACHEMENTS, dtype="string")
    if processed is None:
        return vide
    try:
        return open_base(processed).requete(_RATTACHEMENTS)
    except ErreurBase:
        return vide
