"""One territory beside its similar ones as ready HTML: why these, side by side, what its context predicts. Pure."""

from itertools import groupby

from dashboard import theme
from dashboard.comparer_chaleur import write_familles
from dashboard.comparer_entetes import name_colonne
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    html_gras,
    html_ordinaux,
    lister,
)
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE, get_indicateur
from indicators.francais import typographier
from indicators.semblables import Variable
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.objets import Comparaison
from indicators.tableaux_de_bord.vue_comparer import Colonne
from indicators.tableaux_de_bord.vue_comparer_territoire import (
    LigneAttendu,
    LigneSemblables,
    Voisin,
    VueSemblables,
)

_PRECAUTION = (
    "Attendu : ce qu’ont obtenu, ailleurs dans l’académie, des établissements de même IPS et de même éducation "
    "prioritaire. Ce calcul ne tient compte ni du niveau des élèves à l’entrée, ni des options, ni des moyens, ni de "
    "ce qui se vit hors de l’école : un écart à l’attendu situe, il n’explique pas. Il n’est dit établi qu’une fois "
    "corrigé pour le nombre d’écarts lus à ce niveau."
)


def render_page(vue: VueSemblables) -> str:
    """The whole view of a territory, below its selectors."""
    if not vue.voisins:
        return (
            f'<div class="tit"><h2 class="msg">{echapper(vue.territoire.nom)}{INSECABLE}: aucun semblable</h2>'
            "<p>Trop peu de territoires à ce niveau, ou aucun contexte chargé (IPS, effectifs).</p></div>"
        )
    provisoire = " Périmètres provisoires." if vue.est_provisoire else ""
    return (
        f'<div class="tit"><h2 class="msg">{html_ordinaux(write_titre(vue))}</h2>'
        f"<p>{html_ordinaux(typographier(_write_sous_titre(vue)))}{provisoire}</p></div>"
        f"{_render_pourquoi(vue)}{_render_cote_a_cote(vue)}{_render_attendus(vue)}{_footer(vue)}"
    )


def write_titre(vue: VueSemblables) -> str:
    """Who the nearest are, and how near: «Grand Poitiers : un contexte très proche de celui de Niortais …»."""
    premier = vue.voisins[0]
    proches = [v.territoire.nom for v in vue.voisins if v.proximite == premier.proximite][:3]
    celui = "celui" if len(proches) == 1 else "ceux"
    mot = f"éloigné même de {celui}" if premier.proximite == "éloigné" else f"{premier.proximite} de {celui}"
    return f"{vue.territoire.nom}{INSECABLE}: un contexte {mot} de {lister(proches)}"


def _write_sous_titre(vue: VueSemblables) -> str:
    pluriel = vue.territoire.niveau.pluriel
    titres = [c.variable.titre for c in vue.contexte]
    return (
        f"Les {len(vue.voisins)} {pluriel} dont le contexte est le plus proche, d’après {len(titres)} variables : "
        f"{lister([_lower(t) for t in titres])} ; jamais d’après les résultats."
    )


def _lower(titre: str) -> str:
    return titre if titre.split()[0].isupper() else titre[0].lower() + titre[1:]


def write_stabilite(vue: VueSemblables) -> str:
    """How the list changes when one variable is left out."""
    nb = len(vue.voisins)
    fragiles = [c for c in vue.contexte if c.gardes <= nb - 2]
    minimum = min((c.gardes for c in vue.contexte), default=nb)
    if minimum == nb:
        return f"**Liste stable** : les {nb} restent, quelle que soit la variable retirée."
    if not fragiles:
        return f"**Liste stable** : quelle que soit la variable retirée, au moins {minimum} des {nb} restent."
    noms = [f"« {c.variable.titre} » ({c.gardes} sur {nb} restent)" for c in sorted(fragiles, key=lambda c: c.gardes)]
    mot = "Liste fragile" if minimum <= nb / 2 else "Liste assez stable"
    return f"**{mot}** : elle change si l’on retire {lister(noms)}."


