"""Which format a table has, told by its header alone."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from indicators.formats import Format
from indicators.ingestion.fautes import Faute, cite
from indicators.ingestion.tableaux import Tableau

FORMATS_PROCHES = 2


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
    meilleure = max(trouvees, key=lambda r: (r.tableau.lire().num_rows > 0, len(r.colonnes)))
    autres = {r.tableau.nom: r for r in trouvees if r.tableau.nom != meilleure.tableau.nom}
    remplies = tuple(nom for nom, autre in autres.items() if autre.tableau.lire().num_rows)
    return replace(meilleure, autres_feuilles=remplies)


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


def check_entetes(trouvee: Reconnaissance) -> list[Faute]:
    """Several sheets to load, or headers written twice: nobody can tell which is meant."""
    normalises = [normalise_entete(entete) for entete in trouvee.tableau.entetes]
    doubles = {e for e, n in zip(trouvee.tableau.entetes, normalises, strict=True) if n and normalises.count(n) > 1}
    fautes = _check_feuilles(trouvee) if trouvee.autres_feuilles else []
    if not doubles:
        return fautes
    noms = ", ".join(f"« {cite(entete.strip())} »" for entete in sorted(doubles))
    action = "supprimez ou renommez la colonne en trop (ligne 1 du fichier)."
    return [*fautes, Faute(f"En-tête répété : {noms}.", "un nom différent par colonne", action)]


def _check_feuilles(trouvee: Reconnaissance) -> list[Faute]:
    """Only one sheet would be read: the figures of the others would be silently lost."""
    noms = ", ".join(f"« {cite(nom)} »" for nom in (trouvee.tableau.nom, *trouvee.autres_feuilles))
    return [
        Faute(
            f"Plusieurs feuilles de ce classeur sont des tableaux à charger : {noms}.",
            "une seule feuille de données par classeur",
            "enregistrez chaque feuille dans son propre fichier, puis chargez-les ensemble.",
        )
    ]


def explain_unknown(tableaux: list[Tableau], formats: Iterable[Format]) -> Faute:
    """Why no format was recognised: the nearest ones, with the columns that they lack."""
    proches = sorted(
        ((_nearness(tableau, format_), format_.titre, tableau, format_) for tableau in tableaux for format_ in formats),
        key=lambda proche: (-proche[0], proche[1]),
    )
    retenus: dict[str, str] = {}
    for part, titre, tableau, format_ in proches:
        if part >= 0.5 and len(retenus) < FORMATS_PROCHES:
            retenus.setdefault(titre, f"{titre} : {_describe_lacks(tableau, format_)}")
    lus = ", ".join(f"« {cite(entete.strip())} »" for entete in tableaux[0].entetes[:8] if entete.strip())
    if not retenus:
        return Faute(
            f"L’en-tête ne correspond à aucun format connu (colonnes lues : {lus or 'aucune'}…).",
            "l’un des formats décrits dans docs/formats.md",
            "vérifiez que la première ligne est bien l’en-tête d’origine du fichier.",
        )
    return Faute(
        "L’en-tête ne correspond exactement à aucun format connu.",
        "l’un des formats les plus proches – " + " ; ".join(retenus.values()),
        "rétablissez dans l’en-tête les noms d’origine de ces colonnes.",
    )


def _nearness(tableau: Tableau, format_: Format) -> float:
    """Share of the mandatory columns that are there."""
    colonnes = find_colonnes(_rank_entetes(tableau), format_)
    return sum(nom in colonnes for nom in format_.obligatoires) / len(format_.obligatoires)


def _describe_lacks(tableau: Tableau, format_: Format) -> str:
    """«colonne « effectifs » absente (« effectif » lui ressemble)», for each lack."""
    rangs = _rank_entetes(tableau)
    exclues = [f"« {e} »" for e in format_.exclues if normalise_entete(e) in rangs]
    if exclues:
        return f"colonne {', '.join(exclues)} en trop"
    colonnes = find_colonnes(rangs, format_)
    libres = {n: r for n, r in rangs.items() if n and r not in colonnes.values()}
    manques = []
    for nom in (nom for nom in format_.obligatoires if nom not in colonnes):
        attendus = [normalise_entete(entete) for entete in (nom, *format_.colonnes[nom].noms)]
        semblables = [s for a in attendus for s in difflib.get_close_matches(a, libres, 1, 0.7)]
        indice = f" (« {cite(tableau.entetes[libres[semblables[0]]].strip())} » lui ressemble)" if semblables else ""
        entete = format_.colonnes[nom].noms[0] if format_.colonnes[nom].noms else nom
        manques.append(f"colonne « {entete} » absente{indice}")
    return ", ".join(manques)
