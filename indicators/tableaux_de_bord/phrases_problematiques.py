"""The sentences about problématiques: made from what was published, the same on every page. No cause, no judgement."""

from indicators.catalogue import Domaine, Nature
from indicators.francais import (
    FINE,
    INSECABLE,
    capitaliser,
    compter,
    format_ecart,
    format_nombre,
    format_rentree,
    lister,
    typographier,
    unite_ecart,
)
from indicators.problematiques import Lecture, Mesure
from indicators.problematiques.absences import MOTIFS
from indicators.tableaux_de_bord.lignes import list_titres_formats
from indicators.tableaux_de_bord.objets_problematiques import Indice, Levier, Problematique, VueProblematiques

_MOTS = (
    (0.965, "quasi certain"),
    (0.895, "très probable"),
    (0.745, "probable"),
    (0.595, "à confirmer"),
    (0.395, "indécise"),
)
"""Word of a probability, from this value on; the bounds are those of whole percentages (97, 90, 75, 60, 40)."""
_DOMAINES = {
    Domaine.CONTEXTE: "contexte",
    Domaine.SOCLE: "socle",
    Domaine.ORIENTATION: "orientation",
    Domaine.DECROCHAGE: "décrochage",
    Domaine.LYCEE: "lycée",
}
_TENDANCES = (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE)


def say_probabilite(probabilite: float) -> str:
    """The word of a probability: «très probable»; «peu probable» under those that are findings or undecided.

    >>> say_probabilite(0.9), say_probabilite(0.2)
    ('très probable', 'peu probable')
    """
    return next((mot for borne, mot in _MOTS if probabilite >= borne), "peu probable")


def format_probabilite(probabilite: float) -> str:
    """«90 %»; never 0 nor 100, which no draw can say.

    >>> format_probabilite(0.904), format_probabilite(0.001), format_probabilite(1.0)
    ('90\\xa0%', '<\\xa01\\xa0%', '>\\xa099\\xa0%')
    """
    if probabilite < 0.005:
        return f"<{INSECABLE}1{INSECABLE}%"
    if probabilite > 0.995:
        return f">{INSECABLE}99{INSECABLE}%"
    return f"{probabilite * 100:.0f}{INSECABLE}%"


def write_phrase(problematique: Problematique) -> str:
    """The sentence of a finding, its places filled in; no full stop, it is a title."""
    sujets = [i.condition.sujets.get(i.indicateur.code, "") for i in problematique.indices]
    champs = {"minimum": "", "maximum": "", "depuis": "", "resultat": next(filter(None, sujets), "")}
    debuts = [i.rentree_debut for i in problematique.indices if i.rentree_debut and i.condition.mesure in _TENDANCES]
    if debuts:
        champs["depuis"] = format_rentree(min(debuts))
    disperses = [i.ligne for i in problematique.indices if i.ligne is not None and i.ligne.dispersion is not None]
    if disperses:
        dispersion, echelle = disperses[0].dispersion, disperses[0].indicateur.echelle
        champs["minimum"] = format_nombre(dispersion.minimum * echelle)
        champs["maximum"] = format_nombre(dispersion.maximum * echelle)
    phrase = problematique.regle.phrase
    for nom, texte in champs.items():
        phrase = phrase.replace(f"{{{nom}}}", texte)
    return phrase


def write_chiffres(problematique: Problematique) -> str:
    """The gaps of a finding in one line: «1ᵉʳ vœu −6,8 pts ; décrochage +1,2 pt depuis 2019-2020»."""
    ecarts = [i for i in problematique.indices if i.condition.lecture.est_un_ecart and i.ecart is not None]
    uniques = {i.court: i for i in reversed(ecarts)}
    return f"{FINE}; ".join(f"{i.court} {_say_ecart(i)}" for i in ecarts if uniques[i.court] is i)


def _say_ecart(indice: Indice) -> str:
    if indice.condition.mesure in _TENDANCES:
        return f"{format_pente(indice)} par an"
    return format_ecart(indice.indicateur, indice.ecart, unite=True)


def format_pente(indice: Indice) -> str:
    """Change per rentrée of a trend, signed, with its unit: «+0,9 pt»."""
    return format_ecart(indice.indicateur, (indice.ecart or 0.0) / max(indice.duree, 1), unite=True)


