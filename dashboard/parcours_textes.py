"""What is written at a mark of a path: label, interval, trend, description. Pure, no Streamlit."""

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    format_ecart,
    format_intervalle,
    format_nombre,
    format_valeur,
)
from indicators.tableaux_de_bord.objets_parcours import EtapeLue, MarqueLue, VueParcours
from indicators.tableaux_de_bord.phrases_parcours import explain_motif
from indicators.tableaux_de_bord.sujets import get_reference

_SIGNES = {"amelioration": "▲", "degradation": "▼"}
_COULEURS = {"amelioration": theme.FAVORABLE, "degradation": theme.DEFAVORABLE}
_MOTS_COURTS = {"non_concluante": "incertaine"}


def name_marque(lue: MarqueLue) -> str:
    """«6ᵉ français»: the two short lines on one."""
    return " ".join(lue.marque.lignes)


def name_reference(vue: VueParcours) -> str:
    """«reste de l’académie»: what the centre line is."""
    comparee = next((m for m in vue.lues if m.ligne.comparaison), None)
    return get_reference(comparee.ligne).nom if comparee else ""


def write_label(lue: MarqueLue, court: bool = False) -> str:
    """State and gap: «▲ +2,3»; from ten, without decimals where room is short."""
    comparaison = lue.ligne.comparaison
    ecart = format_ecart(lue.indicateur, comparaison.ecart)
    if court and abs(comparaison.ecart * lue.indicateur.echelle) >= 9.95:
        ecart = format_nombre(comparaison.ecart * lue.indicateur.echelle, signe=True)
    return f"{theme.ETATS[lue.etat].signe} {ecart}"


def write_valeurs(lue: MarqueLue) -> tuple[str, str]:
    """«86,9 %» and, after it, « · 84,6»: the value, that of the reference."""
    valeur = format_valeur(lue.indicateur, lue.ligne.valeur.valeur)
    comparaison = lue.ligne.comparaison
    if comparaison is None or comparaison.valeur_reference is None:
        return valeur, ""
    return valeur, f" · {format_valeur(lue.indicateur, comparaison.valeur_reference, unite=False)}"


def write_intervalle(lue: MarqueLue) -> str:
    """Interval of the gap, or of the value where nothing is compared; empty without one."""
    comparaison, valeur = lue.ligne.comparaison, lue.ligne.valeur
    if comparaison is not None:
        return format_intervalle(lue.indicateur, comparaison.ecart_inf, comparaison.ecart_sup, signe=True)
    return format_intervalle(lue.indicateur, valeur.borne_inf, valeur.borne_sup, signe=False)


def write_tendance(lue: MarqueLue) -> tuple[str, str, str]:
    """The trend on two short lines, and its colour: «↗ +0,5/an», «amélioration»; the second may be empty."""
    tendance = lue.ligne.tendance
    if tendance is None:
        return "", "", theme.ENCRE2
    fleche, mot = theme.fleche(tendance.etat, tendance.pente), theme.TENDANCES[tendance.etat]
    if tendance.est_contredite:
        robuste = format_ecart(lue.indicateur, tendance.theil_sen)
        return f"{fleche} {mot}", f"robuste{INSECABLE}: {robuste}", theme.ENCRE2
    if not tendance.est_etablie or tendance.pente is None:
        return f"{fleche} {_MOTS_COURTS.get(tendance.etat, mot)}", "", theme.ENCRE2
    pente = f"{fleche} {format_ecart(lue.indicateur, tendance.pente)}/an"
    return pente, mot, _COULEURS.get(tendance.etat, theme.ENCRE)


def write_tendance_courte(lue: MarqueLue) -> tuple[str, str]:
    """The same for a projection: «↗ +0,5 ▲», «→ stable», «?», with its colour."""
    tendance = lue.ligne.tendance
    if tendance is None:
        return "", theme.ENCRE2
    fleche = theme.fleche(tendance.etat, tendance.pente)
    if tendance.est_etablie and not tendance.est_contredite and tendance.pente is not None:
        pente = f"{fleche} {format_ecart(lue.indicateur, tendance.pente)} {_SIGNES.get(tendance.etat, '')}"
        return pente.strip(), _COULEURS.get(tendance.etat, theme.ENCRE)
    return (f"{fleche} stable" if tendance.etat == "stable" else "?"), theme.ENCRE2


def describe_marque(vue: VueParcours, etape: EtapeLue, lue: MarqueLue) -> str:
    """A mark in a sentence, for whoever does not see the drawing."""
    annee = etape.etape.calendrier.write(lue.ligne.valeur.rentree) if lue.ligne.valeur.rentree is not None else ""
    nom = ", ".join(filter(None, (f"{etape.etape.titre}, {name_marque(lue)}", annee)))
    if not lue.est_lue:
        return f"{nom}{INSECABLE}: non disponible, {' '.join(explain_motif(lue, etape.etape))}"
    morceaux = [format_valeur(lue.indicateur, lue.ligne.valeur.valeur)]
    comparaison = lue.ligne.comparaison
    if comparaison is not None:
        reference = format_valeur(lue.indicateur, comparaison.valeur_reference)
        ecart = format_ecart(lue.indicateur, comparaison.ecart, unite=True)
        morceaux[0] += f" contre {reference} ({name_reference(vue)})"
        morceaux.append(" ".join(filter(None, (f"écart {ecart}", write_intervalle(lue)))))
        morceaux.append(theme.ETATS[lue.etat].mot)
    if lue is vue.fragilite:
        morceaux.append("point de fragilité")
    if lue.ligne.tendance:
        morceaux.append(f"tendance{INSECABLE}: {theme.TENDANCES[lue.ligne.tendance.etat]}")
    if lue.ligne.valeur.denominateur is not None:
        morceaux.append(f"{format_nombre(lue.ligne.valeur.denominateur)} {lue.indicateur.unite_effectif}")
    return f"{nom}{INSECABLE}: {f'{FINE}; '.join(morceaux)}"


_ETROITS, _LARGES = set("iljtfrI.,;:!’'|()[] \u00a0\u202f-–·"), set("mwMW%→↗↘▲▼≈")


def measure(texte: str, taille: float) -> float:
    """Width of a text in pixels, rather too much than too little: the font is only known to the browser.

    >>> measure("2018", 100)
    212.0
    """
    em = sum(0.28 if c in _ETROITS else 0.85 if c in _LARGES else 0.64 if c.isupper() else 0.53 for c in texte)
    return em * taille


def pick_texte(textes: tuple[str, ...], largeur: float, taille: float) -> str:
    """The first text that fits, else the last."""
    return next((texte for texte in textes if measure(texte, taille) <= largeur), textes[-1])


def write_cle(vue: VueParcours, grand: bool = False) -> str:
    """What heights mean: beside the tabs, or under the title of a projection."""
    if not vue.est_compare:
        return ""
    if grand:
        face = get_reference(next(m for m in vue.lues if m.hauteur is not None).ligne).a
        return (
            f"Écarts {face}, en points{FINE}; hauteur en écarts utiles{FINE}; "
            f"ruban gris{INSECABLE}: moins d’un écart utile"
        )
    attendu = any(m.hauteur_attendue is not None for m in vue.lues)
    tiret = f" · tireté{INSECABLE}: attendu d’après le contexte" if attendu else ""
    return f"Hauteur{INSECABLE}: écart en écarts utiles · ruban gris{INSECABLE}: moins d’un écart utile{tiret}"


def lower(texte: str) -> str:
    """A sentence after a colon: its first letter small."""
    return texte[:1].lower() + texte[1:]
