"""Every check of the lines of a file, compiled to SQL. Each returns the faults that it finds."""

from dataclasses import dataclass

from indicators.formats.modele import NUMERIQUES
from indicators.francais import accorder, format_nombre
from indicators.ingestion import expressions as sql
from indicators.ingestion.fautes import LIGNES_CITEES, Faute, cite
from indicators.ingestion.lignes import Contexte, get_derniere_rentree
from indicators.territoires.referentiel import load_academies


def check_lignes(contexte: Contexte) -> list[Faute]:
    """All the faults of the lines: broken, empty, of another académie, badly written, duplicated."""
    nb, nb_academie = contexte.connexion.execute(
        "SELECT count(*), count_if(NOT __hors_academie) FROM lignes"
    ).fetchone()
    rompues = _check_rompues(contexte) + _check_cellules_en_erreur(contexte)
    if nb == 0 and not rompues:
        vide = "Le fichier n’a que son en-tête : aucune ligne de données."
        return [Faute(vide, "au moins une ligne", "vérifiez les filtres de l’export, puis exportez de nouveau.")]
    if nb_academie == 0 and not rompues:
        return [_explain_other_academie(contexte)]
    regles = [regle for nom in contexte.trouvee.colonnes for regle in _list_regles(contexte, nom)]
    return rompues + _apply(contexte, regles) + _check_doublons(contexte)


def find_restored_uai(contexte: Contexte) -> list[str]:
    """Warnings: UAI codes whose leading zeros were given back."""
    avertissements = []
    for nom, colonne in contexte.format.colonnes.items():
        if colonne.type == "uai" and nom in contexte.trouvee.colonnes:
            court = f"length(b.{sql.name(nom)}) < 8 AND l.{sql.name(nom)} IS NOT NULL AND NOT l.__hors_academie"
            nb = _scalar(contexte, f"SELECT count(*) FROM lignes l JOIN brut b USING (__ligne) WHERE {court}")
            if nb:
                singulier = "zéro initial perdu par un tableur a été rétabli"
                pluriel = "zéros initiaux perdus par un tableur ont été rétablis"
                entete = contexte.trouvee.entetes[nom]
                avertissements.append(f"Colonne « {entete} » : {accorder(nb, singulier, pluriel)}.")
    return avertissements


def find_kept_doublons(contexte: Contexte) -> list[str]:
    """Warning: établissements written on several lines where the format admits it."""
    if not contexte.format.doublons_admis:
        return []
    cle = ", ".join(sql.name(nom) for nom in contexte.format.cle)
    nb = _scalar(
        contexte,
        f"SELECT count(*) FROM (SELECT 1 FROM lignes WHERE NOT __hors_academie GROUP BY {cle} HAVING count(*) > 1)",
    )
    verbe = "figure" if nb == 1 else "figurent"
    return [f"{accorder(nb, 'code')} {verbe} sur plusieurs lignes : la première est retenue."] if nb else []


def _scalar(contexte: Contexte, requete: str):
    return contexte.connexion.execute(requete).fetchone()[0]


@dataclass(frozen=True)
class _Regle:
    """A condition that no line may meet, on `b` (text) and `l` (typed), with what to tell of the lines that do."""

    nom: str
    condition: str
    constat: str
    attendu: str
    action: str = "corrigez ces lignes, puis chargez de nouveau le fichier."


def _apply(contexte: Contexte, regles: list[_Regle]) -> list[Faute]:
    """The faults of the lines of the académie; one query counts them all, and only faulty rules are looked at again."""
    if not regles:
        return []
    depuis = "FROM lignes l JOIN brut b USING (__ligne) WHERE NOT l.__hors_academie"
    comptes = ", ".join(f"count_if({regle.condition})" for regle in regles)
    nombres = contexte.connexion.execute(f"SELECT {comptes} {depuis}").fetchone()
    fautes = []
    for regle, nb in zip(regles, nombres, strict=True):
        if nb:
            premieres = contexte.connexion.execute(
                f"SELECT __ligne, b.{sql.name(regle.nom)} {depuis} AND ({regle.condition}) ORDER BY __ligne LIMIT ?",
                [LIGNES_CITEES],
            ).fetchall()
            exemples = tuple(f"ligne {n}" + (f" : « {cite(t)} »" if t else "") for n, t in premieres)
            constat = f"Colonne « {contexte.trouvee.entetes[regle.nom]} », {accorder(nb, 'ligne')} : {regle.constat}."
            fautes.append(Faute(constat, regle.attendu, regle.action, nb, exemples))
    return fautes


