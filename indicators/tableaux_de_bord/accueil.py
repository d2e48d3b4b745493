"""What the first page shows of a base: territories, coverage, two findings to start from. Nothing is computed."""

import json
import unicodedata
from dataclasses import dataclass

from indicators.base import Base
from indicators.catalogue import ENSEMBLE, Domaine, get_indicateur, load_catalogue
from indicators.formats import load_formats
from indicators.francais import nommer
from indicators.tableaux_de_bord.constats import list_constats_partout
from indicators.tableaux_de_bord.lectures import make_comparaison, make_valeur
from indicators.tableaux_de_bord.objets import Constat, Ligne
from indicators.tableaux_de_bord.reperes import list_territoires
from indicators.territoires import Niveau, Territoire

NB_RENTREES = 6


@dataclass(frozen=True)
class Groupe:
    """An inter-réseau and its réseaux; `inter_reseau` is None for réseaux attached to none."""

    inter_reseau: Territoire | None
    reseaux: tuple[Territoire, ...]


@dataclass(frozen=True)
class Cellule:
    """A domain at a rentrée: `etat` is complet, partiel or aucun; `manquants` names the indicators without figure."""

    rentree: int
    etat: str
    manquants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Couverture:
    """A domain over the last rentrées, against the indicators loaded at least once."""

    domaine: Domaine
    nb_indicateurs: int
    cellules: tuple[Cellule, ...]
    derniere: int | None


@dataclass(frozen=True)
class Charge:
    """A layout present in this version, and the rentrées that it covers."""

    titre: str
    rentree_min: int | None
    rentree_max: int | None
    nb_lignes: int


@dataclass(frozen=True)
class Accueil:
    """All that the first page shows."""

    academie: Territoire | None
    departements: tuple[Territoire, ...]
    groupes: tuple[Groupe, ...]
    nb_par_type: dict[str, int]
    est_provisoire: bool
    contours: dict[str, dict]
    """GeoJSON geometries of réseaux, inter-réseaux and départements by code."""
    couvertures: tuple[Couverture, ...]
    charges: tuple[Charge, ...]
    """Most recent loads first."""
    attendus: tuple[str, ...]
    """Titles of the SSA layouts never loaded."""
    a_noter: tuple[Ligne, ...]
    constats: tuple[Constat, ...]
    """The most probable problématiques of the académie's territories."""

    @property
    def nb_reseaux(self) -> int:
        """Number of réseaux."""
        return sum(len(groupe.reseaux) for groupe in self.groupes)


def build_accueil(base: Base) -> Accueil:
    """Everything the first page shows of a published base."""
    territoires = list_territoires(base)
    par_niveau = {niveau: tuple(t for t in territoires.values() if t.niveau is niveau) for niveau in Niveau}
    types = dict(
        base.lignes(
            "SELECT type, count(*) FROM territoire "
            "WHERE niveau = 'etablissement' AND est_recense AND type <> 'autre' GROUP BY type"
        )
    )
    ((provisoire,),) = base.lignes("SELECT coalesce(bool_or(est_provisoire), false) FROM territoire")
    return Accueil(
        academie=next(iter(par_niveau[Niveau.ACADEMIE]), None),
        departements=par_niveau[Niveau.DEPARTEMENT],
        groupes=_read_groupes(base, par_niveau),
        nb_par_type={t: types[t] for t in ("ecole", "college", "lycee", "autre") if types.get(t)},
        est_provisoire=provisoire,
        contours={code: json.loads(geojson) for code, geojson in base.lignes(_CONTOURS)},
        couvertures=build_couvertures(base),
        charges=tuple(Charge(*ligne) for ligne in base.lignes(_CHARGES)),
        attendus=_list_attendus(base),
        a_noter=pick_a_noter(base),
        constats=list_constats_partout(base),
    )


_CONTOURS = "SELECT code, geojson FROM contour WHERE niveau IN ('reseau', 'inter_reseau', 'departement') ORDER BY code"
_CHARGES = """SELECT titre_format, min(rentree_min), max(rentree_max), sum(nb_lignes)::INTEGER FROM chargement
    GROUP BY titre_format ORDER BY max(charge_le) DESC, max(rentree_max) DESC NULLS LAST, titre_format"""


def _read_groupes(base: Base, par_niveau: dict[Niveau, tuple[Territoire, ...]]) -> tuple[Groupe, ...]:
    parents = dict(
        base.lignes(
            "SELECT code, max(code_parent) FROM rattachement "
            "WHERE niveau = 'reseau' AND niveau_parent = 'inter_reseau' AND rentree_fin IS NULL GROUP BY code"
        )
    )
    reseaux = par_niveau[Niveau.RESEAU]
    groupes = [
        Groupe(ir, tuple(r for r in reseaux if parents.get(r.code) == ir.code))
        for ir in par_niveau[Niveau.INTER_RESEAU]
    ]
    orphelins = tuple(r for r in reseaux if r.code not in parents)
    return (*groupes, *([Groupe(None, orphelins)] if orphelins else []))


def build_couvertures(base: Base) -> tuple[Couverture, ...]:
    """Domain by rentrée: complete when every indicator loaded at least once has a figure that year."""
    annees: dict[str, set[int]] = {}
    for indicateur, rentree in base.lignes("SELECT DISTINCT indicateur, rentree FROM valeur WHERE statut = 'ok'"):
        annees.setdefault(indicateur, set()).add(rentree)
    derniere = max((max(a) for a in annees.values()), default=None)
    return tuple(_build_couverture(domaine, annees, derniere) for domaine in Domaine)


