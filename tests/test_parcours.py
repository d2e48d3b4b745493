"""The path from école to after the bac: its YAML, its cohorts by hand, its title, its drawing."""

import csv
import io
import itertools
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from types import SimpleNamespace

import pytest
import yaml

from dashboard import parcours
from dashboard.parcours_csv import write_parcours
from dashboard.parcours_dessin import draw_parcours
from dashboard.parcours_gabarit import ECRAN, LIMITE, place_marques
from dashboard.parcours_liste import render_liste, render_table
from dashboard.parcours_textes import write_intervalle, write_label
from indicators.base import open_base
from indicators.base.lecture import Base
from indicators.base.versions import Version
from indicators.catalogue import get_indicateur, load_catalogue
from indicators.erreurs import ErreurCatalogue
from indicators.formats import load_formats
from indicators.parcours import FICHIER, Calendrier, Marque, load_parcours, parse_parcours
from indicators.tableaux_de_bord import phrases_parcours as phrases
from indicators.tableaux_de_bord.objets_parcours import COHORTE, DERNIERE
from indicators.tableaux_de_bord.phrases_parcours import Jugement
from indicators.tableaux_de_bord.vue_parcours import build_vue_parcours, find_cohorte
from tests.outils import build_petite_base, make_observation, make_perimetre

COLLEGES = {"0860001A": "R1", "0860002B": "R2"}
"""One établissement per réseau: the rest of the académie of R1 is R2."""
EFFECTIF = 4000
FIGURES = {
    # indicateur: {rentrée: (share of R1, share of R2)}
    "maitrise_6e_francais": {2019: (0.70, 0.80), 2020: (0.80, 0.80)},
    "maitrise_socle": {2021: (0.80, 0.80)},
    "taux_reussite_dnb": {2021: (0.90, 0.80)},
    "taux_reussite_dnb_generale": {2022: (0.80, 0.80)},
    "premier_voeu_satisfait": {2021: (0.68, 0.80), 2022: (0.80, 0.80)},
    "taux_decrochage": {2023: (0.10, 0.05)},
    "taux_acces_2nde_bac_gt": {2024: (0.80, 0.80)},
}
"""Entered in 6e in 2018: five figures (rentrées 2021, 2023, 2024); in 2019: three; in 2020: one."""


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Base:
    dossier = tmp_path_factory.mktemp("parcours")
    observations = [
        make_observation(uai, round(parts[rang] * EFFECTIF), EFFECTIF, indicateur=code, rentree=rentree)
        for code, rentrees in FIGURES.items()
        for rentree, parts in rentrees.items()
        for rang, uai in enumerate(COLLEGES)
    ]
    perimetres = [make_perimetre(uai, reseau) for uai, reseau in COLLEGES.items()]
    fiches = [get_indicateur(code) for code in FIGURES]
    chemin = build_petite_base(dossier, fiches, {"observations": observations, "perimetres": perimetres})
    return Base(chemin, Version("v0001", 1, datetime(2026, 1, 1), False, "13", "e", "a", "r"))


def read_etapes(vue) -> dict[str, tuple]:
    """Cohort and rentrées of each step."""
    return {e.etape.code: (e.entree, e.rentrees) for e in vue.etapes}


def mend(**changements) -> str:
    """The YAML of the project with its first mark changed; None removes a field."""
    contenu = yaml.safe_load(FICHIER.read_text(encoding="utf-8"))
    marque = contenu["etapes"][0]["marques"][1]
    for champ, valeur in changements.items():
        marque.pop(champ) if valeur is None else marque.update({champ: valeur})
    return yaml.safe_dump(contenu, allow_unicode=True)


