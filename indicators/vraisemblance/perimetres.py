"""Perimeters: an établissement or a commune in two réseaux, a réseau in two inter-réseaux, holes in space and in time.

Told by the table of perimeters itself; a register or a list of communes tells a hole only when it arrives after it.
"""

import duckdb

from indicators.francais import accorder, typographier
from indicators.ingestion.rapport import Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.vraisemblance.tables import connect, create_vue, has_table

CONTROLES = (
    "deux_reseaux",
    "deux_inter_reseaux",
    "perimetre_interrompu",
    "commune_inconnue",
    "commune_sans_reseau",
    "etablissement_sans_reseau",
)

_SANS_FIN = 9999
_DEUX_RESEAUX = """
    SELECT coalesce(a.uai, a.code_commune) AS code, a.code_reseau, b.code_reseau,
           greatest(a.rentree_debut, b.rentree_debut)
    FROM sien a JOIN sien b ON coalesce(a.uai, a.code_commune) = coalesce(b.uai, b.code_commune)
         AND (a.uai IS NULL) = (b.uai IS NULL) AND a.rentree_debut < b.rentree_debut
    WHERE a.code_reseau <> b.code_reseau AND coalesce(a.rentree_fin, $sans_fin) >= b.rentree_debut
    ORDER BY 1, 4
"""
_DEUX_INTER_RESEAUX = """
    SELECT a.code_reseau, min(a.code_inter_reseau), max(b.code_inter_reseau),
           min(greatest(a.rentree_debut, b.rentree_debut))
    FROM sien a JOIN sien b ON a.code_reseau = b.code_reseau AND a.code_inter_reseau < b.code_inter_reseau
         AND coalesce(a.rentree_fin, $sans_fin) >= b.rentree_debut
         AND coalesce(b.rentree_fin, $sans_fin) >= a.rentree_debut
    GROUP BY a.code_reseau ORDER BY 1
"""
_INTERRUPTIONS = """
    WITH suite AS (
        SELECT coalesce(uai, code_commune) AS code, rentree_fin,
               lead(rentree_debut) OVER (PARTITION BY uai, code_commune ORDER BY rentree_debut) AS suivante
        FROM sien
    )
    SELECT code, rentree_fin + 1, suivante - 1 FROM suite WHERE suivante > rentree_fin + 1 ORDER BY 1
"""
_COMMUNES_INCONNUES = """
    SELECT DISTINCT code_commune FROM sien
    WHERE code_commune NOT IN (SELECT code FROM commune) AND code_commune NOT IN (SELECT code_ancien FROM fusion)
      AND (SELECT count(*) FROM commune) > 0 AND rentree_fin IS NULL
    ORDER BY 1
"""
_COMMUNES_SANS_RESEAU = """
    SELECT code, any_value(nom) FROM commune
    WHERE code NOT IN (SELECT code_commune FROM actuel WHERE code_commune IS NOT NULL)
      AND EXISTS (FROM actuel WHERE code_commune IS NOT NULL)
    GROUP BY code ORDER BY code
"""
_SANS_RESEAU = """
    WITH liste AS (
        SELECT uai, arg_max(nom, ordre) AS nom, arg_max(code_commune, ordre) AS code_commune,
               arg_max(type, ordre) AS type, arg_max(etat, ordre) AS etat
        FROM registre GROUP BY uai
    )
    SELECT l.uai, l.nom FROM liste l LEFT JOIN fusion f ON f.code_ancien = l.code_commune
    WHERE l.type IN ('ecole', 'college') AND coalesce(upper(strip_accents(l.etat)), '') NOT LIKE 'FERM%'
      AND l.uai NOT IN (SELECT uai FROM actuel WHERE uai IS NOT NULL)
      -- By commune, an établissement whose commune is unknown is not judged.
      AND CASE WHEN EXISTS (FROM actuel WHERE code_commune IS NOT NULL)
               THEN coalesce(f.code_nouveau, l.code_commune) NOT IN
                    (SELECT code_commune FROM actuel WHERE code_commune IS NOT NULL)
               ELSE EXISTS (FROM actuel) END
    ORDER BY 1
"""


