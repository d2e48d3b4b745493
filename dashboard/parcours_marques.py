"""The marks of a path as SVG: gap and interval, name, figures under it; and the texts of the drawing. Pure."""

import re
from collections.abc import Sequence

from dashboard import theme, traces
from dashboard.formats import echapper, format_nombre
from dashboard.parcours_gabarit import LIMITE, Gabarit, Place
from dashboard.parcours_textes import (
    describe_marque,
    write_intervalle,
    write_label,
    write_tendance,
    write_tendance_courte,
    write_valeurs,
)
from dashboard.tableau_lignes import link
from indicators.tableaux_de_bord.objets_parcours import VueParcours
from indicators.tableaux_de_bord.phrases_parcours import explain_motif

TEINTE = "#FBE7D3"
"""Column of the most fragile mark."""
_ORDINAL = re.compile(r"(?<=\d)(ᵉʳ|ᵈᵉ|ʳᵉ|ᵉ)")
_EN_EXPOSANT = {"ᵉʳ": "er", "ᵈᵉ": "de", "ʳᵉ": "re", "ᵉ": "e"}


def draw_texte(
    x: float, y: float, texte: str, taille: float, couleur: str = theme.ENCRE2, gras: bool = False,
    ancre: str = "middle", halo: str = "", serif: bool = False,
) -> str:  # fmt: skip
    """A text, with a halo where it may lie over lines; ordinals raised."""
    attributs = f' stroke="{halo}" stroke-width="{taille / 4:.1f}" paint-order="stroke"' if halo else ""
    police = f" font-family='{theme.SERIF}'" if serif else ""
    return (
        f'<text{police} x="{x:.1f}" y="{y:.1f}" text-anchor="{ancre}" font-size="{taille:g}" '
        f'font-weight="{600 if gras else 400}" fill="{couleur}"{attributs}>{_raise(echapper(texte), taille)}</text>'
    )


def _raise(texte: str, taille: float) -> str:
    dy = taille * 0.3
    return _ORDINAL.sub(
        lambda m: (
            f'<tspan font-size="{taille * 0.68:.1f}" dy="{-dy:.1f}">{_EN_EXPOSANT[m[1]]}</tspan>'
            f'<tspan dy="{dy:.1f}">\u200b</tspan>'
        ),
        texte,
    )


def draw_nom(place: Place, g: Gabarit) -> str:
    """The name of a mark, which opens its indicator at the rentrée read."""
    lue = place.lue
    lignes = "".join(
        draw_texte(place.x, g.y_nom + i * g.interligne, ligne, g.texte, theme.ENCRE, gras=True)
        for i, ligne in enumerate(lue.marque.lignes)
    )
    adresse = echapper(link(lue.ligne, lue.ligne.valeur.rentree if lue.est_lue else None))
    return f'<a href="{adresse}"><title>{echapper(lue.indicateur.titre)}</title>{lignes}</a>'


def draw_marque(vue: VueParcours, place: Place, g: Gabarit) -> str:
    """A mark that has a figure: its drawing, then its figures."""
    chiffres = _draw_pente(place, g) if g.est_grand else _draw_chiffres(vue, place, g)
    libelle = echapper(describe_marque(vue, place.etape, place.lue))
    return f'<g class="marque" role="img" aria-label="{libelle}">{_draw_forest(vue, place, g)}{chiffres}</g>'


def draw_absentes(vue: VueParcours, groupe: Sequence[Place], g: Gabarit) -> str:
    """Neighbours without a figure: «nd», and why; once where they share the reason."""
    x = (groupe[0].x0 + groupe[-1].x1) / 2
    raisons = [(place.x, explain_motif(place.lue, place.etape.etape)) for place in groupe]
    if len({mots for _, mots in raisons}) == 1:
        raisons = [(x, raisons[0][1])]
    y = g.y_lignes[0]
    mots = "".join(draw_texte(x, y + i * g.interligne, mot, g.petit) for x, m in raisons for i, mot in enumerate(m))
    libelle = echapper(". ".join(describe_marque(vue, place.etape, place.lue) for place in groupe))
    nd = draw_texte(x, g.centre + g.texte * 0.35, "nd", g.texte, gras=True, halo="#fff")
    return f'<g class="absente" role="img" aria-label="{libelle}">{nd}{mots}</g>'


