"""Short names shown on screen, from the official ones."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_FORME = re.compile(
    r"^(?:CC|CA|CU|Métropole|Inter-réseau|Réseau|Communauté (?:de communes|d['’]agglomération|urbaine))"
    r"\s+(de la |de l['’]|du |des |de |d['’])?"
)
_CIRCONSCRIPTION = re.compile(
    r"^Circonscription\b(?: d['’ ]inspection)?(?: du (?:1er|premier) degré)?\s*(?:- )?(?:de |d['’])?"
)
_SUITE = re.compile(r"\s+(?:- .*|Communauté)$")
_ORTHOGRAPHE = (("Ile ", "Île "), ("Coeur", "Cœur"), ("'", "’"))


def shorten_nom(nom_officiel: str, accents: Mapping[str, str] | None = None) -> str:
    """The name a reader uses: without the legal form of the EPCI or the word «circonscription», with its accents.

    Args:
        nom_officiel: name in the source.
        accents: words in capitals without accents → as written; for names all in capitals (see `list_accents`).

    >>> shorten_nom("CC de l'Ile d'Oléron"), shorten_nom("CA de La Rochelle"), shorten_nom("CU du Grand Poitiers")
    ('Île d’Oléron', 'La Rochelle', 'Grand Poitiers')
    >>> shorten_nom("Circonscription d'inspection du 1er degré du Vigan - Saint Hippolyte")
    'Le Vigan - Saint Hippolyte'
    >>> shorten_nom("BEZIERS/VILLEFRANCHE DE ROUERGUE", {"BEZIERS": "Béziers"})
    'Béziers / Villefranche de Rouergue'
    """
    nom = " ".join(nom_officiel.split())
    if nom.upper() == nom:
        nom = _lower(re.sub(r" ?/ ?", " / ", nom), accents or {})
    circonscription = _CIRCONSCRIPTION.sub("", nom)
    if circonscription != nom:
        nom = re.sub(r"^(du|des) ", lambda m: {"du": "Le ", "des": "Les "}[m.group(1)], circonscription) or nom
    else:
        nom = _SUITE.sub("", _FORME.sub("", nom))
    for avant, apres in _ORTHOGRAPHE:
        nom = nom.replace(avant, apres)
    return nom[:1].upper() + nom[1:]


def find_apres_de(nom_officiel: str, nom: str) -> str:
    """What joins «réseau» to a short name, as the official one says it; nothing where it says none.

    Args:
        nom_officiel: name in the source; nom: the short name made of it.

    >>> find_apres_de("CA du Niortais", "Niortais"), find_apres_de("CC de l'Ile de Ré", "Île de Ré")
    ('du ', 'de l’')
    >>> find_apres_de("Inter-réseau de Angoulême", "Angoulême"), find_apres_de("CC Aunis Sud", "Aunis Sud")
    ('d’', '')
    """
    trouve = _FORME.match(" ".join(nom_officiel.split()))
    article = (trouve[1] or "").replace("'", "’") if trouve else ""
    if _CIRCONSCRIPTION.match(nom_officiel):
        article = "de "
    if nom.startswith(("Le ", "Les ")):
        return ""  # the name has its own article: «réseau Le Vigan»
    voyelle = _strip(nom[:1]).lower() in "aeiou"
    return "d’" if article == "de " and voyelle else article


def list_accents(noms: Iterable[str | None]) -> dict[str, str]:
    """Words of these names that are always written with an accent, in capitals without it → as written.

    >>> list_accents(["Béziers", "Saint-Lô", "Marche", "Marché"])
    {'BEZIERS': 'Béziers', 'LO': 'Lô'}
    """
    mots = {mot for nom in noms if nom for mot in re.findall(r"\w+", nom)}
    sans = {_strip(mot).upper() for mot in mots if _strip(mot) == mot}
    accentues = sorted(mot for mot in mots if _strip(mot) != mot and mot[:1].isupper())
    return {cle: mot for mot in accentues if (cle := _strip(mot).upper()) not in sans}


def _lower(nom: str, accents: Mapping[str, str]) -> str:
    """A name in capitals in ordinary case, words apart from one another."""
    mots = re.split(r"(\W+)", nom)
    rendus = [accents.get(mot) or _capitalize(mot, rang) for rang, mot in enumerate(mots)]
    return "".join(mot.lower() if mot.lower() in _PETITS_MOTS and rang else mot for rang, mot in enumerate(rendus))


def _strip(mot: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", mot) if not unicodedata.combining(c))


def format_nom_etablissement(nom: str | None) -> str | None:
    """A name written all in capitals in a source, in ordinary case; any other name unchanged.

    >>> format_nom_etablissement("COLLEGE JEAN MOULIN")
    'Collège Jean Moulin'
    >>> format_nom_etablissement("Collège de l'Osme")
    'Collège de l’Osme'
    """
    if not nom:
        return nom
    mots = nom.split()
    if nom.upper() == nom:
        mots = [_capitalize(mot, rang) for rang, mot in enumerate(mots)]
    return " ".join(mots).replace("'", "’")


_PETITS_MOTS = {"de", "du", "des", "la", "le", "les", "et", "en", "sur", "sous", "aux", "au"}
_ACCENTS = {"college": "collège", "lycee": "lycée", "ecole": "école", "general": "général", "metiers": "métiers",
            "elementaire": "élémentaire", "prive": "privé", "privee": "privée"}  # fmt: skip


def _capitalize(mot: str, rang: int) -> str:
    mot = mot.lower()
    mot = _ACCENTS.get(mot, mot)
    if rang and mot in _PETITS_MOTS:
        return mot
    return re.sub(r"(^|[-'’])(\w)", lambda m: m.group(1) + m.group(2).upper(), mot)
