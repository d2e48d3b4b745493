"""What the engine finds on the demonstration: one pupil flips nothing, every number agrees with the others."""

import shutil

import numpy as np
import pandas as pd
import pytest

from indicators import statistiques
from indicators.base import Base, open_base
from indicators.catalogue import load_catalogue
from indicators.chemins import RACINE
from indicators.demo.constats import get_constat
from indicators.problematiques import get_regle, list_regles, load_regles
from indicators.problematiques.absences import MOTIFS
from indicators.problematiques.donnees import NIVEAUX, Donnees
from indicators.problematiques.grilles import Grilles
from indicators.problematiques.lues import hold
from indicators.problematiques.moteur import Problematiques, find_problematiques
from indicators.problematiques.tirages import Tireur
from indicators.publication import Dossiers, publish
from indicators.territoires import Niveau
from tests.un_eleve import load_donnees, move

TABLES = ("problematique", "problematique_condition", "problematique_tirage", "problematique_voisin")
CLE = ["regle", "niveau", "territoire"]
METHODE = RACINE / "docs" / "methode.md"
HAUT_POITOU, VAL_DE_CHARENTE = "R200069763", "R200043016"
CHIFFRES = ["rentree", "rentree_debut", "valeur", "valeur_reference", "ecart", "effectif", "estime", "probabilite"]
"""Columns of evidence that a finding never lacks."""


@pytest.fixture(scope="module")
def base(donnees_demo) -> Base:
    return open_base(donnees_demo / "processed")


@pytest.fixture(scope="module")
def donnees(base) -> Donnees:
    return load_donnees(base)


@pytest.fixture(scope="module")
def publiees(base) -> Problematiques:
    return Problematiques(*(base.requete(f"FROM {nom}") for nom in TABLES))


def find(base: Base, donnees: Donnees) -> Problematiques:
    territoires = base.requete("SELECT niveau, code FROM territoire WHERE rentree_fin IS NULL")
    return find_problematiques(donnees, tuple(load_regles().values()), territoires)


# --- One pupil


@pytest.fixture(scope="module", params=[(1, True), (1, False), (-1, True), (-1, False)], ids=str)
def deplacees(request, base, donnees, publiees) -> pd.DataFrame:
    """Profiles as published, beside the same with one pupil more or fewer in every rate (last rentrée, or all)."""
    pas, seulement_derniere = request.param
    voisins = base.requete("FROM voisin")
    autres = find(base, move(donnees, voisins, pas, seulement_derniere=seulement_derniere)).problematique
    lignes = publiees.problematique.merge(autres, on=CLE, suffixes=("", "_apres"))
    assert len(lignes) == len(autres)
    return lignes.assign(pas=(lignes["probabilite_apres"] - lignes["probabilite"]).abs())


def test_one_pupil_flips_no_finding(deplacees):
    """From found to not found or back: never; what is without figures stays so."""
    avant, apres = deplacees["statut"], deplacees["statut_apres"]
    assert not ((avant == "trouvee") & (apres == "non_trouvee")).any()
    assert not ((avant == "non_trouvee") & (apres == "trouvee")).any()
    assert ((avant == "sans_donnee") == (apres == "sans_donnee")).all()
    assert (avant == "trouvee").sum() >= 8


def test_one_pupil_moves_probabilities_a_little(deplacees):
    """Most do not move at all; of those in doubt, half by under three points, none by nine (two rates of a hundred)."""
    douteuses = deplacees[deplacees["probabilite"].between(0.05, 0.95)]
    assert deplacees["pas"].median() < 0.005
    assert len(douteuses) > 50
    assert 0.005 < douteuses["pas"].median() < 0.03
    assert deplacees["pas"].max() < 0.09


