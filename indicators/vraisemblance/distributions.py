"""Whole columns that changed: another middle, another spread, more figures missing, more zeros, another rounding."""

import numpy as np
import pandas as pd

from indicators.catalogue import ENSEMBLE, Indicateur, Nature, get_indicateur
from indicators.francais import format_nombre, format_valeur, lister, typographier
from indicators.ingestion.rapport import Constat, Rapport, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.revision.lecture import connect

CONTROLES = ("distribution",)
ETABLISSEMENTS_MIN = 20
"""Figures needed on both sides: quartiles of fewer move by themselves."""
DECALAGE = 1.0
"""Move of the median that is told, in usual spreads between établissements (interquartile range ÷ 1.35). In the real
extracts the largest, outside declared breaks, is about half of it (a session without ordinary exams included)."""
ETENDUE = 1.6
"""Ratio of interquartile ranges that is told, if beyond 5 standard errors too (1.17/√n each, on a logarithm)."""
PARTS = 0.20
"""Change of a share (missing, zeros, whole numbers) that is told: one établissement in five."""

# Established figures of the file that are not those already loaded, and, for each rentrée, the last one before it.
_COLONNES = """
    WITH n AS (
        SELECT n.*, a.territoire IS NOT NULL AS est_connu
        FROM nouveau n LEFT JOIN connu a
          ON {memes} AND a.rentree = n.rentree AND n.chiffre IS NOT DISTINCT FROM a.chiffre
        WHERE n.niveau = 'etablissement'
    ), a AS (SELECT * FROM connu WHERE niveau = 'etablissement' AND meme_format)
    SELECT true AS est_nouveau, n.rentree, n.indicateur, n.modalite, n.territoire, n.chiffre, n.valeur, n.est_connu
    FROM n
    UNION ALL
    SELECT false, a.rentree, a.indicateur, a.modalite, a.territoire, a.chiffre, a.valeur, false FROM a
"""
_MEMES = " AND ".join(f"n.{nom} = a.{nom}" for nom in ("indicateur", "niveau", "territoire", "modalite"))


