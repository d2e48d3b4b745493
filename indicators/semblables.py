"""Similar territories: which ones share the context of a territory, why, and how sure the list is."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from indicators.erreurs import ErreurCatalogue
from indicators.statistiques.voisinage import distance_contexte, find_voisins, stabilite_voisins, standardise

NIVEAUX = ("reseau", "inter_reseau")
NB_MINIMUM = 8
"""Territories of a level under which five of them would be most of it: no list is made."""

_PROXIMITES = ((0.10, "très proche"), (0.25, "proche"), (0.50, "assez proche"), (1.01, "éloigné"))
"""Word for a distance: share of all the pairs of the level that are closer."""


class Variable(BaseModel):
    """A context variable: the indicator it is read from (or how it is computed), its scale and its weight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    titre: str
    poids: float = Field(gt=0)
    indicateur: str | None = None
    calcul: Literal["densite"] | None = None
    echelle: Literal["lineaire", "log"] = "lineaire"
    par_etablissement: bool = False

    @model_validator(mode="after")
    def _check_origine(self) -> "Variable":
        if (self.indicateur is None) == (self.calcul is None):
            raise ValueError("« indicateur » ou « calcul », l’un des deux")
        return self


@dataclass(frozen=True)
class Semblables:
    """Tables of a base.

    - `contexte`: niveau, territoire, variable, valeur, z, gardes (neighbours that stay without this variable).
    - `voisin`: niveau, territoire, rang (1 = nearest), voisin, distance, proximite.
    - `voisin_part`: niveau, territoire, voisin, variable, part (0-1) of the squared distance.
    """

    contexte: pd.DataFrame
    voisin: pd.DataFrame
    voisin_part: pd.DataFrame


@cache
def load_variables() -> tuple[Variable, ...]:
    """The context variables, in reading order.

    Raises:
        ErreurCatalogue: `semblables.yaml` is not valid.
    """
    chemin = Path(__file__).with_suffix(".yaml")
    try:
        contenu = yaml.safe_load(chemin.read_text(encoding="utf-8"))
        return tuple(Variable(code=code, **champs) for code, champs in contenu.items())
    except (yaml.YAMLError, TypeError, ValidationError) as erreur:
        raise ErreurCatalogue(f"Les variables de contexte « {chemin.name} » sont à corriger : {erreur}") from erreur


def find_semblables(montres: pd.DataFrame, densites: pd.DataFrame) -> Semblables:
    """Neighbours of every réseau among the réseaux, and of every inter-réseau among the inter-réseaux.

    Args:
        montres: rows of the table `valeur`.
        densites: columns niveau, territoire, valeur (inhabitants per km²); may be empty.
    """
    tables = [_find_niveau(niveau, _gather(niveau, montres, densites)) for niveau in NIVEAUX]
    trouvees = [table for table in tables if table is not None]
    if not trouvees:
        return Semblables(pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    return Semblables(*(pd.concat(parts, ignore_index=True) for parts in zip(*trouvees, strict=True)))


def _gather(niveau: str, montres: pd.DataFrame, densites: pd.DataFrame) -> pd.DataFrame:
    """One row per territory, one column per variable that has figures, on its own scale."""
    lignes = montres[(montres["niveau"] == niveau) & (montres["statut"] == "ok") & (montres["modalite"] == "ensemble")]
    dernieres = lignes.sort_values("rentree").drop_duplicates(["indicateur", "territoire"], keep="last")
    colonnes = {}
    for variable in load_variables():
        if variable.indicateur is None:
            serie = densites[densites["niveau"] == niveau].set_index("territoire")["valeur"]
        else:
            choisies = dernieres[dernieres["indicateur"] == variable.indicateur].set_index("territoire")
            serie = choisies["valeur"] / (choisies["nb_etablissements"] if variable.par_etablissement else 1)
        if serie.notna().any():
            colonnes[variable.code] = serie.astype(float)
    return pd.DataFrame(colonnes).sort_index()


def _find_niveau(niveau: str, valeurs: pd.DataFrame) -> tuple[pd.DataFrame, ...] | None:
    if len(valeurs) < NB_MINIMUM or valeurs.shape[1] < 2:
        return None
    variables = [v for v in load_variables() if v.code in valeurs]
    log = np.array([v.echelle == "log" for v in variables])
    brutes = valeurs[[v.code for v in variables]].to_numpy(dtype=float)
    z = standardise(np.where(log, np.log(np.where(brutes > 0, brutes, np.nan)), brutes))
    poids = np.array([v.poids for v in variables])
    distance, part = distance_contexte(z, poids)
    gardes = stabilite_voisins(z, poids)
    codes = valeurs.index.to_numpy()
    noms = np.array([v.code for v in variables])
    contexte = pd.DataFrame(
        {
            "niveau": niveau,
            "territoire": np.repeat(codes, len(noms)),
            "variable": np.tile(noms, len(codes)),
            "valeur": brutes.ravel(),
            "z": z.ravel(),
            "gardes": gardes.ravel(),
        }
    )
    return contexte, *_list_voisins(niveau, codes, noms, distance, part)


def _list_voisins(niveau, codes, noms, distance, part) -> tuple[pd.DataFrame, pd.DataFrame]:
    voisins = find_voisins(distance)
    lignes, colonnes = np.nonzero(voisins >= 0)
    autres = voisins[lignes, colonnes]
    eloignements = distance[lignes, autres]
    toutes = np.sort(distance[np.triu_indices(len(codes), 1)])
    parts_plus_proches = np.searchsorted(toutes[np.isfinite(toutes)], eloignements) / np.isfinite(toutes).sum()
    mots = [next(mot for seuil, mot in _PROXIMITES if p < seuil) for p in parts_plus_proches]
    voisin = pd.DataFrame(
        {
            "niveau": niveau,
            "territoire": codes[lignes],
            "rang": colonnes + 1,
            "voisin": codes[autres],
            "distance": eloignements,
            "proximite": mots,
        }
    )
    detail = pd.DataFrame(
        {
            "niveau": niveau,
            "territoire": np.repeat(codes[lignes], len(noms)),
            "voisin": np.repeat(codes[autres], len(noms)),
            "variable": np.tile(noms, len(lignes)),
            "part": part[lignes, autres].ravel(),
        }
    )
    return voisin, detail
