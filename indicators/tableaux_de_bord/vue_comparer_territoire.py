"""What one territory beside its similar ones shows: who they are, why, side by side; and what its context predicts."""

from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import Indicateur, get_indicateur
from indicators.semblables import Variable, load_variables
from indicators.tableaux_de_bord.lectures import Cellule, fini, is_provisoire, make_comparaison
from indicators.tableaux_de_bord.objets import Comparaison
from indicators.tableaux_de_bord.vue_comparer import (
    ESSENTIELS,
    Colonne,
    choose_colonnes,
    count_familles,
    list_colonnes,
    read_cellules_colonnes,
    read_sources_colonnes,
)
from indicators.territoires import Niveau, Territoire

SEUIL = 0.05
"""Adjusted probability under which a gap to what is expected is not left to chance."""


@dataclass(frozen=True)
class Contexte:
    """One context variable of the territory; `gardes`: how many of its similar ones stay without it."""

    variable: Variable
    valeur: float | None
    gardes: int


@dataclass(frozen=True)
class Voisin:
    """A similar territory: how close, its own context, and each variable's part (0-1) of what separates them."""

    territoire: Territoire
    rang: int
    proximite: str
    valeurs: dict[str, float | None]
    parts: dict[str, float]


@dataclass(frozen=True)
class LigneSemblables:
    """An indicator side by side: the territory, its similar ones in order, its difference with them together."""

    colonne: Colonne
    cellule: Cellule
    """Compared with the rest of the académie: the state of the cell everywhere."""
    voisins: tuple[Cellule, ...]
    semblables: Comparaison | None


@dataclass(frozen=True)
class LigneAttendu:
    """Observed and expected at the same context; in the unit of the base."""

    indicateur: Indicateur
    modalite: str
    rentree: int
    observe: float
    attendu: float
    ecart: float
    ecart_inf: float
    ecart_sup: float
    p_ajustee: float
    nb_etablissements: int
    nb_regression: int

    @property
    def est_etabli(self) -> bool:
        """Whether the gap holds once the number of gaps read at the level is taken into account."""
        return self.p_ajustee < SEUIL


@dataclass(frozen=True)
class VueSemblables:
    """A territory and those whose context is nearest."""

    territoire: Territoire
    contexte: tuple[Contexte, ...]
    voisins: tuple[Voisin, ...]
    """Nearest first; empty where the level has too few territories or no context."""
    lignes: tuple[LigneSemblables, ...]
    attendus: tuple[LigneAttendu, ...]
    familles: dict[tuple[int, str], int]
    """Comparisons with similar territories corrected together, by rentrée."""
    sources: tuple[str, ...]
    est_provisoire: bool


def build_vue_semblables(
    base: Base, territoire: Territoire, rentree: int | None = None, choix: str = ESSENTIELS, cle: str = ""
) -> VueSemblables:
    """Look up a territory beside its similar ones.

    Args:
        rentree: None for the latest of each indicator.
        choix, cle: which indicators, as in `choose_colonnes`.
    """
    colonnes = choose_colonnes(list_colonnes(base, territoire.niveau, rentree), choix, cle)
    voisins = _read_voisins(base, territoire)
    lignes = _read_lignes(base, territoire, colonnes, voisins)
    autres = [
        Cellule(li.cellule.territoire, li.cellule.valeur, comparaison=li.semblables)
        for li in lignes
        if li.semblables is not None
    ]
    return VueSemblables(
        territoire=territoire,
        contexte=_read_contexte(base, territoire),
        voisins=voisins,
        lignes=lignes,
        attendus=_read_attendus(base, territoire, colonnes),
        familles=count_familles(autres),
        sources=read_sources_colonnes(base, colonnes),
        est_provisoire=is_provisoire(base, territoire.niveau),
    )


def list_niveaux_semblables(base: Base) -> tuple[Niveau, ...]:
    """Levels at which similar territories are known."""
    lignes = {niveau for (niveau,) in base.lignes("SELECT DISTINCT niveau FROM voisin")}
    return tuple(niveau for niveau in (Niveau.RESEAU, Niveau.INTER_RESEAU) if niveau.value in lignes)


