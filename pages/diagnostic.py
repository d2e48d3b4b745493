"""Le diagnostic d’un territoire, dans l’ordre où un COPIL en discute, lu sur une version que son adresse garde."""

from dashboard import bloc, composants, diagnostic, donnees, etat, tableau

choix = etat.read_choix()
code = choix.territoire.code
composants.set_titre(f"Diagnostic, {choix.territoire.nom}")

titre, territoire = composants.columns_tete(7.2, 3)
with titre:
    bloc.show(donnees.build(tableau.render_tete, code), "tete")
with territoire:
    composants.select_territoire(choix)
bloc.show(donnees.build(diagnostic.render_page, code), "diagnostic", diagnostic.CSS)
