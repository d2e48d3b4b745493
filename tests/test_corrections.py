"""The workbook of a report: lines to mend go out with their reasons, come back to their place, and only they change."""

import csv
import hashlib
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine
import xlsxwriter

from indicators.erreurs import ErreurFichier
from indicators.ingestion import screen_extrait
from indicators.ingestion.corrections import apply_corrections, is_corrections, write_rapport_xlsx
from indicators.ingestion.fichiers import read_tableaux
from indicators.ingestion.rapport import FormatLu, Rapport, Signalement, load_controles, make_constat

ENTETES = ("uai", "nom", "effectif", "taux")
LIGNES = (
    ("0160001P", "Collège A", "120", "79,4 %"),
    ("0160002R", "Collège « B »", "abc", "12,5"),
    ("160003S", "=1+1", "016", "-"),
    ("0160004T", 'D; E, "F"', " 45 ", ""),
)


def plain(texte) -> str:
    return str(texte).replace("\u00a0", " ").replace("\u202f", " ")


def write_csv(chemin, entetes=ENTETES, lignes=LIGNES, encodage="utf-8", separateur=";"):
    with chemin.open("w", encoding=encodage, newline="") as flux:
        ecrivain = csv.writer(flux, delimiter=separateur)
        ecrivain.writerows([entetes, *lignes])
    return chemin


def read_lignes(chemin) -> list[tuple[str, ...]]:
    """Headers and cells of the only table of a file, read as the ingestion reads it."""
    (tableau, *_) = read_tableaux(chemin)
    lots = [pa.table(lot.columns, lot.schema.names) for lot in tableau.lire()]
    assert not tableau.rompues
    colonnes = [pa.concat_tables(lots)[f"c{i}"].to_pylist() for i in range(len(tableau.entetes))]
    return [tableau.entetes, *(tuple(c or "" for c in ligne) for ligne in zip(*colonnes, strict=True))]


