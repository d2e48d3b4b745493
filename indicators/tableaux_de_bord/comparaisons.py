"""What a territory can be compared with, and how French says it: the one list of references.

The main reference (the rest of the académie; of the réseau or inter-réseau for an établissement) decides the state of
a cell everywhere. The others, asked for on purpose, were computed beside it when publishing.
"""

from dataclasses import dataclass

from indicators.base import Base
from indicators.territoires import Territoire

PRINCIPALE = "principale"
"""Asks for the main reference of the level, whichever it is."""


@dataclass(frozen=True)
class Reference:
    """A reference in words. `face` may hold «{celui}», which agrees with the result that is compared."""

    code: str
    choix: str
    """In a list of choices."""
    entete: str
    """At the head of a narrow column."""
    nom: str
    """«reste de l’académie», without article."""
    face: str
    """After «dépasse» or «reste sous»."""
    a: str
    """After «comparable», «compare»: «au reste de l’académie»."""
    que: str
    """After «plus favorisé»: «que dans le reste du département»."""
    precision: str = ""
    """What the reference is made of, for the reading notes."""


def _make_reste(code: str, entete: str, de_quoi: str, que: str) -> Reference:
    """A reference that is a larger territory without the one compared."""
    nom = f"reste {de_quoi}"
    return Reference(code, nom.capitalize(), entete, nom, f"le {nom}", f"au {nom}", que, "c’est-à-dire sans lui")


_TOUTES = (
    _make_reste("academie", "Reste acad.", "de l’académie", "qu’ailleurs"),
    _make_reste("reseau", "Reste rés.", "du réseau", "qu’ailleurs"),
    _make_reste("inter_reseau", "Reste i.-r.", "de l’inter-réseau", "qu’ailleurs"),
    _make_reste("departement", "Reste dép.", "du département", "que dans le reste du département"),
    Reference(
        "region", "Région académique", "Région", "région académique", "{celui} de la région académique",
        "à la région académique", "que dans la région académique", "dont il fait partie",
    ),
    Reference(
        "national", "France", "France", "France", "{celui} de la France", "à la France", "qu’en France",
        "dont il fait partie",
    ),
    Reference(
        "similaires", "Territoires semblables", "Semblables", "territoires semblables",
        "{celui} de ses territoires semblables", "à ses territoires semblables", "que dans ses territoires semblables",
        "pris ensemble",
    ),
    Reference(
        "anterieure", "Sa rentrée précédente", "Rentr. préc.", "rentrée précédente", "{celui} de sa rentrée précédente",
        "à sa rentrée précédente", "qu’à sa rentrée précédente", "la dernière connue avant celle de la ligne",
    ),
)  # fmt: skip
REFERENCES = {reference.code: reference for reference in _TOUTES}
AUTRES = ("departement", "region", "national", "similaires", "anterieure")
"""References asked for on purpose, in the order of choices."""


def name_choix(code: str) -> str:
    """A reference in a list of choices; the main one is the rest of the académie wherever there is a choice."""
    return REFERENCES["academie" if code == PRINCIPALE else code].choix


def list_autres(base: Base, code: str, rentree: int | None = None) -> tuple[str, ...]:
    """The other references that have figures for a territory, at a rentrée or at any (None)."""
    lignes = base.lignes(
        """SELECT DISTINCT reference FROM comparaison_autre
        WHERE territoire = $code AND valeur_reference IS NOT NULL AND ($rentree IS NULL OR rentree = $rentree)""",
        {"code": code, "rentree": rentree},
    )
    presentes = {reference for (reference,) in lignes}
    return tuple(reference for reference in AUTRES if reference in presentes)


def list_semblables(base: Base, territoire: Territoire) -> tuple[Territoire, ...]:
    """The similar territories of one, nearest first."""
    lignes = base.lignes(
        """SELECT v.voisin, t.nom FROM voisin v JOIN territoire t ON t.niveau = v.niveau AND t.code = v.voisin
        WHERE v.niveau = ? AND v.territoire = ? ORDER BY v.rang""",
        (territoire.niveau.value, territoire.code),
    )
    return tuple(Territoire(territoire.niveau, code, nom) for code, nom in lignes)
