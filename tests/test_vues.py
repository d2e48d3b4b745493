"""Views of an indicator, a map and series, read from a small base written row by row."""

from pathlib import Path

import duckdb
import pytest

from dashboard import carte_page, cartes, ecarts, etablissements, fichiers, niveau, provenance
from dashboard import lecture as lecture_indicateur
from indicators.base import lecture
from indicators.erreurs import ErreurUsage
from indicators.tableaux_de_bord.lectures import Contour, read_cellules, read_serie
from indicators.tableaux_de_bord.origine import LigneSource
from indicators.tableaux_de_bord.vue_carte import build_vue_carte
from indicators.tableaux_de_bord.vue_evolutions import build_vue_indicateurs, build_vue_territoires
from indicators.tableaux_de_bord.vue_indicateur import build_vue_indicateur
from indicators.territoires import Niveau, Territoire

DNB = "taux_reussite_dnb_generale"
DECROCHAGE = "taux_decrochage"
CARRE = '{{"type":"Polygon","coordinates":[[[{x},46],[{y},46],[{y},47],[{x},47],[{x},46]]]}}'


class PetiteBase:
    """The tables of a published base in memory, filled with dicts; reads like `Base`."""

    def __init__(self):
        self._connexion = duckdb.connect()
        self._connexion.execute((Path(lecture.__file__).parent / "schema.sql").read_text(encoding="utf-8"))

    def lignes(self, sql, parametres=()):
        return self._connexion.execute(sql, parametres).fetchall()

    def insert(self, table: str, **champs) -> None:
        noms, marques = ", ".join(champs), ", ".join("?" * len(champs))
        self._connexion.execute(f"INSERT INTO {table} ({noms}) VALUES ({marques})", list(champs.values()))

    def insert_valeur(self, niveau: str, code: str, x: float | None, n: float | None, **champs) -> None:
        """A published rate; without figures, the statut says why."""
        ligne = dict(
            indicateur=DNB, niveau=niveau, territoire=code, rentree=2023, modalite="ensemble", numerateur=x,
            denominateur=n, valeur=x / n if n else None, borne_inf=x / n - 0.02 if n else None,
            borne_sup=x / n + 0.02 if n else None, methode="reconstitué", statut="ok", nb_etablissements=1,
        )  # fmt: skip
        self.insert("valeur", **(ligne | champs))


