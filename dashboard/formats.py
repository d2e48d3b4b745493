"""Text and figures made ready for HTML: French typography, escaping, raised ordinals. Pure, no Streamlit."""

import html
import re

from indicators.francais import (
    FINE,
    INSECABLE,
    MOINS,
    TIRET,
    accorder,
    capitaliser,
    compter,
    decimales,
    decimales_ecart,
    format_date,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_rentree,
    format_valeur,
    lister,
    nommer,
    unite_ecart,
)

__all__ = [
    "FINE",
    "INSECABLE",
    "MOINS",
    "TIRET",
    "accorder",
    "capitaliser",
    "compter",
    "decimales",
    "decimales_ecart",
    "echapper",
    "format_date",
    "format_ecart",
    "format_intervalle",
    "format_nombre",
    "format_rentree",
    "format_valeur",
    "html_gras",
    "html_ordinaux",
    "lister",
    "nommer",
    "unite_ecart",
]

_ORDINAL = re.compile(r"\b(\d{1,2})(ᵉʳ|ʳᵉ|ᵈᵉ|ᵉ|nde|ère|ème|de|er|re|e)(?=[\s\-–:,.;)»’/…\u00a0\u202f]|$)")
_EN_EXPOSANT = {"ᵉʳ": "er", "ʳᵉ": "re", "ᵈᵉ": "de", "ᵉ": "e", "nde": "de", "ère": "re", "ème": "e"}


def echapper(texte: object) -> str:
    """Text made safe for HTML, attributes included."""
    return html.escape(str(texte), quote=True)


def html_ordinaux(texte: str) -> str:
    """Escaped text with its ordinals raised: «6e» or «6ᵉ» → «6<sup class="o">e</sup>»."""
    return _ORDINAL.sub(
        lambda m: f'{m[1]}<sup class="o">{_EN_EXPOSANT.get(m[2], m[2])}</sup>', echapper(texte).replace("&#x27;", "’")
    )


def html_gras(texte: str) -> str:
    """Escaped text with `**bold**` and ordinals turned into markup."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html_ordinaux(texte))


def elider(mot: str) -> str:
    """A noun or a name after «de»: «de réseaux», «d’inter-réseaux», «d’Angoulême», «du Mans»."""
    for article, contracte in (("Le ", "du"), ("Les ", "des")):
        if mot.startswith(article):
            return f"{contracte} {mot.removeprefix(article)}"
    return f"d’{mot}" if mot[:1].lower() in "aeiouyâàéèêëîïôœû" else f"de{INSECABLE}{mot}"
