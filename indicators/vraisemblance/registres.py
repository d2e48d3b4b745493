"""Établissements of an extract that the registers in force do not know, or say to be closed.

A register speaks only of the types of établissements that it lists in a département; nothing is said of the others,
nor when no register is loaded. One that does not list everything (`registre_partiel`) makes nobody unknown.
"""

import duckdb

from indicators.formats import load_formats
from indicators.francais import accorder, lister, typographier
from indicators.ingestion.rapport import Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.vraisemblance.tables import connect, create_vue, has_table

CONTROLES = ("uai_inconnu", "uai_ancien", "uai_ferme")

_PREPARE = """
    -- Établissements that the extract names: by a figure, or by their réseau now.
    CREATE VIEW nouvelles AS
    SELECT niveau, territoire, rentree, ligne FROM chiffres
    UNION ALL SELECT 'etablissement', uai, NULL, NULL FROM liens WHERE uai IS NOT NULL AND rentree_fin IS NULL;

    -- Type of each établissement, as the extract, then any other source, says it. NULL: nobody does.
    CREATE TABLE type_connu AS
    SELECT uai, arg_max(type, ordre) AS type FROM (
        SELECT uai, type, 1000000 AS ordre FROM siens UNION ALL SELECT uai, type, ordre FROM tous
    ) WHERE type IS NOT NULL AND type <> 'autre' GROUP BY uai;

    CREATE TABLE figure AS
    SELECT o.territoire AS uai, o.rentree, min(o.ligne) AS ligne, any_value(t.type) AS type,
           -- A training centre, say: no register lists them all.
           bool_or(s.type = 'autre') AS est_autre
    FROM nouvelles o LEFT JOIN type_connu t ON t.uai = o.territoire LEFT JOIN siens s ON s.uai = o.territoire
    WHERE o.niveau = 'etablissement' GROUP BY ALL;

    CREATE TABLE derniere AS
    SELECT t.type, max(o.rentree) AS rentree
    FROM (FROM nouvelles UNION ALL SELECT niveau, territoire, rentree, ligne FROM anciennes) o
    JOIN type_connu t ON t.uai = o.territoire
    WHERE o.niveau = 'etablissement' GROUP BY t.type;

    -- What the last register that says anything says. The last rentrée is the one before the summer when it closed.
    CREATE TABLE ferme AS
    WITH dit AS (
        SELECT uai, arg_max(etat, ordre) AS etat, arg_max(date_fermeture, ordre) AS date_fermeture
        FROM registre WHERE etat IS NOT NULL GROUP BY uai
    ), date AS (
        SELECT uai, coalesce(try_strptime(date_fermeture[:10], '%Y-%m-%d'), try_strptime(date_fermeture, '%d/%m/%Y'))
               AS ferme_le
        FROM dit WHERE upper(strip_accents(etat)) LIKE 'FERM%'
    )
    SELECT uai, ferme_le, year(ferme_le) - (month(ferme_le) < 10)::INTEGER AS derniere FROM date;
"""
_INCONNUS = """
    WITH couvert AS (SELECT DISTINCT type, substr(uai, 1, 3) AS prefixe FROM complet WHERE type <> 'autre')
    SELECT f.uai, max(f.rentree) AS rentree, arg_max(f.ligne, f.rentree) AS ligne,
           coalesce(max(f.rentree) >= any_value(d.rentree), true) AS est_actuelle
    FROM figure f LEFT JOIN derniere d ON d.type IS NOT DISTINCT FROM f.type
    WHERE f.uai NOT IN (SELECT uai FROM registre) AND NOT coalesce(f.est_autre, false)
      AND CASE WHEN f.type IS NOT NULL
               THEN EXISTS (FROM couvert c WHERE c.type = f.type AND c.prefixe = substr(f.uai, 1, 3))
               -- Of an unknown type, it must be missing from registers of every type.
               ELSE (SELECT count(DISTINCT type) FROM couvert c WHERE c.prefixe = substr(f.uai, 1, 3)) >= 3 END
    GROUP BY f.uai ORDER BY ligne, f.uai
"""
_FERMES = """
    SELECT f.uai, max(f.rentree) AS rentree, arg_max(f.ligne, f.rentree) AS ligne,
           strftime(any_value(c.ferme_le), '%d/%m/%Y') AS ferme_le
    FROM figure f JOIN ferme c USING (uai) LEFT JOIN derniere d ON d.type IS NOT DISTINCT FROM f.type
    WHERE f.rentree > coalesce(c.derniere, d.rentree - 1, f.rentree - 1)
    GROUP BY f.uai ORDER BY ligne, f.uai
"""


