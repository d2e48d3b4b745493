"""What a publication would change, as ready HTML: values, answers, dashboards, revised years. Pure, no Streamlit."""

from collections.abc import Callable, Sequence
from typing import Any

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    TIRET,
    accorder,
    capitaliser,
    echapper,
    format_ecart,
    format_nombre,
    format_rentree,
    format_valeur,
    html_ordinaux,
    lister,
)
from dashboard.navigation import lien
from indicators.catalogue import ENSEMBLE, load_catalogue
from indicators.revision import (
    Changements,
    ChiffreChange,
    EtatChange,
    RentreeRevisee,
    Revision,
    TableauChange,
    TendanceChangee,
    ValeurChangee,
)
from indicators.territoires import Niveau

LIGNES_VUES = 6
"""Rows of each list before «voir les autres»."""


def summarise(changements: Changements) -> str:
    """«80 valeurs changées, 3 retirées ; 12 états changent dans 9 tableaux de bord», for a verdict."""
    c = changements
    if c.version_avant is None or c.est_vide:
        return _count_chiffres(c)
    touches = f"{accorder(sum(c.tableaux_par_niveau.values()), 'tableau', 'tableaux')} de bord"
    return f"{_count_chiffres(c)} ({touches})"


def _count_chiffres(c: Changements) -> str:
    if c.version_avant is None:
        return f"{accorder(c.nb_valeurs_ajoutees, 'valeur')}, toutes nouvelles"
    if c.est_vide:
        return "aucun chiffre ne change"
    etats = [f"{accorder(c.nb_etats, 'état')} {'changent' if c.nb_etats > 1 else 'change'}"] if c.nb_etats else []
    return f"{FINE}; ".join([", ".join(_count_valeurs(c)), *etats])


def _count_valeurs(c: Changements) -> list[str]:
    comptes = (
        (c.nb_valeurs_changees, "changée"), (c.nb_valeurs_ajoutees, "ajoutée"), (c.nb_valeurs_retirees, "retirée"),
    )  # fmt: skip
    dits = [(nombre, mot) for nombre, mot in comptes if nombre]
    if not dits:
        return ["aucune valeur ne change"]
    premier, *suite = dits
    tete = accorder(premier[0], f"valeur {premier[1]}", f"valeurs {premier[1]}s")
    return [tete, *(accorder(nombre, mot) for nombre, mot in suite)]


def render_changements(
    changements: Changements, revisions: Sequence[tuple[str, Revision]], est_publie: bool = False
) -> str:
    """Everything that a version changes.

    Args:
        changements: of its base against the one served before it.
        revisions: name of each table, and what it changes in the years already loaded.
        est_publie: whether it is done already.
    """
    c = changements
    avant = f"version{INSECABLE}{c.version_avant} → " if c.version_avant is not None else "première publication, "
    nb_changees, nb_tableaux = c.nb_valeurs_changees + c.nb_valeurs_retirees, sum(c.tableaux_par_niveau.values())
    listes = (
        _liste("Valeurs changées ou retirées", "la plus grande d’abord", _VALEURS, c.valeurs, _valeur, nb_changees)
        + _liste("États", "comparaison au reste de l’académie", _ETATS, c.etats, _etat, c.nb_etats)
        + _liste("Tendances", "", _TENDANCES, c.tendances, _tendance, c.nb_tendances)
        + _liste("Tableaux de bord", "ceux qui changent le plus", _TABLEAUX, c.tableaux, _tableau, nb_tableaux)
    )
    revues = "".join(_revision(nom, revision) for nom, revision in revisions if revision.rentrees)
    titre = f"Ce qui {'a changé' if est_publie else 'change'} <small>{avant}version{INSECABLE}{c.version}</small>"
    return (
        f'<section class="chg"><h2>{titre}</h2>'
        f'<p class="res">{capitaliser(_count_chiffres(c))}.{_touches(c)}</p>{revues}'
        f'<div class="listes">{listes}</div></section>'
    )


def _touches(c: Changements) -> str:
    """«Tableaux de bord touchés : 37 réseaux, 8 inter-réseaux»."""
    if not c.tableaux_par_niveau or c.version_avant is None:
        return ""
    niveaux = [
        accorder(c.tableaux_par_niveau[niveau.value], niveau.libelle, niveau.pluriel)
        for niveau in Niveau
        if niveau.value in c.tableaux_par_niveau
    ]
    return f" Tableaux de bord touchés{INSECABLE}: {lister(niveaux)}."


_VALEURS = ("Territoire", "Indicateur", "Avant → après", "Écart")
_ETATS = ("Territoire", "Indicateur", "État avant → après", "")
_TENDANCES = ("Territoire", "Indicateur", "Tendance avant → après", "")
_TABLEAUX = ("Territoire", "Valeurs", "États", "Tendances")


def _liste(
    titre: str, aide: str, entetes: Sequence[str], lignes: Sequence[Any], ecrire: Callable[[Any], str], nb: int
) -> str:
    """A list whose first rows are seen; the others open below."""
    if not lignes:
        return ""
    tete = "".join(f'<th scope="col">{entete}</th>' for entete in entetes)
    premieres, autres = lignes[:LIGNES_VUES], lignes[LIGNES_VUES:]
    corps = _table(titre, tete, premieres, ecrire)
    if autres:
        vues = f"Voir les {format_nombre(len(autres))} {'suivantes' if nb > len(lignes) else 'autres'}"
        suite = _table(titre, tete, autres, ecrire)
        corps += f'<details><summary><span class="lien">{vues}</span></summary>{suite}</details>'
    precision = f"{format_nombre(nb)}{', ' + aide if aide else ''}"
    return f'<div><h3 class="grp">{titre} <small>{precision}</small></h3>{corps}</div>'