def _draw_forest(vue: VueParcours, place: Place, g: Gabarit) -> str:
    """The gap and its interval; where nothing is compared, the value on the ribbon."""
    lue, x = place.lue, place.x
    if lue.hauteur is None:
        return draw_texte(x, g.centre + g.label * 0.35, write_valeurs(lue)[0], g.label, theme.ENCRE, gras=True)
    style = theme.ETATS[lue.etat]
    rayon = 5.6 * g.marque
    bord = LIMITE - 0.9 * rayon / g.unite  # a mark beyond the scale stays whole inside it
    y = g.y(max(-bord, min(bord, lue.hauteur)))
    haut, bas = y - rayon, y + rayon
    traits = ""
    if lue.hauteurs is not None and lue.etat != "sans_test":
        haut, bas = min(haut, g.y(lue.hauteurs[1])), max(bas, g.y(lue.hauteurs[0]))
        traits = (
            f'<path class="trait" d="M{x:.1f} {g.y(lue.hauteurs[0]):.1f}V{g.y(lue.hauteurs[1]):.1f}" '
            f'stroke="{style.couleur}" stroke-width="{g.trait:g}"/>{_draw_bouts(lue.hauteurs, x, g, style.couleur)}'
        )
    gras, halo = style.marque not in ("disque", "creux"), TEINTE if lue is vue.fragilite else "#fff"
    label = write_label(lue, court=g.est_grand)
    return (
        f"{_draw_attendu(place, g)}{traits}"
        f'<g transform="translate({x:.1f} {y:.1f}) scale({g.marque:g})">{traces.mark(lue.etat, 0, 0)}</g>'
        + draw_texte(x, _find_label(place, haut, bas, g), label, g.label, style.couleur, gras=gras, halo=halo)
    )


def _find_label(place: Place, haut: float, bas: float, g: Gabarit) -> float:
    """Baseline of a label: over a mark above the line, else under it; past the expected value if it is in the way."""
    lettres = g.label * 0.72
    dessus = place.lue.hauteur >= 0
    y = haut - g.label * 0.44 if dessus else bas + g.label
    attendue = place.lue.hauteur_attendue
    if g.est_grand or attendue is None or not y - lettres - 4 < g.y(attendue) < y + 4:
        return y
    return g.y(attendue) - 6 if dessus else g.y(attendue) + lettres + 6


def _draw_bouts(hauteurs: tuple[float, float], x: float, g: Gabarit, couleur: str) -> str:
    """An open chevron where a whisker goes on beyond the scale."""
    t = g.trait * 1.7
    bouts = ""
    if hauteurs[1] > LIMITE:
        bouts += f"M{x - t:.1f} {g.y(LIMITE) + t:.1f}L{x:.1f} {g.y(LIMITE):.1f}L{x + t:.1f} {g.y(LIMITE) + t:.1f}"
    if hauteurs[0] < -LIMITE:
        bouts += f"M{x - t:.1f} {g.y(-LIMITE) - t:.1f}L{x:.1f} {g.y(-LIMITE):.1f}L{x + t:.1f} {g.y(-LIMITE) - t:.1f}"
    return f'<path d="{bouts}" fill="none" stroke="{couleur}" stroke-width="{g.trait * 0.7:.1f}"/>' if bouts else ""


def _draw_attendu(place: Place, g: Gabarit) -> str:
    attendue = place.lue.hauteur_attendue
    if g.est_grand or attendue is None or abs(attendue) > LIMITE:
        return ""
    trait = f'stroke="{theme.ENCRE2}" stroke-width="1.4" stroke-dasharray="4 2.5"'
    return f'<path class="attendu" d="M{place.x - 13:.1f} {g.y(attendue):.1f}h26" {trait}/>'


def _draw_chiffres(vue: VueParcours, place: Place, g: Gabarit) -> str:
    """Value and reference, interval, slope and word, pupils; the ribbon holds the value where nothing is compared."""
    lue, x = place.lue, place.x
    y_valeur, y_intervalle, y_pente, y_mot, y_eleves = g.y_lignes
    valeur, reference = write_valeurs(lue)
    premiere = (
        f'<text x="{x:.1f}" y="{y_valeur:g}" text-anchor="middle" font-size="{g.texte:g}" fill="{theme.ENCRE2}">'
        f'<tspan font-weight="600" fill="{theme.ENCRE}">{valeur}</tspan>{reference}</text>'
    )
    pente, mot, couleur = write_tendance(lue)
    etablie = couleur != theme.ENCRE2
    return (
        (premiere if vue.est_compare else "")
        + draw_texte(x, y_intervalle, write_intervalle(lue), g.petit)
        + draw_texte(x, y_pente, pente, g.texte if etablie else g.petit, couleur, gras=etablie)
        + draw_texte(x, y_mot, mot, g.petit, couleur)
        + draw_texte(x, y_eleves, format_nombre(lue.ligne.valeur.denominateur), g.petit)
    )


def _draw_pente(place: Place, g: Gabarit) -> str:
    pente, couleur = write_tendance_courte(place.lue)
    return draw_texte(place.x, g.y_lignes[0], pente, g.texte, couleur, gras=couleur != theme.ENCRE2)
