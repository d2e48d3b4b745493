"""The rules: one YAML file in `fiches/` is one `Regle`, editable without Python."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from indicators.catalogue.fautes import describe_fautes
from indicators.erreurs import ErreurCatalogue, ErreurUsage
from indicators.francais import typographier
from indicators.problematiques.modele import Regle
from indicators.territoires import Niveau

FICHES = Path(__file__).parent / "fiches"


def load_regle(chemin: Path) -> Regle:
    """Read one rule; the file name without extension is its code.

    Raises:
        ErreurCatalogue: the YAML cannot be read or does not describe a rule; every fault is listed.
    """
    try:
        texte = chemin.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise ErreurCatalogue(
            typographier(f"Règle « {chemin.name} » : texte qui n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")
        ) from erreur
    return parse_regle(chemin.stem, texte)


def parse_regle(code: str, texte: str) -> Regle:
    """A rule from the text of its YAML; its sentences get their non-breaking spaces.

    Raises:
        ErreurCatalogue: as `load_regle`.
    """
    nom = f"Règle « {code}.yaml »"
    contenu = _read_yaml(nom, texte)
    fautes = [_CODE_DONNE] if "code" in contenu else []
    try:
        regle = Regle.model_validate(_typographier(contenu) | {"code": code})
    except ValidationError as erreur:
        fautes.append(describe_fautes(erreur, "règle"))
    if fautes:
        raise ErreurCatalogue(typographier(f"{nom} à corriger :\n" + "\n".join(fautes)))
    return regle


_CODE_DONNE = "  - code : c’est le nom du fichier ; retirez ce champ"


def _read_yaml(nom: str, texte: str) -> dict:
    try:
        contenu = yaml.safe_load(texte)
    except yaml.YAMLError as erreur:
        lieu = getattr(erreur, "problem_mark", None)
        ligne = f" à la ligne {lieu.line + 1}, colonne {lieu.column + 1}" if lieu else ""
        raise ErreurCatalogue(
            typographier(
                f"{nom} : YAML illisible{ligne}. Attendu : des lignes « champ: valeur », un texte qui contient « : » "
                "étant entre guillemets. Corrigez cette ligne ou celle d’avant."
            )
        ) from erreur
    if not isinstance(contenu, dict):
        lu = {list: "une liste", str: "un texte", type(None): "rien"}.get(type(contenu), "une valeur")
        raise ErreurCatalogue(
            typographier(
                f"{nom} : des lignes « champ: valeur » étaient attendues (lu : {lu}). Partez d’une autre règle."
            )
        )
    return contenu


def _typographier(contenu):
    """Every text of a YAML with the spaces of French typography."""
    if isinstance(contenu, str):
        return typographier(contenu)
    if isinstance(contenu, list):
        return [_typographier(partie) for partie in contenu]
    if isinstance(contenu, dict):
        return {str(cle): _typographier(valeur) for cle, valeur in contenu.items()}
    return contenu


@cache
def load_regles() -> dict[str, Regle]:
    """All rules by code, problems before progress, then by `ordre`."""
    regles = sorted(
        (load_regle(chemin) for chemin in sorted(FICHES.glob("*.yaml"))),
        key=lambda regle: (regle.genre == "progres", regle.ordre, regle.code),
    )
    return {regle.code: regle for regle in regles}


def list_regles(niveau: Niveau) -> tuple[Regle, ...]:
    """The rules that speak to a level."""
    return tuple(regle for regle in load_regles().values() if niveau in regle.niveaux)


def get_regle(code: str) -> Regle:
    """The rule of that code.

    Raises:
        ErreurUsage: no rule has that code.
    """
    try:
        return load_regles()[code]
    except KeyError:
        raise ErreurUsage(
            f"Aucune problématique ne porte le code « {code} ». "
            "Choisissez-en une dans la liste de la page Problématiques."
        ) from None
