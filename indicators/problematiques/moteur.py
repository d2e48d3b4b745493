"""Every rule read for every territory, when publishing: probability of the whole profile, evidence, its levers."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from indicators.catalogue import Indicateur, load_catalogue
from indicators.problematiques.absences import explain_absence
from indicators.problematiques.donnees import NIVEAUX, Donnees
from indicators.problematiques.estimations import Estimation
from indicators.problematiques.leviers import find_levier
from indicators.problematiques.modele import Condition, Lecture, Mesure, Regle
from indicators.problematiques.tirages import Tirage, Tireur

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


@dataclass(frozen=True)
class Lue:
    """A condition of a rule at a level: what was estimated and drawn. `estimation` is None where nothing could be."""

    condition: Condition
    fiche: Indicateur
    estimation: Estimation | None = None
    tirage: Tirage | None = None
    tient: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    """Whether it holds, shape (draws, territories)."""


def find_problematiques(donnees: Donnees, regles: tuple[Regle, ...], territoires: pd.DataFrame) -> Problematiques:
    """Read every rule for every territory of the levels that it speaks to.

    Args:
        donnees: tables of the base.
        regles: the rules.
        territoires: niveau and code of every present territory.

    Returns:
        The tables; probabilities are 0-1, differences in the stored unit of their indicator.
    """
    parts: dict[str, list[pd.DataFrame]] = {"problematique": [], "condition": [], "tirage": []}
    donnees = donnees.keep({code for regle in regles for c in regle.conditions for code in c.indicateurs})
    for niveau in NIVEAUX:
        codes = sorted(territoires.loc[territoires["niveau"] == niveau, "code"])
        siennes = [regle for regle in regles if niveau in regle.niveaux]
        if codes and siennes:
            tireur = Tireur(donnees, niveau, codes)
            for regle in siennes:
                _read_regle(tireur, regle, parts)
    lignes, conditions, points = (
        pd.concat(morceaux, ignore_index=True) if morceaux else pd.DataFrame() for morceaux in parts.values()
    )
    lignes = _rank(lignes) if len(lignes) else lignes
    return Problematiques(lignes, conditions, points, _find_voisins(lignes))


def read_condition(tireur: Tireur, condition: Condition) -> Lue:
    """Estimate and draw a condition at a level: on the first of its indicators that the level has figures of."""
    catalogue = load_catalogue()
    for code in condition.indicateurs:
        estimation = tireur.estimate(code, condition.modalite, condition.mesure)
        if estimation is not None:
            tirage = tireur.draw(estimation)
            return Lue(condition, catalogue[code], estimation, tirage, hold(condition, catalogue[code], tirage.ecarts))
    return Lue(condition, catalogue[condition.indicateurs[0]])


def hold(condition: Condition, fiche: Indicateur, ecarts: np.ndarray) -> np.ndarray:
    """Whether differences make a condition hold; nan does not."""
    seuil, signe = condition.get_seuil(fiche), condition.get_signe(fiche)
    if condition.lecture is Lecture.COMPARABLE:
        return np.abs(ecarts) < seuil
    if condition.lecture is Lecture.PAS_DEFAVORABLE:
        return signe * ecarts > -seuil
    return signe * ecarts >= seuil


def _read_regle(tireur: Tireur, regle: Regle, parts: dict[str, list[pd.DataFrame]]) -> None:
    """Add the rows of a rule at a level."""
    lues = [read_condition(tireur, condition) for condition in regle.conditions]
    connues = _find_connues(tireur, lues)
    conditions = pd.concat([_describe(tireur, regle, ordre, lue) for ordre, lue in enumerate(lues)], ignore_index=True)
    lignes = pd.DataFrame({"regle": regle.code, "niveau": tireur.niveau, "territoire": tireur.codes})
    lignes["probabilite"] = np.where(connues, _join(lues).mean(axis=0) if connues.any() else 0.0, np.nan)
    lignes["statut"] = np.select(
        [~connues, lignes["probabilite"] >= SEUIL_TROUVEE, lignes["probabilite"] >= SEUIL_ECARTEE],
        ["sans_donnee", "trouvee", "indecise"],
        "non_trouvee",
    )
    manques = conditions[conditions["motif"] != ""].groupby("territoire")["ordre"].min()
    lignes["manque"] = lignes["territoire"].map(manques)
    lignes["genre"] = regle.genre
    lignes["effectif"], lignes["ampleur"] = _measure(tireur, lues)
    lignes = _add_leviers(lignes, lues, tireur.codes)
    parts["problematique"].append(_add_croisement(lignes, lues))
    parts["condition"].append(conditions)
    parts["tirage"].append(_pick_points(lignes, lues))


def _find_connues(tireur: Tireur, lues: list[Lue]) -> np.ndarray:
    """Territories for which every condition has draws."""
    connues = np.ones(len(tireur.codes), dtype=bool)
    for lue in lues:
        connues &= np.isfinite(lue.tirage.ecarts[0]) if lue.tirage else False
    return connues


def _join(lues: list[Lue]) -> np.ndarray:
    """Whether the whole profile holds, shape (draws, territories)."""
    return np.logical_and.reduce([lue.tient for lue in lues if lue.tirage])


def _describe(tireur: Tireur, regle: Regle, ordre: int, lue: Lue) -> pd.DataFrame:
    """Evidence rows of a condition: one per territory, with figures or why there are none."""
    cle = {
        "regle": regle.code, "niveau": tireur.niveau, "territoire": tireur.codes, "ordre": ordre,
        "indicateur": lue.fiche.code, "modalite": lue.condition.modalite, "mesure": lue.condition.mesure.value,
    }  # fmt: skip
    lignes = pd.DataFrame(cle)
    if lue.estimation is None:
        return lignes.assign(motif=[explain_absence(tireur.donnees, lue, tireur.niveau, code) for code in tireur.codes])
    table = lue.estimation.table.reindex(tireur.codes).reset_index(drop=True)
    copiees = ["valeur", "valeur_reference", "ecart", "ecart_inf", "ecart_sup", "effectif", "rentree_debut"]
    lignes[copiees] = table[copiees]
    lignes["rentree"] = lue.estimation.rentree
    tires = np.isfinite(lue.tirage.ecarts[0])
    estimes = np.where(tires, lue.tirage.ecarts, 0.0)
    lignes["estime"] = np.where(tires, estimes.mean(axis=0), np.nan)
    bornes = np.where(tires, np.quantile(estimes, [0.025, 0.975], axis=0), np.nan)
    lignes["estime_inf"], lignes["estime_sup"] = bornes
    lignes["probabilite"] = np.where(tires, lue.tient.mean(axis=0), np.nan)
    if lue.condition.mesure is Mesure.DISPERSION:  # nothing is observed but through the draws
        lignes["valeur"], lignes["valeur_reference"] = lue.tirage.valeur, lue.tirage.reference
        lignes[["ecart", "ecart_inf", "ecart_sup"]] = lignes[["estime", "estime_inf", "estime_sup"]]
    lignes["motif"] = [
        "" if tire else explain_absence(tireur.donnees, lue, tireur.niveau, code)
        for tire, code in zip(tires, tireur.codes, strict=True)
    ]
    return lignes


def _measure(tireur: Tireur, lues: list[Lue]) -> tuple[np.ndarray, np.ndarray]:
    """(pupils concerned: those of the first condition that says a gap outside context; mean size of these gaps).

    A gap is measured by what its rule asks, so that a spread, a trend and a position weigh alike.
    """
    effectifs, tailles = np.full(len(tireur.codes), np.nan), []
    for lue in lues:
        if lue.tirage is None or not lue.condition.lecture.est_un_ecart:
            continue
        tailles.append(np.abs(lue.tirage.ecarts.mean(axis=0)) / lue.condition.get_seuil(lue.fiche))
        if lue.fiche.domaine != "contexte":
            siens = lue.estimation.table["effectif"].reindex(tireur.codes).to_numpy(dtype=float)
            effectifs = np.where(np.isfinite(effectifs), effectifs, siens)
    return effectifs, np.mean(tailles, axis=0) if tailles else np.full(len(tireur.codes), np.nan)


def _add_leviers(lignes: pd.DataFrame, lues: list[Lue], codes: list[str]) -> pd.DataFrame:
    """What would change the reading of each finding."""
    trouvees = lignes["statut"].to_numpy() == "trouvee"
    champs = [find_levier(lues, codes, place) if trouvee else {} for place, trouvee in enumerate(trouvees)]
    noms = ("levier_ordre", "levier_nombre", "levier_probabilite", "levier_un")
    return lignes.assign(**{nom: [float(champ.get(nom, np.nan)) for champ in champs] for nom in noms})


def get_axes(lues: list[Lue]) -> tuple[Lue, Lue] | None:
    """The two conditions that are drawn one against the other: those that say a gap first."""
    tirees = [lue for lue in lues if lue.tirage]
    tirees.sort(key=lambda lue: not lue.condition.lecture.est_un_ecart)
    return (tirees[0], tirees[1]) if len(tirees) >= 2 else None


_AXES = (
    "axe_x", "axe_y", "part_deux", "part_x", "part_y", "part_aucune", "moyenne_x", "moyenne_y", "ecart_type_x",
    "ecart_type_y", "correlation",
)  # fmt: skip


def _add_croisement(lignes: pd.DataFrame, lues: list[Lue]) -> pd.DataFrame:
    """The crossing of the two axes: share of each quadrant, and the ellipse of the draws."""
    axes = get_axes(lues)
    if axes is None:
        return lignes.assign(**dict.fromkeys(_AXES, np.nan))
    x, y = axes
    a, b = x.tirage.ecarts, y.tirage.ecarts
    moyennes, types = (a.mean(axis=0), b.mean(axis=0)), (a.std(axis=0), b.std(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = ((a - moyennes[0]) * (b - moyennes[1])).mean(axis=0) / (types[0] * types[1])
    connues = np.isfinite(moyennes[0]) & np.isfinite(moyennes[1])
    parts = [x.tient & y.tient, x.tient & ~y.tient, ~x.tient & y.tient, ~x.tient & ~y.tient]
    chiffres = [
        np.full(len(lignes), lues.index(x)), np.full(len(lignes), lues.index(y)),
        *(partie.mean(axis=0) for partie in parts), *moyennes, *types, np.nan_to_num(correlation),
    ]  # fmt: skip
    return lignes.assign(
        **{nom: np.where(connues, chiffre, np.nan) for nom, chiffre in zip(_AXES, chiffres, strict=True)}
    )


def _pick_points(lignes: pd.DataFrame, lues: list[Lue]) -> pd.DataFrame:
    """A hundred draws of each finding, as many in each quadrant as its share says."""
    axes = get_axes(lues)
    places = np.flatnonzero(lignes["statut"] == "trouvee")
    if axes is None or not len(places):
        return pd.DataFrame()
    x, y = axes
    parts = []
    for place in places:
        quadrant = 2 * x.tient[:, place] + y.tient[:, place]
        choisis = np.concatenate(
            [np.flatnonzero(quadrant == q)[:nombre] for q, nombre in enumerate(share_points(quadrant))]
        )
        ici = lignes.iloc[place]
        parts.append(
            pd.DataFrame({
                "regle": ici["regle"], "niveau": ici["niveau"], "territoire": ici["territoire"],
                "x": x.tirage.ecarts[choisis, place], "y": y.tirage.ecarts[choisis, place],
            })
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


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
    trouvees = lignes["statut"] == "trouvee"
    score = (lignes["probabilite"] * lignes["effectif"].fillna(1) * lignes["ampleur"]).where(trouvees)
    ordre = lignes.assign(score=score, suite=lignes["genre"] == "progres").sort_values(
        ["niveau", "territoire", "suite", "score", "regle"], ascending=[True, True, True, False, True]
    )
    ordre = ordre[ordre["statut"] == "trouvee"]
    rangs = ordre.groupby(["niveau", "territoire"]).cumcount() + 1
    return lignes.assign(rang=rangs.reindex(lignes.index)).drop(columns="genre")


def _find_voisins(lignes: pd.DataFrame) -> pd.DataFrame:
    """Territories whose probabilities are closest, rule by rule: the same problématiques, whatever their size.

    Distance: root mean square of the differences of probability, over the rules known on both sides (at least half).
    """
    parts = []
    for niveau, siennes in lignes.groupby("niveau") if len(lignes) else ():
        matrice = siennes.pivot(index="territoire", columns="regle", values="probabilite")
        p = matrice.to_numpy(dtype=float)
        carres = (p[:, None, :] - p[None, :, :]) ** 2
        communes = np.isfinite(carres).sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            distances = np.sqrt(np.nansum(carres, axis=2) / communes)
        distances[(2 * communes < p.shape[1]) | np.eye(len(p), dtype=bool)] = np.nan
        proches = np.argsort(distances, axis=1, kind="stable")[:, :NB_VOISINS]
        rangs = np.tile(np.arange(1, proches.shape[1] + 1), len(p))
        codes = matrice.index.to_numpy()
        parts.append(
            pd.DataFrame({
                "niveau": niveau, "territoire": np.repeat(codes, proches.shape[1]), "rang": rangs,
                "voisin": codes[proches.ravel()],
                "distance": np.take_along_axis(distances, proches, axis=1).ravel(),
            }).dropna(subset="distance")
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
