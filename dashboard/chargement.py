"""The page Chargement as ready HTML, around the reports: heads, tables of a deposit, signatures. Pure, no Streamlit."""

from collections.abc import Sequence
from datetime import datetime

from dashboard import chargement_changements, rapport_fichier
from dashboard.chargement_verdicts import judge_table
from dashboard.formats import FINE, INSECABLE, accorder, echapper, format_date, format_nombre, html_ordinaux
from dashboard.navigation import lien
from dashboard.rapport_fichier import Verdict, draw_marque
from indicators.base import Version
from indicators.depot import Depot, Etat, Table
from indicators.francais import typographier

CSS = rapport_fichier.CSS
PAGE = "chargement"


def format_moment(moment: datetime) -> str:
    """«14 novembre 2025 à 10 h 42»."""
    return f"{format_date(moment)} à {moment:%H}{INSECABLE}h{INSECABLE}{moment:%M}"


def name_depot(depot: Depot) -> str:
    """Its only file, or «Dépôt de 5 fichiers»."""
    if len(depot.fichiers) == 1:
        return depot.fichiers[0].nom
    return f"Dépôt de {accorder(len(depot.fichiers), 'fichier')}" if depot.fichiers else "Dépôt"


def choose_table(depot: Depot, rang: str) -> Table | None:
    """The table that the address opens, or the only one; None for the list of all."""
    if len(depot.tables) == 1:
        return depot.tables[0]
    est_rang = rang.isascii() and rang.isdecimal() and 1 <= int(rang) <= len(depot.tables)
    return depot.tables[int(rang) - 1] if est_rang else None


def is_entier(depot: Depot, table: Table | None) -> bool:
    """Whether the page shows the whole deposit, not one of its tables."""
    return table is None or len(depot.tables) == 1


def render_accueil(servie: Version | None) -> str:
    """Head of the page without any deposit."""
    etat = "Rien n’est encore publié."
    if servie:
        etat = f"La version{INSECABLE}{servie.numero} est affichée, du {format_moment(servie.publie_le)}."
    return (
        f'<div class="tete"><div><h1>Charger des extraits</h1></div><p class="note">{etat}</p></div>'
        '<p class="lead">Déposez les fichiers tels que vous les avez reçus. Ils sont contrôlés d’abord'
        f"{FINE}; rien n’est publié sans votre accord, et toute publication s’annule.</p>"
    )


def render_tete(depot: Depot, table: Table | None) -> str:
    """Breadcrumb, name, who handed it in and when; how the open table was read."""
    fil = [f'<a href="{PAGE}">Chargement</a>']
    if table is not None and len(depot.tables) > 1:
        fil.append(f'<a href="{lien(PAGE, depot=depot.id)}">{echapper(name_depot(depot))}</a>')
    fil.append("Rapport du fichier" if table is not None else "Rapports du dépôt")
    recu = f"Reçu le {format_moment(depot.cree_le)}, par {echapper(depot.auteur)}"
    details = f"<br>{_describe_lecture(table)}" if table is not None else ""
    titre = table.nom if table is not None else name_depot(depot)
    return (
        f'<div class="tete"><div><div class="fil">{" › ".join(fil)}</div><h1>{echapper(titre)}</h1></div>'
        f'<p class="note">{recu}{details}</p></div>'
    )


def _describe_lecture(table: Table) -> str:
    empreinte = table.rapport.sha256
    genre = echapper(typographier(table.rapport.genre))
    return f'{genre} · empreinte <span title="{empreinte}">{empreinte[:6]}…{empreinte[-4:]}</span>'


def render_suite(depot: Depot) -> str:
    """Where to go once it is published; empty before."""
    if depot.etat is not Etat.PUBLIE:
        return ""
    adresses = {
        "Voir le tableau de bord de l’académie": lien("tableau_de_bord"),
        "Les versions, et un autre dépôt": PAGE,
    }
    liens = " · ".join(f'<a class="lien" href="{adresse}">{mot}</a>' for mot, adresse in adresses.items())
    return f'<p class="suivre">{liens}</p>'


