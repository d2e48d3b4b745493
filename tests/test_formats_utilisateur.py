"""Layouts made by hand: inherited, kept in the installation's own folder, read again when they change."""

import os
import re

import pytest

from indicators.chemins import RACINE, get_raw
from indicators.erreurs import ErreurCatalogue, ErreurUsage
from indicators.formats import list_formats_fautifs, load_format, load_formats, load_livres
from indicators.formats.edition import propose_colonnes, write_format
from indicators.formats.modele import Annee, Colonne, Format, Mesure, Somme, TauxControle, TerritoireSource
from indicators.ingestion import normalise_extrait

ENTETES = ("Rentrée", "Code UAI", "Nombre d'élèves", "IPS", "Écart-type de l'IPS", "Observations")
CORRESPONDANCES = {
    "rentree_scolaire": "Rentrée",
    "uai": "Code UAI",
    "nom_de_l_etablissement": None,
    "code_insee_de_la_commune": None,
    "nom_de_la_commune": None,
    "secteur": None,
    "effectifs": "Nombre d'élèves",
    "ips": "IPS",
    "ecart_type_de_l_ips": "Écart-type de l'IPS",
}
LOCAL = """
herite: ips_colleges
titre: IPS des collèges, export local
colonnes:
  uai: {noms: Code UAI}
  effectifs: {noms: Nombre d'élèves}
  rentree_scolaire: {noms: Rentrée}
"""


def plain(texte) -> str:
    return str(texte).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def dossier():
    chemin = get_raw() / "formats"
    chemin.mkdir(parents=True)
    return chemin


def write(dossier, nom, texte):
    (dossier / nom).write_text(texte, encoding="utf-8")


def write_local(**champs):
    options = {"titre": "IPS, export local", "correspondances": CORRESPONDANCES, "entetes": ENTETES} | champs
    parent = options.pop("parent", "ips_colleges")
    return write_format(get_raw(), parent, options.pop("titre"), options.pop("correspondances"), **options)


def test_format_inherits_field_by_field(tmp_path):
    """What the child says replaces, what it does not say stays; title, version and template are its own."""
    write(tmp_path, "essai.yaml", LOCAL + "version: 4\ncodes_manquants: {X: secret}\n")
    format_, parent = load_format(tmp_path / "essai.yaml"), load_livres()["ips_colleges"]
    assert format_.titre == "IPS des collèges, export local" and format_.version == 4
    assert format_.herite == "ips_colleges"
    assert format_.colonnes["uai"].noms == ("Code UAI",) and format_.colonnes["uai"].type == "uai"
    assert format_.colonnes["ips"] == parent.colonnes["ips"]
    assert format_.codes_manquants == {"NS": "secret", "ND": "non_disponible", "X": "secret"}
    assert (format_.mesures, format_.cle, format_.annee) == (parent.mesures, parent.cle, parent.annee)


def test_grandchild_names_the_first_of_its_line(dossier):
    write(dossier, "enfant.yaml", LOCAL)
    write(dossier, "petit_enfant.yaml", "herite: enfant\ntitre: Autre\ncolonnes: {ips: {noms: indice}}\n")
    format_ = load_formats()["petit_enfant"]
    assert format_.herite == "ips_colleges"
    assert format_.colonnes["ips"].noms == ("indice",) and format_.colonnes["uai"].noms == ("Code UAI",)


def test_template_is_not_inherited(dossier):
    """The list of extracts that an academy lacks must not count a local variant as one more."""
    write(dossier, "socle_local.yaml", "herite: ssa_socle\ntitre: Socle local\n")
    assert load_livres()["ssa_socle"].modele and load_formats()["socle_local"].modele is None


