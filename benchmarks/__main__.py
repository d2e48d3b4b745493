"""Every measure of the project, one after the other: python -m benchmarks."""

from benchmarks import (
    calibration,
    couverture,
    fausses_alertes,
    lectures,
    nationale,
    navigation,
    parcours,
    problematiques,
    puissance_tendances,
    vrais_ecarts,
)

STATISTIQUES = (
    fausses_alertes, vrais_ecarts, puissance_tendances, couverture, nationale, calibration, problematiques,
)  # fmt: skip

for mesure in (parcours, navigation, lectures, *STATISTIQUES):
    print(f"\n— {mesure.__doc__.splitlines()[0]}")
    mesure.main()
