"""Fictional établissements: where they are, how large, which pupils they receive."""

import numpy as np
import pandas as pd
import shapely

from indicators.demo.constats import EFFECTIF_MINUSCULE, EFFECTIF_OPPOSES, get_constat
from indicators.demo.geographie import Geographie
from indicators.demo.noms import draw_noms_ecoles, draw_noms_prives, draw_noms_secondaire

NOMBRES = {"ecole": 1041, "college": 227, "lycee": 130}
LETTRES = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Control letters of the UAI: the seven digits modulo 23 (no I, O or Q)."""
PREMIER_NUMERO = 9001
"""First number in a département; real UAIs of these départements stop below 2000."""
_PARTS_PRIVEES = {"ecole": 0.16, "college": 0.33, "lycee": 0.30}
_NATURES_LYCEE = (("LEGT", 55), ("LPO", 30), ("LP", 45))


def build_uai(departement: str, numero: int) -> str:
    """UAI of a number in a département, with its control letter.

    >>> build_uai("16", 1)
    '0160001P'
    """
    chiffres = f"0{departement}{numero:04d}"
    return chiffres + LETTRES[int(chiffres) % 23]


def _allot(total: int, poids: np.ndarray, minimum: int) -> np.ndarray:
    """Whole numbers proportional to `poids`, at least `minimum`, summing to `total` (largest remainders)."""
    nombres = np.maximum(minimum, np.floor(total * poids / poids.sum())).astype(int)
    restes = total * poids / poids.sum() - nombres
    while nombres.sum() != total:
        pas = 1 if nombres.sum() < total else -1
        i = int(np.argmax(restes * pas * ((nombres > minimum) | (pas > 0))))
        nombres[i], restes[i] = nombres[i] + pas, restes[i] - pas
    return nombres


def _place(geo: Geographie, type_: str, alea: np.random.Generator) -> pd.DataFrame:
    """Établissements of a type in their commune: every réseau has écoles and a collège, towns have the lycées."""
    milliers = geo.reseaux["milliers_habitants"].to_numpy(dtype=float)
    if type_ == "lycee":
        nombres = _allot(NOMBRES[type_], np.where(milliers < 25, 0.0, milliers), 0)
    else:
        nombres = _allot(NOMBRES[type_], milliers ** (0.8 if type_ == "ecole" else 1.0), 1)
    choix = []
    for code, nombre in zip(geo.reseaux["code_reseau"], nombres, strict=True):
        communes = geo.communes.index[geo.communes["code_reseau"] == code].to_numpy()
        poids = geo.communes.loc[communes, "population"].to_numpy(dtype=float) ** (0.7 if type_ == "ecole" else 1.0)
        choix.append(alea.choice(communes, nombre, p=poids / poids.sum()))
    places = geo.communes.loc[np.concatenate(choix)].reset_index(drop=True)
    return places.rename(columns={"code": "code_commune", "nom": "nom_commune"}).assign(type=type_)


def _scatter(frame: pd.DataFrame, geo: Geographie, alea: np.random.Generator) -> pd.DataFrame:
    """Move each établissement a little away from its commune's point, where that stays inside the commune."""
    lon = (frame["lon"] + alea.uniform(-0.03, 0.03, len(frame))).round(5)
    lat = (frame["lat"] + alea.uniform(-0.02, 0.02, len(frame))).round(5)
    rangs = pd.Series(np.arange(len(geo.communes)), index=geo.communes["code"])[frame["code_commune"]]
    dedans = shapely.contains_xy(np.asarray(geo.contours)[rangs], lon, lat)
    return frame.assign(lon=np.where(dedans, lon, frame["lon"]), lat=np.where(dedans, lat, frame["lat"]))


def _draw_secteur(frame: pd.DataFrame, alea: np.random.Generator) -> pd.Series:
    part = frame["type"].map(_PARTS_PRIVEES)
    unique = frame.groupby(["type", "code_reseau"])["type"].transform("size") < 3
    prive = (alea.random(len(frame)) < part) & ~unique
    parts = prive.mul(frame["effectif"]).groupby(frame["type"]).sum() / frame.groupby("type")["effectif"].sum()
    return pd.Series(np.where(_follow_mean(frame, prive, frame["type"].map(parts)), "prive", "public"))


