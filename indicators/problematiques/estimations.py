"""What conditions are about, as estimates: a difference per territory, its variance by chance, where it comes from."""

from dataclasses import dataclass, fields, replace

import numpy as np

from indicators import statistiques
from indicators.problematiques.donnees import choose_rentree
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.modele import Mesure

_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Estimation:
    """Estimates of one measure over the territories of a level: shape (territories,), nan where there is none.

    Attributes:
        rentree: at which the level is read; rentree_debut: first of the series, for a trend.
        valeur, valeur_reference: the two sides; ecart, ecart_inf, ecart_sup: what the condition is about.
        effectif: pupils; variance: of the chance in `ecart`.
        levier: by how much one pupil more in the numerator moves it.
        correlation: share of its chance that is that of the last figure.
        numerateur, denominateur, variance_reference: only where a rate is drawn from its counts.
    """

    indicateur: str
    modalite: str
    mesure: Mesure
    rentree: int
    rentree_debut: np.ndarray
    valeur: np.ndarray
    valeur_reference: np.ndarray
    ecart: np.ndarray
    ecart_inf: np.ndarray
    ecart_sup: np.ndarray
    effectif: np.ndarray
    variance: np.ndarray
    levier: np.ndarray
    correlation: np.ndarray
    numerateur: np.ndarray | None = None
    denominateur: np.ndarray | None = None
    variance_reference: np.ndarray | None = None

    @property
    def connues(self) -> np.ndarray:
        """Territories that have an estimate."""
        return np.isfinite(self.ecart) & np.isfinite(self.variance)


def estimate(grilles: Grilles, indicateur: str, modalite: str, mesure: Mesure) -> Estimation | None:
    """The estimates of a measure at a level; None where nothing can be estimated."""
    modalite_lue = "filles" if mesure is Mesure.GROUPES else modalite
    rentree = choose_rentree(grilles.donnees, grilles.niveau, indicateur, modalite_lue)
    if rentree is None or grilles.donnees.fiche[indicateur]["nature"] == "effectif":
        return None
    estimation = _ESTIMATEURS[mesure](grilles, indicateur, modalite, rentree)
    return _blank_inconnues(estimation) if estimation.connues.any() else None


def _blank_inconnues(estimation: Estimation) -> Estimation:
    """Nothing for the territories without an estimate."""
    connues = estimation.connues
    colonnes = {champ.name: getattr(estimation, champ.name) for champ in fields(estimation)}
    return replace(
        estimation,
        **{nom: np.where(connues, x, np.nan) for nom, x in colonnes.items() if isinstance(x, np.ndarray)},
    )


