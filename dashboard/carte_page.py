"""The page Carte as ready HTML: message title, map with its legend, list beside; or two maps. Pure, no Streamlit."""

from collections.abc import Callable

from dashboard import cartes, classes, legendes, niveau, theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    compter,
    echapper,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Nature
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.vue_carte import VueCarte, build_vue_carte
from indicators.territoires import Niveau

MODES = {"classes": "Classes", "continu": "Continu", "etat": "État"}
"""Ways of colouring, as in the address and on screen."""
SECONDES = {"aucune": "Aucune", "rentree": "Autre rentrée", "indicateur": "Autre indicateur"}
"""What a second map shows, as in the address and on screen."""
CSS = "".join(theme.read_statique(f"{nom}.css") for nom in ("niveau", "carte"))
Lien = Callable[[str], str]


def render_page(
    base: Base,
    premiere: tuple[str, int | None, str],
    autre: tuple[str, int | None],
    maille: Niveau,
    mode: str,
    seconde: str,
    selection: str,
) -> str:
    """The page below its selectors.

    Args:
        premiere: indicator, rentrée and modalité of the map.
        autre: indicator and rentrée of the second one; it keeps the modalité when the indicator is the same.
        maille: level mapped.
        mode, seconde: keys of `MODES` and `SECONDES`.
        selection: code of the chosen territory.
    """
    code, rentree, modalite = premiere
    vue = build_vue_carte(base, code, maille, rentree, modalite)
    if seconde == "aucune":
        return build_carte(vue, mode, selection, _open_tableau)
    deuxieme = build_vue_carte(base, autre[0], maille, autre[1], modalite if autre[0] == code else ENSEMBLE)
    vues = (deuxieme, vue) if seconde == "rentree" and deuxieme.rentree < vue.rentree else (vue, deuxieme)
    return build_deux_cartes(vues, mode, selection, _open_tableau)


def _open_tableau(code: str) -> str:
    return lien("tableau_de_bord", territoire=code)


def build_carte(vue: VueCarte, mode: str, selection: str, vers: Lien) -> str:
    """One map: title, map and legend at the left, list at the right, sources below.

    Args:
        selection: code of the chosen territory, outlined.
        vers: from a code to the address that a click opens.
    """
    liste = niveau.list_territoires(
        vue.indicateur,
        vue.cellules,
        ("académie", vue.reference),
        titre=capitaliser(vue.niveau.libelle),
        selection=selection,
        lien=vers,
        legende=f"Les {len(vue.cellules)} {vue.niveau.pluriel}",
    )
    titre = write_titre(vue)
    long = " long" if len(titre) > 96 else ""
    return (
        f'<div class="tit"><h2 class="msg{long}">{html_ordinaux(titre)}</h2>'
        f"<p>{html_ordinaux(write_sous_titre(vue))}</p></div>"
        f'<div class="cw">{_map(vue, mode, selection, vers, "c")}<div>{liste}</div></div>{_footer(vue)}'
    )


def build_deux_cartes(vues: tuple[VueCarte, VueCarte], mode: str, selection: str, vers: Lien) -> str:
    """Two maps side by side: two rentrées (drawn with the same classes) or two indicators."""
    meme = vues[0].indicateur.code == vues[1].indicateur.code and vues[0].modalite == vues[1].modalite
    communes = _make_classes(*vues) if meme else None
    corps = "".join(
        f'<section><h2 class="petit">{html_ordinaux(_name_carte(vue, meme))}</h2>'
        f'<p class="note">{html_ordinaux(write_sous_titre(vue))}</p>'
        f"{_map(vue, mode, selection, vers, f'c{i}', communes)}</section>"
        for i, vue in enumerate(vues)
    )
    titre = html_ordinaux(_write_titre_deux(vues, meme))
    return f'<div class="tit"><h2 class="msg">{titre}</h2></div><div class="deux">{corps}</div>{_footer(vues[0])}'


def write_titre(vue: VueCarte) -> str:
    """Counts, not geography: «… : cinq réseaux dépassent le reste de l’académie, deux sont en dessous ; …»."""
    nom = vue.indicateur.titre_court
    if vue.modalite != ENSEMBLE:
        nom = f"{nom} ({vue.indicateur.modalites[vue.modalite].lower()})"
    signes = [c.comparaison.ecart > 0 for c in vue.cellules if c.etat in legendes.ETABLIS]
    dessus, dessous = sum(signes), len(signes) - sum(signes)
    incertains = vue.decompte["non_concluant"]
    if not signes and not incertains:
        return f"{nom}{INSECABLE}: {_write_etendue(vue)}"
    tete = _write_decompte(vue, dessus, dessous)
    verbe = "reste incertain" if incertains == 1 else "restent incertains"
    suite = f"{FINE}; {compter(incertains)} {verbe}" if incertains else ""
    return f"{nom}{INSECABLE}: {tete}{suite}"


