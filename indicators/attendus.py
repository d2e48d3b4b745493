"""What the context leads to expect of each territory, when publishing: the table `attendu`."""

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.statistiques.attendu import ecart_attendu

NB_MINIMUM = 20
"""Établissements under which a regression on the context says too little to be shown."""

NIVEAUX = ("etablissement", "reseau", "inter_reseau", "departement")
_IPS = ("ips_ecoles", "ips_colleges", "ips_lycees")
_CLE = ["indicateur", "type", "rentree", "modalite"]
_MESURES = ["attendu", "ecart", "ecart_inf", "ecart_sup", "p", "nb_etablissements", "nb_regression"]


def expect(
    montres: pd.DataFrame, catalogue: pd.DataFrame, territoires: pd.DataFrame, liens: pd.DataFrame
) -> pd.DataFrame:
    """Gap of every territory to what the IPS and the éducation prioritaire of its établissements lead to expect.

    The line is drawn over all the établissements of one kind (écoles, collèges, lycées) of the académie, for one
    indicator and one rentrée; a territory's gap is that of its own établissements, weighted by their pupils.

    Args:
        montres: rows of the table `valeur`.
        catalogue: one row per indicateur: sens, ecart_utile, domaine.
        territoires: rows of the table `territoire` (code, type, education_prioritaire of établissements).
        liens: who belongs to whom: code, niveau_parent, code_parent of établissements.

    Returns:
        indicateur, niveau, territoire, rentree, modalite, attendu, ecart, ecart_inf, ecart_sup, p, p_ajustee,
        nb_etablissements, nb_regression (établissements behind the line).
    """
    lignes = _gather(montres, catalogue, territoires)
    appartenances = _Appartenances(lignes["territoire"].unique(), liens)
    table = _expect_all(lignes, appartenances)
    if table.empty:
        return table
    # A territory may hold two kinds of établissements: the kind with the most of them speaks for the indicator.
    table = table.sort_values(["nb_etablissements", "nb_regression"], kind="stable").drop_duplicates(
        ["indicateur", "niveau", "territoire", "rentree", "modalite"], keep="last"
    )
    table["p_ajustee"] = table.groupby(["niveau", "rentree"])["p"].transform(
        lambda p: statistiques.benjamini_hochberg(p.to_numpy())
    )
    return table.sort_values(["indicateur", "niveau", "territoire", "rentree", "modalite"]).reset_index(drop=True)