def check_registres(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """UAI unknown to the registers, or closed before the rentrée of a figure.

    An établissement of earlier rentrées only, absent from today's registers, has most often closed since: it is told
    apart, and needs no signature.
    """
    registres = [connu for connu in reference.extraits if connu.est_registre]
    if not registres or not (has_table(extrait, "observations") or has_table(extrait, "perimetres")):
        return []
    with connect() as connexion:
        _create_vues(connexion, extrait, registres, reference)
        inconnus = connexion.execute(_INCONNUS).fetchall()
        fermes = connexion.execute(_FERMES).fetchall()
    actuels = [ligne for ligne in inconnus if ligne[3]]
    anciens = [ligne for ligne in inconnus if not ligne[3]]
    return [*_tell_inconnus(actuels, registres), *_tell_anciens(anciens), *_tell_fermes(fermes)]


def _create_vues(
    connexion: duckdb.DuckDBPyConnection, extrait: ExtraitConnu, registres: list[ExtraitConnu], reference: Reference
) -> None:
    formats = load_formats()
    complets = [r for r in registres if r.format not in formats or not formats[r.format].registre_partiel]
    create_vue(connexion, "registre", "etablissements", registres)
    create_vue(connexion, "complet", "etablissements", complets)
    create_vue(connexion, "siens", "etablissements", [extrait])
    create_vue(connexion, "tous", "etablissements", reference.extraits)
    create_vue(connexion, "chiffres", "observations", [extrait])
    create_vue(connexion, "liens", "perimetres", [extrait])
    create_vue(connexion, "anciennes", "observations", reference.extraits)
    connexion.execute(_PREPARE)


def _cite(lignes: list[tuple]) -> tuple[Signalement, ...]:
    return tuple(
        Signalement(ligne=n, trouve=typographier(f"« {uai} »") + (f", rentrée {rentree}" if rentree else ""))
        for uai, rentree, n, *_ in lignes
    )


def _tell_inconnus(lignes: list[tuple], registres: list[ExtraitConnu]) -> list[Constat]:
    if not lignes:
        return []
    verbe = "ne figure" if len(lignes) == 1 else "ne figurent"
    constat = f"{accorder(len(lignes), 'UAI', 'UAI')} {verbe} dans aucun registre d’établissements chargé."
    attendu = f"des UAI connus de {lister([registre.appel for registre in registres[-2:]])}"
    return [make_constat("uai_inconnu", constat, len(lignes), _cite(lignes), attendu=attendu)]


def _tell_anciens(lignes: list[tuple]) -> list[Constat]:
    if not lignes:
        return []
    quoi = "UAI de rentrées passées ne figure", "UAI de rentrées passées ne figurent"
    constat = f"{accorder(len(lignes), *quoi)} dans aucun registre d’établissements chargé."
    return [make_constat("uai_ancien", constat, len(lignes), _cite(lignes))]


def _tell_fermes(lignes: list[tuple]) -> list[Constat]:
    if not lignes:
        return []
    quoi = "établissement fermé a", "établissements fermés ont"
    constat = f"{accorder(len(lignes), *quoi)} des chiffres pour une rentrée qui suit sa fermeture."
    if len(lignes) > 1:
        constat = constat.replace("sa fermeture", "leur fermeture")
    exemples = tuple(
        Signalement(
            ligne=n,
            trouve=typographier(f"« {uai} », rentrée {rentree}"),
            attendu=typographier("aucun chiffre : fermé" + (f" le {ferme_le}" if ferme_le else "")),
        )
        for uai, rentree, n, ferme_le in lignes
    )
    return [make_constat("uai_ferme", constat, len(lignes), exemples)]
