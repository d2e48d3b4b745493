"""A draft rule out of a crossing chosen on screen: the YAML that a statistician completes, then puts in `fiches/`."""

import json
import textwrap

from indicators.catalogue import ENSEMBLE, Indicateur, load_catalogue
from indicators.formats import load_formats
from indicators.problematiques.modele import LONGUEUR_PHRASE, Condition, Lecture, Mesure
from indicators.problematiques.regles import load_regles
from indicators.territoires import Niveau

A_COMPLETER = "[À compléter]"
"""Marks every place of a draft that its author has to write."""
LONGUEUR_COURT, _LONGUEUR_TITRE_COURT = 28, 34
_REFERENCES = {Mesure.POSITION: "du reste de l’académie", Mesure.SEMBLABLES: "des territoires semblables"}


def make_condition(
    fiche: Indicateur, modalite: str, lecture: Lecture, ecarts_utiles: float, mesure: Mesure
) -> Condition:
    """The condition that one axis of a crossing says."""
    return Condition(
        indicateurs=(fiche.code,), modalite=modalite, mesure=mesure, lecture=lecture, ecarts_utiles=ecarts_utiles,
        court=shorten_titre(fiche, modalite),
    )  # fmt: skip


def shorten_titre(fiche: Indicateur, modalite: str = ENSEMBLE) -> str:
    """The short title of an indicator in the two or three words that a rule has room for; the modalité where split."""
    texte = fiche.titre_court if modalite == ENSEMBLE else fiche.modalites[modalite]
    if not texte.split()[0].isupper():
        texte = texte[0].lower() + texte[1:]
    return textwrap.shorten(texte, LONGUEUR_COURT, placeholder="…")


def name_brouillon(conditions: tuple[Condition, ...]) -> str:
    """Code of a draft, which is the name of its file: «croisement_taux_decrochage_ips_colleges»."""
    return "_".join(("croisement", *(condition.indicateurs[0] for condition in conditions)))


def write_brouillon(conditions: tuple[Condition, ...], niveau: Niveau) -> str:
    """The YAML of a draft rule.

    Args:
        conditions: two or three, of `Mesure.POSITION` or `Mesure.SEMBLABLES`, each on one indicator.
        niveau: the level of the crossing.

    Returns:
        A text that `parse_regle` accepts wherever an extract gives one of the indicators; what is left to write is
        marked by `A_COMPLETER`.
    """
    courts = [condition.court for condition in conditions]
    lignes = [
        "# Brouillon de règle, fait sur la page Croiser : complétez ce qui est entre crochets.",
        f"titre: {_quote(_fit(f'{A_COMPLETER} {_join(courts)}', 70))}",
        f"titre_court: {_quote(_fit(_capitalise(courts[0]), _LONGUEUR_TITRE_COURT))}",
        f"ordre: {max((regle.ordre for regle in load_regles().values()), default=0) + 10}",
        f"niveaux: [{niveau.value}]",
        f"resume: {_quote(f'{A_COMPLETER} {_say_profil(conditions)}.')}",
        f"phrase: {_quote(_write_phrase(conditions))}",
        "conditions:",
        *(ligne for condition in conditions for ligne in _write_condition(condition)),
        "questions:",
        f"  - {_quote(f'{A_COMPLETER} Que savent les équipes de ces constats, et que voudraient-elles regarder ?')}",
        "a_ne_pas_lire:",
        f"  - {_quote('Les constats existent ensemble ; rien ne dit ici que l’un cause l’autre.')}",
        f"a_regarder: [{', '.join(_choose_voisins(conditions))}]",
        f"extrait: {_choose_extrait(conditions)}",
    ]
    return "\n".join(lignes) + "\n"


def _quote(texte: str) -> str:
    """A text between double quotes: what JSON writes, YAML reads."""
    return json.dumps(texte, ensure_ascii=False)


def _write_condition(condition: Condition) -> list[str]:
    """Lines of one condition; what is usual is left out, as in the rules."""
    lignes = [f"  - indicateurs: [{condition.indicateurs[0]}]"]
    if condition.modalite != ENSEMBLE:
        lignes.append(f"    modalite: {condition.modalite}")
    if condition.mesure is not Mesure.POSITION:
        lignes.append(f"    mesure: {condition.mesure.value}")
    lignes.append(f"    lecture: {condition.lecture.value}")
    if condition.ecarts_utiles != 1:
        lignes.append(f"    ecarts_utiles: {condition.ecarts_utiles:g}")
    return [*lignes, f"    court: {_quote(condition.court)}"]


def _say_profil(conditions: tuple[Condition, ...]) -> str:
    """«décrochage au-dessus du reste de l’académie ; IPS des collèges au-dessous»"""
    places = [f"{condition.court} {_place(condition)}" for condition in conditions]
    places[0] += f" {_REFERENCES[conditions[0].mesure]}"
    return " ; ".join(places)


def _place(condition: Condition) -> str:
    monte = condition.get_signe(load_catalogue()[condition.indicateurs[0]]) > 0
    return "au-dessus" if monte else "au-dessous"


def _write_phrase(conditions: tuple[Condition, ...]) -> str:
    """The sentence of a finding, where it holds on one line; else the place to write it."""
    phrase = _capitalise(_say_profil(conditions))
    return phrase if len(phrase) <= LONGUEUR_PHRASE else f"{A_COMPLETER} {_join([c.court for c in conditions])}"


def _join(courts: list[str]) -> str:
    return f"{', '.join(courts[:-1])} et {courts[-1]}"


def _fit(texte: str, longueur: int) -> str:
    return textwrap.shorten(texte, longueur, placeholder="…")


def _capitalise(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def _choose_voisins(conditions: tuple[Condition, ...]) -> list[str]:
    """Three other indicators of the same domains, those of the first condition before the others."""
    catalogue = load_catalogue()
    lus = {condition.indicateurs[0] for condition in conditions}
    domaines = dict.fromkeys(catalogue[condition.indicateurs[0]].domaine for condition in conditions)
    return [
        code for domaine in domaines for code, fiche in catalogue.items()
        if fiche.domaine is domaine and code not in lus
    ][:3]  # fmt: skip


def _choose_extrait(conditions: tuple[Condition, ...]) -> str:
    """The layout that gives most of the indicators, the first before the others; «a_completer» where none does."""
    lus = [condition.indicateurs[0] for condition in conditions]
    donnes = {code: [lu in format_.indicateurs for lu in lus] for code, format_ in load_formats().items()}
    meilleur = max(donnes, key=lambda code: (sum(donnes[code]), donnes[code]), default="")
    return meilleur if any(donnes.get(meilleur, [])) else "a_completer"
