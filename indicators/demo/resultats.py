"""Drawing figures: a rate comes from an établissement's pupils, its réseau, itself and chance, or from a `Constat`."""

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.demo.constats import CONSTATS, RENTREES, TOUS, Constat
from indicators.demo.profils import Profil

_ANNEES = np.array(RENTREES) - RENTREES[0]


@dataclass(frozen=True)
class Population:
    """Établissements of a kind with the pupils that count for them.

    `etablissements` has one row per établissement; `effectifs` has shape (établissements, rentrées). `reseaux` gives
    each réseau its own level (a standard normal). `graine` makes every indicator's draws independent of the others.
    """

    etablissements: pd.DataFrame
    effectifs: np.ndarray
    reseaux: pd.Series
    graine: int
    ips: str = "ips"

    def get_alea(self, nom: str) -> np.random.Generator:
        """A generator of its own for `nom`: adding an indicator never changes the draws of another."""
        return np.random.default_rng((self.graine, zlib.crc32(nom.encode())))

    def find_constats(self, indicateur: str) -> list[tuple[Constat, np.ndarray]]:
        """Planted findings about an indicator, each with the établissements concerned (boolean mask)."""
        table = self.etablissements
        trouves = []
        for constat in CONSTATS:
            if indicateur in constat.indicateurs or TOUS in constat.indicateurs:
                dedans = (table["code_reseau"] == constat.territoire) | (
                    table["code_inter_reseau"] == constat.territoire
                )
                trouves.append((constat, np.ones(len(table), bool) if constat.territoire == "A13" else dedans))
        return [(constat, np.asarray(masque)) for constat, masque in trouves]

    def compute_attendus(self, profil: Profil) -> np.ndarray:
        """Rate or mean that the IPS alone leads to, shape (établissements, rentrées)."""
        ips = self.etablissements[self.ips].to_numpy(dtype=float)
        contexte = (ips - np.average(ips, weights=self.effectifs[:, 0])) / 10
        return profil.niveau + profil.pente * contexte[:, None] + profil.annee * _ANNEES[None, :]

    def compute_niveaux(self, indicateur: str, profil: Profil, bases: np.ndarray | None = None) -> np.ndarray:
        """True level of each établissement at each rentrée, before chance, shape (établissements, rentrées).

        Half of an établissement's own deviation is common to all its indicators. `bases` replaces the level of the
        profile where it differs by kind of établissement (décrochage).
        """
        alea, poids = self.get_alea(f"niveau {indicateur}"), self.effectifs[:, 0]
        reseau = self.reseaux[self.etablissements["code_reseau"]].to_numpy()
        propre = 0.7 * self.etablissements["niveau"].to_numpy() + 0.7 * alea.normal(size=len(poids))
        ecarts = profil.reseau * reseau + profil.etablissement * propre
        moyennes = profil.niveau + profil.annee * _ANNEES if bases is None else np.average(bases, 0, poids)
        niveaux = self.compute_attendus(profil) if bases is None else bases
        niveaux = niveaux + (ecarts - np.average(ecarts, weights=poids))[:, None]
        return self._apply_constats(indicateur, niveaux, np.broadcast_to(moyennes, len(RENTREES)))

    def _apply_constats(self, indicateur: str, niveaux: np.ndarray, moyennes: np.ndarray) -> np.ndarray:
        """Imposed levels, then shifts, then the réseau that follows the mean of all the others."""
        constats = self.find_constats(indicateur)
        for constat, masque in sorted(
            constats, key=lambda paire: (TOUS in paire[0].indicateurs, not paire[0].est_impose)
        ):
            colonnes = [RENTREES.index(rentree) for rentree in constat.rentrees]
            cases = np.ix_(masque, colonnes)
            if TOUS in constat.indicateurs:
                moyennes = np.average(niveaux[~masque], axis=0, weights=self.effectifs[~masque])
            depart = moyennes[colonnes] if constat.est_impose else niveaux[cases]
            niveaux[cases] = depart + np.array(constat.ecarts) + self._spread_rangs(constat, masque)
        return niveaux

    def _spread_rangs(self, constat: Constat, masque: np.ndarray) -> np.ndarray | float:
        """Differences between the établissements of a territory, that leave its mean where it is."""
        if not constat.ecarts_par_rang:
            return 0.0
        ecarts = np.resize(constat.ecarts_par_rang, int(masque.sum()))
        return (ecarts - np.average(ecarts, weights=self.effectifs[masque, 0]))[:, None]

    def find_imposes(self, indicateur: str) -> np.ndarray:
        """Établissements whose figures leave nothing to chance (boolean mask)."""
        imposes = np.zeros(len(self.etablissements), bool)
        for constat, masque in self.find_constats(indicateur):
            imposes |= masque & constat.est_impose
        return imposes

    def draw(
        self, indicateur: str, profil: Profil, n: np.ndarray, modalite: str = "", bases: np.ndarray | None = None
    ) -> np.ndarray:
        """Numerators: binomial draws out of `n`, shape (établissements, rentrées); no chance where it is imposed.

        `modalite` gives parts of an indicator (composantes, voies) draws of their own around their own profile.
        """
        taux = self.compute_niveaux(indicateur, profil, bases).clip(0.002, 0.995)
        return self.draw_among(indicateur, n, taux, modalite)

    def draw_among(self, indicateur: str, n: np.ndarray, taux: np.ndarray, modalite: str) -> np.ndarray:
        """Binomial draws at given rates; exact shares, summed over the établissements, where it is imposed."""
        tires = self.get_alea(f"tirage {indicateur} {modalite}").binomial(n, taux)
        imposes = self.find_imposes(indicateur)
        tires[imposes] = np.minimum(share_out(n[imposes] * taux[imposes]), n[imposes])
        return tires


def share_out(attendus: np.ndarray) -> np.ndarray:
    """Whole numbers close to `attendus` whose sums down each column are those of `attendus`, to half a unit.

    >>> share_out(np.array([[1.4], [1.4], [1.4]])).ravel().tolist()
    [1, 2, 1]
    """
    cumules = np.rint(np.cumsum(attendus, axis=0)).astype(int)
    return np.diff(cumules, axis=0, prepend=0)


def vary_effectifs(effectifs: pd.Series, alea: np.random.Generator, fixes: np.ndarray) -> np.ndarray:
    """Pupils at each rentrée, around the cohort of the établissement; `fixes` rows do not vary."""
    mouvement = 1 + alea.normal(0, 0.05, (len(effectifs), len(RENTREES))) - 0.004 * _ANNEES
    mouvement[fixes] = 1.0
    return np.rint(effectifs.to_numpy()[:, None] * mouvement).astype(int).clip(min=3)
