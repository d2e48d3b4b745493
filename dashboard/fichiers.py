"""CSV files that a spreadsheet opens right in France, and that cannot run anything there. Pure, no Streamlit."""

import csv
import io
from collections.abc import Iterable, Sequence

from dashboard.formats import format_rentree
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.origine import LigneSource
from indicators.tableaux_de_bord.vue_evolutions import Serie

_FORMULES = ("=", "+", "-", "@", "\t", "\r")
MIME = "text/csv"


def write_csv(entetes: Sequence[str], lignes: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM, semicolons, decimal commas; a text that a spreadsheet would run gets a leading apostrophe.

    Numbers are written whole: files are for reuse, screens for reading. None is an empty cell.

    >>> write_csv(["nom", "taux"], [["=1+1", 0.5]]).decode("utf-8-sig")
    "nom;taux\\r\\n'=1+1;0,5\\r\\n"
    """
    sortie = io.StringIO(newline="")
    redacteur = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    redacteur.writerow([_cell(e) for e in entetes])
    redacteur.writerows([_cell(c) for c in ligne] for ligne in lignes)
    return sortie.getvalue().encode("utf-8-sig")


def _cell(contenu: object) -> str:
    if contenu is None:
        return ""
    if isinstance(contenu, float):
        return format(contenu, ".10g").replace(".", ",")
    if isinstance(contenu, int):
        return str(contenu)
    texte = str(contenu)
    return f"'{texte}" if texte.startswith(_FORMULES) else texte


def write_cellules(indicateur: str, rentree: int, modalite: str, cellules: Iterable[Cellule]) -> bytes:
    """A level on one indicator: one line per territory."""
    entetes = [
        "indicateur", "niveau", "territoire", "nom", "rentree", "modalite", "statut", "valeur", "borne_inf",
        "borne_sup", "numerateur", "denominateur", "reference", "ecart", "ecart_inf", "ecart_sup", "etat", "rang_inf",
        "rang_sup", "methode",
    ]  # fmt: skip
    return write_csv(entetes, (_cellule(indicateur, rentree, modalite, c) for c in cellules))


def _cellule(indicateur: str, rentree: int, modalite: str, cellule: Cellule) -> list[object]:
    v, c, r, t = cellule.valeur, cellule.comparaison, cellule.rang, cellule.territoire
    comparaison = [c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup, c.etat] if c else [None] * 5
    return [
        indicateur, t.niveau.value, t.code, t.nom, rentree, modalite, v.statut, v.valeur, v.borne_inf, v.borne_sup,
        v.numerateur, v.denominateur, *comparaison, *([r.rang_inf, r.rang_sup] if r else [None, None]), v.methode,
    ]  # fmt: skip


def write_lignes(lignes: Iterable[LigneSource]) -> bytes:
    """The lines of extracts behind a figure."""
    entetes = ["fichier", "ligne", "territoire", "nom", "numerateur", "denominateur", "valeur", "statut", "methode"]
    corps = (
        [x.fichier, x.ligne, x.territoire.code, x.territoire.nom, x.numerateur, x.denominateur, x.valeur, x.statut,
         x.methode]
        for x in lignes
    )  # fmt: skip
    return write_csv(entetes, corps)


def write_series(series: Iterable[Serie]) -> bytes:
    """Series over time: one line per indicator, territory and rentrée."""
    entetes = [
        "indicateur", "territoire", "nom", "modalite", "rentree", "annee_scolaire", "statut", "valeur", "borne_inf",
        "borne_sup", "numerateur", "denominateur", "reste_academie",
    ]  # fmt: skip
    corps = (
        [
            s.indicateur.code, s.territoire.code, s.territoire.nom, s.modalite, p.valeur.rentree,
            format_rentree(p.valeur.rentree), p.valeur.statut, p.valeur.valeur, p.valeur.borne_inf,
            p.valeur.borne_sup, p.valeur.numerateur, p.valeur.denominateur, p.reference,
        ]
        for s in series
        for p in s.points
    )  # fmt: skip
    return write_csv(entetes, corps)
