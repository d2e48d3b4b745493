"""A deposit: files handed in together, what was found in them, and the base that they would make.

Immutable; each step returns another one, written in `depot.json`, so that a page can be left and reopened.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from indicators.base import Version
from indicators.ingestion.rapport import Constat, Rapport
from indicators.journal import Acceptation, Chargement
from indicators.revision import Changements, Revision


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Etat(StrEnum):
    """Where a deposit is: what can be done next follows from it."""

    RECU = "recu"
    """Files are there; nothing was read (`control_depot`)."""
    BLOQUE = "bloque"
    """At least one file must be mended (`add_fichiers`)."""
    A_SIGNER = "a_signer"
    """Warnings wait for a signed acceptance (`accept_depot`)."""
    PRET = "pret"
    """Nothing stands against publication (`prepare_depot`)."""
    PREPARE = "prepare"
    """The next version is built and waits (`publish_depot`)."""
    PUBLIE = "publie"
    SANS_EFFET = "sans_effet"
    """Every table was already loaded."""


class Options(_Modele):
    """Choices that the reading of a deposit needs. `rentree`: year of the files that do not say theirs."""

    rentree: int | None = None
    est_demo: bool = False


class Fichier(_Modele):
    """A file received, or a member of an archive.

    - `nom`: as messages write it; `chemin`: where it is kept; `archive`: name of the ZIP it comes from;
    - `corrections`: what was put back into it from the workbook of its report; `feuilles_corrigees`: sheets that such
      a workbook replaced by files of their own;
    - `refus`: why an archive, or some of its members, cannot be opened.
    """

    nom: str
    chemin: Path
    taille: int
    sha256: str
    archive: str = ""
    corrections: str = ""
    feuilles_corrigees: tuple[str, ...] = ()
    refus: tuple[Constat, ...] = ()


class Table(_Modele):
    """One table read: a file, or one sheet of a workbook.

    - `lu`: what was found in the file alone; `rapport`: in it and against what is loaded;
    - `dossier_rapport`: its lines in fault (`signalements.parquet`, `lignes.parquet`);
    - `dossier`: its normalised rows, which exist only when nothing blocks;
    - `deja_charge`: load that already gives the same figures, or the same file of this deposit: it is not loaded again;
    - `retires`: loads that it withdraws, whole (no year) or for years;
    - `revision`: what changes in the years already loaded;
    - `acceptations`, `signes`: who accepted its warnings, and their sentences as they were accepted.
    """

    fichier: str
    feuille: str = ""
    chemin: Path
    dossier: Path
    dossier_rapport: Path
    lu: Rapport
    rapport: Rapport
    deja_charge: str = ""
    retires: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    revision: Revision | None = None
    acceptations: tuple[Acceptation, ...] = ()
    signes: tuple[str, ...] = ()

    @property
    def nom(self) -> str:
        """How messages call it."""
        return f"{self.fichier}, feuille {self.feuille}" if self.feuille else self.fichier

    @property
    def a_signer(self) -> tuple[Constat, ...]:
        """Warnings that still need a signed acceptance; none for a table already loaded."""
        if self.deja_charge:
            return ()
        return tuple(constat for constat in self.rapport.a_signer if constat.constat not in self.signes)


class Candidat(_Modele):
    """The base that a deposit would publish, and what it was built on.

    - `journal`: fingerprint of the journal; `servie`: name of the version served then;
    - `charges`, `retires`: what the publication writes in the journal;
    - `changements`: what the readers would see change.
    """

    chemin: Path
    version: Version
    journal: str
    servie: str
    charges: tuple[Chargement, ...]
    retires: dict[str, tuple[int, ...]]
    changements: Changements


class Depot(_Modele):
    """What was handed in. `version`: name of the version that it became."""

    id: str
    dossier: Path
    auteur: str
    cree_le: datetime
    fichiers: tuple[Fichier, ...] = ()
    options: Options = Field(default_factory=Options)
    tables: tuple[Table, ...] = ()
    candidat: Candidat | None = None
    version: str = ""

    @property
    def etat(self) -> Etat:
        """Where it is."""
        if self.version:
            return Etat.PUBLIE
        if not self.tables:
            return Etat.RECU
        if not all(table.rapport.est_publiable for table in self.tables):
            return Etat.BLOQUE
        if self.a_signer:
            return Etat.A_SIGNER
        if not self.nouvelles:
            return Etat.SANS_EFFET
        return Etat.PREPARE if self.candidat else Etat.PRET

    @property
    def nouvelles(self) -> tuple[Table, ...]:
        """Tables that are not loaded yet."""
        return tuple(table for table in self.tables if not table.deja_charge)

    @property
    def a_signer(self) -> tuple[tuple[Table, Constat], ...]:
        """Warnings that still need a signed acceptance."""
        return tuple((table, constat) for table in self.tables for constat in table.a_signer)

    @property
    def revisions(self) -> tuple[tuple[Table, Revision], ...]:
        """What changes in the years already loaded, per table that changes some."""
        return tuple((t, t.revision) for t in self.nouvelles if t.revision is not None)

    @property
    def changements(self) -> Changements | None:
        """What the readers would see change; None before `prepare_depot`."""
        return self.candidat.changements if self.candidat else None
