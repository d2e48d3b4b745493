"""Before a start: publish the demonstration when nothing is, or the same extracts again after an update."""

import sys

from indicators.__main__ import main
from indicators.base import read_version_courante
from indicators.base.versions import SCHEMA
from indicators.journal import read_journal
from indicators.publication import get_dossiers


def ensure_base() -> int:
    """Make sure that a version is served: the journal's if it holds extracts, else the demonstration."""
    dossiers = get_dossiers()
    courante = read_version_courante(dossiers.processed)
    if courante and courante.schema == SCHEMA:
        return 0
    return main(["publier"] if read_journal(dossiers.raw) else ["demo"])


if __name__ == "__main__":
    sys.exit(ensure_base())
