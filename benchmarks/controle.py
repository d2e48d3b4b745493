"""Screening an extract, against the same rules in pandas, pandera and frictionless, and a plain DuckDB read.

    python -m benchmarks.controle

One million lines of five columns, 1 % of them in fault, every line told with every reason. What travels from one
machine to another is the ratio of lines per second. pandera and frictionless are in benchmarks/requirements.txt;
without them their comparison is skipped.
"""

import importlib.util
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from indicators.formats import load_formats
from indicators.ingestion import screen_extrait
from indicators.ingestion.expressions import LETTRES_UAI

RACINE = Path(__file__).resolve().parent.parent
NB_LIGNES, NB_GRAND, NB_CLASSEUR, NB_FRICTIONLESS = 1_000_000, 10_000_000, 100_000, 50_000
PASSAGES = 5

FORMAT = load_formats()["ssa_socle"]
COLONNES = list(FORMAT.colonnes)
COMPOSANTES, NIVEAUX = FORMAT.colonnes["composante"].valeurs, FORMAT.colonnes["niveau_maitrise"].valeurs
CLE = list(FORMAT.cle)
ANNEES = range(1990, 2028)
UAI = r"\d{7}[A-Z]"

FAUTES = {
    # what a slip of each kind does to a line
    "lettre": lambda ligne: [ligne[0][:7] + LETTRES_UAI[(LETTRES_UAI.index(ligne[0][7]) + 1) % 23], *ligne[1:]],
    "forme": lambda ligne: [ligne[0][:3] + "X" + ligne[0][4:], *ligne[1:]],
    "annee": lambda ligne: [ligne[0], "hier", *ligne[2:]],
    "valeur": lambda ligne: [*ligne[:2], "ORTHOGRAPHE", *ligne[3:]],
    "nombre": lambda ligne: [*ligne[:4], "beaucoup"],
    "negatif": lambda ligne: [*ligne[:4], "-4"],
}


