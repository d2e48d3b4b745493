"""Comparer: what its views hold, on a base written row by row and on the demonstration; what the screen says of it."""

import math
import re

import pytest

from dashboard import comparer, comparer_chaleur, comparer_indicateur, comparer_territoire
from dashboard.comparer_entetes import name_court
from indicators.agregation import DISTANCE
from indicators.base import Base, open_base
from indicators.catalogue import Domaine, get_indicateur
from indicators.demo.constats import get_constat
from indicators.statistiques.entonnoir import limites_entonnoir
from indicators.tableaux_de_bord.vue_comparer import MAX_ESSENTIELS, build_vue_chaleur, list_colonnes
from indicators.tableaux_de_bord.vue_comparer_indicateur import build_vue_comparer_indicateur
from indicators.tableaux_de_bord.vue_comparer_territoire import build_vue_semblables
from indicators.territoires import Niveau, Territoire
from tests.test_vues import PetiteBase

DNB, DECROCHAGE, BAC = "taux_reussite_dnb", "taux_decrochage", "taux_reussite_bac_gt"
HOSTILE = '<img src=x onerror="alert(1)">'
RESEAUX = {"R1": "Premier", "R2": HOSTILE, "R3": "Sans lycée", "R4": "Secret"}


@pytest.fixture
def base() -> PetiteBase:
    """Four réseaux and one that ended; DNB of 2023 with every kind of cell, décrochage of 2022, a lycée in R1 only."""
    b = PetiteBase()
    b.insert("territoire", niveau="academie", code="A13", nom="Poitiers", est_provisoire=False)
    b.insert_valeur("academie", "A13", 800, 1000, indicateur=DNB)
    for code, nom in RESEAUX.items():
        b.insert("territoire", niveau="reseau", code=code, nom=nom, est_provisoire=False)
    b.insert("territoire", niveau="reseau", code="R9", nom="Disparu", est_provisoire=False, rentree_fin=2020)
    for rang, (reseau, sorte) in enumerate([("R1", "lycee"), ("R1", "college"), ("R2", "college"), ("R3", "college")]):
        uai = f"086000{rang}A"
        b.insert("territoire", niveau="etablissement", code=uai, nom=uai, type=sorte, est_provisoire=False)
        b.insert("rattachement_actuel", niveau="etablissement", code=uai, niveau_parent="reseau", code_parent=reseau)
    b.insert_valeur("etablissement", "0860000A", 90, 100, indicateur=BAC)
    b.insert_valeur("reseau", "R1", 90, 100, indicateur=BAC)
    for code, x, n, ecart, etat in (
        ("R1", 90, 100, 0.10, "favorable"),
        ("R2", 200, 300, -0.04, "defavorable"),
        ("R3", 78, 100, -0.02, "non_concluant"),
    ):
        b.insert_valeur("reseau", code, x, n, indicateur=DNB)
        insert_comparaison(b, code, ecart, etat)
    b.insert_valeur("reseau", "R4", None, None, indicateur=DNB, statut="secret")
    b.insert_valeur("reseau", "R1", 5, 100, indicateur=DECROCHAGE, rentree=2022)
    insert_comparaison(b, "R1", -0.011, "favorable", indicateur=DECROCHAGE, rentree=2022, famille=7)
    b.insert(
        "entonnoir", indicateur=DNB, niveau="reseau", rentree=2023, modalite="ensemble", p0=0.8, phi=1.0, tau2=0.0, nb=3
    )
    return b


def insert_comparaison(base: PetiteBase, code: str, ecart: float, etat: str, **champs) -> None:
    """A published difference with the rest of the académie."""
    ligne = dict(
        indicateur=DNB, niveau="reseau", territoire=code, rentree=2023, modalite="ensemble", reference="academie",
        valeur_reference=0.8, ecart=ecart, ecart_inf=ecart - 0.03, ecart_sup=ecart + 0.03, etat=etat, famille=3,
        motif="",
    )  # fmt: skip
    base.insert("comparaison", **(ligne | champs))


@pytest.fixture(scope="module")
def demo(donnees_demo) -> Base:
    return open_base(donnees_demo / "processed")


def read_cellules(html: str, nom: str) -> list[str]:
    """The cells of a row of the heat map, as (class, text)."""
    ligne = re.search(rf"<tr[^>]*><th scope=\"row\"[^>]*><a[^>]*>{re.escape(nom)}</a></th>(.*?)</tr>", html)[1]
    cellules = re.findall(r'<td class="([^"]*)"[^>]*>(.*?)</td>', ligne)
    return [(classe, re.sub(r"<[^>]+>", "", texte)) for classe, texte in cellules]


