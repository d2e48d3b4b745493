"""Files broken one fault at a time: a plain French message, and nothing written."""

# ruff: noqa: E501 (one defect per line reads as a table)

import io
import re
import zipfile

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.ingestion import fichiers, normalise_extrait

DNB = """session;numero_d_etablissement;presents;admis;nombre_d_admis_mention_ab;admis_mention_bien;admis_mention_tres_bien
2023;0160001P;60;52;12;9;4
2024;0160001P;58;49;10;9;3
2024;0170082X;71;66;20;11;0
"""
IVAC = """Session;UAI;Nb candidats G;Taux de réussite G;VA du taux de réussite G;Nb candidats P;Taux de réussite P;\
Note à l'écrit G;VA de la note G;Taux d'accès 6eme 3eme;Nb mentions global G
2022;0160001P;100;83,0;-8;;;10,2;-0,4;89,0;72
2023;0160001P;90;79,4 %;;12;92.0;10,8;;97;50
"""
AFFELNET = "Etablissement d'accueil;MEF STAT 11;Capacité carte scolaire;Demandes vœux 1\n0160001P;23C10;12;30\n"
ORIENTATION = "uai;session;palier;phase;voie;sexe;effectif\n0160001P;2025;3E;DEMANDE;2GT;F;30\n"


def to_plain_spaces(message):
    """Expected messages are written below with plain spaces; `test_messages_are_well_set` checks the real ones."""
    return message.replace("\u00a0", " ").replace("\u202f", " ")


def refusal(tmp_path, contenu, nom="extrait.csv", **options):
    """The message of the refusal; also checks that nothing was written."""
    octets = contenu.encode() if isinstance(contenu, str) else contenu
    (tmp_path / nom).write_bytes(octets)
    with pytest.raises(ErreurFichier) as erreur:
        normalise_extrait(tmp_path / nom, tmp_path / "sortie", **options)
    assert sorted(f.name for f in tmp_path.iterdir()) == [nom]
    message = to_plain_spaces(str(erreur.value))
    assert message.startswith(f"Extrait « {nom} »")
    assert "Rien n’a été chargé." in message
    assert "Attendu :" in message
    assert "À faire :" in message
    return message


def test_sound_files_load(tmp_path):
    """The texts that the tests below break are themselves sound."""
    for rang, texte in enumerate((DNB, IVAC, ORIENTATION)):
        (tmp_path / "sain.csv").write_text(texte, encoding="utf-8")
        assert normalise_extrait(tmp_path / "sain.csv", tmp_path / str(rang)).nb_observations > 0


