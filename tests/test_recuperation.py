"""Open data fetched from a server that answers like the real ones, faults included."""

import json

import pytest

from indicators.__main__ import main
from indicators.erreurs import ErreurUsage
from indicators.recuperation import REGISTRE, Politesse, fetch_jeux
from indicators.recuperation.jeux import Adresses, Jeu, list_demandes, load_adresses
from indicators.territoires.referentiel import find_academie, get_academie, load_academies
from tests.portail import Portail, open_portail

IPS = [
    "rentree_scolaire;academie;uai;nom_de_l_etablissement;code_insee_de_la_commune;nom_de_la_commune;secteur;ips",
    "2023-2024;POITIERS;0160001P;ECOLE A;16015;ANGOULEME;public;101.2",
    "2023-2024;POITIERS;0170001J;ECOLE B;17300;LA ROCHELLE;public;99.0",
    "2023-2024;POITIERS;0860001J;ECOLE C;86194;POITIERS;public;NS",
]
LONG = IPS + IPS[1:] * 2000
"""Long enough for a cut to leave something."""
CARRE = {"type": "Polygon", "coordinates": [[[0.1, 45.6], [0.2, 45.6], [0.2, 45.7], [0.1, 45.7], [0.1, 45.6]]]}
COMMUNES = {
    departement: [
        {
            "properties": {
                "code": f"{departement}015",
                "nom": f"Commune du {departement}",
                "codeDepartement": departement,
                "population": 1200,
                "codeEpci": "200000000",
            },
            "geometry": CARRE,
        }
    ]
    for departement in ("16", "17", "79", "86")
}
PRESSE = Politesse(essais=3, pause=0.01, pause_maximale=1, delai=(2, 2))
POITIERS = get_academie("13")


@pytest.fixture
def portail():
    with open_portail(Portail({"ips": IPS}, COMMUNES)) as ouvert:
        yield ouvert


def _adresses(portail: Portail) -> Adresses:
    jeu = Jeu(jeu="ips", filtre='academie="{nom_capitales}"', format="ips_ecoles")
    return Adresses(portail=portail.adresse, geographie=portail.adresse, jeux={"ips_ecoles": jeu})


def _fetch(portail, dossier, **options):
    lignes: list[str] = []
    bilan = fetch_jeux(
        POITIERS, dossier, adresses=_adresses(portail), politesse=PRESSE, progres=lignes.append, **options
    )
    return bilan, "\n".join(lignes)


def test_everything_is_fetched_checked_and_ready_to_load(portail, tmp_path, capsys):
    """The portal's file with its filter, the communes of each département; the folder then loads as it is."""
    bilan, _ = _fetch(portail, tmp_path / "f")
    assert bilan.echecs == () and len(bilan.recus) == 5
    where = [parametres.get("where") for chemin, parametres, _ in portail.demandes if "exports" in chemin]
    assert where == ['academie="POITIERS"']
    assert (tmp_path / "f" / "ips_ecoles.csv").read_text(encoding="utf-8-sig").splitlines() == IPS
    assert json.loads((tmp_path / "f" / REGISTRE).read_text(encoding="utf-8"))["ips_ecoles.csv"]["lignes"] == 3
    assert main(["controler", str(tmp_path / "f")]) == 0, capsys.readouterr().err


def test_what_is_complete_is_not_fetched_again(portail, tmp_path):
    """A second run asks for nothing; `tout` asks for everything."""
    _fetch(portail, tmp_path)
    portail.demandes.clear()
    bilan, texte = _fetch(portail, tmp_path)
    assert portail.demandes == [] and len(bilan.deja_la) == 5 and "déjà là" in texte
    assert len(_fetch(portail, tmp_path, tout=True)[0].recus) == 5


@pytest.mark.parametrize("reprise", [True, False])
def test_cut_transfer_goes_on(portail, tmp_path, reprise):
    """A connection cut in the middle: the rest is asked for, or the whole where the service serves no part."""
    portail.reprise, portail.jeux["ips"] = reprise, LONG
    portail.fautes["exports"] = ["coupe"]
    bilan, texte = _fetch(portail, tmp_path)
    assert bilan.echecs == () and "liaison coupée : nouvel essai" in texte
    assert (tmp_path / "ips_ecoles.csv").read_text(encoding="utf-8-sig").splitlines() == LONG
    plages = [plage for chemin, _, plage in portail.demandes if "exports" in chemin]
    assert [bool(plage) for plage in plages] == [False, reprise]


