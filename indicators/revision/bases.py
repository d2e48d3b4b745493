"""What a new base changes of the one served: values, answers, trends, and the tableaux de bord where they are read."""

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from indicators.base import Base
from indicators.catalogue import load_catalogue
from indicators.territoires import Niveau

LIGNES_GARDEES = 200
"""Rows kept of each list; the numbers always count all."""
DRAPEAUX = ("favorable", "defavorable", "superieur", "inferieur")
"""Answers that single a territory out."""
_NIVEAUX = (
    Niveau.ACADEMIE, Niveau.DEPARTEMENT, Niveau.INTER_RESEAU, Niveau.RESEAU, Niveau.ETABLISSEMENT, Niveau.REGION,
    Niveau.NATIONAL,
)  # fmt: skip


class _Ligne(BaseModel):
    """One figure of one territory. `nom`, `titre`: of the territory and of the indicator, as shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    niveau: str
    territoire: str
    nom: str
    indicateur: str
    titre: str
    modalite: str


class ValeurChangee(_Ligne):
    """A value before and after, as stored (None: none, or not shown on one of the two sides because it is secret).

    `ecarts_utiles`: size of the change, in écarts utiles of the indicator; None where one of the two is missing.
    """

    rentree: int
    avant: float | None
    apres: float | None
    statut_avant: str | None
    statut: str | None
    ecarts_utiles: float | None


class EtatChange(_Ligne):
    """The answer of a comparison before and after; None where there was, or is, no comparison."""

    rentree: int
    reference: str
    avant: str | None
    apres: str | None


class TendanceChangee(_Ligne):
    """The answer of a trend before and after; None where there was, or is, none."""

    avant: str | None
    apres: str | None


class TableauChange(BaseModel):
    """A tableau de bord (a territory) that will not read as before, and how many of its figures move."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    niveau: str
    territoire: str
    nom: str
    nb_valeurs: int
    nb_etats: int
    nb_tendances: int


