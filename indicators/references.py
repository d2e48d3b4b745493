"""Comparisons with another reference than the usual one, when publishing: the table `comparaison_autre`.

The usual reference (the rest of the académie, or of the réseau for an établissement) decides the state of a cell
everywhere. These answer a question that a reader asks on purpose: against the département, the région or the country,
similar territories, or the territory's own previous year. Each is a family of its own for the correction.
"""

import numpy as np
import pandas as pd

from indicators.resultats import judge, subtract
from indicators.tendances import find_departs

REFERENCES = {
    "departement": "le reste du département",
    "region": "la région académique",
    "national": "la France",
    "similaires": "les territoires semblables",
    "anterieure": "sa rentrée précédente",
}
"""Every other reference, as a sentence calls it."""

_CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]
_CHIFFRES = ["numerateur", "denominateur", "valeur", "ecart_type", "nb_etablissements"]
_NIVEAUX = ("reseau", "inter_reseau", "departement")
_SEMBLABLES_MINIMUM = 3
"""Similar territories with a figure under which they are no reference."""


def compare_autres(
    montres: pd.DataFrame, catalogue: pd.DataFrame, liens: pd.DataFrame, voisins: pd.DataFrame,
    ruptures: dict[str, list[int]],
) -> pd.DataFrame:  # fmt: skip
    """Each réseau, inter-réseau and département against every other reference that has figures.

    Only figures that are shown enter, so that no hidden one comes back from a difference.

    Args:
        montres: rows of the table `valeur`.
        catalogue: one row per indicateur: sens, ecart_utile, annees_cumulees.
        liens: rows of `rattachement_actuel`: niveau, code, niveau_parent, code_parent.
        voisins: rows of the table `voisin` (may be empty).
        ruptures: rentrées at which the series of an indicateur starts afresh.

    Returns:
        Rows shaped like those of `comparaison`.
    """
    lignes = montres[(montres["statut"] == "ok") & (montres["nature"] != "effectif")]
    territoires = lignes[lignes["niveau"].isin(_NIVEAUX)]
    parts = [
        _pair_departement(territoires, lignes, liens),
        _pair_haut(territoires, lignes, "region"),
        _pair_haut(territoires, lignes, "national"),
        _pair_semblables(territoires, voisins),
        _pair_anterieure(territoires, catalogue, ruptures),
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame()
    return judge(pd.concat(parts, ignore_index=True), catalogue)


def _pair_departement(territoires: pd.DataFrame, lignes: pd.DataFrame, liens: pd.DataFrame) -> pd.DataFrame:
    """A territory that lies in one département against the rest of it."""
    dedans = liens[(liens["niveau_parent"] == "departement") & liens["niveau"].isin(("reseau", "inter_reseau"))]
    paires = territoires.merge(
        dedans[["niveau", "code", "code_parent"]], left_on=["niveau", "territoire"], right_on=["niveau", "code"]
    )
    references = lignes.loc[
        lignes["niveau"] == "departement", ["indicateur", "territoire", "rentree", "modalite", *_CHIFFRES]
    ]
    paires = paires.merge(
        references.rename(columns={"territoire": "code_parent"}),
        on=["indicateur", "code_parent", "rentree", "modalite"], suffixes=("", "_ref"),
    )  # fmt: skip
    return subtract(paires).assign(reference="departement") if len(paires) else paires


def _pair_haut(territoires: pd.DataFrame, lignes: pd.DataFrame, niveau: str) -> pd.DataFrame:
    """Against what a source publishes for the région or the country, of which a territory is a small part."""
    hauts = lignes.loc[lignes["niveau"] == niveau, ["indicateur", "rentree", "modalite", *_CHIFFRES]]
    return _beside(territoires, hauts, ["indicateur", "rentree", "modalite"], niveau)


def _pair_semblables(territoires: pd.DataFrame, voisins: pd.DataFrame) -> pd.DataFrame:
    """Against its similar territories taken together."""
    if voisins.empty:
        return pd.DataFrame()
    autres = territoires[["indicateur", "niveau", "territoire", "rentree", "modalite", "nature", *_CHIFFRES]].merge(
        voisins[["niveau", "territoire", "voisin"]],
        left_on=["niveau", "territoire"], right_on=["niveau", "voisin"], suffixes=("_voisin", ""),
    )  # fmt: skip
    return _beside(territoires, pool(autres, _CLE), _CLE, "similaires")


def pool(lignes: pd.DataFrame, cle: list[str]) -> pd.DataFrame:
    """Figures of several territories taken together: counts are added, means weighted, spreads combined.

    Three similar territories with 40/50, 90/100 and 30/50 read 160/200 = 80 %, not the mean of their rates.

    Args:
        lignes: nature, numerateur, denominateur, valeur, ecart_type, nb_etablissements.
        cle: what tells two pools apart; pools of fewer than three are left out.
    """
    m, n = lignes["valeur"], lignes["denominateur"]
    carres = n * (lignes["ecart_type"] ** 2 + m**2)
    groupes = lignes.assign(produit=n * m, carres=carres).groupby(cle)
    somme = groupes.agg(
        nature=("nature", "first"), membres=("valeur", "size"), poids=("denominateur", "count"),
        numerateur=("numerateur", "sum"), denominateur=("denominateur", "sum"), produit=("produit", "sum"),
        carres=("carres", "sum"), ecarts=("ecart_type", "count"), simple=("valeur", "mean"),
        nb_etablissements=("nb_etablissements", "sum"),
    )  # fmt: skip
    somme = somme[somme["membres"] >= _SEMBLABLES_MINIMUM].reset_index()
    complet = somme["poids"] == somme["membres"]
    denominateur = somme["denominateur"].where(complet & (somme["denominateur"] > 0))
    par_comptes = somme["nature"].isin(["taux", "ratio"])
    moyenne = (somme["produit"] / denominateur).where(complet, somme["simple"])
    valeur = (somme["numerateur"] / denominateur).where(par_comptes, moyenne)
    variance = (somme["carres"] / denominateur - moyenne**2).clip(lower=0)
    return somme.assign(
        denominateur=denominateur,
        numerateur=somme["numerateur"].where(par_comptes & complet),
        valeur=valeur,
        ecart_type=np.sqrt(variance).where(~par_comptes & (somme["ecarts"] == somme["membres"])),
    )[[*cle, *_CHIFFRES]]


def _pair_anterieure(
    territoires: pd.DataFrame, catalogue: pd.DataFrame, ruptures: dict[str, list[int]]
) -> pd.DataFrame:
    """Against its own previous figure; never across a break, nor over the same pupils counted twice."""
    annees = catalogue.set_index("indicateur")["annees_cumulees"]
    serie = territoires.sort_values(_CLE)
    groupes = serie.groupby(["indicateur", "niveau", "territoire", "modalite"])
    avant = groupes["rentree"].shift()
    duree = serie["rentree"] - avant
    depart = find_departs(serie["indicateur"], serie["rentree"], ruptures)
    garde = (duree >= serie["indicateur"].map(annees).astype(float)) & (avant >= depart)
    decales = groupes[_CHIFFRES].shift().rename(columns=lambda nom: f"{nom}_reference")
    return serie.join(decales)[garde & decales["valeur_reference"].notna()].assign(reference="anterieure")


def _beside(territoires: pd.DataFrame, references: pd.DataFrame, cle: list[str], nom: str) -> pd.DataFrame:
    """Territories beside a reference of which they are not subtracted."""
    renommees = references.rename(columns={chiffre: f"{chiffre}_reference" for chiffre in _CHIFFRES})
    return territoires.merge(renommees, on=cle).assign(reference=nom)
