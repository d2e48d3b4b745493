"""The figures of a tableau de bord as a CSV file. Pure, no Streamlit."""

from dashboard.fichiers import write_csv
from indicators.base import Base
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.construction import build_tableau_de_bord
from indicators.tableaux_de_bord.objets import Ligne

_ENTETES = [
    "territoire", "nom", "domaine", "indicateur", "titre", "modalite", "rentree", "statut", "valeur", "borne_inf",
    "borne_sup", "numerateur", "denominateur", "reference", "valeur_reference", "ecart", "ecart_inf", "ecart_sup",
    "p_ajustee", "etat", "tendance", "pente", "methode", "raison",
]  # fmt: skip


def write_tableau(base: Base, code: str, rentree: int | None, reference: str = PRINCIPALE) -> bytes:
    """One line per row of the page, in its order; proportions for rates, as in the published base."""
    tableau = build_tableau_de_bord(base, code, rentree, reference)
    return write_csv(_ENTETES, (_cells(ligne) for bloc in tableau.domaines for ligne in bloc.lignes))


def _cells(ligne: Ligne) -> list[object]:
    i, v, c, t = ligne.indicateur, ligne.valeur, ligne.comparaison, ligne.tendance
    comparaison = [None] * 6
    if c is not None:
        comparaison = [c.reference, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup, c.p_ajustee]
    return [
        ligne.territoire.code, ligne.territoire.nom, i.domaine.titre, i.code, i.titre, ligne.modalite, v.rentree,
        v.statut, v.valeur, v.borne_inf, v.borne_sup, v.numerateur, v.denominateur, *comparaison,
        c.etat if c else None, t.etat if t else None, t.pente if t else None, v.methode, ligne.raison,
    ]  # fmt: skip