@pytest.mark.parametrize(
    ("texte", "message"),
    [
        (LOCAL.replace("titre:", "intitule:"), "titre : champ obligatoire absent"),
        (LOCAL.replace("titre:", "intitule:"), "intitule : champ inconnu"),
        (LOCAL.replace("ips_colleges", "ips_college"), "aucun format lisible ne porte le code « ips_college »"),
        (LOCAL.replace("ips_colleges", "ips_college"), "le plus proche est « ips_colleges »"),
        (LOCAL.replace("ips_colleges", "essai"), "finit par hériter de lui-même (essai → essai)"),
        (LOCAL.replace("ips_colleges", "[a]"), "herite : le code d’un format était attendu"),
        (LOCAL.replace("noms: Code UAI", "nom: Code UAI"), "colonnes.uai.nom : champ inconnu"),
        (LOCAL + "annee: {colonne: an}\n", "colonnes citées mais absentes de « colonnes » : an"),
        (LOCAL + "mesures: [{indicateur: ips_colege, valeur: ips}]\n", "aucune fiche ne porte le code « ips_colege »"),
        (
            LOCAL + "mesures: [{indicateur: ips_colleges, valeur: ips, modalites: [lune]}]\n",
            "« lune » n’est pas dans la fiche « ips_colleges »",
        ),
        (LOCAL + "code: autre\n", "le code d’un format est le nom de son fichier"),
        ("titre: [", "YAML illisible"),
        ("- rien", "une liste « champ: valeur » était attendue"),
        ("2024-01-01: x\n" + LOCAL, "2024-01-01 : champ inconnu"),
        (LOCAL + "#" * 300_000, "fichier trop long"),
    ],
)
def test_faulty_format_is_told_and_blanks_nothing(dossier, texte, message):
    """Pages go on with the other layouts; a load stops and says which file and which field."""
    write(dossier, "essai.yaml", texte)
    write(dossier, "sain.yaml", LOCAL)
    assert set(load_formats()) == {*load_livres(), "sain"}
    assert set(list_formats_fautifs()) == {"essai.yaml"}
    assert message in plain(list_formats_fautifs()["essai.yaml"])
    with pytest.raises(ErreurCatalogue) as erreur:
        load_formats(strict=True)
    assert "« essai.yaml »" in plain(erreur.value) and message in plain(erreur.value)


def test_no_file_is_read_while_a_layout_has_faults(dossier, tmp_path):
    """A file that the faulty layout was written for must not be read, or refused, as if it did not exist."""
    write(dossier, "essai.yaml", LOCAL.replace("titre:", "intitule:"))
    (tmp_path / "extrait.csv").write_text("rien\n", encoding="utf-8")
    with pytest.raises(ErreurCatalogue, match="intitule\u00a0: champ inconnu"):
        normalise_extrait(tmp_path / "extrait.csv", tmp_path / "sortie")


def test_formats_that_inherit_from_each_other_are_refused(dossier):
    write(dossier, "a.yaml", LOCAL.replace("ips_colleges", "b"))
    write(dossier, "b.yaml", LOCAL.replace("ips_colleges", "a"))
    assert "(a → b → a)" in list_formats_fautifs()["a.yaml"]
    assert set(load_formats()) == set(load_livres())


def test_code_of_a_shipped_format_is_refused(dossier):
    write(dossier, "ips_colleges.yaml", LOCAL)
    message = plain(list_formats_fautifs()["ips_colleges.yaml"])
    assert "un format livré porte déjà ce code" in message and "« herite: ips_colleges »" in message
    assert load_formats()["ips_colleges"] == load_livres()["ips_colleges"]


def test_file_that_is_no_text_is_told(dossier):
    (dossier / "octets.yaml").write_bytes(b"\xff\xfe\x00titre")
    (dossier / "dossier.yaml").mkdir()
    assert set(list_formats_fautifs()) == {"dossier.yaml", "octets.yaml"}