FAUTES_DE_LIGNE = {
    # defect: (sound text, what is replaced, by what, parts of the message)
    "uai_mal_forme": (DNB, "0170082X", "ABC", "Colonne « numero_d_etablissement », 1 ligne : ce n’est pas un code UAI.", "ligne 4 : « ABC »", "7 chiffres puis une lettre"),
    "uai_lettre_fausse": (DNB, "0170082X", "0170082A", "la lettre de contrôle ne va pas avec les chiffres", "ligne 4 : « 0170082A »", "un code UAI existant"),
    "uai_vide": (DNB, "0170082X", "", "la cellule est vide", "ligne 4", "une valeur sur chaque ligne"),
    "nombre_illisible": (DNB, ";66;", ";soixante;", "Colonne « admis », 1 ligne : ce n’est pas un nombre.", "ligne 4 : « soixante »", "ou ND, NS quand il manque"),
    "effectif_negatif": (DNB, ";66;", ";-66;", "un effectif ne peut être négatif ni fractionnaire", "ligne 4 : « -66 »", "un entier, 0 ou plus"),
    "effectif_fractionnaire": (DNB, ";66;", ";66,5;", "un effectif ne peut être négatif ni fractionnaire", "ligne 4 : « 66,5 »", "un entier, 0 ou plus"),
    "taux_hors_bornes": (IVAC, "83,0", "830", "Colonne « Taux de réussite G », 1 ligne : le taux sort de 0 à 100.", "ligne 2 : « 830 »", "un taux entre 0 et 100"),
    "session_illisible": (DNB, "2023;", "l'an dernier;", "Colonne « session », 1 ligne : l’année est illisible.", "ligne 2 : « l'an dernier »", "une année (2024)"),
    "annees_non_consecutives": (DNB, "2023;", "2023-2025;", "l’année est illisible", "ligne 2 : « 2023-2025 »", "une année scolaire (2024-2025)"),
    "annee_invraisemblable": (DNB, "2023;", "2203;", "l’année est illisible", "ligne 2 : « 2203 »", "une année (2024)"),
    "numerateur_superieur": (DNB, ";66;", ";76;", "Un numérateur dépasse son dénominateur.", "ligne 4 : 76 pour 71 (0170082X, taux_reussite_dnb)", "une partie au plus égale à son total"),
    "doublon_identique": (DNB, "2024;0170082X", "2024;0170082X;71;66;20;11;0\n2024;0170082X", "Doublons identiques : 1 cas.", "lignes 4 et 5 : 0170082X, 2024", "une seule ligne par numero_d_etablissement, session"),
    "doublon_contradictoire": (DNB, "2024;0170082X", "2024;0170082X;70;60;20;11;0\n2024;0170082X", "Doublons contradictoires : 1 cas.", "lignes 4 et 5 : 0170082X, 2024", "une seule ligne par"),
    "doublon_ecrit_autrement": (ORIENTATION, ";30", ";30\n0160001p;2024-2025;3e;demande;2gt;f;31", "Doublons contradictoires : 1 cas.", "lignes 2 et 3", "une seule ligne par"),
    "valeur_imprevue": (ORIENTATION, ";2GT;", ";2NDE;", "Colonne « voie », 1 ligne : la valeur n’est pas prévue.", "ligne 2 : « 2NDE »", "2GT ou 2PRO ou CAP"),
    "ligne_rompue": (DNB, "2024;0170082X", "2024;0170082X;de;trop", "1 ligne n’a pas autant de cellules que l’en-tête.", "ligne 4 : 9 cellules", "7 cellules par ligne"),
    "tout_est_vide": (ORIENTATION, ";30", ";", "la cellule est vide", "ligne 2", "une valeur sur chaque ligne"),
}  # fmt: skip


@pytest.mark.parametrize("defaut", FAUTES_DE_LIGNE)
def test_faulty_line(tmp_path, defaut):
    texte, avant, apres, *attendus = FAUTES_DE_LIGNE[defaut]
    assert texte.count(avant) == 1, "the defect must be the only change"
    message = refusal(tmp_path, texte.replace(avant, apres), f"{defaut}.csv")
    for attendu in attendus:
        assert attendu in message
    assert "1 problème." in message


def test_every_fault_is_told_at_once(tmp_path):
    """Faults of every kind in one message; beyond three lines they are counted, not listed."""
    mauvaises = "".join(f"2024;01600{n}A;10;9;1;1;1\n" for n in range(10, 20))
    texte = DNB.replace("52", "beaucoup").replace("66", "-66").replace("2023;", "hier;") + mauvaises
    message = refusal(tmp_path, texte)
    assert "4 problèmes" in message
    assert "ligne 2 : « beaucoup »" in message
    # 0160011A is right by chance.
    assert "9 lignes : la lettre de contrôle" in message
    assert (
        "ligne 5 : « 0160010A » (attendu : 0160010Z) · ligne 7 : « 0160012A » (attendu : 0160012B) · "
        "ligne 8 : « 0160013A » (attendu : 0160013C) (et 6 autres)"
    ) in message


def test_messages_are_well_set(tmp_path):
    """Non-breaking spaces inside «» and before double punctuation."""
    (tmp_path / "e.csv").write_text(DNB.replace("66", "-66").replace("2023;", "hier;"), encoding="utf-8")
    with pytest.raises(ErreurFichier) as erreur:
        normalise_extrait(tmp_path / "e.csv", tmp_path / "sortie")
    assert re.findall(r"(« | »| [:;!?%])", str(erreur.value)) == []


def test_header_only(tmp_path):
    message = refusal(tmp_path, DNB.splitlines()[0] + "\n")
    assert "Le fichier n’a que son en-tête : aucune ligne de données." in message


