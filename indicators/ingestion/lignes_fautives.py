"""The lines of a file to mend: their cells as they are in the file, and every reason of each."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from indicators.francais import accorder, typographier
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import Gravite, Rapport, load_controles

LIGNES_MAXIMALES, CELLULES_MAXIMALES = 20_000, 300_000
"""What a workbook lists: beyond, mending by hand has no sense, and writing it would take too long."""

RAISONS_MAXIMALES = 8
"""Reasons told of one line."""


@dataclass(frozen=True)
class LigneFautive:
    """A line to mend: its number, every reason, its cells (None when empty) and the rank of those in fault."""

    ligne: int
    raisons: str
    cellules: tuple[str | None, ...]
    fautives: dict[int, Gravite] = field(default_factory=dict)


def read_lignes_fautives(rapport: Rapport, dossier: Path | None) -> tuple[int, list[LigneFautive]]:
    """How many lines are to mend, and the first of them, those that block publication before the others."""
    if dossier is None or not (dossier / "lignes.parquet").exists() or not rapport.entetes:
        return 0, []
    limite = min(LIGNES_MAXIMALES, max(1, CELLULES_MAXIMALES // len(rapport.entetes)))
    with duckdb.connect() as connexion:
        connexion.execute("PRAGMA disable_progress_bar")
        return _select_lignes(connexion, rapport, dossier, limite)


def _select_lignes(connexion, rapport: Rapport, dossier: Path, limite: int) -> tuple[int, list[LigneFautive]]:
    """Informative warnings alone name no line to mend."""
    codes = [code for code, c in load_controles().items() if c.gravite is Gravite.BLOQUANT or c.signature]
    connexion.execute(
        "CREATE TABLE retenues AS SELECT ligne, bool_or(gravite = 'bloquant') AS bloque FROM read_parquet($chemin) "
        "WHERE ligne IS NOT NULL AND controle IN (SELECT unnest($codes)) GROUP BY ligne",
        {"chemin": str(dossier / "signalements.parquet"), "codes": codes},
    )
    total = connexion.execute("SELECT count(*) FROM retenues").fetchone()[0]
    connexion.execute(
        "DELETE FROM retenues WHERE ligne NOT IN (SELECT ligne FROM retenues ORDER BY bloque DESC, ligne LIMIT $n)",
        {"n": limite},
    )
    raisons, fautives = _read_raisons(connexion, rapport, dossier)
    cellules = _read_cellules(connexion, rapport, dossier)
    vides = (None,) * len(rapport.entetes)
    return total, [
        LigneFautive(ligne, raisons[ligne], cellules.get(ligne, vides), fautives.get(ligne, {}))
        for ligne in sorted(raisons)
    ]


def _read_cellules(connexion, rapport: Rapport, dossier: Path) -> dict[int, tuple[str | None, ...]]:
    colonnes = ", ".join(sql.name(f"c{rang}") for rang in range(len(rapport.entetes)))
    lues = connexion.execute(
        f"SELECT ligne, {colonnes} FROM read_parquet($chemin) SEMI JOIN retenues USING (ligne)",
        {"chemin": str(dossier / "lignes.parquet")},
    )
    return {ligne: cellules for ligne, *cellules in lues.fetchall()}


def _read_raisons(connexion, rapport: Rapport, dossier: Path) -> tuple[dict[int, str], dict[int, dict[int, Gravite]]]:
    """Every reason of each line as one text, those that block first, and the gravity of each cell in fault."""
    rangs: dict[str, int] = {}
    for rang, entete in enumerate(rapport.entetes):
        rangs.setdefault(cite(entete.strip(), 80), rang)
    raisons: dict[int, list[str]] = {}
    fautives: dict[int, dict[int, Gravite]] = {}
    lus = connexion.execute(
        "SELECT DISTINCT ligne, controle, gravite, colonne, trouve, attendu FROM read_parquet($chemin) "
        "SEMI JOIN retenues USING (ligne) ORDER BY ligne, gravite DESC, controle, colonne, trouve",
        {"chemin": str(dossier / "signalements.parquet")},
    )
    for ligne, controle, gravite, colonne, trouve, precision in lus.fetchall():
        raisons.setdefault(ligne, []).append(_describe_raison(controle, colonne, trouve, precision))
        if colonne in rangs:
            _mark(fautives.setdefault(ligne, {}), rangs[colonne], Gravite(gravite))
    return {ligne: _join_raisons(textes) for ligne, textes in raisons.items()}, fautives


def _mark(cellules: dict[int, Gravite], rang: int, gravite: Gravite) -> None:
    if cellules.get(rang) is not Gravite.BLOQUANT:
        cellules[rang] = gravite


def _describe_raison(code: str, colonne: str, trouve: str | None, precision: str | None) -> str:
    """One reason of a line: «effectif : « abc », nombre illisible (précision). Attendu : …»."""
    controle = load_controles()[code]
    titre = controle.titre
    if colonne and titre[1:2].islower():
        titre = titre[:1].lower() + titre[1:]
    dits = [precision] if colonne else [cite(trouve) if trouve else None, precision]
    precisions = " ; ".join(dit for dit in dits if dit)
    cellule = f"« {cite(trouve)} », " if colonne and trouve else ""
    constat = (f"{colonne} : {cellule}" if colonne else "") + titre + (f" ({precisions})" if precisions else "")
    return typographier(f"{constat}. Attendu : {controle.attendu}.{_CONSIGNES.get(code, '')}")


_CONSIGNES = {"ligne_rompue": " Rangez les cellules dans leurs colonnes, puis effacez ce texte."}


def _join_raisons(raisons: list[str]) -> str:
    reste = len(raisons) - RAISONS_MAXIMALES
    suite = [f"… et {accorder(reste, 'autre raison', 'autres raisons')}."] if reste > 0 else []
    return "\n".join(raisons[:RAISONS_MAXIMALES] + suite)
