"""The figures of a path as a CSV file. Pure, no Streamlit."""

from dashboard.fichiers import write_csv
from dashboard.parcours_liste import write_extraits
from indicators.base import Base
from indicators.tableaux_de_bord.objets_parcours import EtapeLue, MarqueLue, VueParcours
from indicators.tableaux_de_bord.phrases_parcours import explain_motif
from indicators.tableaux_de_bord.vue_parcours import build_vue_parcours

_ENTETES = [
    "territoire", "nom", "etape", "indicateur", "titre", "modalite", "rentree", "entree_6e", "statut", "valeur",
    "borne_inf", "borne_sup", "numerateur", "denominateur", "reference", "valeur_reference", "ecart", "ecart_inf",
    "ecart_sup", "ecarts_utiles", "attendu", "etat", "point_de_fragilite", "tendance", "pente", "extraits", "raison",
]  # fmt: skip


def write_parcours(base: Base, code: str, lire: str, entree: int | None, reference: str) -> bytes:
    """One line per mark of the page, in its order; proportions for rates, as in the published base."""
    vue = build_vue_parcours(base, code, lire, entree, reference)
    return write_csv(_ENTETES, (_cells(vue, etape, lue) for etape in vue.etapes for lue in etape.marques))


def _cells(vue: VueParcours, etape: EtapeLue, lue: MarqueLue) -> list[object]:
    ligne, fiche, valeur = lue.ligne, lue.indicateur, lue.ligne.valeur
    c, t = ligne.comparaison, ligne.tendance
    comparaison = [c.reference, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup] if c else [None] * 5
    return [
        vue.territoire.code, vue.territoire.nom, etape.etape.titre, fiche.code, fiche.titre, ligne.modalite,
        valeur.rentree, lue.entree, valeur.statut, valeur.valeur, valeur.borne_inf, valeur.borne_sup,
        valeur.numerateur, valeur.denominateur, *comparaison, lue.hauteur, lue.attendu, c.etat if c else None,
        "oui" if lue is vue.fragilite else None, t.etat if t else None, t.pente if t else None,
        write_extraits(vue, lue), None if lue.est_lue else " ".join(explain_motif(lue, etape.etape)),
    ]  # fmt: skip
