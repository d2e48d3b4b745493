"""The tables at one level as grids: a row per rentrée, a column per territory. Plain arrays, since a level is small."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from indicators.problematiques.donnees import Donnees

_REFERENCES = {"comparaisons": "academie", "autres": "similaires"}
"""The reference that is read from each table of comparisons."""


@dataclass(frozen=True)
class _Table:
    """Rows of a table at a level: those of each (indicateur, modalité), and the place of each in a grid."""

    lignes: pd.DataFrame
    groupes: dict[tuple[str, str], np.ndarray]
    rangs: np.ndarray
    places: np.ndarray


@dataclass(frozen=True)
class Etablissements:
    """Counts of a rate in établissements, sorted by territory: codes, place of the territory, events, pupils."""

    codes: np.ndarray
    places: np.ndarray
    numerateur: np.ndarray
    denominateur: np.ndarray


class Grilles:
    """Tables of a base at one level, for the territories `codes`, in their order."""

    def __init__(self, donnees: Donnees, niveau: str, codes: list[str]):
        self.donnees, self.niveau, self.codes = donnees, niveau, codes
        self._tables: dict[str, _Table] = {}

    @cached_property
    def rentrees(self) -> np.ndarray:
        """Rentrées of the rows of a grid."""
        return np.unique(self.donnees.valeurs["rentree"].to_numpy(dtype=int))

    def read(self, table: str, indicateur: str, modalite: str, *colonnes: str) -> list[np.ndarray]:
        """Columns of a table, as grids; nan (`statut`: an empty text) where there is no row.

        Args:
            table: chiffres, valeurs, comparaisons, autres, tendances or attendus.
            indicateur, modalite: which cell of it.
            colonnes: the columns read.

        Returns:
            One array of shape (rentrées, territories) per column.
        """
        lue = self._get_table(table)
        lignes = lue.groupes.get((indicateur, modalite), np.empty(0, dtype=int))
        grilles = []
        for colonne in colonnes:
            texte = colonne == "statut"
            grille = np.full((len(self.rentrees), len(self.codes)), "" if texte else np.nan, object if texte else float)
            if len(lignes):
                grille[lue.rangs[lignes], lue.places[lignes]] = lue.lignes[colonne].to_numpy()[lignes]
            grilles.append(grille)
        return grilles

    def read_at(self, rentree: int, table: str, indicateur: str, modalite: str, *colonnes: str) -> list[np.ndarray]:
        """The same at one rentrée: shape (territories,) each."""
        rang = np.searchsorted(self.rentrees, rentree)
        return [grille[rang] for grille in self.read(table, indicateur, modalite, *colonnes)]

    def list_etablissements(self, indicateur: str, modalite: str, rentree: int) -> Etablissements:
        """Figures of the établissements of the level at a rentrée."""
        valeurs, liens = self.donnees.montrees, self.donnees.liens
        lues = valeurs[
            (valeurs["indicateur"] == indicateur) & (valeurs["rentree"] == rentree)
            & (valeurs["niveau"] == "etablissement") & (valeurs["modalite"] == modalite) & (valeurs["denominateur"] > 0)
        ]  # fmt: skip
        liens = liens[liens["niveau_parent"] == self.niveau]
        lues = lues.assign(place=self._place(lues["territoire"].map(liens.set_index("code")["code_parent"])))
        lues = lues[lues["place"] >= 0].sort_values(["place", "territoire"])
        return Etablissements(
            lues["territoire"].to_numpy(), lues["place"].to_numpy(),
            lues["numerateur"].to_numpy(dtype=float), lues["denominateur"].to_numpy(dtype=float),
        )  # fmt: skip

    def _get_table(self, nom: str) -> _Table:
        """A table made ready once."""
        if nom not in self._tables:
            self._tables[nom] = self._load(nom)
        return self._tables[nom]

    def _load(self, nom: str) -> _Table:
        lignes = getattr(self.donnees, nom)
        if lignes.empty:
            return _Table(lignes, {}, np.empty(0, dtype=int), np.empty(0, dtype=int))
        garde = lignes["niveau"] == self.niveau
        if nom in _REFERENCES:
            garde &= lignes["reference"] == _REFERENCES[nom]
        lignes = lignes[garde]
        places = self._place(lignes["territoire"])
        lignes, places = lignes[places >= 0], places[places >= 0]
        rentrees = lignes["rentree_fin" if nom == "tendances" else "rentree"].to_numpy(dtype=int)
        groupes = lignes.groupby(["indicateur", "modalite"]).indices
        return _Table(lignes, groupes, np.searchsorted(self.rentrees, rentrees), places)

    def _place(self, territoires: pd.Series) -> np.ndarray:
        """Column of each territory, -1 for one that is not read."""
        return pd.Index(self.codes, dtype=object).get_indexer(territoires.astype(object))
