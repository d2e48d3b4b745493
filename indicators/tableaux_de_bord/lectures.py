"""Rows of a published base turned into plain objects: the SQL that several views share.

Nothing is computed: figures, states and ranks were decided when publishing.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, Sens, get_indicateur
from indicators.erreurs import ErreurUsage
from indicators.tableaux_de_bord.objets import (
    Attendu,
    Comparaison,
    Dispersion,
    Point,
    Rang,
    Tendance,
    Valeur,
    get_etat,
)
from indicators.territoires import Niveau, Territoire

_VALEUR = "v.statut, v.valeur, v.borne_inf, v.borne_sup, v.numerateur, v.denominateur, v.methode, v.nb_etablissements"
_COMPARAISON = (
    "c.reference, c.etat, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup, "
    "c.p_ajustee, c.decelable, c.famille, c.motif"
)
_RANG = "r.rang, r.rang_inf, r.rang_sup, r.nb"
_MEME_CELLULE = """
    {a}.indicateur = $indicateur AND {a}.niveau = t.niveau AND {a}.territoire = t.code
    AND {a}.rentree = $rentree AND {a}.modalite = $modalite"""


@dataclass(frozen=True)
class Cellule:
    """A territory of a level on one indicator, rentrée and modalité."""

    territoire: Territoire
    valeur: Valeur
    comparaison: Comparaison | None = None
    rang: Rang | None = None
    parent: str = ""
    """Name of the inter-réseau, for a réseau."""
    derniere_connue: Valeur | None = None

    @property
    def etat(self) -> str:
        """State of the comparison, or the statut of a missing value."""
        return get_etat(self.valeur, self.comparaison)


@dataclass(frozen=True)
class Contour:
    """The outline of a territory: a GeoJSON geometry in WGS84."""

    code: str
    geojson: str


@dataclass(frozen=True)
class Ville:
    """A town to write on a map."""

    nom: str
    lon: float
    lat: float


def make_valeur(rentree: int | None, ligne: tuple) -> Valeur:
    """A `Valeur` from the eight columns of `_VALEUR`; no row at all reads as « non disponible »."""
    statut, *chiffres, methode, nb = ligne
    if statut is None:
        return Valeur(rentree, "non_disponible")
    return Valeur(rentree, statut, *(fini(c) for c in chiffres), methode=methode or "", nb_etablissements=int(nb or 0))


def make_comparaison(ligne: tuple) -> Comparaison | None:
    """A `Comparaison` from the ten columns of `_COMPARAISON`, or None without a row."""
    reference, etat, *chiffres, famille, motif = ligne
    if etat is None:
        return None
    return Comparaison(reference, etat, *(fini(c) for c in chiffres), famille=int(famille or 0), motif=motif or "")


def read_cellules(
    base: Base,
    indicateur: str,
    niveau: Niveau,
    rentree: int,
    modalite: str = ENSEMBLE,
    codes: Iterable[str] | None = None,
) -> tuple[Cellule, ...]:
    """Every territory of a level, most favourable first (highest for a neutral indicator); missing last, by name.

    Args:
        codes: keep only these territories.
    """
    ordre = "ASC" if get_indicateur(indicateur).sens is Sens.BAISSE_FAVORABLE else "DESC"
    filtre = "" if codes is None else "AND list_contains($codes, t.code)"
    parametres = dict(indicateur=indicateur, niveau=niveau.value, rentree=rentree, modalite=modalite)
    parametres |= {"references": list_references(niveau)} | ({} if codes is None else {"codes": list(codes)})
    lignes = base.lignes(
        f"""SELECT t.code, t.nom, {_VALEUR}, {_COMPARAISON}, {_RANG}
        FROM territoire t
        LEFT JOIN valeur v ON {_MEME_CELLULE.format(a="v")}
        LEFT JOIN comparaison c ON {_MEME_CELLULE.format(a="c")} AND list_contains($references, c.reference)
        LEFT JOIN rang r ON {_MEME_CELLULE.format(a="r")}
        WHERE t.niveau = $niveau AND t.rentree_fin IS NULL {filtre}
        ORDER BY v.valeur {ordre} NULLS LAST, strip_accents(lower(t.nom)), t.code""",  # noqa: S608 - constants
        parametres,
    )
    parents = read_parents(base, niveau)
    return tuple(_make_cellule(niveau, rentree, ligne, parents) for ligne in lignes)


def list_references(niveau: Niveau) -> list[str]:
    """What a level is compared with: each indicator of an établissement has one of the two."""
    return ["reseau", "inter_reseau"] if niveau is Niveau.ETABLISSEMENT else ["academie"]


def read_parents(base: Base, niveau: Niveau) -> dict[str, str]:
    """Name of the present inter-réseau of each réseau; empty for the other levels."""
    if niveau is not Niveau.RESEAU:
        return {}
    return dict(
        base.lignes(
            """SELECT l.code, t.nom FROM rattachement l
            JOIN territoire t ON t.niveau = l.niveau_parent AND t.code = l.code_parent
            WHERE l.niveau = 'reseau' AND l.niveau_parent = 'inter_reseau' AND l.rentree_fin IS NULL"""
        )
    )


def read_valeurs(base: Base, indicateur: str, territoire: Territoire, modalite: str = ENSEMBLE) -> dict[int, Valeur]:
    """The whole series of a territory, by rentrée."""
    lignes = base.lignes(
        f"""SELECT v.rentree, {_VALEUR} FROM valeur v
        WHERE indicateur = ? AND niveau = ? AND territoire = ? AND modalite = ? ORDER BY rentree""",  # noqa: S608
        (indicateur, territoire.niveau.value, territoire.code, modalite),
    )
    return {rentree: make_valeur(rentree, tuple(ligne)) for rentree, *ligne in lignes}


def read_serie(base: Base, indicateur: str, territoire: Territoire, modalite: str = ENSEMBLE) -> tuple[Point, ...]:
    """Every rentrée from the first to the last of the indicator at the level, with the rest of its reference beside.

    A rentrée without a row is a point « non disponible », so that gaps show.
    """
    valeurs = read_valeurs(base, indicateur, territoire, modalite)
    references = dict(
        base.lignes(
            """SELECT rentree, valeur_reference FROM comparaison
            WHERE indicateur = ? AND niveau = ? AND territoire = ? AND modalite = ? AND list_contains(?, reference)""",
            (indicateur, territoire.niveau.value, territoire.code, modalite, list_references(territoire.niveau)),
        )
    )
    rentrees = read_rentrees(base, indicateur, territoire.niveau, modalite)
    etendue = range(rentrees[-1], rentrees[0] + 1) if rentrees else ()
    manque = {r: Valeur(r, "non_disponible") for r in etendue}
    return tuple(Point(valeurs.get(r, manque[r]), fini(references.get(r))) for r in etendue)


TENDANCE = (
    "etat, rentree_debut, rentree_fin, pente, pente_inf, pente_sup, "
    "tau, p_mann_kendall, theil_sen, theil_sen_inf, theil_sen_sup"
)
"""Columns of `tendance` in the order of a `Tendance`."""


def make_tendance(ligne: tuple) -> Tendance:
    """A `Tendance` from the columns of `TENDANCE`."""
    etat, debut, fin, *chiffres = ligne
    return Tendance(etat, debut, fin, *(fini(c) for c in chiffres))


def read_tendance(base: Base, indicateur: str, territoire: Territoire, modalite: str = ENSEMBLE) -> Tendance | None:
    """The published reading of a series."""
    lignes = base.lignes(
        f"""SELECT {TENDANCE} FROM tendance
        WHERE indicateur = ? AND niveau = ? AND territoire = ? AND modalite = ?""",  # noqa: S608 - constants
        (indicateur, territoire.niveau.value, territoire.code, modalite),
    )
    return make_tendance(lignes[0]) if lignes else None


def make_dispersion(ligne: tuple) -> Dispersion:
    """A `Dispersion` from the columns nb_etablissements, minimum, maximum, est_heterogene, tau2, i2."""
    *debut, tau2, i2 = ligne
    return Dispersion(*debut, tau2=fini(tau2), i2=fini(i2))


def read_attendu(
    base: Base, indicateur: str, territoire: Territoire, rentree: int, modalite: str = ENSEMBLE
) -> Attendu | None:
    """The published gap to what the context leads to expect, if any."""
    lignes = base.lignes(
        """SELECT attendu, ecart, ecart_inf, ecart_sup, p_ajustee, nb_etablissements, nb_regression FROM attendu
        WHERE indicateur = ? AND niveau = ? AND territoire = ? AND rentree = ? AND modalite = ?""",
        (indicateur, territoire.niveau.value, territoire.code, rentree, modalite),
    )
    if not lignes:
        return None
    *chiffres, nb, nb_regression = lignes[0]
    return Attendu(*(fini(c) for c in chiffres), nb_etablissements=int(nb), nb_regression=int(nb_regression))


def read_rentrees(base: Base, indicateur: str, niveau: Niveau, modalite: str = ENSEMBLE) -> tuple[int, ...]:
    """Rentrées with at least one published figure at the level, latest first."""
    lignes = base.lignes(
        """SELECT DISTINCT rentree FROM valeur
        WHERE indicateur = ? AND niveau = ? AND modalite = ? AND statut = 'ok' ORDER BY rentree DESC""",
        (indicateur, niveau.value, modalite),
    )
    return tuple(rentree for (rentree,) in lignes)


def check_publie(base: Base, fiche: Indicateur, niveau: Niveau, modalite: str = ENSEMBLE) -> tuple[int, ...]:
    """Rentrées published at the level, latest first.

    Raises:
        ErreurUsage: none; the message says at which levels the indicator is published.
    """
    rentrees = read_rentrees(base, fiche.code, niveau, modalite)
    if rentrees:
        return rentrees
    lignes = base.lignes(
        "SELECT DISTINCT niveau FROM valeur WHERE indicateur = ? AND modalite = ? AND statut = 'ok'",
        (fiche.code, modalite),
    )
    publies = {code for (code,) in lignes}
    libelles = [n.libelle for n in Niveau if n.value in publies]
    ailleurs = (
        f"Il est publié à ce niveau : {', '.join(libelles)}." if libelles else "Aucun extrait chargé ne le donne."
    )
    raise ErreurUsage(
        f"« {fiche.titre} » n’a aucun chiffre publié au niveau « {niveau.libelle} ». {ailleurs} "
        "Choisissez un autre territoire, un autre niveau ou un autre indicateur."
    )


def read_contours(base: Base, niveau: Niveau) -> tuple[Contour, ...]:
    """Outlines of a level, by code."""
    lignes = base.lignes("SELECT code, geojson FROM contour WHERE niveau = ? ORDER BY code", (niveau.value,))
    return tuple(Contour(*ligne) for ligne in lignes)


def read_academie(base: Base, indicateur: str, rentree: int, modalite: str = ENSEMBLE) -> tuple[Territoire, Valeur]:
    """The académie and its own value: the line drawn across lists and maps."""
    ((code, nom),) = base.lignes("SELECT code, nom FROM territoire WHERE niveau = 'academie' ORDER BY code LIMIT 1")
    academie = Territoire(Niveau.ACADEMIE, code, nom)
    valeurs = read_valeurs(base, indicateur, academie, modalite)
    return academie, valeurs.get(rentree, Valeur(rentree, "non_disponible"))


def read_sources(base: Base, indicateur: str, rentree: int) -> tuple[str, ...]:
    """Producer and title of the extracts behind an indicator at a rentrée: « MENJ-DEPP, IVAC collèges »."""
    lignes = base.lignes(
        """SELECT DISTINCT split_part(c.source, ',', 1), c.titre_format
        FROM observation o JOIN chargement c ON c.id = o.chargement
        WHERE o.indicateur = ? AND o.rentree = ? ORDER BY ALL""",
        (indicateur, rentree),
    )
    return tuple(", ".join(texte for texte in ligne if texte) for ligne in lignes)


def read_villes(base: Base) -> tuple[Ville, ...]:
    """The town of each département with the most établissements, to find one's way on a map."""
    lignes = base.lignes(
        """WITH commune AS (
            SELECT l.code_parent AS departement, t.nom_commune AS nom, count(*) AS nb, avg(lon) AS lon, avg(lat) AS lat
            FROM territoire t JOIN rattachement l ON l.niveau = t.niveau AND l.code = t.code
            WHERE t.niveau = 'etablissement' AND l.niveau_parent = 'departement' AND t.nom_commune IS NOT NULL
              AND lon IS NOT NULL
            GROUP BY ALL)
        SELECT nom, lon, lat FROM commune
        QUALIFY row_number() OVER (PARTITION BY departement ORDER BY nb DESC, nom) = 1 ORDER BY departement"""
    )
    return tuple(Ville(*ligne) for ligne in lignes)


def is_provisoire(base: Base, niveau: Niveau) -> bool:
    """Whether some perimeter of the level is provisional."""
    if niveau not in (Niveau.RESEAU, Niveau.INTER_RESEAU):
        return False
    ((nombre,),) = base.lignes("SELECT count(*) FROM territoire WHERE niveau = ? AND est_provisoire", (niveau.value,))
    return nombre > 0


def _make_cellule(niveau: Niveau, rentree: int, ligne: tuple, parents: dict[str, str]) -> Cellule:
    code, nom = ligne[:2]
    rang = Rang(*map(int, ligne[20:24])) if ligne[20] is not None else None
    return Cellule(
        territoire=Territoire(niveau, code, nom),
        valeur=make_valeur(rentree, ligne[2:10]),
        comparaison=make_comparaison(ligne[10:20]),
        rang=rang,
        parent=parents.get(code, ""),
    )


def fini(chiffre: float | None) -> float | None:
    """None for a missing or non-finite number."""
    return None if chiffre is None or not math.isfinite(chiffre) else chiffre
