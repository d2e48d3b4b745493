"""Réseaux and inter-réseaux: from the annuaire, from tables of perimeters, and their history."""

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from indicators.base import open_base
from indicators.base.lecture import Base
from indicators.base.versions import Version
from indicators.erreurs import ErreurFichier
from indicators.formats import load_formats
from indicators.ingestion import normalise_extrait
from indicators.ingestion.expressions import to_annee
from indicators.tableaux_de_bord.vue_evolutions import MAX_SERIES, list_territoires_defaut
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre

RACINE = Path(__file__).resolve().parent.parent


def make_inscrit(uai: str, circonscription: str = "", bassin: str = "", type_: str = "ecole", **champs) -> dict:
    """A line of the annuaire of 2023, at Poitiers unless said."""
    return {
        "uai": uai, "nom": uai, "type": type_, "secteur": "public", "code_commune": "86194", "lon": 0.34, "lat": 46.58,
        "rentree": 2023, "code_circonscription": circonscription or None,
        "nom_circonscription": f"Circonscription de {circonscription}" if circonscription else None,
        "code_bassin": bassin or None, "nom_bassin": bassin or None,
    } | champs  # fmt: skip


@pytest.fixture
def lier(tmp_path):
    """Build a base from extracts and read its links: {établissement: (réseau, inter-réseau)} at a rentrée."""

    def build(*extraits, rentree=None):
        chemin = build_petite_base(tmp_path, [make_indicateur()], *extraits)
        if rentree is None:
            table, filtre = "rattachement_actuel", ""
        else:
            table = "rattachement"
            filtre = f"AND {rentree} BETWEEN coalesce(rentree_debut, 0) AND coalesce(rentree_fin, 9999)"
        with duckdb.connect(chemin, read_only=True) as base:
            lignes = base.execute(f"""
                SELECT code, niveau_parent, code_parent FROM {table}
                WHERE niveau = 'etablissement' AND niveau_parent IN ('reseau', 'inter_reseau') {filtre}
            """).fetchall()
        liens = defaultdict(lambda: [None, None])
        for code, niveau, parent in lignes:
            liens[code][niveau == "inter_reseau"] = parent
        return {code: tuple(paire) for code, paire in liens.items()}

    return build


ECOLES = [
    make_inscrit("0860001A", "C1", "B1"),
    make_inscrit("0860002B", "C1", "B2", lon=0.30),
    make_inscrit("0860003C", "C1", "B2", lon=0.31),
    make_inscrit("0860004D", "C2", "B1", lon=0.50),
    make_inscrit("0860005E", "C2", "B1", code_commune="86066", lon=0.54, lat=46.81),
]


def test_a_reseau_belongs_to_the_bassin_of_most_of_its_members(lier):
    """C1 has two écoles of B2 and one of B1: all of C1 is in B2, so that réseaux add up to their inter-réseau."""
    liens = lier({"etablissements": ECOLES})
    assert liens["0860001A"] == ("RC1", "IRB2")
    assert liens["0860004D"] == ("RC2", "IRB1")


def test_a_college_joins_the_nearest_ecole_of_its_commune(lier):
    """Two circonscriptions at Poitiers: the nearest école there, even when one of another town is nearer still."""
    colleges = [
        make_inscrit("0860011L", type_="college", lon=0.49),
        make_inscrit("0860012M", type_="college", lon=0.32, bassin="B3"),
        make_inscrit("0860013N", type_="college", lon=0.52, lat=46.80),
    ]
    liens = lier({"etablissements": ECOLES + colleges})
    assert [liens[c["uai"]][0] for c in colleges] == ["RC2", "RC1", "RC2"]
    assert liens["0860012M"] == ("RC1", "IRB2"), "its own bassin gives way to that of its réseau"


def test_a_commune_without_ecole_joins_the_nearest_of_the_departement(lier):
    """The nearest école is across the border of the département: it does not count."""
    voisine = make_inscrit("0160001A", "C9", "B9", code_commune="16102", lon=0.60, lat=46.80)
    college = make_inscrit("0860011L", type_="college", code_commune="86300", lon=0.58, lat=46.81)
    assert lier({"etablissements": [*ECOLES, voisine, college]})["0860011L"] == ("RC2", "IRB1")


def test_equal_distances_are_decided_by_the_code(lier):
    """At the same distance of two écoles, the first UAI: loading the lines in another order changes nothing."""
    ecoles = [make_inscrit("0860002B", "C2", "B1", lon=0.40), make_inscrit("0860001A", "C1", "B1", lon=0.20)]
    college = make_inscrit("0860011L", type_="college", lon=0.30)
    for lignes in ([*ecoles, college], [college, *reversed(ecoles)]):
        assert lier({"etablissements": lignes})["0860011L"][0] == "RC1"


def test_lycees_have_an_inter_reseau_only(lier):
    """A lycée reads at its own bassin; without one, at that of its neighbours. An IME without bassin has none."""
    autres = [
        make_inscrit("0860021X", type_="lycee", bassin="B1"),
        make_inscrit("0860022Y", type_="lycee", lon=0.51),
        make_inscrit("0860031H", type_="autre"),
    ]
    liens = lier({"etablissements": ECOLES + autres})
    assert liens["0860021X"] == (None, "IRB1")
    assert liens["0860022Y"] == (None, "IRB1")
    assert "0860031H" not in liens