class TestChaleur:
    def test_each_kind_of_cell_has_its_colour_sign_and_figure(self, base):
        """Strong blue from two écarts utiles (3 points), hatch under secret, a dot where there is no lycée."""
        html = comparer.build_chaleur(base, Niveau.RESEAU, None, "essentiels", DNB, "", "ecart").html
        assert read_cellules(html, "Premier") == [("f2", "▲+10"), ("f1", "▲−1,1"), ("n", "–")]
        assert read_cellules(html, "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;")[0] == ("d1", "▼−4,0")
        assert read_cellules(html, "Sans lycée") == [("n", "−2,0"), ("hach", "nd"), ("vide", "·")]
        assert read_cellules(html, "Secret")[0] == ("hach", "s")

    def test_ended_territories_are_left_out(self, base):
        vue = build_vue_chaleur(base, Niveau.RESEAU)
        assert [t.code for t in vue.territoires] == ["R2", "R1", "R3", "R4"]

    def test_title_counts_what_is_on_the_page(self, base):
        vue = build_vue_chaleur(base, Niveau.RESEAU, cle=DNB)
        assert vue.nb_ecarts == 4
        assert comparer_chaleur.write_titre(vue).replace("\u202f", " ").replace("\xa0", " ") == (
            "Sur 4 écarts calculés, 2 sont favorables, 1 défavorable ; 1 ne permet pas de conclure"
        )

    def test_family_of_each_rentree_is_said(self, base):
        vue = build_vue_chaleur(base, Niveau.RESEAU)
        assert vue.familles == {(2023, "academie"): 3, (2022, "academie"): 7}
        texte = comparer_chaleur.write_familles(vue.familles)
        assert "3\xa0comparaisons pour 2023-2024" in texte
        assert "7\xa0comparaisons pour 2022-2023" in texte

    def test_a_rentree_keeps_only_its_columns(self, base):
        assert [c.cle for c in build_vue_chaleur(base, Niveau.RESEAU, 2022).colonnes] == [DECROCHAGE]

    def test_sort_puts_the_favourable_first_and_the_missing_last(self, base):
        vue = build_vue_chaleur(base, Niveau.RESEAU)
        tri = next(c for c in vue.colonnes if c.cle == DNB)
        for cellules in ("ecart", "valeur"):
            codes = [t.code for t in comparer_chaleur.sort_territoires(vue, tri, cellules)]
            assert codes == ["R1", "R3", "R2", "R4"]

    def test_low_is_good_sorts_the_other_way(self, base):
        base.insert_valeur("reseau", "R2", 3, 100, indicateur=DECROCHAGE, rentree=2022)
        vue = build_vue_chaleur(base, Niveau.RESEAU)
        tri = next(c for c in vue.colonnes if c.cle == DECROCHAGE)
        assert [t.code for t in comparer_chaleur.sort_territoires(vue, tri, "valeur")][:2] == ["R2", "R1"]
        html = comparer.build_chaleur(base, Niveau.RESEAU, None, "tous", DECROCHAGE, "", "valeur").html
        assert html.count('aria-sort="ascending"') == 1

    def test_a_name_never_becomes_markup(self, base):
        for html in (
            comparer.build_chaleur(base, Niveau.RESEAU, None, "tous", DNB, "R2", "ecart").html,
            comparer.build_indicateur(base, Niveau.RESEAU, None, DNB, "R2").html,
        ):
            assert "<img" not in html
            assert "&lt;img" in html

    def test_without_figures_it_says_so(self):
        html = comparer.build_chaleur(PetiteBase(), Niveau.RESEAU, None, "tous", "", "", "ecart").html
        assert "Aucun chiffre à comparer" in html

    def test_essential_columns_fit_beside_the_funnel(self, demo):
        """Fourteen at most, and the sorted one is there whatever the set."""
        essentiels = build_vue_chaleur(demo, Niveau.RESEAU).colonnes
        assert len(essentiels) == MAX_ESSENTIELS
        ajoutee = build_vue_chaleur(demo, Niveau.RESEAU, choix=Domaine.LYCEE.value, cle=DNB).colonnes
        assert DNB in {c.cle for c in ajoutee}
        assert {c.indicateur.domaine for c in ajoutee} == {Domaine.LYCEE, Domaine.SOCLE}

    def test_every_cell_is_the_published_one(self, demo):
        """No state is decided on the way: the heat map counts what the base says."""
        vue = build_vue_chaleur(demo, Niveau.RESEAU, choix="tous")
        for colonne in vue.colonnes[::7]:
            publies = dict(
                demo.lignes(
                    "SELECT territoire, etat FROM comparaison WHERE indicateur = ? AND niveau = 'reseau' "
                    "AND rentree = ? AND modalite = ? AND reference = 'academie'",
                    (colonne.indicateur.code, colonne.rentree, colonne.modalite),
                )
            )
            montres = {
                t.code: vue.cellules[t.code, colonne.cle].comparaison.etat
                for t in vue.territoires
                if vue.cellules[t.code, colonne.cle].comparaison
            }
            assert montres == publies

    def test_planted_findings_show_and_planted_nulls_are_blank(self, demo):
        faible, nul = get_constat("socle_faible_contexte_favorable"), get_constat("dans_la_moyenne")
        petit = get_constat("trop_petit_pour_conclure")
        vue = build_vue_chaleur(demo, Niveau.RESEAU, choix="tous")
        etats = {
            code: {c.cle.split(":")[0]: vue.cellules[code, c.cle].etat for c in vue.colonnes}
            for code in (faible.territoire, nul.territoire, petit.territoire)
        }
        assert {etats[faible.territoire][i] for i in faible.indicateurs} == {"defavorable"}
        # The fictional map is not drawn from the planted findings: a distance is where the lycées happen to be.
        nuls = {etat for code, etat in etats[nul.territoire].items() if code != DISTANCE}
        assert not {"favorable", "defavorable", "superieur", "inferieur"} & nuls
        assert etats[petit.territoire][DNB] == "non_concluant"


