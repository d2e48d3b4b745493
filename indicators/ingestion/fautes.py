"""Faults of a file, gathered and told in one message."""

from dataclasses import dataclass
from pathlib import Path

from indicators.erreurs import ErreurFichier
from indicators.francais import accorder, format_nombre

LIGNES_CITEES = 3


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
    return ErreurFichier(f"Extrait « {chemin.name} »{format_lu} refusé : {problemes}. Rien n’a été chargé.\n{liste}")
