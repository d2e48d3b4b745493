"""The tables of a base as the engine reads them: figures shown, the rentrée at which a level is read, chance in each.

Every figure is one that is shown: nothing hidden can come back through a probability.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.catalogue import ENSEMBLE

NIVEAUX = ("reseau", "inter_reseau", "departement", "academie")
AGE_MAXIMUM = {"contexte": 4}
"""Rentrées that a figure may lag behind the latest of the base, by domain: context changes slowly."""
AGE_MAXIMUM_RESULTAT = 2


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
        return Donnees(*map(_use_objets, gardees), _use_objets(self.liens), self.fiches, self.derniere)

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
    def par_cellule(self) -> dict[tuple[str, str, str], pd.DataFrame]:
        """Figures shown of each (niveau, indicateur, modalité), above the établissement."""
        hautes = self.montrees[self.montrees["niveau"].isin(NIVEAUX)]
        return dict(iter(hautes.groupby(["niveau", "indicateur", "modalite"])))

    @cached_property
    def statuts(self) -> dict[tuple[str, str, str, str, int], str]:
        """Statut of the figures that are not shown, by niveau, indicateur, modalité, territoire, rentrée."""
        masquees = self.valeurs[self.valeurs["niveau"].isin(NIVEAUX) & (self.valeurs["statut"] != "ok")]
        cle = ["niveau", "indicateur", "modalite", "territoire", "rentree"]
        return dict(zip(zip(*(masquees[nom] for nom in cle), strict=True), masquees["statut"], strict=True))

    @cached_property
    def fiche(self) -> dict[str, pd.Series]:
        """Row of `fiches` by indicateur."""
        return {ligne["indicateur"]: ligne for _, ligne in self.fiches.iterrows()}

    @cached_property
    def ecarts_types(self) -> dict[str, float]:
        """Standard deviation between pupils of the means whose source gives none, from their moves between years."""
        return estimate_ecarts_types(self.montrees)

    @cached_property
    def etablissements(self) -> pd.DataFrame:
        """Figures shown of the établissements."""
        return self.montrees[self.montrees["niveau"] == "etablissement"]

    def group(self, table: str, cles: list[str]) -> dict[tuple, pd.DataFrame]:
        """Rows of one of the tables by key, grouped once."""
        groupes = self._groupes.get(table)
        if groupes is None:
            lignes = getattr(self, table)
            groupes = dict(iter(lignes.groupby(cles))) if len(lignes) else {}
            self._groupes[table] = groupes
        return groupes

    _groupes: dict = field(default_factory=dict, repr=False)


def _use_objets(table: pd.DataFrame) -> pd.DataFrame:
    """Texts as plain objects: on tables of a few dozen rows, their look-ups are several times faster."""
    return table.astype({nom: object for nom in table if isinstance(table[nom].dtype, pd.StringDtype)})


def choose_rentree(donnees: Donnees, niveau: str, indicateur: str, modalite: str = ENSEMBLE) -> int | None:
    """The rentrée at which a level is read: the latest with half of its territories, if recent enough."""
    lignes = donnees.par_cellule.get((niveau, indicateur, modalite))
    if lignes is None:
        return None
    nombres = lignes.groupby("rentree").size()
    rentree = int(nombres.index[2 * nombres >= nombres.max()].max())
    return rentree if donnees.derniere - rentree <= get_age_maximum(donnees, indicateur) else None


def get_age_maximum(donnees: Donnees, indicateur: str) -> int:
    """Rentrées that a figure of the indicateur may lag behind the latest of the base."""
    return AGE_MAXIMUM.get(donnees.fiche[indicateur]["domaine"], AGE_MAXIMUM_RESULTAT)


def compute_variance(lignes: pd.DataFrame, ecart_type: float) -> np.ndarray:
    """Variance of the chance among pupils in each figure, by nature; nan where it cannot be known.

    Args:
        lignes: nature, numerateur, denominateur, valeur, ecart_type.
        ecart_type: between pupils, for a mean whose source gives none.
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
