"""Which territories share which problématique, as ready HTML: a matrix, and the map of one rule. Pure, no Streamlit.

Certainty is ink, from white to black, never a colour: it says how sure a profile is, not whether it is good.
"""

from collections.abc import Sequence

from dashboard import cartes, theme
from dashboard.formats import FINE, INSECABLE, capitaliser, compter, echapper, format_date, html_ordinaux
from dashboard.navigation import lien
from dashboard.probabilites import write_probabilite
from indicators.base import Base
from indicators.problematiques import Regle
from indicators.tableaux_de_bord.phrases_problematiques import format_probabilite
from indicators.tableaux_de_bord.vue_partage import Case, LignePartage, VuePartage, build_vue_partage
from indicators.territoires import Niveau

CSS = theme.read_statique("carte.css") + theme.read_statique("partage.css")
_CLASSES = (
    (0.895, "p4", "#1B1F27", f"90{INSECABLE}% et plus"),
    (0.745, "p3", "#5F6675", f"75 à 89{INSECABLE}%"),
    (0.595, "p2", "#A3A8B4", f"60 à 74{INSECABLE}%"),
    (0.395, "p1", "#D9DBE1", f"indécise, 40 à 59{INSECABLE}%"),
    (0.0, "p0", "#FFFFFF", f"moins de 40{INSECABLE}%"),
)
"""Classes of certainty: lower bound, CSS class, ink of the map, words of the key."""


def list_choix(base: Base, niveau: Niveau) -> dict[str, str]:
    """Rules that can be mapped at a level: code → title, most shared first."""
    vue = build_vue_partage(base, niveau)
    ordre = sorted(vue.regles, key=lambda r: (-vue.count(r.code)["trouvee"], r.ordre))
    return {regle.code: regle.titre for regle in ordre}


def render_page(base: Base, niveau: Niveau, regle: str, selection: str) -> str:
    """Title, matrix, map of the rule chosen, key and notes.

    Args:
        regle: code of the rule mapped, one of `list_choix`.
        selection: code of the territory outlined.
    """
    vue = build_vue_partage(base, niveau)
    if not vue.regles:
        return '<h2 class="msg">Aucune règle ne se lit à ce niveau</h2>'
    choisie = next(r for r in vue.regles if r.code == regle)
    version = base.version
    mention = f"Base version{INSECABLE}{version.numero}, publiée le {format_date(version.publie_le)}."
    return (
        f'<div class="par"><div class="msgp"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2></div>'
        f'<div class="pw"><div>{render_matrice(vue, regle, selection)}</div>'
        f"<div>{_render_carte(vue, choisie, selection)}{_render_cle()}</div></div>"
        f'<p class="src">{_write_notes(vue)} {mention}</p></div>'
    )


def write_titre(vue: VuePartage) -> str:
    """The rule that most territories share: «« Socle et contexte fragiles » est partagée par cinq réseaux»."""
    premiere = max(vue.regles, key=lambda r: (vue.count(r.code)["trouvee"], -r.ordre))
    nombre = vue.count(premiere.code)["trouvee"]
    if not nombre:
        return f"Aucune problématique n’est probable, dans aucun des {len(vue.lignes)} {vue.niveau.pluriel}"
    qui = f"{compter(nombre)} {vue.niveau.libelle if nombre == 1 else vue.niveau.pluriel} sur {len(vue.lignes)}"
    concernes = sum(1 for ligne in vue.lignes if ligne.nb_trouvees)
    debut = f"«{INSECABLE}{premiere.titre}{INSECABLE}» ressort dans {qui}"
    if concernes == nombre:
        return debut
    return f"{debut}{FINE}; {compter(concernes)} ont au moins une problématique probable"


def render_matrice(vue: VuePartage, regle: str, selection: str) -> str:
    """Territories in rows, most findings first; rules in columns; the mapped rule is marked."""
    lignes = sorted(vue.lignes, key=lambda li: -li.nb_trouvees)
    entetes = "".join(_render_entete(vue, r, r.code == regle) for r in vue.regles)
    corps = "".join(_render_ligne(vue, ligne, ligne.territoire.code == selection) for ligne in lignes)
    totaux = "".join(f'<td class="tot">{vue.count(r.code)["trouvee"] or ""}</td>' for r in vue.regles)
    return (
        f'<table class="mx"><caption class="sr">Probabilité de chaque problématique, par {vue.niveau.libelle}</caption>'
        f'<thead><tr><th scope="col">{capitaliser(vue.niveau.libelle)}</th>{entetes}</tr></thead><tbody>{corps}</tbody>'
        f'<tfoot><tr><th scope="row">Trouvées</th>{totaux}</tr></tfoot></table>'
    )