def test_new_changed_and_removed_files_are_noticed(dossier):
    """Nobody restarts the server to add a layout; rows read with the earlier one are not taken for the new ones."""
    assert "local" not in load_formats()
    write(dossier, "local.yaml", LOCAL)
    avant = load_formats()["local"]
    fiche = os.stat(dossier / "local.yaml")
    write(dossier, "local.yaml", LOCAL.replace("local\n", "lokal\n"))
    os.utime(dossier / "local.yaml", ns=(fiche.st_atime_ns, fiche.st_mtime_ns + 1))
    apres = load_formats()["local"]
    assert apres.titre == "IPS des collèges, export lokal" and apres.version != avant.version
    (dossier / "local.yaml").unlink()
    assert "local" not in load_formats()


def test_without_a_folder_only_shipped_formats_are_known():
    assert load_formats() == load_livres() and list_formats_fautifs() == {}


def test_proposals_take_exact_names_first_and_each_header_once():
    """«IPS» is ips; what looks alike is proposed; what looks like nothing is left to the user."""
    colonnes = propose_colonnes(ENTETES, load_livres()["ips_colleges"])
    assert colonnes["ips"] == "IPS" and colonnes["uai"] == "Code UAI"
    assert colonnes["rentree_scolaire"] == "Rentrée"
    assert colonnes["ecart_type_de_l_ips"] == "Écart-type de l'IPS"
    assert colonnes["effectifs"] is None and colonnes["nom_de_la_commune"] is None
    assert list(colonnes) == list(load_livres()["ips_colleges"].colonnes)
    choisies = [entete for entete in colonnes.values() if entete]
    assert len(choisies) == len(set(choisies))


def test_likest_column_gets_the_header():
    """«ensemble» is in both names: each header goes to the column whose name is nearest."""
    colonnes = propose_colonnes(["ips_ensemble", "effectifs_ensemble"], load_livres()["ips_lycees"])
    assert colonnes["ips_ensemble_gt_pro"] == "ips_ensemble"
    assert colonnes["effectifs_ensemble_gt_pro"] == "effectifs_ensemble"


def test_mapping_made_by_hand_reads_the_file_from_then_on(tmp_path):
    """The layout that is written is small, readable, and recognises the file that it was made for."""
    chemin = write_local()
    assert chemin == get_raw() / "formats" / "ips_export_local.yaml"
    texte = chemin.read_text(encoding="utf-8")
    assert texte.startswith(
        "# Disposition faite à la main, à partir du format « ips_colleges ».\nherite: ips_colleges\n"
    )
    assert "noms: Nombre d'élèves" in texte and "ecart_type" not in texte and len(texte.splitlines()) <= 12
    extrait = tmp_path / "extrait.csv"
    extrait.write_text(";".join(ENTETES) + "\n2023-2024;0160001P;300;97,1;28;rien\n", encoding="utf-8")
    lecture = normalise_extrait(extrait, tmp_path / "sortie")
    assert (lecture.format.code, lecture.nb_observations) == ("ips_export_local", 2)
    assert [c.name for c in chemin.parent.iterdir()] == [chemin.name]


def test_shipped_format_wins_a_tie(dossier, tmp_path):
    """A local layout that adds nothing to a shipped one never takes its files."""
    write(dossier, "a_meme.yaml", "herite: ips_colleges\ntitre: Le même\n")
    extrait = tmp_path / "extrait.csv"
    extrait.write_text("rentree_scolaire;uai;effectifs;ips;ecart_type_de_l_ips\n2022-2023;0160001P;300;97,1;28\n")
    assert normalise_extrait(extrait, tmp_path / "sortie").format.code == "ips_colleges"


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"parent": "rien"}, "Aucun format ne porte le code « rien »"),
        ({"titre": "???"}, "ne peut pas nommer un format"),
        ({"titre": "x" * 101}, "ne peut pas nommer un format"),
        ({"titre": "a\x1b[31mb"}, "ne peut pas nommer un format"),
        ({"titre": "IPS collèges"}, "Un format « ips_colleges » existe déjà"),
        ({"correspondances": CORRESPONDANCES | {"ips": None}}, "obligatoires sans correspondance : « ips »"),
        ({"correspondances": CORRESPONDANCES | {"ips": "Absente"}}, "« Absente » n’est ni dans ce fichier"),
        ({"correspondances": CORRESPONDANCES | {"inconnue": "IPS"}}, "« inconnue » n’est ni dans ce fichier"),
        ({"correspondances": CORRESPONDANCES | {"secteur": "IPS"}}, "« IPS » du fichier sert deux fois"),
        (
            {"entetes": (*ENTETES, "effectifs")},
            "La colonne « effectifs » du fichier serait lue comme « effectifs », à cause de son nom",
        ),
        ({"entetes": (*ENTETES, "type_de_lycee")}, "« type_de_lycee » dit que ce fichier est d’une autre sorte"),
        ({"entetes": (*ENTETES, "secteur")}, "« secteur » du fichier serait lue comme « secteur »"),
    ],
)
def test_impossible_mapping_writes_nothing(champs, message):
    with pytest.raises(ErreurUsage) as erreur:
        write_local(**champs)
    assert message in plain(erreur.value)
    assert list((get_raw() / "formats").glob("*")) == []


