"""What is loaded, domain by rentrée, as an HTML table: grey only, for it judges nothing. Pure, no Streamlit."""

from collections.abc import Sequence

from dashboard import theme
from dashboard.formats import INSECABLE, echapper, format_rentree
from dashboard.navigation import lien
from indicators.tableaux_de_bord.accueil import Cellule, Couverture


def render_couverture(couvertures: Sequence[Couverture]) -> str:
    """Table of the domains over the last rentrées, with its key."""
    rentrees = [cellule.rentree for cellule in couvertures[0].cellules]
    entetes = "".join(
        f'<th scope="col"{" class=vieux" if rang < len(rentrees) - 4 else ""}>{r}</th>'
        for rang, r in enumerate(rentrees)
    )
    lignes = "".join(_render_domaine(c) for c in couvertures)
    return (
        '<div class="hd"><h2>Ce qui est chargé</h2>'
        f'<a class="lien note" href="{lien("methode")}">Détail par indicateur</a></div>'
        '<table class="cov"><caption class="sr">Données chargées, par domaine et par rentrée</caption><thead><tr>'
        f'<th scope="col">Domaine, rentrée</th>{entetes}<th scope="col" class="num">jusqu’à</th></tr></thead>'
        f'<tbody>{lignes}</tbody></table><p class="cl10"><span>{_draw_cellule("complet")}complet</span>'
        f"<span>{_draw_cellule('partiel')}en partie</span><span>{_draw_cellule('aucun')}rien</span>"
        f"<span>chiffre{INSECABLE}: indicateurs</span></p>"
    )


def _render_domaine(couverture: Couverture) -> str:
    debut = len(couverture.cellules) - 4
    cellules = "".join(
        f'<td{" class=vieux" if rang < debut else ""} title="{echapper(_describe(cellule))}">'
        f"{_draw_cellule(cellule.etat, _describe(cellule))}</td>"
        for rang, cellule in enumerate(couverture.cellules)
    )
    fin = format_rentree(couverture.derniere)
    nom = f"{couverture.domaine.titre} <small>{couverture.nb_indicateurs}</small>"
    return f'<tr><th scope="row">{nom}</th>{cellules}<td class="num">{fin}</td></tr>'


def _describe(cellule: Cellule) -> str:
    if cellule.etat != "partiel":
        return f"{format_rentree(cellule.rentree)}{INSECABLE}: {'complet' if cellule.etat == 'complet' else 'rien'}"
    manquants = ", ".join(cellule.manquants[:6]) + ("…" if len(cellule.manquants) > 6 else "")
    return f"{format_rentree(cellule.rentree)}, en partie{INSECABLE}; manquent{INSECABLE}: {manquants}".replace(
        f"{INSECABLE};", "\u202f;"
    )


def _draw_cellule(etat: str, libelle: str = "") -> str:
    gris = theme.ENCRE3
    dessins = {
        "complet": f'<rect x="1" y="1" width="24" height="11" fill="{gris}"/>',
        "partiel": f'<rect x="1.5" y="1.5" width="23" height="10" fill="#fff" stroke="{gris}"/>'
        f'<path d="M1 1h12v11H1Z" fill="{gris}"/>',
        "aucun": f'<path d="M9 6.5h8" stroke="{theme.BORD}"/>',
    }
    acces = f'role="img" aria-label="{echapper(libelle)}"' if libelle else 'aria-hidden="true"'
    return f'<svg width="26" height="13" viewBox="0 0 26 13" {acces}>{dessins[etat]}</svg>'
