"""Writing files as their producers do: same encodings, separators and line ends, same bytes for the same content."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def write_csv(
    chemin: Path, frame: pd.DataFrame, *, sep: str = ";", bom: bool = False, fin: str = "\r\n", vide: str = ""
) -> Path:
    """A text file in UTF-8; `fin` is the line end, `vide` what stands for a missing value."""
    encodage = "utf-8-sig" if bom else "utf-8"
    with chemin.open("w", encoding=encodage, newline="") as sortie:
        frame.to_csv(sortie, sep=sep, index=False, lineterminator=fin, na_rep=vide)
    return chemin


def write_parquet(chemin: Path, frame: pd.DataFrame) -> Path:
    """A Parquet file without the pandas block, which would name the versions of the libraries."""
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), chemin)
    return chemin


def write_json(chemin: Path, contenu: Any, *, indent: int | None = 1) -> Path:
    """A JSON document in UTF-8, accents kept."""
    separateurs = None if indent else (",", ":")
    texte = json.dumps(contenu, ensure_ascii=False, indent=indent, separators=separateurs)
    chemin.write_bytes(texte.encode())
    return chemin


def write_enregistrements(chemin: Path, frame: pd.DataFrame, jeu: str) -> Path:
    """Records as the API of data.education.gouv.fr answers them; missing values are null."""
    enregistrements = []
    for rang, champs in enumerate(to_records(frame), start=1):
        identifiant = f"demo{rang:036d}"
        lien = {"rel": "self", "href": f"https://exemple.invalid/api/v2/catalog/datasets/{jeu}/records/{identifiant}"}
        fiche = {"id": identifiant, "timestamp": "2026-01-01T00:00:00Z", "size": len(champs), "fields": champs}
        enregistrements.append({"links": [lien], "record": fiche})
    return write_json(chemin, enregistrements, indent=None)


def to_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict per row with plain Python values, None where missing."""
    colonnes = {nom: frame[nom].astype(object).where(frame[nom].notna(), None).tolist() for nom in frame.columns}
    return [dict(zip(colonnes, ligne, strict=True)) for ligne in zip(*colonnes.values(), strict=True)]


def to_majuscules(textes: pd.Series) -> pd.Series:
    """Names as administrative files write them: capitals, no accent, no hyphen or apostrophe.

    >>> to_majuscules(pd.Series(["Collège Zélie-Bressolin"])).tolist()
    ['COLLEGE ZELIE BRESSOLIN']
    """
    return textes.map({texte: _to_majuscules(texte) for texte in textes.unique()})


def _to_majuscules(texte: str) -> str:
    separe = texte.translate(str.maketrans("’'-", "   "))
    return unicodedata.normalize("NFKD", separe).encode("ascii", "ignore").decode().upper()


def to_annee_scolaire(rentree: int) -> str:
    """2024 → «2024-2025»."""
    return f"{rentree}-{rentree + 1}"
