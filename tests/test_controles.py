"""One broken file per check, named after it: what is found, and what the reader is told."""

# ruff: noqa: E501 (one check per entry reads as a table)

import re
from pathlib import Path

import duckdb
import pytest

from indicators.ingestion import list_feuilles, screen_extrait
from indicators.ingestion.rapport import Etape, Gravite, Rapport, load_controles

FAUTIFS = Path(__file__).parent / "fichiers_fautifs"

AILLEURS = ("archive_",)
"""Checks made before a table is screened: a deposit makes them."""

MESSAGES = {
    # check: parts of what is told of the file of that name (places, expectation, what to do)
    "fichier_illisible": ("Le tableau est illisible (guillemet jamais refermé", "supprimez les guillemets isolés"),
    "fichier_vide": ("Le fichier est vide (0 octet).", "l’envoi a dû être interrompu"),
    "fichier_trop_grand": ("s’étend jusqu’à la cellule XFD1048576", "supprimez les lignes et les colonnes au-delà du tableau"),
    "genre_refuse": ("Ce fichier est un document PDF, quel que soit son nom.", "demandez le tableau de données d’origine"),
    "fichier_endommage": ("Le JSON est illisible à la ligne 1, caractère 60.", "téléchargez-le"),
    "tableau_absent": ("Aucune liste d’enregistrements dans ce JSON.", "exportez les données en CSV ou en JSON"),
    "coordonnees": ("Les coordonnées ne sont pas des longitudes et latitudes.", "convertissez-le en WGS84"),
    "format_inconnu": ("aucun format connu (colonnes lues : « prénom », « âge »…)", "associez les colonnes à la main"),
    "colonne_absente": ("ligne 1 : absente (« Présents »)", "DNB – résultats par établissement : colonne « Présents » absente", "associez-les à la main"),
    "entete_renomme": ("ligne 1 : « Nb mention globales G » (« Nb mentions global G »)", "rétablissez dans l’en-tête"),
    "trop_de_colonnes": ("Le tableau a 2 001 colonnes.", "ne sont pas interverties"),
    "separateur": ("4 lignes ont pour séparateur « , », et l’en-tête « ; ».", "ligne 2 : 1 cellule", "exportez de nouveau le fichier en CSV"),
    "annee_absente": ("Ce fichier ne dit pas son année", "--rentree 2021"),
    "feuille_non_lue": ("D’autres feuilles de ce classeur sont des tableaux à charger : « 2023 ».", "déposez le classeur entier"),
    "encodage": ("Le fichier est en Windows-1252 : il a été lu ainsi.", "rien à faire si les accents sont justes"),
    "caractere_illisible": ("Colonne « Nom de l'établissement », 1 ligne : des caractères sont illisibles.", "ligne 3 : « Coll�ge Élie-Faure »", "retapez ces textes"),
    "entete_espace": ("1 nom de colonne avec un espace", "ligne 1 : « presents␣ » (lu « presents »)", "rien à faire : la colonne a été reconnue"),
    "entete_repete": ("En-tête répété : « Admis », « admis ».", "supprimez ou renommez la colonne en trop"),
    "colonne_vide": ("1 colonne vide : VA du taux de réussite G.", "vérifiez l’export"),
    "aucune_ligne": ("Le fichier n’a que son en-tête : aucune ligne de données.", "vérifiez les filtres de l’export"),
    "ligne_rompue": ("1 ligne n’a pas autant de cellules que l’en-tête.", "ligne 4 : 9 cellules", "7 cellules par ligne", "mettez entre guillemets"),
    "cellule_en_erreur": ("1 cellule en erreur de formule.", "ligne 3 : « #DIV/0! »", "corrigez ces formules"),
    "uai_forme": ("Colonne « numero_d_etablissement », 1 ligne : ce n’est pas un code UAI.", "ligne 4 : « 0170X » (7 chiffres attendus, 4 lus)", "sans deviner"),
    "uai_lettre": ("Colonne « uai », 1 ligne : la lettre de contrôle ne va pas avec les chiffres", "ligne 2 : « 0170082A » (attendu : 0170082X)", "sans deviner"),
    "zero_restaure": ("1 zéro initial perdu par un tableur a été rétabli.", "ligne 4 : « 170082x » (lu : 0170082X)", "rien à faire"),
    "code_illisible": ("Colonne « code_reseau », 1 ligne : le code est illisible.", "ligne 2 : « R 012 »", "30 au plus (R012)"),
    "ligne_exemple": ("1 ligne : c’est l’établissement fictif du modèle.", "ligne 6 : « 0179901V »", "supprimez les lignes d’exemple"),
    "autre_academie": ("Aucune ligne ne concerne l’académie de Poitiers : le fichier porte sur Bordeaux.", "indiquez la bonne académie"),
    "uai_autre_academie": ("1 ligne : d’une autre académie, laissée de côté.", "ligne 5 : « 0330003X »", "sinon, corrigez-les"),
    "annee_illisible": ("Colonne « session », 1 ligne : l’année est illisible.", "ligne 2 : « l'an dernier »", "une année (2024)"),
    "annee_hors_bornes": ("Colonne « session », 1 ligne : l’année est trop ancienne.", "ligne 2 : « 1985 »", "une rentrée entre 1990 et"),
    "annee_isolee": ("1 rentrée avec moins de 1 % des lignes : 2013-2014.", "ligne 58 : rentrée 2013-2014, 1 ligne", "vérifiez l’année de ces lignes"),
    "cellule_vide": ("Colonne « numero_d_etablissement », 1 ligne : la cellule est vide.", "ligne 4", "une valeur sur chaque ligne"),
    "nombre_illisible": ("Colonne « admis », 1 ligne : ce n’est pas un nombre.", "ligne 4 : « soixante »", "un nombre (12,5) ou ND, NS quand il manque"),
    "code_manquant": ("Colonne « admis », 6 lignes : un code que le format ne prévoit pas", "ligne 3 : « <5 » (lu : secret statistique) · ligne 4 : « n.s. » (lu : non significatif) · ligne 5 : « n.d. » (lu : non disponible) (et 3 autres)", "rien à faire si ce sens est le bon"),
    "effectif_negatif": ("Colonne « admis », 1 ligne : un effectif ne peut être négatif ni fractionnaire.", "ligne 4 : « -66 »", "un entier, 0 ou plus"),
    "taux_hors_bornes": ("Colonne « Taux de réussite G », 1 ligne : le taux sort de 0 à 100.", "ligne 2 : « 830 » (entre 0 et 100 ; 83,0 ?)", "une virgule perdue"),
    "proportions": ("Colonne « Taux de réussite G », 6 lignes : tous les taux sont entre 0 et 1.", "ligne 2 : « 0.83 »", "multipliez-les par 100"),
    "valeur_imprevue": ("Colonne « composante », 1 ligne : la valeur n’est pas prévue.", "ligne 4 : « SOCLES »", "SOCLE ou LANGUE_FRANCAISE ou"),
    "aucun_chiffre": ("Aucun chiffre exploitable : toutes les cellules utiles sont vides.", "vérifiez l’export"),
    "doublon_identique": ("Doublons identiques : 1 cas.", "lignes 4 et 5 : 0170082X, 2024", "une seule ligne par numero_d_etablissement, session", "supprimez les lignes en trop"),
    "doublon_contradictoire": ("Doublons contradictoires : 1 cas.", "lignes 4 et 5 : 0170082X, 2024", "gardez la bonne ligne"),
    "doublon_admis": ("1 code figure sur plusieurs lignes : la première est retenue.", "lignes 2 et 3 : 0160001P", "rien à faire"),
    "numerateur_superieur": ("Un numérateur dépasse son dénominateur.", "ligne 4 : 76 pour 71 (0170082X, taux_reussite_dnb)", "une partie au plus égale à son total"),
}  # fmt: skip


