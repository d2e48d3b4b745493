"""A report as the terminal shows it: stage by stage, every fault at once."""

from indicators.base.versions import Bilan, Version
from indicators.depot import Depot, Table
from indicators.francais import MOINS, accorder, format_nombre
from indicators.ingestion.rapport import Constat, Gravite, Rapport

LARGEUR = 17
NOMS_CITES = 4

_PLURIELS = {Gravite.BLOQUANT: "bloquants", Gravite.AVERTISSEMENT: "avertissements"}


def format_depot(depot: Depot) -> str:
    """The reports of all the tables of a deposit, and what can be done."""
    textes = [_format_table(table) for table in depot.tables]
    return "\n\n".join([*textes, _conclude(depot)])


def _format_table(table: Table) -> str:
    rapport = table.rapport
    lignes = [f"« {table.nom} » · {rapport.genre}", f"  {_describe(rapport)}"]
    if table.deja_charge:
        return "\n".join([*lignes, "  Déjà chargé : rien à faire."])
    for etape, jugement in rapport.judge_etapes().items():
        if jugement is None:
            lignes.append(f"  {etape.titre:<{LARGEUR}}non commencée")
            continue
        lignes.append(f"  {etape.titre:<{LARGEUR}}{_judge(*jugement)}")
        trouves = [constat for constat in rapport.constats if constat.controle.etape is etape]
        lignes += [_format_constat(constat) for constat in sorted(trouves, key=_rank)]
    return "\n".join(lignes)


def _describe(rapport: Rapport) -> str:
    if rapport.format is None:
        proches = " ; ".join(proche.titre for proche in rapport.proches)
        return "Format inconnu" + (f", proche de : {proches}" if proches else "")
    parties = [rapport.format.titre, accorder(rapport.nb_lignes, "ligne lue", "lignes lues")]
    if rapport.rentrees:
        debut, fin = min(rapport.rentrees), max(rapport.rentrees)
        parties.append(f"rentrée {debut}" if debut == fin else f"rentrées {debut} à {fin}")
    if rapport.nb_hors_academie:
        parties.append(f"{format_nombre(rapport.nb_hors_academie)} d’une autre académie, laissées")
    if rapport.nb_a_corriger:
        parties.append(f"{format_nombre(rapport.nb_a_corriger)} à corriger")
    if rapport.nb_averties:
        parties.append(f"{format_nombre(rapport.nb_averties)} avec avertissement")
    return ", ".join(parties)


def _judge(gravite: Gravite, nombre: int) -> str:
    if gravite is Gravite.CONFORME:
        return "conforme"
    return accorder(nombre, gravite.value, _PLURIELS[gravite])


def _format_constat(constat: Constat) -> str:
    signe = "×" if constat.gravite is Gravite.BLOQUANT else "!"
    suite = " (à accepter en signant)" if constat.controle.signature else ""
    premiere, *autres = str(constat).removeprefix("- ").split("\n")
    return "\n".join([f"    {signe} {premiere}{suite}", *(f"    {ligne}" for ligne in autres)])


def _rank(constat: Constat) -> bool:
    return constat.gravite is not Gravite.BLOQUANT


def _conclude(depot: Depot) -> str:
    refusees = [table for table in depot.tables if not table.rapport.est_publiable]
    conformes = accorder(len(depot.tables) - len(refusees), "extrait conforme", "extraits conformes")
    if refusees:
        return f"{conformes}, {accorder(len(refusees), 'extrait')} à corriger. Rien n’a été chargé."
    if depot.a_signer:
        signer = accorder(len(depot.a_signer), "avertissement")
        return f'{conformes}, {signer} à accepter (« charger --accepter "VOTRE RAISON" »). Rien n’a été chargé.'
    return f"{conformes}. Rien n’a été chargé."


def format_version(version: Version, est_servie: bool) -> str:
    """One published version: a line, then what it changed."""
    marque = "servie →" if est_servie else "        "
    nature = "démonstration" if version.est_demo else "extraits réels"
    date = version.publie_le.strftime("%d/%m/%Y %H:%M")
    ligne = f"{marque} {version.numero:>4}  {date}  {version.auteur}  {nature}  {version.resume}"
    return "\n".join([ligne, *(f"{'':>15}{detail}" for detail in describe_bilan(version))])


def describe_bilan(version: Version) -> list[str]:
    """What a version changed, a few short lines."""
    bilan, lignes = version.bilan, []
    if bilan is not None:
        lignes += [f"+ {_cut(bilan.ajoutes)}"] if bilan.ajoutes else []
        lignes += [f"{MOINS} {_cut(bilan.retires)}"] if bilan.retires else []
        lignes.append(_count_changes(bilan))
    signatures = dict.fromkeys((acceptation.auteur, acceptation.raison) for acceptation in version.acceptations)
    return lignes + [f"accepté par {auteur} : « {raison} »" for auteur, raison in signatures]


def _cut(noms: tuple[str, ...]) -> str:
    reste = len(noms) - NOMS_CITES
    suite = f" et {accorder(reste, 'autre')}" if reste > 0 else ""
    return " · ".join(noms[:NOMS_CITES]) + suite


def _count_changes(bilan: Bilan) -> str:
    mots = (
        (bilan.valeurs_ajoutees, "valeur ajoutée", "valeurs ajoutées"),
        (bilan.valeurs_changees, "valeur changée", "valeurs changées"),
        (bilan.valeurs_retirees, "valeur retirée", "valeurs retirées"),
        (bilan.etats_changes, "comparaison change de réponse", "comparaisons changent de réponse"),
    )
    dits = [accorder(nombre, un, plusieurs) for nombre, un, plusieurs in mots if nombre]
    return ", ".join(dits) or "aucune valeur changée"
