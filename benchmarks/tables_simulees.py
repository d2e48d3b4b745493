"""The tables of a simulated académie, made by the functions of a publication; without what no rule reads."""

import numpy as np
import pandas as pd

from benchmarks.academies_simulees import (
    CHIFFRES,
    COLLEGES,
    ECART_TYPE_IPS,
    INTER_RESEAUX,
    RENTREES,
    Academie,
)
from indicators import attendus, references, resultats, semblables, tendances
from indicators.catalogue import load_catalogue
from indicators.problematiques.donnees import NIVEAUX, Donnees


def make_fiches() -> pd.DataFrame:
    """Fiches as the engine and the tables read them."""
    lignes = [
        {
            "indicateur": fiche.code, "nature": fiche.nature.value, "sens": fiche.sens.value,
            "ecart_utile": fiche.ecart_utile / fiche.echelle, "annees_cumulees": fiche.annees_cumulees,
            "domaine": fiche.domaine.value, "niveau": fiche.niveau,
        }
        for fiche in map(load_catalogue().__getitem__, CHIFFRES)
    ]  # fmt: skip
    return pd.DataFrame(lignes)


def name(niveau: str, place: int) -> str:
    """Code of a territory."""
    return {"reseau": "R", "inter_reseau": "IR", "departement": "D", "academie": "A"}[niveau] + f"{place:02d}"


def list_territoires(academie: Academie) -> pd.DataFrame:
    """niveau and code of the territories above the établissement."""
    places = academie.places["college"]
    lignes = [(niveau, name(niveau, p)) for niveau in NIVEAUX for p in range(places[niveau].max() + 1)]
    return pd.DataFrame(lignes, columns=["niveau", "code"])


def _name_all(type_: str, niveau: str, nombre: int) -> np.ndarray:
    prefixe = type_[0].upper() + "E"
    codes = [f"{prefixe}{p:04d}" if niveau == "etablissement" else name(niveau, p) for p in range(nombre)]
    return np.array(codes, dtype=object)


def make_valeurs(academie: Academie, sommes: dict[str, np.ndarray]) -> pd.DataFrame:
    """Rows of `valeur` at every level, from sums over pupils (observed, or true value × pupils)."""
    parts = []
    for code, chiffre in CHIFFRES.items():
        n, x = academie.effectifs[code].astype(float), sommes[code].astype(float)
        modalites = {chiffre.modalite: (n.sum(axis=0), x.sum(axis=0))}
        if chiffre.par_sexe:
            modalites |= {"filles": (n[0], x[0]), "garcons": (n[1], x[1])}
        for niveau, places in academie.places[chiffre.type].items():
            parts += [_add_up(code, niveau, modalite, places, *nx) for modalite, nx in modalites.items()]
    table = pd.DataFrame({nom: np.concatenate([part[nom] for part in parts]) for nom in parts[0]})
    return resultats.add_intervalles(table.assign(statut="ok", methode=""))


def _add_up(code: str, niveau: str, modalite: str, places: np.ndarray, n, x) -> dict[str, np.ndarray]:
    """Figures of the territories of a level: shapes (établissements, rentrées) in, one row per figure out."""
    fiche = load_catalogue()[code]
    taille = places.max() + 1

    def add(a: np.ndarray) -> np.ndarray:
        return np.array([np.bincount(places, colonne, taille) for colonne in a.T])

    nombre, somme, poids = np.bincount(places, minlength=taille), add(x), add(n)
    garde = poids > 0
    poids = np.where(garde, poids, 1.0)
    moyenne = somme / poids
    propre = {"ips_colleges": ECART_TYPE_IPS, "ips_lycees": ECART_TYPE_IPS, "distance_lycee": 0.0}.get(code, np.nan)
    ecart_type = np.sqrt(np.maximum(add(n * (propre**2 + (x / n) ** 2)) / poids - moyenne**2, 0))
    taux = fiche.nature.value == "taux"
    noms = {"indicateur": code, "nature": fiche.nature.value, "niveau": niveau, "modalite": modalite}
    grilles = {
        "territoire": np.broadcast_to(_name_all(CHIFFRES[code].type, niveau, taille), somme.shape),
        "rentree": np.broadcast_to(RENTREES[:, None], somme.shape),
        "numerateur": np.where(taux, somme, np.nan), "denominateur": poids, "valeur": moyenne,
        "ecart_type": np.where(taux, np.nan, ecart_type), "nb_etablissements": np.broadcast_to(nombre, somme.shape),
    }  # fmt: skip
    lignes = {nom: grille[garde] for nom, grille in grilles.items()}
    return lignes | {nom: np.full(garde.sum(), texte, dtype=object) for nom, texte in noms.items()}


