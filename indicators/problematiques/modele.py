"""A rule that crosses indicators, validated once and then immutable."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from indicators.catalogue import ENSEMBLE, Domaine, Indicateur, Nature, Sens, load_catalogue
from indicators.formats import load_formats
from indicators.territoires import Niveau

LONGUEUR_PHRASE = 95
"""Signs of the sentence of a rule at most: one line of the page."""
CHAMPS_PHRASE = ("minimum", "maximum", "depuis")
"""What the sentence of a rule may hold between braces: extent over the établissements, first school year."""


class Mesure(StrEnum):
    """What a condition is about; each is a difference, compared with écarts utiles."""

    POSITION = "position"
    """Value minus that of the rest of the académie."""
    SEMBLABLES = "semblables"
    """Value minus that of the similar territories taken together."""
    ATTENDU = "attendu"
    """Value minus what the context of its établissements leads to expect."""
    TENDANCE = "tendance"
    """Change over the last rentrées of the series (at most five)."""
    TENDANCE_RELATIVE = "tendance_relative"
    """The same, minus the change of the rest of the académie."""
    DISPERSION = "dispersion"
    """Spread between établissements beyond chance, minus that found inside the other territories of the level."""
    GROUPES = "groupes"
    """Gap between girls and boys, minus that of the rest of the académie, in the direction usual there."""


class Lecture(StrEnum):
    """Which side of the écart utile makes a condition hold."""

    FAVORABLE = "favorable"
    DEFAVORABLE = "defavorable"
    SUPERIEUR = "superieur"
    INFERIEUR = "inferieur"
    COMPARABLE = "comparable"
    PAS_DEFAVORABLE = "pas_defavorable"

    @property
    def est_un_ecart(self) -> bool:
        """Whether it says that something differs, rather than that nothing does."""
        return self not in (Lecture.COMPARABLE, Lecture.PAS_DEFAVORABLE)


_JUGEMENTS = (Lecture.FAVORABLE, Lecture.DEFAVORABLE, Lecture.PAS_DEFAVORABLE)
_SANS_JUGEMENT = (Mesure.DISPERSION, Mesure.GROUPES)
_SUR_TAUX = (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE, Mesure.DISPERSION, Mesure.GROUPES)
_SENS = {Sens.HAUSSE_FAVORABLE: 1, Sens.BAISSE_FAVORABLE: -1, Sens.NEUTRE: 0}


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Condition(_Modele):
    """One condition of a rule: a difference beyond so many écarts utiles, or within them.

    `indicateurs`: the first that a level has figures of is read. `court`: the indicator in two or three words.
    """

    indicateurs: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    modalite: str = ENSEMBLE
    mesure: Mesure = Mesure.POSITION
    lecture: Lecture
    ecarts_utiles: Annotated[float, Field(gt=0, le=5)] = 1.0
    court: Annotated[str, Field(min_length=1, max_length=28)]

    @model_validator(mode="after")
    def _check(self) -> "Condition":
        catalogue = load_catalogue()
        if inconnus := [code for code in self.indicateurs if code not in catalogue]:
            raise ValueError(f"indicateurs : aucune fiche ne porte le code « {inconnus[0]} »")
        for code in self.indicateurs:
            if faute := self._find_faute(catalogue[code]):
                raise ValueError(f"{code} : {faute}")
        return self

    def _find_faute(self, fiche: Indicateur) -> str:
        """Why a condition cannot be about this indicator, or nothing."""
        if self.modalite not in fiche.modalites:
            return f"modalité « {self.modalite} » inconnue ; attendu : {', '.join(fiche.modalites)}"
        if fiche.nature is Nature.EFFECTIF:
            return "un effectif ne se compare pas ; choisissez un taux ou une moyenne"
        if self.mesure in _SUR_TAUX and fiche.nature is not Nature.TAUX:
            return f"la mesure « {self.mesure} » ne se lit que sur un taux"
        if self.mesure in (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE) and fiche.annees_cumulees > 1:
            return "une valeur de plusieurs années cumulées n’a pas de tendance"
        if self.mesure is Mesure.GROUPES and not {"filles", "garcons"} <= set(fiche.modalites):
            return "la mesure « groupes » demande les modalités « filles » et « garcons »"
        sans_jugement = fiche.sens is Sens.NEUTRE or self.mesure in _SANS_JUGEMENT
        if sans_jugement and self.lecture in _JUGEMENTS:
            return "sans sens favorable ; attendu : superieur, inferieur ou comparable"
        if not sans_jugement and self.lecture in (Lecture.SUPERIEUR, Lecture.INFERIEUR):
            return "a un sens favorable ; attendu : favorable, defavorable, comparable ou pas_defavorable"
        return ""

    def get_signe(self, fiche: Indicateur) -> int:
        """1 where the condition asks for a larger value, -1 for a smaller one, 0 for no difference."""
        signes = {Lecture.FAVORABLE: 1, Lecture.DEFAVORABLE: -1, Lecture.PAS_DEFAVORABLE: 1}
        if self.lecture in signes:
            return signes[self.lecture] * _SENS[fiche.sens]
        return {Lecture.SUPERIEUR: 1, Lecture.INFERIEUR: -1}.get(self.lecture, 0)

    def get_seuil(self, fiche: Indicateur) -> float:
        """Threshold ≥ 0 of the difference, in the stored unit (proportion for a taux)."""
        return self.ecarts_utiles * fiche.ecart_utile / fiche.echelle


class Regle(_Modele):
    """One problématique that crossing indicators may bring out: what makes it hold, and what it asks.

    `phrase` is what the page says when it is found: one line, no cause, no judgement on people.
    `extrait`: code of the layout that would decide when figures are missing.
    """

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    titre: Annotated[str, Field(min_length=1, max_length=70)]
    titre_court: Annotated[str, Field(min_length=1, max_length=34)]
    genre: Literal["probleme", "progres"] = "probleme"
    ordre: int
    niveaux: Annotated[tuple[Niveau, ...], Field(min_length=1)]
    resume: str
    phrase: str
    conditions: Annotated[tuple[Condition, ...], Field(min_length=2, max_length=4)]
    dessin: Literal["croisement", "groupes", "dispersion", "progres"] = "croisement"
    questions: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    a_ne_pas_lire: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    a_regarder: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    extrait: str

    @property
    def domaines(self) -> tuple[Domaine, ...]:
        """Domains crossed, in reading order."""
        lus = {load_catalogue()[code].domaine for condition in self.conditions for code in condition.indicateurs}
        return tuple(domaine for domaine in Domaine if domaine in lus)

    @field_validator("niveaux")
    @classmethod
    def _check_niveaux(cls, niveaux: tuple[Niveau, ...]) -> tuple[Niveau, ...]:
        permis = (Niveau.RESEAU, Niveau.INTER_RESEAU, Niveau.DEPARTEMENT, Niveau.ACADEMIE)
        if set(niveaux) - set(permis):
            raise ValueError(f"niveau sans problématique ; attendu : {', '.join(permis)}")
        return niveaux

    @field_validator("phrase")
    @classmethod
    def _check_phrase(cls, phrase: str) -> str:
        if inconnus := set(re.findall(r"\{(\w*)\}", phrase)) - set(CHAMPS_PHRASE):
            raise ValueError(f"{{{inconnus.pop()}}} inconnu ; attendu : {', '.join(CHAMPS_PHRASE)}")
        if len(phrase) > LONGUEUR_PHRASE:
            raise ValueError(f"{LONGUEUR_PHRASE} signes au plus, pour tenir sur une ligne (lu : {len(phrase)})")
        return phrase

    @field_validator("questions")
    @classmethod
    def _check_questions(cls, questions: tuple[str, ...]) -> tuple[str, ...]:
        if fermees := [question for question in questions if not question.endswith("?")]:
            raise ValueError(f"une question finit par « ? » (lu : « {fermees[0]} »)")
        return questions

    @model_validator(mode="after")
    def _check(self) -> "Regle":
        if not any(condition.lecture.est_un_ecart for condition in self.conditions):
            raise ValueError("conditions : l’une au moins doit dire un écart, non l’absence d’écart")
        if inconnus := [code for code in self.a_regarder if code not in load_catalogue()]:
            raise ValueError(f"a_regarder : aucune fiche ne porte le code « {inconnus[0]} »")
        if self.extrait not in load_formats():
            raise ValueError(f"extrait : aucun format ne porte le code « {self.extrait} »")
        lus = {code for condition in self.conditions for code in condition.indicateurs}
        if not lus & set(load_formats()[self.extrait].indicateurs):
            raise ValueError(f"extrait : « {self.extrait} » ne donne aucun des indicateurs de la règle")
        voulue = {"groupes": Mesure.GROUPES, "dispersion": Mesure.DISPERSION, "progres": Mesure.TENDANCE_RELATIVE}
        mesures = {condition.mesure for condition in self.conditions}
        if self.dessin in voulue and voulue[self.dessin] not in mesures:
            raise ValueError(f"dessin : « {self.dessin} » demande une condition sur « {voulue[self.dessin]} »")
        return self