def _check_rompues(contexte: Contexte) -> list[Faute]:
    rompues = contexte.trouvee.tableau.lignes_rompues
    if not rompues:
        return []
    nb = len(contexte.trouvee.tableau.entetes)
    exemples = tuple(
        f"ligne {numero} : {cellules} cellule{'s' * (cellules > 1)}" for numero, cellules in rompues[:LIGNES_CITEES]
    )
    constat = f"{accorder(len(rompues), 'ligne')} {'n’a' if len(rompues) == 1 else 'n’ont'} pas"
    attendu = f"{nb} cellules par ligne, comme l’en-tête"
    action = "mettez entre guillemets refermés les textes qui contiennent le séparateur, ou exportez de nouveau."
    return [Faute(f"{constat} autant de cellules que l’en-tête.", attendu, action, len(rompues), exemples)]


def _check_cellules_en_erreur(contexte: Contexte) -> list[Faute]:
    """Formulas that failed: a workbook gives them as empty cells, and an empty cell is a figure silently lost."""
    erreurs = contexte.trouvee.tableau.cellules_en_erreur
    if not erreurs:
        return []
    exemples = tuple(f"ligne {numero} : « {cite(texte)} »" for numero, texte in erreurs[:LIGNES_CITEES])
    constat = f"{accorder(len(erreurs), 'cellule')} en erreur de formule."
    action = "corrigez ces formules (ou videz ces cellules) dans le tableur, puis enregistrez de nouveau."
    return [Faute(constat, "une valeur dans chaque cellule", action, len(erreurs), exemples)]


_CODES = {
    "commune": "un code INSEE de commune (16015)",
    "departement": "un code de département (16 ou 016)",
    "code": "des lettres sans accent, des chiffres, « - » ou « _ », 30 au plus (R012)",
}


def _list_regles(contexte: Contexte, nom: str) -> list[_Regle]:
    """The rules of a column, from its type."""
    colonne, regle = sql.name(nom), contexte.format.colonnes[nom]
    regles = []
    if nom in contexte.format.renseignees:
        regles.append(_Regle(nom, f"b.{colonne} IS NULL", "la cellule est vide", "une valeur sur chaque ligne"))
    if regle.type in NUMERIQUES:
        return regles + _list_regles_nombre(contexte, nom)
    if regle.type == "uai":
        return regles + _list_regles_uai(nom, contexte.format.exemples)
    if regle.type in _CODES:
        illisible = f"b.{colonne} IS NOT NULL AND l.{colonne} IS NULL"
        regles.append(_Regle(nom, illisible, "le code est illisible", _CODES[regle.type]))
    if regle.valeurs:
        admises = ", ".join(sql.fold_text(valeur) for valeur in regle.valeurs)
        inconnue = f"{sql.fold('b.' + colonne)} NOT IN ({admises})"
        regles.append(_Regle(nom, inconnue, "la valeur n’est pas prévue", " ou ".join(regle.valeurs)))
    if contexte.format.annee is not None and contexte.format.annee.colonne == nom:
        attendu = "une année (2024) ou une année scolaire (2024-2025)"
        illisible = f"b.{colonne} IS NOT NULL AND l.__rentree IS NULL"
        regles.append(_Regle(nom, illisible, "l’année est illisible", attendu))
        derniere = get_derniere_rentree()
        future = f"b.{colonne} IS NOT NULL AND l.__rentree > {derniere}"
        regles.append(_Regle(nom, future, "l’année est encore à venir", f"au plus tard la rentrée {derniere}"))
    return regles


def _list_regles_nombre(contexte: Contexte, nom: str) -> list[_Regle]:
    colonne, type_colonne = sql.name(nom), contexte.format.colonnes[nom].type
    codes = [code for code in contexte.format.get_codes_manquants(nom) if code]
    attendu = "un nombre (12,5)" + (f" ou {', '.join(codes)} quand il manque" if codes else "")
    illisible = f"b.{colonne} IS NOT NULL AND l.{colonne} IS NULL AND l.{sql.name(nom + '__statut')} IS NULL"
    regles = [_Regle(nom, illisible, "ce n’est pas un nombre", attendu)]
    if type_colonne == "entier":
        mauvais = f"l.{colonne} < 0 OR l.{colonne} <> floor(l.{colonne})"
        constat = "un effectif ne peut être négatif ni fractionnaire"
        regles.append(_Regle(nom, mauvais, constat, "un entier, 0 ou plus"))
    if type_colonne == "pourcentage":
        mauvais = f"l.{colonne} NOT BETWEEN 0 AND 100"
        regles.append(_Regle(nom, mauvais, "le taux sort de 0 à 100", "un taux entre 0 et 100"))
        regles.append(_make_regle_proportions(nom))
    return regles


