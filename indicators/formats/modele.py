"""The layout of an extract, validated once and then immutable: columns, year, territory, what it feeds.

A format only renames, casts, filters and sums columns; every calculation beyond that is made at publication.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Statut = Literal["secret", "non_disponible", "non_significatif", "non_applicable"]
TypeColonne = Literal["texte", "entier", "nombre", "pourcentage", "uai", "commune", "departement", "code"]
Convention = Literal["rentree", "session", "annee_scolaire", "cumul", "date", "nom_de_fichier"]
Codage = Literal["uai", "code_departement", "code_commune", "nom_academie", "code_region", "nom_region"]
Table = Literal["etablissements", "communes", "communes_fusionnees", "perimetres", "contours"]
NUMERIQUES = ("entier", "nombre", "pourcentage")


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _as_tuple(valeur: Any) -> Any:
    """One value where a list is expected: YAML `F` is `[F]`."""
    return valeur if isinstance(valeur, (list, tuple)) else (valeur,)


Liste = Annotated[tuple[str, ...], BeforeValidator(lambda v: tuple(str(x) for x in _as_tuple(v)))]


class Colonne(_Modele):
    """A column: its headers (beside its own name), type and codes that mean that a figure is missing.

    `obligatoire`: the file is not of this format without it. `renseignee`: no cell may be empty.
    `valeurs`: the only values accepted (case and accents do not count).
    `zero_absent`: the figure cannot be 0 (an IPS, a mean mark): a 0 is read as a missing figure, and told.
    """

    noms: Liste = ()
    type: TypeColonne = "texte"
    obligatoire: bool = True
    renseignee: bool = False
    codes_manquants: dict[str, Statut] = Field(default_factory=dict)
    valeurs: Liste = ()
    zero_absent: bool = False


class Annee(_Modele):
    """Where the year is and how it is written; `nom_de_fichier` has no column."""

    convention: Convention
    colonne: str | None = None
    obligatoire: bool = True

    @model_validator(mode="after")
    def _check_colonne(self) -> "Annee":
        if (self.convention == "nom_de_fichier") != (self.colonne is None):
            raise ValueError("une colonne est nécessaire, sauf avec la convention « nom_de_fichier »")
        return self


class TerritoireSource(_Modele):
    """The column that tells whose line it is, and the level of the figures. Lines of other académies are left out."""

    colonne: str
    codage: Codage
    niveau: Literal["etablissement", "academie", "region"] = "etablissement"


class Terme(_Modele):
    """A quantity of a line: a column or a sum of columns, counted only where `ou` holds.

    An empty cell leaves the line out of the measure, unless `vide_vaut_zero`.
    """

    colonne: str | None = None
    somme: tuple[str, ...] = ()
    ou: dict[str, Liste] = Field(default_factory=dict)
    vide_vaut_zero: bool = False

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Columns that are added."""
        return (self.colonne,) if self.colonne else self.somme

    @model_validator(mode="after")
    def _check_une_forme(self) -> "Terme":
        if bool(self.colonne) == bool(self.somme):
            raise ValueError("« colonne » ou « somme », l’un des deux")
        return self


TermeCourt = Annotated[Terme, BeforeValidator(lambda v: {"colonne": v} if isinstance(v, str) else v)]


class Bornes(_Modele):
    """First and last rentrées, included; either may be open."""

    debut: int | None = None
    fin: int | None = None


class ModaliteColonne(_Modele):
    """Modalités read from a column: source value → modalité code. Other values are left out."""

    colonne: str
    correspondances: dict[str, str]


class Addition(_Modele):
    """Lines where the parts do not add up to the total are left out: a split that is not complete is not shown."""

    total: TermeCourt
    parties: tuple[Terme, ...]


class Somme(_Modele):
    """Parts of a line and their total: another sum than the total is told.

    `partielle`: the parts do not make the whole, only a sum above the total is a fault. `tolerance`: in the unit of
    the total. A line without one of the figures is not judged. Not judged either when a column is not in the file.
    """

    total: TermeCourt
    parties: tuple[TermeCourt, ...]
    partielle: bool = False
    tolerance: float = 0

    @property
    def termes(self) -> tuple[Terme, ...]:
        """The total, then its parts."""
        return self.total, *self.parties


class TauxControle(_Modele):
    """A rate (0-100) that the file gives beside its counts. `tolerance`: in points, what its rounding explains."""

    taux: TermeCourt
    numerateur: TermeCourt
    denominateur: TermeCourt
    tolerance: float = 0.5

    @property
    def termes(self) -> tuple[Terme, ...]:
        """The rate, then its counts."""
        return self.taux, self.numerateur, self.denominateur


