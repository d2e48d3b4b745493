"""Every fiche loads, is used, reads well in French; a bad fiche says which field is wrong."""

import re
from pathlib import Path

import pytest
import yaml

from indicators.catalogue import FICHES, Domaine, Nature, Sens, get_indicateur, load_catalogue, load_fiche
from indicators.erreurs import ErreurCatalogue, ErreurUsage

CATALOGUE = load_catalogue()
DOCS = Path(__file__).parent.parent / "docs"
CALCULES = {"part_eleves_education_prioritaire", "part_eleves_prive", "distance_lycee"}
"""Indicators computed at publication from others: no extract holds them."""
STABLES = {
    "taux_reussite_dnb", "taux_reussite_dnb_generale", "note_ecrit_dnb_generale", "valeur_ajoutee_dnb_generale",
    "taux_acces_6e_3e", "ips_ecoles", "ips_colleges", "ips_lycees", "taux_reussite_bac_general",
    "taux_reussite_bac_gt", "taux_reussite_bac_pro", "taux_acces_2nde_bac_gt", "attractivite_2nde_pro",
    "voeux_par_place_bts",
}  # fmt: skip
"""Codes that other people's scripts and links rely on: they never change."""
TEXTES = ["titre", "titre_court", "resume", "definition", "numerateur", "denominateur", "source", "frequence",
          "traitement", "unite_effectif"]  # fmt: skip

chaque_indicateur = pytest.mark.parametrize("indicateur", CATALOGUE.values(), ids=CATALOGUE.keys())


def list_textes(indicateur):
    """Every text of a fiche that a user reads."""
    textes = [getattr(indicateur, champ) for champ in TEXTES]
    return [*textes, *indicateur.a_savoir, *indicateur.modalites.values(), *(r.cause for r in indicateur.ruptures)]


def test_at_least_35_fiches_over_the_five_domains():
    assert len(CATALOGUE) >= 35
    assert {i.domaine for i in CATALOGUE.values()} == set(Domaine)


def test_code_is_the_name_of_the_file():
    assert set(CATALOGUE) == {chemin.stem for chemin in FICHES.iterdir()}
    assert all(i.code == code for code, i in CATALOGUE.items())


def test_stable_codes_are_there():
    assert STABLES - set(CATALOGUE) == set()


def test_domains_come_in_reading_order_and_ordre_is_unique_in_each():
    rangs = [list(Domaine).index(i.domaine) for i in CATALOGUE.values()]
    assert rangs == sorted(rangs)
    assert len({(i.domaine, i.ordre) for i in CATALOGUE.values()}) == len(CATALOGUE)


def test_every_indicator_is_fed_by_a_layout_or_computed():
    """A definition that nobody uses is an error, and so is a figure that nobody defines."""
    from indicators.formats import load_formats

    alimentes = {code for extrait in load_formats().values() for code in extrait.indicateurs}
    assert set(CATALOGUE) - alimentes == CALCULES
    assert alimentes - set(CATALOGUE) == set()


@chaque_indicateur
def test_indicator_appears_on_the_tableau_de_bord(indicateur):
    assert indicateur.modalites_au_tableau


@chaque_indicateur
def test_fiche_is_complete(indicateur):
    """Texts say something, and the unit, threshold and direction agree with the nature."""
    assert all(texte.strip() for texte in list_textes(indicateur))
    assert indicateur.a_savoir
    assert indicateur.titre_court != indicateur.titre or len(indicateur.titre) <= 40
    assert (indicateur.unite == "%") == (indicateur.nature is Nature.TAUX)
    if indicateur.nature is Nature.EFFECTIF:
        assert (indicateur.decimales, indicateur.sens) == (0, Sens.NEUTRE)
    if indicateur.domaine is Domaine.CONTEXTE:
        assert (indicateur.sens, indicateur.niveau) == (Sens.NEUTRE, "tous")
    if indicateur.source.startswith("Rectorat"):
        assert (indicateur.secret, indicateur.seuil) == ("complet", 10)
    rentrees = [rupture.rentree for rupture in indicateur.ruptures]
    assert rentrees == sorted(set(rentrees))


