"""Published versions: immutable files beside a pointer that one atomic rename moves.

`processed/bases/v0003.duckdb` is a base, `v0003.json` says what it is, `COURANTE` names the one served.
A name is never used twice, so an open reader never sees a file change under it.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.journal import Acceptation

POINTEUR = "COURANTE"
SCHEMA = hashlib.sha256(Path(__file__).with_name("schema.sql").read_bytes()).hexdigest()[:12]
"""Fingerprint of the tables that this code reads; a base made of other tables must be published again."""
_NOM = re.compile(r"^v(\d{4,})$")


@dataclass(frozen=True)
class ChargementServi:
    """A load that a version was made from, and the years of it that later extracts replaced."""

    id: str
    rentrees_retirees: tuple[int, ...] = ()


@dataclass(frozen=True)
class Bilan:
    """What a version changed for its readers: how many, since the version served before.

    `ajoutes`, `retires`: names of the extracts that came in and went out.
    """

    ajoutes: tuple[str, ...] = ()
    retires: tuple[str, ...] = ()
    valeurs_ajoutees: int = 0
    valeurs_changees: int = 0
    valeurs_retirees: int = 0
    etats_changes: int = 0
    territoires_touches: int = 0


@dataclass(frozen=True)
class Version:
    """What is known of a published base without opening it."""

    nom: str
    numero: int
    publie_le: datetime
    est_demo: bool
    academie: str
    empreinte: str
    auteur: str
    resume: str
    """What changed, in one French sentence."""
    schema: str = ""
    """`SCHEMA` of the code that built it."""
    precedente: str = ""
    """Name of the version that it replaced; empty for the first one."""
    chargements: tuple[ChargementServi, ...] | None = None
    """Loads in force; None for a version published before they were noted."""
    bilan: Bilan | None = None
    """None when there was nothing to compare it with."""
    acceptations: tuple[Acceptation, ...] = ()
    """Signed acceptances that came with the extracts it added."""


_FICHE = TypeAdapter(Version)


def get_dossier_bases(processed: Path) -> Path:
    """Folder of the published bases."""
    return processed / "bases"


def list_versions(processed: Path) -> tuple[Version, ...]:
    """Every complete version, oldest first; an unfinished build is not one."""
    dossier = get_dossier_bases(processed)
    fiches = (chemin for chemin in dossier.glob("v*.json") if _NOM.match(chemin.stem))
    complets = (chemin for chemin in fiches if chemin.with_suffix(".duckdb").exists())
    return tuple(sorted((_read_fiche(chemin) for chemin in complets), key=lambda v: v.numero))


def get_version(processed: Path, nom: str) -> Version:
    """The version of that name («v0003», or just «3»).

    Raises:
        ErreurUsage: the name is not that of a version.
        ErreurBase: its files are missing or unreadable.
    """
    nom = f"v{int(nom):04d}" if nom.isdecimal() else nom
    if not _NOM.match(nom):
        raise ErreurUsage(
            f"« {nom} » n’est pas un nom de version. Attendu : « v0003 » ou « 3 ». La commande « versions » les liste."
        )
    fiche = get_dossier_bases(processed) / f"{nom}.json"
    if not fiche.exists() or not fiche.with_suffix(".duckdb").exists():
        raise ErreurBase(
            f"La version « {nom} » n’existe pas ou a été effacée dans {fiche.parent}. "
            "« versions » liste celles qui restent ; « publier » en reconstruit une à partir du journal."
        )
    return _read_fiche(fiche)


def next_numero(processed: Path) -> int:
    """Number of the next version: above every number ever used, unfinished builds included."""
    noms = (_NOM.match(chemin.stem) for chemin in get_dossier_bases(processed).glob("v*.*"))
    return max((int(nom.group(1)) for nom in noms if nom), default=0) + 1


def write_fiche(processed: Path, version: Version) -> None:
    """Describe a version; the last step before it can be served."""
    contenu = _FICHE.dump_python(version, mode="json")
    write_atomically(
        get_dossier_bases(processed) / f"{version.nom}.json", json.dumps(contenu, ensure_ascii=False, indent=1)
    )


def move_pointeur(processed: Path, nom: str) -> None:
    """Serve that version from now on: one atomic rename."""
    write_atomically(get_dossier_bases(processed) / POINTEUR, nom + "\n")


def write_atomically(chemin: Path, texte: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part."""
    chemin.parent.mkdir(parents=True, exist_ok=True)
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    with open(provisoire, "w", encoding="utf-8") as sortie:
        sortie.write(texte)
        sortie.flush()
        os.fsync(sortie.fileno())
    os.replace(provisoire, chemin)


def _read_fiche(chemin: Path) -> Version:
    try:
        return _FICHE.validate_json(chemin.read_bytes())
    except ValidationError as erreur:
        raise ErreurBase(
            f"Le fichier « {chemin.name} » qui décrit une version est illisible. "
            "Rétablissez une autre version (« retablir »), ou publiez de nouveau (« publier »)."
        ) from erreur