class Mesure(_Modele):
    """How lines make the figures of one indicator, summed per territory, rentrée and modalité.

    - taux, ratio: `numerateur` and `denominateur`; or `taux` (0-100, rounded) and `denominateur`: the numerator is
      reconstructed; or `taux` alone.
    - effectif: `numerateur` alone.
    - moyenne, valeur ajoutée: `valeur`, with its `poids` and `ecart_type` where the source has them.

    `couverture`, of a figure of the whole académie: the least share of its denominator that the établissements make.
    """

    indicateur: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    numerateur: TermeCourt | None = None
    denominateur: TermeCourt | None = None
    taux: TermeCourt | None = None
    valeur: TermeCourt | None = None
    poids: TermeCourt | None = None
    ecart_type: TermeCourt | None = None
    borne_a_un: bool = True
    si: dict[str, Liste] = Field(default_factory=dict)
    rentrees: Bornes = Bornes()
    addition: Addition | None = None
    modalites: tuple[str | ModaliteColonne, ...] = ("ensemble",)
    methode: str = ""
    couverture: Annotated[float, Field(gt=0, le=1)] | None = None

    @property
    def termes(self) -> tuple[Terme, ...]:
        """Every quantity, those without which there is no figure first."""
        return self.termes_necessaires + tuple(t for t in (self.poids, self.ecart_type) if t)

    @property
    def termes_necessaires(self) -> tuple[Terme, ...]:
        """Quantities without which a line has no figure."""
        return tuple(t for t in (self.numerateur, self.denominateur, self.taux, self.valeur) if t)

    @property
    def colonnes_necessaires(self) -> set[str]:
        """Columns without which a file does not feed it: all but the weight and the spread."""
        additionnes = (self.addition.total, *self.addition.parties) if self.addition else ()
        lues = {c for terme in (*self.termes_necessaires, *additionnes) for c in (*terme.colonnes, *terme.ou)}
        return lues | set(self.si) | {m.colonne for m in self.modalites if isinstance(m, ModaliteColonne)}

    @property
    def colonnes(self) -> set[str]:
        """Every column it reads."""
        return self.colonnes_necessaires | {c for terme in self.termes for c in (*terme.colonnes, *terme.ou)}

    @model_validator(mode="after")
    def _check_une_forme(self) -> "Mesure":
        formes = [self.numerateur is not None, self.taux is not None, self.valeur is not None]
        if sum(formes) != 1:
            raise ValueError("« numerateur », « taux » ou « valeur », un seul des trois")
        if self.valeur is None and (self.poids or self.ecart_type):
            raise ValueError("« poids » et « ecart_type » n’accompagnent qu’une « valeur »")
        return self


class Champ(_Modele):
    """A field of a table of territories: a column (translated by `correspondances`) or a constant."""

    colonne: str | None = None
    constante: str | bool | None = None
    correspondances: dict[str, str | None] = Field(default_factory=dict)
    defaut: str | None = None
    prefixe: str = ""


ChampCourt = Annotated[Champ, BeforeValidator(lambda v: {"colonne": v} if isinstance(v, str) else v)]


class Format(_Modele):
    """One layout. `priorite`: when two extracts give the same figure, the larger wins.

    `exclues`: headers whose presence says that the file is of another layout.
    `cle`: columns that no two lines may share; none means that only identical lines are duplicates.
    `doublons_admis`: lines may share the key, and the first is kept (official lists with annexes).
    `exemples`: fictional UAI of the example lines of the template, never to be loaded.
    `herite`: code of the layout that it starts from, the first of the line when there are several.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    titre: str
    source: str
    version: int
    priorite: int
    modele: str | None = None
    herite: str | None = None
    colonnes: dict[str, Colonne]
    exclues: Liste = ()
    codes_manquants: dict[str, Statut] = Field(default_factory=dict)
    annee: Annee | None = None
    territoire: TerritoireSource
    cle: tuple[str, ...] = ()
    doublons_admis: bool = False
    exemples: Liste = ()
    mesures: tuple[Mesure, ...] = ()
    sommes: tuple[Somme, ...] = ()
    taux: tuple[TauxControle, ...] = ()
    registre_partiel: bool = False
    tables: dict[Table, dict[str, ChampCourt]] = Field(default_factory=dict)

    @property
    def indicateurs(self) -> frozenset[str]:
        """Codes of the indicators that it feeds."""
        return frozenset(mesure.indicateur for mesure in self.mesures)

    @property
    def obligatoires(self) -> tuple[str, ...]:
        """Columns without which a file is not of this format."""
        return tuple(nom for nom, colonne in self.colonnes.items() if colonne.obligatoire)

    @property
    def renseignees(self) -> frozenset[str]:
        """Columns that may not be empty: those of the key, year and territory among them."""
        reperes = {self.territoire.colonne, *self.cle} | ({self.annee.colonne} if self.annee else set())
        return frozenset(n for n, colonne in self.colonnes.items() if colonne.renseignee or n in reperes)

    def get_codes_manquants(self, nom: str) -> dict[str, str]:
        """Codes that mean a missing figure in that column, in capitals: those of the format, then its own."""
        codes = {**self.codes_manquants, **self.colonnes[nom].codes_manquants}
        return {code.upper(): statut for code, statut in codes.items()}

    @model_validator(mode="after")
    def _check_colonnes_connues(self) -> "Format":
        citees = {self.territoire.colonne, *self.cle} | {c for m in self.mesures for c in m.colonnes}
        citees |= {self.annee.colonne} if self.annee and self.annee.colonne else set()
        termes = [terme for regle in (*self.sommes, *self.taux) for terme in regle.termes]
        citees |= {c for terme in termes for c in (*terme.colonnes, *terme.ou)}
        citees |= {ch.colonne for champs in self.tables.values() for ch in champs.values() if ch.colonne}
        inconnues = citees - set(self.colonnes)
        if inconnues:
            raise ValueError(f"colonnes citées mais absentes de « colonnes » : {', '.join(sorted(inconnues))}")
        if self.mesures and self.annee is None:
            raise ValueError("« annee » est nécessaire dès qu’il y a des mesures")
        if not self.mesures and not self.tables:
            raise ValueError("« mesures » ou « tables » : ce format n’alimente rien")
        return self
