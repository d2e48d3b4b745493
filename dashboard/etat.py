"""What the user chose, kept in the address so that a link opens the same view.

The only user of `st.query_params` and `st.session_state`. The address is the truth: a widget writes it (`bind`), the
page reads it (`read_choix`). Coming back to a page without parameters, from the menu or by the Back button, restores
its last choice, with the territory and the indicator read since on another page.

Every address also carries the version of the base that it was read on: an open session follows the version served,
a link opened later shows the figures that it was copied with.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from dashboard import avis, donnees, navigation
from indicators.base import Servie
from indicators.catalogue import ENSEMBLE, Indicateur, get_indicateur
from indicators.erreurs import ErreurUsage
from indicators.territoires import Niveau, Territoire

PARAMETRES = ("territoire", "indicateur", "rentree", "modalite", "niveau")
"""Parameters shared by every page, in the order of the address."""

_PARTAGES = ("territoire", "indicateur")
"""Parameters that follow the user from one page to another; the others stay with their page."""

_VERSION = "version"
_SESSION = "_version_de_la_session"
_MEMOIRE = "_derniers_choix"
_PAGE = "_page"
_NIVEAUX_LISTES = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT, Niveau.ETABLISSEMENT)
_INDICATEUR_PAR_DEFAUT = "taux_reussite_dnb"


@dataclass(frozen=True)
class Choix:
    """A validated choice: every code exists in the base or in the catalogue.

    `rentree` None means the latest of each indicator; `niveau` is the level listed or mapped.
    """

    territoire: Territoire
    indicateur: Indicateur
    rentree: int | None = None
    modalite: str = ENSEMBLE
    niveau: Niveau = Niveau.RESEAU


@dataclass
class _SessionVersion:
    """Versions of a session: the last one shown, those that links opened, and the line said once."""

    vue: int | None = None
    anciennes: set[int] = field(default_factory=set)
    annonce: avis.Passage | None = None
    est_dite: bool = False


def enter_version(servie: Servie) -> avis.Passage:
    """Choose the version that this run shows, from the address and the session, and what is said of it."""
    session = st.session_state.setdefault(_SESSION, _SessionVersion())
    demandee = st.query_params.get(_VERSION, "")
    passage = avis.choose_version(servie, demandee, session.vue, session.anciennes, donnees.find_version)
    if passage.vers is not None:
        session.anciennes.add(passage.version.numero)
    if passage.texte and not passage.est_durable:
        session.annonce, session.est_dite = passage, False
    elif session.annonce and not session.est_dite and session.annonce.version == passage.version:
        passage = replace(passage, texte=passage.texte or session.annonce.texte)
    session.vue = passage.version.numero
    donnees.show_version(passage.version)
    return passage


def leave_page() -> None:
    """End a run that was drawn whole: the address says its version, and what was said once is not said again."""
    session = st.session_state[_SESSION]
    session.est_dite = True
    if st.query_params.get(_VERSION) != str(session.vue):
        write(**{_VERSION: session.vue})


def read_adresse() -> dict[str, str]:
    """Every parameter of the address."""
    return st.query_params.to_dict()


def pin_liens(html: str) -> str:
    """Inner links of ready HTML, tied to the version shown when it is not the one served: a new tab shows the same."""
    session = st.session_state.get(_SESSION, _SessionVersion())
    if session.vue not in session.anciennes:
        return html
    return _LIEN.sub(lambda m: f"{m[0]}{'&amp;' if '?' in m[1] else '?'}{_VERSION}={session.vue}", html)


_LIEN = re.compile(r'<a [^<>]*?href="((?!https?:|mailto:|data:|#)(?![^"]*\bversion=)[^"]+)(?=")')


def read_choix() -> Choix:
    """The choice that the address describes; missing parts take the session's last choice, then the defaults.

    Raises:
        ErreurUsage: a code of the address is unknown; the message says which and what to do.
        ErreurBase: nothing is published.
    """
    memoire = st.session_state.setdefault(_MEMOIRE, {})
    page = st.session_state.get(_PAGE, "")
    lus = _read_parametres()
    # The Back button brings a page back with the address of the one that was left.
    if not lus or (page != memoire.get(_PAGE) and lus == memoire.get(memoire.get(_PAGE))):
        write(**memoire.get(page, {}) | memoire.get(_PARTAGES, {}))
        lus = _read_parametres()
    choix = _validate(lus)
    if "territoire" not in lus:
        write(territoire=choix.territoire.code)
    memoire[_PAGE], memoire[page] = page, lus | {"territoire": choix.territoire.code}
    memoire[_PARTAGES] = memoire.get(_PARTAGES, {}) | {n: v for n, v in memoire[page].items() if n in _PARTAGES}
    return choix


def _read_parametres() -> dict[str, str]:
    return {nom: st.query_params[nom] for nom in PARAMETRES if st.query_params.get(nom)}


def enter_page(page: str) -> None:
    """Say which page runs, so that each keeps its own last choice."""
    st.session_state[_PAGE] = page


def _validate(lus: dict[str, str]) -> Choix:
    territoire = donnees.get_territoire(lus.get("territoire") or f"A{donnees.get_version().academie}")
    indicateur = get_indicateur(lus["indicateur"]) if "indicateur" in lus else _get_indicateur_par_defaut()
    niveau_defaut = territoire.niveau if territoire.niveau in _NIVEAUX_LISTES[:3] else Niveau.RESEAU
    return Choix(
        territoire=territoire,
        indicateur=indicateur,
        rentree=_read_rentree(lus.get("rentree")),
        modalite=_check("modalité", lus.get("modalite", ENSEMBLE), tuple(indicateur.modalites)),
        niveau=Niveau(
            _check("niveau", lus.get("niveau", niveau_defaut.value), tuple(n.value for n in _NIVEAUX_LISTES))
        ),
    )


def _get_indicateur_par_defaut() -> Indicateur:
    presents = donnees.list_indicateurs()
    usuel = [indicateur for indicateur in presents if indicateur.code == _INDICATEUR_PAR_DEFAUT]
    return (usuel or list(presents) or [get_indicateur(_INDICATEUR_PAR_DEFAUT)])[0]


def _read_rentree(texte: str | None) -> int | None:
    if texte is None:
        return None
    if not (texte.isdigit() and len(texte) == 4):
        raise ErreurUsage(
            f"« {texte} » n’est pas une rentrée. Attendu : l’année de septembre, par exemple 2024 pour 2024-2025. "
            "Corrigez l’adresse ou revenez à l’accueil."
        )
    return int(texte)


def _check(quoi: str, valeur: str, permis: Sequence[str]) -> str:
    if valeur not in permis:
        raise ErreurUsage(
            f"« {valeur} » n’est pas une valeur connue ({quoi}). Attendu : {', '.join(permis)}. "
            "Corrigez l’adresse ou revenez à l’accueil."
        )
    return valeur


def read_parametre(nom: str, permis: Sequence[str], defaut: str) -> str:
    """A parameter of one page only; what is not permitted is refused like an unknown code."""
    return _check(nom, st.query_params.get(nom) or defaut, permis)


def read_texte(nom: str) -> str:
    """A free text of one page only, such as the words of a search (empty when absent); 100 signs at most."""
    return st.query_params.get(nom, "")[:100]


def read_liste(nom: str) -> tuple[str, ...]:
    """A parameter holding several codes separated by commas (empty when absent); the page checks them."""
    return tuple(code for code in st.query_params.get(nom, "").split(",") if code)


def write(**changements: object) -> None:
    """Write parameters into the address; None or an empty value removes one. Tuples are joined with commas.

    The version shown is written with them: one step of the browser's history for all.
    """
    avant = st.query_params.to_dict()
    apres = avant | {nom: _write_valeur(valeur) for nom, valeur in changements.items()}
    apres = {nom: texte for nom, texte in apres.items() if texte}
    if apres != avant:
        st.query_params.from_dict(apres | _get_version())


def _write_valeur(valeur: object) -> str:
    return ",".join(map(str, valeur)) if isinstance(valeur, tuple | list) else str(valeur or "")


def _get_version() -> dict[str, str]:
    session = st.session_state.get(_SESSION)
    return {_VERSION: str(session.vue)} if session and session.vue is not None else {}


def bind(cle: str, valeur: Any, on_choix: Callable[[Any], dict[str, object]]) -> dict[str, Any]:
    """Arguments that make a widget follow the address: `st.selectbox(…, **etat.bind("rentree", 2024, …))`.

    The widget shows `valeur`, read from the address; when the user changes it, `on_choix(new value)` says which
    parameters to write.

    >>> st.selectbox("Rentrée", [None, 2024], **bind("r", None, lambda r: {"rentree": r}))  # doctest: +SKIP
    """
    st.session_state[cle] = valeur
    return {"key": cle, "on_change": lambda: write(**on_choix(st.session_state[cle]))}


def open_lien(adresse: str) -> None:
    """Open an address made by `navigation.lien`, in the same session. Does not return."""
    page, parametres = navigation.read_lien(adresse)
    st.switch_page(page.fichier, query_params=_get_version() | parametres)