class TestIndicateur:
    def test_limits_are_those_of_the_published_rate(self, base):
        """Drawn from the table `entonnoir`; R1 (90 of 100 against 80 %) lies between the two pairs of limits."""
        entonnoir = build_vue_comparer_indicateur(base, DNB, Niveau.RESEAU).entonnoir
        bas, haut = limites_entonnoir(0.8, entonnoir.effectifs[0], confiance=0.95)
        assert (entonnoir.hasard[0].bas[0], entonnoir.hasard[0].haut[0]) == pytest.approx((float(bas), float(haut)))
        assert {p.cellule.territoire.code: p.zone for p in entonnoir.points} == {"R1": 1, "R2": 2, "R3": 0}
        assert entonnoir.elargies == ()
        assert not [p for p in entonnoir.points if p.sort_malgre_tout and p.zone < 2]

    def test_effectifs_are_evenly_spaced_in_logarithm(self, base):
        logs = [math.log(n) for n in build_vue_comparer_indicateur(base, DNB, Niveau.RESEAU).entonnoir.effectifs]
        assert logs[1] - logs[0] == pytest.approx(logs[-1] - logs[-2])

    def test_title_counts_those_that_leave_the_funnel(self, base):
        vue = build_vue_comparer_indicateur(base, DNB, Niveau.RESEAU)
        assert comparer_indicateur.write_titre(vue).endswith("un réseau sort de l’entonnoir")

    def test_spread_beyond_chance_widens_the_limits_and_is_said(self, demo):
        vue = build_vue_comparer_indicateur(demo, DNB, Niveau.RESEAU)
        entonnoir = vue.entonnoir
        assert entonnoir.tau2 > 0
        assert all(
            large < seul
            for large, seul in zip(entonnoir.elargies[1].bas, entonnoir.hasard[1].bas, strict=True)
            if seul > 0
        )
        html = comparer_indicateur.render_page(vue, "")
        assert "diffèrent plus que le hasard ne l’explique" in html
        assert "stroke-dasharray" in html

    def test_a_rank_is_only_shown_as_an_interval(self, demo):
        """The published rank itself appears nowhere; the interval does."""
        vue = build_vue_comparer_indicateur(demo, DNB, Niveau.RESEAU)
        cellule = next(c for c in vue.carte.cellules if c.rang and c.rang.rang_inf < c.rang.rang < c.rang.rang_sup)
        html = comparer_indicateur.render_page(vue, cellule.territoire.code)
        debut = "1ᵉʳ" if cellule.rang.rang_inf == 1 else f"{cellule.rang.rang_inf}ᵉ"
        assert f'aria-label="Rang de {cellule.rang.rang_inf} à {cellule.rang.rang_sup} sur {cellule.rang.nb}"' in html
        assert debut.rstrip("ᵉʳ") in html
        assert f"{cellule.rang.rang}ᵉ rang" not in html

    def test_only_a_rate_has_a_funnel(self, demo):
        vue = build_vue_comparer_indicateur(demo, "ips_colleges", Niveau.RESEAU)
        assert vue.entonnoir is None
        html = comparer_indicateur.render_page(vue, "")
        assert "ne se dessine que pour un taux" in html
        assert html.count("<tr data-code") == 37

    def test_favourable_is_up_and_the_flip_is_said(self, demo):
        html = comparer_indicateur.render_page(build_vue_comparer_indicateur(demo, DECROCHAGE, Niveau.RESEAU), "")
        assert "axe vertical retourné" in html


