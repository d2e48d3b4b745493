"""The tables behind the views of Comparer and behind Croiser, as CSV and as XLSX. Pure, no Streamlit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard import classeurs_xlsx, fichiers
from dashboard.carte_page import write_sous_titre as write_sous_titre_carte
from dashboard.classeurs_xlsx import Proportion
from dashboard.comparer_chaleur import write_familles
from dashboard.comparer_chaleur import write_sous_titre as write_sous_titre_chaleur
from dashboard.comparer_entetes import name_colonne
from dashboard.croiser_phrases import CAUTION, write_condition, write_sous_titre
from dashboard.formats import FINE, format_date
from indicators.base import Version
from indicators.catalogue import Indicateur, Nature
from indicators.francais import typographier
from indicators.problematiques.absences import MOTIFS
from indicators.tableaux_de_bord.croiser_objets import Axe, Estime, VueCroiser
from indicators.tableaux_de_bord.lectures import Cellule
from indicators.tableaux_de_bord.objets import Comparaison, Valeur
from indicators.tableaux_de_bord.vue_comparer import Colonne, VueChaleur, count_familles
from indicators.tableaux_de_bord.vue_comparer_indicateur import PointEntonnoir, VueComparerIndicateur
from indicators.tableaux_de_bord.vue_comparer_territoire import LigneAttendu, VueSemblables


@dataclass(frozen=True)
class Tableau:
    """A table to download: title, headings, rows and notes."""

    titre: str
    entetes: tuple[str, ...]
    lignes: tuple[tuple[object, ...], ...]
    notes: tuple[str, ...]


def write_csv(tableau: Tableau) -> bytes:
    """Semicolons, decimal commas, UTF-8 with BOM."""
    return fichiers.write_csv(tableau.entetes, tableau.lignes)


def write_xlsx(tableau: Tableau) -> bytes:
    """A sheet of typed cells and a sheet of notes."""
    return classeurs_xlsx.write_xlsx(tableau.titre, tableau.entetes, tableau.lignes, tableau.notes)


FICHIERS: dict[str, tuple[str, Callable[[Tableau], bytes]]] = {
    "csv": (fichiers.MIME, write_csv),
    "xlsx": (classeurs_xlsx.MIME, write_xlsx),
}
"""Type and writer of each kind of file, by extension."""

_TERRITOIRE = ("niveau", "territoire", "nom")
_COLONNE = ("domaine", "indicateur", "titre", "modalite", "rentree")
_VALEUR = ("statut", "valeur", "borne_inf", "borne_sup", "numerateur", "denominateur")
_COMPARAISON = (
    "reference", "valeur_reference", "ecart", "ecart_inf", "ecart_sup", "p_ajustee", "famille", "etat", "motif",
)  # fmt: skip


def make_chaleur(vue: VueChaleur, version: Version) -> Tableau:
    """One line per territory and indicator, whatever the cells show."""
    lignes = tuple(
        _cells_territoire(cellule) + _cells_colonne(c) + _cells(c.indicateur, cellule)
        for t in vue.territoires
        for c in vue.colonnes
        for cellule in [vue.cellules[t.code, c.cle]]
    )
    titre = f"Comparer les {vue.niveau.pluriel}"
    notes = (write_sous_titre_chaleur(vue), f"{write_familles(vue.familles)}.")
    entetes = (*_TERRITOIRE, *_COLONNE, *_VALEUR, *_COMPARAISON)
    return _make(titre, entetes, lignes, notes, vue.sources, version)


def make_indicateur(vue: VueComparerIndicateur, version: Version) -> Tableau:
    """One line per territory: value, difference, interval of the rank, place in the funnel."""
    carte = vue.carte
    colonne = Colonne(carte.indicateur, carte.modalite, carte.rentree)
    points = {p.cellule.territoire.code: p for p in (vue.entonnoir.points if vue.entonnoir else ())}
    lignes = tuple(
        _cells_territoire(c)
        + _cells_colonne(colonne)
        + _cells(carte.indicateur, c)
        + ((c.rang.rang_inf, c.rang.rang_sup, c.rang.nb) if c.rang else (None, None, None))
        + _cells_entonnoir(points.get(c.territoire.code))
        for c in carte.cellules
    )
    entetes = (
        *_TERRITOIRE, *_COLONNE, *_VALEUR, *_COMPARAISON, "rang_inf", "rang_sup", "rang_nb", "zone_entonnoir",
        "sort_dispersion_admise",
    )  # fmt: skip
    notes = [write_sous_titre_carte(carte), f"{write_familles(count_familles(carte.cellules))}."]
    if vue.entonnoir:
        notes.append(
            f"Entonnoir : taux commun {vue.entonnoir.p0:.4f}".replace(".", ",")
            + " ; zone_entonnoir : 0 dans les limites à 95 %, 1 entre 95 et 99,8 %, 2 au-delà ; "
            "sort_dispersion_admise : encore dehors une fois admise la dispersion habituelle entre territoires."
        )
    return _make(carte.indicateur.titre, entetes, lignes, tuple(notes), carte.sources, version)


def make_semblables(vue: VueSemblables, version: Version) -> Tableau:
    """One line per indicator and territory (the chosen one, rank 0, then its similar ones in order)."""
    attendus = {(a.indicateur.code, a.modalite, a.rentree): a for a in vue.attendus}
    proximites = {v.territoire.code: (v.rang, v.proximite) for v in vue.voisins}
    lignes = tuple(
        proximites.get(cellule.territoire.code, (0, ""))
        + _cells_territoire(cellule)
        + _cells_colonne(c)
        + _cells_valeur(c.indicateur, cellule.valeur)
        + _cells_comparaison(c.indicateur, ligne.semblables if cellule is ligne.cellule else None)
        + _cells_attendu(attendus.get((c.indicateur.code, c.modalite, c.rentree)) if cellule is ligne.cellule else None)
        for ligne in vue.lignes
        for c in [ligne.colonne]
        for cellule in (ligne.cellule, *ligne.voisins)
    )
    entetes = (
        "rang_proximite", "proximite", *_TERRITOIRE, *_COLONNE, *_VALEUR, *_COMPARAISON, "attendu", "ecart_attendu",
        "ecart_attendu_inf", "ecart_attendu_sup", "p_ajustee_attendu", "nb_etablissements_attendu",
    )  # fmt: skip
    notes = (
        "reference « similaires » : les territoires semblables pris ensemble. Attendu : ce que donnent ailleurs, dans "
        "l’académie, des établissements de même IPS et de même éducation prioritaire. Il ne tient compte de rien "
        "d’autre et ne dit aucune cause.",
        f"{write_familles(vue.familles)}.",
    )
    titre = f"{vue.territoire.nom} et ses territoires semblables"
    return _make(titre, entetes, lignes, notes, vue.sources, version)


def make_croisement(vue: VueCroiser, version: Version) -> Tableau:
    """One line per territory of a crossing, the most probable profile first, then those that lack a figure."""
    suffixes = "yxz"[: len(vue.axes)]
    largeur = len(_CROISEMENT) * len(suffixes) + 1
    lignes = [
        (vue.niveau.value, p.territoire.code, p.territoire.nom, "", *_cells_axes(vue.axes, p.estimes), p.probabilite)
        for p in vue.points
    ]
    lignes += [(vue.niveau.value, t.code, t.nom, MOTIFS[motif], *(None,) * largeur) for t, motif in vue.absents]
    notes = (
        write_sous_titre(vue),
        *(f"{s} : {name_colonne(a.colonne)}, rentrée {a.colonne.rentree}, {write_condition(a)}."
          for s, a in zip(suffixes, vue.axes, strict=True)),
        "estime : ce que les chiffres laissent estimer (écart à la référence, ou valeur), ramené vers le niveau, avec "
        "son écart-type ; probabilite : d’être du côté du profil ; probabilite_profil : produit de celles des axes, "
        "les indicateurs étant tenus pour indépendants une fois les chiffres connus.",
        CAUTION,
    )  # fmt: skip
    cotes = tuple(f"{nom}_{s}" for s in suffixes for nom in _CROISEMENT)
    titre = f"Croiser : {', '.join(name_colonne(a.colonne) for a in vue.axes)}"
    entetes = (*_TERRITOIRE, "absent", *cotes, "probabilite_profil")
    return _make(titre, entetes, tuple(lignes), notes, vue.sources, version)


_CROISEMENT = (
    "valeur", "borne_inf", "borne_sup", "effectif", "valeur_reference", "ecart", "ecart_inf", "ecart_sup", "etat",
    "estime", "estime_ecart_type", "probabilite",
)  # fmt: skip


def _cells_axes(axes: Sequence[Axe], estimes: Sequence[Estime]) -> tuple[object, ...]:
    cellules: list[object] = []
    for axe, estime in zip(axes, estimes, strict=True):
        fiche, face = axe.colonne.indicateur, estime.comparaison
        cellules += _cells_intervalle(fiche, estime.valeur)
        chiffres = (face.valeur_reference, face.ecart, face.ecart_inf, face.ecart_sup) if face else (None,) * 4
        cellules += [*(_chiffre(fiche, c) for c in chiffres), face.etat if face else None]
        cellules += [_chiffre(fiche, estime.moyenne), _chiffre(fiche, estime.ecart_type), estime.probabilite]
    return tuple(cellules)


def _make(
    titre: str, entetes: Sequence[str], lignes: tuple, notes: Sequence[str], sources: Sequence[str], version: Version
) -> Tableau:
    """A table with the notes that every one carries: units, intervals, sources, version."""
    communes = [
        "Un taux est une proportion (0,88 pour 88 %) ; un écart de taux aussi (0,03 pour 3 points). Les bornes sont "
        "celles d’un intervalle à 95 %. Une cellule vide n’a pas de chiffre : sa colonne « statut » dit pourquoi.",
        f"Sources : {f'{FINE}; '.join(sources)}." if sources else "",
        f"Base du {format_date(version.publie_le)}, version {version.numero}."
        + (" Données de démonstration, fictives : à ne pas diffuser." if version.est_demo else ""),
    ]
    propres = tuple(typographier(note) for note in (*notes, *communes) if note.strip(". "))
    return Tableau(titre, tuple(entetes), lignes, propres)


def _cells_territoire(cellule: Cellule) -> tuple[object, ...]:
    return (cellule.territoire.niveau.value, cellule.territoire.code, cellule.territoire.nom)


def _cells_colonne(colonne: Colonne) -> tuple[object, ...]:
    fiche = colonne.indicateur
    return (fiche.domaine.titre, fiche.code, fiche.titre, colonne.modalite, colonne.rentree)


def _cells(fiche: Indicateur, cellule: Cellule) -> tuple[object, ...]:
    return _cells_valeur(fiche, cellule.valeur) + _cells_comparaison(fiche, cellule.comparaison)


def _cells_valeur(fiche: Indicateur, valeur: Valeur) -> tuple[object, ...]:
    chiffres = tuple(_chiffre(fiche, v) for v in (valeur.valeur, valeur.borne_inf, valeur.borne_sup))
    return (valeur.statut, *chiffres, valeur.numerateur, valeur.denominateur)


def _cells_intervalle(fiche: Indicateur, valeur: Valeur) -> tuple[object, ...]:
    return (*(_chiffre(fiche, v) for v in (valeur.valeur, valeur.borne_inf, valeur.borne_sup)), valeur.denominateur)


def _cells_comparaison(fiche: Indicateur, comparaison: Comparaison | None) -> tuple[object, ...]:
    if comparaison is None:
        return (None,) * len(_COMPARAISON)
    c = comparaison
    chiffres = (_chiffre(fiche, v) for v in (c.valeur_reference, c.ecart, c.ecart_inf, c.ecart_sup))
    return (c.reference, *chiffres, c.p_ajustee, c.famille, c.etat, c.motif)


def _cells_attendu(ligne: LigneAttendu | None) -> tuple[object, ...]:
    if ligne is None:
        return (None,) * 6
    chiffres = (_chiffre(ligne.indicateur, v) for v in (ligne.attendu, ligne.ecart, ligne.ecart_inf, ligne.ecart_sup))
    return (*chiffres, ligne.p_ajustee, ligne.nb_etablissements)


def _cells_entonnoir(point: PointEntonnoir | None) -> tuple[object, ...]:
    return (point.zone, "oui" if point.sort_malgre_tout else "non") if point else (None, None)


def _chiffre(fiche: Indicateur, valeur: float | None) -> float | None:
    """A proportion says so, for spreadsheets to show a percentage."""
    if valeur is None:
        return None
    return Proportion(valeur) if fiche.nature is Nature.TAUX else float(valeur)
