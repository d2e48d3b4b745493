"""Lines → observations: the measures of a format, compiled to one SQL query."""

from indicators.formats.modele import Mesure, ModaliteColonne, Terme
from indicators.ingestion import expressions as sql
from indicators.ingestion.cellules import is_texte
from indicators.ingestion.fautes import cite
from indicators.ingestion.lignes import Contexte
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Signalement, make_constat

_SCHEMA = {
    "indicateur": "VARCHAR",
    "niveau": "VARCHAR",
    "territoire": "VARCHAR",
    "rentree": "INTEGER",
    "modalite": "VARCHAR",
    "numerateur": "DOUBLE",
    "denominateur": "DOUBLE",
    "valeur": "DOUBLE",
    "ecart_type": "DOUBLE",
    "methode": "VARCHAR",
    "statut": "VARCHAR",
    "ligne": "BIGINT",
}
# Which reason is told when the lines of one figure lack it for several.
_STATUTS = ("secret", "non_disponible", "non_significatif", "non_applicable")


def create_observations(contexte: Contexte, mesures: tuple[Mesure, ...] | None = None) -> None:
    """Create the table `observations` from some measures, all by default; empty when there is none."""
    selections = [
        _select_mesure(contexte, mesure, modalite)
        for mesure in (contexte.format.mesures if mesures is None else mesures)
        if contexte.has(mesure.colonnes_necessaires)
        for modalite in mesure.modalites
    ]
    vide = "SELECT " + ", ".join(f"NULL::{type_} AS {nom}" for nom, type_ in _SCHEMA.items()) + " WHERE false"
    union = "\nUNION ALL ".join([vide, *selections])
    contexte.connexion.execute(
        f"CREATE TABLE observations AS FROM ({union}) ORDER BY indicateur, niveau, territoire, rentree, modalite, ligne"
    )


def check_chiffres(contexte: Contexte) -> list[Constat]:
    """No figure at all."""
    if not contexte.format.mesures or contexte.connexion.execute("SELECT count(*) FROM observations").fetchone()[0]:
        return []
    return [make_constat("aucun_chiffre", "Aucun chiffre exploitable : toutes les cellules utiles sont vides.")]


def list_bornees(contexte: Contexte) -> tuple[Mesure, ...]:
    """Measures whose numerator could be above its denominator.

    It cannot where it counts some of the lines of the same columns: no count of a sound line is negative.
    """
    return tuple(
        mesure
        for mesure in contexte.format.mesures
        if mesure.borne_a_un and mesure.numerateur and mesure.denominateur and not _is_partie(contexte, mesure)
    )


def _is_partie(contexte: Contexte, mesure: Mesure) -> bool:
    num, den = mesure.numerateur, mesure.denominateur
    comptees = all(contexte.format.colonnes[nom].type == "entier" for nom in num.colonnes)
    return comptees and num.colonnes == den.colonnes and num.vide_vaut_zero == den.vide_vaut_zero and not den.ou


def check_bornes(contexte: Contexte) -> list[Constat]:
    """Numerators above their denominators."""
    bornes = [mesure.indicateur for mesure in list_bornees(contexte)]
    if not bornes:
        return []
    contexte.connexion.execute(
        "CREATE TABLE depassements AS "
        "SELECT ligne, territoire, numerateur, denominateur, first(indicateur ORDER BY indicateur) AS indicateur "
        f"FROM observations WHERE numerateur > denominateur AND indicateur IN ({sql.list_values(sorted(bornes))}) "
        "GROUP BY ligne, territoire, numerateur, denominateur"
    )
    cas = contexte.connexion.execute("FROM depassements ORDER BY ligne, territoire, indicateur").fetchall()
    if not cas:
        return []
    entetes = {m.indicateur: contexte.trouvee.entetes[m.numerateur.colonnes[0]] for m in list_bornees(contexte)}
    places = [
        (ligne, entetes[indicateur], f"{num:g} pour {den:g} ({territoire}, {indicateur})", f"au plus {den:g}")
        for ligne, territoire, num, den, indicateur in cas
    ]
    contexte.connexion.executemany("INSERT INTO signalements VALUES ('numerateur_superieur', ?, ?, ?, ?)", places)
    exemples = tuple(
        Signalement(ligne=ligne, colonne=entete, trouve=cite(trouve, 120))
        for ligne, entete, trouve, _ in places[:LIGNES_CITEES]
    )
    constat = "Un numérateur dépasse son dénominateur."
    return [make_constat("numerateur_superieur", constat, len(cas), exemples)]


