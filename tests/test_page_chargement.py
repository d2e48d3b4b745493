"""The page Chargement without a browser: the report of a file as people read it, and the journey of a deposit."""

import json
import re
import shutil
import time
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import rapport_fichier
from dashboard.navigation import PAGES
from indicators.base import read_version_courante
from indicators.ingestion.rapport import Constat, Controle, Etape, FormatLu, Gravite, Rapport, Signalement
from indicators.journal import read_journal
from indicators.publication import Dossiers
from indicators.verrou import hold_verrou
from tests.conftest import RACINE
from tests.outils_chargement import build_donnees, change_cellule, make_fautif, read_ips, write_csv

pytestmark = pytest.mark.long

HOSTILE = "<img src=x onerror=alert(1)>\"'&"


def make_controle(code: str = "essai", etape: str = "valeurs", gravite: str = "bloquant", **champs) -> Controle:
    """A check with defaults."""
    defauts = {"titre": f"Titre {code}", "attendu": "un nombre", "action": "corrigez la ligne."}
    return Controle(code=code, etape=etape, gravite=gravite, **(defauts | champs))


def make_constat(controle: Controle, nb: int = 1, exemples=(), **champs) -> Constat:
    """A finding with defaults."""
    defauts = {"constat": "un constat", "attendu": "un nombre", "action": "corrigez la ligne."}
    return Constat(controle=controle, nb=nb, exemples=exemples, **(defauts | champs))


def make_rapport(*constats: Constat, **champs) -> Rapport:
    """A report with defaults: one sound check, and those of the findings."""
    defauts = {
        "fichier": "ips.csv", "sha256": "0" * 64, "taille": 72_704, "genre": "CSV", "entetes": ("uai", "taux"),
        "nb_colonnes_lues": 2, "nb_lignes": 100, "rentrees": (2022, 2023),
        "format": FormatLu(code="ips", titre="IPS des collèges", source="DEPP", version=1),
    }  # fmt: skip
    controles = (make_controle("sain", etape="reception", titre="Fichier vide"), *(c.controle for c in constats))
    return Rapport(constats=constats, controles=controles, **(defauts | champs))


def read_texte(html: str) -> str:
    """What a reader reads of markup, spaces made plain."""
    nu = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"\s+", " ", unescape(nu)).strip()


def test_report_shows_what_was_found_expected_and_to_do():
    uai = make_controle("uai", etape="identifiants", titre="UAI impossible")
    exemples = (Signalement(ligne=37, colonne="uai", trouve="« 0169901B »", attendu="lettre A"),)
    texte = read_texte(rapport_fichier.render_rapport(make_rapport(make_constat(uai, 3, exemples), nb_a_corriger=3)))
    assert "100 lignes lues, rentrées 2022-2023 et 2023-2024" in texte
    assert "97 acceptées · × 3 à corriger" in texte
    assert "UAI impossible 3 lignes ligne 37 uai = 0169901B lettre A et 2 autres Corrigez la ligne." in texte
    assert "2 contrôles : 1 bloquant, 1 conforme" in texte


def test_blocking_findings_come_before_warnings_and_information():
    signe = make_controle("saut", etape="vraisemblance", gravite="avertissement", signature=True)
    informe = make_controle("zeros", etape="forme", gravite="avertissement")
    rapport = make_rapport(*(make_constat(c) for c in (informe, signe, make_controle("taux"))))
    html = rapport_fichier.render_rapport(rapport)
    places = [html.index(titre) for titre in (">Bloquants ", ">Avertissements ", ">À savoir ")]
    assert places == sorted(places)
    assert places[0] < html.index("Titre taux") < places[1] < html.index("Titre saut") < places[2]


def test_a_hostile_cell_is_shown_never_obeyed():
    exemples = (Signalement(ligne=2, colonne=HOSTILE, trouve=HOSTILE, attendu=HOSTILE),)
    constat = make_constat(make_controle(), 1, exemples, constat=HOSTILE, action=HOSTILE)
    rapport = make_rapport(constat, make_constat(make_controle("b"), constat=HOSTILE), genre=HOSTILE, fichier=HOSTILE)
    html = rapport_fichier.render_rapport(rapport) + rapport_fichier.render_etapes(rapport, VERDICT)
    assert "<img" not in html and 'onerror=alert(1)>"' not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


VERDICT = rapport_fichier.Verdict(Gravite.BLOQUANT, "Refusé", "Corrigez.", "non commencé", "en attente")


