"""The first page as HTML: map and list linked by hover, coverage, findings, readers. Pure, no Streamlit."""

from dashboard import plans, theme
from dashboard.couverture import render_couverture
from dashboard.formats import (
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    format_ecart,
    format_intervalle,
    format_rentree,
    format_valeur,
    html_ordinaux,
    nommer,
)
from dashboard.navigation import lien
from indicators.base import Base
from indicators.tableaux_de_bord.accueil import (
    Accueil,
    Charge,
    Groupe,
    build_accueil,
    list_recherche,
)
from indicators.tableaux_de_bord.objets import Constat, Ligne
from indicators.tableaux_de_bord.phrases_problematiques import format_probabilite, say_probabilite
from indicators.territoires import Niveau, Territoire

CSS = theme.read_statique("accueil.css")
NIVEAUX = (Niveau.RESEAU.value, Niveau.INTER_RESEAU.value)
"""Levels that a click on the map can open."""

__all__ = ["CSS", "NIVEAUX", "list_recherche", "render_direct", "render_page", "render_tete"]

_LARGEUR, _HAUTEUR = 352, 372
_PAS = 0.7
"""Borders are drawn with points at least that far apart, in pixels."""
_TYPES = {"ecole": "école", "college": "collège", "lycee": "lycée"}


def render_tete(base: Base) -> str:
    """Title and counts."""
    accueil = build_accueil(base)
    inter_reseaux = [g for g in accueil.groupes if g.inter_reseau]
    comptes = accorder(accueil.nb_reseaux, "réseau", "réseaux")
    comptes += f", {accorder(len(inter_reseaux), 'inter-réseau', 'inter-réseaux')}"
    types = ", ".join(accorder(accueil.nb_par_type[t], mot) for t, mot in _TYPES.items() if t in accueil.nb_par_type)
    total = accorder(sum(accueil.nb_par_type.values()), "établissement")
    academie = nommer(accueil.academie) if accueil.academie else "Académie"
    provisoires = " Périmètres provisoires." if accueil.est_provisoire else ""
    return (
        f'<div class="tete10"><h1>{comptes}{INSECABLE}:<br> les lire, les comparer, les suivre</h1>'
        f'<p>{echapper(academie)}, {total}<span class="de">{INSECABLE}: {types}</span>.{provisoires}</p></div>'
    )


def render_direct(base: Base) -> str:
    """Links to the académie and its départements, under the search field."""
    accueil = build_accueil(base)
    cibles = [*([accueil.academie] if accueil.academie else []), *accueil.departements]
    liens = " · ".join(
        f'<a href="{_tableau(t)}">{"académie" if t is accueil.academie else echapper(t.nom)}</a>' for t in cibles
    )
    return f'<p class="direct lien">Ou directement{INSECABLE}: {liens}</p>'


def render_page(base: Base, niveau: str, numero: int, resume: str) -> str:
    """Everything under the head.

    Args:
        niveau: what a click on the map opens, one of `NIVEAUX`.
        numero: of the version shown.
        resume: what changed in that version.
    """
    accueil = build_accueil(base)
    return (
        f'<div class="g3c">{_render_carte(accueil, niveau)}{_render_liste(accueil)}'
        f"<section>{render_couverture(accueil.couvertures)}{_render_nouveau(accueil, numero, resume)}</section></div>"
        f"{_render_a_noter(accueil)}{_render_lecteurs(accueil)}"
    )


def _tableau(territoire: Territoire) -> str:
    return echapper(lien("tableau_de_bord", territoire=territoire.code))


def _render_carte(accueil: Accueil, niveau: str) -> str:
    boutons = "".join(
        f'<a href="{echapper(lien("accueil", niveau=code))}"{" aria-current=true" if code == niveau else ""}>'
        f"{capitaliser(Niveau(code).pluriel)}</a>"
        for code in NIVEAUX
    )
    return (
        '<section><div class="hd"><h2>Sur la carte</h2>'
        f'<span class="seg" role="group" aria-label="Ce qu’un clic ouvre">{boutons}</span></div>'
        f"{draw_carte(accueil, niveau)}</section>"
    )


