"""Every measure of the project, one after the other: python -m benchmarks."""

from benchmarks import fausses_alertes, navigation, parcours, puissance_tendances

for mesure in (parcours, navigation, fausses_alertes, puissance_tendances):
    print(f"\n— {mesure.__doc__.splitlines()[0]}")
    mesure.main()
