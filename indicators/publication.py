"""Publish: rebuild what is missing, build a base aside, verify it, serve it. And go back."""

import getpass
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from indicators import chemins
from indicators.base.construction import Source, build_base
from indicators.base.verification import verify_base
from indicators.base.versions import (
    SCHEMA,
    Version,
    get_dossier_bases,
    get_version,
    move_pointeur,
    next_numero,
    read_version_courante,
    write_fiche,
)
from indicators.catalogue import load_catalogue
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.formats import load_formats
from indicators.ingestion import normalise_extrait
from indicators.journal import Chargement, read_journal
from indicators.territoires.referentiel import Academie, get_academie
from indicators.verrou import hold_verrou

Progres = Callable[[str], None]
"""Where the steps of a long work are told, in French."""


@dataclass(frozen=True)
class Dossiers:
    """The folders of one installation."""

    raw: Path
    processed: Path


def get_dossiers() -> Dossiers:
    """The folders that ECLORE_DONNEES names, or those of the project."""
    return Dossiers(chemins.get_raw(), chemins.get_processed())


def get_academie_choisie() -> Academie:
    """The académie that ECLORE_ACADEMIE names («13» by default: Poitiers)."""
    return get_academie(os.environ.get("ECLORE_ACADEMIE") or "13")


def get_auteur() -> str:
    """Who is at work: the system's user name, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "inconnu"


def publish(dossiers: Dossiers, resume: str = "Publication du journal", progres: Progres = print) -> Version:
    """Publish the extracts that the journal holds, as a new version served at once.

    Raises:
        ErreurUsage: the journal holds nothing.
        ErreurBase: another publication is under way, or the new base does not pass its verification.
    """
    with hold_verrou(dossiers.processed):
        chargements = read_journal(dossiers.raw)
        if not chargements:
            raise ErreurUsage(
                "Aucun extrait n’est chargé : il n’y a rien à publier. "
                "Chargez un extrait (« charger FICHIER ») ou lancez la démonstration (« demo »)."
            )
        version = prepare_version(dossiers, chargements, resume, progres)
        serve_version(dossiers, version)
    return version


def prepare_version(dossiers: Dossiers, chargements: tuple[Chargement, ...], resume: str, progres: Progres) -> Version:
    """Build and verify a base from these loads, without serving it yet. The caller holds the lock."""
    academie, catalogue = get_academie_choisie(), load_catalogue()
    sources = tuple(prepare_source(dossiers, chargement, academie, progres) for chargement in chargements)
    numero = next_numero(dossiers.processed)
    empreinte = compute_empreinte(chargements, academie)
    version = Version(
        nom=f"v{numero:04d}", numero=numero, publie_le=datetime.now().astimezone().replace(microsecond=0),
        est_demo=any(chargement.est_demo for chargement in chargements), academie=academie.code, empreinte=empreinte,
        auteur=get_auteur(), resume=resume, schema=SCHEMA,
    )  # fmt: skip
    chemin = get_dossier_bases(dossiers.processed) / f"{version.nom}.duckdb"
    provisoire = chemin.with_suffix(".construction")
    chemin.parent.mkdir(parents=True, exist_ok=True)
    for reste in chemin.parent.glob("*.construction*"):
        reste.unlink()  # a build that was killed; the lock says that none is under way
    progres(f"Construction de la version {numero} : {len(sources)} extraits, {len(catalogue)} indicateurs")
    try:
        build_base(provisoire, sources, catalogue, academie, numero, empreinte)
        progres("Vérification")
        verify_base(provisoire)
        os.replace(provisoire, chemin)
    except BaseException:
        _forget(provisoire)
        raise
    return version


def serve_version(dossiers: Dossiers, version: Version) -> None:
    """Describe a verified base, then move the pointer to it."""
    try:
        write_fiche(dossiers.processed, version)
        move_pointeur(dossiers.processed, version.nom)
    except BaseException:
        forget_version(dossiers, version)
        raise


def forget_version(dossiers: Dossiers, version: Version) -> None:
    """Remove the files of a version that could not be served; one that is served is kept."""
    if read_version_courante(dossiers.processed) == version:
        return
    bases = get_dossier_bases(dossiers.processed)
    for reste in (*bases.glob(f"{version.nom}.*"), *bases.glob(f".*.{os.getpid()}")):
        reste.unlink(missing_ok=True)


def restore(dossiers: Dossiers, nom: str) -> Version:
    """Serve an older version again. The journal is not changed: the next publication follows it.

    Raises:
        ErreurUsage: the name is not that of a version, or it is already served.
        ErreurBase: its files are missing or do not pass their verification.
    """
    with hold_verrou(dossiers.processed):
        version, courante = get_version(dossiers.processed, nom), read_version_courante(dossiers.processed)
        if courante == version:
            raise ErreurUsage(
                f"La version {version.numero} est déjà celle qui est servie. « versions » liste les autres."
            )
        verify_base(get_dossier_bases(dossiers.processed) / f"{version.nom}.duckdb")
        move_pointeur(dossiers.processed, version.nom)
    return version


def compute_empreinte(chargements: tuple[Chargement, ...], academie: Academie) -> str:
    """Fingerprint of what a base is made from: loads, fiches and académie."""
    contenu = {
        "academie": academie.code,
        "chargements": [(c.sha256, c.format, c.version_format, c.rentree_imposee) for c in chargements],
        "catalogue": [fiche.model_dump(mode="json") for fiche in load_catalogue().values()],
    }
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()[:16]


def prepare_source(dossiers: Dossiers, chargement: Chargement, academie: Academie, progres: Progres) -> Source:
    """Find the normalised rows of a load, or make them again from the file as received."""
    formats = load_formats()
    if chargement.format not in formats:
        raise ErreurBase(
            f"L’extrait « {chargement.fichier} » a été lu avec le format « {chargement.format} », qui n’existe plus. "
            "Remettez ce format dans indicators/formats, puis publiez de nouveau."
        )
    format_ = formats[chargement.format]
    chargement = replace(chargement, version_format=str(format_.version))
    dossier = dossiers.processed / chargement.get_dossier_normalise(academie.code)
    if not dossier.exists():
        progres(f"Relecture de « {chargement.fichier} »")
        brut = dossiers.raw / chargement.dossier_brut / chargement.fichier
        normalise_extrait(brut, dossier, academie=academie.code, rentree=chargement.rentree_imposee)
    return Source(
        chargement, dossier, format_.priorite, format_.titre, format_.source, est_registre=not format_.mesures
    )


def _forget(chemin: Path) -> None:
    """Remove an unfinished base and the log that DuckDB leaves beside it."""
    for reste in (chemin, chemin.with_name(chemin.name + ".wal")):
        reste.unlink(missing_ok=True)
