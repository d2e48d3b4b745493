"""What can be done with a deposit now, in the words of the band and of the last stage. Pure, no Streamlit."""

from dataclasses import replace

from dashboard.chargement_changements import summarise
from dashboard.formats import accorder, format_nombre
from dashboard.rapport_fichier import Verdict
from indicators.base import Version
from indicators.depot import Depot, Etat, Table
from indicators.francais import typographier
from indicators.ingestion.rapport import Gravite


def judge(depot: Depot, table: Table | None, servie: Version | None) -> Verdict:
    """The verdict that the page shows: of the whole deposit, or of one table among several."""
    return judge_depot(depot, servie) if table is None or len(depot.tables) == 1 else judge_table(table, servie)


def judge_depot(depot: Depot, servie: Version | None) -> Verdict:
    """What can be done with a deposit now, in the words of the band and of the last stage.

    Args:
        servie: the version that readers see, None when nothing was ever published.
    """
    juges = {
        Etat.RECU: _judge_recu,
        Etat.BLOQUE: _judge_bloque,
        Etat.A_SIGNER: _judge_a_signer,
        Etat.PRET: _judge_pret,
        Etat.PREPARE: _judge_pret,
        Etat.PUBLIE: _judge_publie,
        Etat.SANS_EFFET: _judge_sans_effet,
    }
    verdict = juges[depot.etat](depot, servie)
    return replace(verdict, titre=typographier(verdict.titre), texte=typographier(verdict.texte))


def _judge_recu(depot: Depot, servie: Version | None) -> Verdict:
    texte = f"{_tell_inchange(servie)} Lancez le contrôle : il reprend au début."
    return Verdict(
        Gravite.AVERTISSEMENT, "Le contrôle n’est pas terminé", texte, "non commencé", "en attente du contrôle"
    )


def _judge_bloque(depot: Depot, servie: Version | None) -> Verdict:
    fautives = [table for table in depot.tables if not table.rapport.est_publiable]
    detail = "en attente d’un fichier sans bloquant"
    if len(depot.tables) > 1:
        mots = "fichiers sont" if len(fautives) > 1 else "fichier est"
        titre = f"Ce dépôt ne peut pas être publié : {len(fautives)} {mots} à corriger"
        texte = f"{_tell_inchange(servie)} Redéposez les fichiers corrigés, ou retirez-les pour publier les autres."
        return Verdict(Gravite.BLOQUANT, titre, texte, "non commencé", detail)
    return replace(judge_table(fautives[0], servie), detail=detail)


def judge_table(table: Table, servie: Version | None) -> Verdict:
    """What one table of a deposit is worth, whatever the others are."""
    rapport = table.rapport
    controles = {constat.controle.code for constat in rapport.bloquants}
    if rapport.format is None and rapport.entetes:
        texte = f"{_tell_inchange(servie)} Associez ses colonnes ci-dessous, ou rétablissez son en-tête."
        return _make_verdict(Gravite.BLOQUANT, "Ce fichier n’est d’aucun format connu", texte, "non commencé")
    if controles:
        nombre = accorder(len(controles), "contrôle bloquant", "contrôles bloquants")
        texte = f"{_tell_inchange(servie)} {_tell_corriger(rapport.nb_a_corriger)}, puis redéposez le fichier."
        titre = f"Ce fichier ne peut pas être publié : {nombre}"
        return _make_verdict(Gravite.BLOQUANT, titre, texte, "non commencé")
    if table.deja_charge:
        texte = "Il n’est pas chargé une seconde fois."
        return _make_verdict(Gravite.CONFORME, "Ces chiffres sont déjà chargés", texte, "sans objet")
    if table.a_signer:
        nombre = accorder(len(table.a_signer), "avertissement")
        texte = "Ils s’acceptent en signant, pour tout le dépôt."
        return _make_verdict(Gravite.AVERTISSEMENT, f"Ce fichier est lu : {nombre} à accepter", texte, "à signer")
    return _make_verdict(Gravite.CONFORME, "Rien ne s’oppose à la publication de ce fichier", "", "non commencé")


def _make_verdict(nature: Gravite, titre: str, texte: str, mot: str) -> Verdict:
    return Verdict(nature, typographier(titre), typographier(texte), mot, "se décide pour tout le dépôt")


def _judge_a_signer(depot: Depot, servie: Version | None) -> Verdict:
    nombre = accorder(len(depot.a_signer), "avertissement")
    texte = f"{_tell_inchange(servie)} Corrigez le fichier, ou acceptez en disant qui et pourquoi. {_tell_effet(depot)}"
    titre = f"À signer avant de publier : {nombre}"
    return Verdict(Gravite.AVERTISSEMENT, titre, texte, "à signer", f"{nombre} à accepter", Gravite.AVERTISSEMENT)


def _judge_pret(depot: Depot, servie: Version | None) -> Verdict:
    if depot.candidat is None:
        texte = f"{_tell_inchange(servie)} Préparez la version pour voir ce qui change."
        return Verdict(Gravite.CONFORME, "Rien ne s’oppose à la publication", texte, "non commencé", "à préparer")
    numero = depot.candidat.version.numero
    texte = f"{_tell_effet(depot)} {_tell_demo(depot, servie)}"
    return Verdict(Gravite.CONFORME, f"La version {numero} est prête", texte, "prête", f"version {numero}, en un clic")


def _judge_publie(depot: Depot, servie: Version | None) -> Verdict:
    numero = int(depot.version[1:])
    if servie is not None and servie.nom == depot.version:
        texte = f"{_tell_effet(depot)} Elle est affichée partout ; les pages ouvertes le disent."
        return Verdict(Gravite.CONFORME, f"La version {numero} est publiée", texte, "publiée", f"version {numero}",
                       Gravite.CONFORME)  # fmt: skip
    affichee = f"la version {servie.numero} est affichée" if servie else "aucune version n’est affichée"
    titre = f"La version {numero} n’est plus affichée"
    texte = f"Elle a été publiée, puis remplacée ou annulée : {affichee}."
    return Verdict(Gravite.AVERTISSEMENT, titre, texte, "remplacée", affichee)


def _judge_sans_effet(depot: Depot, servie: Version | None) -> Verdict:
    texte = f"{_tell_inchange(servie)} Ces chiffres sont ceux qui sont déjà chargés."
    return Verdict(Gravite.CONFORME, "Déjà chargé : rien à publier", texte, "sans objet", "rien de nouveau")


def _tell_inchange(servie: Version | None) -> str:
    return f"Rien n’a changé : la version {servie.numero} reste affichée." if servie else "Rien n’est encore publié."


def _tell_corriger(nb_lignes: int) -> str:
    if not nb_lignes:
        return "Corrigez le fichier"
    return f"Corrigez {'la ligne' if nb_lignes == 1 else f'les {format_nombre(nb_lignes)} lignes'} en cause"


def _tell_effet(depot: Depot) -> str:
    if depot.changements is None:
        return ""
    effet = summarise(depot.changements)
    return f"{effet[:1].upper()}{effet[1:]}."


def _tell_demo(depot: Depot, servie: Version | None) -> str:
    if servie is None or not servie.est_demo or depot.options.est_demo:
        return ""
    return "Vos extraits remplaceront les données de démonstration."
