"""Faults of a file, gathered and told in one message."""

import re
from dataclasses import dataclass
from pathlib import Path

from indicators.erreurs import ErreurFichier
from indicators.francais import accorder, format_nombre

LIGNES_CITEES = 3

# Controls, lone surrogates and marks that reverse the direction of a text: none may reach a terminal or a journal.
_INVISIBLES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def cite(texte: str, longueur: int = 40) -> str:
    """A text of a file as a message quotes it: on one line, without control characters, cut at that length.

    >>> cite("a\\n\\x1b[31mb")
    'a�[31mb'
    """
    plat = _INVISIBLES.sub("\ufffd", texte)
    return plat if len(plat) <= longueur else plat[: longueur - 1] + "…"


def cite_nom(chemin: Path) -> str:
    """The name of a file, as messages and the journal write it."""
    return _INVISIBLES.sub("_", chemin.name)


@dataclass(frozen=True)
class Faute:
    """One fault: what is wrong, what was expected, what to do; `nb` lines have it, `exemples` are the first ones."""

    constat: str
    attendu: str
    action: str
    nb: int = 0
    exemples: tuple[str, ...] = ()

    def __str__(self) -> str:
        cites = self.exemples[:LIGNES_CITEES]
        reste = self.nb - len(cites)
        suite = f" (et {format_nombre(reste)} autre{'s' if reste > 1 else ''})" if cites and reste > 0 else ""
        lieu = f"\n    {' · '.join(cites)}{suite}" if cites else ""
        return f"- {self.constat}{lieu}\n    Attendu : {self.attendu}\n    À faire : {self.action}"


def refuse(chemin: Path, fautes: list[Faute], titre_format: str = "") -> ErreurFichier:
    """The error that lists every fault of a file; the caller raises it."""
    format_lu = f" ({titre_format})" if titre_format else ""
    liste = "\n".join(str(faute) for faute in fautes)
    problemes = accorder(len(fautes), "problème")
    return ErreurFichier(
        f"Extrait « {cite_nom(chemin)} »{format_lu} refusé : {problemes}. Rien n’a été chargé.\n{liste}"
    )
