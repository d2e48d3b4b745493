"""Ingestion on real extracts (values recomputed by hand from the files), kinds of file, and properties."""

import json
import subprocess
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.erreurs import ErreurFichier
from indicators.ingestion import normalise_extrait
from indicators.ingestion.lignes import find_rentree_of_name
from indicators.ingestion.textes import decode

REELS = {
    # file: format, lines, observations, rentrées
    "extraits/fr-en-indicateurs-valeur-ajoutee-colleges-2022-2024.csv": (
        "ivac_colleges",
        582,
        3556,
        (2021, 2022, 2023),
    ),
    "extraits/fr-en-dnb-par-etablissement-api-json-2006-2021-17-79-86.json": (
        "dnb_etablissements",
        230,
        460,
        (2005, 2008, 2010, 2011, 2013, 2014, 2015, 2016, 2019, 2020),
    ),
    "extraits/fr-en-ips-colleges-ap2022-2022-2023.csv": ("ips_colleges", 201, 402, (2022,)),
    "extraits/fr-en-ips-ecoles-ap2022-2022-2025.parquet": ("ips_ecoles", 2947, 2947, (2022, 2023, 2024)),
    "extraits/fr-en-ips_ecoles-2021-2022.csv": ("ips_ecoles", 975, 975, (2021,)),
    "extraits/fr-en-ips_lycees-2016-2021.csv": ("ips_lycees", 528, 528, tuple(range(2016, 2022))),
    "extraits/fr-en-ips-lycees-ap2022-2022-2023.csv": ("ips_lycees", 88, 88, (2022,)),
    "extraits/fr-en-indicateurs-de-resultat-des-lycees-gt_v2-api-json-17-79-86.json": (
        "ival_gt",
        45,
        307,
        (2016, 2021, 2023),
    ),
    "extraits/ival-gt-ips-lycees-2016-2021-jointure-Gianluca.csv": (
        "ival_gt_jointure",
        528,
        1497,
        tuple(range(2016, 2022)),
    ),
    "extraits/ival-gt-pro-2025-lingelo-lycees.json": ("ival_2025", 103, 463, (2024,)),
    "extraits/fr-en-lycee_gt-effectifs-niveau-sexe-lv-2019-2021.csv": (
        "effectifs_lycees_gt",
        171,
        489,
        (2019, 2020, 2021),
    ),
    "extraits/fr-en-lycee_pro-effectifs-niveau-sexe-lv-2019-2022.csv": (
        "effectifs_lycees_pro",
        216,
        640,
        (2019, 2020, 2021, 2022),
    ),
    "extraits/fr-en-baccalaureat-par-academie-2021-2022.csv": ("bac_academie", 584, 18, (2020, 2021)),
    "extraits/orion-affelnet-2nde-attractivite-capacite-2021.csv": ("affelnet_2nde_pro", 662, 198, (2021,)),
    "extraits/orion-parcoursup-bts-voeux-capacite-2022.csv": ("parcoursup_bts", 348, 214, (2022,)),
    "extraits/orion-parcoursup-bts-voeux-capacite-2023.csv": ("parcoursup_bts", 367, 234, (2023,)),
    "extraits/inserjeunes-region-nouvelle-aquitaine-75-mefstat.csv": (
        "inserjeunes_region",
        3414,
        48,
        (2019, 2020, 2021, 2022),
    ),
    "extraits/fr-en-inserjeunes-cfa-2018-2024.csv": ("inserjeunes_cfa", 334, 940, tuple(range(2018, 2024))),
    "extraits/fr-en-evaluations_nationales_6eme_region-2023-toutes-regions.csv": (
        "evaluations_6e_region",
        38,
        2,
        (2023,),
    ),
    "territoires/etablissements-union.csv": ("etablissements_union", 1398, 0, ()),
    "territoires/fr-en-adresse-et-geolocalisation-etablissements-colleges-2024.csv": ("geolocalisation", 224, 0, ()),
    "territoires/liste-rep-rep-plus-ecoles-colleges-circonscription-rentree-2022.csv": (
        "education_prioritaire",
        79,
        0,
        (2022,),
    ),
    "territoires/communes-cog2026.csv": ("communes", 1338, 0, ()),
    "territoires/communes-2018-vers-cog2026.csv": ("communes_fusionnees", 1411, 0, ()),
    "territoires/perimetres-provisoires.csv": ("perimetres_communes", 1338, 0, ()),
    "territoires/contours-communes-16-17-79-86-cog2026-dissous.geojson": ("contours_communes", 1338, 0, ()),
    "territoires/contours-departement-16-17-79-86-admin-express-2018.geojson": ("contours_departements", 4, 0, ()),
}
FIGURES = "numerateur, denominateur, valeur, ecart_type, statut"