def test_titles_are_unique():
    for champ in ("titre", "titre_court"):
        valeurs = [getattr(i, champ) for i in CATALOGUE.values()]
        assert sorted(valeurs) == sorted(set(valeurs))


@chaque_indicateur
@pytest.mark.parametrize(
    ("defaut", "motif"),
    {
        "straight apostrophe": r"'",
        "plain space before : or %": r" [:%]",
        "plain space before ; ? !": r" [;?!]",
        "no narrow space before ; ? !": r"[^\u202f\s][;?!]",
        "no space before : or %": r"[^\u00a0\d][:%]",
        "straight or English quote": r"[\"“”]",
        "space inside « » is not U+00A0": r"«[^\u00a0]|[^\u00a0]»",
        "two spaces, or a space at an end": r"  |^\s|\s$",
        "three dots": r"\.\.\.",
    }.items(),
    ids=lambda valeur: valeur if valeur and " " in valeur and "[" not in valeur else None,
)
def test_typography(indicateur, defaut, motif):
    fautifs = [texte for texte in list_textes(indicateur) if re.search(motif, texte)]
    assert fautifs == [], defaut


@chaque_indicateur
def test_words_that_a_fiche_never_uses(indicateur):
    """No judgement, no cause: a figure describes."""
    interdits = re.compile(r"\b(mauvais|mauvaise|retard|classement|palmarès|à cause de|grâce à)\b", re.IGNORECASE)
    assert [texte for texte in list_textes(indicateur) if interdits.search(texte)] == []


def test_unknown_code_says_where_codes_are():
    assert get_indicateur("ips_colleges") is CATALOGUE["ips_colleges"]
    with pytest.raises(ErreurUsage, match=r"« taux_de_reussite ».*page Méthode"):
        get_indicateur("taux_de_reussite")