def test_transfer_given_up_is_resumed_by_the_next_run(portail, tmp_path):
    """Nothing more comes: the failure says so and keeps what was received; the same command goes on."""
    portail.jeux["ips"] = LONG
    portail.fautes["exports"] = ["coupe"] + [(500, {})] * 3
    bilan, _ = _fetch(portail, tmp_path)
    (echec,) = bilan.echecs
    assert "n’a pas pu être lu jusqu’au bout : service occupé (réponse 500), 3" in echec
    assert "relancez la même commande" in echec and len(bilan.recus) == 4
    assert not (tmp_path / "ips_ecoles.csv").exists()
    assert _fetch(portail, tmp_path)[0].recus == ("ips_ecoles.csv",)
    assert portail.demandes[-1][2].startswith("bytes=")
    assert (tmp_path / "ips_ecoles.csv").read_text(encoding="utf-8-sig").splitlines() == LONG


def test_partial_of_another_request_is_not_glued(portail, tmp_path):
    """The filter changed between two runs: the part received before is thrown away."""
    portail.jeux["ips"] = LONG
    portail.fautes["exports"] = ["coupe"] + [(500, {})] * 3
    _fetch(portail, tmp_path)
    adresses = _adresses(portail)
    autre = adresses.model_copy(
        update={"jeux": {"ips_ecoles": adresses.jeux["ips_ecoles"].model_copy(update={"filtre": "true"})}}
    )
    bilan = fetch_jeux(POITIERS, tmp_path, adresses=autre, politesse=PRESSE, progres=lambda texte: None)
    assert bilan.recus == ("ips_ecoles.csv",)
    plages = [plage for chemin, _, plage in portail.demandes if "exports" in chemin]
    assert plages[-1] == ""
    assert (tmp_path / "ips_ecoles.csv").read_text(encoding="utf-8-sig").splitlines() == LONG


def test_busy_service_is_waited_for(portail, tmp_path):
    """429 with its delay, then 503: asked again, after the delay that it gives."""
    portail.fautes["exports"] = [(429, {"Retry-After": "0"}), (503, {})]
    bilan, texte = _fetch(portail, tmp_path)
    assert bilan.echecs == ()
    assert "service occupé (réponse 429)" in texte and "service occupé (réponse 503)" in texte


def test_too_long_a_wait_is_said(portail, tmp_path):
    """A service that asks for an hour is not waited for."""
    portail.fautes["records"] = [(429, {"Retry-After": "3600"})]
    (echec,) = _fetch(portail, tmp_path)[0].echecs
    assert "le service demande d’attendre 3" in echec and "600" in echec


def test_changed_header_is_told(portail, tmp_path):
    """A column renamed by the ministry: the file is kept aside, the message names what lacks and what looks like it."""
    portail.jeux["ips"] = [IPS[0].replace(";ips", ";indice_social"), *IPS[1:]]
    (echec,) = _fetch(portail, tmp_path)[0].echecs
    assert "colonne « ips » absente" in echec.replace("\u00a0", " ")
    assert not (tmp_path / "ips_ecoles.csv").exists()
    assert (tmp_path / ".ips_ecoles.csv.refuse").exists()


def test_data_set_of_another_layout_is_told(portail, tmp_path):
    """Another known layout under the same name is not taken for the expected one."""
    portail.jeux["ips"] = ["uai;session;palier;phase;voie;sexe;effectif", "0160001P;2025;3E;DEMANDE;2GT;F;30"]
    (echec,) = _fetch(portail, tmp_path)[0].echecs
    assert "se lit comme" in echec and "ips_ecoles" in echec


