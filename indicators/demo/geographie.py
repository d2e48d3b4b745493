"""Fictional communes over four real départements: points, names, contours that share their borders exactly.

`reseaux.csv` transcribes public facts (INSEE, code officiel géographique 2026 and populations: intercommunalités and
arrondissements of the four départements): codes, names, a centre rounded to 0.01°, thousands of inhabitants.
`traits.csv` is a silhouette drawn by hand, 226 points at 0.01°, one line per shared border or coast. No outside contour
is used.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from indicators.demo.noms import draw_noms_communes, draw_noms_iles

DOSSIER = Path(__file__).parent
DEPARTEMENTS = {"16": "Charente", "17": "Charente-Maritime", "79": "Deux-Sèvres", "86": "Vienne"}
NB_COMMUNES = 330
PREMIER_CODE = 501
"""First number of the fictional INSEE codes of a département; real ones stop below 420."""
_MAILLE = 1e-4
_PAR_ILE = 4


@dataclass(frozen=True)
class Geographie:
    """Réseaux and communes (data frames), one contour per commune in the same order, one per département."""

    reseaux: pd.DataFrame
    communes: pd.DataFrame
    contours: tuple[shapely.Geometry, ...]
    departements: dict[str, shapely.Geometry]


def load_reseaux() -> pd.DataFrame:
    """The 37 réseaux and their inter-réseaux, in the order of their codes."""
    reseaux = pd.read_csv(DOSSIER / "reseaux.csv", sep=";", dtype={"departement": str})
    return reseaux.sort_values("code_reseau", ignore_index=True)


def _load_silhouettes(reseaux: pd.DataFrame) -> list[tuple[str, Polygon]]:
    """Polygons enclosed by the hand-drawn lines, each with the département of the réseaux that lie in it."""
    traits = pd.read_csv(DOSSIER / "traits.csv", sep=";")
    lignes = [LineString(points[["lon", "lat"]].to_numpy()) for _, points in traits.groupby("trait", sort=True)]
    polygones = sorted(shapely.polygonize(lignes).geoms, key=lambda p: p.bounds)
    centres = shapely.points(reseaux["lon"], reseaux["lat"])
    return [(reseaux["departement"][int(np.argmax(shapely.contains(p, centres)))], p) for p in polygones]


def _scatter_points(polygone: Polygon, nombre: int, reseaux: pd.DataFrame, alea: np.random.Generator) -> np.ndarray:
    """`nombre` points of a polygon, closer around towns, then moved twice to their cell's centre (Lloyd 1982)."""
    ouest, sud, est, nord = polygone.bounds
    partout = np.column_stack([alea.uniform(ouest, est, nombre * 8), alea.uniform(sud, nord, nombre * 8)])
    poids = reseaux["milliers_habitants"] / reseaux["milliers_habitants"].sum()
    villes = reseaux[["lon", "lat"]].to_numpy()[alea.choice(len(reseaux), nombre * 20, p=poids)]
    autour = villes + alea.normal(0, (0.12, 0.08), villes.shape)
    partout, autour = (essais[shapely.contains_xy(polygone, essais)] for essais in (partout, autour))
    moitie = min(len(autour), nombre // 2)
    points = np.concatenate([autour[:moitie], partout[: nombre - moitie]])
    for _ in range(2):
        cellules = _cut_cells(polygone, points)
        centres = shapely.centroid(cellules)
        centres = np.where(shapely.contains(cellules, centres), centres, shapely.point_on_surface(cellules))
        points = np.column_stack([shapely.get_x(centres), shapely.get_y(centres)])
    return points


def _cut_cells(polygone: Polygon, points: np.ndarray) -> np.ndarray:
    """Voronoi cells of the points, cut by the polygon."""
    cellules = shapely.voronoi_polygons(MultiPoint(points), extend_to=polygone, ordered=True)
    return shapely.intersection(shapely.get_parts(cellules), polygone)


def _roughen(lignes: shapely.Geometry, alea: np.random.Generator) -> list[LineString]:
    """Lines between nodes, each segment bent at random midpoints so that borders look drawn by a river, not a ruler."""
    traits = []
    for ligne in shapely.get_parts(shapely.line_merge(lignes)):
        points = shapely.get_coordinates(ligne)
        for amplitude in (0.12, 0.10, 0.08):
            ecarts = np.diff(points, axis=0)
            normales = np.column_stack([-ecarts[:, 1], ecarts[:, 0]])
            milieux = points[:-1] + ecarts / 2 + normales * alea.uniform(-amplitude, amplitude, (len(ecarts), 1))
            longs = np.hypot(ecarts[:, 0], ecarts[:, 1]) > 0.012
            points = np.insert(points, np.flatnonzero(longs) + 1, milieux[longs], axis=0)
        traits.append(LineString(points))
    return traits


def _build_contours(silhouettes: list, semis: list[np.ndarray], alea: np.random.Generator) -> list[shapely.Geometry]:
    """One contour per point. Every border is noded once for both sides, so that the coverage has no gap or overlap."""
    bords = []
    for (_, polygone), points in zip(silhouettes, semis, strict=True):
        bords += [polygone.exterior, *shapely.boundary(_cut_cells(polygone, points))]
    traits = _roughen(shapely.union_all(bords, grid_size=_MAILLE), alea)
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(traits, grid_size=_MAILLE)]))
    return _merge_faces(faces, silhouettes, semis)


