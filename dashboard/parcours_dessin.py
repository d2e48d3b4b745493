"""The path as one drawing: a ribbon of forest plots, readable from three metres. Pure, no Streamlit.

The centre line is what the territory is compared with, the ribbon more or less one écart utile; time goes right, so
favourable is up. Marks of different indicators are never joined: no flow is invented. The same function draws the page
and its projection.
"""

from collections.abc import Sequence

from dashboard import theme
from dashboard.formats import echapper
from dashboard.parcours_gabarit import Gabarit, Place, choose_gabarit, find_bornes, group_absentes, place_marques
from dashboard.parcours_marques import TEINTE, draw_absentes, draw_marque, draw_nom, draw_texte
from dashboard.parcours_textes import name_reference, pick_texte
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.objets_parcours import VueParcours
from indicators.tableaux_de_bord.phrases_parcours import list_accolades, write_annee, write_titre

RUBAN = theme.CLASSES_CARTE[2]
_HACHURE = "#CFCBC1"


def draw_parcours(vue: VueParcours, grand: bool = False) -> str:
    """The path as SVG: 1286 × 482 for the page, 1760 × 750 where `grand` (projection).

    A projection keeps to what is read from afar: no interval in figures, no expected value, slopes with their sign.
    """
    g = choose_gabarit(vue, grand)
    places = place_marques(vue, g)
    fond = _draw_colonne(vue, places, g) + _draw_ruban(places, g) + _draw_ligne(vue, places, g)
    etapes = "".join(_draw_etape(places, rang, g) for rang in range(len(vue.etapes)))
    marques = "".join(draw_marque(vue, place, g) for place in places if place.lue.est_lue)
    marques += "".join(draw_absentes(vue, groupe, g) for groupe in group_absentes(places))
    marques += "".join(draw_nom(place, g) for place in places)
    return (
        f'<svg class="ru" width="{g.largeur}" height="{g.hauteur}" viewBox="0 0 {g.largeur} {g.hauteur}" role="group" '
        f"font-family='{theme.SANS}' "
        f'aria-label="Parcours de l’école à l’après-bac. {echapper(write_titre(vue))}.">'
        f"{_draw_motif(g)}{fond}{_draw_entetes(vue, g)}{etapes}{marques}{_draw_cohortes(vue, places, g)}</svg>"
    )


def _draw_motif(g: Gabarit) -> str:
    pas, trait = (10.8, 3.0) if g.est_grand else (5, 1.4)
    return (
        f'<defs><pattern id="nd{g.largeur}" width="{pas}" height="{pas}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{pas}" height="{pas}" fill="#fff"/>'
        f'<rect width="{trait}" height="{pas}" fill="{_HACHURE}"/></pattern></defs>'
    )


def _draw_colonne(vue: VueParcours, places: Sequence[Place], g: Gabarit) -> str:
    """Tint and words of the most fragile mark: words in the favourable half, which its mark leaves free."""
    place = next((p for p in places if p.lue is vue.fragilite), None)
    if place is None:
        return ""
    mots = "".join(
        draw_texte(place.x, g.y_haut + g.interligne * (i + 1), mot, max(14, g.texte), theme.DEFAVORABLE, gras=True)
        for i, mot in enumerate(("point de", "fragilité"))
    )
    return (
        f'<rect class="fragilite" x="{place.x0:.1f}" y="{g.y_haut:g}" width="{place.x1 - place.x0:.1f}" '
        f'height="{g.y_bas - g.y_haut:g}" fill="{TEINTE}"/>{mots}'
    )


def _draw_ruban(places: Sequence[Place], g: Gabarit) -> str:
    """One arrow per step; slots without a figure are hatched."""
    rubans = ""
    for rang in range(places[-1].rang + 1):
        x0, x1 = find_bornes(places, rang)
        rubans += f'<path d="{_trace_ruban(x0, x1, g, rang > 0, True)}" fill="{RUBAN}"/>'
    for groupe in group_absentes(places):
        premiere, derniere = groupe[0], groupe[-1]
        bords = premiere.premiere and premiere.rang > 0, derniere.derniere
        rubans += (
            f'<path class="nd" d="{_trace_ruban(premiere.x0, derniere.x1, g, *bords)}" '
            f'fill="url(#nd{g.largeur})" stroke="{theme.TRAIT2}"/>'
        )
    return rubans


