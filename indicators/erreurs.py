"""Errors shown to users, in French, without a traceback.

Each message says what is wrong (value, file, line), what was expected and what to do.
Anything that is not an `ErreurIndicateurs` is a bug: let it crash, visibly in the log.
"""


class ErreurIndicateurs(Exception):
    """Base of the errors that a user can mend. `code_sortie` is the exit code of the command line."""

    code_sortie = 1


class ErreurUsage(ErreurIndicateurs):
    """An unknown territory, indicator, rentrée, version or option."""

    code_sortie = 2


class ErreurFichier(ErreurIndicateurs):
    """A file handed in cannot be loaded. Nothing was changed."""

    code_sortie = 3


class ErreurBase(ErreurIndicateurs):
    """The published base is missing, corrupted, locked or cannot be written."""

    code_sortie = 4


class ErreurCatalogue(ErreurIndicateurs):
    """A fiche, a format or a list shipped with the project is not valid."""

    code_sortie = 5


class ErreurReseau(ErreurIndicateurs):
    """A service of open data cannot be reached, or does not answer as it should."""

    code_sortie = 6
