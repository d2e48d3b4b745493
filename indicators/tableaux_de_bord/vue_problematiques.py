"""What the page Problématiques of a territory shows: findings with their evidence, then the rules that were not found.

Nothing is computed: probabilities, gaps and draws were published.
"""

from dataclasses import replace

from indicators.base import Base
from indicators.catalogue import get_indicateur
from indicators.problematiques import Mesure, get_regle, list_regles
from indicators.tableaux_de_bord.identite import read_tete
from indicators.tableaux_de_bord.lectures import fini, make_valeur
from indicators.tableaux_de_bord.lignes import Lecture, build_ligne, read_lecture
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.objets_problematiques import (
    Croisement,
    Groupe,
    Indice,
    Levier,
    Problematique,
    VueProblematiques,
)
from indicators.territoires import Niveau, Territoire

MAXIMUM = 5
"""Findings shown as arguments: the feuille de route keeps two or three."""
NIVEAUX = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT, Niveau.ACADEMIE)
"""Levels that rules speak to."""


def build_vue_problematiques(base: Base, code: str) -> VueProblematiques:
    """Look up every rule of a territory; empty lists where its level has no rule (an établissement).

    Raises:
        ErreurUsage: the base has no such territory.
    """
    tete = read_tete(base, code)
    lues = _read_problematiques(base, tete.territoire, read_lecture(base, tete.territoire, None))
    trouvees, autres = choose_trouvees([p for p in lues if p.statut == "trouvee"])
    trouvees = tuple(_add_dessin(base, p) for p in trouvees)
    indices = [i for p in lues for i in p.indices if i.rentree is not None]
    return VueProblematiques(
        tete=tete,
        trouvees=trouvees,
        autres=autres,
        indecises=_sort([p for p in lues if p.statut == "indecise"]),
        non_trouvees=_sort([p for p in lues if p.statut == "non_trouvee"]),
        sans_donnee=tuple(p for p in lues if p.statut == "sans_donnee"),
        voisins=read_voisins(base, tete.territoire),
        parents=tuple(t for t in reversed(tete.chemin) if t.niveau in NIVEAUX),
        derniere=max((i.rentree for i in indices), default=None),
    )


def choose_trouvees(trouvees: list[Problematique]) -> tuple[tuple[Problematique, ...], tuple[Problematique, ...]]:
    """(the five shown, the others): problems in order, and a place kept for the first progress, which comes last."""
    ordre = sorted(trouvees, key=lambda p: p.rang)
    progres = [p for p in ordre if p.regle.genre == "progres"][:1]
    montrees = [p for p in ordre if p.regle.genre == "probleme"][: MAXIMUM - len(progres)] + progres
    montrees += [p for p in ordre if p not in montrees][: MAXIMUM - len(montrees)]
    return tuple(montrees), tuple(p for p in ordre if p not in montrees)


def read_voisins(base: Base, territoire: Territoire) -> tuple[Territoire, ...]:
    """Territories of the same level whose problématiques are closest, nearest first."""
    lignes = base.lignes(
        """SELECT v.voisin, t.nom FROM problematique_voisin v
        JOIN territoire t ON t.niveau = v.niveau AND t.code = v.voisin
        WHERE v.niveau = ? AND v.territoire = ? ORDER BY v.rang""",
        (territoire.niveau.value, territoire.code),
    )
    return tuple(Territoire(territoire.niveau, code, nom) for code, nom in lignes)


def _sort(problematiques: list[Problematique]) -> tuple[Problematique, ...]:
    """Most probable first."""
    return tuple(sorted(problematiques, key=lambda p: (-(p.probabilite or 0), p.regle.ordre)))


_CHAMPS = "statut, probabilite, rang, effectif, manque, levier_ordre, levier_nombre, levier_probabilite, levier_un"
_AXES = (
    "axe_x, axe_y, part_deux, part_x, part_y, part_aucune, moyenne_x, moyenne_y, ecart_type_x, ecart_type_y, "
    "correlation"
)
_INDICE = (
    "indicateur, rentree, rentree_debut, valeur, valeur_reference, ecart, ecart_inf, ecart_sup, estime, estime_inf, "
    "estime_sup, effectif, probabilite, motif"
)


def _read_problematiques(base: Base, territoire: Territoire, lecture: Lecture | None) -> list[Problematique]:
    """Every rule of the level that is still shipped, in reading order; with `lecture`, evidence can be drawn."""
    qui = (territoire.niveau.value, territoire.code)
    indices = _read_indices(base, qui, lecture)
    points = _read_points(base, qui) if lecture else {}
    lignes = base.lignes(
        f"SELECT regle, {_CHAMPS}, {_AXES} FROM problematique WHERE niveau = ? AND territoire = ?",  # noqa: S608
        qui,
    )
    lues = {regle: _make_problematique(regle, territoire, reste, indices, points) for regle, *reste in lignes}
    return [lues[regle.code] for regle in list_regles(territoire.niveau) if regle.code in lues]