def write_sous_titre(vue: VueCarte) -> str:
    """What is counted, when, on how many, against what."""
    morceaux = [vue.indicateur.resume.rstrip("."), format_rentree(vue.rentree)]
    effectif = sum(v.denominateur or 0 for v in vue.valeurs.values())
    if effectif:
        morceaux.append(f"{format_nombre(effectif)} {vue.indicateur.unite_effectif}")
    if vue.reference.valeur is not None and vue.indicateur.nature is not Nature.EFFECTIF:
        morceaux.append(f"référence{INSECABLE}: académie {format_valeur(vue.indicateur, vue.reference.valeur)}")
    fin = " Périmètres provisoires." if vue.est_provisoire else ""
    return f"{FINE}; ".join(morceaux) + "." + fin


def _write_decompte(vue: VueCarte, dessus: int, dessous: int) -> str:
    libelle, pluriel = vue.niveau.libelle, vue.niveau.pluriel
    if not dessus and not dessous:
        return f"aucun {libelle} ne se distingue du reste de l’académie"
    morceaux = []
    if dessus:
        sujet = f"{compter(dessus)} {libelle if dessus == 1 else pluriel}"
        morceaux.append(f"{sujet} {'dépasse' if dessus == 1 else 'dépassent'} le reste de l’académie")
    if dessous:
        verbe = "est" if dessous == 1 else "sont"
        qui = compter(dessous) if dessus else f"{compter(dessous)} {libelle if dessous == 1 else pluriel}"
        morceaux.append(f"{qui} {verbe} en dessous{'' if dessus else ' du reste de l’académie'}")
    return ", ".join(morceaux)


def _write_etendue(vue: VueCarte) -> str:
    valeurs = [v.valeur for v in vue.valeurs.values()]
    if not valeurs:
        return f"aucun chiffre à montrer pour les {vue.niveau.pluriel}"
    bas, haut = (format_valeur(vue.indicateur, v, unite=v == max(valeurs)) for v in (min(valeurs), max(valeurs)))
    return f"de {bas} à {haut} selon le {vue.niveau.libelle}"


def _write_titre_deux(vues: tuple[VueCarte, VueCarte], meme: bool) -> str:
    noms = [v.indicateur.titre_court for v in vues]
    if meme:
        return f"{noms[0]}{INSECABLE}: {format_rentree(vues[0].rentree)} et {format_rentree(vues[1].rentree)}"
    second = noms[1] if noms[1].split()[0].isupper() else noms[1][0].lower() + noms[1][1:]
    return f"{noms[0]} et {second}"


def _name_carte(vue: VueCarte, meme: bool) -> str:
    return format_rentree(vue.rentree) if meme else f"{vue.indicateur.titre}, {format_rentree(vue.rentree)}"


def _map(
    vue: VueCarte, mode: str, selection: str, vers: Lien, cle: str, communes: classes.Classes | None = None
) -> str:
    if not vue.contours:
        return '<div class="mw"><p class="note">Aucun contour n’est chargé pour ce niveau.</p></div>'
    dessin = make_dessin(vue, mode, selection, vers, cle, communes)
    legende = make_legende(vue, mode, communes)
    return f'<div class="mw">{cartes.draw(dessin)}{legende}<div class="survol" hidden></div></div>'


def make_dessin(
    vue: VueCarte, mode: str, selection: str, vers: Lien, cle: str, communes: classes.Classes | None = None
) -> cartes.Dessin:
    """The map to draw, for the page or for a smaller place."""
    couleur = _make_couleur(vue, mode, communes)
    maximum = max((v.valeur for v in vue.valeurs.values()), default=0)

    def aspect(cellule: Cellule) -> cartes.Aspect:
        code, connu = cellule.territoire.code, cellule.valeur.statut == "ok"
        marque, _ = legendes.ETABLIS.get(cellule.etat, ("", ""))
        return cartes.Aspect(
            fond=couleur(cellule) if connu else theme.PAPIER,
            titre=_describe(vue, cellule),
            motif="" if connu else "hachures",
            marque=marque,
            rayon=cartes.disque(cellule.valeur.valeur, maximum) if connu and _is_effectif(vue) else 0.0,
            lien=vers(code),
            info=niveau.format_carte(vue.indicateur, cellule, cellule.territoire.nom),
        )

    return cartes.Dessin(
        cle=cle,
        fond=cartes.project(vue.contours, vue.contours_departements),
        aspects={c.territoire.code: aspect(c) for c in vue.cellules},
        description=f"Carte{INSECABLE}: {vue.indicateur.titre} par {vue.niveau.libelle}, {format_rentree(vue.rentree)}",
        selection=selection,
        villes=vue.villes,
        bord=theme.TRAIT2 if mode == "etat" or _is_effectif(vue) else theme.PAPIER,
    )