def read(dossier, requete, table="observations"):
    """Rows of a normalised table; `requete` follows SELECT, with `{t}` for the table."""
    return duckdb.sql("SELECT " + requete.format(t=f"'{dossier}/{table}.parquet'")).fetchall()


def get_figure(dossier, indicateur, territoire, rentree, modalite="ensemble"):
    """The figures of one observation."""
    lignes = read(
        dossier,
        f"{FIGURES} FROM {{t}} WHERE (indicateur, territoire, rentree, modalite) = "
        f"('{indicateur}', '{territoire}', {rentree}, '{modalite}')",
    )
    assert len(lignes) <= 1
    return lignes[0] if lignes else None


@pytest.fixture(scope="module")
def normalises(extraits_reels, tmp_path_factory):
    """Folder of the normalised real extract of that name, read once."""
    dossier = tmp_path_factory.mktemp("normalises")
    lus = {}

    def normalise(nom):
        fichier = next(f for f in REELS if nom in f)
        if fichier not in lus:
            lus[fichier] = dossier / str(len(lus))
            normalise_extrait(extraits_reels / fichier, lus[fichier])
        return lus[fichier]

    return normalise


@pytest.mark.parametrize("fichier", REELS)
def test_real_extract_loads_unmodified(extraits_reels, tmp_path, fichier):
    lecture = normalise_extrait(extraits_reels / fichier, tmp_path / "sortie")
    assert (lecture.format.code, lecture.nb_lignes, lecture.nb_observations, lecture.rentrees) == REELS[fichier]
    assert sorted(f.name for f in (tmp_path / "sortie").iterdir()) == sorted(lecture.fichiers)
    assert [f.name for f in tmp_path.iterdir()] == ["sortie"]
    if lecture.nb_observations:
        doubles = read(
            tmp_path / "sortie",
            "count(*) FROM (SELECT 1 FROM {t} GROUP BY indicateur, territoire, rentree, modalite HAVING count(*) > 1)",
        )
        assert doubles == [(0,)]


def test_every_real_file_is_tested(extraits_reels):
    fichiers = {f"{d}/{f.name}" for d in ("extraits", "territoires") for f in (extraits_reels / d).iterdir()}
    assert fichiers - set(REELS) == {"territoires/annuaire-occitanie-2024-11.csv"}


