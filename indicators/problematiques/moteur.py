"""Every rule read for every territory, when publishing: probability of the whole profile, evidence, its levers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.problematiques import leviers
from indicators.problematiques.absences import explain_absences
from indicators.problematiques.donnees import NIVEAUX, Donnees
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.lues import Lue, join, read_conditions
from indicators.problematiques.modele import Mesure, Regle
from indicators.problematiques.tirages import Tireur

SEUIL_TROUVEE = 0.60
SEUIL_ECARTEE = 0.40
"""From the first on a profile is a finding, under the second it is not; between them it is undecided."""
NB_POINTS = 100
"""Draws of each finding kept to be drawn."""
NB_VOISINS = 5


@dataclass(frozen=True)
class Problematiques:
    """Tables of a base: see `base/schema.sql`."""

    problematique: pd.DataFrame
    problematique_condition: pd.DataFrame
    problematique_tirage: pd.DataFrame
    problematique_voisin: pd.DataFrame


def find_problematiques(donnees: Donnees, regles: tuple[Regle, ...], territoires: pd.DataFrame) -> Problematiques:
    """Read every rule for every territory of the levels that it speaks to.

    Args:
        donnees: tables of the base.
        regles: the rules.
        territoires: niveau and code of every present territory.

    Returns:
        The tables; probabilities are 0-1, differences in the stored unit of their indicator.
    """
    lignes, conditions, points = [], [], []
    donnees = donnees.keep({code for regle in regles for c in regle.conditions for code in c.indicateurs})
    for niveau in NIVEAUX:
        codes = sorted(territoires.loc[territoires["niveau"] == niveau, "code"])
        siennes = [regle for regle in regles if niveau in regle.niveaux]
        if codes and siennes:
            tireur = Tireur(Grilles(donnees, niveau, codes))
            for regle in siennes:
                seules, lues = read_conditions(tireur, regle)
                preuves = [_describe(tireur.grilles, regle, ordre, lue) for ordre, lue in enumerate(seules)]
                ligne = _read_regle(tireur.grilles, regle, lues, [preuve["motif"] for preuve in preuves])
                ligne |= _measure(seules, len(codes))
                lignes.append(ligne)
                conditions += preuves
                points += _pick_points(ligne, lues)
    table = _stack(lignes)
    table = _rank(table) if len(table) else table
    return Problematiques(table, _stack(conditions), _stack(points), _find_voisins(table))


def _stack(parts: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Columns of the same names, one part after the other."""
    return pd.DataFrame({nom: np.concatenate([part[nom] for part in parts]) for nom in parts[0]} if parts else {})


def _name(grilles: Grilles, regle: Regle, **autres) -> dict[str, np.ndarray]:
    """Columns that name the rows of a rule at a level: one row per territory."""
    noms = {"regle": regle.code, "niveau": grilles.niveau, **autres}
    taille = len(grilles.codes)
    fixes = {nom: np.full(taille, x, dtype=object if isinstance(x, str) else None) for nom, x in noms.items()}
    return fixes | {"territoire": np.array(grilles.codes, dtype=object)}


