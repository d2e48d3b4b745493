"""The page Problématiques of a territory as ready HTML: summary, arguments, lists, reading notes. Pure."""

from dashboard import theme
from dashboard.formats import INSECABLE, echapper, format_date, html_ordinaux
from dashboard.navigation import lien
from dashboard.onglets import CSS as CSS_ONGLETS
from dashboard.probabilites import draw_traits, write_probabilite
from dashboard.problematiques_figures import draw_figure
from dashboard.problematiques_indices import render_indices
from dashboard.problematiques_listes import render_listes, render_notes
from indicators.base import Base
from indicators.catalogue import get_indicateur
from indicators.francais import capitaliser
from indicators.tableaux_de_bord.objets_problematiques import Problematique, VueProblematiques
from indicators.tableaux_de_bord.phrases_problematiques import (
    is_defavorable,
    say_domaines,
    write_chiffres,
    write_comptes,
    write_eleves,
    write_levier,
    write_phrase,
    write_titre,
)
from indicators.tableaux_de_bord.vue_problematiques import build_vue_problematiques

CSS = theme.read_statique("problematiques.css") + CSS_ONGLETS


def render_comptes(base: Base, code: str) -> str:
    """Counts of the rules, for the right end of the tabs."""
    vue = build_vue_problematiques(base, code)
    return write_comptes(vue) if vue.nb_regles else ""


def render_page(base: Base, code: str) -> str:
    """Everything below the tabs."""
    vue = build_vue_problematiques(base, code)
    version = base.version
    mention = f"Base version{INSECABLE}{version.numero}, publiée le {format_date(version.publie_le)}."
    titre = f'<div class="msgp"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2></div>'
    if not vue.nb_regles:
        return f'<div class="pbs">{titre}{_render_parents(vue)}</div>'
    arguments = "".join(render_argument(p, rang) for rang, p in enumerate(vue.trouvees, start=1))
    suite = render_listes(vue) + render_notes(vue, mention)
    return f'<div class="pbs">{titre}{_render_resume(vue)}{arguments}{suite}</div>'


def _render_parents(vue: VueProblematiques) -> str:
    """Where problématiques can be read, from an établissement."""
    liens = ", ".join(
        f'<a href="{echapper(lien("problematiques", territoire=t.code))}">{echapper(t.nom)}</a>' for t in vue.parents
    )
    return f'<p class="note lien">Lire celles de{INSECABLE}: {liens}</p>' if liens else ""


def _render_resume(vue: VueProblematiques) -> str:
    """The findings in one row each."""
    if not vue.trouvees:
        return ""
    lignes = "".join(_render_resume_ligne(p, rang) for rang, p in enumerate(vue.trouvees, start=1))
    return (
        '<table class="ov"><caption class="sr">Les constats en bref</caption><thead><tr><th></th>'
        '<th scope="col">Constat</th><th scope="col">Ce que disent les chiffres</th><th scope="col">Domaines</th>'
        '<th scope="col" class="pp">Probabilité du profil entier</th><th scope="col">chances sur 20</th>'
        f'<th scope="col" class="num">Élèves</th></tr></thead><tbody>{lignes}</tbody></table>'
    )


def _render_resume_ligne(problematique: Problematique, rang: int) -> str:
    regle, p = problematique.regle, problematique.probabilite or 0.0
    eleves = write_eleves(problematique).split(" ")[0]
    return (
        f'<tr><td class="k">{rang}</td><th scope="row"><a href="#{regle.code}">{html_ordinaux(regle.titre)}</a></th>'
        f"<td>{_mark_sens(problematique)}{html_ordinaux(capitaliser(write_chiffres(problematique)))}</td>"
        f'<td class="g2">{say_domaines(problematique)}</td><td class="pp"><b>{write_probabilite(p)}</b></td>'
        f'<td>{draw_traits(p)}</td><td class="num">{eleves}</td></tr>'
    )


def _mark_sens(problematique: Problematique) -> str:
    """▼ or ▲ where the first gap goes against pupils, or for them; nothing where it is without judgement."""
    principal = problematique.principal
    contre = is_defavorable(principal) if principal else None
    if contre is None:
        return ""
    classe, signe = ("def", "▼") if contre else ("fav", "▲")
    return f'<span class="{classe}" aria-hidden="true">{signe}</span> '


def render_argument(problematique: Problematique, rang: int) -> str:
    """One finding as a short argument: sentence, probability, evidence, drawing, questions and cautions."""
    regle, p = problematique.regle, problematique.probabilite or 0.0
    progres = regle.genre == "progres"
    titre = '<span class="fav">▲ Progrès à partager</span>' if progres else html_ordinaux(regle.titre)
    levier = ""
    if problematique.levier is not None:
        levier = f"<b>Ce qui changerait la lecture{INSECABLE}:</b> {write_levier(problematique.levier, p)}"
        levier = f'<p class="ch">{levier}</p>'
    return (
        f'<article class="pr" id="{regle.code}"><div class="nu" aria-hidden="true">{rang}</div>'
        f'<header><div><p class="rg">{titre}</p><h2>{html_ordinaux(write_phrase(problematique))}</h2></div>'
        f'<div class="po"><p><b>{write_probabilite(p)}</b>{draw_traits(p)}</p>'
        f'<p class="g2">{html_ordinaux(write_eleves(problematique))}</p></div></header>'
        f'<div class="ev">{render_indices(problematique)}{levier}</div>{draw_figure(problematique)}'
        f"{_render_textes(problematique, progres)}</article>"
    )


def _render_textes(problematique: Problematique, progres: bool) -> str:
    """Questions, readings to avoid, and what to look at next."""
    regle = problematique.regle
    suites = ", ".join(
        f'<a href="{echapper(lien("indicateur", territoire=problematique.territoire.code, indicateur=code))}">'
        f"{html_ordinaux(get_indicateur(code).titre_court)}</a>"
        for code in regle.a_regarder
    )
    titre = "À présenter au COPIL" if progres else "Questions pour le COPIL"
    return (
        f'<div class="tx"><h3>{titre}</h3>{_render_liste(regle.questions, "q")}<h3>À ne pas lire ainsi</h3>'
        f'{_render_liste(regle.a_ne_pas_lire, "n")}<p class="nx">À regarder ensuite{INSECABLE}: {suites}</p></div>'
    )


def _render_liste(textes: tuple[str, ...], classe: str) -> str:
    return f'<ul class="{classe}">{"".join(f"<li>{html_ordinaux(texte)}</li>" for texte in textes)}</ul>'