def draw_carte(accueil: Accueil, niveau: str) -> str:
    """Map of the réseaux without values; each zone of the level is a link, named directly."""
    departements = [accueil.contours.get(t.code) for t in accueil.departements]
    projection = plans.fit(accueil.contours.values(), _LARGEUR, _HAUTEUR, 2)
    if projection is None:
        return (
            '<p class="note">Aucun contour dans la base\u202f: chargez la table des contours, ou utilisez la liste.</p>'
        )
    zones = [g.inter_reseau for g in accueil.groupes if g.inter_reseau]
    if niveau == Niveau.RESEAU:
        zones = [r for g in accueil.groupes for r in g.reseaux]
    reseaux = "".join(projection.path(accueil.contours.get(r.code), _PAS) for g in accueil.groupes for r in g.reseaux)
    groupes = "".join(
        projection.path(accueil.contours.get(g.inter_reseau.code), _PAS) for g in accueil.groupes if g.inter_reseau
    )
    limites = "".join(projection.path(contour, _PAS) for contour in departements)
    fonds = "".join(_draw_zone(t, accueil, projection) for t in zones)
    bords = "".join(_draw_bord(t, accueil, projection) for t in zones)
    noms = "".join(_draw_nom(t, accueil, projection) for t in zones) if niveau != Niveau.RESEAU else ""
    quoi = f"Carte des {len(zones)} {Niveau(niveau).pluriel}"
    return (
        f'<svg class="map" viewBox="0 0 {_LARGEUR} {_HAUTEUR}" role="group" aria-label="{quoi}">{fonds}'
        '<g pointer-events="none" fill="none" stroke-linejoin="round">'
        f'<path d="{reseaux}" stroke="#fff" stroke-width=".9"/>'
        f'<path d="{groupes}" stroke="{theme.BORD}" stroke-width="1"/>'
        f'<path d="{limites}" stroke="{theme.ENCRE}" stroke-width="1.2" stroke-dasharray="1.2 2.2"/></g>'
        f"{bords}{noms}</svg>{_KEY}"
    )


_KEY = (
    '<p class="cl10"><span><svg width="22" height="8" aria-hidden="true"><path d="M0 5H22" stroke="#1B1F27" '
    'stroke-width="1.2" stroke-dasharray="1.2 2.2"/></svg>département</span><span><svg width="22" height="8" '
    'aria-hidden="true"><path d="M0 5H22" stroke="#8B8E96"/></svg>inter-réseau</span>'
    "<span>blanc\u00a0: réseau</span></p>"
)


def _draw_zone(territoire: Territoire, accueil: Accueil, projection: plans.Projection) -> str:
    chemin = projection.path(accueil.contours.get(territoire.code), _PAS)
    nom = echapper(nommer(territoire))
    return (
        f'<a class="zone" href="{_tableau(territoire)}" data-code="{echapper(territoire.code)}" aria-label="{nom}">'
        f'<title>{nom}</title><path class="fond" d="{chemin}"/></a>'
    )


def _draw_bord(territoire: Territoire, accueil: Accueil, projection: plans.Projection) -> str:
    """Outline shown on hover, above every other line."""
    chemin = projection.path(accueil.contours.get(territoire.code), _PAS)
    return f'<path class="bord" data-code="{echapper(territoire.code)}" d="{chemin}"/>'


def _draw_nom(territoire: Territoire, accueil: Accueil, projection: plans.Projection) -> str:
    centre = plans.get_centre(accueil.contours.get(territoire.code))
    if centre is None:
        return ""
    x, y = projection.point(*centre)
    moitie = 5.9 / 2 * max(len(partie) for partie in _split(territoire.nom))
    x = min(max(x, moitie), _LARGEUR - moitie)
    lignes = "".join(
        f'<tspan x="{x:.0f}" dy="{13 if rang else 0}">{echapper(partie)}</tspan>'
        for rang, partie in enumerate(_split(territoire.nom))
    )
    haut = y + 4 - 6.5 * (len(_split(territoire.nom)) - 1)
    return (
        f'<text class="nom" y="{haut:.0f}" text-anchor="middle" data-code="{echapper(territoire.code)}">{lignes}</text>'
    )


def _split(nom: str) -> list[str]:
    """A long name on two lines, cut at the hyphen or the space nearest to its middle."""
    coupes = [i + (nom[i] == "-") for i, lettre in enumerate(nom) if lettre in " -"]
    if len(nom) < 14 or not coupes:
        return [nom]
    coupe = min(coupes, key=lambda i: abs(i - len(nom) / 2))
    return [nom[:coupe].strip(), nom[coupe:].strip()]


def _render_liste(accueil: Accueil) -> str:
    groupes = "".join(_render_groupe(groupe) for groupe in accueil.groupes)
    return (
        '<section><div class="hd"><h2>Par inter-réseau</h2>'
        '<span class="note">en gras l’inter-réseau, dessous ses réseaux</span></div>'
        f'<ul class="irs">{groupes}</ul></section>'
    )


def _render_groupe(groupe: Groupe) -> str:
    reseaux = "<span>, </span>".join(
        f'<a href="{_tableau(r)}" data-code="{echapper(r.code)}">{echapper(r.nom)}</a>' for r in groupe.reseaux
    )
    ir = groupe.inter_reseau
    titre = f'<a href="{_tableau(ir)}">{echapper(ir.nom)}</a>' if ir else "Sans inter-réseau"
    avec = " ".join(r.code for r in groupe.reseaux)
    return (
        f'<li data-code="{echapper(ir.code if ir else "")}" data-avec="{echapper(avec)}">'
        f"<h3>{titre}</h3><p>{reseaux}</p></li>"
    )


