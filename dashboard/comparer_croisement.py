"""The crossing of two indicators as ready HTML: scatter, quadrants, line of the context, caution. Pure."""

import math
from dataclasses import dataclass

from dashboard import theme, traces
from dashboard.classes import pas_rond
from dashboard.comparer_entetes import name_colonne
from dashboard.comparer_entonnoir import write_texte
from dashboard.comparer_indicateur import choose_taille
from dashboard.comparer_table import render_chiffres
from dashboard.courbes import PAS_AXE
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    compter,
    echapper,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from indicators.catalogue import Indicateur, Nature
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.vue_comparer import Colonne
from indicators.tableaux_de_bord.vue_comparer_croisement import (
    PAS_IPS,
    Droite,
    PointCroise,
    VueCroisement,
)

GRAND, PETIT = (860, 520), (352, 400)
"""Sizes of the scatter, in pixels: wide screens, phones."""
_GAUCHE, _DROITE, _HAUT, _BAS = 56, 16, 26, 52
_RAYON_MAX = 15


def render_page(vue: VueCroisement, avec_droite: bool, selection: str) -> str:
    """The whole view, below its selectors; `selection`: code of the territory named on the chart."""
    titre = (
        f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2><p>{_write_sous_titre(vue)}</p></div>'
    )
    if not vue.points:
        return f'{titre}<p class="note">Aucun territoire n’a de chiffre sur les deux indicateurs.</p>'
    dessins = [draw_croisement(vue, selection, *taille) for taille in (GRAND, PETIT)]
    return (
        f'{titre}<p class="avert">{_CAUTION}</p><div class="crw"><div>{choose_taille(*dessins)}'
        f'</div><div class="pan">{_render_quadrants(vue)}{_render_droite(vue, avec_droite)}{_render_absents(vue)}</div>'
        f'</div>{render_chiffres(vue)}<p class="src pied">{_write_source(vue)}</p>'
    )


_CAUTION = (
    "Deux indicateurs qui varient ensemble ne disent pas que l’un cause l’autre\u00a0: un troisième, comme le contexte "
    "social, peut les porter tous deux. Un point est un territoire, non un élève."
)


def write_titre(vue: VueCroisement) -> str:
    """How many territories lie on the same side of the académie on both indicators."""
    noms = f"{name_colonne(vue.y)} et {_lower(name_colonne(vue.x))}"
    if not vue.quadrants:
        return f"{noms}{INSECABLE}: {accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)}"
    deux = vue.quadrants[False, False]
    cote_x, cote_y = (_side(c, favorable=False) for c in (vue.x, vue.y))
    ou = f"{cote_y} de l’académie pour les deux"
    if cote_x != cote_y:
        ou = f"{cote_y} de l’académie en ordonnée, {cote_x} en abscisse"
    qui = f"{compter(deux)} {vue.niveau.libelle if deux < 2 else vue.niveau.pluriel} sur {len(vue.points)}"
    return f"{noms}{INSECABLE}: {qui} {ou}"


def _lower(nom: str) -> str:
    return nom if nom.split()[0].isupper() else nom[0].lower() + nom[1:]


def _write_sous_titre(vue: VueCroisement) -> str:
    annees = f"{format_rentree(vue.y.rentree)} en ordonnée, {format_rentree(vue.x.rentree)} en abscisse"
    if vue.x.rentree == vue.y.rentree:
        annees = format_rentree(vue.x.rentree)
    surface = f"{FINE}; surface{INSECABLE}: {vue.y.indicateur.unite_effectif}" if _has_effectifs(vue) else ""
    provisoire = " Périmètres provisoires." if vue.est_provisoire else ""
    return html_ordinaux(
        f"{accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)}, {annees}{surface}{FINE}; traits fins"
        f"{INSECABLE}: valeurs de l’académie. Survolez un point pour ses intervalles à 95{INSECABLE}%, ou ouvrez les "
        "chiffres sous le graphique."
        f"{provisoire}"
    )


def _has_effectifs(vue: VueCroisement) -> bool:
    return any(p.y.valeur.denominateur for p in vue.points)


