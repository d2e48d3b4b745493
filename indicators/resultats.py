"""What is computed once, when publishing: intervals, comparisons, positions, spread, ranks, funnels.

Each function takes the figures of every territory as one DataFrame and returns one table of `base/schema.sql`.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from indicators import statistiques

SENS = {"hausse_favorable": 1, "baisse_favorable": -1, "neutre": 0}
_CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]
_NIVEAUX_COMPARES = ("reseau", "inter_reseau", "departement")
SEUIL_DISPERSION = 0.01
_NB_RANGS_MINIMUM = 3
_SANS_INTERVALLE = {
    "taux": "sans intervalle",
    "ratio": "sans intervalle",
    "moyenne": "moyenne pondérée par les effectifs, sans intervalle",
    "valeur_ajoutee": "moyenne pondérée par les effectifs, sans intervalle",
    "effectif": "somme",
}
"""How a figure without interval was made, by nature."""


def add_intervalles(chiffres: pd.DataFrame) -> pd.DataFrame:
    """Add `borne_inf` and `borne_sup` (95 %) and name the method; figures without interval keep nan.

    taux: Wilson; ratio: Byar; moyenne with a known spread: Student; anything else: none.
    """
    chiffres = chiffres.copy()
    inf, sup = np.full(len(chiffres), np.nan), np.full(len(chiffres), np.nan)
    mesures = chiffres[["numerateur", "denominateur", "valeur", "ecart_type"]].to_numpy(dtype=float)
    noms = np.where(chiffres["statut"] == "ok", chiffres["nature"].map(_SANS_INTERVALLE), "").astype(object)
    noms[np.isnan(mesures[:, 1]) & chiffres["nature"].isin(["moyenne", "valeur_ajoutee"])] = "sans intervalle"
    for nature, nom, encadre in (
        ("taux", "Wilson à 95 %", lambda x, n, valeur, ecart_type: statistiques.wilson(x, n)),
        ("ratio", "Byar à 95 %", lambda x, n, valeur, ecart_type: _ratio_bounds(x, n)),
        ("moyenne", "Student à 95 %", lambda x, n, valeur, ecart_type: statistiques.student(valeur, n, ecart_type)),
    ):
        lignes = np.flatnonzero(chiffres["nature"] == nature)
        bornes = np.array(encadre(*mesures[lignes].T)).reshape(2, -1)
        connues = np.isfinite(bornes).all(axis=0)
        lignes = lignes[connues]
        (inf[lignes], sup[lignes]), noms[lignes] = bornes[:, connues], nom
    chiffres["borne_inf"], chiffres["borne_sup"] = inf, sup
    dites = chiffres["methode"].to_numpy(dtype=object)
    chiffres["methode"] = noms + np.where((noms != "") & (dites != ""), " ; ", "").astype(object) + dites
    return chiffres


def compare(
    chiffres: pd.DataFrame, montres: pd.DataFrame, catalogue: pd.DataFrame, rattachements: pd.DataFrame
) -> pd.DataFrame:
    """Each territory against the rest of its reference, as the table `comparaison`.

    A réseau, inter-réseau or département is compared with the rest of the académie; an établissement with the rest of
    its réseau (or inter-réseau, where the indicator reads there first). The rest is the reference minus the
    territory, so it is made of the figures before secret statistique, and kept only where both are shown.

    Args:
        chiffres: rows of `agregation.aggregate`, before protection.
        montres: the rows of the table `valeur`.
        catalogue: one row per indicateur: nature, sens, ecart_utile, niveau.
        rattachements: rows of the table `rattachement`.
    """
    paires = _pair_with_reference(chiffres, catalogue, rattachements)
    paires = paires[_is_shown(paires, montres, "niveau", "territoire")]
    paires = paires[_is_shown(paires, montres, "niveau_ref", "territoire_ref")].reset_index(drop=True)
    return judge(subtract(paires), catalogue)


def judge(paires: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Test every pair, correct for their number and decide the answer, as rows of the table `comparaison`.

    Args:
        paires: figures of a territory beside those of its reference (columns ending in `_reference`).
        catalogue: one row per indicateur: sens, ecart_utile.
    """
    paires = paires.merge(catalogue[["indicateur", "sens", "ecart_utile"]], on="indicateur").reset_index(drop=True)
    _test(paires)
    familles = paires.groupby(["niveau", "rentree", "reference"])["p"]
    paires["p_ajustee"] = familles.transform(lambda p: statistiques.benjamini_hochberg(p.to_numpy()))
    paires["famille"] = familles.transform("count").astype(int)
    paires["etat"] = statistiques.decide_etats(
        paires["ecart"], paires["ecart_inf"], paires["ecart_sup"], paires["p_ajustee"], paires["ecart_utile"],
        paires["sens"].map(SENS),
    )  # fmt: skip
    douteuses = paires["etat"] == "non_concluant"
    paires["decelable"] = np.nan
    paires.loc[douteuses, "decelable"] = _find_decelable(paires[douteuses])
    return paires[
        [*_CLE, "reference", "valeur_reference", "denominateur_reference", "ecart", "ecart_inf", "ecart_sup", "p",
         "p_ajustee", "etat", "decelable", "famille", "motif"]
    ].sort_values(_CLE)  # fmt: skip


