"""What the map page shows: a level on one indicator, as plain frozen objects."""

from collections import Counter
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, get_indicateur
from indicators.tableaux_de_bord.lectures import (
    Cellule,
    Contour,
    Ville,
    check_publie,
    is_provisoire,
    read_academie,
    read_cellules,
    read_contours,
    read_sources,
    read_villes,
)  # fmt: skip
from indicators.tableaux_de_bord.objets import Valeur
from indicators.territoires import Niveau, Territoire


@dataclass(frozen=True)
class VueCarte:
    """A choropleth and the list beside it."""

    indicateur: Indicateur
    niveau: Niveau
    rentree: int
    modalite: str
    cellules: tuple[Cellule, ...]
    """Highest value first; missing last."""
    academie: Territoire
    reference: Valeur
    """Value of the whole académie."""
    contours: tuple[Contour, ...]
    contours_departements: tuple[Contour, ...]
    villes: tuple[Ville, ...]
    sources: tuple[str, ...]
    est_provisoire: bool

    @property
    def valeurs(self) -> dict[str, Valeur]:
        """Published figures by territory code."""
        return {c.territoire.code: c.valeur for c in self.cellules if c.valeur.statut == "ok"}

    @property
    def decompte(self) -> Counter:
        """Number of territories by state, statuts of missing values included."""
        return Counter(c.etat for c in self.cellules)

    @property
    def famille(self) -> int:
        """Number of comparisons corrected together (0: none)."""
        return max((c.comparaison.famille for c in self.cellules if c.comparaison), default=0)


def build_vue_carte(
    base: Base, indicateur: str, niveau: Niveau, rentree: int | None = None, modalite: str = ENSEMBLE
) -> VueCarte:
    """Look up a level on an indicator.

    Args:
        rentree: None for the latest that has a figure at the level.

    Raises:
        ErreurUsage: no figure at that level.
    """
    fiche = get_indicateur(indicateur)
    rentrees = check_publie(base, fiche, niveau, modalite)
    choisie = rentree if rentree in rentrees else rentrees[0]
    academie, reference = read_academie(base, indicateur, choisie, modalite)
    return VueCarte(
        indicateur=fiche,
        niveau=niveau,
        rentree=choisie,
        modalite=modalite,
        cellules=read_cellules(base, indicateur, niveau, choisie, modalite),
        academie=academie,
        reference=reference,
        contours=read_contours(base, niveau),
        contours_departements=read_contours(base, Niveau.DEPARTEMENT),
        villes=read_villes(base),
        sources=read_sources(base, indicateur, choisie),
        est_provisoire=is_provisoire(base, niveau),
    )
