"""Figures that a new extract gives otherwise than those in force, for the same year and the same layout."""

from pathlib import Path

import duckdb

from indicators.francais import accorder
from indicators.ingestion.fautes import cite

_CONTRADICTIONS = """
    WITH anciens AS (
        SELECT *, coalesce(valeur, numerateur / nullif(denominateur, 0), numerateur) AS chiffre,
               list_position($anciens, filename) AS ordre
        FROM read_parquet($anciens, filename = true)
        QUALIFY row_number() OVER (PARTITION BY indicateur, niveau, territoire, rentree, modalite
                                   ORDER BY statut = 'ok' DESC, ordre DESC) = 1
    )
    SELECT a.ordre, n.ligne, n.territoire, n.indicateur, n.rentree,
           a.chiffre, a.denominateur, n.chiffre, n.denominateur,
           count(*) OVER (PARTITION BY a.ordre)
    FROM (SELECT *, coalesce(valeur, numerateur / nullif(denominateur, 0), numerateur) AS chiffre
          FROM read_parquet($nouveau)) n
    JOIN anciens a USING (indicateur, niveau, territoire, rentree, modalite)
    WHERE n.chiffre IS DISTINCT FROM a.chiffre OR n.denominateur IS DISTINCT FROM a.denominateur
    QUALIFY row_number() OVER (PARTITION BY a.ordre ORDER BY n.ligne, n.indicateur, n.modalite) <= 3
    ORDER BY a.ordre, n.ligne, n.indicateur, n.modalite
"""
"""Three first lines of each earlier file that a new one contradicts; an earlier figure is read as it is served."""


def list_contradictions(nom: str, dossier: Path, anciens: dict[Path, str]) -> list[str]:
    """What the normalised rows of `dossier` contradict: one message per earlier file, the new one being called `nom`.

    Args:
        anciens: folder of normalised rows → how to call the file, oldest first.
    """
    chemins = {str(ancien / "observations.parquet"): appel for ancien, appel in anciens.items()}
    chemins = {chemin: appel for chemin, appel in chemins.items() if Path(chemin).exists()}
    nouveau = dossier / "observations.parquet"
    if not chemins or not nouveau.exists():
        return []
    lignes = duckdb.execute(_CONTRADICTIONS, {"anciens": list(chemins), "nouveau": str(nouveau)}).fetchall()
    appels, messages = list(chemins.values()), []
    for ordre in dict.fromkeys(ligne[0] for ligne in lignes):
        cites = [ligne for ligne in lignes if ligne[0] == ordre]
        exemples = "".join(
            f"\n    ligne {ligne} : {cite(territoire)}, {indicateur}, rentrée {rentree} : "
            f"{_show(*chiffres[:2])} déjà chargé, {_show(*chiffres[2:4])} ici"
            for _, ligne, territoire, indicateur, rentree, *chiffres in cites
        )
        differents = accorder(cites[0][-1], "chiffre diffère", "chiffres diffèrent")
        messages.append(
            f"Extrait « {nom} » : {differents} de ceux de {appels[ordre - 1]}, "
            f"pour la même année.{exemples}\n"
            "  Attendu : les mêmes chiffres, ou une révision voulue. Si c’est une révision, ajoutez --remplacer."
        )
    return messages


def _show(chiffre: float | None, denominateur: float | None) -> str:
    """A figure as stored, with what it is out of: two files may differ by that alone."""
    if chiffre is None:
        return "aucun chiffre"
    sur = f" (sur {denominateur:g})" if denominateur is not None else ""
    return f"{chiffre:.4f}".rstrip("0").rstrip(".").replace(".", ",") + sur
