"""What is computed once, when publishing: intervals, comparisons, positions, trends, spread, ranks.

Each function takes the figures of every territory as one DataFrame and returns one table of `base/schema.sql`.
"""

import numpy as np
import pandas as pd

from indicators import statistiques

_SENS = {"hausse_favorable": 1, "baisse_favorable": -1, "neutre": 0}
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
    numerateur, denominateur, valeur, ecart_type = (
        chiffres[c].to_numpy(dtype=float) for c in ("numerateur", "denominateur", "valeur", "ecart_type")
    )
    noms = np.where(chiffres["statut"] == "ok", chiffres["nature"].map(_SANS_INTERVALLE), "").astype(object)
    noms[np.isnan(denominateur) & chiffres["nature"].isin(["moyenne", "valeur_ajoutee"])] = "sans intervalle"
    for nature, nom, bornes in (
        ("taux", "Wilson à 95 %", statistiques.wilson(numerateur, denominateur)),
        ("ratio", "Byar à 95 %", _ratio_bounds(numerateur, denominateur)),
        ("moyenne", "Student à 95 %", statistiques.student(valeur, denominateur, ecart_type)),
    ):
        lignes = (chiffres["nature"] == nature).to_numpy() & np.isfinite(bornes[0]) & np.isfinite(bornes[1])
        inf[lignes], sup[lignes], noms[lignes] = bornes[0][lignes], bornes[1][lignes], nom
    chiffres["borne_inf"], chiffres["borne_sup"] = inf, sup
    chiffres["methode"] = [" ; ".join(filter(None, paire)) for paire in zip(noms, chiffres["methode"], strict=True)]
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
    paires = paires.merge(catalogue[["indicateur", "sens", "ecart_utile"]], on="indicateur")
    paires = _subtract(paires)
    _test(paires)
    paires["p_ajustee"] = paires.groupby(["niveau", "rentree", "reference"])["p"].transform(
        lambda p: statistiques.benjamini_hochberg(p.to_numpy())
    )
    paires["famille"] = paires.groupby(["niveau", "rentree", "reference"])["p"].transform("count").astype(int)
    paires["etat"] = statistiques.decide_etats(
        paires["ecart"], paires["ecart_inf"], paires["ecart_sup"], paires["p_ajustee"], paires["ecart_utile"],
        paires["sens"].map(_SENS),
    )  # fmt: skip
    paires["decelable"] = np.where(
        (paires["nature"] == "taux") & (paires["etat"] == "non_concluant"),
        statistiques.ecart_decelable_taux(
            paires["denominateur"], paires["denominateur_reference"], paires["valeur_reference"]
        ),
        np.nan,
    )
    return paires[
        [*_CLE, "reference", "valeur_reference", "denominateur_reference", "ecart", "ecart_inf", "ecart_sup", "p",
         "p_ajustee", "etat", "decelable", "famille", "motif"]
    ].sort_values(_CLE)  # fmt: skip


def locate(montres: pd.DataFrame) -> pd.DataFrame:
    """Extent and quartiles of every level, over the figures shown, as the table `position`."""
    groupes = montres[montres["statut"] == "ok"].groupby(["indicateur", "niveau", "rentree", "modalite"])["valeur"]
    table = groupes.agg(nb="count", minimum="min", mediane="median", maximum="max")
    table["q1"], table["q3"] = groupes.quantile(0.25), groupes.quantile(0.75)
    return table[table["nb"] > 1].reset_index()


def follow(montres: pd.DataFrame, catalogue: pd.DataFrame, ruptures: dict[str, list[int]]) -> pd.DataFrame:
    """The trend of every series, as the table `tendance`: the last five rentrées since the last break.

    Args:
        montres: the rows of the table `valeur`.
        catalogue: one row per indicateur: sens, ecart_utile, annees_cumulees.
        ruptures: rentrées at which the series of an indicateur starts afresh.
    """
    series = montres[(montres["statut"] == "ok") & montres["valeur"].notna()].merge(
        catalogue[["indicateur", "sens", "ecart_utile", "annees_cumulees"]], on="indicateur"
    )
    derniere = series.groupby(["indicateur", "niveau", "territoire", "modalite"])["rentree"].transform("max")
    depart = [_get_depart(ruptures.get(c, ()), fin) for c, fin in zip(series["indicateur"], derniere, strict=True)]
    series = series[(series["rentree"] >= depart) & (series["annees_cumulees"] == 1) & (series["nature"] != "effectif")]
    if series.empty:
        return pd.DataFrame()
    parts = [_follow_nature(partie, nature) for nature, partie in series.groupby("nature")]
    return pd.concat(parts, ignore_index=True).sort_values(["indicateur", "niveau", "territoire", "modalite"])


