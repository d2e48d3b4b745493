"""The sentences of «En bref»: made from the rows, one fact each, the verdict in **bold**, no cause.

A sentence says what the published states say, never more. Names of indicators are turned into subjects («l’accès de
la 6ᵉ à la 3ᵉ»); where French grammar cannot be sure, the name is quoted.
"""

import re
from collections.abc import Sequence

from indicators.catalogue import ENSEMBLE, Domaine, Nature
from indicators.francais import capitaliser, format_nombre, format_rentree, format_valeur
from indicators.tableaux_de_bord.objets import Dispersion, Identite, Ligne
from indicators.tableaux_de_bord.sujets import contract, get_reference, make_sujet, say_celui, say_face

MAXIMUM = 5
LONGUEUR = 95
"""Signs of a sentence at most, markup excluded."""

_IPS = {"ips_colleges": "IPS des collèges", "ips_ecoles": "IPS des écoles", "ips_lycees": "IPS des lycées"}
_PRINCIPAUX = ("taux_reussite_dnb", "taux_reussite_dnb_generale", "taux_reussite_bac_gt", "taux_reussite_bac_pro")
_PARTS = (
    (0.29, "en partie", "une petite part de ces écarts dépasse"),
    (0.42, "pour un tiers", "un tiers de ces écarts dépasse"),
    (0.585, "pour moitié", "la moitié de ces écarts dépasse"),
    (0.71, "pour deux tiers", "les deux tiers de ces écarts dépassent"),
    (0.83, "pour trois quarts", "les trois quarts de ces écarts dépassent"),
    (1.01, "presque tous", "presque tous ces écarts dépassent"),
)
"""Share of a spread beyond chance (upper bound): after the spread, and as a subject with its verb."""
_VERBES = {True: "**dépasse**", False: "**reste sous**"}
_VERBES_PLURIEL = {True: "**dépassent**", False: "**restent sous**"}
_TENDANCES = {
    "degradation": ("**se dégrade**", "**se dégradent**"),
    "amelioration": ("**s’améliore**", "**s’améliorent**"),
}


def write_en_bref(identite: Identite, lignes: Sequence[Ligne], derniere: int | None) -> tuple[str, ...]:
    """Three to five sentences for a territory, most general first; fewer when the base knows little of it.

    Args:
        derniere: latest rentrée of the base, or the one asked for; results older than the one before it are left out.
    """
    recentes = [
        ligne
        for ligne in lignes
        if ligne.valeur.statut == "ok" and ligne.modalite == ENSEMBLE and ligne.valeur.rentree >= (derniere or 0) - 1
    ]
    resultats = [ligne for ligne in recentes if ligne.indicateur.domaine is not Domaine.CONTEXTE]
    principale = _pick_principale(resultats)
    ecarts = _rank_ecarts([ligne for ligne in resultats if not _is_proche(ligne, principale)])
    candidates = [
        write_contexte(identite),
        write_resultat(principale, identite.ips),
        write_dispersion(principale),
        *write_ecarts(ecarts),
        write_tendance(resultats, "degradation"),
        write_tendance(resultats, "amelioration"),
        write_doute(recentes),
    ]
    return tuple(phrase for phrase in candidates if phrase)[:MAXIMUM]


def measure(phrase: str) -> int:
    """Signs of a sentence as read, without the marks of bold."""
    return len(phrase.replace("**", ""))


def write_contexte(identite: Identite) -> str:
    """«Le public y est **plus favorisé** qu’ailleurs : IPS des collèges de 112,3, contre 104,0.»"""
    ligne = identite.ips
    if ligne is None or ligne.valeur.valeur is None:
        return ""
    quoi = _IPS.get(ligne.indicateur.code, ligne.indicateur.titre_court)
    valeur = format_valeur(ligne.indicateur, ligne.valeur.valeur)
    verdict = {
        "superieur": f"Le public y est **plus favorisé** {get_reference(ligne).que}",
        "inferieur": f"Le public y est **moins favorisé** {get_reference(ligne).que}",
        "comparable": f"Le public y est **comparable** {say_celui(get_reference(ligne))}",
    }.get(ligne.etat)
    if verdict is None:
        return f"L’{quoi} est de **{valeur}** en {format_rentree(ligne.valeur.rentree)}."
    return f"{verdict}\u00a0: {quoi} de {valeur}, contre {format_valeur(ligne.indicateur, _reference(ligne))}."


