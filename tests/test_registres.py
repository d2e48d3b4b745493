"""Registers, perimeters, contours and totals of the académie: one broken file per check, and what says nothing."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from indicators.formats import load_formats
from indicators.ingestion import normalise_extrait
from indicators.ingestion.rapport import Gravite, Rapport, load_controles
from indicators.publication import Dossiers
from indicators.reference import ExtraitConnu, Reference, build_reference
from indicators.territoires.referentiel import get_academie
from indicators.vraisemblance import contours, perimetres, registres, totaux
from tests.test_fichiers_fautifs import to_plain_spaces

FAUTIFS = Path(__file__).parent / "fichiers_fautifs"
RAPPORT = Rapport(fichier="essai.csv", sha256="", taille=0, genre="CSV")
VERIFICATIONS = (
    registres.check_registres,
    perimetres.check_perimetres,
    contours.check_contours,
    totaux.check_totaux,
)
CONTROLES = (*registres.CONTROLES, *perimetres.CONTROLES, *contours.CONTROLES, *totaux.CONTROLES)

ECOLES = [
    {"uai": "0160001P", "nom": "École du Bourg", "type": "ecole", "code_commune": "16005", "etat": "OUVERT"},
    {"uai": "0160002R", "nom": "École Jean-Moulin", "type": "ecole", "code_commune": "16015", "etat": "OUVERT"},
]
COMMUNES = [
    {"code": "16005", "nom": "Aigre", "departement": "16"},
    {"code": "16015", "nom": "Angoulême", "departement": "16"},
]


def write_table(dossier, nom, lignes):
    dossier.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(lignes).to_parquet(dossier / f"{nom}.parquet", index=False)


def make_extrait(dossier, format_="annuaire", identifiant="C0001"):
    """An extract known already; its tables are written by the caller."""
    est_registre = {"etablissements"} <= set(load_formats()[format_].tables) and not load_formats()[format_].mesures
    return ExtraitConnu(identifiant, dossier, format_, "connu.csv", "« connu.csv », chargé le 14/11/2026", est_registre)


def load(chemin, tmp_path, identifiant=""):
    """A file read as the loader does."""
    lecture = normalise_extrait(chemin, tmp_path / "nouveau")
    return make_extrait(tmp_path / "nouveau", lecture.format.code, identifiant)


def check(extrait, *connus):
    """What every check of this part finds, in French with plain spaces, by code."""
    reference = Reference(connus, get_academie("13"), pd.DataFrame(columns=["uai", "code_reseau", "nom_reseau"]))
    constats = [c for verification in VERIFICATIONS for c in verification(extrait, RAPPORT, reference)]
    assert re.findall(r"(« | »| [:;!?%])", "".join(map(str, constats))) == []
    return {c.controle.code: to_plain_spaces(str(c)) for c in constats}


def make_registre(tmp_path, *lignes, **options):
    write_table(tmp_path / "registre", "etablissements", lignes or ECOLES)
    return make_extrait(tmp_path / "registre", **options)


def make_communes(tmp_path, lignes=COMMUNES):
    write_table(tmp_path / "communes", "communes", lignes)
    return make_extrait(tmp_path / "communes", "communes")


def make_figures(tmp_path, *lignes, format_="ips_ecoles", nom="chiffres", identifiant="C0002"):
    """Extract of figures of établissements."""
    defauts = {"indicateur": "ips_ecoles", "niveau": "etablissement", "modalite": "ensemble", "statut": "ok",
               "numerateur": None, "denominateur": None, "valeur": None, "ecart_type": None, "ligne": 2}  # fmt: skip
    table = [defauts | ligne for ligne in lignes]
    write_table(tmp_path / nom, "observations", table)
    return make_extrait(tmp_path / nom, format_, identifiant)


def test_every_check_has_a_broken_file_and_a_description():
    fichiers = {chemin.stem for chemin in FAUTIFS.iterdir()}
    assert set(CONTROLES) <= fichiers
    assert all(load_controles()[code].etape == "vraisemblance" for code in CONTROLES)


def test_unknown_uai(tmp_path):
    trouves = check(load(FAUTIFS / "uai_inconnu.csv", tmp_path), make_registre(tmp_path))
    assert list(trouves) == ["uai_inconnu"]
    assert "1 UAI ne figure dans aucun registre d’établissements chargé." in trouves["uai_inconnu"]
    assert "ligne 5 : « 0160003S », rentrée 2024" in trouves["uai_inconnu"]
    assert "des UAI connus de « connu.csv », chargé le 14/11/2026" in trouves["uai_inconnu"]
    assert "ils ne sont pas comptés parmi les établissements" in trouves["uai_inconnu"]
    assert load_controles()["uai_inconnu"].signature


SANS_REGISTRE = {
    "no register": [],
    "a register of another type": [{"uai": "0160001P", "type": "college"}],
    "a register of another département": [{"uai": "0170082X", "type": "ecole"}],
}


@pytest.mark.parametrize("cas", SANS_REGISTRE)
def test_nothing_is_said_without_a_register_of_that_type(cas, tmp_path):
    connus = [make_registre(tmp_path, *SANS_REGISTRE[cas])] if SANS_REGISTRE[cas] else []
    assert check(load(FAUTIFS / "uai_inconnu.csv", tmp_path), *connus) == {}


def test_a_list_of_some_etablissements_makes_nobody_unknown(tmp_path):
    rep = make_registre(tmp_path, format_="education_prioritaire")
    assert check(load(FAUTIFS / "uai_inconnu.csv", tmp_path), rep) == {}


def test_a_training_centre_is_not_judged(tmp_path):
    """No register lists them all, even when another extract takes it for a lycée."""
    registre = make_registre(tmp_path, {"uai": "0160002R", "type": "lycee"})
    cfa = make_figures(tmp_path, {"territoire": "0160003S", "rentree": 2024}, nom="cfa", identifiant="")
    write_table(tmp_path / "cfa", "etablissements", [{"uai": "0160003S", "type": "autre"}])
    affelnet = make_figures(tmp_path, {"territoire": "0160003S", "rentree": 2024})
    write_table(tmp_path / "chiffres", "etablissements", [{"uai": "0160003S", "type": "lycee"}])
    assert check(cfa, registre, affelnet) == {}
    assert list(check(affelnet, registre, cfa)) == ["uai_inconnu"]


def test_uai_of_earlier_rentrees(tmp_path):
    """The école that left the registers since has most often closed: told, without signature."""
    recents = make_figures(tmp_path, {"territoire": "0160001P", "rentree": 2024})
    trouves = check(load(FAUTIFS / "uai_ancien.csv", tmp_path), make_registre(tmp_path), recents)
    assert list(trouves) == ["uai_ancien"]
    assert "1 UAI de rentrées passées ne figure dans aucun registre d’établissements chargé." in trouves["uai_ancien"]
    assert "ligne 3 : « 0160003S », rentrée 2021" in trouves["uai_ancien"]
    assert not load_controles()["uai_ancien"].signature
    # Without a later rentrée, 2021 is the last known: the register should name it.
    assert list(check(load(FAUTIFS / "uai_ancien.csv", tmp_path), make_registre(tmp_path))) == ["uai_inconnu"]


@pytest.mark.parametrize("etat", ["FERME", "Fermé", "FERMÉE"])
def test_closed_uai(etat, tmp_path):
    """Closed in the summer of 2022: its figures of 2021 are right, those of 2024 are not."""
    ferme = ECOLES[1] | {"etat": etat, "date_fermeture": "2022-08-31"}
    trouves = check(load(FAUTIFS / "uai_ferme.csv", tmp_path), make_registre(tmp_path, ECOLES[0], ferme))
    assert list(trouves) == ["uai_ferme"]
    assert "1 établissement fermé a des chiffres pour une rentrée qui suit sa fermeture." in trouves["uai_ferme"]
    assert "ligne 5 : « 0160002R », rentrée 2024" in trouves["uai_ferme"]
    assert "fermé le 31/08/2022" in trouves["uai_ferme"]


@pytest.mark.parametrize(
    ("etat", "le"), [("FERME", "2025-08-31"), ("FERME", "2024-12-31"), ("A FERMER", None), ("OUVERT", None)]
)
def test_closed_after_its_figures(etat, le, tmp_path):
    autre = ECOLES[1] | {"etat": etat, "date_fermeture": le}
    assert check(load(FAUTIFS / "uai_ferme.csv", tmp_path), make_registre(tmp_path, ECOLES[0], autre)) == {}


def test_closed_without_a_date_speaks_of_the_last_rentree_only(tmp_path):
    registre = make_registre(tmp_path, ECOLES[0], ECOLES[1] | {"etat": "FERME"})
    assert "« 0160002R », rentrée 2024" in check(load(FAUTIFS / "uai_ferme.csv", tmp_path), registre)["uai_ferme"]
    recents = make_figures(tmp_path, {"territoire": "0160001P", "rentree": 2025})
    assert check(load(FAUTIFS / "uai_ferme.csv", tmp_path), registre, recents) == {}


PERIMETRES = {
    "deux_reseaux": (
        "1 établissement ou commune est dans deux réseaux à la même rentrée.",
        "« 0160001P » : R001 et R002 à la rentrée 2024",
        "fermez l’ancienne ligne (rentree_fin)",
    ),
    "deux_inter_reseaux": (
        "1 réseau est dans deux inter-réseaux à la même rentrée.",
        "« R001 » : IR01 et IR02 à la rentrée 2020",
        "corrigez code_inter_reseau",
    ),
    "perimetre_interrompu": (
        "1 établissement ou commune n’a aucun réseau entre deux lignes du périmètre.",
        "« 0160001P » : rentrées 2020 à 2021",
        "corrigez rentree_debut ou rentree_fin",
    ),
    "commune_inconnue": (
        "1 commune du périmètre n’est pas dans la liste des communes.",
        "« 16499 »",
        "corrigez le code",
    ),
    "commune_sans_reseau": (
        "1 commune n’est dans aucun réseau.",
        "« 16015 » (Angoulême)",
        "complétez la table des périmètres",
    ),
    "etablissement_sans_reseau": (
        "1 école ou collège n’est dans aucun réseau.",
        "« 0160002R » (École Jean-Moulin)",
        "complétez la table des périmètres",
    ),
}


@pytest.mark.parametrize("code", PERIMETRES)
def test_faults_of_perimeters(code, tmp_path):
    registre = make_registre(tmp_path, *(ECOLES if code != "commune_sans_reseau" else ECOLES[:1]))
    trouves = check(load(FAUTIFS / f"{code}.csv", tmp_path), registre, make_communes(tmp_path))
    assert list(trouves) == [code]
    for partie in PERIMETRES[code]:
        assert partie in trouves[code]


def test_an_ecole_in_two_reseaux_blocks():
    """Its pupils would count twice."""
    assert load_controles()["deux_reseaux"].gravite is Gravite.BLOQUANT


PERIMETRE = "uai;code_reseau;nom_reseau;code_inter_reseau;nom_inter_reseau;rentree_debut;rentree_fin\n{}"


def test_a_change_of_reseau_is_sound(tmp_path):
    (tmp_path / "p.csv").write_text(
        PERIMETRE.format(
            "0160001P;R001;Un;IR01;Nord;2016;2023\n0160001P;R002;Deux;IR02;Sud;2024;\n0160002R;R001;Un;IR01;Nord;2016;\n"
        ),
        encoding="utf-8",
    )
    assert check(load(tmp_path / "p.csv", tmp_path), make_registre(tmp_path)) == {}


def test_an_unknown_uai_of_the_perimeter(tmp_path):
    """Of no known type, it is unknown once the registers list every type."""
    (tmp_path / "p.csv").write_text(PERIMETRE.format("0160003S;R001;Un;IR01;Nord;2016;\n"), encoding="utf-8")
    autres = [{"uai": "0160011A", "type": "college"}, {"uai": "0160012B", "type": "lycee"}]
    trouves = check(load(tmp_path / "p.csv", tmp_path), make_registre(tmp_path, ECOLES[0], *autres))
    assert "« 0160003S »" in trouves["uai_inconnu"]
    assert "uai_inconnu" not in check(load(tmp_path / "p.csv", tmp_path), make_registre(tmp_path, ECOLES[0]))


def test_a_commune_since_merged_has_its_reseau(tmp_path):
    """The register still writes the old code; the perimeter has the new one."""
    write_table(tmp_path / "fusions", "communes_fusionnees", [{"code_ancien": "16499", "code_nouveau": "16005"}])
    fusions = make_extrait(tmp_path / "fusions", "communes_fusionnees")
    registre = make_registre(tmp_path, ECOLES[0] | {"code_commune": "16499"})
    communes = make_communes(tmp_path, COMMUNES[:1])
    perimetre = load(FAUTIFS / "commune_sans_reseau.csv", tmp_path)
    assert check(perimetre, registre, communes, fusions) == {}
    assert list(check(perimetre, registre, communes)) == ["etablissement_sans_reseau"]


def test_a_hole_is_told_once(tmp_path):
    """By the perimeters when they arrive with the register or after it; by the register that arrives after them."""
    perimetre = load(FAUTIFS / "etablissement_sans_reseau.csv", tmp_path)
    registre = make_registre(tmp_path)
    assert check(registre, perimetre) == {}
    charge = load(FAUTIFS / "etablissement_sans_reseau.csv", tmp_path, identifiant="C0009")
    assert list(check(registre, charge)) == ["etablissement_sans_reseau"]


CONTOURS = {
    "contour_sans_commune": ("1 contour n’est celui d’aucune commune connue.", "« 16499 » (Ancienne-Commune)"),
    "commune_sans_contour": ("1 commune n’a pas de contour.", "« 16015 » (Angoulême)", "la carte aurait des trous"),
}


@pytest.mark.parametrize("code", CONTOURS)
def test_faults_of_contours(code, tmp_path):
    contour = load(FAUTIFS / f"{code}.geojson", tmp_path)
    trouves = check(contour, make_communes(tmp_path))
    assert list(trouves) == [code]
    for partie in CONTOURS[code]:
        assert partie in trouves[code]
    assert check(contour) == {}  # no list of communes yet
    assert check(make_communes(tmp_path), contour) == {}  # the contours of the same deposit say it


def test_new_communes_against_contours_already_loaded(tmp_path):
    contour = load(FAUTIFS / "commune_sans_contour.geojson", tmp_path, identifiant="C0003")
    assert list(check(make_communes(tmp_path), contour)) == ["commune_sans_contour"]


def make_lycees(tmp_path, identifiant="C0002"):
    bac = {"indicateur": "taux_reussite_bac_general", "rentree": 2023}
    return make_figures(
        tmp_path,
        bac | {"territoire": "0160002R", "numerateur": 170, "denominateur": 180},
        bac | {"territoire": "0160003S", "numerateur": 80, "denominateur": 90},
        format_="ival_gt",
        identifiant=identifiant,
    )


TOTAUX = {
    "academie_depassee": (
        "1 total de l’académie est dépassé par la somme des établissements (au moins 250 sur 270",
        "taux_reussite_bac_general, rentrée 2023 : 240 sur 250 pour l’académie",
        "vérifiez que les deux extraits comptent les mêmes candidats",
    ),
    "academie_incomplete": (
        "1 total de l’académie n’est couvert qu’en partie par les établissements chargés.",
        "taux_reussite_bac_general, rentrée 2023 : 54 % de l’académie (2 établissements)",
        "il ne manque ni département ni établissement",
    ),
}


@pytest.mark.parametrize("code", TOTAUX)
def test_totals_of_the_academie(code, tmp_path):
    academie = load(FAUTIFS / f"{code}.csv", tmp_path)
    trouves = check(academie, make_lycees(tmp_path))
    assert list(trouves) == [code]
    for partie in TOTAUX[code]:
        assert partie in trouves[code]
    # The other way round: told by the lycées when the académie was loaded before, by the académie in one deposit.
    charge = load(FAUTIFS / f"{code}.csv", tmp_path, identifiant="C0009")
    assert list(check(make_lycees(tmp_path), charge)) == [code]
    assert check(make_lycees(tmp_path), academie) == {}


def test_an_academie_with_individual_candidates_is_sound(tmp_path):
    texte = (FAUTIFS / "academie_incomplete.csv").read_text(encoding="utf-8")
    texte = texte.replace("300;290", "180;170").replace("200;190", "100;90")
    (tmp_path / "bac.csv").write_text(texte, encoding="utf-8")
    assert check(load(tmp_path / "bac.csv", tmp_path), make_lycees(tmp_path)) == {}


@pytest.mark.long
def test_real_extracts_say_only_what_is_true(donnees_reelles):
    """Établissements of earlier rentrées that the list does not name; nothing to sign, no hole, no contradiction."""
    dossiers = Dossiers(donnees_reelles / "raw", donnees_reelles / "processed")
    reference = build_reference(dossiers, get_academie("13"), lambda _: None)
    trouves = {}
    for extrait in reference.extraits:
        autres = replace(reference, extraits=tuple(e for e in reference.extraits if e is not extrait))
        constats = [c for verification in VERIFICATIONS for c in verification(extrait, RAPPORT, autres)]
        trouves |= {(extrait.format, extrait.fichier[-8:], c.controle.code): c.nb for c in constats}
    assert trouves == {
        ("dnb_etablissements", "-86.json", "uai_ancien"): 32,
        ("affelnet_2nde_pro", "2021.csv", "uai_ancien"): 28,
        ("ips_ecoles", "2022.csv", "uai_ancien"): 9,
    }
