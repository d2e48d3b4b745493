"""Cached reads of the published base: the only user of Streamlit's cache.

Every cached result is keyed by the version it was read from, so a new version shows at the next interaction and an
old figure can never be served under a new version's name.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import streamlit as st

from indicators.base import Base, Version, open_base, read_version_courante
from indicators.catalogue import Indicateur
from indicators.chemins import get_processed
from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.tableaux_de_bord import reperes
from indicators.territoires import Territoire

_version_du_passage: ContextVar[Version | None] = ContextVar("version_du_passage", default=None)


def read_version() -> Version | None:
    """Read the pointer again, once per rerun: every part of the page then shows the same version."""
    version = read_version_courante(get_processed())
    _version_du_passage.set(version)
    return version


def get_version() -> Version:
    """The version that this rerun shows.

    Raises:
        ErreurBase: nothing is published.
    """
    version = _version_du_passage.get() or read_version()
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
    return _fonction(_open(version), *arguments)


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(version: str) -> Base:
    return open_base(get_processed(), version.split("/")[0])


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
