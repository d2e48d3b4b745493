"""A naive second implementation, in plain loops over the raw files: what a careful reader would do by hand.

It shares no code with the product. Every function answers (numerator, denominator) or (mean, weight).
"""

import csv
import json
import math
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


def expect_on_line(etablissements: list[tuple[int, int, float]], contexte: float) -> float:
    """Rate expected at a context, on a line drawn through établissements (events, pupils, context).

    Weights are 1 / (chance + what établissements of one context differ by), the latter from the residual chi-squared
    (DerSimonian & Laird 1986).
    """
    points = []
    for x, n, c in etablissements:
        lisse = (x + 0.5) / (n + 1)
        points.append((c, x / n, lisse * (1 - lisse) / n))
    _, q, moment = _draw_line(points, 0.0)
    entre = max((q - (len(points) - 2)) / moment, 0.0)
    (constante, pente), *_ = _draw_line(points, entre)
    return constante + pente * contexte


def _draw_line(points: list[tuple[float, float, float]], entre: float):
    """((constant, slope), residual chi-squared, its sensitivity to `entre`) of weighted least squares."""
    s = sx = sxx = sy = sxy = w2 = w2x = w2xx = 0.0
    for x, y, variance in points:
        w = 1 / (variance + entre)
        s, sx, sxx, sy, sxy = s + w, sx + w * x, sxx + w * x * x, sy + w * y, sxy + w * x * y
        w2, w2x, w2xx = w2 + w * w, w2x + w * w * x, w2xx + w * w * x * x
    determinant = s * sxx - sx * sx
    pente = (s * sxy - sx * sy) / determinant
    constante = (sy - pente * sx) / s
    q = sum((y - constante - pente * x) ** 2 / (variance + entre) for x, y, variance in points)
    return (constante, pente), q, s - (sxx * w2 - 2 * sx * w2x + s * w2xx) / determinant


def integrate_normal(
    y: list[float], ecarts_types: list[float], echelle: float | None
) -> tuple[float, float, list[float]]:
    """(mean of the level, mean of τ, mean of each true value): normal estimates of known chance, sums over τ.

    Args:
        y, ecarts_types: estimates and the standard deviation of the chance in each.
        echelle: scale of the half-Cauchy prior of τ; None for a flat one.
    """
    total = somme_mu = somme_tau = 0.0
    sommes = [0.0] * len(y)
    pas = 0.05
    for rang in range(8000):
        tau = (rang + 0.5) * pas
        poids = [1 / (s * s + tau * tau) for s in ecarts_types]
        mu = sum(w * v for w, v in zip(poids, y, strict=True)) / sum(poids)
        log = -0.5 * math.log(sum(poids))
        for w, v in zip(poids, y, strict=True):
            log += 0.5 * math.log(w) - 0.5 * w * (v - mu) ** 2
        densite = math.exp(log) * (1.0 if echelle is None else 1 / (1 + (tau / echelle) ** 2))
        total, somme_mu, somme_tau = total + densite, somme_mu + densite * mu, somme_tau + densite * tau
        for i, (v, s) in enumerate(zip(y, ecarts_types, strict=True)):
            sommes[i] += densite * (v + s * s / (s * s + tau * tau) * (mu - v))
    return somme_mu / total, somme_tau / total, [somme / total for somme in sommes]


def integrate_taux(x: list[int], n: list[int], echelle: float) -> tuple[float, float, list[float]]:
    """(mean of the level, mean of τ, mean of each true rate): counts of beta rates, sums over τ and over the mean.

    The mean of the level is as likely anywhere from 0 to 1; τ, the standard deviation of the rates, has a half-Cauchy
    prior of scale `echelle`.
    """
    logs = []
    for rang_tau in range(120):
        tau = echelle * 0.01 * (3000 ** ((rang_tau + 0.5) / 120))
        for rang_mu in range(400):
            mu = (rang_mu + 0.5) / 400
            m = mu * (1 - mu) / tau**2 - 1
            if m <= 0:
                continue
            a, b = mu * m, (1 - mu) * m
            log = math.log(tau / (1 + (tau / echelle) ** 2))  # the steps of τ grow with it
            for xi, ni in zip(x, n, strict=True):
                log += _log_beta(xi + a, ni - xi + b) - _log_beta(a, b)
            logs.append((log, mu, tau, a, b))
    maximum = max(log for log, *_ in logs)
    total = somme_mu = somme_tau = 0.0
    sommes = [0.0] * len(x)
    for log, mu, tau, a, b in logs:
        densite = math.exp(log - maximum)
        total, somme_mu, somme_tau = total + densite, somme_mu + densite * mu, somme_tau + densite * tau
        for i, (xi, ni) in enumerate(zip(x, n, strict=True)):
            sommes[i] += densite * (xi + a) / (ni + a + b)
    return somme_mu / total, somme_tau / total, [somme / total for somme in sommes]


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