def _make_problematique(code: str, territoire: Territoire, ligne: list, indices, points) -> Problematique:
    statut, probabilite, rang, effectif, manque, ordre, nombre, apres, un, *axes = ligne
    siens = indices.get(code, ())
    levier = None
    if ordre is not None:
        indice = siens[ordre]
        sens = -indice.condition.get_signe(indice.indicateur)
        levier = Levier(indice, fini(nombre), fini(apres), fini(un), sens)
    croisement = None
    if axes[0] is not None and statut == "trouvee":
        x, y, *parts = axes
        parts, (mx, my, sx, sy, rho) = parts[:4], parts[4:]
        croisement = Croisement(siens[x], siens[y], *parts, (mx, my), (sx, sy), rho, points.get(code, ()))
    return Problematique(
        get_regle(code), territoire, statut, fini(probabilite), rang, fini(effectif), siens,
        siens[manque] if manque is not None else None, levier, croisement,
    )  # fmt: skip


def _read_indices(base: Base, qui: tuple[str, str], lecture: Lecture | None) -> dict[str, tuple[Indice, ...]]:
    lignes = base.lignes(
        f"""SELECT regle, ordre, {_INDICE} FROM problematique_condition
        WHERE niveau = ? AND territoire = ? ORDER BY regle, ordre""",  # noqa: S608 - constants
        qui,
    )
    indices: dict[str, list[Indice]] = {}
    for regle, ordre, code, rentree, debut, *chiffres, motif in lignes:
        fiche = get_indicateur(code)
        condition = get_regle(regle).conditions[ordre]
        indice = Indice(condition, fiche, rentree, debut, *(fini(c) for c in chiffres), motif=motif or "")
        if lecture is not None and not indice.motif:
            ligne = build_ligne(replace(lecture, rentree=rentree), fiche, condition.modalite)
            indice = replace(indice, ligne=ligne)
        indices.setdefault(regle, []).append(indice)
    return {regle: tuple(siens) for regle, siens in indices.items()}


def _read_points(base: Base, qui: tuple[str, str]) -> dict[str, tuple[tuple[float, float], ...]]:
    points: dict[str, list[tuple[float, float]]] = {}
    for regle, x, y in base.lignes(
        "SELECT regle, x, y FROM problematique_tirage WHERE niveau = ? AND territoire = ? ORDER BY ALL", qui
    ):
        points.setdefault(regle, []).append((x, y))
    return {regle: tuple(siens) for regle, siens in points.items()}


def _add_dessin(base: Base, problematique: Problematique) -> Problematique:
    """A finding with what its drawing shows beyond its evidence: établissements of a spread, groups of a gap."""
    par_mesure = {i.condition.mesure: i for i in problematique.indices}
    if problematique.regle.dessin == "dispersion":
        indice = par_mesure[Mesure.DISPERSION]
        return replace(problematique, etablissements=_read_etablissements(base, problematique.territoire, indice))
    if problematique.regle.dessin == "groupes":
        indice = par_mesure[Mesure.GROUPES]
        return replace(problematique, groupes=_read_groupes(base, problematique.territoire, indice))
    return problematique


def _read_etablissements(base: Base, territoire: Territoire, indice: Indice) -> tuple[Valeur, ...]:
    lignes = base.lignes(
        """SELECT v.statut, v.valeur, v.borne_inf, v.borne_sup, v.numerateur, v.denominateur, v.methode,
                  v.nb_etablissements
        FROM valeur v JOIN rattachement_actuel r ON r.niveau = 'etablissement' AND r.code = v.territoire
        WHERE r.niveau_parent = ? AND r.code_parent = ? AND v.niveau = 'etablissement' AND v.statut = 'ok'
          AND v.indicateur = ? AND v.modalite = ? AND v.rentree = ? AND v.denominateur > 0
        ORDER BY v.valeur, v.denominateur""",
        (
            territoire.niveau.value,
            territoire.code,
            indice.indicateur.code,
            indice.condition.modalite,
            indice.rentree,
        ),
    )
    return tuple(make_valeur(indice.rentree, ligne) for ligne in lignes)


def _read_groupes(base: Base, territoire: Territoire, indice: Indice) -> tuple[Groupe, ...]:
    lignes = base.lignes(
        """SELECT v.modalite, v.valeur, c.valeur_reference
        FROM valeur v JOIN comparaison c USING (indicateur, niveau, territoire, rentree, modalite)
        WHERE v.niveau = ? AND v.territoire = ? AND v.indicateur = ? AND v.rentree = ?
          AND v.modalite IN ('filles', 'garcons') AND c.reference = 'academie' ORDER BY v.modalite""",
        (territoire.niveau.value, territoire.code, indice.indicateur.code, indice.rentree),
    )
    return tuple(Groupe(*ligne) for ligne in lignes)
