"""Build a base aside, from the normalised extracts in force. A function of its inputs: same inputs, same rows."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from indicators import agregation, attendus, ecarts_groupes, references, resultats, semblables, tendances
from indicators.base.lecture import SANS_RESEAU
from indicators.catalogue import Indicateur
from indicators.diffusion import FIGURES, find_secrets, hide
from indicators.journal import Chargement
from indicators.problematiques import load_regles
from indicators.problematiques.croisements import build_a_posteriori
from indicators.problematiques.donnees import Donnees
from indicators.problematiques.moteur import find_problematiques
from indicators.territoires.contours import build_contours
from indicators.territoires.densites import compute_densites
from indicators.territoires.perimetres import COLONNES as TABLES_TERRITOIRES
from indicators.territoires.rattachements import build_rattachements
from indicators.territoires.referentiel import Academie

_ICI = Path(__file__).parent

SOURCES = {
    "observations": "indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR, "
    "numerateur DOUBLE, denominateur DOUBLE, valeur DOUBLE, ecart_type DOUBLE, methode VARCHAR, statut VARCHAR, "
    "ligne INTEGER",
    **TABLES_TERRITOIRES,
    "contours": "niveau VARCHAR, code VARCHAR, geometrie BLOB",
}
"""Tables of a normalised extract and the columns read from each."""
_ORIGINE = "chargement VARCHAR, ordre INTEGER, rang INTEGER, est_registre BOOLEAN"
"""Columns added to each: the load, its order, the rank of the source, and whether it lists établissements."""


@dataclass(frozen=True)
class Source:
    """A load in force, the folder of its normalised rows, and the rank of its format among sources."""

    chargement: Chargement
    dossier: Path
    priorite: int
    titre_format: str
    organisme: str
    est_registre: bool = False
    """Whether the extract lists établissements (annuaire, geolocation…) rather than figures."""


def build_base(
    chemin: Path, sources: tuple[Source, ...], catalogue: dict[str, Indicateur], academie: Academie, numero: int,
    empreinte: str,
) -> None:  # fmt: skip
    """Write a complete base in a new file.

    Args:
        chemin: file to create; it must not exist.
        sources: loads in force, oldest first.
        catalogue: indicators by code.
        academie: the académie whose territories are built.
        numero, empreinte: written in the table `version`.
    """
    with duckdb.connect(chemin, config=SANS_RESEAU) as connexion:
        connexion.execute("PRAGMA disable_progress_bar")
        connexion.execute("SET preserve_insertion_order = true")
        connexion.execute((_ICI / "schema.sql").read_text(encoding="utf-8"))
        for table, colonnes in SOURCES.items():
            _read_sources(connexion, table, colonnes, sources)
        connexion.execute((_ICI / "sources.sql").read_text(encoding="utf-8"))
        agregation.register_catalogue(connexion, catalogue)
        build_rattachements(connexion, academie)
        build_contours(connexion)
        agregation.derive_parts(connexion)
        agregation.derive_distances(connexion)
        _write_chargements(connexion, sources)
        if connexion.execute("SELECT 1 FROM observation LIMIT 1").fetchone():  # none: registers alone
            _write_resultats(connexion, catalogue)
        est_demo = any(source.chargement.est_demo for source in sources)
        connexion.execute("INSERT INTO version VALUES (?, ?, ?, ?)", [numero, empreinte, academie.code, est_demo])


def _read_sources(connexion, table: str, colonnes: str, sources: tuple[Source, ...]) -> None:
    """One temporary table `source_<table>` with the rows of all extracts, in order of load."""
    connexion.execute(f"CREATE TEMP TABLE source_{table} ({colonnes}, {_ORIGINE})")
    for ordre, source in enumerate(sources, start=1):
        fichier = source.dossier / f"{table}.parquet"
        if fichier.exists():
            rang = source.priorite * 100_000 + ordre
            parametres = [source.chargement.id, ordre, rang, source.est_registre, str(fichier)]
            restent = ""
            if table == "observations" and source.chargement.rentrees_retirees:
                restent = "WHERE list_contains(?, rentree) IS NOT TRUE"  # years that a later extract replaces
                parametres.append(list(source.chargement.rentrees_retirees))
            connexion.execute(
                f"INSERT INTO source_{table} SELECT {_names(colonnes)}, ?, ?, ?, ? FROM read_parquet(?) {restent}",  # noqa: S608
                parametres,
            )


def _names(colonnes: str) -> str:
    return ", ".join(colonne.split()[0] for colonne in colonnes.split(", "))


def _write_chargements(connexion, sources: tuple[Source, ...]) -> None:
    bornes = connexion.execute("""
        SELECT chargement, min(rentree)::INTEGER AS rentree_min, max(rentree)::INTEGER AS rentree_max
        FROM source_observations GROUP BY chargement
    """).df()
    lignes = pd.DataFrame(
        [
            {
                "id": source.chargement.id,
                "fichier": source.chargement.fichier,
                "sha256": source.chargement.sha256,
                "format": source.chargement.format,
                "titre_format": source.titre_format,
                "source": source.organisme,
                "auteur": source.chargement.auteur,
                "charge_le": source.chargement.charge_le,
                "nb_lignes": source.chargement.nb_lignes,
                "nb_hors_academie": source.chargement.nb_hors_academie,
                "est_demo": source.chargement.est_demo,
            }
            for source in sources
        ]
    ).merge(bornes, left_on="id", right_on="chargement", how="left")
    _insert(connexion, "chargement", lignes)


def _write_resultats(connexion, catalogue: dict[str, Indicateur]) -> None:
    """Aggregate, protect, then compute every table that pages look up."""
    fiches = connexion.execute("SELECT * FROM catalogue").df()
    fiches["niveau"] = fiches["indicateur"].map(lambda code: catalogue[code].niveau)
    fiches["domaine"] = fiches["indicateur"].map(lambda code: catalogue[code].domaine.value)
    # Undated links, so that each figure is compared, added up and protected on the perimeter that it was made on.
    rattachements = connexion.execute(
        "SELECT *, NULL::INTEGER AS rentree_debut, NULL::INTEGER AS rentree_fin FROM rattachement_actuel"
    ).df()
    chiffres = agregation.aggregate(connexion)
    secrets = find_secrets(chiffres, fiches, rattachements)
    proteges = hide(chiffres, secrets)
    valeurs = resultats.add_intervalles(
        _blank_missing(_prefer_directs(proteges, _protect_seules(agregation.read_directs(connexion), fiches)))
    )
    ruptures = {code: [rupture.rentree for rupture in fiche.ruptures] for code, fiche in catalogue.items()}
    ruptures = {code: rentrees for code, rentrees in ruptures.items() if rentrees}
    _insert(connexion, "valeur", valeurs)
    annuels = _protect_seules(agregation.aggregate_annuels(connexion), fiches)
    _insert(connexion, "valeur_annuelle", resultats.add_intervalles(_blank_missing(annuels)))
    comparaisons = resultats.compare(chiffres[~secrets], valeurs, fiches, rattachements)
    _insert(connexion, "comparaison", comparaisons)
    _insert(connexion, "position", resultats.locate(valeurs))
    suivies = tendances.follow(valeurs, fiches, ruptures)
    _insert(connexion, "tendance", suivies)
    _insert(connexion, "dispersion", resultats.spread(valeurs, rattachements))
    _insert(connexion, "rang", resultats.rank(valeurs, fiches))
    autres, attendus_ = _write_contextes(connexion, valeurs, fiches, rattachements, ruptures)
    _write_problematiques(connexion, Donnees(valeurs, comparaisons, autres, suivies, attendus_, rattachements, fiches))
    _hide_observations(connexion)


def _write_contextes(
    connexion, valeurs, fiches, rattachements, ruptures: dict[str, list[int]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What reads a territory beside others on purpose: similar ones, other references, what its context predicts.

    Returns:
        Rows of `comparaison_autre` and of `attendu`.
    """
    valeurs = valeurs.astype(dict.fromkeys(FIGURES, float))  # a column of missing figures alone is not numeric
    trouves = semblables.find_semblables(valeurs, compute_densites(connexion))
    for table in ("contexte", "voisin", "voisin_part"):
        _insert(connexion, table, getattr(trouves, table))
    autres = references.compare_autres(valeurs, fiches, rattachements, trouves.voisin, ruptures)
    _insert(connexion, "comparaison_autre", autres)
    territoires = connexion.execute("SELECT niveau, code, type, education_prioritaire FROM territoire").df()
    liens = rattachements[rattachements["niveau"] == "etablissement"]
    prevus = attendus.expect(valeurs, fiches, territoires, liens)
    _insert(connexion, "attendu", prevus)
    _insert(connexion, "ecart_groupes", ecarts_groupes.compare_groupes(valeurs))
    _insert(connexion, "entonnoir", resultats.draw_entonnoirs(valeurs))
    return autres, prevus


