"""Short names shown on screen, from the official ones."""

import re

_FORME = re.compile(
    r"^(?:CC|CA|CU|Métropole|Inter-réseau|Réseau|Communauté (?:de communes|d['’]agglomération|urbaine))"
    r"\s+(?:de la |de l['’]|du |des |de |d['’])?"
)
_SUITE = re.compile(r"\s+(?:- .*|Communauté)$")
_ORTHOGRAPHE = (("Ile ", "Île "), ("Coeur", "Cœur"), ("'", "’"))


def shorten_nom(nom_officiel: str) -> str:
    """The name a reader uses: without the legal form of the EPCI, with its accents.

    >>> shorten_nom("CC de l'Ile d'Oléron"), shorten_nom("CA de La Rochelle"), shorten_nom("CU du Grand Poitiers")
    ('Île d’Oléron', 'La Rochelle', 'Grand Poitiers')
    """
    nom = _SUITE.sub("", _FORME.sub("", nom_officiel.strip()))
    for avant, apres in _ORTHOGRAPHE:
        nom = nom.replace(avant, apres)
    return nom[:1].upper() + nom[1:]


def format_nom_etablissement(nom: str | None) -> str | None:
    """A name written all in capitals in a source, in ordinary case; any other name unchanged.

    >>> format_nom_etablissement("COLLEGE JEAN MOULIN")
    'Collège Jean Moulin'
    >>> format_nom_etablissement("Collège de l'Osme")
    'Collège de l’Osme'
    """
    if not nom:
        return nom
    if nom.upper() == nom:
        nom = " ".join(_capitalize(mot, rang) for rang, mot in enumerate(nom.split()))
    return nom.replace("'", "’")


_PETITS_MOTS = {"de", "du", "des", "la", "le", "les", "et", "en", "sur", "sous", "aux", "au"}
_ACCENTS = {"college": "collège", "lycee": "lycée", "ecole": "école", "general": "général", "metiers": "métiers",
            "elementaire": "élémentaire", "prive": "privé", "privee": "privée"}  # fmt: skip


def _capitalize(mot: str, rang: int) -> str:
    mot = mot.lower()
    mot = _ACCENTS.get(mot, mot)
    if rang and mot in _PETITS_MOTS:
        return mot
    return re.sub(r"(^|[-'’])(\w)", lambda m: m.group(1) + m.group(2).upper(), mot)
