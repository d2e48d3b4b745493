"""The page Méthode as ready HTML: the catalogue that a search narrows, and what was loaded. Pure, no Streamlit."""

import unicodedata
from collections.abc import Sequence

from dashboard import fiche, theme
from dashboard.formats import INSECABLE, accorder, compter, echapper, format_nombre, format_rentree, html_ordinaux
from dashboard.navigation import lien
from dashboard.provenance import format_horodatage
from indicators.base import Base
from indicators.catalogue import Domaine, Indicateur, load_catalogue
from indicators.chemins import RACINE

CSS = theme.read_statique("indicateur.css") + theme.read_statique("methode.css")
DOCUMENT = RACINE / "docs" / "methode.md"
PARTIES = {"catalogue": "Catalogue", "extraits": "Extraits chargés", "methode": "Calculs"}
"""Parts of the page, as in the address and on screen."""


def simplify(texte: str) -> str:
    """Lower case without accents, for searching: «Décrochage» → «decrochage»."""
    decompose = unicodedata.normalize("NFD", texte.lower())
    return "".join(c for c in decompose if not unicodedata.combining(c))


def search(mots: str) -> tuple[Indicateur, ...]:
    """Indicators whose title, domain, code or summary hold every word, accents ignored; all of them without words."""
    cherches = simplify(mots).split()
    return tuple(i for i in load_catalogue().values() if all(mot in _searchable(i) for mot in cherches))


def _searchable(indicateur: Indicateur) -> str:
    return simplify(
        f"{indicateur.titre} {indicateur.titre_court} {indicateur.domaine.titre} {indicateur.code} {indicateur.resume}"
    )


def render_catalogue(indicateurs: Sequence[Indicateur], presents: frozenset[str], mots: str) -> str:
    """Fiches by domain, each opened by a click; a single answer is open at once.

    Args:
        presents: codes that have figures in the base.
    """
    if not indicateurs:
        return (
            f'<p class="vide">Aucune fiche ne contient «{INSECABLE}{echapper(mots)}{INSECABLE}». Essayez un autre '
            f"mot{INSECABLE}: un diplôme, un domaine, un code.</p>"
        )
    ouvert = " open" if len(indicateurs) == 1 else ""
    sections = []
    for domaine in Domaine:
        du_domaine = [i for i in indicateurs if i.domaine is domaine]
        if du_domaine:
            fiches = "".join(_fiche(i, i.code in presents, ouvert) for i in du_domaine)
            compte = accorder(len(du_domaine), "indicateur")
            sections.append(f"<section><h2>{domaine.titre} <small>{compte}</small></h2>{fiches}</section>")
    titre = write_titre(len(indicateurs), len(load_catalogue()))
    return f'<div class="tit"><h2 class="msg">{titre}</h2></div>{"".join(sections)}'


def _fiche(indicateur: Indicateur, present: bool, ouvert: str) -> str:
    lieu = lien("indicateur", indicateur=indicateur.code)
    voir = (
        f'<a class="lien" href="{echapper(lieu)}">voir les chiffres</a>'
        if present
        else '<span class="g3">aucun chiffre chargé</span>'
    )
    return (
        f'<details class="fi"{ouvert}><summary><b>{html_ordinaux(indicateur.titre)}</b>'
        f"<span>{html_ordinaux(indicateur.resume)}</span></summary>"
        f'<div class="fi-c">{fiche.render_fiche(indicateur, large=True)}{fiche.render_a_savoir(indicateur)}'
        f'<p class="note">{voir}</p></div></details>'
    )


def list_presents(base: Base) -> frozenset[str]:
    """Codes of the indicators that have at least one figure."""
    return frozenset(c for (c,) in base.lignes("SELECT DISTINCT indicateur FROM valeur WHERE statut = 'ok'"))


def render_chargements(base: Base) -> str:
    """What was loaded: extract, source, years, lines, date."""
    lignes = base.lignes(
        """SELECT titre_format, source, fichier, rentree_min, rentree_max, nb_lignes, nb_hors_academie, charge_le
        FROM chargement ORDER BY titre_format, rentree_min, fichier"""
    )
    if not lignes:
        return '<p class="vide">Aucun extrait chargé.</p>'
    corps = "".join(_chargement(*ligne) for ligne in lignes)
    return (
        f"<h2>Extraits chargés <small>{accorder(len(lignes), 'fichier')}, version{INSECABLE}{base.version.numero} "
        'de la base</small></h2><div class="defile"><table class="lgn ext"><caption class="sr">'
        "Extraits chargés</caption><thead><tr>"
        '<th scope="col">Extrait</th><th scope="col">Source</th><th scope="col">Rentrées</th>'
        '<th scope="col" class="num">Lignes</th><th scope="col" class="num">Hors académie</th>'
        '<th scope="col">Chargé</th>'
        f"</tr></thead><tbody>{corps}</tbody></table></div>"
    )


def _chargement(
    titre: str, source: str, fichier: str, debut: int | None, fin: int | None, lignes: int, hors: int, charge_le: str
) -> str:
    annees = "" if debut is None else format_rentree(debut)
    if debut is not None and fin is not None and fin != debut:
        annees = f"{annees} à {format_rentree(fin)}"
    return (
        f'<tr><th scope="row"><b>{echapper(titre or fichier)}</b><small>{echapper(fichier)}</small></th>'
        f'<td>{echapper(source or "")}</td><td class="nb">{annees}</td>'
        f'<td class="num">{format_nombre(lignes or 0)}</td>'
        f'<td class="num">{format_nombre(hors) if hors else ""}</td>'
        f'<td class="nb">{format_horodatage(charge_le or "")}</td></tr>'
    )


def read_document() -> str:
    """The text that explains the methods, without its main title (the page has one)."""
    texte = DOCUMENT.read_text(encoding="utf-8")
    return texte.split("\n", 1)[1].strip() if texte.startswith("# ") else texte


def write_titre(nombre: int, total: int) -> str:
    """«61 indicateurs», or «Trois indicateurs sur 61»."""
    if nombre == total:
        return f"Le catalogue{INSECABLE}: {accorder(total, 'indicateur')}"
    mot = compter(nombre)
    return f"{mot[0].upper()}{mot[1:]} indicateur{'s' if nombre > 1 else ''} sur {total}"
