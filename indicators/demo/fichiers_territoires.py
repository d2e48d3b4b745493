"""Files of the territories: communes, provisional perimeters, contours, établissements."""

from pathlib import Path

import pandas as pd
import shapely

from indicators.demo.ecriture import write_csv, write_json
from indicators.demo.geographie import DEPARTEMENTS
from indicators.demo.monde import Monde


def write_territoires(dossier: Path, monde: Monde) -> list[Path]:
    """Communes, perimeters, two files of contours, and the list of établissements."""
    return [
        _write_communes(dossier, monde),
        _write_perimetres(dossier, monde),
        _write_contours_communes(dossier, monde),
        _write_contours_departements(dossier, monde),
        _write_etablissements(dossier, monde),
    ]


def _build_communes(monde: Monde) -> pd.DataFrame:
    communes = monde.geo.communes
    return pd.DataFrame({
        "code": communes["code"], "nom": communes["nom"], "departement": communes["departement"],
        "population": communes["population"], "epci": communes["code_reseau"].str.removeprefix("R"),
        "epci_nom": communes["nom_reseau"], "lon": communes["lon"], "lat": communes["lat"],
    })  # fmt: skip


def _write_communes(dossier: Path, monde: Monde) -> Path:
    return write_csv(dossier / "demo-communes.csv", _build_communes(monde))


def _write_perimetres(dossier: Path, monde: Monde) -> Path:
    colonnes = ["code", "code_reseau", "nom_reseau", "code_inter_reseau", "nom_inter_reseau"]
    perimetres = monde.geo.communes[colonnes].rename(columns={"code": "code_commune"})
    return write_csv(dossier / "demo-perimetres.csv", perimetres.assign(rentree_debut=2016, rentree_fin=""))


def _build_feature(proprietes: dict, geometrie: shapely.Geometry) -> dict:
    return {"type": "Feature", "properties": proprietes, "geometry": shapely.geometry.mapping(geometrie)}


def _write_contours_communes(dossier: Path, monde: Monde) -> Path:
    proprietes = _build_communes(monde).to_dict("records")
    features = [_build_feature(p, contour) for p, contour in zip(proprietes, monde.geo.contours, strict=True)]
    chemin = dossier / "demo-contours-communes.geojson"
    return write_json(chemin, {"type": "FeatureCollection", "features": features}, indent=None)


def _write_contours_departements(dossier: Path, monde: Monde) -> Path:
    features = [
        _build_feature({"code": code, "nom": DEPARTEMENTS[code]}, contour)
        for code, contour in monde.geo.departements.items()
    ]
    chemin = dossier / "demo-contours-departements.geojson"
    return write_json(chemin, {"type": "FeatureCollection", "features": features}, indent=None)


def _write_etablissements(dossier: Path, monde: Monde) -> Path:
    table = monde.etablissements
    second_degre = table["secteur"].map({"public": "Public", "prive": "Privé"})
    premier_degre = table["secteur"].map({"public": "public", "prive": "privé sous contrat"})
    union = pd.DataFrame({
        "uai": table["uai"], "type": table["type"], "nom": table["nom"],
        "secteur": premier_degre.where(table["type"] == "ecole", second_degre),
        "nature": table["nature"].where(table["type"] != "ecole", ""),
        "commune": table["code_commune"], "commune_nom": table["nom_commune"],
        "lat": table["lat"], "lon": table["lon"], "ep": table["ep"],
        "tete_reseau": "", "circonscription": "", "etat": "OUVERT", "sources": "demonstration",
    })  # fmt: skip
    return write_csv(dossier / "demo-etablissements.csv", union)
