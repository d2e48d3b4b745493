"""Legends of maps: a histogram of classes, a ramp, a count of states, a scale of discs. Pure, no Streamlit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from dashboard import cartes, theme
from dashboard.classes import Classes, decimales_bornes
from dashboard.formats import INSECABLE, echapper, elider, format_nombre, format_valeur
from dashboard.traces import Echelle
from indicators.catalogue import Indicateur, Nature
from indicators.territoires import Niveau

LARGEUR_BARRE = 72
MANQUES = ("secret", "non_significatif", "non_disponible", "non_applicable")
ETABLIS = {
    "favorable": ("haut", "écart favorable établi"),
    "defavorable": ("bas", "écart défavorable établi"),
    "superieur": ("plus", "plus élevé, écart établi"),
    "inferieur": ("moins", "plus bas, écart établi"),
}
COULEURS_ETATS = {
    "favorable": "#1B6DB0",
    "defavorable": "#B4560F",
    "comparable": "#E6E3DB",
    "non_concluant": "#FFFFFF",
    "sans_test": "#FFFFFF",
    "superieur": "#8A90A3",
    "inferieur": "#D9DBE1",
}
"""Fill of each state; a state without proof stays white or grey."""


def legend_classes(
    indicateur: Indicateur, classes: Classes, valeurs: Sequence[float], etats: Mapping[str, int], niveau: Niveau
) -> str:
    """Swatch, bounds, bar and number of territories of each class, highest first.

    Args:
        valeurs: shown values.
        etats: number of territories by state, missing ones included.
    """
    compte = Counter(classes.rang(v) for v in valeurs)
    lignes = [(classes.couleurs[i], libelle, compte[i]) for i, libelle in enumerate(label_classes(indicateur, classes))]
    return _legend(_histogram(lignes[::-1], etats), etats, niveau, avec_classes=True)


def label_classes(indicateur: Indicateur, classes: Classes) -> list[str]:
    """«moins de 83 %», «83 à 87 %»… «94 % et plus», from low to high."""
    precision = decimales_bornes(classes.bornes)
    unite = f"{INSECABLE}%" if indicateur.nature is Nature.TAUX else ""
    bornes = [format_nombre(b, precision) for b in classes.bornes]
    milieux = [f"{bas} à {haut}{unite}" for bas, haut in pairwise(bornes)]
    return [f"moins de {bornes[0]}{unite}", *milieux, f"{bornes[-1]}{unite} et plus"]


def legend_etats(etats: Mapping[str, int], niveau: Niveau) -> str:
    """One row per state present, with its number of territories."""
    lignes = [
        (COULEURS_ETATS[code], f"{style.signe} {style.mot}", etats[code])
        for code, style in theme.ETATS.items()
        if code in COULEURS_ETATS and etats.get(code)
    ]
    titre = f"Nombre {elider(niveau.pluriel)} par état"
    return f'<div class="lg"><h3>{titre}</h3><ul>{_histogram(lignes, etats)}</ul></div>'


def legend_continue(
    indicateur: Indicateur,
    couleurs: Sequence[str],
    bornes: tuple[float, float],
    valeurs: Sequence[float],
    etats: Mapping[str, int],
    niveau: Niveau,
) -> str:
    """The ramp between two shown values, with one tick per territory under it."""
    bas, haut = bornes
    x = Echelle(bas, haut, 0, 200)
    traits = "".join(f"M{x(v):.1f} 2v10" for v in valeurs)
    precision = 0 if haut - bas >= 8 else max(indicateur.decimales, 1)
    reperes = "".join(
        f'<span style="left:{place}%">{format_nombre(bas + (haut - bas) * place / 100, precision)}</span>'
        for place in (4, 50, 96)
    )
    corps = (
        f'<li style="height:auto;display:block"><div class="deg" style="background:linear-gradient(90deg,'
        f'{",".join(couleurs)})"></div><svg class="pts" viewBox="0 0 200 14" preserveAspectRatio="none" '
        f'aria-hidden="true"><path d="{traits}" stroke="{theme.ENCRE2}"/></svg>'
        f'<div class="deg-ech">{reperes}</div></li>{_histogram([], etats)}'
    )
    return _legend(corps, etats, niveau, avec_classes=False)


def legend_disques(indicateur: Indicateur, maximum: float, etats: Mapping[str, int], niveau: Niveau) -> str:
    """Three discs of a count, largest first."""
    lignes = []
    for part in (1, 0.4, 0.1):
        valeur = _arrondi(maximum * part)
        rayon = cartes.disque(valeur, maximum) * 0.53
        lignes.append(
            f'<li style="height:{max(21, 2 * rayon + 3):.0f}px"><svg width="40" height="{2 * rayon + 2:.0f}" '
            f'aria-hidden="true" style="margin-right:8px"><circle cx="20" cy="{rayon + 1:.1f}" r="{rayon:.1f}" '
            f'fill="#5B6379" fill-opacity=".82"/></svg><span>{format_valeur(indicateur, valeur)}</span></li>'
        )
    corps = "".join(lignes) + _histogram([], etats)
    unite = echapper(elider(indicateur.unite_effectif))
    return f'<div class="lg"><h3>Nombre {unite} par {niveau.libelle}</h3><ul>{corps}</ul></div>'


def _legend(corps: str, etats: Mapping[str, int], niveau: Niveau, avec_classes: bool) -> str:
    titre = f"Nombre {elider(niveau.pluriel)} par {'classe' if avec_classes else 'valeur'}"
    return f'<div class="lg"><h3>{titre}</h3><ul>{corps}</ul>{_key(etats)}</div>'


def _histogram(lignes: Sequence[tuple[str, str, int]], etats: Mapping[str, int]) -> str:
    manques = [(theme.ETATS[code].mot, etats[code]) for code in MANQUES if etats.get(code)]
    maximum = max([n for *_, n in lignes] + [n for _, n in manques]) if lignes else sum(etats.values())
    largeur = f"{LARGEUR_BARRE / max(maximum, 1):.2f}"
    return "".join(
        f'<li><i style="background:{couleur}"></i><span>{echapper(libelle)}</span>'
        f'<b style="width:calc({nombre}*{largeur}px)"></b><em>{nombre}</em></li>'
        for couleur, libelle, nombre in lignes
    ) + "".join(
        f'<li><i class="hach"></i><span>{mot}</span><b class="hach" style="width:calc({nombre}*{largeur}px)"></b>'
        f"<em>{nombre}</em></li>"
        for mot, nombre in manques
    )


def _key(etats: Mapping[str, int]) -> str:
    """What the marks mean, and what their absence means, with counts."""
    lignes = [
        f'<svg width="14" height="12" viewBox="-13 -13 26 26" aria-hidden="true">{cartes.sign(marque)}</svg>'
        f"{mot} ({etats[code]})"
        for code, (marque, mot) in ETABLIS.items()
        if etats.get(code)
    ]
    sans = [
        f"{theme.ETATS[code].mot} ({etats[code]})"
        for code in ("comparable", "non_concluant", "sans_test")
        if etats.get(code)
    ]
    if sans:
        lignes.append(f"{'sans signe' if lignes else 'aucun écart établi'}{INSECABLE}: " + " ou ".join(sans))
    return f'<div class="k">{"<br>".join(lignes)}</div>' if lignes else ""


def _arrondi(valeur: float) -> float:
    """Two significant digits, so that a legend reads round."""
    if valeur <= 0:
        return 0.0
    ordre = 10 ** max(len(str(int(valeur))) - 2, 0)
    return round(valeur / ordre) * ordre
