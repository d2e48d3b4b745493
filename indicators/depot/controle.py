"""Read every file of a deposit: its own faults first, then what it says against what is already known."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from indicators.depot.modele import Depot, Fichier, Options, Table
from indicators.depot.stockage import write_depot
from indicators.formats import load_formats
from indicators.ingestion import list_feuilles, screen_extrait
from indicators.ingestion.rapport import Etape, Rapport, load_controles
from indicators.journal import Chargement, read_journal
from indicators.reference import ExtraitConnu, Reference, build_reference
from indicators.revision import compare_extraits
from indicators.sources import Dossiers, Progres, get_academie_choisie
from indicators.vraisemblance import check_vraisemblance

Avance = Callable[[int, int, str, Etape], None]
"""Told as each stage of a file starts: its rank, how many files, its name, the stage."""


def control_depot(
    dossiers: Dossiers, depot: Depot, options: Options, progres: Progres, avance: Avance | None = None
) -> Depot:
    """Read the files of a deposit; faults are in the reports of its tables, none is raised.

    What was accepted has to be accepted again.

    Raises:
        ErreurBase: what is already loaded cannot be read.
    """
    shutil.rmtree(depot.dossier / "tables", ignore_errors=True)
    tables: list[Table] = []
    for rang, fichier in enumerate(depot.fichiers, start=1):
        progres(f"[{rang}/{len(depot.fichiers)}] {fichier.nom}")
        suivre = None if avance is None else _follow(avance, rang, len(depot.fichiers), fichier.nom)
        tables += _screen(fichier, depot.dossier / "tables" / f"{rang:04d}", options, suivre)
    depot = depot.model_copy(update={"tables": tuple(tables), "options": options})
    return control_connus(dossiers, depot, progres, avance)


def control_connus(dossiers: Dossiers, depot: Depot, progres: Progres, avance: Avance | None = None) -> Depot:
    """Compare the sound tables of a deposit with what is loaded now, and with each other."""
    depot = depot.model_copy(update={"candidat": None, "tables": _mark_doublons(depot.tables)})
    saines = [table for table in depot.tables if table.lu.est_publiable and not table.deja_charge]
    if saines:
        chargements = list_restants(dossiers, depot)
        reference = build_reference(dossiers, get_academie_choisie(), progres, chargements)
        extraits = {table.dossier: _describe(table) for table in saines}
        comparees = {}
        for rang, table in enumerate(saines, start=1):
            if avance is not None:
                avance(rang, len(saines), table.nom, Etape.VRAISEMBLANCE)
            autres = tuple(extrait for dossier, extrait in extraits.items() if dossier != table.dossier)
            comparees[table.dossier] = _compare(table, extraits[table.dossier], reference, autres, chargements, depot)
        depot = depot.model_copy(update={"tables": tuple(comparees.get(t.dossier, t) for t in depot.tables)})
    return write_depot(depot)


def list_restants(dossiers: Dossiers, depot: Depot) -> tuple[Chargement, ...]:
    """Loads in force that stay when the deposit is published: real extracts drive those of the demonstration out."""
    en_vigueur = read_journal(dossiers.raw)
    return en_vigueur if depot.options.est_demo else tuple(c for c in en_vigueur if not c.est_demo)


def _follow(avance: Avance, rang: int, nb: int, nom: str) -> Callable[[Etape], None]:
    return lambda etape: avance(rang, nb, nom, etape)


def _screen(fichier: Fichier, dossier: Path, options: Options, suivre: Callable[[Etape], None] | None) -> list[Table]:
    """One table per sheet of a workbook, one for another file; an archive that cannot be opened has a report too."""
    if fichier.refus:
        return [_report_archive(fichier, dossier)]
    tables, feuilles = [], list_feuilles(fichier.chemin) or ("",)
    restent = [feuille for feuille in feuilles if feuille not in fichier.feuilles_corrigees]
    for rang, feuille in enumerate(restent, start=1):
        normalise, signalements = dossier / f"{rang:02d}", dossier / f"{rang:02d}-rapport"
        dossier.mkdir(parents=True, exist_ok=True)
        rapport = screen_extrait(
            fichier.chemin, normalise, academie=get_academie_choisie().code, rentree=options.rentree,
            feuille=feuille or None, rapport=signalements, progres=suivre,
        )  # fmt: skip
        tables.append(
            Table(fichier=fichier.nom, feuille=feuille, chemin=fichier.chemin, dossier=normalise,
                  dossier_rapport=signalements, lu=rapport, rapport=rapport)
        )  # fmt: skip
    return tables


def _report_archive(fichier: Fichier, dossier: Path) -> Table:
    controles = tuple(c for c in load_controles().values() if c.code.startswith("archive_"))
    rapport = Rapport(
        fichier=fichier.nom, sha256=fichier.sha256, taille=fichier.taille, genre="Archive ZIP", controles=controles,
        constats=fichier.refus,
    )  # fmt: skip
    return Table(
        fichier=fichier.nom, chemin=fichier.chemin, dossier=dossier / "01", dossier_rapport=dossier / "01-rapport",
        lu=rapport, rapport=rapport,
    )  # fmt: skip


def _mark_doublons(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """A table given twice is loaded once."""
    vues: dict[tuple[str, str], str] = {}
    marquees = []
    for table in tables:
        premiere = vues.setdefault((table.rapport.sha256, table.feuille), table.nom)
        doublon = premiere if premiere != table.nom and table.lu.est_publiable else ""
        marquees.append(
            table.model_copy(update={"deja_charge": doublon, "rapport": table.lu, "revision": None, "retires": {}})
        )
    return tuple(marquees)


def _describe(table: Table) -> ExtraitConnu:
    code = table.rapport.format.code
    return ExtraitConnu(
        id="", dossier=table.dossier, format=code, fichier=table.fichier,
        appel=f"« {table.nom} », donné dans le même dépôt", est_registre=not load_formats()[code].mesures,
    )  # fmt: skip


def _compare(
    table: Table, extrait: ExtraitConnu, reference: Reference, autres: tuple[ExtraitConnu, ...],
    chargements: tuple[Chargement, ...], depot: Depot,
) -> Table:  # fmt: skip
    """A table with what it changes in the years already loaded, and its whole report."""
    revision = compare_extraits(extrait, reference)
    deja = [c for c in chargements if c.is_same_table(table.rapport.sha256, table.feuille)]
    if any(_is_complete(c, depot.options) for c in deja) and not revision.est_revision:
        return table.model_copy(update={"deja_charge": deja[-1].id})
    retires = {identifiant: annees for identifiant, annees in revision.remplace.items() if identifiant and annees}
    retires |= {c.id: () for c in deja}
    avec_autres = replace(reference, extraits=reference.extraits + autres)
    rapport = check_vraisemblance(extrait, table.lu, avec_autres)
    return table.model_copy(update={"revision": revision, "retires": retires, "rapport": rapport})


def _is_complete(chargement: Chargement, options: Options) -> bool:
    """Whether a load of the same file still gives all that it gave, for the same year."""
    annee = load_formats()[chargement.format].annee if chargement.format in load_formats() else None
    autre_annee = annee and annee.convention == "nom_de_fichier" and chargement.rentree_imposee != options.rentree
    return not chargement.rentrees_retirees and not autre_annee
