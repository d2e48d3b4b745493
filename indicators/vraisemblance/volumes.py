"""How much a new extract holds, against the rentrées of its format already loaded: who is missing, who is new."""

from collections import Counter
from dataclasses import dataclass

from indicators.francais import accorder, format_nombre, lister, typographier
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.revision.lecture import connect, read_noms, read_uai
from indicators.territoires.referentiel import Academie

CONTROLES = (
    "complement", "departements_absents", "reseaux_absents", "etablissements_disparus", "etablissements_nouveaux",
    "volume",
)  # fmt: skip
ETABLISSEMENTS_MIN = 10
"""Below that, a rentrée loaded is not a picture of the académie: nothing is compared with it."""
PART_COMPLEMENT = 0.5
"""A file that holds less than half of the établissements already loaded for its rentrée completes it."""
PART_ABSENTE = 0.2
"""A département of which less than one établissement in five is there was left out of the export, not closed."""
ECART_USUEL = 0.10
"""Change of the number of établissements accepted without history. In the real extracts of an académie it moves by 0 to
4 % a year; a département forgotten or an académie added moves it by 20 % or more."""
MARGE = 1.5
"""Times the largest yearly change already loaded: what happened once may happen a little more."""
UAI_CITES = 12


@dataclass(frozen=True)
class _Rentree:
    """What a rentrée of the file is compared with: sets of UAI.

    `avant`: the rentrée compared with (the same one when it is loaded; None for a register). `presents`: in the file,
    or already loaded for the same rentrée. `attendus`: who should be there. `deja`: loaded for the same rentrée.
    `connus`: loaded up to it. `nombres`: établissements of the rentrées loaded, the oldest first.
    """

    rentree: int | None
    avant: int | None
    presents: frozenset[str]
    attendus: frozenset[str]
    deja: frozenset[str]
    connus: frozenset[str]
    nombres: tuple[int, ...]


