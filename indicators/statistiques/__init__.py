"""Statistics of the product: pure functions, arrays in, arrays out (methods and sources: docs/methode.md).

Every function broadcasts its arguments like NumPy, never raises on data, and answers nan where a figure cannot be
computed (nothing to divide by, more events than pupils, a missing input).
"""

from indicators.statistiques.a_priori import (
    draw_taux,
    draw_valeurs,
    ecart_type_entre_annees,
    fit_a_priori,
    fit_a_priori_taux,
    spread_a_priori,
    summarise,
    summarise_taux,
)
from indicators.statistiques.attendu import ecart_attendu, regression_contexte
from indicators.statistiques.comparaison import (
    benjamini_hochberg,
    decide_etats,
    difference_moyennes,
    difference_ratios,
    difference_taux,
    ecart_decelable_taux,
    p_difference_taux,
    p_score_taux,
)
from indicators.statistiques.correlations import fit_correlation, join_tirages
from indicators.statistiques.dispersion import dispersion_aleatoire, dispersion_taux, heterogeneite
from indicators.statistiques.entonnoir import limites_entonnoir, surdispersion
from indicators.statistiques.intervalles import byar, combine_moyennes, moyenne_ponderee, student, wilson
from indicators.statistiques.rangs import intervalle_rangs, intervalle_rangs_taux
from indicators.statistiques.robustes import mann_kendall, theil_sen
from indicators.statistiques.tendances import (
    cochran_armitage,
    decide_tendances,
    derniers_points,
    pente_ponderee,
)
from indicators.statistiques.voisinage import distance_contexte, find_voisins, stabilite_voisins, standardise

__all__ = [
    "benjamini_hochberg", "byar", "cochran_armitage", "combine_moyennes", "decide_etats", "decide_tendances",
    "derniers_points", "difference_moyennes", "difference_ratios", "difference_taux", "dispersion_aleatoire",
    "dispersion_taux", "distance_contexte", "draw_taux", "draw_valeurs", "ecart_attendu", "ecart_decelable_taux",
    "ecart_type_entre_annees", "find_voisins", "fit_a_priori", "fit_a_priori_taux", "fit_correlation",
    "heterogeneite", "intervalle_rangs", "intervalle_rangs_taux", "join_tirages", "limites_entonnoir", "mann_kendall",
    "moyenne_ponderee", "p_difference_taux", "p_score_taux", "pente_ponderee", "regression_contexte",
    "spread_a_priori", "stabilite_voisins", "standardise", "student", "summarise", "summarise_taux", "surdispersion",
    "theil_sen", "wilson",
]  # fmt: skip
