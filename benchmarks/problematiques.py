"""Every rule read for every territory: 1, 3, 10 then 30 simulated académies, one after the other (a base per académie).

Each académie has 56 territories above the établissement (37 réseaux, 14 inter-réseaux, 4 départements and itself), 312
collèges and lycées, 6 rentrées. Run from the root: python -m benchmarks.problematiques
"""

import time

import numpy as np
import pandas as pd

from benchmarks.academies_simulees import Monde, draw_academie
from benchmarks.tables_simulees import compute_tables, list_territoires
from indicators.problematiques import load_regles
from indicators.problematiques.moteur import find_problematiques

TAILLES, GRAINE = (1, 3, 10, 30), 2017
CIBLES = {1: 3.0, 30: 90.0}
"""CPU seconds, by number of académies."""


def measure(nombre: int) -> tuple[float, int]:
    """(CPU seconds of the engine, findings) for so many académies."""
    alea, regles, duree, trouvees = np.random.default_rng(GRAINE), tuple(load_regles().values()), 0.0, 0
    for _ in range(nombre):
        academie = draw_academie(Monde("mesure"), alea)
        donnees, _ = compute_tables(academie, academie.sommes)
        territoires: pd.DataFrame = list_territoires(academie)
        debut = time.process_time()
        lignes = find_problematiques(donnees, regles, territoires).problematique
        duree += time.process_time() - debut
        trouvees += (lignes["statut"] == "trouvee").sum()
    return duree, trouvees


def main() -> None:
    """Print the table and whether the targets are held."""
    measure(1)  # reads the rules and the catalogue, once for all
    print(f"{len(load_regles())} règles, 56 territoires par académie")
    print(f"{'académies':>10}{'trouvées':>10}{'secondes':>10}{'chacune':>10}")
    mesures = {}
    for nombre in TAILLES:
        mesures[nombre], trouvees = measure(nombre)
        print(f"{nombre:>10}{trouvees:>10}{mesures[nombre]:>10.1f}{mesures[nombre] / nombre:>10.2f}", flush=True)
    print(
        f"de 1 à {TAILLES[-1]} académies : × {mesures[TAILLES[-1]] / mesures[1]:.1f} (proportionnel : × {TAILLES[-1]})"
    )
    for nombre, cible in CIBLES.items():
        print(f"cible ({cible:.0f} s pour {nombre}) : {'tenue' if mesures[nombre] < cible else 'manquée'}")


if __name__ == "__main__":
    main()
