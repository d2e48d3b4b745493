"""Simulated académies whose true rates are known (for `calibration` and `problematiques`).

37 réseaux in 14 inter-réseaux in 4 départements, collèges and lycées of unequal sizes, 6 rentrées, every indicator that
a rule reads first. Pupils of 3e are drawn one by one: one who passes the DNB also masters the socle more often.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from indicators.catalogue import ENSEMBLE, load_catalogue

RENTREES = np.arange(2019, 2025)
COLLEGES = (
    1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 6, 7, 8, 8, 8, 9, 9, 10, 11, 15, 18, 24,
)  # fmt: skip
"""Collèges of each réseau: as unequal as those of a real académie."""
LYCEES, INTER_RESEAUX, DEPARTEMENTS = 85, 14, 4
PARTS = {"departement": 0.4, "inter_reseau": 0.6, "reseau": 0.7}
"""What the difference of a réseau is made of: the squares add up to about one."""
ECART_SEXES, ECART_TYPE_IPS, ECART_TYPE_NOTE = 0.08, 29.0, 3.0
"""Girls minus boys; standard deviations between pupils, of the IPS (published) and of the mark (not published)."""


@dataclass(frozen=True)
class Monde:
    """How territories truly differ.

    Attributes:
        titre: in French, for the table.
        ecart: spread of the true differences between réseaux, and again between the collèges of one, in écarts utiles.
        liberte: degrees of freedom of their distribution; infinite: normal.
        contexte: correlation of the results with the IPS, whose spread is then three times as large.
    """

    titre: str
    ecart: float = 1.0
    liberte: float = np.inf
    contexte: float = 0.0


@dataclass(frozen=True)
class Chiffre:
    """An indicator: which établissements give it, its mean, its pupils beside those of the main one.

    `sens`: sign of its link with the IPS; `partage`: how much it shares with what a pupil of 3e knows, and wants;
    `modalite`: the part that the rules read.
    """

    type: str
    moyenne: float
    sens: int = 1
    partage: tuple[float, float] | None = None
    effectif: float = 1.0
    par_sexe: bool = False
    modalite: str = ENSEMBLE


CHIFFRES = {
    "ips_colleges": Chiffre("college", 103.0, effectif=4.0),
    "ips_lycees": Chiffre("lycee", 108.0, effectif=3.0),
    "distance_lycee": Chiffre("college", 12.0, sens=0, effectif=4.0),
    "maitrise_socle": Chiffre("college", 0.78, partage=(0.6, 0.0)),
    "taux_reussite_dnb": Chiffre("college", 0.88, partage=(0.6, 0.0)),
    "note_ecrit_dnb_generale": Chiffre("college", 11.2, partage=(0.6, 0.0)),
    "demande_2nde_gt": Chiffre("college", 0.66, partage=(0.5, 0.7), par_sexe=True),
    "decision_2nde_gt": Chiffre("college", 0.63, partage=(0.5, 0.7), par_sexe=True),
    "demande_2nde_pro": Chiffre("college", 0.25, sens=-1, partage=(-0.5, -0.7)),
    "premier_voeu_satisfait": Chiffre("college", 0.82, effectif=0.35, modalite="voie_pro"),
    "maitrise_6e_francais": Chiffre("college", 0.62),
    "maitrise_6e_mathematiques": Chiffre("college", 0.55),
    "taux_acces_2nde_bac_gt": Chiffre("lycee", 0.84),
    "taux_reussite_bac_gt": Chiffre("lycee", 0.95, effectif=0.85),
    "poursuite_superieur": Chiffre("lycee", 0.75, effectif=0.7),
    "taux_emploi_12_mois": Chiffre("lycee", 0.55, effectif=0.4),
    "taux_decrochage": Chiffre("lycee", 0.05, sens=-1, effectif=2.0),
}
CONTEXTES = ("ips_colleges", "ips_lycees", "distance_lycee")


@dataclass(frozen=True)
class Academie:
    """An académie: place of the territories of its établissements, by type and level; true values, pupils, sums.

    Arrays by indicator have shape (sexes, établissements, rentrées); `sommes` are events, or sums of a mean.
    """

    places: dict[str, dict[str, np.ndarray]]
    vrais: dict[str, np.ndarray]
    effectifs: dict[str, np.ndarray]
    sommes: dict[str, np.ndarray]


def draw_academie(monde: Monde, alea: np.random.Generator) -> Academie:
    """Draw the territories, what is true of them, then what a year of pupils shows."""
    places = _draw_places(alea)
    nombres = {"college": (84, 0.45, 20, 190), "lycee": (196, 0.5, 50, 500)}
    effectifs = {}
    for type_, (mediane, etendue, minimum, maximum) in nombres.items():
        taille = len(places[type_]["reseau"])
        n = np.clip(np.exp(alea.normal(np.log(mediane), etendue, taille)), minimum, maximum)
        annuels = n[:, None] * np.exp(alea.normal(0, 0.05, (taille, len(RENTREES))))
        for code, chiffre in CHIFFRES.items():
            if chiffre.type == type_:
                total = np.round(annuels * chiffre.effectif).astype(int)
                effectifs[code] = np.array([total // 2, total - total // 2])
    vrais = _draw_vrais(monde, places, alea)
    return Academie(places, vrais, effectifs, _observe(vrais, effectifs, alea))


def _draw_places(alea: np.random.Generator) -> dict[str, dict[str, np.ndarray]]:
    """Nested territories: a réseau is in one inter-réseau, an inter-réseau in one département."""
    inter = alea.permutation(np.arange(len(COLLEGES)) % INTER_RESEAUX)
    lycees = alea.permutation(np.concatenate([np.arange(len(COLLEGES)), alea.integers(0, 37, LYCEES - 37)]))
    places = {}
    for type_, reseau in (("college", np.repeat(np.arange(len(COLLEGES)), COLLEGES)), ("lycee", lycees)):
        places[type_] = {
            "etablissement": np.arange(len(reseau)), "reseau": reseau, "inter_reseau": inter[reseau],
            "departement": inter[reseau] % DEPARTEMENTS, "academie": np.zeros(len(reseau), dtype=int),
        }  # fmt: skip
    return places


class _Differences:
    """Draws of true differences between établissements, in écarts utiles: those of their territories, and their own."""

    def __init__(self, monde: Monde, places: dict[str, dict[str, np.ndarray]], alea: np.random.Generator):
        self.monde, self.places, self.alea = monde, places, alea

    def draw(self, type_: str) -> np.ndarray:
        """Shape (établissements,)."""
        places = self.places[type_]
        siennes = self._draw_loi(len(places["etablissement"]))
        for niveau, part in PARTS.items():
            siennes += part * self._draw_loi(places[niveau].max() + 1)[places[niveau]]
        return siennes

    def _draw_loi(self, nombre: int) -> np.ndarray:
        liberte = self.monde.liberte
        if np.isinf(liberte):
            return self.monde.ecart * self.alea.standard_normal(nombre)
        return self.monde.ecart * self.alea.standard_t(liberte, nombre) * np.sqrt(1 - 2 / liberte)


def _draw_vrais(monde: Monde, places, alea: np.random.Generator) -> dict[str, np.ndarray]:
    """True values: a level, a change over the rentrées, and a little of each year's own."""
    differences = _Differences(monde, places, alea)
    ips = {type_: differences.draw(type_) for type_ in places}
    communs = {type_: differences.draw(type_) for type_ in places}
    ecarts_sexes = differences.draw("college")
    temps, vrais = (RENTREES - RENTREES[-1]) / (RENTREES[-1] - RENTREES[0]), {}
    for code, chiffre in CHIFFRES.items():
        siens = differences.draw(chiffre.type)
        lien = monde.contexte * abs(chiffre.sens)
        if code.startswith("ips"):
            siens = ips[chiffre.type] * (3 if lien else 1)
        elif lien:  # what the IPS does not tell of a result is half shared with the other results
            siens = chiffre.sens * lien * ips[chiffre.type] + np.sqrt((1 - lien**2) / 2) * (
                siens + chiffre.sens * communs[chiffre.type]
            )
        ecarts = np.repeat(siens[:, None], len(RENTREES), axis=1)
        if code not in CONTEXTES:
            change = differences.draw(chiffre.type) + 0.7 * monde.ecart * alea.standard_normal()
            ecarts = ecarts + np.outer(change, temps) + 0.5 * monde.ecart * alea.standard_normal(ecarts.shape)
        propres = differences.draw(chiffre.type)
        sexes = 0.8 * ecarts_sexes + 0.6 * propres if lien and chiffre.par_sexe else propres
        vrais[code] = _scale(code, ecarts, sexes[:, None] if chiffre.par_sexe else None)
    return vrais


