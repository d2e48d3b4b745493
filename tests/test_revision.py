"""What changes before it is published: values, answers and tableaux de bord, counted whole and told largest first."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from indicators.base.lecture import Base
from indicators.base.versions import Version
from indicators.ingestion import normalise_extrait
from indicators.reference import ExtraitConnu, Reference
from indicators.revision import Changements, Revision, compare_bases, compare_extraits
from indicators.territoires.referentiel import get_academie
from indicators.vraisemblance.revisions import check_revisions
from indicators.vraisemblance.sauts import check_sauts
from tests.outils import build_petite_base, make_indicateur, make_observation, make_perimetre
from tests.test_vraisemblance import RAPPORT, SANS_RESEAU

UAI = [f"016{9000 + rang}X" for rang in range(10)]


def make_ips(valeurs: dict[str, float | None], rentree=2022) -> pd.DataFrame:
    """Rows of IPS; None is a figure that the source does not publish."""
    return pd.DataFrame(
        make_observation(
            uai, valeur=valeur, indicateur="ips_ecoles", rentree=rentree, ligne=rang + 2,
            statut="ok" if valeur is not None else "secret",
        )
        for rang, (uai, valeur) in enumerate(valeurs.items())
    )  # fmt: skip


def write(dossier, lignes: pd.DataFrame, id="", format="ips_ecoles", **champs) -> ExtraitConnu:
    """Normalised rows as an extract."""
    dossier.mkdir()
    types = {nom: "float64" for nom in ("numerateur", "denominateur", "valeur", "ecart_type")}
    lignes.astype(types).to_parquet(dossier / "observations.parquet", index=False)
    return ExtraitConnu(id, dossier, format, f"{id}.csv", f"« {id}.csv »", False, **champs)


def make_reference(*extraits: ExtraitConnu) -> Reference:
    """What is in force."""
    return Reference(extraits, get_academie("13"), SANS_RESEAU)


# --- Extracts -------------------------------------------------------------------------------------------------------


def test_added_changed_and_removed_are_counted_and_the_largest_come_first(tmp_path):
    """Ten loaded: two change (+1 and −5), one goes, one comes, seven stay."""
    avant = {uai: 100.0 + rang for rang, uai in enumerate(UAI)}
    apres = avant | {UAI[2]: 103.0, UAI[4]: 99.0, "0169999Z": 88.0}
    del apres[UAI[9]]
    ancien = write(tmp_path / "a", make_ips(avant), id="C0001")
    revision = compare_extraits(write(tmp_path / "n", make_ips(apres)), make_reference(ancien))
    (rentree,) = revision.rentrees
    assert rentree.model_dump() == {
        "rentree": 2022, "nb_connus": 10, "nb_identiques": 7, "nb_changes": 2, "nb_ajoutes": 1, "nb_retires": 1,
    }  # fmt: skip
    assert [(c.territoire, c.avant, c.apres) for c in revision.changes] == [
        (UAI[4], 104.0, 99.0), (UAI[2], 102.0, 103.0),
    ]  # fmt: skip
    assert [(c.territoire, c.avant, c.apres) for c in revision.retires] == [(UAI[9], 109.0, None)]
    assert revision.remplace == {"C0001": (2022,)}
    assert Revision.model_validate_json(revision.model_dump_json()) == revision


def test_a_file_with_few_of_the_keys_completes_and_removes_nothing(tmp_path):
    """Four of the ten établissements: not a replacement, and the six others stay."""
    ancien = write(tmp_path / "a", make_ips(dict.fromkeys(UAI, 100.0)), id="C0001")
    nouveau = write(tmp_path / "n", make_ips({uai: 100.0 for uai in (*UAI[:4], "0169999Z")}))
    revision = compare_extraits(nouveau, make_reference(ancien))
    assert (revision.nb_changes, revision.nb_retires, revision.nb_ajoutes) == (0, 0, 1)
    assert revision.remplace == {} and not revision.est_revision


def test_half_of_the_keys_replace_that_rentree_only(tmp_path):
    """A load of two rentrées, revised for one of them; the boundary of one half replaces."""
    lignes = pd.concat([make_ips(dict.fromkeys(UAI, 100.0), r) for r in (2022, 2023)])
    ancien = write(tmp_path / "a", lignes, id="C0001")
    nouveau = write(tmp_path / "n", make_ips(dict.fromkeys(UAI[:5], 100.0), 2023))
    revision = compare_extraits(nouveau, make_reference(ancien))
    assert revision.remplace == {"C0001": (2023,)} and revision.nb_retires == 5


def test_a_figure_that_another_load_still_gives_is_not_removed(tmp_path):
    """UAI 9 is in a second load, which the new file does not replace."""
    un = write(tmp_path / "a", make_ips(dict.fromkeys(UAI, 100.0)), id="C0001")
    deux = write(tmp_path / "b", make_ips({UAI[9]: 100.0, "0169998Y": 90.0, "0169999Z": 90.0}), id="C0002")
    nouveau = write(tmp_path / "n", make_ips(dict.fromkeys(UAI[:9], 100.0)))
    assert compare_extraits(nouveau, make_reference(un, deux)).nb_retires == 0
    assert compare_extraits(nouveau, make_reference(un)).nb_retires == 1


def test_withdrawn_rentrees_and_other_formats_are_not_compared(tmp_path):
    """A rentrée that a later load replaced is no longer in force."""
    retire = write(tmp_path / "a", make_ips(dict.fromkeys(UAI, 100.0)), id="C0001", rentrees_retirees=(2022,))
    autre = write(tmp_path / "b", make_ips(dict.fromkeys(UAI, 100.0)), id="C0002", format="autre")
    nouveau = write(tmp_path / "n", make_ips(dict.fromkeys(UAI, 50.0)))
    assert not compare_extraits(nouveau, make_reference(retire, autre)).est_revision


def test_rounding_of_a_sum_is_not_a_change_but_a_new_effectif_is(tmp_path):
    """0,1 + 0,2 against 0,3; and 90 of 100 against 45 of 50."""
    lignes = make_ips({UAI[0]: 0.3})
    ancien = write(tmp_path / "a", lignes, id="C0001")
    assert (
        compare_extraits(write(tmp_path / "n", make_ips({UAI[0]: 0.1 + 0.2})), make_reference(ancien)).nb_changes == 0
    )
    taux = {"indicateur": "taux_acces_6e_3e", "rentree": 2022}
    ancien = write(tmp_path / "c", pd.DataFrame([make_observation(UAI[0], 90.0, 100.0, **taux)]), id="C0003")
    nouveau = write(tmp_path / "d", pd.DataFrame([make_observation(UAI[0], 45.0, 50.0, **taux)]))
    (change,) = compare_extraits(nouveau, make_reference(ancien)).changes
    assert (change.avant, change.apres, change.effectif_avant, change.effectif) == (0.9, 0.9, 100.0, 50.0)


# --- Bases ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def batir(tmp_path):
    """A base of taux by établissement, opened: `batir(1, {uai: (numerateur, denominateur)})`."""

    def build(numero: int, chiffres: dict[str, tuple[float, float]]) -> Base:
        dossier = tmp_path / f"base{numero}"
        dossier.mkdir()
        observations = [
            make_observation(uai, x, n, indicateur="taux_acces_6e_3e", rentree=2022) for uai, (x, n) in chiffres.items()
        ]
        perimetres = [make_perimetre(uai, f"R{rang // 2}") for rang, uai in enumerate(UAI)]
        chemin = build_petite_base(
            dossier, [make_indicateur("taux_acces_6e_3e", ecart_utile=2)],
            {"observations": observations, "perimetres": perimetres},
        )  # fmt: skip
        quand = datetime.fromisoformat("2026-11-14T10:00:00+01:00")
        return Base(chemin, Version(f"v{numero:04d}", numero, quand, False, "13", "e", "a", "r"))

    return build


CHIFFRES = {uai: (160.0, 200.0) for uai in UAI}


def test_an_identical_base_changes_nothing(batir):
    """Same extracts, same rows."""
    changements = compare_bases(batir(1, CHIFFRES), batir(2, CHIFFRES))
    assert changements.est_vide and changements.nb_valeurs_changees == changements.nb_etats == 0


def test_a_first_publication_adds_everything(batir):
    """Nothing served before: values are added, none changed; every territory with a figure is counted."""
    base = batir(1, CHIFFRES)
    changements = compare_bases(None, base)
    assert changements.version_avant is None and changements.valeurs == ()
    (nb,) = base.lignes("SELECT count(*) FROM valeur")[0]
    assert (changements.nb_valeurs_ajoutees, changements.nb_valeurs_changees) == (nb, 0)
    assert changements.tableaux_par_niveau["etablissement"] == 10 and changements.tableaux_par_niveau["reseau"] == 5


def test_a_revised_figure_moves_its_territories_and_their_flags(batir):
    """One établissement falls from 80 to 40 %: it and every territory around it read otherwise."""
    avant, apres = batir(1, CHIFFRES), batir(2, CHIFFRES | {UAI[0]: (80.0, 200.0)})
    changements = compare_bases(avant, apres)
    assert changements.nb_valeurs_changees == 5 and changements.nb_valeurs_ajoutees == 0
    premier = changements.valeurs[0]
    assert (premier.territoire, premier.avant, premier.apres) == (UAI[0], 0.8, 0.4)
    assert premier.ecarts_utiles == pytest.approx(40 / 3)  # fiche of the catalogue: 3 points
    assert premier.titre and premier.nom
    etats = {(e.niveau, e.territoire): (e.avant, e.apres) for e in changements.etats}
    assert etats["reseau", "R0"] == ("non_concluant", "defavorable")
    assert {t.territoire for t in changements.tableaux} >= {UAI[0], "R0", "IR1", "D16", "A13"}
    assert Changements.model_validate_json(changements.model_dump_json()) == changements


def test_a_hidden_figure_is_never_written_in_what_changes(batir):
    """8 pupils are under the threshold: the change is told, without the figure of before nor that of after."""
    avant, apres = batir(1, CHIFFRES), batir(2, CHIFFRES | {UAI[0]: (6.0, 8.0)})
    changements = compare_bases(avant, apres)
    secrets = [v for v in changements.valeurs if "secret" in (v.statut_avant, v.statut)]
    assert secrets and all(v.avant is v.apres is v.ecarts_utiles is None for v in secrets)


def test_values_that_appear_and_go_are_told_apart(batir):
    """An établissement leaves the file, another comes."""
    sans_un = {uai: c for uai, c in CHIFFRES.items() if uai != UAI[1]}
    sans_deux = {uai: c for uai, c in CHIFFRES.items() if uai != UAI[2]}
    changements = compare_bases(batir(1, sans_un), batir(2, sans_deux))
    assert (changements.nb_valeurs_ajoutees, changements.nb_valeurs_retirees) == (1, 1)


# --- Real extracts --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ips_ecoles(extraits_reels, tmp_path_factory) -> pd.DataFrame:
    """Normalised IPS of écoles, rentrées 2022 to 2024."""
    dossier = tmp_path_factory.mktemp("ips") / "normalise"
    normalise_extrait(extraits_reels / "extraits" / "fr-en-ips-ecoles-ap2022-2022-2025.parquet", dossier)
    return pd.read_parquet(dossier / "observations.parquet")


def test_a_second_publication_of_real_ips_is_told_figure_by_figure(ips_ecoles, extraits_reels, tmp_path):
    """Rentrée 2022 published again with 80 IPS of 929 changed: the same as a plain comparison of the two columns."""
    deuxieme = ips_ecoles[ips_ecoles["rentree"] == 2022].reset_index(drop=True)
    publies = deuxieme.index[deuxieme["statut"] == "ok"]
    premier = deuxieme.copy()
    rng = np.random.default_rng(2022)
    choisis = rng.choice(publies, 80, replace=False)
    premier.loc[choisis, "valeur"] = (premier.loc[choisis, "valeur"] + rng.choice([-2.5, -0.1, 0.1, 4.0], 80)).round(1)
    ancien = write(tmp_path / "a", premier, id="C0001")
    nouveau = write(tmp_path / "n", deuxieme)
    revision = compare_extraits(nouveau, make_reference(ancien))
    brut = pd.read_parquet(extraits_reels / "extraits" / "fr-en-ips-ecoles-ap2022-2022-2025.parquet")
    brut = brut[brut["rentree_scolaire"] == "2022-2023"].set_index("uai")["ips"]
    assert len(publies) == pd.to_numeric(brut, errors="coerce").notna().sum()
    assert revision.nb_changes == 80 and revision.remplace == {"C0001": (2022,)}
    assert {(c.territoire, str(c.apres)) for c in revision.changes} == {
        (uai, str(float(brut[uai]))) for uai in deuxieme.loc[choisis, "territoire"]
    }
    (constat,) = check_revisions(nouveau, RAPPORT, make_reference(ancien))
    assert constat.nb == 80 and "80\xa0chiffres changent" in constat.constat


def test_real_years_loaded_in_order_raise_next_to_nothing_and_planted_errors_are_found(ips_ecoles, tmp_path):
    """2024 against 2022 and 2023: nothing. With one lost comma, or twenty lines shifted by one: found."""
    annees = {r: t.reset_index(drop=True) for r, t in ips_ecoles.groupby("rentree")}
    charges = [write(tmp_path / str(r), annees[r], id=f"C{r}") for r in (2022, 2023)]
    reference = make_reference(*charges)
    assert check_sauts(write(tmp_path / "n", annees[2024]), RAPPORT, reference) == []
    publies = annees[2024].index[annees[2024]["statut"] == "ok"]
    virgule = annees[2024].copy()
    virgule.loc[publies[50], "valeur"] *= 10
    (constat,) = check_sauts(write(tmp_path / "v", virgule), RAPPORT, reference)
    assert constat.nb == 1 and constat.exemples[0].trouve.startswith(virgule.loc[publies[50], "territoire"])
    decale = annees[2024].copy()
    lignes = publies[100:121]
    decale.loc[lignes[:-1], "valeur"] = decale.loc[lignes[1:], "valeur"].to_numpy()
    (constat,) = check_sauts(write(tmp_path / "d", decale), RAPPORT, reference)
    assert constat.exemples[0].trouve[:8] in set(decale.loc[lignes, "territoire"])