def _follow_mean(frame: pd.DataFrame, choisis: pd.Series, part: pd.Series) -> pd.Series:
    """The same choice, save in the réseau where nothing departs from the mean: there, a share `part` of each size."""
    rangs = frame.groupby(["type", "code_reseau"])["effectif"].rank(method="first")
    reguliers = np.floor(rangs * part + 0.5) > np.floor((rangs - 1) * part + 0.5)
    return reguliers.where(frame["code_reseau"] == get_constat("dans_la_moyenne").territoire, choisis)


def _draw_natures(frame: pd.DataFrame, alea: np.random.Generator) -> np.ndarray:
    natures = frame["type"].map({"ecole": "ECOLE", "college": "COLLEGE", "lycee": ""}).to_numpy(dtype=object)
    tirees = np.repeat([n for n, _ in _NATURES_LYCEE], [k for _, k in _NATURES_LYCEE]).astype(object)
    natures[frame["type"] == "lycee"] = alea.permutation(tirees)
    return natures


def _name(frame: pd.DataFrame, alea: np.random.Generator) -> pd.Series:
    """«École primaire des Trois-Noyers», «Collège Aliénor-Vautrin», «Lycée professionnel privé Sainte-Florine»."""
    prive, ecole = frame["secteur"] == "prive", frame["type"] == "ecole"
    fins = pd.Series("", index=frame.index)
    fins[prive] = draw_noms_prives(int(prive.sum()), alea)
    fins[~prive & ecole] = draw_noms_ecoles(int((~prive & ecole).sum()), alea)
    fins[~prive & ~ecole] = draw_noms_secondaire(int((~prive & ~ecole).sum()), alea)
    debuts = frame["nature"].map(
        {"COLLEGE": "Collège", "LEGT": "Lycée général et technologique", "LPO": "Lycée polyvalent",
         "LP": "Lycée professionnel"}
    )  # fmt: skip
    ecoles = np.asarray(["École primaire", "École élémentaire"])
    debuts = debuts.where(~ecole, pd.Series(ecoles[alea.choice(2, len(frame), p=(0.7, 0.3))]))
    return debuts + np.where(prive, " privé", "") + np.where(prive & ecole, "e", "") + " " + fins


def _draw_effectifs(frame: pd.DataFrame, alea: np.random.Generator) -> np.ndarray:
    """Pupils of a cohort: CP of an école, 3e of a collège, terminale GT of a lycée (LP: see `effectif_pro`)."""
    tirages = {
        "ecole": alea.gamma(4.0, 4.6, len(frame)).clip(5, 60),
        "college": alea.gamma(7.0, 13.0, len(frame)).clip(38, 180),
        "lycee": alea.gamma(4.0, 45.0, len(frame)).clip(60, 400),
    }
    effectifs = np.select([frame["type"] == t for t in tirages], list(tirages.values()))
    opposes = (frame["type"] == "college") & (frame["code_reseau"] == get_constat("colleges_opposes").territoire)
    effectifs = np.where(opposes, effectifs.clip(EFFECTIF_OPPOSES), effectifs)
    minuscule = frame["code_reseau"] == get_constat("trop_petit_pour_conclure").territoire
    effectifs = np.where(minuscule & (frame["type"] == "college"), EFFECTIF_MINUSCULE, effectifs)
    return np.where(minuscule & (frame["type"] == "ecole"), effectifs * 0.4 + 3, effectifs).round().astype(int)


