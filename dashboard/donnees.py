"""Cached reads of the published base: the only user of Streamlit's cache.

Every cached result is keyed by the version it was read from, so a new version shows at the next interaction and an
old figure can never be served under a new version's name.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

import streamlit as st

from indicators.base import Servie, Version, find_suivante, open_base
from indicators.base import find_version as _find_version
from indicators.base import read_servie as _read_servie
from indicators.catalogue import Indicateur
from indicators.chemins import get_processed
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.tableaux_de_bord import reperes
from indicators.territoires import Territoire

journal = logging.getLogger("eclore.application")
_version_du_passage: ContextVar[Version | None] = ContextVar("version_du_passage", default=None)


def read_servie() -> Servie:
    """Read the pointer again: the version that readers get now, and why it is not the last one published.

    Raises:
        ErreurBase: versions were published and none can be read.
    """
    servie = _read_servie(get_processed())
    if servie.avis:
        _log_once(servie.avis)
    return servie


@lru_cache(maxsize=32)
def _log_once(avis: str) -> None:
    journal.error("%s", avis)


def show_version(version: Version) -> None:
    """Choose the version of this rerun: every part of the page then shows the same one."""
    _version_du_passage.set(version)


def find_version(numero: int) -> tuple[Version | None, date | None]:
    """The version of that number, None if it cannot be shown any more, and the day when the next one came."""
    suivante = find_suivante(get_processed(), numero)
    return _find_version(get_processed(), str(numero)), suivante.publie_le.date() if suivante else None


def get_version() -> Version:
    """The version that this rerun shows.

    Raises:
        ErreurBase: nothing is published.
    """
    version = _version_du_passage.get() or read_servie().version
    if version is None:
        raise ErreurBase("Aucune donnée n’est encore publiée. Chargez un premier extrait, ou lancez la démonstration.")
    return version


def build(fonction: Callable[..., Any], *arguments: Any) -> Any:
    """Result of `fonction(base, *arguments)`, computed once per version and arguments, then shared by every session.

    `fonction` is a module-level function of `indicators` or of a pure module of `dashboard`; arguments are hashable
    and plain (codes, numbers, tuples); the result must not be modified.

    >>> build(build_tableau_de_bord, "R01", None)  # doctest: +SKIP
    """
    version = get_version()
    return _build(
        f"{version.nom}/{version.empreinte}", f"{fonction.__module__}.{fonction.__qualname__}", arguments, fonction
    )


@st.cache_resource(max_entries=600, show_spinner=False)
def _build(version: str, nom: str, arguments: tuple, _fonction: Callable[..., Any]) -> Any:
    return _fonction(open_base(get_processed(), version.split("/")[0]), *arguments)


def list_territoires() -> dict[str, Territoire]:
    """Every territory by code, largest levels first, then by name."""
    return build(reperes.list_territoires)


def get_territoire(code: str) -> Territoire:
    """The territory of that code.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    try:
        return list_territoires()[code]
    except KeyError:
        raise ErreurUsage(
            f"Aucun territoire ne porte le code « {code} » dans la version {get_version().numero} de la base. "
            "Attendu : un code comme « R01 », « IR03 », « D16 » ou l’UAI d’un établissement. "
            "Choisissez un territoire depuis l’accueil."
        ) from None


def list_rentrees() -> tuple[int, ...]:
    """Rentrées that have figures, latest first."""
    return build(reperes.list_rentrees)


def list_indicateurs() -> tuple[Indicateur, ...]:
    """Indicators that have figures, in reading order."""
    return build(reperes.list_indicateurs)
