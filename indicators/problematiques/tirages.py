"""Draws of what is true, given the figures and what the level tells: seeded, the same at every publication.

Two conditions on the same figures share their chance: a rate that was lucky last year raises its position, its gap to
what is expected and its trend together. Two conditions on other figures share what the level tells of both: where the
socle follows the IPS, a small réseau is drawn towards a socle that goes with its IPS.
"""

import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from indicators import statistiques
from indicators.problematiques.estimations import Estimation, estimate
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.modele import Mesure
from indicators.statistiques.a_priori import NB_TIRAGES

GRAINE = 2017


_HASARD_COMMUN = {Mesure.TENDANCE_RELATIVE: Mesure.TENDANCE}
"""Measures that share all their chance with another: the same trend, that of the rest taken off or not."""


@dataclass(frozen=True)
class Rappel:
    """What draws were drawn towards, on the scale that they were drawn on (rates, or differences).

    Attributes:
        observe, hasard: what is observed and its variance by chance, shape (territories,).
        tau, mu: spread of the true values of the level and their mean, for each draw, shape (draws,).
    """

    observe: np.ndarray
    hasard: np.ndarray
    tau: np.ndarray
    mu: np.ndarray


@dataclass(frozen=True)
class Tirage:
    """Draws of the differences of an estimation.

    Attributes:
        ecarts: shape (draws, territories of the level); nan where there is no estimate.
        propre: how much of a change of the estimate passes into the draws (0-1), shape (territories,).
        rappel: what they were drawn towards; None where the difference itself was not.
        valeur, reference: means of the two sides, where they are drawn rather than observed; else None.
    """

    ecarts: np.ndarray
    propre: np.ndarray
    rappel: Rappel | None = None
    valeur: np.ndarray | None = None
    reference: np.ndarray | None = None

    def mix(self, autre: "Tirage", places: np.ndarray) -> "Tirage":
        """The draws of another for some of the territories."""
        ecarts, propre = (np.where(places, a, b) for a, b in ((autre.ecarts, self.ecarts), (autre.propre, self.propre)))
        return replace(self, ecarts=ecarts, propre=propre)

    @cached_property
    def moyennes(self) -> np.ndarray:
        """Mean of the draws of each territory."""
        return self.ecarts.mean(axis=0)

    @cached_property
    def bornes(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends of the interval that holds 95 % of the draws of each territory."""
        tries = np.sort(self.ecarts.T, axis=1)
        rangs = np.array([0.025, 0.975]) * (len(self.ecarts) - 1)
        bas = rangs.astype(int)
        inf, sup = (tries[:, bas] + (rangs - bas) * (tries[:, bas + 1] - tries[:, bas])).T
        return inf, sup


class Tireur:
    """Draws for one level; each series of figures keeps its own stream of chance."""

    def __init__(self, grilles: Grilles, nombre: int = NB_TIRAGES):
        self.grilles, self.nombre, self.taille = grilles, nombre, len(grilles.codes)
        self._bases: dict[tuple[str, str], np.ndarray] = {}
        self._faits: dict[tuple[str, str, Mesure], tuple[Estimation, Tirage] | None] = {}

    def draw(self, indicateur: str, modalite: str, mesure: Mesure) -> tuple[Estimation, Tirage] | None:
        """Estimates of a measure and their draws, made once; None where nothing can be estimated."""
        cle = (indicateur, modalite, mesure)
        if cle not in self._faits:
            estimation = estimate(self.grilles, *cle)
            tire = self._draw_dispersion if mesure is Mesure.DISPERSION else self._draw
            self._faits[cle] = (estimation, tire(estimation)) if estimation else None
        return self._faits[cle]

    def _get_alea(self, *noms: str) -> np.random.Generator:
        """A generator of its own for these names: another rule never changes these draws."""
        return np.random.default_rng((GRAINE, zlib.crc32(" ".join((self.grilles.niveau, *noms)).encode())))

    def _draw_base(self, indicateur: str, modalite: str) -> np.ndarray:
        """Chance of the last figures, shape (draws, territories): shared by the measures that read them."""
        cle = (indicateur, modalite)
        if cle not in self._bases:
            self._bases[cle] = self._get_alea(*cle).standard_normal((self.nombre, self.taille))
        return self._bases[cle]

    def _get_echelle(self, indicateur: str) -> float:
        return float(self.grilles.donnees.fiche[indicateur]["ecart_utile"])

    def _draw(self, estimation: Estimation) -> Tirage:
        mesure = _HASARD_COMMUN.get(estimation.mesure, estimation.mesure)
        alea = self._get_alea(estimation.indicateur, estimation.modalite, mesure)
        rho = np.where(estimation.connues, estimation.correlation, 1.0)
        z = self._draw_base(estimation.indicateur, estimation.modalite)
        if (rho < 1).any():
            z = rho * z + np.sqrt(1 - rho**2) * alea.standard_normal(z.shape)
        suite = alea.permutation(self.nombre), alea.standard_normal(self.nombre)
        echelle = self._get_echelle(estimation.indicateur)
        # Similar territories may stand away from the level: the gap is drawn towards the others', not the rate.
        if estimation.numerateur is None or estimation.mesure is Mesure.SEMBLABLES:
            y, variance = estimation.ecart, estimation.variance
            a_priori = statistiques.fit_a_priori(y, variance, echelle)
            ecarts, propre = statistiques.draw_valeurs(y, variance, a_priori, z, *suite)
        else:
            x, n = estimation.numerateur, estimation.denominateur
            a_priori = statistiques.fit_a_priori_taux(x, n, echelle)
            y, variance = estimation.valeur, estimation.variance - estimation.variance_reference
            taux, propre = statistiques.draw_taux(x, n, a_priori, z, *suite)
            hasard = np.sqrt(estimation.variance_reference) * alea.standard_normal(z.shape)
            ecarts = taux - estimation.valeur_reference - hasard
        return Tirage(ecarts, propre, Rappel(y, variance, *statistiques.spread_a_priori(a_priori, self.nombre, *suite)))

    def _draw_dispersion(self, estimation: Estimation) -> Tirage:
        """Standard deviation of the true rates inside each territory, minus that inside the others of the level."""
        lues = self.grilles.list_etablissements(estimation.indicateur, estimation.modalite, estimation.rentree)
        # The same établissement has the same chance at every level.
        alea = np.random.default_rng((GRAINE, zlib.crc32(f"dispersion {estimation.indicateur}".encode())))
        rangs = np.argsort(np.argsort(lues.codes, kind="stable"), kind="stable")
        z = alea.standard_normal((len(rangs), self.nombre))[rangs].T
        ordre, zeta = alea.permutation(self.nombre), alea.standard_normal(self.nombre)
        x, n = lues.numerateur, lues.denominateur
        a_priori = statistiques.fit_a_priori_taux(x, n, self._get_echelle(estimation.indicateur))
        taux, _ = statistiques.draw_taux(x, n, a_priori, z, ordre, zeta)
        appartient = np.zeros((len(n), self.taille))
        appartient[np.arange(len(n)), lues.places] = n
        valeurs, references = measure_dispersion(taux, appartient, estimation.connues)
        return Tirage(
            np.where(estimation.connues, valeurs - references, np.nan), np.zeros(self.taille),
            valeur=valeurs.mean(axis=0), reference=references.mean(axis=0),
        )  # fmt: skip


def measure_dispersion(taux: np.ndarray, appartient: np.ndarray, lus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spread of rates inside each territory, and inside the others read with it.

    Args:
        taux: rates of établissements, shape (draws, établissements).
        appartient: pupils of each in its territory, 0 elsewhere, shape (établissements, territories).
        lus: territories that are read; the others count for none.

    Returns:
        (own, of the others): standard deviations weighted by pupils, shape (draws, territories) each.
    """
    poids = appartient.sum(axis=0)
    parts = appartient / np.where(poids > 0, poids, 1)
    variances = np.where(lus, np.maximum((taux**2) @ parts - (taux @ parts) ** 2, 0), 0.0)
    poids = np.where(lus, poids, 0.0)
    autres = poids.sum() - poids
    reste = (variances @ poids)[:, None] - variances * poids
    return np.sqrt(variances), np.sqrt(np.maximum(reste / np.where(autres > 0, autres, np.nan), 0))


def link_tirages(faits: list[tuple[Estimation, Tirage]]) -> list[Tirage] | None:
    """Draws of the conditions of a rule, made again knowing how their figures go together; None where nothing tells."""
    tirages = [tirage for _, tirage in faits]
    relies = [rang for rang, tirage in enumerate(tirages) if tirage.rappel and np.isfinite(tirage.rappel.tau).all()]
    connues = np.logical_and.reduce([estimation.connues for estimation, _ in faits])
    correlation, poids = _correlate([faits[rang] for rang in relies], connues)
    if not correlation.any():
        return None
    reduits = np.array([_reduce(*faits[rang])[:, connues] for rang in relies])
    neufs, gains = statistiques.join_tirages(reduits, correlation + np.eye(len(relies)), poids)
    for rang, avant, apres, gain in zip(relies, reduits, neufs, gains, strict=True):
        ecarts, propre = tirages[rang].ecarts.copy(), tirages[rang].propre.copy()
        ecarts[:, connues] += tirages[rang].rappel.tau[:, None] * (apres - avant)
        propre[connues] *= gain
        tirages[rang] = replace(tirages[rang], ecarts=ecarts, propre=propre)
    return tirages


def _reduce(estimation: Estimation, tirage: Tirage) -> np.ndarray:
    """Draws minus the mean of the level, in units of its spread."""
    rappel = tirage.rappel
    valeurs = tirage.ecarts + (rappel.observe - estimation.ecart)
    return (valeurs - rappel.mu[:, None]) / rappel.tau[:, None]


def _correlate(faits: list[tuple[Estimation, Tirage]], connues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(correlations told to each territory, how much they hold of it): shapes (k, conditions, conditions) and (k,).

    0 on the diagonal, and between measures of one figure, which share their chance. With more than two conditions each
    is divided, so that the matrix stays positive definite.
    """
    nombre = connues.sum()
    correlation, poids = np.zeros((nombre, len(faits), len(faits))), np.ones(nombre)
    for i, j in combinations(range(len(faits)), 2):
        (un, _), (autre, _) = deux = faits[i], faits[j]
        if (un.indicateur, un.modalite) != (autre.indicateur, autre.modalite):
            rappels = [tirage.rappel for _, tirage in deux]
            lus = [(r.observe[connues], r.hasard[connues], r.mu.mean(), r.tau.mean()) for r in rappels]
            siennes, tenues = statistiques.fit_correlation(*zip(*lus, strict=True))
            correlation[:, i, j] = correlation[:, j, i] = siennes / (len(faits) - 1)
            poids = np.minimum(poids, tenues)
    return correlation, poids
