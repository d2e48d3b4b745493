"""Rows of the published base, for anyone who wants to check or reuse a figure."""

import sys
from pathlib import Path

import pandas as pd

from indicators.base import Base
from indicators.catalogue import get_indicateur
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.systeme import explain_panne

COLONNES = (
    "indicateur", "niveau", "territoire", "rentree", "modalite", "numerateur", "denominateur", "valeur", "borne_inf",
    "borne_sup", "methode", "statut",
)  # fmt: skip
FORMATS = ("csv", "json", "parquet")


def select_valeurs(
    base: Base, territoire: str, indicateur: str | None = None, rentree: int | None = None
) -> pd.DataFrame:
    """Rows of one territory, secret statistique applied.

    Returns:
        Columns `COLONNES`; `valeur` and its bounds are proportions (0-1) for a taux, else in the indicator's unit.

    Raises:
        ErreurUsage: no territory or no indicator has that code.
    """
    if indicateur:
        get_indicateur(indicateur)
    if not base.lignes("SELECT 1 FROM territoire WHERE code = ?", [territoire]):
        raise ErreurUsage(
            f"Aucun territoire ne porte le code « {territoire} ». "
            "Attendu : un UAI (0860001A), un réseau (R…), un inter-réseau (IR…), un département (D16) "
            f"ou l’académie (A{base.version.academie})."
        )
    return base.requete(
        f"""
        SELECT {", ".join(COLONNES)} FROM valeur
        WHERE territoire = $territoire AND ($indicateur IS NULL OR indicateur = $indicateur)
          AND ($rentree IS NULL OR rentree = $rentree)
        ORDER BY ALL
        """,  # noqa: S608 - constant column names
        {"territoire": territoire, "indicateur": indicateur, "rentree": rentree},
    )


def write(lignes: pd.DataFrame, format_: str, sortie: Path | None) -> None:
    """Write rows to a file, or to the standard output.

    Raises:
        ErreurUsage: Parquet, which is not text, was asked for on a terminal.
        ErreurBase: the file cannot be written.
    """
    if format_ == "parquet" and sortie is None and sys.stdout.isatty():
        raise ErreurUsage("Le format Parquet n’est pas du texte : donnez un fichier avec --sortie NOM.parquet.")
    contenu = _encode(lignes, format_)
    try:
        if sortie:
            sortie.write_bytes(contenu)
        else:
            sys.stdout.buffer.write(contenu)
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as erreur:
        nom = f"« {sortie} »" if sortie else "La sortie standard"
        raise ErreurBase(
            f"{nom} ne peut pas être écrit{'' if sortie else 'e'} ({explain_panne(erreur)}). "
            "Choisissez un autre dossier."
        ) from erreur


def _encode(lignes: pd.DataFrame, format_: str) -> bytes:
    if format_ == "parquet":
        return lignes.to_parquet(index=False)
    if format_ == "json":
        return (lignes.to_json(orient="records", force_ascii=False, indent=1) + "\n").encode()
    return lignes.to_csv(index=False, lineterminator="\n").encode()