def _table(titre: str, tete: str, lignes: Sequence[Any], ecrire: Callable[[Any], str]) -> str:
    corps = "".join(f"<tr>{ecrire(ligne)}</tr>" for ligne in lignes)
    return (
        f'<table class="ct"><caption class="sr">{titre}</caption><thead><tr>{tete}</tr></thead>'
        f"<tbody>{corps}</tbody></table>"
    )


def _qui(ligne: ValeurChangee | EtatChange | TendanceChangee, rentree: int | None) -> str:
    fiche = load_catalogue().get(ligne.indicateur)
    modalite = ""
    if ligne.modalite != ENSEMBLE:
        mot = fiche.modalites.get(ligne.modalite, ligne.modalite) if fiche else ligne.modalite
        modalite = f" ({echapper(mot.lower())})"
    annee = f" <small>{format_rentree(rentree)}</small>" if rentree is not None else ""
    adresse = echapper(lien("tableau_de_bord", territoire=ligne.territoire))
    return (
        f'<th scope="row"><a href="{adresse}">{html_ordinaux(ligne.nom)}</a></th>'
        f"<td>{html_ordinaux(ligne.titre)}{modalite}{annee}</td>"
    )


def _valeur(v: ValeurChangee) -> str:
    fiche = load_catalogue().get(v.indicateur)
    ecart = ""
    if fiche and v.avant is not None and v.apres is not None:
        ecart = format_ecart(fiche, v.apres - v.avant, unite=True)
    return (
        f'{_qui(v, v.rentree)}<td class="nb">{_chiffre(v.indicateur, v.avant, v.statut_avant)} → '
        f'<b>{_chiffre(v.indicateur, v.apres, v.statut)}</b></td><td class="nb num">{ecart}</td>'
    )


def _chiffre(indicateur: str, valeur: float | None, statut: str | None) -> str:
    """A stored value as shown; its statut in words when there is none, «absente» when there is no row at all."""
    if statut is None:
        return "absente"
    if statut != "ok" or valeur is None:
        return theme.ETATS[statut].mot if statut in theme.ETATS else TIRET
    fiche = load_catalogue().get(indicateur)
    return format_valeur(fiche, valeur) if fiche else format_nombre(valeur, 2)


def _etat(e: EtatChange) -> str:
    return f'{_qui(e, e.rentree)}<td colspan="2">{_mot_etat(e.avant)} → {_mot_etat(e.apres)}</td>'


def _mot_etat(code: str | None) -> str:
    if code is None or code not in theme.ETATS:
        return "aucun"
    etat = theme.ETATS[code]
    return f'<span class="e-{etat.classe}">{etat.signe}{INSECABLE}{etat.mot}</span>'


def _tendance(t: TendanceChangee) -> str:
    avant, apres = (theme.TENDANCES.get(code or "", "aucune") for code in (t.avant, t.apres))
    return f'{_qui(t, None)}<td colspan="2">{avant} → <b>{apres}</b></td>'


def _tableau(t: TableauChange) -> str:
    adresse = echapper(lien("tableau_de_bord", territoire=t.territoire))
    nombres = "".join(f"<td>{format_nombre(nombre)}</td>" for nombre in (t.nb_valeurs, t.nb_etats, t.nb_tendances))
    return f'<th scope="row"><a href="{adresse}">{html_ordinaux(t.nom)}</a></th>{nombres}'


def _revision(nom: str, revision: Revision) -> str:
    """Years of a table already loaded, and its own figures from → to, line by line."""
    annees = "".join(_annee(rentree) for rentree in revision.rentrees)
    titre = f"Le fichier face à ce qui est chargé <small>{echapper(nom)}</small>"
    entetes = ("Établissement", "Chiffre", "Avant → après", "Ligne")
    chiffres = (*revision.changes, *revision.retires)
    nombre = revision.nb_changes + revision.nb_retires
    liste = _liste("Chiffres de la source", "", entetes, chiffres, _chiffre_change, nombre)
    return f'<div class="rev"><h3 class="grp">{titre}</h3><ul>{annees}</ul>{liste}</div>'


def _annee(r: RentreeRevisee) -> str:
    if not r.nb_connus:
        nouveaux = accorder(r.nb_ajoutes, "chiffre")
        return f"<li><b>{format_rentree(r.rentree)}</b>{INSECABLE}: rentrée nouvelle, {nouveaux}</li>"
    comptes = (
        (r.nb_changes, "changé"), (r.nb_ajoutes, "ajouté"), (r.nb_retires, "retiré"), (r.nb_identiques, "identique"),
    )  # fmt: skip
    suite = ", ".join(accorder(nombre, mot) for nombre, mot in comptes if nombre)
    return (
        f"<li><b>{format_rentree(r.rentree)}</b>, {accorder(r.nb_connus, 'chiffre')} déjà là{INSECABLE}: {suite}</li>"
    )


def _chiffre_change(c: ChiffreChange) -> str:
    fiche = load_catalogue().get(c.indicateur)
    titre = fiche.titre_court if fiche else c.indicateur
    ligne = format_nombre(c.ligne) if c.ligne is not None else ""
    return (
        f'<th scope="row"><code>{echapper(c.territoire)}</code></th>'
        f"<td>{html_ordinaux(titre)} <small>{format_rentree(c.rentree)}</small></td>"
        f'<td class="nb">{_chiffre(c.indicateur, c.avant, c.statut_avant)} → '
        f"<b>{_chiffre(c.indicateur, c.apres, c.statut)}</b></td><td>{ligne}</td>"
    )
