"""The fiche of an indicator as ready HTML. Pure, no Streamlit."""

from dashboard.formats import FINE, INSECABLE, capitaliser, format_nombre, format_rentree, html_ordinaux
from indicators.catalogue import Indicateur, Nature, Sens

SENS = {
    Sens.HAUSSE_FAVORABLE: "une hausse est favorable",
    Sens.BAISSE_FAVORABLE: "une baisse est favorable",
    Sens.NEUTRE: "ni favorable ni défavorable",
}
NATURES = {
    Nature.TAUX: "taux",
    Nature.MOYENNE: "moyenne pondérée",
    Nature.VALEUR_AJOUTEE: "valeur ajoutée",
    Nature.RATIO: "ratio",
    Nature.EFFECTIF: "effectif",
}
NIVEAUX_SOURCE = {
    "etablissement": "établissement à académie",
    "departement": "département à académie",
    "academie": "académie seule",
    "region": "région seule",
}


def render_fiche(indicateur: Indicateur, large: bool = False) -> str:
    """The fiche as a definition list; `large` sets it on two columns."""
    ruptures = (
        f"{FINE}; ".join(f"{format_rentree(r.rentree)}{INSECABLE}: {r.cause}" for r in indicateur.ruptures)
        or "aucune déclarée"
    )
    utile = format_nombre(indicateur.ecart_utile, 0 if indicateur.ecart_utile == int(indicateur.ecart_utile) else 1)
    points = " point" + ("s" if indicateur.ecart_utile >= 2 else "") if indicateur.nature is Nature.TAUX else ""
    lu = {"tous": "se lit à tous les niveaux", "reseau": "se lit d’abord au réseau"}
    entrees = [
        ("Définition", indicateur.definition),
        ("Numérateur", indicateur.numerateur),
        ("Dénominateur", indicateur.denominateur),
        ("Nature, sens", f"{capitaliser(NATURES[indicateur.nature])}{FINE}; {SENS[indicateur.sens]}"),
        ("Source", f"{indicateur.source}. {indicateur.frequence}"),
        ("Ruptures", ruptures),
        ("Écart utile", f"{utile}{points}{INSECABLE}: en deçà, la différence ne compte pas"),
        ("Seuil", f"Publié à partir de {indicateur.seuil} {indicateur.unite_effectif}"),
        (
            "Niveaux",
            f"{capitaliser(NIVEAUX_SOURCE[indicateur.niveaux_disponibles])}{FINE}; "
            f"{lu.get(indicateur.niveau, 'se lit d’abord à l’inter-réseau')}",
        ),
        *([("Traitement", indicateur.traitement)] if indicateur.traitement else []),
    ]
    corps = "".join(f"<div><dt>{t}</dt><dd>{html_ordinaux(d)}</dd></div>" for t, d in entrees if d)
    code = f"<div><dt>Code</dt><dd><code>{indicateur.code}</code></dd></div>"
    return f'<dl class="sheet{" large" if large else ""}">{corps}{code}</dl>'


def render_a_savoir(indicateur: Indicateur) -> str:
    """What to know before reading, from the fiche; nothing when it says nothing."""
    if not indicateur.a_savoir:
        return ""
    points = "".join(f"<li>{html_ordinaux(texte)}</li>" for texte in indicateur.a_savoir)
    return f'<div class="al"><b>À savoir avant de lire</b><ul>{points}</ul></div>'