def test_private_ecole_without_circonscription_joins_like_a_college(lier):
    """Its commune, then the nearest."""
    privee = make_inscrit("0860099Z", secteur="prive", lon=0.49)
    assert lier({"etablissements": [*ECOLES, privee]})["0860099Z"][0] == "RC2"


def test_official_before_annuaire_before_provisional(lier):
    """One établissement of the official table: it alone leaves its circonscription; the communes' table is not read."""
    annuaire = {"etablissements": ECOLES}
    officielle = {"perimetres": [make_perimetre("0860004D", "R7", "IR7", rentree_debut=2023)]}
    commune = {"uai": None, "code_commune": "86194", "est_provisoire": True, "rentree_debut": 2016}
    provisoire = {"perimetres": [make_perimetre(None, "R8", "IR8") | commune]}
    for extraits in ((annuaire, officielle, provisoire), (provisoire, officielle, annuaire)):
        liens = lier(*extraits)
        assert liens["0860004D"] == ("R7", "IR7")
        assert liens["0860001A"] == ("RC1", "IRB2")


def test_screen_says_where_a_perimeter_comes_from(tmp_path):
    """Each réseau has its source; only that of communes is provisional, and one that ended says when."""
    commune = {"uai": None, "code_commune": "86194", "est_provisoire": True, "rentree_debut": 2016}
    provisoire = {"perimetres": [make_perimetre(None, "R8", "IR8") | commune]}
    officielle = {"perimetres": [make_perimetre("0860004D", "R7", "IR7", rentree_debut=2023)]}
    chemin = build_petite_base(tmp_path, [make_indicateur()], provisoire, officielle, {"etablissements": ECOLES})
    with duckdb.connect(chemin, read_only=True) as base:
        lus = base.execute("""
            SELECT code, source_perimetre, est_provisoire, rentree_fin FROM territoire WHERE niveau = 'reseau'
            ORDER BY code
        """).fetchall()
    assert lus == [
        ("R7", "officiel", False, None),
        ("R8", "provisoire", True, 2022),
        ("RC1", "annuaire", False, None),
        ("RC2", "annuaire", False, None),
    ]


def test_a_new_annuaire_keeps_the_earlier_rentrees(lier):
    """From 2025 on, an école moves; the figures of 2023 and 2024 keep the réseau of 2023, as do those before."""
    nouveau = [e | {"rentree": 2025} for e in ECOLES]
    nouveau[3] |= {"code_circonscription": "C1", "nom_circonscription": "Circonscription de C1"}
    extraits = {"etablissements": ECOLES}, {"etablissements": nouveau}
    assert [lier(*extraits, rentree=r)["0860004D"][0] for r in (2019, 2024, 2025)] == ["RC2", "RC2", "RC1"]
    assert lier(*reversed(extraits), rentree=2024)["0860004D"][0] == "RC2", "loaded in the other order"


def test_a_later_table_speaks_for_its_own_rentrees_on(lier):
    """The second table closes what the first says from 2024 on, and keeps what it says before."""
    registre = {"etablissements": [make_inscrit("0860001A") | {"rentree": None}]}
    premiere = {"perimetres": [make_perimetre("0860001A", "R1", rentree_debut=2018)]}
    seconde = {"perimetres": [make_perimetre("0860001A", "R2", rentree_debut=2024)]}
    lus = [lier(registre, premiere, seconde, rentree=r)["0860001A"][0] for r in (2018, 2023, 2024)]
    assert lus == ["R1", "R1", "R2"]
    refaite = {"perimetres": [make_perimetre("0860001A", "R3", rentree_debut=2016)]}
    assert lier(registre, premiere, seconde, refaite, rentree=2024)["0860001A"][0] == "R3"


def test_reseaux_add_up_to_their_inter_reseau(tmp_path):
    """Σ réseaux = inter-réseau for écoles and collèges, whatever the bassin that each carries."""
    colleges = [make_inscrit("0860011L", type_="college", bassin="B1"), make_inscrit("0860012M", type_="college")]
    observations = [make_observation(e["uai"], 10 + i, 40) for i, e in enumerate(ECOLES + colleges)]
    extrait = {"etablissements": ECOLES + colleges, "observations": observations}
    chemin = build_petite_base(tmp_path, [make_indicateur(seuil=0)], extrait)
    with duckdb.connect(chemin, read_only=True) as base:
        faux = base.execute("""
            SELECT h.territoire, h.numerateur, sum(v.numerateur) FROM valeur h
            JOIN rattachement_actuel l ON l.niveau_parent = h.niveau AND l.code_parent = h.territoire
            JOIN valeur v ON v.niveau = l.niveau AND v.territoire = l.code
            WHERE h.niveau = 'inter_reseau' AND l.niveau = 'reseau'
            GROUP BY ALL HAVING h.numerateur <> sum(v.numerateur)
        """).fetchall()
        assert faux == []
        assert base.execute("SELECT sum(numerateur) FROM valeur WHERE niveau = 'reseau'").fetchone() == (91,)


