"""Gaps inside a territory: public and privé, éducation prioritaire and the rest, filles and garçons, voies.

A split describes, it does not judge: no state, only two figures, their difference and its interval. Groups that a
source tells apart were compared when publishing; those made of établissements are summed here.
"""

import math
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, Nature
from indicators.statistiques.comparaison import difference_taux
from indicators.statistiques.intervalles import wilson
from indicators.tableaux_de_bord.lectures import make_valeur
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
    p_ajustee: float | None = None
    """Of the groups compared when publishing: corrected over their level and rentrée."""
    statut: str = "ok"
    raison: str = ""


def read_ventilations(base: Base, fiche: Indicateur, territoire: Territoire, rentree: int) -> tuple[Ventilation, ...]:
    """The splits of a rate inside a territory; empty for the other natures and for an établissement.

    Établissements are summed, then divided. A group with a masked établissement is masked whole: its total and
    its visible parts would give the hidden one back.
    """
    if fiche.nature is not Nature.TAUX:
        return ()
    publiees = _read_publiees(base, fiche, territoire, rentree)
    connues = tuple(v for v in publiees if v.groupes)
    if territoire.niveau is Niveau.ETABLISSEMENT:
        return connues
    lignes = _read_lignes(base, fiche.code, territoire, rentree)
    if not lignes:
        return connues
    secteur = [("privé" if s == "prive" else "public", *reste) for s, _, *reste in lignes if s]
    prioritaire = [("REP" if ep else "hors REP", *reste) for _, ep, *reste in lignes]
    return (
        _split("Secteur", ("privé", "public"), secteur, fiche.seuil),
        _split("Éduc. prioritaire", ("REP", "hors REP"), prioritaire, fiche.seuil),
        *publiees,
    )


def _read_lignes(base: Base, indicateur: str, territoire: Territoire, rentree: int) -> list[tuple]:
    return base.lignes(
        """SELECT t.secteur, t.education_prioritaire, v.statut, v.numerateur, v.denominateur
        FROM valeur v JOIN territoire t ON t.niveau = v.niveau AND t.code = v.territoire
        JOIN rattachement_actuel l ON l.niveau = 'etablissement' AND l.code = v.territoire
        WHERE v.indicateur = ? AND v.niveau = 'etablissement' AND v.rentree = ? AND v.modalite = 'ensemble'
          AND l.niveau_parent = ? AND l.code_parent = ?
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


def _read_publiees(base: Base, fiche: Indicateur, territoire: Territoire, rentree: int) -> tuple[Ventilation, ...]:
    """The pairs of groups that a source tells apart; the voies only where the indicator has them."""
    cellule = (fiche.code, territoire.niveau.value, territoire.code, rentree)
    valeurs = {
        modalite: make_valeur(rentree, tuple(reste))
        for modalite, *reste in base.lignes(
            """SELECT modalite, statut, valeur, borne_inf, borne_sup, numerateur, denominateur, methode,
                nb_etablissements
            FROM valeur WHERE indicateur = ? AND niveau = ? AND territoire = ? AND rentree = ? AND modalite <> ?""",
            (*cellule, ENSEMBLE),
        )
    }
    ecarts = {
        (groupe, autre): reste
        for groupe, autre, *reste in base.lignes(
            """SELECT groupe, autre_groupe, ecart, ecart_inf, ecart_sup, p_ajustee FROM ecart_groupes
            WHERE indicateur = ? AND niveau = ? AND territoire = ? AND rentree = ?""",
            cellule,
        )
    }
    return tuple(
        _make_publiee(titre, paire, fiche, valeurs, ecarts.get(paire))
        for paire, titre in _TITRES.items()
        if paire == _SEXE or set(paire) <= set(fiche.modalites)
    )


_SEXE = ("filles", "garcons")
_TITRES = {_SEXE: "Filles, garçons", ("scolaire", "apprentissage"): "Voies"}


def _make_publiee(
    titre: str, paire: tuple[str, str], fiche: Indicateur, valeurs: dict[str, Valeur], ecart: list | None
) -> Ventilation:
    if not set(paire) <= set(fiche.modalites):
        return Ventilation(titre, statut="non_disponible", raison="la source ne distingue pas le sexe")
    lues = [valeurs[modalite] for modalite in paire if modalite in valeurs]
    if any(valeur.statut == "secret" for valeur in lues):
        return Ventilation(titre, statut="secret", raison="un des deux groupes est trop petit")
    if ecart is None or len(lues) < 2:
        return Ventilation(titre, statut="non_disponible", raison="absent des extraits de cette année")
    groupes = tuple(
        Groupe(fiche.modalites[modalite].lower(), valeur) for modalite, valeur in zip(paire, lues, strict=True)
    )
    return Ventilation(titre, groupes, *ecart)


def _compare(titre: str, groupes: tuple[Groupe, Groupe]) -> Ventilation:
    (a, b) = (g.valeur for g in groupes)
    ecart = difference_taux(a.numerateur, a.denominateur, b.numerateur, b.denominateur)
    return Ventilation(titre, groupes, *(float(e) if math.isfinite(e) else None for e in ecart))


def _make_valeur(numerateur: float, denominateur: float) -> Valeur:
    bas, haut = (float(b) for b in wilson(numerateur, denominateur))
    return Valeur(None, "ok", numerateur / denominateur, bas, haut, numerateur, denominateur)
