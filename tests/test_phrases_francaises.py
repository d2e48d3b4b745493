"""Every sentence that pages write, for every territory of the demonstration and of the real extracts, is French."""

import html
import re

import pytest

from dashboard import accueil, diagnostic, parcours, partage, problematiques, tableau
from indicators.base import Base, open_base
from indicators.tableaux_de_bord.comparaisons import PRINCIPALE
from indicators.tableaux_de_bord.objets_parcours import COHORTE, DERNIERE
from indicators.territoires import Niveau
from tests.mots import find_mots_interdits

pytestmark = pytest.mark.long

NIVEAUX = ("reseau", "inter_reseau", "departement", "academie")
_EN_LIGNE = re.compile(r"</?(?:b|i|a|em|sup|strong|code)(?:\s[^>]*)?>")
_BALISE = re.compile(r"<[^>]*>")
_SIGNE = re.compile(r"(?:^|(?<=[\u00a0 ]))\? (?=\d|[−+]|incertaine|non conclu)")
"""The sign of a state that nothing concludes, before its word or its gap."""
_LIBELLES = re.compile(r"""(?:aria-label|title)="([^"]*)\"""")

FAUTES = {
    "article contracté": r"\b(?:de|à) les? (?=[a-zà-ÿ])",
    "élision": r"\b(?:de|le|la|que|ne|se) (?=[AÀEÉÈÊIÎOÔU][a-zà-ÿ]|[aeéèêiîoôu][a-zà-ÿ]+)(?!onz|oui|une?\b|ou\b|et\b)",
    "double espace": r"[ \u00a0\u202f]{2,}",
    "valeur absente": r"\bNone\b|\bnan\b|\binf\b(?!é)|\{|\}",
    "espace ordinaire": r"\S [:;?!%»](?=\s|$)|« ",
    "espace manquante": r"[a-zà-ÿ)»][:;?!](?=\s|$)",
    "pluriel": r"\b[01]\u00a0(?:élèves|collèges|lycées|écoles|réseaux|inter-réseaux|règles|points|indicateurs)\b",
    "singulier": r"\b(?:[2-9]|\d{2,})\u00a0(?:élève|collège|lycée|école|réseau|inter-réseau|règle|indicateur)\b(?!-)",
    "ponctuation": r"\.\.(?!\.)|,,|\( | \)|\s,",
}
"""What no sentence may hold, by name of the fault."""


@pytest.fixture(scope="module", params=["donnees_demo", "donnees_reelles"])
def base(request) -> Base:
    """The demonstration, then the real extracts."""
    return open_base(request.getfixturevalue(request.param) / "processed")


@pytest.fixture(scope="module")
def noms(base) -> set[str]:
    """Names of établissements, which the pages repeat and do not write."""
    return {nom for (nom,) in base.lignes("SELECT nom FROM territoire WHERE niveau = 'etablissement'")}


@pytest.fixture(scope="module")
def territoires(base) -> list[str]:
    lignes = base.lignes(
        "SELECT code FROM territoire WHERE list_contains(?, niveau) AND rentree_fin IS NULL ORDER BY code",
        (list(NIVEAUX),),
    )
    return [code for (code,) in lignes]


def read_phrases(page: str) -> set[str]:
    """The texts of a page, tags taken off, each line on its own; what screen readers say too."""
    libelles = [html.unescape(texte) for texte in _LIBELLES.findall(page)]
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    lignes = html.unescape(_BALISE.sub("\n", _EN_LIGNE.sub("", page))).splitlines()
    lignes = [_SIGNE.sub("", ligne) for ligne in lignes]
    return {ligne.strip(" ") for ligne in (*lignes, *libelles) if ligne.strip()}


def find_fautes(phrases: set[str]) -> list[str]:
    """«name of the fault: sentence» for every sentence at fault."""
    fautes = [f"{nom} : {phrase!r}" for phrase in phrases for nom, motif in FAUTES.items() if re.search(motif, phrase)]
    return fautes + [f"{mots} : {phrase!r}" for phrase in phrases if (mots := find_mots_interdits(phrase))]


def test_the_test_sees_faults():
    """The net has no hole: each kind of fault is caught, and correct sentences pass."""
    fausses = {
        "L’inter-réseau de Angoulême", "L’écart de le réseau", "Deux  espaces", "Une valeur de None", "Quoi ?",
        "Deux points:", "1\u00a0élèves", "12\u00a0élève", "Trop..", "C’est à cause du contexte",
    }  # fmt: skip
    assert {f for f in fausses if not find_fautes({f})} == set()
    justes = {
        "Le réseau de l’Île de Ré\u00a0: 12,3\u00a0%\u202f; 1\u00a0élève, 12\u00a0élèves",
        "«\u00a0La Rochelle\u00a0» dépasse le reste de l’académie",
        "L’inter-réseau d’Angoulême, le réseau de la Haute Saintonge",
    }
    assert find_fautes(justes) == []


@pytest.mark.parametrize(
    "ecrire",
    [
        pytest.param(problematiques.render_page, id="problematiques"),
        pytest.param(diagnostic.render_page, id="diagnostic"),
        pytest.param(lambda base, code: tableau.render_page(base, code, None), id="tableau de bord"),
        pytest.param(lambda base, code: parcours.build_page(base, code, COHORTE, None, PRINCIPALE).html, id="cohorte"),
        pytest.param(
            lambda base, code: parcours.build_page(base, code, DERNIERE, None, PRINCIPALE).html, id="dernière"
        ),
        pytest.param(
            lambda base, code: parcours.build_page(base, code, COHORTE, None, PRINCIPALE).projection, id="projeté"
        ),
    ],
)
def test_pages_of_every_territory(base, territoires, noms, ecrire):
    phrases = set().union(*(read_phrases(ecrire(base, code)) for code in territoires))
    assert len(phrases) > 100
    assert find_fautes(phrases - noms) == []


def test_pages_of_the_academie(base):
    phrases = read_phrases(accueil.render_page(base, "reseau", 1, ""))
    for niveau in (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT):
        for regle in partage.list_choix(base, niveau):
            phrases |= read_phrases(partage.render_page(base, niveau, regle, ""))
    assert find_fautes(phrases) == []