@pytest.fixture
def base() -> PetiteBase:
    """Two réseaux of one inter-réseau: R1 with four collèges (one secret, one without a line), R2 hidden."""
    b = PetiteBase()
    for code, nom in (("A13", "Poitiers"),):
        b.insert("territoire", niveau="academie", code=code, nom=nom, est_provisoire=False)
    b.insert("territoire", niveau="inter_reseau", code="IR1", nom="Grand Large", est_provisoire=True)
    for code, nom in (("R1", "Premier"), ("R2", "<Second>")):
        b.insert("territoire", niveau="reseau", code=code, nom=nom, est_provisoire=True)
        b.insert(
            "rattachement",
            niveau="reseau",
            code=code,
            niveau_parent="inter_reseau",
            code_parent="IR1",
            rentree_debut=2016,
        )
        b.insert("contour", niveau="reseau", code=code, geojson=CARRE.format(x=int(code[1]), y=int(code[1]) + 1))
    colleges = {"C1": ("public", None), "C2": ("public", "REP"), "C3": ("prive", None), "C4": ("public", None)}
    for code, (secteur, ep) in colleges.items():
        b.insert(
            "territoire", niveau="etablissement", code=code, nom=f"Collège {code}", type="college", secteur=secteur,
            education_prioritaire=ep, nom_commune="Ville", lon=1.5, lat=46.5,
        )  # fmt: skip
        for niveau_, parent in (("reseau", "R1"), ("etablissement", code)):
            b.insert(
                "rattachement",
                niveau="etablissement",
                code=code,
                niveau_parent=niveau_,
                code_parent=parent,
                rentree_debut=2016,
            )
    b.lignes("INSERT INTO rattachement_actuel SELECT niveau, code, niveau_parent, code_parent FROM rattachement")
    b.insert_valeur("etablissement", "C1", 80, 100)
    b.insert_valeur("etablissement", "C2", 30, 50)
    b.insert_valeur("etablissement", "C3", 48, 50)
    b.insert_valeur("etablissement", "C4", 18, 20, rentree=2021)
    b.insert_valeur("reseau", "R1", 158, 200, nb_etablissements=3)
    b.insert_valeur("reseau", "R1", 150, 200, rentree=2021)
    b.insert_valeur("reseau", "R2", None, None, statut="secret")
    b.insert_valeur("academie", "A13", 900, 1000)
    b.insert(
        "comparaison", indicateur=DNB, niveau="reseau", territoire="R1", rentree=2023, modalite="ensemble",
        reference="academie", valeur_reference=0.92, ecart=-0.13, ecart_inf=-0.19, ecart_sup=-0.07, p_ajustee=0.001,
        etat="defavorable", famille=12,
    )  # fmt: skip
    b.insert(
        "rang", indicateur=DNB, niveau="reseau", territoire="R1", rentree=2023, modalite="ensemble", rang=1, rang_inf=1,
        rang_sup=2, nb=2,
    )  # fmt: skip
    b.insert(
        "dispersion", indicateur=DNB, niveau="reseau", territoire="R1", rentree=2023, modalite="ensemble",
        nb_etablissements=3, minimum=0.6, maximum=0.96, p=0.001, est_heterogene=True,
    )  # fmt: skip
    for ligne, (code, x, n) in enumerate((("C1", 80, 100), ("C2", 30, 50), ("C3", 48, 50)), start=2):
        b.insert(
            "observation", indicateur=DNB, niveau="etablissement", territoire=code, rentree=2023, modalite="ensemble",
            numerateur=x, denominateur=n, methode="reconstitué", statut="ok", chargement="L1", ligne=ligne,
        )  # fmt: skip
    b.insert(
        "chargement", id="L1", fichier="ivac.csv", titre_format="IVAC collèges", source="MENJ-DEPP, portail",
        charge_le="2025-11-14T10:42:00", nb_lignes=582,
    )  # fmt: skip
    return b


class TestLectures:
    def test_missing_territories_come_last_with_their_reason(self, base):
        premiere, seconde = read_cellules(base, DNB, Niveau.RESEAU, 2023)
        assert (premiere.territoire.code, premiere.etat, premiere.parent) == ("R1", "defavorable", "Grand Large")
        assert (seconde.territoire.code, seconde.etat) == ("R2", "secret")

    def test_low_is_first_where_low_is_good(self, base):
        for code, x in (("R1", 9), ("R2", 4)):
            base.insert_valeur("reseau", code, x, 100, indicateur=DECROCHAGE)
        codes = [c.territoire.code for c in read_cellules(base, DECROCHAGE, Niveau.RESEAU, 2023)]
        assert codes == ["R2", "R1"]

    def test_a_year_without_row_is_a_gap(self, base):
        serie = read_serie(base, DNB, Territoire(Niveau.RESEAU, "R1", "Premier"))
        assert [(p.valeur.rentree, p.valeur.statut) for p in serie] == [
            (2021, "ok"),
            (2022, "non_disponible"),
            (2023, "ok"),
        ]
        assert serie[-1].reference == 0.92


