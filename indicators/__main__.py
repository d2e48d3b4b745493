"""Entry point of `python -m indicators`."""

import os
import signal
import sys

if __name__ == "__main__":  # Ctrl-C during the imports below, which take a second
    signal.signal(signal.SIGINT, lambda *_: (os.write(2, "Interrompu à votre demande.\n".encode()), os._exit(130)))

import duckdb

from indicators import exports
from indicators.commandes import actions, recuperer
from indicators.commandes.analyse import Analyseur, add_commande, tell
from indicators.erreurs import ErreurBase, ErreurIndicateurs
from indicators.systeme import explain_panne

_DESCRIPTION = """Éclore : charger, contrôler, publier et relire les indicateurs des réseaux.

Les données vivent dans data/, ou dans le dossier que nomme ECLORE_DONNEES.
L’académie est celle de Poitiers (13), ou celle dont ECLORE_ACADEMIE donne le code.
Codes de sortie : 0 réussite, 2 usage, 3 fichier refusé, 4 base, 5 catalogue, 6 réseau, 130 interruption."""


def build_analyseur() -> Analyseur:
    """The parser of every command."""
    analyseur = Analyseur(prog="python -m indicators", description=_DESCRIPTION)
    commandes = analyseur.add_subparsers(title="Commandes", metavar="COMMANDE", required=True, dest="commande")
    _add_charger(commandes)
    _add_versions(commandes)
    add_commande(
        commandes, "demo", "remplit une installation vide de données fictives", actions.demo,
        "python -m indicators demo",
    )  # fmt: skip
    recuperer.add_arguments(add_commande(
        commandes, "recuperer", "télécharge les données ouvertes d’une académie, à votre demande", recuperer.recuperer,
        "python -m indicators recuperer --academie Poitiers",
    ))  # fmt: skip
    _add_exporter(commandes)
    return analyseur


def _add_charger(commandes) -> None:
    charger = add_commande(
        commandes, "charger", "charge des extraits et les publie : tous, ou aucun", actions.charger,
        "python -m indicators charger extraits/*.csv",
    )  # fmt: skip
    charger.add_argument(
        "--accepter", metavar="RAISON", default="", help="accepte en signant les avertissements, et dit pourquoi"
    )
    charger.add_argument("--auteur", metavar="NOM", default="", help="qui charge et signe (vous, par défaut)")
    charger.add_argument("--sans-publier", action="store_true", help="inscrit au journal sans publier")
    controler = add_commande(
        commandes, "controler", "lit des fichiers et dit leurs fautes, sans rien charger", actions.controler,
        "python -m indicators controler decrochage_2024.xlsx --rapport fautes.xlsx",
    )  # fmt: skip
    controler.add_argument("--rapport", metavar="FICHIER.xlsx", help="écrit aussi le rapport et les lignes à corriger")
    for commande in (charger, controler):
        commande.add_argument(
            "fichiers", nargs="+", metavar="FICHIER", help="extrait, archive ZIP ou dossier d’extraits"
        )
        commande.add_argument("--rentree", type=int, metavar="N", help="rentrée des fichiers qui ne disent pas la leur")


def _add_versions(commandes) -> None:
    add_commande(
        commandes, "publier", "construit une version à partir du journal et la sert", actions.publier,
        "python -m indicators publier",
    )  # fmt: skip
    add_commande(
        commandes, "versions", "liste les versions publiées et ce que chacune a changé", actions.versions,
        "python -m indicators versions",
    )  # fmt: skip
    add_commande(
        commandes, "annuler", "annule la dernière publication : la version d’avant est servie", actions.annuler,
        "python -m indicators annuler",
    )  # fmt: skip
    retablir = add_commande(
        commandes, "retablir", "sert de nouveau une autre version, avec ses extraits", actions.retablir,
        "python -m indicators retablir 3",
    )  # fmt: skip
    retablir.add_argument("version", metavar="VERSION", help="numéro ou nom (3 ou v0003)")


def _add_exporter(commandes) -> None:
    exporter = add_commande(
        commandes, "exporter", "écrit les chiffres d’un territoire", actions.exporter,
        "python -m indicators exporter --territoire A13 --indicateur taux_reussite_dnb --format csv",
    )  # fmt: skip
    exporter.add_argument("--territoire", required=True, metavar="CODE", help="UAI, R…, IR…, D16 ou A13")
    exporter.add_argument("--indicateur", metavar="CODE", help="un seul indicateur (tous par défaut)")
    exporter.add_argument("--rentree", type=int, metavar="N", help="une seule rentrée (2024 pour 2024-2025)")
    exporter.add_argument("--format", choices=exports.FORMATS, default="csv", help="csv (par défaut), json ou parquet")
    exporter.add_argument("--sortie", metavar="FICHIER", help="fichier à écrire (sortie standard par défaut)")
    exporter.add_argument("--version", metavar="VERSION", help="version à lire (celle qui est servie par défaut)")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code. Errors that a user can mend are printed without a traceback."""
    try:
        choix = build_analyseur().parse_args(arguments)
        choix.action(choix)
    except ErreurIndicateurs as erreur:
        tell(str(erreur))
        return erreur.code_sortie
    except KeyboardInterrupt:
        return _tell_interruption()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of a pipe had enough
        return 0
    except (OSError, MemoryError, duckdb.Error) as erreur:
        if "KeyboardInterrupt" in str(erreur):
            return _tell_interruption()  # DuckDB wraps what stops it
        if not _is_of_machine(erreur):
            raise  # a bug: let it be seen
        tell(_explain_machine(erreur))
        return ErreurBase.code_sortie
    return 0


def _tell_interruption() -> int:
    tell("Interrompu à votre demande. La version servie n’a pas changé.")
    return 130


_PLEIN = "No space left"


def _is_of_machine(erreur: Exception) -> bool:
    """Whether the machine failed, not the program: DuckDB tells a full disk in several ways."""
    de_duckdb = isinstance(erreur, (duckdb.IOException, duckdb.OutOfMemoryException)) or _PLEIN in str(erreur)
    return de_duckdb or not isinstance(erreur, duckdb.Error)


def _explain_machine(erreur: Exception) -> str:
    """A fault of the machine: disk, rights or memory."""
    if isinstance(erreur, OSError):
        sujet = f"« {erreur.filename} »" if erreur.filename else "Un fichier"
        cause = f"{sujet} ne peut pas être lu ou écrit ({explain_panne(erreur)})"
    elif isinstance(erreur, duckdb.Error) and not isinstance(erreur, duckdb.OutOfMemoryException):
        panne = "le disque est plein" if _PLEIN in str(erreur) else "disque ou droits"
        cause = f"Un fichier de la base ne peut pas être lu ou écrit ({panne})"
    else:
        cause = "La mémoire de la machine ne suffit pas"
    return f"{cause}. La version servie n’a pas changé. Vérifiez la place libre et vos droits, puis recommencez."


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout.reconfigure(errors="replace")  # a terminal that knows neither → nor fine spaces still shows the rest
    sys.exit(main())
