"""Which version a page shows, and the calm line that says so when it is not obvious. Pure, no Streamlit."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from dashboard.formats import INSECABLE, echapper, format_date
from dashboard.navigation import lien
from indicators.base import Servie, Version
from indicators.francais import typographier

CSS = """
.avis{font-size:13.5px;line-height:1.4;color:var(--ink2);padding:2px 0 6px;border-bottom:1px solid var(--line)}
.avis a{white-space:nowrap}
"""

Trouver = Callable[[int], tuple[Version | None, date | None]]
"""From a number: that version if it can be shown (None otherwise), and the day when another one replaced it."""


@dataclass(frozen=True)
class Passage:
    """What one run of a page shows: a version, and a line when something is to be said of it.

    `vers` is the version that the line leads to; a line that is not `est_durable` is said once.
    """

    version: Version
    texte: str = ""
    vers: int | None = None
    est_durable: bool = False


def choose_version(
    servie: Servie, demandee: str, vue: int | None, anciennes: Collection[int], trouver: Trouver
) -> Passage:
    """Choose the version of a run.

    Args:
        servie: what readers get now; its version is not None.
        demandee: the version that the address names, as it is written; empty when it names none.
        vue: the version that the session showed last, None when it starts.
        anciennes: versions that links opened in this session, and that it goes on showing.
        trouver: finds another version by its number.
    """
    courante, ouverte = servie.version, vue is not None
    numero = _read_numero(demandee) if demandee else (vue if vue in anciennes else None)
    de_lien = numero != courante.numero and (numero in anciennes if ouverte else bool(demandee))
    if de_lien and numero is not None and numero < courante.numero:
        ancienne, jusque = trouver(numero)
        if ancienne:
            return Passage(ancienne, _say_remplacee(ancienne, jusque), courante.numero, est_durable=True)
    if servie.avis:
        return Passage(courante, servie.avis, est_durable=True)
    if de_lien:
        return Passage(courante, _say_introuvable(demandee, numero, courante, trouver))
    if ouverte and vue not in anciennes and vue != courante.numero:
        return Passage(courante, _say_nouvelle(courante) if vue < courante.numero else _say_retiree(vue, courante))
    return Passage(courante)


def render_avis(passage: Passage, page: str, parametres: dict[str, str]) -> str:
    """The line as HTML, empty when there is nothing to say; its link opens the same view on the other version."""
    if not passage.texte:
        return ""
    ailleurs = ""
    if passage.vers is not None:
        adresse = echapper(lien(page, **parametres | {"version": passage.vers}))
        ailleurs = f' <a class="lien" href="{adresse}">Voir la version{INSECABLE}{passage.vers}</a>'
    return f'<p class="avis" role="status">{echapper(typographier(passage.texte))}{ailleurs}</p>'


def _read_numero(texte: str) -> int | None:
    return int(texte) if texte.isascii() and texte.isdecimal() and len(texte) < 10 else None


def _say_remplacee(ancienne: Version, jusque: date | None) -> str:
    quand = f" le {format_date(jusque)}" if jusque else ""
    return f"Ce lien désigne la version {ancienne.numero}, remplacée{quand} : ses chiffres sont ceux d’alors."


def _say_introuvable(demandee: str, numero: int | None, courante: Version, trouver: Trouver) -> str:
    suite = f"cette page montre la version {courante.numero}."
    if numero is None:
        return f"Ce lien désigne une version inconnue (« {demandee[:20]} ») : {suite}"
    if numero > courante.numero and trouver(numero)[0]:
        return _say_retiree(numero, courante)
    return f"Ce lien désigne la version {numero}, qui ne peut plus être montrée : {suite}"


def _say_retiree(numero: int, courante: Version) -> str:
    return f"La version {numero} a été retirée : cette page montre la version {courante.numero}."


def _say_nouvelle(courante: Version) -> str:
    resume = courante.resume.strip().rstrip(".")
    quoi = f" ({resume[:1].lower()}{resume[1:]})" if resume else ""
    return f"Une nouvelle version est publiée{quoi} : cette page montre la version {courante.numero}."