def _render_entete(vue: VuePartage, regle: Regle, est_choisie: bool) -> str:
    adresse = lien("problematiques", vue="territoires", niveau=vue.niveau.value, regle=regle.code)
    marque = ' aria-current="true"' if est_choisie else ""
    return (
        f'<th scope="col"{marque}><a href="{echapper(adresse)}" title="{echapper(regle.resume)}">'
        f"<span>{html_ordinaux(regle.titre_court)}</span></a></th>"
    )


def _render_ligne(vue: VuePartage, ligne: LignePartage, est_choisie: bool) -> str:
    code = echapper(ligne.territoire.code)
    adresse = echapper(lien("problematiques", territoire=ligne.territoire.code))
    cases = "".join(_render_case(ligne.cases.get(r.code)) for r in vue.regles)
    classe = ' class="choisi"' if est_choisie else ""
    return (
        f'<tr{classe} data-code="{code}"><th scope="row"><a href="{adresse}">{echapper(ligne.territoire.nom)}</a></th>'
        f"{cases}</tr>"
    )


def get_classe(case: Case) -> tuple[str, str]:
    """(CSS class, ink of the map) of a probability."""
    p = case.probabilite or 0.0
    return next((classe, encre) for borne, classe, encre, _ in _CLASSES if p >= borne)


def _render_case(case: Case | None) -> str:
    if case is None or case.probabilite is None:
        return '<td class="nd hach"><span class="sr">sans données</span></td>'
    classe, _ = get_classe(case)
    # Under 40 % the cell stays white: most of the table is, and that is the message.
    texte = f"{case.probabilite * 100:.0f}" if classe != "p0" else ""
    return f'<td class="{classe}" title="{write_probabilite(case.probabilite)}">{texte}</td>'


def _render_carte(vue: VuePartage, regle: Regle, selection: str) -> str:
    if not vue.contours:
        return '<p class="note">Aucun contour n’est chargé : la matrice dit tout.</p>'.replace(" :", f"{INSECABLE}:")
    fond = cartes.project(vue.contours, vue.contours_departements)
    aspects = {ligne.territoire.code: _make_aspect(ligne, regle) for ligne in vue.lignes}
    description = f"{regle.titre}{INSECABLE}: probabilité par {vue.niveau.libelle}"
    dessin = cartes.Dessin("partage", fond, aspects, description, selection, vue.villes, bord=theme.BORD)
    return (
        f'<h3 class="reg">{html_ordinaux(regle.titre)}</h3><p class="note">{html_ordinaux(regle.resume)}</p>'
        f'<div class="cpar">{cartes.draw(dessin)}</div>'
    )


def _make_aspect(ligne: LignePartage, regle: Regle) -> cartes.Aspect:
    case = ligne.cases.get(regle.code)
    adresse = lien("problematiques", territoire=ligne.territoire.code)
    if case is None or case.probabilite is None:
        return cartes.Aspect(theme.PAPIER, f"{ligne.territoire.nom}{INSECABLE}: sans données", "hachures", lien=adresse)
    _, encre = get_classe(case)
    titre = f"{ligne.territoire.nom}{INSECABLE}: {format_probabilite(case.probabilite)}"
    return cartes.Aspect(encre, titre, lien=adresse)


def _render_cle() -> str:
    """Classes from the surest down, and the hatch."""
    classes: Sequence[str] = [
        f'<li><i style="background:{encre}"></i>{libelle}</li>' for _, _, encre, libelle in _CLASSES
    ]
    return f'<ul class="clp">{"".join(classes)}<li><i class="hach"></i>sans données</li></ul>'


def _write_notes(vue: VuePartage) -> str:
    provisoire = " Périmètres provisoires." if vue.est_provisoire else ""
    return (
        f"Chaque case{INSECABLE}: la probabilité du profil entier, en %. Elle dit une certitude, non une gravité. "
        f"Un en-tête choisit la carte{FINE}; un nom ouvre le territoire.{provisoire}"
    )
