"""The page Croiser in the application: each widget there and back, links, draft rule, files; a click in a browser."""

import csv
import io
import json
import re

import pytest
from python_calamine import CalamineWorkbook

from dashboard import comparer_fichiers as fichiers
from dashboard import croiser
from indicators.base import Base, open_base
from indicators.problematiques import parse_regle
from indicators.tableaux_de_bord.croiser_objets import Demande
from indicators.tableaux_de_bord.vue_croiser import build_vue_croiser
from indicators.territoires import Niveau
from tests.navigateur import wait_drawn
from tests.test_pages_cartes_indicateur import get_adresse, open_page, read_html, read_texte

DNB, DECROCHAGE, IPS, RESEAU, AUTRE = (
    "taux_reussite_dnb", "taux_decrochage", "ips_colleges", "R200069854", "R200041317",
)  # fmt: skip


def open_croiser(**parametres: str):
    return open_page("croiser", **({"territoire": RESEAU, "indicateur": DNB} | parametres))


def read_figure(application) -> dict:
    (graphe,) = application.get("plotly_chart")
    return json.loads(graphe.proto.spec)


@pytest.mark.usefixtures("base_demo_dossier")
class TestPage:
    @pytest.mark.parametrize(
        ("cle", "parametre", "autre", "ecrit"),
        [
            ("choix_axe_y", "indicateur", "taux_mentions_dnb", "taux_mentions_dnb"),
            ("choix_axe_x", "abscisse", DECROCHAGE, DECROCHAGE),
            ("choix_axe_z", "troisieme", "maitrise_6e_francais", "maitrise_6e_francais"),
            ("choix_lecture_y", "lecture_y", "favorable", "favorable"),
            ("choix_lecture_x", "lecture_x", "superieur", "superieur"),
            ("choix_ecarts_y", "ecarts_y", "0.5", "0.5"),
            ("choix_ecarts_x", "ecarts_x", "2", "2"),
            ("choix_reference", "reference", "similaires", "similaires"),
            ("choix_reference", "reference", "seuils", "seuils"),
            ("choix_surligne", "territoire", AUTRE, AUTRE),
            ("choix_niveau", "niveau", Niveau.INTER_RESEAU, "inter_reseau"),
        ],
    )
    def test_selectors_there_and_back(self, cle, parametre, autre, ecrit):
        application = open_croiser(niveau="reseau")
        avant, depart = read_texte(application), application.selectbox(key=cle).value
        application.selectbox(key=cle).set_value(autre).run()
        assert get_adresse(application, parametre) == ecrit
        assert read_texte(application) != avant
        application.selectbox(key=cle).set_value(depart).run()
        assert read_texte(application) == avant

    @pytest.mark.parametrize("cle", ["choix_lecture_z", "choix_ecarts_z"])
    def test_side_and_threshold_of_the_third_there_and_back(self, cle):
        application = open_croiser(troisieme=DECROCHAGE)
        avant, depart = read_texte(application), application.selectbox(key=cle).value
        application.selectbox(key=cle).set_value({"choix_lecture_z": "favorable", "choix_ecarts_z": "3"}[cle]).run()
        assert read_texte(application) != avant
        application.selectbox(key=cle).set_value(depart).run()
        assert read_texte(application) == avant

    def test_absolute_threshold_there_and_back(self):
        """Typed as people write; what is no number leaves the threshold as it was."""
        application = open_croiser(reference="seuils")
        champ = application.text_input(key="choix_seuil_y")
        avant, depart = read_texte(application), champ.value
        champ.set_value("85,5 %").run()
        assert get_adresse(application, "seuil_y") == "85.5"
        assert "sous 85,5\xa0%" in read_texte(application)
        application.text_input(key="choix_seuil_y").set_value("beaucoup").run()
        assert application.text_input(key="choix_seuil_y").value == "85,5\xa0%"
        application.text_input(key="choix_seuil_y").set_value(depart).run()
        assert get_adresse(application, "seuil_y") is None
        assert read_texte(application) == avant

    def test_line_of_the_context_there_and_back(self):
        application = open_croiser()
        avant = read_texte(application)
        application.toggle(key="choix_droite").set_value(True).run()
        assert get_adresse(application, "droite") == "1"
        assert "Pour 10 points d’IPS de plus" in read_texte(application)
        assert "droite" in [trace["name"] for trace in read_figure(application)["data"]]
        application.toggle(key="choix_droite").set_value(False).run()
        assert read_texte(application) == avant

    def test_line_is_not_offered_without_an_ips(self):
        application = open_croiser(abscisse=DECROCHAGE, droite="1")
        assert not application.get("toggle")
        assert "Pour 10 points d’IPS" not in read_texte(application)

    def test_draft_rule_there_and_back(self):
        """The button opens the dialog, which the address opens too; the rule shown is valid."""
        application = open_croiser(abscisse=DECROCHAGE)
        assert "Brouillon" not in str(application.get("code"))
        application.button(key="ouvrir_brouillon").click().run()
        assert get_adresse(application, "brouillon") == "1"
        assert "Cette règle est valide" in read_texte(application)
        (code,) = application.get("code")
        regle = parse_regle("essai", code.value)
        assert [c.indicateurs[0] for c in regle.conditions] == [DNB, DECROCHAGE]
        libelles = [b.label for b in application.get("download_button")]
        assert f"Télécharger\xa0: croisement_{DNB}_{DECROCHAGE}.yaml" in libelles
        fermee = open_croiser(abscisse=DECROCHAGE)
        assert not fermee.get("code")

    def test_absolute_thresholds_say_that_they_are_no_rule(self):
        application = open_croiser(reference="seuils", brouillon="1")
        assert "ne peuvent pas en faire une" in read_texte(application)
        assert not application.get("code")

    def test_side_and_threshold_leave_with_their_indicator(self):
        application = open_croiser(lecture_x="superieur", ecarts_x="3")
        application.selectbox(key="choix_axe_x").set_value(DECROCHAGE).run()
        assert (get_adresse(application, "lecture_x"), get_adresse(application, "ecarts_x")) == (None, None)
        assert "décrochage au-delà de +1\xa0pt" in read_texte(application)

    def test_an_indicator_that_cannot_be_crossed_gives_way_without_blocking_the_sides(self):
        """«IPS des écoles» has no known uncertainty: another stands in, whose side can be changed."""
        application = open_croiser(indicateur="ips_ecoles")
        cle = application.selectbox(key="choix_axe_y").value
        assert cle != "ips_ecoles"
        depart = application.selectbox(key="choix_lecture_y").value
        autre = {"inferieur": "superieur", "defavorable": "favorable"}[depart]
        application.selectbox(key="choix_lecture_y").set_value(autre).run()
        assert application.selectbox(key="choix_lecture_y").value == autre
        assert get_adresse(application, "indicateur") == cle

    def test_the_same_indicator_is_never_on_two_axes(self):
        application = open_croiser(indicateur=IPS, abscisse=IPS, troisieme=IPS)
        valeurs = [application.selectbox(key=f"choix_axe_{axe}").value for axe in "yxz"]
        assert valeurs[0] == IPS
        assert valeurs[1] not in ("", IPS)
        assert valeurs[2] == ""

    def test_links_of_the_list_keep_the_crossing(self):
        html = read_html(open_croiser(abscisse=DECROCHAGE, ecarts_y="2"))
        assert f"croiser?indicateur={DNB}&amp;abscisse={DECROCHAGE}&amp;ecarts_y=2&amp;territoire={AUTRE}" in html
        assert f'href="tableau_de_bord?territoire={RESEAU}"' in html

    def test_chart_holds_every_territory_and_the_cloud_of_the_selected(self):
        """37 points, each with its code for a click; ellipse and a hundred draws of the territory of the address."""
        application = open_croiser()
        noms = {trace["name"]: trace for trace in read_figure(application)["data"]}
        assert len(noms["territoires"]["customdata"]) == 37
        assert len(noms["tirages"]["x"]) == 100
        assert "Grand Poitiers" in read_html(application).split("sur 100")[0]

    def test_a_parent_of_the_level_is_selected(self, base_demo_dossier):
        base = open_base(base_demo_dossier / "processed")
        ((uai, reseau),) = base.lignes(
            "SELECT code, code_parent FROM rattachement_actuel WHERE niveau = 'etablissement' "
            "AND niveau_parent = 'reseau' ORDER BY code LIMIT 1"
        )
        assert open_croiser(territoire=uai, niveau="reseau").selectbox(key="choix_surligne").value == reseau

    @pytest.mark.parametrize(
        ("parametre", "valeur", "message"),
        [
            ("abscisse", "inconnu", "Aucun indicateur ne porte le code"),
            ("troisieme", "inconnu", "Aucun indicateur ne porte le code"),
            ("reference", "inconnue", "n’est pas une valeur connue"),
            ("lecture_y", "inconnue", "n’est pas une valeur connue"),
            ("ecarts_x", "7", "n’est pas une valeur connue"),
            ("territoire", "R999", "Aucun territoire ne porte le code"),
            ("brouillon", "oui", "n’est pas une valeur connue"),
        ],
    )
    def test_unknown_codes_get_a_calm_answer(self, parametre, valeur, message):
        texte = read_texte(open_croiser(**{parametre: valeur}))
        assert message in texte
        assert "Traceback" not in texte

    def test_a_threshold_that_is_no_number_is_said(self):
        assert "n’est pas un seuil" in read_texte(open_croiser(reference="seuils", seuil_y="beaucoup"))

    @pytest.mark.parametrize("niveau", ["reseau", "inter_reseau", "departement"])
    @pytest.mark.parametrize("reference", ["academie", "similaires", "seuils"])
    def test_every_level_and_reference_opens(self, niveau, reference):
        """A département has no similar ones: the rest of the académie stands in."""
        texte = read_texte(open_croiser(niveau=niveau, reference=reference))
        assert re.search(r"\d+\xa0tirages? sur 100", texte)
        assert "tenus\xa0pour" not in texte and "tenus pour indépendants" in texte

    @pytest.mark.parametrize(("ancienne", "abscisse"), [({"abscisse": DECROCHAGE}, DECROCHAGE), ({}, IPS)])
    def test_an_old_address_of_comparer_leads_here(self, ancienne, abscisse):
        application = open_page("comparer", vue="croisement", territoire=RESEAU, indicateur=DNB, **ancienne)
        assert application.selectbox(key="choix_axe_y").value == DNB
        assert application.selectbox(key="choix_axe_x").value == abscisse
        assert get_adresse(application, "vue") is None