def make_rapport(original, dossier, fautes, entetes=ENTETES, lignes=None, feuille="") -> Rapport:
    """A report on a file whose faults are `fautes`: (check, line, header, found); `lignes`: cells by line number."""
    dossier.mkdir(exist_ok=True)
    lignes = dict(enumerate(LIGNES, start=2)) if lignes is None else lignes
    controles = load_controles()
    citees = {ligne for _, ligne, _, _ in fautes}
    rangees = [(code, controles[code].gravite.value, *faute, None) for code, *faute in fautes]
    noms = ["controle", "gravite", "ligne", "colonne", "trouve", "attendu"]
    colonnes = list(zip(*rangees, strict=True)) or [[]] * 6
    types = [pa.string(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.string()]
    signalements = [pa.array(c, t) for c, t in zip(colonnes, types, strict=True)]
    pq.write_table(pa.table(signalements, names=noms), dossier / "signalements.parquet")
    gardees = [(n, *cellules) for n, cellules in lignes.items() if n in citees]
    cellules = [pa.array([g[0] for g in gardees], pa.int64())]
    cellules += [pa.array([g[i + 1] for g in gardees], pa.string()) for i in range(len(entetes))]
    pq.write_table(
        pa.table(cellules, names=["ligne", *(f"c{i}" for i in range(len(entetes)))]), dossier / "lignes.parquet"
    )
    constats = tuple(
        make_constat(code, f"Constat {code}.", exemples=(Signalement(ligne=ligne, colonne=colonne, trouve="x"),))
        for code, ligne, colonne, _ in fautes[:3]
    )
    return Rapport(
        fichier=original.name, sha256=hashlib.sha256(original.read_bytes()).hexdigest(), taille=1, genre="CSV, UTF-8",
        feuille=feuille, entetes=entetes, nb_lignes=len(lignes), constats=constats,
        format=FormatLu(code="essai", titre="Essai", source="Personne", version=1),
        controles=tuple(load_controles()[c] for c in ("fichier_vide", *(code for code, *_ in fautes[:3]))),
    )  # fmt: skip


FAUTES = [("somme_fausse", 3, "effectif", "abc"), ("parties_superieures", 4, "nom", "=1+1")]


@pytest.fixture
def original(tmp_path):
    return write_csv(tmp_path / "extrait 2021.csv")


def write_classeur(original, dossier, fautes=FAUTES, **options):
    chemin = dossier / "rapport.xlsx"
    chemin.write_bytes(
        write_rapport_xlsx(make_rapport(original, dossier / "rapport", fautes, **options), dossier / "rapport")
    )
    return chemin


def read_feuilles(chemin) -> dict[str, list[list]]:
    classeur = python_calamine.CalamineWorkbook.from_path(str(chemin))
    return {nom: classeur.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in classeur.sheet_names}


def mend(classeur, change, nom="Lignes à corriger"):
    """Save the workbook again as a spreadsheet would, after `change(rows of the sheet of lines)`."""
    feuilles = read_feuilles(classeur)
    feuilles[nom] = change(feuilles[nom])
    with xlsxwriter.Workbook(str(classeur), {"strings_to_formulas": False, "strings_to_urls": False}) as sortie:
        for titre, rangees in feuilles.items():
            feuille = sortie.add_worksheet(titre)
            for rang, rangee in enumerate(rangees):
                for colonne, cellule in enumerate(rangee):
                    if isinstance(cellule, str):
                        feuille.write_string(rang, colonne, cellule)
                    else:
                        feuille.write(rang, colonne, cellule)
    return classeur


def set_cellule(ligne, entete, valeur):
    """The cell of that line of the file and that header becomes `valeur`."""

    def change(rangees):
        rang = next(i for i, rangee in enumerate(rangees) if rangee[0] == ligne)
        rangees[rang][rangees[1].index(entete)] = valeur
        return rangees

    return change


def test_workbook_lists_each_line_with_its_number_its_reasons_and_its_cells(original, tmp_path):
    """What the user sees: number in the file first, every reason, the cells exactly as they are in the file."""
    rangees = read_feuilles(write_classeur(original, tmp_path))["Lignes à corriger"]
    assert "écrivez « supprimer »" in plain(rangees[0][0])
    assert rangees[1] == ["Ligne du fichier", "À corriger", *ENTETES]
    assert [rangee[0] for rangee in rangees[2:]] == [3, 4]
    assert plain(rangees[2][1]).startswith("effectif : « abc », parties et total différents. Attendu :")
    assert [tuple(rangee[2:]) for rangee in rangees[2:]] == list(LIGNES[1:3])


def test_report_says_every_check_stage_by_stage(original, tmp_path):
    """Sound checks are named too; blocking ones decide of the verdict."""
    rangees = read_feuilles(write_classeur(original, tmp_path))["Rapport"]
    textes = [[plain(c) for c in rangee] for rangee in rangees]
    reperes = {rangee[0]: rangee[1] for rangee in textes}
    assert reperes["Verdict"] == "Ce fichier ne peut pas être publié : 1 contrôle bloquant."
    assert reperes["À corriger"] == "2 lignes dans la feuille « Lignes à corriger »."
    depart = next(i for i, rangee in enumerate(textes) if rangee[0] == "Étape")
    assert [rangee[:3] for rangee in textes[depart + 1 :]] == [
        ["Réception", "Fichier vide", "conforme"],
        ["Cohérence", "Parties et total différents", "avertissement"],
        ["Cohérence", "Parties supérieures à leur total", "bloquant"],
    ]


def test_informative_warning_names_no_line_to_mend(original, tmp_path):
    """«Rien à faire» is not something to mend; it is still told of a line that has another fault."""
    fautes = [("zeros_absents", 2, "taux", "0"), ("zeros_absents", 4, "taux", "0"), FAUTES[1]]
    rangees = read_feuilles(write_classeur(original, tmp_path, fautes))["Lignes à corriger"]
    assert [rangee[0] for rangee in rangees[2:]] == [4]
    raisons = plain(rangees[2][1]).split("\n")
    assert raisons[0].startswith("nom : « =1+1 », parties supérieures") and raisons[1].startswith("taux : « 0 », zéros")


def test_mended_line_goes_back_to_its_place_and_the_others_keep_their_text(original, tmp_path):
    classeur = mend(write_classeur(original, tmp_path), set_cellule(3, "effectif", "118"))
    resultat = apply_corrections(original, classeur, tmp_path / "sortie")
    assert resultat.fichier == tmp_path / "sortie" / "extrait 2021-corrige.csv"
    attendues = [ENTETES, *LIGNES]
    attendues[2] = ("0160002R", "Collège « B »", "118", "12,5")
    assert read_lignes(resultat.fichier) == attendues
    assert plain(resultat) == "1 ligne corrigée et 1 laissée telle quelle"
    texte = resultat.fichier.read_bytes()
    assert texte.startswith(b'\xef\xbb\xbf"uai";"nom"') and "Collège".encode() in texte


def test_line_is_dropped_on_demand_only(original, tmp_path):
    """«supprimer» drops it; a line erased from the workbook stays in the file."""
    classeur = mend(write_classeur(original, tmp_path), set_cellule(4, "À corriger", " Supprimer "))
    classeur = mend(classeur, lambda rangees: [r for r in rangees if r[0] != 3])
    resultat = apply_corrections(original, classeur, tmp_path)
    assert read_lignes(resultat.fichier) == [ENTETES, LIGNES[0], LIGNES[1], LIGNES[3]]
    assert (resultat.nb_corrigees, resultat.nb_supprimees, resultat.nb_inchangees) == (0, 1, 1)


def test_sorted_workbook_with_typed_numbers_is_read(original, tmp_path):
    """A spreadsheet may sort the rows, turn a text into a number, leave blank rows."""
    classeur = mend(write_classeur(original, tmp_path), set_cellule(3, "effectif", 118))
    mend(classeur, lambda rangees: [*rangees[:2], rangees[3], [""] * 6, rangees[2]])
    lignes = read_lignes(apply_corrections(original, classeur, tmp_path).fichier)
    assert lignes[2][2] == "118" and lignes[3] == LIGNES[2]


@pytest.mark.parametrize(
    ("encodage", "separateur"), [("cp1252", ";"), ("utf-16", "\t"), ("utf-8-sig", ","), ("utf-8", "|")]
)
def test_original_of_any_encoding(tmp_path, encodage, separateur):
    original = write_csv(tmp_path / "extrait.csv", encodage=encodage, separateur=separateur)
    classeur = mend(write_classeur(original, tmp_path), set_cellule(4, "nom", "Élève"))
    lignes = read_lignes(apply_corrections(original, classeur, tmp_path).fichier)
    assert lignes == [ENTETES, *LIGNES[:2], ("160003S", "Élève", "016", "-"), LIGNES[3]]


def test_original_in_json_counts_records(tmp_path):
    original = tmp_path / "extrait.json"
    original.write_text(json.dumps([dict(zip(ENTETES, ligne, strict=True)) for ligne in LIGNES]))
    fautes = [("parties_superieures", 2, "effectif", "abc")]
    classeur = write_classeur(original, tmp_path, fautes, lignes=dict(enumerate(LIGNES, start=1)))
    mend(classeur, set_cellule(2, "effectif", "7"))
    lignes = read_lignes(apply_corrections(original, classeur, tmp_path).fichier)
    assert lignes[2] == ("0160002R", "Collège « B »", "7", "12,5") and lignes[3] == LIGNES[2]


def test_original_in_parquet_counts_rows(tmp_path):
    original = tmp_path / "extrait.parquet"
    pq.write_table(pa.table({"uai": ["0160001P", "0160002R"], "taux": [79.4, None], "n": [1, 2]}), original)
    entetes, lignes = ("uai", "taux", "n"), {1: ("0160001P", "79.4", "1"), 2: ("0160002R", None, "2")}
    fautes = [("parties_superieures", 2, "taux", "")]
    classeur = write_classeur(original, tmp_path, fautes, entetes=entetes, lignes=lignes)
    mend(classeur, set_cellule(2, "taux", "50"))
    lignes = read_lignes(apply_corrections(original, classeur, tmp_path).fichier)
    assert lignes == [entetes, ("0160001P", "79.4", "1"), ("0160002R", "50", "2")]


def test_one_sheet_of_a_workbook_of_several(tmp_path):
    """The mended table is that of its sheet, below a title; its name says which."""
    original = tmp_path / "extraits-2021.xlsx"
    with xlsxwriter.Workbook(str(original)) as sortie:
        for nom in ("Données 2020", "Autres"):
            feuille = sortie.add_worksheet(nom)
            feuille.write_string(0, 0, f"Titre de {nom}")
            for rang, rangee in enumerate([ENTETES, *LIGNES], start=2):
                for colonne, cellule in enumerate(rangee):
                    feuille.write_string(rang, colonne, cellule)
    fautes = [("parties_superieures", 5, "effectif", "abc")]
    lignes = dict(enumerate(LIGNES, start=4))
    classeur = write_classeur(original, tmp_path, fautes, lignes=lignes, feuille="Autres")
    mend(classeur, set_cellule(5, "effectif", "9"))
    resultat = apply_corrections(original, classeur, tmp_path)
    assert resultat.fichier.name == "Autres-extraits-2021-corrige.csv" and resultat.feuille == "Autres"
    assert read_lignes(resultat.fichier)[2] == ("0160002R", "Collège « B »", "9", "12,5")


def test_broken_line_stays_broken_until_mended(tmp_path):
    """Its cells are never silently shifted or cut; emptied reasons say that it is right as shown."""
    original = tmp_path / "extrait.csv"
    original.write_text(
        "uai,nom,taux\n0160001P,Lycée A,12\n0160002R,B, C,13\n0160003S,D\n0160004T,E,14\n", encoding="utf-8"
    )
    entetes = ("uai", "nom", "taux")
    fautes = [("ligne_rompue", 3, "", "4 cellules"), ("ligne_rompue", 4, "", "2 cellules")]
    lignes = {3: ("0160002R", "B", " C,13"), 4: ("0160003S", "D", None)}
    classeur = write_classeur(original, tmp_path, fautes, entetes=entetes, lignes=lignes)
    restent = apply_corrections(original, classeur, tmp_path).fichier
    assert restent.read_text(encoding="utf-8-sig").splitlines()[2:4] == ['"0160002R";"B";" C";"13"', '"0160003S";"D"']
    mend(classeur, set_cellule(4, "À corriger", ""))
    mend(classeur, lambda r: set_cellule(3, "taux", "13")(set_cellule(3, "nom", "B, C")(r)))
    resultat = apply_corrections(original, classeur, tmp_path)
    assert read_lignes(resultat.fichier)[2:4] == [("0160002R", "B, C", "13"), ("0160003S", "D", "")]
    assert resultat.nb_corrigees == 2


HOSTILES = (
    "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "http://exemple.invalid/", "{=1}", "_x0041_", "a\x1b[31mb", "x" * 40_000,
    "a\r\nb", "  ", "\u202egpj.exe", "é\ufffe", '"', "'0160001P", "1e5", "00123", "TRUE", "#DIV/0!",
)  # fmt: skip


def test_hostile_cells_are_text_and_come_back_untouched(tmp_path):
    """No formula, no link, no guessed number; cells that a workbook cannot show whole keep their text in the file."""
    original = tmp_path / "extrait.json"
    original.write_text(json.dumps([{"a": texte, "b": "1"} for texte in HOSTILES]))
    lignes = {n: (texte, "1") for n, texte in enumerate(HOSTILES, start=1)}
    fautes = [("parties_superieures", n, "a", texte) for n, texte in enumerate(HOSTILES, start=1)]
    classeur = write_classeur(original, tmp_path, fautes, entetes=("a", "b"), lignes=lignes)
    rangees = read_feuilles(classeur)["Lignes à corriger"][2:]
    assert all(isinstance(rangee[2], str) for rangee in rangees)
    assert rangees[0][2] == HOSTILES[0] and rangees[15][2] == "00123" and len(rangees[7][2]) == 32_000
    mend(classeur, lambda r: [[*x[:3], "2"] if isinstance(x[0], float) else x for x in r])
    resultat = apply_corrections(original, classeur, tmp_path)
    assert resultat.nb_corrigees == len(HOSTILES)
    gardes = [ligne[0] for ligne in read_lignes(resultat.fichier)[1:]]
    attendus = [texte.replace("\x1b", "\ufffd") for texte in HOSTILES]
    assert gardes == attendus


def test_duplicated_and_empty_headers_are_kept(tmp_path):
    entetes = ("uai", "taux", "taux", "", " nom ", "")
    lignes = {2: ("0160001P", "1", "2", "3", "A", None)}
    original = write_csv(tmp_path / "extrait.csv", entetes, [("0160001P", "1", "2", "3", "A", "")])
    fautes = [("parties_superieures", 2, "taux", "1")]
    classeur = write_classeur(original, tmp_path, fautes, entetes=entetes, lignes=lignes)
    mend(classeur, set_cellule(2, " nom ", "B"))
    assert read_lignes(apply_corrections(original, classeur, tmp_path).fichier) == [
        entetes,
        ("0160001P", "1", "2", "3", "B", ""),
    ]


def test_hundred_thousand_faulty_lines_are_bounded_and_said(tmp_path):
    """The first lines are listed, those that block before the others, and the sheet says how many there are."""
    original = write_csv(tmp_path / "extrait.csv")
    lignes = {n: ("0160001P", "A", str(n), "1") for n in range(2, 100_002)}
    fautes = [("somme_fausse", n, "effectif", "x") for n in range(2, 100_002)] + [
        ("parties_superieures", 99_999, "", "")
    ]
    classeur = write_classeur(original, tmp_path, fautes, lignes=lignes)
    rangees = read_feuilles(classeur)["Lignes à corriger"]
    assert len(rangees) == 20_002 and rangees[-1][0] == 99_999 and rangees[-2][0] == 20_000
    assert "100 000 lignes : les 20 000 premières sont dans la feuille" in plain(rangees[0][0])


def test_fault_of_the_whole_file_has_no_line_to_mend(original, tmp_path):
    rapport = make_rapport(original, tmp_path / "rapport", [("fichier_vide", None, "", "")])
    chemin = tmp_path / "rapport.xlsx"
    chemin.write_bytes(write_rapport_xlsx(rapport, tmp_path / "rapport"))
    assert "Aucune ligne à corriger ici" in plain(read_feuilles(chemin)["Lignes à corriger"][0][0])
    chemin.write_bytes(write_rapport_xlsx(rapport, None))
    assert set(read_feuilles(chemin)) == {"Rapport", "Lignes à corriger", "Origine"}
    resultat = apply_corrections(original, chemin, tmp_path)
    assert read_lignes(resultat.fichier) == [ENTETES, *LIGNES]


def test_workbook_is_recognised_when_dropped(original, tmp_path):
    """By its sheet «Origine», whatever its name; an ordinary workbook, or any other file, is not one."""
    classeur = write_classeur(original, tmp_path)
    assert is_corrections(classeur) == hashlib.sha256(original.read_bytes()).hexdigest()
    renomme = classeur.rename(tmp_path / "sans rapport")
    assert is_corrections(renomme) is not None
    assert is_corrections(original) is None and is_corrections(tmp_path) is None
    for octets in (b"", b"PK", b"PK\x03\x04" + b"\0" * 100, renomme.read_bytes()[:2000]):
        (tmp_path / "autre.xlsx").write_bytes(octets)
        assert is_corrections(tmp_path / "autre.xlsx") is None
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as sortie:
        sortie.add_worksheet("Origine").write(0, 0, "Genre")
        sortie.add_worksheet("Lignes à corriger")
    (tmp_path / "autre.xlsx").write_bytes(tampon.getvalue())
    assert is_corrections(tmp_path / "autre.xlsx") is None


def drop_entete(rangees):
    rangees[1][2] = "code"
    return rangees


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop_entete, "Ses en-têtes ne sont plus ceux du fichier : « code » n’en est pas un"),
        (lambda r: [[*x[:3], *x[4:]] for x in r], "Ses en-têtes ne sont plus ceux du fichier : il en manque"),
        (lambda r: [[*x[:2], x[3], x[2], *x[4:]] for x in r], "ou leur ordre a changé"),
        (lambda r: [x[1:] for x in r], "« Ligne du fichier » et « À corriger » ont disparu"),
        (lambda r: [*r, [99, "", *LIGNES[0]]], "Ligne 5 du classeur : le fichier n’a pas de ligne 99"),
        (lambda r: [*r, ["", "", *LIGNES[0]]], "Ligne 5 du classeur : il manque un numéro de ligne"),
        (lambda r: [*r, ["2 bis", "", *LIGNES[0]]], "« 2 bis » n’est pas un numéro de ligne"),
        (lambda r: [*r, [3, "", *LIGNES[0]]], "la ligne 3 du fichier y est déjà"),
    ],
)
def test_workbook_that_cannot_be_applied_is_refused(original, tmp_path, change, message):
    """Nothing is written, and the message says which row of the workbook."""
    classeur = mend(write_classeur(original, tmp_path), change)
    with pytest.raises(ErreurFichier) as erreur:
        apply_corrections(original, classeur, tmp_path / "sortie")
    assert message in plain(erreur.value) and "« extrait 2021.csv », qui n’a pas changé" in plain(erreur.value)
    assert not (tmp_path / "sortie").exists()


