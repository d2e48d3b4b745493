"""The rules looked at and not found, undecided or without figures, and how to read the page. Pure, no Streamlit."""

from dashboard.formats import FINE, INSECABLE, echapper, format_nombre, format_rentree, html_ordinaux
from dashboard.navigation import lien
from dashboard.probabilites import draw_traits
from indicators.francais import typographier
from indicators.statistiques.a_priori import NB_TIRAGES
from indicators.tableaux_de_bord.objets_problematiques import Problematique, VueProblematiques
from indicators.tableaux_de_bord.phrases_problematiques import (
    explain_indecise,
    explain_manque,
    format_probabilite,
)


def render_listes(vue: VueProblematiques) -> str:
    """Three lists (four with findings beyond the first five); each rule of the level is somewhere on the page."""
    non_trouvees = "".join(_render_ligne(p) for p in vue.non_trouvees)
    indecises = "".join(_render_ligne(p, explain_indecise(p)) for p in vue.indecises)
    sans = "".join(_render_sans(p) for p in vue.sans_donnee)
    autres = "".join(_render_ligne(p) for p in vue.autres)
    listes = (
        ("Aussi trouvées", "au-delà des cinq premières", autres),
        ("Examinées, non trouvées", "probabilité du profil", non_trouvees),
        ("Indécises", f"entre 40 et 60{INSECABLE}%", indecises),
        ("À décider avec des chiffres", "aucune probabilité", sans),
    )
    blocs = "".join(
        f"<section><h2>{titre}<small>{sous_titre}</small></h2><table><tbody>{lignes}</tbody></table></section>"
        for titre, sous_titre, lignes in listes
        if lignes
    )
    return f'<div class="ls">{blocs}</div>' if blocs else ""


def _render_ligne(problematique: Problematique, precision: str = "") -> str:
    p = problematique.probabilite or 0.0
    suite = f"<small>{html_ordinaux(precision)}</small>" if precision else ""
    return (
        f'<tr><th scope="row" title="{echapper(problematique.regle.resume)}">'
        f"{html_ordinaux(problematique.regle.titre)}{suite}</th><td>{draw_traits(p)}</td>"
        f'<td class="num">{format_probabilite(p)}</td></tr>'
    )


def _render_sans(problematique: Problematique) -> str:
    return (
        f'<tr class="two"><th scope="row" colspan="3"><span class="chip hach"></span>'
        f"{html_ordinaux(problematique.regle.titre)}<small>{html_ordinaux(explain_manque(problematique))}</small></th></tr>"
    )


def render_notes(vue: VueProblematiques, mention: str) -> str:
    """How to read the page, its sources, and the ways out."""
    sources = sorted(
        {
            f"{i.indicateur.source.split('(')[0].strip()} ({format_rentree(i.rentree)})"
            for p in vue.trouvees
            for i in p.indices
            if i.rentree is not None
        }
    )
    return (
        f'<div class="piedp"><div class="src">{_render_lecture()}</div><div class="src">{_render_sources(vue, sources)}'
        f"<p>{mention}</p>{_render_liens(vue)}</div></div>"
    )


_LECTURE = (
    "La probabilité porte sur le profil entier : la part de {tirages} tirages où toutes les conditions tiennent "
    "ensemble, chaque valeur étant ramenée vers celle de son niveau d’autant plus qu’elle repose sur peu d’élèves. "
    "Chaque point d’un croisement vaut quarante tirages. Traits noirs : seuils de la règle ; traits gris : référence ; "
    "ellipse : 95 % des tirages. Un intervalle que la source ne donne pas est estimé par les variations d’une année à "
    "l’autre."
)
_MOTS = (
    "Probabilités calibrées par simulation. Ordre : probabilité × élèves × taille de l’écart. Mots : à confirmer dès "
    "60 %, probable dès 75 %, très probable dès 90 %, quasi certain dès 97 %. Aucune ne dit une cause."
)


def _render_lecture() -> str:
    lecture = typographier(_LECTURE.format(tirages=format_nombre(NB_TIRAGES)))
    methode = echapper(lien("methode", partie="methode"))
    return f'<p><b>Lecture.</b> {lecture}</p><p>{typographier(_MOTS)} <a class="lien" href="{methode}">Méthode</a></p>'


def _render_sources(vue: VueProblematiques, sources: list[str]) -> str:
    if not sources:
        return ""
    provisoire = " Périmètres provisoires." if vue.tete.est_provisoire else ""
    return f"<p><b>Sources.</b> {html_ordinaux(f'{FINE}; '.join(sources))}.{provisoire}</p>"


def _render_liens(vue: VueProblematiques) -> str:
    """Closest territories in problématiques, larger ones, and the matrix of all."""

    def link(territoires) -> str:
        return ", ".join(
            f'<a href="{echapper(lien("problematiques", territoire=t.code))}">{echapper(t.nom)}</a>'
            for t in territoires
        )

    niveau = vue.territoire.niveau.value
    lignes = []
    if vue.voisins:
        lignes.append(f"Territoires aux problématiques les plus proches{INSECABLE}: {link(vue.voisins)}.")
    if vue.parents:
        lignes.append(f"À une autre échelle{INSECABLE}: {link(vue.parents)}.")
    tous = echapper(lien("problematiques", vue="territoires", territoire=vue.territoire.code, niveau=niveau))
    lignes.append(f'<a href="{tous}">Qui partage quoi{INSECABLE}: toutes les règles, tous les territoires</a>')
    return "".join(f'<p class="lien">{ligne}</p>' for ligne in lignes)
