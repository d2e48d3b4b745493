"""The identity card of a territory: who is in it, its pupils, its social context, its map."""

import json
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, load_catalogue
from indicators.erreurs import ErreurUsage
from indicators.tableaux_de_bord.lignes import Lecture, build_ligne, get_niveau_place
from indicators.tableaux_de_bord.objets import Identite, Ligne, PointCarte, Valeur
from indicators.tableaux_de_bord.reperes import list_parents
from indicators.territoires import Niveau, Territoire

_EFFECTIFS = {
    "effectif_colleges": "Collégiens",
    "effectif_lycees_gt": "Lycéens GT",
    "effectif_lycees_pro": "Lycéens pro",
}
_IPS = ("ips_colleges", "ips_ecoles", "ips_lycees")
_ENFANTS = {
    Niveau.ACADEMIE: ("inter_reseau", "departement"),
    Niveau.DEPARTEMENT: ("reseau",),
    Niveau.INTER_RESEAU: ("reseau",),
    Niveau.RESEAU: ("commune",),
}


def read_territoire(base: Base, code: str) -> Territoire:
    """The territory of that code.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    lignes = base.lignes("SELECT niveau, code, nom FROM territoire WHERE code = ? LIMIT 1", [code])
    if not lignes:
        raise ErreurUsage(
            f"Aucun territoire ne porte le code « {code} » dans cette base. "
            "Attendu : un code comme « R01 », « IR03 », « D16 » ou l’UAI d’un établissement."
        )
    niveau, code, nom = lignes[0]
    return Territoire(Niveau(niveau), code, nom)


@dataclass(frozen=True)
class Tete:
    """What the head of a page says of a territory."""

    territoire: Territoire
    chemin: tuple[Territoire, ...]
    """Ancestors, largest first."""
    est_provisoire: bool
    precision: str
    """For an établissement: «public, Poitiers, 0860076R»; empty for the other levels."""


def read_tete(base: Base, code: str) -> Tete:
    """Name, ancestors and kind of a territory.

    Raises:
        ErreurUsage: the base has no such territory.
    """
    territoire = read_territoire(base, code)
    ((provisoire, secteur, commune),) = base.lignes(
        "SELECT coalesce(est_provisoire, false), secteur, nom_commune FROM territoire WHERE niveau = ? AND code = ?",
        (territoire.niveau.value, code),
    )
    seul = territoire.niveau is Niveau.ETABLISSEMENT
    secteur = {"public": "public", "prive": "privé sous contrat"}.get(secteur)
    parents = list_parents(base, code)
    return Tete(
        territoire=territoire,
        chemin=tuple(t for niveau, t in parents.items() if niveau in _NIVEAUX_DU_FIL),
        est_provisoire=provisoire and not seul,
        precision=", ".join(mot for mot in (secteur, commune, code) if mot) if seul else "",
    )


_NIVEAUX_DU_FIL = (Niveau.ACADEMIE, Niveau.INTER_RESEAU, Niveau.RESEAU)


def build_identite(base: Base, lecture: Lecture) -> Identite:
    """The identity card; what the base lacks is empty or None."""
    territoire = lecture.territoire
    ((nom_officiel, provisoire, source_perimetre),) = base.lignes(
        "SELECT coalesce(nom_officiel, nom), coalesce(est_provisoire, false), coalesce(source_perimetre, '') "
        "FROM territoire WHERE niveau = ? AND code = ?",
        (territoire.niveau.value, territoire.code),
    )
    parents = list_parents(base, territoire.code)
    etablissements = base.lignes(_ETABLISSEMENTS, [territoire.code])
    types = [type_ or "autre" for _, _, type_, *_ in etablissements]
    return Identite(
        territoire=territoire,
        nom_officiel=nom_officiel,
        chemin=tuple(t for niveau, t in parents.items() if niveau in _NIVEAUX_DU_FIL),
        est_provisoire=provisoire,
        nb_par_type={type_: types.count(type_) for type_ in ("ecole", "college", "lycee", "autre") if type_ in types},
        nb_education_prioritaire=sum(1 for *_, prioritaire in etablissements if prioritaire),
        eleves_par_type=_read_effectifs(lecture),
        ips=_get_ips(lecture),
        ips_niveau=_read_ips_niveau(base, lecture),
        part_education_prioritaire=_get_ligne(lecture, "part_eleves_education_prioritaire"),
        points=tuple(
            PointCarte(Territoire(Niveau.ETABLISSEMENT, uai, nom), type_ or "autre", lon, lat)
            for uai, nom, type_, lon, lat, _ in etablissements
            if lon is not None and lat is not None
        ),
        contour=_read_contour(base, _get_cadre(territoire, parents)),
        contours_enfants=_read_contours_enfants(base, territoire),
        source_perimetre=source_perimetre,
    )


_ETABLISSEMENTS = """SELECT DISTINCT t.code, t.nom, t.type, t.lon, t.lat, t.education_prioritaire
    FROM rattachement r JOIN territoire t ON t.niveau = r.niveau AND t.code = r.code
    WHERE r.niveau = 'etablissement' AND r.code_parent = ? AND r.rentree_fin IS NULL
      AND (t.est_recense OR r.code = r.code_parent) ORDER BY t.code"""


def _read_effectifs(lecture: Lecture) -> dict[str, Valeur]:
    lignes = {nom: _get_ligne(lecture, code) for code, nom in _EFFECTIFS.items()}
    return {nom: ligne.valeur for nom, ligne in lignes.items() if ligne and ligne.valeur.valeur is not None}


def _get_ligne(lecture: Lecture, code: str) -> Ligne | None:
    indicateur = load_catalogue().get(code)
    if indicateur is None or (code, ENSEMBLE) not in lecture.valeurs:
        return None
    return build_ligne(lecture, indicateur, ENSEMBLE)


def _get_ips(lecture: Lecture) -> Ligne | None:
    """The IPS that speaks for the territory: collèges first, else écoles, else lycées."""
    lignes = [ligne for code in _IPS if (ligne := _get_ligne(lecture, code)) and ligne.valeur.valeur is not None]
    return lignes[0] if lignes else None


def _read_ips_niveau(base: Base, lecture: Lecture) -> tuple[float, ...]:
    ligne = _get_ips(lecture)
    if ligne is None:
        return ()
    return tuple(
        valeur
        for (valeur,) in base.lignes(
            "SELECT valeur FROM valeur WHERE indicateur = ? AND niveau = ? AND rentree = ? AND modalite = ? "
            "AND statut = 'ok' ORDER BY 1",
            (ligne.indicateur.code, get_niveau_place(lecture.territoire).value, ligne.valeur.rentree, ENSEMBLE),
        )
    )


def _get_cadre(territoire: Territoire, parents: dict[Niveau, Territoire]) -> Territoire:
    """The area whose contour frames the map: the territory, or the réseau of an établissement."""
    if territoire.niveau is not Niveau.ETABLISSEMENT:
        return territoire
    return parents.get(Niveau.RESEAU) or parents.get(Niveau.DEPARTEMENT) or territoire


def _read_contour(base: Base, territoire: Territoire) -> dict | None:
    lignes = base.lignes(
        "SELECT geojson FROM contour WHERE niveau = ? AND code = ?", (territoire.niveau.value, territoire.code)
    )
    return json.loads(lignes[0][0]) if lignes else None


def _read_contours_enfants(base: Base, territoire: Territoire) -> tuple[dict, ...]:
    """Inner borders: the first level below that has contours inside the territory."""
    for niveau in _ENFANTS.get(territoire.niveau, ()):
        requete = _CONTOURS_COMMUNES if niveau == "commune" else _CONTOURS
        lignes = base.lignes(requete, {"niveau": niveau, "code": territoire.code})
        if lignes:
            return tuple(json.loads(geojson) for (geojson,) in lignes)
    return ()


_CONTOURS = """SELECT DISTINCT c.geojson FROM contour c JOIN rattachement r ON r.niveau = c.niveau AND r.code = c.code
    WHERE c.niveau = $niveau AND r.code_parent = $code AND r.rentree_fin IS NULL AND r.code <> r.code_parent"""
_CONTOURS_COMMUNES = """SELECT DISTINCT c.geojson FROM contour c
    JOIN territoire t ON t.code_commune = c.code AND t.niveau = 'etablissement'
    JOIN rattachement r ON r.niveau = t.niveau AND r.code = t.code
    WHERE c.niveau = $niveau AND r.code_parent = $code AND r.rentree_fin IS NULL"""
