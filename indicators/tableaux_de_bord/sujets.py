"""Words around an indicator in a sentence: itself as a subject, and what it is measured against."""

import re

from indicators.catalogue import ENSEMBLE
from indicators.tableaux_de_bord.comparaisons import REFERENCES, Reference
from indicators.tableaux_de_bord.objets import Ligne

_SINGULIERS_EN_S = {"accès", "succès", "taux", "parcours", "ips"}


def make_sujet(ligne: Ligne) -> tuple[str, bool]:
    """An indicator as a subject, without capital, and whether it is plural.

    >>> make_sujet(ligne)  # doctest: +SKIP
    ('l’accès de la 6ᵉ à la 3ᵉ', False)
    """
    indicateur = ligne.indicateur
    titre = indicateur.titre_court
    if ligne.modalite != ENSEMBLE:
        titre = f"{titre} ({indicateur.modalites[ligne.modalite].lower()})"
    titre = titre.replace(", toutes séries", "").replace(", série", " en série").replace(", voie", " en voie")
    if re.search(r"[:,]", titre) or not titre[0].isalpha() or titre.startswith("En "):
        return f"l’indicateur «\u00a0{titre}\u00a0»", False
    premier = titre.split()[0]
    nom = titre if premier.isupper() else titre[0].lower() + titre[1:]
    if premier.lower()[-1] in "sx" and premier.lower() not in _SINGULIERS_EN_S:
        return f"les {nom}", True
    if nom[0].lower() in "aeiouyàâéèêëîïôûœ":
        return f"l’{nom}", False
    return f"{'la' if indicateur.genre == 'f' else 'le'} {nom}", False


def get_reference(ligne: Ligne) -> Reference:
    """What a row is compared with, in words."""
    return REFERENCES[ligne.comparaison.reference if ligne.comparaison else "academie"]


def say_face(*lignes: Ligne) -> str:
    """What the subject made of these rows is measured against: «le reste de l’académie», «celle de la France»."""
    sujets = [make_sujet(ligne) for ligne in lignes]
    pluriel = len(lignes) > 1 or sujets[0][1]
    feminin = all(
        ligne.indicateur.genre == "f" and not sujet.startswith("l’indicateur")
        for ligne, (sujet, _) in zip(lignes, sujets, strict=True)
    )
    return get_reference(lignes[0]).face.format(celui=_CELUI[feminin, pluriel])


_CELUI = {(False, False): "celui", (True, False): "celle", (False, True): "ceux", (True, True): "celles"}


def contract(face: str) -> str:
    """«à» before what `say_face` gives: «au reste de l’académie», «à celle de la France»."""
    return f"au {face.removeprefix('le ')}" if face.startswith("le ") else f"à {face}"


def say_celui(reference: Reference) -> str:
    """After «comparable»: «à celui du reste de l’académie», «à celui de la France»: of the public."""
    face = reference.face.format(celui="celui")
    return f"à celui du {face.removeprefix('le ')}" if face.startswith("le ") else f"à {face}"
