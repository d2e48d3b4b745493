"""What the heat map shows: every territory of a level on many indicators, as plain frozen objects."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Domaine, Indicateur, Nature, load_catalogue
from indicators.tableaux_de_bord.lectures import (
    Cellule,
    is_provisoire,
    list_references,
    make_comparaison,
    make_valeur,
    read_parents,
)
from indicators.tableaux_de_bord.objets import Comparaison, Valeur
from indicators.territoires import Niveau, Territoire

NIVEAUX = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)
"""Levels whose territories are compared with one another."""
ESSENTIELS, TOUS = "essentiels", "tous"
"""Sets of columns that are not a domain."""
MAX_ESSENTIELS = 14
"""Columns that a first look holds: the first ones by rank (fiches) among those that have figures."""


@dataclass(frozen=True)
class Colonne:
    """An indicator and modalité at the rentrée that the heat map shows."""

    indicateur: Indicateur
    modalite: str
    rentree: int

    @property
    def cle(self) -> str:
        """«taux_reussite_dnb», or «maitrise_socle:langue_francaise» for one modalité."""
        return write_cle(self.indicateur.code, self.modalite)

    @property
    def rang(self) -> int | None:
        """Rank among the columns that a first look shows; None for the others."""
        fiche = self.indicateur.en_colonne.get(self.modalite)
        return fiche.rang if fiche else None


@dataclass(frozen=True)
class VueChaleur:
    """A level on several indicators; every state was decided when publishing."""

    niveau: Niveau
    rentree: int | None
    """The one asked for; None: the latest of each indicator."""
    colonnes: tuple[Colonne, ...]
    territoires: tuple[Territoire, ...]
    """By name."""
    cellules: dict[tuple[str, str], Cellule]
    """By code of territory and key of column; every pair is there."""
    familles: dict[tuple[int, str], int]
    """Comparisons corrected together, by rentrée and reference; largest rentrée first."""
    sources: tuple[str, ...]
    est_provisoire: bool

    @property
    def decompte(self) -> Counter:
        """Number of cells by state, statuts of missing values included."""
        return Counter(cellule.etat for cellule in self.cellules.values())

    @property
    def nb_ecarts(self) -> int:
        """Number of cells with a difference."""
        return sum(c.comparaison is not None and c.comparaison.ecart is not None for c in self.cellules.values())

    def count_colonne(self, colonne: Colonne) -> Counter:
        """Number of territories by state in one column."""
        return Counter(self.cellules[t.code, colonne.cle].etat for t in self.territoires)


def write_cle(code: str, modalite: str) -> str:
    """Key of a column."""
    return code if modalite == ENSEMBLE else f"{code}:{modalite}"


def list_colonnes(base: Base, niveau: Niveau, rentree: int | None = None) -> tuple[Colonne, ...]:
    """Every indicator that is compared at the level and has a figure, in reading order, at its latest rentrée.

    Args:
        rentree: only the indicators that have figures at that rentrée.
    """
    lignes = base.lignes(
        """SELECT indicateur, modalite, max(rentree) FROM valeur
        WHERE niveau = $niveau AND statut = 'ok' AND ($rentree IS NULL OR rentree = $rentree)
        GROUP BY ALL""",
        dict(niveau=niveau.value, rentree=rentree),
    )
    dernieres = {(code, modalite): annee for code, modalite, annee in lignes}
    return tuple(
        Colonne(fiche, modalite, dernieres[code, modalite])
        for code, fiche in load_catalogue().items()
        for modalite in fiche.modalites_au_tableau
        if (code, modalite) in dernieres and fiche.nature is not Nature.EFFECTIF
    )


def choose_colonnes(colonnes: tuple[Colonne, ...], choix: str, cle: str) -> tuple[Colonne, ...]:
    """The columns of a set, with the one of that key wherever it has figures.

    Args:
        choix: `ESSENTIELS`, `TOUS` or the code of a domain.
        cle: key of the column that must be there.
    """
    if choix == TOUS:
        return colonnes
    if choix == ESSENTIELS:
        classees = sorted((c for c in colonnes if c.rang is not None), key=lambda c: c.rang)
        retenues = {c.cle for c in classees[:MAX_ESSENTIELS]}
        return tuple(c for c in colonnes if c.cle in retenues | {cle})
    return tuple(c for c in colonnes if c.indicateur.domaine == Domaine(choix) or c.cle == cle)


def build_vue_chaleur(
    base: Base, niveau: Niveau, rentree: int | None = None, choix: str = ESSENTIELS, cle: str = ""
) -> VueChaleur:
    """Look up the heat map of a level. Territories that ended are left out.

    Args:
        rentree: None for the latest rentrée of each indicator.
        choix, cle: as in `choose_colonnes`.
    """
    colonnes = choose_colonnes(list_colonnes(base, niveau, rentree), choix, cle)
    territoires = list_territoires(base, niveau)
    cellules = read_cellules_colonnes(base, niveau, colonnes, territoires)
    return VueChaleur(
        niveau=niveau,
        rentree=rentree,
        colonnes=colonnes,
        territoires=territoires,
        cellules=cellules,
        familles=count_familles(cellules.values()),
        sources=read_sources_colonnes(base, colonnes),
        est_provisoire=is_provisoire(base, niveau),
    )


def list_territoires(base: Base, niveau: Niveau) -> tuple[Territoire, ...]:
    """Present territories of a level, by name."""
    lignes = base.lignes(
        """SELECT code, nom FROM territoire WHERE niveau = ? AND rentree_fin IS NULL
        ORDER BY strip_accents(lower(nom)), code""",
        (niveau.value,),
    )
    return tuple(Territoire(niveau, *ligne) for ligne in lignes)


def count_familles(cellules: Iterable[Cellule]) -> dict[tuple[int, str], int]:
    """Comparisons corrected together, by rentrée (latest first) and reference, among the cells that are compared."""
    familles = {
        (c.valeur.rentree, c.comparaison.reference): c.comparaison.famille
        for c in cellules
        if c.comparaison and c.comparaison.famille
    }
    return dict(sorted(familles.items(), reverse=True))


_CELLULES = """WITH colonne AS (
    SELECT unnest($indicateurs) AS indicateur, unnest($modalites) AS modalite, unnest($rentrees) AS rentree)
