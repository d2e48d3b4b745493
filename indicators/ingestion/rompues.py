"""Lines that do not have as many cells as the header: left out of the figures, kept to be mended."""

import csv
import io
from typing import TYPE_CHECKING

import pyarrow as pa

from indicators.francais import accorder
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Signalement, make_constat
from indicators.ingestion.tableaux import LigneRompue
from indicators.ingestion.textes import SEPARATEURS, name_separateur

if TYPE_CHECKING:
    from indicators.ingestion.lignes import Contexte

_SCHEMA = pa.schema([("ligne", pa.int64()), ("trouve", pa.string()), ("cellules", pa.list_(pa.string()))])


class Rompues:
    """Gathers the broken lines of a table as it is read, in the table `rompues`."""

    def __init__(self, contexte: "Contexte") -> None:
        self._connexion, self._tableau = contexte.connexion, contexte.trouvee.tableau
        self._largeur = len(self._tableau.entetes)
        self._nb = 0
        self._premieres: list[LigneRompue] = []
        self._connexion.execute("CREATE TABLE rompues (ligne BIGINT, trouve VARCHAR, cellules VARCHAR[])")

    def note(self) -> None:
        """Write the broken lines met since the last time."""
        # The reader adds to the list meanwhile, from its own thread.
        lues = self._tableau.rompues[:]
        del self._tableau.rompues[: len(lues)]
        if not lues:
            return
        self._nb += len(lues)
        self._premieres = (self._premieres + lues)[:LIGNES_CITEES]
        lignes = [(r.ligne, accorder(r.nb_cellules, "cellule"), self._split(r.texte)) for r in lues]
        colonnes = [
            pa.array(valeurs, champ.type) for valeurs, champ in zip(zip(*lignes, strict=True), _SCHEMA, strict=True)
        ]
        self._connexion.register("lot_rompues", pa.table(colonnes, schema=_SCHEMA))
        self._connexion.execute("INSERT INTO rompues FROM lot_rompues")
        self._connexion.unregister("lot_rompues")

    def _split(self, texte: str) -> list[str]:
        """Cells of a line, as many as headers: what is beyond the last one stays in it."""
        separateur = self._tableau.separateur
        try:
            cellules = next(csv.reader(io.StringIO(texte.rstrip("\r\n"), newline=""), delimiter=separateur), [])
        except csv.Error:  # an oversized cell
            cellules = [texte]
        debut, suite = cellules[: self._largeur - 1], cellules[self._largeur - 1 :]
        return [*debut, separateur.join(suite)] if suite else debut

    def conclude(self) -> list[Constat]:
        """What was found; every line is noted."""
        if not self._nb:
            return []
        attendu = f"{accorder(self._largeur, 'cellule')} par ligne, comme l’en-tête"
        self._connexion.execute(
            "INSERT INTO signalements SELECT 'ligne_rompue', ligne, '', trouve, ? FROM rompues", [attendu]
        )
        exemples = tuple(Signalement(ligne=r.ligne, trouve=accorder(r.nb_cellules, "cellule")) for r in self._premieres)
        autre = self._find_autre_separateur()
        if autre:
            constat = (
                f"{accorder(self._nb, 'ligne')} {'a' if self._nb == 1 else 'ont'} pour séparateur "
                f"{name_separateur(autre)}, et l’en-tête {name_separateur(self._tableau.separateur)}."
            )
            return [make_constat("separateur", constat, self._nb, exemples)]
        verbe = "n’a" if self._nb == 1 else "n’ont"
        constat = f"{accorder(self._nb, 'ligne')} {verbe} pas autant de cellules que l’en-tête."
        return [make_constat("ligne_rompue", constat, self._nb, exemples, attendu=attendu)]

    def _find_autre_separateur(self) -> str:
        """The separator with which the first broken lines would be as wide as the header."""
        for autre in SEPARATEURS.replace(self._tableau.separateur, ""):
            if all(r.nb_cellules == 1 and r.texte.count(autre) == self._largeur - 1 for r in self._premieres):
                return autre
        return ""
