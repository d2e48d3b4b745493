"""Interrupt a load at each of its steps, and tell what is left: `python -m tests.tueur MODELE EXTRAIT DOSSIER`.

A step is a message of progress, or anything that is about to change a file (`sys.addaudithook`). A load of EXTRAIT into
a copy of the data folder MODELE is photographed before each step: what a process killed there leaves is what its disk
holds then. At each message, another load is killed for good. What is left is read by a process of its own, which then
loads the same extract again wherever the published files are not those of the step before. One JSON file per
interruption in DOSSIER: `pas`, `reste`, and `ensuite` (null where nothing was loaded again).
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from indicators.base import open_base
from indicators.chargement import Options, load_extraits
from indicators.journal import read_journal
from indicators.publication import Dossiers

EN_MEME_TEMPS = 2
_CHANGEMENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink")
_CHIFFRES = "SELECT territoire, rentree, round(valeur, 6) FROM valeur WHERE indicateur = 'ips_colleges' ORDER BY ALL"
_MESSAGE = "message : "


class Guetteur:
    """Calls `sur_pas(rank, step)` before each step of this process."""

    def __init__(self, donnees: Path, sur_pas: Callable[[int, str], None]):
        self._donnees, self._sur_pas, self._rang, self._occupe = str(donnees), sur_pas, 0, False
        sys.addaudithook(self._hear)

    def progres(self, message: str) -> None:
        """A message of progress is a step."""
        self._count(_MESSAGE + message.strip())

    def _hear(self, evenement: str, arguments: tuple) -> None:
        if self._occupe or evenement not in _CHANGEMENTS or (evenement == "open" and not _writes(arguments)):
            return
        cible = os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes | os.PathLike) else ""
        if cible.startswith(self._donnees) and not (evenement == "os.mkdir" and os.path.isdir(cible)):
            self._count(f"{evenement} {cible.removeprefix(self._donnees)}")

    def _count(self, pas: str) -> None:
        self._occupe = True
        self._rang += 1
        self._sur_pas(self._rang, pas)
        self._occupe = False


def _writes(arguments: tuple) -> bool:
    _, mode, drapeaux = arguments
    return bool(set(mode) & set("wax+")) if isinstance(mode, str) else bool((drapeaux or 0) & (os.O_WRONLY | os.O_RDWR))


def get_dossiers(donnees: Path) -> Dossiers:
    """The folders of a copy."""
    return Dossiers(donnees / "raw", donnees / "processed")


def read_etat(dossiers: Dossiers) -> dict:
    """What a reader gets now: the version, its figures, the files that the journal has in force."""
    base = open_base(dossiers.processed)
    journal = [chargement.fichier for chargement in read_journal(dossiers.raw)]
    return {"version": base.version.numero, "chiffres": base.lignes(_CHIFFRES), "journal": journal}


def fork(travail: Callable[[], None]) -> int:
    """Start a work in a child process; returns its number."""
    enfant = os.fork()
    if enfant == 0:
        try:
            travail()
            os._exit(0)
        except BaseException as erreur:
            print(f"échec : {erreur!r}", flush=True)
            os._exit(1)
    return enfant


def photograph(donnees: Path, extrait: Path, dossier: Path) -> None:
    """Load while copying the data folder before each step into `dossier/NNN`, the step being written in `NNN.pas`."""

    def copy(rang: int, pas: str) -> None:
        shutil.copytree(donnees, dossier / f"{rang:03d}")
        (dossier / f"{rang:03d}.pas").write_text(pas, encoding="utf-8")

    load_extraits([extrait], get_dossiers(donnees), Options(), Guetteur(donnees, copy).progres)


def kill(donnees: Path, extrait: Path, rang: int) -> None:
    """Load, and die at the step of that rank without a last word."""

    def die(atteint: int, _: str) -> None:
        if atteint == rang:
            os.kill(os.getpid(), signal.SIGKILL)

    load_extraits([extrait], get_dossiers(donnees), Options(), Guetteur(donnees, die).progres)


def resume(donnees: Path, extrait: Path, pas: str, recharger: bool) -> None:
    """Read what is left, load again, read again; write the three as JSON beside the folder."""
    reste, ensuite = read_etat(get_dossiers(donnees)), None
    if recharger:
        load_extraits([extrait], get_dossiers(donnees), Options(), lambda message: None)
        ensuite = read_etat(get_dossiers(donnees))
    contenu = {"pas": pas, "reste": reste, "ensuite": ensuite}
    donnees.with_suffix(".json").write_text(json.dumps(contenu), encoding="utf-8")


def _list_publies(donnees: Path) -> set[tuple[str, int]]:
    """Files that a later load can meet, with their sizes: all but what was set aside for one load only."""
    tous = [chemin for chemin in donnees.rglob("*") if "depots" not in chemin.relative_to(donnees).parts]
    return {(str(c.relative_to(donnees)), c.stat().st_size if c.is_file() else -1) for c in tous}


def main() -> None:
    """Photograph one load, kill others, and read what each leaves, a few at a time."""
    modele, extrait, dossier = (Path(argument) for argument in sys.argv[1:])
    essai = Path(shutil.copytree(modele, dossier / "essai"))
    os.waitpid(fork(lambda: photograph(essai, extrait, dossier)), 0)
    travaux, precedents = [], None
    for photo in sorted(dossier.glob("*.pas")):
        pas, reste, rang = photo.read_text(encoding="utf-8"), photo.with_suffix(""), int(photo.stem)
        publies = _list_publies(reste)
        travaux.append((reste, pas, publies != precedents))
        precedents = publies
        if pas.startswith(_MESSAGE):
            tue = Path(shutil.copytree(modele, dossier / f"{rang:03d}-tue"))
            statut = os.waitpid(fork(lambda tue=tue, rang=rang: kill(tue, extrait, rang)), 0)[1]
            travaux.append((tue, f"SIGKILL, {pas}" if os.WIFSIGNALED(statut) else "survivant", True))
    en_cours = 0
    for reste, pas, recharger in travaux:
        if en_cours == EN_MEME_TEMPS:
            os.wait()
            en_cours -= 1
        fork(lambda reste=reste, pas=pas, recharger=recharger: resume(reste, extrait, pas, recharger))
        en_cours += 1
    for _ in range(en_cours):
        os.wait()


if __name__ == "__main__":
    main()
