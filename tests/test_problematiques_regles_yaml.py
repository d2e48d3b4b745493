"""Every rule loads and reads well in French; a bad one says every fault that it has, and what to write instead."""

import re

import pytest
import yaml

from indicators.catalogue import Nature, load_catalogue
from indicators.erreurs import ErreurCatalogue, ErreurUsage
from indicators.problematiques import Mesure, get_regle, list_regles, load_regle, load_regles, parse_regle
from indicators.problematiques.modele import LONGUEUR_PHRASE
from indicators.problematiques.regles import FICHES
from indicators.territoires import Niveau
from tests.mots import MOTS_INTERDITS, find_mots_interdits

REGLES = load_regles()
FINE, INSECABLE = "\u202f", "\u00a0"
REGLE = {
    "titre": "Socle fragile",
    "titre_court": "Socle fragile",
    "ordre": 1,
    "niveaux": ["reseau"],
    "resume": "Le public est plus favorisé et le socle moins maîtrisé.",
    "phrase": "Le public y est plus favorisé, et le socle moins maîtrisé",
    "conditions": [
        {"indicateurs": ["ips_colleges"], "lecture": "superieur", "court": "IPS"},
        {"indicateurs": ["maitrise_socle"], "lecture": "defavorable", "court": "socle"},
    ],
    "questions": ["Que manque-t-il le plus souvent ?"],
    "a_ne_pas_lire": ["L’IPS décrit un public."],
    "a_regarder": ["maitrise_6e_francais"],
    "extrait": "ssa_socle",
}
"""A rule without a fault, which each test spoils."""

chaque_regle = pytest.mark.parametrize("regle", REGLES.values(), ids=REGLES)


def list_textes(regle) -> list[str]:
    """Every text of a rule that a user reads."""
    courts = [condition.court for condition in regle.conditions]
    return [regle.titre, regle.titre_court, regle.resume, regle.phrase, *courts, *regle.questions, *regle.a_ne_pas_lire]


def spoil(condition: int | None = None, **champs) -> str:
    """The YAML of the rule, some fields of it (or of one of its conditions) changed; `...` takes a field away."""
    contenu = REGLE | {"conditions": [dict(c) for c in REGLE["conditions"]]}
    cible = contenu if condition is None else contenu["conditions"][condition]
    cible |= champs
    for champ in [champ for champ, valeur in cible.items() if valeur is ...]:
        del cible[champ]
    return yaml.safe_dump(contenu, allow_unicode=True, sort_keys=False)


def tell_fautes(texte: str) -> list[str]:
    """Lines of the message, spaces made plain; the first names the file."""
    with pytest.raises(ErreurCatalogue) as erreur:
        parse_regle("essai", texte)
    return str(erreur.value).replace(INSECABLE, " ").replace(FINE, " ").splitlines()


# --- The rules that are shipped


def test_every_file_is_a_rule_of_that_code():
    assert len(REGLES) >= 15
    assert set(REGLES) == {chemin.stem for chemin in FICHES.iterdir()}
    assert all(regle.code == code for code, regle in REGLES.items())


def test_order_is_unique_and_progress_comes_after_problems():
    assert len({regle.ordre for regle in REGLES.values()}) == len(REGLES)
    assert len({regle.titre for regle in REGLES.values()}) == len(REGLES)
    assert len({regle.titre_court for regle in REGLES.values()}) == len(REGLES)
    genres = [regle.genre for regle in REGLES.values()]
    assert genres == sorted(genres) and set(genres) == {"probleme", "progres"}


def test_rules_of_a_level_are_those_that_name_it():
    for niveau in (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT, Niveau.ACADEMIE):
        codes = {regle.code for regle in list_regles(niveau)}
        assert codes and codes == {code for code, regle in REGLES.items() if niveau in regle.niveaux}
    assert list_regles(Niveau.ETABLISSEMENT) == ()


def test_unknown_code_says_where_rules_are():
    assert get_regle("progres_6e") is REGLES["progres_6e"]
    with pytest.raises(ErreurUsage, match=r"« socle ».*page Problématiques"):
        get_regle("socle")


