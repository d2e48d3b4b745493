"""The tableau de bord of a territory as HTML: head, identity, forces, fragilités, domains. Pure, no Streamlit."""

from collections.abc import Sequence

from dashboard import plans, theme, traces
from dashboard.formats import (
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    elider,
    format_date,
    format_ecart,
    format_nombre,
    format_rentree,
    format_valeur,
    html_gras,
    html_ordinaux,
    nommer,
)
from dashboard.navigation import lien
from dashboard.probabilites import draw_traits, write_probabilite
from dashboard.tableau_lignes import Colonnes, link, name, render_etats, render_table
from dashboard.tableau_notes import render_notes
from indicators.base import Base
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, REFERENCES
from indicators.tableaux_de_bord.construction import build_tableau_de_bord
from indicators.tableaux_de_bord.identite import read_tete
from indicators.tableaux_de_bord.lignes import get_niveau_place
from indicators.tableaux_de_bord.objets import BlocDomaine, Identite, Ligne, TableauDeBord
from indicators.tableaux_de_bord.sujets import get_reference
from indicators.territoires import Niveau

CSS = theme.read_statique("tableau.css")

_TYPES = {"ecole": "école", "college": "collège", "lycee": "lycée", "autre": "autre"}


def render_tete(base: Base, code: str) -> str:
    """Breadcrumb, name, and the mark of a provisional perimeter."""
    tete = read_tete(base, code)
    fil = "".join(
        f'<a href="{echapper(lien("tableau_de_bord", territoire=t.code))}">{echapper(nommer(t))}</a> › '
        for t in tete.chemin
    )
    ici = " ".join(filter(None, (capitaliser(tete.territoire.niveau.libelle), echapper(tete.precision))))
    provisoire = '<span class="prov">périmètre provisoire</span>' if tete.est_provisoire else ""
    return f'<div class="fil">{fil}{ici}</div><h1>{echapper(tete.territoire.nom)}{provisoire}</h1>'


def render_page(base: Base, code: str, rentree: int | None, reference: str = PRINCIPALE) -> str:
    """The whole page below its head, ready for `bloc.show`; `reference` is what it is compared with."""
    version = base.version
    mention = f"Base version\u00a0{version.numero}, publiée le {format_date(version.publie_le)}."
    return body(build_tableau_de_bord(base, code, rentree, reference), mention)


def body(tableau: TableauDeBord, mention: str = "") -> str:
    """Identity band, forces and fragilités, key, one table per domain, reading notes."""
    colonnes = Colonnes.make(tableau)
    domaines = "".join(_render_domaine(bloc, colonnes) for bloc in tableau.domaines)
    forces = _render_forces(tableau) + _render_cle(colonnes) if colonnes.is_compare and _count(tableau) else ""
    haut = _render_reference(tableau) + render_identite(tableau) + _render_constats(tableau) + forces
    return f'<div class="tb">{haut}{domaines}{render_notes(tableau, colonnes, mention)}</div>'


def _render_reference(tableau: TableauDeBord) -> str:
    """With another reference than the main one: what is compared here, and what the other pages say."""
    if tableau.reference == PRINCIPALE:
        return ""
    reference, territoire = REFERENCES[tableau.reference], tableau.identite.territoire
    semblables = ", ".join(
        f'<a href="{echapper(lien("tableau_de_bord", territoire=t.code))}">{echapper(t.nom)}</a>'
        for t in tableau.semblables
    )
    semblables = f" ({semblables})" if semblables else ""
    ici = f"Ici, chaque ligne est comparée <b>{reference.a}</b>{semblables}."
    if not _count(tableau):
        ici = f"Aucun chiffre de cette page ne se compare <b>{reference.a}</b>{semblables}."
    retour = echapper(lien("tableau_de_bord", territoire=territoire.code, rentree=tableau.rentree))
    return (
        f'<p class="autre">{ici} Sur les autres pages, l’état est celui de la comparaison au reste de l’académie. '
        f'<span class="lien"><a href="{retour}">Revenir au reste de l’académie</a></span></p>'
    )


def render_identite(tableau: TableauDeBord) -> str:
    """The identity band: map, pupils, context, «En bref» and the counts of the states."""
    identite = tableau.identite
    phrases = "".join(f"<li>{html_gras(phrase)}</li>" for phrase in tableau.en_bref)
    phrases = phrases or "<li>La base ne contient pas encore de chiffre pour ce territoire.</li>"
    cle = f'<figcaption class="leg {plans.pick_coin(identite)}">{_render_types(identite)}</figcaption>'
    return (
        '<section class="id" aria-label="Identité du territoire">'
        f"<figure>{plans.draw_carte_identite(identite)}{cle}</figure>{_render_reperes(identite)}"
        f'<div class="bref"><h2>En bref</h2><ul>{phrases}</ul>{_render_bilan(tableau)}</div></section>'
    )


