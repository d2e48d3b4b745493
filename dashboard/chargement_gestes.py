"""What the user does on the page Chargement: hand in, mend, sign, publish, undo. Streamlit forms and buttons.

Each gesture calls `depots`, writes the address and draws the page again; what it refuses is said in its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import streamlit as st

from dashboard import bloc, chargement, depots, etat, rapport_fichier
from dashboard.depots import Depot, Etat, Table
from dashboard.formats import INSECABLE, accorder, echapper, format_rentree
from indicators.erreurs import ErreurIndicateurs
from indicators.francais import typographier
from indicators.ingestion.rapport import Etape

TAILLE_MAXIMALE = 1000
"""Megabytes of a file handed in through the page."""
_PREMIERE_RENTREE = 2000


class Suivi:
    """Progress of a long work: one thin bar and one line, in one place."""

    def __init__(self) -> None:
        self._place, self._part = st.empty(), 0.0

    def avance(self, rang: int, nombre: int, nom: str, etape: Etape) -> None:
        """A stage of a file starts."""
        etapes = list(Etape)
        connus = etape is Etape.VRAISEMBLANCE
        debut, etendue = (0.7, 0.3) if connus else (0.0, 0.7)
        fait = rang - 1 if connus else rang - 1 + etapes.index(etape) / len(etapes)
        self._part = debut + etendue * fait / nombre
        combien = f" ({rang} sur {nombre})" if nombre > 1 else ""
        self.tell(f"{nom}{combien} : {etape.titre.lower()}")

    def tell(self, texte: str) -> None:
        """A step starts."""
        self._place.progress(min(self._part, 1.0), typographier(texte).replace("*", "∗").replace("_", "\\_"))


@contextmanager
def say_refus(cle: str) -> Iterator[None]:
    """Say in its place why a gesture was refused; the page goes on."""
    try:
        yield
    except ErreurIndicateurs as erreur:
        lignes = "".join(f"<p>{echapper(ligne)}</p>" for ligne in typographier(str(erreur)).splitlines() if ligne)
        bloc.show(f'<section class="refus" role="alert">{lignes}</section>', f"refus_{cle}", chargement.CSS)


def show_reception(remplace_demo: bool) -> None:
    """Hand in files: the first gesture."""
    with st.form("reception", border=False):
        fichiers = st.file_uploader(
            f"Fichiers à contrôler{INSECABLE}: CSV, XLSX, ODS, JSON, GeoJSON, Parquet, ou un ZIP",
            accept_multiple_files=True,
            max_upload_size=TAILLE_MAXIMALE,
            key="fichiers",
        )
        colonnes = st.columns([3, 3, 2], vertical_alignment="bottom")
        auteur = colonnes[0].text_input("Qui charge (gardé au journal)", placeholder="Prénom Nom", max_chars=100)
        rentree = _select_rentree(colonnes[1], None)
        envoye = colonnes[2].form_submit_button("Contrôler", type="primary", width="stretch")
    if remplace_demo:
        texte = "Publier vos extraits remplacera les données de démonstration ; contrôler ne change rien."
        bloc.show(f'<p class="note">{echapper(typographier(texte))}</p>', "remplace", chargement.CSS)
    if envoye:
        with say_refus("reception"):
            depot = depots.receive([(f.name, f) for f in fichiers], auteur)
            etat.write(depot=depot.id)
            control(depot, rentree)


def _select_rentree(lieu, courante: int | None) -> int | None:
    annees = [None, *range(date.today().year, _PREMIERE_RENTREE - 1, -1)]
    return lieu.selectbox(
        "Rentrée des fichiers qui ne la disent pas",
        annees,
        index=annees.index(courante) if courante in annees else 0,
        format_func=lambda annee: "Celle du fichier" if annee is None else format_rentree(annee),
    )


def control(depot: Depot, rentree: int | None) -> None:
    """Read the files, with progress, then draw what was found."""
    suivi = Suivi()
    depot = depots.control(depot, rentree, suivi.tell, suivi.avance)
    prete = depot.etat in (Etat.A_SIGNER, Etat.PRET)
    etat.write(depot=depot.id, table=None, preparer="1" if prete else None)
    st.rerun()


def show_preparation(depot: Depot) -> None:
    """Build the next version aside, once, when the address asks for it."""
    if not etat.read_texte("preparer"):
        return
    etat.write(preparer=None)
    with say_refus("preparation"):
        suivi = Suivi()
        depots.prepare(depot, suivi.tell)
        st.rerun()


def show_bande(depot: Depot, table: Table | None, verdict: rapport_fichier.Verdict) -> None:
    """The verdict, with what can be done: download the lines to mend, publish, undo."""
    with st.container(key=f"bande_{verdict.nature}"):
        texte, gauche, droite = st.columns([10, 3.3, 3.3], vertical_alignment="center")
        with texte:
            suite = chargement.render_suite(depot)
            bloc.show(rapport_fichier.render_verdict(verdict, suite), "verdict", chargement.CSS)
        if table is not None and table.rapport.constats:
            gauche.download_button(
                "Lignes à corriger (XLSX)" if table.rapport.nb_a_corriger else "Rapport (XLSX)",
                lambda: depots.write_xlsx(table),
                file_name=f"{table.fichier}-rapport.xlsx",
                on_click="ignore",
                type="primary" if table.rapport.bloquants else "secondary",
                width="stretch",
            )
        with droite, say_refus("publication"):
            _show_action(depot)


def _show_action(depot: Depot) -> None:
    if depot.etat is Etat.PUBLIE:
        if depots.is_servie(depot) and st.button("Annuler cette publication", width="stretch"):
            depots.undo()
            st.rerun()
    elif depot.etat is Etat.RECU:
        if st.button("Contrôler", type="primary", width="stretch"):
            control(depot, depot.options.rentree)
    elif depot.etat is Etat.PRET:
        if st.button("Préparer la version", type="primary", width="stretch"):
            etat.write(preparer="1")
            st.rerun()
    elif depot.etat is Etat.PREPARE:
        if st.button(f"Publier la version{INSECABLE}{depot.candidat.version.numero}", type="primary", width="stretch"):
            depots.publish(depot)
            st.rerun()
    elif depot.etat is not Etat.SANS_EFFET:
        st.button("Publier", disabled=True, width="stretch")


def show_retour(depot: Depot, table: Table | None, bloque: bool) -> None:
    """Hand the mended file, or the mended workbook, back in the same place; or take the file out.

    Asked for twice: first on the page when something blocks, last when warnings only wait for a signature.
    """
    if depot.etat is not (Etat.BLOQUE if bloque else Etat.A_SIGNER):
        return
    with st.form("retour", border=False):
        colonnes = st.columns([6, 3, 2], vertical_alignment="bottom")
        fichiers = colonnes[0].file_uploader(
            f"Redéposer ici{INSECABLE}: le fichier corrigé (même nom), ou le classeur des lignes corrigées",
            accept_multiple_files=True,
            max_upload_size=TAILLE_MAXIMALE,
            key=f"retour_{len(depot.fichiers)}_{depot.cree_le.timestamp()}",
        )
        rentree = _select_rentree(colonnes[1], depot.options.rentree)
        envoye = colonnes[2].form_submit_button("Contrôler de nouveau", width="stretch")
    with say_refus("retour"):
        if envoye:
            control(depots.add(depot, [(f.name, f) for f in fichiers]) if fichiers else depot, rentree)
        if table is not None and len(depot.fichiers) > 1 and st.button("Retirer ce fichier du dépôt", type="tertiary"):
            control(depots.remove(depot, table.fichier), depot.options.rentree)


def show_signature(depot: Depot) -> None:
    """Accept the warnings: who, why."""
    if depot.etat is not Etat.A_SIGNER:
        return
    nombre = accorder(len(depot.a_signer), "avertissement")
    with st.form("signature", border=False):
        colonnes = st.columns([3, 7, 3], vertical_alignment="bottom")
        auteur = colonnes[0].text_input("Qui accepte", value=depot.auteur, max_chars=100)
        raison = colonnes[1].text_input(
            "Pourquoi", placeholder="Par exemple : révision annoncée par la DEPP le 3 mars", max_chars=500
        )
        signe = colonnes[2].form_submit_button(f"Accepter {nombre}", type="primary", width="stretch")
    with say_refus("signature"):
        if signe:
            signee = depots.sign(depot, auteur, raison)
            etat.write(preparer=None if signee.candidat else "1")
            st.rerun()


def show_abandon(depot: Depot) -> None:
    """Leave the deposit: its copies are removed, nothing that is published moves."""
    if depot.etat is not Etat.PUBLIE and st.button("Abandonner ce dépôt", type="tertiary"):
        depots.abandon(depot)
        etat.write(depot=None, table=None)
        st.rerun()


@st.dialog("Rétablir une version", on_dismiss=lambda: etat.write(retablir=None))
def show_retablir(numero: str) -> None:
    """Confirm, then serve an older version."""
    texte = (
        f"La version {numero} sera affichée à la place de celle d’aujourd’hui, et ses extraits redeviendront ceux du "
        "journal. Aucune version n’est effacée : ce geste s’annule de la même façon."
    )
    bloc.show(f"<p>{echapper(typographier(texte))}</p>", "retablir", chargement.CSS)
    with say_refus("retablir"):
        if st.button(f"Rétablir la version{INSECABLE}{numero}", type="primary"):
            depots.restore(numero)
            etat.write(retablir=None)
            st.rerun()
