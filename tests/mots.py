"""Words that no text says: they give a cause, or judge people, where a figure only describes."""

import re
import unicodedata

CAUSES = (
    "donc",
    "car",
    "puisqu(?:e|’\\w+|'\\w+)",
    "parce qu(?:e|’\\w+|'\\w+)",
    "c[’']est pourquoi",
    "à cause d(?:e|u|es|’\\w+|'\\w+)",
    "en raison d(?:e|u|es|’\\w+|'\\w+)",
    "grâce (?:à|au|aux)",
    "en conséquence",
    "par conséquent",
    "conséquences?",
    "effets?",
    "impact(?!fac)\\w*",
    # «s’entraîner» is what pupils do.
    "(?<!s[’'])entraîn(?!ement)\\w*",
    "engendr\\w+",
    "provoqu\\w+",
    # «l’écart décrit, il n’explique pas»: to deny a cause is allowed.
    "(?<!n[’'])(?<!n[’']en )(?<!ne l[’'])expliqu\\w+",
)
"""A cause, which no crossing of indicators shows."""

JUGEMENTS = (
    # «satisfaisante ou très bonne» is the name of a degree of maîtrise.
    "(?<!très )bon(?:ne)?s?",
    "mauvais(?:es?)?",
    "médiocr\\w+",
    "pires?",
    "faibles? niveaux?",
    "niveaux? (?:trop |très |plus )?faibles?",
    "retard(?:s|é|ée|és|ées|ataires?)?",
    "classements?",
    "class(?:é|ée|és|ées) (?:premi|derni)\\w+",
    "palmarès",
    # «sans échec de l’élève»: to deny it is allowed.
    "(?<!sans )échecs?",
    "échou\\w+",
    "défaillan\\w+",
    "cancres?",
)
"""A judgement on people or establishments: the reader makes it, not the page."""

MOTS_INTERDITS = CAUSES + JUGEMENTS
"""Regular expressions of whole words, whatever their case; inflections are told by their endings."""

_MOTIF = re.compile("|".join(rf"(?<!\w){mot}(?!\w)" for mot in MOTS_INTERDITS), re.IGNORECASE)


def find_mots_interdits(texte: str) -> list[str]:
    """Words of a text that should not be there, in the order of the text; spaces of any kind are plain spaces.

    >>> find_mots_interdits("Les bons élèves, donc les bonbons.")
    ['bons', 'donc']
    """
    texte = re.sub(r"\s", " ", unicodedata.normalize("NFC", texte))
    return [trouve.group() for trouve in _MOTIF.finditer(texte)]
