"""Figures that jump beyond what chance and the life of établissements explain, per établissement and per réseau."""

import numpy as np
import pandas as pd

from indicators.catalogue import ENSEMBLE, Indicateur, Nature, get_indicateur
from indicators.francais import accorder, format_nombre, format_rentree, format_valeur
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.revision.lecture import connect, group_fiches
from indicators.statistiques import benjamini_hochberg
from indicators.vraisemblance import ecarts

CONTROLES = ("saut", "saut_reseau")
RISQUE = 0.01
"""False alarms accepted (Benjamini-Hochberg) over one family: every figure of a file that could be compared."""
SEUIL = 4.0
"""Times the expected spread below which nothing is told, however small the family: not worth a signature."""
EFFECTIF_UTILE = 15
"""Pupils by which what a figure is out of must change, at least, to be told."""
ETABLISSEMENTS_MIN = 3
"""Établissements of a réseau whose common move is judged; with fewer, each is judged by itself."""

_CHIFFRES = ("numerateur", "denominateur", "valeur", "ecart_type", "chiffre")
_AVANT = ", ".join(f"a.{nom} AS {nom}_avant" for nom in ("rentree", *_CHIFFRES))
_MEMES = (
    "n.indicateur = a.indicateur AND n.niveau = a.niveau AND n.territoire = a.territoire AND n.modalite = a.modalite"
)
# The last figure known of the same series, unless a declared break lies between the two.
_PAIRES = """
    SELECT n.*, {avant}, greatest(n.rentree - a.rentree, 1) AS annees
    FROM (SELECT * FROM {table} WHERE chiffre IS NOT NULL) n
    ASOF JOIN (SELECT * FROM connu WHERE chiffre IS NOT NULL) a ON {memes} AND n.rentree {ordre} a.rentree
    WHERE NOT EXISTS (SELECT 1 FROM rupture r
                      WHERE r.indicateur = n.indicateur AND r.rentree > a.rentree AND r.rentree <= n.rentree)
      AND NOT (n.rentree = a.rentree AND n.chiffre = a.chiffre)
"""