def _render_constats(tableau: TableauDeBord) -> str:
    """The two most probable problématiques in one line each, and the way to their evidence."""
    if not tableau.constats:
        return ""
    adresse = echapper(lien("problematiques", territoire=tableau.identite.territoire.code))
    lignes = "".join(
        f'<li><a href="{adresse}">{html_ordinaux(constat.regle.titre)}</a> {draw_traits(constat.probabilite)}'
        f"<small>{write_probabilite(constat.probabilite)}</small></li>"
        for constat in tableau.constats
    )
    return f'<section class="pbl"><h2>Problématiques</h2><ul>{lignes}</ul></section>'


def _render_types(identite: Identite) -> str:
    if identite.territoire.niveau is Niveau.ETABLISSEMENT:
        return ""
    return "".join(
        f"<span>{plans.key_point(type_)}{accorder(nombre, _TYPES[type_])}</span>"
        for type_, nombre in identite.nb_par_type.items()
    )


def _render_reperes(identite: Identite) -> str:
    effectifs = "".join(
        f"<div><dt>{echapper(nom)}</dt><dd><b>{format_nombre(valeur.valeur)}</b></dd></div>"
        for nom, valeur in identite.eleves_par_type.items()
    )
    effectifs = f'<div class="deux">{effectifs}</div>' if effectifs else ""
    return f'<dl class="rep">{effectifs}{_render_ips(identite)}{_render_prioritaire(identite)}</dl>'


def _render_ips(identite: Identite) -> str:
    ligne = identite.ips
    if ligne is None:
        return "<dt>IPS moyen</dt><dd>non disponible</dd>"
    valeur = format_valeur(ligne.indicateur, ligne.valeur.valeur)
    return (
        f"<dt>{html_ordinaux(ligne.indicateur.titre_court)}, {format_rentree(ligne.valeur.rentree)}</dt>"
        f"<dd><b>{valeur}</b> <small>{_say_place(ligne)}</small></dd>{_render_strip(identite, ligne)}"
    )


def _say_place(ligne: Ligne) -> str:
    """Where the value lies in its level, in words: a rank is never shown without its interval."""
    position, valeur = ligne.position, ligne.valeur.valeur
    if position is None or position.nb < 4:
        return ""
    parmi = f"des {position.nb} {get_niveau_place(ligne.territoire).pluriel}"
    if valeur > position.q3:
        return f"parmi les plus élevés {parmi}"
    return f"parmi les plus bas {parmi}" if valeur < position.q1 else f"au milieu {parmi}"


def _render_strip(identite: Identite, ligne: Ligne) -> str:
    valeurs = identite.ips_niveau
    if len(valeurs) < 2:
        return ""
    reference = ligne.comparaison.valeur_reference if ligne.comparaison else None
    pluriel = get_niveau_place(ligne.territoire).pluriel
    minimum, maximum = (format_valeur(ligne.indicateur, v) for v in (min(valeurs), max(valeurs)))
    trace = traces.strip(
        valeurs,
        ligne.valeur.valeur,
        reference,
        f"{get_reference(ligne).entete} {format_valeur(ligne.indicateur, reference)}",
        f"IPS des {len(valeurs)} {pluriel}, de {minimum} à {maximum}",
    )
    return f'<div class="strip">{trace}</div>'


def _render_prioritaire(identite: Identite) -> str:
    ligne, nombre = identite.part_education_prioritaire, identite.nb_education_prioritaire
    combien = accorder(nombre, "établissement") if nombre else "aucun établissement"
    if identite.territoire.niveau is Niveau.ETABLISSEMENT:
        combien = "oui, REP ou REP+" if nombre else "non"
        return f"<dt>Éducation prioritaire</dt><dd>{combien}</dd>"
    if ligne is None or ligne.valeur.valeur is None:
        return f"<dt>Éducation prioritaire</dt><dd>{combien}</dd>"
    valeur = format_valeur(ligne.indicateur, ligne.valeur.valeur)
    return f"<dt>Éducation prioritaire</dt><dd><b>{valeur}</b> <small>des collégiens, {combien}</small></dd>"


_JUGES = ("favorable", "defavorable", "comparable", "non_concluant")
_NEUTRES = ("superieur", "inferieur")


def _count(tableau: TableauDeBord) -> int:
    """Comparisons made on this page: rows without test are not comparisons."""
    return sum(tableau.decompte.get(etat, 0) for etat in _JUGES + _NEUTRES)


def _render_bilan(tableau: TableauDeBord) -> str:
    total = _count(tableau)
    if not Colonnes.make(tableau).is_compare or not total:
        return ""
    spans = "".join(_say_decompte(etat, tableau.decompte[etat]) for etat in _JUGES if tableau.decompte.get(etat))
    neutres = sum(tableau.decompte.get(etat, 0) for etat in _NEUTRES)
    sans = f"<span>{neutres} sans jugement</span>" if neutres else ""
    mot = "comparaison" if total < 2 else "comparaisons"
    parmi = f", parmi {format_nombre(tableau.famille)} jugées ensemble" if tableau.famille > total else ""
    return f'<p class="bilan"><span><b>{total}</b> {mot}{parmi}{INSECABLE}:</span>{spans}{sans}</p>'