def make_liens(academie: Academie) -> pd.DataFrame:
    """Rows of `rattachement_actuel`, undated."""
    parts = []
    for type_, places in academie.places.items():
        for niveau, siennes in places.items():
            for parent in list(places)[list(places).index(niveau) + 1 :]:
                codes = _name_all(type_, niveau, siennes.max() + 1)[siennes]
                parents = _name_all(type_, parent, places[parent].max() + 1)[places[parent]]
                parts.append(
                    pd.DataFrame({"niveau": niveau, "code": codes, "niveau_parent": parent, "code_parent": parents})
                )
    return pd.concat(parts).drop_duplicates(ignore_index=True).assign(rentree_debut=None, rentree_fin=None)


def compute_tables(
    academie: Academie, sommes: dict[str, np.ndarray], contexte: pd.DataFrame | None = None
) -> tuple[Donnees, pd.DataFrame]:
    """The tables that the engine reads, by the functions of a publication.

    Args:
        academie: whose pupils are counted.
        sommes: observed, or true.
        contexte: `valeurs` whose IPS tells the similar territories and what is expected; these by default.

    Returns:
        (tables, rows of `valeur` that hold the context).
    """
    valeurs, fiches, liens = make_valeurs(academie, sommes), make_fiches(), make_liens(academie)
    contexte = valeurs if contexte is None else contexte
    ips = ["ips_colleges", "ips_lycees"]
    lues = pd.concat([valeurs[~valeurs["indicateur"].isin(ips)], contexte[contexte["indicateur"].isin(ips)]])
    hautes = valeurs[valeurs["niveau"].isin(NIVEAUX)]
    voisins = semblables.find_semblables(contexte[contexte["niveau"].isin(NIVEAUX)], _make_densites()).voisin
    types = pd.DataFrame(
        [("etablissement", code, type_, None) for type_, places in academie.places.items()
         for code in _name_all(type_, "etablissement", len(places["etablissement"]))],
        columns=["niveau", "code", "type", "education_prioritaire"],
    )  # fmt: skip
    ruptures = {code: [r.rentree for r in load_catalogue()[code].ruptures] for code in CHIFFRES}
    donnees = Donnees(
        valeurs, resultats.compare(hautes, hautes, fiches, liens),
        references.compare_autres(hautes, fiches, liens.head(0), voisins, ruptures),
        tendances.follow(hautes, fiches, ruptures),
        attendus.expect(lues, fiches, types, liens[liens["niveau"] == "etablissement"]),
        liens[liens["niveau"] == "etablissement"], fiches,
    )  # fmt: skip
    return donnees, contexte


def _make_densites() -> pd.DataFrame:
    """Inhabitants per km²: unrelated with anything, the same in every académie."""
    parts = [
        pd.DataFrame({"niveau": niveau, "territoire": [name(niveau, p) for p in range(nombre)],
                      "valeur": np.geomspace(20, 400, nombre)[np.random.default_rng(nombre).permutation(nombre)]})
        for niveau, nombre in (("reseau", len(COLLEGES)), ("inter_reseau", INTER_RESEAUX))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)
