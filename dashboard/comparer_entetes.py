"""Short headings of the columns of the heat map: a column is 53 px wide. Pure, no Streamlit."""

import textwrap

from dashboard.formats import html_ordinaux
from indicators.catalogue import ENSEMBLE, Domaine
from indicators.tableaux_de_bord.vue_comparer import Colonne

_COURTS = {
    "ips_ecoles": "IPS|écoles",
    "ips_colleges": "IPS|collèges",
    "ips_lycees": "IPS|lycées",
    "part_eleves_education_prioritaire": "Éduc.|priorit.",
    "part_eleves_prive": "Part|privé",
    "maitrise_cp_francais": "CP|français",
    "maitrise_cp_mathematiques": "CP|maths",
    "maitrise_ce1_francais": "CE1|français",
    "maitrise_ce1_mathematiques": "CE1|maths",
    "maitrise_6e_francais": "6ᵉ|français",
    "maitrise_6e_mathematiques": "6ᵉ|maths",
    "score_6e_francais": "Score 6ᵉ|français",
    "score_6e_mathematiques": "Score 6ᵉ|maths",
    "maitrise_socle": "Socle",
    "maitrise_socle:langue_francaise": "Socle|français",
    "maitrise_socle:langages_scientifiques": "Socle|maths",
    "taux_reussite_dnb": "Réussite|DNB",
    "taux_mentions_dnb": "Mentions|DNB",
    "taux_reussite_dnb_generale": "Réussite|DNB gén.",
    "taux_mentions_dnb_generale": "Mentions|DNB gén.",
    "taux_reussite_dnb_professionnelle": "Réussite|DNB pro",
    "note_ecrit_dnb_generale": "Écrit|DNB",
    "valeur_ajoutee_dnb_generale": "VA DNB",
    "valeur_ajoutee_note_dnb": "VA écrit|DNB",
    "taux_acces_6e_3e": "Accès|6ᵉ-3ᵉ",
    "demande_2nde_gt": "Demande|2ᵈᵉ GT",
    "demande_2nde_pro": "Demande|2ᵈᵉ pro",
    "demande_cap": "Demande|CAP",
    "decision_2nde_gt": "2ᵈᵉ|GT",
    "decision_2nde_pro": "2ᵈᵉ|pro",
    "decision_cap": "CAP",
    "demande_1re_generale": "Demande|1ʳᵉ gén.",
    "decision_1re_generale": "1ʳᵉ|générale",
    "decision_1re_technologique": "1ʳᵉ|techno",
    "premier_voeu_satisfait": "1ᵉʳ|vœu",
    "attractivite_2nde_pro": "Vœux|2ᵈᵉ pro",
    "taux_decrochage": "Décro-|chage",
    "solution_apres_reperage": "En|solution",
    "suivi_foquale": "Suivi|FOQUALE",
    "taux_reussite_bac_gt": "Bac|GT",
    "taux_reussite_bac_general": "Bac|général",
    "taux_reussite_bac_technologique": "Bac|techno",
    "taux_reussite_bac_pro": "Bac|pro",
    "taux_acces_2nde_bac_gt": "Accès|2ᵈᵉ-bac",
    "taux_acces_2nde_bac_pro": "Accès|bac pro",
    "taux_mentions_bac_gt": "Mentions|bac GT",
    "taux_mentions_bac_general": "Mentions|bac gén.",
    "taux_mentions_bac_pro": "Mentions|bac pro",
    "valeur_ajoutee_bac_gt": "VA bac|GT",
    "valeur_ajoutee_bac_pro": "VA bac|pro",
    "valeur_ajoutee_acces_gt": "VA accès|bac GT",
    "poursuite_superieur": "Post-bac",
    "voeux_par_place_bts": "Vœux|BTS",
    "taux_emploi_6_mois": "Emploi|6 mois",
    "taux_emploi_12_mois": "Emploi|12 mois",
    "taux_emploi_18_mois": "Emploi|18 mois",
    "taux_emploi_24_mois": "Emploi|24 mois",
    "taux_emploi_6_mois:apprentissage": "6 mois|apprentis",
    "taux_emploi_12_mois:apprentissage": "12 mois|apprentis",
    "taux_poursuite_etudes_pro": "Poursuite|voie pro",
}
_DOMAINES = {
    Domaine.CONTEXTE: ("Contexte", "Ctx"),
    Domaine.SOCLE: ("Maîtrise du socle", "Socle"),
    Domaine.ORIENTATION: ("Orientation", "Orient."),
    Domaine.DECROCHAGE: ("Décrochage", "Décr."),
    Domaine.LYCEE: ("Lycée et après", "Lycée"),
}


def name_court(colonne: Colonne) -> str:
    """Ready HTML of a heading, on two or three short lines; an indicator added later is cut from its short title."""
    court = _COURTS.get(colonne.cle)
    lignes = court.split("|") if court else textwrap.wrap(name_colonne(colonne), 9, max_lines=3, placeholder="…")
    return "<br>".join(html_ordinaux(ligne) for ligne in lignes)


def name_colonne(colonne: Colonne) -> str:
    """Short title of the indicator, with the modalité where it is not the whole."""
    fiche = colonne.indicateur
    if colonne.modalite == ENSEMBLE:
        return fiche.titre_court
    return f"{fiche.titre_court}, {fiche.modalites[colonne.modalite].lower()}"


def name_domaine(domaine: Domaine, nb: int) -> str:
    """Heading over `nb` columns of a domain: its whole name where it fits."""
    entier, abrege = _DOMAINES[domaine]
    return entier if len(entier) <= 8 * nb else abrege
