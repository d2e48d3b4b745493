"""Formats: every YAML is valid, feeds known indicators, has its documentation and, for the SSA, its template."""

import csv

import pytest

from indicators.catalogue import load_catalogue
from indicators.chemins import RACINE
from indicators.erreurs import ErreurCatalogue, ErreurFichier
from indicators.formats import load_format, load_formats
from indicators.ingestion import normalise_extrait
from indicators.ingestion.reconnaissance import match_format, recognise
from indicators.ingestion.tableaux import make_tableau
from indicators.ingestion.textes import read_csv

MODELES = RACINE / "docs" / "modeles"
SSA = [format_ for format_ in load_formats().values() if format_.modele]

MINIMAL = """
titre: Essai
source: Personne
version: 1
priorite: 1
colonnes:
  uai: {type: uai}
  session:
  admis: {type: entier}
annee: {colonne: session, convention: session}
territoire: {colonne: uai, codage: uai}
mesures:
  - {indicateur: essai, numerateur: admis}
"""


def read_format(tmp_path, texte):
    chemin = tmp_path / "essai.yaml"
    chemin.write_text(texte, encoding="utf-8")
    return load_format(chemin)


def test_minimal_format(tmp_path):
    """A few lines make a format; a measure term written as a column name is that column."""
    format_ = read_format(tmp_path, MINIMAL)
    assert format_.code == "essai"
    assert format_.indicateurs == {"essai"}
    assert format_.obligatoires == ("uai", "session", "admis")
    assert format_.renseignees == {"uai", "session"}
    assert format_.mesures[0].numerateur.colonnes == ("admis",)


@pytest.mark.parametrize(
    ("avant", "apres", "message"),
    [
        ("titre: Essai", "intitule: Essai", "intitule : champ inconnu"),
        ("titre: Essai", "intitule: Essai", "titre : champ obligatoire absent"),
        ("type: entier", "type: monnaie", "colonnes.admis.type : valeur inconnue"),
        ("numerateur: admis", "numerateur: recus", "colonnes citées mais absentes de « colonnes » : recus"),
        ("numerateur: admis", "methode: rien", "« numerateur », « taux » ou « valeur », un seul des trois"),
        ("annee: {colonne: session, convention: session}", "", "« annee » est nécessaire"),
        ("convention: session}", "convention: nom_de_fichier}", "une colonne est nécessaire, sauf"),
        ("titre: Essai", "titre: [", "YAML illisible"),
    ],
)
def test_faulty_format_is_explained(tmp_path, avant, apres, message):
    with pytest.raises(ErreurCatalogue) as erreur:
        read_format(tmp_path, MINIMAL.replace(avant, apres))
    texte = str(erreur.value).replace("\u00a0", " ")
    assert "« essai.yaml »" in texte
    assert message in texte


def test_every_fault_of_a_format_is_told_at_once(tmp_path):
    with pytest.raises(ErreurCatalogue) as erreur:
        read_format(tmp_path, MINIMAL.replace("titre: Essai", "").replace("version: 1", "version: un"))
    texte = str(erreur.value).replace("\u00a0", " ")
    assert "titre : champ obligatoire absent" in texte
    assert "version : un entier était attendu" in texte


def test_every_indicator_fed_has_a_fiche():
    connus = set(load_catalogue())
    inconnus = {format_.code: sorted(format_.indicateurs - connus) for format_ in load_formats().values()}
    assert {code: codes for code, codes in inconnus.items() if codes} == {}


def test_every_modalite_fed_is_in_its_fiche():
    """A modalité that no fiche names would be stored and never shown."""
    catalogue = load_catalogue()
    fautes = []
    for format_ in load_formats().values():
        for mesure in format_.mesures:
            modalites = [m for m in mesure.modalites if isinstance(m, str)]
            modalites += [c for m in mesure.modalites if not isinstance(m, str) for c in m.correspondances.values()]
            connues = catalogue[mesure.indicateur].modalites
            fautes += [f"{format_.code} → {mesure.indicateur} : {m}" for m in modalites if m not in connues]
    assert fautes == []