def write_condition(indice: Indice) -> str:
    """What a condition asks, in a few words: «sous −3 pts», «à ±1,5 pt», «hausse d’au moins 1 pt»."""
    condition, fiche = indice.condition, indice.indicateur
    seuil = condition.get_seuil(fiche)
    nombre = _format_seuil(indice, seuil)
    if condition.lecture is Lecture.COMPARABLE:
        return f"à ±{nombre}"
    monte = condition.get_signe(fiche) > 0
    if condition.lecture is Lecture.PAS_DEFAVORABLE:
        return f"pas sous −{nombre}".replace("−", "\u2212") if monte else f"pas au-dessus de +{nombre}"
    if condition.mesure is Mesure.TENDANCE:
        mot = "hausse" if monte else "baisse"
        return f"{mot} d’au moins {nombre}"
    return f"au-delà de +{nombre}" if monte else f"sous \u2212{nombre}"


def _format_seuil(indice: Indice, seuil: float) -> str:
    """A threshold without sign, as short as it can be: «3 pts», «1,5 pt», «0,3»."""
    fiche = indice.indicateur
    montre = seuil * fiche.echelle
    precision = next(d for d in range(3) if abs(round(montre, d) - montre) < 1e-9 or d == 2)
    return format_nombre(montre, precision) + unite_ecart(fiche, seuil)


_MESURES = {
    Mesure.POSITION: "écart au reste de l’académie",
    Mesure.SEMBLABLES: "écart aux territoires semblables",
    Mesure.ATTENDU: "écart à l’attendu du contexte",
    Mesure.TENDANCE: "changement sur la série",
    Mesure.TENDANCE_RELATIVE: "changement, moins celui du reste",
    Mesure.DISPERSION: "écarts entre établissements, face aux autres territoires",
    Mesure.GROUPES: "écart filles-garçons, face au reste",
}


def say_mesure(indice: Indice) -> str:
    """What the gap of a condition is measured against."""
    return _MESURES[indice.condition.mesure]


def write_eleves(problematique: Problematique) -> str:
    """«742 élèves de 3ᵉ»: the pupils concerned; empty where none is counted."""
    principal = problematique.principal
    if problematique.effectif is None or principal is None:
        return ""
    unite = principal.indicateur.unite_effectif
    return f"{format_nombre(problematique.effectif)} {unite}"


def write_levier(levier: Levier, probabilite: float) -> str:
    """«avec 20 admis de plus, la probabilité passerait de 90 à 58 %. Un élève de plus ou de moins…»"""
    if levier.un is None:
        return _write_reduction(levier, probabilite)
    compte = levier.indice.indicateur.compte
    sens = "de plus" if levier.sens > 0 else "de moins"
    if levier.nombre is None:
        debut = f"même avec un quart des {compte.plusieurs} {sens}, le profil resterait probable."
    else:
        quoi = compte.un if levier.nombre == 1 else compte.plusieurs
        debut = f"avec {format_nombre(levier.nombre)} {quoi} {sens}, {_say_passage(levier, probabilite)}."
    return typographier(f"{debut} {_say_un(levier.un)}")


def _write_reduction(levier: Levier, probabilite: float) -> str:
    """Where nothing is counted: «si l’écart (note à l’écrit) était moindre de 0,1, la probabilité passerait…»"""
    fiche, court = levier.indice.indicateur, levier.indice.court
    if levier.nombre is None:
        return f"même avec un écart bien moindre ({court}), le profil resterait probable."
    precision = next(d for d in range(3) if abs(round(levier.nombre, d) - levier.nombre) < 1e-9)
    moindre = format_nombre(levier.nombre, precision) + unite_ecart(fiche, levier.nombre / fiche.echelle)
    return typographier(f"si l’écart ({court}) était moindre de {moindre}, {_say_passage(levier, probabilite)}.")


def _say_passage(levier: Levier, probabilite: float) -> str:
    de, a = format_probabilite(probabilite), format_probabilite(levier.probabilite)
    return f"la probabilité passerait de {de.removesuffix(f'{INSECABLE}%')} à {a}"


def _say_un(un: float) -> str:
    """How far one pupil moves the probability."""
    points = un * 100
    combien = "moins d’un point" if points < 1 else f"{format_nombre(points)} point{'s' if round(points) >= 2 else ''}"
    return f"Un élève de plus ou de moins la déplace de {combien}."


def explain_manque(problematique: Problematique) -> str:
    """Why a rule could not be read: «à décider avec l’extrait « Orientation »», or what its figures lack."""
    indice = problematique.manque
    if indice is None:
        return ""
    if indice.motif in ("extrait", "ancien"):
        titres = list_titres_formats([indice.indicateur.code])
        titre = titres[0].split(" (")[0] if titres else indice.indicateur.titre_court
        suite = " plus récent" if indice.motif == "ancien" else ""
        return f"à décider avec l’extrait «{INSECABLE}{titre}{INSECABLE}»{suite}"
    return f"{indice.court}{INSECABLE}: {MOTIFS[indice.motif]}"