class TestYaml:
    def test_six_steps_and_a_dozen_marks_of_the_catalogue(self):
        parcours = load_parcours()
        assert [e.code for e in parcours.etapes] == ["ecole", "college", "orientation", "decrochage", "lycee", "apres"]
        assert sum(len(e.marques) for e in parcours.etapes) in (11, 12)
        assert set(parcours.indicateurs) <= set(load_catalogue())

    def test_every_mark_can_be_fed(self):
        """An indicator that no layout gives would be hatched for ever."""
        nourris = {code for f in load_formats().values() for code in f.indicateurs}
        assert set(load_parcours().indicateurs) <= nourris

    def test_cohort_of_2018_sits_the_brevet_of_2022_and_the_bac_of_2025(self):
        marques = {m.indicateur: m.decalage for e in load_parcours().etapes for m in e.marques}
        assert Calendrier.SESSION.write(2018 + marques["taux_reussite_dnb"]) == "2022"
        assert Calendrier.SESSION.write(2018 + marques["taux_reussite_bac_pro"]) == "2025"
        assert Calendrier.ANNEE.write(2018 + marques["taux_decrochage"]) == "2023-24"
        assert marques["maitrise_cp_francais"] == -5  # five years of école before 6e
        assert marques["maitrise_6e_francais"] == 0

    @pytest.mark.parametrize(
        ("changements", "message"),
        [
            ({"indicateur": "inconnu"}, "aucune fiche ne porte le code « inconnu »"),
            ({"indicateur": "effectif_colleges"}, "est un effectif : il ne se compare pas"),
            ({"modalite": "filles"}, "n’a pas de modalité « filles »"),
            ({"court": "Français"}, "deux lignes séparées par « | »"),
            ({"court": "Mathématiques|6ᵉ"}, "de 10 signes au plus"),
            ({"decalage": 40}, "decalage : un nombre au plus égal à 12"),
            ({"decalage": None}, "decalage : champ obligatoire absent"),
            ({"couleur": "rouge"}, "couleur : champ inconnu"),
        ],
    )
    def test_faults_are_told_in_french(self, changements, message):
        with pytest.raises(ErreurCatalogue) as faute:
            parse_parcours(mend(**changements))
        assert message in str(faute.value).replace("\u00a0", " ")

    def test_all_the_faults_at_once(self):
        with pytest.raises(ErreurCatalogue) as faute:
            parse_parcours(mend(court="Français", decalage=40, couleur="rouge"))
        assert str(faute.value).count("\n  - etapes.0.marques.1.") >= 3

    @pytest.mark.parametrize("texte", ["etapes: [", "- liste", "etapes: []"])
    def test_not_a_path(self, texte):
        with pytest.raises(ErreurCatalogue, match="parcours"):
            parse_parcours(texte)

    def test_codes_and_number_of_marks(self):
        contenu = yaml.safe_load(FICHIER.read_text(encoding="utf-8"))
        contenu["etapes"][1]["code"] = "ecole"
        with pytest.raises(ErreurCatalogue, match="deux étapes portent le même code"):
            parse_parcours(yaml.safe_dump(contenu))
        contenu = yaml.safe_load(FICHIER.read_text(encoding="utf-8"))
        for etape in contenu["etapes"][1:3]:
            etape["marques"].append(etape["marques"][0])
        with pytest.raises(ErreurCatalogue, match="marques au plus"):
            parse_parcours(yaml.safe_dump(contenu))


