"""The one list of pages, and the addresses that lead to them. Pure, no Streamlit.

Edit `PAGES` to reorder the menu.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from indicators.chemins import RACINE
from indicators.erreurs import ErreurUsage


@dataclass(frozen=True)
class Page:
    """A page: its file in `pages/`, which is also its address, and its word in the menu.

    The pages of a territory are reached by its tabs (`onglets`): only the first of them is in the menu.
    """

    nom: str
    titre: str
    est_au_menu: bool = True

    @property
    def fichier(self) -> str:
        """Absolute path of the script."""
        return str(RACINE / "pages" / f"{self.nom}.py")


PAGES = (
    Page("accueil", "Accueil"),
    Page("tableau_de_bord", "Territoire"),
    Page("parcours", "Parcours", est_au_menu=False),
    Page("problematiques", "Problématiques", est_au_menu=False),
    Page("diagnostic", "Diagnostic", est_au_menu=False),
    Page("indicateur", "Indicateur"),
    Page("carte", "Carte"),
    Page("comparer", "Comparer"),
    Page("croiser", "Croiser"),
    Page("evolutions", "Évolutions"),
    Page("chargement", "Chargement"),
    Page("methode", "Méthode"),
)

ACCUEIL = PAGES[0]
"""The page at the root of the address."""


def lien(page: str, **parametres: object) -> str:
    """Address of a page, relative to any other: `lien("indicateur", territoire="R01")` → «indicateur?territoire=R01».

    Parameters that are None or empty are left out. Escape it (`formats.echapper`) inside an attribute.
    """
    utiles = {nom: valeur for nom, valeur in parametres.items() if valeur not in (None, "")}
    adresse = "./" if page == ACCUEIL.nom else page
    return f"{adresse}?{urlencode(utiles)}" if utiles else adresse


def read_lien(adresse: str) -> tuple[Page, dict[str, str]]:
    """Page and parameters of an address made by `lien`.

    Raises:
        ErreurUsage: no page has that address.
    """
    morceaux = urlsplit(adresse)
    nom = morceaux.path.strip("./") or ACCUEIL.nom
    for page in PAGES:
        if page.nom == nom:
            return page, dict(parse_qsl(morceaux.query))
    raise ErreurUsage(f"Aucune page ne porte l’adresse « {nom} ». Revenez à l’accueil.")