def test_real_figures_open(donnees_reelles, monkeypatch):
    """Indicators of different years, territories without figures, no similar ones for some."""
    monkeypatch.setenv("ECLORE_DONNEES", str(donnees_reelles))
    for reference in ("academie", "similaires", "seuils"):
        texte = read_texte(open_page("croiser", indicateur=DNB, abscisse=IPS, reference=reference, niveau="reseau"))
        assert "Absents du croisement" in texte
        assert "(plus bas, 2022-2023)" in texte


@pytest.fixture(scope="module")
def base(donnees_demo) -> Base:
    return open_base(donnees_demo / "processed")


class TestFichiers:
    def test_one_line_per_territory_with_what_the_screen_shows(self, base):
        demandes = (Demande(DECROCHAGE), Demande(DNB), Demande(IPS))
        vue = build_vue_croiser(base, Niveau.RESEAU, "academie", demandes)
        tableau = fichiers.make_croisement(vue, base.version)
        lignes = list(csv.DictReader(io.StringIO(fichiers.write_csv(tableau).decode("utf-8-sig")), delimiter=";"))
        assert len(lignes) == 37
        premiere, point = lignes[0], vue.points[0]
        assert premiere["nom"] == point.territoire.nom

        def read(nom: str) -> float:
            return float(premiere[nom].replace(",", "."))

        produit = read("probabilite_y") * read("probabilite_x") * read("probabilite_z")
        assert read("probabilite_profil") == pytest.approx(produit) == pytest.approx(point.probabilite)
        assert read("estime_y") == pytest.approx(point.estimes[0].moyenne)
        absents = [ligne for ligne in lignes if ligne["absent"]]
        assert {ligne["absent"] for ligne in absents} == {"effectifs sous le secret statistique"}
        assert all(ligne["valeur_y"] == "" and ligne["probabilite_profil"] == "" for ligne in absents)

    def test_notes_say_the_profile_and_the_caution(self, base):
        vue = build_vue_croiser(base, Niveau.RESEAU, "seuils", (Demande(DNB, seuil=85.0), Demande(IPS)))
        octets = fichiers.write_xlsx(fichiers.make_croisement(vue, base.version))
        feuille = CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_name("À lire")
        notes = "\n".join(str(ligne[0]) for ligne in feuille.to_python())
        for dit in ("sous 85\xa0%", "que l’un cause l’autre", "tenus pour indépendants", "démonstration"):
            assert dit in notes

    def test_names_of_files_say_the_crossing(self, base):
        vue = build_vue_croiser(base, Niveau.RESEAU, "academie", (Demande(DNB), Demande(IPS)))
        assert croiser.name_fichier(vue) == f"croiser-reseau-{DNB}-{IPS}"


