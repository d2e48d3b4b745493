"""The diagnostic of a territory as ready HTML: identity, themes in the order of a COPIL, path, findings, questions.

Pure, no Streamlit. Every part is that of another page; nothing is computed here.
"""

from dashboard import onglets, parcours, tableau, theme
from dashboard.formats import FINE, INSECABLE, echapper, format_date, html_ordinaux
from dashboard.navigation import lien
from dashboard.probabilites import draw_traits, write_probabilite
from dashboard.tableau_lignes import render_etats
from indicators.base import Base
from indicators.francais import typographier
from indicators.tableaux_de_bord.noms_territoires import contract_de
from indicators.tableaux_de_bord.objets_problematiques import Problematique
from indicators.tableaux_de_bord.phrases_parcours import write_titre as write_titre_parcours
from indicators.tableaux_de_bord.phrases_problematiques import write_eleves, write_phrase, write_titre
from indicators.tableaux_de_bord.vue_diagnostic import Partie, VueDiagnostic, build_vue_diagnostic

CSS = tableau.CSS + parcours.CSS + theme.read_statique("diagnostic.css")


def render_page(base: Base, code: str) -> str:
    """The whole page below its head."""
    vue = build_vue_diagnostic(base, code)
    version = base.version
    mention = f"base version{INSECABLE}{version.numero} du {format_date(version.publie_le)}"
    return (
        f'{onglets.render_onglets(code, "diagnostic", f"lu sur la {mention}")}<div class="dg tb">'
        f"{_render_titre(vue)}{tableau.render_identite(vue.tableau)}{_render_parties(vue)}{_render_parcours(vue)}"
        f"{_render_problematiques(vue)}{_render_questions(vue)}{_render_notes(mention)}</div>"
    )


def write_titre_diagnostic(vue: VueDiagnostic) -> str:
    """«Diagnostic du réseau du Niortais»."""
    return f"Diagnostic {contract_de(vue.nom)}"


def _render_titre(vue: VueDiagnostic) -> str:
    themes = f"{FINE}; ".join(partie.theme.titre.lower() for partie in vue.parties)
    return (
        f'<div class="msgd"><h2 class="msg">{html_ordinaux(write_titre_diagnostic(vue))}</h2>'
        f'<p class="note">Dans l’ordre d’un COPIL{INSECABLE}: identité{FINE}; forces et fragilités ({themes}){FINE}; '
        f"parcours{FINE}; problématiques{FINE}; questions.</p></div>"
    )


def _render_parties(vue: VueDiagnostic) -> str:
    """Forces and fragilités, theme by theme; themes without any figure are named together at the end."""
    lues = "".join(_render_partie(partie) for partie in vue.parties if not partie.est_vide)
    vides = [partie.theme.titre for partie in vue.parties if partie.est_vide]
    suite = ""
    if vides:
        suite = f'<p class="note">Sans aucun chiffre dans cette base{INSECABLE}: {html_ordinaux(", ".join(vides))}.</p>'
    return f'<section class="dgt"><h2>Forces et fragilités</h2>{lues}{suite}</section>'


def _render_partie(partie: Partie) -> str:
    lignes = "".join(tableau.render_force(ligne) for ligne in (*partie.fragilites, *partie.forces))
    corps = (
        f"<ul>{lignes}</ul>" if lignes else '<p class="rien">Aucun écart établi dans les deux dernières rentrées.</p>'
    )
    constats = "".join(
        f'<li><a href="#{p.regle.code}">{html_ordinaux(p.regle.titre)}</a> '
        f"<small>{write_probabilite(p.probabilite or 0.0)}</small></li>"
        for p in partie.problematiques
    )
    constats = f'<ul class="cst">{constats}</ul>' if constats else ""
    return (
        f'<div class="dgp"><div><h3>{html_ordinaux(partie.theme.titre)}</h3>'
        f'<p class="cpt">{render_etats(partie.decompte)}</p>{constats}</div><div class="ff">{corps}</div></div>'
    )


def _render_parcours(vue: VueDiagnostic) -> str:
    """The path, where it has figures."""
    if not vue.parcours.lues:
        return ""
    titre = html_ordinaux(write_titre_parcours(vue.parcours))
    adresse = echapper(lien("parcours", territoire=vue.tableau.identite.territoire.code))
    return (
        f'<section class="dgc"><div class="dt"><h2>{titre}</h2><span class="irn lien"><a href="{adresse}">Parcours</a>'
        f'</span></div><div class="pc">{parcours.render_parcours_bloc(vue.parcours)}</div></section>'
    )


def _render_problematiques(vue: VueDiagnostic) -> str:
    """Each finding in three lines: sentence, probability and pupils, what not to read in it."""
    siennes = vue.problematiques
    if not siennes.nb_regles:
        return ""
    adresse = echapper(lien("problematiques", territoire=siennes.territoire.code))
    lignes = "".join(_render_constat(p, rang) for rang, p in enumerate(siennes.trouvees, start=1))
    return (
        f'<section class="dgb"><div class="dt"><h2>{html_ordinaux(write_titre(siennes))}</h2>'
        f'<span class="irn lien"><a href="{adresse}">Indices et croisements</a></span></div>'
        f"{f'<ol>{lignes}</ol>' if lignes else ''}</section>"
    )


def _render_constat(problematique: Problematique, rang: int) -> str:
    p = problematique.probabilite or 0.0
    return (
        f'<li id="{problematique.regle.code}"><span class="k" aria-hidden="true">{rang}</span>'
        f"<div><h3>{html_ordinaux(write_phrase(problematique))}</h3>"
        f'<p class="note">À ne pas lire ainsi{INSECABLE}: '
        f"{html_ordinaux(problematique.regle.a_ne_pas_lire[0])}</p></div>"
        f'<div class="pdg"><b>{write_probabilite(p)}</b>{draw_traits(p)}'
        f"<small>{html_ordinaux(write_eleves(problematique))}</small></div></li>"
    )


def _render_questions(vue: VueDiagnostic) -> str:
    """The first question of each finding: what a COPIL chooses its priorities from."""
    questions = [p.regle.questions[0] for p in vue.problematiques.problemes]
    if not questions:
        return ""
    lignes = "".join(f"<li>{html_ordinaux(question)}</li>" for question in questions)
    return (
        f'<section class="dgq"><h2>Questions pour le COPIL</h2><ol>{lignes}</ol>'
        '<p class="note">La feuille de route en retient deux ou trois, que seul le territoire peut choisir.</p>'
        "</section>"
    )


_NOTES = (
    "L’adresse de cette page garde cette version : ouverte plus tard, elle montre les mêmes chiffres et dit s’il en "
    "existe de plus récents. Écarts établis après correction du nombre de comparaisons ; aucun ne dit une cause."
)


def _render_notes(mention: str) -> str:
    methode = echapper(lien("methode", partie="methode"))
    lecture = f"Lu sur la {mention}. {typographier(_NOTES)}"
    return f'<p class="src dgn">{lecture} <a class="lien" href="{methode}">Méthode</a></p>'