def _say_decompte(etat: str, nombre: int) -> str:
    style = theme.ETATS[etat]
    mot = style.pluriel if nombre > 1 else style.mot
    mot = mot.replace("concluant", "concluante")  # agrees with «comparaison»
    return f'<span class="{style.classe}">{style.signe} {nombre} {mot}</span>'


def _render_forces(tableau: TableauDeBord) -> str:
    return (
        f'<section class="ff">{_render_cote("Forces", "favorable", tableau.forces, tableau)}'
        f"{_render_cote('Fragilités', 'defavorable', tableau.fragilites, tableau)}</section>"
    )


def _render_cote(titre: str, etat: str, lignes: Sequence[Ligne], tableau: TableauDeBord) -> str:
    style = theme.ETATS[etat]
    sous = f"<small>écarts {style.pluriel} établis, les plus grands d’abord</small>" if lignes else ""
    gris = '<small class="r">gris : écart négligeable</small>'.replace(" :", f"{INSECABLE}:") if lignes else ""
    corps = "".join(render_force(ligne, tableau.rentree) for ligne in lignes)
    corps = f"<ul>{corps}</ul>" if lignes else _render_aucune(style.mot, tableau)
    signe = f'<span class="{style.classe}" aria-hidden="true">{style.signe}</span>'
    return f"<div><h2>{signe} {titre} {sous}{gris}</h2>{corps}</div>"


def _render_aucune(mot: str, tableau: TableauDeBord) -> str:
    douteuses = tableau.decompte.get("non_concluant", 0)
    suite = ""
    if douteuses:
        verbe = "comparaison est non concluante" if douteuses == 1 else "comparaisons sont non concluantes"
        suite = f"{INSECABLE}: {douteuses} {verbe}"
    return f'<p class="rien">Aucun écart {mot} établi dans les deux dernières rentrées{suite}.</p>'


def render_force(ligne: Ligne, rentree: int | None = None) -> str:
    """An established gap as a row of a list: name, both values, forest plot, difference."""
    classe = theme.ETATS[ligne.etat].classe
    valeur = format_valeur(ligne.indicateur, ligne.valeur.valeur)
    reference = format_valeur(ligne.indicateur, ligne.comparaison.valeur_reference)
    return (
        f'<li><span class="nm"><a href="{echapper(link(ligne, rentree))}">{html_ordinaux(name(ligne))}</a> '
        f"<small>{valeur} contre {reference}</small></span>{traces.forest(ligne)}"
        f'<span class="dd {classe}">{format_ecart(ligne.indicateur, ligne.comparaison.ecart, unite=True)}</span></li>'
    )


def _render_cle(colonnes: Colonnes) -> str:
    marques = (
        ("favorable", "favorable"),
        ("defavorable", "défavorable"),
        ("comparable", "comparable"),
        ("non_concluant", "non concluant ou sans test"),
        ("superieur", "plus élevé ou plus bas, sans jugement"),
    )
    cles = "".join(f"<span>{traces.key_mark(etat)} {mot}</span>" for etat, mot in marques)
    etendue = f"étendue et quartiles des {colonnes.pluriel}, valeur et son intervalle"
    return f'<div class="cle" aria-label="Clé de lecture"><span>{traces.key_spine()} {etendue}</span>{cles}</div>'


def _render_domaine(bloc: BlocDomaine, colonnes: Colonnes) -> str:
    colonnes = colonnes.read_against(bloc.lignes)
    etats = render_etats({e: n for e, n in bloc.decompte.items() if colonnes.is_compare or e == "sans_valeur"})
    ailleurs = ""
    if bloc.lu_d_abord is not None:
        adresse = echapper(lien("tableau_de_bord", territoire=bloc.lu_d_abord.code))
        ailleurs = (
            f'<span class="irn lien"><a href="{adresse}">Se lit d’abord à l’inter-réseau '
            f"{echapper(elider(bloc.lu_d_abord.nom))}</a></span>"
        )
    corps = _render_vide(bloc) if bloc.extraits_attendus else render_table(bloc, colonnes)
    return (
        f'<section class="dom"><div class="dt"><h2>{bloc.domaine.titre}</h2>'
        f'<span class="cpt">{etats if not bloc.extraits_attendus else ""}</span>{ailleurs}</div>{corps}</section>'
    )


def _render_vide(bloc: BlocDomaine) -> str:
    titres = [f"«{INSECABLE}{titre}{INSECABLE}»" for titre in bloc.extraits_attendus[:3]]
    quels = f"l’extrait {titres[0]} n’est pas chargé"
    if len(titres) > 1:
        quels = f"aucun de ces extraits n’est chargé{INSECABLE}: {', '.join(titres)}"
    return f'<p class="vide">Aucun indicateur{INSECABLE}: {html_ordinaux(quels)}.</p>'