@pytest.mark.navigateur
class TestNavigateur:
    @pytest.fixture
    def fenetre(self, chromium, serveur):
        contexte = chromium.new_context(viewport={"width": 1366, "height": 1000}, locale="fr-FR")
        page = contexte.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{serveur}/croiser?indicateur={DNB}&abscisse={IPS}&niveau=reseau&territoire={RESEAU}")
        wait_drawn(page)
        yield page
        contexte.close()

    def test_a_click_on_a_point_selects_its_territory(self, fenetre):
        """The point that lies farthest from the others, so that nothing else is under the pointer."""
        fenetre.wait_for_selector(".js-plotly-plot .scatterlayer .points path")
        place = fenetre.evaluate(_POINT_ISOLE, RESEAU)
        fenetre.mouse.move(place["x"], place["y"])
        fenetre.mouse.click(place["x"], place["y"])
        fenetre.wait_for_url(f"**/croiser?*territoire={place['code']}*")
        wait_drawn(fenetre)
        assert f"indicateur={DNB}" in fenetre.url
        assert fenetre.locator("tr.sel").count() == 1

    def test_a_click_on_the_list_selects_its_territory(self, fenetre):
        fenetre.locator("table.lpt a", has_text="Niortais").click()
        fenetre.wait_for_url("**/croiser?*territoire=R200041317*")
        fenetre.get_by_role("heading", name="Niortais").wait_for()
        assert f"abscisse={IPS}" in fenetre.url


_POINT_ISOLE = """(choisi) => {
    const cadre = document.querySelector(".js-plotly-plot");
    const trace = cadre.data[cadre.data.length - 1];
    const { xaxis, yaxis } = cadre._fullLayout;
    const boite = cadre.getBoundingClientRect();
    const valeurs = (t) => Array.from(t);
    const points = valeurs(trace.x).map((x, i) => ({
        code: String(trace.customdata[i]),
        x: boite.left + xaxis._offset + xaxis.d2p(x),
        y: boite.top + yaxis._offset + yaxis.d2p(valeurs(trace.y)[i]),
    }));
    const recul = (p) => Math.min(...points.filter((q) => q !== p).map((q) => Math.hypot(p.x - q.x, p.y - q.y)));
    const visibles = points.filter((p) => p.code !== choisi && p.y < window.innerHeight - 60);
    return visibles.reduce((a, b) => (recul(a) > recul(b) ? a : b));
}"""
