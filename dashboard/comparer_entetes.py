"""Short headings of the columns of the heat map: a column is 53 px wide. Pure, no Streamlit."""

import textwrap

from dashboard.formats import html_ordinaux
from indicators.catalogue import ENSEMBLE, Domaine
from indicators.tableaux_de_bord.vue_comparer import Colonne

_DOMAINES = {
    Domaine.CONTEXTE: ("Contexte", "Ctx"),
    Domaine.SOCLE: ("Maîtrise du socle", "Socle"),
    Domaine.ORIENTATION: ("Orientation", "Orient."),
    Domaine.DECROCHAGE: ("Décrochage", "Décr."),
    Domaine.LYCEE: ("Lycée et après", "Lycée"),
}


def name_court(colonne: Colonne) -> str:
    """Ready HTML of a heading, on two or three short lines; cut from the short title where the fiche gives none."""
    fiche = colonne.indicateur.en_colonne.get(colonne.modalite)
    lignes = fiche.titre.split("|") if fiche else textwrap.wrap(name_colonne(colonne), 9, max_lines=3, placeholder="…")
    return "<br>".join(html_ordinaux(ligne) for ligne in lignes)


def name_colonne(colonne: Colonne) -> str:
    """Short title of the indicator, with the modalité where it is not the whole."""
    fiche = colonne.indicateur
    if colonne.modalite == ENSEMBLE:
        return fiche.titre_court
    return f"{fiche.titre_court}, {fiche.modalites[colonne.modalite].lower()}"


def name_domaine(domaine: Domaine, nb: int) -> str:
    """Heading over `nb` columns of a domain: its whole name where it fits."""
    entier, abrege = _DOMAINES[domaine]
    return entier if len(entier) <= 8 * nb else abrege