def _render_pourquoi(vue: VueSemblables) -> str:
    entetes = "".join(f'<th scope="col" class="num">{html_ordinaux(c.variable.titre)}</th>' for c in vue.contexte)
    siennes = "".join(f'<td class="num">{format_variable(c.variable, c.valeur)}</td>' for c in vue.contexte)
    gardes = "".join(f'<td class="num">{c.gardes} sur {len(vue.voisins)}</td>' for c in vue.contexte)
    voisins = "".join(_row_voisin(vue, v) for v in vue.voisins)
    return (
        "<section><h2>Pourquoi ceux-là</h2>"
        f"<p>{html_gras(typographier(write_stabilite(vue)))} Barre{INSECABLE}: part de chaque variable dans ce qui "
        "sépare les deux territoires.</p>"
        f'<div class="defile"><table class="vo"><caption class="sr">Contexte de {echapper(vue.territoire.nom)} et de '
        'ses territoires semblables</caption><thead><tr><th scope="col">Territoire</th><th scope="col">Proximité</th>'
        f'{entetes}</tr></thead><tbody><tr class="moi"><th scope="row">{echapper(vue.territoire.nom)}</th><td></td>'
        f'{siennes}</tr>{voisins}</tbody><tfoot><tr><th scope="row" colspan="2">Sans cette variable, restent</th>'
        f"{gardes}</tr></tfoot></table></div></section>"
    )


def _row_voisin(vue: VueSemblables, voisin: Voisin) -> str:
    cellules = "".join(_cell_variable(c.variable, voisin) for c in vue.contexte)
    adresse = lien("tableau_de_bord", territoire=voisin.territoire.code)
    return (
        f'<tr><th scope="row"><a href="{echapper(adresse)}">{echapper(voisin.territoire.nom)}</a>'
        f"<small>{write_raison(vue, voisin)}</small></th><td>{voisin.proximite}</td>{cellules}</tr>"
    )


def write_raison(vue: VueSemblables, voisin: Voisin) -> str:
    """What separates them most, in words."""
    parts = sorted(((voisin.parts.get(c.variable.code, 0.0), c.variable) for c in vue.contexte), key=lambda p: -p[0])
    part, variable = parts[0]
    if part <= 0:
        return "aucune différence"
    return html_ordinaux(f"ce qui sépare{INSECABLE}: {_lower(variable.titre)} ({_percent(part)})")


def _cell_variable(variable: Variable, voisin: Voisin) -> str:
    part = voisin.parts.get(variable.code, 0.0)
    return (
        f'<td class="num">{format_variable(variable, voisin.valeurs.get(variable.code))}'
        f'<span class="barre" title="{_percent(part)} de ce qui sépare"><b style="width:{100 * part:.0f}%"></b></span>'
        f'<span class="sr">{_percent(part)} de ce qui sépare</span></td>'
    )


def _percent(part: float) -> str:
    return f"{format_nombre(100 * part)}{INSECABLE}%"


def format_variable(variable: Variable, valeur: float | None) -> str:
    """A context variable as its indicator is shown; plain numbers for what is computed."""
    if valeur is None:
        return "–"
    if variable.indicateur is None or variable.par_etablissement:
        return format_nombre(valeur)
    return format_valeur(get_indicateur(variable.indicateur), valeur)


