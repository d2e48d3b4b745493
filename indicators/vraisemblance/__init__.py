"""Plausibility of a new extract against what is already known: who is there, what jumps, what is revised.

    check_vraisemblance(extrait, rapport, reference)   # the same report, with the checks that ran and their findings

Each check is a function of the extract, its report and the reference; it reads normalised Parquet. To add one: write
`check_…` and the tuple `CONTROLES` of the codes of what it may find, then a line in `VERIFICATIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from indicators.ingestion.rapport import Constat, Rapport, load_controles
from indicators.reference import ExtraitConnu, Reference
from indicators.vraisemblance import (
    contours,
    deplacements,
    distributions,
    perimetres,
    registres,
    revisions,
    sauts,
    totaux,
    volumes,
)
from indicators.vraisemblance.tables import has_table

__all__ = ["VERIFICATIONS", "check_vraisemblance"]


@dataclass(frozen=True)
class Verification:
    """A check, the codes of what it may find, and whether it has anything to compare an extract with.

    `contre_charges`: it compares with what is loaded only; files handed in together are not each other's past.
    """

    check: Callable[[ExtraitConnu, Rapport, Reference], list[Constat]]
    controles: tuple[str, ...]
    concerne: Callable[[ExtraitConnu, Reference], bool]
    contre_charges: bool = False


def _has_meme_format(extrait: ExtraitConnu, reference: Reference) -> bool:
    return any(connu.is_same_format(extrait) for connu in reference.extraits)


def _has_voisin(extrait: ExtraitConnu, reference: Reference) -> bool:
    return any(connu.is_same_format(extrait) and not connu.id for connu in reference.extraits)


def _has_chiffres(extrait: ExtraitConnu, reference: Reference) -> bool:
    return has_table(extrait, "observations") and any(has_table(e, "observations") for e in reference.extraits)


def _has_registre(extrait: ExtraitConnu, reference: Reference) -> bool:
    lit = has_table(extrait, "observations") or has_table(extrait, "perimetres")
    return lit and any(connu.est_registre for connu in reference.extraits)


def _has_perimetre(extrait: ExtraitConnu, reference: Reference) -> bool:
    connus = any(has_table(connu, "perimetres") for connu in reference.extraits)
    return has_table(extrait, "perimetres") or (connus and (extrait.est_registre or has_table(extrait, "communes")))


def _has_contours(extrait: ExtraitConnu, reference: Reference) -> bool:
    tous = (*reference.extraits, extrait)
    tables = ("contours", "communes")
    return any(has_table(extrait, t) for t in tables) and all(any(has_table(e, t) for e in tous) for t in tables)


VERIFICATIONS = (
    Verification(registres.check_registres, registres.CONTROLES, _has_registre),
    Verification(perimetres.check_perimetres, perimetres.CONTROLES, _has_perimetre),
    Verification(deplacements.check_deplacements, deplacements.CONTROLES, deplacements.is_concerne),
    Verification(contours.check_contours, contours.CONTROLES, _has_contours),
    Verification(totaux.check_totaux, totaux.CONTROLES, _has_chiffres),
    Verification(volumes.check_volumes, volumes.CONTROLES, _has_meme_format, contre_charges=True),
    Verification(sauts.check_sauts, sauts.CONTROLES, _has_chiffres, contre_charges=True),
    Verification(distributions.check_distributions, distributions.CONTROLES, _has_meme_format, contre_charges=True),
    Verification(revisions.check_revisions, revisions.CONTROLES, _has_meme_format, contre_charges=True),
    Verification(revisions.check_contradictions, ("contradiction",), _has_voisin),
)
"""In the order of a report."""


def check_vraisemblance(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> Rapport:
    """Add to a report what plausibility found, and which of its checks ran.

    A check that had nothing to compare with did not run: it is not «conforme».

    Args:
        extrait: normalised rows of the table screened.
        rapport: its report, publishable.
        reference: extracts in force and other files of the same deposit, this one left out.
    """
    codes: list[str] = []
    constats: list[Constat] = []
    charges = replace(reference, extraits=tuple(connu for connu in reference.extraits if connu.id))
    for verification in VERIFICATIONS:
        lue = charges if verification.contre_charges else reference
        trouves = verification.check(extrait, rapport, lue)
        constats += trouves
        codes += verification.controles if trouves or verification.concerne(extrait, lue) else ()
    liste = load_controles()
    return rapport.add(tuple(liste[code] for code in codes), tuple(constats))
