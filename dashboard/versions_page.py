"""Published versions and loads in force, as ready HTML. Pure, no Streamlit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard.formats import INSECABLE, accorder, echapper, format_date, html_ordinaux
from dashboard.navigation import lien
from indicators.base import Base, Version
from indicators.base.versions import SCHEMA
from indicators.commandes.rapports import describe_bilan
from indicators.formats import load_formats
from indicators.francais import capitaliser, typographier
from indicators.journal import Chargement

CHARGEMENTS_VUS = 8
"""Loads seen before «voir les autres»."""


def is_restorable(version: Version) -> bool:
    """Whether a version can be served again: it was made of these tables, and says its extracts."""
    return version.schema == SCHEMA and version.chargements is not None


def render_versions(versions: Sequence[Version], servie: Version | None) -> str:
    """Every version, the latest first: when, who, what changed; the one served is marked."""
    lignes = "".join(_version(version, servie) for version in sorted(versions, key=lambda v: -v.numero))
    if not lignes:
        return "<section><h2>Versions</h2><p class='note'>Aucune version n’est encore publiée.</p></section>"
    return (
        f"<section><h2>Versions <small>{accorder(len(versions), 'version')}, aucune n’est effacée</small></h2>"
        '<table class="tab ver"><caption class="sr">Versions publiées</caption><thead><tr>'
        '<th scope="col">Version</th><th scope="col">Publiée</th><th scope="col">Par</th>'
        '<th scope="col">Ce qui a changé</th><th scope="col"></th></tr></thead>'
        f"<tbody>{lignes}</tbody></table></section>"
    )


def _version(version: Version, servie: Version | None) -> str:
    details = "".join(f"<li>{html_ordinaux(typographier(detail))}</li>" for detail in describe_bilan(version))
    nature = " <small>démonstration</small>" if version.est_demo else ""
    return (
        f'<tr><th scope="row"><span class="m">Version </span>{version.numero}{nature}</th>'
        f'<td class="nb">{_moment(version.publie_le)}</td>'
        f"<td>{echapper(version.auteur)}</td><td>{html_ordinaux(capitaliser(version.resume))}<ul>{details}</ul></td>"
        f'<td class="nb">{_action(version, servie)}</td></tr>'
    )


def _action(version: Version, servie: Version | None) -> str:
    if servie is not None and version.nom == servie.nom:
        return "<b>affichée</b>"
    if not is_restorable(version):
        return '<span class="g3">d’une autre version d’Éclore</span>'
    adresse = echapper(lien("chargement", retablir=version.numero))
    return f'<a class="lien" href="{adresse}">Rétablir<span class="sr"> la version {version.numero}</span></a>'


def _moment(moment: datetime) -> str:
    return f"{format_date(moment)}, {moment:%H}{INSECABLE}h{INSECABLE}{moment:%M}"


def render_chargements(chargements: Sequence[Chargement], rentrees: Mapping[str, str]) -> str:
    """Extracts in force: file, format, years, who, when, and the signed acceptance.

    Args:
        rentrees: id of a load → its years, as shown.
    """
    if not chargements:
        return ""
    lignes = [_chargement(chargement, rentrees.get(chargement.id, "")) for chargement in reversed(chargements)]
    corps = _table(lignes[:CHARGEMENTS_VUS])
    if len(lignes) > CHARGEMENTS_VUS:
        autres = f'<summary><span class="lien">Voir les {len(lignes) - CHARGEMENTS_VUS} autres</span></summary>'
        corps += f"<details>{autres}{_table(lignes[CHARGEMENTS_VUS:])}</details>"
    return f"<section><h2>Extraits en vigueur <small>{accorder(len(lignes), 'fichier')}</small></h2>{corps}</section>"


def _table(lignes: Sequence[str]) -> str:
    return (
        '<table class="tab jou"><caption class="sr">Extraits en vigueur</caption><thead><tr>'
        '<th scope="col">Fichier</th><th scope="col">Format</th><th scope="col">Rentrées</th>'
        '<th scope="col">Chargé</th><th scope="col">Par</th>'
        f'<th scope="col">Accepté</th></tr></thead><tbody>{"".join(lignes)}</tbody></table>'
    )


def _chargement(chargement: Chargement, rentrees: str) -> str:
    formats = load_formats()
    titre = formats[chargement.format].titre if chargement.format in formats else chargement.format
    retirees = ""
    if chargement.rentrees_retirees:
        annees = ", ".join(map(str, chargement.rentrees_retirees))
        retirees = (
            f"<small>sans {annees}, remplacée{'s' if len(chargement.rentrees_retirees) > 1 else ''} depuis</small>"
        )
    acceptations = "<br>".join(
        f"{echapper(a.auteur)}{INSECABLE}: «{INSECABLE}{echapper(a.raison)}{INSECABLE}»"
        for a in chargement.acceptations
    )
    return (
        f'<tr><th scope="row">{echapper(chargement.nom)}</th><td>{html_ordinaux(titre)}</td>'
        f"<td>{rentrees}{retirees}</td>"
        f'<td class="nb">{_moment(datetime.fromisoformat(chargement.charge_le))}</td>'
        f"<td>{echapper(chargement.auteur)}</td><td>{acceptations}</td></tr>"
    )


def list_rentrees(base: Base) -> dict[str, str]:
    """Years of each load that the base holds: «2019-2024», as rentrées."""
    lignes = base.lignes("SELECT id, rentree_min, rentree_max FROM chargement WHERE rentree_min IS NOT NULL")
    return {i: f"{debut}" if debut == fin else f"{debut} à {fin}" for i, debut, fin in lignes}
