"""What conditions are about, as estimates: a difference per territory, its variance by chance, where it comes from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators import statistiques
from indicators.problematiques.donnees import Donnees, choose_rentree, compute_variance
from indicators.problematiques.modele import Mesure

_Z95 = 1.959963984540054

COLONNES = (
    "rentree", "rentree_debut", "valeur", "valeur_reference", "ecart", "ecart_inf", "ecart_sup", "effectif",
    "variance", "levier", "correlation", "numerateur", "denominateur", "variance_reference",
)  # fmt: skip
"""Columns of an estimation.

`ecart` is what the condition is about. `levier`: by how much one pupil more in the numerator moves it. `correlation`:
share of its chance that is that of the last figure. `numerateur`, `denominateur`, `variance_reference`: only where a
rate is drawn from its counts.
"""


@dataclass(frozen=True)
class Estimation:
    """Estimates of one measure over the territories of a level; `table` is indexed by territoire (`COLONNES`)."""

    niveau: str
    indicateur: str
    modalite: str
    mesure: Mesure
    rentree: int
    table: pd.DataFrame

    @property
    def est_taux(self) -> bool:
        """Whether values are drawn from counts, then the reference taken off."""
        return bool(self.table["denominateur"].notna().any())


def estimate(donnees: Donnees, niveau: str, indicateur: str, modalite: str, mesure: Mesure) -> Estimation | None:
    """The estimates of a measure at a level; None where nothing can be estimated."""
    modalite_lue = "filles" if mesure is Mesure.GROUPES else modalite
    rentree = choose_rentree(donnees, niveau, indicateur, modalite_lue)
    if rentree is None or donnees.fiche[indicateur]["nature"] == "effectif":
        return None
    table = _ESTIMATEURS[mesure](donnees, niveau, indicateur, modalite, rentree)
    if table is None or table.empty:
        return None
    table = table.reindex(columns=list(COLONNES))
    table = table[table["ecart"].notna() & table["variance"].notna()].sort_index()
    return Estimation(niveau, indicateur, modalite, mesure, rentree, table) if len(table) else None


def _at(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int) -> pd.DataFrame:
    """Figures shown at a rentrée, by territoire, with the variance of chance in each."""
    lignes = donnees.par_cellule.get((niveau, indicateur, modalite))
    if lignes is None:
        return pd.DataFrame()
    lignes = lignes[lignes["rentree"] == rentree].set_index("territoire")
    return lignes.assign(hasard=compute_variance(lignes, donnees.ecarts_types.get(indicateur, np.nan)))


def _compared(donnees: Donnees, table: str, cellule: tuple, rentree: int, reference: str) -> pd.DataFrame:
    """Comparisons of a cell at a rentrée with one reference, by territoire."""
    lignes = donnees.group(table, ["niveau", "indicateur", "modalite"]).get(cellule)
    if lignes is None:
        return pd.DataFrame()
    lignes = lignes[(lignes["rentree"] == rentree) & (lignes["reference"] == reference)]
    return lignes.set_index("territoire")


def _estimate_face(table: str, reference: str):
    """Estimator of a value minus its reference."""

    def run(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int) -> pd.DataFrame | None:
        ici = _at(donnees, niveau, indicateur, modalite, rentree)
        face = _compared(donnees, table, (niveau, indicateur, modalite), rentree, reference)
        if ici.empty or face.empty:
            return None
        ici = ici.join(
            face[["valeur_reference", "denominateur_reference", "ecart", "ecart_inf", "ecart_sup"]], how="inner"
        )
        v, n = ici["valeur_reference"].to_numpy(dtype=float), ici["denominateur_reference"].to_numpy(dtype=float)
        # The reference varies by chance like a territory of its size.
        par_eleve = (ici["hasard"] * ici["denominateur"]).to_numpy(dtype=float)
        taux = (ici["nature"] == "taux").to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            reference_ = np.where(taux, v * (1 - v) / n, par_eleve / n)
        return ici.assign(
            rentree_debut=rentree, effectif=ici["denominateur"], variance=ici["hasard"] + reference_,
            levier=1 / ici["denominateur"], correlation=1.0, variance_reference=reference_,
            numerateur=ici["numerateur"].where(taux), denominateur=ici["denominateur"].where(taux),
        )  # fmt: skip

    return run


def _estimate_attendu(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int):
    """Observed minus expected; chance among pupils only, the usual variation between établissements being true."""
    ici = _at(donnees, niveau, indicateur, modalite, rentree)
    groupes = donnees.group("attendus", ["niveau", "indicateur", "modalite"])
    face = groupes.get((niveau, indicateur, modalite))
    if ici.empty or face is None:
        return None
    face = face[face["rentree"] == rentree].set_index("territoire")[["attendu", "ecart", "ecart_inf", "ecart_sup"]]
    ici = ici.join(face, how="inner")
    return ici.assign(
        rentree_debut=rentree, valeur_reference=ici["attendu"], effectif=ici["denominateur"], variance=ici["hasard"],
        levier=1 / ici["denominateur"], correlation=1.0, numerateur=np.nan, denominateur=np.nan,
    )  # fmt: skip


def _estimate_tendance(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int):
    """Change over the series published as a trend: slope × duration."""
    groupes = donnees.group("tendances", ["niveau", "indicateur", "modalite"])
    tendances = groupes.get((niveau, indicateur, modalite))
    if tendances is None:
        return None
    tendances = tendances[(tendances["rentree_fin"] == rentree) & (tendances["nb_points"] >= 3)].set_index("territoire")
    series = _read_series(donnees, niveau, indicateur, modalite, tendances)
    if series is None:
        return None
    duree = (tendances["rentree_fin"] - tendances["rentree_debut"]).reindex(series.index)
    change = series["pente"] * duree
    marge = _Z95 * np.sqrt(series["variance"]) * duree
    return series.assign(
        rentree=rentree, rentree_debut=tendances["rentree_debut"], ecart=change, ecart_inf=change - marge,
        ecart_sup=change + marge, valeur=series["derniere"], valeur_reference=series["premiere"],
        variance=series["variance"] * duree**2, levier=series["levier"] * duree, duree=duree,
    )  # fmt: skip


def _read_series(donnees, niveau, indicateur, modalite, tendances: pd.DataFrame) -> pd.DataFrame | None:
    """Slope of each series, its variance by chance, what one pupil of the last rentrée moves, and the ends."""
    lignes = donnees.par_cellule.get((niveau, indicateur, modalite))
    if lignes is None or tendances.empty:
        return None
    lignes = lignes[lignes["denominateur"] > 0].merge(
        tendances[["rentree_debut", "rentree_fin"]], left_on="territoire", right_index=True
    )
    lignes = lignes[lignes["rentree"].between(lignes["rentree_debut"], lignes["rentree_fin"])]
    y = lignes.pivot(index="territoire", columns="rentree", values="valeur")
    n = lignes.pivot(index="territoire", columns="rentree", values="denominateur").to_numpy(dtype=float)
    return measure_pentes(y, n)


def measure_pentes(y: pd.DataFrame, n: np.ndarray) -> pd.DataFrame:
    """Weighted slopes of rates (one row per territoire, one column per rentrée, nan where missing).

    Returns:
        pente, variance (of the slope), levier (move of the slope for one event more at the last rentrée), correlation
        (of the slope with the last figure), effectif (of the last rentrée), premiere, derniere (values).
    """
    t, valeurs = y.columns.to_numpy(dtype=float), y.to_numpy(dtype=float)
    pente, inf, sup, _ = statistiques.pente_ponderee(valeurs, n, t, binomiale=True)
    w = np.where(np.isfinite(valeurs), n, 0.0)
    places = np.arange(valeurs.shape[1])
    derniere = np.where(np.isfinite(valeurs), places, -1).max(axis=1)
    premiere = np.where(np.isfinite(valeurs), places, len(places)).min(axis=1)
    lignes = np.arange(len(valeurs))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (w * t).sum(axis=1) / w.sum(axis=1)
        sxx = (w * (t - centre[:, None]) ** 2).sum(axis=1)
        levier = (t[derniere] - centre) / sxx
        effectif = w[lignes, derniere]
        return pd.DataFrame(
            {
                "pente": pente,
                "variance": ((sup - inf) / (2 * _Z95)) ** 2,
                "levier": levier,
                "correlation": np.clip((t[derniere] - centre) * np.sqrt(effectif / sxx), 0, 1),
                "effectif": effectif,
                "premiere": valeurs[lignes, premiere],
                "derniere": valeurs[lignes, derniere],
            },
            index=y.index,
        )


def _estimate_tendance_relative(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int):
    """Change of a territory minus that of the rest of the académie over the same rentrées."""
    propre = _estimate_tendance(donnees, niveau, indicateur, modalite, rentree)
    groupes = donnees.group("comparaisons", ["niveau", "indicateur", "modalite"])
    lignes = groupes.get((niveau, indicateur, modalite))
    if propre is None or lignes is None:
        return None
    lignes = lignes[(lignes["reference"] == "academie") & lignes["territoire"].isin(propre.index)]
    bornes = propre[["rentree_debut"]].reindex(lignes["territoire"])["rentree_debut"].to_numpy()
    lignes = lignes[(lignes["rentree"] <= rentree) & (lignes["rentree"] >= bornes)]
    y = lignes.pivot(index="territoire", columns="rentree", values="valeur_reference")
    n = lignes.pivot(index="territoire", columns="rentree", values="denominateur_reference").to_numpy(dtype=float)
    if y.empty:
        return None
    reste = measure_pentes(y, n).reindex(propre.index)
    change = reste["pente"] * propre["duree"]
    ecart, variance = propre["ecart"] - change, propre["variance"] + reste["variance"] * propre["duree"] ** 2
    marge = _Z95 * np.sqrt(variance)
    return propre.assign(
        valeur=propre["ecart"], valeur_reference=change, ecart=ecart, variance=variance, ecart_inf=ecart - marge,
        ecart_sup=ecart + marge,
    )  # fmt: skip


def _estimate_groupes(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int):
    """Girls minus boys, minus the same gap in the rest; positive where it is wider in the direction usual there."""
    parts = {}
    for groupe in ("filles", "garcons"):
        ici = _estimate_face("comparaisons", "academie")(donnees, niveau, indicateur, groupe, rentree)
        if ici is None:
            return None
        parts[groupe] = ici
    filles, garcons = parts["filles"], parts["garcons"]
    communs = filles.index.intersection(garcons.index)
    filles, garcons = filles.loc[communs], garcons.loc[communs]
    ici = filles["valeur"] - garcons["valeur"]
    reste = filles["valeur_reference"] - garcons["valeur_reference"]
    signe = np.where(reste < 0, -1.0, 1.0)
    ecart, variance = signe * (ici - reste), filles["variance"] + garcons["variance"]
    marge = _Z95 * np.sqrt(variance)
    return pd.DataFrame(
        {
            "rentree": rentree, "rentree_debut": rentree, "valeur": signe * ici, "valeur_reference": signe * reste,
            "ecart": ecart, "ecart_inf": ecart - marge, "ecart_sup": ecart + marge,
            "effectif": filles["effectif"] + garcons["effectif"], "variance": variance,
            "levier": signe / filles["effectif"], "correlation": 0.0,
        }
    )  # fmt: skip


def _estimate_dispersion(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int):
    """Marks the territories whose spread is drawn: two établissements or more (`tirages` does the rest)."""
    lignes = list_etablissements(donnees, niveau, indicateur, modalite, rentree)
    if lignes.empty:
        return None
    groupes = lignes.groupby("code_parent")
    table = pd.DataFrame({"nombre": groupes.size(), "effectif": groupes["denominateur"].sum()})
    table.index.name = "territoire"
    table = table[table["nombre"] >= 2]
    return table.assign(rentree=rentree, rentree_debut=rentree, ecart=0.0, variance=0.0, correlation=0.0)


def list_etablissements(donnees: Donnees, niveau: str, indicateur: str, modalite: str, rentree: int) -> pd.DataFrame:
    """Rates of établissements beside the territory of a level that each belongs to (`code_parent`)."""
    montrees = donnees.group("etablissements", ["indicateur", "modalite", "rentree"]).get(
        (indicateur, modalite, rentree)
    )
    if montrees is None:
        return pd.DataFrame()
    liens = donnees.liens[donnees.liens["niveau_parent"] == niveau][["code", "code_parent"]]
    lignes = montrees[montrees["denominateur"] > 0].merge(liens, left_on="territoire", right_on="code")
    return lignes.sort_values(["code_parent", "territoire"]).reset_index(drop=True)


_ESTIMATEURS = {
    Mesure.POSITION: _estimate_face("comparaisons", "academie"),
    Mesure.SEMBLABLES: _estimate_face("autres", "similaires"),
    Mesure.ATTENDU: _estimate_attendu,
    Mesure.TENDANCE: _estimate_tendance,
    Mesure.TENDANCE_RELATIVE: _estimate_tendance_relative,
    Mesure.DISPERSION: _estimate_dispersion,
    Mesure.GROUPES: _estimate_groupes,
}
