"""Writing the demonstration data: one call, one folder, the same bytes for the same seed."""

from pathlib import Path

from indicators.demo.fichiers_colleges import write_colleges
from indicators.demo.fichiers_effectifs import write_effectifs
from indicators.demo.fichiers_lycees import draw_bac_gt, draw_bac_pro, write_lycees
from indicators.demo.fichiers_offre import write_offre
from indicators.demo.fichiers_ssa import write_ssa
from indicators.demo.fichiers_territoires import write_territoires
from indicators.demo.monde import build_monde

GRAINE = 2017
LISEZMOI = "LISEZMOI.txt"
_AVERTISSEMENT = """\
Données de démonstration d’Éclore

Tout ce que contient ce dossier est fictif : les communes, les établissements, leurs codes, leurs noms, leurs élèves et
tous les chiffres sont inventés par un programme, à partir d’un nombre de départ (graine {graine}). Seuls sont réels les
noms des quatre départements et des intercommunalités, ainsi que la présentation des fichiers.

Aucune conclusion ne peut en être tirée sur un territoire ou un établissement réel.
"""


def generate_demo(dossier: Path, graine: int = GRAINE) -> tuple[Path, ...]:
    """Write the fictional extracts into `dossier` (created), and LISEZMOI.txt, which is not an extract.

    Returns:
        The extracts, in the order in which to load them: territories first. All names start with «demo-».
    """
    dossier.mkdir(parents=True, exist_ok=True)
    monde = build_monde(graine)
    bac_gt, bac_pro = draw_bac_gt(monde.lycees_gt), draw_bac_pro(monde.lycees_pro)
    (dossier / LISEZMOI).write_text(_AVERTISSEMENT.format(graine=graine), encoding="utf-8", newline="\n")
    return (
        *write_territoires(dossier, monde),
        *write_colleges(dossier, monde),
        *write_lycees(dossier, monde, bac_gt, bac_pro),
        *write_effectifs(dossier, monde, bac_gt),
        *write_offre(dossier, monde, bac_gt, bac_pro),
        *write_ssa(dossier, monde, bac_gt, bac_pro),
    )