@dataclass(frozen=True)
class Plan:
    """Size of the drawing and its two scales, in stored units."""

    largeur: int
    hauteur: int
    x: traces.Echelle
    y: traces.Echelle

    @property
    def bas(self) -> float:
        """Ordinate of the horizontal axis."""
        return self.hauteur - _BAS

    @property
    def droite(self) -> float:
        """End of the horizontal axis."""
        return self.largeur - _DROITE


def draw_croisement(vue: VueCroisement, selection: str, largeur: int = GRAND[0], hauteur: int = GRAND[1]) -> str:
    """The scatter: area by pupils, quadrants at the académie, a cross of intervals on hover, focus or selection."""
    plan = Plan(
        largeur,
        hauteur,
        _make_echelle(vue.x.indicateur, [p.x.valeur for p in vue.points], vue.repere_x, (_GAUCHE, largeur - _DROITE)),
        _make_echelle(vue.y.indicateur, [p.y.valeur for p in vue.points], vue.repere_y, (hauteur - _BAS, _HAUT)),
    )
    plus_gros = max((p.y.valeur.denominateur or 0 for p in vue.points), default=0)
    ordre = sorted(vue.points, key=lambda p: (p.territoire.code == selection, -(p.y.valeur.denominateur or 0)))
    points = "".join(_point(vue, p, plan, plus_gros, p.territoire.code == selection) for p in ordre)
    libelle = echapper(f"{name_colonne(vue.y)} selon {name_colonne(vue.x)}, par {vue.niveau.libelle}")
    droite = _line(vue.droite, plan) if vue.droite else ""
    return (
        f'<svg class="crx" width="{largeur}" height="{hauteur}" viewBox="0 0 {largeur} {hauteur}" role="group" '
        f'aria-label="{libelle}">{_axes(vue, plan)}{droite}{points}</svg>'
    )


def _make_echelle(
    fiche: Indicateur, valeurs: list[Valeur], repere: Valeur, pixels: tuple[float, float]
) -> traces.Echelle:
    """Scale in stored units around the values and the académie; flipped where low is good."""
    montres = [v.valeur * fiche.echelle for v in valeurs]
    if repere.valeur is not None:
        montres.append(repere.valeur * fiche.echelle)
    etendue = (max(montres) - min(montres)) or 1.0
    pas = pas_rond(etendue / 6, PAS_AXE)
    bas = math.floor((min(montres) - 0.03 * etendue) / pas) * pas
    haut = math.ceil((max(montres) + 0.03 * etendue) / pas) * pas
    if fiche.nature is Nature.TAUX:
        bas, haut = max(bas, 0.0), min(haut, 100.0)
    bouts = pixels[::-1] if traces.is_retourne(fiche) else pixels
    return traces.Echelle(bas / fiche.echelle, haut / fiche.echelle, *bouts)


def _axes(vue: VueCroisement, plan: Plan) -> str:
    x, y, bas, droite = plan.x, plan.y, plan.bas, plan.droite
    textes = []
    for valeur, libelle in _ticks(vue.x.indicateur, x, 4 if plan.largeur < GRAND[0] else 7):
        textes.append(f'<path d="M{x(valeur):.1f} {bas}v4" stroke="{theme.ENCRE2}"/>')
        textes.append(write_texte(x(valeur), bas + 18, libelle, "middle"))
    for valeur, libelle in _ticks(vue.y.indicateur, y, 7):
        textes.append(f'<path d="M{_GAUCHE} {y(valeur):.1f}H{droite}" stroke="{theme.TRAIT}"/>')
        textes.append(write_texte(_GAUCHE - 8, y(valeur) + 4, libelle, "end"))
    reperes = ""
    if vue.repere_x.valeur is not None:
        place = x(vue.repere_x.valeur)
        reperes += f"M{place:.1f} {_HAUT}V{bas}"
        valeur = format_valeur(vue.x.indicateur, vue.repere_x.valeur)
        textes.append(write_texte(place + 5, bas - 6, f"académie {valeur}", fond=True))
    if vue.repere_y.valeur is not None:
        place = y(vue.repere_y.valeur)
        reperes += f"M{_GAUCHE} {place:.1f}H{droite}"
        valeur = format_valeur(vue.y.indicateur, vue.repere_y.valeur)
        textes.append(write_texte(droite, place - 5, f"académie {valeur}", "end", fond=True))
    titres = write_texte(0, 13, f"{name_colonne(vue.y)}{_unite(vue.y)}", gras=True) + write_texte(
        droite, plan.hauteur - 8, f"{name_colonne(vue.x)}{_unite(vue.x)}", "end", gras=True
    )
    cadre = f'<path d="M{_GAUCHE} {bas}H{droite}" stroke="{theme.ENCRE}"/>'
    return f'{"".join(textes)}{cadre}<path d="{reperes or "M0 0"}" stroke="{theme.BORD}" fill="none"/>{titres}'


