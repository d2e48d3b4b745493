"""Figures of one file that must agree: parts and totals, rates and counts, zeros, lines of total.

What must agree is written in the format (`sommes`, `taux`, `zero_absent`, `addition` of a measure): no layout here.
"""

from indicators.catalogue import load_catalogue
from indicators.formats.modele import Addition, Somme, TauxControle, Terme
from indicators.francais import lister
from indicators.ingestion import coherence_totaux, coherence_zeros, signalements
from indicators.ingestion import expressions as sql
from indicators.ingestion.lignes import Contexte
from indicators.ingestion.rapport import Constat
from indicators.ingestion.signalements import Regle

DEPUIS = "FROM lignes l WHERE NOT l.__hors_academie"
"""Lines of the académie, lines of total left out."""

PARTIES_CITEES = 4
_ARRONDI = 1e-6


def check_coherence(contexte: Contexte) -> list[Constat]:
    """Every disagreement between figures of the lines; notes each line in `signalements`.

    Expects the tables `brut`, `lignes` and `signalements`.
    """
    constats = signalements.apply(contexte.connexion, _list_regles(contexte), DEPUIS)
    return [*coherence_totaux.check_totaux(contexte), *constats]


def list_controles(contexte: Contexte) -> list[str]:
    """Codes of the checks that `check_coherence` runs on that table: a format without a rate has no rate to check."""
    totaux = coherence_totaux.CONTROLES if coherence_totaux.can_have_totaux(contexte.format) else ()
    return [*dict.fromkeys(regle.controle for regle in _list_regles(contexte)), *totaux]


def _list_regles(contexte: Contexte) -> list[Regle]:
    return [
        *(_make_somme(contexte, somme) for somme in contexte.format.sommes if _has(contexte, somme.termes)),
        *(_make_taux(contexte, taux) for taux in contexte.format.taux if _has(contexte, taux.termes)),
        *_list_repartitions(contexte),
        *coherence_zeros.list_regles(contexte),
    ]


def _has(contexte: Contexte, termes: tuple[Terme, ...]) -> bool:
    return contexte.has({c for terme in termes for c in (*terme.colonnes, *terme.ou)})


def add(terme: Terme) -> str:
    """SQL of a quantity on a line `l`: NULL where a cell is missing, 0 where its filter does not hold."""
    colonnes = [f"l.{sql.name(nom)}" for nom in terme.colonnes]
    somme = " + ".join(f"coalesce({c}, 0)" if terme.vide_vaut_zero else c for c in colonnes)
    if not terme.ou:
        return f"({somme})"
    tient = " AND ".join(is_one_of(nom, valeurs) for nom, valeurs in terme.ou.items())
    return f"(CASE WHEN {tient} THEN {somme} ELSE 0 END)"


def is_one_of(nom: str, valeurs: tuple[str, ...]) -> str:
    """SQL: the column holds one of these values (case and accents do not count)."""
    return f"{sql.fold(f'l.{sql.name(nom)}::VARCHAR')} IN ({', '.join(sql.fold_text(valeur) for valeur in valeurs)})"


def show(nombre: str) -> str:
    """SQL of a number as French readers write it, two decimals at most."""
    return f"replace(regexp_replace(round({nombre}, 2)::VARCHAR, '\\.0$', ''), '.', ',')"


def _get_entete(contexte: Contexte, terme: Terme) -> str:
    return contexte.trouvee.entetes[terme.colonnes[0]]


def _name_parties(contexte: Contexte, parties: tuple[Terme, ...]) -> str:
    """«« AB », « B » et « TB »», or their number when there are many."""
    entetes = [f"« {contexte.trouvee.entetes[nom]} »" for terme in parties for nom in terme.colonnes]
    if len(entetes) > PARTIES_CITEES:
        return f"ses {len(entetes)} parties"
    return lister(entetes)


def _make_somme(contexte: Contexte, somme: Somme) -> Regle:
    total, parties = add(somme.total), " + ".join(add(partie) for partie in somme.parties)
    noms, marge = _name_parties(contexte, somme.parties), somme.tolerance + _ARRONDI
    somme_lue = f"{show(parties)} || ', la somme des parties'"
    if somme.partielle:
        return Regle(
            "parties_superieures",
            f"{total} >= 0 AND {parties} > {total} + {marge}",
            _get_entete(contexte, somme.total),
            show(total),
            f"moins que {noms}",
            f"'au moins ' || {somme_lue}",
        )
    return Regle(
        "somme_fausse",
        f"{total} >= 0 AND abs({parties} - {total}) > {marge}",
        _get_entete(contexte, somme.total),
        show(total),
        f"ce n’est pas la somme de {noms}",
        somme_lue,
    )


def _make_taux(contexte: Contexte, taux: TauxControle) -> Regle:
    valeur, num, den = (add(terme) for terme in taux.termes)
    calcule = f"100 * {num} / {den}"
    noms = _name_parties(contexte, (taux.numerateur, taux.denominateur))
    return Regle(
        "taux_contredit",
        f"CASE WHEN {den} > 0 THEN abs({calcule} - {valeur}) > {taux.tolerance + _ARRONDI} "
        f"WHEN {den} = 0 THEN {valeur} > 0 END",
        _get_entete(contexte, taux.taux),
        f"{show(valeur)} || ' pour ' || {show(num)} || ' sur ' || {show(den)}",
        f"ce taux n’est pas celui de {noms}",
        f"CASE WHEN {den} > 0 THEN {show(calcule)} || ' d’après les effectifs' ELSE 'aucun taux' END",
    )


def _list_repartitions(contexte: Contexte) -> list[Regle]:
    """Lines whose split is not shown, once for each way of splitting a total."""
    vues, regles = [], []
    for mesure in contexte.format.mesures:
        addition = mesure.addition
        if addition is None or addition in vues or not _has(contexte, (addition.total, *addition.parties)):
            continue
        vues.append(addition)
        total, parties = add(addition.total), " + ".join(add(partie) for partie in addition.parties)
        cas = [f"{total} <> {parties}", *(is_one_of(nom, valeurs) for nom, valeurs in mesure.si.items())]
        regles.append(
            Regle(
                "repartition_incomplete",
                " AND ".join(cas),
                _get_entete(contexte, addition.total),
                show(total),
                f"la répartition ({lister(_list_modalites(contexte, addition))}) ne couvre pas tout ce total, "
                "elle n’est pas montrée",
                f"{show(parties)} || ' répartis'",
            )
        )
    return regles


def _list_modalites(contexte: Contexte, addition: Addition) -> list[str]:
    """What the parts are, as readers see them: «filles», «garçons»."""
    libelles, catalogue = [], load_catalogue()
    for mesure in contexte.format.mesures:
        if mesure.addition == addition and mesure.indicateur in catalogue:
            connues = catalogue[mesure.indicateur].modalites
            libelles += [connues[m].lower() for m in mesure.modalites if isinstance(m, str) and m in connues]
    return libelles or ["par modalité"]