@pytest.mark.parametrize(
    ("fichier", "indicateur", "territoire", "rentree", "modalite", "attendu"),
    [
        # 12 candidates of the série professionnelle, 92 % → 11.04; 58 candidates G, 95 % → 55.1.
        (
            "valeur-ajoutee",
            "taux_reussite_dnb_professionnelle",
            "0170082X",
            2021,
            "ensemble",
            (11, 12, None, None, "ok"),
        ),
        ("valeur-ajoutee", "taux_reussite_dnb_generale", "0170082X", 2021, "ensemble", (55, 58, None, None, "ok")),
        # 102 candidates, 83 % → 84.66; no P series: access weighed by 102 alone, 89 % → 90.78.
        ("valeur-ajoutee", "taux_reussite_dnb_generale", "0160866E", 2021, "ensemble", (85, 102, None, None, "ok")),
        ("valeur-ajoutee", "taux_acces_6e_3e", "0160866E", 2021, "ensemble", (91, 102, None, None, "ok")),
        ("valeur-ajoutee", "taux_acces_6e_3e", "0170082X", 2021, "ensemble", (68, 58 + 12, None, None, "ok")),
        ("valeur-ajoutee", "taux_mentions_dnb_generale", "0160866E", 2021, "ensemble", (72, 102, None, None, "ok")),
        ("valeur-ajoutee", "valeur_ajoutee_dnb_generale", "0160866E", 2021, "ensemble", (None, 102, -8, None, "ok")),
        ("valeur-ajoutee", "note_ecrit_dnb_generale", "0170082X", 2021, "ensemble", (None, 58, 10.8, None, "ok")),
        ("dnb-par", "taux_reussite_dnb", "0860023H", 2020, "ensemble", (85, 107, None, None, "ok")),
        ("dnb-par", "taux_mentions_dnb", "0860023H", 2020, "ensemble", (22 + 18 + 16, 107, None, None, "ok")),
        ("ips-colleges", "ips_colleges", "0160029V", 2022, "ensemble", (None, 323, 97.1, 28.7, "ok")),
        ("ips-colleges", "effectif_colleges", "0160029V", 2022, "ensemble", (323, None, None, None, "ok")),
        ("ips-ecoles", "ips_ecoles", "0790095Z", 2024, "ensemble", (None, None, None, None, "secret")),
        ("ips-ecoles", "ips_ecoles", "0790098C", 2024, "ensemble", (None, None, 92.3, None, "ok")),
        ("ips_lycees-2016", "ips_lycees", "0790031E", 2018, "ensemble", (None, None, 104.7, None, "ok")),
        ("ips-lycees-ap2022", "ips_lycees", "0161095D", 2022, "ensemble", (None, 688, 114.3, None, "ok")),
        # 297 présents, 98 % → 291.06.
        ("lycees-gt_v2", "taux_reussite_bac_gt", "0790024X", 2023, "ensemble", (291, 297, None, None, "ok")),
        ("lycees-gt_v2", "valeur_ajoutee_acces_gt", "0790024X", 2023, "ensemble", (None, 336, 1, None, "ok")),
        # Session 2020: 378 présents GT, 95 % → 359.1; session 2021: 207 présents of the general voie, 96 % → 198.72.
        ("Gianluca", "taux_reussite_bac_gt", "0160003S", 2019, "ensemble", (359, 378, None, None, "ok")),
        ("Gianluca", "taux_reussite_bac_gt", "0160003S", 2020, "ensemble", None),
        ("Gianluca", "taux_reussite_bac_general", "0160003S", 2019, "ensemble", None),
        ("Gianluca", "taux_reussite_bac_general", "0160003S", 2020, "ensemble", (199, 207, None, None, "ok")),
        (
            "Gianluca",
            "taux_reussite_bac_general",
            "0860774Z",
            2020,
            "ensemble",
            (None, None, None, None, "non_applicable"),
        ),
        # Access still covers the whole GT voie in session 2021: 386 pupils of seconde, 84 % → 324.24.
        ("Gianluca", "taux_acces_2nde_bac_gt", "0160003S", 2020, "ensemble", (324, 386, None, None, "ok")),
        ("Gianluca", "taux_reussite_bac_gt", "0790038M", 2018, "ensemble", None),
        ("lingelo", "taux_reussite_bac_gt", "0160004T", 2024, "ensemble", (278, 284, None, None, "ok")),
        ("lingelo", "valeur_ajoutee_acces_gt", "0160004T", 2024, "ensemble", (None, 284, -5, None, "ok")),
        ("baccalaureat", "taux_reussite_bac_general", "A13", 2020, "ensemble", (9060, 9265, None, None, "ok")),
        ("baccalaureat", "taux_reussite_bac_general", "A13", 2020, "filles", (5134, 5221, None, None, "ok")),
        ("baccalaureat", "taux_reussite_bac_pro", "A13", 2021, "ensemble", (4573, 5380, None, None, "ok")),
        ("evaluations", "score_6e_francais", "REG75", 2023, "ensemble", (None, None, 258.9, 47.5, "ok")),
        ("evaluations", "score_6e_mathematiques", "REG75", 2023, "ensemble", (None, None, 257.6, 52.1, "ok")),
        # 10 815 + 18 582 in work among 23 046 + 27 511 leavers.
        ("inserjeunes-region", "taux_emploi_6_mois", "REG75", 2021, "scolaire", (10815, 23046, None, None, "ok")),
        ("inserjeunes-region", "taux_emploi_6_mois", "REG75", 2021, "ensemble", (29397, 50557, None, None, "ok")),
        ("inserjeunes-region", "taux_emploi_24_mois", "REG75", 2021, "ensemble", None),
        ("inserjeunes-cfa", "taux_emploi_6_mois", "0861327A", 2023, "apprentissage", (None, None, 0.62, None, "ok")),
        ("inserjeunes-cfa", "taux_emploi_18_mois", "0861327A", 2023, "apprentissage", None),
        ("lycee_pro-effectifs", "effectif_lycees_pro", "0160047P", 2022, "ensemble", (190, None, None, None, "ok")),
        ("lycee_pro-effectifs", "effectif_lycees_pro", "0160047P", 2022, "filles", (2 + 0 + 3, None, None, None, "ok")),
        ("lycee_pro-effectifs", "effectif_lycees_pro", "0160047P", 2022, "garcons", (185, None, None, None, "ok")),
    ],
)
def test_figures_recomputed_by_hand(normalises, fichier, indicateur, territoire, rentree, modalite, attendu):
    obtenu = get_figure(normalises(fichier), indicateur, territoire, rentree, modalite)
    assert obtenu == (attendu if attendu is None else pytest.approx(attendu))


