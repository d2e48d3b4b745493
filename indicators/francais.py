"""French typography of figures, dates and lists, for sentences, pages, documents and the command line."""

import re
from datetime import date

from indicators.catalogue import Indicateur, Nature
from indicators.territoires import Niveau, Territoire

INSECABLE = "\u00a0"
FINE = "\u202f"
MOINS = "\u2212"
TIRET = "–"
"""Shown where a figure does not exist; its reason is always written nearby."""

_MOIS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)  # fmt: skip


def format_nombre(valeur: float | None, decimales: int = 0, signe: bool = False) -> str:
    """A number in French: U+202F between thousands, decimal comma, U+2212 for minus.

    Args:
        valeur: the number; None gives an en dash.
        decimales: digits after the comma.
        signe: write «+» before positive numbers (never before zero).

    >>> format_nombre(-1234.56, 1)
    '−1\u202f234,6'
    """
    if valeur is None:
        return TIRET
    texte = f"{abs(valeur):,.{decimales}f}".replace(",", FINE).replace(".", ",")
    if not texte.strip("0," + FINE):
        return texte
    return (MOINS if valeur < 0 else "+" if signe else "") + texte


def format_valeur(indicateur: Indicateur, valeur: float | None, unite: bool = True) -> str:
    """A stored value as shown: scaled, with the unit that its nature carries («88,0 %», «−2,1 pts», «9 605»)."""
    if valeur is None:
        return TIRET
    texte = format_nombre(
        valeur * indicateur.echelle, decimales(indicateur), signe=indicateur.nature is Nature.VALEUR_AJOUTEE
    )
    return texte + _unite_valeur(indicateur, valeur) if unite else texte


def format_ecart(indicateur: Indicateur, ecart: float | None, unite: bool = False) -> str:
    """A stored difference as shown, always signed: «+1,8», or «+1,8 pt» with its unit."""
    if ecart is None:
        return TIRET
    texte = format_nombre(ecart * indicateur.echelle, decimales_ecart(indicateur), signe=True)
    return texte + unite_ecart(indicateur, ecart) if unite else texte


def format_intervalle(indicateur: Indicateur, borne_inf: float | None, borne_sup: float | None, signe: bool) -> str:
    """An interval as shown: «[−4,6 ; −1,6]» for a difference (`signe`), «[86,6 ; 89,3]» for a value; else empty."""
    if borne_inf is None or borne_sup is None:
        return ""
    precision = decimales_ecart(indicateur) if signe else decimales(indicateur)
    bornes = [format_nombre(b * indicateur.echelle, precision, signe=signe) for b in (borne_inf, borne_sup)]
    return f"[{bornes[0]}{FINE}; {bornes[1]}]"


def decimales(indicateur: Indicateur) -> int:
    """Digits after the comma of a value; counts of pupils have none."""
    return 0 if indicateur.nature is Nature.EFFECTIF else indicateur.decimales


def decimales_ecart(indicateur: Indicateur) -> int:
    """Digits after the comma of a difference: those of the value, at least one for a taux."""
    return max(1, indicateur.decimales) if indicateur.nature is Nature.TAUX else decimales(indicateur)


def unite_ecart(indicateur: Indicateur, ecart: float) -> str:
    """Unit of a difference, with its space: «pt» under 2 and «pts» from 2 for rates and value added, else nothing."""
    if indicateur.unite == "km":
        return f"{INSECABLE}km"
    if indicateur.nature not in (Nature.TAUX, Nature.VALEUR_AJOUTEE):
        return ""
    montre = round(abs(ecart * indicateur.echelle), decimales_ecart(indicateur))
    return f"{INSECABLE}{'pts' if montre >= 2 else 'pt'}"


def _unite_valeur(indicateur: Indicateur, valeur: float) -> str:
    if indicateur.nature is Nature.TAUX:
        return f"{INSECABLE}%"
    if indicateur.unite == "km":
        return f"{INSECABLE}km"
    return unite_ecart(indicateur, valeur) if indicateur.nature is Nature.VALEUR_AJOUTEE else ""


def format_rentree(rentree: int | None) -> str:
    """The school year of a rentrée: 2024 → «2024-2025»."""
    return TIRET if rentree is None else f"{rentree}-{rentree + 1}"


def format_date(jour: date) -> str:
    """«14 novembre 2025», «1ᵉʳ mars 2025»."""
    numero = "1ᵉʳ" if jour.day == 1 else str(jour.day)
    return f"{numero} {_MOIS[jour.month - 1]} {jour.year}"


def accorder(nombre: int, singulier: str, pluriel: str | None = None) -> str:
    """«1 collège», «18 collèges», «0 lycée»: French plural starts at two."""
    mot = singulier if abs(nombre) < 2 else pluriel or singulier + "s"
    return f"{format_nombre(nombre)}{INSECABLE}{mot}"


def compter(nombre: int, feminin: bool = False) -> str:
    """A small count in words, for titles: «cinq», «une», «trente-sept»; in figures from 100.

    >>> compter(1, feminin=True), compter(21), compter(80)
    ('une', 'vingt et un', 'quatre-vingts')
    """
    unites = (
        "aucun un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
        "dix-sept dix-huit dix-neuf"
    ).split()
    if nombre >= 100:
        return format_nombre(nombre)
    if feminin:
        unites[0], unites[1] = "aucune", "une"
    if nombre < 20:
        return unites[nombre]
    dizaine, unite = divmod(nombre, 10)
    if dizaine in (7, 9):
        dizaine, unite = dizaine - 1, unite + 10
    mot = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante", "", "quatre-vingt")[dizaine]
    if unite == 0:
        return mot + ("s" if dizaine == 8 else "")
    lien = " et " if unite in (1, 11) and dizaine != 8 else "-"
    return f"{mot}{lien}{unites[unite]}"


def lister(mots: list[str] | tuple[str, ...]) -> str:
    """«a», «a et b», «a, b et c»."""
    if len(mots) < 2:
        return "".join(mots)
    return f"{', '.join(mots[:-1])} et {mots[-1]}"


def capitaliser(texte: str) -> str:
    """First letter in capital, the others untouched (unlike `str.capitalize`)."""
    return texte[:1].upper() + texte[1:]


def nommer(territoire: Territoire) -> str:
    """Name with its level, for lists that mix levels: «Réseau Grand Poitiers», «Collège Camille-Guérin»."""
    niveau = capitaliser(territoire.niveau.libelle)
    seul = territoire.niveau in (Niveau.ETABLISSEMENT, Niveau.NATIONAL) or territoire.nom.startswith(niveau)
    return territoire.nom if seul else f"{niveau} {territoire.nom}"


_ESPACES = ((re.compile(r"(?<=\S) (?=[:»%])|(?<=«) "), INSECABLE), (re.compile(r"(?<=\S) (?=[;?!])"), FINE))


def typographier(texte: str) -> str:
    """The non-breaking spaces of French typography in a text written with plain ones.

    >>> typographier("« a » : 12 % ; quoi ?")
    '«\xa0a\xa0»\xa0: 12\xa0%\u202f; quoi\u202f?'
    """
    for motif, espace in _ESPACES:
        texte = motif.sub(espace, texte)
    return texte