def _estimate_face(table: str):
    """Estimator of a value minus its reference, which a table of comparisons gives."""

    def run(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
        v, x, n, hasard = grilles.read_at(
            rentree, "chiffres", indicateur, modalite, "valeur", "numerateur", "denominateur", "hasard"
        )
        v_ref, n_ref, ecart, inf, sup = grilles.read_at(
            rentree, table, indicateur, modalite,
            "valeur_reference", "denominateur_reference", "ecart", "ecart_inf", "ecart_sup",
        )  # fmt: skip
        taux = grilles.donnees.fiche[indicateur]["nature"] == "taux"
        with np.errstate(divide="ignore", invalid="ignore"):
            # The reference varies by chance like a territory of its size.
            reference = (v_ref * (1 - v_ref) if taux else hasard * n) / n_ref
            estimation = Estimation(
                indicateur, modalite, Mesure.POSITION if table == "comparaisons" else Mesure.SEMBLABLES, rentree,
                np.full(len(v), float(rentree)), v, v_ref, ecart, inf, sup, effectif=n, variance=hasard + reference,
                levier=1 / n, correlation=np.ones(len(v)),
            )  # fmt: skip
        return replace(estimation, numerateur=x, denominateur=n, variance_reference=reference) if taux else estimation

    return run


def _estimate_attendu(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
    """Observed minus expected; chance among pupils only, the usual variation between établissements being true."""
    v, n, hasard = grilles.read_at(rentree, "chiffres", indicateur, modalite, "valeur", "denominateur", "hasard")
    attendu, ecart, inf, sup = grilles.read_at(
        rentree, "attendus", indicateur, modalite, "attendu", "ecart", "ecart_inf", "ecart_sup"
    )
    with np.errstate(divide="ignore"):
        return Estimation(
            indicateur, modalite, Mesure.ATTENDU, rentree, np.full(len(v), float(rentree)), v, attendu, ecart, inf,
            sup, effectif=n, variance=hasard, levier=1 / n, correlation=np.ones(len(v)),
        )  # fmt: skip


@dataclass(frozen=True)
class Pentes:
    """Weighted slopes of series of rates, shape (series,).

    Attributes:
        pente, variance: the slope and its variance by chance.
        levier: move of the slope for one event more at the last rentrée.
        correlation: of the slope with the last figure.
        effectif: pupils of the last rentrée; premiere, derniere: values at both ends.
    """

    pente: np.ndarray
    variance: np.ndarray
    levier: np.ndarray
    correlation: np.ndarray
    effectif: np.ndarray
    premiere: np.ndarray
    derniere: np.ndarray


def measure_pentes(y: np.ndarray, n: np.ndarray, t: np.ndarray) -> Pentes:
    """Slopes of rates `y` of `n` pupils, shape (series, rentrées), nan where missing; `t`: the rentrées."""
    pente, inf, sup, _ = statistiques.pente_ponderee(y, n, t, binomiale=True)
    w = np.where(np.isfinite(y), n, 0.0)
    places, lignes = np.arange(y.shape[1]), np.arange(len(y))
    derniere = np.where(np.isfinite(y), places, -1).max(axis=1)
    premiere = np.where(np.isfinite(y), places, places[-1]).min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (w * t).sum(axis=1) / w.sum(axis=1)
        sxx = (w * (t - centre[:, None]) ** 2).sum(axis=1)
        recul, effectif = t[derniere] - centre, w[lignes, derniere]
        return Pentes(
            pente, ((sup - inf) / (2 * _Z95)) ** 2, recul / sxx, np.clip(recul * np.sqrt(effectif / sxx), 0, 1),
            effectif, y[lignes, premiere], y[lignes, derniere],
        )  # fmt: skip


def _estimate_tendance(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
    """Change over the series published as a trend: slope × duration."""
    debut, nb_points = grilles.read_at(rentree, "tendances", indicateur, modalite, "rentree_debut", "nb_points")
    debut = np.where(nb_points >= 3, debut, np.nan)
    y, n = grilles.read("chiffres", indicateur, modalite, "valeur", "denominateur")
    pentes, duree = _follow(grilles, y, n, debut, rentree), rentree - debut
    change, variance = pentes.pente * duree, pentes.variance * duree**2
    marge = _Z95 * np.sqrt(variance)
    return Estimation(
        indicateur, modalite, Mesure.TENDANCE, rentree, debut, pentes.derniere, pentes.premiere, change,
        change - marge, change + marge, pentes.effectif, variance, pentes.levier * duree, pentes.correlation,
    )  # fmt: skip


def _follow(grilles: Grilles, y: np.ndarray, n: np.ndarray, debut: np.ndarray, fin: int) -> Pentes:
    """Slopes of grids between the first rentrée of each territory and the last one."""
    t = grilles.rentrees.astype(float)
    lus = (n > 0) & (t[:, None] >= debut) & (t[:, None] <= fin)
    return measure_pentes(np.where(lus, y, np.nan).T, n.T, t)


def _estimate_tendance_relative(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
    """Change of a territory minus that of the rest of the académie over the same rentrées."""
    propre = _estimate_tendance(grilles, indicateur, modalite, rentree)
    y, n = grilles.read("comparaisons", indicateur, modalite, "valeur_reference", "denominateur_reference")
    reste, duree = _follow(grilles, y, n, propre.rentree_debut, rentree), rentree - propre.rentree_debut
    change = reste.pente * duree
    ecart, variance = propre.ecart - change, propre.variance + reste.variance * duree**2
    marge = _Z95 * np.sqrt(variance)
    return replace(
        propre, mesure=Mesure.TENDANCE_RELATIVE, valeur=propre.ecart, valeur_reference=change, ecart=ecart,
        ecart_inf=ecart - marge, ecart_sup=ecart + marge, variance=variance,
    )  # fmt: skip


def _estimate_groupes(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
    """Girls minus boys, minus the same gap in the rest; positive where it is wider in the direction usual there."""
    face = _estimate_face("comparaisons")
    filles, garcons = (face(grilles, indicateur, groupe, rentree) for groupe in ("filles", "garcons"))
    ici = filles.valeur - garcons.valeur
    reste = filles.valeur_reference - garcons.valeur_reference
    signe = np.where(reste < 0, -1.0, 1.0)
    ecart, variance = signe * (ici - reste), filles.variance + garcons.variance
    marge = _Z95 * np.sqrt(variance)
    return Estimation(
        indicateur, modalite, Mesure.GROUPES, rentree, filles.rentree_debut, signe * ici, signe * reste, ecart,
        ecart - marge, ecart + marge, filles.effectif + garcons.effectif, variance, signe * filles.levier,
        np.zeros(len(ici)),
    )  # fmt: skip


def _estimate_dispersion(grilles: Grilles, indicateur: str, modalite: str, rentree: int) -> Estimation:
    """Marks the territories whose spread is drawn: two établissements or more (`tirages` does the rest)."""
    lues, taille = grilles.list_etablissements(indicateur, modalite, rentree), len(grilles.codes)
    plusieurs = np.bincount(lues.places, minlength=taille) >= 2
    rien, zero = np.full(taille, np.nan), np.where(plusieurs, 0.0, np.nan)
    return Estimation(
        indicateur, modalite, Mesure.DISPERSION, rentree, np.full(taille, float(rentree)), rien, rien, zero, rien, rien,
        np.bincount(lues.places, lues.denominateur, taille), zero, levier=rien, correlation=zero,
    )  # fmt: skip


_ESTIMATEURS = {
    Mesure.POSITION: _estimate_face("comparaisons"),
    Mesure.SEMBLABLES: _estimate_face("autres"),
    Mesure.ATTENDU: _estimate_attendu,
    Mesure.TENDANCE: _estimate_tendance,
    Mesure.TENDANCE_RELATIVE: _estimate_tendance_relative,
    Mesure.DISPERSION: _estimate_dispersion,
    Mesure.GROUPES: _estimate_groupes,
}