def _read_regle(grilles: Grilles, regle: Regle, lues: list[Lue], motifs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Rows of a rule at a level: one per territory."""
    manques = np.array(motifs) != ""
    connues = ~manques.any(axis=0)
    probabilite = np.where(connues, join(lues).mean(axis=0) if connues.any() else 0.0, np.nan)
    statut = np.select(
        [~connues, probabilite >= SEUIL_TROUVEE, probabilite >= SEUIL_ECARTEE],
        ["sans_donnee", "trouvee", "indecise"],
        "non_trouvee",
    ).astype(object)
    ligne = _name(grilles, regle, genre=regle.genre) | {
        "statut": statut, "probabilite": probabilite,
        "manque": np.where(connues, np.nan, manques.argmax(axis=0)),
    }  # fmt: skip
    return ligne | _add_leviers(statut, lues) | _cross(lues, len(connues))


_COPIEES = ("rentree_debut", "valeur", "valeur_reference", "ecart", "ecart_inf", "ecart_sup", "effectif")
_TIREES = ("estime", "estime_inf", "estime_sup", "probabilite")


def _describe(grilles: Grilles, regle: Regle, ordre: int, lue: Lue) -> dict[str, np.ndarray]:
    """Evidence rows of a condition: one per territory, with figures or why there are none."""
    rien = np.full(len(grilles.codes), np.nan)
    preuve = _name(
        grilles, regle, ordre=ordre, indicateur=lue.fiche.code, modalite=lue.condition.modalite,
        mesure=lue.condition.mesure.value,
    )  # fmt: skip
    if lue.estimation is None:
        motifs = explain_absences(grilles, lue)
        return preuve | dict.fromkeys(("rentree", *_COPIEES, *_TIREES), rien) | {"motif": motifs}
    connues = lue.estimation.connues
    preuve |= {"rentree": np.full(len(rien), float(lue.estimation.rentree))}
    preuve |= {nom: getattr(lue.estimation, nom) for nom in _COPIEES}
    tirees = (lue.tirage.moyennes, *lue.tirage.bornes, np.where(connues, lue.tient.mean(axis=0), np.nan))
    preuve |= dict(zip(_TIREES, tirees, strict=True))
    if lue.condition.mesure is Mesure.DISPERSION:  # nothing is observed but through the draws
        preuve |= {"valeur": lue.tirage.valeur, "valeur_reference": lue.tirage.reference}
        preuve |= {nom.replace("estime", "ecart"): preuve[nom] for nom in ("estime", "estime_inf", "estime_sup")}
    return preuve | {"motif": np.full(len(rien), "", dtype=object) if connues.all() else _fill_motifs(grilles, lue)}


def _fill_motifs(grilles: Grilles, lue: Lue) -> np.ndarray:
    """Why there is nothing, where there is nothing."""
    return np.where(lue.estimation.connues, "", explain_absences(grilles, lue)).astype(object)


def _measure(lues: list[Lue], taille: int) -> dict[str, np.ndarray]:
    """Pupils concerned: those of the first condition that says a gap outside context; mean size of these gaps.

    A gap is measured by what its rule asks, so that a spread, a trend and a position weigh alike.
    """
    effectifs, tailles = np.full(taille, np.nan), []
    for lue in lues:
        if lue.tirage is None or not lue.condition.lecture.est_un_ecart:
            continue
        tailles.append(np.abs(lue.tirage.moyennes) / lue.condition.get_seuil(lue.fiche))
        if lue.fiche.domaine != "contexte":
            effectifs = np.where(np.isfinite(effectifs), effectifs, lue.estimation.effectif)
    ampleurs = np.mean(tailles, axis=0) if tailles else np.full(taille, np.nan)
    return {"effectif": effectifs, "ampleur": ampleurs}


def _add_leviers(statut: np.ndarray, lues: list[Lue]) -> dict[str, np.ndarray]:
    """What would change the reading of each finding."""
    champs = np.full((len(leviers.CHAMPS), len(statut)), np.nan)
    for place in np.flatnonzero(statut == "trouvee"):
        champs[:, place] = leviers.find_levier(lues, place)
    return dict(zip(leviers.CHAMPS, champs, strict=True))


def get_axes(lues: list[Lue]) -> tuple[Lue, Lue] | None:
    """The two conditions that are drawn one against the other: those that say a gap first."""
    tirees = [lue for lue in lues if lue.tirage]
    tirees.sort(key=lambda lue: not lue.condition.lecture.est_un_ecart)
    return (tirees[0], tirees[1]) if len(tirees) >= 2 else None


_AXES = (
    "axe_x", "axe_y", "part_deux", "part_x", "part_y", "part_aucune", "moyenne_x", "moyenne_y", "ecart_type_x",
    "ecart_type_y", "correlation",
)  # fmt: skip


def _cross(lues: list[Lue], taille: int) -> dict[str, np.ndarray]:
    """The crossing of the two axes: share of each quadrant, and the ellipse of the draws."""
    axes = get_axes(lues)
    if axes is None:
        return dict.fromkeys(_AXES, np.full(taille, np.nan))
    x, y = axes
    a, b = x.tirage.ecarts, y.tirage.ecarts
    moyennes, types = (x.tirage.moyennes, y.tirage.moyennes), (a.std(axis=0), b.std(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = ((a - moyennes[0]) * (b - moyennes[1])).mean(axis=0) / (types[0] * types[1])
    connues = x.estimation.connues & y.estimation.connues
    parts = [x.tient & y.tient, x.tient & ~y.tient, ~x.tient & y.tient, ~x.tient & ~y.tient]
    chiffres = [
        np.full(taille, lues.index(x)), np.full(taille, lues.index(y)), *(partie.mean(axis=0) for partie in parts),
        *moyennes, *types, np.nan_to_num(correlation),
    ]  # fmt: skip
    return {nom: np.where(connues, chiffre, np.nan) for nom, chiffre in zip(_AXES, chiffres, strict=True)}


def _pick_points(ligne: dict[str, np.ndarray], lues: list[Lue]) -> list[dict[str, np.ndarray]]:
    """A hundred draws of each finding, as many in each quadrant as its share says."""
    parts = []
    for place in np.flatnonzero(ligne["statut"] == "trouvee"):
        x, y = get_axes(lues)
        quadrant = 2 * x.tient[:, place] + y.tient[:, place]
        choisis = np.concatenate(
            [np.flatnonzero(quadrant == q)[:nombre] for q, nombre in enumerate(share_points(quadrant))]
        )
        noms = {nom: np.full(NB_POINTS, ligne[nom][place], dtype=object) for nom in ("regle", "niveau", "territoire")}
        parts.append(noms | {"x": x.tirage.ecarts[choisis, place], "y": y.tirage.ecarts[choisis, place]})
    return parts


def share_points(quadrant: np.ndarray, nombre: int = NB_POINTS) -> np.ndarray:
    """How many of `nombre` dots each of the four quadrants gets: largest remainders, so that they add up.

    >>> share_points(np.array([3] * 907 + [2] * 50 + [1] * 43)).tolist()
    [0, 4, 5, 91]
    """
    parts = np.bincount(quadrant, minlength=4) * nombre / len(quadrant)
    entiers = np.floor(parts).astype(int)
    manque = nombre - entiers.sum()
    entiers[np.argsort(-(parts - entiers), kind="stable")[:manque]] += 1
    return entiers


def _rank(lignes: pd.DataFrame) -> pd.DataFrame:
    """Order of the findings of a territory: probability × pupils × size of the gap; progress after the problems."""
    trouvees = lignes[lignes["statut"] == "trouvee"]
    score = trouvees["probabilite"] * trouvees["effectif"].fillna(1) * trouvees["ampleur"]
    ordre = trouvees.assign(score=score, suite=trouvees["genre"] == "progres").sort_values(
        ["suite", "score", "regle"], ascending=[True, False, True]
    )
    rangs = ordre.groupby(["niveau", "territoire"]).cumcount() + 1
    return lignes.assign(rang=rangs.reindex(lignes.index)).drop(columns="genre")


def _find_voisins(lignes: pd.DataFrame) -> pd.DataFrame:
    """Territories whose probabilities are closest, rule by rule: the same problématiques, whatever their size.

    Distance: root mean square of the differences of probability, over the rules known on both sides (at least half).
    """
    parts = []
    for niveau, siennes in lignes.groupby("niveau") if len(lignes) else ():
        matrice = siennes.pivot(index="territoire", columns="regle", values="probabilite")
        p, codes = matrice.to_numpy(dtype=float), matrice.index.to_numpy(dtype=object)
        carres = (p[:, None, :] - p[None, :, :]) ** 2
        communes = np.isfinite(carres).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            distances = np.sqrt(np.nansum(carres, axis=2) / communes)
        distances[(2 * communes < p.shape[1]) | np.eye(len(p), dtype=bool)] = np.nan
        proches = np.argsort(distances, axis=1, kind="stable")[:, :NB_VOISINS]
        distances = np.take_along_axis(distances, proches, axis=1)
        gardes = np.isfinite(distances)
        territoires, rangs = np.nonzero(gardes)
        parts.append({
            "niveau": np.full(len(rangs), niveau, dtype=object), "territoire": codes[territoires], "rang": rangs + 1,
            "voisin": codes[proches[gardes]], "distance": distances[gardes],
        })  # fmt: skip
    return _stack(parts)