def make_legende(vue: VueCarte, mode: str, communes: classes.Classes | None = None) -> str:
    """The legend that goes with `make_dessin`."""
    montrees = [v.valeur * vue.indicateur.echelle for v in vue.valeurs.values()]
    if not montrees:
        return ""
    if _is_effectif(vue):
        return legendes.legend_disques(vue.indicateur, max(montrees), vue.decompte, vue.niveau)
    if mode == "etat":
        return legendes.legend_etats(vue.decompte, vue.niveau)
    if mode == "continu":
        centre, demi = _get_rampe(vue)
        bornes = (centre - demi, centre + demi)
        couleurs = classes.palette(vue.indicateur)
        return legendes.legend_continue(vue.indicateur, couleurs, bornes, montrees, vue.decompte, vue.niveau)
    decoupe = communes or _make_classes(vue)
    return legendes.legend_classes(vue.indicateur, decoupe, montrees, vue.decompte, vue.niveau)


def _make_couleur(vue: VueCarte, mode: str, communes: classes.Classes | None) -> Callable[[Cellule], str]:
    echelle = vue.indicateur.echelle
    if _is_effectif(vue):
        return lambda cellule: theme.NEUTRE
    if mode == "etat":
        return lambda cellule: legendes.COULEURS_ETATS[cellule.etat]
    if mode == "continu":
        centre, demi = _get_rampe(vue)
        couleurs = classes.palette(vue.indicateur)
        return lambda cellule: classes.melange(cellule.valeur.valeur * echelle, centre, demi, couleurs)
    decoupe = communes or _make_classes(vue)
    return lambda cellule: decoupe.couleur(cellule.valeur.valeur * echelle)


def _make_classes(*vues: VueCarte) -> classes.Classes:
    """Classes of one map, or common to two maps of the same indicator (around the mean of the two references)."""
    echelle = vues[0].indicateur.echelle
    valeurs = [v.valeur * echelle for vue in vues for v in vue.valeurs.values()]
    references = [vue.reference.valeur * echelle for vue in vues if vue.reference.valeur is not None]
    centre = sum(references) / len(references) if references else None
    return classes.make_classes(valeurs, centre, vues[0].indicateur)


def _get_rampe(vue: VueCarte) -> tuple[float, float]:
    """Centre and half-extent of the continuous ramp, in the unit shown."""
    valeurs = [v.valeur * vue.indicateur.echelle for v in vue.valeurs.values()]
    reference = vue.reference.valeur
    centre = reference * vue.indicateur.echelle if reference is not None else sum(valeurs) / len(valeurs)
    return centre, max(abs(v - centre) for v in valeurs) or 1.0


def _is_effectif(vue: VueCarte) -> bool:
    return vue.indicateur.nature is Nature.EFFECTIF


def _describe(vue: VueCarte, cellule: Cellule) -> str:
    """What a screen reader says of a territory."""
    etat = theme.ETATS[cellule.etat].mot
    if cellule.valeur.statut != "ok":
        return f"{cellule.territoire.nom}{INSECABLE}: {etat}"
    return f"{cellule.territoire.nom}{INSECABLE}: {format_valeur(vue.indicateur, cellule.valeur.valeur)}, {etat}"


def _footer(vue: VueCarte) -> str:
    morceaux = [f"Traits{INSECABLE}: intervalles à 95{INSECABLE}%. Rang{INSECABLE}: valeurs qu’il peut prendre."]
    if _is_effectif(vue):
        morceaux = ["L’aire d’un disque suit le nombre : un effectif ne se compare pas au reste de l’académie."]
    if vue.famille:
        morceaux.append(
            f"{accorder(vue.famille, 'comparaison')} jugées ensemble, fausses alertes contrôlées à 5{INSECABLE}%."
        )
    if any("reconstitué" in v.methode for v in vue.valeurs.values()):
        morceaux.append("Taux arrondis dans la source.")
    sources = f"{FINE}; ".join(vue.sources) or vue.indicateur.source
    return (
        f'<div class="pied src"><span>{" ".join(morceaux)}</span>'
        f"<span>Source{INSECABLE}: {echapper(sources)}</span></div>"
    )