def test_rebuilt_numerators_say_so(normalises):
    methodes = read(
        normalises("valeur-ajoutee"), "DISTINCT indicateur, methode FROM {t} WHERE methode <> '' ORDER BY 1"
    )
    assert methodes == [
        (
            "taux_acces_6e_3e",
            "numérateur reconstitué d’un taux arrondi à 1 %, dénominateur approché (candidats au DNB)",
        ),
        ("taux_reussite_dnb_generale", "numérateur reconstitué d’un taux arrondi à 1 %"),
        ("taux_reussite_dnb_professionnelle", "numérateur reconstitué d’un taux arrondi à 1 %"),
    ]


def test_affelnet_totals_of_the_academie(normalises):
    """Control figures of 2021: 14 210 places, 12 109 first wishes."""
    dossier = normalises("affelnet")
    assert read(dossier, "sum(numerateur) FROM {t} WHERE indicateur = 'places_2nde_pro'") == [(14210,)]
    assert read(dossier, "sum(numerateur), sum(denominateur) FROM {t} WHERE indicateur = 'attractivite_2nde_pro'") == [
        (12109, 14210)
    ]


def test_bts_without_capacity_counts_in_neither_term(normalises):
    """0161238J (2022) has two formations without capacity: its wishes for them are left out too."""
    assert get_figure(normalises("bts-voeux-capacite-2022"), "voeux_par_place_bts", "0161238J", 2022) is None


def test_girls_and_boys_are_kept_only_where_they_add_up(normalises):
    """Twelve GT files have levels without a split by sex (hôtellerie): the total alone."""
    dossier = normalises("lycee_gt-effectifs")
    assert read(dossier, "count(*) FROM {t} WHERE modalite = 'ensemble'") == [(171,)]
    assert read(dossier, "count(*) FROM {t} WHERE modalite = 'filles'") == [(171 - 12,)]
    ecarts = read(
        dossier,
        "count(*) FROM {t} e JOIN {t} f USING (territoire, rentree) JOIN {t} g USING (territoire, rentree) "
        "WHERE e.modalite = 'ensemble' AND f.modalite = 'filles' AND g.modalite = 'garcons' "
        "AND e.numerateur <> f.numerateur + g.numerateur",
    )
    assert ecarts == [(0,)]


def test_where_a_figure_comes_from(normalises):
    """`ligne` is the line in the file, the header being line 1."""
    lignes = read(normalises("valeur-ajoutee"), "ligne FROM {t} WHERE territoire = '0160866E' AND rentree = 2021")
    assert set(lignes) == {(2,)}


def test_etablissements_of_the_union(normalises):
    dossier = normalises("etablissements-union")
    assert read(dossier, "type, count(*) FROM {t} GROUP BY 1 ORDER BY 1", "etablissements") == [
        ("college", 227),
        ("ecole", 1041),
        ("lycee", 130),
    ]
    colonnes = "nom, type, secteur, code_commune, nom_commune, round(lon, 4), round(lat, 4), etat"
    assert read(dossier, f"{colonnes} FROM {{t}} WHERE uai = '0160001P'", "etablissements") == [
        ("Collège de l'Osme", "college", "public", "16005", "Aigre", 0.0086, 45.8888, "OUVERT")
    ]
    assert read(dossier, "education_prioritaire, count(*) FROM {t} GROUP BY 1 ORDER BY 1", "etablissements") == [
        ("REP", 46),
        ("REP+", 33),
        (None, 1319),
    ]