@chaque_regle
@pytest.mark.parametrize(
    "motif",
    {
        "straight apostrophe or quote": r"['\"“”]",
        "plain space before a high sign": r" [:%;?!]",
        "no space before ; ? !": r"[^\u202f\s][;?!]",
        "no space before : or %": r"[^\u00a0\d][:%]",
        "no space inside « »": r"«[^\u00a0]|[^\u00a0]»",
        "two spaces, or a space at an end": r"\s\s|^\s|\s$",
        "three dots": r"\.\.\.",
        "line break": r"\n",
    }.values(),
)
def test_typography(regle, motif):
    assert [texte for texte in list_textes(regle) if re.search(motif, texte)] == []


@chaque_regle
def test_sentences_end_as_they_should(regle):
    """A heading and the sentence of a finding have no full stop; what is explained has one."""
    assert not any(texte.endswith(".") for texte in (regle.titre, regle.titre_court, regle.phrase))
    assert all(texte.endswith(".") for texte in (regle.resume, *regle.a_ne_pas_lire))
    assert len(regle.phrase) <= LONGUEUR_PHRASE


@chaque_regle
def test_no_cause_and_no_judgement(regle):
    assert {texte: find_mots_interdits(texte) for texte in list_textes(regle) if find_mots_interdits(texte)} == {}


@chaque_regle
def test_pupils_of_a_lever_have_a_name(regle):
    """«avec 20 premiers vœux satisfaits de plus» needs the name of what the rate counts."""
    catalogue = load_catalogue()
    leviers = [c for c in regle.conditions if c.lecture.est_un_ecart and c.mesure is not Mesure.DISPERSION]
    codes = {code for c in leviers for code in c.indicateurs if catalogue[code].nature is Nature.TAUX}
    assert [code for code in codes if catalogue[code].compte is None] == []


@chaque_regle
def test_what_to_look_at_next_is_something_else(regle):
    """Indicators of the catalogue, once each, that the rule does not read already."""
    lus = {code for condition in regle.conditions for code in condition.indicateurs}
    assert set(regle.a_regarder) <= set(load_catalogue()) - lus
    assert len(set(regle.a_regarder)) == len(regle.a_regarder)


# --- The words that no text says


@pytest.mark.parametrize(
    ("texte", "trouves"),
    [
        ("Les résultats baissent, donc le public change", ["donc"]),
        ("Car le lycée est loin", ["Car"]),
        ("À cause du trajet, à cause d’un manque, à cause des places", ["À cause du", "à cause d’un", "à cause des"]),
        ("Grâce à l’équipe, grâce aux moyens", ["Grâce à", "grâce aux"]),
        ("Ce choix entraîne, entraînera, a entraîné", ["entraîne", "entraînera", "entraîné"]),
        ("Ils provoquent, en provoquant", ["provoquent", "provoquant"]),
        ("Cela explique l’écart, cela l’expliquerait", ["explique", "expliquerait"]),
        ("Parce qu’ils partent", ["Parce qu’ils"]),
        ("L’effet, les effets", ["effet", "effets"]),
        ("De bons élèves, une bonne classe, un mauvais lycée", ["bons", "bonne", "mauvais"]),
        ("Un faible niveau, des élèves de niveau très faible", ["faible niveau", "niveau très faible"]),
        ("Le retard, des retards, le Classement", ["retard", "retards", "Classement"]),
        ("L’échec des élèves qui échouent", ["échec", "échouent"]),
        ("Des résultats médiocres", ["médiocres"]),
        ("À cause\u00a0du trajet", ["À cause du"]),
    ],
)
def test_forbidden_words_are_found_with_their_inflections(texte, trouves):
    assert find_mots_interdits(texte) == trouves


@pytest.mark.parametrize(
    "texte",
    [
        "La carte, le caractère, l’écart, quatre cars scolaires",
        "Le bonheur, l’abonnement, le rebond",
        "Les effectifs, en effectif",
        "Une classe, le classeur, classer",
        "Les élèves s’entraînent-ils, avec un entraînement ?",
        "L’écart décrit, il n’explique pas ; le hasard ne l’explique pas ; plus que le hasard n’en explique",
        "Maîtrise satisfaisante ou très bonne",
        "Une réorientation fait baisser le taux sans échec de l’élève",
        "Une échelle, une pirogue, une écharpe",
    ],
)
def test_words_that_look_like_them_are_not(texte):
    assert find_mots_interdits(texte) == []


