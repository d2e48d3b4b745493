"""Plausibility against what is loaded: sound years raise next to nothing, planted errors are found."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indicators.ingestion.rapport import Rapport, load_controles
from indicators.reference import ExtraitConnu, Reference
from indicators.territoires.referentiel import get_academie
from indicators.vraisemblance import VERIFICATIONS, check_vraisemblance
from indicators.vraisemblance.distributions import check_distributions
from indicators.vraisemblance.revisions import check_revisions
from indicators.vraisemblance.sauts import check_sauts
from indicators.vraisemblance.volumes import check_volumes
from tests.outils import make_observation

CHECKS = (check_volumes, check_sauts, check_distributions, check_revisions)
RAPPORT = Rapport(fichier="essai.csv", sha256="0" * 64, taille=1, genre="CSV")
SANS_RESEAU = pd.DataFrame(columns=["uai", "code_reseau", "nom_reseau"], dtype="string")
PREFIXES = ("016", "017", "079", "086")
DNB = "taux_reussite_dnb_generale"


def make_uai(nb: int) -> list[str]:
    """Fictional établissements shared between the four départements, twenty in a row in each."""
    return [f"{PREFIXES[rang // 20 % 4]}{9000 + rang:04d}X" for rang in range(nb)]


def make_taux(rng, uai, rentree: int, taux=0.85, effectif=100, vie=0.03, indicateur=DNB) -> pd.DataFrame:
    """Rates of one rentrée: each établissement around its own, which moves by `vie` from one year to the next."""
    taux = np.clip(np.broadcast_to(taux, len(uai)) + rng.normal(0, vie, len(uai)), 0.02, 0.98)
    effectifs = np.broadcast_to(effectif, len(uai))
    numerateurs = rng.binomial(effectifs, taux)
    return pd.DataFrame(
        make_observation(code, float(x), float(n), indicateur=indicateur, rentree=rentree, ligne=rang + 2)
        for rang, (code, x, n) in enumerate(zip(uai, numerateurs, effectifs, strict=True))
    )


def make_moyennes(rng, uai, rentree: int, moyennes, vie=1.5, indicateur="ips_ecoles") -> pd.DataFrame:
    """Means of one rentrée, rounded to one decimal, without effectif."""
    valeurs = np.round(moyennes + rng.normal(0, vie, len(uai)), 1)
    return pd.DataFrame(
        make_observation(code, valeur=float(v), indicateur=indicateur, rentree=rentree, ligne=rang + 2)
        for rang, (code, v) in enumerate(zip(uai, valeurs, strict=True))
    )


@pytest.fixture
def ecrire(tmp_path):
    """Write normalised rows as an extract: `ecrire(table, id="C0001", format="ivac_colleges")`."""
    numero = iter(range(1000))

    def write(lignes: pd.DataFrame, id="", format="ivac_colleges") -> ExtraitConnu:
        dossier = tmp_path / f"extrait{next(numero)}"
        dossier.mkdir()
        types = {nom: "float64" for nom in ("numerateur", "denominateur", "valeur", "ecart_type")}
        lignes.astype(types).to_parquet(dossier / "observations.parquet", index=False)
        return ExtraitConnu(id, dossier, format, f"{id}.csv", f"« {id}.csv », chargé le 14/11/2026", False)

    return write


def make_reference(*extraits: ExtraitConnu, rattachements=SANS_RESEAU) -> Reference:
    """What is in force."""
    return Reference(extraits, get_academie("13"), rattachements)


def run(extrait: ExtraitConnu, reference: Reference) -> dict[str, list]:
    """Findings of the comparisons by code."""
    constats = [constat for check in CHECKS for constat in check(extrait, RAPPORT, reference)]
    return {c.controle.code: [d for d in constats if d.controle.code == c.controle.code] for c in constats}


def load_annees(ecrire, tables: list[pd.DataFrame], **champs) -> tuple[ExtraitConnu, ...]:
    """One load a rentrée."""
    return tuple(ecrire(table, id=f"C{rang:04d}", **champs) for rang, table in enumerate(tables, start=1))


# --- What must say nothing ------------------------------------------------------------------------------------------


def test_an_empty_installation_has_nothing_to_say(ecrire):
    """Nothing to compare with: no finding, and no check is said to be «conforme»."""
    extrait = ecrire(make_taux(np.random.default_rng(1), make_uai(40), 2022))
    rapport = check_vraisemblance(extrait, RAPPORT, make_reference())
    assert rapport.constats == () and rapport.controles == ()


def test_the_same_figures_again_say_nothing_and_the_checks_ran(ecrire):
    """The same rows handed in again, or copied to the next rentrée, raise nothing."""
    table = make_taux(np.random.default_rng(2), make_uai(80), 2022)
    charges = load_annees(ecrire, [table])
    for nouveau in (table, table.assign(rentree=2023)):
        rapport = check_vraisemblance(ecrire(nouveau), RAPPORT, make_reference(*charges))
        assert rapport.constats == ()
        assert {"saut", "volume", "distribution", "revision"} <= {c.code for c in rapport.conformes}


def test_chance_alone_raises_next_to_nothing(ecrire):
    """200 établissements, four rentrées loaded, a fifth like them: at most one run in 15 raises a jump."""
    uai, alertes = make_uai(200), 0
    for graine in range(15):
        rng = np.random.default_rng(graine)
        niveau = rng.normal(0.85, 0.06, len(uai))
        effectifs = rng.integers(25, 180, len(uai))
        annees = [make_taux(rng, uai, r, niveau, effectifs, vie=0.04) for r in range(2019, 2024)]
        annees = [table.assign(indicateur="taux_acces_6e_3e") for table in annees]
        charges = load_annees(ecrire, annees[:4])
        alertes += bool(check_sauts(ecrire(annees[4]), RAPPORT, make_reference(*charges)))
    assert alertes <= 1


def test_a_harder_exam_is_not_200_jumps(ecrire):
    """All fall by 8 points: the change common to all is not that of any one."""
    rng, uai = np.random.default_rng(3), make_uai(100)
    charges = load_annees(ecrire, [make_taux(rng, uai, 2022, 0.88)])
    trouves = run(ecrire(make_taux(rng, uai, 2023, 0.80)), make_reference(*charges))
    assert "saut" not in trouves


def test_a_declared_break_is_not_a_jump(ecrire):
    """IPS before and after 2022 do not compare: their fiche says so."""
    rng, uai = np.random.default_rng(4), make_uai(60)
    moyennes = rng.normal(105, 12, len(uai))
    charges = load_annees(ecrire, [make_moyennes(rng, uai, 2021, moyennes)], format="ips_ecoles")
    trouves = run(ecrire(make_moyennes(rng, uai, 2022, moyennes[::-1]), format="ips_ecoles"), make_reference(*charges))
    assert trouves == {}


# --- Jumps ----------------------------------------------------------------------------------------------------------


def _four_years(ecrire, rng, uai, niveau):
    return load_annees(ecrire, [make_taux(rng, uai, r, niveau) for r in range(2019, 2023)])


def test_one_collapsed_rate_is_found_with_its_reading(ecrire):
    """91 → 40 % in one établissement of 100: its line, both figures, and how many times the expected spread."""
    rng, uai = np.random.default_rng(5), make_uai(100)
    charges = _four_years(ecrire, rng, uai, 0.85)
    nouveau = make_taux(rng, uai, 2023)
    nouveau.loc[nouveau["territoire"] == uai[7], "numerateur"] = 40.0
    avant = pd.read_parquet(charges[-1].dossier / "observations.parquet").set_index("territoire")["numerateur"]
    (constat,) = check_sauts(ecrire(nouveau), RAPPORT, make_reference(*charges))
    assert constat.controle.code == "saut" and constat.nb == 1 and constat.controle.signature
    (exemple,) = constat.exemples
    assert exemple.ligne == 9
    assert exemple.trouve.startswith(f"{uai[7]}\xa0: {avant[uai[7]]:.0f},0\xa0% → 40,0\xa0%")
    assert "fois l’écart attendu" in exemple.attendu and exemple.attendu in constat.constat


def test_a_small_etablissement_may_change_more(ecrire):
    """The same fall of 25 points is a jump for 400 pupils, chance for 8."""
    rng, uai = np.random.default_rng(6), make_uai(100)
    effectifs = np.where(np.arange(100) < 50, 8, 400)
    annees = [make_taux(rng, uai, r, 0.8, effectifs, vie=0.02) for r in range(2019, 2024)]
    avant = annees[3]["numerateur"] / annees[3]["denominateur"]
    for rang in (3, 70):
        annees[4].loc[rang, "numerateur"] = round((avant[rang] - 0.25) * effectifs[rang])
    (constat,) = check_sauts(ecrire(annees[4]), RAPPORT, make_reference(*load_annees(ecrire, annees[:4])))
    assert [exemple.trouve[:8] for exemple in constat.exemples] == [uai[70]]


@pytest.mark.parametrize("faute", ["virgule", "ligne_decalee"])
def test_errors_of_hand_are_found_in_means_without_effectif(ecrire, faute):
    """A lost comma (95,2 → 952), and lines shifted by one from a given line on."""
    rng, uai = np.random.default_rng(7), make_uai(300)
    moyennes = rng.normal(105, 12, len(uai))
    annees = [make_moyennes(rng, uai, r, moyennes) for r in (2022, 2023, 2024)]
    nouveau = annees[2]
    if faute == "virgule":
        nouveau.loc[10, "valeur"] *= 10
        attendus = {uai[10]}
    else:
        nouveau.loc[280:298, "valeur"] = nouveau.loc[281:299, "valeur"].to_numpy()
        attendus = set(uai[280:299])
    charges = load_annees(ecrire, annees[:2], format="ips_ecoles")
    (constat,) = check_sauts(ecrire(nouveau, format="ips_ecoles"), RAPPORT, make_reference(*charges))
    assert constat.exemples[0].trouve[:8] in attendus
    assert 1 <= constat.nb <= len(attendus)
    if faute == "ligne_decalee":
        assert constat.nb >= 5


def test_lines_given_to_other_etablissements_show_in_their_sizes(ecrire):
    """Rates look alike from one collège to the next; 40 candidates where there were 200 do not."""
    rng, uai = np.random.default_rng(14), make_uai(100)
    tailles = rng.permutation(np.linspace(30, 250, 100).astype(int))
    annees = [make_taux(rng, uai, r, 0.85, tailles + rng.integers(-8, 8, 100)) for r in (2021, 2022, 2023)]
    reference = make_reference(*load_annees(ecrire, annees[:2]))
    assert check_sauts(ecrire(annees[2]), RAPPORT, reference) == []
    decale = annees[2].copy()
    decale.loc[20:49, "territoire"] = [*uai[21:50], uai[20]]
    (constat,) = check_sauts(ecrire(decale), RAPPORT, reference)
    assert constat.nb >= 10 and "effectif pour" in constat.exemples[0].trouve


def test_two_swapped_columns_are_found(ecrire):
    """Girls and boys swapped in a lycée professionnel file: hundreds of figures jump at once."""
    rng, uai = np.random.default_rng(8), make_uai(60)
    parts = rng.uniform(0.1, 0.9, len(uai))

    def make(rentree: int, inverse: bool = False) -> pd.DataFrame:
        tables = []
        for modalite, part in (("filles", parts), ("garcons", 1 - parts)):
            nombres = rng.poisson(400 * (1 - part if inverse else part)).astype(float)
            tables += [
                make_observation(u, n, indicateur="effectif_lycees_pro", rentree=rentree, modalite=modalite)
                for u, n in zip(uai, nombres, strict=True)
            ]
        return pd.DataFrame(tables)

    charges = load_annees(ecrire, [make(r) for r in (2020, 2021)], format="effectifs_lycees_pro")
    (sain,) = [check_sauts(ecrire(make(2022), format="effectifs_lycees_pro"), RAPPORT, make_reference(*charges))]
    (constat, *_) = check_sauts(
        ecrire(make(2022, inverse=True), format="effectifs_lycees_pro"), RAPPORT, make_reference(*charges)
    )
    assert sain == [] and constat.nb > 30


def test_few_years_and_few_etablissements_stay_prudent(ecrire):
    """Without enough history, the spread is assumed wide: 5 collèges that move by 10 points raise nothing."""
    rng, uai = np.random.default_rng(9), make_uai(5)
    charges = load_annees(ecrire, [make_taux(rng, uai, 2022, 0.85, vie=0)])
    assert check_sauts(ecrire(make_taux(rng, uai, 2023, 0.75, vie=0)), RAPPORT, make_reference(*charges)) == []
    faux = make_taux(rng, uai, 2023, 0.85, vie=0)
    faux.loc[0, "numerateur"] = 9.0
    (constat,) = check_sauts(ecrire(faux), RAPPORT, make_reference(*charges))
    assert constat.nb == 1


def test_a_reseau_that_moves_together_is_found_when_none_of_its_etablissements_jumps(ecrire):
    """Ten collèges fall by 16 points each: none is beyond chance alone, the réseau is."""
    rng, uai = np.random.default_rng(10), make_uai(200)
    rattachements = pd.DataFrame(
        {"uai": uai, "code_reseau": [f"R{i // 10}" for i in range(200)],
         "nom_reseau": [f"Réseau {i // 10}" for i in range(200)]}
    )  # fmt: skip
    niveau = rng.normal(0.85, 0.03, len(uai))
    charges = _four_years(ecrire, rng, uai, niveau)
    reference = make_reference(*charges, rattachements=rattachements)
    assert check_sauts(ecrire(make_taux(rng, uai, 2023, niveau)), RAPPORT, reference) == []
    decale = niveau - np.where(np.arange(200) // 10 == 4, 0.16, 0)
    constats = check_sauts(ecrire(make_taux(rng, uai, 2023, decale)), RAPPORT, reference)
    assert [c.controle.code for c in constats] == ["saut_reseau"]
    assert constats[0].exemples[0].trouve.startswith("Réseau 4\xa0: ") and constats[0].nb == 1


def test_figures_loaded_as_they_are_are_not_judged_again(ecrire):
    """A jump accepted last year is not told again when its file comes back with one more rentrée."""
    rng, uai = np.random.default_rng(11), make_uai(60)
    annees = [make_taux(rng, uai, r) for r in (2021, 2022, 2023)]
    annees[1].loc[0, "numerateur"] = 20.0
    annees[2].loc[0, "numerateur"] = 20.0
    charges = load_annees(ecrire, annees[:2])
    assert check_sauts(ecrire(pd.concat(annees)), RAPPORT, make_reference(*charges)) == []


# --- Volumes --------------------------------------------------------------------------------------------------------


def _two_years(ecrire, nb=80):
    rng, uai = np.random.default_rng(12), make_uai(nb)
    annees = [make_taux(rng, uai, r) for r in (2021, 2022, 2023)]
    return uai, annees[2], load_annees(ecrire, annees[:2])


def test_disparus_and_nouveaux_are_named(ecrire):
    """Four collèges no longer there, one new: their codes are written."""
    uai, nouveau, charges = _two_years(ecrire)
    neuf = nouveau.iloc[[0]].assign(territoire="0160042W")
    nouveau = pd.concat([nouveau[~nouveau["territoire"].isin(uai[5:9])], neuf])
    trouves = run(ecrire(nouveau), make_reference(*charges))
    assert set(trouves) == {"etablissements_disparus", "etablissements_nouveaux"}
    (disparus,) = trouves["etablissements_disparus"]
    assert disparus.nb == 4 and disparus.controle.signature and all(code in disparus.constat for code in uai[5:9])
    (nouveaux,) = trouves["etablissements_nouveaux"]
    assert nouveaux.nb == 1 and "0160042W" in nouveaux.constat and not nouveaux.controle.signature


def test_who_was_there_only_once_is_not_missed(ecrire):
    """A small école comes and goes with the secret: it is expected after two rentrées in a row."""
    uai, nouveau, charges = _two_years(ecrire)
    premier = pd.read_parquet(charges[0].dossier / "observations.parquet")
    premier[premier["territoire"] != uai[3]].to_parquet(charges[0].dossier / "observations.parquet", index=False)
    assert run(ecrire(nouveau[nouveau["territoire"] != uai[3]]), make_reference(*charges)) == {}


def test_a_departement_left_out_is_told_once(ecrire):
    """Twenty collèges of one département missing: one finding, not twenty names."""
    _, nouveau, charges = _two_years(ecrire)
    trouves = run(ecrire(nouveau[~nouveau["territoire"].str.startswith("079")]), make_reference(*charges))
    assert set(trouves) == {"departements_absents"}
    assert "Deux-Sèvres" in trouves["departements_absents"][0].constat


def test_a_file_that_completes_a_rentree_is_told_once_and_needs_no_signature(ecrire):
    """Vienne comes after the three others of the same rentrée."""
    _, nouveau, charges = _two_years(ecrire)
    vienne = nouveau["territoire"].str.startswith("086")
    charges = (*charges, ecrire(nouveau[~vienne], id="C0009"))
    trouves = run(ecrire(nouveau[vienne]), make_reference(*charges))
    assert set(trouves) == {"complement"} and not trouves["complement"][0].controle.signature
    assert "20" in trouves["complement"][0].constat and "60" in trouves["complement"][0].constat


def test_reseaux_without_etablissement_are_named(ecrire):
    """The five établissements of one réseau are gone: the réseau is told, not each of them."""
    uai, nouveau, charges = _two_years(ecrire)
    rattachements = pd.DataFrame(
        {
            "uai": uai,
            "code_reseau": [f"R{i // 5}" for i in range(80)],
            "nom_reseau": [f"Pays {i // 5}" for i in range(80)],
        }
    )
    extrait = ecrire(nouveau[~nouveau["territoire"].isin(uai[10:15])])
    trouves = run(extrait, make_reference(*charges, rattachements=rattachements))
    assert set(trouves) == {"reseaux_absents"}
    assert [e.trouve for e in trouves["reseaux_absents"][0].exemples] == ["Pays 2"]


def test_twice_as_many_etablissements_is_unusual(ecrire):
    """Another académie left in the file, say."""
    _, nouveau, charges = _two_years(ecrire)
    autres = nouveau.assign(territoire=[f"0330{rang:03d}A" for rang in range(len(nouveau))])
    trouves = run(ecrire(pd.concat([nouveau, autres])), make_reference(*charges))
    (volume,) = trouves["volume"]
    assert "160\xa0établissements" in volume.constat and "+100\xa0%" in volume.constat


def test_another_format_is_not_an_earlier_year_of_this_one(ecrire):
    """Volumes, columns and revisions are those of one layout."""
    _, nouveau, charges = _two_years(ecrire)
    extrait = ecrire(nouveau.assign(rentree=2022).head(30), format="autre")
    reference = make_reference(*charges)
    assert [
        c for check in (check_volumes, check_distributions, check_revisions) for c in check(extrait, RAPPORT, reference)
    ] == []


# --- Columns --------------------------------------------------------------------------------------------------------


def _columns(ecrire):
    rng, uai = np.random.default_rng(13), make_uai(200)
    moyennes = rng.normal(105, 12, len(uai))
    charges = load_annees(ecrire, [make_moyennes(rng, uai, r, moyennes) for r in (2022, 2023)], format="ips_ecoles")
    return make_moyennes(rng, uai, 2024, moyennes), make_reference(*charges)


@pytest.mark.parametrize(
    ("deformer", "phrase"),
    [
        (lambda v: v - 20, "la médiane se déplace"),
        (lambda v: 105 + (v - 105) * 2.5, "la moitié centrale est plus étendue"),
        (lambda v: 105 + (v - 105) * 0.4, "la moitié centrale est moins étendue"),
        (lambda v: v.where(v.index % 3 > 0, 0.0), "% des établissements à zéro, contre 0"),
        (lambda v: v.round(0), "% des établissements en nombres ronds"),
    ],
)
def test_a_changed_column_is_one_finding_in_words(ecrire, deformer, phrase):
    """Shifted, spread, narrowed, zeros, rounded: one finding, with quartiles before and after."""
    nouveau, reference = _columns(ecrire)
    assert check_distributions(ecrire(nouveau, format="ips_ecoles"), RAPPORT, reference) == []
    nouveau["valeur"] = deformer(nouveau["valeur"])
    (constat,) = check_distributions(ecrire(nouveau, format="ips_ecoles"), RAPPORT, reference)
    texte = constat.constat.replace("\xa0", " ").replace("\u202f", " ")
    assert phrase in texte and "Médiane" in texte and "moitié centrale de" in texte and "→" in texte


@pytest.mark.parametrize("comment", ["secret", "vide"])
def test_missing_figures_are_told_whether_coded_or_empty(ecrire, comment):
    """Half of the column becomes NS, or disappears from one indicator of two."""
    nouveau, reference = _columns(ecrire)
    moitie = nouveau.index % 2 == 0
    if comment == "secret":
        nouveau.loc[moitie, ["valeur", "statut"]] = [np.nan, "secret"]
    else:
        # Every établissement still has a line, for the other figure of the file.
        nouveau = pd.concat([nouveau[~moitie], nouveau.assign(indicateur="effectif_colleges", numerateur=100.0)])
    (constat,) = check_distributions(ecrire(nouveau, format="ips_ecoles"), RAPPORT, reference)
    assert "50\xa0% des établissements sans chiffre, contre 0\xa0%" in constat.constat


# --- Revisions ------------------------------------------------------------------------------------------------------


def test_a_revision_is_told_with_the_largest_first(ecrire):
    """Three figures changed and one gone out of 80: how many, which, from what to what, instead of what."""
    uai, _, charges = _two_years(ecrire)
    revise = pd.read_parquet(charges[1].dossier / "observations.parquet")
    revise.loc[[4, 5, 6], "numerateur"] -= [1.0, 5.0, 2.0]
    attendu = revise.loc[5]
    extrait = ecrire(revise.drop(index=20))
    (constat,) = check_revisions(extrait, RAPPORT, make_reference(*charges))
    assert constat.nb == 4 and constat.controle.signature
    assert constat.constat == (
        "Rentrée 2022\xa0: 3\xa0chiffres changent et 1\xa0chiffre n’y est plus, sur 80 déjà chargés. "
        "Ces chiffres remplaceront ceux de «\xa0C0002.csv\xa0», chargé le 14/11/2026."
    )
    premier = constat.exemples[0]
    assert premier.ligne == 7
    avant, apres = attendu["numerateur"] + 5, attendu["numerateur"]
    assert premier.trouve.startswith(f"{uai[5]}\xa0: {avant:.0f},0\xa0% → {apres:.0f},0\xa0%")


def test_a_figure_that_becomes_secret_is_a_revision(ecrire):
    """Its reason is written in place of a figure."""
    _, _, charges = _two_years(ecrire)
    revise = pd.read_parquet(charges[1].dossier / "observations.parquet")
    revise.loc[2, ["numerateur", "denominateur"]] = np.nan
    revise.loc[2, "statut"] = "secret"
    (constat,) = check_revisions(ecrire(revise), RAPPORT, make_reference(*charges))
    assert constat.nb == 1 and "→ secret" in constat.exemples[0].trouve


# --- The whole ------------------------------------------------------------------------------------------------------


def test_every_code_is_in_the_list_and_told_once():
    """A check cannot announce a code that no report could show."""
    codes = [code for verification in VERIFICATIONS for code in verification.controles]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(load_controles())


def test_a_folder_may_have_a_quote_in_its_name(ecrire, tmp_path):
    """Views take no parameter: the path is quoted."""
    _, nouveau, charges = _two_years(ecrire)
    dossier = Path(tmp_path / "l'extrait")
    dossier.mkdir()
    nouveau.to_parquet(dossier / "observations.parquet", index=False)
    extrait = ExtraitConnu("", dossier, "ivac_colleges", "x.csv", "« x.csv »", False)
    assert run(extrait, make_reference(*charges)) == {}
