"""A layout made by hand: which header of a file is which column of a known layout, kept as a small YAML."""

import difflib
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from indicators.erreurs import ErreurBase, ErreurUsage
from indicators.formats import Format, load_format_local, load_formats, load_livres, read_contenus
from indicators.formats.lecture import Contenu
from indicators.ingestion.fautes import cite
from indicators.ingestion.reconnaissance import find_colonnes, normalise_entete
from indicators.systeme import explain_panne

RESSEMBLANCE = 0.6
"""Share of common letters from which a header is proposed for a column; a user confirms every proposal."""

LONGUEUR_TITRE = 100
_RESERVES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for devices."""

Correspondances = dict[str, str | None]
"""Column of a layout → header of a file, or None when the file does not have it."""


def propose_colonnes(entetes: Sequence[str], format_: Format) -> Correspondances:
    """For each column of a layout, the header of the file that is it, or looks like it; each header is used once.

    >>> from indicators.formats import load_livres
    >>> propose_colonnes(["RNE", "Rentrée scolaire", "Effectif total", "IPS"], load_livres()["ips_ecoles"])["ips"]
    'IPS'
    """
    rangs = _rank(entetes)
    trouvees = find_colonnes(rangs, format_)
    libres = {entete: rang for entete, rang in rangs.items() if rang not in trouvees.values()}
    for _, nom, entete in _rank_semblables(libres, format_, [n for n in format_.colonnes if n not in trouvees]):
        if nom not in trouvees and libres[entete] not in trouvees.values():
            trouvees[nom] = libres[entete]
    return {nom: entetes[trouvees[nom]] if nom in trouvees else None for nom in format_.colonnes}


def _rank(entetes: Sequence[str]) -> dict[str, int]:
    """Rank of each header that can be told by its letters; the first of those that read the same."""
    rangs: dict[str, int] = {}
    for rang, entete in enumerate(entetes):
        if normalise_entete(entete):
            rangs.setdefault(normalise_entete(entete), rang)
    return rangs


def _rank_semblables(libres: Mapping[str, int], format_: Format, absentes: list[str]) -> list[tuple[float, str, str]]:
    """(likeness, column, header) of the pairs that look alike, the likeliest first."""
    paires = []
    for nom in absentes:
        attendus = [normalise_entete(attendu) for attendu in (nom, *format_.colonnes[nom].noms)]
        for entete in libres:
            ressemblance = max(_measure(attendu, entete) for attendu in attendus)
            if ressemblance >= RESSEMBLANCE:
                paires.append((ressemblance, nom, entete))
    return sorted(paires, key=lambda paire: -paire[0])


def _measure(attendu: str, entete: str) -> float:
    """Share of common letters; at least 0.7 when every word of one is in the other («uai», «code_uai»)."""
    mots = sorted((set(attendu.split("_")), set(entete.split("_"))), key=len)
    contenu = 0.7 if mots[0] <= mots[1] and max(map(len, mots[0])) >= 3 else 0.0
    return max(contenu, difflib.SequenceMatcher(None, attendu, entete).ratio())


def write_format(
    raw: Path,
    parent: str,
    titre: str,
    correspondances: Mapping[str, str | None],
    entetes: Sequence[str],
    *,
    source: str = "",
    remplacer: bool = False,
) -> Path:
    """Keep a mapping made by hand as a layout of this installation, that the next file will be recognised by.

    Args:
        raw: folder of raw data; the layout is written in its `formats/`.
        parent: code of the layout that it starts from.
        titre: how lists call it; the name of the file is made from it.
        correspondances: column of the parent → header of the file, None when the file does not have it.
        entetes: every header of the file, to make sure that the new layout reads it as it was told to.
        source: who gives these files, when it is not the source of the parent.
        remplacer: write over the layout of this installation that has the same name.

    Raises:
        ErreurUsage: what was asked cannot make a layout that reads this file; nothing is written.
        ErreurBase: the folder cannot be written.
    """
    formats = load_formats()
    if parent not in formats:
        raise ErreurUsage(f"Aucun format ne porte le code « {cite(parent)} ». Choisissez-en un dans la liste.")
    titre = " ".join(titre.split())
    chemin = raw / "formats" / f"{_make_code(titre)}.yaml"
    _check_libre(chemin, parent, remplacer)
    _check_correspondances(formats[parent], correspondances, entetes)
    contenu = _describe(formats[parent], titre, correspondances, " ".join(source.split()))
    _write(chemin, parent, contenu, entetes, correspondances)
    return chemin


def _make_code(titre: str) -> str:
    code = normalise_entete(titre)[:60].strip("_")
    if not code or len(titre) > LONGUEUR_TITRE or cite(titre, LONGUEUR_TITRE) != titre:
        raise ErreurUsage(
            f"Le titre « {cite(titre)} » ne peut pas nommer un format. "
            f"Attendu : des lettres ou des chiffres, {LONGUEUR_TITRE} caractères au plus."
        )
    return f"format_{code}" if _RESERVES.match(code) else code


def _check_libre(chemin: Path, parent: str, remplacer: bool) -> None:
    if chemin.stem in load_livres() or chemin.stem == parent or (chemin.exists() and not remplacer):
        raise ErreurUsage(
            f"Un format « {chemin.stem} » existe déjà. Donnez un autre titre, "
            f"ou retirez l’ancien du dossier « {chemin.parent} »."
        )


def _check_correspondances(format_: Format, correspondances: Mapping[str, str | None], entetes: Sequence[str]) -> None:
    """Columns of the parent, headers of the file, each once, and every compulsory column."""
    choisies = {nom: entete for nom, entete in correspondances.items() if entete is not None}
    inconnues = [nom for nom in correspondances if nom not in format_.colonnes]
    inconnues += [entete for entete in choisies.values() if entete not in entetes]
    if inconnues:
        raise ErreurUsage(f"La colonne « {cite(inconnues[0])} » n’est ni dans ce fichier, ni dans ce format.")
    absentes = [nom for nom in format_.obligatoires if nom not in choisies]
    if absentes:
        noms = ", ".join(f"« {nom} »" for nom in absentes)
        raise ErreurUsage(
            f"Colonnes obligatoires sans correspondance : {noms}. Associez à chacune une colonne du fichier, "
            "ou ajoutez-la au fichier."
        )
    doubles = [entete for entete in choisies.values() if list(choisies.values()).count(entete) > 1]
    if doubles:
        raise ErreurUsage(
            f"La colonne « {cite(doubles[0])} » du fichier sert deux fois. Choisissez-en deux différentes."
        )


def _describe(format_: Format, titre: str, correspondances: Mapping[str, str | None], source: str) -> Contenu:
    """The fields of the new layout that differ from its parent's."""
    contenu: Contenu = {"herite": format_.code, "titre": titre}
    if source:
        contenu["source"] = source
    nouvelles = {
        nom: {"noms": entete.strip()}
        for nom, entete in correspondances.items()
        if entete is not None and normalise_entete(entete) not in map(normalise_entete, _list_noms(format_, nom))
    }
    if not nouvelles:
        raise ErreurUsage(
            f"Toutes ces colonnes portent déjà les noms du format « {format_.titre} » : il n’y a rien à retenir. "
            "Déposez le fichier tel quel."
        )
    return contenu | {"colonnes": nouvelles}