def _make_regle_proportions(nom: str) -> _Regle:
    """A workbook that shows 79,4 % may hold 0.794: every rate would be a hundred times too small."""
    colonne = sql.name(nom)
    en_proportion = (
        f"SELECT count({colonne}) >= 5 AND max({colonne}) <= 1 AND count_if({colonne} > 0 AND {colonne} < 1) > 0 "
        "FROM lignes WHERE NOT __hors_academie"
    )
    return _Regle(
        nom,
        f"l.{colonne} IS NOT NULL AND ({en_proportion})",
        "tous les taux sont entre 0 et 1",
        "des taux entre 0 et 100",
        "multipliez-les par 100.",
    )


def _list_regles_uai(nom: str, exemples: tuple[str, ...]) -> list[_Regle]:
    brut, valeur = f"b.{sql.name(nom)}", f"l.{sql.name(nom)}"
    attendu = "7 chiffres puis une lettre (0160001P)"
    forme = f"{brut} IS NOT NULL AND NOT {sql.is_uai(valeur)}"
    lettre = f"{sql.is_uai(valeur)} AND NOT {sql.has_control_letter(valeur)}"
    faux = "la lettre de contrôle ne va pas avec les chiffres, le code est mal recopié"
    regles = [
        _Regle(nom, forme, "ce n’est pas un code UAI", attendu),
        _Regle(nom, lettre, faux, "un code UAI existant"),
    ]
    if exemples:
        fictif = f"{valeur} IN ({sql.list_values(exemples)})"
        constat = "c’est l’établissement fictif du modèle"
        regles.append(_Regle(nom, fictif, constat, "vos lignes seules", "supprimez les lignes d’exemple du modèle."))
    return regles


def _check_doublons(contexte: Contexte) -> list[Faute]:
    """Lines that share the key, identical or contradictory."""
    if contexte.format.doublons_admis:
        return []
    cle = [nom for nom in contexte.format.cle if nom in contexte.trouvee.colonnes]
    par = [_make_cle(contexte, nom) for nom in cle] or ["__entiere"]
    remplie = " AND ".join(f"{expression} IS NOT NULL" for expression in par)
    depuis = f"FROM lignes WHERE NOT __hors_academie AND {remplie} GROUP BY {', '.join(par)} HAVING count(*) > 1"
    if not _scalar(contexte, f"SELECT count(*) FROM (SELECT 1 {depuis})"):
        return []
    champs = ", ".join(f"first({sql.name(nom)}::VARCHAR ORDER BY __ligne)" for nom in cle) or "NULL"
    groupes = contexte.connexion.execute(
        f"SELECT list(__ligne ORDER BY __ligne), count(DISTINCT __entiere) = 1, [{champs}] {depuis} "
        "ORDER BY min(__ligne)"
    ).fetchall()
    identiques = [groupe for groupe in groupes if groupe[1]]
    contraires = [groupe for groupe in groupes if not groupe[1]]
    return _tell_doublons(contexte, identiques, "identiques", "supprimez les lignes en trop.") + _tell_doublons(
        contexte, contraires, "contradictoires", "gardez la bonne ligne et supprimez l’autre."
    )


def _make_cle(contexte: Contexte, nom: str) -> str:
    """What tells two lines apart in a column: «2024» and «2024-2025» are the same rentrée, «cp» is «CP»."""
    if contexte.format.annee is not None and contexte.format.annee.colonne == nom:
        return "__rentree"
    return sql.fold(sql.name(nom)) if contexte.format.colonnes[nom].type == "texte" else sql.name(nom)


def _tell_doublons(contexte: Contexte, groupes: list, genre: str, action: str) -> list[Faute]:
    if not groupes:
        return []
    exemples = tuple(_describe_groupe(lignes, cle) for lignes, _, cle in groupes[:LIGNES_CITEES])
    entetes = [contexte.trouvee.entetes[nom] for nom in contexte.format.cle if nom in contexte.trouvee.entetes]
    attendu = f"une seule ligne par {', '.join(entetes)}" if entetes else "des lignes toutes différentes"
    nb = format_nombre(len(groupes))
    return [Faute(f"Doublons {genre} : {nb} cas.", attendu, action, len(groupes), exemples)]


def _describe_groupe(lignes: list[int], cle: list[str | None]) -> str:
    valeurs = ", ".join(str(valeur) for valeur in cle if valeur is not None)
    cites = ", ".join(str(n) for n in lignes[:-1])
    return f"lignes {cites} et {lignes[-1]}" + (f" : {valeurs}" if valeurs else "")


def _explain_other_academie(contexte: Contexte) -> Faute:
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
    return Faute(
        f"Aucune ligne ne concerne l’académie de {academie.nom} : le fichier porte sur {', '.join(vues)}.",
        attendu,
        "chargez l’extrait de votre académie, ou indiquez la bonne académie dans la commande.",
    )
