"""What is wrong in one cell, told by its text alone: a text is judged once, however many lines hold it.

The rules are SQL conditions on the names of `requete_textes`: `"c__texte"`, the text of the column `c` without the
blanks around it, `"c"`, its typed value, `"c__pli"`, its folded text, `"c__statut"`, why it is missing, `"c__forme"`,
whether it looks like a UAI; `__lue` and `__rentree`, the year read and the rentrée when it is plausible.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from indicators.formats.modele import NUMERIQUES
from indicators.francais import accorder
from indicators.ingestion import expressions as sql
from indicators.ingestion.rapport import load_controles

if TYPE_CHECKING:
    from indicators.ingestion.lignes import Contexte

PREMIERE_RENTREE = 1990


def get_derniere_rentree() -> int:
    """The last rentrée that an extract may speak of: the next one, whose places and perimeters are known early."""
    return max(date.today().year, _ANNEE_DU_CODE) + 1


_ANNEE_DU_CODE = 2026
"""Years before this one have passed, whatever the clock of the machine says."""


def is_texte(type_colonne: str) -> bool:
    """The value of a cell of that type is its text."""
    return type_colonne == "texte"


@dataclass(frozen=True)
class RegleDeCellule:
    """A condition that no text of a column may meet.

    Attributes:
        controle: code of the check.
        condition: SQL on the text and its value.
        constat: the clause that follows «Colonne « uai », 3 lignes : »; or a singular and a plural, which follow
            «Colonne « uai » : 3 ».
        attendu: SQL of what was expected at that place, on the text `trouve`.
        textes: `attendu` and `action` of the finding, when they are not those of the check.
    """

    controle: str
    condition: str
    constat: str | tuple[str, str]
    attendu: str = "NULL"
    textes: tuple[tuple[str, str], ...] = ()

    def tell(self, entete: str, nb: int) -> str:
        """The sentence of its finding."""
        if isinstance(self.constat, tuple):
            return f"Colonne « {entete} » : {accorder(nb, *self.constat)}."
        unite = load_controles()[self.controle].unite
        return f"Colonne « {entete} », {accorder(nb, unite)} : {self.constat}."


def list_regles(contexte: "Contexte", nom: str) -> list[RegleDeCellule]:
    """The rules of a column of the format, from its type."""
    texte, valeur, colonne = sql.name(f"{nom}__texte"), sql.name(nom), contexte.format.colonnes[nom]
    regles = []
    if nom in contexte.format.renseignees:
        regles.append(RegleDeCellule("cellule_vide", f"{texte} IS NULL", "la cellule est vide"))
    if colonne.type in NUMERIQUES:
        return regles + _list_regles_nombre(contexte, nom)
    if colonne.type == "uai":
        return regles + _list_regles_uai(nom, contexte.format.exemples)
    if colonne.type in _CODES:
        illisible = f"{texte} IS NOT NULL AND {valeur} IS NULL"
        textes = (("attendu", _CODES[colonne.type]),)
        regles.append(RegleDeCellule("code_illisible", illisible, "le code est illisible", textes=textes))
    if colonne.valeurs:
        admises = ", ".join(sql.fold_text(valeur) for valeur in colonne.valeurs)
        textes = (("attendu", " ou ".join(colonne.valeurs)),)
        inconnue = f"{sql.name(f'{nom}__pli')} NOT IN ({admises})"
        regles.append(RegleDeCellule("valeur_imprevue", inconnue, "la valeur n’est pas prévue", textes=textes))
    if contexte.format.annee is not None and contexte.format.annee.colonne == nom:
        regles += _list_regles_annee(texte)
    return regles


_CODES = {
    "commune": "un code INSEE de commune (16015)",
    "departement": "un code de département (16 ou 016)",
    "code": "des lettres sans accent, des chiffres, « - » ou « _ », 30 au plus (R012)",
}


def _list_regles_annee(texte: str) -> list[RegleDeCellule]:
    derniere, illisible = get_derniere_rentree(), "(__lue IS NULL OR __lue > 2100)"
    bornes = f"une rentrée entre {PREMIERE_RENTREE} et {derniere}"
    return [
        RegleDeCellule("annee_illisible", f"{texte} IS NOT NULL AND {illisible}", "l’année est illisible"),
        RegleDeCellule(
            "annee_hors_bornes",
            f"__lue <= {PREMIERE_RENTREE} AND __rentree IS NULL",
            "l’année est trop ancienne",
            textes=(("attendu", bornes),),
        ),
        RegleDeCellule(
            "annee_hors_bornes",
            f"__lue > {derniere} AND NOT {illisible}",
            "l’année est encore à venir",
            textes=(("attendu", f"au plus tard la rentrée {derniere}"),),
        ),
    ]


def _list_regles_nombre(contexte: "Contexte", nom: str) -> list[RegleDeCellule]:
    texte, valeur, statut = sql.name(f"{nom}__texte"), sql.name(nom), sql.name(f"{nom}__statut")
    connus = contexte.format.get_codes_manquants(nom)
    codes = [code for code in connus if code]
    attendu = "un nombre (12,5)" + (f" ou {', '.join(codes)} quand il manque" if codes else "")
    illisible = f"{texte} IS NOT NULL AND {valeur} IS NULL AND {statut} IS NULL"
    courant = sql.find_code_courant("trouve", connus)
    lu = " ".join(f"WHEN '{code}' THEN 'lu : {libelle}'" for code, libelle in _STATUTS.items())
    regles = [
        RegleDeCellule("cellule_en_erreur", f"{illisible} AND {texte} LIKE '#%'", "une formule en erreur"),
        RegleDeCellule(
            "nombre_illisible",
            f"{illisible} AND {texte} NOT LIKE '#%'",
            "ce n’est pas un nombre",
            textes=(("attendu", attendu),),
        ),
        RegleDeCellule(
            "code_manquant",
            f"{sql.find_code(texte, connus)} IS NULL AND {statut} IS NOT NULL",
            "un code que le format ne prévoit pas est lu comme une donnée manquante",
            f"CASE {courant} {lu} END",
        ),
    ]
    if contexte.format.colonnes[nom].type == "entier":
        mauvais = f"{valeur} < 0 OR {valeur} <> floor({valeur})"
        constat = "un effectif ne peut être négatif ni fractionnaire"
        regles.append(RegleDeCellule("effectif_negatif", mauvais, constat))
    if contexte.format.colonnes[nom].type == "pourcentage":
        mauvais = f"{valeur} NOT BETWEEN 0 AND 100"
        regles.append(RegleDeCellule("taux_hors_bornes", mauvais, "le taux sort de 0 à 100", _VIRGULE_PERDUE))
    return regles


_STATUTS = {
    "secret": "secret statistique",
    "non_disponible": "non disponible",
    "non_significatif": "non significatif",
    "non_applicable": "sans objet",
}
_VIRGULE_PERDUE = (
    r"CASE WHEN regexp_matches(trouve, '^\d{3,4}$') AND NOT trouve IN ('100', '1000') "
    "THEN 'entre 0 et 100 ; ' || substr(trouve, 1, 2) || ',' || substr(trouve, 3) || ' ?' ELSE 'entre 0 et 100' END"
)


def _list_regles_uai(nom: str, exemples: tuple[str, ...]) -> list[RegleDeCellule]:
    texte, valeur, forme = sql.name(f"{nom}__texte"), sql.name(nom), sql.name(f"{nom}__forme")
    lettre = f"{forme} AND NOT {sql.has_control_letter(valeur)}"
    restaure = f"length({texte}) < 8 AND {forme}"
    lu = sql.to_uai("trouve")
    regles = [
        RegleDeCellule("uai_forme", f"{texte} IS NOT NULL AND NOT {forme}", "ce n’est pas un code UAI", _FORME),
        RegleDeCellule(
            "uai_lettre",
            lettre,
            "la lettre de contrôle ne va pas avec les chiffres, le code est mal recopié",
            f"'attendu : ' || substr({lu}, 1, 7) || {sql.find_control_letter(lu)}",
        ),
        RegleDeCellule(
            "zero_restaure",
            restaure,
            (
                "zéro initial perdu par un tableur a été rétabli",
                "zéros initiaux perdus par un tableur ont été rétablis",
            ),
            f"'lu : ' || {lu}",
        ),
    ]
    if exemples:
        fictif = f"{valeur} IN ({sql.list_values(exemples)})"
        regles.append(RegleDeCellule("ligne_exemple", fictif, "c’est l’établissement fictif du modèle"))
    return regles


_FORME = (
    r"CASE WHEN regexp_matches(trouve, '^\d+[A-Za-z]$') AND length(trouve) <> 8 "
    "THEN '7 chiffres attendus, ' || (length(trouve) - 1) || CASE WHEN length(trouve) > 2 THEN ' lus' ELSE ' lu' END "
    "ELSE '7 chiffres puis une lettre' END"
)

PERTE = RegleDeCellule("caractere_illisible", "contains({}, '\ufffd')", "des caractères sont illisibles")
"""Rule of every column of a file where some characters could not be read; `{}` is the text of the column."""