def check_distributions(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Compare each column with itself at the last rentrée loaded of the same format (the same one when it is revised).

    Returns:
        One finding per column and rentrée, with all that changed in it; nothing without earlier figures, nor for a
        rentrée of which nothing is new.
    """
    if not any(connu.is_same_format(extrait) for connu in reference.extraits):
        return []
    with connect(extrait, reference) as connexion:
        lignes = connexion.execute(_COLONNES.format(memes=_MEMES)).df()
    tailles = lignes.groupby(["est_nouveau", "rentree"])["territoire"].nunique()
    constats = []
    for (code, modalite), colonne in lignes.groupby(["indicateur", "modalite"]):
        avant = colonne[~colonne["est_nouveau"]]
        for rentree, ici in colonne[colonne["est_nouveau"]].groupby("rentree"):
            annees = [r for r in avant["rentree"].unique() if r <= rentree]
            if annees and not ici["est_connu"].all():
                ancien = avant[avant["rentree"] == max(annees)]
                nombres = (tailles[False, max(annees)], tailles[True, rentree])
                constats += _compare(get_indicateur(code), modalite, ancien, ici, nombres)
    return constats


def _compare(
    fiche: Indicateur, modalite: str, avant: pd.DataFrame, ici: pd.DataFrame, nombres: tuple[int, int]
) -> list[Constat]:
    """What changed between two rentrées of one column; `nombres`: établissements of both extracts that year."""
    rentree_avant, rentree = int(avant["rentree"].iloc[0]), int(ici["rentree"].iloc[0])
    figures = (avant["chiffre"].dropna().to_numpy(), ici["chiffre"].dropna().to_numpy())
    if len(figures[0]) < ETABLISSEMENTS_MIN or nombres[1] < ETABLISSEMENTS_MIN:
        return []
    raisons = _compare_parts(fiche, avant, ici, figures, nombres)
    rompu = any(rentree_avant < rupture.rentree <= rentree for rupture in fiche.ruptures)
    if not rompu and len(figures[1]) >= ETABLISSEMENTS_MIN:
        raisons += _compare_etendues(fiche, *figures)
    if not raisons:
        return []
    suffixe = "" if modalite == ENSEMBLE else f" ({fiche.modalites.get(modalite, modalite)})"
    constat = (
        f"{fiche.titre_court}{suffixe}, rentrée {rentree} par rapport à {rentree_avant} : {lister(raisons)}. "
        f"{_read(fiche, *figures)}"
    )
    return [make_constat("distribution", typographier(constat))]


def _compare_parts(fiche: Indicateur, avant: pd.DataFrame, ici: pd.DataFrame, figures, nombres) -> list[str]:
    """Shares of figures missing, of zeros and of whole numbers, when one établissement in five changes sides."""
    parts = [("sans chiffre", *(1 - len(f) / nb for f, nb in zip(figures, nombres, strict=True)))]
    if len(figures[1]):
        parts.append(("à zéro", *(float(np.mean(f == 0)) for f in figures)))
    if fiche.nature is not Nature.EFFECTIF and avant["valeur"].notna().any() and ici["valeur"].notna().any():
        entiers = (
            float(np.mean(np.isclose(v * fiche.echelle, np.round(v * fiche.echelle), atol=1e-9)))
            for v in (table["valeur"].dropna() for table in (avant, ici))
        )
        parts.append(("en nombres ronds", *entiers))
    return [
        f"{format_nombre(100 * part)} % des établissements {nom}, contre {format_nombre(100 * part_avant)} %"
        for nom, part_avant, part in parts
        if abs(part - part_avant) >= PARTS
    ]


def _compare_etendues(fiche: Indicateur, avant: np.ndarray, ici: np.ndarray) -> list[str]:
    """Middle and spread; counts and ratios are read on a logarithm."""
    est_log = fiche.nature in (Nature.EFFECTIF, Nature.RATIO)
    (q1a, ma, q3a), (q1, m, q3) = (
        np.quantile(np.log(np.maximum(f, 1e-3)) if est_log else f, [0.25, 0.5, 0.75]) for f in (avant, ici)
    )
    raisons = []
    montre = abs(np.median(ici) - np.median(avant)) * fiche.echelle
    if abs(m - ma) > DECALAGE * (q3a - q1a) / 1.35 and montre >= fiche.ecart_utile:
        raisons.append("la médiane se déplace de plus de l’écart ordinaire entre établissements")
    if q3a > q1a and abs(np.median(ici)) > 0:
        rapport = np.log(max(q3 - q1, 1e-12) / (q3a - q1a))
        erreur = 1.17 * np.sqrt(1 / len(avant) + 1 / len(ici))
        if abs(rapport) > max(np.log(ETENDUE), 5 * erreur):
            raisons.append(f"la moitié centrale est {'plus' if rapport > 0 else 'moins'} étendue")
    return raisons


def _read(fiche: Indicateur, avant: np.ndarray, ici: np.ndarray) -> str:
    """«Médiane 88,0 % → 71,0 % ; moitié centrale de 82,0 à 93,0 % → de 60,0 à 80,0 %.»."""
    if not len(ici):
        return f"Médiane d’avant : {format_valeur(fiche, float(np.median(avant)))}."
    (q1a, ma, q3a), (q1, m, q3) = (
        [float(q) for q in np.quantile(figures, [0.25, 0.5, 0.75])] for figures in (avant, ici)
    )
    moities = [
        f"de {format_valeur(fiche, bas, unite=False)} à {format_valeur(fiche, haut)}"
        for bas, haut in ((q1a, q3a), (q1, q3))
    ]
    return (
        f"Médiane {format_valeur(fiche, ma)} → {format_valeur(fiche, m)} ; moitié centrale {moities[0]} → {moities[1]}."
    )