def check_sauts(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Compare each figure with the last one known of its series: the same rentrée when it is revised, else an earlier.

    Returns:
        At most one finding for établissements and one for réseaux; nothing without earlier figures.
    """
    with connect(extrait, reference) as connexion:
        paires = connexion.execute(_PAIRES.format(avant=_AVANT, table="nouveau", memes=_MEMES, ordre=">=")).df()
        if paires.empty:
            return []
        histoire = connexion.execute(_PAIRES.format(avant=_AVANT, table="connu", memes=_MEMES, ordre=">")).df()
    parts = [
        _judge(_get_fiche(fiche.code, est_effectif), lignes, _select(anciens, fiche.code, modalite))
        for est_effectif, nouveaux, anciens in (
            (False, paires.assign(est_effectif=False), histoire.assign(est_effectif=False)),
            (True, _read_effectifs(paires), _read_effectifs(histoire)),
        )
        for fiche, modalite, lignes in group_fiches(nouveaux)
    ]
    juges, temoins = (pd.concat(partie, ignore_index=True) for partie in zip(*parts, strict=True))
    juges = _find_sauts(juges)
    sauts = juges[juges["est_saut"]]
    chiffres, leurs_temoins = (table[~table["est_effectif"].astype(bool)] for table in (juges, temoins))
    reseaux = _judge_reseaux(chiffres, leurs_temoins, reference.rattachements)
    return _tell_sauts(sauts) + _tell_reseaux(reseaux)


def _read_effectifs(paires: pd.DataFrame) -> pd.DataFrame:
    """What figures are out of, as figures of their own, once where several share them.

    A line given to another établissement shows there first: rates look alike from one to the next, sizes do not.
    """
    effectifs = paires[(paires["denominateur"] > 0) & (paires["denominateur_avant"] > 0)]
    champs = {"est_effectif": True}
    for suffixe in ("", "_avant"):
        nombre = effectifs["denominateur" + suffixe]
        champs |= {"numerateur" + suffixe: nombre, "chiffre" + suffixe: nombre, "denominateur" + suffixe: np.nan}
    cle = ["niveau", "territoire", "modalite", "rentree", "rentree_avant", "numerateur", "numerateur_avant"]
    return effectifs.assign(**champs).sort_values("indicateur", kind="stable").drop_duplicates(cle)


def _get_fiche(code: str, est_effectif: bool) -> Indicateur:
    """The fiche of a figure, or of what it is out of."""
    fiche = get_indicateur(code)
    if not est_effectif:
        return fiche
    titre = f"effectif pour « {fiche.titre_court} »"
    return fiche.model_copy(update={"nature": Nature.EFFECTIF, "ecart_utile": EFFECTIF_UTILE, "titre_court": titre})


def _select(lignes: pd.DataFrame, code: str, modalite: str) -> pd.DataFrame:
    return lignes[(lignes["indicateur"] == code) & (lignes["modalite"] == modalite)]


def _judge(fiche: Indicateur, lignes: pd.DataFrame, histoire: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The new changes of one series with their expected spread, and the earlier ones, judged by the same measure."""
    nouveaux = ecarts.measure(fiche, lignes).assign(attendu=np.nan, p=np.nan)
    anciens = ecarts.measure(fiche, histoire).assign(attendu=np.nan, p=np.nan)
    nouveaux, anciens = ecarts.center(nouveaux, nouveaux), ecarts.center(anciens, anciens)
    for niveau in nouveaux["niveau"].unique():
        ici, avant = nouveaux["niveau"] == niveau, anciens["niveau"] == niveau
        modele = anciens[avant]
        if len(modele) < ecarts.HISTOIRE:
            annuels = nouveaux[ici & (nouveaux["rentree_avant"] < nouveaux["rentree"])]
            modele = pd.concat([partie for partie in (modele, annuels) if len(partie)] or [modele])
        dispersion = ecarts.estimate(fiche, modele, ecarts.is_hasard_known(fiche, modele))
        for table, choix in ((nouveaux, ici), (anciens, avant)):
            table.loc[choix, ["attendu", "p"]] = _weigh(dispersion, table[choix]).to_numpy()
    return nouveaux, anciens


def _weigh(dispersion: ecarts.Dispersion, lignes: pd.DataFrame) -> pd.DataFrame:
    """Expected spread of each change, and its p-value."""
    ecart, hasard, annees = (lignes[nom].to_numpy(dtype=float) for nom in ("ecart", "hasard", "annees"))
    attendu, p = dispersion.expect(hasard, annees), dispersion.compute_p(ecart, hasard, annees)
    return pd.DataFrame({"attendu": attendu, "p": p}, index=lignes.index)


def _find_sauts(lignes: pd.DataFrame) -> pd.DataFrame:
    """Whether each change of one family is a jump: certain given their number, and large enough to matter."""
    fiches = {code: get_indicateur(code) for code in lignes["indicateur"].unique()}
    utiles = lignes["indicateur"].map({c: f.ecart_utile / f.echelle for c, f in fiches.items()}).astype(float)
    if "est_effectif" in lignes:
        utiles = utiles.where(~lignes["est_effectif"].astype(bool), EFFECTIF_UTILE)
    rapport = lignes["ecart"].abs() / lignes["attendu"]
    est_saut = (benjamini_hochberg(lignes["p"].to_numpy()) <= RISQUE) & (rapport >= SEUIL)
    return lignes.assign(
        rapport=rapport, est_saut=est_saut & ((lignes["chiffre"] - lignes["chiffre_avant"]).abs() >= utiles)
    )


def _judge_reseaux(juges: pd.DataFrame, temoins: pd.DataFrame, rattachements: pd.DataFrame) -> pd.DataFrame:
    """Réseaux whose établissements moved together; those that already jumped by themselves are left out."""
    calmes = _gather(juges[~juges["est_saut"]], rattachements)
    histoire = _gather(temoins, rattachements)
    parts = []
    for fiche, modalite, lignes in group_fiches(calmes):
        anciens = _select(histoire, fiche.code, modalite)
        modele = anciens if len(anciens) >= ecarts.HISTOIRE else pd.concat([anciens, lignes])
        dispersion = ecarts.estimate(fiche, modele, hasard_connu=True)
        parts.append(lignes.assign(**_weigh(dispersion, lignes)))
    return _find_sauts(pd.concat(parts, ignore_index=True)).query("est_saut") if parts else calmes


def _gather(lignes: pd.DataFrame, rattachements: pd.DataFrame) -> pd.DataFrame:
    """Mean change of the établissements of each réseau, weighted by pupils, and its variance if each moved alone."""
    lignes = lignes[(lignes["niveau"] == "etablissement") & np.isfinite(lignes["ecart"])]
    lignes = lignes.merge(rattachements, left_on="territoire", right_on="uai")
    poids = lignes["denominateur"].fillna(lignes["numerateur"]).fillna(1.0)
    lignes = lignes.assign(
        poids=poids, moment=poids * lignes["ecart"], bruit=(poids * lignes["attendu"]) ** 2,
        apres=poids * lignes["chiffre"], avant=poids * lignes["chiffre_avant"],
    )  # fmt: skip
    cle = ["indicateur", "modalite", "rentree", "code_reseau", "nom_reseau"]
    sommes = lignes.groupby(cle, as_index=False).agg(
        nb=("territoire", "nunique"), poids=("poids", "sum"), moment=("moment", "sum"), bruit=("bruit", "sum"),
        apres=("apres", "sum"), avant=("avant", "sum"), total=("chiffre", "sum"), total_avant=("chiffre_avant", "sum"),
        annees=("annees", "max"), rentree_avant=("rentree_avant", "min"), attendu=("attendu", "median"),
    )  # fmt: skip
    sommes = sommes[(sommes["nb"] >= ETABLISSEMENTS_MIN) & (sommes["poids"] > 0)]
    sommes = sommes.assign(
        ecart=sommes["moment"] / sommes["poids"], hasard=sommes["bruit"] / sommes["poids"] ** 2,
        chiffre=sommes["apres"] / sommes["poids"], chiffre_avant=sommes["avant"] / sommes["poids"],
    )  # fmt: skip
    effectifs = sommes["indicateur"].map(lambda code: get_indicateur(code).nature is Nature.EFFECTIF).astype(bool)
    sommes.loc[effectifs, ["chiffre", "chiffre_avant"]] = sommes.loc[effectifs, ["total", "total_avant"]].to_numpy()
    return sommes


def _tell_sauts(sauts: pd.DataFrame) -> list[Constat]:
    if sauts.empty:
        return []
    sauts = sauts.sort_values(["rapport", "territoire", "indicateur"], ascending=[False, True, True])
    premiers = sauts.drop_duplicates("territoire")
    autres = sauts.groupby("territoire").size() - 1
    exemples = tuple(
        Signalement(
            ligne=int(saut.ligne),
            trouve=f"{saut.territoire} : {_read(saut)}" + _count_autres(autres[saut.territoire]),
            attendu=_tell_rapport(saut.rapport),
        )
        for saut in premiers.head(LIGNES_CITEES).itertuples()
    )
    constat = (
        f"{accorder(len(sauts), 'chiffre')} de {accorder(len(premiers), 'établissement')} "
        f"{'change' if len(sauts) == 1 else 'changent'} plus que le hasard et la vie des établissements ne "
        f"l’expliquent : jusqu’à {_tell_rapport(sauts['rapport'].iloc[0])}."
    )
    return [make_constat("saut", constat, len(premiers), exemples)]


def _tell_reseaux(sauts: pd.DataFrame) -> list[Constat]:
    if sauts.empty:
        return []
    sauts = sauts.sort_values(["rapport", "code_reseau", "indicateur"], ascending=[False, True, True])
    premiers = sauts.drop_duplicates("code_reseau")
    exemples = tuple(
        Signalement(
            ligne=None,
            trouve=f"{saut.nom_reseau} : {_read(saut)}, {accorder(saut.nb, 'établissement')}",
            attendu=_tell_rapport(saut.rapport),
        )
        for saut in premiers.head(LIGNES_CITEES).itertuples()
    )
    nb = len(premiers)
    constat = (
        f"Les établissements de {accorder(nb, 'réseau', 'réseaux')} changent ensemble plus que le hasard "
        f"ne l’explique : jusqu’à {_tell_rapport(sauts['rapport'].iloc[0])}."
    )
    return [make_constat("saut_reseau", constat, nb, exemples)]


def _read(saut) -> str:
    """«91,0 % → 62,0 % (réussite au brevet, 2022-2023 → 2023-2024)»."""
    fiche = _get_fiche(saut.indicateur, getattr(saut, "est_effectif", False))
    modalite = "" if saut.modalite == ENSEMBLE else f", {fiche.modalites.get(saut.modalite, saut.modalite)}"
    revise = saut.rentree_avant == saut.rentree
    annees = format_rentree(saut.rentree) if revise else f"{saut.rentree_avant} → {saut.rentree}"
    chiffres = f"{format_valeur(fiche, saut.chiffre_avant)} → {format_valeur(fiche, saut.chiffre)}"
    return f"{chiffres} ({fiche.titre_court}{modalite}, {'révision de ' if revise else 'rentrées '}{annees})"


def _count_autres(nb: int) -> str:
    return f" et {accorder(nb, 'autre chiffre', 'autres chiffres')}" if nb else ""


def _tell_rapport(rapport: float) -> str:
    return f"{format_nombre(min(rapport, 999))} fois l’écart attendu"