class TestVueIndicateur:
    def test_figures_of_the_cell(self, base):
        vue = build_vue_indicateur(base, "R1", DNB)
        assert vue.rentree == 2023
        assert (vue.ligne.valeur.numerateur, vue.ligne.valeur.denominateur) == (158, 200)
        assert vue.liste.valeur_repere.valeur == 0.9
        assert vue.liste.repere.code == "A13"

    def test_origin_names_extract_and_lines(self, base):
        vue = build_vue_indicateur(base, "R1", DNB)
        (extrait,) = vue.origine.extraits
        assert (extrait.titre, extrait.lignes, extrait.nb_lignes) == ("IVAC collèges", (2, 3, 4), 582)
        html = provenance.render_origine(vue, "version\u00a012", "indicateur?lignes=1")
        assert "158 / 200 présents" in html
        assert "sommés sur 3\u00a0établissements" in html
        assert "3\u00a0lignes sur 582\u00a0: 2, 3, 4" in html
        assert "le 14 novembre 2025 à 10\u00a0h\u00a042, version\u00a012" in html

    def test_an_etablissement_without_a_line_keeps_its_row(self, base):
        vue = build_vue_indicateur(base, "R1", DNB)
        dernier = vue.etablissements[-1]
        assert dernier.cellule.territoire.code == "C4"
        assert dernier.cellule.derniere_connue.valeur == 0.9
        html = etablissements.render_etablissements(vue)
        assert "non disponible" in html
        assert "dernière valeur\u00a0: 90,0\u00a0% en 2021-2022" in html

    def test_title_says_state_and_spread(self, base):
        titre = lecture_indicateur.write_titre(build_vue_indicateur(base, "R1", DNB))
        assert titre.startswith("Premier\u00a0: la réussite au DNB")
        assert "reste sous le reste de l’académie de 13,0\u00a0points, de 60 à 96\u00a0% selon le collège" in titre

    def test_unknown_level_says_what_to_do(self, base):
        with pytest.raises(ErreurUsage, match="aucun chiffre publié au niveau « inter-réseau »"):
            build_vue_indicateur(base, "IR1", DNB)

    def test_splits_sum_then_divide(self, base):
        """Public: (80 + 30) / (100 + 50); REP: 30 / 50. No sex in this source."""
        secteur, prioritaire, sexe = build_vue_indicateur(base, "R1", DNB).ventilations
        prive, public = secteur.groupes
        assert (public.valeur.numerateur, public.valeur.denominateur, public.nb) == (110, 150, 2)
        assert prive.valeur.valeur == 0.96
        assert secteur.ecart == pytest.approx(0.96 - 110 / 150)
        assert prioritaire.groupes[0].valeur.valeur == 0.6
        assert (sexe.groupes, sexe.raison) == (None, "la source ne distingue pas le sexe")

    def test_a_masked_etablissement_masks_the_split(self, base):
        base.lignes("UPDATE valeur SET statut = 'secret', numerateur = NULL WHERE territoire = 'C3'")
        secteur, *_ = build_vue_indicateur(base, "R1", DNB).ventilations
        assert (secteur.groupes, secteur.statut) == (None, "secret")


VOEU = "premier_voeu_satisfait"


class TestEcartsInternes:
    @pytest.fixture
    def avec_groupes(self, base):
        """Filles 45 of 50, garçons 30 of 50; the published gap holds figures that no formula gives."""
        base.insert_valeur("reseau", "R1", 75, 100, indicateur=VOEU)
        base.insert_valeur("reseau", "R1", 45, 50, indicateur=VOEU, modalite="filles")
        base.insert_valeur("reseau", "R1", 30, 50, indicateur=VOEU, modalite="garcons")
        base.insert(
            "ecart_groupes", indicateur=VOEU, niveau="reseau", territoire="R1", rentree=2023, groupe="filles",
            autre_groupe="garcons", valeur=0.9, autre_valeur=0.6, ecart=0.3, ecart_inf=0.111, ecart_sup=0.444,
            p=0.001, p_ajustee=0.012,
        )  # fmt: skip
        return base

    def test_groups_told_apart_by_the_source_are_looked_up(self, avec_groupes):
        (sexe,) = build_vue_indicateur(avec_groupes, "R1", VOEU).ventilations
        filles, garcons = sexe.groupes
        assert (filles.libelle, filles.valeur.valeur, garcons.valeur.denominateur) == ("filles", 0.9, 50)
        assert (filles.valeur.borne_inf, filles.valeur.borne_sup) == (0.9 - 0.02, 0.9 + 0.02)
        assert (sexe.ecart, sexe.ecart_inf, sexe.ecart_sup, sexe.p_ajustee) == (0.3, 0.111, 0.444, 0.012)
        html = ecarts.render_ecarts(build_vue_indicateur(avec_groupes, "R1", VOEU))
        assert "<b>+30,0\u00a0pts</b><small>[+11,1\u202f; +44,4]</small><small>au-delà du hasard</small>" in html

    def test_a_gap_that_chance_explains_is_said(self, avec_groupes):
        avec_groupes.lignes("UPDATE ecart_groupes SET p_ajustee = 0.2")
        html = ecarts.render_ecarts(build_vue_indicateur(avec_groupes, "R1", VOEU))
        assert "<small>peut tenir au hasard</small>" in html and "au-delà du hasard" not in html

    def test_a_masked_group_hides_the_gap(self, avec_groupes):
        avec_groupes.lignes("DELETE FROM ecart_groupes")
        avec_groupes.lignes("UPDATE valeur SET statut = 'secret', valeur = NULL WHERE modalite = 'filles'")
        assert build_vue_indicateur(avec_groupes, "R1", VOEU).ventilations == ()
        avec_groupes.insert_valeur("etablissement", "C1", 8, 10, indicateur=VOEU)
        *_, sexe = build_vue_indicateur(avec_groupes, "R1", VOEU).ventilations
        assert (sexe.groupes, sexe.statut) == (None, "secret")

    def test_voies_take_the_same_row(self, base):
        emploi = "taux_emploi_6_mois"
        for modalite, x in (("ensemble", 60), ("scolaire", 20), ("apprentissage", 40)):
            base.insert_valeur("etablissement", "C1", x, 100, indicateur=emploi, modalite=modalite)
        base.insert(
            "ecart_groupes", indicateur=emploi, niveau="etablissement", territoire="C1", rentree=2023,
            groupe="scolaire", autre_groupe="apprentissage", ecart=-0.2, ecart_inf=-0.3, ecart_sup=-0.1, p_ajustee=0.01,
        )  # fmt: skip
        (voies,) = build_vue_indicateur(base, "C1", emploi).ventilations
        assert (voies.titre, voies.ecart) == ("Voies", -0.2)
        assert [groupe.libelle for groupe in voies.groupes] == ["voie scolaire", "apprentissage"]

    def test_spread_in_words_and_measures(self, base):
        base.lignes("UPDATE dispersion SET i2 = 0.76, tau2 = 0.4512")
        html = ecarts.render_ecarts(build_vue_indicateur(base, "R1", DNB))
        assert "3\u00a0établissements, de 60 à 96\u00a0% selon le collège\u00a0: les trois quarts" in html
        assert "dépassent le hasard (I²\u00a0=\u00a076\u00a0%\u202f; τ²\u00a0=\u00a00,45, en logits)" in html
        base.lignes("UPDATE dispersion SET est_heterogene = false")
        html = ecarts.render_ecarts(build_vue_indicateur(base, "R1", DNB))
        assert "de 60 à 96" not in html


