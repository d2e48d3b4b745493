"""A perimeter that changes: which établissements a new table or a new annuaire moves to another réseau."""

import duckdb

from indicators.formats import load_formats
from indicators.francais import accorder, lister
from indicators.ingestion.rapport import Constat, Rapport, Signalement, make_constat
from indicators.reference import ExtraitConnu, Reference
from indicators.territoires import Niveau
from indicators.territoires.noms import shorten_nom
from indicators.territoires.perimetres import (
    Deplacement,
    Deplacements,
    ExtraitTerritoires,
    list_deplacements,
    read_appartenances,
)

CONTROLES = ("perimetre_modifie",)
_NB_CITES = 5


def check_deplacements(extrait: ExtraitConnu, rapport: Rapport, reference: Reference) -> list[Constat]:
    """One finding when the extract moves établissements to another réseau or inter-réseau, or renames some."""
    deplacements = find_deplacements(extrait, reference)
    if not deplacements:
        return []
    deplaces = {deplacement.uai for deplacement in deplacements.liste}
    exemples = tuple(_make_exemple(deplacement) for deplacement in deplacements.liste)
    nb = len(deplaces) or len(deplacements.renommes)
    return [make_constat("perimetre_modifie", _write_constat(deplacements, len(deplaces)), nb, exemples)]


def find_deplacements(extrait: ExtraitConnu, reference: Reference) -> Deplacements:
    """All that the extract changes in the perimeter in force; nothing where it tells no perimeter, or none is known."""
    connus = [connu for connu in reference.extraits if connu.id]
    if not tells_perimetre(extrait) or not any(tells_perimetre(connu) for connu in connus):
        return Deplacements()
    avant = [_describe(connu) for connu in connus]
    return list_deplacements(
        read_appartenances(avant, reference.academie),
        read_appartenances([*avant, _describe(extrait)], reference.academie),
    )


def is_concerne(extrait: ExtraitConnu, reference: Reference) -> bool:
    """The extract tells a perimeter, and one is in force."""
    return tells_perimetre(extrait) and any(tells_perimetre(connu) for connu in reference.extraits if connu.id)


def tells_perimetre(extrait: ExtraitConnu) -> bool:
    """The extract is a table of perimeters, or an annuaire with its bassins."""
    if (extrait.dossier / "perimetres.parquet").exists():
        return True
    registre = extrait.dossier / "etablissements.parquet"
    if not registre.exists():
        return False
    ligne = duckdb.execute(
        "SELECT 1 FROM read_parquet(?) WHERE coalesce(code_bassin, nom_bassin) IS NOT NULL LIMIT 1", [str(registre)]
    ).fetchone()
    return ligne is not None


def _describe(extrait: ExtraitConnu) -> ExtraitTerritoires:
    format_ = load_formats().get(extrait.format)
    return ExtraitTerritoires(extrait.dossier, format_.priorite if format_ else 0, extrait.est_registre)


def _write_constat(deplacements: Deplacements, nb: int) -> str:
    """«12 établissements changent de réseau ou d’inter-réseau à partir de la rentrée 2024 : …»."""
    phrases = []
    if nb:
        rentrees = [d.rentree for d in deplacements.liste if d.rentree]
        depuis = f" à partir de la rentrée {min(rentrees)}" if rentrees else ""
        change = "change" if nb == 1 else "changent"
        phrases.append(
            f"{accorder(nb, 'établissement')} {change} de réseau ou d’inter-réseau{depuis} : "
            f"{_cite(_count_trajets(deplacements.liste))}"
        )
    for verbe, territoires in (("créé", deplacements.crees), ("terminé", deplacements.finis)):
        if territoires:
            phrases.append(
                f"{len(territoires)} {verbe}{'s' if len(territoires) > 1 else ''} : "
                f"{_cite([_name(*territoire) for territoire in territoires])}"
            )
    if deplacements.renommes:
        noms = [f"{_name(niveau, code, avant)} devient {_shorten(apres)}"
                for niveau, code, avant, apres in deplacements.renommes]  # fmt: skip
        phrases.append(f"nouveaux noms : {_cite(noms)}")
    return " ; ".join(phrases) + "."


def _count_trajets(liste: tuple[Deplacement, ...]) -> list[str]:
    """«réseau A → réseau B (8)», the most numerous first."""
    trajets: dict[str, int] = {}
    for d in liste:
        trajet = f"{_name(d.niveau, d.de, d.nom_de)} → {_shorten(d.nom_vers or d.vers) or 'aucun'}"
        trajets[trajet] = trajets.get(trajet, 0) + 1
    return [f"{trajet} ({nb})" for trajet, nb in sorted(trajets.items(), key=lambda paire: (-paire[1], paire[0]))]


def _cite(textes: list[str]) -> str:
    reste = len(textes) - _NB_CITES
    return lister([*textes[:_NB_CITES], *([accorder(reste, "autre")] if reste > 0 else [])])


def _make_exemple(deplacement: Deplacement) -> Signalement:
    vers = _shorten(deplacement.nom_vers or deplacement.vers) or "aucun"
    return Signalement(
        ligne=None,
        trouve=f"{deplacement.nom} ({deplacement.uai}) : "
        f"{_name(deplacement.niveau, deplacement.de, deplacement.nom_de)} → {vers}",
    )


def _name(niveau: str, code: str, nom: str | None) -> str:
    return f"{Niveau(niveau).libelle} {_shorten(nom or code)}"


def _shorten(nom: str) -> str:
    return shorten_nom(nom) if nom else ""
