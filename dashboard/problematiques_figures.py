"""The drawing of a finding: the crossing of its draws, girls and boys, or the spread of its établissements. Pure."""

import math

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    format_ecart,
    format_nombre,
    format_valeur,
    html_ordinaux,
)
from dashboard.problematiques_croisement import LARGEUR, draw_croisement
from dashboard.problematiques_series import draw_progres
from dashboard.traces import Echelle, mark
from indicators.catalogue import Indicateur
from indicators.problematiques import Mesure
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.objets_problematiques import Problematique


def draw_figure(problematique: Problematique) -> str:
    """The figure of a finding with its caption, or nothing where there is nothing to draw."""
    dessins = {"dispersion": _draw_dispersion, "groupes": _draw_groupes, "progres": draw_progres}
    dessin = dessins.get(problematique.regle.dessin, draw_croisement)(problematique)
    return f"<figure>{dessin}</figure>" if dessin else ""


def _draw_groupes(problematique: Problematique) -> str:
    """Girls and boys of the territory, and of the rest, on one axis; the gap written on the bar."""
    groupes = {g.code: g for g in problematique.groupes}
    if set(groupes) != {"filles", "garcons"}:
        return ""
    indice = next(i for i in problematique.indices if i.condition.mesure is Mesure.GROUPES)
    fiche = indice.indicateur
    valeurs = [v for g in groupes.values() for v in (g.valeur, g.reference)]
    marge = 0.25 * (max(valeurs) - min(valeurs)) or 0.05
    x = Echelle(min(valeurs) - marge, max(valeurs) + marge, 14, 240)
    lignes = (
        (problematique.territoire.nom, [groupes[c].valeur for c in ("garcons", "filles")], 48, 600),
        ("Reste de l’académie", [groupes[c].reference for c in ("garcons", "filles")], 104, 400),
    )
    traits = "".join(_dumbbell(x, fiche, *ligne) for ligne in lignes)
    dits = f"{FINE}; ".join(
        f"{nom}{INSECABLE}: garçons {format_valeur(fiche, g)}, filles {format_valeur(fiche, f)}"
        for nom, (g, f), *_ in lignes
    )
    legende = f"{capitaliser(indice.court)}, en %{FINE}; F filles, G garçons"
    return (
        f"<figcaption>{html_ordinaux(legende)}</figcaption>"
        f'<svg width="{LARGEUR}" height="128" viewBox="0 0 {LARGEUR} 128" role="img" aria-label="{echapper(dits)}">'
        f"{traits}</svg>"
    )


def _dumbbell(x: Echelle, fiche: Indicateur, nom: str, valeurs: list[float], y: int, gras: int) -> str:
    garcons, filles = (x(v) for v in valeurs)
    ecart = format_ecart(fiche, abs(valeurs[1] - valeurs[0]), unite=True).lstrip("+")
    ronds = "".join(
        f'<circle cx="{place:.1f}" cy="{y}" r="9" fill="#fff" stroke="{theme.ENCRE}" stroke-width="1.4"/>'
        f'<text x="{place:.1f}" y="{y + 4.3}" text-anchor="middle" font-size="12" font-weight="600">{lettre}</text>'
        for place, lettre in ((garcons, "G"), (filles, "F"))
    )
    return (
        f'<text x="4" y="{y - 24}" font-size="13" font-weight="{gras}" fill="{theme.ENCRE}">{echapper(nom)}</text>'
        f'<path d="M{garcons:.1f} {y}H{filles:.1f}" stroke="{theme.ENCRE2}" stroke-width="{5 if gras > 400 else 3}"/>'
        f'<g fill="{theme.ENCRE}">{ronds}</g><text x="{(garcons + filles) / 2:.1f}" y="{y - 11}" text-anchor="middle" '
        f'font-size="13" font-weight="600" fill="{theme.ENCRE}" stroke="#fff" stroke-width="3" paint-order="stroke">'
        f"{ecart}</text>"
    )