def _build_couverture(domaine: Domaine, annees: dict[str, set[int]], derniere: int | None) -> Couverture:
    charges = [i for i in load_catalogue().values() if i.domaine is domaine and i.code in annees]
    cellules = []
    for rentree in range(derniere - NB_RENTREES + 1, derniere + 1) if derniere is not None else ():
        manquants = tuple(i.titre_court for i in charges if rentree not in annees[i.code])
        etat = "aucun" if len(manquants) == len(charges) else "partiel" if manquants else "complet"
        cellules.append(Cellule(rentree, etat, manquants))
    fin = max((max(annees[i.code]) for i in charges), default=None)
    return Couverture(domaine, len(charges), tuple(cellules), fin)


def _list_attendus(base: Base) -> tuple[str, ...]:
    presents = {code for (code,) in base.lignes("SELECT DISTINCT format FROM chargement")}
    formats = load_formats()
    presents |= {formats[code].herite for code in presents if code in formats}
    return tuple(f.titre for f in formats.values() if f.modele and f.code not in presents)


def pick_a_noter(base: Base) -> tuple[Ligne, ...]:
    """At most one défavorable and one favorable: the established gap of a réseau, in the last two rentrées, whose
    interval stays farthest from 0 in écarts utiles (not the widest gap, which favours small réseaux). A figure from
    which établissements are missing is not put forward."""
    lignes = [_make_ligne(ligne) for ligne in base.lignes(_ETABLIS) if ligne[0] in load_catalogue()]
    retenues = []
    for etat in ("defavorable", "favorable"):
        du_cote = [ligne for ligne in lignes if ligne.etat == etat]
        if du_cote:
            retenues.append(max(du_cote, key=measure_marge))
    return tuple(retenues)


_ETABLIS = f"""SELECT c.indicateur, c.territoire, t.nom, c.rentree,
    v.statut, v.valeur, v.borne_inf, v.borne_sup, v.numerateur, v.denominateur, v.methode, v.nb_etablissements,
    c.reference, c.etat, c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup,
    c.p_ajustee, c.decelable, c.famille, c.motif
    FROM comparaison c JOIN valeur v USING (indicateur, niveau, territoire, rentree, modalite)
    JOIN territoire t ON t.niveau = c.niveau AND t.code = c.territoire
    WHERE c.niveau = 'reseau' AND c.reference = 'academie' AND c.modalite = '{ENSEMBLE}'
      AND c.etat IN ('favorable', 'defavorable') AND NOT contains(v.methode, 'extrait partiel')
      AND c.rentree >= (SELECT max(rentree) - 1 FROM valeur WHERE statut = 'ok')
    ORDER BY c.indicateur, c.territoire, c.rentree"""  # noqa: S608 - only a constant


def _make_ligne(ligne: tuple) -> Ligne:
    indicateur, code, nom, rentree = ligne[:4]
    return Ligne(
        indicateur=get_indicateur(indicateur),
        modalite=ENSEMBLE,
        territoire=Territoire(Niveau.RESEAU, code, nom),
        valeur=make_valeur(rentree, ligne[4:12]),
        comparaison=make_comparaison(ligne[12:22]),
    )


def measure_marge(ligne: Ligne) -> float:
    """Distance from 0 to the nearest end of the interval of the difference, in écarts utiles."""
    comparaison = ligne.comparaison
    if comparaison is None or comparaison.ecart_inf is None or comparaison.ecart_sup is None:
        return 0.0
    marge = min(abs(comparaison.ecart_inf), abs(comparaison.ecart_sup))
    return marge * ligne.indicateur.echelle / ligne.indicateur.ecart_utile


def list_recherche(base: Base) -> dict[str, str]:
    """What the search field offers: words shown → code of the territory that opens.

    A commune answers with its réseau. A name with accents is followed by itself without, so that both are found.
    """
    offres: dict[str, str] = {}
    for territoire in list_territoires(base).values():
        if territoire.niveau not in (Niveau.ETABLISSEMENT, Niveau.REGION, Niveau.NATIONAL):
            offres[f"{nommer(territoire)} · {territoire.code}{_fold(territoire.nom)}"] = territoire.code
    for commune, reseau, code in base.lignes(_COMMUNES):
        offres[f"{commune}, commune du réseau {reseau}{_fold(commune)}"] = code
    for nom, commune, code in base.lignes(_ETABLISSEMENTS):
        offres[f"{nom}, {commune} · {code}" if commune else f"{nom} · {code}"] = code
    return offres


def _fold(nom: str) -> str:
    """« · chatellerault» for a name with accents, else nothing."""
    decompose = unicodedata.normalize("NFD", nom.lower())
    nu = "".join(lettre for lettre in decompose if not unicodedata.combining(lettre))
    return f" · {nu}" if nu != nom.lower() else ""


_COMMUNES = """SELECT max(t.nom_commune), p.nom, p.code FROM territoire t
    JOIN rattachement r ON r.niveau = t.niveau AND r.code = t.code
    JOIN territoire p ON p.niveau = 'reseau' AND p.code = r.code_parent
    WHERE t.niveau = 'etablissement' AND r.niveau_parent = 'reseau' AND r.rentree_fin IS NULL AND t.nom_commune <> ''
    GROUP BY t.code_commune, p.nom, p.code ORDER BY strip_accents(lower(max(t.nom_commune))), p.code"""
_ETABLISSEMENTS = """SELECT nom, nom_commune, code FROM territoire WHERE niveau = 'etablissement'
    ORDER BY strip_accents(lower(nom)), nom_commune, code"""
