"""Why a condition cannot be read for a territory: a code, which pages turn into words."""

import numpy as np

from indicators.problematiques.donnees import get_age_maximum
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.lues import Lue
from indicators.problematiques.modele import Mesure

MOTIFS = {
    "extrait": "extrait non chargé",
    "ancien": "chiffres trop anciens",
    "secret": "effectifs sous le secret statistique",
    "non_disponible": "aucun chiffre pour ce territoire",
    "non_significatif": "la source ne le publie pas, faute d’effectifs",
    "non_applicable": "sans objet pour ce territoire",
    "sans_reference": "rien à quoi le comparer à ce niveau",
    "sans_intervalle": "incertitude inconnue : la source ne donne pas d’effectif",
    "serie_courte": "moins de trois rentrées comparables",
    "un_seul_etablissement": "un seul établissement",
    "sans_semblables": "pas de territoires semblables",
    "sans_attendu": "contexte des établissements inconnu",
}
"""Every code, and the words of it."""


_ORDRE = ("ok", "secret", "non_significatif", "non_applicable", "non_disponible", "ancien", "extrait")


def explain_absences(grilles: Grilles, lue: Lue) -> np.ndarray:
    """The code of `MOTIFS` of each territory for a condition that it has no draws for."""
    if lue.estimation is None:
        lus = [_find_pires(grilles, lue, indicateur) for indicateur in lue.condition.indicateurs]
    else:
        lus = [_find_pires(grilles, lue, lue.fiche.code, lue.estimation.rentree)]
    meilleurs = [min(statuts, key=_ORDRE.index) for statuts in zip(*lus, strict=True)]
    motif = _find_motif_mesure(lue, grilles.niveau)
    return np.array([motif if statut == "ok" else statut for statut in meilleurs], dtype=object)


def _find_pires(grilles: Grilles, lue: Lue, indicateur: str, rentree: int = 0) -> list[str]:
    """Worst statut of the figures that the measure needs of each territory."""
    modalites = ("filles", "garcons") if lue.condition.mesure is Mesure.GROUPES else (lue.condition.modalite,)
    lus = [_find_statuts(grilles, indicateur, modalite, rentree) for modalite in modalites]
    return [max(statuts, key=_ORDRE.index) for statuts in zip(*lus, strict=True)]


def _find_statuts(grilles: Grilles, indicateur: str, modalite: str, rentree: int = 0) -> np.ndarray:
    """Statut of the figure of each territory, at a rentrée or at the latest that could be read."""
    donnees, taille = grilles.donnees, len(grilles.codes)
    _, derniere = donnees.rentrees.get((grilles.niveau, indicateur, modalite), (None, None))
    if derniere is None:
        return np.full(taille, "extrait", dtype=object)
    if donnees.derniere - derniere > get_age_maximum(donnees, indicateur):
        return np.full(taille, "ancien", dtype=object)
    (statuts,) = grilles.read_at(rentree or derniere, "valeurs", indicateur, modalite, "statut")
    return np.where(statuts == "", "non_disponible", statuts)


def _find_motif_mesure(lue: Lue, niveau: str) -> str:
    """The figure is there; what the measure needs beside it is not."""
    mesure = lue.condition.mesure
    if mesure in (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE):
        return "sans_reference" if niveau == "academie" and mesure is Mesure.TENDANCE_RELATIVE else "serie_courte"
    if mesure is Mesure.DISPERSION:
        return "sans_reference" if niveau == "academie" else "un_seul_etablissement"
    if mesure is Mesure.SEMBLABLES:
        return "sans_semblables"
    if mesure is Mesure.ATTENDU:
        return "sans_attendu"
    return "sans_reference" if niveau == "academie" else "sans_intervalle"