class TestCohortes:
    def test_fullest_entry_year_is_read_and_others_are_offered(self, base):
        vue = build_vue_parcours(base, "R1")
        assert (vue.lire, vue.entree, vue.entrees) == (COHORTE, 2018, (2019, 2018))
        assert read_etapes(vue) == {
            "ecole": (2019, (2019,)),  # no figure in 2018: the nearest cohort
            "college": (2018, (2021,)),
            "orientation": (2018, (2021,)),
            "decrochage": (2018, (2023,)),
            "lycee": (2018, (2024,)),
            "apres": (None, ()),
        }

    def test_brackets_by_hand(self, base):
        accolades = phrases.list_accolades(build_vue_parcours(base, "R1"))
        assert [(a.premiere, a.derniere, a.textes[0]) for a in accolades] == [
            (0, 0, "entrée en 6ᵉ en 2019"),
            (1, 4, "cohorte entrée en 6ᵉ en 2018, du brevet 2022 au bac 2025"),
        ]

    def test_another_entry_year(self, base):
        """2019: the brevet is read in its general series, later steps on the cohort before."""
        vue = build_vue_parcours(base, "R1", entree=2019)
        assert vue.entree == 2019
        assert [m.marque.indicateur for m in vue.etapes[1].lues] == ["taux_reussite_dnb_generale"]
        assert [(a.premiere, a.derniere, a.textes[0]) for a in phrases.list_accolades(vue)] == [
            (0, 2, "cohorte entrée en 6ᵉ en 2019, de l’évaluation de 6ᵉ à l’orientation 2023"),
            (3, 4, "entrée en 6ᵉ en 2018"),
        ]

    @pytest.mark.parametrize("entree", [2020, 1900])
    def test_an_entry_year_that_is_not_offered_gives_the_fullest(self, base, entree):
        assert build_vue_parcours(base, "R1", entree=entree).entree == 2018

    def test_latest_year(self, base):
        vue = build_vue_parcours(base, "R1", DERNIERE)
        assert vue.entree is None
        assert [e.entrees for e in vue.etapes] == [(2020,), (2018, 2019), (2019,), (2018,), (2018,), ()]
        assert phrases.list_accolades(vue)[1].textes[0] == "entrées en 6ᵉ en 2018 et 2019"
        assert phrases.write_annee(vue.etapes[1]) == "2022 et 2023"
        assert phrases.write_annee(vue.etapes[0]) == "sept.\u00a02020"
        assert phrases.write_annee(vue.etapes[3]) == "2023-24"

    def test_what_did_not_exist_is_said_not_drawn(self, base):
        """CP of those who entered in 2019: before the national evaluations."""
        vue = build_vue_parcours(base, "R1")
        assert [m.indicateur for m in vue.ecartees] == ["maitrise_cp_francais"]
        assert phrases.write_ecartees(vue) == "CP français de cette cohorte\u00a0: avant les évaluations nationales."
        assert "maitrise_cp_francais" not in {m.marque.indicateur for m in vue.marques}

    @pytest.mark.parametrize(
        ("rentrees", "attendu"),
        [
            (({2016, 2019}, set()), 2019),  # nearest of two
            (({2017, 2019}, {2017}), 2017),  # as near: the fullest
            (({2017, 2019}, set()), 2019),  # as near, as full: the latest
            (({2018}, {2012}), 2018),  # the cohort itself
            ((set(), set()), None),
        ],
    )
    def test_nearest_cohort(self, rentrees, attendu):
        codes = ("maitrise_6e_francais", "maitrise_6e_mathematiques")
        marques = [Marque(indicateur=code, court="a|b", lieu="ici", decalage=0) for code in codes]
        valeurs = {
            (code, "ensemble"): {r: SimpleNamespace(statut="ok") for r in annees}
            for code, annees in zip(codes, rentrees, strict=True)
        }
        assert find_cohorte(SimpleNamespace(valeurs=valeurs), marques, 2018) == attendu

    def test_the_whole_is_followed_too(self, base):
        """The académie has cohorts, and nothing to be compared with."""
        vue = build_vue_parcours(base, "A13", entree=2019)
        assert (vue.entree, vue.entrees) == (2019, (2019, 2018))
        assert not vue.est_compare and vue.fragilite is None