def test_perimetres_and_communes(normalises):
    perimetres = normalises("perimetres")
    assert read(
        perimetres,
        "count(DISTINCT code_reseau), count(DISTINCT code_inter_reseau), bool_and(est_provisoire) FROM {t}",
        "perimetres",
    ) == [(37, 14, True)]
    assert read(normalises("communes-cog"), "departement, count(*) FROM {t} GROUP BY 1 ORDER BY 1", "communes") == [
        ("16", 359),
        ("17", 462),
        ("79", 252),
        ("86", 265),
    ]
    fusions = read(
        normalises("communes-2018"), "count(*) FROM {t} WHERE code_ancien <> code_nouveau", "communes_fusionnees"
    )
    assert fusions == [(73,)]


def test_contours_are_wkb(normalises):
    import shapely

    lignes = read(normalises("contours-departement"), "code, geometrie FROM {t} ORDER BY code", "contours")
    assert [code for code, _ in lignes] == ["D16", "D17", "D79", "D86"]
    assert shapely.from_wkb(lignes[0][1]).contains(shapely.Point(0.1532, 45.6484))  # Angoulême


@pytest.mark.parametrize(("academie", "nb", "hors"), [("16", 3440, 2798), ("11", 2797, 3442)])
def test_annuaire_of_another_academie(extraits_reels, tmp_path, academie, nb, hors):
    """The annuaire of two académies gives each its own; a UAI on two lines (annexe) is kept once."""
    chemin = extraits_reels / "territoires" / "annuaire-occitanie-2024-11.csv"
    lecture = normalise_extrait(chemin, tmp_path / "sortie", academie=academie)
    assert (lecture.nb_lignes, lecture.nb_hors_academie) == (6240, hors)
    assert read(tmp_path / "sortie", "count(*) FROM {t}", "etablissements") == [(nb,)]
    assert "plusieurs lignes" in lecture.avertissements[0]


def test_annuaire_is_refused_for_poitiers(extraits_reels, tmp_path):
    with pytest.raises(ErreurFichier, match=r"Aucune ligne ne concerne l’académie de Poitiers.*Toulouse, Montpellier"):
        normalise_extrait(extraits_reels / "territoires" / "annuaire-occitanie-2024-11.csv", tmp_path / "sortie")


# --- kinds of file: the same rows give the same figures whatever holds them

ENTETES = ["session", "numero_d_etablissement", "presents", "admis", "nombre_d_admis_mention_ab"]
ENTETES += ["admis_mention_bien", "admis_mention_tres_bien"]
LIBELLES = ["Session ", "Numéro d’établissement", " Présents", "Admis", "Nombre d'admis Mention AB"]
LIBELLES += ["Admis Mention bien", "Admis  Mention très bien"]
LIGNES = [
    ["2023", "0160001P", "60", "52", "12", "9", "4"],
    ["2024", "0160001P", "58", "ND", "10", "9", "ND"],
    ["2024", "0170082X", "71", "66", "20", "11", "0"],
]


def write_csv(chemin, separateur=";", encodage="utf-8", entetes=ENTETES, lignes=LIGNES, fin="\n"):
    texte = fin.join(separateur.join(ligne) for ligne in [entetes, *lignes]) + fin
    chemin.write_bytes(texte.encode(encodage))


def write_xlsx(chemin, titre=False):
    import xlsxwriter

    with xlsxwriter.Workbook(chemin) as classeur:
        classeur.add_worksheet("Lisez-moi").write_row(0, 0, ["Note", "Source"])
        feuille = classeur.add_worksheet("Données")
        decalage = 3 if titre else 0
        if titre:
            feuille.write(0, 0, "Résultats du DNB")
        for rang, ligne in enumerate([ENTETES, *LIGNES]):
            for colonne, valeur in enumerate(ligne):
                feuille.write(rang + decalage, colonne, int(valeur) if valeur.isdigit() else valeur)
        classeur.add_worksheet("Vide")


def write_ods(chemin):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="Données")
    for ligne in [ENTETES, *LIGNES]:
        rangee = TableRow()
        for valeur in ligne:
            chiffre = {"valuetype": "float", "value": valeur} if valeur.isdigit() else {"valuetype": "string"}
            cellule = TableCell(**chiffre)
            cellule.addElement(P(text=valeur))
            rangee.addElement(cellule)
        table.addElement(rangee)
    document.spreadsheet.addElement(table)
    document.save(str(chemin))


