"""A probability as a word, a number and twenty ticks: always in ink, since it judges certainty. Pure, no Streamlit."""

from dashboard import theme
from indicators.tableaux_de_bord.phrases_problematiques import format_probabilite, say_probabilite

NB_TRAITS = 20
ETEINT = "#D3D0C8"


def count_traits(probabilite: float) -> int:
    """Dark ticks: chances in twenty.

    >>> count_traits(0.904), count_traits(0.02), count_traits(0.999)
    (18, 0, 20)
    """
    return round(probabilite * NB_TRAITS)


def draw_traits(probabilite: float) -> str:
    """Twenty ticks, as many dark ones as chances in twenty."""
    sombres = count_traits(probabilite)
    traits = "".join(
        f'<rect x="{5 * rang}" y="0" width="3" height="13" fill="{theme.ENCRE if rang < sombres else ETEINT}"/>'
        for rang in range(NB_TRAITS)
    )
    return f'<svg class="pb" width="98" height="13" viewBox="0 0 98 13" aria-hidden="true">{traits}</svg>'


def write_probabilite(probabilite: float) -> str:
    """«très probable : 90 %»."""
    return f"{say_probabilite(probabilite)}\u00a0: {format_probabilite(probabilite)}"