class TestMarques:
    def test_heights_are_gaps_in_ecarts_utiles_favourable_up(self, base):
        """Brevet +10 points of 3; first wish −12 of 3; dropping out +5 of 1, where low is good."""
        hauteurs = {m.marque.indicateur: m.hauteur for m in build_vue_parcours(base, "R1").lues}
        assert hauteurs["taux_reussite_dnb"] == pytest.approx(10 / 3)
        assert hauteurs["premier_voeu_satisfait"] == pytest.approx(-12 / 3)
        assert hauteurs["taux_decrochage"] == pytest.approx(-5 / 1)
        for marque in build_vue_parcours(base, "R1").lues:
            assert marque.hauteurs[0] < marque.hauteur < marque.hauteurs[1]

    def test_states_are_those_published(self, base):
        publies = {
            (i, r): etat
            for i, r, etat in base.lignes(
                "SELECT indicateur, rentree, etat FROM comparaison WHERE territoire = 'R1' AND reference = 'academie'"
            )
        }
        for marque in build_vue_parcours(base, "R1").lues:
            assert marque.etat == publies[marque.marque.indicateur, marque.ligne.valeur.rentree]

    def test_point_de_fragilite_is_the_largest_in_ecarts_utiles(self, base):
        """Twelve points at the assignment weigh four écarts utiles, five at dropping out weigh five."""
        vue = build_vue_parcours(base, "R1")
        etablies = {m.marque.indicateur for m in vue.lues if m.etat == "defavorable"}
        assert etablies == {"maitrise_6e_francais", "premier_voeu_satisfait", "taux_decrochage"}
        assert vue.fragilite.marque.indicateur == "taux_decrochage"
        fin = "le parcours est le plus fragile face au décrochage"
        assert phrases.write_titre(vue) == f"En dessous à l’orientation, {fin}"
        entier = f"En dessous à l’école, au-dessus au collège, en dessous à l’orientation, {fin}"
        assert phrases.write_titre(vue, 200) == entier
        assert build_vue_parcours(base, "R2").fragilite.marque.indicateur == "taux_reussite_dnb"

    def test_why_a_mark_has_no_figure(self, base):
        vue = build_vue_parcours(base, "R1")
        motifs = {
            m.marque.indicateur: phrases.explain_motif(m, e.etape)
            for e in vue.etapes
            for m in e.marques
            if not m.est_lue
        }
        assert motifs["maitrise_6e_mathematiques"] == ("extrait", "attendu")
        assert motifs["decision_2nde_gt"] == ("extrait", "attendu")
        assert "Évaluations nationales CP, CE1 et 6e (modèle académique)" in vue.extraits_attendus
        autre = build_vue_parcours(base, "R1", entree=2019).etapes[1].marques[0]
        assert autre.marque.indicateur == "maitrise_socle"  # nothing in 2022, something before
        assert phrases.explain_motif(autre, vue.etapes[1].etape) == ("dernier", "chiffre en", "2022")


MOTS = (phrases.DESSUS, phrases.COMPARABLE, phrases.DESSOUS, phrases.INDECIS, phrases.PARTAGE, phrases.MUET)
LIEUX = [etape.lieu for etape in load_parcours().etapes]
POINTS = [etape.marques[-1].lieu for etape in load_parcours().etapes]
FACE, FACE_ETAPE = "celui de ses territoires semblables", "celle de ses territoires semblables"


def list_parcours_possibles():
    """Every combination of what six steps say, with the point at each step that is below."""
    for mots in itertools.product(MOTS, repeat=len(LIEUX)):
        etapes = [Jugement(lieu, mot) for lieu, mot in zip(LIEUX, mots, strict=True)]
        dessous = [rang for rang, mot in enumerate(mots) if mot in (phrases.DESSOUS, phrases.PARTAGE)]
        for rang in dessous or [None]:
            jugements = list(etapes)
            if rang is not None:
                jugements[rang] = Jugement(LIEUX[rang], mots[rang], POINTS[rang])
            yield jugements, rang


