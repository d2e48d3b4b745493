"""A rule that crosses indicators, validated once and then immutable."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from indicators.catalogue import ENSEMBLE, Domaine, Indicateur, Nature, Sens, load_catalogue
from indicators.formats import load_formats
from indicators.territoires import Niveau

LONGUEUR_PHRASE = 95
"""Signs of the sentence of a rule at most: one line of the page."""


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


_TENDANCES = (Mesure.TENDANCE, Mesure.TENDANCE_RELATIVE)
_MESURES_DES_CHAMPS = {
    "{minimum}": (Mesure.DISPERSION,), "{maximum}": (Mesure.DISPERSION,), "{depuis}": _TENDANCES,
}  # fmt: skip
"""What the sentence of a rule may hold between braces: extent over the établissements, first school year; and the
measures that give it."""
RESULTAT = "{resultat}"
"""In the sentence of a rule: the subject of the indicator that was read."""
_MESURES_DES_DESSINS = {
    "groupes": Mesure.GROUPES, "dispersion": Mesure.DISPERSION, "progres": Mesure.TENDANCE_RELATIVE,
}  # fmt: skip
_OU = "les codes sont les noms des fichiers de {}"
_JUGEMENTS = (Lecture.FAVORABLE, Lecture.DEFAVORABLE, Lecture.PAS_DEFAVORABLE)
_SANS_JUGEMENT = (Mesure.DISPERSION, Mesure.GROUPES)
_SUR_TAUX = (*_TENDANCES, Mesure.DISPERSION, Mesure.GROUPES)
_SENS = {Sens.HAUSSE_FAVORABLE: 1, Sens.BAISSE_FAVORABLE: -1, Sens.NEUTRE: 0}


class _Modele(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Condition(_Modele):
    """One condition of a rule: a difference beyond so many écarts utiles, or within them.

    `indicateurs`: the first that a level has figures of is read. `court`: the indicator in two or three words.
    `sujets`: with several indicators, each as a subject («la réussite au DNB»), so that a sentence says which was read.
    """

    indicateurs: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    modalite: str = ENSEMBLE
    mesure: Mesure = Mesure.POSITION
    lecture: Lecture
    ecarts_utiles: Annotated[float, Field(gt=0, le=5)] = 1.0
    court: Annotated[str, Field(min_length=1, max_length=28)]
    sujets: dict[str, str] = Field(default_factory=dict)

    @field_validator("indicateurs")
    @classmethod
    def _check_indicateurs(cls, indicateurs: tuple[str, ...]) -> tuple[str, ...]:
        return _check_codes(indicateurs)

    @field_validator("sujets")
    @classmethod
    def _check_sujets(cls, sujets: dict[str, str], lus: ValidationInfo) -> dict[str, str]:
        attendus = lus.data.get("indicateurs", ())
        if sujets and attendus and set(sujets) != set(attendus):
            raise ValueError(f"un sujet par indicateur était attendu : {', '.join(attendus)}")
        return sujets

    def get_court(self, code: str) -> str:
        """The indicator that was read, in two or three words: its subject without article, where there is one."""
        return re.sub(r"^(la |le |les |l’)", "", self.sujets[code]) if code in self.sujets else self.court

    @model_validator(mode="after")
    def _check(self) -> "Condition":
        catalogue = load_catalogue()
        fautes = {code: self._find_faute(catalogue[code]) for code in self.indicateurs}
        if any(fautes.values()):
            raise ValueError(" ; ".join(f"{code}, {faute}" for code, faute in fautes.items() if faute))
        return self

    def _find_faute(self, fiche: Indicateur) -> str:
        """Why a condition cannot be about this indicator, and what to write instead; or nothing."""
        if self.modalite not in fiche.modalites:
            return f"modalité « {self.modalite} » inconnue : attendu {', '.join(fiche.modalites)}"
        if fiche.nature is Nature.EFFECTIF:
            return "un effectif ne se compare pas : choisissez un taux ou une moyenne"
        if self.mesure in _SUR_TAUX and fiche.nature is not Nature.TAUX:
            return f"la mesure « {self.mesure} » ne se lit que sur un taux : choisissez-en un, ou une autre mesure"
        if self.mesure in _TENDANCES and fiche.annees_cumulees > 1:
            return "une valeur de plusieurs années cumulées n’a pas de tendance : choisissez une autre mesure"
        if self.mesure is Mesure.GROUPES and not {"filles", "garcons"} <= set(fiche.modalites):
            return "sans les modalités « filles » et « garcons », pas de mesure « groupes » : choisissez-en une autre"
        return self._find_faute_lecture(fiche)

    def _find_faute_lecture(self, fiche: Indicateur) -> str:
        if self.mesure in _SANS_JUGEMENT and self.lecture in _JUGEMENTS:
            return f"la mesure « {self.mesure} » n’a pas de sens favorable : attendu superieur, inferieur ou comparable"
        if fiche.sens is Sens.NEUTRE and self.lecture in _JUGEMENTS:
            return "sans sens favorable : attendu superieur, inferieur ou comparable"
        a_un_sens = fiche.sens is not Sens.NEUTRE and self.mesure not in _SANS_JUGEMENT
        if a_un_sens and self.lecture in (Lecture.SUPERIEUR, Lecture.INFERIEUR):
            return "a un sens favorable : attendu favorable, defavorable, comparable ou pas_defavorable"
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
    niveaux: tuple[Niveau, ...]
    conditions: tuple[Condition, ...]
    resume: Annotated[str, Field(min_length=1)]
    phrase: Annotated[str, Field(min_length=1)]
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
        if not niveaux or set(niveaux) - set(permis):
            raise ValueError(f"niveau absent ou sans problématique : attendu un ou plusieurs de {', '.join(permis)}")
        return niveaux

    @field_validator("conditions")
    @classmethod
    def _check_conditions(cls, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        # Counted here: pydantic would count a faulty condition as missing, and say so.
        if not 2 <= len(conditions) <= 4:
            raise ValueError(f"de deux à quatre étaient attendues (lu : {len(conditions)})")
        if not any(condition.lecture.est_un_ecart for condition in conditions):
            raise ValueError(
                "aucune ne dit un écart : l’une au moins doit être favorable, defavorable, superieur ou inferieur"
            )
        return conditions

    @field_validator("phrase")
    @classmethod
    def _check_phrase(cls, phrase: str, lus: ValidationInfo) -> str:
        fautes = []
        champs = set(re.findall(r"\{[^{}]*\}?|\}", phrase))
        if inconnus := sorted(champs - {*_MESURES_DES_CHAMPS, RESULTAT}):
            fautes.append(f"{inconnus[0]} inconnu : attendu {', '.join((*_MESURES_DES_CHAMPS, RESULTAT))}")
        sujets = [s for condition in lus.data.get("conditions", ()) for s in condition.sujets.values()]
        if RESULTAT in champs and "conditions" in lus.data and not sujets:
            fautes.append(f"{RESULTAT} demande une condition qui a des « sujets »")
        phrase_longue = phrase.replace(RESULTAT, max(sujets, key=len, default=""))
        for champ in sorted(champs & set(_MESURES_DES_CHAMPS)):
            if "conditions" in lus.data and not _list_mesures(lus) & set(_MESURES_DES_CHAMPS[champ]):
                fautes.append(f"{champ} demande une condition sur « {_MESURES_DES_CHAMPS[champ][0]} »")
        if len(phrase_longue) > LONGUEUR_PHRASE:
            lus_ = f"{len(phrase_longue)} signes, pour {LONGUEUR_PHRASE} au plus sur une ligne"
            fautes.append(f"{lus_} : raccourcissez-la")
        if fautes:
            raise ValueError(" ; ".join(fautes))
        return phrase

    @field_validator("dessin")
    @classmethod
    def _check_dessin(cls, dessin: str, lus: ValidationInfo) -> str:
        voulue = _MESURES_DES_DESSINS.get(dessin)
        if voulue and "conditions" in lus.data and voulue not in _list_mesures(lus):
            raise ValueError(f"« {dessin} » demande une condition sur « {voulue} » : ajoutez-la, ou retirez ce champ")
        return dessin

    @field_validator("questions")
    @classmethod
    def _check_questions(cls, questions: tuple[str, ...]) -> tuple[str, ...]:
        if fermees := [f"« {question} »" for question in questions if not question.endswith("?")]:
            raise ValueError(f"une question finit par « ? » : complétez {' et '.join(fermees)}")
        return questions

    @field_validator("a_regarder")
    @classmethod
    def _check_a_regarder(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        return _check_codes(codes)

    @field_validator("extrait")
    @classmethod
    def _check_extrait(cls, extrait: str, lus: ValidationInfo) -> str:
        formats = load_formats()
        if extrait not in formats:
            raise ValueError(f"aucun format ne porte le code « {extrait} » : {_OU.format('indicators/formats')}")
        codes = {code for condition in lus.data.get("conditions", ()) for code in condition.indicateurs}
        if codes and not codes & set(formats[extrait].indicateurs):
            raise ValueError(
                f"« {extrait} » ne donne aucun des indicateurs de la règle : choisissez un format qui donne "
                f"{' ou '.join(sorted(codes))}"
            )
        return extrait


def _check_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    if inconnus := [f"« {code} »" for code in codes if code not in load_catalogue()]:
        raise ValueError(
            f"aucune fiche ne porte le code {' ni '.join(inconnus)} : {_OU.format('indicators/catalogue/fiches')}"
        )
    return codes


def _list_mesures(lus: ValidationInfo) -> set[Mesure]:
    return {condition.mesure for condition in lus.data["conditions"]}