def _render_cote_a_cote(vue: VueSemblables) -> str:
    """The indicators by domain, with every similar territory and the difference with all of them together."""
    entetes = "".join(f'<th scope="col" class="num">{echapper(v.territoire.nom)}</th>' for v in vue.voisins)
    corps = []
    for domaine, lignes in groupby(vue.lignes, key=lambda li: li.colonne.indicateur.domaine):
        corps.append(f'<tr class="dom"><th scope="colgroup" colspan="{6 + len(vue.voisins)}">{domaine.titre}</th></tr>')
        corps += [_row_ligne(ligne) for ligne in lignes]
    return (
        f"<section><h2>{html_ordinaux(_write_bilan(vue))}</h2>"
        f"<p>{typographier(_EXPLICATION)}</p>"
        '<div class="defile"><table class="co"><caption class="sr">Indicateurs côte à côte</caption><thead><tr>'
        f'<th scope="col">Indicateur</th><th scope="col" class="num">{echapper(vue.territoire.nom)}</th>{entetes}'
        '<th scope="col" class="num">Semblables, ensemble</th><th scope="col">Écart aux semblables</th>'
        '<th scope="col">État face aux semblables</th><th scope="col">Face au reste de l’académie</th></tr></thead>'
        f"<tbody>{''.join(corps)}</tbody></table></div></section>"
    )


_EXPLICATION = (
    "L’écart aux semblables est une question à part, avec sa propre correction ; l’état qui vaut partout est celui de "
    "la dernière colonne, face au reste de l’académie."
)


def _write_bilan(vue: VueSemblables) -> str:
    etats = [li.semblables.etat for li in vue.lignes if li.semblables]
    hauts, bas = etats.count("favorable"), etats.count("defavorable")
    if not etats:
        return "Côte à côte"
    if not hauts and not bas:
        return "Face à ses semblables, aucun écart établi"
    dits = [_accord(n, mot) for n, mot in ((hauts, "favorable"), (bas, "défavorable")) if n]
    return f"Face à ses semblables{INSECABLE}: {lister(dits)}"


def _accord(nombre: int, mot: str) -> str:
    return accorder(nombre, f"écart {mot}", f"écarts {mot}s")


def _row_ligne(ligne: LigneSemblables) -> str:
    colonne, fiche = ligne.colonne, ligne.colonne.indicateur
    code = ligne.cellule.territoire.code
    adresse = lien("indicateur", territoire=code, indicateur=fiche.code, modalite=_modalite(colonne))
    autres = "".join(f'<td class="num g">{_format_cellule(colonne, c)}</td>' for c in ligne.voisins)
    semblables = ligne.semblables
    ensemble = format_valeur(fiche, semblables.valeur_reference, unite=False) if semblables else "–"
    return (
        f'<tr><th scope="row"><a href="{echapper(adresse)}">{html_ordinaux(name_colonne(colonne))}</a>'
        f"<small>{format_rentree(colonne.rentree)}</small></th>"
        f'<td class="num val">{_format_cellule(colonne, ligne.cellule)}</td>{autres}<td class="num">{ensemble}</td>'
        f"<td>{_write_ecart(colonne, semblables)}</td><td>{_write_etat(ligne)}</td>"
        f"<td>{_write_academie(colonne, ligne.cellule)}</td></tr>"
    )


def _modalite(colonne: Colonne) -> str | None:
    return None if colonne.modalite == ENSEMBLE else colonne.modalite


def _format_cellule(colonne: Colonne, cellule: Cellule) -> str:
    if cellule.valeur.statut != "ok":
        mot = theme.ETATS[cellule.valeur.statut].mot
        return f'<span class="chip hach" title="{mot}"></span><span class="sr">{mot}</span>'
    return format_valeur(colonne.indicateur, cellule.valeur.valeur, unite=False)