class TestTitre:
    def test_every_combination_is_french(self):
        """No double space, a capital first, nothing of Python, nothing causal; one line unless it cannot be."""
        faute = re.compile(r"  |None|, ,|,$|^,|\.$| ,|\b(?:car|donc|effet|grâce|retard)\b|à le |de le ")
        vus = set()
        for jugements, rang in list_parcours_possibles():
            titre = phrases.phrase(jugements, FACE, FACE_ETAPE)
            vus.add(titre)
            assert not faute.search(titre) and titre[0].isupper(), titre
            assert len(titre) <= phrases.LONGUEUR, titre
            if rang is not None:
                assert POINTS[rang] in titre
        assert len(vus) > 500

    @pytest.mark.parametrize(
        ("mots", "rang", "attendu"),
        [
            (
                ("au-dessus", "comparable", "en dessous", "", "", ""),
                2,
                "Au-dessus à l’école, comparable au collège, "
                "le parcours fléchit à l’affectation en voie professionnelle",
            ),
            (("en dessous", "", "", "", "", ""), 0, "Le parcours est sous le reste de l’académie en maths"),
            (
                ("incertain", "en dessous", "", "", "au-dessus", ""),
                1,
                "Incertain à l’école, le parcours est sous le reste de l’académie au brevet, "
                "puis repasse au-dessus au lycée",
            ),
            (
                ("comparable", "comparable", "", "en dessous", "partagé", "en dessous"),
                3,
                "Comparable à l’école et au collège, le parcours fléchit face au décrochage, "
                "et aussi au lycée et après le bac",
            ),
            (
                ("en dessous", "", "", "", "en dessous", ""),
                4,
                "En dessous à l’école, le parcours est le plus fragile au bac",
            ),
            (("comparable",) * 6, None, "Aucune étape n’est établie sous le reste de l’académie"),
            (
                ("au-dessus", "", "", "", "", "comparable"),
                None,
                "Aucune des deux étapes jugées n’est établie sous le reste de l’académie\u202f; "
                "le parcours est au-dessus à l’école",
            ),
            (
                ("incertain",) * 6,
                None,
                "Aucune étape n’est établie sous le reste de l’académie\u202f; "
                "les élèves sont trop peu nombreux pour conclure",
            ),
            (("",) * 5 + ("comparable",), None, "Le parcours n’est jugé qu’après le bac\u00a0: il y est comparable"),
            (
                ("",) * 3 + ("incertain", "", ""),
                None,
                "Le parcours n’est jugé que face au décrochage\u00a0: "
                "les élèves y sont trop peu nombreux pour conclure",
            ),
            (("",) * 6, None, "Aucune étape ne peut être jugée"),
        ],
    )
    def test_sentences(self, mots, rang, attendu):
        points = ["en maths", "au brevet", "à l’affectation en voie professionnelle", LIEUX[3], "au bac", LIEUX[5]]
        jugements = [
            Jugement(lieu, mot, points[i] if i == rang else "")
            for i, (lieu, mot) in enumerate(zip(LIEUX, mots, strict=True))
        ]
        assert phrases.phrase(jugements, "le reste de l’académie", "le reste de l’académie") == attendu

    @pytest.mark.parametrize(
        ("etats", "mot"),
        [
            (("favorable", "defavorable"), phrases.PARTAGE),
            (("favorable", "non_concluant"), phrases.DESSUS),
            (("comparable", "defavorable"), phrases.DESSOUS),
            (("comparable", "non_concluant"), phrases.INDECIS),
            (("comparable", "superieur"), phrases.COMPARABLE),
            (("superieur", "sans_test"), phrases.MUET),
            ((), phrases.MUET),
        ],
    )
    def test_one_word_for_a_step(self, etats, mot):
        """Comparable is said only where nothing is undecided; what is neutral is not judged."""
        assert phrases.judge_etape(SimpleNamespace(lues=[SimpleNamespace(etat=e) for e in etats])) == mot

    def test_the_whole_has_no_rest(self, base):
        assert phrases.write_titre(build_vue_parcours(base, "A13")).startswith("L’académie n’a pas de reste à quoi la")


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def find_class(racine: ET.Element, classe: str) -> list[ET.Element]:
    return [e for e in racine.iter() if e.get("class") == classe]


def read_abscisses(chemin: str) -> list[float]:
    """Every abscissa that a path goes through, relative moves resolved at their start."""
    x, vus = 0.0, []
    for commande, reste in re.findall(r"([MLHVhlvZ])([^MLHVhlvZ]*)", chemin):
        nombres = [float(n) for n in re.findall(r"-?[\d.]+", reste)]
        if commande in "MLH":
            x = nombres[0]
        elif commande in "hl":
            x += nombres[0]
        vus.append(x)
    return vus


