"""The themes of a diagnostic and their order by level, from `diagnostic.yaml`, validated once."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from indicators.catalogue import Domaine, Indicateur, load_catalogue
from indicators.catalogue.fautes import describe_fautes
from indicators.erreurs import ErreurCatalogue
from indicators.francais import typographier
from indicators.territoires import Niveau

FICHIER = Path(__file__).with_suffix(".yaml")


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Theme(_Modele):
    """What a COPIL discusses together: the indicators named, or else all those of the domain that no theme names."""

    titre: str
    domaine: Domaine
    indicateurs: tuple[str, ...] = ()


class Diagnostic(_Modele):
    """Every theme by code, and the order of each level."""

    themes: dict[str, Theme]
    ordre: dict[Niveau, tuple[str, ...]]

    @model_validator(mode="after")
    def _check(self) -> "Diagnostic":
        for niveau, codes in self.ordre.items():
            if set(codes) != set(self.themes):
                raise ValueError(f"ordre.{niveau} : chaque thème une fois ; attendu : {', '.join(self.themes)}")
        nommes = [code for theme in self.themes.values() for code in theme.indicateurs]
        if inconnus := [code for code in nommes if code not in load_catalogue()]:
            raise ValueError(f"themes : aucune fiche ne porte le code « {inconnus[0]} »")
        return self

    def find_theme(self, fiche: Indicateur) -> str:
        """Code of the theme of an indicator; empty for the context, which is discussed with the identity."""
        nomme = next((code for code, theme in self.themes.items() if fiche.code in theme.indicateurs), None)
        if nomme:
            return nomme
        du_domaine = (c for c, t in self.themes.items() if t.domaine is fiche.domaine and not t.indicateurs)
        return next(du_domaine, "")


@cache
def load_diagnostic(chemin: Path = FICHIER) -> Diagnostic:
    """The themes and their order.

    Raises:
        ErreurCatalogue: the file does not describe a diagnostic; every fault is listed.
    """
    try:
        return Diagnostic(**yaml.safe_load(chemin.read_text(encoding="utf-8")))
    except (yaml.YAMLError, TypeError, ValidationError) as erreur:
        fautes = describe_fautes(erreur, "diagnostic") if isinstance(erreur, ValidationError) else f"  - {erreur}"
        raise ErreurCatalogue(typographier(f"« {chemin.name} » à corriger :\n{fautes}")) from erreur