def render_tables(depot: Depot) -> str:
    """One row per table: file, sheet, format, lines, verdict; each opens its report."""
    lignes = "".join(_table(depot, rang, table) for rang, table in enumerate(depot.tables, start=1))
    sans = "" if any(table.feuille for table in depot.tables) else " sans-feuille"
    return (
        f'<table class="tab dep{sans}"><caption class="sr">Fichiers du dépôt</caption><thead><tr>'
        '<th scope="col">Fichier</th><th scope="col">Feuille</th><th scope="col">Format</th>'
        '<th scope="col">Rentrées</th>'
        '<th scope="col" class="num">Lignes</th><th scope="col">Verdict</th></tr></thead>'
        f"<tbody>{lignes}</tbody></table>"
    )


def _table(depot: Depot, rang: int, table: Table) -> str:
    rapport, nature = table.rapport, judge_table(table, None).nature
    format_ = html_ordinaux(rapport.format.titre) if rapport.format else "non reconnu"
    annees = rapport_fichier.list_rentrees(rapport.rentrees).partition(" ")[2]
    adresse = echapper(lien(PAGE, depot=depot.id, table=rang))
    return (
        f'<tr><th scope="row"><a href="{adresse}">{echapper(table.fichier)}</a></th><td>{echapper(table.feuille)}</td>'
        f'<td>{format_}</td><td>{annees}</td><td class="num">{format_nombre(rapport.nb_lignes)}</td>'
        f'<td class="v-{nature.value}">{draw_marque(nature, 16)} {_tell_table(table)}</td></tr>'
    )


def _tell_table(table: Table) -> str:
    bloquants = len({constat.controle.code for constat in table.rapport.bloquants})
    if bloquants:
        return accorder(bloquants, "bloquant")
    if table.deja_charge:
        return "déjà chargé"
    if table.a_signer:
        return f"{accorder(len(table.a_signer), 'avertissement')} à signer"
    return "conforme"


def render_etapes(table: Table, verdict: Verdict) -> str:
    """The stages of a table, and the publication of its deposit."""
    return rapport_fichier.render_etapes(table.rapport, verdict)


def render_rapport(table: Table) -> str:
    """The report of a table."""
    return rapport_fichier.render_rapport(table.rapport)


def render_a_signer(depot: Depot) -> str:
    """Warnings of all the tables that wait for a signature, each under the name of its file."""
    return "".join(
        rapport_fichier.render_avertissements(table.a_signer, table.nom) for table in depot.tables if table.a_signer
    )


def render_signatures(depot: Depot) -> str:
    """Who accepted the warnings of a deposit, when and why; empty when nobody had to."""
    signees = dict.fromkeys(a for table in depot.tables for a in table.acceptations)
    return "".join(
        f'<p class="sig"><b>{echapper(a.auteur)}</b> a accepté '
        f"{accorder(len(a.controles), 'avertissement')} le {format_moment(datetime.fromisoformat(a.date))}{INSECABLE}: "
        f"«{INSECABLE}{echapper(a.raison)}{INSECABLE}»</p>"
        for a in signees
    )


def render_changements(depot: Depot) -> str:
    """What the publication of a deposit changes; empty before it is prepared."""
    if depot.changements is None:
        return ""
    revisions = [(table.nom, revision) for table, revision in depot.revisions]
    return chargement_changements.render_changements(depot.changements, revisions, depot.etat is Etat.PUBLIE)


def render_depots(depots: Sequence[Depot]) -> str:
    """Deposits that are not finished, each with what it waits for; empty without any."""
    if not depots:
        return ""
    lignes = "".join(
        f'<li><a class="lien" href="{lien(PAGE, depot=depot.id)}">{echapper(name_depot(depot))}</a>, '
        f"{format_moment(depot.cree_le)}, par {echapper(depot.auteur)}{INSECABLE}: {ATTENTES[depot.etat]}</li>"
        for depot in depots
    )
    return f'<section><h2>Dépôts en attente</h2><ul class="att">{lignes}</ul></section>'


ATTENTES = {
    Etat.RECU: "à contrôler",
    Etat.BLOQUE: "à corriger",
    Etat.A_SIGNER: "à signer",
    Etat.PRET: "à préparer",
    Etat.PREPARE: "à publier",
    Etat.PUBLIE: "publié",
    Etat.SANS_EFFET: "déjà chargé",
}
"""What a deposit waits for, by state."""