class TestDessin:
    @pytest.mark.parametrize("grand", [False, True])
    @pytest.mark.parametrize("lire", [COHORTE, DERNIERE])
    def test_as_many_marks_as_figures(self, base, lire, grand):
        vue = build_vue_parcours(base, "R1", lire)
        racine = parse(draw_parcours(vue, grand))
        assert (racine.get("width"), racine.get("height")) == (("1760", "750") if grand else ("1286", "482"))
        marques = find_class(racine, "marque")
        assert len(marques) == len(vue.lues) and len(find_class(racine, "trait")) == len(vue.lues)
        assert all(g.get("aria-label") for g in marques + find_class(racine, "absente"))
        assert len(find_class(racine, "fragilite")) == (1 if vue.fragilite else 0)
        liens = [e.get("href") for e in racine.iter() if e.tag == "a"]
        assert len(liens) == len(vue.marques) and all("territoire=R1" in lien for lien in liens)

    @pytest.mark.parametrize("grand", [False, True])
    def test_no_line_joins_two_marks(self, base, grand):
        """Whiskers are vertical; within a mark nothing leaves its slot; only line, rules and brackets run along."""
        vue = build_vue_parcours(base, "R1")
        racine = parse(draw_parcours(vue, grand))
        pas = min(p.x1 - p.x0 for p in place_marques(vue, ECRAN))
        for trait in find_class(racine, "trait"):
            assert len(set(read_abscisses(trait.get("d")))) == 1
        libres = {"reference", "accolade", "regle", "nd"}
        traits = [e for e in racine.iter() if e.tag == "path" and e.get("stroke") and e.get("class") not in libres]
        assert len(traits) > len(vue.lues)
        for trait in traits:
            abscisses = read_abscisses(trait.get("d"))
            assert max(abscisses) - min(abscisses) < pas
        assert not [e for e in racine.iter() if e.tag in ("line", "polyline", "polygon")]

    def test_beyond_the_scale_a_whisker_is_open_and_stays_inside(self, base):
        """Five écarts utiles down: cut at the limit, with a chevron; the figure written is the true one."""
        vue = build_vue_parcours(base, "R1")
        assert vue.fragilite.hauteur < -LIMITE
        racine = parse(draw_parcours(vue))
        (groupe,) = [g for g in find_class(racine, "marque") if "point de fragilité" in g.get("aria-label")]
        ordonnees = [float(n) for t in groupe.iter("path") if t.get("d") for n in re.findall(r"V([\d.]+)", t.get("d"))]
        assert max(ordonnees) <= ECRAN.y(-LIMITE) + 0.1
        assert len([t for t in groupe.iter("path") if t.get("fill") == "none"]) == 1
        assert write_label(vue.fragilite) == "▼ +5,0" and "▼ +5,0" in "".join(groupe.itertext())

    def test_favourable_is_up(self, base):
        """Dropping out five points more often is below the line, a brevet ten points higher above it."""
        racine = parse(draw_parcours(build_vue_parcours(base, "R1")))
        ordonnees = {
            g.get("aria-label"): float(re.search(r"translate\([\d.]+ ([\d.]+)\)", t.get("transform"))[1])
            for g in find_class(racine, "marque")
            for t in g.iter("g")
            if t.get("transform")
        }
        (decrochage,) = [y for nom, y in ordonnees.items() if nom.startswith("Décrochage")]
        (dnb,) = [y for nom, y in ordonnees.items() if "Réussite DNB" in nom]
        assert dnb < ECRAN.centre < decrochage

    def test_projection_keeps_to_what_is_read_from_afar(self, base):
        vue = build_vue_parcours(base, "R1")
        ecran, grand = (parse(draw_parcours(vue, g)) for g in (False, True))
        tailles = [float(t.get("font-size")) for t in grand.iter("text")]
        assert min(tailles) == 28 and min(float(t.get("font-size")) for t in ecran.iter("text")) >= 12
        intervalle = write_intervalle(vue.fragilite)
        assert intervalle in "".join(ecran.itertext()) and intervalle not in "".join(grand.itertext())
        assert not find_class(grand, "attendu")

    def test_a_whole_step_without_figure_is_hatched_once(self, base):
        racine = parse(draw_parcours(build_vue_parcours(base, "R1")))
        absentes = [g.get("aria-label") for g in find_class(racine, "absente")]
        assert len([nom for nom in absentes if nom.startswith("Après")]) == 1
        assert len(find_class(racine, "nd")) == len(absentes)

    def test_the_whole_shows_values_without_gap(self, base):
        vue = build_vue_parcours(base, "A13")
        racine = parse(draw_parcours(vue))
        assert not find_class(racine, "reference") and not find_class(racine, "trait")
        assert len(find_class(racine, "marque")) == len(vue.lues)
        assert int(racine.get("height")) < 482