def check_perimetres(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Overlaps and holes of the perimeters that this extract brings, or that it shows in those in force."""
    avec_perimetres = [connu for connu in reference.extraits if has_table(connu, "perimetres")]
    est_perimetre = has_table(extrait, "perimetres")
    # The table of perimeters of the same deposit tells its own holes.
    muet = not est_perimetre and (not avec_perimetres or any(not connu.id for connu in avec_perimetres))
    if muet or not (est_perimetre or extrait.est_registre or has_table(extrait, "communes")):
        return []
    with connect() as connexion:
        _create_vues(connexion, extrait, reference)
        constats = _check_dates(connexion) if est_perimetre else []
        if est_perimetre or has_table(extrait, "communes"):
            constats += _check_communes(connexion, est_perimetre)
        if est_perimetre or extrait.est_registre:
            constats += _check_etablissements(connexion)
    return constats


def _create_vues(connexion: duckdb.DuckDBPyConnection, extrait: ExtraitConnu, reference: Reference) -> None:
    tous = (*reference.extraits, extrait)
    create_vue(connexion, "sien", "perimetres", [extrait])
    create_vue(connexion, "perimetre", "perimetres", tous)
    create_vue(connexion, "commune", "communes", tous)
    create_vue(connexion, "ancienne", "communes_fusionnees", tous)
    create_vue(connexion, "registre", "etablissements", [connu for connu in tous if connu.est_registre])
    connexion.execute("""
        CREATE VIEW fusion AS
        SELECT code_ancien, arg_max(code_nouveau, ordre) AS code_nouveau FROM ancienne GROUP BY code_ancien;
        -- The last table says the perimeter of a commune or of an établissement, as at publication; its last rentrée.
        CREATE VIEW actuel AS
        WITH retenu AS (
            SELECT * FROM perimetre QUALIFY ordre = max(ordre) OVER (PARTITION BY coalesce(uai, code_commune))
        )
        SELECT * FROM retenu
        WHERE rentree_fin IS NULL OR rentree_fin >= (SELECT max(coalesce(rentree_fin, rentree_debut)) FROM retenu)
    """)


def _check_dates(connexion: duckdb.DuckDBPyConnection) -> list[Constat]:
    constats = []
    doubles = connexion.execute(_DEUX_RESEAUX, {"sans_fin": _SANS_FIN}).fetchall()
    if doubles:
        nb = len({code for code, *_ in doubles})
        texte = accorder(nb, "établissement ou commune est", "établissements ou communes sont")
        cites = [f"« {c} » : {a} et {b} à la rentrée {rentree}" for c, a, b, rentree in doubles]
        constats.append(_make("deux_reseaux", f"{texte} dans deux réseaux à la même rentrée.", nb, cites))
    doubles = connexion.execute(_DEUX_INTER_RESEAUX, {"sans_fin": _SANS_FIN}).fetchall()
    if doubles:
        texte = accorder(len(doubles), "réseau est", "réseaux sont")
        cites = [f"« {c} » : {a} et {b} à la rentrée {rentree}" for c, a, b, rentree in doubles]
        constat = f"{texte} dans deux inter-réseaux à la même rentrée."
        constats.append(_make("deux_inter_reseaux", constat, len(doubles), cites))
    trous = connexion.execute(_INTERRUPTIONS).fetchall()
    if trous:
        nb = len({code for code, *_ in trous})
        texte = accorder(nb, "établissement ou commune n’a", "établissements ou communes n’ont")
        cites = [
            f"« {code} » : rentrée {debut}" if debut == fin else f"« {code} » : rentrées {debut} à {fin}"
            for code, debut, fin in trous
        ]
        constats.append(
            _make("perimetre_interrompu", f"{texte} aucun réseau entre deux lignes du périmètre.", nb, cites)
        )
    return constats


def _check_communes(connexion: duckdb.DuckDBPyConnection, est_perimetre: bool) -> list[Constat]:
    constats = []
    inconnues = connexion.execute(_COMMUNES_INCONNUES).fetchall() if est_perimetre else []
    if inconnues:
        texte = accorder(len(inconnues), "commune du périmètre n’est", "communes du périmètre ne sont")
        constat = f"{texte} pas dans la liste des communes."
        constats.append(_make("commune_inconnue", constat, len(inconnues), [f"« {code} »" for (code,) in inconnues]))
    sans = connexion.execute(_COMMUNES_SANS_RESEAU).fetchall()
    if sans:
        constat = f"{accorder(len(sans), 'commune n’est', 'communes ne sont')} dans aucun réseau."
        constats.append(_make("commune_sans_reseau", constat, len(sans), [_name(code, nom) for code, nom in sans]))
    return constats


def _check_etablissements(connexion: duckdb.DuckDBPyConnection) -> list[Constat]:
    sans = connexion.execute(_SANS_RESEAU).fetchall()
    if not sans:
        return []
    texte = accorder(len(sans), "école ou collège n’est", "écoles ou collèges ne sont")
    cites = [_name(uai, nom) for uai, nom in sans]
    return [_make("etablissement_sans_reseau", f"{texte} dans aucun réseau.", len(sans), cites)]


def _name(code: str, nom: str | None) -> str:
    return f"« {code} » ({nom})" if nom else f"« {code} »"


def _make(code: str, constat: str, nb: int, cites: list[str]) -> Constat:
    return make_constat(
        code, constat, nb, tuple(Signalement(ligne=None, trouve=typographier(texte)) for texte in cites)
    )
