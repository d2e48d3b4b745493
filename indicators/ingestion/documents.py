"""JSON, GeoJSON and Parquet files."""

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet

from indicators.francais import format_nombre
from indicators.ingestion.encodages import decode
from indicators.ingestion.fautes import ErreurExtrait, refuse_lecture
from indicators.ingestion.tableaux import Tableau, make_tableau

CELLULES_MAXIMALES = 100_000_000
"""Rows times columns of a Parquet file: well above any extract, far below what would exhaust a workstation."""

GEOMETRIE = "geometry"
"""Header of the geometries of a GeoJSON, as hexadecimal WKB."""

LONGITUDE, LATITUDE = "point_longitude", "point_latitude"
"""Headers of a point inside each geometry, in degrees."""


def read_json(chemin: Path) -> Tableau:
    """Read a list of records, whatever holds it: the portal's API (v1, v2), `{…: [records]}`, or GeoJSON.

    Values beside the list become columns with a dotted name: `{"meta": {"year": 2025}, …}` → `meta.year`.

    Raises:
        ErreurFichier: not JSON, or no list of records in it.
    """
    try:
        contenu = json.loads(decode(chemin.read_bytes()))
    except (ValueError, RecursionError) as erreur:
        lieu = (
            f" à la ligne {erreur.lineno}, caractère {erreur.colno}" if isinstance(erreur, json.JSONDecodeError) else ""
        )
        constat = f"Le JSON est illisible{lieu}."
        raise refuse_lecture(chemin, "fichier_endommage", constat, attendu="un fichier JSON complet") from None
    enregistrements, constantes = _find_records(contenu)
    if enregistrements is None:
        raise refuse_lecture(
            chemin,
            "tableau_absent",
            "Aucune liste d’enregistrements dans ce JSON.",
            attendu="une liste d’objets, comme les réponses de data.education.gouv.fr",
            action="exportez les données en CSV ou en JSON depuis la page du jeu de données.",
        )
    if isinstance(contenu, dict) and contenu.get("type") == "FeatureCollection":
        return _make_geojson(chemin, enregistrements)
    return _make_records([_unwrap(e) for e in enregistrements], constantes, "JSON")


def _find_records(contenu: Any) -> tuple[list[dict] | None, dict[str, Any]]:
    """The longest list of objects, and the scalars around it."""
    if isinstance(contenu, list):
        return (contenu if all(isinstance(e, dict) for e in contenu) else None), {}
    if not isinstance(contenu, dict):
        return None, {}
    listes = [v for v in contenu.values() if isinstance(v, list) and all(isinstance(e, dict) for e in v)]
    if not listes:
        return None, {}
    enregistrements = max(listes, key=len)
    return enregistrements, _flatten({k: v for k, v in contenu.items() if v is not enregistrements})


def _flatten(objet: dict, prefixe: str = "") -> dict[str, Any]:
    plat: dict[str, Any] = {}
    for cle, valeur in objet.items():
        if isinstance(valeur, dict):
            plat |= _flatten(valeur, f"{prefixe}{cle}.")
        elif not isinstance(valeur, list):
            plat[f"{prefixe}{cle}"] = valeur
    return plat


def _unwrap(enregistrement: dict) -> dict:
    """The fields of a record of the portal's API, v2 (`record.fields`) or v1 (`fields`)."""
    dedans = enregistrement.get("record", enregistrement)
    champs = dedans.get("fields") if isinstance(dedans, dict) else None
    return champs if isinstance(champs, dict) else enregistrement


def _make_records(enregistrements: list[dict], constantes: dict[str, Any], genre: str) -> Tableau:
    cles = list(dict.fromkeys(cle for e in enregistrements for cle in e))
    colonnes = [[_as_text(e.get(cle)) for e in enregistrements] for cle in cles]
    colonnes += [[_as_text(valeur)] * len(enregistrements) for valeur in constantes.values()]
    return make_tableau([*cles, *constantes], colonnes, range(1, len(enregistrements) + 1), genre=genre)