@pytest.mark.parametrize("pas", [1, -1])
@pytest.mark.parametrize("territoire", ["R200043016", "R200070043", "R241700632", "R200041499", "IR862"])
def test_one_pupil_moves_no_more_than_its_share_of_chance(base, donnees, publiees, territoire, pas):
    """A normal curve is at most 0.4 high: a pupil of n moves no condition by more than 0.4 / √(n p (1 − p)).

    Of a territory alone, among those that the tests above move most. What the level draws back is taken off both the
    pupil and the chance, so that a small territory is no more nervous than its figures.
    """
    autres = find(base, move(donnees, base.requete("FROM voisin"), pas, territoire=territoire)).problematique
    conditions, catalogue = publiees.problematique_condition, load_catalogue()
    taux = conditions[[catalogue[code].nature == "taux" for code in conditions["indicateur"]]]
    p = taux["valeur"].where(taux["mesure"].isin(["position", "semblables", "attendu"]), 0.5).clip(0.02, 0.98)
    bornes = taux.assign(borne=0.4 / np.sqrt(taux["effectif"] * p * (1 - p))).groupby(CLE)["borne"].sum()
    lignes = publiees.problematique.merge(autres, on=CLE, suffixes=("", "_apres")).join(bornes, on=CLE)
    lignes = lignes[(lignes["territoire"] == territoire) & lignes["probabilite"].notna()]
    pas_lus = (lignes["probabilite_apres"] - lignes["probabilite"]).abs()
    assert len(lignes) >= 8 and pas_lus.max() > 0.01
    assert (pas_lus <= lignes["borne"] + 0.002).all()  # 4 000 draws count to a fraction of a point


# --- The four tables


def test_same_base_twice_gives_the_same_tables(base, donnees, publiees):
    """What is published is what the engine finds again, to the last figure."""
    retrouvees = find(base, donnees)
    for nom in TABLES:
        avant, apres = getattr(publiees, nom), getattr(retrouvees, nom)
        assert len(avant) == len(apres) > 0
        entiers = avant.select_dtypes("integer").columns
        avant, apres = (table.astype(dict.fromkeys(entiers, float)) for table in (avant, apres[list(avant)]))
        pd.testing.assert_frame_equal(avant, apres, check_dtype=False, rtol=0, atol=0)


@pytest.mark.long
def test_base_rebuilt_from_the_journal_has_the_same_rows(copie_demo, publiees):
    """The four tables are a function of the extracts, to the last digits, which the order of a sum leaves free."""
    shutil.rmtree(copie_demo / "processed")
    publish(Dossiers(copie_demo / "raw", copie_demo / "processed"), progres=lambda texte: None)
    refaite = open_base(copie_demo / "processed")
    for nom in TABLES:
        pd.testing.assert_frame_equal(getattr(publiees, nom), refaite.requete(f"FROM {nom}"), rtol=1e-9, atol=1e-12)


def test_every_rule_is_read_once_for_every_territory_of_its_levels(base, publiees):
    lignes = publiees.problematique
    assert not lignes.duplicated(CLE).any()
    for niveau in NIVEAUX:
        codes = base.lignes("SELECT code FROM territoire WHERE niveau = ? AND rentree_fin IS NULL", [niveau])
        siennes = lignes[lignes["niveau"] == niveau]
        comptes = siennes.groupby("territoire")["statut"].value_counts().groupby("territoire").sum()
        assert set(comptes.index) == {code for (code,) in codes}
        assert set(comptes) == {len(list_regles(Niveau(niveau)))}
    assert set(lignes["statut"]) == {"trouvee", "indecise", "non_trouvee", "sans_donnee"}


def test_whole_profile_is_no_surer_than_any_condition(publiees):
    moins_sure = publiees.problematique_condition.groupby(CLE)["probabilite"].min().rename("moins_sure")
    lignes = publiees.problematique.dropna(subset="probabilite").join(moins_sure, on=CLE)
    assert len(lignes) > 500
    assert (lignes["probabilite"] <= lignes["moins_sure"]).all()


