"""The command `recuperer`: fetch open data, only when asked."""

import argparse
from pathlib import Path

from indicators.commandes.analyse import tell
from indicators.erreurs import ErreurReseau
from indicators.francais import accorder
from indicators.publication import get_academie_choisie, get_dossiers
from indicators.territoires.referentiel import find_academie


def add_arguments(recuperer: argparse.ArgumentParser) -> None:
    """Options of the command."""
    recuperer.add_argument("--academie", metavar="NOM", help="nom ou code de l’académie (celle qui est choisie sinon)")
    recuperer.add_argument("--dossier", metavar="DOSSIER", help="où ranger les fichiers reçus")
    recuperer.add_argument("--tout", action="store_true", help="reprend aussi les fichiers déjà complets")


def recuperer(arguments: argparse.Namespace) -> None:
    """Fetch the open data of an académie into a folder, and say how to load it.

    Raises:
        ErreurReseau: at least one file could not be fetched; the others are kept.
    """
    from indicators.recuperation import fetch_jeux  # the HTTP library is needed by this command only

    choisie = get_academie_choisie()
    academie = find_academie(arguments.academie) if arguments.academie else choisie
    defaut = get_dossiers().processed / "recuperation" / academie.territoire.code
    dossier = Path(arguments.dossier) if arguments.dossier else defaut
    tell(f"Académie de {academie.nom} : données ouvertes, vers « {dossier} »")
    bilan = fetch_jeux(academie, dossier, tout=arguments.tout, progres=tell)
    tell(f"{accorder(len(bilan.recus), 'fichier reçu', 'fichiers reçus')}, {len(bilan.deja_la)} déjà là.")
    if bilan.echecs:
        raise ErreurReseau(
            f"{accorder(len(bilan.echecs), 'fichier manque', 'fichiers manquent')} :\n"
            + "\n".join(f"  - {echec}" for echec in bilan.echecs)
            + "\nLes autres sont gardés. Relancez la même commande pour reprendre."
        )
    prefixe = "" if academie == choisie else f"ECLORE_ACADEMIE={academie.code} "
    tell(f"Pour les charger : {prefixe}python -m indicators charger {dossier}")