def _list_noms(format_: Format, nom: str) -> tuple[str, ...]:
    return (nom, *format_.colonnes[nom].noms)


def _write(
    chemin: Path, parent: str, contenu: Contenu, entetes: Sequence[str], correspondances: Mapping[str, str | None]
) -> None:
    """Write aside, make sure that the file reads as was asked, then move in place."""
    texte = yaml.safe_dump(contenu, allow_unicode=True, sort_keys=False, width=1000)
    aside = chemin.parent / f".{uuid.uuid4().hex}" / chemin.name
    try:
        aside.parent.mkdir(parents=True)
        aside.write_text(f"# Disposition faite à la main, à partir du format « {parent} ».\n{texte}", encoding="utf-8")
        _check_lecture(aside, entetes, correspondances)
        os.replace(aside, chemin)
    except OSError as erreur:
        raise ErreurBase(
            f"Le format ne peut pas être écrit dans « {chemin.parent} » ({explain_panne(erreur)}). "
            "Vérifiez la place libre et vos droits, puis recommencez."
        ) from erreur
    finally:
        aside.unlink(missing_ok=True)
        if aside.parent.exists():
            aside.parent.rmdir()


def _check_lecture(chemin: Path, entetes: Sequence[str], correspondances: Mapping[str, str | None]) -> None:
    """The new layout, and no other before it, reads these headers as the user said."""
    format_, rangs = load_format_local(chemin, read_contenus()), _rank(entetes)
    exclues = [entete for entete in format_.exclues if normalise_entete(entete) in rangs]
    if exclues:
        raise ErreurUsage(
            f"La colonne « {cite(exclues[0])} » dit que ce fichier est d’une autre sorte que « {format_.titre} ». "
            "Partez d’un autre format."
        )
    lues = {nom: entetes[rang] for nom, rang in find_colonnes(rangs, format_).items()}
    for nom, voulue in correspondances.items():
        if lues.get(nom) != voulue:
            raise _misread(nom, voulue, lues.get(nom))
    for autre in load_formats().values():
        if autre.code != format_.code and _count_lues(autre, rangs) >= len(lues):
            raise ErreurUsage(f"Ce fichier est déjà reconnu par le format « {autre.titre} ». Déposez-le tel quel.")


def _count_lues(format_: Format, rangs: dict[str, int]) -> int:
    """Columns that a layout reads in these headers; 0 when it does not recognise them."""
    lues = find_colonnes(rangs, format_)
    exclue = any(normalise_entete(entete) in rangs for entete in format_.exclues)
    return 0 if exclue or not set(format_.obligatoires) <= set(lues) else len(lues)


def _misread(nom: str, voulue: str | None, lue: str | None) -> ErreurUsage:
    if lue is None:
        constat = f"La colonne « {cite(voulue)} » ne peut pas être retrouvée par son nom."
        return ErreurUsage(f"{constat} Donnez-lui dans le fichier un nom différent, avec des lettres ou des chiffres.")
    constat = f"La colonne « {cite(lue)} » du fichier serait lue comme « {nom} », à cause de son nom."
    return ErreurUsage(f"{constat} Renommez-la dans le fichier, ou associez-la à cette colonne du format.")
