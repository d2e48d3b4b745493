"""Readers during publications: errors, mixed versions, and the rate beside that of readers left alone.

A read opens the version served and asks it several questions, whose answers must all come from that version.
Run from the root: python -m benchmarks.lectures
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from indicators.base import open_base
from indicators.chargement import Options, load_extraits
from indicators.publication import Dossiers, publish, restore

LECTURES, FILS, PUBLICATIONS, RETABLISSEMENTS = 5_000, 8, 10, 2
_ENTETE = (
    "rentree_scolaire;academie;code_du_departement;departement;uai;nom_de_l_etablissment;code_insee_de_la_commune;"
    "nom_de_la_commune;secteur;effectifs;ips;ecart_type_de_l_ips"
)
_LETTRES = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass
class Bilan:
    """What the reads of a run met."""

    duree: float = 0.0
    """Seconds."""
    versions: set[int] = field(default_factory=set)
    erreurs: list[str] = field(default_factory=list)
    melanges: list[str] = field(default_factory=list)
    """Reads whose answers came from several versions, or from none."""


def write_extrait(chemin: Path, nb_colleges: int = 93) -> Path:
    """IPS of collèges over three rentrées, with the columns of the real extract: the same values everywhere."""
    lignes = [
        f"{rentree}-{rentree + 1};POITIERS;086;VIENNE;{_make_uai(rang)};COLLEGE {rang};86194;POITIERS;public;"
        f"{300 + rang};{90 + rang % 30}.0;30.0"
        for rentree in (2022, 2023, 2024)
        for rang in range(nb_colleges)
    ]
    chemin.write_text("\n".join([_ENTETE, *lignes]) + "\n", encoding="utf-8")
    return chemin


def _make_uai(rang: int) -> str:
    chiffres = f"086{rang + 1:04d}"
    return chiffres + _LETTRES[int(chiffres) % 23]


def read_once(dossiers: Dossiers, attendu: list[tuple]) -> tuple[int, str]:
    """Open what is served and ask it five questions: its number, and what does not hold together (empty when sound).

    Args:
        dossiers: folders of the installation.
        attendu: the figures that every version holds.
    """
    base = open_base(dossiers.processed)
    numeros = [base.lignes("SELECT numero FROM version")[0][0] for _ in range(2)]
    chiffres = base.lignes(_CHIFFRES)
    ((orphelins,),) = base.lignes(_ORPHELINS)
    numeros.append(base.lignes("SELECT numero FROM version")[0][0])
    if {base.version.numero} != set(numeros):
        return base.version.numero, f"versions {sorted({base.version.numero, *numeros})} dans une lecture"
    if chiffres != attendu or orphelins:
        return base.version.numero, f"chiffres d’une autre version que la {base.version.numero}"
    return base.version.numero, ""


_CHIFFRES = "SELECT rentree, count(*), round(sum(valeur), 6) FROM valeur GROUP BY rentree ORDER BY rentree"
_ORPHELINS = """
    SELECT count(*) FROM comparaison c LEFT JOIN valeur v USING (indicateur, niveau, territoire, rentree, modalite)
    WHERE v.valeur IS NULL"""


def measure_lectures(dossiers: Dossiers, nombre: int, fils: int, pendant: Callable[[], None] | None = None) -> Bilan:
    """Read `nombre` times at least in `fils` threads, and until `pendant`, run beside, ends.

    Returns:
        What was met; `duree` is that of one read in one thread, on average over the run.
    """
    bilan, attendu = Bilan(), open_base(dossiers.processed).lignes(_CHIFFRES)
    compte, fini = 0, threading.Event()
    verrou = threading.Lock()

    def lire() -> None:
        nonlocal compte
        while compte < nombre or not fini.is_set():
            try:
                numero, melange = read_once(dossiers, attendu)
            except Exception as erreur:  # every failure of a reader is a result of this measure
                with verrou:
                    compte += 1
                    bilan.erreurs.append(repr(erreur))
                continue
            with verrou:
                compte += 1
                bilan.versions.add(numero)
                if melange:
                    bilan.melanges.append(melange)

    debut = time.perf_counter()
    with ThreadPoolExecutor(fils + 1) as equipe:
        lecteurs = [equipe.submit(lire) for _ in range(fils)]
        try:
            if pendant:
                equipe.submit(pendant).result()
        finally:
            fini.set()
        for lecteur in lecteurs:
            lecteur.result()
    bilan.duree = (time.perf_counter() - debut) / max(compte, 1)
    return bilan


def publish_often(dossiers: Dossiers, publications: int, retablissements: int) -> None:
    """Publish several times, going back to the first version at even intervals."""
    pas = publications // (retablissements + 1) or 1
    restants = retablissements
    for rang in range(1, publications + 1):
        publish(dossiers, progres=lambda texte: None)
        if restants and rang % pas == 0:
            restore(dossiers, "1")
            restants -= 1


def main() -> None:
    """Measure on a base made for the occasion; fails on an error or a mix."""
    with tempfile.TemporaryDirectory() as temporaire:
        dossiers = Dossiers(Path(temporaire) / "raw", Path(temporaire) / "processed")
        extrait = write_extrait(Path(temporaire) / "ips.csv")
        load_extraits([extrait], dossiers, Options(acceptation="mesure"), lambda texte: None)
        seuls = [measure_lectures(dossiers, LECTURES // 3, FILS) for _ in range(3)]
        pendant = measure_lectures(
            dossiers, LECTURES, FILS, lambda: publish_often(dossiers, PUBLICATIONS, RETABLISSEMENTS)
        )
    repos = statistics.median(bilan.duree for bilan in seuls)
    print(f"{LECTURES} lectures au moins, {FILS} fils, {PUBLICATIONS} publications, {RETABLISSEMENTS} rétablissements")
    print(f"erreurs : {len(pendant.erreurs)} ; versions mélangées : {len(pendant.melanges)}")
    print(f"versions lues : {len(pendant.versions)} ; débit : {repos / pendant.duree:.2f} × celui sans publication")
    if pendant.erreurs or pendant.melanges:
        sys.exit("\n".join([*pendant.erreurs[:5], *pendant.melanges[:5]]))


if __name__ == "__main__":
    main()
