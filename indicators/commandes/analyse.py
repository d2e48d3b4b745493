"""Arguments of the command line, with help and faults in French."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from indicators.erreurs import ErreurUsage
from indicators.francais import typographier


class _Aide(argparse.RawDescriptionHelpFormatter):
    """Help text with French headings."""

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, "Usage : ")


class Analyseur(argparse.ArgumentParser):
    """A parser that speaks French and answers `--aide`."""

    def __init__(self, **options):
        super().__init__(add_help=False, formatter_class=_Aide, allow_abbrev=False, **options)
        self._positionals.title, self._optionals.title = "Arguments", "Options"
        self.add_argument("--aide", action="help", help="affiche cette aide et s’arrête")

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments: what is wrong, how to call, where the help is."""
        for anglais, francais in _TRADUCTIONS:
            message = message.replace(anglais, francais)
        raise ErreurUsage(f"{message.capitalize()}.\n{self.format_usage()}Aide : {self.prog} --aide")


_TRADUCTIONS = (
    ("the following arguments are required:", "il manque :"),
    ("unrecognized arguments:", "arguments inconnus :"),
    ("invalid choice:", "choix inconnu :"),
    ("choose from", "au choix :"),
    ("invalid int value:", "un nombre entier était attendu, pas"),
    ("expected one argument", "une valeur était attendue"),
    ("expected at least one argument", "au moins une valeur était attendue"),
    ("not allowed with argument", "ne va pas avec"),
    ("argument ", ""),
)

Action = Callable[[argparse.Namespace], None]


def add_commande(commandes, nom: str, resume: str, action: Action, exemple: str) -> Analyseur:
    """Add a command: its name, one line of help, what it runs and an example."""
    analyseur = commandes.add_parser(nom, help=resume, description=resume, epilog=f"Exemple :\n  {exemple}")
    analyseur.set_defaults(action=action)
    return analyseur


def tell(texte: str) -> None:
    """Say a step on the error stream: the standard output is for results."""
    print(typographier(texte), file=sys.stderr, flush=True)