SELECT v.territoire, v.indicateur, v.modalite, v.rentree,
       v.statut, v.valeur, v.borne_inf, v.borne_sup, v.numerateur, v.denominateur, v.methode,
       v.nb_etablissements, c.reference, c.etat, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup,
       c.p_ajustee, c.decelable, c.famille, c.motif
FROM colonne JOIN valeur v USING (indicateur, modalite, rentree)
LEFT JOIN comparaison c ON c.indicateur = v.indicateur AND c.niveau = v.niveau AND c.territoire = v.territoire
    AND c.rentree = v.rentree AND c.modalite = v.modalite AND list_contains($references, c.reference)
WHERE v.niveau = $niveau"""


def read_cellules_colonnes(
    base: Base, niveau: Niveau, colonnes: Sequence[Colonne], territoires: Sequence[Territoire]
) -> dict[tuple[str, str], Cellule]:
    """One cell per territory and column; where the base has no row, «non disponible», or «sans objet» where the
    territory holds no établissement of the kind that the indicator describes.
    """
    lignes = base.lignes(
        _CELLULES,
        dict(
            indicateurs=[c.indicateur.code for c in colonnes],
            modalites=[c.modalite for c in colonnes],
            rentrees=[c.rentree for c in colonnes],
            references=list_references(niveau),
            niveau=niveau.value,
        ),
    )
    lues = {
        (code, write_cle(indicateur, modalite)): (make_valeur(annee, tuple(r[:8])), make_comparaison(tuple(r[8:])))
        for code, indicateur, modalite, annee, *r in lignes
    }
    parents = read_parents(base, niveau)
    sans_objet = _find_sans_objet(base, niveau, colonnes)

    def read(territoire: Territoire, colonne: Colonne) -> tuple[Valeur, Comparaison | None]:
        statut = "non_applicable" if (territoire.code, colonne.indicateur.code) in sans_objet else "non_disponible"
        return lues.get((territoire.code, colonne.cle)) or (Valeur(colonne.rentree, statut), None)

    return {
        (t.code, c.cle): Cellule(t, *read(t, c), parent=parents.get(t.code, "")) for t in territoires for c in colonnes
    }


def _find_sans_objet(base: Base, niveau: Niveau, colonnes: Sequence[Colonne]) -> set[tuple[str, str]]:
    """(territory, indicator) where no present établissement is of the kind that carries most of the indicator."""
    return set(
        base.lignes(
            """WITH sorte AS (
                SELECT v.indicateur, mode(t.type) AS type FROM valeur v
                JOIN territoire t ON t.niveau = v.niveau AND t.code = v.territoire
                WHERE v.niveau = 'etablissement' AND list_contains($indicateurs, v.indicateur) GROUP BY ALL),
            presente AS (
                SELECT DISTINCT l.code_parent AS code, t.type FROM rattachement_actuel l
                JOIN territoire t ON t.niveau = l.niveau AND t.code = l.code
                WHERE l.niveau = 'etablissement' AND l.niveau_parent = $niveau)
            SELECT t.code, s.indicateur FROM territoire t CROSS JOIN sorte s
            ANTI JOIN presente p ON p.code = t.code AND p.type = s.type
            WHERE t.niveau = $niveau""",
            dict(indicateurs=[c.indicateur.code for c in colonnes], niveau=niveau.value),
        )
    )


def read_sources_colonnes(base: Base, colonnes: Sequence[Colonne]) -> tuple[str, ...]:
    """Producers and titles of the extracts behind the columns, one text per producer."""
    lignes = base.lignes(
        """SELECT DISTINCT split_part(c.source, ',', 1), c.titre_format
        FROM observation o JOIN chargement c ON c.id = o.chargement
        SEMI JOIN (SELECT unnest($indicateurs) AS indicateur, unnest($rentrees) AS rentree) k
            ON k.indicateur = o.indicateur AND k.rentree = o.rentree
        ORDER BY ALL""",
        dict(indicateurs=[c.indicateur.code for c in colonnes], rentrees=[c.rentree for c in colonnes]),
    )
    titres: dict[str, list[str]] = {}
    for producteur, titre in lignes:
        titres.setdefault(producteur or "", []).append(titre or "")
    return tuple(
        f"{producteur} ({', '.join(liste)})" if producteur else ", ".join(liste) for producteur, liste in titres.items()
    )
