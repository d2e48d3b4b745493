"""The sentences of a path: its title, its years, its cohorts, and why a mark has no figure. No cause, no judgement.

The title says states that were published, step by step, and where the path gives way: the mark whose established
unfavourable gap is the largest in écarts utiles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from indicators.francais import FINE, INSECABLE, capitaliser, compter, lister
from indicators.parcours import Calendrier, Etape
from indicators.tableaux_de_bord.objets_parcours import SEULS, EtapeLue, MarqueLue, VueParcours
from indicators.tableaux_de_bord.sujets import get_reference
from indicators.territoires import Niveau

LONGUEUR = 118
"""Signs of the title at most: one line of the page."""
DESSUS, COMPARABLE, DESSOUS, INDECIS, PARTAGE, MUET = (
    "au-dessus", "comparable", "en dessous", "incertain", "partagé", "",
)  # fmt: skip
"""What a step says, as an adjective of «le parcours»; MUET without anything judged."""


@dataclass(frozen=True)
class Jugement:
    """What a step says, and where: «au collège». `point`: where the path is the most fragile, if it is there."""

    lieu: str
    mot: str
    point: str = ""


def judge_etape(etape: EtapeLue) -> str:
    """One word for a step: an established gap decides; without any, all must be comparable for the step to be so.

    >>> judge_etape(etape)  # doctest: +SKIP
    'comparable'
    """
    etats = {m.etat for m in etape.lues}
    if {"favorable", "defavorable"} <= etats:
        return PARTAGE
    if "favorable" in etats:
        return DESSUS
    if "defavorable" in etats:
        return DESSOUS
    if "non_concluant" in etats:
        return INDECIS
    return COMPARABLE if "comparable" in etats else MUET


def write_titre(vue: VueParcours, longueur: int = LONGUEUR) -> str:
    """The path of a territory in one sentence, without a full stop."""
    if not vue.lues:
        return "Aucun chiffre du parcours n’est publié pour ce territoire"
    if vue.est_seul:
        return f"{_say_tout(vue)} n’a pas de reste à quoi la comparer{INSECABLE}: ses valeurs, étape par étape"
    if not vue.est_compare:
        return "Aucune étape ne peut être comparée"
    fragilite = vue.fragilite
    jugements = [
        Jugement(e.etape.lieu, judge_etape(e), fragilite.marque.lieu if fragilite and fragilite in e.marques else "")
        for e in vue.etapes
    ]
    face = get_reference(next(m for m in vue.lues if m.hauteur is not None).ligne).face
    return phrase(jugements, face.format(celui="celui"), face.format(celui="celle"), longueur)


def _say_tout(vue: VueParcours) -> str:
    mots = {Niveau.ACADEMIE: "L’académie", Niveau.REGION: "La région académique"}
    return mots.get(vue.territoire.niveau, "La France")


def phrase(etapes: Sequence[Jugement], face: str, face_etape: str, longueur: int = LONGUEUR) -> str:
    """«Au-dessus à l’école, comparable au collège, le parcours fléchit à l’affectation».

    Args:
        face: what a path is measured against: «le reste de l’académie», «celui de la France».
        face_etape: the same for a step: «celle de la France».
        longueur: signs at most; what is said first is where the path is fragile, then what comes before, then after.
    """
    rang = next((i for i, etape in enumerate(etapes) if etape.point), None)
    candidates = _say_sans_point(etapes, face_etape) if rang is None else _say_point(etapes, rang, face)
    texte = next((c for c in candidates if len(c) <= longueur), min(candidates, key=len))
    return capitaliser(texte)


def _say_point(etapes: Sequence[Jugement], rang: int, face: str) -> list[str]:
    avant = [e for e in etapes[:rang] if e.mot]
    mots = {e.mot for e in avant}
    aussi = ", et aussi"
    if mots & {DESSOUS, PARTAGE}:
        verbe, aussi = "est le plus fragile", ", en dessous aussi"
    elif mots & {DESSUS, COMPARABLE}:
        verbe = "fléchit"
    else:
        verbe = f"est sous {face}"
    clause = f"le parcours {verbe} {etapes[rang].point}"
    suite = _say_suite(etapes[rang + 1 :], aussi)
    surs = [e for e in avant if e.mot != INDECIS]
    debuts = [_say_groupes(groupe) for groupe in (avant, surs, _keep_derniers(surs))]
    complets = [f"{debut}, {clause}" if debut else clause for debut in debuts]
    return [complets[0] + suite, *complets, clause + suite, clause]


def _keep_derniers(etapes: Sequence[Jugement]) -> list[Jugement]:
    """The last steps that say the same."""
    groupes = [list(groupe) for _, groupe in groupby(etapes, key=lambda e: e.mot)]
    return groupes[-1] if groupes else []


def _say_suite(apres: Sequence[Jugement], aussi: str) -> str:
    """Steps after the point: also below, else above again."""
    dessous = [e.lieu for e in apres if e.mot in (DESSOUS, PARTAGE)]
    if dessous:
        return f"{aussi} {lister(dessous)}"
    dessus = [e.lieu for e in apres if e.mot == DESSUS]
    return f", puis repasse au-dessus {lister(dessus)}" if dessus else ""


def _say_groupes(etapes: Sequence[Jugement]) -> str:
    """«au-dessus à l’école et au collège, comparable à l’orientation»: neighbours that say the same are joined."""
    groupes = groupby(etapes, key=lambda e: e.mot)
    return ", ".join(f"{mot} {lister([e.lieu for e in groupe])}" for mot, groupe in groupes)


def _say_sans_point(etapes: Sequence[Jugement], face: str) -> list[str]:
    jugees = [e for e in etapes if e.mot]
    if not jugees:
        return ["aucune étape ne peut être jugée"]
    if len(jugees) == 1:
        return [_say_seule(jugees[0])]
    sujet = "aucune étape n’est établie"
    if len(jugees) < len(etapes):
        sujet = f"aucune des {compter(len(jugees), feminin=True)} étapes jugées n’est établie"
    clause = f"{sujet} sous {face}"
    for mot in (DESSUS, COMPARABLE):
        if lieux := [e.lieu for e in jugees if e.mot == mot]:
            return [f"{clause}{FINE}; le parcours est {mot} {lister(lieux)}", clause]
    return [f"{clause}{FINE}; les élèves sont trop peu nombreux pour conclure", clause]


def _say_seule(etape: Jugement) -> str:
    que = "que " if etape.lieu[0] not in "aàâeéèêiîoôuû" else "qu’"
    reponse = "les élèves y sont trop peu nombreux pour conclure" if etape.mot == INDECIS else f"il y est {etape.mot}"
    return f"le parcours n’est jugé {que}{etape.lieu}{INSECABLE}: {reponse}"


def write_annee(etape: EtapeLue) -> str:
    """The year of a step as people say it: «sept. 2018», «2022», «2023-24»; empty without a figure."""
    if not etape.rentrees:
        return ""
    calendrier = etape.etape.calendrier
    mots = [calendrier.write(r) for r in etape.rentrees]
    texte = f"{mots[0]} à {mots[-1]}" if len(mots) > 2 else " et ".join(mots)
    return f"sept.{INSECABLE}{texte}" if calendrier is Calendrier.RENTREE else texte


@dataclass(frozen=True)
class Accolade:
    """A run of steps read on the same cohort: first and last (ranks), and what is said of it, longest first."""

    premiere: int
    derniere: int
    textes: tuple[str, ...]


def list_accolades(vue: VueParcours) -> tuple[Accolade, ...]:
    """The cohort of every step: one bracket over neighbours read on the same; steps without a figure are passed over.

    For the last year of each indicator, one per step.
    """
    lues = [(rang, etape) for rang, etape in enumerate(vue.etapes) if etape.lues]
    if vue.entree is None:
        return tuple(Accolade(rang, rang, _say_entrees(etape.entrees)) for rang, etape in lues)
    groupes = [list(groupe) for _, groupe in groupby(lues, key=lambda lue: lue[1].entree)]
    return tuple(Accolade(g[0][0], g[-1][0], _say_cohorte(vue, [etape for _, etape in g])) for g in groupes)


def _say_cohorte(vue: VueParcours, etapes: Sequence[EtapeLue]) -> tuple[str, ...]:
    entree = etapes[0].entree
    if entree != vue.entree:
        return _say_entrees((entree,))
    nom = f"cohorte entrée en 6ᵉ en {entree}"
    courts = (nom, *_say_entrees((entree,)))
    if len(etapes) < 2:
        return courts
    debut, fin = etapes[0], etapes[-1]
    return (f"{nom}, {_fill(debut.etape.debut, debut)} {_fill(fin.etape.fin, fin)}", *courts)


def _fill(texte: str, etape: EtapeLue) -> str:
    """The end of a bracket, with the last year of its step."""
    return texte.format(annee=etape.etape.calendrier.write(etape.rentrees[-1]))


def _say_entrees(entrees: Sequence[int]) -> tuple[str, ...]:
    annees = lister([str(e) for e in entrees])
    mot = "entrée" if len(entrees) == 1 else "entrées"
    return (f"{mot} en 6ᵉ en {annees}", f"{mot} {annees}", annees)


def explain_motif(marque: MarqueLue, etape: Etape) -> tuple[str, ...]:
    """Why a mark has no figure, in three words or so: one to three short lines."""
    valeur = marque.ligne.valeur
    if valeur.statut in _MOTIFS:
        return _MOTIFS[valeur.statut]
    if not marque.niveaux:
        return "extrait", "attendu"
    if marque.niveaux <= set(SEULS):
        return "publié par", "académie" if Niveau.ACADEMIE in marque.niveaux else "région"
    if marque.derniere is None or valeur.rentree is None:
        return "aucun", "chiffre ici"
    if marque.derniere < valeur.rentree:
        return "dernier", "chiffre en", etape.calendrier.write(marque.derniere)
    return "absent", f"en {etape.calendrier.write(valeur.rentree)}"


_MOTIFS = {
    "secret": ("secret", "statistique"),
    "non_significatif": ("trop peu", "d’élèves"),
    "non_applicable": ("sans objet",),
}


def write_ecartees(vue: VueParcours) -> str:
    """«CP de cette cohorte : avant les évaluations nationales.»; empty when no mark was left out."""
    return " ".join(
        f"{' '.join(m.lignes)} de cette cohorte{INSECABLE}: {m.depuis.avant}." for m in vue.ecartees if m.depuis
    )
