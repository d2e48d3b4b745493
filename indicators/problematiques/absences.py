"""Why a condition cannot be read for a territory: a code, which pages turn into words."""

from typing import TYPE_CHECKING

from indicators.problematiques.donnees import Donnees, get_age_maximum
from indicators.problematiques.modele import Mesure

if TYPE_CHECKING:
    from indicators.problematiques.moteur import Lue

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


def explain_absence(donnees: Donnees, lue: "Lue", niveau: str, code: str) -> str:
    """The code of `MOTIFS` for a condition without draws."""
    modalite = "filles" if lue.condition.mesure is Mesure.GROUPES else lue.condition.modalite
    statuts = [_find_statut(donnees, niveau, indicateur, modalite, code) for indicateur in lue.condition.indicateurs]
    if lue.estimation is not None:
        statuts = [_find_statut(donnees, niveau, lue.fiche.code, modalite, code, lue.estimation.rentree)]
    meilleur = min(statuts, key=_ORDRE.index)
    return _find_motif_mesure(lue, niveau) if meilleur == "ok" else meilleur


_ORDRE = ("ok", "secret", "non_significatif", "non_applicable", "non_disponible", "ancien", "extrait")


def _find_statut(donnees: Donnees, niveau: str, indicateur: str, modalite: str, code: str, rentree: int = 0) -> str:
    """Statut of the territory's figure, at a rentrée or at the latest that could be read."""
    cellule = donnees.par_cellule.get((niveau, indicateur, modalite))
    if cellule is None:
        return "extrait"
    derniere = int(cellule["rentree"].max())
    if donnees.derniere - derniere > get_age_maximum(donnees, indicateur):
        return "ancien"
    annee = rentree or derniere
    if ((cellule["territoire"] == code) & (cellule["rentree"] == annee)).any():
        return "ok"
    return donnees.statuts.get((niveau, indicateur, modalite, code, annee), "non_disponible")


def _find_motif_mesure(lue: "Lue", niveau: str) -> str:
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
