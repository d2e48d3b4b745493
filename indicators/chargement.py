"""Load extracts in one gesture: hand in, read, accept, prepare, publish. All, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from indicators import depot as depots
from indicators.base.versions import Version
from indicators.depot import Depot
from indicators.depot.refus import refuse_bloquants, refuse_non_signes
from indicators.ingestion.fautes import refuse_lecture
from indicators.ingestion.rapport import Rapport
from indicators.publication import is_en_retard, publish
from indicators.sources import Dossiers, Progres
from indicators.systeme import explain_panne


@dataclass(frozen=True)
class Options:
    """Choices of a load."""

    rentree: int | None = None
    """Rentrée of files that do not say theirs."""
    acceptation: str = ""
    """Why the warnings that need a signature are accepted; empty: they are not."""
    publier: bool = True
    est_demo: bool = False
    auteur: str = ""
    """Who loads; the system's user by default."""


def load_extraits(
    chemins: list[Path], dossiers: Dossiers, options: Options, progres: Progres = print
) -> Version | None:
    """Load files and publish them, all or none.

    Real extracts loaded over the demonstration replace it: the two are never mixed.

    Returns:
        The version now served, or None with `publier=False` or when every file was already loaded.

    Raises:
        ErreurFichier: a file has faults, or warnings that nobody accepted (see `Options.acceptation`).
        ErreurBase: another load is under way, or the new base does not pass its verification.
    """
    with control_extraits(chemins, dossiers, options, progres) as depot:
        if depot.etat is depots.Etat.SANS_EFFET:
            en_retard = options.publier and is_en_retard(dossiers)  # a load was killed before its version was served
            return publish(dossiers, progres=progres, auteur=options.auteur or None) if en_retard else None
        refuse_bloquants(depot)
        if options.acceptation:
            depot = depots.accept_depot(dossiers, depot, depot.auteur, options.acceptation)
        refuse_non_signes(depot)
        if not options.publier:
            depots.record_depot(dossiers, depot)
            return None
        return depots.publish_depot(dossiers, depots.prepare_depot(dossiers, depot, progres), progres)


@contextmanager
def control_extraits(chemins: list[Path], dossiers: Dossiers, options: Options, progres: Progres) -> Iterator[Depot]:
    """A deposit of these files with their reports, removed at the end.

    Raises:
        ErreurUsage: no file.
        ErreurFichier: one is not a file that can be read.
    """
    lecture = depots.Options(rentree=options.rentree, est_demo=options.est_demo)
    depot = depots.create_depot(dossiers, _open_all(chemins), options.auteur)
    try:
        depot = depots.control_depot(dossiers, depot, lecture, progres)
        for table in depot.tables:
            progres(f"      {describe_lecture(table)}")
        yield depot
    finally:
        depots.abandon_depot(dossiers, depot)


def describe_lecture(table: depots.Table) -> str:
    """What was read of a table, and what is worth knowing of it."""
    if table.deja_charge:
        return f"« {table.nom} » est déjà chargé : rien à faire"
    dites = (constat.constat for constat in table.rapport.avertissements if not constat.controle.signature)
    return f"« {table.nom} » : {_describe(table.rapport)}" + "".join(f"\n      remarque : {dite}" for dite in dites)


def _describe(rapport: Rapport) -> str:
    titre = rapport.format.titre if rapport.format else "format inconnu"
    rentrees = sorted(rapport.rentrees)
    annees = f", rentrée {rentrees[0]}" if rentrees else ""
    if len(rentrees) > 1:
        annees = f", rentrées {rentrees[0]} à {rentrees[-1]}"
    hors = f", {rapport.nb_hors_academie} d’une autre académie laissées" if rapport.nb_hors_academie else ""
    return f"{titre}, {rapport.nb_lignes} lignes, {rapport.nb_observations} chiffres{annees}{hors}"


def _open_all(chemins: list[Path]) -> Iterator[tuple[str, IO[bytes]]]:
    for chemin in chemins:
        if not chemin.is_file():
            raise refuse_lecture(chemin, "genre_refuse", "Ce n’est pas un fichier de données.")
        try:
            flux = chemin.open("rb")
        except OSError as erreur:
            raise refuse_lecture(
                chemin, "fichier_illisible", f"Ce fichier ne peut pas être lu ({explain_panne(erreur)}).",
                action="vérifiez-en les droits.",
            ) from erreur  # fmt: skip
        with flux:
            yield chemin.name, flux
