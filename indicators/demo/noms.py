"""Invented names: communes and établissements that exist nowhere. No real person, no real place."""

from collections.abc import Iterator

import numpy as np

_RACINES = (
    "Brév", "Chanv", "Mourv", "Vaul", "Drél", "Fourj", "Grév", "Tauv", "Orv", "Sérign", "Lauv", "Mirv", "Perv",
    "Corv", "Jouv", "Trév", "Ambl", "Dourn", "Fléz", "Quinv", "Rouzin", "Sauvr", "Thév", "Valdr", "Verzin", "Noirv",
    "Clauz", "Bourdr", "Chav", "Éparv", "Gourv", "Hérin", "Landr", "Maleuv", "Pluv", "Ronç", "Souv", "Bélin", "Cavr",
    "Fauv", "Mérind", "Arvin", "Boisv", "Courj", "Estrév", "Flor", "Marév", "Nanv", "Tourv", "Vignol",
)  # fmt: skip
_FINALES = (
    "ac", "illac", "ignac", "é", "igné", "ay", "eray", "ais", "ières", "eaux", "oux", "elles", "enne", "ines", "ault",
)  # fmt: skip
_RIVIERES = (
    "Vaine", "Orbelle", "Tardouenne", "Clairette", "Sévronne", "Aubrette", "Douve-Noire", "Melline", "Brouaise",
    "Luzenne", "Thouette", "Argenson", "Vendrelle", "Isaure", "Guirlonne", "Auzelle",
)  # fmt: skip
_SAINTS = (
    "Exemple", "Aubrin", "Vaubert", "Célian", "Orlin", "Théodran", "Marvin", "Ylaire", "Gervan", "Nazin",
    "Pérégrin", "Léodin", "Fulvain", "Amandrin", "Colombin", "Evran", "Sulpin", "Ouenne", "Mélan", "Brisson",
)  # fmt: skip
_SAINTES = ("Aurélane", "Florine", "Radégine", "Solane", "Ozanne", "Pélagine", "Mauve", "Eustelline")
_COMPLEMENTS = (
    "des-Bois", "le-Château", "la-Plaine", "en-Pré", "les-Étangs", "aux-Ormes", "le-Vieux", "la-Forêt", "du-Marais",
)  # fmt: skip
_ILES = ("les-Bains", "en-l’Île", "du-Phare", "les-Sables", "la-Dune", "le-Port")

_PRENOMS = (
    "Aliénor", "Bastien", "Célestine", "Donatien", "Élise", "Firmin", "Gabrielle", "Honorine", "Isidore", "Joséphine",
    "Léonie", "Maximin", "Noémie", "Octave", "Perrine", "Quentin", "Rosalie", "Séraphin", "Thaïs", "Urbain", "Victoire",
    "Zélie", "Adèle", "Clovis", "Émilien", "Faustine", "Hortense", "Lucien", "Mathilde", "Philomène",
)  # fmt: skip
_DEBUTS_PATRONYME = (
    "Vautr", "Bressol", "Cordev", "Daubran", "Estiv", "Fontel", "Gardav", "Hervol", "Jourdel", "Laubr", "Marsol",
    "Nervand", "Oriv", "Pastrel", "Rivaud", "Sorbel", "Tavern", "Valmond", "Chardev", "Brandol",
)  # fmt: skip
_FINS_PATRONYME = ("in", "eau", "ard", "et", "ois", "ier", "ine", "aud")
_NOMBRES = ("Deux", "Trois", "Quatre", "Cinq", "Sept", "Neuf", "Dix", "Douze", "Cent")
_CHOSES = (
    "Noyers", "Tilleuls", "Chênes", "Moulins", "Fontaines", "Chemins", "Prés", "Vents", "Rivières", "Collines",
    "Marronniers", "Cerisiers", "Peupliers", "Hirondelles", "Alouettes", "Pommiers", "Ponts", "Vallées", "Étangs",
    "Lavoirs", "Clochers", "Bruyères", "Roseaux", "Mésanges", "Saules", "Fougères", "Genêts", "Coquelicots",
)  # fmt: skip
_LIEUX = (
    "du Pré", "de la Fontaine", "du Moulin", "de la Garenne", "du Clos", "de la Vallée", "du Champ", "de la Prairie",
    "du Bois", "de la Colline", "du Verger", "de la Levée", "du Lavoir", "de la Tourelle",
)  # fmt: skip
_QUALITES = (
    "Vert", "Clair", "Fleuri", "Joli", "Blanc", "Doré", "Neuf", "Rond", "Long", "Haut", "Tranquille", "Sauvage",
)  # fmt: skip
_VERTUS = (
    "Espérance",
    "Providence",
    "Concorde",
    "Visitation",
    "Miséricorde",
    "Bonne-Garde",
    "Clarté",
    "Charité",
    "Paix",
    "Sagesse",
    "Joie",
)
_LES_SAINTS = tuple(f"Saint-{saint}" for saint in _SAINTS)
_LES_SAINTES = tuple(f"Sainte-{sainte}" for sainte in _SAINTES)


