"""The workbook of a report: what was checked, and the lines to mend, ready to be handed in again.

Cells hold text, never a formula, a link or a guessed number: `0160001P`, `016` and `79,4 %` stay as they were written.
"""

import io
import re
from pathlib import Path

import xlsxwriter

from indicators.francais import accorder, capitaliser, format_nombre, typographier
from indicators.ingestion.lignes_fautives import LigneFautive, read_lignes_fautives
from indicators.ingestion.rapport import Constat, Etape, Gravite, Rapport, Signalement

FEUILLE_RAPPORT, FEUILLE_LIGNES, FEUILLE_ORIGINE = "Rapport", "Lignes à corriger", "Origine"
COLONNE_LIGNE, COLONNE_RAISONS = "Ligne du fichier", "À corriger"
GENRE = "Éclore, corrections 1"
SUPPRIMER = "supprimer"
"""Written by the user in `COLONNE_RAISONS`, it drops the line."""

TEXTE_MAXIMAL = 32_000
"""Signs of a cell; a spreadsheet refuses more than 32 767."""

_CONSIGNE = (
    "Corrigez les cellules colorées, enregistrez ce classeur, puis déposez-le à côté du fichier : chaque ligne y "
    f"reprend sa place. Pour retirer une ligne du fichier, écrivez « {SUPPRIMER} » dans sa colonne "
    f"« {COLONNE_RAISONS} ». Une ligne effacée d’ici reste dans le fichier telle qu’elle était. "
    "Ne changez ni les numéros, ni les en-têtes."
)
_SANS_LIGNE = "Aucune ligne à corriger ici : ce que dit la feuille « Rapport » se corrige dans le fichier lui-même."
_COULEURS = {Gravite.BLOQUANT: ("#8C1D52", "#F8E7EF"), Gravite.AVERTISSEMENT: ("#765600", "#FBF2D6")}
_ENCRE, _SECONDAIRE, _FILET = "#1B1F27", "#62687A", "#DEDCD5"
_INTERDITS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def write_cellule(texte: str | None) -> str:
    """A text of a file as a cell of the workbook shows it: what XML or a spreadsheet refuses is replaced, or cut.

    >>> write_cellule("a\\x01b\\r\\nc")
    'a�b\\nc'
    """
    propre = _INTERDITS.sub("\ufffd", (texte or "").replace("\r\n", "\n").replace("\r", "\n"))
    return propre if len(propre) <= TEXTE_MAXIMAL else propre[: TEXTE_MAXIMAL - 1] + "…"


def write_rapport_xlsx(rapport: Rapport, dossier_rapport: Path | None) -> bytes:
    """The workbook of a report.

    Args:
        rapport: the screening of one table.
        dossier_rapport: folder where the screening left `signalements.parquet` and `lignes.parquet`, if it did.

    Returns:
        XLSX with the sheets «Rapport», «Lignes à corriger» (original line number first, headers and cells as they
        are in the file) and «Origine» (which file it mends).
    """
    total, lignes = read_lignes_fautives(rapport, dossier_rapport)
    sortie = io.BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(sortie, options | {"constant_memory": True}) as classeur:
        styles = _Styles(classeur)
        _write_rapport(classeur.add_worksheet(FEUILLE_RAPPORT), rapport, styles, total, len(lignes))
        _write_lignes(classeur.add_worksheet(FEUILLE_LIGNES), rapport, styles, total, lignes)
        _write_origine(classeur.add_worksheet(FEUILLE_ORIGINE), rapport, styles, len(lignes))
    return sortie.getvalue()


