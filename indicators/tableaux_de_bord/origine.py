"""Where a figure comes from: counts, extracts, loads and lines behind a cell of the published base."""

from dataclasses import dataclass

from indicators.base import Base
from indicators.tableaux_de_bord.objets import Valeur
from indicators.territoires import Niveau, Territoire


@dataclass(frozen=True)
class LigneSource:
    """One line of an extract that entered the figure, as loaded (masked where secret)."""

    territoire: Territoire
    numerateur: float | None
    denominateur: float | None
    valeur: float | None
    methode: str
    statut: str
    ligne: int
    fichier: str
    chargement: str


@dataclass(frozen=True)
class Extrait:
    """A load behind the figure: `lignes` are the numbers of the lines read, header = line 1."""

    titre: str
    source: str
    fichier: str
    charge_le: str
    """ISO date and time of the load."""
    nb_lignes: int
    lignes: tuple[int, ...]


@dataclass(frozen=True)
class Origine:
    """Everything that « D’où vient ce chiffre » says. Without an extract, the figure was computed when publishing."""

    extraits: tuple[Extrait, ...] = ()
    lignes: tuple[LigneSource, ...] = ()


def read_origine(base: Base, indicateur: str, territoire: Territoire, valeur: Valeur, modalite: str) -> Origine:
    """Lines and extracts behind a cell.

    A figure summed over établissements comes from their lines; one that the source gives for the territory itself
    comes from that line alone.
    """
    lignes = ()
    if valeur.nb_etablissements > 0 or territoire.niveau is Niveau.ETABLISSEMENT:
        lignes = _read_lignes(base, _SOUS_ETABLISSEMENTS, indicateur, territoire, valeur.rentree, modalite)
    if not lignes:
        lignes = _read_lignes(base, _DIRECTES, indicateur, territoire, valeur.rentree, modalite)
    return Origine(_read_extraits(base, lignes), lignes)


_SOUS_ETABLISSEMENTS = """o.niveau = 'etablissement' AND o.territoire IN (
    SELECT l.code FROM rattachement_actuel l
    WHERE l.niveau = 'etablissement' AND l.niveau_parent = $niveau AND l.code_parent = $code)"""
_DIRECTES = "o.niveau = $niveau AND o.territoire = $code"


def _read_lignes(
    base: Base, condition: str, indicateur: str, territoire: Territoire, rentree: int | None, modalite: str
) -> tuple[LigneSource, ...]:
    lignes = base.lignes(
        f"""SELECT o.niveau, o.territoire, coalesce(t.nom, o.territoire), o.numerateur, o.denominateur, o.valeur,
            coalesce(o.methode, ''), o.statut, o.ligne, coalesce(c.fichier, ''), coalesce(o.chargement, '')
        FROM observation o
        LEFT JOIN territoire t ON t.niveau = o.niveau AND t.code = o.territoire
        LEFT JOIN chargement c ON c.id = o.chargement
        WHERE o.indicateur = $indicateur AND o.rentree = $rentree AND o.modalite = $modalite AND {condition}
        ORDER BY c.fichier, o.ligne""",  # noqa: S608 - only constants of this module
        {
            "indicateur": indicateur,
            "rentree": rentree,
            "modalite": modalite,
            "niveau": territoire.niveau.value,
            "code": territoire.code,
        },
    )
    return tuple(LigneSource(Territoire(Niveau(niveau), code, nom), *reste) for niveau, code, nom, *reste in lignes)


def _read_extraits(base: Base, lignes: tuple[LigneSource, ...]) -> tuple[Extrait, ...]:
    numeros: dict[str, list[int]] = {}
    for ligne in lignes:
        numeros.setdefault(ligne.chargement, []).append(ligne.ligne)
    chargements = base.lignes(
        """SELECT id, titre_format, source, fichier, charge_le, nb_lignes FROM chargement
        WHERE list_contains(?, id) ORDER BY charge_le, id""",
        (list(numeros),),
    )
    return tuple(
        Extrait(titre or "", source or "", fichier or "", charge_le or "", int(nb or 0), tuple(sorted(numeros[code])))
        for code, titre, source, fichier, charge_le, nb in chargements
    )