def _draw_dispersion(problematique: Problematique) -> str:
    """One bar per établissement, nameless, lowest first; the grey band is what chance alone would leave."""
    indice = next(i for i in problematique.indices if i.condition.mesure is Mesure.DISPERSION)
    valeurs, moyenne = problematique.etablissements, indice.ligne.valeur.valeur if indice.ligne else None
    if len(valeurs) < 2 or moyenne is None:
        return ""
    bornes = [b for v in valeurs for b in (v.borne_inf, v.borne_sup) if b is not None]
    y = Echelle(min(bornes), max(bornes), 158, 8)
    pas = (LARGEUR - 40) / len(valeurs)
    places = [(36 + pas * (rang + 0.5), v) for rang, v in enumerate(valeurs)]
    barres = "".join(_bar(place, v, _find_hasard(v, moyenne), y) for place, v in places)
    haut = [(place, *_find_hasard(v, moyenne)) for place, v in places]
    haut = [(places[0][0] - pas / 2, *haut[0][1:]), *haut, (places[-1][0] + pas / 2, *haut[-1][1:])]
    contour = [f"{p:.1f} {y(h):.1f}" for p, _, h in haut] + [f"{p:.1f} {y(b):.1f}" for p, b, _ in reversed(haut)]
    fiche, nombre = (
        indice.indicateur,
        accorder(len(valeurs), "collège" if "dnb" in indice.indicateur.code else "établissement"),
    )
    libelle = f"{nombre}, de {format_valeur(fiche, valeurs[0].valeur)} à {format_valeur(fiche, valeurs[-1].valeur)}"
    graduations = "".join(
        f'<path d="M36 {y(v):.1f}h{LARGEUR - 40}" stroke="{theme.TRAIT}" stroke-width=".8"/>'
        f'<text x="32" y="{y(v) + 4:.1f}" text-anchor="end">{format_nombre(v * fiche.echelle)}</text>'
        for v in _list_ronds(min(bornes), max(bornes))
    )
    return (
        f"<figcaption>Bande grise{INSECABLE}: ce que le hasard seul laisse varier</figcaption>"
        f'<svg width="{LARGEUR}" height="184" viewBox="0 0 {LARGEUR} 184" role="img" aria-label="{echapper(libelle)}">'
        f'<g font-size="12" fill="{theme.ENCRE2}">{graduations}'
        f'<text x="36" y="180">{nombre}, par valeur croissante</text></g>'
        f'<path d="M{"L".join(contour)}Z" fill="{theme.NEUTRE}"/>'
        f'<path d="M36 {y(moyenne):.1f}H{LARGEUR - 4}" stroke="{theme.ENCRE}"/>{barres}</svg>'
    )


def _find_hasard(valeur: Valeur, moyenne: float) -> tuple[float, float]:
    """Where chance alone would leave 95 % of the établissements of that size."""
    demi = 1.96 * math.sqrt(moyenne * (1 - moyenne) / valeur.denominateur)
    return max(moyenne - demi, 0.0), min(moyenne + demi, 1.0)


def _bar(place: float, valeur: Valeur, hasard: tuple[float, float], y: Echelle) -> str:
    etat = "defavorable" if valeur.valeur < hasard[0] else "favorable" if valeur.valeur > hasard[1] else ""
    couleur = theme.ETATS[etat].couleur if etat else theme.BORD
    marque = f'<circle cx="{place:.1f}" cy="{y(valeur.valeur):.1f}" r="2.6" fill="{theme.ENCRE2}"/>'
    if etat:
        marque = mark(etat, place, y(valeur.valeur), 0.85)
    trait = f"M{place:.1f} {y(valeur.borne_inf):.1f}V{y(valeur.borne_sup):.1f}"
    return f'<path d="{trait}" stroke="{couleur}" stroke-width="1.6"/>{marque}'


def _list_ronds(bas: float, haut: float) -> list[float]:
    """Tens of per cent inside an interval of proportions, every other one when there are many."""
    ronds = [d / 10 for d in range(11) if bas <= d / 10 <= haut]
    return ronds[::2] if len(ronds) > 5 else ronds