def write_parquet(chemin):
    colonnes = [[ligne[i] for ligne in LIGNES] for i in range(len(ENTETES))]
    tables = [pa.array([float(v) for v in c]) if all(v.isdigit() for v in c) else pa.array(c) for c in colonnes]
    pyarrow.parquet.write_table(pa.table(tables, names=ENTETES), chemin)


def write_json(chemin, forme):
    objets = [dict(zip(ENTETES, ligne, strict=True)) for ligne in LIGNES]
    contenus = {
        "liste": objets,
        "v1": [{"datasetid": "dnb", "fields": objet} for objet in objets],
        "v2": [{"links": [], "record": {"id": "x", "fields": objet}} for objet in objets],
        "v2.1": {"total_count": 3, "results": objets},
        "enveloppe": {"total_count": 3, "links": [], "records": [{"record": {"fields": objet}} for objet in objets]},
    }
    chemin.write_text(json.dumps(contenus[forme]), encoding="utf-8")


ECRITURES = {
    "point-virgule": lambda c: write_csv(c),
    "virgule": lambda c: write_csv(c, ","),
    "tabulation": lambda c: write_csv(c, "\t"),
    "barre": lambda c: write_csv(c, "|"),
    "crlf-bom": lambda c: write_csv(c, encodage="utf-8-sig", fin="\r\n"),
    "windows-1252": lambda c: write_csv(c, encodage="cp1252", entetes=[*ENTETES[:2], "Présents", *ENTETES[3:]]),
    "utf-16": lambda c: write_csv(c, encodage="utf-16"),
    "libelles": lambda c: write_csv(c, entetes=LIBELLES),
    "xlsx": write_xlsx,
    "xlsx-titre": lambda c: write_xlsx(c, titre=True),
    "ods": write_ods,
    "parquet": write_parquet,
    "json": lambda c: write_json(c, "liste"),
    "json-v1": lambda c: write_json(c, "v1"),
    "json-v2": lambda c: write_json(c, "v2"),
    "json-v2.1": lambda c: write_json(c, "v2.1"),
    "json-enveloppe": lambda c: write_json(c, "enveloppe"),
}


@pytest.mark.parametrize("genre", ECRITURES)
def test_same_rows_same_figures_whatever_the_file(tmp_path, genre):
    """The name says nothing: the kind is told by the content, and every kind gives the same observations."""
    chemin = tmp_path / "extrait.dat"
    ECRITURES[genre](chemin)
    lecture = normalise_extrait(chemin, tmp_path / "sortie")
    assert lecture.nb_lignes == 3
    assert read(
        tmp_path / "sortie",
        "territoire, rentree, indicateur, numerateur, denominateur, statut FROM {t} ORDER BY 1, 2, 3",
    ) == [
        ("0160001P", 2022, "taux_mentions_dnb", 25, 60, "ok"),
        ("0160001P", 2022, "taux_reussite_dnb", 52, 60, "ok"),
        ("0160001P", 2023, "taux_mentions_dnb", None, None, "non_disponible"),
        ("0160001P", 2023, "taux_reussite_dnb", None, None, "non_disponible"),
        ("0170082X", 2023, "taux_mentions_dnb", 31, 71, "ok"),
        ("0170082X", 2023, "taux_reussite_dnb", 66, 71, "ok"),
    ]


def test_line_numbers_of_a_workbook_are_those_of_the_sheet(tmp_path):
    write_xlsx(tmp_path / "dnb.xlsx", titre=True)
    normalise_extrait(tmp_path / "dnb.xlsx", tmp_path / "sortie")
    assert read(tmp_path / "sortie", "DISTINCT ligne FROM {t} ORDER BY 1") == [(5,), (6,), (7,)]


SOCLE = "uai;rentree;composante;niveau_maitrise;effectif\n"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ordre=st.permutations(range(8)), effectifs=st.lists(st.integers(0, 500), min_size=8, max_size=8))
def test_row_order_is_irrelevant(tmp_path_factory, ordre, effectifs):
    """The same lines in another order give the same figures."""
    lignes = [
        f"{uai};2024;SOCLE;{niveau};{effectifs[rang * 4 + niveau - 1]}"
        for rang, uai in enumerate(["0160001P", "0170082X"])
        for niveau in (1, 2, 3, 4)
    ]
    dossier = tmp_path_factory.mktemp("ordre")
    resultats = []
    for nom, rangs in (("droit", range(8)), ("melange", ordre)):
        (dossier / nom).write_text(SOCLE + "\n".join(lignes[rang] for rang in rangs), encoding="utf-8")
        normalise_extrait(dossier / nom, dossier / f"sortie-{nom}")
        resultats.append(read(dossier / f"sortie-{nom}", "* EXCLUDE (ligne) FROM {t} ORDER BY ALL"))
    assert resultats[0] == resultats[1]
    for (numerateur, denominateur), debut in zip([(ligne[5], ligne[6]) for ligne in resultats[0]], (0, 4), strict=True):
        assert numerateur == sum(effectifs[debut + 2 : debut + 4])
        assert denominateur == sum(effectifs[debut : debut + 4])