def test_every_forbidden_word_is_written_once():
    assert len(set(MOTS_INTERDITS)) == len(MOTS_INTERDITS) > 25


# --- One test per kind of fault


def test_the_rule_that_is_spoiled_has_no_fault():
    regle = parse_regle("essai", spoil())
    assert regle.questions == (f"Que manque-t-il le plus souvent{FINE}?",)
    assert (regle.genre, regle.dessin, regle.conditions[0].ecarts_utiles) == ("probleme", "croisement", 1)


CODES = "les codes sont les noms des fichiers de indicators/catalogue/fiches"
FAUTES_CONDITION = {
    "unknown indicator": (
        {"indicateurs": ["ips_college"]},
        f"conditions.0.indicateurs : aucune fiche ne porte le code « ips_college » : {CODES}",
    ),
    "two unknown indicators": (
        {"indicateurs": ["ips", "ips_colleges", "ivs"]},
        f"conditions.0.indicateurs : aucune fiche ne porte le code « ips » ni « ivs » : {CODES}",
    ),
    "unknown modalité": (
        {"modalite": "filles"},
        "conditions.0 : ips_colleges, modalité « filles » inconnue : attendu ensemble",
    ),
    "favorable on a neutral indicator": (
        {"lecture": "favorable"},
        "conditions.0 : ips_colleges, sans sens favorable : attendu superieur, inferieur ou comparable",
    ),
    "pas_defavorable on a neutral indicator": (
        {"lecture": "pas_defavorable"},
        "conditions.0 : ips_colleges, sans sens favorable : attendu superieur, inferieur ou comparable",
    ),
    "superieur on an indicator with a sens": (
        {"indicateurs": ["maitrise_6e_francais"]},
        "conditions.0 : maitrise_6e_francais, a un sens favorable : attendu favorable, defavorable, comparable ou "
        "pas_defavorable",
    ),
    "favorable on a spread": (
        {"indicateurs": ["taux_reussite_dnb"], "mesure": "dispersion", "lecture": "favorable"},
        "conditions.0 : taux_reussite_dnb, la mesure « dispersion » n’a pas de sens favorable : attendu superieur, "
        "inferieur ou comparable",
    ),
    "trend of a mean": (
        {"mesure": "tendance"},
        "conditions.0 : ips_colleges, la mesure « tendance » ne se lit que sur un taux : choisissez-en un, ou une "
        "autre mesure",
    ),
    "trend of years taken together": (
        {"indicateurs": ["taux_emploi_12_mois"], "mesure": "tendance", "lecture": "favorable"},
        "conditions.0 : taux_emploi_12_mois, une valeur de plusieurs années cumulées n’a pas de tendance : choisissez "
        "une autre mesure",
    ),
    "groups that the indicator has not": (
        {"indicateurs": ["taux_reussite_dnb"], "mesure": "groupes"},
        "conditions.0 : taux_reussite_dnb, sans les modalités « filles » et « garcons », pas de mesure « groupes » : "
        "choisissez-en une autre",
    ),
    "a number of pupils": (
        {"indicateurs": ["effectif_colleges"]},
        "conditions.0 : effectif_colleges, un effectif ne se compare pas : choisissez un taux ou une moyenne",
    ),
    "two indicators, one fault each": (
        {"indicateurs": ["maitrise_socle", "effectif_colleges"]},
        "conditions.0 : maitrise_socle, a un sens favorable : attendu favorable, defavorable, comparable ou "
        "pas_defavorable ; effectif_colleges, un effectif ne se compare pas : choisissez un taux ou une moyenne",
    ),
    "unknown measure": (
        {"mesure": "rang"},
        "conditions.0.mesure : valeur inconnue ; attendu : 'position', 'semblables', 'attendu', 'tendance', "
        "'tendance_relative', 'dispersion' ou 'groupes' (lu : 'rang')",
    ),
    "unknown reading": (
        {"lecture": "bas"},
        "conditions.0.lecture : valeur inconnue ; attendu : 'favorable', 'defavorable', 'superieur', 'inferieur', "
        "'comparable' ou 'pas_defavorable' (lu : 'bas')",
    ),
    "no gap asked": (
        {"ecarts_utiles": 0},
        "conditions.0.ecarts_utiles : un nombre supérieur à 0.0 était attendu (lu : 0)",
    ),
    "unknown field of a condition": ({"seuil": 3}, "conditions.0.seuil : champ inconnu (lu : 3)"),
    "missing field of a condition": ({"court": ...}, "conditions.0.court : champ obligatoire absent"),
}  # fmt: skip