def write_resultat(ligne: Ligne | None, ips: Ligne | None) -> str:
    """The main result of the territory against its reference, or alone where nothing is compared."""
    if ligne is None:
        return ""
    if ligne.etat in ("favorable", "defavorable"):
        return write_ecart(ligne)
    if ligne.etat == "comparable":
        return _write_comparable(ligne, ips)
    sujet, pluriel = make_sujet(ligne)
    valeur = format_valeur(ligne.indicateur, ligne.valeur.valeur)
    if ligne.etat == "non_concluant":
        verbe = "permettent" if pluriel else "permet"
        return capitaliser(f"{sujet} ({valeur}) ne {verbe} pas de **conclure**\u00a0: trop peu d’élèves.")
    verbe = "sont" if pluriel else "est"
    return capitaliser(f"{sujet} {verbe} de **{valeur}** en {format_rentree(ligne.valeur.rentree)}.")


def _write_comparable(ligne: Ligne, ips: Ligne | None) -> str:
    """«n’y est que» only where the context would let one expect more: the IPS is higher."""
    sujet, pluriel = make_sujet(ligne)
    verbe = "sont" if pluriel else "est"
    ailleurs = get_reference(ligne).code != "anterieure"
    verbe = f"n’y {verbe} que" if ips is not None and ips.etat == "superieur" and ailleurs else f"y {verbe}"
    accord = "**comparables**" if pluriel else "**comparable**"
    valeur, reference = (format_valeur(ligne.indicateur, v) for v in (ligne.valeur.valeur, _reference(ligne)))
    return _shorten(
        capitaliser(f"{sujet} ({valeur}) {verbe} {accord} {contract(say_face(ligne))} ({reference})."),
        capitaliser(f"{sujet} ({valeur}) {verbe} {accord} {contract(say_face(ligne))}."),
    )


def write_ecarts(lignes: Sequence[Ligne]) -> list[str]:
    """The two largest established gaps; two of the same domain and direction make one sentence."""
    if len(lignes) >= 2:
        a, b = lignes[0], next((li for li in lignes[1:] if _va_avec(lignes[0], li)), None)
        if b is not None and (jointe := _join(a, b)):
            autres = [li for li in lignes[1:] if li is not b]
            return [jointe, *(write_ecart(li) for li in autres[:1])]
    return [write_ecart(li) for li in lignes[:2]]


def write_ecart(ligne: Ligne) -> str:
    """«L’accès au bac GT **dépasse** le reste de l’académie de 2,7 points (87,7 % contre 85,0 %).»"""
    sujet, pluriel = make_sujet(ligne)
    verbe = (_VERBES_PLURIEL if pluriel else _VERBES)[ligne.comparaison.ecart > 0]
    ecart = _format_ecart(ligne)
    valeur, reference = (format_valeur(ligne.indicateur, v) for v in (ligne.valeur.valeur, _reference(ligne)))
    contre = f" ({valeur} contre {reference})"
    return _shorten(
        capitaliser(f"{sujet} {verbe} {say_face(ligne)} de {ecart}{contre}."),
        capitaliser(f"{sujet} {verbe} {say_face(ligne)} de {ecart}."),
    )


def _join(a: Ligne, b: Ligne) -> str:
    (sujet_a, _), (sujet_b, _) = make_sujet(a), make_sujet(b)
    verbe = _VERBES_PLURIEL[a.comparaison.ecart > 0]
    phrase = capitaliser(f"{sujet_a} et {sujet_b} {verbe} {say_face(a, b)}.")
    return phrase if measure(phrase) <= LONGUEUR else ""


def _va_avec(a: Ligne, b: Ligne) -> bool:
    memes = a.indicateur.domaine is b.indicateur.domaine and a.etat == b.etat and a.indicateur is not b.indicateur
    return memes and (a.comparaison.ecart > 0) == (b.comparaison.ecart > 0)


def write_dispersion(ligne: Ligne | None) -> str:
    """«Cette moyenne **cache des écarts** : de 74 à 100 % selon le collège, pour moitié hors hasard.»"""
    if ligne is None or ligne.dispersion is None or not ligne.dispersion.est_heterogene:
        return ""
    etendue = f"Cette moyenne **cache des écarts**\u00a0: {say_etendue(ligne)}"
    part = _get_part(ligne.dispersion)
    return _shorten(*([f"{etendue}, {part[0]} hors hasard."] if part else []), f"{etendue}, au-delà du hasard.")


def say_etendue(ligne: Ligne, qui: str = "") -> str:
    """«de 74 à 100 % selon le collège», without decimals for a rate: extremes need none.

    Args:
        qui: «le collège», when the page knows which établissements they are.
    """
    indicateur, code = ligne.indicateur, ligne.indicateur.code
    precision = 0 if indicateur.nature is Nature.TAUX else indicateur.decimales
    minimum, maximum = (
        format_nombre(v * indicateur.echelle, precision) for v in (ligne.dispersion.minimum, ligne.dispersion.maximum)
    )
    unite = "\u00a0%" if indicateur.nature is Nature.TAUX else ""
    sorte = "le collège" if "dnb" in code else "le lycée" if "bac" in code else "l’établissement"
    return f"de {minimum} à {maximum}{unite} selon {qui or sorte}"


