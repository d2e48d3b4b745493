"""Fetch the open data of an académie, only when asked: the ministry's data sets and the communes' contours.

    fetch_jeux(get_academie("13"), dossier)   # then `charger` the folder

A file that is complete is not fetched again; what a cut transfer left is gone on with.
"""

import csv
import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from indicators.base.versions import write_atomically
from indicators.erreurs import ErreurFichier, ErreurReseau
from indicators.francais import accorder, format_nombre
from indicators.ingestion import recognise_format
from indicators.recuperation.jeux import Adresses, Demande, list_demandes, load_adresses
from indicators.recuperation.telechargement import (
    DemandeRefusee,
    Politesse,
    Progres,
    ask,
    download,
    open_session,
)
from indicators.territoires.referentiel import Academie

__all__ = ["Bilan", "Politesse", "fetch_jeux"]

REGISTRE = ".recuperation.json"
"""What each complete file is: address, hour, number of rows."""


@dataclass(frozen=True)
class Bilan:
    """What a fetch did: names of the files fetched now, of those already there, and what failed, in French."""

    recus: tuple[str, ...]
    deja_la: tuple[str, ...]
    echecs: tuple[str, ...]


def fetch_jeux(
    academie: Academie,
    dossier: Path,
    *,
    tout: bool = False,
    adresses: Adresses | None = None,
    politesse: Politesse = Politesse(),  # noqa: B008 (immutable)
    progres: Progres = print,
) -> Bilan:
    """Fetch every file of an académie into a folder; the failure of one does not stop the others.

    Args:
        tout: fetch again the files that are already complete.
        adresses: where the services are (those of `jeux.yaml` by default).
    """
    dossier.mkdir(parents=True, exist_ok=True)
    demandes = list_demandes(academie, adresses or load_adresses())
    session, recus, deja_la, echecs = open_session(), [], [], []
    for rang, demande in enumerate(demandes, start=1):
        progres(f"[{rang}/{len(demandes)}] {demande.nom}")
        if not tout and demande.nom in _read_registre(dossier) and (dossier / demande.nom).exists():
            progres("      déjà là : rien à faire")
            deja_la.append(demande.nom)
            continue
        try:
            nb = _fetch(session, demande, dossier, politesse, progres)
        except (ErreurReseau, ErreurFichier) as erreur:
            progres(f"      échec : {erreur}")
            echecs.append(f"{demande.nom} : {erreur}")
        else:
            progres("      reçu" + (f", {accorder(nb, 'ligne')}" if nb is not None else ""))
            recus.append(demande.nom)
    return Bilan(tuple(recus), tuple(deja_la), tuple(echecs))


def _fetch(session, demande: Demande, dossier: Path, politesse: Politesse, progres: Progres) -> int | None:
    """Fetch one file and check it; number of rows, when the service tells it."""
    chemin = dossier / demande.nom
    demande, attendues = _count(session, demande, politesse, progres)
    download(session, demande.adresse, demande.parametres, chemin, politesse, progres)
    try:
        _check_complet(chemin, attendues)
        _check_format(chemin, demande)
    except (ErreurReseau, ErreurFichier):
        chemin.replace(chemin.with_name(f".{chemin.name}.refuse"))  # kept to be looked at, never loaded
        raise
    _note(dossier, demande, attendues)
    return attendues


def _count(session, demande: Demande, politesse: Politesse, progres: Progres) -> tuple[Demande, int | None]:
    """How many rows to expect. The filter only spares the service: where it finds nothing, everything is asked for."""
    if demande.compte is None:
        return demande, None
    filtre = [(nom, valeur) for nom, valeur in demande.parametres if nom == "where"]
    try:
        nb = _ask_nombre(session, demande.compte, filtre, politesse, progres)
    except DemandeRefusee:
        nb = 0
    if nb:
        return demande, nb
    progres(f"      le filtre {filtre[0][1]} ne trouve rien : le jeu entier est demandé")
    demande = replace(demande, parametres=tuple(p for p in demande.parametres if p[0] != "where"))
    return demande, _ask_nombre(session, demande.compte, [], politesse, progres)


def _ask_nombre(session, adresse: str, filtre: list[tuple[str, str]], politesse: Politesse, progres: Progres) -> int:
    nb = ask(session, adresse, [*filtre, ("limit", "1")], politesse, progres).get("total_count")
    if not isinstance(nb, int):
        raise ErreurReseau(
            f"« {adresse} » ne dit pas combien de lignes il y a (« total_count » attendu). "
            "Le service a changé : corrigez indicators/recuperation/jeux.yaml."
        )
    return nb


def _note(dossier: Path, demande: Demande, lignes: int | None) -> None:
    """Add a complete file to the register."""
    recu_le = datetime.now().astimezone().isoformat(timespec="seconds")
    registre = _read_registre(dossier) | {
        demande.nom: {"adresse": demande.adresse, "recu_le": recu_le, "lignes": lignes}
    }
    write_atomically(dossier / REGISTRE, json.dumps(registre, ensure_ascii=False, indent=1))


def _check_complet(chemin: Path, attendues: int | None) -> None:
    """Every row that the service counted is there: an export may end early without a word."""
    if attendues is None:
        return
    with chemin.open(encoding="utf-8-sig", errors="replace", newline="") as flux:
        recues = sum(1 for ligne in csv.reader(flux, delimiter=";") if ligne) - 1
    if recues < attendues:
        raise ErreurReseau(
            f"« {chemin.name} » est incomplet : {format_nombre(max(recues, 0))} lignes reçues sur "
            f"{format_nombre(attendues)}. Relancez la même commande."
        )


def _check_format(chemin: Path, demande: Demande) -> None:
    """The header is the one that the format knows."""
    trouve = recognise_format(chemin)
    if trouve.code != demande.format:
        raise ErreurFichier(
            f"« {chemin.name} » se lit comme « {trouve.titre} », et non avec le format « {demande.format} ». "
            "Le jeu de données a changé : corrigez ce format, ou l’adresse dans indicators/recuperation/jeux.yaml."
        )


def _read_registre(dossier: Path) -> dict:
    try:
        contenu = json.loads((dossier / REGISTRE).read_text(encoding="utf-8"))
        return contenu if isinstance(contenu, dict) else {}
    except (OSError, ValueError):
        return {}