def _read_contexte(base: Base, territoire: Territoire) -> tuple[Contexte, ...]:
    lignes = base.lignes(
        "SELECT variable, valeur, gardes FROM contexte WHERE niveau = ? AND territoire = ?",
        (territoire.niveau.value, territoire.code),
    )
    lues = {code: (valeur, gardes) for code, valeur, gardes in lignes}
    return tuple(Contexte(v, fini(lues[v.code][0]), lues[v.code][1]) for v in load_variables() if v.code in lues)


def _read_voisins(base: Base, territoire: Territoire) -> tuple[Voisin, ...]:
    cle = (territoire.niveau.value, territoire.code)
    voisins = base.lignes(
        """SELECT v.voisin, t.nom, v.rang, v.proximite FROM voisin v
        JOIN territoire t ON t.niveau = v.niveau AND t.code = v.voisin
        WHERE v.niveau = ? AND v.territoire = ? ORDER BY v.rang""",
        cle,
    )
    parts = base.lignes("SELECT voisin, variable, part FROM voisin_part WHERE niveau = ? AND territoire = ?", cle)
    valeurs = base.lignes(
        """SELECT c.territoire, c.variable, c.valeur FROM contexte c
        SEMI JOIN voisin v ON v.niveau = c.niveau AND v.voisin = c.territoire AND v.niveau = ? AND v.territoire = ?""",
        cle,
    )
    return tuple(
        Voisin(
            territoire=Territoire(territoire.niveau, code, nom),
            rang=rang,
            proximite=proximite,
            valeurs={variable: fini(valeur) for autre, variable, valeur in valeurs if autre == code},
            parts={variable: fini(part) or 0.0 for autre, variable, part in parts if autre == code},
        )
        for code, nom, rang, proximite in voisins
    )


def _read_lignes(
    base: Base, territoire: Territoire, colonnes: tuple[Colonne, ...], voisins: tuple[Voisin, ...]
) -> tuple[LigneSemblables, ...]:
    autres = [v.territoire for v in voisins]
    cellules = read_cellules_colonnes(base, territoire.niveau, colonnes, [territoire, *autres])
    lignes = base.lignes(
        """SELECT indicateur, modalite, rentree, reference, etat, valeur_reference, ecart, ecart_inf, ecart_sup,
               p_ajustee, decelable, famille, motif
        FROM comparaison_autre WHERE niveau = ? AND territoire = ? AND reference = 'similaires'""",
        (territoire.niveau.value, territoire.code),
    )
    semblables = {tuple(cle): make_comparaison(tuple(reste)) for *cle, reste in ((*li[:3], li[3:]) for li in lignes)}
    return tuple(
        LigneSemblables(
            colonne=c,
            cellule=cellules[territoire.code, c.cle],
            voisins=tuple(cellules[t.code, c.cle] for t in autres),
            semblables=semblables.get((c.indicateur.code, c.modalite, c.rentree)),
        )
        for c in colonnes
    )


def _read_attendus(base: Base, territoire: Territoire, colonnes: tuple[Colonne, ...]) -> tuple[LigneAttendu, ...]:
    """Rows of the table `attendu`, in the order of the columns; one where the context says nothing is left out."""
    lignes = base.lignes(
        """SELECT indicateur, modalite, rentree, attendu + ecart, attendu, ecart, ecart_inf, ecart_sup, p_ajustee,
               nb_etablissements, nb_regression
        FROM attendu WHERE niveau = ? AND territoire = ?""",
        (territoire.niveau.value, territoire.code),
    )
    lues = {tuple(li[:3]): li[3:] for li in lignes}
    cles = [(c.indicateur.code, c.modalite, c.rentree) for c in colonnes]
    return tuple(LigneAttendu(get_indicateur(cle[0]), cle[1], cle[2], *lues[cle]) for cle in cles if cle in lues)
