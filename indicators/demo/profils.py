"""How each fictional rate behaves: its level, what moves it, by how much. Orders of magnitude only, from no source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profil:
    """A rate (0-1) or a mean at the mean IPS, and what moves it, all in its own unit.

    `pente` per 10 IPS points, `reseau` and `etablissement` are standard deviations, `annee` the change per rentrée.
    """

    niveau: float
    pente: float = 0.0
    reseau: float = 0.0
    etablissement: float = 0.0
    annee: float = 0.0


COMPOSANTES = {
    "SOCLE": Profil(0.79, 0.030, 0.010, 0.025, 0.002),
    "LANGUE_FRANCAISE": Profil(0.76, 0.035, 0.010, 0.025, 0.001),
    "LANGUES_ETRANGERES": Profil(0.70, 0.040, 0.012, 0.030, 0.002),
    "LANGAGES_SCIENTIFIQUES": Profil(0.69, 0.040, 0.012, 0.030, -0.001),
    "LANGAGES_ARTS_CORPS": Profil(0.90, 0.012, 0.006, 0.015),
    "METHODES_OUTILS": Profil(0.80, 0.028, 0.010, 0.025, 0.002),
    "FORMATION_PERSONNE": Profil(0.88, 0.018, 0.008, 0.018),
    "SYSTEMES_NATURELS": Profil(0.76, 0.030, 0.010, 0.025),
    "REPRESENTATIONS_MONDE": Profil(0.75, 0.032, 0.010, 0.025, 0.001),
}

EVALUATIONS = {
    ("CP", "FRANCAIS"): Profil(0.63, 0.035, 0.015, 0.04, 0.002),
    ("CP", "MATHEMATIQUES"): Profil(0.66, 0.035, 0.015, 0.04, 0.001),
    ("CE1", "FRANCAIS"): Profil(0.58, 0.040, 0.015, 0.04, 0.002),
    ("CE1", "MATHEMATIQUES"): Profil(0.56, 0.040, 0.015, 0.04),
    ("6E", "FRANCAIS"): Profil(0.61, 0.045, 0.012, 0.03, 0.001),
    ("6E", "MATHEMATIQUES"): Profil(0.54, 0.055, 0.012, 0.03, -0.002),
}

PROFILS = {
    "taux_reussite_dnb_generale": Profil(0.880, 0.022, 0.008, 0.020, 0.001),
    "taux_reussite_dnb_professionnelle": Profil(0.840, 0.010, 0.0, 0.03),
    "taux_mentions_dnb_generale": Profil(0.620, 0.055, 0.012, 0.035, 0.006),
    "note_ecrit_dnb_generale": Profil(11.1, 0.65, 0.12, 0.40, 0.03),
    "taux_acces_6e_3e": Profil(0.925, 0.010, 0.004, 0.012),
    "demande_2nde_gt": Profil(0.650, 0.055, 0.015, 0.035, 0.003),
    "demande_2nde_pro": Profil(0.260, -0.042, 0.010, 0.028, -0.002),
    "demande_cap": Profil(0.060, -0.010, 0.003, 0.008),
    "decision_2nde_gt": Profil(0.625, 0.055, 0.015, 0.035, 0.003),
    "decision_2nde_pro": Profil(0.280, -0.042, 0.010, 0.028, -0.002),
    "decision_cap": Profil(0.065, -0.010, 0.003, 0.008),
    "premier_voeu_satisfait": Profil(0.900, 0.006, 0.008, 0.015, 0.002),
    "demande_1re_generale": Profil(0.690, 0.040, 0.010, 0.030),
    "decision_1re_generale": Profil(0.665, 0.040, 0.010, 0.030),
    "decision_1re_technologique": Profil(0.265, -0.032, 0.008, 0.025),
    "decrochage_college": Profil(0.015, -0.002, 0.001, 0.002),
    "decrochage_lycee_gt": Profil(0.045, -0.006, 0.002, 0.004),
    "decrochage_lycee_pro": Profil(0.105, -0.010, 0.004, 0.008),
    "solution_apres_reperage": Profil(0.560, 0.0, 0.02, 0.03, 0.010),
    "suivi_foquale": Profil(0.480, 0.0, 0.03, 0.03, 0.015),
    "taux_reussite_bac_general": Profil(0.962, 0.008, 0.002, 0.006),
    "taux_reussite_bac_technologique": Profil(0.915, 0.014, 0.003, 0.012),
    "taux_mentions_bac_gt": Profil(0.600, 0.050, 0.010, 0.030, -0.004),
    "taux_mentions_bac_general": Profil(0.655, 0.050, 0.010, 0.030, -0.004),
    "taux_mentions_bac_technologique": Profil(0.450, 0.045, 0.010, 0.030, -0.004),
    "taux_acces_2nde_bac_gt": Profil(0.825, 0.028, 0.008, 0.022, 0.002),
    "taux_reussite_bac_pro": Profil(0.835, 0.022, 0.006, 0.025, 0.001),
    "taux_mentions_bac_pro": Profil(0.430, 0.040, 0.008, 0.035, 0.002),
    "taux_acces_2nde_bac_pro": Profil(0.690, 0.030, 0.010, 0.030, 0.003),
    "poursuite_gt": Profil(0.860, 0.018, 0.006, 0.015, 0.002),
    "poursuite_pro": Profil(0.430, 0.020, 0.010, 0.025, 0.004),
}
