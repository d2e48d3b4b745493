"""The two sizes of the drawing of a path, and where its steps and marks fall. Pure, no Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from indicators.tableaux_de_bord.objets_parcours import EtapeLue, MarqueLue, VueParcours

LIMITE = 4.1
"""Écarts utiles drawn; beyond, a whisker is cut with an open end."""


@dataclass(frozen=True)
class Gabarit:
    """Pixels of one size: of the drawing, of its texts, of its rows."""

    largeur: int
    hauteur: int
    gauche: float
    """Where the first step starts."""
    gap: float
    pointe: float
    """Depth of the arrow of a step; of the notch of the next."""
    seul: float
    """Width of the slot of a mark alone in its step, for the name of the step."""
    centre: float
    unite: float
    """Height of one écart utile."""
    texte: float
    titre: float
    label: float
    petit: float
    interligne: float
    y_titre: float
    y_regle: float
    y_annee: float
    y_haut: float
    y_nom: float
    y_lignes: tuple[float, ...]
    """Rows under a name: value, interval, slope, word of the trend, pupils; a projection has the slope only."""
    y_bas: float
    y_accolade: float
    y_cohorte: float
    trait: float
    marque: float

    @property
    def est_grand(self) -> bool:
        """Whether it is the size of a projection."""
        return self.largeur == GRAND.largeur

    @property
    def fin(self) -> float:
        """Where the last step ends, before its arrow."""
        return self.largeur - self.pointe

    def y(self, hauteur: float) -> float:
        """Pixel of a height in écarts utiles, cut at `LIMITE`."""
        return self.centre - max(-LIMITE, min(LIMITE, hauteur)) * self.unite


ECRAN = Gabarit(
    largeur=1286, hauteur=482, gauche=110, gap=22, pointe=13.6, seul=1.62, centre=180, unite=28, texte=13, titre=18,
    label=16, petit=12.5, interligne=16, y_titre=18, y_regle=24, y_annee=38, y_haut=52, y_nom=329,
    y_lignes=(364, 380, 398, 412, 430), y_bas=438, y_accolade=451, y_cohorte=472, trait=2.6, marque=1.55,
)  # fmt: skip
GRAND = Gabarit(
    largeur=1760, hauteur=750, gauche=196, gap=26, pointe=17, seul=1.72, centre=299, unite=42, texte=28, titre=34,
    label=34, petit=28, interligne=32, y_titre=32, y_regle=46, y_annee=74, y_haut=92, y_nom=542,
    y_lignes=(612,), y_bas=628, y_accolade=668, y_cohorte=710, trait=6, marque=3.3,
)  # fmt: skip
_PLAT = 0.62
"""Share of the plot that goes where no gap is drawn."""


def choose_gabarit(vue: VueParcours, grand: bool) -> Gabarit:
    """The size asked for; flattened where nothing is compared, for heights would mean nothing."""
    g = GRAND if grand else ECRAN
    if vue.est_compare:
        return g
    monte = round((g.y_nom - g.y_haut) * _PLAT)
    suite = monte + (0 if grand else g.interligne)  # the ribbon holds the value: its row goes
    return replace(
        g,
        hauteur=round(g.hauteur - suite),
        centre=g.centre - monte / 2,
        y_nom=g.y_nom - monte,
        y_lignes=(g.y_lignes[0] - monte, *(y - suite for y in g.y_lignes[1:])),
        y_bas=g.y_bas - suite,
        y_accolade=g.y_accolade - suite,
        y_cohorte=g.y_cohorte - suite,
    )


@dataclass(frozen=True)
class Place:
    """The slot of a mark. `premiere`, `derniere`: of its step, whose ends are a notch and an arrow."""

    etape: EtapeLue
    lue: MarqueLue
    x0: float
    x1: float
    rang: int
    premiere: bool
    derniere: bool

    @property
    def x(self) -> float:
        """Its middle."""
        return (self.x0 + self.x1) / 2


def place_marques(vue: VueParcours, gabarit: Gabarit) -> tuple[Place, ...]:
    """Slots of equal width, in order; a mark alone in its step has more room."""
    parts = [gabarit.seul if len(e.marques) == 1 else float(len(e.marques)) for e in vue.etapes]
    libre = gabarit.fin - gabarit.gauche - gabarit.gap * (len(parts) - 1)
    places: list[Place] = []
    x = gabarit.gauche
    for rang, (etape, part) in enumerate(zip(vue.etapes, parts, strict=True)):
        pas = libre * part / sum(parts) / len(etape.marques)
        for i, lue in enumerate(etape.marques):
            fin = i == len(etape.marques) - 1
            places.append(Place(etape, lue, x + i * pas, x + (i + 1) * pas, rang, i == 0, fin))
        x += pas * len(etape.marques) + gabarit.gap
    return tuple(places)


def find_bornes(places: Sequence[Place], rang: int) -> tuple[float, float]:
    """First and last pixel of a step."""
    de_l_etape = [p for p in places if p.rang == rang]
    return de_l_etape[0].x0, de_l_etape[-1].x1


def group_absentes(places: Sequence[Place]) -> list[list[Place]]:
    """Neighbours of one step that have no figure: each run is hatched as a whole."""
    groupes = groupby(places, key=lambda place: (place.rang, place.lue.est_lue))
    return [list(groupe) for (_, lue), groupe in groupes if not lue]
