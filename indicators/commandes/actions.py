"""What each command does, with arguments already parsed."""

import argparse
import tempfile
from pathlib import Path

from indicators import exports
from indicators.base import list_versions, open_base, read_servie, read_version_courante
from indicators.base.versions import Version
from indicators.chargement import Options, control_extraits, load_extraits
from indicators.commandes.analyse import tell
from indicators.commandes.rapports import describe_bilan, format_depot, format_version
from indicators.depot import Depot, Etat
from indicators.erreurs import ErreurFichier, ErreurUsage
from indicators.francais import accorder, typographier
from indicators.ingestion.corrections import write_rapport_xlsx
from indicators.ingestion.fautes import cite, cite_nom
from indicators.journal import read_journal
from indicators.publication import get_dossiers, publish, restore, undo_publication


def charger(arguments: argparse.Namespace) -> None:
    """Load files and publish them."""
    publier = not arguments.sans_publier
    options = Options(arguments.rentree, arguments.accepter, publier, auteur=arguments.auteur)
    version = load_extraits(_list_fichiers(arguments.fichiers), get_dossiers(), options, tell)
    if version:
        _announce(version)
    elif arguments.sans_publier:
        tell("Chargé sans publier. Publiez avec « python -m indicators publier ».")
    else:
        tell("Tous ces extraits étaient déjà chargés : la version servie n’a pas changé.")


def controler(arguments: argparse.Namespace) -> None:
    """Read files and print their reports, without loading."""
    chemins = _list_fichiers(arguments.fichiers)
    with control_extraits(chemins, get_dossiers(), Options(arguments.rentree), tell) as depot:
        print(typographier(format_depot(depot)))
        if arguments.rapport:
            _write_rapports(depot, Path(arguments.rapport))
        if depot.etat is Etat.BLOQUE:
            raise ErreurFichier("Corrigez ces fichiers, puis chargez-les : rien n’a été chargé.")


def publier(arguments: argparse.Namespace) -> None:
    """Publish what the journal holds."""
    _announce(publish(get_dossiers(), progres=tell))


def versions(arguments: argparse.Namespace) -> None:
    """List the published versions, the one served marked."""
    processed = get_dossiers().processed
    courante = read_version_courante(processed)
    _tell_avis(processed)
    if courante is None:
        raise ErreurUsage("Aucune version n’est publiée. Chargez un extrait (« charger FICHIER ») ou lancez « demo ».")
    for version in list_versions(processed):
        print(typographier(format_version(version, version == courante)))


def retablir(arguments: argparse.Namespace) -> None:
    """Serve an older version again."""
    version = restore(get_dossiers(), arguments.version)
    _announce_retour(version)


def annuler(arguments: argparse.Namespace) -> None:
    """Serve the version that the one served now replaced."""
    _announce_retour(undo_publication(get_dossiers()))


def demo(arguments: argparse.Namespace) -> None:
    """Fill an empty installation with fictional figures."""
    from indicators.demo import generate_demo  # the generator is needed by this command only

    dossiers = get_dossiers()
    reels = [chargement for chargement in read_journal(dossiers.raw) if not chargement.est_demo]
    if reels:
        raise ErreurUsage(
            f"{len(reels)} extrait(s) réel(s) sont chargés : la démonstration ne s’y ajoute pas. "
            "Nommez un autre dossier par ECLORE_DONNEES, puis relancez « demo »."
        )
    with tempfile.TemporaryDirectory() as temporaire:
        tell("Écriture d’extraits fictifs dans les formats réels")
        chemins = [chemin for chemin in generate_demo(Path(temporaire)) if chemin.suffix != ".txt"]
        version = load_extraits(chemins, dossiers, Options(est_demo=True), tell)
    if version:
        _announce(version)
    else:
        tell("La démonstration est déjà chargée.")


def exporter(arguments: argparse.Namespace) -> None:
    """Print the rows of the long table."""
    processed = get_dossiers().processed
    if not arguments.version:
        _tell_avis(processed)
    base = open_base(processed, arguments.version)
    lignes = exports.select_valeurs(base, arguments.territoire, arguments.indicateur, arguments.rentree)
    exports.write(lignes, arguments.format, Path(arguments.sortie) if arguments.sortie else None)


def _tell_avis(processed: Path) -> None:
    """Say that an earlier version is read in place of the one published last."""
    if avis := read_servie(processed).avis:
        tell(avis)


def _list_fichiers(noms: list[str]) -> list[Path]:
    """The files named, a folder standing for the files directly in it."""
    chemins = []
    for nom in noms:
        chemin = Path(nom)
        if nom and chemin.is_dir():
            chemins += sorted(c for c in chemin.iterdir() if c.is_file() and not c.name.startswith("."))
        elif nom and chemin.exists():
            chemins.append(chemin)
        else:
            raise ErreurUsage(f"Le fichier « {cite(nom, 120)} » n’existe pas. Vérifiez son nom et son dossier.")
    return chemins


def _write_rapports(depot: Depot, chemin: Path) -> None:
    """One workbook per table; beyond the first, their names are numbered."""
    for rang, table in enumerate(depot.tables, start=1):
        sortie = chemin if rang == 1 else chemin.with_stem(f"{chemin.stem}-{rang}")
        sortie.write_bytes(write_rapport_xlsx(table.rapport, table.dossier_rapport))
        tell(f"Rapport de « {table.nom} » écrit dans « {cite_nom(sortie)} ».")
    tell("Corrigez les lignes qu’il liste, puis chargez ensemble le fichier et son rapport.")


def _announce_retour(version: Version) -> None:
    extraits = accorder(len(version.chargements or ()), "extrait en vigueur", "extraits en vigueur")
    tell(f"La version {version.numero} est de nouveau servie, avec ses extraits : {extraits}.")


def _announce(version: Version) -> None:
    nature = " (données de démonstration, chiffres fictifs)" if version.est_demo else ""
    tell(f"Version {version.numero} publiée{nature}.")
    for ligne in describe_bilan(version):
        tell(f"  {ligne}")
