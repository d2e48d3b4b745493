"""What changes before it is published: an extract against those already loaded, a base against the one served."""

from indicators.revision.bases import (
    Changements,
    EtatChange,
    TableauChange,
    TendanceChangee,
    ValeurChangee,
    compare_bases,
)
from indicators.revision.extraits import ChiffreChange, RentreeRevisee, Revision, compare_extraits

__all__ = [
    "Changements", "ChiffreChange", "EtatChange", "RentreeRevisee", "Revision", "TableauChange", "TendanceChangee",
    "ValeurChangee", "compare_bases", "compare_extraits",
]  # fmt: skip
