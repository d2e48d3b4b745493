"""The foot of a tableau de bord as HTML: how to read it, its signs, sources and perimeter. Pure, no Streamlit."""

from dashboard.formats import FINE, format_nombre, html_ordinaux
from dashboard.navigation import lien
from dashboard.tableau_lignes import Colonnes, is_disperse
from indicators.tableaux_de_bord.comparaisons import REFERENCES
from indicators.tableaux_de_bord.objets import TableauDeBord


def render_notes(tableau: TableauDeBord, colonnes: Colonnes, mention: str) -> str:
    """Reading notes, signs, sources and perimeter, at the foot of the page."""
    sources = f"{FINE}; ".join(tableau.sources)
    source = "provisoire" if tableau.identite.est_provisoire else tableau.identite.source_perimetre
    perimetre = f"<p><b>Périmètre</b> {_PERIMETRES[source]}</p>" if source else ""
    return (
        f'<footer class="bas-page"><div class="src">{_explain(tableau, colonnes)}</div>'
        f'<div class="src"><p><b>Sources.</b> {html_ordinaux(sources) or "Aucun extrait chargé."}</p>{perimetre}'
        f"<p>{html_ordinaux(mention)}</p>"
        f'<p class="lien"><a href="{lien("methode")}">Méthode</a></p></div></footer>'
    )


_PERIMETRES = {
    "officiel": "de la table officielle des réseaux.",
    "annuaire": "de l’annuaire de l’éducation\u00a0: un réseau est une circonscription, un inter-réseau un bassin.",
    "provisoire": "provisoire, tracé d’après les intercommunalités et les arrondissements, "
    "en attendant la table officielle.",
}
_SIGNES = (
    "<p><b>r</b>\u00a0: effectif reconstitué à partir d’un taux arrondi. <b>a</b>\u00a0: dénominateur approché. "
    "<b>m</b>\u00a0: moyenne simple, sans effectifs. <b>p</b>\u00a0: des établissements manquent à l’extrait. "
    "Trait pointillé d’une courbe\u00a0: rupture de série.</p>"
)
_LECTURE_SEULE = (
    "<p><b>Lecture.</b> Les valeurs sont celles de l’ensemble du territoire, sans comparaison ni jugement. "
    "L’étendue est celle de ses réseaux, le trait vertical leur médiane.</p>"
)
_LECTURE = (
    "<p><b>Lecture.</b> L’écart compare le territoire {a}, {precision}, en points de l’indicateur. "
    "L’intervalle à 95\u00a0% dit ce que le hasard permet. Forces et fragilités ne retiennent que les deux dernières "
    "rentrées\u202f; la bande grise y marque l’écart utile, en deçà duquel une différence ne compte pas.</p>"
)
_FAMILLE = (
    "<p>{nombre} comparaisons de ce niveau et de cette référence ont été jugées ensemble\u202f; le risque de fausse "
    "alerte y est contrôlé à 5\u00a0% (Benjamini-Hochberg). Un écart certain mais plus petit que "
    "l’écart utile est dit comparable.</p>"
)


def _explain(tableau: TableauDeBord, colonnes: Colonnes) -> str:
    if not colonnes.is_compare:
        return _LECTURE_SEULE + _SIGNES
    famille = _FAMILLE.format(nombre=format_nombre(tableau.famille)) if tableau.famille else ""
    precision = next((r.precision for r in REFERENCES.values() if r.a == colonnes.a), "")
    lignes = [ligne for bloc in tableau.domaines for ligne in bloc.lignes]
    disperses = _DISPERSES if any(map(is_disperse, lignes)) else ""
    robuste = _ROBUSTE if any(li.tendance and li.tendance.est_contredite for li in lignes) else ""
    return _LECTURE.format(a=colonnes.a, precision=precision) + famille + disperses + _SIGNES + robuste


_DISPERSES = (
    "<p>Sous un nom, «\u00a0de … à …\u00a0»\u00a0: ses établissements diffèrent, et le hasard n’explique pas plus "
    "de la moitié de ces écarts.</p>"
)
_ROBUSTE = (
    "<p><b>robuste</b>\u00a0: pente de Theil-Sen, par an, montrée là où elle répond autrement que la pente "
    "ordinaire.</p>"
)