# --- SSA layouts


def normalise_texte(tmp_path, texte, **options):
    (tmp_path / "extrait.csv").write_text(texte, encoding="utf-8")
    return normalise_extrait(tmp_path / "extrait.csv", tmp_path / "sortie", **options)


def test_orientation_shares_and_sexes(tmp_path):
    """A share is that of a voie among all the voies of the same palier and phase."""
    lignes = [
        "0160001P;2025;3E;DEMANDE;2GT;F;30",
        "0160001P;2025;3E;DEMANDE;2PRO;F;10",
        "0160001P;2025;3E;DEMANDE;2GT;G;20",
        "0160001P;2025;3E;DEMANDE;CAP;G;5",
        "0160001P;2025;3E;VOEU1;2PRO;G;8",
        "0160001P;2025;3E;AFFECTATION_VOEU1;2PRO;G;6",
    ]
    normalise_texte(tmp_path, "uai;session;palier;phase;voie;sexe;effectif\n" + "\n".join(lignes))
    assert read(
        tmp_path / "sortie",
        "indicateur, modalite, numerateur, denominateur FROM {t} WHERE rentree = 2024 ORDER BY 1, 2",
    ) == [
        ("demande_2nde_gt", "ensemble", 30 + 20, 30 + 10 + 20 + 5),
        ("demande_2nde_gt", "filles", 30, 40),
        ("demande_2nde_gt", "garcons", 20, 25),
        ("demande_2nde_pro", "ensemble", 10, 65),
        ("demande_2nde_pro", "filles", 10, 40),
        ("demande_2nde_pro", "garcons", 0, 25),
        ("demande_cap", "ensemble", 5, 65),
        ("demande_cap", "filles", 0, 40),
        ("demande_cap", "garcons", 5, 25),
        ("premier_voeu_satisfait", "ensemble", 6, 8),
        ("premier_voeu_satisfait", "garcons", 6, 8),
        ("premier_voeu_satisfait", "voie_pro", 6, 8),
    ]


def test_secret_cell_hides_the_sum_it_belongs_to(tmp_path):
    """Girls below 5 make girls and the whole secret; boys stay."""
    lignes = ["0160001P;2025;3E;DECISION;2GT;F;<5", "0160001P;2025;3E;DECISION;2GT;G;20"]
    normalise_texte(tmp_path, "uai;session;palier;phase;voie;sexe;effectif\n" + "\n".join(lignes))
    assert read(
        tmp_path / "sortie",
        "modalite, numerateur, denominateur, statut FROM {t} WHERE indicateur = 'decision_2nde_gt' ORDER BY 1",
    ) == [
        ("ensemble", None, None, "secret"),
        ("filles", None, None, "secret"),
        ("garcons", 20, 20, "ok"),
    ]


def test_decrochage_missing_situations(tmp_path):
    texte = "uai;rentree;effectif_suivi;jeunes_reperes;en_solution;suivis_foquale\n0160001P;2024-2025;640;23;ND;11\n"
    normalise_texte(tmp_path, texte)
    assert read(tmp_path / "sortie", f"indicateur, {FIGURES} FROM {{t}} ORDER BY 1") == [
        ("solution_apres_reperage", None, None, None, None, "non_disponible"),
        ("suivi_foquale", 11, 23, None, None, "ok"),
        ("taux_decrochage", 23, 640, None, None, "ok"),
    ]


def test_eaten_leading_zero_is_restored_with_a_warning(tmp_path):
    lecture = normalise_texte(tmp_path, SOCLE + "160001p;2024;SOCLE;3;10\n0170082X;2024;SOCLE;3;5\n")
    assert read(tmp_path / "sortie", "DISTINCT territoire FROM {t} ORDER BY 1") == [("0160001P",), ("0170082X",)]
    assert lecture.avertissements == (
        "Colonne «\u00a0uai\u00a0»\u00a0: 1\u00a0zéro initial perdu par un tableur a été rétabli.",
    )


