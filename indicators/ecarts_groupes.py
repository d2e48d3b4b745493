"""Gaps between two groups of pupils of one territory, when publishing: the table `ecart_groupes`."""

import numpy as np
import pandas as pd

from indicators import statistiques

PAIRES = (("filles", "garcons"), ("scolaire", "apprentissage"))
"""Modalités that are compared, the first minus the second."""

_CLE = ["indicateur", "niveau", "territoire", "rentree"]


def compare_groupes(montres: pd.DataFrame) -> pd.DataFrame:
    """First group minus second, for every rate that both have, with its interval.

    The gap describes; it carries no judgement, so there is no state here. `p_ajustee` says whether it exceeds chance
    after correction, over one family per level and rentrée.

    Args:
        montres: rows of the table `valeur`.

    Returns:
        indicateur, niveau, territoire, rentree, groupe, autre_groupe, valeur, autre_valeur, ecart, ecart_inf,
        ecart_sup, p, p_ajustee.
    """
    taux = montres[(montres["statut"] == "ok") & (montres["nature"] == "taux") & montres["denominateur"].notna()]
    parts = [_pair(taux, *paire) for paire in PAIRES]
    table = pd.concat(parts, ignore_index=True)
    if table.empty:
        return table
    x1, n1, x2, n2 = (
        table[c].to_numpy(dtype=float) for c in ("numerateur", "denominateur", "numerateur_autre", "denominateur_autre")
    )
    table["ecart"], table["ecart_inf"], table["ecart_sup"] = statistiques.difference_taux(x1, n1, x2, n2)
    table["p"] = statistiques.p_difference_taux(x1, n1, x2, n2)
    table["p_ajustee"] = table.groupby(["niveau", "rentree"])["p"].transform(
        lambda p: statistiques.benjamini_hochberg(p.to_numpy())
    )
    table = table.rename(columns={"valeur_autre": "autre_valeur"})
    colonnes = [*_CLE, "groupe", "autre_groupe", "valeur", "autre_valeur", "ecart", "ecart_inf", "ecart_sup", "p"]
    return table.loc[np.isfinite(table["ecart"]), [*colonnes, "p_ajustee"]].sort_values([*_CLE, "groupe"])


def _pair(taux: pd.DataFrame, groupe: str, autre: str) -> pd.DataFrame:
    chiffres = [*_CLE, "numerateur", "denominateur", "valeur"]
    premiers = taux.loc[taux["modalite"] == groupe, chiffres]
    seconds = taux.loc[taux["modalite"] == autre, chiffres]
    return premiers.merge(seconds, on=_CLE, suffixes=("", "_autre")).assign(groupe=groupe, autre_groupe=autre)