def test_file_already_recognised_needs_no_mapping():
    """Same names: nothing to keep. Same file as an earlier mapping: that one reads it."""
    noms = {nom: nom for nom in load_livres()["ips_colleges"].colonnes}
    with pytest.raises(ErreurUsage, match="il n’y a rien à retenir"):
        write_format(get_raw(), "ips_colleges", "Essai", noms, tuple(noms))
    write_local()
    with pytest.raises(ErreurUsage, match="déjà reconnu par le format « IPS, export local »"):
        write_local(titre="Autre titre")


def test_mapping_is_replaced_only_on_demand():
    chemin = write_local()
    avant = chemin.read_bytes()
    with pytest.raises(ErreurUsage, match="existe déjà"):
        write_local(source="Rectorat")
    assert chemin.read_bytes() == avant
    write_local(source="Rectorat", remplacer=True)
    assert load_formats()["ips_export_local"].source == "Rectorat"


def test_names_of_devices_are_never_files():
    assert write_local(titre="Con").name == "format_con.yaml"


def test_hostile_headers_are_plain_text_in_the_yaml():
    """A header that YAML would read as something else stays the text that it is."""
    entetes = ("null", "!!python/object:os.system", "12: [", "IPS", "'é\": #")
    noms = ("rentree_scolaire", "uai", "effectifs", "ips", "ecart_type_de_l_ips")
    vides = dict.fromkeys(CORRESPONDANCES)
    chemin = write_local(
        titre="Hostile", correspondances=vides | dict(zip(noms, entetes, strict=True)), entetes=entetes
    )
    colonnes = load_formats()[chemin.stem].colonnes
    assert [colonnes[nom].noms for nom in noms if nom != "ips"] == [(e,) for e in entetes if e != "IPS"]


DOCUMENTATION = (RACINE / "docs" / "formats.md").read_text(encoding="utf-8").split("## Ajouter une disposition")[1]


@pytest.mark.parametrize("modele", [Format, Colonne, Mesure, Annee, TerritoireSource, Somme, TauxControle])
def test_every_field_of_a_layout_is_documented(modele):
    """The how-to names each field that a YAML may hold, `code` apart, which is the name of the file."""
    champs = set(modele.model_fields) - {"code"}
    assert sorted(champ for champ in champs if not re.search(rf"`[^`]*\b{champ}\b[^`]*`", DOCUMENTATION)) == []


def test_examples_of_the_documentation_are_layouts(dossier):
    """Both examples, saved under the name that they say, are read without a fault."""
    exemples = re.findall(r"```yaml\n# data/raw/formats/(\S+)\n(.*?)```", DOCUMENTATION, re.DOTALL)
    for nom, texte in exemples:
        write(dossier, nom, texte)
    assert list_formats_fautifs() == {}
    assert set(load_formats(strict=True)) - set(load_livres()) == {"dnb_local", "ips_local"}
