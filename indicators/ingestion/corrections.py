"""Lines mended in the workbook of a report, put back at their place in the file that they come from.

    apply_corrections(Path("ips.csv"), Path("ips-corrections.xlsx"), dossier).fichier   # dossier/ips-corrige.csv

A cell that nobody touched keeps the exact text of the file, even where the workbook could not show it whole.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import python_calamine

from indicators.erreurs import ErreurFichier
from indicators.francais import accorder, lister, typographier
from indicators.ingestion.classeur_rapport import (
    COLONNE_LIGNE,
    COLONNE_RAISONS,
    FEUILLE_LIGNES,
    FEUILLE_ORIGINE,
    GENRE,
    SUPPRIMER,
    write_cellule,
    write_rapport_xlsx,
)
from indicators.ingestion.classeurs import _as_text as as_text
from indicators.ingestion.fautes import cite, cite_nom
from indicators.ingestion.feuilles import find_erreurs
from indicators.ingestion.fichier_corrige import split_rompue, take_rompues, write_mended
from indicators.ingestion.fichiers import check_zip, read_tableaux
from indicators.ingestion.tableaux import Tableau

__all__ = ["Corrections", "apply_corrections", "is_corrections", "write_rapport_xlsx"]

_FAUTES_CITEES = 5


@dataclass(frozen=True)
class Corrections:
    """What was put back: the file written, the sheet it mends, and the lines changed, dropped, or left as they were."""

    fichier: Path
    feuille: str
    nb_corrigees: int
    nb_supprimees: int
    nb_inchangees: int

    def __str__(self) -> str:
        faits = [accorder(self.nb_corrigees, "ligne corrigée", "lignes corrigées")]
        if self.nb_supprimees:
            faits.append(accorder(self.nb_supprimees, "retirée", "retirées"))
        if self.nb_inchangees:
            faits.append(accorder(self.nb_inchangees, "laissée telle quelle", "laissées telles quelles"))
        return lister(faits)


@dataclass(frozen=True)
class _Origine:
    fichier: str
    feuille: str
    sha256: str
    nb_lignes: int


def is_corrections(chemin: Path) -> str | None:
    """The sha256 of the file that a workbook of corrections mends; None for any other file."""
    origine = _find_origine(chemin)
    return origine.sha256 if origine else None


def _find_origine(chemin: Path) -> _Origine | None:
    try:
        with chemin.open("rb") as flux:
            if flux.read(2) != b"PK":
                return None
        check_zip(chemin)
        classeur = python_calamine.CalamineWorkbook.from_path(str(chemin))
        if not {FEUILLE_LIGNES, FEUILLE_ORIGINE} <= set(classeur.sheet_names):
            return None
        lignes = classeur.get_sheet_by_name(FEUILLE_ORIGINE).to_python(nrows=20)
    except (OSError, ErreurFichier, ValueError, python_calamine.CalamineError):
        return None  # not a workbook that can be opened: the screening of the file says why
    champs = {str(ligne[0]): as_text(ligne[1]) or "" for ligne in lignes if len(ligne) > 1}
    sha256, nb = champs.get("Empreinte", ""), champs.get("Lignes listées", "")
    if champs.get("Genre") != GENRE or not re.fullmatch(r"[0-9a-f]{64}", sha256) or not nb.isdecimal():
        return None
    return _Origine(champs.get("Fichier", ""), champs.get("Feuille", ""), sha256, int(nb))


def apply_corrections(original: Path, classeur: Path, destination: Path) -> Corrections:
    """Put the lines mended in a workbook back into the file that it comes from.

    Args:
        original: the file that was screened, of any kind.
        classeur: the workbook of its report, mended; XLSX or ODS.
        destination: folder of the result, «<nom>-corrige.csv»: UTF-8, `;`, the headers of the original. When the
            original is a workbook of several tables, only the mended one is written, and its sheet is in the name.

    Raises:
        ErreurFichier: workbook of another file, headers changed, unknown or repeated line number; nothing is written.
        ErreurBase: the result cannot be written.
    """
    origine = _check_origine(original, classeur)
    feuille = _read_feuille(original, classeur)
    tableaux = read_tableaux(original)
    tableau = _find_tableau([t for t in tableaux if t.nom == origine.feuille], feuille, original, classeur)
    anciennes = _read_anciennes(tableau, feuille)
    _check_lignes(feuille, anciennes, original, classeur)
    corrigees, supprimees = _compare(feuille, anciennes, len(tableau.entetes))
    plusieurs = len({t.nom for t in tableaux}) > 1
    fichier = destination / _name(original, origine.feuille if plusieurs else "")
    write_mended(fichier, tableau, corrigees, supprimees)
    inchangees = max(0, origine.nb_lignes - len(corrigees) - len(supprimees))
    return Corrections(fichier, origine.feuille, len(corrigees), len(supprimees), inchangees)


def _name(original: Path, feuille: str) -> str:
    """The year of a file is the last one in its name: the sheet comes first."""
    prefixe = re.sub(r"[^\w-]+", "_", feuille).strip("_")
    return (
        f"{prefixe}-{original.stem}-corrige.csv" if prefixe else f"{original.stem.removesuffix('-corrige')}-corrige.csv"
    )


def _refuse(original: Path, classeur: Path, fautes: list[str]) -> ErreurFichier:
    liste = "\n".join(f"- {faute}" for faute in fautes)
    constat = f"Le classeur « {cite_nom(classeur)} » ne peut pas corriger « {cite_nom(original)} », qui n’a pas changé."
    return ErreurFichier(typographier(f"{constat}\n{liste}"))


def _check_origine(original: Path, classeur: Path) -> _Origine:
    origine = _find_origine(classeur)
    if origine is None:
        faute = "Ce n’est pas le classeur d’un rapport. Téléchargez le rapport, corrigez-le, puis déposez-le."
        raise _refuse(original, classeur, [faute])
    with original.open("rb") as flux:
        sha256 = hashlib.file_digest(flux, "sha256").hexdigest()
    if sha256 != origine.sha256:
        faute = (
            f"Il corrige un autre fichier, « {cite(origine.fichier)} », ou ce fichier avant qu’il ne change. "
            "Téléchargez le rapport du fichier déposé, et reportez-y vos corrections."
        )
        raise _refuse(original, classeur, [faute])
    return origine


@dataclass(frozen=True)
class _Feuille:
    """Headers as the workbook shows them, and by line: the row of the workbook, the reasons, the cells."""

    entetes: tuple[str, ...]
    lignes: dict[int, tuple[int, str, tuple[str, ...]]]
    fautes: tuple[str, ...]


def _read_feuille(original: Path, classeur: Path) -> _Feuille:
    """The sheet of lines to mend."""
    erreurs = find_erreurs(classeur).get(FEUILLE_LIGNES, ())
    fautes = [f"Ligne {n} du classeur : la formule a échoué (« {cite(t)} »). Écrivez une valeur." for n, t in erreurs]
    contenu = python_calamine.CalamineWorkbook.from_path(str(classeur)).get_sheet_by_name(FEUILLE_LIGNES)
    rangees = [[as_text(cellule) or "" for cellule in rangee] for rangee in contenu.to_python(skip_empty_area=False)]
    titres = [COLONNE_LIGNE, COLONNE_RAISONS]
    depart = next((rang for rang, rangee in enumerate(rangees[:10]) if [c.strip() for c in rangee[:2]] == titres), None)
    if depart is None:
        constat = f"Ses colonnes « {COLONNE_LIGNE} » et « {COLONNE_RAISONS} » ont disparu, ou il ne liste aucune ligne."
        raise _refuse(original, classeur, [constat + " Reprenez le classeur d’origine."])
    lignes: dict[int, tuple[int, str, tuple[str, ...]]] = {}
    for rang, (numero, *cellules) in enumerate(rangees[depart + 1 :], start=depart + 2):
        if not any(cellule.strip() for cellule in (numero, *cellules)):
            continue
        if not numero.strip().isdecimal():
            lu = f"« {cite(numero)} » n’est pas" if numero.strip() else "il manque"
            fautes.append(f"Ligne {rang} du classeur : {lu} un numéro de ligne du fichier.")
        elif int(numero) in lignes:
            fautes.append(f"Ligne {rang} du classeur : la ligne {int(numero)} du fichier y est déjà. Gardez la bonne.")
        else:
            lignes[int(numero)] = (rang, cellules[0], tuple(cellules[1:]))
    return _Feuille(tuple(rangees[depart][2:]), lignes, tuple(fautes))


def _find_tableau(tableaux: list[Tableau], feuille: _Feuille, original: Path, classeur: Path) -> Tableau:
    """The table of the original that has the headers of the workbook."""
    lus = _trim(feuille.entetes)
    for tableau in tableaux:
        if _trim(map(write_cellule, tableau.entetes)) == lus:
            return tableau
    attendus = {entete.strip() for tableau in tableaux for entete in map(write_cellule, tableau.entetes)}
    inconnus = [entete for entete in lus if entete not in attendus]
    change = f"« {cite(inconnus[0])} » n’en est pas un" if inconnus else "il en manque, ou leur ordre a changé"
    faute = f"Ses en-têtes ne sont plus ceux du fichier : {change}. Reprenez le classeur d’origine."
    raise _refuse(original, classeur, [faute])


def _trim(entetes: Iterable[str]) -> list[str]:
    """Headers without the empty ones at the end, that a workbook does not keep."""
    propres = [entete.strip() for entete in entetes]
    while propres and not propres[-1]:
        propres.pop()
    return propres


@dataclass(frozen=True)
class _Ancienne:
    """A line of the original; when it is broken, it does not have as many cells as the header."""

    cellules: tuple[str | None, ...]
    est_rompue: bool = False


def _read_anciennes(tableau: Tableau, feuille: _Feuille) -> dict[int, _Ancienne]:
    """The lines of the original that the workbook lists."""
    voulues, anciennes = pa.array(feuille.lignes, pa.int64()), {}
    for lot in tableau.lire():
        lues = lot.filter(pc.is_in(lot["ligne"], value_set=voulues)).to_pydict()
        numeros = lues.pop("ligne")
        lignes = zip(*lues.values(), strict=True)
        anciennes |= {n: _Ancienne(cellules) for n, cellules in zip(numeros, lignes, strict=True)}
        for rompue in take_rompues(tableau):
            if rompue.ligne in feuille.lignes:
                anciennes[rompue.ligne] = _Ancienne(_fit(split_rompue(rompue, tableau), tableau), est_rompue=True)
    return anciennes


def _fit(cellules: list[str], tableau: Tableau) -> tuple[str, ...]:
    """The cells of a broken line as the workbook lists them: what is beyond the last header stays in it."""
    debut, suite = cellules[: len(tableau.entetes) - 1], cellules[len(tableau.entetes) - 1 :]
    return (*debut, tableau.separateur.join(suite)) if suite else tuple(debut)


def _check_lignes(feuille: _Feuille, anciennes: dict[int, _Ancienne], original: Path, classeur: Path) -> None:
    fautes = list(feuille.fautes)
    fautes += [
        f"Ligne {rang} du classeur : le fichier n’a pas de ligne {ligne}. Reprenez le numéro d’origine."
        for ligne, (rang, *_) in feuille.lignes.items()
        if ligne not in anciennes
    ]
    if fautes:
        suite = [f"… et {accorder(len(fautes) - _FAUTES_CITEES, 'autre')}."] if len(fautes) > _FAUTES_CITEES else []
        raise _refuse(original, classeur, fautes[:_FAUTES_CITEES] + suite)


def _compare(
    feuille: _Feuille, anciennes: dict[int, _Ancienne], largeur: int
) -> tuple[dict[int, tuple[str | None, ...]], set[int]]:
    """Lines whose cells changed, with their cells from now on; and lines to drop.

    A broken line is mended as soon as its reasons are erased, even when its cells are right as they are shown.
    """
    corrigees, supprimees = {}, set()
    for ligne, (_, raisons, lues) in feuille.lignes.items():
        ancienne = anciennes[ligne]
        anciens = (ancienne.cellules + (None,) * largeur)[:largeur]
        nouvelles = (lues + ("",) * largeur)[:largeur]
        gardees = tuple(a if _is_same(a, lu) else lu for a, lu in zip(anciens, nouvelles, strict=True))
        if raisons.strip("\u00a0 «».").casefold() == SUPPRIMER:
            supprimees.add(ligne)
        elif gardees != anciens or (ancienne.est_rompue and not raisons.strip() and any(gardees)):
            corrigees[ligne] = gardees
    return corrigees, supprimees


def _is_same(ancien: str | None, lu: str) -> bool:
    """Whether the workbook still shows what it showed of a cell."""
    return write_cellule(ancien) == lu.replace("\r\n", "\n").replace("\r", "\n")
