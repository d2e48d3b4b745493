"""Contours without a known commune, and communes without a contour, once both lists are known."""

from indicators.francais import accorder, typographier
from indicators.ingestion.rapport import Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.vraisemblance.tables import connect, create_vue, has_table

CONTROLES = ("contour_sans_commune", "commune_sans_contour")

_ABSENTS = """
    SELECT code, any_value(nom) FROM {liste} WHERE code NOT IN (SELECT code FROM {autre})
    GROUP BY code ORDER BY code
"""


def check_contours(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Differences between the contours of communes and the communes, when this extract brings either.

    A file of contours lists communes too, always its own: only the other lists are compared with contours.
    """
    if not (has_table(extrait, "contours") or has_table(extrait, "communes")):
        return []
    # Contours of the same deposit tell the difference themselves.
    if not has_table(extrait, "contours") and any(not c.id and has_table(c, "contours") for c in reference.extraits):
        return []
    with connect() as connexion:
        tous = (*reference.extraits, extrait)
        create_vue(connexion, "tout_contour", "contours", tous)
        connexion.execute("CREATE VIEW contour AS FROM tout_contour WHERE niveau = 'commune'")
        create_vue(connexion, "commune", "communes", [connu for connu in tous if not has_table(connu, "contours")])
        vides = connexion.execute("SELECT NOT EXISTS (FROM contour) OR NOT EXISTS (FROM commune)").fetchone()[0]
        if vides:
            return []
        sans_commune = connexion.execute(_ABSENTS.format(liste="contour", autre="commune")).fetchall()
        sans_contour = connexion.execute(_ABSENTS.format(liste="commune", autre="contour")).fetchall()
    return [
        *_tell("contour_sans_commune", sans_commune, "contour n’est celui d’aucune commune connue",
               "contours ne sont ceux d’aucune commune connue"),
        *_tell("commune_sans_contour", sans_contour, "commune n’a pas de contour", "communes n’ont pas de contour"),
    ]  # fmt: skip


def _tell(code: str, lignes: list[tuple], singulier: str, pluriel: str) -> list[Constat]:
    if not lignes:
        return []
    cites = [f"« {c} » ({nom})" if nom else f"« {c} »" for c, nom in lignes]
    exemples = tuple(Signalement(ligne=None, trouve=typographier(texte)) for texte in cites)
    return [make_constat(code, f"{accorder(len(lignes), singulier, pluriel)}.", len(lignes), exemples)]