def to_plain_spaces(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def find_fichier(code: str) -> Path:
    (fichier,) = FAUTIFS.glob(f"{code}.*")
    return fichier


def screen(code: str, dossier: Path) -> Rapport:
    """The report of the file of a check, with its lines in fault."""
    return screen_extrait(find_fichier(code), dossier / "sortie", rapport=dossier / "rapport")


CODES = [
    code
    for code, controle in load_controles().items()
    if controle.etape is not Etape.VRAISEMBLANCE and not code.startswith(AILLEURS)
]


@pytest.mark.parametrize("code", load_controles())
def test_every_check_has_a_broken_file(code):
    assert [f.stem for f in FAUTIFS.glob(f"{code}.*")] == [code]


@pytest.mark.parametrize("code", CODES)
def test_broken_file_raises_its_check_alone(tmp_path, code):
    """One defect, one finding: the others would be noise. Only a blocking one leaves nothing behind."""
    rapport = screen(code, tmp_path)
    assert [constat.controle.code for constat in rapport.constats] == [code]
    assert code in {controle.code for controle in rapport.controles}
    est_bloquant = load_controles()[code].gravite is Gravite.BLOQUANT
    assert rapport.est_publiable is not est_bloquant
    assert (tmp_path / "sortie").exists() is not est_bloquant


@pytest.mark.parametrize("code", MESSAGES)
def test_message(tmp_path, code):
    (constat,) = screen(code, tmp_path).constats
    for attendu in MESSAGES[code]:
        assert attendu in to_plain_spaces(str(constat))


@pytest.mark.parametrize("code", MESSAGES)
def test_message_is_well_set(tmp_path, code):
    """Non-breaking spaces inside «» and before double punctuation."""
    (constat,) = screen(code, tmp_path).constats
    assert re.findall(r"(« | »| [:;!?%])", str(constat).replace("« ; »", "")) == []


DE_LIGNE = [code for code in MESSAGES if load_controles()[code].etape in (Etape.IDENTIFIANTS, Etape.VALEURS)]


@pytest.mark.parametrize("code", [c for c in DE_LIGNE if c not in ("autre_academie", "aucun_chiffre")])
def test_every_line_in_fault_is_kept_as_it_is(tmp_path, code):
    """One row per line and reason, and the original cells of each line, that of the file."""
    rapport = screen(code, tmp_path)
    signalements, lignes = (f"read_parquet('{tmp_path}/rapport/{nom}.parquet')" for nom in ("signalements", "lignes"))
    (constat,) = rapport.constats
    assert duckdb.sql(f"SELECT DISTINCT controle, gravite FROM {signalements}").fetchall() == [
        (code, constat.gravite.value)
    ]
    numeros = [n for (n,) in duckdb.sql(f"SELECT DISTINCT ligne FROM {signalements} ORDER BY 1").fetchall()]
    assert len(numeros) == (rapport.nb_a_corriger or rapport.nb_averties)
    ecrites = find_fichier(code).read_text(encoding="utf-8").split("\n")
    gardees = duckdb.sql(f"FROM {lignes} ORDER BY ligne").fetchall()
    assert gardees == [(n, *ecrites[n - 1].split(";")) for n in numeros]
    assert len(rapport.entetes) == len(gardees[0]) - 1


def test_all_the_reasons_of_a_line(tmp_path):
    """A line with three faults has three rows."""
    chemin = tmp_path / "e.csv"
    chemin.write_text("uai;rentree;composante;niveau_maitrise;effectif\n0170082A;hier;SOCLE;9;-3\n")
    rapport = screen_extrait(chemin, tmp_path / "sortie", rapport=tmp_path / "rapport")
    assert (rapport.nb_a_corriger, rapport.nb_averties) == (1, 0)
    assert duckdb.sql(
        f"SELECT controle, ligne, colonne, trouve, attendu FROM '{tmp_path}/rapport/signalements.parquet' ORDER BY colonne"
    ).fetchall() == [
        ("effectif_negatif", 2, "effectif", "-3", None),
        ("valeur_imprevue", 2, "niveau_maitrise", "9", None),
        ("annee_illisible", 2, "rentree", "hier", None),
        ("uai_lettre", 2, "uai", "0170082A", "attendu : 0170082X"),
    ]


def test_broken_lines_are_kept_cell_by_cell(tmp_path):
    """What is beyond the last header stays in its last cell; missing cells are empty."""
    chemin = tmp_path / "e.csv"
    chemin.write_text('uai;rentree;composante;niveau_maitrise;effectif\n0170082X;2024\na;b;c;d;"e;f";g\n')
    screen_extrait(chemin, tmp_path / "sortie", rapport=tmp_path / "rapport")
    assert duckdb.sql(f"FROM '{tmp_path}/rapport/lignes.parquet' ORDER BY ligne").fetchall() == [
        (2, "0170082X", "2024", None, None, None),
        (3, "a", "b", "c", "d", "e;f;g"),
    ]


def test_report_of_a_sound_file(tmp_path):
    """Every check that ran is listed, and no report folder is made for nothing."""
    chemin = tmp_path / "socle-2024.csv"
    chemin.write_text(
        "uai;rentree;composante;niveau_maitrise;effectif\n0170082X;2024;SOCLE;3;12\n", encoding="utf-8-sig"
    )
    rapport = screen_extrait(chemin, tmp_path / "sortie", rapport=tmp_path / "rapport")
    assert (rapport.genre, rapport.taille, rapport.nb_lignes) == ("CSV, UTF-8, séparateur «\u00a0;\u00a0»", 76, 1)
    assert rapport.constats == ()
    assert rapport.conformes == rapport.controles
    assert {"encodage", "uai_lettre", "valeur_imprevue", "doublon_contradictoire"} <= {
        c.code for c in rapport.controles
    }
    assert (rapport.format.code, rapport.nb_colonnes_lues, rapport.rentrees) == ("ssa_socle", 5, (2024,))
    assert not (tmp_path / "rapport").exists()
    assert Rapport.model_validate_json(rapport.model_dump_json()) == rapport


def test_nearest_formats_of_an_unknown_table(tmp_path):
    rapport = screen("entete_renomme", tmp_path)
    premier = rapport.proches[0]
    assert (premier.format, premier.manquantes) == ("ivac_colleges", ("nb_mentions_global_g",))
    assert premier.libres == ("Nb mention globales G",)
    assert len(rapport.proches) <= 2


def test_stages_are_told_as_they_start(tmp_path):
    etapes = []
    screen_extrait(find_fichier("uai_lettre"), tmp_path / "sortie", progres=etapes.append)
    assert etapes == [e for e in Etape if e is not Etape.VRAISEMBLANCE]


def test_each_sheet_is_an_extract(tmp_path):
    """Both sheets are listed, and each is read with its own years."""
    classeur = find_fichier("feuille_non_lue")
    assert list_feuilles(classeur) == ("2024", "2023")
    rapports = [screen_extrait(classeur, tmp_path / nom, feuille=nom) for nom in list_feuilles(classeur)]
    assert [(r.feuille, r.rentrees, r.constats) for r in rapports] == [
        ("2024", (2022, 2023), ()),
        ("2023", (2020, 2021), ()),
    ]


def test_a_file_that_is_not_a_workbook_has_one_sheet_without_name():
    assert list_feuilles(find_fichier("uai_lettre")) == ("",)
    assert list_feuilles(find_fichier("fichier_vide")) == ("",)


@pytest.mark.parametrize("ecrit", ["12,5", "12.5", "12,50 %", "\u202f12,5", "+12,5", "1,25e1"])
def test_forms_of_a_number_are_read_without_a_word(tmp_path, ecrit):
    texte = find_fichier("taux_hors_bornes").read_text(encoding="utf-8").replace("830", ecrit)
    (tmp_path / "ivac.csv").write_text(texte, encoding="utf-8")
    assert screen_extrait(tmp_path / "ivac.csv", tmp_path / "sortie").constats == ()


@pytest.mark.parametrize(
    ("ecrit", "statut"),
    [("<5", "secret"), ("< 10", "secret"), ("secret", "secret"), ("n.s.", "non_significatif"), ("NS", "non_significatif"),
     ("n.d.", "non_disponible"), ("None", "non_disponible"), ("nan", "non_disponible"), ("-", "non_disponible")],
)  # fmt: skip
def test_common_missing_codes(tmp_path, ecrit, statut):
    """They are read for what they mean, whatever the format lists."""
    texte = find_fichier("nombre_illisible").read_text(encoding="utf-8").replace("soixante", ecrit)
    (tmp_path / "dnb.csv").write_text(texte, encoding="utf-8")
    assert screen_extrait(tmp_path / "dnb.csv", tmp_path / "sortie").est_publiable
    lu = duckdb.sql(
        f"SELECT DISTINCT statut FROM '{tmp_path}/sortie/observations.parquet' WHERE ligne = 4 AND statut <> 'ok'"
    ).fetchall()
    assert lu == [(statut,)]


def test_format_says_what_its_codes_mean(tmp_path):
    """In the SSA layouts NS is a secret: so is «n.s.»."""
    chemin = tmp_path / "socle.csv"
    chemin.write_text("uai;rentree;composante;niveau_maitrise;effectif\n0170082X;2024;SOCLE;3;n.s.\n")
    (constat,) = screen_extrait(chemin, tmp_path / "sortie").constats
    assert constat.exemples[0].attendu == "lu\u00a0: secret statistique"


def test_formula_in_error_is_told_in_a_csv_too(tmp_path):
    texte = find_fichier("nombre_illisible").read_text(encoding="utf-8").replace("soixante", "#REF!")
    (tmp_path / "dnb.csv").write_text(texte, encoding="utf-8")
    (constat,) = screen_extrait(tmp_path / "dnb.csv", tmp_path / "sortie").constats
    assert (constat.controle.code, constat.exemples[0].ligne) == ("cellule_en_erreur", 4)


def test_key_written_on_many_lines(tmp_path):
    """The message names a few of them; the report of lines names all."""
    chemin = tmp_path / "socle.csv"
    chemin.write_text("uai;rentree;composante;niveau_maitrise;effectif\n" + "0170082X;2024;SOCLE;3;12\n" * 1_200)
    rapport = screen_extrait(chemin, tmp_path / "sortie", rapport=tmp_path / "rapport")
    assert (
        rapport.constats[0]
        .exemples[0]
        .trouve.startswith("lignes 2, 3, 4, 5 et 1\u202f196 autres\u00a0: 0170082X, 2024")
    )
    assert rapport.nb_a_corriger == 1_200