class _Styles:
    """The formats of the cells of a workbook."""

    def __init__(self, classeur: xlsxwriter.Workbook):
        texte = {"font_name": "Segoe UI", "font_size": 10, "font_color": _ENCRE, "valign": "top"}
        haut = {"bold": True, "bottom": 1, "text_wrap": True}
        self.titre = classeur.add_format(texte | {"bold": True, "font_size": 14})
        self.nom = classeur.add_format(texte | {"font_color": _SECONDAIRE})
        self.texte = classeur.add_format(texte | {"num_format": "@"})
        self.plie = classeur.add_format(texte | {"text_wrap": True, "bottom": 1, "bottom_color": _FILET})
        self.nombre = classeur.add_format(texte | {"num_format": "#,##0", "bottom": 1, "bottom_color": _FILET})
        self.numero = classeur.add_format(texte | {"num_format": "0", "bold": True})
        self.raisons = classeur.add_format(texte | {"text_wrap": True, "num_format": "@"})
        self.entete = classeur.add_format(texte | haut | {"num_format": "@"})
        self.consigne = classeur.add_format(texte | {"text_wrap": True, "bg_color": "#F6F5F1"})
        self.faute = {
            gravite: classeur.add_format(texte | {"num_format": "@", "font_color": encre, "bg_color": fond})
            for gravite, (encre, fond) in _COULEURS.items()
        }
        self.verdict = {
            gravite: classeur.add_format(texte | {"bold": True, "font_color": encre})
            for gravite, (encre, _) in _COULEURS.items()
        } | {Gravite.CONFORME: classeur.add_format(texte | {"bold": True})}


def _write_rapport(feuille, rapport: Rapport, styles: _Styles, total: int, nb_ecrites: int) -> None:
    for rang, largeur in enumerate((18, 30, 16, 10, 52, 52, 40, 48)):
        feuille.set_column(rang, rang, largeur)
    feuille.hide_gridlines(2)
    feuille.write_string(0, 0, typographier(f"Rapport de contrôle : {rapport.fichier}"), styles.titre)
    suivante = 1
    for nom, valeur in _list_reperes(rapport, total, nb_ecrites):
        feuille.write_string(suivante, 0, nom, styles.nom)
        gravite = _judge(rapport) if nom == "Verdict" else None
        feuille.write_string(suivante, 1, write_cellule(valeur), styles.verdict[gravite] if gravite else styles.texte)
        suivante += 1
    suivante += 1
    titres = ("Étape", "Contrôle", "Résultat", "Nombre", "Constat", "Premières lignes", "Attendu", "À faire")
    for colonne, titre in enumerate(titres):
        feuille.write_string(suivante, colonne, titre, styles.entete)
    for rangee in _list_controles(rapport):
        suivante += 1
        _write_controle(feuille, suivante, rangee, styles)


def _write_controle(feuille, rang: int, rangee: tuple, styles: _Styles) -> None:
    etape, titre, gravite, nb, *textes = rangee
    feuille.write_string(rang, 0, etape.titre, styles.plie)
    feuille.write_string(rang, 1, typographier(titre), styles.plie)
    feuille.write_string(rang, 2, gravite.value, styles.faute.get(gravite, styles.plie))
    feuille.write_number(rang, 3, nb, styles.nombre)
    for colonne, texte in enumerate(textes, start=4):
        feuille.write_string(rang, colonne, typographier(write_cellule(texte)), styles.plie)


def _list_reperes(rapport: Rapport, total: int, nb_ecrites: int) -> list[tuple[str, str]]:
    """Name and value of what the head of the report says."""
    ecartees = f", dont {format_nombre(rapport.nb_hors_academie)} hors de l’académie" * bool(rapport.nb_hors_academie)
    reperes = [
        ("Fichier", rapport.fichier + (f", feuille « {rapport.feuille} »" if rapport.feuille else "")),
        ("Lu comme", rapport.genre),
        ("Format", rapport.format.titre if rapport.format else "non reconnu"),
        ("Rentrées", ", ".join(map(str, rapport.rentrees)) or "aucune"),
        ("Lignes", f"{format_nombre(rapport.nb_lignes)}{ecartees}"),
        ("Verdict", _tell_verdict(rapport)),
        ("À corriger", _tell_lignes(total, nb_ecrites)),
    ]
    reperes += [(f"Proche de « {p.titre} »", f"il manque : {', '.join(p.manquantes)}") for p in rapport.proches]
    return [(typographier(nom), typographier(valeur)) for nom, valeur in reperes]


def _judge(rapport: Rapport) -> Gravite:
    if not rapport.est_publiable:
        return Gravite.BLOQUANT
    return Gravite.AVERTISSEMENT if rapport.avertissements else Gravite.CONFORME


def _tell_verdict(rapport: Rapport) -> str:
    if not rapport.est_publiable:
        nb = len({constat.controle.code for constat in rapport.bloquants})
        return f"Ce fichier ne peut pas être publié : {accorder(nb, 'contrôle bloquant', 'contrôles bloquants')}."
    if rapport.a_signer:
        nb = accorder(len(rapport.a_signer), "avertissement")
        return f"Ce fichier peut être publié, après l’acceptation signée de {nb}."
    return "Ce fichier peut être publié."


