"""The path of a territory, from école to after the bac, cohort by cohort where the years allow it.

A territory is followed, not pupils: at each step, its figure of the rentrée at which a cohort, entered in 6e the same
year, was there. Nothing is judged here: gaps, intervals, states and trends were decided when publishing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from indicators.base import Base
from indicators.parcours import Marque, load_parcours
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, list_semblables
from indicators.tableaux_de_bord.identite import read_tete
from indicators.tableaux_de_bord.lectures import fini
from indicators.tableaux_de_bord.lignes import Lecture, build_ligne, list_titres_formats, read_lecture
from indicators.tableaux_de_bord.objets import Ligne
from indicators.tableaux_de_bord.objets_parcours import (
    COHORTE,
    DERNIERE,
    SEULS,
    EtapeLue,
    MarqueLue,
    Source,
    VueParcours,
)
from indicators.tableaux_de_bord.reperes import list_enfants, list_parents
from indicators.territoires import Niveau, Territoire

MARQUES_PAR_COHORTE = 3
"""Figures under which an entry year is not offered."""
AGE_MAXIMUM = 4
"""Rentrées behind the latest of the base after which a figure is not «la dernière année» of anything."""


def build_vue_parcours(
    base: Base, code: str, lire: str = COHORTE, entree: int | None = None, reference: str = PRINCIPALE
) -> VueParcours:
    """Read the path of a territory.

    Args:
        lire: COHORTE, or DERNIERE for the latest figure of each mark.
        entree: rentrée of entry in 6e; the most complete one when None or not offered.
        reference: what to compare with (`comparaisons.REFERENCES`).

    Raises:
        ErreurUsage: the base has no such territory.
    """
    tete = read_tete(base, code)
    lecture = read_lecture(base, tete.territoire, None, reference)
    entrees = list_entrees(lecture)
    if not entrees:
        lire = DERNIERE
    entree = (entree if entree in entrees else choose_entree(lecture, entrees)) if lire == COHORTE else None
    etapes, ecartees = _read_etapes(lecture, entree)
    etapes = _finish(base, lecture, etapes)
    absents = [m.marque.indicateur for e in etapes for m in e.marques if not m.niveaux]
    seul = tete.territoire.niveau in SEULS
    departements = list_enfants(base, code, Niveau.DEPARTEMENT) if seul else ()
    return VueParcours(
        tete=tete,
        lire=lire,
        entree=entree,
        entrees=entrees,
        etapes=etapes,
        reference=reference,
        semblables=list_semblables(base, tete.territoire) if reference == "similaires" else (),
        ecartees=ecartees,
        extraits_attendus=list_titres_formats(absents),
        sources=_read_sources(base, tete.territoire, [m for e in etapes for m in e.lues]),
        lu_d_abord=_find_inter_reseau(base, tete.territoire),
        enfants=tuple(build_vue_parcours(base, t.code, lire, entree) for t in departements),
    )


def list_entrees(lecture: Lecture) -> tuple[int, ...]:
    """Entry years whose cohort has enough figures, latest first."""
    marques = [marque for etape in load_parcours().etapes for marque in etape.marques]
    possibles = {entree for marque in marques for entree in _list_entrees(lecture, (marque,))}
    return tuple(e for e in sorted(possibles, reverse=True) if _count(lecture, marques, e) >= MARQUES_PAR_COHORTE)


def choose_entree(lecture: Lecture, entrees: Sequence[int]) -> int:
    """The entry year with the most figures, the latest of two."""
    marques = [marque for etape in load_parcours().etapes for marque in etape.marques]
    return max(entrees, key=lambda entree: (_count(lecture, marques, entree), entree))


def find_cohorte(lecture: Lecture, marques: Sequence[Marque], entree: int) -> int | None:
    """The cohort on which a step is read: the one asked for, else the nearest with a figure (the fullest of two, then
    the latest); None where no year has any."""
    possibles = _list_entrees(lecture, marques)
    return min(possibles, key=lambda e: (abs(e - entree), -_count(lecture, marques, e), -e), default=None)


def _list_entrees(lecture: Lecture, marques: Iterable[Marque]) -> set[int]:
    """Entry years for which one of the marks has a figure."""
    tous = [choix for marque in marques for choix in marque.choix]
    return {rentree - choix.decalage for choix in tous for rentree in _list_rentrees(lecture, choix)}


def _list_rentrees(lecture: Lecture, marque: Marque) -> set[int]:
    """Rentrées at which a mark, without what replaces it, has a figure."""
    valeurs = lecture.valeurs.get((marque.indicateur, marque.modalite), {})
    return {rentree for rentree, valeur in valeurs.items() if valeur.statut == "ok"}


def _count(lecture: Lecture, marques: Sequence[Marque], entree: int) -> int:
    return sum(any(_has(lecture, choix, entree) for choix in marque.choix) for marque in marques)


def _has(lecture: Lecture, marque: Marque, entree: int) -> bool:
    return entree + marque.decalage in _list_rentrees(lecture, marque)


def _read_etapes(lecture: Lecture, entree: int | None) -> tuple[tuple[EtapeLue, ...], tuple[Marque, ...]]:
    """Every step on its cohort (the latest of each mark when `entree` is None), and the marks left out."""
    etapes, ecartees = [], []
    for etape in load_parcours().etapes:
        cohorte = None if entree is None else find_cohorte(lecture, etape.marques, entree)
        if cohorte is None:
            marques = tuple(_read_derniere(lecture, marque) for marque in etape.marques)
        else:
            existent = [m for m in etape.marques if any(not c.precede(cohorte + c.decalage) for c in m.choix)]
            ecartees += [marque for marque in etape.marques if marque not in existent]
            marques = tuple(_read_cohorte(lecture, marque, cohorte) for marque in existent)
        etapes.append(EtapeLue(etape, marques, cohorte))
    return tuple(etapes), tuple(ecartees)


def _read_cohorte(lecture: Lecture, marque: Marque, entree: int) -> MarqueLue:
    """The first choice with a figure for that cohort, else the first whose source existed."""
    existent = [choix for choix in marque.choix if not choix.precede(entree + choix.decalage)]
    choix = next((c for c in existent if _has(lecture, c, entree)), existent[0])
    return MarqueLue(choix, _build_ligne(lecture, choix, entree + choix.decalage))


def _read_derniere(lecture: Lecture, marque: Marque) -> MarqueLue:
    """The choice with the latest figure, the first of two; none older than `AGE_MAXIMUM`."""
    premiere = (lecture.derniere or 0) - AGE_MAXIMUM
    dernieres = {choix: max(_list_rentrees(lecture, choix), default=0) for choix in marque.choix}
    choix = max(dernieres, key=dernieres.__getitem__)
    trop_vieille = dernieres[choix] < premiere
    return MarqueLue(choix, _build_ligne(lecture, choix, lecture.derniere if trop_vieille else dernieres[choix]))


def _build_ligne(lecture: Lecture, marque: Marque, rentree: int | None) -> Ligne:
    """The row of the tableau de bord at a rentrée, with the trend of its latest rentrées whatever the cohort."""
    ligne = build_ligne(replace(lecture, rentree=rentree), marque.fiche, marque.modalite)
    return replace(ligne, tendance=lecture.tendances.get((marque.indicateur, marque.modalite)))


def _finish(base: Base, lecture: Lecture, etapes: Sequence[EtapeLue]) -> tuple[EtapeLue, ...]:
    """What the base says beside the figures: expected values, and where a mark without a figure has some."""
    attendus, niveaux = _read_attendus(base, lecture.territoire), _read_niveaux(base)

    def finish(lue: MarqueLue) -> MarqueLue:
        serie = (lue.marque.indicateur, lue.marque.modalite)
        return replace(
            lue,
            attendu=attendus.get((*serie, lue.ligne.valeur.rentree)),
            niveaux=frozenset(niveaux.get(serie, ())),
            derniere=max(_list_rentrees(lecture, lue.marque), default=None),
        )

    return tuple(replace(etape, marques=tuple(map(finish, etape.marques))) for etape in etapes)


def _read_attendus(base: Base, territoire: Territoire) -> dict[tuple, float | None]:
    lignes = base.lignes(
        "SELECT indicateur, modalite, rentree, attendu FROM attendu WHERE niveau = ? AND territoire = ?",
        (territoire.niveau.value, territoire.code),
    )
    return {tuple(cle): fini(attendu) for *cle, attendu in lignes}


def _read_niveaux(base: Base) -> dict[tuple[str, str], set[Niveau]]:
    niveaux: dict[tuple[str, str], set[Niveau]] = {}
    for indicateur, modalite, niveau in base.lignes(
        "SELECT DISTINCT indicateur, modalite, niveau FROM valeur WHERE statut = 'ok' AND list_contains(?, indicateur)",
        (list(load_parcours().indicateurs),),
    ):
        niveaux.setdefault((indicateur, modalite), set()).add(Niveau(niveau))
    return niveaux


def _find_inter_reseau(base: Base, territoire: Territoire) -> Territoire | None:
    if territoire.niveau is not Niveau.RESEAU:
        return None
    return list_parents(base, territoire.code).get(Niveau.INTER_RESEAU)


def _read_sources(base: Base, territoire: Territoire, lues: Sequence[MarqueLue]) -> tuple[Source, ...]:
    """The extracts behind these figures, by producer then title: of its établissements, or of its own level."""
    cles = {(m.marque.indicateur, m.ligne.valeur.rentree) for m in lues}
    lignes = base.lignes(
        """SELECT DISTINCT split_part(c.source, ',', 1), regexp_replace(c.titre_format, ' \\(.*\\)', ''),
            o.indicateur, o.rentree
        FROM observation o JOIN chargement c ON c.id = o.chargement
        WHERE list_contains(?, o.indicateur) AND o.niveau IN ('etablissement', ?) ORDER BY ALL""",
        ([indicateur for indicateur, _ in sorted(cles)], territoire.niveau.value),
    )
    groupes: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for producteur, titre, *cle in lignes:
        if tuple(cle) in cles:
            groupes.setdefault((producteur, titre), []).append(tuple(cle))
    return tuple(Source(*qui, tuple(lus)) for qui, lus in groupes.items())
