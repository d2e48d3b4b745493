"""Findings planted in the demonstration data, as data: the generator obeys them, the tests look for them."""

from dataclasses import dataclass

RENTREES = (2019, 2020, 2021, 2022, 2023, 2024)
TOUS = "*"
"""Every indicator."""


@dataclass(frozen=True)
class Constat:
    """Something true of a territory in the fictional world.

    `ecarts` are added to the mean of the académie, one per rentrée of `rentrees`, in the unit of the indicators
    (proportions for a taux). `ecarts_par_rang` set the établissements of the territory apart, by rank of UAI.
    Where `est_impose`, nothing else moves these figures: not context, not the établissement's own level, not chance.
    """

    nature: str
    territoire: str
    indicateurs: tuple[str, ...]
    ecarts: tuple[float, ...]
    rentrees: tuple[int, ...] = RENTREES
    ecarts_par_rang: tuple[float, ...] = ()
    est_impose: bool = True
    lecture: str = ""
    """What a reader should conclude, in French."""


DNB = ("taux_reussite_dnb", "taux_reussite_dnb_generale")
SOCLE = (*DNB, "taux_mentions_dnb_generale", "maitrise_socle")
ECART_CONTEXTE_FAVORABLE = 10.0
"""IPS points above the académie of the réseau with a favourable context."""
EFFECTIF_MINUSCULE = 22
"""Pupils of 3e in the only collège of the tiny réseau."""
EFFECTIF_OPPOSES = 100
"""Least pupils of 3e in the collèges that are opposite: enough for the difference to be certain."""

CONSTATS = (
    Constat(
        nature="socle_faible_contexte_favorable",
        territoire="R200069763",
        indicateurs=SOCLE,
        ecarts=(-0.08, -0.08, -0.09, -0.09, -0.10, -0.10),
        lecture="Contexte favorable, mais maîtrise du socle et réussite au DNB nettement sous l’académie.",
    ),
    Constat(
        nature="note_faible_contexte_favorable",
        territoire="R200069763",
        indicateurs=("note_ecrit_dnb_generale",),
        ecarts=(-0.7, -0.7, -0.8, -0.8, -0.9, -0.9),
        lecture="Note à l’écrit du DNB de près d’un point sous l’académie.",
    ),
    Constat(
        nature="contexte_favorable",
        territoire="R200069763",
        indicateurs=("ips_ecoles", "ips_colleges"),
        ecarts=(ECART_CONTEXTE_FAVORABLE,) * 6,
        lecture="IPS des écoles et des collèges nettement au-dessus de l’académie.",
    ),
    Constat(
        nature="decrochage_en_hausse",
        territoire="IR791",
        indicateurs=("taux_decrochage",),
        ecarts=(-0.012, 0.0, 0.012, 0.024, 0.036, 0.048),
        est_impose=False,
        lecture="Le taux de décrochage monte chaque année, de plus d’un point par an.",
    ),
    Constat(
        nature="rupture_de_serie",
        territoire="A13",
        indicateurs=(*DNB, "taux_mentions_dnb_generale"),
        ecarts=(0.04,),
        rentrees=(2019,),
        est_impose=False,
        lecture="Session 2020 au contrôle continu : quatre points de plus partout, sans comparaison possible ensuite.",
    ),
    Constat(
        nature="trop_petit_pour_conclure",
        territoire="R200041416",
        indicateurs=SOCLE,
        ecarts=(-0.11,) * 6,
        lecture="Taux le plus bas des réseaux, sur une vingtaine d’élèves : non concluant.",
    ),
    Constat(
        nature="dans_la_moyenne",
        territoire="R200041317",
        indicateurs=(TOUS,),
        ecarts=(0.0,) * 6,
        lecture="Comparable à l’académie partout : rien à signaler.",
    ),
    Constat(
        nature="colleges_opposes",
        territoire="R200041499",
        indicateurs=DNB,
        ecarts=(0.02,) * 6,
        ecarts_par_rang=(0.08, -0.18, 0.05, 0.05),
        lecture="Bonne moyenne du réseau, qui cache deux collèges opposés.",
    ),
)


def get_constat(nature: str) -> Constat:
    """The planted finding of that nature (tests and pages of the guide name them so)."""
    return next(constat for constat in CONSTATS if constat.nature == nature)