def _unite(colonne: Colonne) -> str:
    morceaux = ["%" if colonne.indicateur.nature is Nature.TAUX else "", ""]
    if traces.is_retourne(colonne.indicateur):
        morceaux[1] = "axe retourné"
    dits = ", ".join(m for m in morceaux if m)
    return f" ({dits})" if dits else ""


def _ticks(fiche: Indicateur, echelle: traces.Echelle, nombre_voulu: int) -> list[tuple[float, str]]:
    bas, haut = (b * fiche.echelle for b in (echelle.d0, echelle.d1))
    pas = pas_rond((haut - bas) / nombre_voulu, PAS_AXE)
    premier = math.ceil(bas / pas - 1e-9) * pas
    valeurs = [premier + i * pas for i in range(math.floor((haut - premier) / pas + 1e-9) + 1)]
    precision = next((d for d in range(3) if all(abs(round(v, d) - v) < 1e-6 for v in valeurs)), 2)
    return [(v / fiche.echelle, format_nombre(v, precision)) for v in valeurs]


def _point(vue: VueCroisement, point: PointCroise, plan: Plan, plus_gros: float, choisi: bool) -> str:
    x, y = plan.x, plan.y
    a, b = x(point.x.valeur.valeur), y(point.y.valeur.valeur)
    n = point.y.valeur.denominateur
    rayon = max(3.5, _RAYON_MAX * math.sqrt(n / plus_gros)) if n and plus_gros else 5.0
    couleur = theme.NAVIGATION if choisi else "#7A7F8C"
    trait = f'stroke="{theme.ENCRE}" stroke-width="1.4"'
    croix = "".join(
        f'<path class="croix" d="{chemin}" {trait}/>'
        for chemin in (_cross(point.x.valeur, x, f"M{{0:.1f}} {b:.1f}H{{1:.1f}}"),
                       _cross(point.y.valeur, y, f"M{a:.1f} {{0:.1f}}V{{1:.1f}}"))
        if chemin
    )  # fmt: skip
    nom = echapper(point.territoire.nom)
    ancre, decalage = ("end", -rayon - 5) if a > 0.6 * plan.largeur else ("start", rayon + 5)
    adresse = lien("tableau_de_bord", territoire=point.territoire.code)
    titre = echapper(_describe(vue, point))
    return (
        f'<a href="{echapper(adresse)}" data-code="{echapper(point.territoire.code)}" aria-label="{titre}"'
        f'{" class=sel" if choisi else ""}><title>{titre}</title>{croix}<circle cx="{a:.1f}" cy="{b:.1f}" '
        f'r="{rayon:.1f}" fill="{couleur}" fill-opacity=".62" stroke="#fff"/><text class="nm" x="{a + decalage:.1f}" '
        f'y="{b - 5:.1f}" text-anchor="{ancre}" font-size="13" font-weight="600" fill="{theme.ENCRE}" stroke="#fff" '
        f'stroke-width="3" paint-order="stroke">{nom}</text></a>'
    )


def _cross(valeur: Valeur, echelle: traces.Echelle, gabarit: str) -> str:
    if valeur.borne_inf is None or valeur.borne_sup is None:
        return ""
    return gabarit.format(echelle(valeur.borne_inf), echelle(valeur.borne_sup))


