"""The guide of the statistics service is true: its commands are run in its order, as a reader would run them."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from indicators.__main__ import main
from indicators.chemins import RACINE, get_raw
from indicators.demo import generate_demo
from indicators.ingestion.corrections import is_corrections
from indicators.recuperation.jeux import Adresses, Jeu
from tests.portail import Portail, open_portail
from tests.test_corrections import mend, set_cellule

pytestmark = pytest.mark.long

GUIDE = (RACINE / "docs" / "guide-ssa.md").read_text(encoding="utf-8")
TERRITOIRES = ("demo-communes.csv", "demo-contours-communes.geojson", "demo-etablissements.csv", "demo-perimetres.csv")
REFUS = 3


def list_commandes() -> list[tuple[list[str], int]]:
    """Arguments of each command of the guide, and the exit code that its comment announces."""
    commandes = []
    for bloc in re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
        for ligne in bloc.splitlines():
            commande, _, commentaire = ligne.partition("  # ")
            debut, *arguments = shlex.split(commande)
            assert [debut, *arguments[:2]] == ["python", "-m", "indicators"], ligne
            commandes.append((arguments[2:], REFUS if commentaire.startswith("refusé") else 0))
    return commandes


def read_demo(chemin: Path) -> tuple[list[str], list[list[str]]]:
    entete, *lignes = csv.reader(chemin.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    return entete, lignes


def write(nom: str, entete: list[str], lignes: list[list[str]]) -> None:
    with Path(nom).open("w", encoding="utf-8", newline="") as flux:
        csv.writer(flux, delimiter=";").writerows([entete, *lignes])


def prepare_fichiers(demo: Path) -> None:
    """The files that the guide speaks of, in the current folder."""
    Path("extraits").mkdir()
    Path("territoires").mkdir()
    for nom in TERRITOIRES:
        shutil.copy(demo / nom, "territoires")
    entete, lignes = read_demo(demo / "demo-decrochage.csv")
    write("extraits/decrochage.csv", entete, [ligne for ligne in lignes if "2022" <= ligne[1] < "2024"])
    derniere = [ligne for ligne in lignes if ligne[1] == "2024"]
    fautive = [list(ligne) for ligne in derniere]
    fautive[0][2] = "douze"
    write("decrochage-2024.csv", entete, [*fautive, ["0169209", *derniere[0][1:]]])
    write("decrochage-2024-revise.csv", entete, [revise(ligne) for ligne in derniere])
    siei = ["RNE", "Année scolaire", "Élèves suivis", "Repérés", "Avec solution", "Suivis FOQUALE"]
    write("siei-2025.csv", siei, [[ligne[0], "2025-2026", *ligne[2:]] for ligne in derniere])
    write_reseaux(demo / "demo-perimetres.csv", demo / "demo-etablissements.csv")


def revise(ligne: list[str]) -> list[str]:
    """One more young person with a solution, where some had none."""
    reperes, solution = ligne[3:5]
    plus = reperes.isdecimal() and solution.isdecimal() and int(solution) < int(reperes)
    return [*ligne[:4], str(int(solution) + plus) if plus else solution, *ligne[5:]]


def write_reseaux(perimetres: Path, etablissements: Path) -> None:
    """An official table: each établissement in the réseau of its commune; those of the first move in 2025."""
    _, communes = read_demo(perimetres)
    reseaux = {ligne[0]: ligne[1:5] for ligne in communes}
    entete, lignes = read_demo(etablissements)
    commune, deplacee, nouveau = entete.index("commune"), communes[0][0], communes[-1][1:5]
    officiels = []
    for ligne in (ligne for ligne in lignes if ligne[commune] in reseaux):
        bouge = ligne[commune] == deplacee
        officiels.append([ligne[0], *reseaux[ligne[commune]], "2016", "2024" if bouge else ""])
        officiels += [[ligne[0], *nouveau, "2025", ""]] * bouge
    noms = ["uai", "code_reseau", "nom_reseau", "code_inter_reseau", "nom_inter_reseau", "rentree_debut", "rentree_fin"]
    write("reseaux-2025.csv", noms, officiels)


def mend_classeur(chemin: Path) -> None:
    """What the reader does between two commands, with the workbook of the report."""
    assert is_corrections(chemin)
    mend(chemin, set_cellule(2, "effectif_suivi", "88"))
    mend(chemin, set_cellule(359, "À corriger", "supprimer"))


def write_format() -> None:
    """The YAML of the guide, saved where it says."""
    (nom,) = re.findall(r"`data/raw/formats/(\w+\.yaml)` :", GUIDE)
    (texte,) = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    (get_raw() / "formats").mkdir(parents=True)
    (get_raw() / "formats" / nom).write_text(texte, encoding="utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    """Files of the demonstration, in the layouts that a statistics service receives."""
    dossier = tmp_path_factory.mktemp("demo")
    generate_demo(dossier)
    return dossier


@pytest.fixture
def portail(demo, monkeypatch):
    """The services of open data, on this machine: an IPS and the communes of the demonstration."""
    entete, *lignes = (demo / "demo-ips-colleges-2019-2024.csv").read_text(encoding="utf-8-sig").splitlines()
    ips = [entete, *(ligne for ligne in lignes if ligne.startswith("2024"))]
    with open_portail(Portail({"ips": ips}, list_communes(demo))) as ouvert:
        jeu = Jeu(jeu="ips", filtre='academie="{nom_capitales}"', format="ips_colleges")
        adresses = Adresses(portail=ouvert.adresse, geographie=ouvert.adresse, jeux={"ips_colleges": jeu})
        monkeypatch.setattr("indicators.recuperation.load_adresses", lambda: adresses)
        yield


def list_communes(demo: Path) -> dict[str, list[dict]]:
    """The communes as the geographic API gives them, by département."""
    communes: dict[str, list[dict]] = {}
    for entite in json.loads((demo / "demo-contours-communes.geojson").read_text(encoding="utf-8"))["features"]:
        lus = entite["properties"]
        noms = {"codeDepartement": lus["departement"], "codeEpci": lus["epci"]}
        proprietes = {nom: lus[nom] for nom in ("code", "nom", "population")} | noms
        communes.setdefault(lus["departement"], []).append({"properties": proprietes, "geometry": entite["geometry"]})
    return communes


def test_commands_of_the_guide_run_in_its_order(demo, portail, tmp_path, monkeypatch, capsys):
    """Each one does what the text announces, refusals included."""
    monkeypatch.chdir(tmp_path)
    prepare_fichiers(demo)
    for arguments, code in list_commandes():
        if arguments == ["controler", "siei-2025.csv"]:
            write_format()
        obtenu = main(arguments)
        dit = capsys.readouterr()
        assert obtenu == code, f"{shlex.join(arguments)}\n{dit.out}\n{dit.err}"
        if "--rapport" in arguments:
            mend_classeur(tmp_path / arguments[-1])


def test_every_command_is_in_the_guide():
    """A command that a statistician may run is told; `demo` and `exporter` are for others."""
    from indicators.__main__ import build_analyseur

    connues = set(build_analyseur()._subparsers._group_actions[0].choices)
    assert {arguments[0] for arguments, _ in list_commandes()} == connues - {"demo", "exporter"}


def test_links_of_the_guide_lead_somewhere():
    for cible in re.findall(r"\]\(([^)#]+)", GUIDE):
        assert (RACINE / "docs" / cible).is_file(), cible
    assert "docs/guide-ssa.md" in (RACINE / "README.md").read_text(encoding="utf-8")