def _trace_ruban(x0: float, x1: float, g: Gabarit, entaille: bool, pointe: bool) -> str:
    """A band of one écart utile a side, from x0 to x1, with a notch at its left and an arrow at its right."""
    haut, bas = g.y(1), g.y(-1)
    droite = f"L{x1 + g.pointe:.1f} {g.centre:g}L{x1:.1f} {bas:.1f}" if pointe else f"V{bas:.1f}"
    gauche = f"L{x0 + g.pointe:.1f} {g.centre:g}" if entaille else ""
    return f"M{x0:.1f} {haut:.1f}H{x1:.1f}{droite}H{x0:.1f}{gauche}Z"


def _draw_ligne(vue: VueParcours, places: Sequence[Place], g: Gabarit) -> str:
    """The centre line, over what is read; none where nothing is compared."""
    if not vue.est_compare:
        return ""
    traits, suite = "", []
    for place in [*places, None]:
        if place is not None and place.lue.est_lue:
            suite.append(place)
        elif suite:
            fin = suite[-1].x1 + (g.pointe if suite[-1].derniere else 0)
            debut = suite[0].x0 - (g.pointe / 2 if suite[0] is places[0] else 0)
            traits += f"M{debut:.1f} {g.centre:g}H{fin:.1f}"
            suite = []
    return f'<path class="reference" d="{traits}" stroke="{theme.ENCRE}" stroke-width="{g.trait * 0.45:.1f}"/>'


def _draw_entetes(vue: VueParcours, g: Gabarit) -> str:
    """Words at the left of the rows."""
    compare, grand = vue.est_compare, g.est_grand
    mots = []
    if compare:
        premiere, _, seconde = name_reference(vue).rpartition(" ")
        pas = g.interligne
        for i, mot in enumerate(filter(None, (premiere, seconde))):
            mots.append(
                draw_texte(0, g.centre - 0.25 * pas + i * pas, mot, g.texte, theme.ENCRE, gras=True, ancre="start")
            )
        for y, lignes in ((g.y(2.9), ("↑ plus", "favorable")), (g.y(-2.9), ("↓ moins", "favorable"))):
            mots += [draw_texte(0, y + i * pas, mot, g.texte, ancre="start") for i, mot in enumerate(lignes)]
    titres = ("pente par an",) if grand else (
        "valeur · réf." if vue.reference != PRINCIPALE else "valeur · reste", "écart, 95\u00a0%", "tendance",
        "", "élèves",
    )  # fmt: skip
    if not compare and not grand:
        titres = ("", "intervalle", *titres[2:])
    mots += [
        draw_texte(0, y, titre, g.petit, gras=not grand, ancre="start")
        for y, titre in zip(g.y_lignes, titres, strict=True)
        if titre
    ]
    if list_accolades(vue):
        mots.append(draw_texte(0, g.y_cohorte, "cohorte", g.texte, gras=not grand, ancre="start"))
    return "".join(mots)


def _draw_etape(places: Sequence[Place], rang: int, g: Gabarit) -> str:
    x0, x1 = find_bornes(places, rang)
    etape = next(p.etape for p in places if p.rang == rang)
    trait = f'stroke="{theme.ENCRE}" stroke-width="{g.trait * 0.38:.1f}"'
    return (
        draw_texte(x0, g.y_titre, etape.etape.titre, g.titre, theme.ENCRE, gras=True, ancre="start", serif=True)
        + f'<path class="regle" d="M{x0:.1f} {g.y_regle:g}H{x1:.1f}" {trait}/>'
        + draw_texte(x0, g.y_annee, write_annee(etape), g.texte, ancre="start")
    )


def _draw_cohortes(vue: VueParcours, places: Sequence[Place], g: Gabarit) -> str:
    """A bracket per cohort; for the last year of each indicator, the cohort of each step without a bracket."""
    dessin = ""
    for accolade in list_accolades(vue):
        x0, x1 = find_bornes(places, accolade.premiere)[0], find_bornes(places, accolade.derniere)[1]
        if vue.entree is not None:
            pied = g.y_accolade + g.trait * 1.5
            dessin += (
                f'<path class="accolade" d="M{x0:.1f} {g.y_accolade:g}V{pied:g}H{x1:.1f}V{g.y_accolade:g}" fill="none" '
                f'stroke="{theme.ENCRE2}" stroke-width="{g.trait * 0.38:.1f}"/>'
            )
        texte = pick_texte(accolade.textes, x1 - x0 + g.gap, g.texte)
        dessin += draw_texte((x0 + x1) / 2, g.y_cohorte, texte, g.texte, theme.ENCRE)
    return dessin
