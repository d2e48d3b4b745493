"""Draws of what is true, given the figures and what the level tells: seeded, the same at every publication.

Two conditions on the same figures share their chance: a rate that was lucky last year raises its position, its gap to
what is expected and its trend together.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from indicators import statistiques
from indicators.problematiques.donnees import Donnees
from indicators.problematiques.estimations import Estimation, estimate, list_etablissements
from indicators.problematiques.modele import Mesure
from indicators.statistiques.a_priori import NB_TIRAGES

GRAINE = 2017


@dataclass(frozen=True)
class Tirage:
    """Draws of the differences of an estimation.

    Attributes:
        ecarts: shape (draws, territories of the level); nan where there is no estimate.
        propre: how much of a change of the estimate passes into the draws (0-1), shape (territories,).
        valeur, reference: means of the two sides, where they are drawn rather than observed; else None.
    """

    ecarts: np.ndarray
    propre: np.ndarray
    valeur: np.ndarray | None = None
    reference: np.ndarray | None = None


class Tireur:
    """Draws for one level; each series of figures keeps its own stream of chance."""

    def __init__(self, donnees: Donnees, niveau: str, codes: list[str], nombre: int = NB_TIRAGES):
        self.donnees, self.niveau, self.codes, self.nombre = donnees, niveau, codes, nombre
        self._bases: dict[tuple[str, str], np.ndarray] = {}
        self._faits: dict[tuple, Tirage] = {}
        self._estimations: dict[tuple, Estimation | None] = {}

    def estimate(self, indicateur: str, modalite: str, mesure: Mesure) -> Estimation | None:
        """The estimates of a measure at this level, made once."""
        cle = (indicateur, modalite, mesure)
        if cle not in self._estimations:
            self._estimations[cle] = estimate(self.donnees, self.niveau, *cle)
        return self._estimations[cle]

    def draw(self, estimation: Estimation) -> Tirage:
        """The draws of an estimation, made once."""
        cle = (estimation.indicateur, estimation.modalite, estimation.mesure, estimation.rentree)
        if cle not in self._faits:
            dispersion = estimation.mesure is Mesure.DISPERSION
            self._faits[cle] = self._draw_dispersion(estimation) if dispersion else self._draw(estimation)
        return self._faits[cle]

    def _get_alea(self, *noms: str) -> np.random.Generator:
        """A generator of its own for these names: another rule never changes these draws."""
        return np.random.default_rng((GRAINE, zlib.crc32(" ".join((self.niveau, *noms)).encode())))

    def _draw_base(self, indicateur: str, modalite: str) -> np.ndarray:
        """Chance of the last figures, shape (draws, territories): shared by the measures that read them."""
        cle = (indicateur, modalite)
        if cle not in self._bases:
            self._bases[cle] = self._get_alea(*cle).standard_normal((self.nombre, len(self.codes)))
        return self._bases[cle]

    def _draw(self, estimation: Estimation) -> Tirage:
        table = estimation.table.reindex(self.codes)
        alea = self._get_alea(estimation.indicateur, estimation.modalite, estimation.mesure)
        rho = table["correlation"].fillna(0).to_numpy(dtype=float)
        z = self._draw_base(estimation.indicateur, estimation.modalite)
        if (rho < 1).any():
            z = rho * z + np.sqrt(1 - rho**2) * alea.standard_normal(z.shape)
        ordre, zeta = alea.permutation(self.nombre), alea.standard_normal(self.nombre)
        echelle = float(self.donnees.fiche[estimation.indicateur]["ecart_utile"])
        if not estimation.est_taux:
            y, variance = (table[c].to_numpy(dtype=float) for c in ("ecart", "variance"))
            a_priori = statistiques.fit_a_priori(y, variance, echelle)
            return Tirage(*statistiques.draw_valeurs(y, variance, a_priori, z, ordre, zeta))
        x, n, reference, variance = (
            table[c].to_numpy(dtype=float)
            for c in ("numerateur", "denominateur", "valeur_reference", "variance_reference")
        )
        a_priori = statistiques.fit_a_priori_taux(x, n, echelle)
        taux, propre = statistiques.draw_taux(x, n, a_priori, z, ordre, zeta)
        return Tirage(taux - reference - np.sqrt(variance) * alea.standard_normal(z.shape), propre)

    def _draw_dispersion(self, estimation: Estimation) -> Tirage:
        """Standard deviation of the true rates inside each territory, minus that inside the others of the level."""
        lignes = list_etablissements(
            self.donnees, self.niveau, estimation.indicateur, estimation.modalite, estimation.rentree
        )
        x, n = lignes["numerateur"].to_numpy(dtype=float), lignes["denominateur"].to_numpy(dtype=float)
        # The same établissement has the same chance at every level.
        alea = np.random.default_rng((GRAINE, zlib.crc32(f"dispersion {estimation.indicateur}".encode())))
        rangs = np.argsort(np.argsort(lignes["territoire"].to_numpy(), kind="stable"), kind="stable")
        z = alea.standard_normal((len(lignes), self.nombre))[rangs].T
        ordre, zeta = alea.permutation(self.nombre), alea.standard_normal(self.nombre)
        a_priori = statistiques.fit_a_priori_taux(x, n, float(self.donnees.fiche[estimation.indicateur]["ecart_utile"]))
        taux, _ = statistiques.draw_taux(x, n, a_priori, z, ordre, zeta)
        places = {code: rang for rang, code in enumerate(self.codes)}
        appartient = np.zeros((len(lignes), len(self.codes)))
        appartient[np.arange(len(lignes)), [places[code] for code in lignes["code_parent"]]] = n
        variances, poids = _spread_inside(taux, appartient)
        lus = np.isin(self.codes, estimation.table.index)
        variances, poids = np.where(lus, variances, 0.0), np.where(lus, poids, 0.0)
        autres = poids.sum() - poids
        with np.errstate(divide="ignore", invalid="ignore"):
            reste = ((variances * poids).sum(axis=1)[:, None] - variances * poids) / np.where(
                autres > 0, autres, np.nan
            )
        valeurs, references = np.sqrt(variances), np.sqrt(np.maximum(reste, 0))
        ecarts = np.where(lus, valeurs - references, np.nan)
        return Tirage(ecarts, np.zeros(len(self.codes)), valeurs.mean(axis=0), references.mean(axis=0))


def _spread_inside(taux: np.ndarray, appartient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(variance between the établissements of each territory, weighted by pupils; its pupils)."""
    poids = appartient.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(poids > 0, appartient / np.where(poids > 0, poids, 1), 0)
    moyennes = taux @ parts
    return np.maximum((taux**2) @ parts - moyennes**2, 0), poids
