"""Apply secret statistique to the figures of every territory: threshold, then second cells."""

import numpy as np
import pandas as pd

from indicators.catalogue import ENSEMBLE
from indicators.secret import hide_second_cells, is_diffusable

CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]
_ADDITIONS = [
    ("etablissement", "reseau"),
    ("etablissement", "inter_reseau"),
    ("etablissement", "departement"),
    ("etablissement", "academie"),
    ("reseau", "inter_reseau"),
    ("reseau", "departement"),
    ("reseau", "academie"),
    ("inter_reseau", "academie"),
    ("departement", "academie"),
]
"""Every way in which figures shown add up to another figure shown."""
FIGURES = ["numerateur", "denominateur", "valeur", "ecart_type"]


def find_secrets(chiffres: pd.DataFrame, catalogue: pd.DataFrame, rattachements: pd.DataFrame) -> np.ndarray:
    """Rows that may not be shown.

    Args:
        chiffres: rows of `agregation.aggregate` (one per indicateur, niveau, territoire, rentree, modalite).
        catalogue: one row per indicateur: seuil, secret.
        rattachements: rows of the table `rattachement`.

    Returns:
        Booleans, one per row of `chiffres`.
    """
    chiffres = chiffres.reset_index(drop=True)
    regles = catalogue.set_index("indicateur").loc[chiffres["indicateur"]]
    seuil = regles["seuil"].to_numpy(dtype=float)
    est_taux = (chiffres["nature"] == "taux").to_numpy()
    effectif = chiffres["denominateur"].where(chiffres["nature"] != "effectif", chiffres["numerateur"])
    effectif = effectif.to_numpy(dtype=float)
    affichable = (chiffres["statut"] == "ok").to_numpy()
    diffusable = is_diffusable(chiffres["numerateur"], effectif, seuil, regles["secret"].to_numpy(), est_taux)
    groupements = [_pair_niveaux(chiffres, rattachements, *niveaux) for niveaux in _ADDITIONS]
    groupements.append(_pair_modalites(chiffres))
    groupements = [groupement for groupement in groupements if groupement[0].size]
    # Figures of one indicator and rentrée never add up with another's: each block is closed by itself.
    blocs = chiffres.groupby(["indicateur", "rentree"]).ngroup().to_numpy()
    return _hide_by_bloc(affichable & ~diffusable, affichable, effectif, seuil, groupements, blocs)


def _hide_by_bloc(masque, affichable, effectif, seuil, groupements, blocs) -> np.ndarray:
    """`hide_second_cells` on each block of rows (`blocs`: block number of each row) that hides a figure."""
    ordre = np.argsort(blocs, kind="stable")
    bornes = np.searchsorted(blocs[ordre], np.arange(blocs.max(initial=-1) + 2))
    local = np.empty(blocs.size, dtype=int)
    local[ordre] = np.arange(blocs.size) - bornes[blocs[ordre]]
    tries = []
    for total, part in groupements:
        rang = np.argsort(blocs[total], kind="stable")
        limites = np.searchsorted(blocs[total[rang]], np.arange(bornes.size))
        tries.append((local[total[rang]], local[part[rang]], limites))
    masque = masque.copy()
    for bloc in np.unique(blocs[masque]):
        lignes = ordre[bornes[bloc] : bornes[bloc + 1]]
        paires = [(t[b[bloc] : b[bloc + 1]], p[b[bloc] : b[bloc + 1]]) for t, p, b in tries]
        masque[lignes] = hide_second_cells(
            masque[lignes], affichable[lignes], effectif[lignes], seuil[lignes], [p for p in paires if p[0].size]
        )
    return masque


def hide(chiffres: pd.DataFrame, secrets: np.ndarray) -> pd.DataFrame:
    """The same rows, figures blanked and statut `secret` where they may not be shown."""
    proteges = chiffres.copy()
    proteges.loc[secrets, FIGURES] = np.nan
    proteges.loc[secrets, "statut"] = "secret"
    return proteges


def _pair_niveaux(chiffres: pd.DataFrame, rattachements: pd.DataFrame, enfant: str, parent: str):
    """Row numbers (total, part) of the figures of one level that add up to those of another."""
    liens = rattachements[(rattachements["niveau"] == enfant) & (rattachements["niveau_parent"] == parent)]
    colonnes = ["indicateur", "territoire", "rentree", "modalite"]
    lignes = chiffres[colonnes].assign(numero=np.arange(len(chiffres)))
    parts = lignes[chiffres["niveau"] == enfant].merge(
        liens[["code", "code_parent", "rentree_debut", "rentree_fin"]], left_on="territoire", right_on="code"
    )
    en_vigueur = (parts["rentree"] >= parts["rentree_debut"].fillna(0)) & (
        parts["rentree"] <= parts["rentree_fin"].fillna(9999)
    )
    totaux = lignes[chiffres["niveau"] == parent].rename(columns={"numero": "total", "territoire": "code_parent"})
    paires = parts[en_vigueur].merge(totaux, on=["indicateur", "code_parent", "rentree", "modalite"])
    return paires["total"].to_numpy(dtype=int), paires["numero"].to_numpy(dtype=int)


def _pair_modalites(chiffres: pd.DataFrame):
    """Row numbers (ensemble, modalité) where the modalités add up to the ensemble (girls and boys, filières)."""
    colonnes = ["indicateur", "niveau", "territoire", "rentree"]
    lignes = chiffres[[*colonnes, "numerateur", "denominateur"]].assign(numero=np.arange(len(chiffres)))
    est_ensemble = (chiffres["modalite"] == ENSEMBLE).to_numpy()
    paires = lignes[~est_ensemble].merge(lignes[est_ensemble], on=colonnes, suffixes=("", "_total"))
    sommes = paires.groupby("numero_total")[["numerateur", "denominateur"]].transform("sum")
    partition = np.isclose(sommes["numerateur"], paires["numerateur_total"]) | np.isclose(
        sommes["denominateur"], paires["denominateur_total"]
    )
    paires = paires[partition]
    return paires["numero_total"].to_numpy(dtype=int), paires["numero"].to_numpy(dtype=int)
