"""A perimeter that changes: series on the latest one or on each rentrée's, secrecy of both, and what a table moves."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard import evolutions
from indicators.base.lecture import Base
from indicators.base.versions import Version
from indicators.francais import FINE, INSECABLE
from indicators.ingestion import normalise_extrait
from indicators.ingestion.rapport import Rapport
from indicators.reference import ExtraitConnu, Reference
from indicators.tableaux_de_bord.lectures import read_cellules
from indicators.tableaux_de_bord.reperes import list_territoires
from indicators.tableaux_de_bord.vue_evolutions import Changement, build_vue_territoires, list_finis
from indicators.territoires import Niveau, Territoire
from indicators.territoires.perimetres import list_deplacements
from indicators.territoires.referentiel import get_academie
from indicators.vraisemblance.deplacements import check_deplacements, find_deplacements
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre

A, B, C, D, E = "0860001A", "0860002B", "0860003C", "0860004D", "0860005E"
FAUTIFS = Path(__file__).parent / "fichiers_fautifs"
CODE = "taux_reussite_dnb"
RENTREES = (2021, 2022, 2023)
# B leaves R1 for R2 in 2023; R3 had only D, which joins R2 in 2022.
PERIMETRES = [
    make_perimetre(A, "R1"),
    make_perimetre(B, "R1", rentree_fin=2022),
    make_perimetre(B, "R2", rentree_debut=2023),
    make_perimetre(C, "R2"),
    make_perimetre(D, "R3", rentree_fin=2021),
    make_perimetre(D, "R2", rentree_debut=2022),
]


def make_observations(effectifs: dict[str, tuple[int, int]], **champs) -> list[dict]:
    return [
        make_observation(uai, x, n, rentree=r, indicateur=CODE, **champs)
        for uai, (x, n) in effectifs.items()
        for r in RENTREES
    ]


@pytest.fixture
def base(tmp_path):
    """Open a small base on a changing perimeter."""

    def build(effectifs=None, perimetres=PERIMETRES, **champs) -> Base:
        effectifs = effectifs or {A: (10, 20), B: (30, 40), C: (50, 100), D: (15, 20)}
        extrait = {"observations": make_observations(effectifs), "perimetres": perimetres}
        chemin = build_petite_base(tmp_path, [make_indicateur(CODE, **({"seuil": 0} | champs))], extrait)
        version = Version("v0001", 1, datetime(2026, 1, 1), False, "13", "e", "essai", "essai")
        return Base(chemin, version)

    return build


def _read(base: Base, table: str, territoire: str) -> dict[int, tuple]:
    lignes = base.lignes(
        f"SELECT rentree, numerateur, denominateur, statut FROM {table} WHERE territoire = ?", [territoire]
    )
    return {rentree: tuple(reste) for rentree, *reste in sorted(lignes)}


def test_default_reading_is_the_latest_perimeter_at_every_rentree(base):
    """R1 is A alone, R2 is B, C and D, in 2021 as in 2023: a series changes by its pupils only."""
    lue = base()
    assert _read(lue, "valeur", "R1") == {r: (10, 20, "ok") for r in RENTREES}
    assert _read(lue, "valeur", "R2") == {r: (30 + 50 + 15, 160, "ok") for r in RENTREES}
    assert _read(lue, "valeur", "R3") == {}, "a réseau that ended has no figure on the latest perimeter"


def test_each_rentree_on_its_own_perimeter_is_kept_where_it_differs(base):
    """2021: R1 = A + B, R2 = C, R3 = D. 2022: D is in R2. 2023 is the latest perimeter: nothing to keep."""
    lue = base()
    assert _read(lue, "valeur_annuelle", "R1") == {2021: (40, 60, "ok"), 2022: (40, 60, "ok")}
    assert _read(lue, "valeur_annuelle", "R2") == {2021: (50, 100, "ok"), 2022: (65, 120, "ok")}
    assert _read(lue, "valeur_annuelle", "R3") == {2021: (15, 20, "ok")}
    assert lue.lignes("SELECT count(*) FROM valeur_annuelle WHERE niveau = 'inter_reseau'") == [(0,)]


def test_a_territory_without_figure_at_a_rentree_is_said(base):
    """R4 is made in 2023 of an école of R2: before, its own perimeter is empty."""
    perimetres = [make_perimetre(A, "R2", rentree_fin=2022), make_perimetre(A, "R4", rentree_debut=2023),
                  make_perimetre(B, "R2")]  # fmt: skip
    lue = base({A: (10, 20), B: (30, 40)}, perimetres)
    assert _read(lue, "valeur_annuelle", "R4") == {r: (None, None, "non_applicable") for r in (2021, 2022)}


def test_without_change_both_readings_are_one(base):
    """Links that start at the first rentrée known hold before it: no école has moved, nothing differs."""
    perimetres = [make_perimetre(u, "R1", rentree_debut=2022) for u in (A, B, C, D)]
    lue = base(perimetres=perimetres)
    assert lue.lignes("SELECT count(*) FROM valeur_annuelle") == [(0,)]
    assert _read(lue, "valeur", "R1")[2021] == (105, 180, "ok")


def test_a_trend_is_not_a_perimeter_effect(base):
    """Same pupils every year, a good école that moves: on the latest perimeter nothing moves."""
    lue = base({A: (100, 400), B: (380, 400), C: (200, 400), D: (200, 400)})
    pentes = dict(lue.lignes("SELECT territoire, pente FROM tendance WHERE niveau = 'reseau'"))
    assert pentes == {"R1": pytest.approx(0), "R2": pytest.approx(0)}


def _solve_caches(base: Base) -> list[str]:
    """Hidden établissements that some combination of all the figures shown gives back exactly, for 2021."""
    rentree = 2021
    montres, inconnus = [], []
    for territoire, niveau, statut in base.lignes(
        "SELECT territoire, niveau, statut FROM valeur WHERE rentree = ?", [rentree]
    ):
        if niveau == "etablissement" and statut == "secret":
            inconnus.append(territoire)
        elif statut == "ok" and niveau != "etablissement":
            membres = base.lignes(
                "SELECT code FROM rattachement_actuel WHERE niveau = 'etablissement' AND code_parent = ?", [territoire]
            )
            montres.append({code for (code,) in membres})
    for (territoire,) in base.lignes(
        "SELECT territoire FROM valeur_annuelle WHERE rentree = ? AND statut = 'ok'", [rentree]
    ):
        membres = base.lignes(
            "SELECT code FROM rattachement WHERE niveau = 'etablissement' AND code_parent = ? "
            "AND ? BETWEEN coalesce(rentree_debut, 0) AND coalesce(rentree_fin, 9999)", [territoire, rentree],
        )  # fmt: skip
        montres.append({code for (code,) in membres})
    matrice = np.array([[uai in membres for uai in inconnus] for membres in montres], dtype=float)
    if not matrice.size:
        return []
    projection = np.linalg.pinv(matrice) @ matrice
    return [uai for uai, part in zip(inconnus, np.diag(projection), strict=True) if part > 1 - 1e-6]


def test_a_hidden_figure_does_not_come_back_by_difference_of_the_two_readings(base):
    """B has 6 pupils and moves: R1 then, minus R1 now, would be B. The earlier reading of both réseaux is hidden."""
    effectifs = {A: (40, 80), B: (3, 6), C: (50, 100), D: (15, 30), E: (2, 7)}
    lue = base(effectifs, [*PERIMETRES, make_perimetre(E, "R2")], seuil=10)
    assert _read(lue, "valeur", B)[2021][2] == "secret"
    assert _read(lue, "valeur", "R1")[2021] == (40, 80, "ok")
    assert _read(lue, "valeur_annuelle", "R1")[2021] == (None, None, "secret")
    assert _solve_caches(lue) == []


@pytest.mark.long
@pytest.mark.parametrize("graine", range(12))
def test_no_figure_comes_back_on_random_perimeters(base, graine):
    """Random moves and sizes: whatever is shown of both readings, no hidden établissement can be solved."""
    tirage = np.random.default_rng(graine)
    uais = [f"086{numero:04d}A" for numero in range(14)]
    effectifs = {uai: (int(n) // 2, int(n)) for uai, n in zip(uais, tirage.integers(4, 40, len(uais)), strict=True)}
    perimetres = []
    for uai in uais:
        avant, apres = (f"R{numero}" for numero in tirage.integers(1, 5, 2))
        perimetres.append(make_perimetre(uai, avant, rentree_fin=2022))
        perimetres.append(make_perimetre(uai, apres, rentree_debut=2023))
    lue = base(effectifs, perimetres, seuil=10)
    assert _solve_caches(lue) == []
    assert lue.lignes("SELECT count(*) > 0 FROM valeur_annuelle") == [(True,)]


def test_a_territory_renamed_keeps_its_earlier_figures(base):
    """R1 becomes R9 with the same écoles, one of them hidden: its figures are those of R9, already shown."""
    perimetres = [make_perimetre(u, "R1", rentree_fin=2022) for u in (A, B)]
    perimetres += [make_perimetre(u, "R9", rentree_debut=2023) for u in (A, B)] + [make_perimetre(C, "R2")]
    lue = base({A: (40, 80), B: (3, 6), C: (50, 100)}, perimetres, seuil=5, secret="complet")
    assert _read(lue, "valeur", B)[2021][2] == "secret"
    assert _read(lue, "valeur", "R9")[2021] == _read(lue, "valeur_annuelle", "R1")[2021] == (43, 86, "ok")


class TestPage:
    def test_both_perimeters_of_a_series(self, base):
        lue = base()
        actuel = build_vue_territoires(lue, CODE, ("R1",))
        annuel = build_vue_territoires(lue, CODE, ("R1",), annuel=True)
        assert [p.valeur.numerateur for p in actuel.series[0].points] == [10, 10, 10]
        assert [p.valeur.numerateur for p in annuel.series[0].points] == [40, 40, 10]
        assert actuel.series[0].tendance and annuel.series[0].tendance is None
        r1 = Territoire(Niveau.RESEAU, "R1", "R1")
        assert actuel.changements == annuel.changements == (Changement(r1, 2023, 0, 1),)

    def test_the_change_is_told_above_the_chart(self, base):
        lue = base()
        tete = evolutions.render_tete(build_vue_territoires(lue, CODE, ("R1", "R2")), "territoires")
        assert (
            f"Réseau R2{INSECABLE}: périmètre modifié à la rentrée 2023 (1{INSECABLE}établissement l’a rejoint)" in tete
        )
        assert "Toutes les années sont lues ici avec les établissements d’aujourd’hui." in tete
        annuel = build_vue_territoires(lue, CODE, ("R1",), annuel=True)
        assert "aucune tendance n’est donnée" in evolutions.render_tete(annuel, "territoires")
        assert "Tendance au périmètre actuel seulement" in evolutions.render_table(annuel, "territoires")

    def test_an_unchanged_territory_says_nothing(self, base):
        vue = build_vue_territoires(base(), CODE, ("IR1",))
        assert vue.changements == () and "modifié" not in evolutions.render_tete(vue, "territoires")

    def test_a_reseau_that_ended_is_read_on_its_own_rentrees_only(self, base):
        lue = base()
        assert [t.code for t in list_finis(lue)] == ["R3"]
        assert "R3" not in list_territoires(lue)
        assert [c.territoire.code for c in read_cellules(lue, CODE, Niveau.RESEAU, 2023)] == ["R2", "R1"]
        (serie,) = build_vue_territoires(lue, CODE, ("R3",), annuel=True).series
        assert [(p.valeur.rentree, p.valeur.numerateur) for p in serie.connus] == [(2021, 15)]


def _make_appartenances(places: dict[str, list[tuple]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"uai": uai, "nom": f"Collège {uai}", "debut": debut, "fin": fin, "code_reseau": code, "nom_reseau": nom,
             "code_inter_reseau": "IR1", "nom_inter_reseau": "Inter-réseau IR1"}
            for uai, lignes in places.items() for debut, fin, code, nom in lignes
        ]
    )  # fmt: skip


def test_moves_created_ended_and_renamed():
    """B goes from R1 to R2 in 2024; R3 ends; R4 appears; R1 changes its name; a new établissement has not moved."""
    avant = _make_appartenances({
        A: [(0, 9999, "R1", "Réseau Un")], B: [(0, 9999, "R1", "Réseau Un")], C: [(0, 9999, "R3", "Réseau Trois")],
    })  # fmt: skip
    apres = _make_appartenances({
        A: [(0, 9999, "R1", "Réseau Premier")],
        B: [(0, 2023, "R1", "Réseau Premier"), (2024, 9999, "R2", "Réseau Deux")],
        C: [(0, 9999, "R2", "Réseau Deux")], D: [(0, 9999, "R4", "Réseau Quatre")],
    })  # fmt: skip
    trouves = list_deplacements(avant, apres)
    assert [(d.uai, d.rentree, d.de, d.vers) for d in trouves.liste] == [(B, 2024, "R1", "R2"), (C, None, "R3", "R2")]
    assert {code for _, code, _ in trouves.crees} == {"R2", "R4"}
    assert trouves.finis == (("reseau", "R3", "Réseau Trois"),)
    assert trouves.renommes == (("reseau", "R1", "Réseau Un", "Réseau Premier"),)
    assert not list_deplacements(avant, avant)


@pytest.fixture
def reference(tmp_path):
    """An official table in force for three écoles, and the table or annuaire that arrives."""
    registre = pd.DataFrame([{
        "uai": u, "nom": f"École {u}", "type": "ecole", "code_commune": "86194", "lon": 0.3, "lat": 46.5,
    } for u in (A, B, C)])  # fmt: skip

    def write(numero: str, tables: dict[str, list[dict]], format_: str = "perimetres_etablissements") -> ExtraitConnu:
        dossier = tmp_path / (numero or "nouveau")
        dossier.mkdir()
        for nom, lignes in tables.items():
            modele = {
                "perimetres": "code_commune uai code_reseau nom_reseau code_inter_reseau nom_inter_reseau "
                "rentree_debut rentree_fin est_provisoire",
                "etablissements": "uai nom type secteur education_prioritaire code_commune nom_commune lon lat rentree "
                "code_circonscription nom_circonscription code_bassin nom_bassin",
            }[nom].split()  # fmt: skip
            pd.DataFrame(lignes).reindex(columns=modele).to_parquet(dossier / f"{nom}.parquet", index=False)
        return ExtraitConnu(numero, dossier, format_, "perimetres.csv", "« perimetres.csv »", False)

    connus = [
        replace(write("C0001", {"etablissements": registre.to_dict("records")}, "annuaire"), est_registre=True),
        write("C0002", {"perimetres": [make_perimetre(u, "R1") for u in (A, B, C)]}),
    ]
    return Reference(tuple(connus), get_academie("13"), pd.DataFrame()), write


RAPPORT = Rapport(fichier="perimetres.csv", sha256="0" * 64, taille=1, genre="CSV")


def test_a_table_that_moves_an_ecole_is_a_warning_to_sign(reference):
    """Who moves from where to where, and the réseau that is made."""
    connue, write = reference
    nouveau = write("", {"perimetres": [make_perimetre(A, "R1"), make_perimetre(B, "R2", rentree_debut=2024)]})
    (constat,) = check_deplacements(nouveau, RAPPORT, connue)
    assert constat.controle.code == "perimetre_modifie" and constat.controle.signature
    assert constat.nb == 1
    assert "1\xa0établissement change de réseau ou d’inter-réseau à partir de la rentrée 2024" in constat.constat
    assert f"réseau R1 → R2 (1){FINE}; 1 créé{INSECABLE}: réseau R2." in constat.constat
    assert constat.exemples[0].trouve == f"École {B} ({B}){INSECABLE}: réseau R1 → R2"
    assert [(d.uai, d.de, d.vers) for d in find_deplacements(nouveau, connue).liste] == [(B, "R1", "R2")]


def test_the_same_perimeter_again_says_nothing(reference):
    """Nor does a first table, nor a file that tells no perimeter."""
    connue, write = reference
    nouveau = write("", {"perimetres": [make_perimetre(u, "R1") for u in (A, B, C)]})
    assert check_deplacements(nouveau, RAPPORT, connue) == []
    assert check_deplacements(nouveau, RAPPORT, replace(connue, extraits=connue.extraits[:1])) == []
    assert check_deplacements(connue.extraits[0], RAPPORT, connue) == []


def test_an_annuaire_moves_nobody_of_the_official_table(reference):
    """The official table wins: the annuaire changes nothing for its établissements, and moves those of communes."""
    connue, write = reference
    inscrits = [{
        "uai": u, "nom": f"École {u}", "type": "ecole", "code_commune": "86194", "lon": 0.3, "lat": 46.5,
        "rentree": 2024, "code_circonscription": "C1", "nom_circonscription": "Circonscription de Poitiers",
        "code_bassin": "B1",
        "nom_bassin": "POITIERS",
    } for u in (A, B, C)]  # fmt: skip
    annuaire = write("", {"etablissements": inscrits}, "annuaire")
    assert check_deplacements(annuaire, RAPPORT, connue) == []
    commune = make_perimetre(None, "R8", "IR8", code_commune="86194", est_provisoire=True)
    provisoire = write("C0003", {"perimetres": [commune]}, "perimetres_communes")
    connue = replace(connue, extraits=(connue.extraits[0], provisoire))
    (constat,) = check_deplacements(annuaire, RAPPORT, connue)
    assert constat.nb == 3 and "réseau R8 → Poitiers (3)" in constat.constat


def test_broken_file_perimetre_modifie(reference, tmp_path):
    """`perimetre_modifie.csv`, read by the real ingestion over a perimeter where both écoles are in one réseau."""
    connue, write = reference
    ecoles = ("0160001P", "0160002R")
    inscrits = [{"uai": uai, "nom": f"École {uai}", "type": "ecole"} for uai in ecoles]
    en_vigueur = [make_perimetre(uai, "R001", "IR01", nom_reseau="Val de Charente") for uai in ecoles]
    connue = replace(
        connue,
        extraits=(
            replace(write("C0004", {"etablissements": inscrits}, "annuaire"), est_registre=True),
            write("C0005", {"perimetres": en_vigueur}),
        ),
    )
    normalise_extrait(FAUTIFS / "perimetre_modifie.csv", tmp_path / "fautif")
    extrait = ExtraitConnu("", tmp_path / "fautif", "perimetres_etablissements", "f.csv", "« f.csv »", False)
    (constat,) = check_deplacements(extrait, RAPPORT, connue)
    assert constat.constat == (
        f"1{INSECABLE}établissement change de réseau ou d’inter-réseau à partir de la rentrée 2024{INSECABLE}: "
        f"réseau Val de Charente → Rouillacais (1){FINE}; 1 créé{INSECABLE}: réseau Rouillacais{FINE}; "
        f"nouveaux noms{INSECABLE}: inter-réseau IR01 devient Nord."
    )
    assert "acceptez-le" in constat.action