def _find_decelable(paires: pd.DataFrame) -> np.ndarray:
    """Smallest difference seen four times in five: from the counts of a rate, else from the width of the interval."""
    effectifs = paires[["denominateur", "denominateur_reference", "valeur_reference"]].to_numpy(dtype=float)
    largeur = paires["ecart_sup"].to_numpy(dtype=float) - paires["ecart_inf"].to_numpy(dtype=float)
    autres = (ndtri(0.975) + ndtri(0.8)) * largeur / (2 * ndtri(0.975))
    return np.where(paires["nature"] == "taux", statistiques.ecart_decelable_taux(*effectifs.T), autres)


def locate(montres: pd.DataFrame) -> pd.DataFrame:
    """Extent and quartiles of every level, over the figures shown, as the table `position`."""
    groupes = montres[montres["statut"] == "ok"].groupby(["indicateur", "niveau", "rentree", "modalite"])["valeur"]
    table = groupes.agg(nb="count", minimum="min", mediane="median", maximum="max")
    table["q1"], table["q3"] = groupes.quantile(0.25), groupes.quantile(0.75)
    return table[table["nb"] > 1].reset_index()


def spread(montres: pd.DataFrame, rattachements: pd.DataFrame) -> pd.DataFrame:
    """Spread between the établissements of each territory beyond chance, as the table `dispersion` (rates only)."""
    taux = montres[(montres["nature"] == "taux") & (montres["niveau"] == "etablissement") & (montres["statut"] == "ok")]
    liens = rattachements[
        (rattachements["niveau"] == "etablissement")
        & rattachements["niveau_parent"].isin(["reseau", "inter_reseau", "departement", "academie"])
    ]
    utiles = ["indicateur", "territoire", "rentree", "modalite", "numerateur", "denominateur", "valeur"]
    paires = taux[utiles].merge(liens.drop(columns="niveau"), left_on="territoire", right_on="code")
    debut, fin = paires["rentree_debut"].fillna(0), paires["rentree_fin"].fillna(9999)
    paires = paires[paires["rentree"].between(debut, fin) & paires["denominateur"].notna()]
    cle = ["indicateur", "niveau_parent", "code_parent", "rentree", "modalite"]
    if paires.empty:
        return pd.DataFrame()
    groupes = paires.groupby(cle)
    effectifs = paires["numerateur"], paires["denominateur"], groupes.ngroup()
    table = groupes["valeur"].agg(nb_etablissements="count", minimum="min", maximum="max").reset_index()
    table["p"] = statistiques.heterogeneite(*effectifs)[2]
    table["tau2"], table["i2"] = statistiques.dispersion_taux(*effectifs)
    table = table[table["nb_etablissements"] > 1].rename(
        columns={"niveau_parent": "niveau", "code_parent": "territoire"}
    )
    table["p"] = table.groupby(["niveau", "rentree"])["p"].transform(
        lambda p: statistiques.benjamini_hochberg(p.to_numpy())
    )
    return table.assign(est_heterogene=table["p"] < SEUIL_DISPERSION)


