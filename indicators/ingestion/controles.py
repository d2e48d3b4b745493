"""Checks of the lines with one another: académie, years, empty columns, rates all written as proportions."""

from indicators.francais import accorder, format_rentree
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import cite
from indicators.ingestion.lignes import Comptes, Contexte
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Signalement, make_constat
from indicators.ingestion.signalements import Regle, apply, make_signalement
from indicators.territoires.referentiel import load_academies

PART_ISOLEE = 0.01
"""A rentrée with a smaller share of the lines, beside a main one, is more likely a slip than a year."""


PART_EGAREE = 0.05
"""With more lines of other académies than that, a file is a national one."""


def check_cellules_en_erreur(contexte: Contexte) -> list[Constat]:
    """Formulas that failed: a workbook gives them as empty cells, and an empty cell is a figure silently lost."""
    erreurs = contexte.trouvee.tableau.cellules_en_erreur
    if not erreurs:
        return []
    exemples = tuple(Signalement(ligne=n, trouve=f"« {cite(texte)} »") for n, texte in erreurs[:LIGNES_CITEES])
    contexte.connexion.executemany(
        "INSERT INTO signalements VALUES ('cellule_en_erreur', ?, '', ?, NULL)", [list(erreur) for erreur in erreurs]
    )
    constat = f"{accorder(len(erreurs), 'cellule')} en erreur de formule."
    return [make_constat("cellule_en_erreur", constat, len(erreurs), exemples)]


def check_presence(contexte: Contexte, comptes: Comptes) -> list[Constat]:
    """No line at all, or none of the académie: nothing else is worth saying."""
    if comptes.nb == 0:
        return [make_constat("aucune_ligne", "Le fichier n’a que son en-tête : aucune ligne de données.")]
    if comptes.nb_academie == 0:
        return [_explain_other_academie(contexte)]
    return []


def _explain_other_academie(contexte: Contexte) -> Constat:
    """The file is about other académies: which ones."""
    repere, codage = contexte.format.territoire.colonne, contexte.format.territoire.codage
    texte = f"substr({sql.name(repere)}, 1, 3)" if codage == "uai" else sql.name(repere)
    valeurs = [
        valeur
        for (valeur,) in contexte.connexion.execute(
            f"SELECT {texte} FROM lignes GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 4"
        ).fetchall()
    ]
    noms = {p: a.nom for a in load_academies().values() for p in a.departements} if codage == "uai" else {}
    vues = list(dict.fromkeys(noms.get(valeur, str(valeur)) for valeur in valeurs))
    academie = contexte.academie
    attendu = f"des lignes de l’académie de {academie.nom}"
    if codage == "uai":
        attendu += f" (UAI commençant par {', '.join(academie.departements)})"
    constat = f"Aucune ligne ne concerne l’académie de {academie.nom} : le fichier porte sur {', '.join(vues)}."
    return make_constat("autre_academie", constat, attendu=attendu)


def check_egares(contexte: Contexte, comptes: Comptes) -> list[Constat]:
    """A few lines of another académie in a file of this one: a slip, where a national file is none."""
    if contexte.format.territoire.codage not in ("uai", "code_commune"):
        return []
    autres = "FROM lignes WHERE __hors_academie AND NOT __est_total"
    nb, siennes = comptes.nb_autres, comptes.nb_academie
    if not nb or (nb > PART_EGAREE * siennes and not nb == 1 < siennes):
        return []
    repere, nom = contexte.format.territoire.colonne, contexte.academie.nom
    entete, attendu = contexte.trouvee.entetes[repere], f"des établissements de l’académie de {nom}"
    contexte.connexion.execute(
        f"INSERT INTO signalements SELECT 'uai_autre_academie', __ligne, ?, {sql.name(repere)}, NULL {autres}", [entete]
    )
    premieres = contexte.connexion.execute(
        f"SELECT __ligne, {sql.name(repere)} {autres} ORDER BY __ligne LIMIT {LIGNES_CITEES}"
    ).fetchall()
    exemples = tuple(make_signalement(ligne, entete, trouve, None) for ligne, trouve in premieres)
    ecartees = "laissée de côté" if nb == 1 else "laissées de côté"
    constat = f"Colonne « {entete} », {accorder(nb, 'ligne')} : d’une autre académie, {ecartees}."
    return [make_constat("uai_autre_academie", constat, nb, exemples, attendu=attendu)]