def _merge_faces(faces: np.ndarray, silhouettes: list, semis: list[np.ndarray]) -> list[shapely.Geometry]:
    """The faces whose nearest point, among those of their silhouette, is each point; nearly always a single one."""
    interieurs = shapely.point_on_surface(faces)
    choix = np.argmin([shapely.distance(polygone, interieurs) for _, polygone in silhouettes], axis=0)
    debuts = np.cumsum([0, *map(len, semis)])
    xy = shapely.get_coordinates(interieurs)
    plus_proches = [
        debuts[i] + int(np.argmin(((semis[i] - point) ** 2).sum(axis=1))) for i, point in zip(choix, xy, strict=True)
    ]
    return [shapely.coverage_union_all(faces[np.array(plus_proches) == rang]) for rang in range(debuts[-1])]


def _move_inside(semis: list[np.ndarray], contours: list[shapely.Geometry]) -> list[np.ndarray]:
    """The same points, save those that a bent border left outside their commune."""
    points = np.concatenate(semis)
    dedans = shapely.contains_xy(contours, points)[:, None]
    points = np.where(dedans, points, shapely.get_coordinates(shapely.point_on_surface(contours)))
    return np.split(points, np.cumsum([len(s) for s in semis])[:-1])


def _share_points(silhouettes: list) -> list[int]:
    """Number of communes of each silhouette: by area, a fixed few on an island."""
    aires = np.array([polygone.area for _, polygone in silhouettes])
    iles = aires < 0.1
    nombres = np.floor((NB_COMMUNES - _PAR_ILE * iles.sum()) * aires / aires[~iles].sum()).astype(int)
    nombres[iles] = _PAR_ILE
    nombres[np.argmax(aires)] += NB_COMMUNES - nombres.sum()
    return nombres.tolist()


def _assign_reseaux(polygone: Polygon, points: np.ndarray, reseaux: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each point, the row of its réseau and whether it is the réseau's centre.

    Every réseau keeps its nearest point. Distances are divided by the size of the réseau to the power 0.1: that of a
    town reaches further.
    """
    dedans = np.flatnonzero(shapely.contains_xy(polygone, reseaux[["lon", "lat"]].to_numpy()))
    centres, poids = reseaux.loc[dedans, ["lon", "lat"]].to_numpy(), reseaux.loc[dedans, "milliers_habitants"] ** 0.1
    ecarts = (points[:, None, :] - centres[None, :, :]) * (0.69, 1.0)
    distances = np.hypot(ecarts[..., 0], ecarts[..., 1])
    lignes = dedans[np.argmin(distances / poids.to_numpy(), axis=1)]
    centraux = np.zeros(len(points), dtype=bool)
    for j, ligne in enumerate(dedans):
        plus_proche = int(np.argmin(np.where(centraux, np.inf, distances[:, j])))
        lignes[plus_proche], centraux[plus_proche] = ligne, True
    return lignes, centraux


def build_geographie(alea: np.random.Generator) -> Geographie:
    """Communes with invented names and codes, their réseau and contour; départements are their dissolves."""
    reseaux = load_reseaux()
    silhouettes = _load_silhouettes(reseaux)
    nombres = _share_points(silhouettes)
    semis = [_scatter_points(p, n, reseaux, alea) for (_, p), n in zip(silhouettes, nombres, strict=True)]
    contours = _build_contours(silhouettes, semis, alea)
    semis = _move_inside(semis, contours)
    morceaux = []
    for (departement, polygone), points in zip(silhouettes, semis, strict=True):
        lignes, centraux = _assign_reseaux(polygone, points, reseaux)
        draw = draw_noms_iles if len(points) == _PAR_ILE else draw_noms_communes
        colonnes = {"departement": departement, "reseau": lignes, "est_centre": centraux, "ile": draw is draw_noms_iles}
        morceaux.append(pd.DataFrame({**colonnes, "lon": points[:, 0].round(5), "lat": points[:, 1].round(5)}))
    communes = _name_communes(pd.concat(morceaux, ignore_index=True), reseaux, alea)
    ranges = communes.sort_values("code")
    contours = tuple(contours[i] for i in ranges.index)
    communes = ranges.reset_index(drop=True)
    dissous = {
        code: shapely.coverage_union_all([contours[i] for i in groupe.index])
        for code, groupe in communes.groupby("departement")
    }
    return Geographie(reseaux, communes, contours, dissous)


def _name_communes(communes: pd.DataFrame, reseaux: pd.DataFrame, alea: np.random.Generator) -> pd.DataFrame:
    """Add name, code (in alphabetical order within the département, as INSEE does), réseau and population."""
    iles = communes.pop("ile")
    communes["nom"] = ""
    communes.loc[iles, "nom"] = draw_noms_iles(int(iles.sum()), alea)
    communes.loc[~iles, "nom"] = draw_noms_communes(int((~iles).sum()), alea)
    rangs = communes.groupby("departement")["nom"].rank().astype(int) + PREMIER_CODE - 1
    communes["code"] = communes["departement"] + rangs.astype(str)
    lignes = communes.pop("reseau")
    for colonne in ("code_reseau", "nom_reseau", "code_inter_reseau", "nom_inter_reseau"):
        communes[colonne] = reseaux[colonne].to_numpy()[lignes]
    parts = pd.Series(np.where(communes["est_centre"], 10.0, alea.gamma(1.5, size=len(communes))))
    totaux = parts.groupby(communes["code_reseau"]).transform("sum")
    habitants = reseaux["milliers_habitants"].to_numpy()[lignes] * 1000
    communes["population"] = (habitants * parts / totaux).round().clip(lower=60).astype(int)
    return communes
