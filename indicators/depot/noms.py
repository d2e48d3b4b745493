"""Names of files handed in, made safe to write on any system."""

import re
from pathlib import Path, PurePosixPath

from indicators.ingestion.fautes import cite_nom

LONGUEUR_MAXIMALE = 120
"""Characters: at most 4 bytes each in UTF-8, and folders above need their share of what a path may have."""

_INTERDITS = re.compile(r'[<>:"|?*/\\]')
_RESERVES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def clean_nom(nom: str) -> str:
    """The name of a file, without its folders, that every system accepts and every message may show.

    >>> clean_nom("../../etc/pass\\nwd"), clean_nom("C:\\\\temp\\\\con.csv"), clean_nom("..")
    ('pass_wd', '_con.csv', 'fichier')
    """
    dernier = nom.replace("\\", "/").rstrip("/").rpartition("/")[2]
    propre = _INTERDITS.sub("_", cite_nom(Path(dernier))).lstrip().rstrip(". ")
    if not propre.strip("."):
        return "fichier"
    if _RESERVES.fullmatch(propre):
        propre = f"_{propre}"
    suffixe = PurePosixPath(propre).suffix[:12]
    return propre if len(propre) <= LONGUEUR_MAXIMALE else propre[: LONGUEUR_MAXIMALE - len(suffixe)] + suffixe


def distinguish(nom: str, pris: set[str]) -> str:
    """The same name, with a number when another file of the same gesture has it already.

    >>> distinguish("ips.csv", {"ips.csv"})
    'ips (2).csv'
    """
    chemin, rang, unique = PurePosixPath(nom), 1, nom
    while unique in pris:
        rang += 1
        unique = f"{chemin.stem} ({rang}){chemin.suffix}"
    return unique
