"""Gaps inside a territory: public and privé, éducation prioritaire and the rest, filles and garçons.

A split describes, it does not judge: no state, only two figures, their difference and its interval.
"""

import math
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, Nature
from indicators.statistiques.comparaison import difference_taux
from indicators.statistiques.intervalles import wilson
from indicators.tableaux_de_bord.objets import Valeur
from indicators.territoires import Niveau, Territoire


@dataclass(frozen=True)
class Groupe:
    """One side of a split. `nb` counts établissements (0 for a modalité of the source)."""

    libelle: str
    valeur: Valeur
    nb: int = 0


@dataclass(frozen=True)
class Ventilation:
    """Two groups of the territory; without groups, `statut` and `raison` say why."""

    titre: str
    groupes: tuple[Groupe, Groupe] | None = None
    ecart: float | None = None
    ecart_inf: float | None = None
    ecart_sup: float | None = None
    statut: str = "ok"
    raison: str = ""


def read_ventilations(base: Base, fiche: Indicateur, territoire: Territoire, rentree: int) -> tuple[Ventilation, ...]:
    """The splits of a rate inside a territory; empty for the other natures and for an établissement.

    Établissements are summed, then divided. A group with a masked établissement is masked whole: its total and
    its visible parts would give the hidden one back.
    """
    if fiche.nature is not Nature.TAUX:
        return ()
    sexe = _read_sexe(base, fiche, territoire, rentree)
    if territoire.niveau is Niveau.ETABLISSEMENT:
        return (sexe,) if sexe.groupes else ()
    lignes = _read_lignes(base, fiche.code, territoire, rentree)
    if not lignes:
        return (sexe,) if sexe.groupes else ()
    secteur = [("privé" if s == "prive" else "public", *reste) for s, _, *reste in lignes if s]
    prioritaire = [("REP" if ep else "hors REP", *reste) for _, ep, *reste in lignes]
    return (
        _split("Secteur", ("privé", "public"), secteur, fiche.seuil),
        _split("Éduc. prioritaire", ("REP", "hors REP"), prioritaire, fiche.seuil),
        sexe,
    )


def _read_lignes(base: Base, indicateur: str, territoire: Territoire, rentree: int) -> list[tuple]:
    return base.lignes(
        """SELECT t.secteur, t.education_prioritaire, v.statut, v.numerateur, v.denominateur
        FROM valeur v JOIN territoire t ON t.niveau = v.niveau AND t.code = v.territoire
        JOIN rattachement l ON l.niveau = 'etablissement' AND l.code = v.territoire
        WHERE v.indicateur = ? AND v.niveau = 'etablissement' AND v.rentree = ? AND v.modalite = 'ensemble'
          AND l.niveau_parent = ? AND l.code_parent = ?
          AND coalesce(l.rentree_debut, 0) <= v.rentree AND coalesce(l.rentree_fin, 9999) >= v.rentree
        ORDER BY v.territoire""",
        (indicateur, rentree, territoire.niveau.value, territoire.code),
    )


def _split(titre: str, noms: tuple[str, str], lignes: list[tuple], seuil: int) -> Ventilation:
    """Two groups from (name, statut, numerator, denominator) of établissements."""
    parts = [[ligne[1:] for ligne in lignes if ligne[0] == nom] for nom in noms]
    for nom, part in zip(noms, parts, strict=True):
        if not part:
            return Ventilation(titre, statut="non_applicable", raison=f"aucun établissement {nom} dans ce territoire")
    masques = sum(statut == "secret" for part in parts for statut, *_ in part)
    if masques:
        accord = "établissement masqué" if masques == 1 else "établissements masqués"
        return Ventilation(titre, statut="secret", raison=f"{masques} {accord} : les totaux le sont aussi")
    comptes = [[(n, d) for statut, n, d in part if statut == "ok" and n is not None and d] for part in parts]
    sommes = [(sum(n for n, _ in c), sum(d for _, d in c)) for c in comptes]
    if any(d < max(seuil, 1) for _, d in sommes):
        return Ventilation(titre, statut="non_disponible", raison="effectifs absents de la source")
    groupes = tuple(
        Groupe(nom, _make_valeur(*somme), len(c)) for nom, somme, c in zip(noms, sommes, comptes, strict=True)
    )
    return _compare(titre, groupes)


def _read_sexe(base: Base, fiche: Indicateur, territoire: Territoire, rentree: int) -> Ventilation:
    titre, noms = "Filles, garçons", ("filles", "garcons")
    if not set(noms) <= set(fiche.modalites):
        return Ventilation(titre, statut="non_disponible", raison="la source ne distingue pas le sexe")
    lignes = {
        modalite: reste
        for modalite, *reste in base.lignes(
            """SELECT modalite, statut, numerateur, denominateur FROM valeur
            WHERE indicateur = ? AND niveau = ? AND territoire = ? AND rentree = ? AND modalite <> ?""",
            (fiche.code, territoire.niveau.value, territoire.code, rentree, ENSEMBLE),
        )
        if modalite in noms
    }
    statuts = {statut for statut, *_ in lignes.values()}
    if "secret" in statuts:
        return Ventilation(titre, statut="secret", raison="un des deux groupes est trop petit")
    if len(lignes) < 2 or statuts != {"ok"} or any(not d for _, _, d in lignes.values()):
        return Ventilation(titre, statut="non_disponible", raison="absent des extraits de cette année")
    groupes = tuple(Groupe(fiche.modalites[nom].lower(), _make_valeur(*lignes[nom][1:])) for nom in noms)
    return _compare(titre, groupes)


def _compare(titre: str, groupes: tuple[Groupe, Groupe]) -> Ventilation:
    (a, b) = (g.valeur for g in groupes)
    ecart = difference_taux(a.numerateur, a.denominateur, b.numerateur, b.denominateur)
    return Ventilation(titre, groupes, *(float(e) if math.isfinite(e) else None for e in ecart))


def _make_valeur(numerateur: float, denominateur: float) -> Valeur:
    bas, haut = (float(b) for b in wilson(numerateur, denominateur))
    return Valeur(None, "ok", numerateur / denominateur, bas, haut, numerateur, denominateur)