class _Appartenances:
    """Territories of each établissement, as arrays: plain look-ups, made for every indicator and rentrée."""

    def __init__(self, uai, liens: pd.DataFrame):
        utiles = liens[liens["code"].isin(uai) & liens["niveau_parent"].isin(NIVEAUX)]
        self._rang = pd.Index(np.sort(uai))
        hauts = pd.MultiIndex.from_frame(utiles[["niveau_parent", "code_parent"]])
        self.numeros, self.territoires = hauts.factorize(sort=True)
        etablissements = self._rang.get_indexer(utiles["code"])
        ordre = np.argsort(etablissements, kind="stable")
        self.numeros = self.numeros[ordre]
        self._debuts = np.searchsorted(etablissements[ordre], np.arange(len(self._rang) + 1))

    def get_rangs(self, uai: pd.Series) -> np.ndarray:
        """Number of each établissement."""
        return self._rang.get_indexer(uai)

    def find(self, rangs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(position in `rangs`, number of the territory) of every membership."""
        nombres = self._debuts[rangs + 1] - self._debuts[rangs]
        lignes = np.repeat(np.arange(len(rangs)), nombres)
        suite = np.arange(len(lignes)) - np.repeat(np.cumsum(nombres) - nombres, nombres)
        return lignes, self.numeros[self._debuts[rangs][lignes] + suite]


def _gather(montres: pd.DataFrame, catalogue: pd.DataFrame, territoires: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of établissements beside their context: sampling variance, IPS of the nearest rentrée, EP or not."""
    fiches = catalogue[(catalogue["domaine"] != "contexte") & (catalogue["sens"] != "neutre")]
    etablissements = montres[(montres["niveau"] == "etablissement") & (montres["statut"] == "ok")]
    utiles = etablissements["nature"].isin(["taux", "moyenne"]) & (etablissements["denominateur"] > 0)
    utiles &= etablissements["indicateur"].isin(fiches["indicateur"])
    colonnes = ["indicateur", "nature", "territoire", "rentree", "modalite", "denominateur", "valeur", "ecart_type"]
    resultats = etablissements.loc[utiles, colonnes].sort_values("rentree", kind="stable")
    ips = etablissements[etablissements["indicateur"].isin(_IPS) & (etablissements["modalite"] == "ensemble")]
    ips = ips[["territoire", "rentree", "valeur"]].rename(columns={"valeur": "ips"}).sort_values("rentree")
    lignes = pd.merge_asof(resultats, ips, on="rentree", by="territoire", direction="nearest")
    fiches_uai = territoires.loc[territoires["niveau"] == "etablissement", ["code", "type", "education_prioritaire"]]
    lignes = lignes.merge(fiches_uai, left_on="territoire", right_on="code").dropna(subset=["ips"])
    lignes["ep"] = lignes["education_prioritaire"].notna().astype(float)
    n, v = lignes["denominateur"].to_numpy(dtype=float), lignes["valeur"].to_numpy(dtype=float)
    # A rate of 0 or 100 % has some variance too: half an event is added on each side.
    ajuste = (v * n + 0.5) / (n + 1)
    spread = lignes["ecart_type"].to_numpy(dtype=float)
    lignes["variance"] = np.where(
        lignes["nature"] == "taux", ajuste * (1 - ajuste) / n, np.nan_to_num(spread**2 / n, nan=0.0)
    )
    return lignes


def _expect_all(lignes: pd.DataFrame, appartenances: _Appartenances) -> pd.DataFrame:
    """Gaps of every territory, group by group (indicator, kind, rentrée, modalité); plain arrays, for speed."""
    groupes = lignes.groupby(_CLE).ngroup().to_numpy()
    ordre = np.argsort(groupes, kind="stable")
    debuts = np.flatnonzero(np.diff(groupes[ordre], prepend=-1))
    bornes = np.append(debuts, len(ordre))
    rangs = appartenances.get_rangs(lignes["territoire"])[ordre]
    chiffres = lignes[["valeur", "variance", "denominateur", "ips", "ep"]].to_numpy(dtype=float)[ordre]
    parts = [
        (debut, *_expect_groupe(chiffres[debut:fin], *appartenances.find(rangs[debut:fin])))
        for debut, fin in zip(debuts, bornes[1:], strict=True)
        if fin - debut >= NB_MINIMUM
    ]
    if not parts:
        return pd.DataFrame()
    tailles = [len(numeros) for _, numeros, _ in parts]
    cle = lignes.iloc[ordre[np.repeat([debut for debut, *_ in parts], tailles)]][_CLE].reset_index(drop=True)
    territoires = appartenances.territoires[np.concatenate([numeros for _, numeros, _ in parts])]
    return pd.DataFrame(np.concatenate([mesures for *_, mesures in parts], axis=1).T, columns=_MESURES).assign(
        indicateur=cle["indicateur"], rentree=cle["rentree"], modalite=cle["modalite"],
        niveau=territoires.get_level_values(0), territoire=territoires.get_level_values(1),
    ).dropna(subset="ecart")  # fmt: skip


def _expect_groupe(chiffres: np.ndarray, lignes: np.ndarray, numeros: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(numbers of the territories, their `_MESURES`, shape (7, territories)) of one group of établissements."""
    y, variance, poids = chiffres[:, :3].T
    contexte = chiffres[:, 3:]
    if (contexte[:, 1] == contexte[0, 1]).all():
        contexte = contexte[:, :1]
    presents, numeros = np.unique(numeros, return_inverse=True)
    ecart, inf, sup, p = ecart_attendu(y, variance, poids, contexte, numeros, lignes)
    observe = np.bincount(numeros, (poids * y)[lignes]) / np.bincount(numeros, poids[lignes])
    nombre = np.full(len(presents), len(y))
    return presents, np.array([observe - ecart, ecart, inf, sup, p, np.bincount(numeros), nombre])
