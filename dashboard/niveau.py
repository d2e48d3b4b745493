"""All the territories of a level on one indicator: the list with intervals, and the hover card. Pure, no Streamlit."""

import re
from collections.abc import Callable, Sequence

from dashboard import theme, traces
from dashboard.classes import round_down, round_up
from dashboard.formats import (
    INSECABLE,
    echapper,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
)
from indicators.catalogue import Indicateur, Nature
from indicators.tableaux_de_bord.lectures import Cellule, read_rentrees
from indicators.tableaux_de_bord.objets import Valeur
from indicators.territoires import Niveau

LARGEUR = 196

__all__ = ["LARGEUR", "format_carte", "format_rang", "list_territoires", "make_echelle", "read_rentrees", "shorten"]


def list_territoires(
    indicateur: Indicateur,
    cellules: Sequence[Cellule],
    repere: tuple[str, Valeur],
    *,
    titre: str,
    selection: str = "",
    lien: Callable[[str], str],
    legende: str = "",
) -> str:
    """The list of a level: value, interval on a common scale, state, rank interval, number of pupils; missing at foot.

    Args:
        repere: name and value of the line drawn across («académie»).
        titre: name of the first column («Réseau»).
        lien: from a code to the address opened.
        legende: caption for screen readers.
    """
    presentes = [c for c in cellules if c.valeur.statut == "ok"]
    if not presentes:
        return _foot(indicateur, cellules)
    x = make_echelle(indicateur, presentes, repere[1])
    lignes = "".join(_row(indicateur, c, x, repere[1], selection, lien) for c in presentes)
    aere = " aere" if len(presentes) <= 18 else ""
    unite = "%" if indicateur.nature is Nature.TAUX else "valeur"
    aere += " compte" if indicateur.nature is Nature.EFFECTIF else ""
    aere += "" if any(c.rang for c in presentes) else " sans-r"
    aere += "" if any(c.valeur.denominateur for c in presentes) else " sans-n"
    return (
        f'<table class="li{aere}"><caption class="sr">{echapper(legende)}</caption><colgroup><col class="cx">'
        '<col class="cv"><col class="cp"><col class="ce"><col class="cr"><col class="cn"></colgroup><thead><tr>'
        f'<th scope="col">{echapper(titre)}</th><th scope="col" class="num">{unite}</th>'
        f'<th scope="col" style="padding:0;overflow:visible">{_axis(indicateur, x, repere)}</th>'
        '<th scope="col" class="s" style="padding:0">état</th><th scope="col" class="num r">rang</th>'
        f'<th scope="col" class="num n">n</th></tr></thead><tbody>{lignes}</tbody></table>{_foot(indicateur, cellules)}'
    )


def make_echelle(indicateur: Indicateur, cellules: Sequence[Cellule], repere: Valeur) -> traces.Echelle:
    """Common scale of a list, in stored units: every value and the line fit, round ends, favourable at the right.

    Intervals that go beyond are cut at the edge: one tiny territory must not squeeze all the others.
    """
    valeurs = [c.valeur.valeur for c in cellules] + ([repere.valeur] if _has_repere(indicateur, repere) else [])
    if indicateur.nature is Nature.EFFECTIF:
        return traces.Echelle(0, max(valeurs) or 1, 0, LARGEUR - 4)
    echelle = indicateur.echelle
    etendue = (max(valeurs) - min(valeurs)) * echelle or 1
    bas = round_down(min(valeurs) * echelle - 0.22 * etendue, etendue / 4) / echelle
    haut = round_up(max(valeurs) * echelle + 0.12 * etendue, etendue / 8) / echelle
    if indicateur.nature is Nature.TAUX:
        bas, haut = max(bas, 0.0), min(haut, 1.0)
    pixels = (LARGEUR - 8, 6) if traces.is_retourne(indicateur) else (6, LARGEUR - 8)
    return traces.Echelle(bas, haut, *pixels)


