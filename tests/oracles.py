"""A naive second implementation, in plain loops over the raw files: what a careful reader would do by hand.

It shares no code with the product. Every function answers (numerator, denominator) or (mean, weight).
"""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

Appartenance = Callable[[str], bool]


def read_csv(chemin: Path, separateur: str = ";") -> Iterator[dict[str, str]]:
    with open(chemin, encoding="utf-8-sig", newline="") as fichier:
        yield from csv.DictReader(fichier, delimiter=separateur)


class Perimetres:
    """Which territory each UAI is in, from the raw tables of communes, mergers, établissements and perimeters."""

    def __init__(self, territoires: Path):
        fusions = {r["code_2018"]: r["code_2026"] for r in read_csv(territoires / "communes-2018-vers-cog2026.csv")}
        reseaux = {}
        for ligne in read_csv(territoires / "perimetres-provisoires.csv"):
            reseaux[ligne["code_commune"]] = {ligne["code_reseau"], ligne["code_inter_reseau"]}
        codes = {(r["departement"], r["nom"]): r["code"] for r in read_csv(territoires / "communes-cog2026.csv")}
        self._territoires = {}
        for ligne in read_csv(territoires / "etablissements-union.csv"):
            # A few lycées have the name of their commune only.
            commune = ligne["commune"] or codes.get((ligne["uai"][1:3], ligne["commune_nom"]), "")
            commune = fusions.get(commune, commune)
            self._territoires[ligne["uai"]] = reseaux.get(commune, set())

    def contains(self, territoire: str) -> Appartenance:
        """A test of whether an UAI is in a territory: R…, IR…, D79 or A13."""
        if territoire == "A13":
            return lambda uai: uai[:3] in ("016", "017", "079", "086")
        if territoire.startswith("D"):
            return lambda uai: uai[1:3] == territoire[1:]
        return lambda uai: territoire in self._territoires.get(uai, set())


def _number(texte: str) -> float | None:
    texte = texte.strip()
    return None if texte in ("", "nan", "NS", "ND") else float(texte.replace(",", "."))


def dnb_generale(extraits: Path, dedans: Appartenance, session: str) -> tuple[int, int]:
    """Admis (each rounded rate times its candidates, to the nearest pupil) and candidates."""
    admis = candidats = 0
    for r in read_csv(extraits / "fr-en-indicateurs-valeur-ajoutee-colleges-2022-2024.csv"):
        n, taux = _number(r["Nb candidats G"]), _number(r["Taux de réussite G"])
        if r["Session"] == session and dedans(r["UAI"]) and n and taux is not None:
            admis += int(taux * n / 100 + 0.5)
            candidats += int(n)
    return admis, candidats


def ivac_mean(extraits: Path, dedans: Appartenance, session: str, colonne: str) -> tuple[float, float]:
    """Mean of a column weighted by candidates."""
    somme = poids = 0.0
    for r in read_csv(extraits / "fr-en-indicateurs-valeur-ajoutee-colleges-2022-2024.csv"):
        n, v = _number(r["Nb candidats G"]), _number(r[colonne])
        if r["Session"] == session and dedans(r["UAI"]) and n and v is not None:
            somme, poids = somme + n * v, poids + n
    return somme / poids, poids


def ips_colleges(extraits: Path, dedans: Appartenance) -> tuple[float, float]:
    """Mean IPS weighted by pupils, rentrée 2022."""
    somme = poids = 0.0
    for r in read_csv(extraits / "fr-en-ips-colleges-ap2022-2022-2023.csv"):
        if dedans(r["uai"]):
            somme, poids = somme + float(r["ips"]) * float(r["effectifs"]), poids + float(r["effectifs"])
    return somme / poids, poids


def dnb_toutes_series(extraits: Path, dedans: Appartenance, session: str) -> tuple[int, int]:
    """Admis and présents, all series."""
    admis = presents = 0
    lignes = json.loads((extraits / "fr-en-dnb-par-etablissement-api-json-2006-2021-17-79-86.json").read_text("utf-8"))
    for ligne in lignes:
        r = ligne["record"]["fields"]
        if r["session"] == session and dedans(r["numero_d_etablissement"]):
            admis, presents = admis + r["admis"], presents + r["presents"]
    return admis, presents


def bac_general(extraits: Path, session: str) -> tuple[float, float]:
    """Admis and présents of the académie, voie générale, every kind of candidate."""
    admis = presents = 0.0
    for r in read_csv(extraits / "fr-en-baccalaureat-par-academie-2021-2022.csv"):
        if r["session"] == session and r["voie"] == "BAC GENERAL":
            admis += float(r["nombre_d_admis_totaux"])
            presents += float(r["nombre_de_presents"])
    return admis, presents


def affelnet(extraits: Path, dedans: Appartenance) -> tuple[float, float]:
    """First wishes and places of the voie pro, 2021."""
    voeux = places = 0.0
    for r in read_csv(extraits / "orion-affelnet-2nde-attractivite-capacite-2021.csv"):
        if dedans(r["Etablissement d'accueil"]):
            voeux += _number(r["Demandes vœux 1"]) or 0
            places += _number(r["Capacité carte scolaire"]) or 0
    return voeux, places


def ival_2025(extraits: Path, dedans: Appartenance, type_: str) -> tuple[int, int]:
    """Admis (rounded rate times présents) and présents of the session 2025, GT or Pro."""
    admis = presents = 0
    for r in json.loads((extraits / "ival-gt-pro-2025-lingelo-lycees.json").read_text("utf-8"))["lycees"]:
        if r["type"] == type_ and dedans(r["uai"]) and r["tauxReussite"] is not None and r["presents"]:
            admis += int(r["tauxReussite"] * r["presents"] / 100 + 0.5)
            presents += r["presents"]
    return admis, presents


def ips_ecoles(extraits: Path, dedans: Appartenance, annee: str) -> tuple[float, int]:
    """Plain mean of the IPS of écoles and their number (the source gives no pupils)."""
    import pandas as pd

    table = pd.read_parquet(extraits / "fr-en-ips-ecoles-ap2022-2022-2025.parquet")
    valeurs = [
        float(r.ips) for r in table.itertuples() if r.rentree_scolaire == annee and dedans(r.uai) and r.ips != "NS"
    ]
    return sum(valeurs) / len(valeurs), len(valeurs)
