"""The trend of every series, computed when publishing."""

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.resultats import SENS


def follow(montres: pd.DataFrame, catalogue: pd.DataFrame, ruptures: dict[str, list[int]]) -> pd.DataFrame:
    """The trend of every series, as the table `tendance`: the last five rentrées since the last break.

    Args:
        montres: the rows of the table `valeur`.
        catalogue: one row per indicateur: sens, ecart_utile, annees_cumulees.
        ruptures: rentrées at which the series of an indicateur starts afresh.
    """
    series = montres[(montres["statut"] == "ok") & montres["valeur"].notna()].merge(
        catalogue[["indicateur", "sens", "ecart_utile", "annees_cumulees"]], on="indicateur"
    )
    derniere = series.groupby(["indicateur", "niveau", "territoire", "modalite"])["rentree"].transform("max")
    depart = find_departs(series["indicateur"], derniere, ruptures)
    series = series[(series["rentree"] >= depart) & (series["annees_cumulees"] == 1) & (series["nature"] != "effectif")]
    if series.empty:
        return pd.DataFrame()
    parts = [_follow_nature(partie, nature) for nature, partie in series.groupby("nature")]
    return pd.concat(parts, ignore_index=True).sort_values(["indicateur", "niveau", "territoire", "modalite"])


def find_departs(indicateurs: pd.Series, rentrees: pd.Series, ruptures: dict[str, list[int]]) -> np.ndarray:
    """First rentrée that compares with each rentrée given: the last break of its indicateur so far, 0 without one."""
    numeros, codes = pd.factorize(indicateurs)
    rentrees = rentrees.to_numpy()
    departs = np.zeros(len(numeros), dtype=int)
    for numero, code in enumerate(codes):
        for rupture in sorted(ruptures.get(code, ())):
            departs[(numeros == numero) & (rentrees >= rupture)] = rupture
    return departs


def _follow_nature(series: pd.DataFrame, nature: str) -> pd.DataFrame:
    """Trends of the series of one nature, all at once: a row per series, a column per rentrée."""
    cle = ["indicateur", "niveau", "territoire", "modalite"]
    valeurs = series.pivot(index=cle, columns="rentree", values="valeur")
    poids = series.pivot(index=cle, columns="rentree", values="denominateur").to_numpy(dtype=float)
    rentrees = valeurs.columns.to_numpy(dtype=float)
    lus = statistiques.derniers_points(valeurs.notna().to_numpy())
    y = np.where(lus, valeurs.to_numpy(dtype=float), np.nan)
    binomiale = nature == "taux"
    w = np.where(lus, poids if binomiale else np.where(np.isfinite(poids), poids, 1.0), np.nan)
    pente, inf, sup, p = statistiques.pente_ponderee(y, w, rentrees, binomiale=binomiale)
    debut = np.where(lus, rentrees, np.inf).min(axis=1)
    fin = np.where(lus, rentrees, -np.inf).max(axis=1)
    tau, p_robuste = statistiques.mann_kendall(y)
    theil_sen, theil_inf, theil_sup = statistiques.theil_sen(y, rentrees)
    table = valeurs.index.to_frame(index=False)
    table = table.merge(
        series[["indicateur", "sens", "ecart_utile"]].drop_duplicates("indicateur"), on="indicateur", how="left"
    )
    table["etat"] = statistiques.decide_tendances(
        pente, inf, sup, p, lus.sum(axis=1), fin - debut, table["ecart_utile"], table["sens"].map(SENS)
    )
    return table[[*cle, "etat"]].assign(
        rentree_debut=debut.astype(int), rentree_fin=fin.astype(int), nb_points=lus.sum(axis=1),
        pente=pente, pente_inf=inf, pente_sup=sup, p=p, tau=tau, p_mann_kendall=p_robuste,
        theil_sen=theil_sen, theil_sen_inf=theil_inf, theil_sen_sup=theil_sup,
    )  # fmt: skip