def _select_mesure(contexte: Contexte, mesure: Mesure, modalite: str | ModaliteColonne) -> str:
    """One row per territory, rentrée and modalité, or nothing where every cell is empty."""
    conditions = ["NOT __hors_academie", *_select_filtres(contexte, mesure)]
    if isinstance(modalite, ModaliteColonne):
        cas = " ".join(
            f"WHEN {sql.fold_text(source)} THEN {sql.quote(code)}" for source, code in modalite.correspondances.items()
        )
        code_modalite = f"CASE {_fold(contexte, modalite.colonne)} {cas} END"
        conditions.append(f"{code_modalite} IS NOT NULL")
    else:
        code_modalite = sql.quote(modalite)
    lignes = (
        f"SELECT __ligne AS ligne, __territoire AS territoire, __rentree AS rentree, {code_modalite} AS modalite, "
        f"{_select_termes(contexte, mesure)} FROM lignes WHERE {' AND '.join(conditions)}"
    )
    chiffres = ", ".join(f"CASE WHEN manque IS NULL THEN {champ} END AS {champ}" for champ in _CHIFFRES)
    return f"""
    SELECT {sql.quote(mesure.indicateur)} AS indicateur, {sql.quote(contexte.format.territoire.niveau)} AS niveau,
           territoire, rentree, modalite, {chiffres}, {sql.quote(mesure.methode)} AS methode,
           coalesce(manque, 'ok') AS statut, ligne
    FROM (SELECT territoire, rentree, modalite, min(ligne) AS ligne, {_SOMMES}, {_MANQUE} AS manque
          FROM ({lignes}) WHERE complete OR statut IS NOT NULL GROUP BY territoire, rentree, modalite)"""


# A rate is rebuilt line by line before the sum; a mean of several lines is weighted where all have a weight.
_SOMMES = """
    sum(coalesce(numerateur, round(taux * denominateur / 100))) AS numerateur,
    CASE WHEN count(valeur) = 0 THEN sum(denominateur) WHEN count(poids) = count(*) THEN sum(poids) END AS denominateur,
    CASE WHEN count(denominateur) = 0 AND count(taux) > 0 THEN avg(taux) / 100
         WHEN count(poids) = count(*) THEN sum(valeur * poids) / nullif(sum(poids), 0) ELSE avg(valeur) END AS valeur,
    CASE WHEN count(*) = 1 THEN max(ecart_type) END AS ecart_type"""
_CHIFFRES = ("numerateur", "denominateur", "valeur", "ecart_type")
_MANQUE = "CASE " + " ".join(f"WHEN bool_or(statut = '{s}') THEN '{s}'" for s in _STATUTS) + " END"


def _select_filtres(contexte: Contexte, mesure: Mesure) -> list[str]:
    filtres = [_is_one_of(contexte, nom, valeurs) for nom, valeurs in mesure.si.items()]
    if mesure.rentrees.debut is not None:
        filtres.append(f"__rentree >= {mesure.rentrees.debut}")
    if mesure.rentrees.fin is not None:
        filtres.append(f"__rentree <= {mesure.rentrees.fin}")
    if mesure.addition is not None:
        parties = " + ".join(_add(contexte, partie) for partie in mesure.addition.parties)
        filtres.append(f"{_add(contexte, mesure.addition.total)} = {parties}")
    return filtres


def _is_one_of(contexte: Contexte, nom: str, valeurs: tuple[str, ...]) -> str:
    return f"{_fold(contexte, nom)} IN ({', '.join(sql.fold_text(valeur) for valeur in valeurs)})"


def _fold(contexte: Contexte, nom: str) -> str:
    """The folded text of a column; that of a column of text is already there."""
    if is_texte(contexte.format.colonnes[nom].type):
        return sql.name(f"{nom}__pli")
    return sql.fold(f"{sql.name(nom)}::VARCHAR")


def _select_termes(contexte: Contexte, mesure: Mesure) -> str:
    """The quantities of a line, whether none is missing, and why one is."""
    noms = ("numerateur", "denominateur", "taux", "valeur", "poids", "ecart_type")
    colonnes = [f"{_add(contexte, getattr(mesure, nom))} AS {nom}" for nom in noms]
    necessaires = [_add(contexte, terme) for terme in mesure.termes_necessaires]
    complete = " AND ".join(f"({expression}) IS NOT NULL" for expression in necessaires)
    statuts = [_find_statut(contexte, terme) for terme in mesure.termes_necessaires]
    return ", ".join([*colonnes, f"({complete}) AS complete", f"coalesce({', '.join(statuts)}, NULL) AS statut"])


def _add(contexte: Contexte, terme: Terme | None) -> str:
    """Sum of the columns of a term on a line; 0 where its filter does not hold, NULL where a cell is missing."""
    if terme is None or not contexte.has(terme.colonnes):
        return "NULL::DOUBLE"
    colonnes = [sql.name(nom) for nom in terme.colonnes]
    somme = " + ".join(f"coalesce({c}, 0)" if terme.vide_vaut_zero else c for c in colonnes)
    if not terme.ou:
        return somme
    return (
        f"CASE WHEN {' AND '.join(_is_one_of(contexte, nom, v) for nom, v in terme.ou.items())} THEN {somme} ELSE 0 END"
    )


def _find_statut(contexte: Contexte, terme: Terme) -> str:
    """Why a term is missing on a line, where its filter holds."""
    statuts = ", ".join(sql.name(f"{nom}__statut") for nom in terme.colonnes)
    statut = f"coalesce({statuts}, NULL)"
    if not terme.ou:
        return statut
    return f"CASE WHEN {' AND '.join(_is_one_of(contexte, nom, v) for nom, v in terme.ou.items())} THEN {statut} END"