def _as_text(valeur: Any) -> str | None:
    if valeur is None or isinstance(valeur, str):
        # JSON can write half of a character pair, which is no text.
        return valeur and valeur.encode("utf-8", "replace").decode()
    if isinstance(valeur, float) and valeur.is_integer():
        return str(int(valeur))
    return json.dumps(valeur, ensure_ascii=False)


def _make_geojson(chemin: Path, entites: list[dict]) -> Tableau:
    import shapely

    if not entites or not all(isinstance(e.get("properties") or {}, dict) for e in entites):
        raise refuse_lecture(
            chemin,
            "tableau_absent",
            "Ce GeoJSON n’a pas d’entités lisibles.",
            attendu="des entités (« features ») avec leurs propriétés et leur géométrie",
            action="exportez-le de nouveau.",
        )
    geometries = shapely.from_geojson([json.dumps(e.get("geometry")) for e in entites], on_invalid="ignore")
    bornes = shapely.total_bounds(geometries)
    if not (abs(bornes[[0, 2]]) <= 180).all() or not (abs(bornes[[1, 3]]) <= 90).all():
        constat = "Les coordonnées ne sont pas des longitudes et latitudes."
        raise refuse_lecture(chemin, "coordonnees", constat)
    points = shapely.point_on_surface(geometries)
    proprietes = [
        (e.get("properties") or {}) | {GEOMETRIE: hexa, LONGITUDE: _round(x), LATITUDE: _round(y)}
        for e, hexa, x, y in zip(
            entites, shapely.to_wkb(geometries, hex=True), shapely.get_x(points), shapely.get_y(points), strict=True
        )
    ]
    return _make_records(proprietes, {}, "GeoJSON")


def _round(degres: float) -> float | None:
    return None if math.isnan(degres) else round(degres, 5)


def read_parquet(chemin: Path) -> Tableau:
    """Read a Parquet file; every value becomes text.

    Raises:
        ErreurFichier: damaged file.
    """
    try:
        fiche = pyarrow.parquet.read_metadata(chemin)
        if fiche.num_rows * fiche.num_columns > CELLULES_MAXIMALES:
            raise _too_many_cells(chemin, fiche.num_rows, fiche.num_columns)
        table = pyarrow.parquet.read_table(chemin)
        # A damaged page may be read without complaint and hold texts of impossible length.
        table.validate(full=True)
        return _make_parquet(table)
    except (pa.ArrowException, OSError, duckdb.Error):
        constat = "Le fichier Parquet est endommagé."
        raise refuse_lecture(chemin, "fichier_endommage", constat, attendu="un fichier Parquet complet") from None


def _too_many_cells(chemin: Path, lignes: int, colonnes: int) -> ErreurExtrait:
    """Repeated values shrink to almost nothing in a Parquet file: its size says little of what it holds."""
    constat = (
        f"Le tableau a {format_nombre(lignes)} lignes et {format_nombre(colonnes)} colonnes : il n’est pas ouvert."
    )
    attendu = f"au plus {format_nombre(CELLULES_MAXIMALES)} cellules"
    return refuse_lecture(chemin, "fichier_trop_grand", constat, attendu=attendu)


def _make_parquet(table: pa.Table) -> Tableau:
    entetes = table.column_names
    table = table.rename_columns([f"c{i}" for i in range(len(entetes))])
    with duckdb.connect() as connexion:
        connexion.execute("PRAGMA disable_progress_bar")
        selection = ", ".join(_as_text_sql(champ) for champ in table.schema)
        textes = connexion.from_arrow(table).project(selection).to_arrow_table()
    return make_tableau(entetes, textes.columns, range(1, table.num_rows + 1), genre="Parquet")


def _as_text_sql(champ: pa.Field) -> str:
    """A whole number loses its «.0»: pandas writes integers with holes as floats."""
    texte = f"{champ.name}::VARCHAR"
    return f"regexp_replace({texte}, '\\.0$', '') AS {champ.name}" if pa.types.is_floating(champ.type) else texte
