"""Streamlit parts shared by the pages: selectors bound to the address, banner, messages, page header and footer."""

import re
from collections.abc import Sequence

import streamlit as st

from dashboard import avis, bloc, donnees, etat, theme
from dashboard.formats import INSECABLE, echapper, format_date, format_rentree, nommer
from indicators.base import Version
from indicators.catalogue import ENSEMBLE, Indicateur
from indicators.francais import typographier
from indicators.tableaux_de_bord import reperes
from indicators.territoires import Niveau, Territoire

_DERNIERE = 0
"""Option of `select_rentree` that asks for no rentrée: absent from the address."""


def show_cadre(version: Version | None) -> None:
    """Style block, header mention and demonstration banner, on every page."""
    if version is None:
        st.html(theme.style_page("", est_demo=False))
        return
    mention = f"Base du {format_date(version.publie_le)} · version{INSECABLE}{version.numero}"
    st.html(theme.style_page(mention.replace("ᵉʳ", "er"), version.est_demo))
    if version.est_demo:
        st.html(
            '<div class="bandeau-demo" role="note"><b>Données de démonstration</b>'
            "<span>chiffres fictifs<i>, à ne pas diffuser</i></span></div>"
        )


def show_avis(passage: avis.Passage, page: str) -> None:
    """The line that tells which version the page shows, when it is not obvious; its place is kept, empty, if not."""
    with st.container(key="avis"):
        html = avis.render_avis(passage, page, etat.read_adresse())
        if html:
            bloc.show(html, "ligne_version", avis.CSS)


def show_message(titre: str, texte: str, cle: str = "message", retour: bool = True) -> None:
    """A calm message in place of a page: what happened, then what to do.

    Line breaks are kept; `code` between backquotes is set as code; `retour` offers the way back to the first page.
    """
    paragraphes = [_CODE.sub(r"<code>\1</code>", echapper(li)) for li in typographier(texte).splitlines() if li.strip()]
    lignes = "".join(f"<p>{paragraphe}</p>" for paragraphe in paragraphes)
    lien = '<p class="lien"><a href="./">Revenir à l’accueil</a></p>' if retour else ""
    bloc.show(f'<section class="msg-page"><h2 class="msg">{echapper(titre)}</h2>{lignes}{lien}</section>', cle, _CSS)


_CODE = re.compile(r"`([^`]+)`")
_CSS = """
.msg-page{border-top:2px solid var(--nav);padding:18px 0;margin-top:26px;max-width:760px}
.msg-page p{margin-top:10px}
.msg-page code{font:14px/1.3 ui-monospace,"Source Code Pro","DejaVu Sans Mono",monospace;background:var(--surf)}
.msg-page code{padding:2px 6px;border-radius:4px}
"""


def set_titre(titre: str) -> None:
    """Title of the browser's tab: «Grand Poitiers · Éclore»."""
    st.set_page_config(page_title=f"{titre} · Éclore")


def columns_tete(*largeurs: float) -> list:
    """Columns of a page head, aligned at the bottom: the title first, then one per selector."""
    return st.columns(largeurs, vertical_alignment="bottom", gap="small")


def select_territoire(choix: etat.Choix, territoires: Sequence[Territoire] | None = None) -> None:
    """Territory of the page: every area, plus the établissements of the current réseau; or the list given."""
    tous = donnees.list_territoires()
    codes = [t.code for t in territoires] if territoires is not None else _list_codes(choix.territoire)
    if choix.territoire.code not in codes:
        codes.append(choix.territoire.code)
    st.selectbox(
        "Territoire",
        codes,
        format_func=lambda code: nommer(tous[code]),
        **etat.bind("choix_territoire", choix.territoire.code, lambda code: {"territoire": code, "reference": None}),
    )


def _list_codes(territoire: Territoire) -> list[str]:
    tous = donnees.list_territoires().values()
    codes = [t.code for t in tous if t.niveau not in (Niveau.ETABLISSEMENT, Niveau.REGION, Niveau.NATIONAL)]
    reseau = territoire
    if territoire.niveau is Niveau.ETABLISSEMENT:
        reseau = donnees.build(reperes.list_parents, territoire.code).get(Niveau.RESEAU, territoire)
    if reseau.niveau is Niveau.RESEAU:
        codes += [t.code for t in donnees.build(reperes.list_enfants, reseau.code, Niveau.ETABLISSEMENT)]
    return codes


def select_rentree(choix: etat.Choix, rentrees: Sequence[int] | None = None) -> None:
    """Rentrée of the page; «Dernière connue» leaves each indicator at its latest."""
    options = [_DERNIERE, *(rentrees if rentrees is not None else donnees.list_rentrees())]
    courante = choix.rentree or _DERNIERE
    if courante not in options:
        options.append(courante)
    st.selectbox(
        "Rentrée",
        options,
        format_func=lambda rentree: "Dernière connue" if rentree == _DERNIERE else format_rentree(rentree),
        **etat.bind("choix_rentree", courante, lambda rentree: {"rentree": rentree}),
    )


def select_indicateur(choix: etat.Choix, indicateurs: Sequence[Indicateur] | None = None) -> None:
    """Indicator of the page, among those that have figures, grouped by domain in reading order."""
    offerts = {i.code: i for i in (indicateurs if indicateurs is not None else donnees.list_indicateurs())}
    offerts.setdefault(choix.indicateur.code, choix.indicateur)
    st.selectbox(
        "Indicateur",
        list(offerts),
        format_func=lambda code: offerts[code].titre,
        **etat.bind("choix_indicateur", choix.indicateur.code, lambda code: {"indicateur": code, "modalite": None}),
    )


def select_modalite(choix: etat.Choix) -> None:
    """Modalité of the indicator, when it has several."""
    modalites = choix.indicateur.modalites
    if len(modalites) < 2:
        return
    st.selectbox(
        "Modalité",
        list(modalites),
        format_func=lambda code: modalites[code],
        **etat.bind("choix_modalite", choix.modalite, lambda code: {"modalite": None if code == ENSEMBLE else code}),
    )
