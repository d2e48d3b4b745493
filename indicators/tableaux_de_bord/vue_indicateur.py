"""What the page of an indicator shows for a territory, as plain frozen objects."""

from dataclasses import dataclass, replace

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Indicateur, get_indicateur, load_catalogue
from indicators.tableaux_de_bord.identite import read_territoire
from indicators.tableaux_de_bord.lectures import (
    Cellule,
    check_publie,
    is_provisoire,
    read_academie,
    read_attendu,
    read_cellules,
    read_serie,
    read_sources,
    read_valeurs,
)
from indicators.tableaux_de_bord.lignes import Lecture, build_ligne, read_lecture
from indicators.tableaux_de_bord.objets import Attendu, Ligne, Valeur
from indicators.tableaux_de_bord.origine import Origine, read_origine
from indicators.tableaux_de_bord.reperes import list_enfants, list_parents
from indicators.tableaux_de_bord.ventilations import Ventilation, read_ventilations
from indicators.territoires import Niveau, Territoire

VALEURS_AJOUTEES = {
    "taux_reussite_dnb": "valeur_ajoutee_dnb_generale",
    "taux_reussite_dnb_generale": "valeur_ajoutee_dnb_generale",
    "note_ecrit_dnb_generale": "valeur_ajoutee_note_dnb",
    "taux_reussite_bac_general": "valeur_ajoutee_bac_gt",
    "taux_reussite_bac_gt": "valeur_ajoutee_bac_gt",
    "taux_mentions_bac_gt": "valeur_ajoutee_bac_gt",
    "taux_acces_2nde_bac_gt": "valeur_ajoutee_acces_gt",
    "taux_reussite_bac_pro": "valeur_ajoutee_bac_pro",
}
"""Value added shown beside a result, by code: a result of an établissement is never shown without it."""
INDICATEURS_IPS = ("ips_ecoles", "ips_colleges", "ips_lycees")
NB_SESSIONS = 6
NB_LIEES = 8
MAX_ETABLISSEMENTS = 150
"""Beyond, the établissements of a territory are read réseau by réseau or in the CSV file."""


_QUI = {"ecole": "l’école", "college": "le collège", "lycee": "le lycée", "autre": "l’établissement"}


@dataclass(frozen=True)
class LigneEtablissement:
    """An établissement of the territory, with what must be read beside its figure."""

    cellule: Cellule
    sorte: str
    """ecole, college, lycee or autre."""
    commune: str
    secteur: str
    education_prioritaire: str
    ips: float | None
    valeur_ajoutee: float | None
    serie: tuple[Valeur, ...]
    """Published years up to the one shown, oldest first."""


@dataclass(frozen=True)
class ListeNiveau:
    """The territories to read this one among, most favourable first."""

    niveau: Niveau
    cellules: tuple[Cellule, ...]
    repere: Territoire
    """Whose value is the line drawn across: the académie, or the réseau of an établissement."""
    valeur_repere: Valeur


@dataclass(frozen=True)
class VueIndicateur:
    """A territory on one indicator, rentrée and modalité."""

    ligne: Ligne
    liste: ListeNiveau
    origine: Origine
    etablissements: tuple[LigneEtablissement, ...]
    nb_etablissements: int
    """All those concerned, even when too many to be listed."""
    ventilations: tuple[Ventilation, ...]
    liees: tuple[Ligne, ...]
    sources: tuple[str, ...]
    est_provisoire: bool
    attendu: Attendu | None = None
    """What the context of its établissements leads to expect, where enough of them make the line."""

    @property
    def indicateur(self) -> Indicateur:
        """The fiche."""
        return self.ligne.indicateur

    @property
    def territoire(self) -> Territoire:
        """The territory shown."""
        return self.ligne.territoire

    @property
    def qui(self) -> str:
        """The établissements concerned, as a singular: «le collège»."""
        sortes = {li.sorte for li in self.etablissements}
        return _QUI.get(sortes.pop(), _QUI["autre"]) if len(sortes) == 1 else _QUI["autre"]

    @property
    def rentree(self) -> int:
        """The rentrée shown."""
        return self.ligne.valeur.rentree


