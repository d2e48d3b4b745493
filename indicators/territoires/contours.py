"""Contours of every level, dissolved from those of the communes and simplified with shared borders kept."""

import duckdb
import geopandas as gpd
import pandas as pd
import shapely

TOLERANCE_METRES = 250
_DECIMALES = 4
_LAMBERT_93, _WGS84 = "EPSG:2154", "EPSG:4326"


def build_contours(connexion: duckdb.DuckDBPyConnection) -> None:
    """Fill `contour`: communes dissolved to réseau, inter-réseau, département and académie.

    Expects `source_contours` (niveau, code, geometrie WKB in WGS84, ordre), `perimetre_commune`, `commune` and
    `rattachement_actuel`.
    A level that no commune reaches keeps the contour that a source gives, or none.
    """
    lignes = connexion.execute("""
        SELECT niveau, code, arg_max(geometrie, ordre) AS geometrie FROM source_contours GROUP BY niveau, code
        ORDER BY niveau, code
    """).df()
    if lignes.empty:
        return
    sources = gpd.GeoDataFrame(
        lignes[["niveau", "code"]], geometry=shapely.from_wkb(lignes["geometrie"].map(bytes).to_numpy()), crs=_WGS84
    ).to_crs(_LAMBERT_93)
    communes = _simplify(sources[sources["niveau"] == "commune"]).merge(read_appartenances(connexion), on="code")
    niveaux = [_dissolve(communes, niveau) for niveau in ("reseau", "inter_reseau", "departement", "academie")]
    calcules = (
        pd.concat([niveau for niveau in niveaux if not niveau.empty], ignore_index=True) if len(communes) else None
    )
    donnes = _simplify(sources[sources["niveau"] != "commune"])[["niveau", "code", "geometry"]]
    _write(connexion, _merge(calcules, donnes))


def read_appartenances(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per commune: its territory at each level, at the latest perimeter."""
    return connexion.execute("""
        SELECT c.code, p.code_reseau AS reseau, r.code_parent AS inter_reseau, 'D' || d.code AS departement,
               (SELECT code FROM niveau_academie WHERE niveau = 'academie') AS academie
        FROM commune c JOIN departement_academie d ON d.code = c.departement
        LEFT JOIN perimetre_commune p ON p.code_commune = c.code
        LEFT JOIN rattachement_actuel r
          ON r.niveau = 'reseau' AND r.code = p.code_reseau AND r.niveau_parent = 'inter_reseau'
    """).df()


def _simplify(contours: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fewer points, the same shared borders (a plain simplification would open gaps between neighbours)."""
    if contours.empty:
        return contours
    simples = shapely.coverage_simplify(contours.geometry.to_numpy(), TOLERANCE_METRES)
    return contours.set_geometry(gpd.GeoSeries(shapely.make_valid(simples), index=contours.index, crs=contours.crs))


def _dissolve(communes: gpd.GeoDataFrame, niveau: str) -> gpd.GeoDataFrame:
    parts = communes.dropna(subset=[niveau])
    if parts.empty:
        return parts
    fondus = parts[[niveau, "geometry"]].dissolve(by=niveau, method="unary").reset_index(names="code")
    fondus["geometry"] = _drop_slivers(fondus.geometry)
    return fondus.assign(niveau=niveau)[["niveau", "code", "geometry"]]


def _drop_slivers(contours: gpd.GeoSeries) -> gpd.GeoSeries:
    """Close the hairline holes that imperfect joins between communes leave after dissolving."""
    largeur = TOLERANCE_METRES / 5
    return contours.buffer(largeur, join_style="mitre").buffer(-largeur, join_style="mitre")


def _merge(calcules: gpd.GeoDataFrame | None, donnes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dissolved contours first; a given one only where there is none."""
    if calcules is None:
        return donnes
    cles = set(zip(calcules["niveau"], calcules["code"], strict=True))
    reste = [cle not in cles for cle in zip(donnes["niveau"], donnes["code"], strict=True)]
    return pd.concat([calcules, donnes[reste]], ignore_index=True)


def _write(connexion: duckdb.DuckDBPyConnection, contours: gpd.GeoDataFrame) -> None:
    geometries = shapely.set_precision(contours.to_crs(_WGS84).geometry.to_numpy(), 10**-_DECIMALES)
    lignes = contours[["niveau", "code"]].assign(geojson=[shapely.to_geojson(g) for g in geometries])
    lignes = lignes.sort_values(["niveau", "code"])
    connexion.register("contours_prets", lignes)
    connexion.execute("INSERT INTO contour BY NAME SELECT * FROM contours_prets")
    connexion.unregister("contours_prets")
