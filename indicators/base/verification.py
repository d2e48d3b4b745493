"""What must hold before a base is served."""

from pathlib import Path

import duckdb

from indicators.base.integrite import PANNES, SANS_RESEAU, control_fichier
from indicators.erreurs import ErreurBase

CONTROLES = {
    "une ligne par indicateur, territoire, rentrée et modalité": """
        SELECT count(*) FROM (SELECT 1 FROM valeur GROUP BY indicateur, niveau, territoire, rentree, modalite
                              HAVING count(*) > 1)""",
    "chaque chiffre manquant porte sa raison": """
        SELECT count(*) FROM valeur WHERE (statut = 'ok') <> (valeur IS NOT NULL)""",
    "un taux reste entre 0 et 1, dans son intervalle": """
        SELECT count(*) FROM valeur WHERE methode LIKE 'Wilson%'
           AND NOT (0 <= borne_inf AND borne_inf <= valeur + 1e-9 AND valeur <= borne_sup + 1e-9 AND borne_sup <= 1)""",
    "aucun chiffre secret n’est écrit": """
        SELECT count(*) FROM valeur WHERE statut = 'secret' AND (numerateur IS NOT NULL OR denominateur IS NOT NULL)""",
    "chaque chiffre appartient à un territoire connu": """
        SELECT count(*) FROM valeur v LEFT JOIN territoire t ON t.niveau = v.niveau AND t.code = v.territoire
        WHERE t.code IS NULL""",
    "chaque chiffre annuel porte sa raison, et n’est pas écrit s’il est secret": """
        SELECT count(*) FROM valeur_annuelle
        WHERE (statut = 'ok') <> (valeur IS NOT NULL) OR (statut = 'secret' AND denominateur IS NOT NULL)""",
    "chaque comparaison porte sur un chiffre montré": """
        SELECT count(*) FROM comparaison c
        LEFT JOIN valeur v USING (indicateur, niveau, territoire, rentree, modalite)
        WHERE v.statut IS DISTINCT FROM 'ok'""",
}
"""Each counts the rows that break a rule; the base is served only if all count zero."""


def verify_base(chemin: Path) -> None:
    """Check a base before any reader sees it: one that was just built, or one that is served again.

    Raises:
        ErreurBase: the file cannot be read whole, or a rule is broken; all broken rules are listed.
    """
    try:
        with duckdb.connect(chemin, read_only=True, config=SANS_RESEAU) as connexion:
            nombres = {nom: connexion.execute(sql).fetchone()[0] for nom, sql in CONTROLES.items()}
    except PANNES as erreur:
        if control_fichier(chemin):
            raise  # another fault: memory, temporary files
        raise _make_illisible(chemin) from erreur
    if not control_fichier(chemin):
        raise _make_illisible(chemin)
    fautes = [f"  - {nom} : {nombre} ligne(s) en défaut" for nom, nombre in nombres.items() if nombre]
    if fautes:
        raise ErreurBase(
            f"La base « {chemin.name} » ne passe pas sa vérification ; la version servie n’a pas changé.\n"
            + "\n".join(fautes)
            + "\nAttendu : aucune. Retirez le dernier extrait chargé et signalez ce message."
        )


def _make_illisible(chemin: Path) -> ErreurBase:
    return ErreurBase(
        f"La base « {chemin.name} » est illisible ou abîmée ; la version servie n’a pas changé. "
        "Choisissez une autre version (« versions » les liste), ou publiez de nouveau (« publier »)."
    )