def spread(montres: pd.DataFrame, rattachements: pd.DataFrame) -> pd.DataFrame:
    """Spread between the établissements of each territory beyond chance, as the table `dispersion` (rates only)."""
    taux = montres[(montres["nature"] == "taux") & (montres["niveau"] == "etablissement") & (montres["statut"] == "ok")]
    liens = rattachements[
        (rattachements["niveau"] == "etablissement")
        & rattachements["niveau_parent"].isin(["reseau", "inter_reseau", "departement", "academie"])
    ]
    paires = taux.merge(liens.drop(columns="niveau"), left_on="territoire", right_on="code")
    debut, fin = paires["rentree_debut"].fillna(0), paires["rentree_fin"].fillna(9999)
    paires = paires[paires["rentree"].between(debut, fin) & paires["denominateur"].notna()]
    cle = ["indicateur", "niveau_parent", "code_parent", "rentree", "modalite"]
    if paires.empty:
        return pd.DataFrame()
    groupes = paires.groupby(cle)
    _, _, p = statistiques.heterogeneite(paires["numerateur"], paires["denominateur"], groupes.ngroup())
    table = groupes["valeur"].agg(nb_etablissements="count", minimum="min", maximum="max").reset_index()
    table["p"] = p
    table = table[table["nb_etablissements"] > 1].rename(
        columns={"niveau_parent": "niveau", "code_parent": "territoire"}
    )
    table["p"] = table.groupby(["niveau", "rentree"])["p"].transform(
        lambda p: statistiques.benjamini_hochberg(p.to_numpy())
    )
    return table.assign(est_heterogene=table["p"] < SEUIL_DISPERSION)


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
    sens = lignes["sens"].map(_SENS).replace(0, 1).to_numpy()
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
    chiffres = chiffres[(chiffres["statut"] == "ok") & (chiffres["nature"] != "effectif")]
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
    references = chiffres[[*_CLE, "numerateur", "denominateur", "valeur", "ecart_type", "nb_etablissements"]].rename(
        columns={"niveau": "niveau_ref", "territoire": "territoire_ref"}
    )
    cle = ["indicateur", "niveau_ref", "territoire_ref", "rentree", "modalite"]
    return paires.merge(references, on=cle, suffixes=("", "_ref")).assign(reference=lambda p: p["niveau_ref"])


def _is_shown(paires, montres, niveau, territoire) -> np.ndarray:
    cle = ["indicateur", niveau, territoire, "rentree", "modalite"]
    affiches = pd.MultiIndex.from_frame(montres.loc[montres["statut"] == "ok", _CLE])
    return pd.MultiIndex.from_frame(paires[cle]).isin(affiches)


def _subtract(paires: pd.DataFrame) -> pd.DataFrame:
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
    x1, n1, x2, n2 = (
        paires[c].to_numpy(dtype=float)
        for c in ("numerateur", "denominateur", "numerateur_reference", "denominateur_reference")
    )
    resultat = np.full((4, len(paires)), np.nan)
    resultat[0] = paires["valeur"] - paires["valeur_reference"]
    nature = paires["nature"].to_numpy()
    moyennes = statistiques.difference_moyennes(
        paires["valeur"], paires["ecart_type"], n1, paires["valeur_reference"], paires["ecart_type_reference"], n2
    )
    tests = {
        "taux": (*statistiques.difference_taux(x1, n1, x2, n2), statistiques.p_difference_taux(x1, n1, x2, n2)),
        "ratio": statistiques.difference_ratios(x1, n1, x2, n2),
        "moyenne": moyennes,
    }
    for nom, valeurs in tests.items():
        lignes = (nature == nom) & np.isfinite(valeurs[3])
        resultat[:, lignes] = np.array(valeurs)[:, lignes]
    paires["ecart"], paires["ecart_inf"], paires["ecart_sup"], paires["p"] = resultat
    raisons = np.select(
        [nature == "valeur_ajoutee", np.isnan(n1)], ["sans intervalle", "effectifs absents"], "sans écart-type"
    )
    paires["motif"] = np.where(np.isfinite(resultat[3]), "", raisons)


def _get_depart(ruptures, derniere: int) -> int:
    """First rentrée read of a series: the last break that it has crossed."""
    return max((rentree for rentree in ruptures if rentree <= derniere), default=0)


def _follow_nature(series: pd.DataFrame, nature: str) -> pd.DataFrame:
    """Trends of the series of one nature, all at once: a row per series, a column per rentrée."""
    cle = ["indicateur", "niveau", "territoire", "modalite"]
    valeurs = series.pivot(index=cle, columns="rentree", values="valeur")
    poids = series.pivot(index=cle, columns="rentree", values="denominateur").to_numpy(dtype=float)
    rentrees = valeurs.columns.to_numpy(dtype=float)
    lus = statistiques.derniers_points(valeurs.notna().to_numpy())
    y = np.where(lus, valeurs.to_numpy(dtype=float), np.nan)
    binomiale = nature == "taux"
    w = np.where(lus, poids if binomiale else np.where(np.isfinite(poids), poids, 1.0), np.nan)
    pente, inf, sup, p = statistiques.pente_ponderee(y, w, rentrees, binomiale=binomiale)
    debut = np.where(lus, rentrees, np.inf).min(axis=1)
    fin = np.where(lus, rentrees, -np.inf).max(axis=1)
    table = valeurs.index.to_frame(index=False)
    table = table.merge(
        series[["indicateur", "sens", "ecart_utile"]].drop_duplicates("indicateur"), on="indicateur", how="left"
    )
    table["etat"] = statistiques.decide_tendances(
        pente, inf, sup, p, lus.sum(axis=1), fin - debut, table["ecart_utile"], table["sens"].map(_SENS)
    )
    return table[[*cle, "etat"]].assign(
        rentree_debut=debut.astype(int), rentree_fin=fin.astype(int), nb_points=lus.sum(axis=1),
        pente=pente, pente_inf=inf, pente_sup=sup, p=p,
    )  # fmt: skip