def write_part(dispersion: Dispersion) -> str:
    """«la moitié de ces écarts dépasse le hasard»; empty when the share is not known."""
    part = _get_part(dispersion)
    return f"{part[1]} le hasard" if part else ""


def _get_part(dispersion: Dispersion) -> tuple[str, str] | None:
    if dispersion.i2 is None:
        return None
    return next((apres, sujet) for borne, apres, sujet in _PARTS if dispersion.i2 < borne)


def write_tendance(lignes: Sequence[Ligne], etat: str) -> str:
    """«Premier vœu satisfait et décrochage **se dégradent** depuis 2019-2020.» (two at most, same first rentrée)."""
    suivies = [ligne for ligne in lignes if ligne.tendance and not ligne.tendance.est_contredite]
    concernees = [ligne for ligne in suivies if ligne.tendance.etat == etat]
    concernees = _keep_distinctes(sorted(concernees, key=_measure_pente, reverse=True))
    if not concernees:
        return ""
    premiere = concernees[0]
    depuis = premiere.tendance.rentree_debut
    memes = [li for li in concernees[1:] if li.tendance.rentree_debut == depuis]
    seul, plusieurs = _TENDANCES[etat]
    sujet, pluriel = make_sujet(premiere)
    fin = f"depuis {format_rentree(depuis)}."
    phrases = [capitaliser(f"{sujet} et {make_sujet(li)[0]} {plusieurs} {fin}") for li in memes[:2]]
    phrases.append(capitaliser(f"{sujet} {plusieurs if pluriel else seul} {fin}"))
    return _shorten(*phrases)


def write_doute(lignes: Sequence[Ligne]) -> str:
    """«Pour 4 indicateurs, les élèves sont trop peu nombreux pour conclure.»"""
    nombre = sum(1 for ligne in lignes if ligne.etat == "non_concluant")
    if not nombre:
        return ""
    mot = "indicateur" if nombre == 1 else "indicateurs"
    return f"Pour {nombre} {mot}, les élèves sont **trop peu nombreux** pour conclure."


def _pick_principale(lignes: Sequence[Ligne]) -> Ligne | None:
    """The result read first: that of the DNB, else of the bac, else the first rate."""
    par_code = {ligne.indicateur.code: ligne for ligne in lignes}
    connus = [par_code[code] for code in _PRINCIPAUX if code in par_code]
    taux = [ligne for ligne in lignes if ligne.indicateur.nature is Nature.TAUX]
    return next(iter([*connus, *taux]), None)


def _rank_ecarts(lignes: Sequence[Ligne]) -> list[Ligne]:
    etablis = [ligne for ligne in lignes if ligne.etat in ("favorable", "defavorable")]
    return _keep_distinctes(sorted(etablis, key=_measure_ecart, reverse=True))


def _keep_distinctes(lignes: Sequence[Ligne]) -> list[Ligne]:
    """Without the rows that say again what an earlier one says («bac général» after «bac GT»)."""
    gardees: list[Ligne] = []
    for ligne in lignes:
        if not any(_is_proche(ligne, gardee) for gardee in gardees):
            gardees.append(ligne)
    return gardees


def _is_proche(a: Ligne, b: Ligne | None) -> bool:
    """Whether two rows are about the same result, one being most of the other."""
    return b is not None and _get_resultat(a) == _get_resultat(b)


def _get_resultat(ligne: Ligne) -> str:
    return re.sub(r"_generale$|(?<=_bac)_(gt|general|technologique)$", "", ligne.indicateur.code)


def _measure_ecart(ligne: Ligne) -> float:
    return abs(ligne.comparaison.ecart) * ligne.indicateur.echelle / ligne.indicateur.ecart_utile


def _measure_pente(ligne: Ligne) -> float:
    return abs(ligne.tendance.pente or 0) * ligne.indicateur.echelle / ligne.indicateur.ecart_utile


def _reference(ligne: Ligne) -> float | None:
    return ligne.comparaison.valeur_reference if ligne.comparaison else None


def _shorten(*phrases: str) -> str:
    """The first sentence that fits, else the shortest."""
    return next((p for p in phrases if measure(p) <= LONGUEUR), min(phrases, key=measure))


def _format_ecart(ligne: Ligne) -> str:
    indicateur, ecart = ligne.indicateur, abs(ligne.comparaison.ecart) * ligne.indicateur.echelle
    texte = format_nombre(ecart, max(1, indicateur.decimales))
    if indicateur.nature in (Nature.TAUX, Nature.VALEUR_AJOUTEE):
        return f"{texte} {'points' if round(ecart, 1) >= 2 else 'point'}"
    return texte