def build_vue_indicateur(
    base: Base,
    code: str,
    indicateur: str,
    rentree: int | None = None,
    modalite: str = ENSEMBLE,
) -> VueIndicateur:
    """Look up an indicator for a territory.

    Args:
        code: of a territory of any level.
        rentree: None for the latest with a figure for this territory (else for its level).

    Raises:
        ErreurUsage: an unknown territory, or an indicator without any figure at its level.
    """
    fiche, territoire = get_indicateur(indicateur), read_territoire(base, code)
    lecture = read_lecture(base, territoire, rentree)
    choisie = _choose_rentree(base, lecture, fiche, modalite)
    ligne = build_ligne(replace(lecture, rentree=choisie), fiche, modalite)
    liste = _read_liste(base, fiche, territoire, list_parents(base, code), choisie, modalite)
    concernes = _list_concernes(base, fiche.code, territoire)
    listes = concernes if len(concernes) <= MAX_ETABLISSEMENTS else ()
    return VueIndicateur(
        ligne=replace(ligne, serie=read_serie(base, fiche.code, territoire, modalite)),
        liste=liste,
        origine=read_origine(base, fiche.code, territoire, ligne.valeur, modalite),
        etablissements=_read_etablissements(base, fiche, listes, choisie, modalite),
        nb_etablissements=len(concernes),
        ventilations=read_ventilations(base, fiche, territoire, choisie),
        liees=_build_liees(lecture, fiche),
        sources=read_sources(base, fiche.code, choisie),
        est_provisoire=is_provisoire(base, territoire.niveau),
        attendu=read_attendu(base, fiche.code, territoire, choisie, modalite),
    )


def _choose_rentree(base: Base, lecture: Lecture, fiche: Indicateur, modalite: str) -> int:
    du_niveau = check_publie(base, fiche, lecture.territoire.niveau, modalite)
    if lecture.rentree in du_niveau:
        return lecture.rentree
    valeurs = lecture.valeurs.get((fiche.code, modalite), {})
    return max((r for r, v in valeurs.items() if v.statut == "ok"), default=du_niveau[0])


def _read_liste(
    base: Base,
    fiche: Indicateur,
    territoire: Territoire,
    parents: dict[Niveau, Territoire],
    rentree: int,
    modalite: str,
) -> ListeNiveau:
    """An établissement is listed with those of its réseau or inter-réseau, the académie with its départements."""
    parent = parents.get(Niveau.INTER_RESEAU if fiche.niveau == "inter_reseau" else Niveau.RESEAU)
    if territoire.niveau is Niveau.ETABLISSEMENT and parent:
        codes = _list_concernes(base, fiche.code, parent)
        cellules = read_cellules(base, fiche.code, Niveau.ETABLISSEMENT, rentree, modalite, codes)
        valeurs = read_valeurs(base, fiche.code, parent, modalite)
        return ListeNiveau(territoire.niveau, cellules, parent, valeurs.get(rentree, Valeur(rentree, "non_disponible")))
    niveau = territoire.niveau if territoire.niveau in _NIVEAUX_LISTES else Niveau.DEPARTEMENT
    cellules = read_cellules(base, fiche.code, niveau, rentree, modalite)
    return ListeNiveau(niveau, cellules, *read_academie(base, fiche.code, rentree, modalite))


_NIVEAUX_LISTES = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT)


def _build_liees(lecture: Lecture, fiche: Indicateur) -> tuple[Ligne, ...]:
    """Other rows of the same domain that have a figure, latest rentrée of each."""
    latest = replace(lecture, rentree=None)
    voisins = [i for i in load_catalogue().values() if i.domaine is fiche.domaine and i.code != fiche.code]
    lignes = [build_ligne(latest, i, m) for i in voisins for m in i.modalites_au_tableau]
    return tuple(ligne for ligne in lignes if ligne.valeur.statut == "ok")[:NB_LIEES]


