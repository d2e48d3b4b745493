"""A file that no format knows: the nearest ones, and a mapping made by hand kept as a new format."""

from collections.abc import Sequence

import streamlit as st

from dashboard import bloc, chargement, chargement_gestes, depots
from dashboard.depots import Depot, Table
from dashboard.formats import INSECABLE, accorder, echapper, html_ordinaux
from indicators.formats import Format
from indicators.ingestion.rapport import Proche

NOMS_VUS = 12
"""Headers named in a cell before «et 5 autres»."""


def render_proches(proches: Sequence[Proche]) -> str:
    """The nearest formats, and what differs."""
    if not proches:
        return '<p class="note">Aucun format connu ne ressemble à cet en-tête.</p>'
    lignes = "".join(
        f'<tr><th scope="row">{html_ordinaux(p.titre)}</th><td class="num">{len(p.reconnues)} sur '
        f"{len(p.reconnues) + len(p.manquantes)}</td><td>{_name(p.manquantes)}</td><td>{_name(p.libres)}</td></tr>"
        for p in proches
    )
    return (
        '<h3 class="grp">Les formats les plus proches <small>et ce qui diffère</small></h3>'
        '<table class="tab pro"><caption class="sr">Formats les plus proches</caption><thead><tr>'
        '<th scope="col">Format</th><th scope="col" class="num">Colonnes reconnues</th>'
        '<th scope="col">Il manque au fichier</th><th scope="col">Le fichier a en plus</th></tr></thead>'
        f"<tbody>{lignes}</tbody></table>"
    )


def _name(noms: Sequence[str]) -> str:
    if not noms:
        return '<span class="g3">rien</span>'
    reste = len(noms) - NOMS_VUS
    suite = f" et {accorder(reste, 'autre')}" if reste > 0 else ""
    return " ".join(f"<code>{echapper(nom[:60])}</code>" for nom in noms[:NOMS_VUS]) + suite


def show_association(depot: Depot, table: Table) -> None:
    """Map the columns of an unknown file by hand, keep that as a format, then control the deposit again with it."""
    rapport = table.rapport
    if rapport.format is not None or not rapport.entetes:
        return
    bloc.show(render_proches(rapport.proches), "proches", chargement.CSS)
    formats = depots.load_formats()
    proches = [proche.format for proche in rapport.proches]
    codes = proches + [code for code in formats if code not in proches]
    parent = st.selectbox(
        "Associer les colonnes à celles du format",
        codes,
        index=0 if proches else None,
        format_func=lambda code: formats[code].titre,
        placeholder="Choisir le format qui dit la même chose",
        key="parent",
    )
    if parent is None:
        return
    choisies = _show_formulaire(formats[parent], rapport.entetes)
    if choisies is None:
        return
    with chargement_gestes.say_refus("format"):
        titre, correspondances = choisies
        depots.save_format(parent, titre, correspondances, rapport.entetes)
        chargement_gestes.control(depot, depot.options.rentree)


def _show_formulaire(format_: Format, entetes: tuple[str, ...]) -> tuple[str, dict[str, str | None]] | None:
    """The mapping and the title once the form is sent; None before. Columns already found are folded away."""
    propositions = depots.propose_colonnes(entetes, format_)
    absentes = [nom for nom, entete in propositions.items() if entete is None and nom in format_.obligatoires]
    trouvees = [nom for nom in propositions if nom not in absentes]
    with st.form(f"association_{format_.code}", border=False):
        choix = _show_colonnes(format_, absentes, entetes, propositions)
        if trouvees:
            with st.expander(f"Colonnes proposées ou facultatives{INSECABLE}: {len(trouvees)}", expanded=not absentes):
                choix |= _show_colonnes(format_, trouvees, entetes, propositions)
        gauche, droite = st.columns([7, 3], vertical_alignment="bottom")
        titre = gauche.text_input(
            "Titre du nouveau format", placeholder=f"Par exemple{INSECABLE}: {format_.titre}, 2026"
        )
        envoye = droite.form_submit_button("Enregistrer ce format", type="primary", width="stretch")
    return (titre, choix) if envoye else None


def _show_colonnes(
    format_: Format, noms: Sequence[str], entetes: tuple[str, ...], propositions: dict[str, str | None]
) -> dict[str, str | None]:
    """One list of headers per column of the format, four a line."""
    choix: dict[str, str | None] = {}
    options = (None, *entetes)
    for debut in range(0, len(noms), 4):
        for nom, colonne in zip(noms[debut : debut + 4], st.columns(4), strict=False):
            exige = " (obligatoire)" if nom in format_.obligatoires else ""
            attendu = next(iter(format_.colonnes[nom].noms), nom)
            choix[nom] = colonne.selectbox(
                f"{attendu}{exige}",
                options,
                index=options.index(propositions[nom]),
                format_func=lambda entete: "Absente du fichier" if entete is None else entete,
                key=f"colonne_{format_.code}_{nom}",
            )
    return choix


def show_format_local(table: Table) -> None:
    """The YAML of a format made by hand, when the file was read with one."""
    chemin = depots.find_format(table.rapport.format.code) if table.rapport.format else None
    if chemin is None:
        return
    texte = chemin.read_text(encoding="utf-8")
    with st.expander(f"Lu avec un format fait ici{INSECABLE}: {table.rapport.format.titre}"):
        st.code(texte, language="yaml")
        st.download_button(
            "Télécharger ce format (YAML)", texte, file_name=chemin.name, mime="text/yaml", on_click="ignore"
        )
