"""Publish what the journal holds, and go back to an earlier version: the journal goes with it."""

from dataclasses import replace

from indicators import chemins
from indicators.base.secours import read_pointeur, read_servie
from indicators.base.verification import verify_base
from indicators.base.versions import SCHEMA, ChargementServi, Version, get_dossier_bases, get_version, move_pointeur
from indicators.candidat import (
    build_candidat,
    compare_with_servie,
    forget_base,
    serve_candidat,
    summarise,
    undo_on_failure,
)
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.journal import append_evenements, now, read_journal
from indicators.sources import Dossiers, Progres, get_academie_choisie, prepare_source
from indicators.systeme import get_utilisateur
from indicators.verrou import hold_verrou

__all__ = [
    "Dossiers", "Progres", "get_academie_choisie", "get_dossiers", "is_en_retard", "prepare_source", "publish",
    "restore", "undo_publication",
]  # fmt: skip


def get_dossiers() -> Dossiers:
    """The folders that ECLORE_DONNEES names, or those of the project."""
    return Dossiers(chemins.get_raw(), chemins.get_processed())


def publish(
    dossiers: Dossiers, resume: str = "Publication du journal", progres: Progres = print, auteur: str | None = None
) -> Version:
    """Publish the extracts that the journal holds, as a new version served at once.

    Raises:
        ErreurUsage: the journal holds nothing.
        ErreurBase: another publication is under way, or the new base does not pass its verification.
    """
    auteur = auteur or get_utilisateur()
    with hold_verrou(dossiers.processed, auteur):
        chargements = read_journal(dossiers.raw)
        if not chargements:
            raise ErreurUsage(
                "Aucun extrait n’est chargé : il n’y a rien à publier. "
                "Chargez un extrait (« charger FICHIER ») ou lancez la démonstration (« demo »)."
            )
        candidat = get_dossier_bases(dossiers.processed) / "publication.construction"
        candidat.parent.mkdir(parents=True, exist_ok=True)
        try:
            version = build_candidat(dossiers, candidat, chargements, resume, auteur, progres)
            changements = compare_with_servie(dossiers, candidat, version)
            version = replace(version, bilan=summarise(dossiers, version, changements))
            serve_candidat(dossiers, candidat, version)
        finally:
            forget_base(candidat)
    return version


def is_en_retard(dossiers: Dossiers) -> bool:
    """Whether the journal holds other extracts than the version served: loaded without publishing, or cut short."""
    servie = read_servie(dossiers.processed).version
    if servie and servie.chargements is None:
        return False  # published before loads were noted: nothing can be said
    servis = {charge.id: charge.rentrees_retirees for charge in servie.chargements} if servie else {}
    return servis != {charge.id: charge.rentrees_retirees for charge in read_journal(dossiers.raw)}


def restore(dossiers: Dossiers, nom: str) -> Version:
    """Serve another version, and make the journal in force that version's: the next publication follows it.

    Raises:
        ErreurUsage: the name is not that of a version, or it is already served.
        ErreurBase: its files are missing, of another release, or do not pass their verification.
    """
    with hold_verrou(dossiers.processed):
        version = get_version(dossiers.processed, nom)
        if read_pointeur(dossiers.processed) == version.nom:
            raise ErreurUsage(
                f"La version {version.numero} est déjà celle qui est servie. « versions » liste les autres."
            )
        _check_restorable(version)
        verify_base(get_dossier_bases(dossiers.processed) / f"{version.nom}.duckdb")
        retablis, retires = _plan_retour(dossiers, version.chargements or ())
        with undo_on_failure(dossiers):
            if retablis or retires:
                append_evenements(dossiers.raw, (), retires, now(), retablis)
            move_pointeur(dossiers.processed, version.nom)
    return version


def undo_publication(dossiers: Dossiers) -> Version:
    """Serve the version that the one served now replaced.

    Raises:
        ErreurUsage: nothing is published, or the version served is the first one.
        ErreurBase: see `restore`.
    """
    servie = read_pointeur(dossiers.processed)
    precedente = get_version(dossiers.processed, servie).precedente if servie else ""
    if not precedente:
        sujet = f"La version {int(servie[1:])} est la première" if servie else "Aucune version n’est publiée"
        raise ErreurUsage(f"{sujet} : il n’y a pas de publication à annuler. « versions » liste ce qui est publié.")
    return restore(dossiers, precedente)


def _check_restorable(version: Version) -> None:
    if version.schema != SCHEMA or version.chargements is None:
        raise ErreurBase(
            f"La version {version.numero} a été publiée par une autre version d’Éclore : ses tables ont changé. "
            "Choisissez une version plus récente (« versions » les liste), ou rechargez ses extraits."
        )


def _plan_retour(
    dossiers: Dossiers, cible: tuple[ChargementServi, ...]
) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Loads to put back, and what to withdraw, for the journal in force to be those of a version."""
    en_vigueur = {chargement.id: chargement.rentrees_retirees for chargement in read_journal(dossiers.raw)}
    voulus = {charge.id: charge.rentrees_retirees for charge in cible}
    retablis = tuple(i for i, rentrees in voulus.items() if i not in en_vigueur or set(en_vigueur[i]) - set(rentrees))
    retires = {i: () for i in en_vigueur if i not in voulus}
    for identifiant, rentrees in voulus.items():
        deja = set() if identifiant in retablis else set(en_vigueur[identifiant])
        if set(rentrees) - deja:
            retires[identifiant] = rentrees
    return retablis, retires
