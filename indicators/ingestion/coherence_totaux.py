"""Lines of total inside a file: «Total», «Ensemble», «Académie» where the code of a territory stands, or beside it.

Such a line is set apart when the lines are loaded, compared with the sum of the others, then left out.
"""

from typing import TYPE_CHECKING

from indicators.formats.modele import Format
from indicators.francais import accorder, format_nombre
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import Constat, Signalement, make_constat

if TYPE_CHECKING:
    from indicators.ingestion.lignes import Contexte

_CODAGES = ("uai", "code_commune", "code_departement")
_REPERE = r"^((SOUS )?TOTAL|TOTAUX|ENSEMBLE|ACADEMIE|DEPARTEMENT|SOMME)( .*)?$"
"""Folded texts that no code of a territory looks like."""
_LIBELLE = r"^((SOUS )?TOTAL( .*)?|TOTAUX( .*)?|ENSEMBLE( (DE L'|DU |DES )?(ACADEMIE|DEPARTEMENT|ETABLISSEMENTS).*)?)$"
"""Folded texts of another column, beside an empty code: narrower, for «Ensemble scolaire Jeanne-d’Arc» is a name."""
LIGNES_COMPAREES = 200


CONTROLES = ("total_contredit", "ligne_de_total")


def can_have_totaux(format_: Format) -> bool:
    """Its lines are of établissements, communes or départements: a total can stand among them."""
    return format_.territoire.codage in _CODAGES


def is_total(format_: Format, repere: str, autres: list[str]) -> str:
    """SQL condition on a raw line: it is a total.

    Args:
        repere: SQL of the cleaned cell of the territory.
        autres: SQL of the other cells, those of the columns with a closed list of values left out.
    """
    if not can_have_totaux(format_):
        return "false"
    libelles = [f"regexp_matches({sql.fold(cellule)}, {sql.quote(_LIBELLE)})" for cellule in autres]
    beside = f"coalesce({' OR '.join(f'coalesce({libelle}, false)' for libelle in libelles)}, false)"
    nomme = f"regexp_matches({sql.fold(repere)}, {sql.quote(_REPERE)})"
    return f"CASE WHEN {repere} IS NOT NULL THEN {nomme} ELSE {beside if libelles else 'false'} END"


def check_totaux(contexte: "Contexte") -> list[Constat]:
    """Each line of total against the sum of the lines of its rentrée and key; notes them in `signalements`."""
    if not contexte.connexion.execute("SELECT count_if(__est_total) FROM lignes").fetchone()[0]:
        return []
    chiffres = [n for n in contexte.trouvee.colonnes if contexte.format.colonnes[n].type == "entier"]
    fautes, justes = [], []
    for ligne in _read_totaux(contexte, chiffres):
        ecarts = _compare(contexte, ligne, chiffres)
        fautes += [Signalement(ligne=ligne["ligne"], **ecart) for ecart in ecarts]
        if not ecarts:
            trouve = f"«\u00a0{cite(ligne['libelle'])}\u00a0»" if ligne["libelle"] else ""
            justes.append(Signalement(ligne=ligne["ligne"], trouve=trouve))
    _note(contexte, "total_contredit", fautes)
    _note(contexte, "ligne_de_total", justes)
    return _tell_fautes(fautes) + _tell_justes(justes)


def _read_totaux(contexte: "Contexte", chiffres: list[str]) -> list[dict]:
    """The lines of total: number, label, rentrée, cells of the key, counts."""
    format_ = contexte.format
    annee = format_.annee.colonne if format_.annee else None
    cles = [n for n in format_.cle if n in contexte.trouvee.colonnes and n not in (format_.territoire.colonne, annee)]
    noms = ["ligne", "libelle", "rentree", *cles, *chiffres]
    champs = [f"l.{sql.name(nom)}" for nom in (*cles, *chiffres)]
    requete = (
        f"SELECT __ligne, b.{sql.name(format_.territoire.colonne)}, l.__rentree{''.join(f', {c}' for c in champs)} "
        f"FROM lignes l JOIN brut b USING (__ligne) WHERE l.__est_total ORDER BY __ligne LIMIT {LIGNES_COMPAREES}"
    )
    lues = [dict(zip(noms, valeurs, strict=True)) for valeurs in contexte.connexion.execute(requete).fetchall()]
    return [ligne | {"cles": {nom: ligne[nom] for nom in cles if ligne[nom] is not None}} for ligne in lues]