def test_workbook_of_another_file_is_refused(original, tmp_path):
    classeur = write_classeur(original, tmp_path)
    autre = write_csv(tmp_path / "autre.csv", lignes=LIGNES[:2])
    with pytest.raises(ErreurFichier, match="Il corrige un autre fichier, «\u00a0extrait 2021"):
        apply_corrections(autre, classeur, tmp_path)
    with pytest.raises(ErreurFichier, match="Ce n’est pas le classeur d’un rapport"):
        apply_corrections(autre, autre, tmp_path)


def test_failed_formula_is_never_read_as_an_empty_cell(original, tmp_path):
    classeur = write_classeur(original, tmp_path)
    feuilles = read_feuilles(classeur)
    with xlsxwriter.Workbook(str(classeur)) as sortie:
        for titre, rangees in feuilles.items():
            feuille = sortie.add_worksheet(titre)
            for rang, rangee in enumerate(rangees):
                feuille.write_row(rang, 0, rangee)
        sortie.get_worksheet_by_name("Lignes à corriger").write_formula("E3", "=1/0", None, "#DIV/0!")
    with pytest.raises(ErreurFichier, match="Ligne 3 du classeur\u00a0: la formule a échoué"):
        apply_corrections(original, classeur, tmp_path)


def test_second_round_keeps_the_name(original, tmp_path):
    """A file mended once and mended again is not «corrige-corrige»; headers with many commas change the separator."""
    corrige = write_csv(tmp_path / "x-corrige.csv", ("a, b, c, d, e", "f"), [("1", "2")], separateur=",")
    fautes = [("parties_superieures", 2, "f", "2")]
    classeur = write_classeur(corrige, tmp_path, fautes, entetes=("a, b, c, d, e", "f"), lignes={2: ("1", "2")})
    mend(classeur, set_cellule(2, "f", "3"))
    resultat = apply_corrections(corrige, classeur, tmp_path)
    assert resultat.fichier.name == "x-corrige.csv"
    assert read_lignes(resultat.fichier) == [("a, b, c, d, e", "f"), ("1", "3")]


