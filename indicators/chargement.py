"""Load extracts: read all, or change nothing; then publish in the same gesture."""

import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from indicators.base.versions import Version
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.formats import load_formats
from indicators.ingestion import Lecture, normalise_extrait
from indicators.journal import Chargement, append_evenements, next_id, read_journal
from indicators.publication import (
    Dossiers,
    Progres,
    get_academie_choisie,
    get_auteur,
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


def control_extraits(chemins: list[Path], dossiers: Dossiers, options: Options, progres: Progres) -> list[Extrait]:
    """Read every file, without loading any.

    Raises:
        ErreurFichier: at least one cannot be loaded; the faults of all are listed.
    """
    attente = dossiers.processed / "attente"
    academie = get_academie_choisie()
    lus, fautes = [], []
    for rang, chemin in enumerate(chemins, start=1):
        progres(f"[{rang}/{len(chemins)}] {chemin.name}")
        dossier = attente / uuid.uuid4().hex
        try:
            lecture = normalise_extrait(chemin, dossier, academie=academie.code, rentree=options.rentree)
        except ErreurFichier as erreur:
            fautes.append(str(erreur))
        else:
            progres(f"      {lecture.format.titre} : {_describe(lecture)}")
            lus.append(Extrait(chemin, lecture, dossier))
    if fautes:
        _discard(lus)
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
    if not chemins:
        raise ErreurUsage("Aucun fichier à charger. Donnez au moins un fichier : « charger FICHIER… ».")
    with hold_verrou(dossiers.processed):
        lus = control_extraits(chemins, dossiers, options, progres)
        try:
            return _record(lus, dossiers, options, progres)
        finally:
            _discard(lus)


def _record(lus: list[Extrait], dossiers: Dossiers, options: Options, progres: Progres) -> Version | None:
    en_vigueur = read_journal(dossiers.raw)
    retires = tuple(c.id for c in en_vigueur if c.est_demo) if not options.est_demo else ()
    if retires:
        progres(f"Les {len(retires)} extraits de démonstration sont retirés")
    restent = tuple(c for c in en_vigueur if c.id not in retires)
    nouveaux = _drop_known(lus, restent, progres)
    if not nouveaux and not retires:
        return None
    if not options.remplacer:
        _refuse_contradictions(nouveaux, restent, dossiers)
    charges = tuple(_describe_chargement(e, dossiers, options, rang) for rang, e in enumerate(nouveaux))
    for extrait, chargement in zip(nouveaux, charges, strict=True):
        _store(extrait, chargement, dossiers)
    if not options.publier:
        append_evenements(dossiers.raw, charges, retires, _now())
        return None
    resume = f"{len(charges)} extrait{'s' if len(charges) > 1 else ''} chargé{'s' if len(charges) > 1 else ''}"
    version = prepare_version(dossiers, restent + charges, resume, progres)
    append_evenements(dossiers.raw, charges, retires, _now())
    serve_version(dossiers, version)
    return version


def _drop_known(lus: list[Extrait], restent: tuple[Chargement, ...], progres: Progres) -> list[Extrait]:
    """Leave out files already loaded, and a file given twice in one command."""
    connus = {chargement.sha256 for chargement in restent}
    nouveaux = []
    for extrait in lus:
        if extrait.lecture.sha256 in connus:
            progres(f"      « {extrait.chemin.name} » est déjà chargé : rien à faire")
        else:
            connus.add(extrait.lecture.sha256)
            nouveaux.append(extrait)
    return nouveaux


def _refuse_contradictions(nouveaux: list[Extrait], restent: tuple[Chargement, ...], dossiers: Dossiers) -> None:
    """Refuse a file whose figures differ from those that the same layout already gave for the same year."""
    fautes = []
    for extrait in nouveaux:
        for ancien in (c for c in restent if c.format == extrait.lecture.format.code):
            avant = dossiers.processed / ancien.dossier_normalise / "observations.parquet"
            apres = extrait.dossier / "observations.parquet"
            if avant.exists() and apres.exists():
                fautes += _list_contradictions(extrait.chemin.name, ancien, avant, apres)
    if fautes:
        raise ErreurFichier("\n".join(fautes) + "\n\nRien n’a été chargé : la version servie n’a pas changé.")


def _list_contradictions(nom: str, ancien: Chargement, avant: Path, apres: Path) -> list[str]:
    lignes = duckdb.execute(
        """
        SELECT n.ligne, n.territoire, n.indicateur, n.rentree, a.n AS avant, n.n AS apres, count(*) OVER () AS nombre
        FROM (SELECT *, coalesce(valeur, numerateur / nullif(denominateur, 0), numerateur) AS n
              FROM read_parquet(?)) n
        JOIN (SELECT *, coalesce(valeur, numerateur / nullif(denominateur, 0), numerateur) AS n
              FROM read_parquet(?)) a
        USING (indicateur, niveau, territoire, rentree, modalite)
        WHERE n.n IS DISTINCT FROM a.n
           OR n.denominateur IS DISTINCT FROM a.denominateur
        ORDER BY n.ligne LIMIT 3
        """,
        [str(apres), str(avant)],
    ).fetchall()
    if not lignes:
        return []
    exemples = "".join(
        f"\n    ligne {ligne} : {territoire}, {indicateur}, rentrée {rentree} : {ancienne} déjà chargé, {nouvelle} ici"
        for ligne, territoire, indicateur, rentree, ancienne, nouvelle, _ in lignes
    )
    return [
        f"Extrait « {nom} » : {lignes[0][-1]} chiffre(s) diffèrent de ceux de « {ancien.fichier} », "
        f"chargé le {ancien.charge_le[:10]}, pour la même année.{exemples}\n"
        "  Attendu : les mêmes chiffres, ou une révision voulue. Si c’est une révision, ajoutez --remplacer."
    ]


def _describe_chargement(extrait: Extrait, dossiers: Dossiers, options: Options, rang: int) -> Chargement:
    lecture = extrait.lecture
    return Chargement(
        id=next_id(dossiers.raw, rang), fichier=extrait.chemin.name, sha256=lecture.sha256, format=lecture.format.code,
        version_format=str(load_formats()[lecture.format.code].version), auteur=get_auteur(), charge_le=_now(),
        nb_lignes=lecture.nb_lignes, nb_observations=lecture.nb_observations,
        nb_hors_academie=lecture.nb_hors_academie, rentree_imposee=options.rentree, est_demo=options.est_demo,
    )  # fmt: skip


def _store(extrait: Extrait, chargement: Chargement, dossiers: Dossiers) -> None:
    """Keep the file as received and its normalised rows, each in a folder named after its content."""
    brut = dossiers.raw / chargement.dossier_brut
    brut.mkdir(parents=True, exist_ok=True)
    provisoire = brut / f".{uuid.uuid4().hex}"
    shutil.copyfile(extrait.chemin, provisoire)
    if hashlib.sha256(provisoire.read_bytes()).hexdigest() != chargement.sha256:
        provisoire.unlink()
        raise ErreurFichier(
            f"Le fichier « {extrait.chemin} » a changé pendant sa lecture. "
            "Fermez le logiciel qui l’écrit, puis rechargez-le."
        )
    os.replace(provisoire, brut / chargement.fichier)
    normalise = dossiers.processed / chargement.dossier_normalise
    if not normalise.exists():
        normalise.parent.mkdir(parents=True, exist_ok=True)
        os.replace(extrait.dossier, normalise)


def _discard(lus: list[Extrait]) -> None:
    for extrait in lus:
        shutil.rmtree(extrait.dossier, ignore_errors=True)


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
