"""Rentrées already loaded that a new extract gives otherwise: told before publication, and signed."""

from dataclasses import replace

from indicators.catalogue import ENSEMBLE, get_indicateur
from indicators.francais import TIRET, accorder, format_nombre, format_valeur, lister, typographier
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.revision import ChiffreChange, RentreeRevisee, Revision, compare_extraits

CONTROLES = ("revision",)
_STATUTS = {
    "secret": "secret",
    "non_disponible": "non disponible",
    "non_significatif": "non significatif",
    "non_applicable": "sans objet",
}


def check_revisions(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Say how many figures already loaded change or go, the largest changes first.

    Returns:
        One finding, or nothing when every figure already loaded is given again as it is.
    """
    revision = compare_extraits(extrait, reference)
    if not revision.est_revision:
        return []
    exemples = [_tell(chiffre) for chiffre in (*revision.changes, *revision.retires)[:LIGNES_CITEES]]
    return [make_constat("revision", _summarise(revision, reference), revision.nb_changes + revision.nb_retires,
                         tuple(exemples))]  # fmt: skip


def check_contradictions(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """Two files handed in together that give one figure otherwise: nobody can tell which is meant.

    Returns:
        One finding per other file.
    """
    constats = []
    for autre in (connu for connu in reference.extraits if not connu.id and connu.is_same_format(extrait)):
        revision = compare_extraits(extrait, replace(reference, extraits=(autre,)))
        if revision.nb_changes:
            differents = accorder(revision.nb_changes, "chiffre diffère", "chiffres diffèrent")
            constat = f"{differents} de ceux de « {autre.fichier} », donné en même temps, pour la même rentrée."
            exemples = tuple(_tell(chiffre) for chiffre in revision.changes[:LIGNES_CITEES])
            constats.append(make_constat("contradiction", typographier(constat), revision.nb_changes, exemples))
    return constats


def _summarise(revision: Revision, reference: Reference) -> str:
    """«Rentrée 2022 : 80 chiffres changent et 3 n’y sont plus, sur 925 déjà chargés. Elle remplacera…»."""
    annees = [rentree for rentree in revision.rentrees if rentree.nb_changes + rentree.nb_retires]
    remplaces = [connu.appel for connu in reference.extraits if connu.id in revision.remplace]
    suite = f" Ces chiffres remplaceront ceux de {lister(remplaces)}." if remplaces else ""
    return typographier(" ".join(map(_tell_rentree, annees)) + suite)


def _tell_rentree(rentree: RentreeRevisee) -> str:
    changes, retires, ajoutes = rentree.nb_changes, rentree.nb_retires, rentree.nb_ajoutes
    parts = [
        f"{accorder(changes, 'chiffre')} {_conjugate(changes, 'change', 'changent')}" if changes else "",
        f"{accorder(retires, 'chiffre')} n’y {_conjugate(retires, 'est', 'sont')} plus" if retires else "",
        f"{accorder(ajoutes, 'chiffre')} s’y {_conjugate(ajoutes, 'ajoute', 'ajoutent')}" if ajoutes else "",
    ]
    detail = lister([partie for partie in parts if partie])
    return f"Rentrée {rentree.rentree} : {detail}, sur {format_nombre(rentree.nb_connus)} déjà chargés."


def _conjugate(nombre: int, singulier: str, pluriel: str) -> str:
    return singulier if nombre < 2 else pluriel


def _tell(chiffre: ChiffreChange) -> Signalement:
    fiche = get_indicateur(chiffre.indicateur)
    modalite = "" if chiffre.modalite == ENSEMBLE else f", {fiche.modalites.get(chiffre.modalite, chiffre.modalite)}"
    avant = _show(chiffre, chiffre.avant, chiffre.statut_avant, chiffre.effectif_avant)
    apres = _show(chiffre, chiffre.apres, chiffre.statut, chiffre.effectif)
    trouve = f"{chiffre.territoire} : {avant} → {apres} ({fiche.titre_court}{modalite}, {chiffre.rentree})"
    return Signalement(ligne=chiffre.ligne, trouve=typographier(trouve))


def _show(chiffre: ChiffreChange, valeur: float | None, statut: str | None, effectif: float | None) -> str:
    """A figure as shown, with what it is out of when that alone may change; else why there is none."""
    if valeur is None:
        return _STATUTS.get(statut or "", TIRET if statut else "absent")
    sur = ""
    if chiffre.avant is not None and chiffre.avant == chiffre.apres and effectif is not None:
        sur = f" sur {format_nombre(effectif)}"
    return format_valeur(get_indicateur(chiffre.indicateur), valeur) + sur
