"""Demonstration data: reproducible, in the real layouts, with the planted findings really there (plain loops)."""

import csv
import json
import math
import re
from collections import Counter, defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from indicators.base import open_base
from indicators.catalogue import load_catalogue
from indicators.chemins import RACINE, get_processed
from indicators.demo import CONSTATS, GRAINE, generate_demo
from indicators.demo.constats import ECART_CONTEXTE_FAVORABLE, EFFECTIF_MINUSCULE, RENTREES, TOUS, get_constat
from indicators.demo.generation import LISEZMOI
from indicators.formats import load_formats
from indicators.ingestion import normalise_extrait
from indicators.statistiques import limites_entonnoir

pytestmark = pytest.mark.long

METHODE = RACINE / "docs" / "methode.md"
NB_ETABLISSEMENTS = {"ecole": 1041, "college": 227, "lycee": 130}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    dossier = tmp_path_factory.mktemp("demo")
    return {chemin.name: chemin for chemin in generate_demo(dossier)}


def read_csv(chemin, sep=";"):
    with chemin.open(encoding="utf-8-sig", newline="") as fichier:
        return list(csv.DictReader(fichier, delimiter=sep))


def read_api(chemin):
    return [enregistrement["record"]["fields"] for enregistrement in json.loads(chemin.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def etablissements(demo):
    return {ligne["uai"]: ligne for ligne in read_csv(demo["demo-etablissements.csv"])}


@pytest.fixture(scope="module")
def territoires(demo, etablissements):
    """UAI → its réseau, its inter-réseau and the académie."""
    perimetres = {ligne["code_commune"]: ligne for ligne in read_csv(demo["demo-perimetres.csv"])}
    return {
        uai: (perimetres[e["commune"]]["code_reseau"], perimetres[e["commune"]]["code_inter_reseau"], "A13")
        for uai, e in etablissements.items()
    }


def aggregate(lignes, territoires):
    """(territory, rentrée) → [numerator, denominator], from (uai, rentrée, numerator, denominator)."""
    sommes = defaultdict(lambda: [0.0, 0.0])
    for uai, rentree, numerateur, denominateur in lignes:
        for territoire in territoires[uai]:
            sommes[territoire, rentree][0] += numerateur
            sommes[territoire, rentree][1] += denominateur
    return sommes


def compute_taux(sommes, territoire, rentree):
    numerateur, denominateur = sommes[territoire, rentree]
    return numerateur / denominateur


@pytest.fixture(scope="module")
def dnb(demo, territoires):
    fiches = read_api(demo["demo-dnb-2020-2025.json"])
    lignes = ((f["numero_d_etablissement"], int(f["session"]) - 1, f["admis"], f["presents"]) for f in fiches)
    return aggregate(lignes, territoires)


@pytest.fixture(scope="module")
def socle(demo, territoires):
    lignes = []
    for ligne in read_csv(demo["demo-socle.csv"]):
        if ligne["composante"] == "SOCLE":
            effectif = int(ligne["effectif"])
            acquis = effectif if ligne["niveau_maitrise"] in "34" else 0
            lignes.append((ligne["uai"], int(ligne["rentree"]), acquis, effectif))
    return aggregate(lignes, territoires)


@pytest.fixture(scope="module")
def decrochage(demo, territoires):
    lignes = (
        (ligne["uai"], int(ligne["rentree"]), int(ligne["jeunes_reperes"]), int(ligne["effectif_suivi"]))
        for ligne in read_csv(demo["demo-decrochage.csv"])
    )
    return aggregate(lignes, territoires)


@pytest.fixture(scope="module")
def ips_colleges(demo, territoires):
    lignes = (
        (e["uai"], int(e["rentree_scolaire"][:4]), float(e["ips"]) * float(e["effectifs"]), float(e["effectifs"]))
        for e in read_csv(demo["demo-ips-colleges-2019-2024.csv"])
    )
    return aggregate(lignes, territoires)


def list_reseaux(territoires):
    return sorted({reseau for reseau, _, _ in territoires.values()})


# --- Files


def test_same_seed_gives_same_bytes(demo, tmp_path):
    seconds = generate_demo(tmp_path / "encore", GRAINE)
    assert [chemin.name for chemin in seconds] == list(demo)
    differents = [chemin.name for chemin in seconds if chemin.read_bytes() != demo[chemin.name].read_bytes()]
    assert differents == []


def test_another_seed_gives_other_figures(demo, tmp_path):
    autres = {chemin.name: chemin for chemin in generate_demo(tmp_path / "autre", 1)}
    assert autres["demo-socle.csv"].read_bytes() != demo["demo-socle.csv"].read_bytes()


def test_names_say_demo_and_a_text_says_fictional(demo):
    assert all(nom.startswith("demo-") for nom in demo)
    texte = (next(iter(demo.values())).parent / LISEZMOI).read_text(encoding="utf-8")
    assert "Tout ce que contient ce dossier est fictif" in texte


@pytest.fixture(scope="module")
def normalises(demo, tmp_path_factory):
    """Every file through the real ingestion: name → (what was read, folder)."""
    racine = tmp_path_factory.mktemp("normalises")
    return {nom: (normalise_extrait(chemin, racine / nom), racine / nom) for nom, chemin in demo.items()}


def test_every_file_is_recognised_and_normalised(normalises):
    """Without a fault, a warning or a line left out (except the national line of a regional file)."""
    lectures = {nom: lecture for nom, (lecture, _) in normalises.items()}
    assert {nom: lecture.avertissements for nom, lecture in lectures.items() if lecture.avertissements} == {}
    assert {nom for nom, lecture in lectures.items() if lecture.nb_hors_academie} <= {"demo-evaluations-6e-region.csv"}
    assert all(lecture.nb_observations for lecture in lectures.values() if "observations.parquet" in lecture.fichiers)


def test_demo_feeds_every_indicator_that_a_format_feeds(normalises):
    nourris = set()
    for lecture, dossier in normalises.values():
        if "observations.parquet" in lecture.fichiers:
            table = pq.read_table(dossier / "observations.parquet", columns=["indicateur"])
            nourris |= set(table["indicateur"].to_pylist())
    attendus = {code for format_ in load_formats().values() for code in format_.indicateurs}
    assert attendus - nourris == set()


def test_six_rentrees_in_every_series(demo):
    par_rentree = Counter()
    for nom in demo:
        if annees := re.findall(r"20[12]\d", nom):
            par_rentree[nom.split("-20")[0], len(annees)] += 1
    assert {ligne["rentree"] for ligne in read_csv(demo["demo-socle.csv"])} == {str(r) for r in RENTREES}
    assert {ligne["session"] for ligne in read_csv(demo["demo-orientation.csv"])} == {str(r + 1) for r in RENTREES}
    assert {fiche["annee"] for fiche in read_api(demo["demo-ival-gt-2020-2025.json"])} == {str(r + 1) for r in RENTREES}
    assert par_rentree["demo-affelnet-2nde", 1] == par_rentree["demo-bts-voeux", 1] == len(RENTREES)


def test_headers_are_those_of_the_real_extracts(demo, extraits_reels):
    """Same columns in the same order, so that what loads here loads there."""
    couples = {
        "demo-ivac-2020-2025.csv": "fr-en-indicateurs-valeur-ajoutee-colleges-2022-2024.csv",
        "demo-ips-colleges-2019-2024.csv": "fr-en-ips-colleges-ap2022-2022-2023.csv",
        "demo-ips-ecoles-2019-2021.csv": "fr-en-ips_ecoles-2021-2022.csv",
        "demo-ips-lycees-2019-2021.csv": "fr-en-ips_lycees-2016-2021.csv",
        "demo-ips-lycees-2022-2024.csv": "fr-en-ips-lycees-ap2022-2022-2023.csv",
        "demo-effectifs-lycees-gt-2019-2024.csv": "fr-en-lycee_gt-effectifs-niveau-sexe-lv-2019-2021.csv",
        "demo-effectifs-lycees-pro-2019-2024.csv": "fr-en-lycee_pro-effectifs-niveau-sexe-lv-2019-2022.csv",
        "demo-bac-academie-2020-2025.csv": "fr-en-baccalaureat-par-academie-2021-2022.csv",
        "demo-affelnet-2nde-2021.csv": "orion-affelnet-2nde-attractivite-capacite-2021.csv",
        "demo-bts-voeux-2022.csv": "orion-parcoursup-bts-voeux-capacite-2022.csv",
        "demo-bts-voeux-2023.csv": "orion-parcoursup-bts-voeux-capacite-2023.csv",
        "demo-inserjeunes-region.csv": "inserjeunes-region-nouvelle-aquitaine-75-mefstat.csv",
        "demo-inserjeunes-cfa.csv": "fr-en-inserjeunes-cfa-2018-2024.csv",
        "demo-evaluations-6e-region.csv": "fr-en-evaluations_nationales_6eme_region-2023-toutes-regions.csv",
    }
    for fictif, reel in couples.items():
        debuts = [
            chemin.read_bytes().split(b"\n", 1)[0] for chemin in (demo[fictif], extraits_reels / "extraits" / reel)
        ]
        assert debuts[0] == debuts[1], fictif


# --- Geography and établissements


def test_counts_of_territories(demo, territoires):
    communes = read_csv(demo["demo-communes.csv"])
    assert {commune["departement"] for commune in communes} == {"16", "17", "79", "86"}
    assert len({commune["nom"] for commune in communes}) == len(communes) == 330
    perimetres = read_csv(demo["demo-perimetres.csv"])
    assert len({ligne["code_reseau"] for ligne in perimetres}) == 37 == len(list_reseaux(territoires))
    assert len({ligne["code_inter_reseau"] for ligne in perimetres}) == 14


def test_communes_are_outside_the_real_codes(demo):
    assert all(int(commune["code"][2:]) > 500 for commune in read_csv(demo["demo-communes.csv"]))


def test_counts_of_etablissements(etablissements):
    assert Counter(e["type"] for e in etablissements.values()) == NB_ETABLISSEMENTS
    assert len({e["nom"] for e in etablissements.values()}) == len(etablissements)
    prives = sum(e["secteur"].startswith(("Priv", "priv")) for e in etablissements.values())
    assert 0.17 < prives / len(etablissements) < 0.23
    prioritaires = sum(e["ep"] != "" for e in etablissements.values())
    assert 0.03 < prioritaires / len(etablissements) < 0.09


def test_every_reseau_has_ecoles_and_a_college(etablissements, territoires):
    types = defaultdict(set)
    for uai, (reseau, inter_reseau, _) in territoires.items():
        types[reseau].add(etablissements[uai]["type"])
        types[inter_reseau].add(etablissements[uai]["type"])
    assert all({"ecole", "college"} <= presents for presents in types.values())
    assert all("lycee" in presents for code, presents in types.items() if code.startswith("IR"))


def test_uai_have_their_control_letter_and_no_real_number(etablissements):
    """Letter = seven digits modulo 23 among 23 letters; real numbers stop below 2000 in these départements."""
    lettres = "ABCDEFGHJKLMNPRSTUVWXYZ"
    for uai in etablissements:
        assert re.fullmatch(r"0(16|17|79|86)\d{4}[A-Z]", uai)
        assert uai[-1] == lettres[int(uai[:7]) % 23]
        assert int(uai[3:7]) >= 9001


def test_contours_are_a_valid_coverage(demo):
    """No gap, no overlap: shared borders have the same points on both sides."""
    document = json.loads(demo["demo-contours-communes.geojson"].read_text(encoding="utf-8"))
    contours = np.array([shapely.geometry.shape(f["geometry"]) for f in document["features"]])
    assert shapely.is_valid(contours).all()
    assert shapely.coverage_is_valid(contours)
    points = [(f["properties"]["lon"], f["properties"]["lat"]) for f in document["features"]]
    assert shapely.contains_xy(contours, points).all()


def test_every_reseau_is_in_one_piece(demo):
    reseaux = {ligne["code_commune"]: ligne["code_reseau"] for ligne in read_csv(demo["demo-perimetres.csv"])}
    groupes = defaultdict(list)
    for feature in json.loads(demo["demo-contours-communes.geojson"].read_text(encoding="utf-8"))["features"]:
        groupes[reseaux[feature["properties"]["code"]]].append(shapely.geometry.shape(feature["geometry"]))
    assert {reseau for reseau, g in groupes.items() if shapely.union_all(g).geom_type != "Polygon"} == set()


def test_departements_are_the_dissolve_of_their_communes(demo):
    def load(nom):
        features = json.loads(demo[nom].read_text(encoding="utf-8"))["features"]
        return [(f["properties"], shapely.geometry.shape(f["geometry"])) for f in features]

    communes = load("demo-contours-communes.geojson")
    for proprietes, contour in load("demo-contours-departements.geojson"):
        dissous = shapely.union_all([g for p, g in communes if p["departement"] == proprietes["code"]])
        assert shapely.equals(contour, dissous), proprietes["nom"]


def test_nothing_of_the_real_lists_is_reused(demo, etablissements, extraits_reels):
    reels = read_csv(extraits_reels / "territoires" / "etablissements-union.csv")
    assert not {e["uai"] for e in reels} & set(etablissements)
    communes = read_csv(extraits_reels / "territoires" / "communes-cog2026.csv")
    fictives = read_csv(demo["demo-communes.csv"])
    for champ in ("code", "nom"):
        assert not {commune[champ] for commune in communes} & {commune[champ] for commune in fictives}


def test_reseaux_are_those_of_the_provisional_perimeters(demo, extraits_reels):
    champs = ("code_reseau", "nom_reseau", "code_inter_reseau", "nom_inter_reseau")
    reels = read_csv(extraits_reels / "territoires" / "perimetres-provisoires.csv")
    fictifs = read_csv(demo["demo-perimetres.csv"])
    assert {tuple(p[c] for c in champs) for p in reels} == {tuple(p[c] for c in champs) for p in fictifs}


# --- Figures


def test_levels_are_plausible(dnb, decrochage, demo):
    assert 0.87 < compute_taux(dnb, "A13", 2024) < 0.90
    assert 0.04 < compute_taux(decrochage, "A13", 2024) < 0.06
    fiches = [f for f in read_api(demo["demo-ival-gt-2020-2025.json"]) if f["annee"] == "2025"]
    admis = sum(f["taux_reu_total"] * f["presents_total"] / 100 for f in fiches)
    assert 0.94 < admis / sum(f["presents_total"] for f in fiches) < 0.96


def test_ivac_and_dnb_tell_the_same_results(demo):
    """Candidates and admis of the DNB file are those of both series of the IVAC file, to the rounding of rates."""
    presents = {
        (f["numero_d_etablissement"], f["session"]): (f["presents"], f["admis"])
        for f in read_api(demo["demo-dnb-2020-2025.json"])
    }
    for ligne in read_csv(demo["demo-ivac-2020-2025.csv"]):
        total, admis = presents[ligne["UAI"], ligne["Session"]]
        g, p = int(ligne["Nb candidats G"]), int(ligne["Nb candidats P"] or 0)
        assert total == g + p
        reconstitues = g * float(ligne["Taux de réussite G"]) + p * float(ligne["Taux de réussite P"] or 0)
        assert abs(reconstitues / 100 - admis) <= 0.005 * (g + p) + 0.01


def test_socle_counts_the_same_pupils_in_every_composante(demo):
    effectifs = defaultdict(Counter)
    for ligne in read_csv(demo["demo-socle.csv"]):
        effectifs[ligne["uai"], ligne["rentree"]][ligne["composante"]] += int(ligne["effectif"])
    assert all(len(set(composantes.values())) == 1 for composantes in effectifs.values())


def test_ips_drives_results(demo):
    """Correlation of the IPS and the success of collèges: clear, far from perfect."""
    ips = {
        (e["uai"], int(e["rentree_scolaire"][:4]) + 1): float(e["ips"])
        for e in read_csv(demo["demo-ips-colleges-2019-2024.csv"])
    }
    lignes = read_csv(demo["demo-ivac-2020-2025.csv"])
    paires = [(ips[x["UAI"], int(x["Session"])], float(x["Taux de réussite G"])) for x in lignes]
    assert 0.25 < np.corrcoef(np.array(paires).T)[0, 1] < 0.75


# --- Planted findings


def test_constats_speak_of_known_indicators(territoires):
    codes = {code for codes in territoires.values() for code in codes}
    for constat in CONSTATS:
        assert set(constat.indicateurs) <= {*load_catalogue(), TOUS}, constat.nature
        assert constat.territoire in codes
        assert len(constat.ecarts) == len(constat.rentrees)


def test_weak_socle_in_a_favourable_context(dnb, socle, ips_colleges):
    reseau = get_constat("socle_faible_contexte_favorable").territoire
    for rentree in RENTREES:
        for sommes in (dnb, socle):
            assert compute_taux(sommes, reseau, rentree) < compute_taux(sommes, "A13", rentree) - 0.06
        ecart = compute_taux(ips_colleges, reseau, rentree) - compute_taux(ips_colleges, "A13", rentree)
        assert ECART_CONTEXTE_FAVORABLE - 1 < ecart < ECART_CONTEXTE_FAVORABLE + 1


def test_decrochage_rises_every_year_in_one_inter_reseau(decrochage):
    code = get_constat("decrochage_en_hausse").territoire
    serie = [compute_taux(decrochage, code, rentree) for rentree in RENTREES]
    assert serie == sorted(serie)
    assert serie[-1] - serie[0] > 0.045
    academie = [compute_taux(decrochage, "A13", rentree) for rentree in RENTREES]
    assert max(academie) - min(academie) < 0.01


def test_session_2020_of_the_dnb_breaks_the_series(dnb, territoires):
    serie = [compute_taux(dnb, "A13", rentree) for rentree in RENTREES]
    assert 0.03 < serie[0] - serie[1] < 0.05
    assert max(serie[1:]) - min(serie[1:]) < 0.015
    hausses = [compute_taux(dnb, r, 2019) > compute_taux(dnb, r, 2020) for r in list_reseaux(territoires)]
    assert sum(hausses) >= 34
    ruptures = {rupture.rentree for rupture in load_catalogue()["taux_reussite_dnb"].ruptures}
    assert {2019, 2020} & ruptures


def test_tiny_reseau_looks_extreme_and_proves_nothing(dnb, territoires):
    """Lowest of all, yet its 95 % Wilson interval holds the académie's rate (z = 1.96)."""
    code = get_constat("trop_petit_pour_conclure").territoire
    for rentree in RENTREES[1:]:
        taux = {reseau: compute_taux(dnb, reseau, rentree) for reseau in list_reseaux(territoires)}
        assert min(taux, key=taux.get) == code
        n, p, z = dnb[code, rentree][1], taux[code], 1.96
        assert n == EFFECTIF_MINUSCULE
        centre, demi = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        borne_sup = (centre + demi) / (1 + z * z / n)
        assert borne_sup > compute_taux(dnb, "A13", rentree)


def test_average_reseau_is_average(dnb, socle, decrochage, ips_colleges):
    code = get_constat("dans_la_moyenne").territoire
    for rentree in RENTREES:
        for sommes in (dnb, socle, decrochage):
            assert abs(compute_taux(sommes, code, rentree) - compute_taux(sommes, "A13", rentree)) < 0.01
        assert abs(compute_taux(ips_colleges, code, rentree) - compute_taux(ips_colleges, "A13", rentree)) < 0.6


def test_good_mean_hides_two_opposite_colleges(demo, dnb, territoires):
    code = get_constat("colleges_opposes").territoire
    fiches = [
        f for f in read_api(demo["demo-dnb-2020-2025.json"]) if territoires[f["numero_d_etablissement"]][0] == code
    ]
    for rentree in RENTREES:
        taux = [f["admis"] / f["presents"] for f in fiches if f["session"] == str(rentree + 1)]
        assert max(taux) > 0.95
        assert max(taux) - min(taux) > 0.15
        assert min(taux) < compute_taux(dnb, "A13", rentree) - 0.08
        assert compute_taux(dnb, code, rentree) > compute_taux(dnb, "A13", rentree)


# --- What the product makes of them


@pytest.fixture
def base_demo(base_demo_dossier):
    return open_base(get_processed())


def read_etats(base, territoire, rentree):
    """Indicator → state of the territory against the rest of the académie."""
    return dict(
        base.lignes(
            "SELECT indicateur, etat FROM comparaison WHERE territoire = ? AND rentree = ?"
            " AND modalite = 'ensemble' AND reference = 'academie'",
            [territoire, rentree],
        )
    )


def test_product_sees_the_weak_socle_and_its_context(base_demo):
    etats = read_etats(base_demo, get_constat("socle_faible_contexte_favorable").territoire, 2024)
    for code in get_constat("socle_faible_contexte_favorable").indicateurs:
        assert etats[code] == "defavorable", code
    assert etats["ips_colleges"] == "superieur"


def test_product_sees_decrochage_rise_and_nothing_such_elsewhere(base_demo):
    etats = base_demo.lignes(
        "SELECT territoire, etat, pente FROM tendance WHERE indicateur = 'taux_decrochage'"
        " AND niveau = 'inter_reseau' AND modalite = 'ensemble'"
    )
    pentes = {territoire: pente for territoire, etat, pente in etats if etat == "degradation"}
    assert max(pentes, key=pentes.get) == get_constat("decrochage_en_hausse").territoire
    assert len(pentes) <= 3


def test_product_concludes_nothing_of_the_tiny_reseau(base_demo):
    constat = get_constat("trop_petit_pour_conclure")
    for rentree in RENTREES:
        etats = read_etats(base_demo, constat.territoire, rentree)
        assert {etats[code] for code in constat.indicateurs if code in etats} == {"non_concluant"}


def test_product_flags_nothing_in_the_average_reseau(base_demo):
    """Over six rentrées and every indicator: nothing favourable or unfavourable."""
    code = get_constat("dans_la_moyenne").territoire
    etats = Counter(etat for rentree in RENTREES for etat in read_etats(base_demo, code, rentree).values())
    assert etats["favorable"] == etats["defavorable"] == 0
    assert etats["comparable"] > 100


def test_product_sees_the_two_opposite_colleges(base_demo):
    """Every rentrée after the break; before it, rates are so high that they cannot differ much."""
    lignes = base_demo.lignes(
        "SELECT rentree FROM dispersion WHERE territoire = ? AND indicateur = 'taux_reussite_dnb'"
        " AND modalite = 'ensemble' AND est_heterogene",
        [get_constat("colleges_opposes").territoire],
    )
    assert {rentree for (rentree,) in lignes} >= set(RENTREES[1:])


def test_other_references_see_the_weak_socle_too(base_demo):
    """Against the département and against similar territories; not against its own previous year, as weak."""
    constat = get_constat("socle_faible_contexte_favorable")
    etats = defaultdict(dict)
    for reference, indicateur, etat in base_demo.lignes(
        "SELECT reference, indicateur, etat FROM comparaison_autre"
        " WHERE territoire = ? AND rentree = 2024 AND modalite = 'ensemble'",
        [constat.territoire],
    ):
        etats[reference][indicateur] = etat
    for code in constat.indicateurs:
        assert etats["departement"][code] == etats["similaires"][code] == "defavorable", code
        assert etats["anterieure"][code] in {"comparable", "non_concluant"}, code


def test_other_references_flag_no_planted_null(base_demo):
    """The tiny réseau proves nothing, whatever the reference; the average réseau does not change with the years."""
    constat = get_constat("trop_petit_pour_conclure")
    vus = base_demo.lignes(
        "SELECT DISTINCT etat FROM comparaison_autre WHERE territoire = ? AND list_contains(?, indicateur)",
        [constat.territoire, list(constat.indicateurs)],
    )
    assert {etat for (etat,) in vus} == {"non_concluant"}
    annees = base_demo.lignes(
        "SELECT DISTINCT etat FROM comparaison_autre WHERE territoire = ? AND reference = 'anterieure'"
        " AND modalite = 'ensemble'",
        [get_constat("dans_la_moyenne").territoire],
    )
    assert {etat for (etat,) in annees} <= {"comparable", "non_concluant", "sans_test"}


def test_expected_given_context_finds_the_weak_socle_and_no_planted_null(base_demo):
    """A favourable context makes the gap to what is expected larger than the gap to the rest of the académie."""
    constat = get_constat("socle_faible_contexte_favorable")
    for code in constat.indicateurs:
        ((ecart, sup, p, brut),) = base_demo.lignes(
            "SELECT a.ecart, a.ecart_sup, a.p_ajustee, c.ecart FROM attendu a"
            " JOIN comparaison c USING (indicateur, niveau, territoire, rentree, modalite)"
            " WHERE a.territoire = ? AND a.indicateur = ? AND a.rentree = 2024 AND a.modalite = 'ensemble'",
            [constat.territoire, code],
        )
        assert sup < 0 and p <= 0.05, code
        assert ecart < brut, code
    nuls = [get_constat(nature).territoire for nature in ("dans_la_moyenne", "trop_petit_pour_conclure")]
    trouves = base_demo.lignes(
        "SELECT territoire, indicateur FROM attendu WHERE list_contains(?, territoire) AND p_ajustee <= 0.05", [nuls]
    )
    assert trouves == []


def test_robust_reading_confirms_the_rise_of_decrochage(base_demo):
    lignes = base_demo.lignes(
        "SELECT territoire, tau, p_mann_kendall, theil_sen_inf FROM tendance WHERE indicateur = 'taux_decrochage'"
        " AND niveau = 'inter_reseau' AND modalite = 'ensemble'"
    )
    montent = {territoire for territoire, tau, p, inf in lignes if tau == 1 and p < 0.05 and inf > 0}
    assert montent == {get_constat("decrochage_en_hausse").territoire}


def test_spread_beyond_chance_is_large_where_colleges_are_opposite_and_nil_in_the_average(base_demo):
    i2 = {
        territoire: part
        for territoire, part in base_demo.lignes(
            "SELECT territoire, i2 FROM dispersion WHERE indicateur = 'taux_reussite_dnb' AND niveau = 'reseau'"
            " AND rentree = 2024 AND modalite = 'ensemble' AND i2 IS NOT NULL"
        )
    }
    assert max(i2, key=i2.get) == get_constat("colleges_opposes").territoire
    assert i2[get_constat("colleges_opposes").territoire] > 0.8
    assert i2[get_constat("dans_la_moyenne").territoire] == 0


def test_funnel_leaves_out_the_weak_socle_and_holds_the_tiny_and_the_average(base_demo):
    """At 99.8 %: outside even with the spread between territories; inside with chance alone."""
    ((p0, tau2),) = base_demo.lignes(
        "SELECT p0, tau2 FROM entonnoir WHERE indicateur = 'taux_reussite_dnb' AND niveau = 'reseau'"
        " AND rentree = 2024 AND modalite = 'ensemble'"
    )
    valeurs = {
        territoire: (valeur, n)
        for territoire, valeur, n in base_demo.lignes(
            "SELECT territoire, valeur, denominateur FROM valeur WHERE indicateur = 'taux_reussite_dnb'"
            " AND niveau = 'reseau' AND rentree = 2024 AND modalite = 'ensemble'"
        )
    }
    valeur, n = valeurs[get_constat("socle_faible_contexte_favorable").territoire]
    assert valeur < limites_entonnoir(p0, n, tau2=tau2, confiance=0.998)[0]
    for nature in ("trop_petit_pour_conclure", "dans_la_moyenne"):
        valeur, n = valeurs[get_constat(nature).territoire]
        inf, sup = limites_entonnoir(p0, n, confiance=0.998)
        assert inf < valeur < sup, nature


def test_no_similar_territory_is_chosen_by_its_results(base_demo):
    """The réseau of the favourable context has the favoured ones as neighbours; its weak results do not count."""
    constat = get_constat("contexte_favorable")
    ips = dict(
        base_demo.lignes("SELECT territoire, z FROM contexte WHERE variable = 'ips_colleges' AND niveau = 'reseau'")
    )
    voisins = [v for (v,) in base_demo.lignes("SELECT voisin FROM voisin WHERE territoire = ?", [constat.territoire])]
    assert len(voisins) == 5
    assert np.mean([ips[voisin] for voisin in voisins]) > 0.5
    variables = {v for (v,) in base_demo.lignes("SELECT DISTINCT variable FROM contexte")}
    assert not variables & set(get_constat("socle_faible_contexte_favorable").indicateurs)


def test_examples_of_the_methods_document_are_those_of_the_demonstration(base_demo):
    """docs/methode.md quotes figures of the planted findings: they are those that the pages show."""
    texte = METHODE.read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    cle = "indicateur = 'taux_reussite_dnb' AND rentree = 2024 AND modalite = 'ensemble'"
    faible, opposes, minuscule = (
        get_constat(n).territoire
        for n in ("socle_faible_contexte_favorable", "colleges_opposes", "trop_petit_pour_conclure")
    )

    def dire(sql, *valeurs):
        (ligne,) = base_demo.lignes(sql, list(valeurs))
        return [f"{100 * v:.1f}".replace(".", ",").replace("-", "−") for v in ligne]

    for territoire in (faible, minuscule):
        ((x, n),) = base_demo.lignes(
            f"SELECT numerateur, denominateur FROM valeur WHERE {cle} AND territoire = ?", [territoire]
        )
        assert f"{x:.0f} admis sur {n:.0f}" in texte
    ecart, inf, sup = dire(
        f"SELECT ecart, ecart_inf, ecart_sup FROM comparaison WHERE {cle} AND territoire = ?", faible
    )
    assert f"Écart de {ecart} points, de {inf} à {sup}" in texte
    for reference in ("departement", "similaires"):
        ecart, valeur = dire(
            f"SELECT ecart, valeur_reference FROM comparaison_autre WHERE {cle} AND territoire = ? AND reference = ?",
            faible, reference,
        )  # fmt: skip
        assert f"{ecart} points ({valeur} %)" in texte
    attendu, ecart, inf, sup = dire(
        f"SELECT attendu, ecart, ecart_inf, ecart_sup FROM attendu WHERE {cle} AND territoire = ?", faible
    )
    assert f"attendu {attendu} %" in texte and f"{ecart} points, de {inf} à {sup}" in texte
    minimum, maximum = dire(f"SELECT minimum, maximum FROM dispersion WHERE {cle} AND territoire = ?", opposes)
    assert f"de {minimum} à {maximum} %" in texte
    ((rang_inf, rang_sup),) = base_demo.lignes(
        f"SELECT rang_inf, rang_sup FROM rang WHERE {cle} AND territoire = ?",
        [get_constat("dans_la_moyenne").territoire],
    )
    assert f"du {rang_inf}ᵉ au {rang_sup}ᵉ" in texte
