"""The tables of a base as the engine reads them: figures shown, the rentrée at which a level is read, chance in each.

Every figure is one that is shown: nothing hidden can come back through a probability.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.catalogue import ENSEMBLE

NIVEAUX = ("reseau", "inter_reseau", "departement", "academie")
AGE_MAXIMUM = {"contexte": 4}
"""Rentrées that a figure may lag behind the latest of the base, by domain: context changes slowly."""
AGE_MAXIMUM_RESULTAT = 2
_CELLULE = ["niveau", "indicateur", "modalite"]


@dataclass(frozen=True)
class Donnees:
    """Tables of a base that is being built, as read by the engine.

    Attributes:
        valeurs: rows of `valeur`, with `nature`.
        comparaisons, autres: rows of `comparaison` and `comparaison_autre`.
        tendances, attendus: rows of those tables (may be empty).
        liens: rows of `rattachement_actuel`, établissements only.
        fiches: one row per indicateur: nature, sens, ecart_utile (stored unit), annees_cumulees, domaine.
    """

    valeurs: pd.DataFrame
    comparaisons: pd.DataFrame
    autres: pd.DataFrame
    tendances: pd.DataFrame
    attendus: pd.DataFrame
    liens: pd.DataFrame
    fiches: pd.DataFrame
    derniere_lue: int | None = None

    def keep(self, indicateurs: set[str]) -> "Donnees":
        """The same tables for some indicators only; the latest rentrée stays that of the whole base."""
        tables = (self.valeurs, self.comparaisons, self.autres, self.tendances, self.attendus)
        gardees = [table[table["indicateur"].isin(indicateurs)] if len(table) else table for table in tables]
        return Donnees(*gardees, self.liens, self.fiches, self.derniere)

    @cached_property
    def derniere(self) -> int:
        """Latest rentrée with a figure."""
        if self.derniere_lue is not None:
            return self.derniere_lue
        return int(self.montrees["rentree"].max()) if len(self.montrees) else 0

    @cached_property
    def montrees(self) -> pd.DataFrame:
        """Figures that are shown."""
        return self.valeurs[self.valeurs["statut"] == "ok"]

    @cached_property
    def chiffres(self) -> pd.DataFrame:
        """Figures shown above the établissement, with the variance of the chance in each (`hasard`)."""
        lignes = self.montrees[self.montrees["niveau"].isin(NIVEAUX)]
        ecarts_types = lignes["indicateur"].map(self.ecarts_types).to_numpy(dtype=float)
        return lignes.assign(hasard=compute_variance(lignes, ecarts_types))

    @cached_property
    def rentrees(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """(latest rentrée with half of the territories, latest of all) by niveau, indicateur, modalité."""
        nombres = self.chiffres.groupby([*_CELLULE, "rentree"]).size().rename("nombre").reset_index()
        cellules = [nombres[nom] for nom in _CELLULE]
        assez = 2 * nombres["nombre"] >= nombres["nombre"].groupby(cellules).transform("max")
        lues = nombres["rentree"].where(assez).groupby(cellules).max()
        dernieres = nombres["rentree"].groupby(cellules).max()
        return {cle: (int(lue), int(fin)) for cle, lue, fin in zip(lues.index, lues, dernieres, strict=True)}

    @cached_property
    def fiche(self) -> dict[str, dict]:
        """Row of `fiches` by indicateur."""
        return {ligne["indicateur"]: ligne for ligne in self.fiches.to_dict("records")}

    @cached_property
    def ecarts_types(self) -> dict[str, float]:
        """Standard deviation between pupils of the means whose source gives none, from their moves between years."""
        return estimate_ecarts_types(self.montrees)


def choose_rentree(donnees: Donnees, niveau: str, indicateur: str, modalite: str = ENSEMBLE) -> int | None:
    """The rentrée at which a level is read: the latest with half of its territories, if recent enough."""
    rentree, _ = donnees.rentrees.get((niveau, indicateur, modalite), (None, None))
    if rentree is None or donnees.derniere - rentree > get_age_maximum(donnees, indicateur):
        return None
    return rentree


def get_age_maximum(donnees: Donnees, indicateur: str) -> int:
    """Rentrées that a figure of the indicateur may lag behind the latest of the base."""
    return AGE_MAXIMUM.get(donnees.fiche[indicateur]["domaine"], AGE_MAXIMUM_RESULTAT)


def compute_variance(lignes: pd.DataFrame, ecart_type) -> np.ndarray:
    """Variance of the chance among pupils in each figure, by nature; nan where it cannot be known.

    Args:
        lignes: nature, numerateur, denominateur, valeur, ecart_type.
        ecart_type: between pupils, for a mean whose source gives none; one number, or one per row.
    """
    n, x, v = (lignes[c].to_numpy(dtype=float) for c in ("denominateur", "numerateur", "valeur"))
    nature = lignes["nature"].to_numpy()
    sien = lignes["ecart_type"].to_numpy(dtype=float)
    lisse = (v * n + 0.5) / (n + 1)  # a rate of 0 or 100 % has some chance too
    with np.errstate(divide="ignore", invalid="ignore"):
        moyenne = np.where(np.isfinite(sien), sien, ecart_type) ** 2 / n
        choix = [nature == "taux", nature == "ratio", np.isin(nature, ["moyenne", "valeur_ajoutee"])]
        return np.select(choix, [lisse * (1 - lisse) / n, np.maximum(x, 1) / n**2, moyenne], np.nan)


def estimate_ecarts_types(montrees: pd.DataFrame) -> dict[str, float]:
    """Per indicateur of nature moyenne or valeur ajoutée, from établissements followed from one rentrée to the next."""
    lignes = montrees[
        (montrees["niveau"] == "etablissement") & montrees["nature"].isin(["moyenne", "valeur_ajoutee"])
        & (montrees["modalite"] == ENSEMBLE) & montrees["denominateur"].notna()
    ]  # fmt: skip
    ecarts = {}
    for indicateur, serie in lignes.sort_values(["territoire", "rentree"]).groupby("indicateur"):
        suite = serie.groupby("territoire")[["rentree", "valeur", "denominateur"]].shift(-1)
        paires = suite["rentree"] == serie["rentree"] + 1
        avant, apres = serie[paires], suite[paires]
        ecarts[indicateur] = float(
            statistiques.ecart_type_entre_annees(
                avant["valeur"], avant["denominateur"], apres["valeur"], apres["denominateur"]
            )
        )
    return ecarts
