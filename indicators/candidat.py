"""The next base: built and verified aside, compared with the one served, then put in its place."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from indicators.base import Base, open_base
from indicators.base.construction import build_base
from indicators.base.secours import find_version, read_pointeur
from indicators.base.verification import verify_base
from indicators.base.versions import (
    SCHEMA,
    Bilan,
    ChargementServi,
    Version,
    get_dossier_bases,
    move_pointeur,
    next_numero,
    write_fiche,
)
from indicators.catalogue import load_catalogue
from indicators.erreurs import ErreurBase
from indicators.journal import FICHIER, Chargement, read_archives
from indicators.revision import Changements, compare_bases
from indicators.sources import Dossiers, Progres, get_academie_choisie, prepare_source
from indicators.territoires.referentiel import Academie


def build_candidat(
    dossiers: Dossiers,
    chemin: Path,
    chargements: tuple[Chargement, ...],
    resume: str,
    auteur: str,
    progres: Progres,
    lus: Mapping[str, Path] | None = None,
) -> Version:
    """Build and verify, in the file `chemin`, the base of these loads; nobody reads it yet.

    Args:
        dossiers: of the installation.
        chemin: file to write, in a folder that exists.
        chargements: loads that it holds, oldest first.
        resume: what changes, in one French sentence.
        auteur: who publishes.
        progres: told of each step.
        lus: normalised rows of loads that are not in the journal yet.

    Raises:
        ErreurBase: a load cannot be read again, or the base does not pass its verification.
    """
    academie, catalogue = get_academie_choisie(), load_catalogue()
    sources = tuple(
        prepare_source(dossiers, chargement, academie, progres, (lus or {}).get(chargement.id))
        for chargement in chargements
    )
    version = _describe_version(dossiers, chargements, academie, resume, auteur)
    progres(f"Construction de la version {version.numero} : {len(sources)} extraits, {len(catalogue)} indicateurs")
    forget_base(chemin)  # what a killed build left
    try:
        build_base(chemin, sources, catalogue, academie, version.numero, version.empreinte)
        progres("Vérification")
        verify_base(chemin)
    except BaseException:
        forget_base(chemin)
        raise
    return version


def _describe_version(
    dossiers: Dossiers, chargements: tuple[Chargement, ...], academie: Academie, resume: str, auteur: str
) -> Version:
    numero = next_numero(dossiers.processed)
    return Version(
        nom=f"v{numero:04d}", numero=numero, publie_le=datetime.now().astimezone().replace(microsecond=0),
        est_demo=any(chargement.est_demo for chargement in chargements), academie=academie.code,
        empreinte=compute_empreinte(chargements, academie), auteur=auteur, resume=resume, schema=SCHEMA,
        precedente=read_pointeur(dossiers.processed) or "",
        chargements=tuple(ChargementServi(c.id, c.rentrees_retirees) for c in chargements),
    )  # fmt: skip


def compare_with_servie(dossiers: Dossiers, candidat: Path, version: Version) -> Changements:
    """What the readers would see change if that base were served.

    Nothing is compared with the demonstration, nor with a base that cannot be read: all is new then.
    """
    try:
        avant = open_base(dossiers.processed)
    except ErreurBase:
        avant = None
    if avant is not None and avant.version.est_demo != version.est_demo:
        avant = None
    apres = Base(candidat, version)
    try:
        return compare_bases(avant, apres)
    finally:
        apres.close()


def summarise(
    dossiers: Dossiers, version: Version, changements: Changements, charges: tuple[Chargement, ...] = ()
) -> Bilan:
    """What a version changes, in numbers: extracts and figures.

    Args:
        dossiers: of the installation.
        version: about to be served.
        changements: between the version served and it.
        charges: loads of it that are not in the journal yet.
    """
    noms = {i: c.nom for i, c in read_archives(dossiers.raw).items()} | {c.id: c.nom for c in charges}
    avant, apres = _read_servis(dossiers, version.precedente), version.chargements or ()
    return Bilan(
        ajoutes=_list_noms(noms, avant, apres),
        retires=_list_noms(noms, apres, avant),
        valeurs_ajoutees=changements.nb_valeurs_ajoutees,
        valeurs_changees=changements.nb_valeurs_changees,
        valeurs_retirees=changements.nb_valeurs_retirees,
        etats_changes=changements.nb_etats if changements.version_avant else 0,
        territoires_touches=sum(changements.tableaux_par_niveau.values()),
    )


def _read_servis(dossiers: Dossiers, nom: str) -> tuple[ChargementServi, ...]:
    version = find_version(dossiers.processed, nom) if nom else None
    return (version.chargements or ()) if version else ()


def _list_noms(
    noms: dict[str, str], avant: tuple[ChargementServi, ...], apres: tuple[ChargementServi, ...]
) -> tuple[str, ...]:
    """Names of what is in `apres` and not in `avant`, loads or years."""
    trouves = []
    anciens = {servi.id: set(servi.rentrees_retirees) for servi in avant}
    for servi in apres:
        if servi.id not in anciens:
            trouves.append(noms.get(servi.id, servi.id))
        elif retrouvees := sorted(anciens[servi.id] - set(servi.rentrees_retirees)):
            trouves.append(f"{noms.get(servi.id, servi.id)} ({', '.join(map(str, retrouvees))})")
    return tuple(trouves)


def serve_candidat(dossiers: Dossiers, candidat: Path, version: Version) -> None:
    """Put a verified base among the versions, describe it, then move the pointer to it. The caller holds the lock."""
    bases = get_dossier_bases(dossiers.processed)
    bases.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(candidat, bases / f"{version.nom}.duckdb")
        write_fiche(dossiers.processed, version)
        move_pointeur(dossiers.processed, version.nom)
    except BaseException:
        if read_pointeur(dossiers.processed) != version.nom:
            for reste in (*bases.glob(f"{version.nom}.*"), *bases.glob(f".*.{os.getpid()}")):
                reste.unlink(missing_ok=True)
        raise


@contextmanager
def undo_on_failure(dossiers: Dossiers) -> Iterator[list[Path]]:
    """Take back, unless the pointer moved, what was written: the files listed by the caller, the journal's end."""
    journal, servie = dossiers.raw / FICHIER, read_pointeur(dossiers.processed)
    taille = _size(journal)
    deposes: list[Path] = []
    try:
        yield deposes
    except BaseException:
        if servie == read_pointeur(dossiers.processed):
            if _size(journal) > taille:
                os.truncate(journal, taille)
            for chemin in reversed(deposes):
                shutil.rmtree(chemin, ignore_errors=True)
        raise


def _size(chemin: Path) -> int:
    return chemin.stat().st_size if chemin.exists() else 0


def compute_empreinte(chargements: tuple[Chargement, ...], academie: Academie) -> str:
    """Fingerprint of what a base is made from: loads, fiches and académie."""
    contenu = {
        "academie": academie.code,
        "chargements": [
            (c.sha256, c.feuille, c.format, c.version_format, c.rentree_imposee, c.rentrees_retirees)
            for c in chargements
        ],
        "catalogue": [fiche.model_dump(mode="json") for fiche in load_catalogue().values()],
    }
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()[:16]


def forget_base(chemin: Path) -> None:
    """Remove an unfinished base and the log that DuckDB leaves beside it."""
    for reste in (chemin, chemin.with_name(chemin.name + ".wal")):
        reste.unlink(missing_ok=True)
