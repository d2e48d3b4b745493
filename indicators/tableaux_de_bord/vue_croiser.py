"""What a crossing chosen on screen shows: the territories of a level on two or three indicators, with their doubt."""

import zlib
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from indicators.base import Base
from indicators.catalogue import Indicateur, get_indicateur, load_catalogue
from indicators.erreurs import ErreurUsage
from indicators.problematiques import Lecture
from indicators.tableaux_de_bord.croiser_droite import can_draw_droite, fit_droite
from indicators.tableaux_de_bord.croiser_objets import (
    ACADEMIE,
    SEUILS,
    SIMILAIRES,
    Axe,
    Demande,
    Estime,
    PointCroise,
    VueCroiser,
    list_lectures,
)
from indicators.tableaux_de_bord.lectures import is_provisoire, make_comparaison
from indicators.tableaux_de_bord.objets import Comparaison, Valeur
from indicators.tableaux_de_bord.vue_comparer import (
    Colonne,
    list_colonnes,
    list_territoires,
    read_cellules_colonnes,
    read_sources_colonnes,
    write_cle,
)
from indicators.territoires import Niveau, Territoire

_GRAINE, _NB_ESSAIS = 2017, 4000


def list_references(base: Base, niveau: Niveau) -> tuple[str, ...]:
    """What the territories of a level can be crossed on."""
    lues = {r for (r,) in base.lignes("SELECT DISTINCT reference FROM a_posteriori WHERE niveau = ?", (niveau.value,))}
    return (*(r for r in (ACADEMIE, SIMILAIRES) if r in lues), SEUILS)


def list_croisables(base: Base, niveau: Niveau, reference: str) -> tuple[Colonne, ...]:
    """The indicators that can be crossed at a level, in reading order, each at the rentrée that was published."""
    lues = {
        (code, modalite): rentree
        for code, modalite, rentree in base.lignes(
            "SELECT DISTINCT indicateur, modalite, rentree FROM a_posteriori WHERE niveau = ? AND reference = ?",
            (niveau.value, _get_lue(reference)),
        )
    }
    return tuple(
        Colonne(fiche, modalite, lues[code, modalite])
        for code, fiche in load_catalogue().items()
        for modalite in fiche.modalites_au_tableau
        if (code, modalite) in lues
    )


def read_reperes(base: Base, niveau: Niveau) -> dict[str, float]:
    """Usual value of the rest of the académie, by key of column: the median over the territories of the level."""
    lignes = base.lignes(
        """SELECT indicateur, modalite, median(valeur_reference) FROM a_posteriori
        WHERE niveau = ? AND reference = 'academie' GROUP BY ALL""",
        (niveau.value,),
    )
    return {write_cle(code, modalite): repere for code, modalite, repere in lignes}


def build_vue_croiser(
    base: Base, niveau: Niveau, reference: str, demandes: tuple[Demande, ...], avec_droite: bool = False
) -> VueCroiser:
    """Look up a crossing.

    Args:
        reference: `ACADEMIE`, `SIMILAIRES` or `SEUILS`.
        demandes: two or three, the ordinate first.
        avec_droite: draw the line of the context, when the abscissa is an IPS.

    Raises:
        ErreurUsage: an indicator cannot be crossed at the level, or has no such side.
    """
    colonnes = {c.cle: c for c in list_croisables(base, niveau, reference)}
    reperes = read_reperes(base, niveau) if reference == SEUILS else {}
    axes = tuple(_make_axe(colonnes, niveau, reperes, demande) for demande in demandes)
    points, absents = _read_points(base, niveau, reference, axes)
    croisables = {c.indicateur.code for c in colonnes.values()}
    autres = {c.indicateur.code: c.indicateur for c in list_colonnes(base, niveau)}
    return VueCroiser(
        niveau=niveau,
        reference=reference,
        axes=axes,
        points=tuple(sorted(points, key=lambda p: -p.probabilite)),
        absents=absents,
        droite=fit_droite(points, axes) if avec_droite and can_draw_droite(axes[1].colonne.cle) else None,
        exclus=tuple(fiche for code, fiche in autres.items() if code not in croisables),
        sources=read_sources_colonnes(base, [a.colonne for a in axes]),
        est_provisoire=is_provisoire(base, niveau),
    )


def draw_tirages(point: PointCroise, axes: tuple[Axe, ...]) -> tuple[tuple[float, float], ...]:
    """A hundred possible places of a point on the chart, as (abscissa, ordinate): always the same for a crossing.

    As many fall in each quadrant as its share says, so that dots and percentages agree.
    """
    cle = " ".join((point.territoire.code, *(a.colonne.cle for a in axes[:2])))
    y, x = point.estimes[:2]
    alea = np.random.default_rng((_GRAINE, zlib.crc32(cle.encode()))).standard_normal((_NB_ESSAIS, 2))
    essais = alea * (x.ecart_type, y.ecart_type) + (x.moyenne, y.moyenne)
    sur_x, sur_y = (axes[rang].signe * (essais[:, 1 - rang] - axes[rang].limite) >= 0 for rang in (1, 0))
    quadrants = np.select([sur_y & sur_x, sur_y, sur_x], [0, 1, 2], 3)
    choisis = [np.flatnonzero(quadrants == rang)[:nombre] for rang, nombre in enumerate(point.pourcents)]
    return tuple((float(a), float(b)) for a, b in essais[np.concatenate(choisis)])


