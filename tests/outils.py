"""Build small bases from lists of dicts: a test states only what matters to it."""

import os
from pathlib import Path

import pandas as pd

from indicators.base.construction import SOURCES, Source, build_base
from indicators.base.verification import verify_base
from indicators.catalogue import Indicateur
from indicators.journal import Chargement
from indicators.territoires.referentiel import get_academie

_FICHE = {
    "titre": "Indicateur d’essai",
    "titre_court": "Essai",
    "domaine": "socle",
    "ordre": 1,
    "resume": "r",
    "definition": "d",
    "numerateur": "n",
    "denominateur": "d",
    "unite": "%",
    "nature": "taux",
    "sens": "hausse_favorable",
    "source": "s",
    "frequence": "f",
    "niveau": "reseau",
    "ecart_utile": 3,
}


def find_extraits() -> Path:
    """Folder of real extracts, which are not part of the project: ECLORE_EXTRAITS, or beside the project."""
    voisin = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("ECLORE_EXTRAITS") or voisin)


def make_indicateur(code: str = "essai", **champs) -> Indicateur:
    """A fiche with defaults."""
    return Indicateur(code=code, **(_FICHE | champs))


def make_observation(territoire: str, numerateur=None, denominateur=None, **champs) -> dict:
    """An observation of an établissement with defaults."""
    return {
        "indicateur": "essai",
        "niveau": "etablissement",
        "territoire": territoire,
        "rentree": 2023,
        "modalite": "ensemble",
        "numerateur": numerateur,
        "denominateur": denominateur,
        "valeur": None,
        "ecart_type": None,
        "methode": "",
        "statut": "ok",
        "ligne": 2,
    } | champs


def make_perimetre(uai: str, reseau: str, inter_reseau: str = "IR1", **champs) -> dict:
    """A link of an établissement to its réseau, with defaults."""
    return {
        "uai": uai,
        "code_reseau": reseau,
        "nom_reseau": f"Réseau {reseau}",
        "code_inter_reseau": inter_reseau,
        "nom_inter_reseau": f"Inter-réseau {inter_reseau}",
        "rentree_debut": 2016,
        "est_provisoire": False,
    } | champs


def build_petite_base(dossier: Path, catalogue: list[Indicateur], *extraits: dict[str, list[dict]], priorites=()):
    """A verified base from extracts, each a dict of normalised tables; returns the path of its file."""
    sources = tuple(
        _write_source(dossier / f"extrait{rang}", rang, tables, priorites[rang] if priorites else 1)
        for rang, tables in enumerate(extraits)
    )
    chemin = dossier / "base.duckdb"
    chemin.unlink(missing_ok=True)
    build_base(chemin, sources, {i.code: i for i in catalogue}, get_academie("13"), 1, "empreinte")
    verify_base(chemin)
    return chemin


def _write_source(dossier: Path, rang: int, tables: dict[str, list[dict]], priorite: int) -> Source:
    dossier.mkdir(parents=True, exist_ok=True)
    for nom, lignes in tables.items():
        colonnes = [colonne.split()[0] for colonne in SOURCES[nom].split(", ")]
        table = pd.DataFrame(lignes).reindex(columns=colonnes).astype(object)
        numeriques = [c.split()[0] for c in SOURCES[nom].split(", ") if c.split()[1] in ("DOUBLE", "INTEGER")]
        table[numeriques] = table[numeriques].astype("float64")
        table.to_parquet(dossier / f"{nom}.parquet", index=False)
    chargement = Chargement(
        f"C{rang + 1:04d}", f"extrait{rang}.csv", "0" * 64, "essai", "1", "essai", "2026-01-01T00:00:00", 1, 1, 0, None,
        False,
    )  # fmt: skip
    return Source(chargement, dossier, priorite, "Extrait d’essai", "Essai")
