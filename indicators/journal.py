"""The journal of loads: append-only, one JSON object per line, never rewritten.

- `charge` adds an extract, with the signed acceptances of its warnings;
- `retire` withdraws one, whole, or only the `rentrees` that a later extract replaces;
- `retablit` puts one back, whole, as an undo does.

What is in force is read from the whole, in the order in which extracts were first loaded.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indicators.erreurs import ErreurBase

FICHIER = "journal.jsonl"


@dataclass(frozen=True)
class Acceptation:
    """Who took the warnings of an extract upon himself, when (ISO date and hour), why, and which checks."""

    auteur: str
    date: str
    raison: str
    controles: tuple[str, ...]


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
    feuille: str = ""
    """Sheet of a workbook; empty for a file that is not one."""
    acceptations: tuple[Acceptation, ...] = ()
    """Signed acceptances of the warnings it was published with."""
    rentrees_retirees: tuple[int, ...] = ()
    """Years of it that later extracts replace: they are left out of a base. Told by later events, not by `charge`."""

    @property
    def nom(self) -> str:
        """How messages call it: its file, with the sheet."""
        return f"{self.fichier}, feuille {self.feuille}" if self.feuille else self.fichier

    @property
    def dossier_brut(self) -> str:
        """Folder of the file as received, under `raw/`."""
        return f"extraits/{self.sha256[:16]}"

    def get_dossier_normalise(self, academie: str) -> str:
        """Folder of its normalised rows, under `processed/`: same table, format and académie, same folder."""
        annee = f"-{self.rentree_imposee}" if self.rentree_imposee else ""
        feuille = f"-F{hashlib.sha256(self.feuille.encode()).hexdigest()[:8]}" if self.feuille else ""
        return f"normalise/{self.sha256[:16]}-{self.format}-{self.version_format}-A{academie}{annee}{feuille}"

    def is_same_table(self, sha256: str, feuille: str) -> bool:
        """Whether it loaded that sheet of that file (old journals do not say the sheet)."""
        return self.sha256 == sha256 and (self.feuille == feuille or not self.feuille or not feuille)


_LECTEUR = TypeAdapter(Chargement)


def read_journal(raw: Path) -> tuple[Chargement, ...]:
    """Loads in force, oldest first.

    A last line cut by a crash is ignored: its load was never confirmed.

    Raises:
        ErreurBase: a line before the last is not readable.
    """
    tous, en_vigueur = _replay(raw)
    return tuple(chargement for chargement in tous.values() if chargement.id in en_vigueur)


def read_archives(raw: Path) -> dict[str, Chargement]:
    """Every load ever made, those withdrawn since included, by identifier.

    Raises:
        ErreurBase: see `read_journal`.
    """
    return _replay(raw)[0]


def _replay(raw: Path) -> tuple[dict[str, Chargement], set[str]]:
    """Every load, and the identifiers of those in force."""
    tous: dict[str, Chargement] = {}
    en_vigueur: set[str] = set()
    for numero, evenement in _read_evenements(raw):
        try:
            _apply(evenement, tous, en_vigueur)
        except (ValidationError, KeyError, TypeError) as erreur:
            raise _refuse_ligne(raw / FICHIER, numero) from erreur
    return tous, en_vigueur


def _apply(evenement: dict, tous: dict[str, Chargement], en_vigueur: set[str]) -> None:
    if evenement["evenement"] == "charge":
        chargement = _LECTEUR.validate_python(evenement["chargement"])
        tous[chargement.id] = chargement
        en_vigueur.add(chargement.id)
        return
    ancien = tous.get(evenement["id"])
    if ancien is None:
        return
    if evenement["evenement"] == "retablit":
        tous[ancien.id] = replace(ancien, rentrees_retirees=())
        en_vigueur.add(ancien.id)
        return
    restes = withdraw((ancien,), {ancien.id: tuple(evenement.get("rentrees", ()))})
    tous |= {reste.id: reste for reste in restes}
    if not restes:
        en_vigueur.discard(ancien.id)


def withdraw(chargements: Iterable[Chargement], retires: Mapping[str, tuple[int, ...]]) -> tuple[Chargement, ...]:
    """What stays of loads in force once some are withdrawn, whole or for years (see `append_evenements`)."""
    restent = []
    for chargement in chargements:
        rentrees = retires.get(chargement.id)
        if rentrees is None:
            restent.append(chargement)
        elif rentrees:
            retirees = {*chargement.rentrees_retirees, *rentrees}
            restent.append(replace(chargement, rentrees_retirees=tuple(sorted(retirees))))
    return tuple(restent)


def next_id(raw: Path, rang: int = 0) -> str:
    """Identifier of the `rang`-th next load («C0012»), never used before."""
    nombre = sum(evenement.get("evenement") == "charge" for _, evenement in _read_evenements(raw))
    return f"C{nombre + 1 + rang:04d}"


def now() -> str:
    """Local date and hour, as events write them."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def append_evenements(
    raw: Path, charges: tuple[Chargement, ...], retires: Mapping[str, tuple[int, ...]], date: str,
    retablis: Iterable[str] = (),
) -> None:  # fmt: skip
    """Add events in one write, flushed to the disk before returning.

    Args:
        raw: folder of the journal.
        charges: loads to add.
        retires: load → years to withdraw, or none of them to withdraw it whole.
        date: ISO date and hour written in the events.
        retablis: loads to put back whole; done before withdrawals.
    """
    evenements = [{"evenement": "retablit", "id": identifiant, "date": date} for identifiant in retablis]
    for identifiant, rentrees in retires.items():
        annees = {"rentrees": list(rentrees)} if rentrees else {}
        evenements.append({"evenement": "retire", "id": identifiant, "date": date} | annees)
    evenements += [{"evenement": "charge", "chargement": _write_chargement(chargement)} for chargement in charges]
    raw.mkdir(parents=True, exist_ok=True)
    chemin = raw / FICHIER
    texte = "".join(json.dumps(evenement, ensure_ascii=False) + "\n" for evenement in evenements)
    if chemin.exists() and not chemin.read_bytes().endswith(b"\n") and chemin.stat().st_size:
        texte = "\n" + texte  # a crash cut the last line: start a new one
    with open(chemin, "a", encoding="utf-8") as journal:
        journal.write(texte)
        journal.flush()
        os.fsync(journal.fileno())


def _write_chargement(chargement: Chargement) -> dict:
    contenu = asdict(chargement)
    del contenu["rentrees_retirees"]
    return contenu


def _read_evenements(raw: Path) -> list[tuple[int, dict]]:
    """Events with the number of their line."""
    chemin = raw / FICHIER
    if not chemin.exists():
        return []
    lignes = chemin.read_text(encoding="utf-8").split("\n")
    evenements = []
    for numero, ligne in enumerate(lignes, start=1):
        if not ligne:
            continue
        try:
            evenements.append((numero, json.loads(ligne)))
        except ValueError as erreur:
            if _was_cut(lignes, numero):
                continue
            raise _refuse_ligne(chemin, numero) from erreur
    return evenements


def _refuse_ligne(chemin: Path, numero: int) -> ErreurBase:
    return ErreurBase(
        f"Le journal « {chemin} » est illisible à la ligne {numero}. "
        "Attendu : un objet JSON par ligne. Rétablissez une copie de ce fichier, puis publiez de nouveau."
    )


def _was_cut(lignes: list[str], numero: int) -> bool:
    """Whether an unreadable line is the trace of an interrupted write: it does not end as an object does."""
    return not lignes[numero - 1].endswith("}")
