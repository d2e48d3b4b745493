"""What the page Chargement may do with deposits and versions: the one door of the screen to them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from indicators import depot as _depot
from indicators import publication
from indicators.base import Version, list_versions, read_version_courante
from indicators.depot import Depot, Etat, Options, Table
from indicators.depot.controle import Avance
from indicators.formats import load_formats
from indicators.formats.edition import propose_colonnes, write_format
from indicators.ingestion.corrections import write_rapport_xlsx
from indicators.journal import Chargement, read_journal
from indicators.publication import Progres, get_dossiers
from indicators.systeme import get_utilisateur

__all__ = ["Depot", "Etat", "Table", "load_formats", "propose_colonnes"]

Recus = Iterable[tuple[str, IO[bytes]]]


def get_depot(identifiant: str) -> Depot:
    """The deposit that the address names (see `indicators.depot.read_depot`)."""
    return _depot.read_depot(get_dossiers(), identifiant)


def list_en_attente() -> tuple[Depot, ...]:
    """Deposits that somebody has yet to finish, the newest first."""
    finis = (Etat.PUBLIE, Etat.SANS_EFFET)
    return tuple(depot for depot in _depot.list_depots(get_dossiers()) if depot.etat not in finis)


def receive(fichiers: Recus, auteur: str) -> Depot:
    """Receive files into a new deposit; without a name, the one who loads is the system's user."""
    return _depot.create_depot(get_dossiers(), fichiers, " ".join(auteur.split())[:100] or get_utilisateur())


def add(depot: Depot, fichiers: Recus) -> Depot:
    """Receive mended files, or workbooks of corrections, into the same deposit."""
    return _depot.add_fichiers(get_dossiers(), depot, fichiers)


def remove(depot: Depot, nom: str) -> Depot:
    """Take a file out of a deposit."""
    return _depot.remove_fichier(get_dossiers(), depot, nom)


def abandon(depot: Depot) -> None:
    """Remove a deposit."""
    _depot.abandon_depot(get_dossiers(), depot)


def control(depot: Depot, rentree: int | None, progres: Progres, avance: Avance) -> Depot:
    """Read the files of a deposit."""
    options = Options(rentree=rentree, est_demo=depot.options.est_demo)
    return _depot.control_depot(get_dossiers(), depot, options, progres, avance)


def sign(depot: Depot, auteur: str, raison: str) -> Depot:
    """Accept its warnings."""
    return _depot.accept_depot(get_dossiers(), depot, auteur, raison)


def prepare(depot: Depot, progres: Progres) -> Depot:
    """Build its version aside and say what it changes."""
    return _depot.prepare_depot(get_dossiers(), depot, progres)


def publish(depot: Depot) -> Version:
    """Serve its version. Nothing is told on the way, so that a click elsewhere cannot interrupt it."""
    return _depot.publish_depot(get_dossiers(), depot, lambda texte: None)


def is_servie(depot: Depot) -> bool:
    """Whether the version of a deposit is the one that readers see."""
    servie = read_version_courante(get_dossiers().processed)
    return servie is not None and servie.nom == depot.version


def undo() -> Version:
    """Serve the version that the one served now replaced."""
    return publication.undo_publication(get_dossiers())


def restore(numero: str) -> Version:
    """Serve another version."""
    return publication.restore(get_dossiers(), numero)


def get_versions() -> tuple[Version, ...]:
    """Every complete version, oldest first."""
    return list_versions(get_dossiers().processed)


def get_chargements() -> tuple[Chargement, ...]:
    """Loads in force, oldest first."""
    return read_journal(get_dossiers().raw)


def write_xlsx(table: Table) -> bytes:
    """The report of a table, with its lines to mend."""
    return write_rapport_xlsx(table.rapport, table.dossier_rapport)


def save_format(parent: str, titre: str, correspondances: Mapping[str, str | None], entetes: tuple[str, ...]) -> Path:
    """Keep a mapping made by hand as a layout of this installation."""
    return write_format(get_dossiers().raw, parent, titre, correspondances, entetes)


def find_format(code: str) -> Path | None:
    """The file of a layout made in this installation; None for the others."""
    chemin = get_dossiers().raw / "formats" / f"{code}.yaml"
    return chemin if chemin.exists() else None
