"""Load extracts: read all, or change nothing; then publish in the same gesture."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from indicators.base.versions import POINTEUR, Version, get_dossier_bases
from indicators.contradictions import list_contradictions
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.formats import load_formats
from indicators.ingestion import Lecture, normalise_extrait
from indicators.ingestion.fautes import cite_nom
from indicators.journal import FICHIER, Chargement, append_evenements, next_id, read_journal
from indicators.publication import (
    Dossiers,
    Progres,
    forget_version,
    get_academie_choisie,
    get_auteur,
    prepare_source,
    prepare_version,
    serve_version,
)
from indicators.verrou import hold_verrou


@dataclass(frozen=True)
class Options:
    """Choices of a load."""

    rentree: int | None = None
    """Rentrée of files that do not say theirs."""
    remplacer: bool = False
    """Accept figures that differ from those already loaded for the same year."""
    publier: bool = True
    est_demo: bool = False


@dataclass(frozen=True)
class Extrait:
    """A file that was read: its normalised rows wait in `dossier`."""

    chemin: Path
    lecture: Lecture
    dossier: Path


def control_extraits(chemins: list[Path], attente: Path, options: Options, progres: Progres) -> list[Extrait]:
    """Read every file into the folder `attente`, without loading any.

    Raises:
        ErreurUsage: no file.
        ErreurFichier: at least one cannot be loaded; the faults of all are listed.
    """
    if not chemins:
        raise ErreurUsage("Aucun fichier à lire : donnez au moins un fichier, ou un dossier qui en contient.")
    academie = get_academie_choisie()
    lus, fautes = [], []
    for rang, chemin in enumerate(chemins, start=1):
        progres(f"[{rang}/{len(chemins)}] {cite_nom(chemin)}")
        dossier = attente / uuid.uuid4().hex
        try:
            lecture = normalise_extrait(chemin, dossier, academie=academie.code, rentree=options.rentree)
        except ErreurFichier as erreur:
            fautes.append(str(erreur))
        else:
            progres(f"      {lecture.format.titre} : {_describe(lecture)}")
            lus.append(Extrait(chemin, lecture, dossier))
    if fautes:
        raise ErreurFichier("\n\n".join(fautes) + "\n\nRien n’a été chargé : la version servie n’a pas changé.")
    return lus


def load_extraits(
    chemins: list[Path], dossiers: Dossiers, options: Options, progres: Progres = print
) -> Version | None:
    """Load files and publish them, all or none.

    Real extracts loaded over the demonstration replace it: the two are never mixed.

    Returns:
        The version now served, or None with `publier=False` or when every file was already loaded.

    Raises:
        ErreurFichier: a file cannot be loaded, or contradicts what is already loaded (see `Options.remplacer`).
        ErreurBase: another load is under way, or the new base does not pass its verification.
    """
    with hold_verrou(dossiers.processed):
        attente = dossiers.processed / "attente"
        _empty(attente)  # what a killed load left
        try:
            return _record(control_extraits(chemins, attente, options, progres), dossiers, options, progres)
        finally:
            _empty(attente)


def _record(lus: list[Extrait], dossiers: Dossiers, options: Options, progres: Progres) -> Version | None:
    en_vigueur = read_journal(dossiers.raw)
    retires = tuple(c.id for c in en_vigueur if c.est_demo) if not options.est_demo else ()
    if retires:
        progres(f"Les {len(retires)} extraits de démonstration sont retirés")
    if options.remplacer:
        retires += _find_reprises(lus, en_vigueur)
    restent = tuple(c for c in en_vigueur if c.id not in retires)
    nouveaux = _drop_known(lus, restent, progres)
    if not nouveaux and not retires:
        return None
    if not options.remplacer:
        _refuse_contradictions(nouveaux, restent, dossiers, progres)
    charges = tuple(_describe_chargement(e, dossiers, options, rang) for rang, e in enumerate(nouveaux))
    with _undo_on_failure(dossiers) as deposes:
        for extrait, chargement in zip(nouveaux, charges, strict=True):
            _store(extrait, chargement, dossiers, deposes)
        if not options.publier:
            append_evenements(dossiers.raw, charges, retires, _now())
            return None
        return _publish(restent, charges, retires, dossiers, progres)


def _publish(
    restent: tuple[Chargement, ...],
    charges: tuple[Chargement, ...],
    retires: tuple[str, ...],
    dossiers: Dossiers,
    progres: Progres,
) -> Version:
    resume = f"{len(charges)} extrait{'s' if len(charges) > 1 else ''} chargé{'s' if len(charges) > 1 else ''}"
    version = prepare_version(dossiers, restent + charges, resume, progres)
    try:
        append_evenements(dossiers.raw, charges, retires, _now())
        serve_version(dossiers, version)
    except BaseException:
        forget_version(dossiers, version)
        raise
    return version


@contextmanager
def _undo_on_failure(dossiers: Dossiers) -> Iterator[list[Path]]:
    """Take back, unless a version was served, what a load wrote: the files listed by the caller, the journal's end."""
    journal, pointeur = dossiers.raw / FICHIER, get_dossier_bases(dossiers.processed) / POINTEUR
    taille, servie = _size(journal), pointeur.read_bytes() if pointeur.exists() else None
    deposes: list[Path] = []
    try:
        yield deposes
    except BaseException:
        if servie == (pointeur.read_bytes() if pointeur.exists() else None):
            if _size(journal) > taille:
                os.truncate(journal, taille)
            for chemin in reversed(deposes):
                shutil.rmtree(chemin, ignore_errors=True)
        raise