class Changements(BaseModel):
    """A base against the one served before it. Numbers count all; lists keep the first `LIGNES_GARDEES`.

    - `version_avant`: None for a first publication; `valeurs`: the largest changes first, in écarts utiles;
    - `etats`: answers that change, and flags that appear or go with their figure; flags first;
    - `tableaux_par_niveau`: how many territories of each level read otherwise; `tableaux`: those with most flags first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    version_avant: int | None
    version: int
    nb_valeurs_ajoutees: int
    nb_valeurs_changees: int
    nb_valeurs_retirees: int
    nb_etats: int
    nb_tendances: int
    tableaux_par_niveau: dict[str, int]
    valeurs: tuple[ValeurChangee, ...]
    etats: tuple[EtatChange, ...]
    tendances: tuple[TendanceChangee, ...]
    tableaux: tuple[TableauChange, ...]

    @property
    def est_vide(self) -> bool:
        """Whether everything reads as before."""
        return not self.tableaux


_CLE = ["indicateur", "niveau", "territoire", "modalite"]
_VALEURS = "SELECT indicateur, niveau, territoire, modalite, rentree, valeur, statut FROM valeur"
_ETATS = "SELECT indicateur, niveau, territoire, modalite, rentree, reference, etat FROM comparaison"
_TENDANCES = "SELECT indicateur, niveau, territoire, modalite, etat FROM tendance"


def compare_bases(avant: Base | None, apres: Base) -> Changements:
    """Compare a base with the one that it will replace.

    Args:
        avant: the base served now, None for a first publication.
        apres: the base built, not served yet.
    """
    noms = _read_noms(avant, apres)
    valeurs = _compare_valeurs(_face(avant, apres, _VALEURS, [*_CLE, "rentree"]))
    etats = _compare_etats(_face(avant, apres, _ETATS, [*_CLE, "rentree", "reference"]))
    tendances = _face(avant, apres, _TENDANCES, _CLE)
    tendances = tendances[tendances["etat_avant"].notna() & tendances["etat"].notna()]
    tendances = tendances[tendances["etat_avant"] != tendances["etat"]]
    tableaux = _count_tableaux(valeurs, etats, tendances)
    sortes = valeurs["sorte"].value_counts()
    return Changements(
        version_avant=None if avant is None else avant.version.numero,
        version=apres.version.numero,
        nb_valeurs_ajoutees=int(sortes.get("ajoutee", 0)),
        nb_valeurs_changees=int(sortes.get("changee", 0)),
        nb_valeurs_retirees=int(sortes.get("retiree", 0)),
        nb_etats=len(etats),
        nb_tendances=len(tendances),
        tableaux_par_niveau={str(n): int(nb) for n, nb in tableaux["niveau"].value_counts().sort_index().items()},
        valeurs=_keep(ValeurChangee, valeurs[valeurs["sorte"] != "ajoutee"], noms),
        etats=_keep(EtatChange, etats.rename(columns={"etat_avant": "avant", "etat": "apres"}), noms),
        tendances=_keep(TendanceChangee, tendances.rename(columns={"etat_avant": "avant", "etat": "apres"}), noms),
        tableaux=_keep(TableauChange, tableaux, noms),
    )


def _face(avant: Base | None, apres: Base, sql: str, cle: list[str]) -> pd.DataFrame:
    """Rows of both bases side by side; the columns that are not keys, before, end in `_avant`. Only what differs."""
    ensuite = apres.requete(sql)
    ancien = ensuite.iloc[:0] if avant is None else avant.requete(sql)
    autres = [nom for nom in ensuite.columns if nom not in cle]
    face = ancien.merge(ensuite, on=cle, how="outer", suffixes=("_avant", ""))
    egaux = [(face[f"{nom}_avant"] == face[nom]) | (face[f"{nom}_avant"].isna() & face[nom].isna()) for nom in autres]
    return face[~np.logical_and.reduce(egaux)].reset_index(drop=True)


def _compare_valeurs(face: pd.DataFrame) -> pd.DataFrame:
    """Sort of each change, and its size in écarts utiles; what is secret on one side is told without any figure."""
    catalogue = load_catalogue()
    utiles = {code: fiche.ecart_utile / fiche.echelle for code, fiche in catalogue.items()}
    ecart = (face["valeur"] - face["valeur_avant"]).abs()
    # Sums are made in another order from one base to the next: their last digits are not a change.
    bruit = (face["statut_avant"] == face["statut"]) & (ecart <= 1e-9 * face["valeur"].abs().clip(lower=1))
    face, ecart = face[~bruit].copy(), ecart[~bruit]
    secret = (face["statut_avant"] == "secret") | (face["statut"] == "secret")
    face["ecarts_utiles"] = (ecart / face["indicateur"].map(utiles).astype(float)).where(~secret)
    face["avant"], face["apres"] = face["valeur_avant"].where(~secret), face["valeur"].where(~secret)
    presents = [face["statut_avant"].isna(), face["statut"].isna()]
    face["sorte"] = np.select(presents, ["ajoutee", "retiree"], default="changee")
    return face.sort_values(["ecarts_utiles", *_CLE, "rentree"], ascending=[False] + [True] * 5, na_position="last")


def _compare_etats(face: pd.DataFrame) -> pd.DataFrame:
    """Answers that change; one that appears or goes with its figure counts when it is a flag. Flags first."""
    drapeau = face["etat_avant"].isin(DRAPEAUX) | face["etat"].isin(DRAPEAUX)
    garde = face[drapeau | (face["etat_avant"].notna() & face["etat"].notna())]
    garde = garde.assign(drapeau=drapeau[garde.index], ordre=garde["niveau"].map(_rank))
    return garde.sort_values(["drapeau", "ordre", *_CLE, "rentree"], ascending=[False] + [True] * 6)


def _rank(niveau: str) -> int:
    return _NIVEAUX.index(Niveau(niveau))


def _count_tableaux(valeurs: pd.DataFrame, etats: pd.DataFrame, tendances: pd.DataFrame) -> pd.DataFrame:
    tables = {"nb_valeurs": valeurs, "nb_etats": etats, "nb_tendances": tendances}
    comptes = pd.concat(
        [table.groupby(["niveau", "territoire"]).size().rename(nom) for nom, table in tables.items()], axis=1
    )
    comptes = comptes.fillna(0).astype(int).rename_axis(["niveau", "territoire"]).reset_index()
    comptes = comptes.assign(ordre=comptes["niveau"].map(_rank))
    return comptes.sort_values(["nb_etats", "nb_valeurs", "ordre", "territoire"], ascending=[False, False, True, True])


def _read_noms(avant: Base | None, apres: Base) -> dict[tuple[str, str], str]:
    """Name of each territory, as the new base writes it, else as the old one did."""
    bases = [base for base in (avant, apres) if base is not None]
    return {(n, c): nom for base in bases for n, c, nom in base.lignes("SELECT niveau, code, nom FROM territoire")}


def _keep(modele: type, lignes: pd.DataFrame, noms: dict[tuple[str, str], str]) -> tuple:
    """The first rows, as objects."""
    catalogue, champs = load_catalogue(), modele.model_fields
    gardees = lignes.head(LIGNES_GARDEES).astype(object)
    objets = []
    for ligne in gardees.where(gardees.notna(), None).to_dict("records"):
        ligne["nom"] = noms.get((ligne["niveau"], ligne["territoire"])) or ligne["territoire"]
        if "titre" in champs:
            fiche = catalogue.get(ligne["indicateur"])
            ligne["titre"] = fiche.titre_court if fiche else ligne["indicateur"]
        objets.append(modele(**{nom: ligne[nom] for nom in champs}))
    return tuple(objets)