@pytest.mark.parametrize("seulement_obligatoires", [True, False])
@pytest.mark.parametrize("format_", load_formats().values(), ids=lambda f: f.code)
def test_header_is_enough_to_tell_a_format(format_, seulement_obligatoires):
    """With its mandatory columns, or with all of them, a header is that of no other format."""
    noms = format_.obligatoires if seulement_obligatoires else format_.colonnes
    tableau = make_tableau(list(noms), [[] for _ in noms], [])
    assert recognise([tableau], load_formats().values()).format.code == format_.code


@pytest.mark.parametrize("format_", load_formats().values(), ids=lambda f: f.code)
def test_label_headers_are_recognised(format_):
    """The header of a portal's CSV (labels) is as good as the technical one."""
    entetes = [(colonne.noms or (nom,))[-1] for nom, colonne in format_.colonnes.items()]
    trouvee = recognise([make_tableau(entetes, [[] for _ in entetes], [])], load_formats().values())
    assert trouvee.format.code == format_.code
    assert set(trouvee.colonnes) == set(format_.colonnes)


def test_documentation_lists_every_format():
    texte = (RACINE / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [f.code for f in load_formats().values() if f"`{f.code}`" not in texte or f.titre not in texte] == []


def test_formats_document_their_missing_codes():
    """Each layout of the SSA admits the codes that its documentation announces."""
    for format_ in SSA:
        assert set(format_.codes_manquants) == {"<5", "S", "NS", "ND", "NA", "SO"}


@pytest.mark.parametrize("format_", SSA, ids=lambda f: f.code)
def test_template_has_exactly_the_columns_of_its_format(format_):
    octets = (MODELES / format_.modele).read_bytes()
    assert octets.startswith(b"\xef\xbb\xbf")
    lignes = list(csv.reader(octets.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert lignes[0] == list(format_.colonnes)
    assert len(lignes) == 3


@pytest.mark.parametrize("format_", SSA, ids=lambda f: f.code)
def test_template_loads(format_, tmp_path):
    """The two lines of a template are a valid extract as soon as they speak of a real établissement."""
    texte = (MODELES / format_.modele).read_text(encoding="utf-8")
    for fictif, reel in zip(format_.exemples, ("0860001J", "0170001J"), strict=False):
        texte = texte.replace(fictif, reel)
    (tmp_path / format_.modele).write_text(texte, encoding="utf-8")
    lecture = normalise_extrait(tmp_path / format_.modele, tmp_path / "sortie")
    assert lecture.format.code == format_.code
    assert lecture.nb_lignes == 2
    assert lecture.nb_observations > 0
    assert lecture.avertissements == ()


@pytest.mark.parametrize("format_", SSA, ids=lambda f: f.code)
def test_example_lines_of_a_template_are_refused(format_, tmp_path):
    """A template handed in as it is would publish the figures of an établissement that does not exist."""
    with pytest.raises(ErreurFichier, match="2\u00a0lignes\u00a0: c’est l’établissement fictif du modèle"):
        normalise_extrait(MODELES / format_.modele, tmp_path / "sortie")


@pytest.mark.parametrize("format_", SSA, ids=lambda f: f.code)
def test_template_is_documented(format_):
    """Every column, every accepted value and every indicator of a template is in its documentation."""
    texte = (MODELES / "README.md").read_text(encoding="utf-8")
    section = texte.split(f"## {format_.modele}")[1].split("\n## ")[0]
    attendus = {*format_.colonnes, *format_.indicateurs, *(v for c in format_.colonnes.values() for v in c.valeurs)}
    assert sorted(nom for nom in attendus if f"`{nom}`" not in section) == []


def test_renamed_column_never_falls_into_another_format(tmp_path):
    """An IPS collèges extract whose `effectifs` was renamed has every column of the IPS écoles, and is not one."""
    chemin = tmp_path / "ips.csv"
    chemin.write_text("rentree_scolaire;uai;nombre;ips;ecart_type_de_l_ips\n2022-2023;0160001P;300;97,1;28\n")
    tableau = read_csv(chemin)
    assert match_format(tableau, load_formats()["ips_ecoles"]) is None
    assert recognise([tableau], load_formats().values()) is None
