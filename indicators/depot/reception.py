"""Files come in: written under safe names in the folder of their deposit, archives opened."""

import hashlib
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO

from indicators.archives import expand_archive, is_archive
from indicators.depot.modele import Depot, Fichier
from indicators.depot.noms import clean_nom, distinguish
from indicators.depot.stockage import abandon_depot, make_dossier, sweep_depots, write_depot
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.ingestion import list_feuilles
from indicators.ingestion.corrections import apply_corrections, is_corrections
from indicators.ingestion.fautes import cite
from indicators.sources import Dossiers
from indicators.systeme import get_utilisateur

AUTEUR_MAXIMAL = 80

Recus = Iterable[tuple[str, IO[bytes]]]
"""Name of each file, as the user calls it, and its content."""


def create_depot(dossiers: Dossiers, fichiers: Recus, auteur: str) -> Depot:
    """Receive files into a new deposit; nothing is read in them yet.

    Args:
        dossiers: of the installation.
        fichiers: name and content of each file.
        auteur: who hands them in; the system's user when empty.

    Raises:
        ErreurUsage: no file.
    """
    sweep_depots(dossiers)
    dossier = make_dossier(dossiers)
    auteur = cite(" ".join(auteur.split()), AUTEUR_MAXIMAL) or get_utilisateur()
    depot = Depot(id=dossier.name, dossier=dossier, auteur=auteur, cree_le=datetime.now().astimezone())
    try:
        depot = add_fichiers(dossiers, depot, fichiers)
        if not depot.fichiers:
            raise ErreurUsage("Aucun fichier à lire : donnez au moins un fichier, ou un dossier qui en contient.")
    except BaseException:
        abandon_depot(dossiers, depot)
        raise
    return depot


def add_fichiers(dossiers: Dossiers, depot: Depot, fichiers: Recus) -> Depot:
    """Receive more files; one that has the name of an earlier one replaces it. They have to be read again.

    The workbook of a report, mended, is put back into the file that it comes from, which it replaces.

    Raises:
        ErreurFichier: a workbook of corrections that does not go with a file of this deposit; nothing changed.
    """
    reception = _Reception(depot)
    try:
        for nom, flux in fichiers:
            reception.receive(nom, flux)
        recus = reception.finish()
    except BaseException:
        reception.cancel()
        raise
    return _change_fichiers(depot, recus)


def remove_fichier(dossiers: Dossiers, depot: Depot, nom: str) -> Depot:
    """Take a file out of a deposit, with its tables.

    Raises:
        ErreurUsage: no file of the deposit has this name.
    """
    restent = tuple(fichier for fichier in depot.fichiers if fichier.nom != nom)
    if len(restent) == len(depot.fichiers):
        raise ErreurUsage(
            f"Aucun fichier de ce dépôt ne s’appelle « {cite(nom, 120)} ». Rechargez la page pour les voir."
        )
    return _change_fichiers(depot, restent)


def _change_fichiers(depot: Depot, fichiers: tuple[Fichier, ...]) -> Depot:
    gardes = {fichier.chemin.parent for fichier in fichiers}
    change = depot.model_copy(update={"fichiers": fichiers, "tables": (), "candidat": None})
    write_depot(change)
    for ancien in (fichier.chemin.parent for fichier in depot.fichiers):
        if ancien not in gardes:
            shutil.rmtree(ancien, ignore_errors=True)
    return change


class _Reception:
    """Files of one gesture: two of the same name are two files; an earlier one of that name is replaced."""

    def __init__(self, depot: Depot):
        self.depot = depot
        self.nouveaux: list[Fichier] = []
        self.classeurs: list[tuple[str, Fichier]] = []
        self.ecrits: list[Path] = []
        self.rang = max((int(fichier.chemin.parent.name) for fichier in depot.fichiers), default=0)

    def receive(self, nom: str, flux: IO[bytes]) -> None:
        """Write a file; open it if it is an archive, put it aside if it is a workbook of corrections."""
        fichier = self._write(nom, flux)
        if corrige := is_corrections(fichier.chemin):
            self.classeurs.append((corrige, fichier))
            return
        if is_archive(fichier.chemin):
            constats = expand_archive(
                fichier.chemin, lambda chemin, contenu: self.nouveaux.append(self._write(chemin, contenu, fichier.nom))
            )
            if not constats:
                shutil.rmtree(fichier.chemin.parent)
                return
            fichier = fichier.model_copy(update={"refus": tuple(constats)})
        self.nouveaux.append(fichier)

    def finish(self) -> tuple[Fichier, ...]:
        """The files of the deposit from now on: an archive given again replaces all that came from it."""
        noms = {fichier.nom for fichier in self.nouveaux}
        archives = {fichier.archive for fichier in self.nouveaux} - {""}
        restent = (f for f in self.depot.fichiers if f.nom not in noms | archives and f.archive not in archives)
        fichiers = [*restent, *self.nouveaux]
        for sha256, classeur in self.classeurs:
            fichiers = self._mend(fichiers, sha256, classeur)
        return tuple(fichiers)

    def cancel(self) -> None:
        """Remove what was written."""
        for dossier in self.ecrits:
            shutil.rmtree(dossier, ignore_errors=True)

    def _mend(self, fichiers: list[Fichier], sha256: str, classeur: Fichier) -> list[Fichier]:
        """The same files, with the lines of a workbook of corrections back in the one that they come from."""
        rang = next((rang for rang, fichier in enumerate(fichiers) if fichier.sha256 == sha256), None)
        if rang is None:
            raise ErreurFichier(
                f"« {classeur.nom} » corrige un fichier qui n’est pas dans ce dépôt, ou qui a changé depuis. "
                "Déposez ensemble le fichier d’origine et le classeur corrigé."
            )
        original, dossier = fichiers[rang], self._make_dossier()
        faites = apply_corrections(original.chemin, classeur.chemin, dossier)
        shutil.rmtree(classeur.chemin.parent)
        corrige = Fichier(
            nom=faites.fichier.name, chemin=faites.fichier, taille=faites.fichier.stat().st_size,
            sha256=_sign(faites.fichier), archive=original.archive, corrections=str(faites),
        )  # fmt: skip
        remplacees = (*original.feuilles_corrigees, faites.feuille)
        if set(list_feuilles(original.chemin)) <= set(remplacees):
            return [*fichiers[:rang], corrige, *fichiers[rang + 1 :]]
        original = original.model_copy(update={"feuilles_corrigees": remplacees})
        return [*fichiers[:rang], original, corrige, *fichiers[rang + 1 :]]

    def _make_dossier(self) -> Path:
        self.rang += 1
        dossier = self.depot.dossier / "fichiers" / f"{self.rang:04d}"
        dossier.mkdir(parents=True)
        self.ecrits.append(dossier)
        return dossier

    def _write(self, nom: str, flux: IO[bytes], archive: str = "") -> Fichier:
        propre = distinguish(clean_nom(nom), {fichier.nom for fichier in self.nouveaux})
        chemin = self._make_dossier() / propre
        with chemin.open("xb") as sortie:
            shutil.copyfileobj(flux, sortie, 1 << 20)
        return Fichier(nom=propre, chemin=chemin, taille=chemin.stat().st_size, sha256=_sign(chemin), archive=archive)


def _sign(chemin: Path) -> str:
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()