def explain_indecise(problematique: Problematique) -> str:
    """Why a profile is undecided: its least sure condition, and the pupils behind it."""
    indices = [i for i in problematique.indices if i.probabilite is not None]
    if not indices:
        return ""
    douteux = min(indices, key=lambda i: i.probabilite)
    court = douteux.court
    if douteux.effectif is None:
        return f"{court}{INSECABLE}: {format_probabilite(douteux.probabilite)}"
    return f"{court}{INSECABLE}: {format_nombre(douteux.effectif)} {douteux.indicateur.unite_effectif}"


def write_titre(vue: VueProblematiques) -> str:
    """The message of the page: how many findings, on which domains, and a progress to share.

    «Deux problématiques ressortent, en orientation et en décrochage ; un progrès est à partager»
    """
    if not vue.nb_regles:
        return "Les problématiques se lisent pour un réseau, un inter-réseau, un département ou l’académie"
    if not vue.trouvees:
        return _write_vide(vue)
    problemes, progres = len(vue.problemes), len(vue.progres)
    debut = ""
    if problemes:
        nom = "problématique ressort" if problemes == 1 else "problématiques ressortent"
        debut = f"{capitaliser(compter(problemes, feminin=True))} {nom}, {_say_domaines(vue)}"
    if not progres:
        return debut
    suite = "un progrès est à partager"
    return f"{debut}{FINE}; {suite}" if debut else f"Aucune problématique probable, et {suite}"


def _say_domaines(vue: VueProblematiques) -> str:
    """«sur le socle et l’orientation»: domains of the findings, context left out where another one is there."""
    lus = {d for p in vue.problemes for d in p.regle.domaines}
    resultats = [d for d in Domaine if d in lus and d is not Domaine.CONTEXTE] or [Domaine.CONTEXTE]
    return f"sur {lister([_ARTICLES[d] for d in resultats])}"


_ARTICLES = {
    Domaine.CONTEXTE: "le contexte",
    Domaine.SOCLE: "le socle",
    Domaine.ORIENTATION: "l’orientation",
    Domaine.DECROCHAGE: "le décrochage",
    Domaine.LYCEE: "le lycée",
}


def _write_vide(vue: VueProblematiques) -> str:
    """«Aucune des 11 règles n’est probable ici : 2 sont indécises, 3 attendent un extrait»."""
    suites = []
    if vue.indecises:
        suites.append(f"{len(vue.indecises)} {'est indécise' if len(vue.indecises) == 1 else 'sont indécises'}")
    if vue.sans_donnee:
        un = len(vue.sans_donnee) == 1
        suites.append(f"{len(vue.sans_donnee)} {'attend' if un else 'attendent'} des chiffres")
    suite = f"{INSECABLE}: {', '.join(suites)}" if suites else ""
    return f"Aucune des {vue.nb_regles} règles n’est probable ici{suite}"


def write_comptes(vue: VueProblematiques) -> str:
    """«16 règles examinées : 5 retenues · 6 non trouvées · 2 indécises · 3 sans données»."""
    trouvees = len(vue.trouvees) + len(vue.autres)
    parts = [
        _count(trouvees, "retenue"),
        _count(len(vue.non_trouvees), "non trouvée"),
        _count(len(vue.indecises), "indécise"),
        f"{len(vue.sans_donnee)} sans données" if vue.sans_donnee else "",
    ]
    return f"{vue.nb_regles} règles examinées{INSECABLE}: {' · '.join(p for p in parts if p)}"


def _count(nombre: int, mot: str) -> str:
    return f"{nombre} {mot}{'s' if nombre > 1 else ''}" if nombre else ""


def say_domaines(problematique: Problematique) -> str:
    """«orientation, décrochage»: domains that a rule crosses."""
    return ", ".join(_DOMAINES[domaine] for domaine in problematique.regle.domaines)


def is_defavorable(indice: Indice) -> bool | None:
    """Whether a gap goes against pupils (None: without judgement), for its colour."""
    signe = {"hausse_favorable": 1, "baisse_favorable": -1}.get(indice.indicateur.sens, 0)
    sans = indice.condition.mesure in (Mesure.DISPERSION, Mesure.GROUPES)
    if not signe or sans or indice.ecart is None or indice.indicateur.nature is Nature.EFFECTIF:
        return None
    return signe * indice.ecart < 0