def _write_problematiques(connexion, donnees: Donnees) -> None:
    """Rules read for every territory, and what crossings are read from: out of the figures that are shown."""
    territoires = connexion.execute("SELECT niveau, code FROM territoire WHERE rentree_fin IS NULL").df()
    trouvees = find_problematiques(donnees, tuple(load_regles().values()), territoires)
    for table in ("problematique", "problematique_condition", "problematique_tirage", "problematique_voisin"):
        _insert(connexion, table, getattr(trouvees, table))
    _insert(connexion, "a_posteriori", build_a_posteriori(donnees))


def _protect_seules(chiffres: pd.DataFrame, fiches: pd.DataFrame) -> pd.DataFrame:
    """Figures protected one territory at a time, whatever the others show."""
    return hide(chiffres, find_secrets(chiffres, fiches, pd.DataFrame(columns=_LIEN))) if len(chiffres) else chiffres


_LIEN = ["niveau", "code", "niveau_parent", "code_parent", "rentree_debut", "rentree_fin"]
_CLE = ["indicateur", "niveau", "territoire", "rentree", "modalite"]


def _prefer_directs(agreges: pd.DataFrame, directs: pd.DataFrame) -> pd.DataFrame:
    """What a source publishes for a whole territory is its figure; the sum of its établissements otherwise."""
    connus = pd.MultiIndex.from_frame(directs.loc[directs["statut"] == "ok", _CLE])
    restent = agreges[~pd.MultiIndex.from_frame(agreges[_CLE]).isin(connus)]
    deja = pd.MultiIndex.from_frame(restent[_CLE])
    directs = directs[~pd.MultiIndex.from_frame(directs[_CLE]).isin(deja)]
    parts = [partie for partie in (restent, directs) if len(partie)]
    return pd.concat(parts, ignore_index=True).sort_values(_CLE).reset_index(drop=True)