IPS = (
    "rentree_scolaire;uai;effectifs;ips;ecart_type_de_l_ips;nom_de_l_etablissement",
    "2022-2023;0160001P;300;97,1;28;Sain",
    "2022-2023;0160002Z;301;97,2;28;Lettre fausse",
    "2022-2023;0160003S;abc;97,2;28;Nombre illisible",
    "2022-2023;;305;97,2;28;UAI absent",
    "2022-2023;0160005U;-4;97,2;28;Effectif négatif",
    "1850;0160006V;306;97,2;28;Année impossible",
    "2022-2023;0160007W;307;97,2;28;Première",
    "2022-2023;0160007W;308;97,2;28;Contredite",
    "2022-2023;0160008X;308;97,2",
    "2022-2023;160009Y;309;0;28; Remarques seulement ",
    "2022-2023;0310001A;309; 99;28;Autre académie",
    "2022-2023;0160010Z;31 0;NS;28;Espace égaré",
    '2022-2023;0160011A;1 234;97,2;28;"Saine ; et ""citée"""',
)
"""One line per fault that can be mended in place, sound ones between them; line N of the file is IPS[N - 1]."""

CORRIGEES = {
    (3, "uai"): "0160002R", (4, "effectifs"): "304", (5, "uai"): "0160004T", (6, "effectifs"): "305",
    (7, "rentree_scolaire"): "2022-2023", (9, "À corriger"): "supprimer", (10, "ecart_type_de_l_ips"): "28",
    (13, "effectifs"): "310",
}  # fmt: skip