def draw_entonnoirs(montres: pd.DataFrame) -> pd.DataFrame:
    """Common rate and spread of every level, as the table `entonnoir` (rates only)."""
    taux = montres[(montres["statut"] == "ok") & (montres["nature"] == "taux")]
    taux = taux[taux["niveau"].isin(_NIVEAUX_COMPARES)]
    taux = taux[taux["denominateur"].notna()]
    cle = ["indicateur", "niveau", "rentree", "modalite"]
    groupes = taux.groupby(cle)
    debuts = np.flatnonzero(np.diff(np.sort(groupes.ngroup().to_numpy()), prepend=-1))
    ordre = np.argsort(groupes.ngroup().to_numpy(), kind="stable")
    x, n = (np.split(taux[c].to_numpy(dtype=float)[ordre], debuts[1:]) for c in ("numerateur", "denominateur"))
    table = taux.iloc[ordre[debuts]][cle].reset_index(drop=True)
    mesures = [statistiques.surdispersion(xi, ni) for xi, ni in zip(x, n, strict=True)]
    table[["p0", "phi", "tau2"]] = np.array(mesures).reshape(-1, 3)
    return table.assign(nb=[len(ni) for ni in n]).dropna(subset="p0")


def rank(montres: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Rank of each territory above the établissement, with the interval it could take, as the table `rang`."""
    lignes = montres[(montres["statut"] == "ok") & montres["niveau"].isin(_NIVEAUX_COMPARES)]
    lignes = lignes[lignes["borne_inf"].notna()].merge(catalogue[["indicateur", "sens"]], on="indicateur")
    groupes = lignes.groupby(["indicateur", "niveau", "rentree", "modalite"])
    lignes = lignes.assign(groupe=groupes.ngroup(), nb=groupes["valeur"].transform("count"))
    lignes = lignes[lignes["nb"] >= _NB_RANGS_MINIMUM].sort_values(["groupe", "territoire"]).reset_index(drop=True)
    if lignes.empty:
        return pd.DataFrame()
    rangs = _rank_groups(lignes)
    return lignes[_CLE].assign(rang=rangs[0], rang_inf=rangs[1], rang_sup=rangs[2], nb=lignes["nb"]).sort_values(_CLE)


def _rank_groups(lignes: pd.DataFrame) -> np.ndarray:
    """(rank, low, high) of rows sorted by `groupe`; plain arrays, since a DataFrame per group costs more than ranks."""
    sens = lignes["sens"].map(SENS).replace(0, 1).to_numpy()
    est_taux = (lignes["nature"] == "taux").to_numpy()
    x, n, valeur, inf, sup = (
        lignes[c].to_numpy(dtype=float) for c in ("numerateur", "denominateur", "valeur", "borne_inf", "borne_sup")
    )
    rangs = np.full((3, len(lignes)), np.nan)
    debuts = np.flatnonzero(np.diff(lignes["groupe"].to_numpy(), prepend=-1))
    for debut, fin in zip(debuts, np.append(debuts[1:], len(lignes)), strict=True):
        g = slice(debut, fin)
        if est_taux[debut]:
            rangs[:, g] = statistiques.intervalle_rangs_taux(x[g], n[g], sens_code=sens[debut])
        else:
            rangs[:, g] = statistiques.intervalle_rangs(valeur[g], inf[g], sup[g], sens_code=sens[debut])
    return rangs


def _ratio_bounds(numerateur, denominateur):
    inf, sup = statistiques.byar(numerateur)
    with np.errstate(divide="ignore", invalid="ignore"):
        return inf / denominateur, sup / denominateur


def _pair_with_reference(chiffres, catalogue, rattachements) -> pd.DataFrame:
    """Rows of territories beside those of their reference (columns ending in `_ref`)."""
    mesures = ["numerateur", "denominateur", "valeur", "ecart_type", "nb_etablissements"]
    chiffres = chiffres.loc[
        (chiffres["statut"] == "ok") & (chiffres["nature"] != "effectif"), [*_CLE, "nature", *mesures]
    ]
    niveau_lecture = catalogue.set_index("indicateur")["niveau"]
    local = np.where(chiffres["indicateur"].map(niveau_lecture) == "inter_reseau", "inter_reseau", "reseau")
    niveau_ref = np.where(chiffres["niveau"].isin(_NIVEAUX_COMPARES), "academie", local)
    niveau_ref = np.where(chiffres["niveau"] == "academie", None, niveau_ref)
    territoires = chiffres.assign(niveau_ref=niveau_ref).dropna(subset="niveau_ref")
    liens = rattachements.rename(columns={"niveau_parent": "niveau_ref", "code_parent": "territoire_ref"})
    paires = territoires.merge(
        liens, left_on=["niveau", "territoire", "niveau_ref"], right_on=["niveau", "code", "niveau_ref"]
    )
    debut, fin = paires["rentree_debut"].fillna(0), paires["rentree_fin"].fillna(9999)
    paires = paires[paires["rentree"].between(debut, fin)]
    references = chiffres[[*_CLE, *mesures]].rename(columns={"niveau": "niveau_ref", "territoire": "territoire_ref"})
    cle = ["indicateur", "niveau_ref", "territoire_ref", "rentree", "modalite"]
    return paires.merge(references, on=cle, suffixes=("", "_ref")).assign(reference=lambda p: p["niveau_ref"])


def _is_shown(paires, montres, niveau, territoire) -> np.ndarray:
    cle = ["indicateur", niveau, territoire, "rentree", "modalite"]
    affiches = pd.MultiIndex.from_frame(montres.loc[montres["statut"] == "ok", _CLE])
    return pd.MultiIndex.from_frame(paires[cle]).isin(affiches)


def subtract(paires: pd.DataFrame) -> pd.DataFrame:
    """The reference without the territory: counts, value and spread; rows whose rest is empty are dropped."""
    n, m, sd = (paires[c].to_numpy(dtype=float) for c in ("denominateur", "valeur", "ecart_type"))
    n_ref, m_ref, sd_ref = (paires[f"{c}_ref"].to_numpy(dtype=float) for c in ("denominateur", "valeur", "ecart_type"))
    reste = n_ref - n
    par_comptes = paires["nature"].isin(["taux", "ratio"]).to_numpy()
    numerateur = paires["numerateur_ref"].to_numpy(dtype=float) - paires["numerateur"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        moyenne = (n_ref * m_ref - n * m) / reste
        carres = n_ref * (sd_ref**2 + m_ref**2) - n * (sd**2 + m**2)
        ecart_type = np.sqrt(np.maximum(carres / reste - moyenne**2, 0))
        valeur = np.where(par_comptes, numerateur / reste, moyenne)
    paires = paires.assign(
        denominateur_reference=reste, numerateur_reference=numerateur, valeur_reference=valeur,
        ecart_type_reference=ecart_type,
    )  # fmt: skip
    # Without weights, the plain mean of the rest is recovered from the numbers of établissements.
    sans_poids = np.isnan(n) & (paires["nature"] == "moyenne").to_numpy()
    k, k_ref = paires["nb_etablissements"].to_numpy(dtype=float), paires["nb_etablissements_ref"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        simple = (k_ref * m_ref - k * m) / (k_ref - k)
    paires["valeur_reference"] = np.where(sans_poids, simple, paires["valeur_reference"])
    return paires[(reste > 0) | (sans_poids & (k_ref > k))].reset_index(drop=True)


def _test(paires: pd.DataFrame) -> None:
    """Add `ecart`, its interval, `p` and `motif` (why there is no test), by nature."""
    resultat = np.full((4, len(paires)), np.nan)
    resultat[0] = paires["valeur"] - paires["valeur_reference"]
    nature = paires["nature"].to_numpy()
    comptes = ("numerateur", "denominateur", "numerateur_reference", "denominateur_reference")
    moyennes = ("valeur", "ecart_type", "denominateur", "valeur_reference", "ecart_type_reference", comptes[3])
    for nom, colonnes, compare_deux in (
        ("taux", comptes, _compare_taux),
        ("ratio", comptes, statistiques.difference_ratios),
        ("moyenne", moyennes, statistiques.difference_moyennes),
    ):
        lignes = np.flatnonzero(nature == nom)
        valeurs = np.array(compare_deux(*paires.loc[lignes, list(colonnes)].to_numpy(dtype=float).T))
        testees = np.isfinite(valeurs[3])
        resultat[:, lignes[testees]] = valeurs[:, testees]
    paires["ecart"], paires["ecart_inf"], paires["ecart_sup"], paires["p"] = resultat
    raisons = np.select(
        [nature == "valeur_ajoutee", paires["denominateur"].isna()], ["sans intervalle", "effectifs absents"],
        "sans écart-type",
    )  # fmt: skip
    paires["motif"] = np.where(np.isfinite(resultat[3]), "", raisons)


def _compare_taux(x1, n1, x2, n2):
    return *statistiques.difference_taux(x1, n1, x2, n2), statistiques.p_difference_taux(x1, n1, x2, n2)