def _compare(contexte: "Contexte", ligne: dict, chiffres: list[str]) -> list[dict]:
    """What contradicts the sum of the lines: nothing as soon as one way of adding them agrees.

    They are all added, or those of the académie, or those of one département. With missing cells among the lines, only
    a total below their sum is a contradiction.
    """
    connus = [nom for nom in chiffres if ligne[nom] is not None]
    if not connus:
        return []
    premiers: list[dict] = []
    for portee in _list_portees(contexte):
        sommes = _add(contexte, ligne, connus, portee)
        if all(somme is None for somme, _ in sommes):
            continue  # no line there
        ecarts = [
            {
                "colonne": contexte.trouvee.entetes[nom],
                "trouve": format_nombre(ligne[nom]),
                "attendu": f"{format_nombre(somme)}, la somme des lignes",
            }
            for nom, (somme, complete) in zip(connus, sommes, strict=True)
            if somme is not None and (ligne[nom] != somme if complete else ligne[nom] < somme)
        ]
        if not ecarts:
            return []
        premiers = premiers or ecarts
    return premiers


def _list_portees(contexte: "Contexte") -> list[str]:
    """SQL of the lines that a total may add: all, those of the académie, those of one département."""
    repere = sql.name(contexte.format.territoire.colonne)
    departements = contexte.academie.liste_departements
    prefixes = [d.prefixe_uai if contexte.format.territoire.codage == "uai" else d.code for d in departements]
    return ["true", "NOT __hors_academie", *(f"starts_with({repere}, {sql.quote(p)})" for p in prefixes)]


def _add(contexte: "Contexte", ligne: dict, colonnes: list[str], portee: str) -> list[tuple[float | None, bool]]:
    """Sum of each column over the lines of the same rentrée and key, and whether no cell is missing."""
    filtres, valeurs = ["NOT __est_total", portee], []
    if ligne["rentree"] is not None:
        filtres.append("__rentree = ?")
        valeurs.append(ligne["rentree"])
    for nom, valeur in ligne["cles"].items():
        filtres.append(f"{sql.fold(f'{sql.name(nom)}::VARCHAR')} = {sql.fold('?::VARCHAR')}")
        valeurs.append(str(valeur))
    champs = ", ".join(f"sum({sql.name(nom)}), count({sql.name(nom)}) = count(*)" for nom in colonnes)
    plats = contexte.connexion.execute(f"SELECT {champs} FROM lignes WHERE {' AND '.join(filtres)}", valeurs).fetchone()
    return list(zip(plats[::2], plats[1::2], strict=True))


def _note(contexte: "Contexte", controle: str, places: list[Signalement]) -> None:
    if places:
        contexte.connexion.executemany(
            "INSERT INTO signalements VALUES (?, ?, ?, ?, ?)",
            [[controle, place.ligne, place.colonne, place.trouve, place.attendu] for place in places],
        )


def _tell_fautes(fautes: list[Signalement]) -> list[Constat]:
    if not fautes:
        return []
    premier = fautes[0]
    nb = len({faute.ligne for faute in fautes})
    constat = (
        f"{accorder(nb, 'ligne de total contredit', 'lignes de total contredisent')} la somme des lignes : "
        f"« {premier.colonne} » vaut {premier.trouve} ligne {premier.ligne}, les lignes font {premier.attendu}."
    )
    return [make_constat("total_contredit", constat, nb, tuple(fautes))]


def _tell_justes(justes: list[Signalement]) -> list[Constat]:
    if not justes:
        return []
    nb = len(justes)
    ecartees = accorder(nb, "ligne de total écartée", "lignes de total écartées")
    suite = "elle ne contredit" if nb == 1 else "elles ne contredisent"
    return [make_constat("ligne_de_total", f"{ecartees} : {suite} pas la somme des lignes.", nb, tuple(justes))]
