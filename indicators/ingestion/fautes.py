"""A refused file: its findings, told in one message."""

import re
from pathlib import Path

from indicators.erreurs import ErreurFichier
from indicators.francais import accorder
from indicators.ingestion.rapport import Constat, make_constat

# Controls, lone surrogates and marks that reverse the direction of a text: none may reach a terminal or a journal.
_INVISIBLES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class ErreurExtrait(ErreurFichier):
    """A file that cannot be loaded, with the findings that say why."""

    def __init__(self, message: str, constats: tuple[Constat, ...]) -> None:
        super().__init__(message)
        self.constats = constats


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


def refuse(chemin: Path, constats: list[Constat], titre_format: str = "") -> ErreurExtrait:
    """The error that lists every blocking finding of a file; the caller raises it."""
    format_lu = f" ({titre_format})" if titre_format else ""
    liste = "\n".join(map(str, constats))
    problemes = accorder(len(constats), "problème")
    message = (
        f"Extrait «\u00a0{cite_nom(chemin)}\u00a0»{format_lu} refusé\u00a0: {problemes}. Rien n’a été chargé.\n{liste}"
    )
    return ErreurExtrait(message, tuple(constats))


def refuse_lecture(chemin: Path, controle: str, constat: str, **textes: str) -> ErreurExtrait:
    """The refusal of a file that a reader cannot open; `textes`: its own `attendu` and `action`."""
    return refuse(chemin, [make_constat(controle, constat, **textes)])
