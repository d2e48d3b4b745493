"""The fictional académie: its geography, its établissements and the pupils of each kind, drawn once from a seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.demo.constats import RENTREES, get_constat
from indicators.demo.ecriture import to_majuscules
from indicators.demo.etablissements import build_etablissements
from indicators.demo.geographie import DEPARTEMENTS, Geographie, build_geographie
from indicators.demo.resultats import Population, vary_effectifs

NB_RENTREES = len(RENTREES)


@dataclass(frozen=True)
class Monde:
    """Everything the files are written from. A lycée polyvalent belongs to both `lycees_gt` and `lycees_pro`."""

    geo: Geographie
    etablissements: pd.DataFrame
    ecoles: Population
    colleges: Population
    lycees_gt: Population
    lycees_pro: Population
    graine: int


def build_monde(graine: int) -> Monde:
    """Draw the whole world; two calls with the same seed give the same one."""
    alea = np.random.default_rng(graine)
    geo = build_geographie(alea)
    etablissements = build_etablissements(geo, alea)
    reseaux = pd.Series(alea.normal(size=len(geo.reseaux)), index=geo.reseaux["code_reseau"])
    fixes = {get_constat(n).territoire for n in ("dans_la_moyenne", "trop_petit_pour_conclure")}

    def build_population(masque: pd.Series, effectif: str = "effectif", ips: str = "ips") -> Population:
        table = etablissements[masque].reset_index(drop=True)
        effectifs = vary_effectifs(table[effectif], alea, table["code_reseau"].isin(fixes).to_numpy())
        return Population(table, effectifs, reseaux, graine, ips)

    type_, nature = etablissements["type"], etablissements["nature"]
    return Monde(
        geo,
        etablissements,
        ecoles=build_population(type_ == "ecole"),
        colleges=build_population(type_ == "college"),
        lycees_gt=build_population(nature.isin(["LEGT", "LPO"])),
        lycees_pro=build_population(nature.isin(["LP", "LPO"]), "effectif_pro", "ips_pro"),
        graine=graine,
    )


def spread(population: Population, **tableaux: np.ndarray) -> pd.DataFrame:
    """One row per établissement and rentrée, rentrées in order, with the établissement's columns.

    `tableaux` have shape (établissements, rentrées) and become columns; `rentree` is added, and names in capitals
    (`nom_majuscules`, `commune_majuscules`).
    """
    table = population.etablissements
    table = table.assign(
        nom_majuscules=to_majuscules(table["nom"]),
        commune_majuscules=to_majuscules(table["nom_commune"]),
        departement_majuscules=to_majuscules(table["departement"].map(DEPARTEMENTS)).str.replace(" ", "-"),
        departement_3=table["departement"].str.zfill(3),
    )
    lignes = pd.concat([table.assign(rentree=rentree) for rentree in RENTREES], ignore_index=True)
    return lignes.assign(**{nom: tableau.T.ravel() for nom, tableau in tableaux.items()})