class TestAttendu:
    @pytest.fixture
    def avec_attendu(self, base):
        base.insert(
            "attendu", indicateur=DNB, niveau="reseau", territoire="R1", rentree=2023, modalite="ensemble",
            attendu=0.85, ecart=-0.06, ecart_inf=-0.1, ecart_sup=-0.02, p=0.001, p_ajustee=0.02, nb_etablissements=3,
            nb_regression=96,
        )  # fmt: skip
        return base

    def test_one_calm_line(self, avec_attendu):
        """Expected, observed, gap, interval, what stands behind it, and what it does not control for."""
        html = ecarts.render_ecarts(build_vue_indicateur(avec_attendu, "R1", DNB)).split("</section>")[0]
        for dit in (
            "on attendrait <b>85,0\u00a0%</b>",
            "on observe <b>79,0\u00a0%</b> sur 3\u00a0établissements dont le contexte est connu",
            "<b>−6,0\u00a0pts</b> [−10,0\u202f; −2,0] (au-delà du hasard).",
            "96\u00a0établissements de l’académie",
            "ne tient compte ni des acquis à l’entrée",
            "il n’explique pas",
        ):
            assert dit in html
        assert not any(mot in html.lower() for mot in ("effet", "significatif", "grâce", "à cause", "fav", "def"))

    def test_doubt_is_said(self, avec_attendu):
        avec_attendu.lignes("UPDATE attendu SET p_ajustee = 0.4")
        assert "peut tenir au hasard" in ecarts.render_ecarts(build_vue_indicateur(avec_attendu, "R1", DNB))

    def test_nothing_without_a_line(self, base):
        assert "Attendu au vu du contexte" not in ecarts.render_ecarts(build_vue_indicateur(base, "R1", DNB))