def test_quadrants_share_all_the_draws(publiees):
    lignes = publiees.problematique.dropna(subset="part_deux")
    parts = lignes[["part_deux", "part_x", "part_y", "part_aucune"]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (parts >= 0).all(axis=None)
    deux = lignes[[len(get_regle(code).conditions) == 2 for code in lignes["regle"]]]
    assert (deux["part_deux"] == deux["probabilite"]).all()


def test_a_hundred_dots_fall_in_the_quadrants_as_their_shares_say(publiees):
    """Signs and thresholds of the two axes, applied to the dots, give back the shares to the dot."""
    trouvees = publiees.problematique[publiees.problematique["statut"] == "trouvee"]
    points = publiees.problematique_tirage.groupby(CLE)
    assert set(points.groups) == set(trouvees[CLE].itertuples(index=False, name=None))
    catalogue = load_catalogue()
    lus = publiees.problematique_condition.set_index([*CLE, "ordre"])["indicateur"]
    for ligne in trouvees.itertuples():
        cle = (ligne.regle, ligne.niveau, ligne.territoire)
        siens = points.get_group(cle)
        assert len(siens) == 100
        tient = []
        for axe, ordre in (("x", ligne.axe_x), ("y", ligne.axe_y)):
            condition, fiche = get_regle(ligne.regle).conditions[int(ordre)], catalogue[lus[(*cle, int(ordre))]]
            signe, seuil = condition.get_signe(fiche), condition.get_seuil(fiche)
            tient.append(signe * siens[axe] >= (seuil if condition.lecture.est_un_ecart else -seuil))
        comptes = [(a & b).sum() for a, b in ((tient[0], tient[1]), (tient[0], ~tient[1]), (~tient[0], tient[1]))]
        parts = (ligne.part_deux, ligne.part_x, ligne.part_y)
        assert np.abs(np.array(comptes) - 100 * np.array(parts)).max() < 1


def test_findings_have_all_their_evidence(publiees):
    trouvees = publiees.problematique[publiees.problematique["statut"] == "trouvee"]
    assert trouvees[["rang", "effectif", "ampleur"]].notna().all(axis=None)
    preuves = publiees.problematique_condition.merge(trouvees[CLE], on=CLE)
    assert len(preuves) == sum(len(get_regle(code).conditions) for code in trouvees["regle"])
    assert preuves[CHIFFRES].notna().all(axis=None)
    assert (preuves["motif"] == "").all()
    assert (preuves["estime_inf"] <= preuves["estime"]).all() and (preuves["estime"] <= preuves["estime_sup"]).all()


def test_what_cannot_be_read_says_which_condition_lacks_what(publiees):
    """`manque` is the first condition without figures, and the others before it have some."""
    absentes = publiees.problematique[publiees.problematique["statut"] == "sans_donnee"]
    assert len(absentes) > 10 and absentes["probabilite"].isna().all()
    motifs = publiees.problematique_condition.set_index([*CLE, "ordre"])["motif"]
    for ligne in absentes.itertuples():
        cle = (ligne.regle, ligne.niveau, ligne.territoire)
        assert motifs[(*cle, int(ligne.manque))] in MOTIFS
        assert all(motifs[(*cle, ordre)] == "" for ordre in range(int(ligne.manque)))
    lues = publiees.problematique[publiees.problematique["statut"] != "sans_donnee"]
    assert lues["manque"].isna().all() and lues["probabilite"].notna().all()


def test_findings_of_a_territory_are_ranked_by_what_they_weigh(publiees):
    """Probability × pupils × size of the gap; progress after the problems."""
    trouvees = publiees.problematique[publiees.problematique["statut"] == "trouvee"].copy()
    trouvees["progres"] = [get_regle(code).genre == "progres" for code in trouvees["regle"]]
    trouvees["poids"] = trouvees["probabilite"] * trouvees["effectif"] * trouvees["ampleur"]
    for _, siennes in trouvees.groupby(["niveau", "territoire"]):
        rangees = siennes.sort_values(["progres", "poids"], ascending=[True, False])
        assert rangees["rang"].tolist() == list(range(1, len(siennes) + 1))
    autres = publiees.problematique[publiees.problematique["statut"] != "trouvee"]
    assert autres["rang"].isna().all()


def test_findings_are_no_surer_than_each_figure_apart_would_make_them(base, donnees, publiees):
    """What usually goes together may weaken a profile, never make it: draws apart give at least as much."""
    territoires = base.requete("SELECT code FROM territoire WHERE niveau = 'reseau' AND rentree_fin IS NULL")
    tireur = Tireur(Grilles(donnees, "reseau", sorted(territoires["code"])))
    lignes = publiees.problematique[publiees.problematique["niveau"] == "reseau"].set_index(["regle", "territoire"])
    baisses = 0
    for regle in list_regles(Niveau.RESEAU):
        apart = []
        for condition in regle.conditions:
            faits = (tireur.draw(code, condition.modalite, condition.mesure) for code in condition.indicateurs)
            estimation, tirage = next(fait for fait in faits if fait)
            apart.append(hold(condition, load_catalogue()[estimation.indicateur], tirage.ecarts))
        seules = np.logical_and.reduce(apart).mean(axis=0)
        dites = lignes.loc[regle.code]["probabilite"].reindex(tireur.grilles.codes).to_numpy(dtype=float)
        assert (np.nan_to_num(dites) <= seules + 1e-12).all()
        baisses += (dites < seules - 0.02).sum()
    assert baisses >= 5


# --- What was planted

PLANTEES = {
    "socle_faible_contexte_favorable": "socle_contexte_favorable",
    "decrochage_en_hausse": "decrochage_reussite_stable",
    "colleges_opposes": "disparites_cachees",
}
"""Rule that brings out each planted finding."""


@pytest.mark.parametrize(("constat", "regle"), PLANTEES.items(), ids=PLANTEES)
def test_planted_findings_come_first(publiees, constat, regle):
    territoire = get_constat(constat).territoire
    lignes = publiees.problematique
    (trouvee,) = lignes[(lignes["territoire"] == territoire) & (lignes["regle"] == regle)].itertuples()
    assert (trouvee.statut, trouvee.rang) == ("trouvee", 1)
    assert trouvee.probabilite > 0.9


@pytest.mark.parametrize("constat", ["dans_la_moyenne", "trop_petit_pour_conclure"])
def test_nothing_is_found_where_nothing_was_planted(publiees, constat):
    """The réseau like the académie everywhere, and the lowest one, of 22 pupils."""
    lignes = publiees.problematique[publiees.problematique["territoire"] == get_constat(constat).territoire]
    assert len(lignes) == len(list_regles(Niveau.RESEAU))
    assert not (lignes["statut"] == "trouvee").any()
    assert lignes["probabilite"].max() < 0.5


# --- What is written


def test_examples_of_the_methods_document_are_those_of_the_engine(base, publiees):
    """docs/methode.md works out a prior by hand: these are the figures of the demonstration."""
    texte = METHODE.read_text(encoding="utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    socle = base.requete(
        """SELECT territoire, numerateur AS x, denominateur AS n FROM valeur WHERE indicateur = 'maitrise_socle'
        AND niveau = 'reseau' AND modalite = 'ensemble' AND statut = 'ok' AND rentree = 2024 ORDER BY territoire"""
    ).set_index("territoire")
    x, n = socle["x"].to_numpy(), socle["n"].to_numpy()
    a_priori = statistiques.fit_a_priori_taux(x, n, 0.04)
    mu, tau = a_priori.poids @ a_priori.mu, a_priori.poids @ a_priori.tau
    eleves = mu * (1 - mu) / tau**2 - 1
    lus = dict(zip(socle.index, statistiques.summarise_taux(x, n, a_priori)[0], strict=True))
    assert f"autour de {_write(100 * mu)} %" in texte and f"d’environ {_write(100 * tau)} points" in texte
    assert f"autant que {eleves:.0f} élèves" in texte
    for constat, phrase in (
        (HAUT_POITOU, "({x} + {mu} × {m}) ÷ ({n} + {m}) = **{lu} %**"),
        (VAL_DE_CHARENTE, "{lu} %"),
    ):
        ligne = socle.loc[constat]
        assert f"{ligne.x:.0f}" in texte and f"sur {ligne.n:.0f} ({_write(100 * ligne.x / ligne.n)} %)" in texte
        dite = phrase.format(x=f"{ligne.x:.0f}", n=f"{ligne.n:.0f}", mu=_write(mu, 3), m=f"{eleves:.0f}",
                             lu=_write(100 * lus[constat]))  # fmt: skip
        assert dite in texte
    (trouvee,) = publiees.problematique.query("territoire == @HAUT_POITOU and rang == 1").itertuples()
    assert f"{100 * trouvee.probabilite:.0f} % de probabilité" in texte
    assert f"{trouvee.levier_nombre:.0f} élèves de maîtrise satisfaisante de plus" in texte
    assert f"la ramènent à {100 * trouvee.levier_probabilite:.0f} %" in texte


def _write(nombre: float, decimales: int = 1) -> str:
    return f"{nombre:.{decimales}f}".replace(".", ",")
