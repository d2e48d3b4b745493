"""What each command does, with arguments already parsed."""

import argparse
import tempfile
from pathlib import Path

from indicators import exports
from indicators.base import list_versions, open_base, read_version_courante
from indicators.base.versions import Version
from indicators.chargement import Options, control_extraits, load_extraits
from indicators.commandes.analyse import tell
from indicators.erreurs import ErreurUsage
from indicators.ingestion.fautes import cite
from indicators.journal import read_journal
from indicators.publication import get_dossiers, publish, restore


def charger(arguments: argparse.Namespace) -> None:
    """Load files and publish them."""
    options = Options(arguments.rentree, arguments.remplacer, not arguments.sans_publier)
    version = load_extraits(_list_fichiers(arguments.fichiers), get_dossiers(), options, tell)
    if version:
        _announce(version)
    elif arguments.sans_publier:
        tell("Chargé sans publier. Publiez avec « python -m indicators publier ».")
    else:
        tell("Tous ces extraits étaient déjà chargés : la version servie n’a pas changé.")


def controler(arguments: argparse.Namespace) -> None:
    """Read files and say their faults, without loading."""
    with tempfile.TemporaryDirectory() as attente:
        lus = control_extraits(_list_fichiers(arguments.fichiers), Path(attente), Options(arguments.rentree), tell)
    tell(f"{len(lus)} fichier(s) conforme(s). Rien n’a été chargé.")


def publier(arguments: argparse.Namespace) -> None:
    """Publish what the journal holds."""
    _announce(publish(get_dossiers(), progres=tell))


def versions(arguments: argparse.Namespace) -> None:
    """List the published versions, the one served marked."""
    processed = get_dossiers().processed
    courante = read_version_courante(processed)
    if courante is None:
        raise ErreurUsage("Aucune version n’est publiée. Chargez un extrait (« charger FICHIER ») ou lancez « demo ».")
    for version in list_versions(processed):
        marque = "servie →" if version == courante else "        "
        nature = "démonstration" if version.est_demo else "extraits réels"
        date = version.publie_le.strftime("%d/%m/%Y %H:%M")
        print(f"{marque} {version.numero:>4}  {date}  {version.auteur}  {nature}  {version.resume}")


def retablir(arguments: argparse.Namespace) -> None:
    """Serve an older version again."""
    version = restore(get_dossiers(), arguments.version)
    tell(f"La version {version.numero} est de nouveau servie. Le journal n’a pas changé : « publier » le suivra.")


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
    base = open_base(get_dossiers().processed, arguments.version)
    lignes = exports.select_valeurs(base, arguments.territoire, arguments.indicateur, arguments.rentree)
    exports.write(lignes, arguments.format, Path(arguments.sortie) if arguments.sortie else None)


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


def _announce(version: Version) -> None:
    nature = " (données de démonstration, chiffres fictifs)" if version.est_demo else ""
    tell(f"Version {version.numero} publiée{nature}.")
