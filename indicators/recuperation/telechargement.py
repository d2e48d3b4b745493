"""Fetch one file: resumable, bounded, patient with a busy service. Proxies are those of the environment."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from indicators.erreurs import ErreurReseau
from indicators.francais import accorder, format_nombre
from indicators.ingestion.fichiers import TAILLE_MAXIMALE

Progres = Callable[[str], None]
Parametres = Sequence[tuple[str, str]]

_BLOC = 1 << 16
"""Bytes written at a time: at most so many are asked for again after a cut."""
_PASSAGERS = {429, 500, 502, 503, 504}
"""Answers of a service that is busy or ill for a moment: asked again."""
_PAS_DE_PROGRES = 5_000_000
"""Bytes between two lines of progress."""


@dataclass(frozen=True)
class Politesse:
    """How patient to be: attempts in a row without any progress, first pause (doubled each time), longest pause."""

    essais: int = 5
    pause: float = 2.0
    pause_maximale: float = 120.0
    delai: tuple[float, float] = (10.0, 60.0)
    """Seconds to wait for a connection, then for the next bytes."""


def open_session() -> requests.Session:
    """A session that says who asks."""
    session = requests.Session()
    session.headers["User-Agent"] = "Eclore (tableaux de bord territoriaux)"
    return session


def download(
    session: requests.Session,
    adresse: str,
    parametres: Parametres,
    destination: Path,
    politesse: Politesse,
    progres: Progres,
) -> None:
    """Fetch an address into a file, written aside and moved in place when complete.

    A cut transfer goes on where it stopped, now or at the next call, when the service can; else it starts again.

    Raises:
        ErreurReseau: the service cannot be reached, refuses, or keeps failing.
    """
    partiel = _Partiel(destination, adresse, parametres)

    def fetch_rest() -> None:
        depart = partiel.taille
        with session.get(
            adresse, params=list(parametres), headers=partiel.entetes, stream=True, timeout=politesse.delai
        ) as reponse:
            if reponse.status_code == 416:
                partiel.forget()
                raise _Occupe(416, 0)
            _check_reponse(reponse)
            partiel.receive(reponse, progres)
        if depart:
            progres(f"      repris à {format_nombre(depart / 1e6, 1)} Mo")

    _insist(fetch_rest, lambda: partiel.taille, adresse, politesse, progres)
    partiel.finish()


def ask(
    session: requests.Session, adresse: str, parametres: Parametres, politesse: Politesse, progres: Progres
) -> dict:
    """The JSON object that an address answers.

    Raises:
        ErreurReseau: as `download`; or the answer is not such an object.
    """
    reponses: list[dict] = []

    def fetch() -> None:
        with session.get(adresse, params=list(parametres), timeout=politesse.delai) as reponse:
            _check_reponse(reponse)
            contenu = reponse.json()
        if not isinstance(contenu, dict):
            raise requests.exceptions.JSONDecodeError("not an object", "", 0)
        reponses.append(contenu)

    _insist(fetch, lambda: 0, adresse, politesse, progres)
    return reponses[-1]


class _Partiel:
    """What was already received of a file, and the mark by which the service tells that it has not changed since."""

    def __init__(self, destination: Path, adresse: str, parametres: Parametres):
        self._destination = destination
        # Hidden names: loading the whole folder must not take them.
        self._contenu = destination.with_name(f".{destination.name}.partiel")
        self._fiche = destination.with_name(f".{destination.name}.partiel.json")
        self._demande = requests.Request("GET", adresse, params=list(parametres)).prepare().url
        if self._read_marque() is None:
            self._contenu.unlink(missing_ok=True)

    @property
    def taille(self) -> int:
        return self._contenu.stat().st_size if self._contenu.exists() else 0

    @property
    def entetes(self) -> dict[str, str]:
        """Headers that ask for the rest only. No compression: bytes are counted as they are."""
        base = {"Accept-Encoding": "identity"}
        marque = self._read_marque()
        return base | {"Range": f"bytes={self.taille}-", "If-Range": marque} if self.taille and marque else base

    def _read_marque(self) -> str | None:
        """The mark of the partial content; None when there is none, or when it is of another request."""
        try:
            fiche = json.loads(self._fiche.read_text(encoding="utf-8"))
            return fiche["marque"] if fiche["demande"] == self._demande else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def receive(self, reponse: requests.Response, progres: Progres) -> None:
        """Append the rest, or start again when the service sends the whole."""
        suite = reponse.status_code == 206
        if suite and not reponse.headers.get("Content-Range", "").startswith(f"bytes {self.taille}-"):
            self.forget()
            raise _Occupe(206, 0)  # not the part that was asked for
        etag = reponse.headers.get("ETag", "")
        marque = (etag if not etag.startswith("W/") else "") or reponse.headers.get("Last-Modified", "")
        if not suite:
            self._fiche.write_text(json.dumps({"demande": self._demande, "marque": marque}), encoding="utf-8")
        annoncee = reponse.headers.get("Content-Length")
        recus, annonces = 0, 0
        with open(self._contenu, "ab" if suite else "wb") as sortie:
            for bloc in reponse.iter_content(_BLOC):
                sortie.write(bloc)
                recus += len(bloc)
                if self.taille > TAILLE_MAXIMALE:
                    raise ErreurReseau(_too_large(reponse.url))
                if recus // _PAS_DE_PROGRES > annonces:
                    annonces = recus // _PAS_DE_PROGRES
                    progres(f"      {format_nombre(recus / 1e6)} Mo reçus")
        if annoncee is not None and recus < int(annoncee):
            raise requests.exceptions.ChunkedEncodingError("cut before the announced length")

    def forget(self) -> None:
        """Start again from nothing."""
        self._contenu.unlink(missing_ok=True)
        self._fiche.unlink(missing_ok=True)

    def finish(self) -> None:
        """The content is complete: give it its name."""
        os.replace(self._contenu, self._destination)
        self._fiche.unlink(missing_ok=True)


def _too_large(adresse: str) -> str:
    return (
        f"« {adresse} » envoie plus de {format_nombre(TAILLE_MAXIMALE / 1e6)} Mo : le transfert est arrêté. "
        "Attendu : les lignes d’une académie. Vérifiez le filtre de ce jeu dans indicators/recuperation/jeux.yaml."
    )


class DemandeRefusee(ErreurReseau):
    """The service does not understand the request: a field of the filter is not known any more."""


class _Occupe(Exception):
    """A passing refusal; `attente` is what the service asks to wait, in seconds."""

    def __init__(self, statut: int, attente: float | None):
        super().__init__(f"réponse {statut}")
        self.attente = attente


def _check_reponse(reponse: requests.Response) -> None:
    if reponse.status_code in _PASSAGERS:
        raise _Occupe(reponse.status_code, _read_attente(reponse.headers.get("Retry-After")))
    if reponse.status_code not in (200, 206):
        detail = " ".join(reponse.text[:200].split())
        raise (DemandeRefusee if reponse.status_code == 400 else ErreurReseau)(
            f"« {reponse.url} » répond {reponse.status_code} ({detail}). Attendu : les données demandées. "
            "L’adresse ou un champ du filtre a dû changer : corrigez indicators/recuperation/jeux.yaml."
        )


def _read_attente(texte: str | None) -> float | None:
    """Seconds of a Retry-After header, written as a number or as a date."""
    if not texte:
        return None
    if texte.strip().isdigit():
        return float(texte)
    try:
        return max(0.0, parsedate_to_datetime(texte).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _insist(
    action: Callable[[], None], avance: Callable[[], int], adresse: str, politesse: Politesse, progres: Progres
) -> None:
    """Run until it succeeds; give up after `essais` failures in a row that brought nothing new."""
    echecs, deja = 0, avance()
    while True:
        try:
            return action()
        except (_Occupe, requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError,
                requests.exceptions.JSONDecodeError) as erreur:  # fmt: skip
            echecs = 1 if avance() > deja else echecs + 1
            deja = avance()
            attente = _choose_pause(erreur, echecs, politesse)
            if echecs >= politesse.essais or attente > politesse.pause_maximale:
                raise ErreurReseau(_explain(adresse, erreur, echecs, attente, politesse)) from erreur
            progres(
                f"      {_describe(erreur)} : nouvel essai dans {format_nombre(attente, 0 if attente >= 1 else 1)} s"
            )
            time.sleep(attente)


def _choose_pause(erreur: Exception, echecs: int, politesse: Politesse) -> float:
    demandee = getattr(erreur, "attente", None)
    return demandee if demandee is not None else politesse.pause * 2 ** (echecs - 1)


def _describe(erreur: Exception) -> str:
    if isinstance(erreur, _Occupe):
        return f"service occupé ({erreur})"
    return "pas de réponse à temps" if isinstance(erreur, requests.Timeout) else "liaison coupée"


def _explain(adresse: str, erreur: Exception, echecs: int, attente: float, politesse: Politesse) -> str:
    if attente > politesse.pause_maximale:
        cause = f"le service demande d’attendre {accorder(round(attente), 'seconde')}"
    else:
        cause = f"{_describe(erreur)}, {accorder(echecs, 'essai')} de suite"
    return (
        f"« {adresse} » n’a pas pu être lu jusqu’au bout : {cause}. Ce qui est déjà reçu est gardé. "
        "Vérifiez l’accès à internet (ou HTTPS_PROXY, derrière un mandataire), puis relancez la même commande : "
        "elle reprendra où elle s’est arrêtée."
    )
