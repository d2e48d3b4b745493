"""Zeros that mean «no figure»: read as missing when the lines are typed, then told.

Three cases, in SQL on the typed columns of a line:
- every figure of the line of a territory and a rentrée is 0: nobody is behind these figures;
- a rate of 0 % whose denominator is 0 or empty;
- a figure that cannot be 0 (`zero_absent` of a column: an IPS, a mean mark).
"""

from indicators.formats.modele import NUMERIQUES, Format
from indicators.ingestion import expressions as sql
from indicators.ingestion.signalements import Regle

STATUT = "non_disponible"
"""Why a figure is missing where a zero meant absent."""


def replace_zeros(format_: Format, presentes: set[str], lignes: str) -> str:
    """SQL query: the typed lines, figures whose zero means absent being replaced.

    It adds `__ligne_nulle`, and `c__zero` (the cell was such a zero) to each column `c` where there may be one.

    Args:
        presentes: columns of the format that are in the file.
        lignes: SQL query of the typed lines.
    """
    nulle = _is_ligne_nulle(format_, presentes)
    remplaces, absents = [], []
    for nom, colonne in format_.colonnes.items():
        if nom not in presentes or colonne.type not in NUMERIQUES:
            continue
        cas = ["__ligne_nulle"] if nulle != "false" and nom in _list_chiffres(format_, presentes) else []
        cas += [f"{sql.name(nom)} = 0"] if colonne.zero_absent else []
        cas += [_is_sans_effectif(nom, den) for den in _list_denominateurs(format_, presentes, nom)]
        if cas:
            absent, statut = " OR ".join(f"({condition})" for condition in cas), sql.name(f"{nom}__statut")
            absents.append(f"({absent}) AS {sql.name(f'{nom}__zero')}")
            remplaces.append(f"CASE WHEN {absent} THEN NULL ELSE {sql.name(nom)} END AS {sql.name(nom)}")
            remplaces.append(f"CASE WHEN {absent} THEN '{STATUT}' ELSE {statut} END AS {statut}")
    remplacement = f" REPLACE ({', '.join(remplaces)})" if remplaces else ""
    champs = ", ".join([f"*{remplacement}", *absents])
    return f"SELECT {champs} FROM (SELECT *, coalesce({nulle}, false) AS __ligne_nulle FROM ({lignes}))"


def _list_chiffres(format_: Format, presentes: set[str]) -> list[str]:
    """Columns of figures that the measures or the checks read."""
    lues = {nom for mesure in format_.mesures for nom in mesure.colonnes}
    lues |= {n for regle in (*format_.sommes, *format_.taux) for terme in regle.termes for n in terme.colonnes}
    return [n for n, c in format_.colonnes.items() if n in lues & presentes and c.type in NUMERIQUES]


def _is_ligne_nulle(format_: Format, presentes: set[str]) -> str:
    """SQL: every figure of the line is 0. Only where a line is the whole of a territory and a rentrée."""
    reperes = {format_.territoire.colonne} | ({format_.annee.colonne} if format_.annee else set())
    chiffres = [sql.name(nom) for nom in _list_chiffres(format_, presentes)]
    if len(chiffres) < 2 or not format_.cle or not set(format_.cle) <= reperes:
        return "false"
    remplies = " + ".join(f"({chiffre} IS NOT NULL)::INTEGER" for chiffre in chiffres)
    return " AND ".join([f"coalesce({chiffre}, 0) = 0" for chiffre in chiffres] + [f"{remplies} >= 2"])


def _list_denominateurs(format_: Format, presentes: set[str], nom: str) -> list[tuple[str, ...]]:
    """Columns of the denominators of the rate held by that column."""
    mesures = [m for m in format_.mesures if m.taux and m.denominateur and m.taux.colonnes == (nom,)]
    termes = {m.denominateur.colonnes for m in mesures if set(m.denominateur.colonnes) <= presentes}
    return sorted(termes)


def _is_sans_effectif(nom: str, denominateurs: tuple[str, ...]) -> str:
    total = " + ".join(f"coalesce({sql.name(d)}, 0)" for d in denominateurs)
    statuts = " AND ".join(f"{sql.name(d + '__statut')} IS NULL" for d in denominateurs)
    return f"{sql.name(nom)} = 0 AND {total} = 0 AND {statuts}"


def list_regles(contexte) -> list[Regle]:
    """Lines where a zero was read as a missing figure."""
    format_, presentes = contexte.format, set(contexte.trouvee.colonnes)
    entetes, regles = contexte.trouvee.entetes, []
    chiffres = _list_chiffres(format_, presentes)
    if _is_ligne_nulle(format_, presentes) != "false":
        constat = "tous les chiffres de la ligne sont à 0, ils sont lus comme absents"
        regles.append(Regle("zeros_absents", "l.__ligne_nulle", entetes[chiffres[0]], "'0'", constat))
    for nom in presentes:
        colonne = format_.colonnes[nom]
        if colonne.type not in NUMERIQUES:
            continue
        absent = f"coalesce(l.{sql.name(f'{nom}__zero')}, false) AND NOT l.__ligne_nulle"
        if colonne.zero_absent:
            constat = "ce chiffre ne peut être 0, il est lu comme absent"
        elif _list_denominateurs(format_, presentes, nom):
            constat = "un taux de 0 sans effectif est lu comme absent"
        else:
            continue
        regles.append(Regle("zeros_absents", absent, entetes[nom], "'0'", constat))
    return regles