def _render_nouveau(accueil: Accueil, numero: int, resume: str) -> str:
    items = [echapper(resume)] if resume else []
    items += [html_ordinaux(_say_charge(charge)) for charge in accueil.charges[: 4 - len(items)]]
    if accueil.attendus:
        titres = ", ".join(titre.split(" (")[0] for titre in accueil.attendus[:3]) + (
            "…" if len(accueil.attendus) > 3 else ""
        )
        items = [*items[:3], f"Attendu{INSECABLE}: {html_ordinaux(titres)}"]
    liste = "".join(f"<li>{item}</li>" for item in items)
    return f'<div class="new"><h2>Dans la version {numero}</h2><ul>{liste}</ul></div>'


def _say_charge(charge: Charge) -> str:
    lignes = accorder(charge.nb_lignes, "ligne")
    if charge.rentree_max is None:
        return f"{charge.titre}{INSECABLE}: {lignes}"
    annees = format_rentree(charge.rentree_max)
    if charge.rentree_min != charge.rentree_max:
        annees = f"{format_rentree(charge.rentree_min)} à {annees}"
    return f"{charge.titre}, {annees}{INSECABLE}: {lignes}"


def _render_a_noter(accueil: Accueil) -> str:
    items = "".join(_render_finding(ligne) for ligne in accueil.a_noter)
    items = items or "<li>Aucun écart établi dans cette version.</li>"
    ecarts = f"<h2>À noter dans l’académie</h2><ul>{items}</ul>"
    constats = "".join(_render_constat(constat) for constat in accueil.constats)
    if constats:
        ecarts += f'<h2>Croisements</h2><ul class="deux">{constats}</ul>'
    return f'<div class="note10">{ecarts}</div>'


def _render_constat(constat: Constat) -> str:
    """«Haut Poitou, socle fragile malgré un contexte favorable : quasi certain, 97 %.»"""
    code, nom = constat.territoire.code, echapper(constat.territoire.nom)
    adresse = echapper(lien("problematiques", territoire=code))
    return (
        f'<li><a href="{_tableau(constat.territoire)}">{nom}</a>, '
        f'<a href="{adresse}">{html_ordinaux(_lower(constat.regle.titre))}</a>{INSECABLE}: '
        f"{say_probabilite(constat.probabilite)}, {format_probabilite(constat.probabilite)}.</li>"
    )


def _render_finding(ligne: Ligne) -> str:
    style, comparaison, indicateur = theme.ETATS[ligne.etat], ligne.comparaison, ligne.indicateur
    adresse = lien("indicateur", territoire=ligne.territoire.code, indicateur=indicateur.code)
    valeur, reference = (format_valeur(indicateur, v) for v in (ligne.valeur.valeur, comparaison.valeur_reference))
    intervalle = format_intervalle(indicateur, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
    return (
        f'<li><b class="{style.classe}">{style.signe} {format_ecart(indicateur, comparaison.ecart, unite=True)}</b> '
        f'<a href="{_tableau(ligne.territoire)}">{echapper(ligne.territoire.nom)}</a>, '
        f'<a href="{echapper(adresse)}">{html_ordinaux(_lower(indicateur.titre_court))}</a>{INSECABLE}: {valeur} '
        f'contre {reference} dans le reste de l’académie, intervalle <span class="nb">{intervalle}</span>.</li>'
    )


def _lower(titre: str) -> str:
    return titre if titre.split()[0].isupper() else titre[:1].lower() + titre[1:]


def _render_lecteurs(accueil: Accueil) -> str:
    academie = accueil.academie.code if accueil.academie else None
    tableau = lien("tableau_de_bord", territoire=academie)
    return (
        '<div class="qui"><section><h2>Coordonner</h2><p>Forces, fragilités, croisements\u00a0: '
        f'<a href="{echapper(tableau)}">tableau de bord</a>, '
        f'<a href="{echapper(lien("problematiques", territoire=academie))}">problématiques</a></p></section>'
        "<section><h2>Comparer</h2><p>Un indicateur, tous les territoires\u00a0: "
        f'<a href="{lien("carte")}">carte</a>, <a href="{lien("indicateur")}">indicateur</a>, '
        f'<a href="{lien("evolutions")}">évolutions</a></p></section>'
        "<section><h2>Comprendre</h2><p>Définitions, sources, ruptures, calculs\u00a0: "
        f'<a href="{lien("methode")}">méthode</a></p></section>'
        "<section><h2>Charger</h2><p>Un extrait, puis une version\u00a0: "
        "<code>python -m indicators charger</code></p></section></div>"
    )
