"""«D’où vient ce chiffre» as ready HTML: calculation, extracts, loads, lines, method. Pure, no Streamlit."""

from collections.abc import Sequence
from datetime import datetime

from dashboard import theme
from dashboard.formats import (
    FINE,
    INSECABLE,
    accorder,
    echapper,
    format_date,
    format_nombre,
    format_valeur,
    html_ordinaux,
)
from dashboard.navigation import lien
from indicators.tableaux_de_bord.objets import Valeur
from indicators.tableaux_de_bord.origine import Extrait, LigneSource
from indicators.tableaux_de_bord.vue_indicateur import VueIndicateur

MAX_LIGNES = 4


def render_origine(vue: VueIndicateur, version: str, voir: str) -> str:
    """«D’où vient ce chiffre»: calculation, statut, extracts, loads, lines, method. Never behind a click.

    Args:
        version: of the base, as written on screen.
        voir: address that opens the lines.
    """
    extraits = vue.origine.extraits
    entrees = [
        ("Calcul", _write_calcul(vue)),
        ("Statut", _write_statut(vue.ligne.valeur)),
        *((("Extrait", _write_extrait(e)) if i == 0 else ("", _write_extrait(e))) for i, e in enumerate(extraits[:3])),
        *([("Chargé", _write_charge(extraits, version))] if extraits else []),
        *([("Lignes", _write_lignes(extraits, voir))] if extraits else [("Extrait", _write_calcule(vue))]),
        ("Méthode", _write_methode(vue)),
    ]
    corps = "".join(f"<div><dt>{terme}</dt><dd>{texte}</dd></div>" for terme, texte in entrees)
    return f'<section class="ori"><h3 class="h17">D’où vient ce chiffre</h3><dl>{corps}</dl></section>'


def _write_calcul(vue: VueIndicateur) -> str:
    valeur, indicateur = vue.ligne.valeur, vue.indicateur
    if valeur.statut != "ok":
        return "aucune valeur publiée"
    combien = ""
    if valeur.nb_etablissements > 1:
        combien = f", sommés sur {accorder(valeur.nb_etablissements, 'établissement')}"
    if valeur.numerateur is not None and valeur.denominateur:
        return (
            f"<b>{format_nombre(valeur.numerateur)} / {format_nombre(valeur.denominateur)} "
            f"{echapper(indicateur.unite_effectif)}</b>{combien}"
        )
    if valeur.denominateur:
        return (
            f"<b>{format_valeur(indicateur, valeur.valeur)}</b>, pondéré par {format_nombre(valeur.denominateur)} "
            f"{echapper(indicateur.unite_effectif)}{combien.replace('sommés', 'réunis')}"
        )
    return f"<b>{format_valeur(indicateur, valeur.valeur)}</b>{combien.replace('sommés', 'réunis')}"


def _write_statut(valeur: Valeur) -> str:
    if valeur.statut != "ok":
        return theme.ETATS[valeur.statut].mot
    precisions = [p for p in ("reconstitué", "dénominateur approché", "moyenne simple") if p in valeur.methode]
    mots = {"reconstitué": "numérateur reconstitué d’un taux arrondi"}
    return f"{FINE}; ".join(["publié", *(mots.get(p, p) for p in precisions)])


def _write_extrait(extrait: Extrait) -> str:
    producteur = extrait.source.split(",")[0]
    source = f", {echapper(producteur)}" if producteur else ""
    infobulle = echapper(f"{extrait.fichier} – {extrait.source}")
    return f'<span title="{infobulle}">{html_ordinaux(extrait.titre or extrait.fichier)}{source}</span>'


def _write_charge(extraits: tuple[Extrait, ...], version: str) -> str:
    dernier = max(e.charge_le for e in extraits)
    return f"{format_horodatage(dernier)}, {echapper(version)}"


def format_horodatage(iso: str) -> str:
    """«le 14 novembre 2025 à 10 h 42»; the text itself when it is not an ISO date."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return echapper(iso) or "date inconnue"
    return f"le {html_ordinaux(format_date(moment.date()))} à {moment.hour}{INSECABLE}h{INSECABLE}{moment.minute:02d}"


def _write_lignes(extraits: tuple[Extrait, ...], adresse: str) -> str:
    numeros = [n for e in extraits for n in e.lignes]
    total = sum(e.nb_lignes for e in extraits)
    montres = ", ".join(format_nombre(n) for n in numeros[: MAX_LIGNES - 1])
    if len(numeros) > MAX_LIGNES:
        montres += f"… {format_nombre(numeros[-1])}"
    elif len(numeros) == MAX_LIGNES:
        montres += f", {format_nombre(numeros[-1])}"
    voir = f'<a class="lien" href="{echapper(adresse)}">voir {"la ligne" if len(numeros) == 1 else "les lignes"}</a>'
    return f"{accorder(len(numeros), 'ligne')} sur {format_nombre(total)}{INSECABLE}: {montres}{FINE}; {voir}"


def _write_calcule(vue: VueIndicateur) -> str:
    if vue.ligne.valeur.statut != "ok":
        return "aucune ligne chargée pour ce territoire et cette rentrée"
    return "calculé à la publication, à partir des établissements"


def _write_methode(vue: VueIndicateur) -> str:
    detail = f'<a class="lien" href="{echapper(lien("methode", q=vue.indicateur.code))}">détail</a>'
    methode = echapper(vue.ligne.valeur.methode) or "valeur de la source"
    return f"{methode}{FINE}; {detail}"


def render_lignes(lignes: Sequence[LigneSource]) -> str:
    """The lines themselves, as a table: what the extract says, nothing else."""
    corps = "".join(
        f'<tr><td class="num">{format_nombre(x.ligne)}</td><th scope="row">{echapper(x.territoire.nom)}</th>'
        f"<td>{echapper(x.territoire.code)}</td>{_figures(x)}"
        f"<td>{theme.ETATS[x.statut].mot if x.statut != 'ok' else ''}</td><td>{echapper(x.methode)}</td></tr>"
        for x in lignes
    )
    return (
        '<table class="lgn"><caption class="sr">Lignes des extraits</caption><thead><tr><th scope="col" class="num">'
        'Ligne</th><th scope="col">Nom</th><th scope="col">Code</th><th scope="col" class="num">Numérateur</th>'
        '<th scope="col" class="num">Dénominateur</th><th scope="col" class="num">Valeur lue</th>'
        f'<th scope="col">Statut</th><th scope="col">Méthode</th></tr></thead><tbody>{corps}</tbody></table>'
    )


def _figures(ligne: LigneSource) -> str:
    nombres = (ligne.numerateur, ligne.denominateur)
    textes = ["" if n is None else format_nombre(n, 0 if n == int(n) else 1) for n in nombres]
    textes.append("" if ligne.valeur is None else format_nombre(ligne.valeur, 3).rstrip("0").rstrip(","))
    return "".join(f'<td class="num">{texte}</td>' for texte in textes)