def check_volumes(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Compare the établissements of a file with those of the last rentrées loaded of the same format.

    Returns:
        One finding per thing to say and rentrée; nothing when no extract of this format is loaded.
    """
    if not any(connu.is_same_format(extrait) for connu in reference.extraits):
        return []
    rentrees = (_compare_registres if extrait.est_registre else _compare_rentrees)(extrait, reference)
    noms = read_noms((*reference.extraits, extrait)) if rentrees else {}
    return [constat for r in rentrees for constat in _judge(r, reference, noms, est_derniere=r is rentrees[-1])]


def _compare_registres(extrait: ExtraitConnu, reference: Reference) -> list[_Rentree]:
    """A register against the last one of its format."""
    anciens = [read_uai(connu.dossier) for connu in reference.extraits if connu.is_same_format(extrait)]
    if len(anciens[-1]) < ETABLISSEMENTS_MIN:
        return []
    nombres = tuple(len(uai) for uai in anciens)
    connus = frozenset().union(*anciens)
    return [_Rentree(None, None, read_uai(extrait.dossier), anciens[-1], frozenset(), connus, nombres)]


_PRESENTS = """
    SELECT DISTINCT rentree, territoire, true AS est_nouveau FROM nouveau WHERE niveau = 'etablissement'
    UNION ALL
    SELECT DISTINCT rentree, territoire, false FROM ancien WHERE niveau = 'etablissement' AND meme_format
"""


def _compare_rentrees(extrait: ExtraitConnu, reference: Reference) -> list[_Rentree]:
    """Each rentrée of the file against the same one when it is loaded, else against the last before it."""
    with connect(extrait, reference) as connexion:
        presents = connexion.execute(_PRESENTS).fetchall()
    nouveaux: dict[int, set[str]] = {}
    anciens: dict[int, set[str]] = {}
    for rentree, uai, est_nouveau in presents:
        (nouveaux if est_nouveau else anciens).setdefault(rentree, set()).add(uai)
    rentrees = [_place(rentree, nouveaux, anciens) for rentree in sorted(nouveaux)]
    return [rentree for rentree in rentrees if rentree is not None]


def _place(rentree: int, nouveaux: dict[int, set[str]], anciens: dict[int, set[str]]) -> _Rentree | None:
    """What was expected of a rentrée: who was there in the last two loaded before it, or already in the same one.

    An école that a single rentrée lacks comes and goes: who was there twice in a row is expected a third time.
    """
    uai, deja = nouveaux[rentree], frozenset(anciens.get(rentree, ()))
    # Earlier rentrées of the file itself come after those loaded.
    passe = {r: frozenset(anciens.get(r) or nouveaux[r]) for r in sorted({*anciens, *nouveaux}) if r < rentree}
    avant = [r for r, membres in passe.items() if len(membres) >= ETABLISSEMENTS_MIN]
    connus = deja.union(*passe.values())
    nombres = tuple(len(passe[r]) for r in avant)
    if len(deja) >= ETABLISSEMENTS_MIN:
        return _Rentree(rentree, rentree, frozenset(uai), deja, deja, connus, (*nombres, len(deja)))
    if not avant:
        return None
    attendus = passe[avant[-1]] & passe[avant[-2]] if len(avant) > 1 else passe[avant[-1]]
    return _Rentree(rentree, avant[-1], frozenset(uai) | deja, attendus, deja, connus, nombres)


def _judge(rentree: _Rentree, reference: Reference, noms: dict[str, str], est_derniere: bool) -> list[Constat]:
    """What to say of one rentrée; who left and who is new is told of the last one of the file only."""
    if rentree.deja and len(rentree.presents & rentree.deja) < PART_COMPLEMENT * len(rentree.deja):
        return [_tell_complement(rentree)]
    departements = _find_departements_absents(rentree, reference.academie)
    absents = {uai for uai in rentree.attendus - rentree.presents if uai[:3] not in departements}
    constats = [_tell_departements(rentree, tuple(departements.values()))] if departements else _judge_volume(rentree)
    if not est_derniere:
        return constats
    reseaux = _find_reseaux_absents(rentree, absents, reference)
    disparus = sorted(absents - {uai for _, membres in reseaux for uai in membres})
    nouveaux = sorted(rentree.presents - rentree.connus)
    if reseaux:
        constats.append(_tell_reseaux(rentree, reseaux))
    if disparus:
        constats.append(_tell_uai("etablissements_disparus", rentree, disparus, noms, "n’y est plus", "n’y sont plus"))
    if nouveaux:
        constats.append(_tell_uai("etablissements_nouveaux", rentree, nouveaux, noms, "est nouveau", "sont nouveaux"))
    return constats


def _judge_volume(rentree: _Rentree) -> list[Constat]:
    """Number of établissements against those of the rentrées loaded: beyond the largest of them, or below the last."""
    nb, dernier, plus_grand = len(rentree.presents), rentree.nombres[-1], max(rentree.nombres)
    changes = [abs(b / a - 1) for a, b in zip(rentree.nombres, rentree.nombres[1:], strict=False)]
    limite = max(ECART_USUEL, MARGE * max(changes, default=0.0))
    if dernier * (1 - limite) <= nb <= plus_grand * (1 + limite):
        return []
    contre = dernier if nb < dernier else plus_grand
    usuel = f" ; d’une fois à l’autre, au plus {format_nombre(100 * max(changes))} % jusqu’ici" if changes else ""
    constat = (
        f"{_name(rentree)} : {accorder(nb, 'établissement')}, contre {format_nombre(contre)} déjà chargés "
        f"({format_nombre(100 * (nb / contre - 1), signe=True)} %{usuel})."
    )
    return [make_constat("volume", typographier(constat))]


def _find_departements_absents(rentree: _Rentree, academie: Academie) -> dict[str, str]:
    """Prefix of the UAI and name of the départements that the file leaves out."""
    attendus = Counter(uai[:3] for uai in rentree.attendus)
    presents = Counter(uai[:3] for uai in rentree.attendus & rentree.presents)
    return {
        departement.prefixe_uai: departement.territoire.nom
        for departement in academie.liste_departements
        if (nb := attendus[departement.prefixe_uai]) > 2 and presents[departement.prefixe_uai] < PART_ABSENTE * nb
    }


def _find_reseaux_absents(rentree: _Rentree, absents: set[str], reference: Reference) -> list[tuple[str, frozenset]]:
    """Name and expected établissements of the réseaux of which the file holds none, but had two at least."""
    membres: dict[str, set[str]] = {}
    for uai, nom in reference.rattachements[["uai", "nom_reseau"]].itertuples(index=False):
        if uai in rentree.attendus:
            membres.setdefault(nom, set()).add(uai)
    return [(nom, frozenset(uai)) for nom, uai in sorted(membres.items()) if len(uai) > 1 and uai <= absents]


def _tell_complement(rentree: _Rentree) -> Constat:
    nouveaux = rentree.presents - rentree.deja
    constat = (
        f"Rentrée {rentree.rentree} : {accorder(len(rentree.presents), 'établissement')} dans ce fichier, dont "
        f"{format_nombre(len(nouveaux))} de plus que les {format_nombre(len(rentree.deja))} déjà chargés. "
        "Il complète la rentrée et ne la remplace pas."
    )
    return make_constat("complement", constat)


def _tell_departements(rentree: _Rentree, noms: tuple[str, ...]) -> Constat:
    constat = (
        f"{_name(rentree)} : aucun établissement, ou presque, de {lister(noms)}. "
        f"Le fichier en a {format_nombre(len(rentree.presents))}, contre {format_nombre(len(rentree.attendus))} "
        f"{_name_avant(rentree)}."
    )
    return make_constat("departements_absents", constat, len(noms))


def _tell_reseaux(rentree: _Rentree, reseaux: list[tuple[str, frozenset]]) -> Constat:
    exemples = tuple(
        Signalement(ligne=None, trouve=nom, attendu=accorder(len(membres), "établissement")) for nom, membres in reseaux
    )
    nb = len(reseaux)
    constat = f"{_name(rentree)} : {accorder(nb, 'réseau', 'réseaux')} sans aucun établissement dans ce fichier."
    return make_constat("reseaux_absents", constat, nb, exemples)


def _tell_uai(code: str, rentree: _Rentree, uai: list[str], noms: dict[str, str], un: str, des: str) -> Constat:
    exemples = tuple(
        Signalement(ligne=None, trouve=f"{code_uai} {cite(noms.get(code_uai, ''))}".strip())
        for code_uai in uai[:LIGNES_CITEES]
    )
    reste = len(uai) - UAI_CITES
    liste = ", ".join(uai[:UAI_CITES]) + (f" et {accorder(reste, 'autre')}" if reste > 0 else "")
    constat = (
        f"{_name(rentree)}, par rapport {_name_avant(rentree)} : {accorder(len(uai), 'établissement')} "
        f"{un if len(uai) == 1 else des} ({liste})."
    )
    return make_constat(code, constat, len(uai), exemples)


def _name(rentree: _Rentree) -> str:
    return "Registre" if rentree.rentree is None else f"Rentrée {rentree.rentree}"


def _name_avant(rentree: _Rentree) -> str:
    if rentree.avant is None:
        return "au dernier registre chargé"
    if rentree.avant == rentree.rentree:
        return "à la même rentrée déjà chargée"
    return f"à la rentrée {rentree.avant}"