def _draw_ips(frame: pd.DataFrame, geo: Geographie, alea: np.random.Generator) -> np.ndarray:
    """Mean IPS of an établissement: its réseau, its sector, éducation prioritaire, and its own part."""
    propres = pd.Series(alea.normal(0, 4.0, len(geo.reseaux)), index=geo.reseaux["code_reseau"])
    ecart_type = frame["type"].map({"ecole": 8.0, "college": 5.0, "lycee": 5.0}).to_numpy()
    ips = 103 + propres[frame["code_reseau"]].to_numpy() + alea.normal(0, ecart_type)
    ips += np.where(frame["secteur"] == "prive", 10.0, 0.0) - np.where(frame["ep"] != "", 16.0, 0.0)
    ips -= np.where(frame["ep"] == "REP+", 8.0, 0.0)
    ips = np.where(frame["type"] == "lycee", ips + 8.0, ips)
    return _impose_ips(frame, ips.clip(68, 148))


def _impose_ips(frame: pd.DataFrame, ips: np.ndarray) -> np.ndarray:
    """Give the planted réseaux the context that the findings say: exactly the mean of the others, or above it."""
    poids = np.where(frame["type"] == "ecole", 1.0, frame["effectif"])
    for nature in ("dans_la_moyenne", "contexte_favorable"):
        constat = get_constat(nature)
        for type_ in NOMBRES:
            dedans = ((frame["type"] == type_) & (frame["code_reseau"] == constat.territoire)).to_numpy()
            if dedans.any():
                autres = ((frame["type"] == type_) & (frame["code_reseau"] != constat.territoire)).to_numpy()
                cible = np.average(ips[autres], weights=poids[autres]) + constat.ecarts[0]
                ips[dedans] += cible - np.average(ips[dedans], weights=poids[dedans])
    return ips.round(1)


def _draw_education_prioritaire(frame: pd.DataFrame, geo: Geographie, alea: np.random.Generator) -> np.ndarray:
    """REP or REP+ for some public collèges of the largest réseaux and for écoles of the same communes."""
    milliers = geo.reseaux.set_index("code_reseau")["milliers_habitants"]
    exclus = {get_constat(n).territoire for n in ("dans_la_moyenne", "contexte_favorable")}
    grand = (frame["code_reseau"].map(milliers) > 50) & ~frame["code_reseau"].isin(exclus)
    tirage = alea.random(len(frame))
    eligible = grand & (frame["secteur"] == "public") & (frame["type"] != "lycee")
    rep = eligible & (tirage < 0.14)
    parts = frame["type"].map(rep.groupby(frame["type"]).mean())
    rep = _follow_mean(frame, rep & (frame["secteur"] == "public"), parts)
    return np.select([rep & eligible & (tirage < 0.05), rep], ["REP+", "REP"], "")


def build_etablissements(geo: Geographie, alea: np.random.Generator) -> pd.DataFrame:
    """About 1 400 établissements, sorted by UAI.

    Columns: uai, type, nature, nom, secteur, ep, code_commune, nom_commune, departement, code_reseau,
    code_inter_reseau, lon, lat, effectif and effectif_pro (pupils of a cohort), ips, ips_pro, niveau (the
    établissement's own level, a standard normal).
    """
    frame = pd.concat([_place(geo, type_, alea) for type_ in NOMBRES], ignore_index=True)
    frame = _scatter(frame, geo, alea).sort_values("departement", kind="stable", ignore_index=True)
    rangs = frame.groupby("departement").cumcount() + PREMIER_NUMERO
    frame["uai"] = [build_uai(d, n) for d, n in zip(frame["departement"], rangs, strict=True)]
    frame["effectif"] = _draw_effectifs(frame, alea)
    frame["secteur"] = _draw_secteur(frame, alea)
    frame["nature"] = _draw_natures(frame, alea)
    frame["nom"] = _name(frame, alea)
    frame["ep"] = _draw_education_prioritaire(frame, geo, alea)
    frame["effectif_pro"] = alea.gamma(5.0, 12.0, len(frame)).clip(20, 150).round().astype(int)
    frame["ips"] = _draw_ips(frame, geo, alea)
    frame["ips_pro"] = (frame["ips"] - 20 + alea.normal(0, 2, len(frame))).clip(65, 120).round(1)
    frame["niveau"] = alea.normal(0, 1, len(frame))
    return frame
