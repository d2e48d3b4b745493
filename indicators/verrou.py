"""One loader at a time."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from indicators.base.versions import write_atomically
from indicators.erreurs import ErreurBase
from indicators.systeme import explain_panne, get_utilisateur


@contextmanager
def hold_verrou(processed: Path, auteur: str | None = None) -> Iterator[None]:
    """Hold the right to publish; the system gives it back if the process dies.

    Args:
        processed: folder of derived data, made if absent.
        auteur: who publishes, told to whoever comes second; the system's user by default.

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
        _write_titulaire(titulaire, auteur or get_utilisateur())
        yield
    finally:
        titulaire.unlink(missing_ok=True)
        verrou.release()


def _write_titulaire(titulaire: Path, auteur: str) -> None:
    depuis = datetime.now().isoformat(timespec="seconds")
    contenu = {"auteur": auteur, "processus": os.getpid(), "depuis": depuis}
    write_atomically(titulaire, json.dumps(contenu, ensure_ascii=False))


def _describe(titulaire: Path) -> str:
    """Who holds the lock: « (Service statistique, processus 12, depuis le 14/11/2026 à 09:41:07)»; empty if unknown."""
    try:
        contenu = json.loads(titulaire.read_text(encoding="utf-8"))
        depuis = datetime.fromisoformat(contenu["depuis"])
        return f" ({contenu['auteur']}, processus {contenu['processus']}, depuis le {depuis:%d/%m/%Y à %H:%M:%S})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
