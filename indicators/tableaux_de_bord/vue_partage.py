"""Which territories of a level share which problématique: the matrix and the map of the cellule académique."""

from collections import Counter
from dataclasses import dataclass

from indicators.base import Base
from indicators.problematiques import Regle, list_regles
from indicators.tableaux_de_bord.lectures import (
    Contour,
    Ville,
    fini,
    is_provisoire,
    read_contours,
    read_parents,
    read_villes,
)
from indicators.territoires import Niveau, Territoire

NIVEAUX = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)


@dataclass(frozen=True)
class Case:
    """A rule for a territory: statut, and probability (0-1; None without figures)."""

    statut: str
    probabilite: float | None


@dataclass(frozen=True)
class LignePartage:
    """A territory and its reading of every rule, by code of rule."""

    territoire: Territoire
    parent: str
    cases: dict[str, Case]

    @property
    def nb_trouvees(self) -> int:
        """Findings of the territory."""
        return sum(case.statut == "trouvee" for case in self.cases.values())


@dataclass(frozen=True)
class VuePartage:
    """Territories × rules at a level."""

    niveau: Niveau
    regles: tuple[Regle, ...]
    lignes: tuple[LignePartage, ...]
    """By name."""
    contours: tuple[Contour, ...]
    contours_departements: tuple[Contour, ...]
    villes: tuple[Ville, ...]
    est_provisoire: bool

    def count(self, regle: str) -> Counter:
        """Territories by statut for a rule."""
        return Counter(ligne.cases[regle].statut for ligne in self.lignes if regle in ligne.cases)


def build_vue_partage(base: Base, niveau: Niveau) -> VuePartage:
    """Look up every rule of a level for all its territories."""
    cases: dict[str, dict[str, Case]] = {}
    for regle, territoire, statut, probabilite in base.lignes(
        "SELECT regle, territoire, statut, probabilite FROM problematique WHERE niveau = ?", (niveau.value,)
    ):
        cases.setdefault(territoire, {})[regle] = Case(statut, fini(probabilite))
    parents = read_parents(base, niveau)
    lignes = base.lignes(
        """SELECT code, nom FROM territoire WHERE niveau = ? AND rentree_fin IS NULL
        ORDER BY strip_accents(lower(nom)), code""",
        (niveau.value,),
    )
    regles = tuple(r for r in list_regles(niveau) if any(r.code in siennes for siennes in cases.values()))
    return VuePartage(
        niveau=niveau,
        regles=regles,
        lignes=tuple(
            LignePartage(Territoire(niveau, code, nom), parents.get(code, ""), cases.get(code, {}))
            for code, nom in lignes
        ),
        contours=read_contours(base, niveau),
        contours_departements=read_contours(base, Niveau.DEPARTEMENT),
        villes=read_villes(base),
        est_provisoire=is_provisoire(base, niveau),
    )
