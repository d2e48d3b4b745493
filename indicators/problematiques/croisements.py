"""What crossings chosen on screen are read from: the true difference of every figure to a reference, when publishing.

The same priors as the rules, without draws: a mean and a standard deviation per figure say enough to cross any two.
"""

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.catalogue import load_catalogue
from indicators.problematiques.donnees import Donnees

NIVEAUX = ("reseau", "inter_reseau", "departement")
"""Levels whose territories are crossed with one another."""
REFERENCES = {"academie": "comparaisons", "similaires": "autres"}
"""Table of `Donnees` that holds the comparisons with each reference."""
_CELLULE = ["indicateur", "niveau", "rentree", "modalite"]
_CLE = [*_CELLULE, "territoire"]
COLONNES = (*_CLE, "reference", "valeur_reference", "ecart", "ecart_type")


def build_a_posteriori(donnees: Donnees) -> pd.DataFrame:
    """Mean and standard deviation of each true difference, once drawn towards its level.

    Args:
        donnees: tables of a base that is being built.

    Returns:
        Rows of `a_posteriori` (`COLONNES`), in the stored unit of each indicator: every modalité of the tableau de
        bord, at the rentrée that the rules read (the same however old it is). A figure whose chance cannot be known
        has no row.

    Source: Morris 1983, JASA 78:47-55, as `statistiques.a_priori`.
    """
    lignes = _join_references(donnees, _choose_lignes(donnees))
    if lignes.empty:
        return pd.DataFrame(columns=list(COLONNES))
    lignes = _add_variances(lignes)
    codes = sorted(lignes["indicateur"].unique())
    echelles = {code: float(donnees.fiche[code]["ecart_utile"]) for code in codes}
    x, n, y, variance, reference, variance_reference = (
        lignes[nom].to_numpy(dtype=float)
        for nom in ("numerateur", "denominateur", "ecart", "variance", "valeur_reference", "variance_reference")
    )
    # A gap to similar territories is drawn towards those of the others, as in `tirages`: the level is not their rate.
    est_taux = ((lignes["nature"] == "taux") & (lignes["reference"] != "similaires")).to_numpy()
    moyenne, ecart_type = np.full(len(lignes), np.nan), np.full(len(lignes), np.nan)
    for (code, *_), places in lignes.groupby([*_CELLULE, "reference"]).indices.items():
        if est_taux[places[0]]:
            taux, propre = _summarise_taux(x[places], n[places], echelles[code])
            moyenne[places] = taux - reference[places]
            ecart_type[places] = np.sqrt(propre**2 + variance_reference[places])
        else:
            a_priori = statistiques.fit_a_priori(y[places], variance[places], echelles[code])
            moyenne[places], ecart_type[places] = statistiques.summarise(y[places], variance[places], a_priori)
    lignes = lignes.assign(ecart=moyenne, ecart_type=ecart_type)[list(COLONNES)]
    return lignes[np.isfinite(ecart_type)].sort_values([*_CLE, "reference"]).reset_index(drop=True)


def _choose_lignes(donnees: Donnees) -> pd.DataFrame:
    """Figures shown of each modalité of the tableau de bord, at the rentrée that the rules read."""
    paires = [(code, m) for code, fiche in load_catalogue().items() for m in fiche.modalites_au_tableau]
    lignes = donnees.chiffres
    lignes = lignes[lignes["niveau"].isin(NIVEAUX) & (lignes["nature"] != "effectif")]
    lignes = lignes[pd.MultiIndex.from_frame(lignes[["indicateur", "modalite"]]).isin(paires)]
    lues = {cle: lue for cle, (lue, _) in donnees.rentrees.items()}
    cles = zip(lignes["niveau"], lignes["indicateur"], lignes["modalite"], strict=True)
    return lignes[lignes["rentree"].to_numpy() == [lues[cle] for cle in cles]]


def _join_references(donnees: Donnees, lignes: pd.DataFrame) -> pd.DataFrame:
    """One row per figure and reference that it is compared with."""
    comparees = ["reference", "valeur_reference", "denominateur_reference", "ecart"]
    parts = []
    for reference, nom in REFERENCES.items():
        table = getattr(donnees, nom)
        if len(table):
            faces = table.loc[table["reference"] == reference, [*_CLE, *comparees]]
            parts.append(lignes.merge(faces, on=_CLE))
    parts = [partie for partie in parts if len(partie)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _add_variances(lignes: pd.DataFrame) -> pd.DataFrame:
    """Variance of the chance in each difference and in its reference, which varies like a territory of its size."""
    hasard, effectif, v, n = (
        lignes[nom].to_numpy(dtype=float)
        for nom in ("hasard", "denominateur", "valeur_reference", "denominateur_reference")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        reference = np.where(lignes["nature"] == "taux", v * (1 - v), hasard * effectif) / n
    return lignes.assign(variance=hasard + reference, variance_reference=reference)


def _summarise_taux(x: np.ndarray, n: np.ndarray, echelle: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of true rates; nan where there is no count of them."""
    valides = (n > 0) & (x >= 0) & (x <= n)
    x, n = np.where(valides, x, np.nan), np.where(valides, n, np.nan)
    return statistiques.summarise_taux(x, n, statistiques.fit_a_priori_taux(x, n, echelle))