def _size(chemin: Path) -> int:
    return chemin.stat().st_size if chemin.exists() else 0


def _find_reprises(lus: list[Extrait], en_vigueur: tuple[Chargement, ...]) -> tuple[str, ...]:
    """Loads of these same files that a later one of their format revised: they are loaded again, over it."""
    empreintes = {extrait.lecture.sha256 for extrait in lus}
    derniers = {chargement.format: chargement.id for chargement in en_vigueur}
    return tuple(c.id for c in en_vigueur if c.sha256 in empreintes and derniers[c.format] != c.id)


def _drop_known(lus: list[Extrait], restent: tuple[Chargement, ...], progres: Progres) -> list[Extrait]:
    """Leave out files already loaded, and a file given twice in one command."""
    connus = {chargement.sha256 for chargement in restent}
    nouveaux = []
    for extrait in lus:
        if extrait.lecture.sha256 in connus:
            progres(f"      « {cite_nom(extrait.chemin)} » est déjà chargé : rien à faire")
        else:
            connus.add(extrait.lecture.sha256)
            nouveaux.append(extrait)
    return nouveaux


def _refuse_contradictions(
    nouveaux: list[Extrait], restent: tuple[Chargement, ...], dossiers: Dossiers, progres: Progres
) -> None:
    """Refuse a file whose figures differ from those in force of its layout, or from another file of this load."""
    fautes, academie = [], get_academie_choisie()
    for rang, extrait in enumerate(nouveaux):
        anciens = {}
        for ancien in (c for c in restent if c.format == extrait.lecture.format.code):
            source = prepare_source(dossiers, ancien, academie, progres)
            anciens[source.dossier] = (
                f"« {ancien.fichier} », chargé le {date.fromisoformat(ancien.charge_le[:10]):%d/%m/%Y}"
            )
        for autre in nouveaux[:rang]:
            if autre.lecture.format == extrait.lecture.format:
                anciens[autre.dossier] = f"« {cite_nom(autre.chemin)} », donné dans la même commande"
        fautes += list_contradictions(cite_nom(extrait.chemin), extrait.dossier, anciens)
    if fautes:
        raise ErreurFichier("\n".join(fautes) + "\n\nRien n’a été chargé : la version servie n’a pas changé.")


def _describe_chargement(extrait: Extrait, dossiers: Dossiers, options: Options, rang: int) -> Chargement:
    lecture = extrait.lecture
    return Chargement(
        id=next_id(dossiers.raw, rang),
        fichier=cite_nom(extrait.chemin),
        sha256=lecture.sha256,
        format=lecture.format.code,
        version_format=str(load_formats()[lecture.format.code].version),
        auteur=get_auteur(),
        charge_le=_now(),
        nb_lignes=lecture.nb_lignes,
        nb_observations=lecture.nb_observations,
        nb_hors_academie=lecture.nb_hors_academie,
        rentree_imposee=options.rentree,
        est_demo=options.est_demo,
    )


def _store(extrait: Extrait, chargement: Chargement, dossiers: Dossiers, deposes: list[Path]) -> None:
    """Keep the file as received and its normalised rows, each in a folder named after its content.

    The folders that it makes are added to `deposes`.
    """
    brut = dossiers.raw / chargement.dossier_brut
    if not brut.exists():
        deposes.append(brut)
    brut.mkdir(parents=True, exist_ok=True)
    provisoire = brut / f".{uuid.uuid4().hex}"
    shutil.copyfile(extrait.chemin, provisoire)
    if hashlib.sha256(provisoire.read_bytes()).hexdigest() != chargement.sha256:
        provisoire.unlink()
        raise ErreurFichier(
            f"Le fichier « {cite_nom(extrait.chemin)} » a changé pendant sa lecture. "
            "Fermez le logiciel qui l’écrit, puis rechargez-le."
        )
    os.replace(provisoire, brut / chargement.fichier)
    normalise = dossiers.processed / chargement.get_dossier_normalise(get_academie_choisie().code)
    if not normalise.exists():
        deposes.append(normalise)
        normalise.parent.mkdir(parents=True, exist_ok=True)
        os.replace(extrait.dossier, normalise)


def _empty(dossier: Path) -> None:
    shutil.rmtree(dossier, ignore_errors=True)
    dossier.mkdir(parents=True, exist_ok=True)


def _describe(lecture: Lecture) -> str:
    rentrees = sorted(lecture.rentrees)
    annees = (
        f", rentrées {rentrees[0]} à {rentrees[-1]}"
        if len(rentrees) > 1
        else f", rentrée {rentrees[0]}"
        if rentrees
        else ""
    )
    hors = f", {lecture.nb_hors_academie} d’une autre académie laissées" if lecture.nb_hors_academie else ""
    remarques = "".join(f"\n      remarque : {texte}" for texte in lecture.avertissements)
    return f"{lecture.nb_lignes} lignes, {lecture.nb_observations} chiffres{annees}{hors}{remarques}"


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
