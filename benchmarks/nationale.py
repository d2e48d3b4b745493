"""Every statistic of the country: 1, 3, 10 then 30 synthetic académies, one after the other (a base per académie).

Each académie: 2 000 établissements (1 500 écoles, 320 collèges, 180 lycées), 50 réseaux, 12 inter-réseaux, 4
départements, 40 indicators over 10 rentrées. Thirty make 60 000 établissements and 1 500 réseaux.
Run from the root: python -m benchmarks.nationale
"""

import resource
import time

import numpy as np
import pandas as pd

from indicators import attendus, ecarts_groupes, references, resultats, semblables, tendances

TAILLES, RENTREES, GRAINE = (1, 3, 10, 30), range(2015, 2025), 2017
TYPES = {"ecole": 1500, "college": 320, "lycee": 180}
RESEAUX, INTER_RESEAUX, DEPARTEMENTS = 50, 12, 4
NIVEAUX = ("etablissement", "reseau", "inter_reseau", "departement", "academie")
CIBLES = {"secondes": 120.0, "gigaoctets": 8.0}
"""For thirty académies."""
CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]


def make_catalogue() -> pd.DataFrame:
    """40 fiches: 30 rates, 7 means (IPS among them), 2 value-added, 1 number of pupils."""
    contexte = [("ips_ecoles", "ecole"), ("ips_colleges", "college"), ("ips_lycees", "lycee")]
    lignes = [(code, type_, "moyenne", "neutre", "contexte") for code, type_ in contexte]
    lignes.append(("effectif_colleges", "college", "effectif", "neutre", "contexte"))
    lignes += [(f"note_{i}", "college", "moyenne", "hausse_favorable", "socle") for i in range(4)]
    lignes += [(f"valeur_ajoutee_{i}", "lycee", "valeur_ajoutee", "hausse_favorable", "lycee") for i in range(2)]
    repartis = ["ecole"] * 8 + ["college"] * 12 + ["lycee"] * 10
    sens = ("hausse_favorable", "hausse_favorable", "baisse_favorable", "neutre")
    lignes += [(f"taux_{i}", type_, "taux", sens[i % 4], "socle") for i, type_ in enumerate(repartis)]
    table = pd.DataFrame(lignes, columns=["indicateur", "type", "nature", "sens", "domaine"])
    unites = {"taux": 0.03, "moyenne": 0.5, "valeur_ajoutee": 1.0, "effectif": 20.0}
    niveau = np.where(table["type"] == "lycee", "inter_reseau", "reseau")
    return table.assign(ecart_utile=table["nature"].map(unites), niveau=niveau, annees_cumulees=1)


def make_territoires(alea) -> pd.DataFrame:
    """Établissements with their territories; a réseau is in one inter-réseau, an inter-réseau in one département."""
    types = np.repeat(list(TYPES), list(TYPES.values()))
    reseau = np.concatenate([alea.permutation(np.arange(n) % RESEAUX) for n in TYPES.values()])
    inter = reseau % INTER_RESEAUX
    return pd.DataFrame(
        {
            "etablissement": [f"E{i:05d}" for i in range(len(types))],
            "type": types,
            "education_prioritaire": np.where(alea.random(len(types)) < 0.08, "REP", None),
            "reseau": [f"R{i:02d}" for i in reseau],
            "inter_reseau": [f"IR{i:02d}" for i in inter],
            "departement": [f"D{i}" for i in inter % DEPARTEMENTS],
            "academie": "A13",
            "effectif": np.exp(alea.normal(np.where(types == "ecole", 2.9, 4.6), 0.4)).astype(int) + 4,
            "contexte": alea.normal(0, 1, len(types)),
        }
    )


