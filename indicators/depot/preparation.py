"""Build aside the base that a deposit would publish, and say what its readers would see change."""

import hashlib
from pathlib import Path

from indicators.base.secours import read_pointeur
from indicators.candidat import build_candidat, compare_with_servie
from indicators.depot.controle import list_restants
from indicators.depot.modele import Candidat, Depot, Table
from indicators.depot.refus import refuse_bloquants
from indicators.depot.stockage import write_depot
from indicators.formats import load_formats
from indicators.francais import accorder
from indicators.journal import FICHIER, Chargement, next_id, now, read_journal, withdraw
from indicators.sources import Dossiers, Progres


def prepare_depot(dossiers: Dossiers, depot: Depot, progres: Progres) -> Depot:
    """Build and verify the next base, and compare it with the one served. Nothing that readers see moves.

    Raises:
        ErreurFichier: a file must be mended first.
        ErreurUsage: every table is already loaded.
        ErreurBase: a load cannot be read again, or the base does not pass its verification.
    """
    refuse_bloquants(depot)
    charges, retires = plan_evenements(dossiers, depot)
    journal, servie = sign_journal(dossiers), read_pointeur(dossiers.processed) or ""
    restent = withdraw(read_journal(dossiers.raw), retires)
    chemin = depot.dossier / "candidat.duckdb"
    lus = {charge.id: table.dossier for charge, table in zip(charges, depot.nouvelles, strict=True)}
    resume = accorder(len(charges), "extrait chargé", "extraits chargés")
    version = build_candidat(dossiers, chemin, restent + charges, resume, depot.auteur, progres, lus)
    candidat = Candidat(
        chemin=chemin, version=version, journal=journal, servie=servie, charges=charges, retires=retires,
        changements=compare_with_servie(dossiers, chemin, version),
    )  # fmt: skip
    return write_depot(depot.model_copy(update={"candidat": candidat}))


def plan_evenements(dossiers: Dossiers, depot: Depot) -> tuple[tuple[Chargement, ...], dict[str, tuple[int, ...]]]:
    """What the publication of a deposit writes in the journal: loads to add, and what they withdraw."""
    restent = {chargement.id for chargement in list_restants(dossiers, depot)}
    retires: dict[str, tuple[int, ...]] = {c.id: () for c in read_journal(dossiers.raw) if c.id not in restent}
    for table in depot.nouvelles:
        for identifiant, rentrees in table.retires.items():
            deja = retires.get(identifiant)
            entier = not rentrees or deja == ()
            retires[identifiant] = () if entier else tuple(sorted({*rentrees, *(deja or ())}))
    charges = tuple(_describe(dossiers, depot, table, rang) for rang, table in enumerate(depot.nouvelles))
    return charges, retires


def sign_journal(dossiers: Dossiers) -> str:
    """Fingerprint of the journal: it changes with each event."""
    journal = dossiers.raw / FICHIER
    return hashlib.sha256(journal.read_bytes()).hexdigest() if journal.exists() else ""


def _describe(dossiers: Dossiers, depot: Depot, table: Table, rang: int) -> Chargement:
    rapport = table.rapport
    return Chargement(
        id=next_id(dossiers.raw, rang),
        fichier=Path(table.chemin).name,
        sha256=rapport.sha256,
        format=rapport.format.code,
        version_format=str(load_formats()[rapport.format.code].version),
        auteur=depot.auteur,
        charge_le=now(),
        nb_lignes=rapport.nb_lignes,
        nb_observations=rapport.nb_observations,
        nb_hors_academie=rapport.nb_hors_academie,
        rentree_imposee=depot.options.rentree,
        est_demo=depot.options.est_demo,
        feuille=table.feuille,
        acceptations=table.acceptations,
    )
