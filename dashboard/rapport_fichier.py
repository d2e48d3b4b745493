"""The report of a screened table as ready HTML: stages, verdict, lines, findings, sound checks. Pure, no Streamlit.

Whatever comes from the file (names, headers, cells) is escaped: a hostile cell is shown, never obeyed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    capitaliser,
    echapper,
    format_nombre,
    format_rentree,
    html_ordinaux,
    lister,
)
from indicators.francais import typographier
from indicators.ingestion.rapport import LIGNES_CITEES, Constat, Controle, Etape, Gravite, Rapport, Signalement

CSS = theme.read_statique("chargement.css")
LONGUEUR_CITEE = 120
"""Signs of a cell that a report shows."""

OBJETS = {
    Etape.RECEPTION: "lecture du fichier",
    Etape.RECONNAISSANCE: "format du fichier",
    Etape.FORME: "encodage, en-tête, colonnes",
    Etape.IDENTIFIANTS: "UAI, académie, ouverture",
    Etape.VALEURS: "bornes, codes, nombres",
    Etape.COHERENCE: "doublons, totaux, parts",
    Etape.VRAISEMBLANCE: "comparaison à la base publiée",
}
"""What each stage looks at."""

ATTENTE = "attente"
"""Nature of what has not begun, beside the gravities."""

_TRACES = {
    Gravite.BLOQUANT: (
        '<path d="M7 1h8l6 6v8l-6 6H7l-6-6V7z" fill="#8C1D52"/>'
        '<path d="M7 7l8 8M15 7l-8 8" stroke="#fff" stroke-width="2.2"/>'
    ),
    Gravite.AVERTISSEMENT: (
        '<path d="M11 1.5L21 20H1Z" fill="#FBF2D6" stroke="#765600" stroke-width="1.8" stroke-linejoin="round"/>'
        '<path d="M11 8v5.5M11 15.5v2" stroke="#765600" stroke-width="2.2"/>'
    ),
    Gravite.CONFORME: (
        '<circle cx="11" cy="11" r="10" fill="#474D59"/>'
        '<path d="M6 11.5l3.3 3.3L16 8" fill="none" stroke="#fff" stroke-width="2.2"/>'
    ),
    ATTENTE: ('<circle cx="11" cy="11" r="9" fill="#fff" stroke="#8B8E96" stroke-width="1.6" stroke-dasharray="3 3"/>'),
}
_CLASSES = {Gravite.BLOQUANT: "bl", Gravite.AVERTISSEMENT: "av", Gravite.CONFORME: "ok", ATTENTE: "off"}


@dataclass(frozen=True)
class Verdict:
    """One judgement and its reason, for the band and for the last stage, publication.

    `nature`: gravity of the band; `etape`: `ATTENTE`, or the gravity that marks the last stage, with its word and
    its reason («non commencé», «en attente d’un fichier sans bloquant»).
    """

    nature: Gravite
    titre: str
    texte: str
    mot: str
    detail: str
    etape: str = ATTENTE


def draw_marque(nature: str, taille: int = 22) -> str:
    """Octagon (bloquant), triangle (avertissement), disc (conforme) or dashed circle (not begun); hidden to readers."""
    return f'<svg width="{taille}" height="{taille}" viewBox="0 0 22 22" aria-hidden="true">{_TRACES[nature]}</svg>'


def cite(texte: str) -> str:
    """Escaped text of a file, cut at `LONGUEUR_CITEE`, without the guillemets that code type replaces."""
    nu = texte.removeprefix("«").removesuffix("»").strip(f" {INSECABLE}") if texte.count("«") == 1 else texte
    return echapper(nu if len(nu) <= LONGUEUR_CITEE else nu[: LONGUEUR_CITEE - 1] + "…")


def count(nombre: int, unite: str) -> str:
    """«<b>3</b> lignes»; initials such as «UAI» take no plural."""
    mot = accorder(nombre, unite, unite if unite.isupper() else None).split(INSECABLE, 1)[1]
    return f"<b>{format_nombre(nombre)}</b> {echapper(mot)}"


def format_taille(octets: int) -> str:
    """«71 Ko», «3,2 Mo»."""
    if octets < 1024:
        return accorder(octets, "octet")
    ko = octets / 1024
    return f"{format_nombre(ko)}{INSECABLE}Ko" if ko < 1024 else f"{format_nombre(ko / 1024, 1)}{INSECABLE}Mo"


def list_rentrees(rentrees: Sequence[int]) -> str:
    """«rentrée 2024-2025», «rentrées 2019-2020 à 2024-2025», «» without any."""
    if len(rentrees) < 2:
        return f"rentrée {format_rentree(rentrees[0])}" if rentrees else ""
    annees = sorted(rentrees)
    if len(annees) > 2 and annees[-1] - annees[0] == len(annees) - 1:
        return f"rentrées {format_rentree(annees[0])} à {format_rentree(annees[-1])}"
    return f"rentrées {lister([format_rentree(annee) for annee in annees])}"


def render_etapes(rapport: Rapport, verdict: Verdict) -> str:
    """The stages in order, each with its mark, its word and what it looks at; publication last."""
    lignes = [_etape(rapport, etape, jugement) for etape, jugement in rapport.judge_etapes().items()]
    lignes.append(_puce(verdict.etape, "Publication", verdict.mot, verdict.detail))
    return f'<nav aria-label="Étapes du contrôle"><ol class="st">{"".join(lignes)}</ol></nav>'


def _etape(rapport: Rapport, etape: Etape, jugement: tuple[Gravite, int] | None) -> str:
    titre, objet = etape.titre, OBJETS[etape]
    if etape is Etape.RECEPTION and rapport.taille:
        objet = f"{format_taille(rapport.taille)}, {'illisible' if jugement and jugement[1] else 'lu en entier'}"
    if etape is Etape.RECONNAISSANCE and rapport.format:
        lues = f"{rapport.nb_colonnes_lues} colonnes sur {len(rapport.entetes)}" if rapport.entetes else ""
        objet = ", ".join(partie for partie in (rapport.format.titre, lues) if partie)
    if jugement is None:
        return _puce(ATTENTE, titre, "non commencé", objet)
    gravite, nombre = jugement
    mot = f"{gravite.value}{INSECABLE}: {nombre}" if nombre else gravite.value
    return _puce(gravite, titre, mot, objet)


def _puce(nature: str, titre: str, mot: str, detail: str) -> str:
    return (
        f'<li class="{_CLASSES[nature]}">{draw_marque(nature)}<div><p><b>{titre}</b><span>{echapper(mot)}</span></p>'
        f"<small>{html_ordinaux(detail)}</small></div></li>"
    )


def render_verdict(verdict: Verdict, suite: str = "") -> str:
    """The band: mark, judgement, what to do; `suite` is markup to follow."""
    return (
        f'<section class="verd {_CLASSES[verdict.nature]}" role="status">{draw_marque(verdict.nature, 36)}'
        f"<div><h2>{echapper(verdict.titre)}</h2><p>{echapper(verdict.texte)}</p>{suite}</div></section>"
    )


def render_rapport(rapport: Rapport) -> str:
    """Lines read, then blocking findings, warnings, and the sound checks in one line."""
    return (
        _bilan(rapport)
        + _groupe("Bloquants", "à corriger dans le fichier", rapport.bloquants, "bl")
        + _groupe("Avertissements", "à accepter en signant, ou à corriger", rapport.a_signer, "av")
        + _groupe("À savoir", "lu et accepté, rien à faire", _list_informations(rapport), "inf")
        + _conformes(rapport.conformes)
    )


def render_avertissements(constats: Sequence[Constat], nom: str) -> str:
    """Warnings of one file that wait for a signature."""
    return _groupe("Avertissements", echapper(nom), constats, "av")


def _list_informations(rapport: Rapport) -> tuple[Constat, ...]:
    return tuple(c for c in rapport.avertissements if not c.controle.signature)


def _bilan(rapport: Rapport) -> str:
    """How many lines were read, accepted, to look at, to mend; how many checks."""
    if not rapport.nb_lignes:
        return f'<div class="bil seul"><span class="g2">{_write_controles(rapport)}</span></div>'
    averties, fautives, dehors = rapport.nb_averties, rapport.nb_a_corriger, rapport.nb_hors_academie
    acceptees = max(0, rapport.nb_lignes - averties - fautives - dehors)
    parts = [
        (acceptees, "acc", f"{format_nombre(acceptees)} acceptée{_s(acceptees)}"),
        (dehors, "hors", f"{format_nombre(dehors)} d’une autre académie, laissée{_s(dehors)} de côté"),
        (averties, "av", f"! {format_nombre(averties)} avec avertissement"),
        (fautives, "bl", f"× {format_nombre(fautives)} à corriger"),
    ]
    presentes = [(nombre, classe, mot) for nombre, classe, mot in parts if nombre or classe == "acc"]
    textes = " · ".join(f'<span class="m-{classe}">{mot}</span>' for _, classe, mot in presentes)
    segments = "".join(f'<i class="b-{classe}" style="flex:{nombre}"></i>' for nombre, classe, _ in presentes if nombre)
    annees = list_rentrees(rapport.rentrees)
    dit = ", ".join(mot for _, _, mot in presentes)
    return (
        f'<div class="bil"><span><b>{format_nombre(rapport.nb_lignes)}</b> '
        f"ligne{_s(rapport.nb_lignes)} lue{_s(rapport.nb_lignes)}{', ' + annees if annees else ''}</span>"
        f'<div class="bar" role="img" aria-label="{dit}">{segments}</div>'
        f'<span class="g2">{textes}</span><span class="g2 fin">{_write_controles(rapport)}</span></div>'
    )


def _write_controles(rapport: Rapport) -> str:
    comptes = (
        (len({c.controle.code for c in rapport.bloquants}), "bloquant"),
        (len({c.controle.code for c in rapport.avertissements}), "avertissement"),
        (len(rapport.conformes), "conforme"),
    )
    total = accorder(sum(nombre for nombre, _ in comptes), "contrôle")
    return f"{total}{INSECABLE}: {', '.join(accorder(nombre, mot) for nombre, mot in comptes if nombre)}"


def _groupe(titre: str, aide: str, constats: Sequence[Constat], classe: str) -> str:
    if not constats:
        return ""
    lignes = "".join(_constat(constat) for constat in constats)
    return (
        f'<h3 class="grp {classe}">{titre} <small>{aide}</small></h3><table class="rp">'
        f'<caption class="sr">{titre}</caption><colgroup><col class="r-nom"><col class="r-nb"><col class="r-ex">'
        '<col></colgroup><thead><tr><th scope="col">Contrôle</th><th scope="col" class="num">Nombre</th>'
        '<th scope="col">Premières lignes concernées&nbsp;: trouvé, attendu</th><th scope="col">Que faire</th></tr>'
        f"</thead><tbody>{lignes}</tbody></table>"
    )


def _constat(constat: Constat) -> str:
    controle = constat.controle
    return (
        f'<tr><th scope="row">{draw_marque(constat.gravite)}<span>{html_ordinaux(controle.titre)}</span></th>'
        f'<td class="num">{count(constat.nb, controle.unite)}</td><td>{_exemples(constat)}</td>'
        f'<td class="do">{_phrase(constat.action)}</td></tr>'
    )


def _exemples(constat: Constat) -> str:
    """The first places; without any, the sentence of the finding. Then what was expected, unless each place says it."""
    cites = constat.exemples[:LIGNES_CITEES]
    if not cites:
        return f'<p>{_phrase(constat.constat)}</p><p class="g2">Attendu{INSECABLE}: {_texte(constat.attendu)}</p>'
    lignes = "".join(_exemple(exemple) for exemple in cites)
    reste = constat.nb - len(cites)
    suite = f"et {accorder(reste, 'autre')}" if reste > 0 else ""
    attendu = "" if any(exemple.attendu for exemple in cites) else f"attendu{INSECABLE}: {_texte(constat.attendu)}"
    pied = f"{FINE}; ".join(partie for partie in (suite, attendu) if partie)
    classes = "ex" if any(exemple.ligne is not None for exemple in cites) else "ex sans"
    classes += "" if any(exemple.attendu for exemple in cites) else " large"
    return f'<ul class="{classes}">{lignes}</ul>' + (f'<p class="g2 suite">{pied}</p>' if pied else "")


def _exemple(exemple: Signalement) -> str:
    ligne = f"ligne{INSECABLE}{format_nombre(exemple.ligne)}" if exemple.ligne is not None else ""
    trouve = " = ".join(cite(partie) for partie in (exemple.colonne, exemple.trouve) if partie)
    return (
        f'<li><span class="l">{ligne}</span><code>{trouve or "cellule vide"}</code>'
        f'<span class="g2">{_texte(exemple.attendu)}</span></li>'
    )


def _conformes(controles: Sequence[Controle]) -> str:
    if not controles:
        return ""
    titres = ", ".join(_minuscule(c.titre) for c in controles[:8]) + ("…" if len(controles) > 8 else "")
    listes = "".join(
        f"<div><dt>{etape.titre}</dt><dd>{'<br>'.join(html_ordinaux(c.titre) for c in siens)}</dd></div>"
        for etape in Etape
        if (siens := [c for c in controles if c.etape is etape])
    )
    return (
        f'<details class="okl"><summary>{draw_marque(Gravite.CONFORME, 16)}'
        f"<b>{accorder(len(controles), 'contrôle')} conforme{_s(len(controles))}</b>, rien trouvé{INSECABLE}: "
        f'{html_ordinaux(titres)} <span class="lien">Voir tous les contrôles</span></summary>'
        f"<dl>{listes}</dl></details>"
    )


def _minuscule(titre: str) -> str:
    return titre if titre[:2].isupper() else titre[:1].lower() + titre[1:]


def _phrase(texte: str) -> str:
    return capitaliser(_texte(texte))


def _texte(texte: str) -> str:
    return html_ordinaux(typographier(texte))


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""