def _draw_unique(candidats: list[str], alea: np.random.Generator) -> Iterator[str]:
    """Every candidate once, in a drawn order."""
    return (candidats[i] for i in alea.permutation(len(candidats)))


def _list_communes() -> list[str]:
    simples = [racine + finale for racine in _RACINES for finale in _FINALES]
    bases = simples[::7]
    riveraines = [f"{base}-sur-{_RIVIERES[i % len(_RIVIERES)]}" for i, base in enumerate(simples[3::11])]
    saints = [f"Saint-{saint}-sur-{riviere}" for saint in _SAINTS for riviere in _RIVIERES[::4]]
    saints += [f"Saint-{saint}-{suite}" for saint in _SAINTS for suite in _COMPLEMENTS[::3]]
    saintes = [f"Sainte-{sainte}-{suite}" for sainte in _SAINTES for suite in _COMPLEMENTS[1::4]]
    composees = [f"{base}-{_COMPLEMENTS[i % len(_COMPLEMENTS)]}" for i, base in enumerate(simples[5::13])]
    return list(dict.fromkeys([*bases, *riveraines, *saints, *saintes, *composees]))


def draw_noms_communes(nombre: int, alea: np.random.Generator) -> list[str]:
    """`nombre` different invented names of communes."""
    noms = _draw_unique(_list_communes(), alea)
    return [next(noms) for _ in range(nombre)]


def draw_noms_iles(nombre: int, alea: np.random.Generator) -> list[str]:
    """`nombre` different invented names of seaside communes, none of which `draw_noms_communes` can give."""
    noms = _draw_unique([f"{racine}é-{suite}" for racine in _RACINES[::5] for suite in _ILES], alea)
    return [next(noms) for _ in range(nombre)]


def _list_personnes() -> list[str]:
    patronymes = [debut + fin for debut in _DEBUTS_PATRONYME for fin in _FINS_PATRONYME]
    return [f"{_PRENOMS[i % len(_PRENOMS)]}-{patronyme}" for i, patronyme in enumerate(patronymes * 3)]


def _list_ecoles() -> list[str]:
    choses = [f"des {nombre}-{chose}" for nombre in _NOMBRES for chose in _CHOSES]
    masculins = [lieu for lieu in _LIEUX if lieu.startswith("du ")]
    feminins = [lieu for lieu in _LIEUX if lieu.startswith("de la ")]
    lieux = [f"{lieu}-{qualite}" for lieu in masculins for qualite in _QUALITES]
    lieux += [f"{lieu}-aux-{chose}" for lieu in feminins for chose in _CHOSES]
    return [*choses, *lieux, *dict.fromkeys(_list_personnes())]


def draw_noms_ecoles(nombre: int, alea: np.random.Generator) -> list[str]:
    """`nombre` different ends of names, to put after « École primaire »: «des Trois-Noyers», «Zélie-Bressolin»."""
    candidats = list(_draw_unique(_list_ecoles(), alea))
    return candidats[:nombre]


def draw_noms_secondaire(nombre: int, alea: np.random.Generator) -> list[str]:
    """`nombre` different names of invented persons, to put after «Collège» or «Lycée»."""
    noms = _draw_unique(list(dict.fromkeys(_list_personnes())), alea)
    return [next(noms) for _ in range(nombre)]


def draw_noms_prives(nombre: int, alea: np.random.Generator) -> list[str]:
    """`nombre` different names for private établissements: «Sainte-Florine», «Notre-Dame-de-la-Clarté»."""
    notre_dame = [f"Notre-Dame-de-{'l’' if vertu[0] == 'E' else 'la-'}{vertu}" for vertu in _VERTUS]
    doubles = [f"{nom}-{vertu}" for nom in (*_LES_SAINTS, *_LES_SAINTES) for vertu in _VERTUS]
    candidats = [*notre_dame, *_LES_SAINTES, *_LES_SAINTS, *doubles]
    noms = _draw_unique(candidats, alea)
    return [next(noms) for _ in range(nombre)]