def _blank_missing(chiffres: pd.DataFrame) -> pd.DataFrame:
    """A row that is not `ok` carries no figure, only its reason."""
    chiffres = chiffres.copy()
    chiffres.loc[chiffres["statut"] != "ok", FIGURES] = float("nan")
    return chiffres


def _hide_observations(connexion) -> None:
    """What établissements reported is shown only where the figure it makes is."""
    connexion.execute("""
        UPDATE observation SET numerateur = NULL, denominateur = NULL, valeur = NULL, ecart_type = NULL,
                               statut = 'secret'
        FROM valeur v
        WHERE v.statut = 'secret' AND v.indicateur = observation.indicateur AND v.niveau = observation.niveau
          AND v.territoire = observation.territoire AND v.rentree = observation.rentree
          AND v.modalite = observation.modalite
    """)


def _insert(connexion, table: str, lignes: pd.DataFrame) -> None:
    """Append rows to a table by the names of its columns; columns that it lacks are left out."""
    if lignes.empty:
        return
    colonnes = [nom for (nom, *_) in connexion.execute(f"DESCRIBE {table}").fetchall() if nom in lignes.columns]
    connexion.register("lignes_pretes", lignes[colonnes])
    noms = ", ".join(colonnes)
    connexion.execute(f"INSERT INTO {table} ({noms}) SELECT {noms} FROM lignes_pretes")  # noqa: S608
    connexion.unregister("lignes_pretes")
