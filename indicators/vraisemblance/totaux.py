"""Figures of the whole académie against the sum of its établissements, for the same indicator and rentrée."""

from indicators.formats import load_formats
from indicators.francais import accorder, format_nombre, typographier
from indicators.ingestion.rapport import Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.revision.lecture import connect

CONTROLES = ("academie_depassee", "academie_incomplete")

PART_D_ARRONDI = 0.005
"""What rates rounded to 1 % add to the sum of numerators that they rebuild, as a share of the denominators."""

_SOMMES = """
    WITH tout AS (
        FROM nouveau UNION ALL
        SELECT c.* FROM connu c ANTI JOIN nouveau n USING (indicateur, niveau, territoire, rentree, modalite)
    ), academie AS (
        SELECT indicateur, rentree, numerateur, denominateur, ordre FROM tout
        WHERE niveau = 'academie' AND modalite = 'ensemble' AND statut = 'ok' AND denominateur > 0
    ), somme AS (
        SELECT indicateur, rentree, count(*) AS nb, sum(numerateur) AS numerateur, sum(denominateur) AS denominateur,
               bool_or(ordre = -1) AS est_nouvelle
        FROM tout WHERE niveau = 'etablissement' AND modalite = 'ensemble' AND statut = 'ok' GROUP BY ALL
    )
    SELECT a.indicateur, a.rentree, a.numerateur, a.denominateur, s.numerateur, s.denominateur, s.nb
    FROM academie a JOIN somme s USING (indicateur, rentree)
    WHERE a.ordre = -1 OR (s.est_nouvelle AND a.ordre IN (FROM range($nb_charges)))
    ORDER BY 1, 2
"""


def check_totaux(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """A total of the académie below the sum of its établissements, or far above where the format says how far.

    Counts are compared, never rates: candidates outside any établissement belong to the académie alone. In one
    deposit, the extract of the académie tells it.
    """
    if not _has_totaux(extrait, reference):
        return []
    nb_charges = sum(1 for connu in reference.extraits if connu.id)
    with connect(extrait, reference) as connexion:
        lignes = connexion.execute(_SOMMES, {"nb_charges": nb_charges}).fetchall()
    couvertures = {m.indicateur: m.couverture for f in load_formats().values() for m in f.mesures if m.couverture}
    depassees, incompletes = [], []
    for indicateur, rentree, num, den, somme_num, somme_den, nb in lignes:
        lieu = f"{indicateur}, rentrée {rentree}"
        etablissements = accorder(nb, "établissement")
        if somme_den > den or (num is not None and (somme_num or 0) > num + PART_D_ARRONDI * somme_den):
            depassees.append(
                Signalement(
                    ligne=None,
                    trouve=typographier(f"{lieu} : {_show(num, den)} pour l’académie"),
                    attendu=f"au moins {_show(somme_num, somme_den)}, la somme de {etablissements}",
                )
            )
        elif somme_den < couvertures.get(indicateur, 0) * den:
            part = format_nombre(100 * somme_den / den)
            incompletes.append(
                Signalement(ligne=None, trouve=typographier(f"{lieu} : {part} % de l’académie ({etablissements})"))
            )
    return [*_tell_depassees(depassees), *_tell_incompletes(incompletes)]


def _has_totaux(extrait: ExtraitConnu, reference: Reference) -> bool:
    """It gives figures of the whole académie, or some of those that a loaded extract gives for the whole académie."""
    formats = load_formats()
    siens = formats.get(extrait.format)
    if siens is None or siens.territoire.niveau == "academie":
        return True
    charges = [formats[connu.format] for connu in reference.extraits if connu.id and connu.format in formats]
    return any(f.territoire.niveau == "academie" and f.indicateurs & siens.indicateurs for f in charges)


def _show(numerateur: float | None, denominateur: float) -> str:
    if numerateur is None:
        return format_nombre(denominateur)
    return f"{format_nombre(numerateur)} sur {format_nombre(denominateur)}"


def _tell_depassees(exemples: list[Signalement]) -> list[Constat]:
    if not exemples:
        return []
    premier = exemples[0]
    quoi = "total de l’académie est dépassé", "totaux de l’académie sont dépassés"
    constat = f"{accorder(len(exemples), *quoi)} par la somme des établissements ({premier.attendu})."
    return [make_constat("academie_depassee", constat, len(exemples), tuple(exemples))]


def _tell_incompletes(exemples: list[Signalement]) -> list[Constat]:
    if not exemples:
        return []
    quoi = "total de l’académie n’est couvert", "totaux de l’académie ne sont couverts"
    constat = f"{accorder(len(exemples), *quoi)} qu’en partie par les établissements chargés."
    return [make_constat("academie_incomplete", constat, len(exemples), tuple(exemples))]