@pytest.mark.parametrize(
    ("champ", "valeur", "message"),
    [
        ("titre_court", "x" * 41, "titre_court : 40 caractères au plus"),
        ("sens", "hausse", "sens : valeur inconnue ; attendu : 'hausse_favorable'"),
        ("nature", "pourcentage", "nature : valeur inconnue"),
        ("domaine", "college", "domaine : valeur inconnue"),
        ("niveau", "departement", "niveau : valeur inconnue"),
        ("genre", "n", "genre : valeur inconnue ; attendu : 'm' ou 'f'"),
        ("ecart_utile", 0, "ecart_utile : un nombre supérieur à 0"),
        ("seuil", -1, "seuil : un nombre au moins égal à 0"),
        ("decimales", 4, "decimales : un nombre au plus égal à 3"),
        ("ordre", "premier", "ordre : un nombre entier était attendu (lu : 'premier')"),
        ("titre", None, "titre : un texte était attendu"),
        ("titre", ..., "titre : champ obligatoire absent"),
        ("couleur", "bleu", "couleur : champ inconnu (lu : 'bleu')"),
        ("ruptures", [{"rentree": 2020}], "ruptures.0.cause : champ obligatoire absent"),
        ("a_savoir", "un texte", "a_savoir : une liste était attendue"),
        ("modalites", {"filles": "Filles"}, "modalites : la modalité « ensemble » est obligatoire"),
        ("modalites_au_tableau", ["garcons"], "garcons absent de « modalites »"),
    ],
)
def test_bad_fiche_names_the_field_and_what_was_expected(tmp_path, champ, valeur, message):
    contenu = yaml.safe_load((FICHES / "taux_decrochage.yaml").read_text(encoding="utf-8")) | {champ: valeur}
    if valeur is ...:
        del contenu[champ]
    fiche = tmp_path / "taux_decrochage.yaml"
    fiche.write_text(yaml.safe_dump(contenu, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ErreurCatalogue) as erreur:
        load_fiche(fiche)
    assert str(erreur.value).startswith("Fiche « taux_decrochage.yaml » à corriger :\n")
    assert message in str(erreur.value)


def test_all_faults_of_a_fiche_are_listed_at_once(tmp_path):
    fiche = tmp_path / "taux_decrochage.yaml"
    fiche.write_text("titre: Un titre\nseuil: dix\n", encoding="utf-8")
    with pytest.raises(ErreurCatalogue) as erreur:
        load_fiche(fiche)
    lignes = str(erreur.value).splitlines()[1:]
    assert len(lignes) > 10
    assert all(re.match(r"  - [a-z_.0-9]+ : ", ligne) for ligne in lignes)


@pytest.mark.parametrize(("nom", "contenu"), [("yaml_illisible", "titre: [\n"), ("liste", "- titre\n"), ("vide", "")])
def test_file_that_is_not_a_fiche(tmp_path, nom, contenu):
    fiche = tmp_path / f"{nom}.yaml"
    fiche.write_text(contenu, encoding="utf-8")
    with pytest.raises(ErreurCatalogue, match=f"Fiche « {nom}.yaml » : "):
        load_fiche(fiche)


def test_code_that_cannot_be_a_code(tmp_path):
    fiche = tmp_path / "Taux décrochage.yaml"
    fiche.write_text((FICHES / "taux_decrochage.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ErreurCatalogue, match="code : minuscules sans accent, chiffres et _ seulement"):
        load_fiche(fiche)


def test_every_break_is_told_in_the_method_document():
    """The table of docs/methode.md lists the rentrées of all breaks, and no other."""
    texte = (DOCS / "methode.md").read_text(encoding="utf-8")
    racontees = {int(annee) for annee in re.findall(r"^\| (\d{4}) \| ", texte, re.MULTILINE)}
    assert racontees == {rupture.rentree for i in CATALOGUE.values() for rupture in i.ruptures}


@pytest.mark.parametrize("mot", ["favorable", "défavorable", "comparable", "non concluant", "sans test", "plus élevé",
                                 "amélioration", "dégradation", "hausse", "baisse", "stable", "non concluante",
                                 "série courte"])  # fmt: skip
def test_every_answer_is_explained_in_the_method_document(mot):
    assert f"**{mot}**" in (DOCS / "methode.md").read_text(encoding="utf-8")


def test_every_name_of_the_published_base_is_made_of_words_of_the_glossary():
    """A noun absent from docs/glossaire.md may not become a table or a column."""
    codes = re.findall(r"`([a-z0-9_]+)`", (DOCS / "glossaire.md").read_text(encoding="utf-8"))
    mots = {mot for code in codes for mot in code.split("_")}
    schema = re.sub(r"--.*", "", (DOCS.parent / "indicators/base/schema.sql").read_text(encoding="utf-8"))
    noms = set(re.findall(r"CREATE TABLE (\w+)", schema)) | set(re.findall(r"(\w+) [A-Z]+[,)\s]", schema))
    assert len(noms) > 50
    assert {nom for nom in noms if not set(nom.split("_")) <= mots and nom not in {"CREATE", "TABLE"}} == set()


def test_columns_of_a_first_look_have_ranks_of_their_own():
    """Two columns of one rank would change places from one run to the next."""
    rangs = [colonne.rang for i in CATALOGUE.values() for colonne in i.en_colonne.values() if colonne.rang is not None]
    assert len(rangs) > 14 and len(set(rangs)) == len(rangs)


def test_a_column_of_an_unknown_modalite_is_refused(tmp_path):
    texte = (FICHES / "taux_reussite_dnb.yaml").read_text(encoding="utf-8") + "  filles: {titre: Filles}\n"
    (tmp_path / "essai.yaml").write_text(texte, encoding="utf-8")
    with pytest.raises(ErreurCatalogue, match="en_colonne"):
        load_fiche(tmp_path / "essai.yaml")
