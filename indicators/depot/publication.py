"""Publish a deposit: its files kept, the journal, the pointer. All of it, or nothing."""

import hashlib
import os
import shutil
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from indicators.base.secours import read_pointeur
from indicators.base.verification import verify_base
from indicators.base.versions import Version, next_numero
from indicators.candidat import serve_candidat, summarise, undo_on_failure
from indicators.depot.controle import control_connus
from indicators.depot.modele import Candidat, Depot, Table
from indicators.depot.preparation import plan_evenements, prepare_depot, sign_journal
from indicators.depot.refus import refuse_bloquants, refuse_non_signes
from indicators.depot.stockage import write_depot
from indicators.erreurs import ErreurFichier
from indicators.journal import Chargement, append_evenements, now
from indicators.sources import Dossiers, Progres, get_academie_choisie
from indicators.verrou import hold_verrou


def publish_depot(dossiers: Dossiers, depot: Depot, progres: Progres) -> Version:
    """Serve the base of a deposit from now on; the one that was prepared, if nothing moved since.

    Otherwise its tables are compared again with what is loaded, and a new warning has to be accepted.

    Raises:
        ErreurFichier: something blocks, or a warning was not accepted.
        ErreurUsage: it is published already, or there is nothing to publish.
        ErreurBase: another publication is under way, or the new base does not pass its verification.
    """
    _check(depot)
    with hold_verrou(dossiers.processed, depot.auteur):
        depot = _refresh(dossiers, depot, progres)
        candidat = depot.candidat
        version = _finish(dossiers, depot, candidat)
        with undo_on_failure(dossiers) as deposes:
            for table, charge in zip(depot.nouvelles, candidat.charges, strict=True):
                _store(table, charge, dossiers, deposes)
            append_evenements(dossiers.raw, _sign(depot, candidat.charges), candidat.retires, now())
            serve_candidat(dossiers, candidat.chemin, version)
    _close(depot, version)
    return version


def record_depot(dossiers: Dossiers, depot: Depot) -> None:
    """Write a deposit in the journal without publishing: `publish` will.

    Raises:
        ErreurFichier, ErreurUsage, ErreurBase: see `publish_depot`.
    """
    _check(depot)
    with hold_verrou(dossiers.processed, depot.auteur), undo_on_failure(dossiers) as deposes:
        charges, retires = plan_evenements(dossiers, depot)
        for table, charge in zip(depot.nouvelles, charges, strict=True):
            _store(table, charge, dossiers, deposes)
        append_evenements(dossiers.raw, charges, retires, now())


def _check(depot: Depot) -> None:
    refuse_bloquants(depot)
    refuse_non_signes(depot)


def _refresh(dossiers: Dossiers, depot: Depot, progres: Progres) -> Depot:
    """The deposit with a base that follows what is served now."""
    if depot.candidat is None:
        return prepare_depot(dossiers, depot, progres)
    if _is_current(dossiers, depot.candidat):
        return depot
    progres("Ce qui est publié a changé depuis la préparation : la version est préparée de nouveau")
    depot = control_connus(dossiers, depot, progres)
    _check(depot)
    return prepare_depot(dossiers, depot, progres)


def _is_current(dossiers: Dossiers, candidat: Candidat) -> bool:
    return (
        candidat.chemin.exists()
        and candidat.journal == sign_journal(dossiers)
        and candidat.servie == (read_pointeur(dossiers.processed) or "")
        and candidat.version.numero == next_numero(dossiers.processed)
    )


def _finish(dossiers: Dossiers, depot: Depot, candidat: Candidat) -> Version:
    """The version with what it changes and who accepted it, after a last look at its base."""
    verify_base(candidat.chemin)
    return replace(
        candidat.version,
        bilan=summarise(dossiers, candidat.version, candidat.changements, candidat.charges),
        acceptations=tuple(acceptation for table in depot.nouvelles for acceptation in table.acceptations),
    )


def _sign(depot: Depot, charges: tuple[Chargement, ...]) -> tuple[Chargement, ...]:
    """Loads with the acceptances given since the base was prepared."""
    paires = zip(charges, depot.nouvelles, strict=True)
    return tuple(replace(charge, acceptations=table.acceptations) for charge, table in paires)


def _store(table: Table, chargement: Chargement, dossiers: Dossiers, deposes: list) -> None:
    """Keep the file as received and its normalised rows, each in a folder named after its content.

    The folders that it makes are added to `deposes`.
    """
    brut = dossiers.raw / chargement.dossier_brut
    if not brut.exists():
        deposes.append(brut)
    brut.mkdir(parents=True, exist_ok=True)
    provisoire = brut / f".{uuid.uuid4().hex}"
    shutil.copyfile(table.chemin, provisoire)
    with provisoire.open("rb") as flux:
        intact = hashlib.file_digest(flux, "sha256").hexdigest() == chargement.sha256
    if not intact:
        provisoire.unlink()
        raise ErreurFichier(
            f"Le fichier « {table.nom} » a changé depuis sa lecture. Déposez-le de nouveau : rien n’a été chargé."
        )
    os.replace(provisoire, brut / chargement.fichier)
    normalise = dossiers.processed / chargement.get_dossier_normalise(get_academie_choisie().code)
    if not normalise.exists():
        deposes.append(normalise)
        normalise.parent.mkdir(parents=True, exist_ok=True)
        copie = Path(shutil.copytree(table.dossier, table.dossier.with_name(f".{uuid.uuid4().hex}")))
        os.replace(copie, normalise)  # at once: a crash never leaves half of the tables


def _close(depot: Depot, version: Version) -> None:
    """Note what the deposit became; its reports stay to be read again, its files are kept elsewhere."""
    for table in depot.tables:
        shutil.rmtree(table.dossier, ignore_errors=True)
    shutil.rmtree(depot.dossier / "fichiers", ignore_errors=True)
    with suppress(OSError):  # what is served is served, even if the disk is full now
        write_depot(depot.model_copy(update={"version": version.nom}))
