"""Inhabitants per square kilometre of each territory, from its communes: how rural it is."""

import duckdb
import geopandas as gpd
import pandas as pd
import shapely

from indicators.territoires.contours import read_appartenances

_LAMBERT_93, _WGS84 = "EPSG:2154", "EPSG:4326"
_NIVEAUX = ("reseau", "inter_reseau", "departement", "academie")


def compute_densites(connexion: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Population over area, both summed over the communes that have the two.

    Expects `source_contours`, `source_communes` and what `read_appartenances` expects.

    Returns:
        Columns niveau, territoire, valeur (inhabitants per km²); no row without contours or without populations.
    """
    communes = connexion.execute("""
        SELECT c.code, arg_max(c.geometrie, c.ordre) AS geometrie, max(p.population) AS population
        FROM source_contours c
        JOIN (SELECT code, arg_max(population, ordre) AS population FROM source_communes GROUP BY code) p USING (code)
        WHERE c.niveau = 'commune' AND p.population IS NOT NULL
        GROUP BY c.code ORDER BY c.code
    """).df()
    if communes.empty:
        return pd.DataFrame(columns=["niveau", "territoire", "valeur"])
    contours = gpd.GeoSeries(shapely.from_wkb(communes["geometrie"].map(bytes).to_numpy()), crs=_WGS84)
    communes["km2"] = contours.to_crs(_LAMBERT_93).area.to_numpy() / 1e6
    communes = communes.merge(read_appartenances(connexion), on="code")
    parts = [communes.groupby(niveau)[["population", "km2"]].sum().assign(niveau=niveau) for niveau in _NIVEAUX]
    sommes = pd.concat(parts).rename_axis("territoire").reset_index()
    sommes = sommes[sommes["km2"] > 0]
    return sommes.assign(valeur=sommes["population"] / sommes["km2"])[["niveau", "territoire", "valeur"]]