def test_only_blank_lines(tmp_path):
    assert "aucune ligne de données" in refusal(tmp_path, DNB.splitlines()[0] + "\n;;;;;;\n;;;;;;\n")


def test_renamed_column(tmp_path):
    message = refusal(tmp_path, DNB.replace("presents", "eleves_presents"))
    assert "DNB – résultats par établissement : colonne « Présents » absente" in message


def test_misspelt_column_is_suggested(tmp_path):
    message = refusal(tmp_path, IVAC.replace("Nb mentions global G", "Nb mention globales G"))
    assert "colonne « Nb mentions global G » absente (« Nb mention globales G » lui ressemble)" in message


def test_unknown_layout(tmp_path):
    message = refusal(tmp_path, "prénom;âge\nAda;36\n")
    assert "L’en-tête ne correspond à aucun format connu (colonnes lues : « prénom », « âge »…)." in message


def test_header_written_twice(tmp_path):
    texte = "\n".join(f"{ligne};{'Admis' if rang == 0 else '1'}" for rang, ligne in enumerate(DNB.splitlines()))
    assert "En-tête répété : « Admis », « admis »." in refusal(tmp_path, texte)


def test_no_figure_at_all(tmp_path):
    entete = DNB.splitlines()[0]
    assert "Aucun chiffre exploitable" in refusal(tmp_path, entete + "\n2024;0160001P;;;;;\n")


def test_rates_written_as_proportions(tmp_path):
    """A workbook that shows 83 % may hold 0.83."""
    entete = IVAC.splitlines()[0]
    lignes = [f"{annee};0160001P;100;0.83;;;;10;;0,89;72" for annee in range(2018, 2024)]
    message = refusal(tmp_path, "\n".join([entete, *lignes]))
    assert "Colonne « Taux de réussite G », 6 lignes : tous les taux sont entre 0 et 1." in message
    assert "multipliez-les par 100." in message


def test_file_of_another_academie(tmp_path):
    """0330001A would be of Bordeaux: faults of its lines are not told, the académie is."""
    texte = DNB.replace("0160001P", "0330003X").replace("0170082X", "0330004Y").replace("66", "-1")
    message = refusal(tmp_path, texte)
    assert "Aucune ligne ne concerne l’académie de Poitiers : le fichier porte sur Bordeaux." in message
    assert "UAI commençant par 016, 017, 079, 086" in message


def test_unknown_academie(tmp_path):
    (tmp_path / "e.csv").write_text(DNB, encoding="utf-8")
    with pytest.raises(ErreurUsage, match=r"99.*n’est pas un code d’académie"):
        normalise_extrait(tmp_path / "e.csv", tmp_path / "sortie", academie="99")


def test_year_nowhere(tmp_path):
    message = refusal(tmp_path, AFFELNET, "affelnet.csv")
    assert "Ce fichier ne dit pas son année" in message
    assert "--rentree 2021" in message


def test_year_told_by_hand(tmp_path):
    (tmp_path / "affelnet.csv").write_text(AFFELNET, encoding="utf-8")
    assert normalise_extrait(tmp_path / "affelnet.csv", tmp_path / "sortie", rentree=2021).rentrees == (2021,)


def make_zip(contenus):
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in contenus.items():
            archive.writestr(nom, contenu)
    return tampon.getvalue()


def make_parquet():
    tampon = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"a": [1]}), tampon)
    return tampon.getvalue()


