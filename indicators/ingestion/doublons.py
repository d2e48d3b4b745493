"""Lines that share the key of their format, identical or contradictory.

The hash of the key names the lines to look at; only those are compared, cell by cell.
"""

from indicators.francais import accorder, format_nombre
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import cite
from indicators.ingestion.lignes import Contexte
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Signalement, make_constat

NUMEROS_CITES = 5
"""Line numbers told of one key."""


def check_doublons(contexte: Contexte) -> list[Constat]:
    """Lines that share the key; where the format admits it, how many."""
    connexion = contexte.connexion
    if not connexion.execute("SELECT count(*) FROM repetees").fetchone()[0]:
        return []
    cle = [nom for nom in contexte.format.cle if nom in contexte.trouvee.colonnes]
    connexion.execute(f"CREATE TABLE groupes AS {_select_groupes(contexte, cle)}")
    if contexte.format.doublons_admis:
        return _tell_admis(contexte)
    return _tell(contexte, True) + _tell(contexte, False)


def _select_groupes(contexte: Contexte, cle: list[str]) -> str:
    """One row per key written on several lines: their numbers, whether they are identical, the key."""
    par = [_make_cle(contexte, nom) for nom in cle] or ["__entiere"]
    complete = " AND ".join(f"{expression} IS NOT NULL" for expression in par)
    textes = [f"first({sql.name(nom)}::VARCHAR ORDER BY __ligne)" for nom in cle] or ["NULL"]
    return (
        f"SELECT list(__ligne ORDER BY __ligne) AS numeros, count(DISTINCT __entiere) = 1 AS identiques, "
        f"[{', '.join(textes)}] AS cle FROM repetees WHERE {complete} "
        f"GROUP BY {', '.join(par)} HAVING count(*) > 1"
    )


def _make_cle(contexte: Contexte, nom: str) -> str:
    """What tells two lines apart in a column: «2024» and «2024-2025» are the same rentrée, «cp» is «CP»."""
    if contexte.format.annee is not None and contexte.format.annee.colonne == nom:
        return "__rentree"
    return sql.fold(sql.name(nom)) if contexte.format.colonnes[nom].type == "texte" else sql.name(nom)


def _tell_admis(contexte: Contexte) -> list[Constat]:
    nb = _note(contexte, "doublon_admis", "true")
    verbe = "figure" if nb == 1 else "figurent"
    constat = f"{accorder(nb, 'code')} {verbe} sur plusieurs lignes : la première est retenue."
    return [make_constat("doublon_admis", constat, nb, _list_exemples(contexte, "true"))] if nb else []


def _tell(contexte: Contexte, identiques: bool) -> list[Constat]:
    filtre = "identiques" if identiques else "NOT identiques"
    controle, genre = (
        ("doublon_identique", "identiques") if identiques else ("doublon_contradictoire", "contradictoires")
    )
    nb = _note(contexte, controle, filtre)
    if not nb:
        return []
    entetes = [contexte.trouvee.entetes[nom] for nom in contexte.format.cle if nom in contexte.trouvee.entetes]
    attendu = f"une seule ligne par {', '.join(entetes)}" if entetes else "des lignes toutes différentes"
    constat = f"Doublons {genre} : {format_nombre(nb)} cas."
    return [make_constat(controle, constat, nb, _list_exemples(contexte, filtre), attendu=attendu)]


def _note(contexte: Contexte, controle: str, filtre: str) -> int:
    """Note every line of some groups; how many groups there are."""
    contexte.connexion.execute(
        "INSERT INTO signalements SELECT $controle, ligne, '', array_to_string(cle, ', '), CASE "
        "WHEN ligne = numeros[1] THEN 'première apparition' WHEN identiques THEN 'même ligne que la ligne ' || "
        "numeros[1] ELSE 'même clé que la ligne ' || numeros[1] END "
        f"FROM (SELECT unnest(numeros) AS ligne, * FROM groupes WHERE {filtre})",
        {"controle": controle},
    )
    return contexte.connexion.execute(f"SELECT count(*) FROM groupes WHERE {filtre}").fetchone()[0]


def _list_exemples(contexte: Contexte, filtre: str) -> tuple[Signalement, ...]:
    groupes = contexte.connexion.execute(
        f"SELECT numeros, cle FROM groupes WHERE {filtre} ORDER BY numeros[1] LIMIT {LIGNES_CITEES}"
    ).fetchall()
    return tuple(Signalement(ligne=None, trouve=_describe(numeros, cle)) for numeros, cle in groupes)


def _describe(numeros: list[int], cle: list[str | None]) -> str:
    valeurs = ", ".join(cite(valeur) for valeur in cle if valeur is not None)
    premiers = numeros if len(numeros) <= NUMEROS_CITES else [*numeros[: NUMEROS_CITES - 1], None]
    reste = f"{format_nombre(len(numeros) - NUMEROS_CITES + 1)} autres" if premiers[-1] is None else str(premiers[-1])
    cites = ", ".join(map(str, premiers[:-1]))
    return f"lignes {cites} et {reste}" + (f"\u00a0: {valeurs}" if valeurs else "")
