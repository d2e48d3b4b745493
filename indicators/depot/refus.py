"""Why a deposit cannot go further, told whole."""

from indicators.depot.modele import Depot, Table
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.francais import accorder
from indicators.ingestion.rapport import Constat

RIEN = "Rien n’a été chargé : la version servie n’a pas changé."


def refuse_bloquants(depot: Depot) -> None:
    """Refuse a deposit with nothing to publish in it.

    Raises:
        ErreurFichier: the blocking findings of all its tables.
        ErreurUsage: it was not read, it was published, or every table is already loaded.
    """
    if not depot.tables:
        raise ErreurUsage("Les fichiers de ce dépôt n’ont pas été contrôlés. Rouvrez-le pour lancer leur contrôle.")
    refusees = [table for table in depot.tables if not table.rapport.est_publiable]
    if refusees:
        textes = (_tell_bloquants(table) for table in refusees)
        raise ErreurFichier("\n\n".join(textes) + f"\n\n{RIEN}")
    if depot.version:
        raise ErreurUsage(
            f"Ce dépôt est déjà publié : c’est la version {int(depot.version[1:])}. "
            "Déposez d’autres fichiers pour en publier une autre."
        )
    if not depot.nouvelles:
        raise ErreurUsage("Tous ces extraits sont déjà chargés : il n’y a rien à publier. Déposez un autre fichier.")


def refuse_non_signes(depot: Depot) -> None:
    """Refuse a deposit whose warnings nobody accepted.

    Raises:
        ErreurFichier: the warnings that wait for a signature.
    """
    if not depot.a_signer:
        return
    textes = (
        _tell(table, f" : {accorder(len(table.a_signer), 'avertissement')} à accepter", table.a_signer)
        for table in depot.tables
        if table.a_signer
    )
    raise ErreurFichier(
        "\n\n".join(textes) + f"\n\n{RIEN} Corrigez les fichiers, ou acceptez en disant pourquoi : page Chargement, "
        'ou « charger --accepter "VOTRE RAISON" ».'
    )


def _tell_bloquants(table: Table) -> str:
    bloquants = table.rapport.bloquants
    return _tell(table, f" refusé : {accorder(len(bloquants), 'problème')}", bloquants)


def _tell(table: Table, verdict: str, constats: tuple[Constat, ...]) -> str:
    titre = f" ({table.rapport.format.titre})" if table.rapport.format else ""
    liste = "\n".join(map(str, constats))
    return f"Extrait « {table.nom} »{titre}{verdict}.\n{liste}"
