"""What a base holds, to choose from: territories, rentrées, indicators with figures."""

from indicators.base import Base
from indicators.catalogue import Indicateur, load_catalogue
from indicators.territoires import Niveau, Territoire


def list_territoires(base: Base) -> dict[str, Territoire]:
    """Every present territory by code: largest levels first, then by name. National and région come last."""
    niveaux = [Niveau.ACADEMIE, Niveau.DEPARTEMENT, Niveau.INTER_RESEAU, Niveau.RESEAU, Niveau.ETABLISSEMENT]
    rangs = {niveau: rang for rang, niveau in enumerate(niveaux)}
    lignes = base.lignes(
        "SELECT niveau, code, nom FROM territoire WHERE rentree_fin IS NULL ORDER BY strip_accents(lower(nom)), code"
    )
    lignes.sort(key=lambda ligne: rangs.get(ligne[0], len(rangs)))
    return {code: Territoire(Niveau(niveau), code, nom) for niveau, code, nom in lignes}


def list_rentrees(base: Base) -> tuple[int, ...]:
    """Rentrées that have at least one figure, latest first."""
    return tuple(r for (r,) in base.lignes("SELECT DISTINCT rentree FROM valeur WHERE statut = 'ok' ORDER BY 1 DESC"))


def list_indicateurs(base: Base) -> tuple[Indicateur, ...]:
    """Indicators of the catalogue that have at least one figure at any level, in reading order."""
    presents = {code for (code,) in base.lignes("SELECT DISTINCT indicateur FROM valeur WHERE statut = 'ok'")}
    return tuple(indicateur for code, indicateur in load_catalogue().items() if code in presents)


def list_parents(base: Base, code: str) -> dict[Niveau, Territoire]:
    """The present ancestors of a territory by level, largest first (not itself)."""
    lignes = base.lignes(
        "SELECT t.niveau, t.code, t.nom FROM rattachement r "
        "JOIN territoire t ON t.niveau = r.niveau_parent AND t.code = r.code_parent "
        "WHERE r.code = ? AND r.rentree_fin IS NULL AND r.code_parent <> r.code",
        [code],
    )
    ordre = list(Niveau)
    lignes.sort(key=lambda ligne: -ordre.index(Niveau(ligne[0])))
    return {Niveau(niveau): Territoire(Niveau(niveau), parent, nom) for niveau, parent, nom in lignes}


def list_enfants(base: Base, code: str, niveau: Niveau) -> tuple[Territoire, ...]:
    """The present territories of a level inside a territory, by name."""
    lignes = base.lignes(
        "SELECT DISTINCT t.code, t.nom FROM rattachement r "
        "JOIN territoire t ON t.niveau = r.niveau AND t.code = r.code "
        "WHERE r.code_parent = ? AND r.niveau = ? AND r.rentree_fin IS NULL AND r.code_parent <> r.code "
        "ORDER BY strip_accents(lower(t.nom)), t.code",
        [code, niveau.value],
    )
    return tuple(Territoire(niveau, enfant, nom) for enfant, nom in lignes)