def _describe(vue: VueCroisement, point: PointCroise) -> str:
    dits = []
    for colonne, cellule in ((vue.y, point.y), (vue.x, point.x)):
        fiche, valeur = colonne.indicateur, cellule.valeur
        bornes = format_intervalle(fiche, valeur.borne_inf, valeur.borne_sup, signe=False)
        dits.append(f"{name_colonne(colonne)} {format_valeur(fiche, valeur.valeur)} {bornes}".strip())
    n = point.y.valeur.denominateur
    effectif = f"{FINE}; {format_nombre(n)} {vue.y.indicateur.unite_effectif}" if n else ""
    return f"{point.territoire.nom}{INSECABLE}: {f'{FINE}; '.join(dits)}{effectif}"


def _line(droite: Droite, plan: Plan) -> str:
    (x0, y0), (x1, y1), x, y = droite.debut, droite.fin, plan.x, plan.y
    return (
        f'<path d="M{x(x0):.1f} {y(y0):.1f}L{x(x1):.1f} {y(y1):.1f}" stroke="{theme.ENCRE}" stroke-width="1.6" '
        'stroke-dasharray="7 4"/>'
    )


def _render_quadrants(vue: VueCroisement) -> str:
    """Counts by quadrant, in words: a drawing alone would hide the points that touch a line."""
    if not vue.quadrants:
        return "<h2>Pas de quadrants</h2><p>L’académie n’a pas de valeur pour l’un des indicateurs.</p>"
    noms = (_lower(vue.x.indicateur.titre_court), _lower(vue.y.indicateur.titre_court))
    lignes = []
    for cote in ((True, True), (True, False), (False, True), (False, False)):
        dits = [_side(c, favorable) for c, favorable in zip((vue.x, vue.y), cote, strict=True)]
        texte = html_ordinaux(capitaliser(f"{noms[0]} {dits[0]}, {noms[1]} {dits[1]}"))
        lignes.append(f"<li><b>{vue.quadrants[cote]}</b><span>{texte}</span></li>")
    return (
        f"<h2>Les quatre quadrants</h2><p>De part et d’autre des valeurs de l’académie, sans test{INSECABLE}: un point "
        f"près d’un trait peut être d’un côté comme de l’autre.</p><ul>{''.join(lignes)}</ul>"
    )


def _side(colonne: Colonne, favorable: bool) -> str:
    haut = favorable is not traces.is_retourne(colonne.indicateur)
    return "au-dessus" if haut else "en dessous"


def _render_droite(vue: VueCroisement, demandee: bool) -> str:
    if not demandee:
        return ""
    droite, fiche = vue.droite, vue.y.indicateur
    if droite is None:
        return "<h2>Pas de droite</h2><p>Trop peu de territoires pour la tracer.</p>"
    precision = max(1, fiche.decimales)
    pente, bas, haut = (
        format_nombre(v * fiche.echelle, precision, signe=True)
        for v in (droite.pente, droite.pente_inf, droite.pente_sup)
    )
    unite = " point" if fiche.nature is Nature.TAUX else ""
    if droite.pente_inf <= 0 <= droite.pente_sup:
        lecture = "l’intervalle contient 0 : aucun lien n’est établi entre les deux"
    else:
        lecture = "les deux vont ensemble d’un territoire à l’autre, sans que l’un cause l’autre"
    return (
        f"<h2>Selon l’IPS</h2><p>Pour {PAS_IPS} points d’IPS de plus{INSECABLE}: {pente}{unite} "
        f"[{bas}{FINE}; {haut}], sur {droite.nb} {vue.niveau.pluriel}{FINE}; "
        f"{lecture.replace(' :', f'{INSECABLE}:')}.</p>"
    )


def _render_absents(vue: VueCroisement) -> str:
    if not vue.absents:
        return ""
    noms = [f"{t.nom} ({theme.ETATS[statut].mot})" for t, statut in vue.absents]
    suite = f" et {len(noms) - 8} autres" if len(noms) > 9 else ""
    montres = noms if len(noms) <= 9 else noms[:8]
    return f'<p class="src">Absents du graphique{INSECABLE}: {echapper(", ".join(montres))}{suite}.</p>'


def _write_source(vue: VueCroisement) -> str:
    sources = f"{FINE}; ".join(vue.sources) or vue.y.indicateur.source
    nombre = accorder(len(vue.points), vue.niveau.libelle, vue.niveau.pluriel)
    return f"n = {nombre}. Sources{INSECABLE}: {html_ordinaux(sources)}."
