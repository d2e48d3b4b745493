"""Before a start: publish the demonstration when nothing is, or the same extracts again when a base cannot be read."""

import sys

from indicators.__main__ import main
from indicators.base import Servie, read_servie
from indicators.commandes.analyse import tell
from indicators.erreurs import ErreurBase
from indicators.journal import read_journal
from indicators.publication import get_dossiers


def ensure_base() -> int:
    """Make sure that a version is served: the journal's if it holds extracts, else the demonstration.

    A start never fails while an earlier version can be shown: what went wrong is said, and that one is served.
    """
    dossiers = get_dossiers()
    try:
        servie = read_servie(dossiers.processed)
    except ErreurBase as erreur:
        servie = Servie(None, str(erreur))
    if servie.version and not servie.avis:
        return 0
    if servie.avis:
        tell(servie.avis)
    try:
        code = main(["publier"] if read_journal(dossiers.raw) else ["demo"])
    except ErreurBase as erreur:
        tell(str(erreur))
        code = erreur.code_sortie
    return 0 if servie.version else code


if __name__ == "__main__":
    sys.exit(ensure_base())
