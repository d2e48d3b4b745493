"""SQL expressions that turn the text of a cell into a typed value or its missing code.

Every expression is NULL where the cell is not what it should be; `controles` then says so.
"""

from indicators.formats.modele import NUMERIQUES, Annee
from indicators.territoires.referentiel import Academie

LETTRES_UAI = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""The control letter of a UAI is the remainder of its seven digits by 23 (I, O and Q are not used)."""

_BLANCS = "' \t\r\n\u00a0\u202f\u2007'"
_BLANC = "[ \u00a0\u202f\u2007]"
_NOMBRE = rf"^[+−-]?{_BLANC}?(\d{{1,3}}({_BLANC}\d{{3}})+|\d+)?([.,]\d*)?([eE][+-]?\d{{1,3}})?"
"""Blanks separate thousands only: «8 3» is a slip, not 83."""


def quote(texte: str) -> str:
    """SQL literal."""
    return "'" + texte.replace("'", "''") + "'"


def name(colonne: str) -> str:
    """SQL identifier."""
    return '"' + colonne.replace('"', '""') + '"'


def list_values(valeurs) -> str:
    """«'A', 'B'» for an IN."""
    return ", ".join(quote(valeur) for valeur in valeurs)


def clean(colonne: str) -> str:
    """Text without surrounding blanks; NULL when nothing is left."""
    return f"nullif(trim({colonne}, {_BLANCS}), '')"


def fold(colonne: str) -> str:
    """Text for comparisons: capitals, no accents, plain single spaces, straight apostrophes."""
    plats = f"replace(translate({colonne}, '’-\u00a0\u202f', '''   '), '  ', ' ')"
    return f"upper(strip_accents({plats}))"


def fold_text(texte: str) -> str:
    """SQL expression of the same transformation, for a value of a format."""
    return fold(quote(texte))


def to_number(colonne: str, *, pourcent: bool = False) -> str:
    """«12,5», «79,4 %», «1 234», «9265.0» → DOUBLE. NaN and infinities are not numbers."""
    motif = _NOMBRE + (f"{_BLANC}?%?$" if pourcent else "$")
    nombre = f"replace(replace(regexp_replace({colonne}, '{_BLANC}|%', '', 'g'), ',', '.'), '−', '-')"
    return f"CASE WHEN regexp_matches({colonne}, '{motif}') THEN try_cast({nombre} AS DOUBLE) END"


def to_uai(colonne: str) -> str:
    """UAI in capitals, with the leading zeros that a spreadsheet ate."""
    return (
        f"CASE WHEN length({colonne}) IN (6, 7) AND regexp_matches(upper({colonne}), '^\\d{{5,6}}[A-Z]$') "
        f"THEN lpad(upper({colonne}), 8, '0') ELSE upper({colonne}) END"
    )


def is_uai(colonne: str) -> str:
    """Seven digits and a letter."""
    return f"regexp_matches({colonne}, '^\\d{{7}}[A-Z]$')"


def has_control_letter(colonne: str) -> str:
    """The letter is the one that the digits call for."""
    return f"substr({colonne}, 8, 1) = {find_control_letter(colonne)}"


def find_control_letter(colonne: str) -> str:
    """The letter that the seven digits call for."""
    reste = f"try_cast(substr({colonne}, 1, 7) AS INTEGER) % {len(LETTRES_UAI)}"
    return f"substr('{LETTRES_UAI}', {reste} + 1, 1)"


def to_commune(colonne: str) -> str:
    """INSEE code of five characters; `1001` is `01001`, `16015.0` is `16015`."""
    code = f"regexp_replace(upper({colonne}), '\\.0$', '')"
    return f"CASE WHEN regexp_matches({code}, '^(\\d{{4,5}}|2[AB]\\d{{3}})$') THEN lpad({code}, 5, '0') END"


def to_departement(colonne: str) -> str:
    """Two characters, three overseas: `016` and `16` are `16`, `1` is `01`."""
    code = f"regexp_replace(upper({colonne}), '\\.0$', '')"
    return (
        f"CASE WHEN regexp_matches({code}, '^0\\d[0-9AB]$') THEN substr({code}, 2) "
        f"WHEN regexp_matches({code}, '^(\\d\\d?|2[AB]|9[78]\\d)$') "
        f"THEN CASE WHEN length({code}) = 1 THEN '0' || {code} ELSE {code} END END"
    )


def to_code(colonne: str) -> str:
    """A code of a réseau: it stands in addresses and in exported cells, so it holds nothing that they would run."""
    return f"CASE WHEN regexp_matches({colonne}, '^[A-Za-z0-9][A-Za-z0-9_-]{{0,29}}$') THEN {colonne} END"


def to_value(type_colonne: str, colonne: str) -> str:
    """Typed value of a cleaned cell."""
    if type_colonne in NUMERIQUES:
        return to_number(colonne, pourcent=type_colonne == "pourcentage")
    conversions = {"uai": to_uai, "commune": to_commune, "departement": to_departement, "code": to_code}
    return conversions[type_colonne](colonne) if type_colonne in conversions else colonne


def find_code(texte: str, codes: dict[str, str]) -> str:
    """Why a figure is missing, from the codes of a format; an empty cell may have a meaning too («»)."""
    cas = " ".join(f"WHEN {quote(code)} THEN {quote(statut)}" for code, statut in codes.items())
    return f"CASE upper(replace(coalesce({texte}, ''), ' ', '')) {cas} END" if cas else "NULL::VARCHAR"


def find_code_courant(texte: str, codes: dict[str, str]) -> str:
    """Why a figure is missing, from the codes that extracts often use though their format does not say so.

    NS and ND written in another way have the meaning that the format gives them.
    """
    non_significatif, non_disponible = codes.get("NS", "non_significatif"), codes.get("ND", "non_disponible")
    sens = {
        "secret": ("SECRET", "SECRETSTATISTIQUE"),
        non_significatif: ("NS", "NS.", "N.S", "N.S."),
        non_disponible: ("ND", "ND.", "N.D", "N.D.", "NA", "N/A", "NONE", "NAN", "NULL", "-", "–", "—", "..."),
    }
    plat = f"upper(regexp_replace({texte}, '{_BLANC}', '', 'g'))"
    cas = " ".join(f"WHEN {plat} IN ({list_values(ecrits)}) THEN {quote(lu)}" for lu, ecrits in sens.items())
    return f"CASE WHEN regexp_matches({plat}, '^<\\d{{1,2}}$') THEN 'secret' {cas} END"


def to_annee(annee: Annee, colonne: str) -> str:
    """September's year of a school year, a session, a date, a «cumul 2023-2024» or a rentrée.

    A session or an exam of year N belongs to the rentrée N-1, and so does a date before September. A span of two years
    must be of consecutive ones.
    """
    if annee.convention == "date":
        jour = f"coalesce(try_strptime(left({colonne}, 10), '%Y-%m-%d'), try_strptime({colonne}, '%d/%m/%Y'))"
        return f"(year({jour}) - CASE WHEN month({jour}) < 9 THEN 1 ELSE 0 END)::INTEGER"
    texte = f"regexp_replace({colonne}, '\\.0$', '')"
    motif = r"^(?:cumul\s+)?(\d{4})(?:\s*[-_/–]\s*(\d{4}|\d{2})|-\d\d-\d\d(?:[t ].*)?)?$"
    premiere = f"try_cast(regexp_extract(lower({texte}), '{motif}', 1) AS INTEGER)"
    seconde = f"try_cast(regexp_extract(lower({texte}), '{motif}', 2) AS INTEGER)"
    simple = f"{premiere} - 1" if annee.convention == "session" else premiere
    return (
        f"CASE WHEN {seconde} IS NULL THEN {simple} WHEN {seconde} % 100 = ({premiere} + 1) % 100 THEN {premiere} END"
    )


def to_rentree(annee: Annee, lue: str) -> str:
    """The year that `to_annee` read, NULL when implausible."""
    return f"CASE WHEN {lue} BETWEEN {1989 if annee.convention == 'session' else 1990} AND 2100 THEN {lue} END"


def is_of_academie(codage: str, colonne: str, academie: Academie, est_uai: str) -> str:
    """Condition: the line is about that académie (or its région). NULL when the cell cannot be read.

    `est_uai`: condition that the cell is a UAI.
    """
    departements = list_values(departement.code for departement in academie.liste_departements)
    if codage == "uai":
        return f"CASE WHEN {est_uai} THEN substr({colonne}, 1, 3) IN ({list_values(academie.departements)}) END"
    if codage == "code_departement":
        return f"{colonne} IN ({departements})"
    if codage == "code_commune":
        prefixe = f"CASE WHEN {colonne} LIKE '97%' THEN substr({colonne}, 1, 3) ELSE substr({colonne}, 1, 2) END"
        return f"{prefixe} IN ({departements})"
    if codage == "code_region":
        return f"lpad({colonne}, 2, '0') = {quote(academie.code_region)}"
    attendu = academie.nom if codage == "nom_academie" else academie.nom_region
    return f"{fold(colonne)} = {fold_text(attendu)}"
