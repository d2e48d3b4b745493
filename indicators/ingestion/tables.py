"""Lines → tables of territories: établissements, communes, perimeters, contours."""

from dataclasses import dataclass

from indicators.formats.modele import NUMERIQUES, Champ
from indicators.ingestion import expressions as sql
from indicators.ingestion.lignes import Contexte


@dataclass(frozen=True)
class _Table:
    """Fields of a table with their SQL type, those that may not be NULL, and those that tell two rows apart."""

    champs: dict[str, str]
    necessaires: tuple[str, ...]
    cle: tuple[str, ...]


def _texts(noms: str) -> dict[str, str]:
    return dict.fromkeys(noms.split(), "VARCHAR")


TABLES = {
    "etablissements": _Table(
        _texts("uai nom type secteur code_commune nom_commune")
        | {"lon": "DOUBLE", "lat": "DOUBLE"}
        | _texts("education_prioritaire etat")
        | {"rentree": "INTEGER"}
        | _texts("code_circonscription nom_circonscription code_bassin nom_bassin date_fermeture"),
        ("uai",),
        ("uai",),
    ),
    "communes": _Table(
        _texts("code nom departement")
        | {"population": "INTEGER", "lon": "DOUBLE", "lat": "DOUBLE"}
        | _texts("epci epci_nom"),
        ("code",),
        ("code",),
    ),
    "communes_fusionnees": _Table(
        _texts("code_ancien code_nouveau"), ("code_ancien",), ("code_ancien", "code_nouveau")
    ),
    "perimetres": _Table(
        _texts("code_commune uai code_reseau nom_reseau code_inter_reseau nom_inter_reseau")
        | {"rentree_debut": "INTEGER", "rentree_fin": "INTEGER", "est_provisoire": "BOOLEAN"},
        (),
        ("code_commune", "uai", "rentree_debut"),
    ),
    "contours": _Table(_texts("niveau code nom") | {"geometrie": "BLOB"}, ("code", "geometrie"), ("niveau", "code")),
}


def create_table(contexte: Contexte, nom: str) -> None:
    """Create one table of territories; the most recent, then the first line of each key is kept."""
    table = TABLES[nom]
    champs = contexte.format.tables[nom]
    valeurs = {champ: _select_champ(contexte, champs.get(champ), type_) for champ, type_ in table.champs.items()}
    if "rentree" in table.champs and "rentree" not in champs:
        valeurs["rentree"] = "__rentree"
    selection = ", ".join(f"{valeur} AS {sql.name(champ)}" for champ, valeur in valeurs.items())
    filtres = " AND ".join(f"{champ} IS NOT NULL" for champ in table.necessaires) or "true"
    recent = "rentree DESC NULLS LAST, " if "rentree" in table.champs else ""
    cle = ", ".join(table.cle)
    contexte.connexion.execute(
        f"CREATE TABLE {nom} AS SELECT * EXCLUDE (__ligne) FROM "
        f"(SELECT __ligne, {selection} FROM lignes WHERE NOT __hors_academie) WHERE {filtres} "
        f"QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY {recent}__ligne) = 1 ORDER BY {cle}"
    )


def _select_champ(contexte: Contexte, champ: Champ | None, type_: str) -> str:
    """SQL expression of one field."""
    if champ is None or (champ.colonne and not contexte.has([champ.colonne])):
        return f"NULL::{type_}"
    if champ.constante is not None:
        constante = champ.constante
        return str(constante).lower() if isinstance(constante, bool) else sql.quote(constante)
    colonne = sql.name(champ.colonne)
    if champ.correspondances:
        cas = " ".join(
            f"WHEN {sql.fold_text(source)} THEN {sql.quote(cible) if cible is not None else 'NULL'}"
            for source, cible in champ.correspondances.items()
        )
        defaut = f" ELSE {sql.quote(champ.defaut)}" if champ.defaut is not None else ""
        return f"CASE {sql.fold(colonne)} {cas}{defaut} END"
    if type_ == "BLOB":
        return f"unhex({colonne})"
    if contexte.format.colonnes[champ.colonne].type in NUMERIQUES or type_ != "VARCHAR":
        return f"try_cast({colonne} AS {type_})"
    return f"{sql.quote(champ.prefixe)} || {colonne}" if champ.prefixe else colonne