def format_carte(indicateur: Indicateur, cellule: Cellule, nom: str, action: str = "Cliquer pour ouvrir") -> str:
    """Ready HTML of a territory's hover card."""
    valeur, comparaison, style = cellule.valeur, cellule.comparaison, theme.ETATS[cellule.etat]
    parent = f'<p class="g2">Inter-réseau de{INSECABLE}{echapper(cellule.parent)}</p>' if cellule.parent else ""
    entete = f'<h3 class="ct">{echapper(nom)}</h3>{parent}'
    if valeur.statut != "ok":
        return f'{entete}<p class="cg g2">{style.mot}</p><p class="cl">{action}</p>'
    intervalle = format_intervalle(indicateur, valeur.borne_inf, valeur.borne_sup, signe=False)
    morceaux = [f'<p class="cv2">{format_valeur(indicateur, valeur.valeur)} <small>{intervalle}</small></p>']
    if comparaison and comparaison.ecart is not None:
        bornes = format_intervalle(indicateur, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
        ecart = format_ecart(indicateur, comparaison.ecart, unite=True)
        morceaux.append(
            f'<p class="{style.classe}"><b>{style.signe} {style.mot}</b> {ecart}</p>'
            + (f'<p class="g2 cp2">intervalle {bornes}</p>' if bornes else "")
        )
    morceaux.append(f'<p class="g2 cp2">{"<br>".join(_details(indicateur, cellule))}</p><p class="cl">{action}</p>')
    return entete + "".join(morceaux)


def _details(indicateur: Indicateur, cellule: Cellule) -> list[str]:
    valeur, lignes = cellule.valeur, []
    unite = echapper(indicateur.unite_effectif)
    if valeur.numerateur is not None and valeur.denominateur:
        lignes.append(f"{format_nombre(valeur.numerateur)} sur {format_nombre(valeur.denominateur)} {unite}")
    elif valeur.denominateur:
        lignes.append(f"{format_nombre(valeur.denominateur)} {unite}")
    rang = f"rang {format_rang(cellule)} sur {cellule.rang.nb} · " if cellule.rang else ""
    return [*lignes, f"{rang}{format_rentree(valeur.rentree)}"]


def format_rang(cellule: Cellule) -> str:
    """Interval of a rank: «17 à 27»; never a rank alone."""
    if cellule.rang is None:
        return theme.ETATS["sans_test"].signe
    debut, fin = cellule.rang.rang_inf, cellule.rang.rang_sup
    return str(debut) if debut == fin else f"{debut} à {fin}"


_COLLEGE = re.compile(r"^coll[eè]ge (?:priv[ée] )?(?!d[eu’']|des )", re.IGNORECASE)


def shorten(nom: str) -> str:
    """A collège without the word that every row of a table would repeat; kept before «de», «du»…"""
    return _COLLEGE.sub("", nom)


def _row(
    indicateur: Indicateur,
    cellule: Cellule,
    x: traces.Echelle,
    repere: Valeur,
    selection: str,
    lien: Callable[[str], str],
) -> str:
    code, nom, valeur = cellule.territoire.code, cellule.territoire.nom, cellule.valeur
    court = shorten(nom) if cellule.territoire.niveau is Niveau.ETABLISSEMENT else nom
    style = theme.ETATS[cellule.etat]
    rang = format_rang(cellule).replace(" à ", "–") if cellule.rang else ""
    choisie = ' class="sel"' if code == selection else ""
    return (
        f'<tr{choisie} data-code="{echapper(code)}"><th scope="row" title="{echapper(nom)}">'
        f'<a href="{echapper(lien(code))}">{echapper(court)}</a></th>'
        f'<td class="num v">{format_valeur(indicateur, valeur.valeur, unite=False)}</td>'
        f'<td class="p">{_drawing(indicateur, cellule, x, repere)}</td>'
        f'<td class="s {style.classe}" title="{style.mot}">{style.signe}<span class="sr">{style.mot}</span></td>'
        f'<td class="num r">{rang}</td><td class="num n">{_count(valeur)}</td></tr>'
    )


def _drawing(indicateur: Indicateur, cellule: Cellule, x: traces.Echelle, repere: Valeur) -> str:
    cadre = f'<svg viewBox="0 0 {LARGEUR} 15" preserveAspectRatio="none" aria-hidden="true">'
    if indicateur.nature is Nature.EFFECTIF:
        return f'{cadre}<rect x="0" y="3" width="{x(cellule.valeur.valeur):.1f}" height="8" fill="#A9ADB8"/></svg>'
    cadre = cadre.replace(' preserveAspectRatio="none"', "")
    ligne = ""
    if _has_repere(indicateur, repere):
        ligne = f'<path d="M{x(repere.valeur):.1f} -1V16" stroke="{theme.ENCRE}"/>'
    trait = traces.whisker(cellule.etat, cellule.valeur, x, 7.5, 1.8)
    return f"{cadre}{ligne}{trait}{traces.mark(cellule.etat, x(cellule.valeur.valeur), 7.5, 0.82)}</svg>"


def _axis(indicateur: Indicateur, x: traces.Echelle, repere: tuple[str, Valeur]) -> str:
    if indicateur.nature is Nature.EFFECTIF:
        return '<span class="ech"><i>0</i></span>'
    nom, valeur = repere
    gauche = x.d1 if traces.is_retourne(indicateur) else x.d0
    precision = 0 if abs(x.d1 - x.d0) * indicateur.echelle >= 4 else indicateur.decimales
    debut = format_nombre(gauche * indicateur.echelle, precision)
    if not _has_repere(indicateur, valeur):
        return f'<span class="ech"><i>{debut}</i></span>'
    texte = f"{echapper(nom)} {format_valeur(indicateur, valeur.valeur, unite=False)}"
    place = 100 * x(valeur.valeur) / LARGEUR
    depart = "" if place < 42 else f"<i>{debut}</i>"
    return f'<span class="ech">{depart}<b style="left:{place:.1f}%">{texte}</b></span>'


def _has_repere(indicateur: Indicateur, repere: Valeur) -> bool:
    return repere.valeur is not None and indicateur.nature is not Nature.EFFECTIF


def _count(valeur: Valeur) -> str:
    return format_nombre(valeur.denominateur) if valeur.denominateur else ""


def _foot(indicateur: Indicateur, cellules: Sequence[Cellule]) -> str:
    """Territories without a figure, one line per reason."""
    lignes = []
    for statut in ("secret", "non_significatif", "non_disponible", "non_applicable"):
        noms = [c.territoire.nom for c in cellules if c.valeur.statut == statut]
        if noms:
            montres = noms if len(noms) <= 9 else noms[:8]
            suite = f" et {len(noms) - 8} autres" if len(noms) > 9 else ""
            liste = ", ".join(map(echapper, montres)) + suite
            precision = f" (moins de {indicateur.seuil}, ou masqué pour qu’on ne puisse le déduire)"
            raison = precision if statut == "secret" else ""
            lignes.append(
                f'<p class="li-pied"><span class="chip hach"></span><b>{theme.ETATS[statut].mot}</b>'
                f"{INSECABLE}: {liste}{raison}</p>"
            )
    return "".join(lignes)