def check_annees(contexte: Contexte, comptes: Comptes) -> list[Constat]:
    """A rentrée with very few lines beside one that has most of them."""
    if not contexte.format.mesures:
        return []
    total = sum(nb for nb, _ in comptes.rentrees.values())
    isolees = [(rentree, nb, ligne) for rentree, (nb, ligne) in comptes.rentrees.items() if nb < PART_ISOLEE * total]
    if not isolees or max(nb for nb, _ in comptes.rentrees.values()) < total / 2:
        return []
    entete = contexte.trouvee.entetes.get(contexte.format.annee.colonne, "")
    contexte.connexion.execute(
        "INSERT INTO signalements SELECT 'annee_isolee', __ligne, ?, __rentree::VARCHAR, NULL FROM lignes "
        "WHERE NOT __hors_academie AND list_contains(?, __rentree)",
        [entete, [rentree for rentree, _, _ in isolees]],
    )
    exemples = tuple(
        Signalement(ligne=ligne, colonne=entete, trouve=f"rentrée {format_rentree(rentree)}, {accorder(nb, 'ligne')}")
        for rentree, nb, ligne in isolees[:LIGNES_CITEES]
    )
    noms = ", ".join(format_rentree(rentree) for rentree, _, _ in isolees)
    constat = f"{accorder(len(isolees), 'rentrée')} avec moins de 1 % des lignes : {noms}."
    return [make_constat("annee_isolee", constat, len(isolees), exemples)]


def check_colonnes_vides(contexte: Contexte) -> list[Constat]:
    """Columns of figures without a single value; those that no cell may leave empty are told line by line."""
    lues = {nom for mesure in contexte.format.mesures for nom in mesure.colonnes} - contexte.format.renseignees
    noms = [nom for nom in contexte.trouvee.colonnes if nom in lues]
    if not noms:
        return []
    comptes = contexte.connexion.execute(
        f"SELECT {', '.join(f'count({sql.name(nom)})' for nom in noms)} FROM brut"
    ).fetchone()
    vides = [contexte.trouvee.entetes[nom] for nom, nb in zip(noms, comptes, strict=True) if nb == 0]
    if not vides:
        return []
    exemples = tuple(Signalement(ligne=1, colonne=entete, trouve=f"« {entete} »") for entete in vides)
    titre = accorder(len(vides), "colonne vide", "colonnes vides")
    return [make_constat("colonne_vide", f"{titre} : {', '.join(vides)}.", len(vides), exemples)]


def check_proportions(contexte: Contexte) -> list[Constat]:
    """A workbook that shows 79,4 % may hold 0.794: every rate would be a hundred times too small."""
    noms = [n for n in contexte.trouvee.colonnes if contexte.format.colonnes[n].type == "pourcentage"]
    if not noms:
        return []
    champs = ", ".join(
        f"count({c}) >= 5 AND max({c}) <= 1 AND count_if({c} > 0 AND {c} < 1) > 0" for c in map(sql.name, noms)
    )
    suspectes = contexte.connexion.execute(f"SELECT {champs} FROM lignes WHERE NOT __hors_academie").fetchone()
    regles = [
        Regle(
            "proportions",
            f"l.{sql.name(nom)} IS NOT NULL",
            contexte.trouvee.entetes[nom],
            f"l.{sql.name(f'{nom}__texte')}",
            "tous les taux sont entre 0 et 1",
        )
        for nom, est_suspecte in zip(noms, suspectes, strict=True)
        if est_suspecte
    ]
    return apply(contexte.connexion, regles, "FROM lignes l WHERE NOT l.__hors_academie")
