"""One loader at a time."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from indicators.erreurs import ErreurBase
from indicators.systeme import explain_panne


@contextmanager
def hold_verrou(processed: Path) -> Iterator[None]:
    """Hold the right to publish; the system gives it back if the process dies.

    Raises:
        ErreurBase: another process holds it, or the folder cannot be written; the message says who, since when.
    """
    titulaire = processed / "verrou.json"
    try:
        processed.mkdir(parents=True, exist_ok=True)
        verrou = FileLock(processed / "verrou")
        verrou.acquire(timeout=0)
    except Timeout:
        raise ErreurBase(
            f"Une autre publication est en cours{_describe(titulaire)}. Attendez qu’elle se termine, puis recommencez."
        ) from None
    except OSError as erreur:
        raise ErreurBase(
            f"Le dossier « {processed} » ne peut pas être écrit ({explain_panne(erreur)}). "
            "Donnez-vous le droit d’y écrire et vérifiez la place libre, ou nommez un autre dossier par ECLORE_DONNEES."
        ) from erreur
    try:
        depuis = datetime.now().isoformat(timespec="seconds")
        titulaire.write_text(json.dumps({"processus": os.getpid(), "depuis": depuis}), encoding="utf-8")
        yield
    finally:
        titulaire.unlink(missing_ok=True)
        verrou.release()


def _describe(titulaire: Path) -> str:
    try:
        contenu = json.loads(titulaire.read_text(encoding="utf-8"))
        return f" (processus {contenu['processus']}, depuis le {contenu['depuis'].replace('T', ' à ')})"
    except (OSError, ValueError, KeyError):
        return ""