@pytest.mark.parametrize(
    ("jour", "rentree"),
    [("2024-11-26", 2024), ("2025-08-31", 2024), ("2025-09-01", 2025), ("01/03/2025", 2024), ("hier", None)],
)
def test_an_annuaire_is_of_the_rentree_of_its_day(jour, rentree):
    """Before September, the school year is the one that began the year before."""
    lue = to_annee(load_formats()["annuaire"].annee, "jour")
    assert duckdb.execute(f"SELECT {lue} FROM (SELECT ?::VARCHAR AS jour)", [jour]).fetchone() == (rentree,)


def test_official_template_loads_once_its_examples_are_replaced(tmp_path):
    """The columns are those of the format; the fictional lines are refused as they are."""
    modele = RACINE / "docs" / "modeles" / "perimetres.csv"
    with pytest.raises(ErreurFichier, match="établissement fictif du modèle"):
        normalise_extrait(modele, tmp_path / "refuse")
    texte = modele.read_text(encoding="utf-8").replace("0179901V", "0860001J").replace("0179902W", "0170001J")
    (tmp_path / "perimetres.csv").write_text(texte, encoding="utf-8")
    lecture = normalise_extrait(tmp_path / "perimetres.csv", tmp_path / "sortie")
    assert (lecture.format.code, lecture.nb_lignes) == ("perimetres_etablissements", 2)
    assert texte.lstrip("\ufeff").splitlines()[0].split(";") == list(lecture.format.colonnes)


def test_an_academie_of_many_departements_draws_six_lines_at_most(tmp_path):
    """Toulouse has eight: the page would refuse more lines than a chart can carry."""
    chemin = build_petite_base(tmp_path, [make_indicateur()], {"etablissements": ECOLES})
    with duckdb.connect(chemin) as base:
        base.execute("INSERT INTO rattachement SELECT 'departement', 'D' || i, 'academie', 'A13', NULL, NULL "
                     "FROM range(10, 18) t(i)")  # fmt: skip
        base.execute("INSERT INTO territoire (niveau, code, nom) SELECT 'departement', 'D' || i, 'D' || i "
                     "FROM range(10, 18) t(i) WHERE i NOT IN (16, 17)")  # fmt: skip
    version = Version("v0001", 1, datetime(2026, 1, 1), False, "13", "e", "essai", "essai")
    assert len(list_territoires_defaut(Base(chemin, version), "A13")) == MAX_SERIES


@pytest.mark.long
@pytest.mark.parametrize("academie", ["11", "16"])
def test_annuaire_of_occitanie_gives_its_reseaux_unchanged(extraits_reels, tmp_path, academie):
    """The file as received, alone, publishes circonscriptions and bassins: a careful reader finds the same by hand."""
    fichier = extraits_reels / "territoires" / "annuaire-occitanie-2024-11.csv"
    environnement = os.environ | {"ECLORE_DONNEES": str(tmp_path), "ECLORE_ACADEMIE": academie}
    subprocess.run(
        [sys.executable, "-m", "indicators", "charger", str(fichier)],
        cwd=RACINE, env=environnement, check=True, capture_output=True,
    )  # fmt: skip
    base = open_base(tmp_path / "processed")
    with open(fichier, encoding="utf-8-sig", newline="") as lu:
        lignes = {r["Identifiant_de_l_etablissement"]: r for r in csv.DictReader(lu, delimiter=";")}
    lignes = [r for r in lignes.values() if r["Code_academie"] == academie]
    ecoles = [r for r in lignes if r["Type_etablissement"] == "Ecole" and r["code_circonscription"]]
    par_reseau = Counter(f"R{r['code_circonscription']}" for r in ecoles)
    lus = base.lignes("""
        SELECT l.code_parent, count(*) FROM rattachement_actuel l JOIN territoire t USING (niveau, code)
        WHERE l.niveau_parent = 'reseau' AND t.type = 'ecole' AND list_contains(?, t.code) GROUP BY ALL
    """, [[r["Identifiant_de_l_etablissement"] for r in ecoles]])  # fmt: skip
    assert dict(lus) == par_reseau
    bassins = {f"IR{r['code_bassin_formation']}" for r in lignes if r["code_bassin_formation"]}
    assert {c for (c,) in base.lignes("SELECT code FROM territoire WHERE niveau = 'inter_reseau'")} == bassins
    places = base.lignes("""
        SELECT t.type, count(*), count(r.code_parent), count(i.code_parent) FROM territoire t
        LEFT JOIN rattachement_actuel r ON r.code = t.code AND r.niveau_parent = 'reseau'
        LEFT JOIN rattachement_actuel i ON i.code = t.code AND i.niveau_parent = 'inter_reseau'
        WHERE t.type IN ('ecole', 'college', 'lycee') GROUP BY ALL
    """)
    for type_, total, en_reseau, en_inter_reseau in places:
        assert en_inter_reseau == total
        assert en_reseau == (0 if type_ == "lycee" else total)