def _list_concernes(base: Base, indicateur: str, territoire: Territoire) -> tuple[str, ...]:
    """Codes of the établissements that the indicator speaks of: those it ever counted there, and those of their kind.

    A collège without a line keeps its row, with the reason; a lycée that never had one may be of another voie.
    """
    if territoire.niveau is Niveau.ETABLISSEMENT:
        return ()
    presents = [t.code for t in list_enfants(base, territoire.code, Niveau.ETABLISSEMENT)]
    lignes = base.lignes(
        """WITH compte AS (
            SELECT DISTINCT v.territoire FROM valeur v WHERE v.indicateur = $indicateur AND v.niveau = 'etablissement'),
        sorte AS (
            SELECT t.type FROM territoire t JOIN compte ON compte.territoire = t.code
            WHERE t.niveau = 'etablissement' GROUP BY t.type ORDER BY count(*) DESC, t.type LIMIT 1)
        SELECT t.code FROM territoire t
        WHERE t.niveau = 'etablissement' AND list_contains($codes, t.code)
          AND (t.code IN (SELECT territoire FROM compte)
               OR (t.type IN ('ecole', 'college') AND t.type IN (SELECT type FROM sorte)
                   AND coalesce(t.est_recense, true)))
        ORDER BY t.code""",
        {"indicateur": indicateur, "codes": presents},
    )
    return tuple(code for (code,) in lignes)


def _read_etablissements(
    base: Base, fiche: Indicateur, codes: tuple[str, ...], rentree: int, modalite: str
) -> tuple[LigneEtablissement, ...]:
    if not codes:
        return ()
    cellules = read_cellules(base, fiche.code, Niveau.ETABLISSEMENT, rentree, modalite, codes)
    traits = {
        code: reste
        for code, *reste in base.lignes(
            """SELECT code, coalesce(type, 'autre'), coalesce(nom_commune, ''), coalesce(secteur, ''),
                coalesce(education_prioritaire, '')
            FROM territoire WHERE niveau = 'etablissement' AND list_contains(?, code)""",
            (list(codes),),
        )
    }
    ips = _read_voisin(base, INDICATEURS_IPS, codes, rentree)
    va_code = VALEURS_AJOUTEES.get(fiche.code)
    va = _read_exact(base, va_code, codes, rentree) if va_code else {}
    series = _read_series(base, fiche.code, codes, rentree, modalite)
    return tuple(
        LigneEtablissement(
            _with_derniere(cellule, series.get(cellule.territoire.code, ())),
            *traits[cellule.territoire.code],
            ips.get(cellule.territoire.code),
            va.get(cellule.territoire.code),
            series.get(cellule.territoire.code, ()),
        )
        for cellule in cellules
    )


def _with_derniere(cellule: Cellule, serie: tuple[Valeur, ...]) -> Cellule:
    if cellule.valeur.statut == "ok" or not serie:
        return cellule
    return replace(cellule, derniere_connue=serie[-1])


def _read_voisin(base: Base, indicateurs: tuple[str, ...], codes: tuple[str, ...], rentree: int) -> dict[str, float]:
    """Figure of each établissement at the rentrée nearest to the one shown."""
    return dict(
        base.lignes(
            """SELECT territoire, arg_min(valeur, abs(rentree - $rentree)) FROM valeur
            WHERE niveau = 'etablissement' AND modalite = 'ensemble' AND statut = 'ok'
              AND list_contains($indicateurs, indicateur) AND list_contains($codes, territoire) GROUP BY territoire""",
            {"rentree": rentree, "indicateurs": list(indicateurs), "codes": list(codes)},
        )
    )


def _read_exact(base: Base, indicateur: str, codes: tuple[str, ...], rentree: int) -> dict[str, float]:
    return dict(
        base.lignes(
            """SELECT territoire, valeur FROM valeur WHERE niveau = 'etablissement' AND modalite = 'ensemble'
              AND statut = 'ok' AND indicateur = ? AND rentree = ? AND list_contains(?, territoire)""",
            (indicateur, rentree, list(codes)),
        )
    )


def _read_series(
    base: Base, indicateur: str, codes: tuple[str, ...], rentree: int, modalite: str
) -> dict[str, tuple[Valeur, ...]]:
    series: dict[str, list[Valeur]] = {}
    for code, annee, valeur, denominateur in base.lignes(
        """SELECT territoire, rentree, valeur, denominateur FROM valeur
        WHERE niveau = 'etablissement' AND statut = 'ok' AND indicateur = ? AND modalite = ?
          AND rentree BETWEEN ? AND ? AND list_contains(?, territoire) ORDER BY territoire, rentree""",
        (indicateur, modalite, rentree - NB_SESSIONS + 1, rentree, list(codes)),
    ):
        series.setdefault(code, []).append(Valeur(annee, "ok", valeur, denominateur=denominateur))
    return {code: tuple(points) for code, points in series.items()}