@pytest.mark.parametrize(("champs", "message"), FAUTES_CONDITION.values(), ids=FAUTES_CONDITION)
def test_fault_of_a_condition(champs, message):
    assert tell_fautes(spoil(condition=0, **champs)) == ["Règle « essai.yaml » à corriger :", f"  - {message}"]


COMPARABLES = [
    {"indicateurs": ["ips_colleges"], "lecture": "comparable", "court": "IPS"},
    {"indicateurs": ["maitrise_socle"], "lecture": "pas_defavorable", "court": "socle"},
]
FAUTES = {
    "nothing differs": (
        {"conditions": COMPARABLES},
        "conditions : aucune ne dit un écart : l’une au moins doit être favorable, defavorable, superieur ou inferieur",
    ),
    "one condition": (
        {"conditions": REGLE["conditions"][1:]},
        "conditions : de deux à quatre étaient attendues (lu : 1)",
    ),
    "long sentence": (
        {"phrase": "x" * 97},
        "phrase : 97 signes, pour 95 au plus sur une ligne : raccourcissez-la",
    ),
    "unknown field in braces": (
        {"phrase": "La réussite va de {min} à {maximum} %"},
        "phrase : {min} inconnu : attendu {minimum}, {maximum}, {depuis}, {resultat} ; {maximum} demande une condition "
        "sur « dispersion »",
    ),
    "brace left open": (
        {"phrase": "Depuis {depuis, le socle recule"},
        "phrase : {depuis, le socle recule inconnu : attendu {minimum}, {maximum}, {depuis}, {resultat}",
    ),
    "years without a trend": (
        {"phrase": "Depuis {depuis}, le socle recule"},
        "phrase : {depuis} demande une condition sur « tendance »",
    ),
    "question without a question mark": (
        {"questions": ["Que manque-t-il ?", "Quelles compétences."]},
        "questions : une question finit par « ? » : complétez « Quelles compétences. »",
    ),
    "unknown indicator to look at": (
        {"a_regarder": ["maitrise_6e_francais", "maitrise_5e"]},
        f"a_regarder : aucune fiche ne porte le code « maitrise_5e » : {CODES}",
    ),
    "unknown layout": (
        {"extrait": "ssa_college"},
        "extrait : aucun format ne porte le code « ssa_college » : les codes sont les noms des fichiers de "
        "indicators/formats",
    ),
    "layout that feeds no indicator of the rule": (
        {"extrait": "ssa_decrochage"},
        "extrait : « ssa_decrochage » ne donne aucun des indicateurs de la règle : choisissez un format qui donne "
        "ips_colleges ou maitrise_socle",
    ),
    "drawing without its measure": (
        {"dessin": "groupes"},
        "dessin : « groupes » demande une condition sur « groupes » : ajoutez-la, ou retirez ce champ",
    ),
    "unknown drawing": (
        {"dessin": "camembert"},
        "dessin : valeur inconnue ; attendu : 'croisement', 'groupes', 'dispersion' ou 'progres' (lu : 'camembert')",
    ),
    "level that has no rules": (
        {"niveaux": ["etablissement"]},
        "niveaux : niveau absent ou sans problématique : attendu un ou plusieurs de reseau, inter_reseau, "
        "departement, academie",
    ),
    "level that is none": (
        {"niveaux": ["canton"]},
        "niveaux.0 : valeur inconnue ; attendu : 'etablissement', 'reseau', 'inter_reseau', 'departement', "
        "'academie', 'region' ou 'national' (lu : 'canton')",
    ),
    "unknown field": ({"couleur": "bleu"}, "couleur : champ inconnu (lu : 'bleu')"),
    "missing field": ({"resume": ...}, "resume : champ obligatoire absent"),
    "empty field": ({"resume": ""}, "resume : un texte était attendu (lu : '')"),
    "order that is no number": ({"ordre": "premier"}, "ordre : un nombre entier était attendu (lu : 'premier')"),
    "code given": ({"code": "essai"}, "code : c’est le nom du fichier ; retirez ce champ"),
}  # fmt: skip


