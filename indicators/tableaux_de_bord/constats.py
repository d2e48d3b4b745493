"""The most probable problématiques in one line each, for the pages that lead to them."""

from indicators.base import Base
from indicators.problematiques import load_regles
from indicators.tableaux_de_bord.objets import Constat
from indicators.territoires import Niveau, Territoire

NOMBRE = 2


def list_constats(base: Base, territoire: Territoire, nombre: int = NOMBRE) -> tuple[Constat, ...]:
    """The most probable findings of a territory; in a tie, in the order of its page."""
    lignes = base.lignes(
        """SELECT regle, probabilite FROM problematique
        WHERE niveau = ? AND territoire = ? AND statut = 'trouvee' ORDER BY round(probabilite, 3) DESC, rang""",
        (territoire.niveau.value, territoire.code),
    )
    regles = load_regles()
    return tuple(Constat(regles[code], territoire, p) for code, p in lignes if code in regles)[:nombre]


def list_constats_partout(base: Base, nombre: int = NOMBRE) -> tuple[Constat, ...]:
    """The most probable problem of each réseau and inter-réseau, surest first; larger territories first in a tie."""
    lignes = base.lignes(
        """SELECT p.niveau, p.territoire, t.nom, p.regle, p.probabilite FROM problematique p
        JOIN territoire t ON t.niveau = p.niveau AND t.code = p.territoire
        WHERE p.statut = 'trouvee' AND p.niveau IN ('reseau', 'inter_reseau')
        ORDER BY round(p.probabilite, 3) DESC, p.effectif DESC, p.territoire, p.regle"""
    )
    regles, constats = load_regles(), {}
    for niveau, code, nom, regle, probabilite in lignes:
        if regle in regles and regles[regle].genre == "probleme":
            constats.setdefault(code, Constat(regles[regle], Territoire(Niveau(niveau), code, nom), probabilite))
    return tuple(constats.values())[:nombre]
