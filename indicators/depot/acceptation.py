"""Somebody signs for the warnings of a deposit: who, when, why. The journal keeps it with the load."""

from indicators.depot.modele import Depot, Table
from indicators.depot.stockage import write_depot
from indicators.erreurs import ErreurUsage
from indicators.ingestion.fautes import cite
from indicators.journal import Acceptation, now
from indicators.sources import Dossiers

RAISON_MAXIMALE = 500


def accept_depot(dossiers: Dossiers, depot: Depot, auteur: str, raison: str) -> Depot:
    """Accept every warning that waits for a signature; what blocks stays so.

    Raises:
        ErreurUsage: no author or no reason.
    """
    auteur, raison = (cite(" ".join(texte.split()), RAISON_MAXIMALE) for texte in (auteur, raison))
    if not auteur or not raison:
        manque = "la raison" if auteur else "le nom de qui signe"
        raise ErreurUsage(
            f"L’acceptation n’est pas signée : il manque {manque}. "
            "Dites qui accepte et pourquoi : le journal le garde avec l’extrait."
        )
    tables = tuple(_sign(table, auteur, raison) for table in depot.tables)
    return write_depot(depot.model_copy(update={"tables": tables}))


def _sign(table: Table, auteur: str, raison: str) -> Table:
    constats = table.a_signer
    if not constats:
        return table
    controles = tuple(dict.fromkeys(constat.controle.code for constat in constats))
    acceptation = Acceptation(auteur, now(), raison, controles)
    signes = (*table.signes, *(constat.constat for constat in constats))
    return table.model_copy(update={"acceptations": (*table.acceptations, acceptation), "signes": signes})