def test_stages_say_the_worst_answer_and_how_many_checks_gave_it():
    constats = [make_constat(make_controle(code)) for code in ("a", "b")]
    constats.append(make_constat(make_controle("c", gravite="avertissement")))
    html = rapport_fichier.render_etapes(make_rapport(*constats), VERDICT)
    lignes = [read_texte(ligne) for ligne in re.findall(r"<li.*?</li>", html)]
    assert len(lignes) == len(Etape) + 1
    assert lignes[0] == "Réception conforme 71 Ko, lu en entier"
    assert lignes[1].startswith("Reconnaissance non commencé IPS des collèges, 2 colonnes sur 2")
    assert lignes[4] == "Valeurs bloquant : 2 bornes, codes, nombres"
    assert lignes[-1] == "Publication non commencé en attente"


def test_bar_parts_add_up_to_the_lines_read():
    rapport = make_rapport(nb_lignes=1000, nb_a_corriger=8, nb_averties=2, nb_hors_academie=400)
    html = rapport_fichier.render_rapport(rapport)
    assert [int(n) for n in re.findall(r"flex:(\d+)", html)] == [590, 400, 2, 8]


def test_a_file_without_a_line_draws_no_bar():
    html = rapport_fichier.render_rapport(make_rapport(make_constat(make_controle()), nb_lignes=0))
    assert 'class="bar"' not in html
    assert "1 bloquant" in read_texte(html)


def test_initials_take_no_plural():
    assert read_texte(rapport_fichier.count(2, "UAI")) == "2 UAI"
    assert read_texte(rapport_fichier.count(1, "paire")) == "1 paire"
    assert read_texte(rapport_fichier.count(1234, "ligne")) == "1 234 lignes"


def test_sound_checks_are_one_line_and_all_can_be_seen():
    controles = tuple(make_controle(f"s{rang}", titre=f"Contrôle {rang}") for rang in range(12))
    texte = read_texte(rapport_fichier.render_rapport(make_rapport().add(controles, ())))
    assert "13 contrôles conformes" in texte
    assert texte.count("Contrôle 11") == 1  # only in the list that opens


CHARGEMENT = next(page for page in PAGES if page.nom == "chargement")


@pytest.fixture(scope="module")
def donnees_ips(donnees_demo, tmp_path_factory):
    """A small installation, published once; read it, never write in it."""
    return build_donnees(donnees_demo, tmp_path_factory.mktemp("page-chargement"))


@pytest.fixture
def dossiers(donnees_ips, tmp_path, monkeypatch):
    """A private copy of the small installation, named by ECLORE_DONNEES."""
    donnees = shutil.copytree(donnees_ips, tmp_path / "copie")
    monkeypatch.setenv("ECLORE_DONNEES", str(donnees))
    return Dossiers(donnees / "raw", donnees / "processed")


@pytest.fixture
def application(dossiers):
    """The application, open on the page Chargement."""
    return open_page()


def open_page(**parametres: str) -> AppTest:
    """The page Chargement, opened at an address; no fault is tolerated."""
    essai = AppTest.from_file(str(RACINE / "dashboard" / "app.py"), default_timeout=120)
    for nom, valeur in parametres.items():
        essai.query_params[nom] = valeur
    essai.switch_page(CHARGEMENT.fichier)
    return run(essai)


def run(essai: AppTest) -> AppTest:
    """Run again; no fault is tolerated."""
    essai.run()
    assert not essai.exception
    assert "n’a pas pu être affichée" not in read_page(essai)
    return essai


def read_page(essai: AppTest) -> str:
    """The text of all blocs."""
    blocs = (json.loads(e.proto.json or "{}") for e in essai.get("bidi_component"))
    return " ".join(read_texte(bloc.get("html", "")) for bloc in blocs)


def drop(essai: AppTest, *fichiers: tuple[str, bytes]) -> AppTest:
    """Hand files in, ask for their control, and follow what the page does next."""
    essai.file_uploader[0].set_value([(nom, contenu, "text/csv") for nom, contenu in fichiers])
    return click(essai, "Contrôler")


def get_depot(essai: AppTest) -> str:
    """Identifier of the deposit in the address."""
    valeur = essai.query_params["depot"]
    return valeur if isinstance(valeur, str) else valeur[0]


def click(essai: AppTest, libelle: str) -> AppTest:
    """Press a button by its words."""
    next(bouton for bouton in essai.button if read_texte(bouton.label).startswith(libelle)).click()
    return run(essai)


def test_home_lists_the_versions_and_the_extracts_in_force(application):
    texte = read_page(application)
    assert "La version 1 est affichée" in texte
    assert "ips-colleges-2019-2023.csv" in texte
    assert "Vos extraits remplaceront" not in texte


def test_on_the_demonstration_the_page_says_that_it_will_be_replaced(base_demo_dossier):
    assert "remplacera les données de démonstration" in read_page(open_page())


def test_without_any_base_the_first_extract_can_be_handed_in():
    texte = read_page(open_page())
    assert "Rien n’est encore publié" in texte
    assert "Aucune version n’est encore publiée" in texte


