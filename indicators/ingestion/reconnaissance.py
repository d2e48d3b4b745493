"""Which format a table has, told by its header alone."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from indicators.formats import Format
from indicators.francais import accorder
from indicators.ingestion.fautes import cite
from indicators.ingestion.rapport import Constat, Proche, Signalement, make_constat
from indicators.ingestion.tableaux import Tableau

FORMATS_PROCHES = 2
PROCHE = 0.5
"""Share of the mandatory columns from which a table looks like a format."""


@dataclass(frozen=True)
class Reconnaissance:
    """A table, its format, and the physical column (`c0`…) and header of each known column.

    `autres_feuilles`: sheets of the same workbook that could be loaded too.
    """

    tableau: Tableau
    format: Format
    colonnes: dict[str, str]
    entetes: dict[str, str]
    autres_feuilles: tuple[str, ...] = ()


def normalise_entete(entete: str) -> str:
    """«  Nom de l'établissement » → `nom_de_l_etablissement`: case, accents and punctuation do not count.

    >>> normalise_entete("Taux d'accès 6eme\\u00a03eme ")
    'taux_d_acces_6eme_3eme'
    """
    sans_ligature = entete.lower().replace("œ", "oe").replace("æ", "ae")
    decompose = unicodedata.normalize("NFKD", sans_ligature)
    sans_accent = "".join(caractere for caractere in decompose if not unicodedata.combining(caractere))
    return re.sub(r"[^a-z0-9]+", "_", sans_accent).strip("_")


def recognise(tableaux: Iterable[Tableau], formats: Iterable[Format]) -> Reconnaissance | None:
    """The table and format with every mandatory column and the most columns known; None when there is none."""
    trouvees = [
        trouvee
        for tableau in tableaux
        for format_ in formats
        if (trouvee := match_format(tableau, format_)) is not None
    ]
    if not trouvees:
        return None
    meilleure = max(trouvees, key=lambda r: (r.tableau.est_rempli, len(r.colonnes)))
    noms = dict.fromkeys(r.tableau.nom for r in trouvees if r.tableau.est_rempli)
    return replace(meilleure, autres_feuilles=tuple(nom for nom in noms if nom != meilleure.tableau.nom))


def match_format(tableau: Tableau, format_: Format) -> Reconnaissance | None:
    """The columns of a table read with a format; None when a mandatory one is absent or an excluded one is there."""
    rangs = _rank_entetes(tableau)
    if any(normalise_entete(exclue) in rangs for exclue in format_.exclues):
        return None
    colonnes = find_colonnes(rangs, format_)
    if any(nom not in colonnes for nom in format_.obligatoires):
        return None
    entetes = {nom: cite(tableau.entetes[rang].strip(), 80) for nom, rang in colonnes.items()}
    return Reconnaissance(tableau, format_, {nom: f"c{rang}" for nom, rang in colonnes.items()}, entetes)


def _rank_entetes(tableau: Tableau) -> dict[str, int]:
    rangs: dict[str, int] = {}
    for rang, entete in enumerate(tableau.entetes):
        rangs.setdefault(normalise_entete(entete), rang)
    return rangs


def find_colonnes(rangs: dict[str, int], format_: Format) -> dict[str, int]:
    """Rank in the file of each column of a format that is there."""
    trouvees: dict[str, int] = {}
    for nom, colonne in format_.colonnes.items():
        for entete in (nom, *colonne.noms):
            if (rang := rangs.get(normalise_entete(entete))) is not None:
                trouvees[nom] = rang
                break
    return trouvees


def check_entetes(trouvee: Reconnaissance) -> list[Constat]:
    """Headers written twice, of which nobody can tell which is meant, or with blanks around them."""
    entetes = trouvee.tableau.entetes
    normalises = [normalise_entete(entete) for entete in entetes]
    doubles = sorted({e.strip() for e, n in zip(entetes, normalises, strict=True) if n and normalises.count(n) > 1})
    constats = []
    if doubles:
        noms = ", ".join(f"« {cite(entete)} »" for entete in doubles)
        exemples = tuple(Signalement(ligne=1, colonne=e, trouve=f"« {cite(e)} »") for e in doubles)
        constats.append(make_constat("entete_repete", f"En-tête répété : {noms}.", len(doubles), exemples))
    larges = [e for e in (entetes[int(c[1:])] for c in trouvee.colonnes.values()) if e != e.strip()]
    if larges:
        exemples = tuple(
            Signalement(
                ligne=1,
                colonne=e.strip(),
                trouve=f"« {cite(e.replace(' ', '␣'))} »",
                attendu=f"lu « {cite(e.strip())} »",
            )
            for e in larges
        )
        phrase = f"{accorder(len(larges), 'nom')} de colonne avec un espace au début ou à la fin."
        constats.append(make_constat("entete_espace", phrase, len(larges), exemples))
    return constats


def check_feuilles(trouvee: Reconnaissance) -> list[Constat]:
    """Only one sheet is read: the figures of the others must not be silently lost."""
    autres = trouvee.autres_feuilles
    if not autres:
        return []
    noms = ", ".join(f"« {cite(nom)} »" for nom in autres)
    constat = f"D’autres feuilles de ce classeur sont des tableaux à charger : {noms}."
    return [make_constat("feuille_non_lue", constat, len(autres))]


def list_proches(tableaux: Iterable[Tableau], formats: Iterable[Format]) -> list[tuple[Tableau, Format]]:
    """The formats that have at least half of their mandatory columns in one of the tables, nearest first."""
    formats = list(formats)
    proches = sorted(
        (
            (get_nearness(tableau, format_), format_.titre, tableau, format_)
            for tableau in tableaux
            for format_ in formats
        ),
        key=lambda proche: (-proche[0], proche[1]),
    )
    retenus: dict[str, tuple[Tableau, Format]] = {}
    for part, titre, tableau, format_ in proches:
        if part >= PROCHE and len(retenus) < FORMATS_PROCHES:
            retenus.setdefault(titre, (tableau, format_))
    return list(retenus.values())


def explain_unknown(tableaux: list[Tableau], formats: Iterable[Format]) -> tuple[Constat, tuple[Proche, ...]]:
    """Why no format was recognised, and the nearest ones, with the columns that they lack."""
    retenus = list_proches(tableaux, formats)
    proches = tuple(_make_proche(tableau, format_) for tableau, format_ in retenus)
    premier = tableaux[0]
    if not retenus and premier.genre.startswith("CSV") and len(premier.entetes) == 1:
        constat = f"Aucun séparateur dans l’en-tête (« {cite(premier.entetes[0].strip())} »)."
        return make_constat("separateur", constat), proches
    if not retenus:
        lus = ", ".join(f"« {cite(entete.strip())} »" for entete in premier.entetes[:8] if entete.strip())
        constat = f"L’en-tête ne correspond à aucun format connu (colonnes lues : {lus or 'aucune'}…)."
        return make_constat("format_inconnu", constat), proches
    manques = _list_manques(*retenus[0])
    est_renomme = bool(manques) and all(semblable for _, semblable in manques)
    lacunes = [f"{format_.titre} : {_describe_lacks(tableau, format_)}" for tableau, format_ in retenus]
    constat = make_constat(
        "entete_renomme" if est_renomme else "colonne_absente" if manques else "format_inconnu",
        "L’en-tête ne correspond exactement à aucun format connu.",
        max(1, len(manques)),
        tuple(
            Signalement(ligne=1, trouve=f"« {semblable} »" if semblable else "absente", attendu=f"« {entete} »")
            for entete, semblable in manques
        ),
        attendu="l’un des formats les plus proches – " + " ; ".join(lacunes),
        action="rétablissez dans l’en-tête les noms d’origine de ces colonnes, ou associez-les à la main.",
    )
    return constat, proches


def _make_proche(tableau: Tableau, format_: Format) -> Proche:
    colonnes = find_colonnes(_rank_entetes(tableau), format_)
    utilises = set(colonnes.values())
    return Proche(
        format=format_.code,
        titre=format_.titre,
        reconnues=tuple(colonnes),
        manquantes=tuple(nom for nom in format_.obligatoires if nom not in colonnes),
        libres=tuple(e for rang, e in enumerate(tableau.entetes) if rang not in utilises and e.strip()),
    )


def get_nearness(tableau: Tableau, format_: Format) -> float:
    """Share of the mandatory columns that are there."""
    colonnes = find_colonnes(_rank_entetes(tableau), format_)
    return sum(nom in colonnes for nom in format_.obligatoires) / len(format_.obligatoires)


def _describe_lacks(tableau: Tableau, format_: Format) -> str:
    """«colonne « effectifs » absente (« effectif » lui ressemble)», for each lack."""
    rangs = _rank_entetes(tableau)
    exclues = [f"« {e} »" for e in format_.exclues if normalise_entete(e) in rangs]
    if exclues:
        return f"colonne {', '.join(exclues)} en trop"
    return ", ".join(
        f"colonne « {entete} » absente" + (f" (« {semblable} » lui ressemble)" if semblable else "")
        for entete, semblable in _list_manques(tableau, format_)
    )


def _list_manques(tableau: Tableau, format_: Format) -> list[tuple[str, str]]:
    """The mandatory columns that are not there, each with the unused header that looks like it, or «»."""
    rangs = _rank_entetes(tableau)
    colonnes = find_colonnes(rangs, format_)
    libres = {n: r for n, r in rangs.items() if n and r not in colonnes.values()}
    manques = []
    for nom in (nom for nom in format_.obligatoires if nom not in colonnes):
        attendus = [normalise_entete(entete) for entete in (nom, *format_.colonnes[nom].noms)]
        semblables = [s for a in attendus for s in difflib.get_close_matches(a, libres, 1, 0.7)]
        entete = format_.colonnes[nom].noms[0] if format_.colonnes[nom].noms else nom
        manques.append((entete, cite(tableau.entetes[libres[semblables[0]]].strip()) if semblables else ""))
    return manques
