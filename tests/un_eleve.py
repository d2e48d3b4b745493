"""One pupil more, or one fewer, in every rate of a base: the tables that the rules read, computed again."""

import numpy as np
import pandas as pd

from indicators import references, tendances
from indicators.base import Base
from indicators.catalogue import load_catalogue
from indicators.problematiques import load_regles
from indicators.problematiques.donnees import NIVEAUX, Donnees
from indicators.resultats import judge

CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]
LUS = sorted({code for regle in load_regles().values() for c in regle.conditions for code in c.indicateurs})
"""Indicators that a rule reads."""


def load_donnees(base: Base) -> Donnees:
    """Tables of a published base, as the engine reads them when it is built: the indicators of the rules only."""
    catalogue = load_catalogue()
    fiches = pd.DataFrame(
        [
            (i.code, i.nature.value, i.sens.value, i.ecart_utile / i.echelle, i.annees_cumulees, i.domaine.value)
            for i in catalogue.values()
        ],
        columns=["indicateur", "nature", "sens", "ecart_utile", "annees_cumulees", "domaine"],
    )
    tables = [
        base.requete(f"SELECT * FROM {nom} WHERE list_contains(?, indicateur)", [LUS])
        for nom in ("valeur", "comparaison", "comparaison_autre", "tendance", "attendu")
    ]
    valeurs = tables[0].merge(fiches[["indicateur", "nature"]], on="indicateur")
    liens = base.requete("SELECT * FROM rattachement_actuel WHERE niveau = 'etablissement'")
    return Donnees(valeurs, *tables[1:], liens, fiches)


def move(
    donnees: Donnees, voisins: pd.DataFrame, pas: int, *, seulement_derniere: bool = True, territoire: str | None = None
) -> Donnees:
    """The same base where every territory of every level has `pas` pupils more in the numerator of every rate.

    The pupil is a girl, and of the réseau's first établissement that gives the rate. The rest of the académie is the
    same pupils as before; similar territories have each moved.

    Args:
        donnees: tables of the base.
        voisins: rows of `voisin`.
        pas: 1 or -1; a numerator stays within its denominator.
        seulement_derniere: at the last rentrée of each series only, which bends trends the most.
        territoire: move this one only, above the établissement.
    """
    siennes = donnees.valeurs["territoire"] == territoire if territoire else _is_moved(donnees)
    valeurs = _move_valeurs(donnees, pas, siennes, seulement_derniere)
    hautes = valeurs[valeurs["niveau"].isin(NIVEAUX)]
    ruptures = {code: [r.rentree for r in load_catalogue()[code].ruptures] for code in LUS}
    liens = pd.DataFrame(columns=["niveau", "code", "niveau_parent", "code_parent"])
    return Donnees(
        valeurs, _compare(donnees, hautes),
        references.compare_autres(hautes, donnees.fiches, liens, voisins, ruptures),
        tendances.follow(hautes, donnees.fiches, ruptures), _move_attendus(donnees, hautes), donnees.liens,
        donnees.fiches,
    )  # fmt: skip


def _move_valeurs(donnees: Donnees, pas: int, siennes: pd.Series, seulement_derniere: bool) -> pd.DataFrame:
    """Figures once the numerators of some rows have moved."""
    valeurs = donnees.valeurs.copy()
    siennes = siennes & (valeurs["statut"] == "ok") & (valeurs["nature"] == "taux") & valeurs["numerateur"].notna()
    siennes &= valeurs["modalite"] != "garcons"
    if seulement_derniere:
        serie = valeurs.groupby(["indicateur", "niveau", "territoire", "modalite"])["rentree"]
        siennes &= valeurs["rentree"] == serie.transform("max")
    numerateur = (valeurs["numerateur"] + pas).clip(lower=0)
    numerateur = np.minimum(numerateur, valeurs["denominateur"])
    valeurs["numerateur"] = valeurs["numerateur"].mask(siennes, numerateur)
    valeurs["valeur"] = valeurs["valeur"].mask(siennes, numerateur / valeurs["denominateur"])
    return valeurs


def _is_moved(donnees: Donnees) -> pd.Series:
    """Rows of territories, and of the first établissement of each réseau with a figure of the indicator that year."""
    valeurs, liens = donnees.valeurs, donnees.liens
    reseaux = liens[liens["niveau_parent"] == "reseau"].set_index("code")["code_parent"]
    siens = valeurs[(valeurs["niveau"] == "etablissement") & (valeurs["statut"] == "ok")]
    siens = siens.assign(reseau=siens["territoire"].map(reseaux)).sort_values("territoire")
    premiers = siens.drop_duplicates(["indicateur", "reseau", "rentree", "modalite"])
    return valeurs["niveau"].isin(NIVEAUX) | valeurs.index.isin(premiers.index)


def _compare(donnees: Donnees, hautes: pd.DataFrame) -> pd.DataFrame:
    """Rates against a rest that has not moved; means as they were."""
    avant = donnees.comparaisons[donnees.comparaisons["reference"] == "academie"]
    natures = avant["indicateur"].map(donnees.fiches.set_index("indicateur")["nature"])
    taux = avant.loc[natures == "taux", [*CLE, "reference", "valeur_reference", "denominateur_reference"]]
    taux = taux.assign(
        numerateur_reference=(taux["valeur_reference"] * taux["denominateur_reference"]).round(),
        ecart_type_reference=np.nan, motif="",
    )  # fmt: skip
    paires = hautes[hautes["statut"] == "ok"].merge(taux, on=CLE)
    return pd.concat([avant[natures != "taux"], judge(paires, donnees.fiches)], ignore_index=True)


def _move_attendus(donnees: Donnees, hautes: pd.DataFrame) -> pd.DataFrame:
    """What is expected stays; the gap moves with the value."""
    apres = donnees.attendus.merge(hautes[[*CLE, "valeur"]], on=CLE)
    pas = apres["valeur"] - (apres["attendu"] + apres["ecart"])
    bornes = ["ecart", "ecart_inf", "ecart_sup"]
    apres[bornes] = apres[bornes].add(pas, axis=0)
    return apres.drop(columns="valeur")
