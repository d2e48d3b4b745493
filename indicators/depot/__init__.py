"""Deposits: hand in files, read their reports, accept, prepare, publish. The page and the command line do the same.

depot = create_depot(dossiers, [("ips.csv", flux)], "Service statistique")
depot = control_depot(dossiers, depot, Options(), print)          # depot.tables[0].rapport
depot = accept_depot(dossiers, depot, "Service statistique", "révision annoncée par la DEPP")
depot = prepare_depot(dossiers, depot, print)                     # depot.changements
version = publish_depot(dossiers, depot, print)
"""

from indicators.depot.acceptation import accept_depot
from indicators.depot.controle import control_depot
from indicators.depot.modele import Candidat, Depot, Etat, Fichier, Options, Table
from indicators.depot.preparation import prepare_depot
from indicators.depot.publication import publish_depot, record_depot
from indicators.depot.reception import add_fichiers, create_depot, remove_fichier
from indicators.depot.stockage import abandon_depot, list_depots, read_depot

__all__ = [
    "Candidat",
    "Depot",
    "Etat",
    "Fichier",
    "Options",
    "Table",
    "abandon_depot",
    "accept_depot",
    "add_fichiers",
    "control_depot",
    "create_depot",
    "list_depots",
    "prepare_depot",
    "publish_depot",
    "read_depot",
    "record_depot",
    "remove_fichier",
]
