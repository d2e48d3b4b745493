"""Problématiques: what crossing indicators brings out for a territory, how sure it is, and what it asks.

A rule is one YAML (`fiches/`); the engine reads them all for every territory when a base is published.
"""

from indicators.problematiques.modele import Condition, Lecture, Mesure, Regle
from indicators.problematiques.regles import get_regle, list_regles, load_regle, load_regles, parse_regle

__all__ = [
    "Condition", "Lecture", "Mesure", "Regle", "get_regle", "list_regles", "load_regle", "load_regles", "parse_regle",
]  # fmt: skip
