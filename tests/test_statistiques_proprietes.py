"""Properties that hold whatever the figures, and published values that no other test holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import references, resultats, statistiques

NIVEAUX = ("etablissement", "reseau", "inter_reseau", "academie")
MIROIR = {"favorable": "defavorable", "defavorable": "favorable"}
compte = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
academies = st.lists(st.tuples(st.sampled_from("ABCD"), compte), min_size=2, max_size=12)
"""Établissements: a réseau among four, and (events, pupils)."""
publication = settings(max_examples=25, deadline=None)
"""For what goes through the tables of a publication, slower than plain functions."""


def make_academie(etablissements, noms=None, sens="hausse_favorable"):
    """Figures at every level, fiches and links; `noms` renames réseaux. Two réseaux make an inter-réseau."""
    noms = noms or {}
    lignes = pd.DataFrame(
        [
            {"etablissement": f"E{i}", "reseau": noms.get(reseau, reseau), "academie": "A13",
             "inter_reseau": "IR1" if reseau in "AB" else "IR2", "numerateur": x, "denominateur": n}
            for i, (reseau, (x, n)) in enumerate(etablissements)
        ]
    )  # fmt: skip
    chiffres = pd.concat(
        [
            lignes.groupby(niveau)[["numerateur", "denominateur"]].sum()
            .assign(nb_etablissements=lignes.groupby(niveau).size(), niveau=niveau)
            .rename_axis("territoire").reset_index()
            for niveau in NIVEAUX
        ],
        ignore_index=True,
    ).assign(indicateur="essai", rentree=2024, modalite="ensemble", nature="taux", statut="ok", methode="",
             ecart_type=np.nan, valeur=lambda t: t["numerateur"] / t["denominateur"])  # fmt: skip
    liens = pd.concat(
        [
            lignes[[bas, haut]].drop_duplicates().set_axis(["code", "code_parent"], axis=1)
            .assign(niveau=bas, niveau_parent=haut, rentree_debut=None, rentree_fin=None)
            for rang, bas in enumerate(NIVEAUX) for haut in NIVEAUX[rang + 1:]
        ],
        ignore_index=True,
    )  # fmt: skip
    fiche = {"indicateur": "essai", "nature": "taux", "sens": sens, "ecart_utile": 0.03, "niveau": "reseau"}
    return chiffres, pd.DataFrame([fiche]), liens


def compare(*arguments, **options):
    """Rows of `comparaison` of réseaux, by territory."""
    chiffres, fiches, liens = make_academie(*arguments, **options)
    lignes = resultats.compare(chiffres, chiffres, fiches, liens)
    return lignes[lignes["niveau"] == "reseau"].set_index("territoire")


# --- Properties of intervals


@given(compte, compte, st.integers(2, 30))
def test_more_pupils_at_the_same_rates_never_widen_a_difference(premier, second, facteur):
    (x1, n1), (x2, n2) = premier, second
    _, inf, sup = statistiques.difference_taux(x1, n1, x2, n2)
    _, inf_plus, sup_plus = statistiques.difference_taux(x1 * facteur, n1 * facteur, x2 * facteur, n2 * facteur)
    assert sup_plus - inf_plus <= sup - inf


@given(st.floats(0.01, 0.99), st.integers(1, 5000), st.integers(2, 30), st.floats(0, 0.02))
def test_funnel_narrows_with_pupils_and_widens_with_overdispersion(p0, n, facteur, tau2):
    inf, sup = statistiques.limites_entonnoir(p0, [n, n * facteur], tau2=tau2)
    assert sup[1] - inf[1] <= sup[0] - inf[0]
    seul = statistiques.limites_entonnoir(p0, n)
    assert inf[0] <= seul[0] <= p0 <= seul[1] <= sup[0]


@given(st.lists(compte, min_size=2, max_size=12))
def test_rank_lies_within_its_interval_and_within_the_number_of_territories(comptes):
    x, n = np.array(comptes).T
    rang, inf, sup = statistiques.intervalle_rangs_taux(x, n)
    assert (inf >= 1).all() and (inf <= rang).all() and (rang <= sup).all() and (sup <= len(x)).all()


def test_rank_intervals_of_rates_are_those_of_beta_draws():
    """Against draws of the exact posterior: under half a rank apart on average, as another seed would be."""
    alea = np.random.default_rng(5)
    for taux in (0.03, 0.6, 0.85, 0.98):
        n = alea.integers(12, 700, 37)
        x = alea.binomial(n, taux)
        rangs = (-alea.beta(x + 0.5, n - x + 0.5, (20_000, 37))).argsort(axis=1).argsort(axis=1) + 1
        exactes = np.quantile(rangs, [0.025, 0.975], axis=0, method="inverted_cdf")
        observe, *bornes = statistiques.intervalle_rangs_taux(x, n)
        exactes = np.minimum(exactes[0], observe), np.maximum(exactes[1], observe)
        assert np.abs(np.array(bornes) - exactes).mean() < 0.5


# --- Properties of comparisons, through what publishing computes


@publication
@given(academies)
def test_figures_of_a_level_are_ordered_and_add_up(etablissements):
    """0 ≤ low ≤ value ≤ high ≤ 1; réseaux partition their inter-réseau, and their counts add up to it."""
    chiffres, _, liens = make_academie(etablissements)
    avec = resultats.add_intervalles(chiffres)
    assert (0 <= avec["borne_inf"]).all() and (avec["borne_sup"] <= 1).all()
    assert ((avec["borne_inf"] <= avec["valeur"]) & (avec["valeur"] <= avec["borne_sup"])).all()
    hauts = liens[(liens["niveau"] == "reseau") & (liens["niveau_parent"] == "inter_reseau")]
    reseaux = chiffres[chiffres["niveau"] == "reseau"].merge(hauts, left_on="territoire", right_on="code")
    sommes = reseaux.groupby("code_parent")[["numerateur", "denominateur"]].sum()
    inters = chiffres[chiffres["niveau"] == "inter_reseau"].set_index("territoire")[["numerateur", "denominateur"]]
    assert sommes.to_dict() == inters.loc[sommes.index].to_dict()


@publication
@given(academies)
def test_rest_and_territory_make_the_whole(etablissements):
    """The reference is the académie minus the territory, never the académie."""
    n = sum(n for _, (_, n) in etablissements)
    x = sum(x for _, (x, _) in etablissements)
    for reseau, ligne in compare(etablissements).iterrows():
        x1, n1 = np.sum([c for r, c in etablissements if r == reseau], axis=0)
        assert ligne["denominateur_reference"] == n - n1
        assert ligne["valeur_reference"] == pytest.approx((x - x1) / (n - n1))


@publication
@given(academies)
def test_flipped_direction_exchanges_favorable_and_defavorable(etablissements):
    hausse, baisse = compare(etablissements), compare(etablissements, sens="baisse_favorable")
    assert [MIROIR.get(etat, etat) for etat in hausse["etat"]] == baisse["etat"].tolist()
    assert hausse["p_ajustee"].equals(baisse["p_ajustee"])


@publication
@given(academies, st.permutations("ABCD"))
def test_relabelling_territories_changes_nothing(etablissements, lettres):
    noms = dict(zip("ABCD", lettres, strict=True))
    avant = compare(etablissements).rename(index=noms).sort_index()
    apres = compare(etablissements, noms=noms).sort_index()
    pd.testing.assert_frame_equal(avant, apres)


@publication
@given(academies)
def test_order_of_rows_changes_nothing(etablissements):
    chiffres, fiches, liens = make_academie(etablissements)
    avant = resultats.compare(chiffres, chiffres, fiches, liens)
    apres = resultats.compare(chiffres[::-1], chiffres[::-1], fiches, liens[::-1])
    pd.testing.assert_frame_equal(avant.reset_index(drop=True), apres.reset_index(drop=True))


@publication
@given(st.lists(compte, min_size=1, max_size=5))
def test_reseau_alone_in_its_reference_has_no_row_and_crashes_nothing(comptes):
    seul = [("A", c) for c in comptes]
    assert compare(seul).empty
    chiffres, fiches, liens = make_academie(seul)
    avec = resultats.add_intervalles(chiffres)
    autres = references.compare_autres(avec, fiches.assign(annees_cumulees=1), liens, pd.DataFrame(), {})
    assert autres.empty
    assert resultats.rank(avec, fiches).empty
    assert resultats.draw_entonnoirs(avec).empty


@publication
@given(st.lists(compte, min_size=3, max_size=8))
def test_pooled_territories_read_the_ratio_of_their_sums(comptes):
    lignes = pd.DataFrame(comptes, columns=["numerateur", "denominateur"]).assign(
        valeur=lambda t: t["numerateur"] / t["denominateur"], groupe="g", nature="taux", ecart_type=np.nan,
        nb_etablissements=1,
    )  # fmt: skip
    (ensemble,) = references.pool(lignes, ["groupe"]).itertuples()
    x, n = np.sum(comptes, axis=0)
    assert (ensemble.numerateur, ensemble.denominateur) == (x, n)
    assert ensemble.valeur == pytest.approx(x / n)


# --- Published values


def test_benjamini_hochberg_of_25_dietary_variables():
    """McDonald 2014, Handbook of Biological Statistics, «Multiple comparisons»; R: p.adjust(p, method = "BH")."""
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.060, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.340,
         0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.940, 0.942, 0.975, 0.986]  # fmt: skip
    attendues = [0.025, 0.1, 0.21, 0.21, 0.21, 0.25, 0.2643, *[0.4911] * 7, 0.5328, 0.5328, 0.5647, 0.7816, 0.7816,
                 0.87, 0.9071, *[0.986] * 4]  # fmt: skip
    np.testing.assert_allclose(statistiques.benjamini_hochberg(p), attendues, atol=5e-5)