class TestPage:
    def test_rows_and_table_say_every_figure(self, base):
        vue = build_vue_parcours(base, "R1")
        liste, table = render_liste(vue), render_table(vue)
        assert liste.count("<li") == len(vue.marques) and table.count("<tr>") == len(vue.marques) + 1
        assert liste.count('class="fragile"') == 1 and "point de fragilité" in liste
        for html in (liste, table):
            assert html.count("href=") == len(vue.marques) and "None" not in html
        assert table.count("Extrait d’essai (Essai)") == len(vue.lues)

    def test_notes_say_that_a_territory_is_followed(self, base):
        html = parcours.render_page(build_vue_parcours(base, "R1"))
        assert "Territoire suivi, non élèves suivis\u00a0: départs et arrivées ne sont pas retirés." in html
        assert "D’où viennent ces chiffres" in html and "2021-2022" in html

    def test_no_figure_at_all_says_what_to_load(self, tmp_path):
        observations = [make_observation("0860001A", 90, 100, indicateur="taux_mentions_dnb")]
        chemin = build_petite_base(
            tmp_path,
            [get_indicateur("taux_mentions_dnb")],
            {"observations": observations, "perimetres": [make_perimetre("0860001A", "R1")]},
        )
        vide = Base(chemin, Version("v0001", 1, datetime(2026, 1, 1), False, "13", "e", "a", "r"))
        vue = build_vue_parcours(vide, "R1")
        assert vue.lire == DERNIERE and not vue.lues and not vue.entrees
        html = parcours.render_page(vue)
        assert "Aucun chiffre du parcours n’est publié" in html
        assert "Maîtrise du socle par composante (modèle académique)" in html and "<svg" not in html
        assert "<svg" not in parcours.render_projection(vue)

    def test_csv_has_every_mark(self, base):
        texte = write_parcours(base, "R1", COHORTE, None, "principale").decode("utf-8-sig")
        lignes = list(csv.DictReader(io.StringIO(texte), delimiter=";"))
        vue = build_vue_parcours(base, "R1")
        assert [ligne["indicateur"] for ligne in lignes] == [m.marque.indicateur for m in vue.marques]
        (point,) = [ligne for ligne in lignes if ligne["point_de_fragilite"] == "oui"]
        assert (point["indicateur"], point["ecarts_utiles"], point["entree_6e"]) == ("taux_decrochage", "-5", "2018")


def check_territoire(base: Base, code: str, *lectures: str) -> None:
    """A territory in these readings: well-formed drawings, a title, nothing of Python on screen."""
    for lire in lectures:
        vue = build_vue_parcours(base, code, lire)
        for grand in (False, True):
            assert len(find_class(parse(draw_parcours(vue, grand)), "marque")) == len(vue.lues)
        html = parcours.render_page(vue) + parcours.render_projection(vue)
        titre = phrases.write_titre(vue)
        assert titre[0].isupper() and "  " not in titre and len(titre) <= phrases.LONGUEUR
        assert not re.search(r"\bNone\b|\bnan\b|Decimal", re.sub(r"<[^>]+>", " ", html)), code


_TERRITOIRES = """SELECT code FROM territoire WHERE niveau <> 'etablissement' AND rentree_fin IS NULL ORDER BY code"""
_ETABLISSEMENTS = """SELECT code FROM territoire WHERE niveau = 'etablissement'
    QUALIFY row_number() OVER (PARTITION BY type ORDER BY code) <= 8 ORDER BY code"""


def test_every_territory_of_the_demonstration(donnees_demo):
    base = open_base(donnees_demo / "processed")
    codes = [code for (code,) in base.lignes(_TERRITOIRES)]
    assert len(codes) > 55
    for code in codes:
        check_territoire(base, code, COHORTE)


@pytest.mark.long
@pytest.mark.parametrize("donnees", ["donnees_demo", "donnees_reelles"])
def test_every_territory_in_both_readings(donnees, request):
    """Areas, and établissements of each type: real extracts leave most steps empty."""
    base = open_base(request.getfixturevalue(donnees) / "processed")
    for sql in (_TERRITOIRES, _ETABLISSEMENTS):
        for (code,) in base.lignes(sql):
            check_territoire(base, code, COHORTE, DERNIERE)