def test_missing_rows_are_told(portail, tmp_path):
    """An export that ends early without a word is found out by the count of the service."""
    complet = list(IPS)
    portail.jeux["ips"] = complet
    demander = portail.next_faute

    def shorten(chemin):
        portail.jeux["ips"] = complet[:-1] if "exports" in chemin else complet
        return demander(chemin)

    portail.next_faute = shorten
    (echec,) = _fetch(portail, tmp_path)[0].echecs
    assert "incomplet : 2 lignes reçues sur 3" in echec


@pytest.mark.parametrize("cas", ["champ inconnu", "aucune ligne"])
def test_filter_that_finds_nothing_asks_for_everything(portail, tmp_path, cas):
    """The filter only spares the service: without it, the lines of other académies are left out when loading."""
    if cas == "champ inconnu":
        portail.filtres_inconnus = {"academie"}
    else:
        demander = portail.next_faute
        portail.next_faute = lambda chemin: (
            (200, {"X": "vide"}) if "records" in chemin and "where" in portail.demandes[-1][1] else demander(chemin)
        )
    bilan, texte = _fetch(portail, tmp_path)
    if cas == "champ inconnu":
        assert bilan.echecs == () and "le jeu entier est demandé" in texte
        assert "where" not in portail.demandes[-5][1]
    else:
        assert "total_count" in bilan.echecs[0]  # an answer without a count is not taken for zero


def test_unknown_data_set_and_unreachable_service(portail, tmp_path):
    """404, then nobody at the address: each file says it, none stops the others."""
    del portail.jeux["ips"]
    (echec,) = _fetch(portail, tmp_path)[0].echecs
    assert "répond 404" in echec and "jeux.yaml" in echec
    perdu = _adresses(portail).model_copy(update={"geographie": "http://127.0.0.1:9", "portail": "http://127.0.0.1:9"})
    bilan = fetch_jeux(POITIERS, tmp_path / "x", adresses=perdu, politesse=PRESSE, progres=lambda texte: None)
    assert len(bilan.echecs) == 5 and all("HTTPS_PROXY" in echec for echec in bilan.echecs)


def test_proxy_of_the_environment_is_used(portail, tmp_path, monkeypatch):
    """Behind a proxy, every request goes through it."""
    monkeypatch.setenv("http_proxy", portail.adresse)
    monkeypatch.setenv("no_proxy", "")
    adresses = _adresses(portail).model_copy(
        update={"portail": "http://portail.invalid", "geographie": "http://geo.invalid"}
    )
    fetch_jeux(POITIERS, tmp_path, adresses=adresses, politesse=PRESSE, progres=lambda texte: None)
    assert portail.demandes and all(chemin.startswith(("/ips", "/departements")) for chemin, *_ in portail.demandes)


def test_every_academie_has_its_demandes():
    """One YAML serves them all: no address keeps a hole, names are in capitals without accents."""
    for academie in load_academies().values():
        demandes = list_demandes(academie, load_adresses())
        assert len(demandes) == len(load_adresses().jeux) + len(academie.liste_departements)
        for demande in demandes:
            assert "{" not in demande.adresse + "".join(valeur for _, valeur in demande.parametres)
    creteil = find_academie("Créteil")
    assert any('academie="CRETEIL"' in str(d.parametres) for d in list_demandes(creteil, load_adresses()))


def test_academie_by_name_or_code():
    assert find_academie("poitiers") == find_academie("13") == POITIERS
    assert find_academie("Aix Marseille").nom == "Aix-Marseille"
    with pytest.raises(ErreurUsage, match="n’est pas un code d’académie"):
        find_academie("Atlantide")


def test_command_fetches_and_says_what_to_do_next(portail, tmp_path, monkeypatch, capsys):
    """The command line: files in the folder, the next command told; a failure ends with its own code."""
    monkeypatch.setattr("indicators.recuperation.load_adresses", lambda: _adresses(portail))
    dossier = tmp_path / "ouvertes"
    assert main(["recuperer", "--academie", "Poitiers", "--dossier", str(dossier)]) == 0
    assert f"python -m indicators charger {dossier}" in capsys.readouterr().err
    portail.jeux.clear()
    assert main(["recuperer", "--dossier", str(dossier), "--tout"]) == 6
    assert "1 fichier manque" in capsys.readouterr().err.replace("\u00a0", " ")
