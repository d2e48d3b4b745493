"""Tables of `tests/regles/*.txt` read, and published as a base: the format is told in tests/regles/README.md."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from indicators.catalogue import Domaine, Nature, get_indicateur
from indicators.territoires import Niveau
from tests.outils import build_petite_base, make_observation, make_perimetre

TABLES = Path(__file__).parent / "regles"
GRAINE = 2024
RENTREE = 2024
"""Rentrée of a table that names none."""
_NIVEAUX = {"réseau": Niveau.RESEAU, "inter-réseau": Niveau.INTER_RESEAU}
_MODALITES = {"F": "filles", "G": "garcons", "P": "voie_pro"}
_VALEUR = re.compile(r"(?:(?P<nom>[FGP]|c\d) )?(?P<valeur>\d+(?:,\d+)?)(?:/(?P<parmi>\d+)| sur (?P<sur>\d+))?(?: %)?")


@dataclass(frozen=True)
class Figure:
    """What a table says of one établissement or group: `somme` events (or sum of the marks) of `eleves` pupils."""

    indicateur: str
    rentree: int
    nom: str
    """«F», «G», «c1»… or nothing."""
    somme: Fraction
    eleves: int


@dataclass(frozen=True)
class Ligne:
    """A territory: its figures, and the statuts that the table allows (none for the background)."""

    nom: str
    code: str
    figures: tuple[Figure, ...]
    statuts: frozenset[str] = frozenset()

    def sum(self, indicateur: str, rentree: int | None = None, nom: str | None = None) -> tuple[Fraction, int]:
        """(sum, pupils) of an indicator at a rentrée (the last one by default), of one group or of all."""
        siennes = [f for f in self.figures if f.indicateur == indicateur and nom in (None, f.nom)]
        rentree = rentree or max(f.rentree for f in siennes)
        siennes = [f for f in siennes if f.rentree == rentree]
        return sum((f.somme for f in siennes), Fraction(0)), sum(f.eleves for f in siennes)


@dataclass(frozen=True)
class Table:
    """A table: what its header says, and its territories; those of the background come last."""

    code: str
    lettre: str
    """In the codes of its territories: several tables are published in one base."""
    titre: str
    niveau: Niveau
    conditions: tuple[str, ...]
    rentrees: tuple[int, ...]
    ecarts_types: dict[str, tuple[float, bool]]
    """Between pupils, by indicator of nature moyenne; whether the source tells it."""
    lignes: tuple[Ligne, ...]

    @property
    def indicateurs(self) -> frozenset[str]:
        """Every indicator that has figures."""
        return frozenset(figure.indicateur for ligne in self.lignes for figure in ligne.figures)

    @property
    def nommees(self) -> tuple[Ligne, ...]:
        """The territories that the table describes."""
        return tuple(ligne for ligne in self.lignes if ligne.statuts)

    def get(self, nom: str) -> Ligne:
        """The territory of that name."""
        return next(ligne for ligne in self.lignes if ligne.nom == nom)


def read_tables() -> dict[str, Table]:
    """Every table by the code of its rule."""
    chemins = sorted(TABLES.glob("*.txt"))
    return {chemin.stem: read_table(chemin, chr(ord("A") + rang)) for rang, chemin in enumerate(chemins)}


def read_table(chemin: Path, lettre: str = "A") -> Table:
    """Read a table; the background is drawn with a fixed seed."""
    lignes = [ligne.strip() for ligne in chemin.read_text(encoding="utf-8").splitlines() if ligne.strip()]
    titre, *entete = [ligne.removeprefix("#").strip() for ligne in lignes if ligne.startswith("#")]
    dits: dict[str, list[str]] = {}
    for cle, texte in (ligne.split(" : ", 1) for ligne in entete):
        dits.setdefault(cle, []).append(texte)
    rentrees = tuple(int(annee) for annee in dits.get("rentrées", [str(RENTREE)])[0].split())
    ecarts_types = _read_ecarts_types(*dits.get("écart-type entre élèves", [""]))
    niveau = _NIVEAUX[dits["niveau"][0]]
    decrites = _read_lignes([[c.strip() for c in ligne.split("|")] for ligne in lignes if "|" in ligne], rentrees)
    autres = _draw_fond(dits["fond"], rentrees, ecarts_types)
    prefixe = {Niveau.RESEAU: "R", Niveau.INTER_RESEAU: "IR"}[niveau] + lettre
    toutes = tuple(Ligne(nom, f"{prefixe}{rang:02d}", *reste) for rang, (nom, *reste) in enumerate(decrites + autres))
    return Table(chemin.stem, lettre, titre, niveau, tuple(dits["condition"]), rentrees, ecarts_types, toutes)


def group_tables(tables: list[Table]) -> list[list[Table]]:
    """Tables that share no indicator, and so can be published together as if each were alone."""
    groupes: list[list[Table]] = []
    for table in tables:
        libre = (g for g in groupes if not any(table.indicateurs & autre.indicateurs for autre in g))
        groupe = next(libre, None)
        if groupe is None:
            groupes.append(groupe := [])
        groupe.append(table)
    return groupes


def build_base_of(tables: list[Table], dossier: Path) -> Path:
    """Publish the territories of tables, with the real fiches; returns the path of the base."""
    perimetres, etablissements, observations = {}, {}, []
    for table in tables:
        for ligne in table.lignes:
            numero = ligne.code[-3:]
            for figure in ligne.figures:
                type_, uai = _find_etablissement(ligne, figure)
                perimetres[uai] = make_perimetre(uai, f"R{numero}", f"IR{numero}")
                etablissements[uai] = {"uai": uai, "nom": uai, "type": type_, "secteur": "public", "rentree": RENTREE}
            observations += _observe(table, ligne)
    fiches = [get_indicateur(code) for code in sorted(frozenset().union(*(table.indicateurs for table in tables)))]
    registre = {"perimetres": list(perimetres.values()), "etablissements": list(etablissements.values())}
    return build_petite_base(dossier, fiches, {"observations": observations} | registre)


def _number(texte: str) -> Fraction:
    return Fraction(texte.replace(",", "."))


def _read_ecarts_types(texte: str) -> dict[str, tuple[float, bool]]:
    lus = re.findall(r"(\w+) (\d+)( \(non publié\))?", texte)
    return {indicateur: (float(valeur), not cache) for indicateur, valeur, cache in lus}


def _read_lignes(cellules: list[list[str]], rentrees: tuple[int, ...]) -> list[tuple]:
    """(name, figures, statuts) of the territories that are described."""
    (_, *indicateurs, _), *corps = cellules
    return [
        (
            nom,
            tuple(f for code, texte in zip(indicateurs, textes, strict=True) for f in _read(code, texte, rentrees)),
            frozenset(statut.split(" ou ")),
        )
        for nom, *textes, statut in corps
    ]


def _draw_fond(textes: list[str], rentrees: tuple[int, ...], ecarts_types) -> list[tuple]:
    """(name, figures) of the territories of the background: «24 autres ; ips_colleges 103 ; maitrise_socle 79 %»."""
    alea = np.random.default_rng(GRAINE)
    autres = []
    for texte in textes:
        nombre, *chiffres = texte.split(" ; ")
        for _ in range(int(nombre.removesuffix(" autres"))):
            tires = (_draw(alea, *chiffre.split(" ", 1), rentrees, ecarts_types) for chiffre in chiffres)
            autres.append((f"autre {len(autres) + 1}", tuple(figure for part in tires for figure in part)))
    return autres


def _split(texte: str, rentrees: tuple[int, ...]) -> list[tuple[str, int, re.Match]]:
    """(name, rentrée, match) of each value of a cell: names stand side by side, rentrées follow one another."""
    lues = list(_VALEUR.finditer(texte))
    assert _VALEUR.sub("", texte).strip(" %") == "", f"cellule illisible : {texte}"
    if lues[0]["nom"]:
        return [(lue["nom"], rentrees[-1], lue) for lue in lues]
    return [("", rentree, lue) for rentree, lue in zip(rentrees[-len(lues) :], lues, strict=True)]


def _read(indicateur: str, texte: str, rentrees: tuple[int, ...]) -> list[Figure]:
    """Figures of a cell."""
    figures = []
    for nom, rentree, lue in _split(texte, rentrees):
        eleves = int(lue["parmi"] or lue["sur"])
        somme = _number(lue["valeur"]) * (1 if lue["parmi"] else eleves)
        figures.append(Figure(indicateur, rentree, nom, somme, eleves))
    return figures


def _draw(alea, indicateur: str, texte: str, rentrees: tuple[int, ...], ecarts_types) -> list[Figure]:
    """Figures of a territory of the background: about an écart utile away from `texte`, half of one between them."""
    fiche = get_indicateur(indicateur)
    valeurs = _split(texte, rentrees)
    noms = {nom for nom, *_ in valeurs}
    eleves = int(alea.integers(400, 901)) // len(noms)
    decalage = alea.normal()
    figures = []
    for nom, rentree, lue in valeurs:
        propre = alea.normal() / 2 if len(valeurs) > 1 else 0
        valeur = float(_number(lue["valeur"])) + fiche.ecart_utile * (decalage + propre)
        if fiche.nature is Nature.TAUX:
            somme = Fraction(int(alea.binomial(eleves, np.clip(valeur / 100, 0.005, 0.995))))
        else:
            hasard = ecarts_types[indicateur][0] * alea.normal() / np.sqrt(eleves)
            somme = Fraction(round(valeur + hasard, 2)).limit_denominator(100) * eleves
        figures.append(Figure(indicateur, rentree, nom, somme, eleves))
    return figures


def _find_etablissement(ligne: Ligne, figure: Figure) -> tuple[str, str]:
    """(type, UAI) of the établissement that a figure is of."""
    est_lycee = get_indicateur(figure.indicateur).domaine in (Domaine.LYCEE, Domaine.DECROCHAGE)
    type_ = "lycee" if est_lycee or figure.indicateur == "ips_lycees" else "college"
    if figure.indicateur == "ips_ecoles":
        type_ = "ecole"
    rang = int(figure.nom[1:]) if figure.nom.startswith("c") else 0
    lettre, numero = ligne.code[-3], ligne.code[-2:]
    return type_, f"086{numero}{('ecole', 'college', 'lycee').index(type_)}{rang}{lettre}"


def _observe(table: Table, ligne: Ligne) -> list[dict]:
    """Observations of a territory; girls and boys are given beside the whole that they make."""
    lignes = []
    for figure in ligne.figures:
        _, uai = _find_etablissement(ligne, figure)
        cle = {"indicateur": figure.indicateur, "rentree": figure.rentree}
        modalite = _MODALITES.get(figure.nom, "ensemble")
        lignes.append(_make_observation(table, uai, figure.somme, figure.eleves, modalite=modalite, **cle))
        if figure.nom in ("F", "P"):
            lignes.append(_make_observation(table, uai, *ligne.sum(figure.indicateur, figure.rentree), **cle))
    return lignes


def _make_observation(table: Table, uai: str, somme: Fraction, eleves: int, **cle) -> dict:
    if get_indicateur(cle["indicateur"]).nature is Nature.TAUX:
        return make_observation(uai, int(somme), eleves, **cle)
    ecart_type, est_publie = table.ecarts_types[cle["indicateur"]]
    return make_observation(
        uai, None, eleves, valeur=float(somme / eleves), ecart_type=ecart_type if est_publie else None, **cle
    )