def _scale(code: str, ecarts: np.ndarray, sexes: np.ndarray | None) -> np.ndarray:
    """True values of both sexes from differences in écarts utiles, on the logit scale for a rate."""
    fiche, m = load_catalogue()[code], CHIFFRES[code].moyenne
    utile = fiche.ecart_utile / fiche.echelle
    demi = 0.0 if sexes is None else (ECART_SEXES + utile * sexes) / 2
    deux = np.array([utile * ecarts + demi, utile * ecarts - demi])
    return expit(logit(m) + deux / (m * (1 - m))) if m < 1 else np.maximum(m + deux, 0.5)


def _observe(vrais, effectifs, alea: np.random.Generator) -> dict[str, np.ndarray]:
    """Sums over the pupils: each of 3e has what it knows and what it wants in common between indicators."""
    n = effectifs["maitrise_socle"]
    groupe = np.repeat(np.arange(n.size), n.ravel())
    savoir, vouloir = alea.standard_normal((2, len(groupe)))
    sommes = {}
    for code, chiffre in CHIFFRES.items():
        n, vrai = effectifs[code], vrais[code]
        if chiffre.partage:
            a, b = chiffre.partage
            eleve = a * savoir + b * vouloir + np.sqrt(1 - a**2 - b**2) * alea.standard_normal(len(groupe))
            if vrai.max() > 1:
                hasard = ECART_TYPE_NOTE * np.bincount(groupe, eleve, n.size).reshape(n.shape)
                sommes[code] = n * vrai + hasard
            else:
                reussit = eleve > -ndtri(vrai).ravel()[groupe]
                sommes[code] = np.bincount(groupe, reussit, n.size).reshape(n.shape)
        elif code in CONTEXTES:
            hasard = ECART_TYPE_IPS if code.startswith("ips") else 0.0
            sommes[code] = n * vrai + hasard * np.sqrt(n) * alea.standard_normal(n.shape)
        else:
            sommes[code] = alea.binomial(n, vrai)
    return sommes