def test_file_with_one_fault_of_each_kind_is_mended_and_sound(tmp_path):
    """Screened, mended in the workbook, applied, screened again: nothing blocks, and no other cell has changed."""
    original = tmp_path / "ips-colleges.csv"
    original.write_text("\n".join(IPS) + "\n", encoding="cp1252")
    rapport = screen_extrait(original, tmp_path / "normalise", rapport=tmp_path / "rapport")
    assert not rapport.est_publiable
    classeur = tmp_path / "rapport.xlsx"
    classeur.write_bytes(write_rapport_xlsx(rapport, tmp_path / "rapport"))
    rangees = read_feuilles(classeur)["Lignes à corriger"]
    assert [int(rangee[0]) for rangee in rangees[2:]] == [3, 4, 5, 6, 7, 8, 9, 10, 13]
    for (ligne, entete), valeur in CORRIGEES.items():
        mend(classeur, set_cellule(ligne, entete, valeur))
    resultat = apply_corrections(original, classeur, tmp_path / "sortie")
    assert plain(resultat) == "7 lignes corrigées, 1 retirée et 1 laissée telle quelle"
    assert read_lignes(resultat.fichier) == expect_ips()
    second = screen_extrait(resultat.fichier, tmp_path / "normalise")
    assert second.bloquants == () and second.nb_observations == 22  # 11 lines of the académie, 2 measures


def expect_ips() -> list[tuple[str, ...]]:
    """The lines of `IPS` with `CORRIGEES` in them."""
    attendues = [list(ligne) for ligne in csv.reader(IPS, delimiter=";")]
    for ligne in attendues:
        ligne += [""] * (len(attendues[0]) - len(ligne))
    for (ligne, entete), valeur in CORRIGEES.items():
        if valeur != "supprimer":
            attendues[ligne - 1][attendues[0].index(entete)] = valeur
    return [tuple(ligne) for rang, ligne in enumerate(attendues, start=1) if rang != 9]