def list_lignes(nb: int) -> Iterator[list[str]]:
    """Lines of unique keys in the layout of the socle; one in a hundred has a slip, or is written twice."""
    hasard = random.Random(14)
    rang, numero = 0, 0
    while rang < nb:
        departement = (160_000, 170_000, 790_000, 860_000)[numero % 4]
        chiffres = departement + 1 + (numero // 4) % 9_000
        uai, annee = f"{chiffres:07d}{LETTRES_UAI[chiffres % 23]}", str(2026 - numero // 36_000)
        numero += 1
        for composante in COMPOSANTES:
            for niveau in NIVEAUX:
                ligne = [uai, annee, composante, niveau, str(hasard.randrange(200))]
                tirage = hasard.random()
                if tirage < 0.009:
                    ligne = hasard.choice(list(FAUTES.values()))(ligne)
                yield ligne
                rang += 1
                if tirage > 0.9995:
                    yield ligne
                    rang += 1


def write_csv(chemin: Path, nb: int) -> None:
    """A CSV of about that many lines."""
    with chemin.open("w", encoding="utf-8") as fichier:
        fichier.write(";".join(COLONNES) + "\n")
        fichier.writelines(";".join(ligne) + "\n" for ligne in list_lignes(nb))


def write_xlsx(chemin: Path, nb: int) -> None:
    """A workbook of about that many lines, figures written as numbers."""
    import xlsxwriter

    with xlsxwriter.Workbook(chemin, {"constant_memory": True}) as classeur:
        feuille = classeur.add_worksheet("Socle")
        feuille.write_row(0, 0, COLONNES)
        for rang, ligne in enumerate(list_lignes(nb), start=1):
            feuille.write_row(rang, 0, [int(c) if c.isdigit() else c for c in ligne])


def screen_duckdb(chemin: Path) -> int:
    """A plain read into a table: no rule at all."""
    with duckdb.connect() as connexion:
        connexion.execute("CREATE TABLE lignes AS SELECT * FROM read_csv(?)", [str(chemin)])
    return 0


def screen_eclore(chemin: Path) -> int:
    """The product's own screening, its report of lines written."""
    with tempfile.TemporaryDirectory() as dossier:
        rapport = screen_extrait(chemin, Path(dossier) / "sortie", rapport=Path(dossier) / "rapport")
    return rapport.nb_a_corriger


def is_lettre_fausse(uai: pd.Series) -> pd.Series:
    """Codes of the right shape whose control letter is not that of their digits."""
    formes = uai[uai.str.fullmatch(UAI)]
    lettres = np.array(list(LETTRES_UAI))[formes.str[:7].astype("int64").to_numpy() % len(LETTRES_UAI)]
    fausses = pd.Series(False, index=uai.index)
    fausses[formes.index] = formes.str[7] != lettres
    return fausses


def to_number(textes: pd.Series) -> pd.Series:
    """Numbers, missing where the text is not one."""
    return pd.to_numeric(textes, errors="coerce")


REGLES = {
    # column: reason → which cells are in fault; the reasons are those of the product's own screening
    "uai": {
        "vide": lambda s: s == "",
        "forme": lambda s: (s != "") & ~s.str.fullmatch(UAI),
        "lettre": is_lettre_fausse,
    },
    "rentree": {
        "vide": lambda s: s == "",
        "illisible": lambda s: (s != "") & to_number(s).isna(),
        "hors bornes": lambda s: (to_number(s) < ANNEES[0]) | (to_number(s) > ANNEES[-1]),
    },
    "composante": {"vide": lambda s: s == "", "imprévue": lambda s: (s != "") & ~s.isin(COMPOSANTES)},
    "niveau_maitrise": {"vide": lambda s: s == "", "imprévue": lambda s: (s != "") & ~s.isin(NIVEAUX)},
    "effectif": {
        "vide": lambda s: s == "",
        "illisible": lambda s: (s != "") & to_number(s).isna(),
        "négatif ou fractionnaire": lambda s: (to_number(s) < 0) | (to_number(s) % 1 > 0),
    },
}


def read_textes(chemin: Path) -> pd.DataFrame:
    """Every cell as text, so that none is lost before it is judged."""
    return pd.read_csv(chemin, sep=";", dtype=str, keep_default_na=False)


def screen_pandas(chemin: Path) -> int:
    """The same rules, by hand; a table of line, column, reason and text."""
    lignes = read_textes(chemin)
    places = []
    for colonne, raisons in REGLES.items():
        for raison, is_fautive in raisons.items():
            trouves = lignes.loc[is_fautive(lignes[colonne]), colonne]
            places.append(
                pd.DataFrame({"ligne": trouves.index + 2, "colonne": colonne, "raison": raison, "trouve": trouves})
            )
    doubles = lignes.index[lignes.duplicated(CLE, keep=False)]
    places.append(pd.DataFrame({"ligne": doubles + 2, "colonne": "", "raison": "doublon", "trouve": ""}))
    return pd.concat(places)["ligne"].nunique()


def screen_pandera(chemin: Path) -> int:
    """The same rules in a pandera schema, every failure gathered."""
    import pandera.pandas as pa

    def make_check(raison: str, is_fautive: Callable[[pd.Series], pd.Series]) -> pa.Check:
        return pa.Check(lambda s: ~is_fautive(s), name=raison)

    colonnes = {
        nom: pa.Column(str, [make_check(raison, is_fautive) for raison, is_fautive in raisons.items()])
        for nom, raisons in REGLES.items()
    }
    schema = pa.DataFrameSchema(colonnes, unique=CLE, report_duplicates="all")
    try:
        schema.validate(read_textes(chemin), lazy=True)
    except pa.errors.SchemaErrors as erreur:
        return erreur.failure_cases["index"].nunique()
    return 0


def screen_frictionless(chemin: Path) -> int:
    """The same rules in a frictionless schema and a check of its own for the letter, every error gathered."""
    from frictionless import Checklist, Dialect, Resource, Schema, errors
    from frictionless.formats import CsvControl

    champs = [
        {"name": "uai", "type": "string", "constraints": {"pattern": UAI}},
        {"name": "rentree", "type": "integer", "constraints": {"minimum": ANNEES[0], "maximum": ANNEES[-1]}},
        {"name": "composante", "type": "string", "constraints": {"enum": list(COMPOSANTES)}},
        {"name": "niveau_maitrise", "type": "string", "constraints": {"enum": list(NIVEAUX)}},
        {"name": "effectif", "type": "integer", "constraints": {"minimum": 0}},
    ]
    schema = Schema.from_descriptor({"fields": champs, "primaryKey": CLE})
    ressource = Resource(
        path=chemin.name,
        basepath=str(chemin.parent),
        schema=schema,
        dialect=Dialect(controls=[CsvControl(delimiter=";")]),
    )
    rapport = ressource.validate(Checklist(checks=[_make_controle_lettre(errors)]), limit_errors=10**9)
    return len({ligne for (ligne,) in rapport.flatten(["rowNumber"]) if ligne})


def _make_controle_lettre(errors):
    from frictionless import Check

    class ControleLettre(Check):
        type = "lettre"
        Errors = [errors.RowConstraintError]  # noqa: RUF012 (the name that the library reads)

        def validate_row(self, row):
            uai = row["uai"] or ""
            if len(uai) == 8 and uai[:7].isdigit() and LETTRES_UAI[int(uai[:7]) % 23] != uai[7]:
                yield errors.RowConstraintError.from_row(row, note="lettre")

    return ControleLettre()


def measure(action: Callable[[Path], int], chemin: Path, passages: int) -> tuple[float, int]:
    """Best seconds of several runs (another process may slow one of them), and what the last one gave."""
    durees, trouve = [], 0
    for _ in range(passages):
        debut = time.perf_counter()
        trouve = action(chemin)
        durees.append(time.perf_counter() - debut)
    return min(durees), trouve


def compare(dossier: Path) -> None:
    """Lines per second of each, one after the other in the same run."""
    chemin, petit = dossier / "socle.csv", dossier / "socle-petit.csv"
    write_csv(chemin, NB_LIGNES)
    write_csv(petit, NB_FRICTIONLESS)
    screen_eclore(petit)  # what is imported at the first use is not part of the comparison
    outils = [
        ("DuckDB, lecture seule", screen_duckdb, chemin, NB_LIGNES, PASSAGES),
        ("Éclore", screen_eclore, chemin, NB_LIGNES, PASSAGES),
        ("pandas, à la main", screen_pandas, chemin, NB_LIGNES, 2),
        ("pandera", screen_pandera, chemin, NB_LIGNES, 2),
        ("frictionless", screen_frictionless, petit, NB_FRICTIONLESS, 1),
    ]
    reference = None
    for nom, action, fichier, nb, passages in outils:
        if nom in ("pandera", "frictionless") and importlib.util.find_spec(nom) is None:
            print(f"  {nom:22} absent, comparaison passée (pip install -r benchmarks/requirements.txt)")
            continue
        duree, trouve = measure(action, fichier, passages)
        vitesse = nb / duree
        reference = reference or vitesse
        note = f", sur {nb} lignes" if nb != NB_LIGNES else ""
        print(
            f"  {nom:22} {duree:8.2f} s  {vitesse:12,.0f} lignes/s  {vitesse / reference:8.3f} fois DuckDB"
            f"  {trouve:6} lignes en cause{note}"
        )


_ENFANT = """
import resource, sys
from pathlib import Path
from indicators.ingestion import screen_extrait
rapport = screen_extrait(Path(sys.argv[1]), Path(sys.argv[2]) / "sortie", rapport=Path(sys.argv[2]) / "rapport")
etat = Path("/proc/self/status")  # getrusage would count the memory of the process that started this one
if etat.exists():
    pic = int(etat.read_text().split("VmHWM:")[1].split()[0]) / 1e3
else:
    pic = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(f"{rapport.nb_lignes} lignes, {rapport.nb_a_corriger} à corriger, pic de mémoire {pic:.0f} Mo")
"""


def measure_memoire(dossier: Path) -> None:
    """Peak memory of a whole process that screens ten million lines."""
    chemin = dossier / "grand.csv"
    write_csv(chemin, NB_GRAND)
    debut = time.perf_counter()
    dit = subprocess.run(
        [sys.executable, "-c", _ENFANT, str(chemin), str(dossier)],
        cwd=RACINE, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    print(f"  {chemin.stat().st_size // 1_000_000} Mo : {dit}, {time.perf_counter() - debut:.0f} s")


def measure_classeur(dossier: Path) -> None:
    """A workbook of a hundred thousand lines."""
    chemin = dossier / "socle.xlsx"
    write_xlsx(chemin, NB_CLASSEUR)
    duree, trouve = measure(screen_eclore, chemin, 3)
    print(f"  XLSX de {NB_CLASSEUR} lignes : {duree:.2f} s, {trouve} lignes en cause")


def main() -> None:
    """Print every measure."""
    with tempfile.TemporaryDirectory() as dossier:
        compare(Path(dossier))
        measure_classeur(Path(dossier))
        measure_memoire(Path(dossier))


if __name__ == "__main__":
    main()
