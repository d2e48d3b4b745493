"""Build the tableau de bord of a territory, at any level, from a published base."""

from collections import Counter
from collections.abc import Sequence

from indicators.base import Base
from indicators.catalogue import Domaine
from indicators.formats import load_formats
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE, list_semblables
from indicators.tableaux_de_bord.constats import list_constats
from indicators.tableaux_de_bord.identite import build_identite, read_territoire
from indicators.tableaux_de_bord.lignes import (
    Lecture,
    build_lignes,
    is_comparable,
    list_titres_formats,
    read_lecture,
)
from indicators.tableaux_de_bord.objets import BlocDomaine, Identite, Ligne, TableauDeBord
from indicators.tableaux_de_bord.phrases import write_en_bref
from indicators.territoires import Niveau, Territoire

NB_FORCES = 3
_LUS_A_L_INTER_RESEAU = (Domaine.ORIENTATION, Domaine.DECROCHAGE, Domaine.LYCEE)


def build_tableau_de_bord(
    base: Base, code: str, rentree: int | None = None, reference: str = PRINCIPALE
) -> TableauDeBord:
    """The tableau de bord of a territory.

    Args:
        code: of a territory of any level.
        rentree: the one to read; None for the latest of each indicator.
        reference: what to compare with (`comparaisons.REFERENCES`); every state, gap and sentence follows it.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    territoire = read_territoire(base, code)
    lecture = read_lecture(base, territoire, rentree, reference)
    lignes = build_lignes(lecture)
    derniere = rentree if rentree is not None else lecture.derniere
    identite = build_identite(base, lecture)
    return TableauDeBord(
        identite=identite,
        rentree=rentree,
        en_bref=write_en_bref(identite, lignes, derniere),
        forces=pick_forces(lignes, derniere, "favorable"),
        fragilites=pick_forces(lignes, derniere, "defavorable"),
        domaines=_build_domaines(lignes, identite),
        decompte=count_etats(lignes),
        famille=_get_famille(lignes),
        sources=_read_sources(base, lecture),
        reference=reference,
        semblables=list_semblables(base, territoire) if reference == "similaires" else (),
        constats=list_constats(base, territoire),
    )


def pick_forces(lignes: Sequence[Ligne], derniere: int | None, etat: str) -> tuple[Ligne, ...]:
    """The established gaps of that state in the last two rentrées, largest first in écarts utiles, three at most.

    An indicator appears once, with the modalité whose gap is the largest.
    """
    etablies = [
        ligne
        for ligne in lignes
        if ligne.etat == etat and derniere is not None and ligne.valeur.rentree >= derniere - 1
    ]
    etablies.sort(key=measure_ecart, reverse=True)
    uniques = {ligne.indicateur.code: ligne for ligne in reversed(etablies)}
    return tuple(ligne for ligne in etablies if uniques[ligne.indicateur.code] is ligne)[:NB_FORCES]


def measure_ecart(ligne: Ligne) -> float:
    """Size of the gap of a row, in écarts utiles (0 without comparison)."""
    if ligne.comparaison is None or ligne.comparaison.ecart is None:
        return 0.0
    return abs(ligne.comparaison.ecart) * ligne.indicateur.echelle / ligne.indicateur.ecart_utile


def count_etats(lignes: Sequence[Ligne]) -> dict[str, int]:
    """Number of rows in each state; rows without figure are counted together as «sans_valeur», counts of pupils not."""
    return dict(
        Counter(
            ligne.etat if ligne.valeur.statut == "ok" else "sans_valeur"
            for ligne in lignes
            if ligne.valeur.statut != "ok" or is_comparable(ligne.indicateur)
        )
    )


def _build_domaines(lignes: Sequence[Ligne], identite: Identite) -> tuple[BlocDomaine, ...]:
    blocs = (
        _build_domaine(domaine, [li for li in lignes if li.indicateur.domaine is domaine], identite)
        for domaine in Domaine
    )
    return tuple(bloc for bloc in blocs if bloc.lignes)


def _build_domaine(domaine: Domaine, lignes: Sequence[Ligne], identite: Identite) -> BlocDomaine:
    vide = all(ligne.valeur.statut != "ok" and ligne.derniere_connue is None for ligne in lignes)
    return BlocDomaine(
        domaine=domaine,
        lignes=tuple(lignes),
        decompte=count_etats(lignes),
        lu_d_abord=_get_lu_d_abord(domaine, identite),
        extraits_attendus=list_titres_formats(li.indicateur.code for li in lignes) if vide else (),
    )


def _get_lu_d_abord(domaine: Domaine, identite: Identite) -> Territoire | None:
    if identite.territoire.niveau is not Niveau.RESEAU or domaine not in _LUS_A_L_INTER_RESEAU:
        return None
    return next((t for t in identite.chemin if t.niveau is Niveau.INTER_RESEAU), None)


def _get_famille(lignes: Sequence[Ligne]) -> int:
    """Size of the family of comparisons corrected together, at the latest rentrée shown."""
    familles = [
        (li.valeur.rentree, li.comparaison.famille) for li in lignes if li.comparaison and li.comparaison.famille
    ]
    return max(familles, default=(0, 0))[1]


def _read_sources(base: Base, lecture: Lecture) -> tuple[str, ...]:
    """One sentence per organisation: the extracts that feed this page, and the last school year of each."""
    connus = {indicateur for indicateur, _ in lecture.valeurs}
    utiles = {code for code, f in load_formats().items() if connus & set(f.indicateurs)}
    par_source: dict[str, list[str]] = {}
    for source, code, titre, fin in base.lignes(_SOURCES):
        if code in utiles:
            par_source.setdefault(source, []).append(f"{titre} ({fin}-{fin + 1})")
    return tuple(f"{source}\u00a0: {', '.join(extraits)}" for source, extraits in par_source.items())


_SOURCES = """SELECT split_part(source, ',', 1), format, regexp_replace(titre_format, ' \\(.*\\)', ''), max(rentree_max)
    FROM chargement WHERE rentree_max IS NOT NULL GROUP BY ALL ORDER BY ALL"""