@pytest.fixture(scope="module")
def vue(demo):
    return build_vue_semblables(demo, Territoire(Niveau.RESEAU, "R200069854", "Grand Poitiers"))


class TestTerritoire:
    def test_five_neighbours_nearest_first_with_whole_parts(self, vue):
        assert [v.rang for v in vue.voisins] == [1, 2, 3, 4, 5]
        for voisin in vue.voisins:
            assert sum(voisin.parts.values()) == pytest.approx(1)
            assert set(voisin.valeurs) == {c.variable.code for c in vue.contexte}

    def test_never_itself_and_never_an_outcome(self, vue):
        assert vue.territoire.code not in {v.territoire.code for v in vue.voisins}
        variables = {c.variable.indicateur for c in vue.contexte} - {None}
        assert {get_indicateur(code).domaine for code in variables} == {Domaine.CONTEXTE}

    def test_differences_are_those_of_similar_territories(self, demo, vue):
        ligne = next(li for li in vue.lignes if li.colonne.cle == DNB)
        ((ecart, etat),) = demo.lignes(
            "SELECT ecart, etat FROM comparaison_autre WHERE reference = 'similaires' AND territoire = ? "
            "AND indicateur = ? AND rentree = ? AND modalite = 'ensemble'",
            (vue.territoire.code, DNB, ligne.colonne.rentree),
        )
        assert (ligne.semblables.ecart, ligne.semblables.etat) == (ecart, etat)
        assert ligne.cellule.comparaison.reference == "academie"
        assert [c.territoire.code for c in ligne.voisins] == [v.territoire.code for v in vue.voisins]

    def test_expected_says_what_it_leaves_out_and_no_cause(self, vue):
        html = comparer_territoire.render_page(vue)
        assert "ne tient compte ni du niveau des élèves" in html
        assert "effet" not in re.sub(r"<[^>]+>", " ", html).replace("effectif", "").lower().split()
        for ligne in vue.attendus:
            assert ligne.observe - ligne.attendu == pytest.approx(ligne.ecart)
            assert ligne.indicateur.domaine is not Domaine.CONTEXTE

    def test_planted_gap_to_what_the_context_predicts(self, demo):
        """Favourable context, weak results: below what is expected, once corrected for the number of gaps."""
        code = get_constat("socle_faible_contexte_favorable").territoire
        vue = build_vue_semblables(demo, Territoire(Niveau.RESEAU, code, "Haut Poitou"))
        dnb = next(a for a in vue.attendus if a.indicateur.code == DNB)
        assert dnb.est_etabli
        assert dnb.ecart < -0.05
        assert "au-dessous de l’attendu" in comparer_territoire.render_page(vue)

    @pytest.mark.parametrize(
        ("gardes", "mot"), [((5, 5), "Liste stable"), ((5, 3), "Liste assez stable"), ((5, 1), "fragile")]
    )
    def test_stability_in_words(self, base, gardes, mot):
        base.insert("voisin", niveau="reseau", territoire="R1", rang=1, voisin="R2", distance=1.0, proximite="proche")
        for rang, code in enumerate(("R3", "R4", "R5", "R6"), start=2):
            base.insert("territoire", niveau="reseau", code=f"{code}x", nom=code, est_provisoire=False)
            base.insert(
                "voisin",
                niveau="reseau",
                territoire="R1",
                rang=rang,
                voisin=f"{code}x",
                distance=1.0,
                proximite="éloigné",
            )
        for variable, nombre in zip(("ips_colleges", "densite"), gardes, strict=True):
            base.insert(
                "contexte", niveau="reseau", territoire="R1", variable=variable, valeur=100.0, z=0.0, gardes=nombre
            )
        vue = build_vue_semblables(base, Territoire(Niveau.RESEAU, "R1", "Premier"))
        assert mot in comparer_territoire.write_stabilite(vue)
        assert "<img" not in comparer_territoire.render_page(vue)

    def test_without_neighbours_it_says_so(self, base):
        html = comparer.build_territoire(base, Niveau.RESEAU, "R1", None, "tous", DNB).html
        assert "aucun semblable" in html


def test_every_column_of_the_catalogue_has_a_short_heading(demo):
    """A column is 53 px wide: no line of a heading is longer than nine signs or so."""
    for colonne in list_colonnes(demo, Niveau.RESEAU):
        for ligne in re.sub(r"</?sup[^>]*>", "", name_court(colonne)).split("<br>"):
            assert len(ligne) <= 9, colonne.cle