def make_chiffres(alea, territoires: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Rows shaped like those of the table `valeur`, at every level, before intervals."""
    parts = []
    for fiche in catalogue.itertuples():
        uai = territoires[territoires["type"] == fiche.type]
        lignes = uai.loc[uai.index.repeat(len(RENTREES))].assign(rentree=list(RENTREES) * len(uai))
        n = np.maximum(lignes["effectif"] + alea.integers(-6, 7, len(lignes)), 4).to_numpy(dtype=float)
        if fiche.nature == "taux":
            taux = alea.uniform(0.3, 0.9) + 0.04 * lignes["contexte"] + alea.normal(0, 0.03, len(lignes))
            x = alea.binomial(n.astype(int), np.clip(taux, 0.02, 0.98)).astype(float)
            fille = alea.binomial(n.astype(int), 0.5)
            x_fille = alea.hypergeometric(x.astype(int), (n - x).astype(int), fille)
            moities = ((x, n, "ensemble"), (x_fille, fille, "filles"), (x - x_fille, n - fille, "garcons"))
            for x_part, n_part, modalite in moities if fiche.indicateur in ("taux_8", "taux_20") else moities[:1]:
                parts.append(lignes.assign(somme=x_part, poids=n_part, carres=0.0, modalite=modalite, **_name(fiche)))
        else:
            centre = 105 if fiche.domaine == "contexte" else 11
            valeur = n if fiche.nature == "effectif" else centre + 3 * lignes["contexte"] + alea.normal(0, 1, len(n))
            carres = n * (valeur**2 + 9.0)  # spread between pupils: 3
            parts.append(lignes.assign(somme=n * valeur, poids=n, carres=carres, modalite="ensemble", **_name(fiche)))
    return pd.concat([_aggregate(pd.concat(parts, ignore_index=True), niveau) for niveau in NIVEAUX], ignore_index=True)


def _name(fiche) -> dict[str, str]:
    return {"indicateur": fiche.indicateur, "nature": fiche.nature}


def _aggregate(lignes: pd.DataFrame, niveau: str) -> pd.DataFrame:
    groupes = lignes.groupby(["indicateur", "nature", niveau, "rentree", "modalite"])
    table = groupes.agg(somme=("somme", "sum"), poids=("poids", "sum"), carres=("carres", "sum"),
                        nb_etablissements=("poids", "size")).reset_index()  # fmt: skip
    table = table[table["poids"] > 0]
    nature = table["nature"]
    valeur = (table["somme"] / table["poids"]).mask(nature == "effectif", table["poids"])
    variance = (table["carres"] / table["poids"] - valeur**2).clip(lower=0)
    return table.rename(columns={niveau: "territoire"}).assign(
        niveau=niveau, numerateur=table["somme"].where(nature == "taux"),
        denominateur=table["poids"].mask(nature == "effectif"), valeur=valeur,
        ecart_type=np.sqrt(variance).where(nature == "moyenne"), statut="ok", methode="",
    ).drop(columns=["somme", "poids", "carres"])  # fmt: skip


def make_liens(territoires: pd.DataFrame) -> pd.DataFrame:
    """Rows of `rattachement_actuel`, at any distance."""
    parts = []
    for rang, niveau in enumerate(NIVEAUX):
        for parent in NIVEAUX[rang + 1 :]:
            paires = territoires[[niveau, parent]].drop_duplicates().set_axis(["code", "code_parent"], axis=1)
            parts.append(paires.assign(niveau=niveau, niveau_parent=parent, rentree_debut=None, rentree_fin=None))
    uai = territoires["etablissement"]
    soi = pd.DataFrame({"code": uai, "code_parent": uai, "niveau": "etablissement", "niveau_parent": "etablissement"})
    return pd.concat([*parts, soi], ignore_index=True)


def compute(chiffres, catalogue, territoires, liens) -> int:
    """What `base/construction.py` computes once the figures are aggregated and protected; returns the rows made."""
    valeurs = resultats.add_intervalles(chiffres)
    densites = pd.DataFrame({"niveau": "reseau", "territoire": territoires["reseau"].unique()})
    trouves = semblables.find_semblables(valeurs, densites.assign(valeur=np.arange(len(densites)) + 20.0))
    fiches_uai = territoires.rename(columns={"etablissement": "code"})[["code", "type", "education_prioritaire"]]
    tables = (
        valeurs, trouves.voisin, resultats.compare(chiffres, valeurs, catalogue, liens), resultats.locate(valeurs),
        tendances.follow(valeurs, catalogue, {}), resultats.spread(valeurs, liens), resultats.rank(valeurs, catalogue),
        references.compare_autres(valeurs, catalogue, liens, trouves.voisin, {}),
        attendus.expect(valeurs, catalogue, fiches_uai.assign(niveau="etablissement"),
                        liens[liens["niveau"] == "etablissement"]),
        ecarts_groupes.compare_groupes(valeurs), resultats.draw_entonnoirs(valeurs),
    )  # fmt: skip
    return sum(map(len, tables))


def measure(nombre: int) -> tuple[float, float, int]:
    """(CPU seconds of the statistics, peak memory of the process in GB, rows made) for so many académies."""
    alea, duree, lignes = np.random.default_rng(GRAINE), 0.0, 0
    catalogue = make_catalogue()
    for _ in range(nombre):
        territoires = make_territoires(alea)
        chiffres, liens = make_chiffres(alea, territoires, catalogue), make_liens(territoires)
        debut = time.process_time()
        lignes += compute(chiffres, catalogue, territoires, liens)
        duree += time.process_time() - debut
    return duree, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, lignes


def main() -> None:
    """Print the table and whether the targets are held."""
    print(f"{'académies':>10}{'établissements':>16}{'lignes':>12}{'secondes':>10}{'chacune':>10}{'mémoire (Go)':>14}")
    mesures = {}
    for nombre in TAILLES:
        duree, memoire, lignes = mesures[nombre] = measure(nombre)
        taille = nombre * sum(TYPES.values())
        print(f"{nombre:>10}{taille:>16}{lignes:>12}{duree:>10.1f}{duree / nombre:>10.2f}{memoire:>14.2f}", flush=True)
    une, toutes = mesures[TAILLES[0]], mesures[TAILLES[-1]]
    print(f"de 1 à {TAILLES[-1]} académies : × {toutes[0] / une[0]:.1f} (proportionnel : × {TAILLES[-1]})")
    tenues = toutes[0] < CIBLES["secondes"], toutes[1] < CIBLES["gigaoctets"]
    print("cibles (120 s, 8 Go) : " + ", ".join("tenue" if tenue else "manquée" for tenue in tenues))


if __name__ == "__main__":
    main()