GENRES = {
    "zero_octet.csv": (b"", "Le fichier est vide (0 octet)."),
    "pdf_renomme.csv": (b"%PDF-1.7\n1 0 obj", "Ce fichier est un document PDF, quel que soit son nom."),
    "vieil_excel.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "un classeur Excel d’avant 2007 (.xls)"),
    "binaire.csv": (bytes(range(256)) * 4, "Ce fichier n’est pas du texte (contenu binaire)."),
    "archive.xlsx": (make_zip({"photos/a.txt": "a"}), "Cette archive zip n’est pas un classeur."),
    "bombe.xlsx": (
        make_zip({"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": bytes(30_000_000)}),
        "Ce classeur se dilate de 29 ko à 30 Mo : il n’est pas ouvert.",
    ),
    "zip_tronque.xlsx": (make_zip({"xl/workbook.xml": "<a/>"})[:40], "Le classeur est endommagé."),
    "classeur_casse.xlsx": (make_zip({"xl/workbook.xml": "<a"}), "Le classeur est endommagé ou protégé"),
    "json_tronque.json": (b'[{"session": "2024", ', "Le JSON est illisible"),
    "json_sans_liste.json": (b'{"erreur": "quota"}', "Aucune liste d’enregistrements dans ce JSON."),
    "json_profond.json": (b"[" * 200_000, "Le JSON est illisible"),
    "parquet_tronque.parquet": (make_parquet()[:60], "Le fichier Parquet est endommagé."),
    "guillemet_ouvert.csv": (DNB.replace("2023", '"2023').encode(), "ligne 2 : 1 cellule"),
    "lambert.geojson": (
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "16", "nom": "Charente"},'
        b'"geometry": {"type": "Point", "coordinates": [473525, 6504633]}}]}',
        "Les coordonnées ne sont pas des longitudes et latitudes.",
    ),
}


@pytest.mark.parametrize("nom", GENRES)
def test_file_of_another_kind(tmp_path, nom):
    octets, attendu = GENRES[nom]
    assert attendu in refusal(tmp_path, octets, nom)


def test_file_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(fichiers, "TAILLE_MAXIMALE", 100)
    assert "Le fichier est trop volumineux" in refusal(tmp_path, DNB)


def test_missing_file(tmp_path):
    with pytest.raises(ErreurFichier, match="Ce fichier n’existe pas"):
        normalise_extrait(tmp_path / "absent.csv", tmp_path / "sortie")


def test_refusal_leaves_an_earlier_result_as_it_was(tmp_path):
    """A second, faulty file does not touch what a first one wrote in the same folder."""
    (tmp_path / "bon.csv").write_text(DNB, encoding="utf-8")
    normalise_extrait(tmp_path / "bon.csv", tmp_path / "sortie")
    avant = {f.name: f.read_bytes() for f in (tmp_path / "sortie").iterdir()}
    (tmp_path / "mauvais.csv").write_text(DNB.replace("66", "-66"), encoding="utf-8")
    with pytest.raises(ErreurFichier):
        normalise_extrait(tmp_path / "mauvais.csv", tmp_path / "sortie")
    assert {f.name: f.read_bytes() for f in (tmp_path / "sortie").iterdir()} == avant


def test_hostile_text_stays_text(tmp_path):
    """Quotes and SQL in headers and cells are data like any other."""
    entete, ligne = ORIENTATION.splitlines()
    sain = f"""{entete};"x"") FROM lignes --"\n{ligne};'); DROP TABLE lignes --\n""".replace("');", "')")
    (tmp_path / "hostile.csv").write_text(sain, encoding="utf-8")
    assert normalise_extrait(tmp_path / "hostile.csv", tmp_path / "sortie").nb_observations > 0


def test_hostile_cell_is_cited_as_it_is(tmp_path):
    assert "ligne 2 : « '); DROP TABLE lignes -- »" in refusal(
        tmp_path, ORIENTATION.replace("2GT", '"\'); DROP TABLE lignes --"')
    )


@settings(max_examples=40, deadline=None)
@given(
    position=st.integers(0, len(DNB) - 1),
    longueur=st.integers(0, 8),
    insere=st.sampled_from(['"', ";", "\n", "\0", "", "-1", "1e9", "é", "%"]),
)
def test_damaged_text_is_read_or_refused(tmp_path_factory, position, longueur, insere):
    """Whatever happened to a file, it is loaded or plainly refused: never a crash, never half a result."""
    dossier = tmp_path_factory.mktemp("abime")
    texte = DNB[:position] + insere + DNB[position + longueur :]
    (dossier / "abime.csv").write_text(texte, encoding="utf-8", newline="")
    try:
        lecture = normalise_extrait(dossier / "abime.csv", dossier / "sortie")
    except ErreurFichier:
        assert [f.name for f in dossier.iterdir()] == ["abime.csv"]
    else:
        assert sorted(f.name for f in (dossier / "sortie").iterdir()) == sorted(lecture.fichiers)