def test_nothing_handed_in_is_said_in_its_place(application):
    assert "Aucun fichier à lire" in read_page(click(application, "Contrôler"))


def test_several_files_have_a_summary_that_opens_each_report(application, donnees_demo):
    sain = read_ips(donnees_demo, "2024")
    drop(application, ("bon.csv", write_csv(sain)), ("fautif.csv", write_csv(make_fautif(sain))))
    texte = read_page(application)
    assert "Ce dépôt ne peut pas être publié : 1 fichier est à corriger" in texte
    assert "fautif.csv IPS des collèges 2024-2025 228 3 bloquants" in texte
    depot = get_depot(application)
    rapport = open_page(depot=depot, table="2")
    assert "Ce fichier ne peut pas être publié : 3 contrôles bloquants" in read_page(rapport)
    click(rapport, "Retirer ce fichier")
    assert "La version 2 est prête" in read_page(rapport)


def test_a_link_to_a_deposit_shows_it_again(application, donnees_demo):
    drop(application, ("ips.csv", write_csv(read_ips(donnees_demo, "2024"))))
    identifiant = get_depot(application)
    assert "La version 2 est prête" in read_page(open_page(depot=identifiant))
    assert "ips.csv" in read_page(open_page())  # among the deposits that wait


def test_an_unknown_deposit_gets_a_calm_answer(dossiers):
    assert "Ce dépôt n’existe pas, ou plus" in read_page(open_page(depot="0" * 32))


def test_a_signature_needs_a_reason(application, donnees_demo):
    revises = change_cellule(read_ips(donnees_demo, "2023"), 2, "ips", "60.5")
    drop(application, ("ips.csv", write_csv(revises)))
    assert "À signer avant de publier" in read_page(application)
    click(application, "Accepter")
    assert "il manque la raison" in read_page(application)
    application.text_input[1].input("Erratum de la source")
    click(application, "Accepter")
    texte = read_page(application)
    assert "Erratum de la source" in texte
    assert "La version 2 est prête" in texte


def test_the_second_loader_is_told_who_publishes(application, dossiers, donnees_demo):
    drop(application, ("ips.csv", write_csv(read_ips(donnees_demo, "2024"))))
    with hold_verrou(dossiers.processed, "Paul Essai"):
        click(application, "Publier la version 2")
        texte = read_page(application)
    assert re.search(r"Une autre publication est en cours \(Paul Essai, processus \d+, depuis le", texte)
    click(application, "Publier la version 2")
    assert "La version 2 est publiée" in read_page(application)


def test_undo_serves_the_version_before_and_versions_can_be_restored(application, dossiers, donnees_demo):
    drop(application, ("ips.csv", write_csv(read_ips(donnees_demo, "2024"))))
    click(application, "Publier la version 2")
    click(application, "Annuler cette publication")
    assert read_version_courante(dossiers.processed).numero == 1
    assert "ips.csv" not in {c.fichier for c in read_journal(dossiers.raw)}
    accueil = open_page(retablir="2")
    click(accueil, "Rétablir la version 2")
    assert read_version_courante(dossiers.processed).numero == 2
    assert "ips.csv" in {c.fichier for c in read_journal(dossiers.raw)}


def test_an_unknown_layout_is_mapped_by_hand_and_kept(application, dossiers, donnees_demo):
    entete, *lignes = read_ips(donnees_demo, "2024")
    entete = entete.replace("uai", "Code de l’établissement").replace(";ips;", ";Indice moyen;")
    drop(application, ("nouveau.csv", write_csv([entete, *lignes])))
    assert "Ce fichier n’est d’aucun format connu" in read_page(application)
    application.selectbox(key="parent").select("ips_colleges")
    run(application)
    application.selectbox(key="colonne_ips_colleges_uai").select("Code de l’établissement")
    application.selectbox(key="colonne_ips_colleges_ips").select("Indice moyen")
    titre = next(champ for champ in application.text_input if champ.label.startswith("Titre"))
    titre.input("IPS, nouvelle présentation")
    click(application, "Enregistrer ce format")
    assert (dossiers.raw / "formats" / "ips_nouvelle_presentation.yaml").exists()
    texte = read_page(application)
    assert "IPS, nouvelle présentation" in texte
    assert "La version 2 est prête" in texte


def test_drawing_a_report_again_is_fast(application, donnees_demo):
    """A warm rerun stays far under what a reader notices; the bound is loose for a busy machine."""
    drop(application, ("ips.csv", write_csv(make_fautif(read_ips(donnees_demo, "2024")))))
    durees = []
    for _ in range(5):
        debut = time.perf_counter()
        run(application)
        durees.append(time.perf_counter() - debut)
    assert min(durees) < 0.4
