"""The «bloc»: ready HTML with inline SVG in a shadow root, whose links come back to Python.

Every figure that people read goes through it: pure modules build the markup, `show` displays it. Links are true
(`href`), so that a new tab works; a plain click keeps the session and opens the page through `navigation`.
"""

import streamlit as st

from dashboard import etat, theme

_composant = st.components.v2.component("eclore_bloc", css=theme.css_bloc(), js=theme.read_statique("bloc.js"))


def show(html: str, cle: str, css: str = "") -> None:
    """Show `html` (already escaped) with the common style sheet and the page's own `css`.

    Vocabulary that the script understands, in `html`:
    - `<a href="indicateur?…">` made by `etat.lien`: a click opens the page in the same session;
    - `data-code="R…"`: hovering or focusing one element adds class `hov` to all those of the same code, and to those
      whose `data-avec` lists it;
    - `data-info="…"` (escaped HTML) with one empty `<div class="survol" hidden></div>`: hover card.

    Args:
        cle: unique on the page.
        css: rules of this page; start from the tokens of `statique/bloc.css`.
    """
    html = etat.pin_liens(html)
    contenu = f"<style>{css}</style>{html}" if css else html
    resultat = _composant(data={"html": contenu}, key=cle, on_lien_change=lambda: None)
    if resultat.lien:
        etat.open_lien(resultat.lien)