@pytest.mark.parametrize(("champs", "message"), FAUTES.values(), ids=FAUTES)
def test_fault_of_a_rule(champs, message):
    assert tell_fautes(spoil(**champs)) == ["Règle « essai.yaml » à corriger :", f"  - {message}"]


@pytest.mark.parametrize(
    ("dessin", "mesure"), [("dispersion", "dispersion"), ("progres", "tendance_relative"), ("groupes", "groupes")]
)
def test_each_drawing_asks_for_its_measure(dessin, mesure):
    attendu = f"  - dessin : « {dessin} » demande une condition sur « {mesure} » : ajoutez-la, ou retirez ce champ"
    assert tell_fautes(spoil(dessin=dessin))[1:] == [attendu]


def test_all_faults_of_a_file_are_told_at_once():
    texte = spoil(
        titre=..., phrase="x" * 96, questions=["Quoi."], a_regarder=["inconnu"], extrait="inconnu", dessin="groupes",
        couleur="bleu", code="essai",
    )  # fmt: skip
    champs = [ligne.split(" : ")[0].removeprefix("  - ") for ligne in tell_fautes(texte)[1:]]
    assert champs == ["code", "titre", "phrase", "dessin", "questions", "a_regarder", "extrait", "couleur"]


def test_faults_of_conditions_do_not_hide_the_others():
    texte = spoil(condition=0, indicateurs=["ips"]).replace("ssa_socle", "inconnu")
    assert [ligne.split(" : ")[0] for ligne in tell_fautes(texte)[1:]] == [
        "  - conditions.0.indicateurs",
        "  - extrait",
    ]


def test_yaml_that_is_a_list():
    assert tell_fautes("- titre\n- phrase\n") == [
        "Règle « essai.yaml » : des lignes « champ: valeur » étaient attendues (lu : une liste). "
        "Partez d’une autre règle."
    ]


def test_empty_file():
    assert "(lu : rien)" in tell_fautes("")[0]


def test_broken_yaml_says_the_line():
    """A sentence with a colon has to be between quotes."""
    assert tell_fautes("titre: Progrès : le socle\nordre: 1\n") == [
        "Règle « essai.yaml » : YAML illisible à la ligne 1, colonne 16. Attendu : des lignes « champ: valeur », un "
        "texte qui contient « : » étant entre guillemets. Corrigez cette ligne ou celle d’avant."
    ]


def test_file_in_another_encoding(tmp_path):
    chemin = tmp_path / "essai.yaml"
    chemin.write_bytes(spoil().encode("cp1252"))
    with pytest.raises(ErreurCatalogue, match="Enregistrez le fichier en UTF-8"):
        load_regle(chemin)


def test_file_of_a_windows_editor(tmp_path):
    """The mark that some editors put at the head of a file is not part of it."""
    chemin = tmp_path / "essai.yaml"
    chemin.write_text(spoil(), encoding="utf-8-sig")
    assert load_regle(chemin).titre == "Socle fragile"


def test_name_of_file_that_cannot_be_a_code(tmp_path):
    chemin = tmp_path / "Socle fragile.yaml"
    chemin.write_text(spoil(), encoding="utf-8")
    with pytest.raises(ErreurCatalogue, match=r"code.*minuscules sans accent, chiffres et _ seulement"):
        load_regle(chemin)
