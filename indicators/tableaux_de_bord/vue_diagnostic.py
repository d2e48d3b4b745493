"""The diagnostic of a territory: what its other pages say, put in the order in which a COPIL discusses it."""

from dataclasses import dataclass

from indicators.base import Base
from indicators.diagnostic import Theme, load_diagnostic
from indicators.tableaux_de_bord.construction import build_tableau_de_bord, count_etats, pick_forces
from indicators.tableaux_de_bord.noms_territoires import name_en_phrase
from indicators.tableaux_de_bord.objets import Ligne, TableauDeBord
from indicators.tableaux_de_bord.objets_problematiques import Problematique, VueProblematiques
from indicators.tableaux_de_bord.reperes import list_rentrees
from indicators.tableaux_de_bord.vue_parcours import VueParcours, build_vue_parcours
from indicators.tableaux_de_bord.vue_problematiques import build_vue_problematiques


@dataclass(frozen=True)
class Partie:
    """One theme: its established gaps of the last two rentrées, the counts of its states, its problématiques."""

    theme: Theme
    forces: tuple[Ligne, ...]
    fragilites: tuple[Ligne, ...]
    decompte: dict[str, int]
    problematiques: tuple[Problematique, ...]
    est_vide: bool
    """No figure at all."""


@dataclass(frozen=True)
class VueDiagnostic:
    """Identity, themes in the order of the level, path, and findings of a territory."""

    nom: str
    """The territory with its article: «le réseau du Niortais»."""
    tableau: TableauDeBord
    parties: tuple[Partie, ...]
    parcours: VueParcours
    problematiques: VueProblematiques


def build_vue_diagnostic(base: Base, code: str) -> VueDiagnostic:
    """Look up a diagnostic.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    tableau = build_tableau_de_bord(base, code)
    problematiques = build_vue_problematiques(base, code)
    lignes = [ligne for bloc in tableau.domaines for ligne in bloc.lignes]
    derniere = next(iter(list_rentrees(base)), None)
    diagnostic = load_diagnostic()
    parties = tuple(
        _build_partie(theme, lignes, derniere, problematiques) for theme in diagnostic.ordre[tableau.niveau]
    )
    return VueDiagnostic(
        nom=name_en_phrase(base, tableau.identite.territoire),
        tableau=tableau,
        parties=parties,
        parcours=build_vue_parcours(base, code),
        problematiques=problematiques,
    )


def _build_partie(code: str, lignes: list[Ligne], derniere: int | None, vue: VueProblematiques) -> Partie:
    diagnostic = load_diagnostic()
    siennes = [ligne for ligne in lignes if diagnostic.find_theme(ligne.indicateur) == code]
    return Partie(
        theme=diagnostic.themes[code],
        forces=pick_forces(siennes, derniere, "favorable"),
        fragilites=pick_forces(siennes, derniere, "defavorable"),
        decompte=count_etats(siennes),
        problematiques=tuple(
            p for p in vue.trouvees if p.principal and diagnostic.find_theme(p.principal.indicateur) == code
        ),
        est_vide=all(ligne.valeur.statut != "ok" for ligne in siennes),
    )
