"""The screening of one table, stage by stage: every check, then the normalised files when nothing blocks."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from indicators.formats import Format, load_formats
from indicators.ingestion import coherence, controles, doublons, lignes, mesures, reconnaissance, signalements, tables
from indicators.ingestion.fautes import ErreurExtrait, cite_nom
from indicators.ingestion.fichiers import read_tableaux
from indicators.ingestion.rapport import (
    Constat,
    Controle,
    Etape,
    FormatLu,
    Gravite,
    Rapport,
    load_controles,
    make_constat,
)
from indicators.ingestion.reconnaissance import Reconnaissance
from indicators.territoires.referentiel import get_academie

Progres = Callable[[Etape], None]

_TROP_LOURD = "Le contrôle de ce fichier demande plus de mémoire qu’il n’en est prévu."
_RECEPTION = (
    "fichier_illisible", "fichier_vide", "fichier_trop_grand", "genre_refuse", "fichier_endommage", "tableau_absent",
)  # fmt: skip
_RECONNAISSANCE = ("format_inconnu", "colonne_absente", "entete_renomme", "trop_de_colonnes")
_ENTETES = ("entete_espace", "entete_repete", "aucune_ligne")


class Criblage:
    """Screens one table. `format` and `fichiers`: the layout it was read with, and the files written, once screened."""

    def __init__(
        self, chemin: Path, academie: str, rentree: int | None, feuille: str | None, format_: Format | None
    ) -> None:
        self._chemin, self._academie, self._rentree = chemin, get_academie(academie), rentree
        self._feuille, self._impose = feuille, format_
        self.format: Format | None = None
        self.fichiers: tuple[str, ...] = ()
        self._rapport = Rapport(fichier=cite_nom(chemin), sha256="", taille=0, genre="", feuille=feuille or "")
        self._codes: list[str] = []
        self._constats: list[Constat] = []

    def screen(self, destination: Path, dossier_rapport: Path | None, progres: Progres) -> Rapport:
        """Run every stage that can be; `destination` is written only when nothing blocks."""
        empreinte = ThreadPoolExecutor(1).submit(_hash, self._chemin)
        try:
            trouvee = self._recognise(progres)
            if trouvee is not None:
                with lignes.connect(trouvee.tableau.est_grand) as connexion:
                    rentree = choose_rentree(trouvee.format, self._chemin, self._rentree)
                    contexte = lignes.Contexte(self._chemin, trouvee, self._academie, rentree, connexion)
                    self._check(contexte, progres)
                    self._conclude(contexte, destination, dossier_rapport)
        except ErreurExtrait as erreur:
            self._constats += erreur.constats
        except duckdb.OutOfMemoryException:
            self._constats.append(make_constat("fichier_trop_grand", _TROP_LOURD))
        sha256, taille = empreinte.result()
        self._set(sha256=sha256, taille=taille)
        return self._tell()

    def _recognise(self, progres: Progres) -> Reconnaissance | None:
        """The table and its format; None when there is none, which is then told."""
        progres(Etape.RECEPTION)
        self._codes += _RECEPTION
        tableaux = read_tableaux(self._chemin, self._feuille)
        progres(Etape.RECONNAISSANCE)
        self._codes += _RECONNAISSANCE
        formats = [self._impose] if self._impose else list(load_formats(strict=True).values())
        trouvee = reconnaissance.recognise(tableaux, formats)
        tableau = trouvee.tableau if trouvee else tableaux[0]
        self._set(genre=tableau.genre, feuille=tableau.nom, entetes=tableau.entetes)
        if trouvee is None:
            constat, proches = reconnaissance.explain_unknown(tableaux, formats)
            self._constats.append(constat)
            self._set(proches=proches)
            return None
        self.format = trouvee.format
        lu = FormatLu(**{nom: getattr(trouvee.format, nom) for nom in ("code", "titre", "source", "version")})
        self._set(format=lu, nb_colonnes_lues=len(trouvee.colonnes))
        return trouvee

    def _check(self, contexte: lignes.Contexte, progres: Progres) -> None:
        """Every check of the lines."""
        tableau = contexte.trouvee.tableau
        progres(Etape.FORME)
        signalements.create_signalements(contexte.connexion)
        self._constats += [*tableau.constats, *reconnaissance.check_entetes(contexte.trouvee)]
        self._constats += reconnaissance.check_feuilles(contexte.trouvee) if self._feuille is None else []
        self._constats += lignes.check_rentree(contexte)
        self._codes += [*tableau.controles, *_ENTETES, *_list_codes(contexte)]
        constats, codes = lignes.load_lignes(contexte)
        self._codes += codes
        self._constats += [*constats, *controles.check_cellules_en_erreur(contexte)]
        progres(Etape.IDENTIFIANTS)
        comptes = lignes.count_lignes(contexte)
        self._set(nb_lignes=comptes.nb, nb_hors_academie=comptes.nb_autres, rentrees=tuple(comptes.rentrees))
        presence = (
            controles.check_presence(contexte, comptes) if not self._is_bloque("ligne_rompue", "separateur") else []
        )
        self._constats += presence
        if presence:
            return
        self._constats += controles.check_colonnes_vides(contexte) + controles.check_egares(contexte, comptes)
        progres(Etape.VALEURS)
        self._constats += [*controles.check_annees(contexte, comptes), *controles.check_proportions(contexte)]
        progres(Etape.COHERENCE)
        self._codes += coherence.list_controles(contexte)
        self._constats += [*doublons.check_doublons(contexte), *coherence.check_coherence(contexte)]
        self._check_mesures(contexte)

    def _check_mesures(self, contexte: lignes.Contexte) -> None:
        """Figures of faulty lines prove nothing: an empty result is told only when lines are sound."""
        est_sain = not self._is_bloque()
        mesures.create_observations(contexte, None if est_sain else mesures.list_bornees(contexte))
        self._constats += mesures.check_bornes(contexte)
        if est_sain:
            self._constats += mesures.check_chiffres(contexte)

    def _is_bloque(self, *codes: str) -> bool:
        """Something blocks, among these checks or all."""
        bloquants = {c.controle.code for c in self._constats if c.gravite is Gravite.BLOQUANT}
        return bool(bloquants & set(codes) if codes else bloquants)

    def _conclude(self, contexte: lignes.Contexte, destination: Path, dossier_rapport: Path | None) -> None:
        """Count, write the lines in fault, and the normalised tables when nothing blocks."""
        connexion = contexte.connexion
        a_corriger, averties = signalements.count_lignes(connexion)
        self._set(nb_a_corriger=a_corriger, nb_averties=averties)
        if dossier_rapport is not None:
            signalements.write_signalements(contexte, dossier_rapport)
        if self._is_bloque():
            return
        self._set(nb_observations=connexion.execute("SELECT count(*) FROM observations").fetchone()[0])
        for table in contexte.format.tables:
            tables.create_table(contexte, table)
        self.fichiers = _write(contexte, destination)

    def _set(self, **champs) -> None:
        self._rapport = self._rapport.model_copy(update=champs)

    def _tell(self) -> Rapport:
        """The report, with the checks that ran and what they found, in the order of the stages."""
        codes = {*self._codes, *(constat.controle.code for constat in self._constats)}
        etapes = list(Etape)
        self._set(
            controles=tuple(_sort([c for code, c in load_controles().items() if code in codes], etapes)),
            constats=tuple(sorted(self._constats, key=lambda constat: etapes.index(constat.controle.etape))),
        )
        return self._rapport


def _hash(chemin: Path) -> tuple[str, int]:
    """SHA-256 and size of a file; nothing of one that cannot be read, which the reception tells."""
    try:
        with chemin.open("rb") as flux:
            return hashlib.file_digest(flux, "sha256").hexdigest(), chemin.stat().st_size
    except OSError:
        return "", 0


def _sort(controles_faits: list[Controle], etapes: list[Etape]) -> list[Controle]:
    return sorted(controles_faits, key=lambda controle: etapes.index(controle.etape))


def _list_codes(contexte: lignes.Contexte) -> list[str]:
    """Checks of the lines with one another that this format calls for."""
    format_ = contexte.format
    codes = ["autre_academie", "doublon_admis" if format_.doublons_admis else "doublon_identique"]
    codes += ["doublon_contradictoire"] if format_.cle and not format_.doublons_admis else []
    if format_.annee is not None and format_.annee.colonne is None:
        codes.append("annee_absente")
    elif format_.mesures:
        codes.append("annee_isolee")
    codes += (
        ["proportions"] if any(format_.colonnes[n].type == "pourcentage" for n in contexte.trouvee.colonnes) else []
    )
    codes += ["uai_autre_academie"] if format_.territoire.codage in ("uai", "code_commune") else []
    codes += ["colonne_vide", "aucun_chiffre"] if format_.mesures else []
    return codes + (["numerateur_superieur"] if mesures.list_bornees(contexte) else [])


def choose_rentree(format_: Format, chemin: Path, rentree: int | None) -> int | None:
    """The rentrée of a file whose columns do not say it: that of the command, or the last year in its name."""
    if format_.annee is None or format_.annee.convention != "nom_de_fichier":
        return None
    return rentree if rentree is not None else lignes.find_rentree_of_name(chemin.stem)


def _write(contexte: lignes.Contexte, destination: Path) -> tuple[str, ...]:
    """Write each table aside, then move them all in place."""
    noms = ["observations"] * bool(contexte.format.mesures) + list(contexte.format.tables)
    destination.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".normalisation-", dir=destination.parent))
    try:
        for nom in noms:
            contexte.connexion.execute(
                f"COPY {nom} TO ? (FORMAT parquet, COMPRESSION zstd)", [str(aside / f"{nom}.parquet")]
            )
        if not destination.exists():
            os.replace(aside, destination)  # at once: a crash never leaves half of the tables
            return tuple(f"{nom}.parquet" for nom in noms)
        for nom in noms:
            os.replace(aside / f"{nom}.parquet", destination / f"{nom}.parquet")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return tuple(f"{nom}.parquet" for nom in noms)
