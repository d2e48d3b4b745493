"""A territory inside a sentence: «le réseau du Niortais», «de l’inter-réseau d’Angoulême»."""

from indicators.base import Base
from indicators.territoires import Niveau, Territoire
from indicators.territoires.noms import find_apres_de
from indicators.territoires.referentiel import load_academies


def name_en_phrase(base: Base, territoire: Territoire) -> str:
    """The territory with its article: «le réseau de l’Île de Ré», «l’académie de Poitiers»."""
    lignes = base.lignes(
        "SELECT coalesce(nom_officiel, nom) FROM territoire WHERE niveau = ? AND code = ? LIMIT 1",
        (territoire.niveau.value, territoire.code),
    )
    return join_nom(territoire, lignes[0][0] if lignes else territoire.nom)


def join_nom(territoire: Territoire, nom_officiel: str) -> str:
    """The same, from the official name.

    >>> join_nom(Territoire(Niveau.DEPARTEMENT, "D79", "Deux-Sèvres"), "Deux-Sèvres")
    'le département des Deux-Sèvres'
    >>> join_nom(Territoire(Niveau.RESEAU, "R1", "Aunis Sud"), "CC Aunis Sud")
    'le réseau Aunis Sud'
    """
    nom, niveau = territoire.nom, territoire.niveau
    if niveau is Niveau.ACADEMIE:
        return f"l’{nom[:1].lower()}{nom[1:]}"
    if niveau in (Niveau.REGION, Niveau.NATIONAL, Niveau.ETABLISSEMENT):
        return nom
    if niveau is Niveau.DEPARTEMENT:
        departements = {d.territoire.code: d for a in load_academies().values() for d in a.liste_departements}
        connu = departements.get(territoire.code)
        lien = connu.apres_de if connu else ""
    else:
        lien = find_apres_de(nom_officiel, nom)
    article = "l’" if niveau is Niveau.INTER_RESEAU else "le "
    return f"{article}{niveau.libelle} {lien}{nom}"


def contract_de(nom: str) -> str:
    """«de» before a name with its article: «du réseau…», «de l’inter-réseau…».

    >>> contract_de("le réseau Aunis Sud"), contract_de("l’académie de Poitiers")
    ('du réseau Aunis Sud', 'de l’académie de Poitiers')
    """
    return f"du {nom[3:]}" if nom.startswith("le ") else f"de {nom}"