def _get_lue(reference: str) -> str:
    """The reference of the rows that are read: a value is the rest of the académie plus the difference."""
    return ACADEMIE if reference == SEUILS else reference


def _make_axe(colonnes: dict[str, Colonne], niveau: Niveau, reperes: dict[str, float], demande: Demande) -> Axe:
    if demande.cle not in colonnes:
        raise ErreurUsage(
            f"« {get_indicateur(demande.cle.partition(':')[0]).titre} » ne peut pas être croisé au niveau "
            f"« {niveau.libelle} » : aucun chiffre dont l’incertitude soit connue. "
            "Choisissez un autre indicateur ou un autre niveau."
        )
    colonne = colonnes[demande.cle]
    fiche = colonne.indicateur
    lectures = list_lectures(fiche)
    if demande.lecture and demande.lecture not in lectures:
        raise ErreurUsage(
            f"« {demande.lecture} » n’est pas un côté de « {fiche.titre} ». Attendu : {' ou '.join(lectures)}. "
            "Corrigez l’adresse ou choisissez le côté dans la liste."
        )
    lecture = Lecture(demande.lecture or lectures[0])
    axe = Axe(colonne, lecture, demande.ecarts_utiles, 0.0, 0.0, est_absolu=demande.cle in reperes)
    if not axe.est_absolu:
        return replace(axe, limite=axe.signe * demande.ecarts_utiles * fiche.ecart_utile / fiche.echelle)
    seuil = demande.seuil if demande.seuil is not None else propose_seuil(fiche, reperes[demande.cle])
    return replace(axe, limite=seuil / fiche.echelle, repere=reperes[demande.cle])


def propose_seuil(fiche: Indicateur, repere: float) -> float:
    """Usual absolute threshold, in the unit shown: the reference, rounded as it is written."""
    return round(repere * fiche.echelle, fiche.decimales)


def _read_points(
    base: Base, niveau: Niveau, reference: str, axes: tuple[Axe, ...]
) -> tuple[list[PointCroise], tuple[tuple[Territoire, str], ...]]:
    """Territories with an estimate on every axis, and the others with why."""
    colonnes = [a.colonne for a in axes]
    territoires = list_territoires(base, niveau)
    cellules = read_cellules_colonnes(base, niveau, colonnes, territoires)
    lus = _read_a_posteriori(base, niveau, reference, colonnes)
    points, absents = [], []
    for territoire in territoires:
        estimes = []
        for axe in axes:
            cle = (territoire.code, axe.colonne.cle)
            if cle not in lus:
                absents.append((territoire, _explain(cellules[cle].valeur, reference)))
                break
            estimes.append(_estimate(axe, cellules[cle].valeur, *lus[cle]))
        else:
            points.append(PointCroise(territoire, tuple(estimes)))
    return points, tuple(absents)


_A_POSTERIORI = """WITH colonne AS (
    SELECT unnest($indicateurs) AS indicateur, unnest($modalites) AS modalite)
SELECT a.territoire, a.indicateur, a.modalite, a.valeur_reference, a.ecart, a.ecart_type,
       c.reference, c.etat, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup, c.p_ajustee, c.decelable,
       c.famille, c.motif
FROM colonne JOIN a_posteriori a USING (indicateur, modalite)
LEFT JOIN (FROM comparaison UNION ALL FROM comparaison_autre) c
    ON c.indicateur = a.indicateur AND c.niveau = a.niveau AND c.territoire = a.territoire
    AND c.rentree = a.rentree AND c.modalite = a.modalite AND c.reference = a.reference
WHERE a.niveau = $niveau AND a.reference = $reference"""


def _read_a_posteriori(
    base: Base, niveau: Niveau, reference: str, colonnes: list[Colonne]
) -> dict[tuple[str, str], tuple[Comparaison | None, float, float, float]]:
    """(comparison, reference, mean, standard deviation) by code of territory and key of column."""
    lignes = base.lignes(
        _A_POSTERIORI,
        dict(
            indicateurs=[c.indicateur.code for c in colonnes],
            modalites=[c.modalite for c in colonnes],
            niveau=niveau.value,
            reference=_get_lue(reference),
        ),
    )
    return {
        (code, write_cle(indicateur, modalite)): (make_comparaison(tuple(suite)), valeur_reference, ecart, ecart_type)
        for code, indicateur, modalite, valeur_reference, ecart, ecart_type, *suite in lignes
    }


def _estimate(
    axe: Axe, valeur: Valeur, comparaison: Comparaison | None, reference: float, ecart: float, ecart_type: float
) -> Estime:
    moyenne = reference + ecart if axe.est_absolu else ecart
    marge = axe.signe * (moyenne - axe.limite) / max(ecart_type, 1e-12)
    return Estime(valeur, comparaison, moyenne, ecart_type, float(ndtr(marge)))


def _explain(valeur: Valeur, reference: str) -> str:
    """Code of why a territory has no estimate."""
    if valeur.statut != "ok":
        return valeur.statut
    return "sans_semblables" if reference == SIMILAIRES else "sans_intervalle"
