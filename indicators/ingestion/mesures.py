"""Lines → observations: the measures of a format, compiled to one SQL query."""

from indicators.formats.modele import Mesure, ModaliteColonne, Terme
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import LIGNES_CITEES, Faute, cite
from indicators.ingestion.lignes import Contexte

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


def create_observations(contexte: Contexte) -> None:
    """Create the table `observations`; empty when the format has no measure."""
    selections = [
        _select_mesure(contexte, mesure, modalite)
        for mesure in contexte.format.mesures
        if contexte.has(mesure.colonnes_necessaires)
        for modalite in mesure.modalites
    ]
    vide = "SELECT " + ", ".join(f"NULL::{type_} AS {nom}" for nom, type_ in _SCHEMA.items()) + " WHERE false"
    union = "\nUNION ALL ".join([vide, *selections])
    contexte.connexion.execute(
        f"CREATE TABLE observations AS FROM ({union}) ORDER BY indicateur, niveau, territoire, rentree, modalite, ligne"
    )


def check_observations(contexte: Contexte) -> list[Faute]:
    """No figure at all, or a numerator above its denominator."""
    if not contexte.format.mesures:
        return []
    if not contexte.connexion.execute("SELECT count(*) FROM observations").fetchone()[0]:
        constat = "Aucun chiffre exploitable : toutes les cellules utiles sont vides."
        return [Faute(constat, "au moins un chiffre", "vérifiez l’export : des colonnes ont dû être vidées.")]
    return check_bornes(contexte)


def check_bornes(contexte: Contexte) -> list[Faute]:
    """Numerators above their denominators."""
    bornes = {m.indicateur for m in contexte.format.mesures if m.borne_a_un and m.numerateur and m.denominateur}
    if not bornes:
        return []
    trop = (
        f"FROM observations WHERE numerateur > denominateur AND indicateur IN ({sql.list_values(sorted(bornes))}) "
        "GROUP BY ligne, territoire, numerateur, denominateur"
    )
    cas = contexte.connexion.execute(
        "SELECT ligne, territoire, numerateur, denominateur, first(indicateur ORDER BY indicateur) AS indicateur "
        f"{trop} ORDER BY ligne, territoire, indicateur"
    ).fetchall()
    if not cas:
        return []
    exemples = tuple(
        f"ligne {ligne} : {num:g} pour {den:g} ({cite(territoire)}, {indicateur})"
        for ligne, territoire, num, den, indicateur in cas[:LIGNES_CITEES]
    )
    return [
        Faute(
            "Un numérateur dépasse son dénominateur.",
            "une partie au plus égale à son total",
            "vérifiez que les colonnes ne sont pas interverties, puis corrigez ces lignes.",
            len(cas),
            exemples,
        )
    ]


def _select_mesure(contexte: Contexte, mesure: Mesure, modalite: str | ModaliteColonne) -> str:
    """One row per territory, rentrée and modalité, or nothing where every cell is empty."""
    conditions = ["NOT __hors_academie", *_select_filtres(contexte, mesure)]
    if isinstance(modalite, ModaliteColonne):
        cas = " ".join(
            f"WHEN {sql.fold_text(source)} THEN {sql.quote(code)}" for source, code in modalite.correspondances.items()
        )
        code_modalite = f"CASE {sql.fold(sql.name(modalite.colonne))} {cas} END"
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
    filtres = [_is_one_of(nom, valeurs) for nom, valeurs in mesure.si.items()]
    if mesure.rentrees.debut is not None:
        filtres.append(f"__rentree >= {mesure.rentrees.debut}")
    if mesure.rentrees.fin is not None:
        filtres.append(f"__rentree <= {mesure.rentrees.fin}")
    if mesure.addition is not None:
        parties = " + ".join(_add(contexte, partie) for partie in mesure.addition.parties)
        filtres.append(f"{_add(contexte, mesure.addition.total)} = {parties}")
    return filtres


def _is_one_of(nom: str, valeurs: tuple[str, ...]) -> str:
    return f"{sql.fold(f'{sql.name(nom)}::VARCHAR')} IN ({', '.join(sql.fold_text(valeur) for valeur in valeurs)})"


def _select_termes(contexte: Contexte, mesure: Mesure) -> str:
    """The quantities of a line, whether none is missing, and why one is."""
    noms = ("numerateur", "denominateur", "taux", "valeur", "poids", "ecart_type")
    colonnes = [f"{_add(contexte, getattr(mesure, nom))} AS {nom}" for nom in noms]
    necessaires = [_add(contexte, terme) for terme in mesure.termes_necessaires]
    complete = " AND ".join(f"({expression}) IS NOT NULL" for expression in necessaires)
    statuts = [_find_statut(terme) for terme in mesure.termes_necessaires]
    return ", ".join([*colonnes, f"({complete}) AS complete", f"coalesce({', '.join(statuts)}, NULL) AS statut"])


def _add(contexte: Contexte, terme: Terme | None) -> str:
    """Sum of the columns of a term on a line; 0 where its filter does not hold, NULL where a cell is missing."""
    if terme is None or not contexte.has(terme.colonnes):
        return "NULL::DOUBLE"
    colonnes = [sql.name(nom) for nom in terme.colonnes]
    somme = " + ".join(f"coalesce({c}, 0)" if terme.vide_vaut_zero else c for c in colonnes)
    if not terme.ou:
        return somme
    return f"CASE WHEN {' AND '.join(_is_one_of(nom, v) for nom, v in terme.ou.items())} THEN {somme} ELSE 0 END"


def _find_statut(terme: Terme) -> str:
    """Why a term is missing on a line, where its filter holds."""
    statuts = ", ".join(sql.name(f"{nom}__statut") for nom in terme.colonnes)
    statut = f"coalesce({statuts}, NULL)"
    if not terme.ou:
        return statut
    return f"CASE WHEN {' AND '.join(_is_one_of(nom, v) for nom, v in terme.ou.items())} THEN {statut} END"