def _tell_lignes(total: int, nb_ecrites: int) -> str:
    if not total:
        return _SANS_LIGNE
    if nb_ecrites < total:
        return (
            f"{accorder(total, 'ligne')} : les {format_nombre(nb_ecrites)} premières sont dans la feuille "
            f"« {FEUILLE_LIGNES} ». Corrigez plutôt l’export, ou corrigez celles-ci, déposez ce classeur, puis "
            "téléchargez le rapport suivant."
        )
    return f"{accorder(total, 'ligne')} dans la feuille « {FEUILLE_LIGNES} »."


def _list_controles(rapport: Rapport) -> list[tuple]:
    """Stage, title, result, count, finding, first lines, expectation and action of every check, stage by stage."""
    etapes = list(Etape)
    trouves = [(etapes.index(c.controle.etape), 0, _describe_constat(c)) for c in rapport.constats]
    conformes = [
        (etapes.index(c.etape), 1, (c.etape, c.titre, Gravite.CONFORME, 0, "", "", c.attendu, ""))
        for c in rapport.conformes
    ]
    return [rangee for _, _, rangee in sorted(trouves + conformes, key=lambda x: x[:2])]


def _describe_constat(constat: Constat) -> tuple:
    controle = constat.controle
    exemples = "\n".join(map(_describe_exemple, constat.exemples))
    return (
        controle.etape, controle.titre, constat.gravite, constat.nb, constat.constat, exemples, constat.attendu,
        capitaliser(constat.action),
    )  # fmt: skip


def _describe_exemple(exemple: Signalement) -> str:
    lieu = f"ligne {exemple.ligne}" if exemple.ligne is not None else ""
    return " : ".join(filter(None, (lieu, exemple.trouve)))


def _write_lignes(feuille, rapport: Rapport, styles: _Styles, total: int, lignes: list[LigneFautive]) -> None:
    """The instructions on the first row, the headers on the second, one line to mend on each of the others."""
    feuille.set_row(0, 64)
    feuille.set_column(0, 0, 16, styles.texte)
    feuille.set_column(1, 1, 64, styles.texte)
    feuille.set_column(2, 1 + max(1, len(rapport.entetes)), 18, styles.texte)
    texte = typographier(f"{_CONSIGNE}\n{_tell_lignes(total, len(lignes))}" if lignes else _SANS_LIGNE)
    feuille.merge_range(0, 0, 0, 6, "", styles.consigne)
    feuille.write_string(0, 0, texte, styles.consigne)
    for rang, entete in enumerate((COLONNE_LIGNE, COLONNE_RAISONS, *rapport.entetes)):
        feuille.write_string(1, rang, write_cellule(entete), styles.entete)
    feuille.freeze_panes(2, 2)
    for rang, ligne in enumerate(lignes, start=2):
        feuille.write_number(rang, 0, ligne.ligne, styles.numero)
        feuille.write_string(rang, 1, write_cellule(ligne.raisons), styles.raisons)
        for colonne, cellule in enumerate(ligne.cellules):
            style = styles.faute.get(ligne.fautives.get(colonne), styles.texte)
            feuille.write_string(rang, colonne + 2, write_cellule(cellule), style)


def _write_origine(feuille, rapport: Rapport, styles: _Styles, nb_lignes: int) -> None:
    """Which file the workbook mends: read again when it is handed in."""
    feuille.set_column(0, 0, 20)
    feuille.set_column(1, 1, 80)
    feuille.write_string(0, 0, "Ne modifiez pas cette feuille : elle dit quel fichier ce classeur corrige.", styles.nom)
    reperes = (
        ("Genre", GENRE),
        ("Fichier", rapport.fichier),
        ("Feuille", rapport.feuille),
        ("Empreinte", rapport.sha256),
        ("Lignes listées", str(nb_lignes)),
    )
    for rang, (nom, valeur) in enumerate(reperes, start=1):
        feuille.write_string(rang, 0, nom, styles.nom)
        feuille.write_string(rang, 1, write_cellule(valeur), styles.texte)