def test_lines_of_other_academies_are_left_out_and_counted(tmp_path):
    lecture = normalise_texte(tmp_path, SOCLE + "0160001P;2024;SOCLE;3;10\n0330001A;2024;SOCLE;3;-5\n")
    assert (lecture.nb_lignes, lecture.nb_hors_academie, lecture.nb_observations) == (2, 1, 1)


@pytest.mark.parametrize(
    ("ecriture", "rentree"),
    [
        ("2024", 2024),
        ("2024-2025", 2024),
        ("2024_2025", 2024),
        ("2024/25", 2024),
        ("2024.0", 2024),
        ("2024-09-01", 2024),
    ],
)
def test_ways_of_writing_a_rentree(tmp_path, ecriture, rentree):
    assert normalise_texte(tmp_path, SOCLE + f"0160001P;{ecriture};SOCLE;3;10\n").rentrees == (rentree,)


@pytest.mark.parametrize("ecriture", ["1234", "1 234", "1\u00a0234", "1\u202f234", "1234,0", "1234.0", " 1234 "])
def test_ways_of_writing_a_number(tmp_path, ecriture):
    normalise_texte(tmp_path, SOCLE + f"0160001P;2024;SOCLE;3;{ecriture}\n")
    assert read(tmp_path / "sortie", "numerateur FROM {t}") == [(1234,)]


@pytest.mark.parametrize(
    ("nom", "annee"),
    [("orion-affelnet-capacite-2021", 2021), ("export-2019-revu-2022", 2022), ("affelnet", None), ("n-20211", None)],
)
def test_last_year_of_a_file_name(nom, annee):
    assert find_rentree_of_name(nom) == annee


AFFELNET = "Etablissement d'accueil;MEF STAT 11;Capacité carte scolaire;Demandes vœux 1\n0160001P;23C10;12;30\n"


def test_rentree_told_by_hand_wins_over_the_file_name(tmp_path):
    (tmp_path / "affelnet-2020.csv").write_text(AFFELNET, encoding="utf-8")
    lecture = normalise_extrait(tmp_path / "affelnet-2020.csv", tmp_path / "sortie", rentree=2022)
    assert lecture.rentrees == (2022,)


def test_ratio_may_exceed_one(tmp_path):
    (tmp_path / "affelnet-2020.csv").write_text(AFFELNET, encoding="utf-8")
    normalise_extrait(tmp_path / "affelnet-2020.csv", tmp_path / "sortie")
    assert get_figure(tmp_path / "sortie", "attractivite_2nde_pro", "0160001P", 2020) == (30, 12, None, None, "ok")


def test_blank_lines_are_ignored(tmp_path):
    """They are not lines of data, and do not shift the numbers of those after them."""
    assert normalise_texte(tmp_path, SOCLE + "\n;;;;\n0160001P;2024;SOCLE;3;10\n\n \n").nb_lignes == 1
    assert read(tmp_path / "sortie", "ligne FROM {t}") == [(4,)]


def test_quoted_cells_may_hold_the_separator_and_line_ends(tmp_path):
    texte = SOCLE.replace("\n", ";note\n") + '0160001P;2024;SOCLE;3;10;"a;b\nc"\n'
    assert normalise_texte(tmp_path, texte).nb_lignes == 1


def test_decode_falls_back_on_windows():
    assert decode("élève œuvre €".encode("cp1252")) == "élève œuvre €"


def test_same_file_twice_gives_the_same_bytes(tmp_path):
    """Normalising is a function of the file."""
    lectures = []
    for sortie in ("a", "b"):
        (tmp_path / "e.csv").write_text(SOCLE + "0160001P;2024;SOCLE;3;10\n", encoding="utf-8")
        lectures.append(normalise_extrait(tmp_path / "e.csv", tmp_path / sortie))
    assert lectures[0] == lectures[1]
    assert (tmp_path / "a/observations.parquet").read_bytes() == (tmp_path / "b/observations.parquet").read_bytes()


def test_ingestion_needs_neither_streamlit_nor_plotly():
    code = "import indicators.ingestion, sys; sys.exit(bool({'streamlit', 'plotly'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
