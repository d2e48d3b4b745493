"""The query that judges the texts of a batch: typed values, missing codes, rules broken, hashes.

It reads the table `textes`, one column `c0`, `c1`… per column of the file.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indicators.formats.modele import NUMERIQUES, ModaliteColonne
from indicators.ingestion import coherence_totaux
from indicators.ingestion import expressions as sql
from indicators.ingestion.cellules import PERTE, RegleDeCellule, is_texte, list_regles
from indicators.ingestion.fautes import cite

if TYPE_CHECKING:
    from indicators.ingestion.lignes import Contexte


class RequeteTextes:
    """The query of a table, and where its columns go.

    Attributes:
        sql: the query.
        sql_sans_code: which of the lines without a code of territory, in the table `sans_code`, are blank or a total.
        physiques: columns of the query → column of the file that they judge.
        sorties: those that become columns of the typed lines.
        cle, entiere: those that make the hash of the key, and of the whole line.
        regles: (header, rule), numbered by their rank.
        regles_de: numbers of the rules of a column of the file; the rank in the list is the bit in `c0__fautes`.
        repere: column of the file that holds the territory.
    """

    def __init__(self, contexte: "Contexte") -> None:
        self._contexte, self._format = contexte, contexte.format
        self._colonnes = contexte.trouvee.colonnes
        self._toutes = [f"c{rang}" for rang in range(len(contexte.trouvee.tableau.entetes))]
        self.repere = self._colonnes[self._format.territoire.colonne]
        self.physiques: dict[str, str] = {}
        self.sorties: dict[str, str] = {}
        self.cle: dict[str, str] = {}
        self.entiere = {f"{physique}__hash": physique for physique in self._toutes}
        self.regles: list[tuple[str, RegleDeCellule]] = []
        self.regles_de: dict[str, list[int]] = {}
        self._champs: list[str] = []
        for nom, physique in self._colonnes.items():
            self._add_colonne(nom, physique)
        self._add_reperes()
        self._add_hachages()
        self._add_regles()
        self.sql = self._compile()
        self.sql_sans_code = self._compile_sans_code()

    def get_texte(self, nom: str) -> str:
        """Name, among the typed columns, of the text of a column."""
        return sql.name(nom if is_texte(self._format.colonnes[nom].type) else f"{nom}__texte")

    def make_constantes(self, nb: int) -> dict[str, pa.Array]:
        """The rentrée, when no column says it."""
        if "__rentree" in self.sorties:
            return {}
        rentree = self._contexte.rentree if self._format.annee and self._format.annee.colonne is None else None
        return {"__rentree": pa.array(np.full(nb, rentree or 0, dtype=np.int32), mask=np.full(nb, not rentree))}

    def _add(self, sortie: str, champ: str, physique: str, *, est_lue: bool = True) -> None:
        self._champs.append(f"{champ} AS {sql.name(sortie)}")
        self.physiques[sortie] = physique
        if est_lue:
            self.sorties[sortie] = physique

    def _add_colonne(self, nom: str, physique: str) -> None:
        type_colonne, texte = self._format.colonnes[nom].type, sql.name(f"{nom}__texte")
        self._add(nom, texte if is_texte(type_colonne) else sql.name(nom), physique)
        if not is_texte(type_colonne):
            self._add(f"{nom}__texte", texte, physique)
        if type_colonne in NUMERIQUES:
            self._add(f"{nom}__statut", sql.name(f"{nom}__statut"), physique)
        if nom in list_pliees(self._format):
            self._add(f"{nom}__pli", sql.name(f"{nom}__pli"), physique)

    def _add_reperes(self) -> None:
        """Rentrée, territory and académie of a line."""
        annee, territoire = self._format.annee, self._format.territoire
        if self._has_annee():
            self._add("__rentree", "__rentree", self._colonnes[annee.colonne])
        repere, academie = self._get_valeur(territoire.colonne), self._contexte.academie
        codes = {"academie": sql.quote(academie.territoire.code), "region": sql.quote(academie.region.code)}
        self._add("__territoire", codes.get(territoire.niveau, repere), self.repere)
        texte, forme = sql.name(f"{territoire.colonne}__texte"), sql.name(f"{territoire.colonne}__forme")
        est_uai = forme if self._format.colonnes[territoire.colonne].type == "uai" else "false"
        est_de = sql.is_of_academie(territoire.codage, repere, academie, est_uai)
        self._add("__hors_academie", f"NOT coalesce({est_de}, true)", self.repere, est_lue=False)
        self._add("__sans_code", f"{texte} IS NULL", self.repere, est_lue=False)
        est_total = f"CASE WHEN {est_uai} THEN false ELSE {coherence_totaux.is_total(self._format, texte, [])} END"
        est_total = f"coalesce({est_total}, false)"
        self._add("__est_total", est_total, self.repere, est_lue=False)

    def _get_valeur(self, nom: str) -> str:
        return sql.name(f"{nom}__texte" if is_texte(self._format.colonnes[nom].type) else nom)

    def _add_hachages(self) -> None:
        for physique in self._toutes:
            self._add(f"{physique}__hash", f"hash({physique})", physique, est_lue=False)
        for nom in (nom for nom in self._format.cle if nom in self._colonnes):
            hache = f"CASE WHEN {self.make_cle(nom)} IS NOT NULL THEN hash({self.make_cle(nom)}) END"
            self._add(f"{nom}__cle", hache, self._colonnes[nom], est_lue=False)
            self.cle[f"{nom}__cle"] = self._colonnes[nom]

    def make_cle(self, nom: str) -> str:
        """What tells two lines apart in a column: «2024» and «2024-2025» are the same rentrée, «cp» is «CP»."""
        annee = self._format.annee
        if annee is not None and annee.colonne == nom:
            return "__rentree"
        return sql.name(f"{nom}__pli") if is_texte(self._format.colonnes[nom].type) else self._get_valeur(nom)

    def _add_regles(self) -> None:
        """Rules of the known columns; where characters are lost, a rule of each column of the file."""
        entetes, tableau = self._contexte.trouvee.entetes, self._contexte.trouvee.tableau
        listes: dict[str, list[tuple[str, RegleDeCellule]]] = {}
        for nom, physique in self._colonnes.items():
            regles = [(entetes[nom], regle) for regle in list_regles(self._contexte, nom)]
            listes.setdefault(physique, []).extend(regles)
        for rang, physique in enumerate(self._toutes if tableau.a_des_pertes else []):
            perte = RegleDeCellule(PERTE.controle, PERTE.condition.format(physique), PERTE.constat)
            listes.setdefault(physique, []).append((cite(tableau.entetes[rang].strip(), 80), perte))
        for physique, regles in listes.items():
            self.regles_de[physique] = list(range(len(self.regles), len(self.regles) + len(regles)))
            self.regles += regles
            bits = [f"CASE WHEN {r.condition} THEN {1 << bit} ELSE 0 END" for bit, (_, r) in enumerate(regles)]
            self._add(f"{physique}__fautes", f"({' + '.join(bits) or '0'})::UBIGINT", physique, est_lue=False)

    def _compile(self) -> str:
        """Texts, then what is read of them once, then what several rules make of it."""
        textes = [f"{sql.clean(p)} AS {sql.name(f'{nom}__texte')}" for nom, p in self._colonnes.items()]
        lues = ["*", *(lue for nom in self._colonnes for lue in self._select_lues(nom))]
        annee = self._format.annee
        rentree = f", {sql.to_rentree(annee, '__lue')} AS __rentree" if self._has_annee() else ""
        return (
            f"SELECT {', '.join(self._champs)} FROM (SELECT *{rentree} FROM (SELECT {', '.join(lues)} FROM "
            f"(SELECT {', '.join([*self._toutes, *textes])} FROM textes)))"
        )

    def _has_annee(self) -> bool:
        return self._format.annee is not None and self._format.annee.colonne in self._colonnes

    def _select_lues(self, nom: str) -> list[str]:
        """Typed value, why it is missing when it is a figure, folded text, year."""
        type_colonne, texte = self._format.colonnes[nom].type, sql.name(f"{nom}__texte")
        lues = []
        if self._has_annee() and self._format.annee.colonne == nom:
            lues.append(f"{sql.to_annee(self._format.annee, texte)} AS __lue")
        if is_texte(type_colonne):
            return [*lues, f"{sql.fold(texte)} AS {sql.name(f'{nom}__pli')}"]
        lues.append(f"{sql.to_value(type_colonne, texte)} AS {sql.name(nom)}")
        if type_colonne == "uai":
            lues.append(f"{sql.is_uai(sql.to_uai(texte))} AS {sql.name(f'{nom}__forme')}")
        if type_colonne in NUMERIQUES:
            codes = self._format.get_codes_manquants(nom)
            connu, courant = sql.find_code(texte, codes), sql.find_code_courant(texte, codes)
            lues.append(f"coalesce({connu}, {courant}) AS {sql.name(f'{nom}__statut')}")
        return lues

    def _compile_sans_code(self) -> str:
        fermees = {p for nom, p in self._colonnes.items() if self._format.colonnes[nom].valeurs}
        autres = [sql.clean(p) for p in self._toutes if p != self.repere and p not in fermees]
        total = coherence_totaux.is_total(self._format, sql.clean(self.repere), autres)
        vide = " AND ".join(f"{sql.clean(physique)} IS NULL" for physique in self._toutes)
        return f"SELECT {vide} AS vide, {total} AS total FROM sans_code"


def list_pliees(format_) -> set[str]:
    """Columns of text that the measures of a format compare with values."""
    comparees: set[str] = set()
    for mesure in format_.mesures:
        comparees |= set(mesure.si) | {m.colonne for m in mesure.modalites if isinstance(m, ModaliteColonne)}
        termes = [*mesure.termes, *([mesure.addition.total, *mesure.addition.parties] if mesure.addition else [])]
        comparees |= {nom for terme in termes for nom in terme.ou}
    return {nom for nom in comparees if is_texte(format_.colonnes[nom].type)}