def _write_ecart(colonne: Colonne, comparaison: Comparaison | None) -> str:
    if comparaison is None or comparaison.ecart is None:
        return "–"
    fiche = colonne.indicateur
    bornes = format_intervalle(fiche, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
    return f'{format_ecart(fiche, comparaison.ecart)} <span class="g">{bornes}</span>'


def _write_etat(ligne: LigneSemblables) -> str:
    comparaison = ligne.semblables
    if comparaison is None:
        mot = theme.ETATS[ligne.cellule.etat].mot if ligne.cellule.valeur.statut != "ok" else "trop peu de semblables"
        return f'<span class="g3">{mot}</span>'
    style = theme.ETATS[comparaison.etat]
    motif = f"<small>{echapper(comparaison.motif)}</small>" if comparaison.etat == "sans_test" else ""
    return f'<span class="{style.classe}">{style.signe} {style.mot}</span>{motif}'


def _write_academie(colonne: Colonne, cellule: Cellule) -> str:
    style = theme.ETATS[cellule.etat]
    ecart = cellule.comparaison.ecart if cellule.comparaison else None
    texte = f" {format_ecart(colonne.indicateur, ecart)}" if ecart is not None else f" {style.mot}"
    suite = f'<span class="sr"> {style.mot}</span>'
    return f'<span class="{style.classe}" title="{style.mot}">{style.signe}{texte}{suite}</span>'


def _render_attendus(vue: VueSemblables) -> str:
    if not vue.attendus:
        return (
            "<section><h2>Attendu selon le contexte</h2><p>Trop peu d’établissements à IPS connu, ou aucun indicateur "
            "de résultat parmi ceux qui sont montrés.</p></section>"
        )
    etablis = sum(a.est_etabli for a in vue.attendus)
    titre = (
        f"{accorder(etablis, 'indicateur')} sur {len(vue.attendus)} "
        f"{'s’écarte' if etablis == 1 else 's’écartent'} de ce que le contexte laisse attendre"
        if etablis
        else f"Aucun des {len(vue.attendus)} indicateurs ne s’écarte de ce que le contexte laisse attendre"
    )
    if len(vue.attendus) == 1 and not etablis:
        titre = "L’indicateur ne s’écarte pas de ce que le contexte laisse attendre"
    return (
        f"<section><h2>{titre}</h2><p>{typographier(_PRECAUTION)}</p>"
        '<div class="defile"><table class="co"><caption class="sr">Observé et attendu selon le contexte</caption>'
        '<thead><tr><th scope="col">Indicateur</th><th scope="col" class="num">Observé</th>'
        '<th scope="col" class="num">Attendu</th><th scope="col">Écart à l’attendu</th><th scope="col">Lecture</th>'
        '<th scope="col" class="num">Établissements</th></tr></thead>'
        f"<tbody>{''.join(_row_attendu(a) for a in vue.attendus)}</tbody></table></div></section>"
    )


def _row_attendu(ligne: LigneAttendu) -> str:
    fiche = ligne.indicateur
    nom = fiche.titre_court
    if ligne.modalite != ENSEMBLE:
        nom = f"{nom}, {fiche.modalites[ligne.modalite].lower()}"
    bornes = format_intervalle(fiche, ligne.ecart_inf, ligne.ecart_sup, signe=True)
    cote = "au-dessus" if ligne.ecart > 0 else "au-dessous"
    lecture = f"<b>{cote} de l’attendu</b>" if ligne.est_etabli else '<span class="g3">non concluant</span>'
    return (
        f'<tr><th scope="row">{html_ordinaux(nom)}<small>{format_rentree(ligne.rentree)}</small></th>'
        f'<td class="num val">{format_valeur(fiche, ligne.observe, unite=False)}</td>'
        f'<td class="num">{format_valeur(fiche, ligne.attendu, unite=False)}</td>'
        f'<td>{format_ecart(fiche, ligne.ecart)} <span class="g">{bornes}</span></td><td>{lecture}</td>'
        f'<td class="num">{ligne.nb_etablissements} ici, {ligne.nb_regression} dans le calcul</td></tr>'
    )


def _footer(vue: VueSemblables) -> str:
    familles = write_familles(vue.familles)
    sources = f"{FINE}; ".join(vue.sources)
    return (
        f'<p class="src pied">Intervalles à 95{INSECABLE}%. {f"{familles}. " if familles else ""}Observé{INSECABLE}: '
        "sur les établissements dont l’IPS est connu. "
        f"Sources{INSECABLE}: {html_ordinaux(sources)}.</p>"
    )
