"""The lines of a recognised table, loaded in DuckDB: `brut` as cleaned text, then `lignes` typed and filtered.

`lignes` has, for each known column `c`: `c` (typed), `c__statut` where `c` is a figure (why it is missing), and
`__ligne`, `__rentree`, `__territoire`, `__hors_academie`: two underscores, so that no column of a file is called so.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from indicators.formats.modele import NUMERIQUES
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import Faute
from indicators.ingestion.reconnaissance import Reconnaissance
from indicators.territoires.referentiel import Academie

PREMIERE_RENTREE = 1990


@dataclass(frozen=True)
class Contexte:
    """What is being read: file, recognised table, académie, and the rentrée told from outside the file, if any."""

    chemin: Path
    trouvee: Reconnaissance
    academie: Academie
    rentree: int | None
    connexion: duckdb.DuckDBPyConnection

    @property
    def format(self):
        """The format of the table."""
        return self.trouvee.format

    def has(self, colonnes) -> bool:
        """All these columns are in the file (optional ones may not be)."""
        return all(colonne in self.trouvee.colonnes for colonne in colonnes)


def connect() -> duckdb.DuckDBPyConnection:
    """In-memory connection that never looks for an extension or prints anything."""
    # Extracts are small: one thread is faster than sharing them out, and keeps their order.
    options = {"threads": "1", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connexion = duckdb.connect(config=options)
    connexion.execute("SET enable_progress_bar = false")
    return connexion


def find_rentree_of_name(nom: str) -> int | None:
    """The last year written in a file name: «capacite-2019-v2-2021.csv» → 2021."""
    annees = re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", nom)
    return int(annees[-1]) if annees else None


def get_derniere_rentree() -> int:
    """The last rentrée that an extract may speak of: the next one, whose places and perimeters are known early."""
    return max(date.today().year, _ANNEE_DU_CODE) + 1


_ANNEE_DU_CODE = 2026
"""Years before this one have passed, whatever the clock of the machine says."""


def check_rentree(contexte: Contexte) -> list[Faute]:
    """A format without a column for the year needs it from the file name or from the command line."""
    annee = contexte.format.annee
    if contexte.rentree is not None and not PREMIERE_RENTREE <= contexte.rentree <= get_derniere_rentree():
        return [
            Faute(
                f"La rentrée {contexte.rentree} (commande ou nom du fichier) n’est pas vraisemblable.",
                f"une rentrée entre {PREMIERE_RENTREE} et {get_derniere_rentree()} (2024 pour 2024-2025)",
                "corrigez l’option --rentree, ou le nom du fichier.",
            )
        ]
    manque = annee is not None and annee.convention == "nom_de_fichier" and contexte.rentree is None
    if not manque or not annee.obligatoire:
        return []
    return [
        Faute(
            "Ce fichier ne dit pas son année : elle n’est ni dans ses colonnes, ni dans son nom.",
            "une année de quatre chiffres dans le nom du fichier, ou l’option --rentree",
            "ajoutez par exemple « --rentree 2021 » à la commande, ou « -2021 » au nom du fichier.",
        )
    ]


def load_lignes(contexte: Contexte) -> None:
    """Create the tables `brut` and `lignes`."""
    colonnes = contexte.trouvee.colonnes
    donnees = contexte.trouvee.tableau.lire()
    toutes = [nom for nom in donnees.column_names if nom != "ligne"]
    contexte.connexion.register("source", donnees)
    remplie = " OR ".join(f"{sql.clean(nom)} IS NOT NULL" for nom in toutes)
    choisies = ", ".join(f"{sql.clean(physique)} AS {sql.name(nom)}" for nom, physique in colonnes.items())
    # The whole line, to tell an exact duplicate from a contradictory one.
    entiere = f"hash({', '.join(toutes)})"
    contexte.connexion.execute(
        f"CREATE TABLE brut AS SELECT ligne AS __ligne, {entiere} AS __entiere, {choisies} FROM source WHERE {remplie}"
    )
    contexte.connexion.unregister("source")
    contexte.connexion.execute(f"CREATE TABLE lignes AS {_select_lignes(contexte)}")


def _select_lignes(contexte: Contexte) -> str:
    format_ = contexte.format
    typees = [_select_colonne(contexte, nom) for nom in contexte.trouvee.colonnes]
    repere = sql.name(format_.territoire.colonne)
    est_de = sql.is_of_academie(format_.territoire.codage, repere, contexte.academie)
    territoires = {
        "etablissement": repere,
        "academie": sql.quote(contexte.academie.territoire.code),
        "region": sql.quote(contexte.academie.region.code),
    }
    return (
        f"SELECT *, {territoires[format_.territoire.niveau]} AS __territoire, "
        f"NOT coalesce({est_de}, true) AS __hors_academie FROM "
        f"(SELECT __ligne, __entiere, {_select_rentree(contexte)} AS __rentree, {', '.join(typees)} FROM brut)"
    )


def _select_rentree(contexte: Contexte) -> str:
    annee = contexte.format.annee
    if annee is None:
        return "NULL::INTEGER"
    if annee.colonne is None:
        return f"{contexte.rentree}::INTEGER" if contexte.rentree else "NULL::INTEGER"
    if annee.colonne not in contexte.trouvee.colonnes:
        return "NULL::INTEGER"
    return sql.to_rentree(annee, sql.name(annee.colonne))


def _select_colonne(contexte: Contexte, nom: str) -> str:
    """Typed column, and its `__statut` when it is a figure."""
    type_colonne = contexte.format.colonnes[nom].type
    colonne = sql.name(nom)
    valeur = f"{sql.to_value(type_colonne, colonne)} AS {colonne}"
    if type_colonne not in NUMERIQUES:
        return valeur
    codes = contexte.format.get_codes_manquants(nom)
    # An empty cell may have a meaning too: its code is the empty text.
    cas = " ".join(f"WHEN {sql.quote(code)} THEN {sql.quote(statut)}" for code, statut in codes.items())
    statut = f"CASE upper(replace(coalesce({colonne}, ''), ' ', '')) {cas} END" if cas else "NULL::VARCHAR"
    return f"{valeur}, {statut} AS {sql.name(nom + '__statut')}"
