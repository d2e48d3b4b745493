"""The journal of loads: append-only, one JSON object per line, never rewritten.

An entry `charge` adds an extract; an entry `retire` withdraws one. What is in force is read from the whole.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from indicators.erreurs import ErreurBase

FICHIER = "journal.jsonl"


@dataclass(frozen=True)
class Chargement:
    """One load: who, when, which file, read with which format."""

    id: str
    fichier: str
    sha256: str
    format: str
    version_format: str
    auteur: str
    charge_le: str
    """ISO date and hour, local time."""
    nb_lignes: int
    nb_observations: int
    nb_hors_academie: int
    rentree_imposee: int | None
    est_demo: bool

    @property
    def dossier_brut(self) -> str:
        """Folder of the file as received, under `raw/`."""
        return f"extraits/{self.sha256[:16]}"

    def get_dossier_normalise(self, academie: str) -> str:
        """Folder of its normalised rows, under `processed/`: same file, format and académie, same folder."""
        annee = f"-{self.rentree_imposee}" if self.rentree_imposee else ""
        return f"normalise/{self.sha256[:16]}-{self.format}-{self.version_format}-A{academie}{annee}"


def read_journal(raw: Path) -> tuple[Chargement, ...]:
    """Loads in force, oldest first.

    A last line cut by a crash is ignored: its load was never confirmed.

    Raises:
        ErreurBase: a line before the last is not readable.
    """
    actifs: dict[str, Chargement] = {}
    for evenement in _read_evenements(raw):
        if evenement["evenement"] == "charge":
            chargement = Chargement(**evenement["chargement"])
            actifs[chargement.id] = chargement
        else:
            actifs.pop(evenement["id"], None)
    return tuple(actifs.values())


def next_id(raw: Path, rang: int = 0) -> str:
    """Identifier of the `rang`-th next load («C0012»), never used before."""
    nombre = sum(evenement["evenement"] == "charge" for evenement in _read_evenements(raw))
    return f"C{nombre + 1 + rang:04d}"


def append_evenements(raw: Path, charges: tuple[Chargement, ...], retires: tuple[str, ...], date: str) -> None:
    """Add loads and withdrawals in one write, flushed to the disk before returning."""
    evenements = [{"evenement": "retire", "id": identifiant, "date": date} for identifiant in retires]
    evenements += [{"evenement": "charge", "chargement": asdict(chargement)} for chargement in charges]
    raw.mkdir(parents=True, exist_ok=True)
    chemin = raw / FICHIER
    texte = "".join(json.dumps(evenement, ensure_ascii=False) + "\n" for evenement in evenements)
    if chemin.exists() and not chemin.read_bytes().endswith(b"\n") and chemin.stat().st_size:
        texte = "\n" + texte  # a crash cut the last line: start a new one
    with open(chemin, "a", encoding="utf-8") as journal:
        journal.write(texte)
        journal.flush()
        os.fsync(journal.fileno())


def _read_evenements(raw: Path) -> list[dict]:
    chemin = raw / FICHIER
    if not chemin.exists():
        return []
    lignes = chemin.read_text(encoding="utf-8").split("\n")
    evenements = []
    for numero, ligne in enumerate(lignes, start=1):
        if not ligne:
            continue
        try:
            evenements.append(json.loads(ligne))
        except ValueError as erreur:
            if _was_cut(lignes, numero):
                continue
            raise ErreurBase(
                f"Le journal « {chemin} » est illisible à la ligne {numero}. "
                "Attendu : un objet JSON par ligne. Rétablissez une copie de ce fichier, puis publiez de nouveau."
            ) from erreur
    return evenements


def _was_cut(lignes: list[str], numero: int) -> bool:
    """Whether an unreadable line is the trace of an interrupted write: it does not end as an object does."""
    return not lignes[numero - 1].endswith("}")
