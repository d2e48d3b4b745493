"""What screening a file says: one object that the page, the command line and the workbook of faults all read.

A `Controle` is one entry of `controles.yaml`; a `Constat` is what it found in a file; a `Rapport` holds them all.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from indicators.erreurs import ErreurCatalogue
from indicators.francais import format_nombre, typographier

LIGNES_CITEES = 3


class Etape(StrEnum):
    """Stages of a screening, in order."""

    RECEPTION = "reception"
    RECONNAISSANCE = "reconnaissance"
    FORME = "forme"
    IDENTIFIANTS = "identifiants"
    VALEURS = "valeurs"
    COHERENCE = "coherence"
    VRAISEMBLANCE = "vraisemblance"

    @property
    def titre(self) -> str:
        """Name of the stage, as every report shows it."""
        return self.value.replace("reception", "réception").replace("coherence", "cohérence").capitalize()


class Gravite(StrEnum):
    """What a check answers: the file cannot be published, somebody must look at it, or nothing to say."""

    BLOQUANT = "bloquant"
    AVERTISSEMENT = "avertissement"
    CONFORME = "conforme"


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Controle(_Modele):
    """A check: its stage, what a finding means, what was expected and what to do.

    `unite`: what is counted, in the singular («ligne», «colonne», «UAI», «paire»).
    `signature`: a warning that needs somebody's signed acceptance before publication; the others only inform.
    """

    code: str
    etape: Etape
    gravite: Gravite
    titre: str
    unite: str = "ligne"
    attendu: str
    action: str
    signature: bool = False


class Signalement(_Modele):
    """One place in fault: line of the file (header = line 1; None for the whole file), header, found, expected."""

    ligne: int | None
    colonne: str = ""
    trouve: str
    attendu: str = ""


class Constat(_Modele):
    """What one check found: `nb` places, one sentence, the first places, and what to do."""

    controle: Controle
    nb: int
    constat: str
    attendu: str
    action: str
    exemples: tuple[Signalement, ...] = ()

    @property
    def gravite(self) -> Gravite:
        """Gravity of its check."""
        return self.controle.gravite

    def __str__(self) -> str:
        cites = self.exemples[:LIGNES_CITEES]
        reste = self.nb - len(cites)
        suite = f" (et {format_nombre(reste)} autre{'s' if reste > 1 else ''})" if cites and reste > 0 else ""
        lieu = f"\n    {' · '.join(map(_locate, cites))}{suite}" if cites else ""
        return f"- {self.constat}{lieu}\n    Attendu\u00a0: {self.attendu}\n    À faire\u00a0: {self.action}"


def _locate(signalement: Signalement) -> str:
    lieu = f"ligne {signalement.ligne}" if signalement.ligne is not None else ""
    attendu = f" ({signalement.attendu})" if signalement.attendu else ""
    return "\u00a0: ".join(partie for partie in (lieu, signalement.trouve) if partie) + attendu


class Proche(_Modele):
    """A format that looks like an unknown table: columns recognised, missing, and left unused in the file."""

    format: str
    titre: str
    reconnues: tuple[str, ...]
    manquantes: tuple[str, ...]
    libres: tuple[str, ...]


class FormatLu(_Modele):
    """The format a table was read with."""

    code: str
    titre: str
    source: str
    version: int


class Rapport(_Modele):
    """The whole screening of one table (a file, or one sheet of a workbook).

    - `genre`: «CSV, UTF-8, séparateur « ; »», «XLSX, feuille « Données »»…
    - `entetes`: headers of the file as written; `nb_colonnes_lues`: how many the format knows.
    - `nb_a_corriger`, `nb_averties`: lines named by at least one blocking check, or only by warnings.
    - `controles`: every check that ran, those that found nothing included.
    - `proches`: when no format was recognised, the nearest ones.
    """

    fichier: str
    sha256: str
    taille: int
    genre: str
    feuille: str = ""
    format: FormatLu | None = None
    entetes: tuple[str, ...] = ()
    nb_colonnes_lues: int = 0
    rentrees: tuple[int, ...] = ()
    nb_lignes: int = 0
    nb_hors_academie: int = 0
    nb_a_corriger: int = 0
    nb_averties: int = 0
    nb_observations: int = 0
    controles: tuple[Controle, ...] = ()
    constats: tuple[Constat, ...] = ()
    proches: tuple[Proche, ...] = ()

    @property
    def bloquants(self) -> tuple[Constat, ...]:
        """What must be mended in the file."""
        return tuple(c for c in self.constats if c.gravite is Gravite.BLOQUANT)

    @property
    def avertissements(self) -> tuple[Constat, ...]:
        """What somebody must look at."""
        return tuple(c for c in self.constats if c.gravite is Gravite.AVERTISSEMENT)

    @property
    def a_signer(self) -> tuple[Constat, ...]:
        """Warnings that need a signed acceptance."""
        return tuple(c for c in self.avertissements if c.controle.signature)

    @property
    def conformes(self) -> tuple[Controle, ...]:
        """Checks that ran and found nothing."""
        trouves = {constat.controle.code for constat in self.constats}
        return tuple(controle for controle in self.controles if controle.code not in trouves)

    @property
    def est_publiable(self) -> bool:
        """No blocking check found anything."""
        return not self.bloquants

    def judge_etapes(self) -> dict[Etape, tuple[Gravite, int] | None]:
        """For each stage, its worst answer and how many checks gave it (0 when sound); None when no check of it ran."""
        return {etape: self._judge(etape) for etape in Etape}

    def _judge(self, etape: Etape) -> tuple[Gravite, int] | None:
        for gravite in (Gravite.BLOQUANT, Gravite.AVERTISSEMENT):
            codes = {c.controle.code for c in self.constats if c.controle.etape is etape and c.gravite is gravite}
            if codes:
                return gravite, len(codes)
        return (Gravite.CONFORME, 0) if any(c.etape is etape for c in self.controles) else None

    def add(self, controles: tuple[Controle, ...], constats: tuple[Constat, ...]) -> "Rapport":
        """The same report with other checks and what they found."""
        return self.model_copy(update={"controles": self.controles + controles, "constats": self.constats + constats})


@cache
def load_controles() -> dict[str, Controle]:
    """Every check by code, in the order in which a report lists them.

    Raises:
        ErreurCatalogue: `controles.yaml` is not valid.
    """
    chemin = Path(__file__).with_name("controles.yaml")
    try:
        contenu = yaml.safe_load(chemin.read_text(encoding="utf-8"))
        return {code: Controle(code=code, **_typographier(champs)) for code, champs in contenu.items()}
    except (yaml.YAMLError, TypeError, ValueError) as erreur:
        raise ErreurCatalogue(f"La liste des contrôles « {chemin.name} » est à corriger : {erreur}") from erreur


def _typographier(champs: dict) -> dict:
    return {nom: typographier(valeur) if isinstance(valeur, str) else valeur for nom, valeur in champs.items()}


def make_constat(code: str, constat: str, nb: int = 1, exemples: tuple[Signalement, ...] = (), **champs) -> Constat:
    """What a check found; `attendu` and `action` are those of the check unless given.

    Plain spaces become the non-breaking ones of French typography.
    """
    controle = load_controles()[code]
    textes = {"constat": constat, "attendu": controle.attendu, "action": controle.action} | champs
    cites = tuple(exemple.model_copy(update=_typographier(dict(exemple))) for exemple in exemples[:LIGNES_CITEES])
    return Constat(controle=controle, nb=nb, exemples=cites, **_typographier(textes))
