"""A batch of lines → typed columns, each text being judged once: value, missing code, and the rules that it breaks.

The texts of a batch make a table of their own, one column per column of the file, each with its texts once. One query
reads it; what it says of a text goes to the lines by the rank of their text. The work is that of the texts, not of
the lines.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from indicators.ingestion import expressions as sql
from indicators.ingestion.cellules import RegleDeCellule
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, make_constat
from indicators.ingestion.requete_textes import RequeteTextes
from indicators.ingestion.signalements import make_signalement

if TYPE_CHECKING:
    from indicators.ingestion.lignes import Contexte

_PLACES_MAXIMALES = 500_000
"""Places in fault kept before they are written."""

_MELANGE = np.uint64(0x9E3779B97F4A7C15)
"""Odd number whose products spread a hash over all its bits (golden ratio, Knuth)."""


class Juge:
    """Types the batches of one table, and notes what is wrong in their cells."""

    def __init__(self, contexte: "Contexte") -> None:
        self._contexte = contexte
        self._connexion = contexte.connexion
        self._requete = RequeteTextes(contexte)
        self._nombres = [0] * len(self._requete.regles)
        self._premieres: list[list[tuple[int, str | None]]] = [[] for _ in self._requete.regles]
        self._places: list[pa.Table] = []
        self._cles = np.empty(0, dtype=np.uint32)

    @property
    def codes(self) -> list[str]:
        """Codes of the rules."""
        return [regle.controle for _, regle in self._requete.regles]

    def get_texte(self, nom: str) -> str:
        """Name, among the typed columns, of the text of a column of the format."""
        return self._requete.get_texte(nom)

    def judge(self, lot: pa.RecordBatch) -> pa.RecordBatch:
        """The typed lines of a batch, blank ones left out."""
        colonnes = {nom: _encode(lot[nom]) for nom in lot.schema.names if nom != "ligne"}
        rangs = {nom: colonne.indices.to_numpy(zero_copy_only=False) for nom, colonne in colonnes.items()}
        juges = self._judge_textes({nom: colonne.dictionary for nom, colonne in colonnes.items()})
        entiere, _ = _mix(juges, rangs, self._requete.entiere, lot.num_rows)
        typees = {"__ligne": lot["ligne"], "__entiere": pa.array(entiere.view(np.int64))}
        typees |= {s: _spread(juges[s], colonnes[p].indices) for s, p in self._requete.sorties.items()}
        typees |= self._requete.make_constantes(lot.num_rows)
        cle, sans_cle = _mix(juges, rangs, self._requete.cle or self._requete.entiere, lot.num_rows)
        cle = (cle >> np.uint64(32)).astype(np.uint32)
        typees["__cle"] = pa.array(cle)
        vides, totaux = self._find_vides(lot, juges, rangs)
        hors = juges["__hors_academie"].to_numpy(zero_copy_only=False)[rangs[self._requete.repere]] | totaux
        typees |= {"__est_total": pa.array(totaux), "__hors_academie": pa.array(hors)}
        self._note_places(lot, juges, colonnes, rangs, hors | vides)
        self._note_cles(cle[~(hors | vides | sans_cle)])
        batch = pa.RecordBatch.from_pydict(typees)
        return batch.filter(pa.array(~vides)) if vides.any() else batch

    def _judge_textes(self, textes: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """What the query says of each text of each column."""
        hauteur = max([len(texte) for texte in textes.values()], default=0)
        egales = [
            pa.concat_arrays([t.cast(pa.string()), pa.nulls(hauteur - len(t), pa.string())]) for t in textes.values()
        ]
        self._connexion.register("textes", pa.table(egales, names=list(textes)))
        resultat = self._connexion.execute(self._requete.sql).to_arrow_table().combine_chunks()
        self._connexion.unregister("textes")
        return {
            nom: resultat[nom].combine_chunks().slice(0, len(textes[physique]))
            for nom, physique in self._requete.physiques.items()
        }

    def _find_vides(self, lot: pa.RecordBatch, juges: dict, rangs: dict) -> tuple[np.ndarray, np.ndarray]:
        """Which lines are blank, and which are lines of total: only those without a code of territory are looked at."""
        repere = self._requete.repere
        vides = np.zeros(lot.num_rows, dtype=bool)
        totaux = juges["__est_total"].to_numpy(zero_copy_only=False)[rangs[repere]]
        sans_code = np.flatnonzero(juges["__sans_code"].to_numpy(zero_copy_only=False)[rangs[repere]])
        if len(sans_code):
            self._connexion.register("sans_code", pa.table(lot.take(pa.array(sans_code))))
            trouves = self._connexion.execute(self._requete.sql_sans_code).fetchnumpy()
            self._connexion.unregister("sans_code")
            vides[sans_code], totaux[sans_code] = trouves["vide"], trouves["total"]
        return vides, totaux

    def _note_places(self, lot: pa.RecordBatch, juges: dict, colonnes: dict, rangs: dict, hors: np.ndarray) -> None:
        """Keep the places of the cells in fault: number of the rule, line, text."""
        for physique, numeros in self._requete.regles_de.items():
            masques = juges[f"{physique}__fautes"].to_numpy(zero_copy_only=False)
            if not masques.any():
                continue
            fautives = np.flatnonzero((masques != 0).take(rangs[physique]) & ~hors)
            fautes = masques.take(rangs[physique][fautives])
            for bit, numero in enumerate(numeros):
                places = fautives[fautes & np.uint64(1 << bit) != 0]
                if len(places):
                    places = pa.array(places)
                    self._keep(numero, lot["ligne"].take(places), colonnes[physique].take(places))

    def _keep(self, numero: int, lignes: pa.Array, textes: pa.Array) -> None:
        textes = textes.cast(pa.string())
        self._nombres[numero] += len(lignes)
        premieres = self._premieres[numero]
        manque = LIGNES_CITEES - len(premieres)
        premieres += zip(lignes[:manque].to_pylist(), textes[:manque].to_pylist(), strict=True)
        regle = pa.array(np.full(len(lignes), numero, dtype=np.int32))
        self._places.append(pa.table({"regle": regle, "ligne": lignes, "trouve": textes}))
        if sum(table.num_rows for table in self._places) > _PLACES_MAXIMALES:
            self._write_places()

    def _note_cles(self, cles: np.ndarray) -> None:
        """Keep the keys in one array that grows in place: they are the only thing kept of every line."""
        debut = len(self._cles)
        self._cles.resize(debut + len(cles), refcheck=False)
        self._cles[debut:] = cles

    def find_repetees(self) -> np.ndarray:
        """The keys that several lines of the académie share, and a few others by chance; can be asked once."""
        self._cles.sort()
        repetees = np.unique(self._cles[1:][self._cles[1:] == self._cles[:-1]])
        self._cles = np.empty(0, dtype=np.uint32)
        return repetees

    def _write_places(self) -> None:
        if not self._places:
            return
        controle = self._match(lambda entete, regle: sql.quote(regle.controle))
        colonne = self._match(lambda entete, regle: sql.quote(entete))
        attendu = self._match(lambda entete, regle: regle.attendu)
        self._connexion.register("places", pa.concat_tables(self._places).combine_chunks())
        self._connexion.execute(
            f"INSERT INTO signalements SELECT {controle}, ligne, {colonne}, trouve, {attendu} "
            f"FROM (SELECT regle, ligne, {sql.clean('trouve')} AS trouve FROM places)"
        )
        self._connexion.unregister("places")
        self._places.clear()

    def _match(self, champ: Callable[[str, RegleDeCellule], str]) -> str:
        """SQL of what a place has from its rule."""
        cas = [f"WHEN {n} THEN {champ(*regle)}" for n, regle in enumerate(self._requete.regles) if self._nombres[n]]
        return f"CASE regle {' '.join(cas)} END"

    def conclude(self) -> list[Constat]:
        """Write the places that are left; what each rule found."""
        self._write_places()
        return [
            self._make_constat(numero, entete, regle)
            for numero, (entete, regle) in enumerate(self._requete.regles)
            if self._nombres[numero]
        ]

    def _make_constat(self, numero: int, entete: str, regle: RegleDeCellule) -> Constat:
        exemples = []
        for ligne, brut in self._premieres[numero]:
            requete = f"SELECT trouve, {regle.attendu} FROM (SELECT {sql.clean('?::VARCHAR')} AS trouve)"
            trouve, attendu = self._connexion.execute(requete, [brut]).fetchone()
            exemples.append(make_signalement(ligne, entete, trouve, attendu))
        nb = self._nombres[numero]
        return make_constat(regle.controle, regle.tell(entete, nb), nb, tuple(exemples), **dict(regle.textes))


def _encode(colonne: pa.Array) -> pa.DictionaryArray:
    """The texts of a column once each, a missing one included."""
    if pa.types.is_dictionary(colonne.type):
        return colonne
    return colonne.cast(pa.string()).dictionary_encode(null_encoding="encode")


def _spread(juges: pa.Array, rangs: pa.Array) -> pa.Array:
    """What was said of the texts, on the lines; a text stays written once."""
    if not pa.types.is_string(juges.type):
        return juges.take(rangs)
    if juges.null_count:
        numeros = rangs.to_numpy(zero_copy_only=False)
        rangs = pa.array(numeros, mask=juges.is_null().to_numpy(zero_copy_only=False)[numeros])
        juges = juges.fill_null("")
    return pa.DictionaryArray.from_arrays(rangs, juges)


def _mix(juges: dict[str, pa.Array], rangs: dict, hashes: dict[str, str], nb: int) -> tuple[np.ndarray, np.ndarray]:
    """One hash per line from those of its texts, and which lines have none because one of them is missing."""
    melange, manque = np.zeros(nb, dtype=np.uint64), np.zeros(nb, dtype=bool)
    for sortie, physique in hashes.items():
        hachages = juges[sortie]
        melange ^= hachages.fill_null(0).to_numpy(zero_copy_only=False).take(rangs[physique])
        melange *= _MELANGE
        if hachages.null_count:
            manque |= hachages.is_null().to_numpy(zero_copy_only=False).take(rangs[physique])
    return melange, manque
