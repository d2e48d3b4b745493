"""One broken archive per check, named after it."""

from pathlib import Path

import pytest

from indicators.archives import expand_archive, is_archive

FAUTIFS = Path(__file__).parent / "fichiers_fautifs"
ATTENDUS = {
    "archive_vide": "L’archive ne contient aucun fichier.",
    "archive_demesuree": "L’archive se dilate de 29 ko à 30 Mo : elle n’est pas ouverte.",
    "archive_endommagee": "L’archive est endommagée : elle ne s’ouvre pas.",
    "archive_membre": "1 fichier de l’archive ne se lit pas.",
}


@pytest.mark.parametrize("code", ATTENDUS)
def test_broken_archive_raises_its_check_alone(code):
    """What it holds of sound files is handed over all the same; nothing is when the whole is refused."""
    chemin, recus = FAUTIFS / f"{code}.zip", []
    assert is_archive(chemin)
    (constat,) = expand_archive(chemin, lambda nom, flux: recus.append(nom))
    assert constat.controle.code == code
    assert constat.constat.replace("\u00a0", " ").replace("\u202f", " ") == ATTENDUS[code]
    assert recus == (["ips.csv"] if code == "archive_membre" else [])
    if code == "archive_membre":
        assert "« interne.zip » : une archive dans une archive" in constat.exemples[0].trouve.replace("\u00a0", " ")