class TestCarte:
    def test_view_counts_states(self, base):
        vue = build_vue_carte(base, DNB, Niveau.RESEAU)
        assert (vue.rentree, dict(vue.decompte), vue.famille) == (2023, {"defavorable": 1, "secret": 1}, 12)

    def test_title_counts(self, base):
        titre = carte_page.write_titre(build_vue_carte(base, DNB, Niveau.RESEAU))
        assert titre.endswith("un réseau est en dessous du reste de l’académie")

    def test_missing_is_hatched_gaps_are_signed_and_all_is_escaped(self, base):
        vue = build_vue_carte(base, DNB, Niveau.RESEAU)
        html = carte_page.build_carte(vue, "classes", "R1", lambda code: f"page?t={code}&u=<>")
        assert html.count('<path id="c-R') == 2
        assert html.count('fill="url(#c-hachures)"') == 1
        assert html.count('class="rep bas"') == 2  # on the map and in its key
        assert 'href="page?t=R1&amp;u=&lt;&gt;"' in html
        assert "<Second>" not in html
        assert html.count("actif choisi") == 1

    @pytest.mark.parametrize("mode", ["classes", "continu", "etat"])
    def test_legend_counts_missing(self, base, mode):
        legende = carte_page.make_legende(build_vue_carte(base, DNB, Niveau.RESEAU), mode)
        assert "secret statistique" in legende

    def test_no_figure_at_the_level(self, base):
        with pytest.raises(ErreurUsage, match="département"):
            build_vue_carte(base, DNB, Niveau.DEPARTEMENT)


class TestDessin:
    def test_outlines_are_projected_once_and_closed(self):
        fond = cartes.project((Contour("a", CARRE.format(x=0, y=1)), Contour("b", CARRE.format(x=1, y=2))))
        assert set(fond.chemins) == {"a", "b"}
        assert all(d.startswith("M") and d.endswith("Z") for d in fond.chemins.values())
        (xa, _), (xb, _) = fond.ancrages["a"], fond.ancrages["b"]
        assert xa < xb

    def test_area_of_a_disc_follows_the_value(self):
        assert cartes.disque(25, 100) == pytest.approx(cartes.disque(100, 100) / 2)

    def test_nothing_to_project(self):
        with pytest.raises(ValueError, match="no outline"):
            cartes.project(())


class TestListe:
    def test_favourable_is_at_the_right(self, base):
        for code, x in (("R1", 9), ("R2", 4)):
            base.insert_valeur("reseau", code, x, 100, indicateur=DECROCHAGE)
        vue = build_vue_carte(base, DECROCHAGE, Niveau.RESEAU)
        x = niveau.make_echelle(vue.indicateur, vue.cellules, vue.reference)
        assert x(0.04) > x(0.09)


class TestEvolutions:
    def test_one_indicator_shares_its_reference(self, base):
        vue = build_vue_territoires(base, DNB, ("R1", "R2"))
        assert [s.territoire.code for s in vue.series] == ["R1", "R2"]
        assert vue.reference[2023].valeur == 0.9

    def test_several_indicators(self, base):
        vue = build_vue_indicateurs(base, "R1", (DNB, DECROCHAGE))
        assert [len(s.connus) for s in vue.series] == [2, 0]
        assert vue.reference is None


class TestFichiers:
    def test_a_formula_cannot_run(self):
        contenu = fichiers.write_csv(["nom", "taux"], [["=1+1", 0.5], ["@x", None], ["-3", 2]])
        assert contenu.startswith(b"\xef\xbb\xbf")
        assert contenu.decode("utf-8-sig") == "nom;taux\r\n'=1+1;0,5\r\n'@x;\r\n'-3;2\r\n"

    def test_negative_numbers_stay_numbers(self):
        assert fichiers.write_csv(["v"], [[-0.25]]).decode("utf-8-sig") == "v\r\n-0,25\r\n"

    def test_lines_of_an_extract(self):
        ligne = LigneSource(
            Territoire(Niveau.ETABLISSEMENT, "C1", "Collège"), 8.0, 10.0, None, "", "ok", 3, "f.csv", "L1"
        )
        assert "f.csv;3;C1;Collège;8;10;;ok;" in fichiers.write_lignes([ligne]).decode("utf-8-sig")

    def test_a_level(self, base):
        texte = fichiers.write_cellules(DNB, 2023, "ensemble", read_cellules(base, DNB, Niveau.RESEAU, 2023)).decode(
            "utf-8-sig"
        )
        assert f"{DNB};reseau;R1;Premier;2023;ensemble;ok;0,79;" in texte
        assert f"{DNB};reseau;R2;<Second>;2023;ensemble;secret;;" in texte
