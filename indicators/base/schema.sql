-- Tables of a published base. Each is written once, at publication, in the order of its primary columns.
-- `valeur` of a taux is a proportion (0-1); every other nature is in its own unit.
-- `statut`: ok, secret, non_disponible, non_significatif, non_applicable. Only `ok` rows carry figures.

CREATE TABLE territoire (
    niveau VARCHAR, code VARCHAR, nom VARCHAR, nom_officiel VARCHAR,
    type VARCHAR,                 -- etablissement only: ecole, college, lycee, autre
    secteur VARCHAR,              -- etablissement only: public, prive
    education_prioritaire VARCHAR,-- etablissement only: REP, REP+ or NULL
    code_commune VARCHAR, nom_commune VARCHAR, lon DOUBLE, lat DOUBLE,
    est_provisoire BOOLEAN,       -- perimeter drawn from EPCI and arrondissements, not official
    est_recense BOOLEAN,          -- etablissement only: named by a register of its type, or no register is loaded
    source_perimetre VARCHAR,     -- reseau, inter_reseau only: officiel, annuaire, provisoire
    rentree_fin INTEGER           -- reseau, inter_reseau only: last rentrée of one that ended
);
-- One row per link, dated: an établissement to each of its réseau, inter-réseau, département, académie,
-- région and national; a réseau to its inter-réseau…; «parent» at any distance. An établissement belongs to itself.
CREATE TABLE rattachement (
    niveau VARCHAR, code VARCHAR, niveau_parent VARCHAR, code_parent VARCHAR,
    rentree_debut INTEGER, rentree_fin INTEGER   -- rentree_fin NULL: still so
);
-- The latest perimeter, undated: where each établissement is now, or was last. Figures of `valeur` and all that is
-- computed from them are on this perimeter, at every rentrée; a réseau that ended has none.
CREATE TABLE rattachement_actuel (niveau VARCHAR, code VARCHAR, niveau_parent VARCHAR, code_parent VARCHAR);
CREATE TABLE contour (niveau VARCHAR, code VARCHAR, geojson VARCHAR);  -- simplified WGS84 geometry, GeoJSON text
-- What extracts say, as loaded (figures masked where secret): where a figure comes from.
CREATE TABLE observation (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    numerateur DOUBLE, denominateur DOUBLE, valeur DOUBLE, ecart_type DOUBLE,
    methode VARCHAR, statut VARCHAR, chargement VARCHAR, ligne INTEGER
);
-- One row per indicator × territory × rentrée × modalité, at every level (DESIGN: the long table).
CREATE TABLE valeur (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    numerateur DOUBLE, denominateur DOUBLE, valeur DOUBLE, borne_inf DOUBLE, borne_sup DOUBLE,
    methode VARCHAR, statut VARCHAR, ecart_type DOUBLE, nb_etablissements INTEGER
);
-- The same on the perimeter of each rentrée, of réseaux and inter-réseaux: only rows whose établissements are not those
-- of `valeur`. `non_applicable`: the territory had no établissement of the indicator at that rentrée.
CREATE TABLE valeur_annuelle AS FROM valeur LIMIT 0;
-- reference: 'academie' (the rest of the académie) or, for an établissement, 'reseau' (the rest of its réseau).
-- etat: favorable, defavorable, comparable, non_concluant, sans_test, superieur, inferieur.
-- Differences are in the unit of `valeur` (proportions for a taux). famille: number of comparisons corrected together.
CREATE TABLE comparaison (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    reference VARCHAR, valeur_reference DOUBLE, denominateur_reference DOUBLE,
    ecart DOUBLE, ecart_inf DOUBLE, ecart_sup DOUBLE, p DOUBLE, p_ajustee DOUBLE,
    etat VARCHAR, decelable DOUBLE, famille INTEGER, motif VARCHAR  -- motif: why sans_test, three words
);
-- Spread of a level (spines): over territories whose statut is ok.
CREATE TABLE position (
    indicateur VARCHAR, niveau VARCHAR, rentree INTEGER, modalite VARCHAR,
    nb INTEGER, minimum DOUBLE, q1 DOUBLE, mediane DOUBLE, q3 DOUBLE, maximum DOUBLE
);
-- etat: amelioration, degradation, hausse, baisse (neutral indicators), stable, non_concluante, serie_courte.
-- pente per rentrée, in the unit of `valeur`.
CREATE TABLE tendance (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, modalite VARCHAR,
    rentree_debut INTEGER, rentree_fin INTEGER, nb_points INTEGER,
    pente DOUBLE, pente_inf DOUBLE, pente_sup DOUBLE, p DOUBLE, etat VARCHAR,
    -- Robust reading, NULL under five points: Kendall's tau with its p, Theil-Sen's slope with its interval.
    tau DOUBLE, p_mann_kendall DOUBLE, theil_sen DOUBLE, theil_sen_inf DOUBLE, theil_sen_sup DOUBLE
);
-- Spread between the établissements of a territory beyond chance.
CREATE TABLE dispersion (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    nb_etablissements INTEGER, minimum DOUBLE, maximum DOUBLE, p DOUBLE, est_heterogene BOOLEAN,
    tau2 DOUBLE, i2 DOUBLE        -- variance between établissements in squared logits; share that chance leaves (0-1)
);
-- Interval that a rank could take (1 = most favourable; highest for a neutral indicator), by simulation.
CREATE TABLE rang (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    rang INTEGER, rang_inf INTEGER, rang_sup INTEGER, nb INTEGER
);
-- Against another reference, asked for on purpose: departement, region, national, similaires, anterieure. Each is a family
-- of its own; the state of a cell is that of `comparaison`.
CREATE TABLE comparaison_autre AS FROM comparaison LIMIT 0;
-- Common rate of a level (rates only), and the spread between territories beyond chance: funnel limits.
CREATE TABLE entonnoir (
    indicateur VARCHAR, niveau VARCHAR, rentree INTEGER, modalite VARCHAR,
    p0 DOUBLE, phi DOUBLE, tau2 DOUBLE, nb INTEGER
);
-- Observed minus expected at the same IPS and éducation prioritaire. nb_regression: établissements behind the line.
CREATE TABLE attendu (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR,
    attendu DOUBLE, ecart DOUBLE, ecart_inf DOUBLE, ecart_sup DOUBLE, p DOUBLE, p_ajustee DOUBLE,
    nb_etablissements INTEGER, nb_regression INTEGER
);
-- Gap between two groups of pupils of one territory: the first minus the second.
CREATE TABLE ecart_groupes (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, groupe VARCHAR, autre_groupe VARCHAR,
    valeur DOUBLE, autre_valeur DOUBLE, ecart DOUBLE, ecart_inf DOUBLE, ecart_sup DOUBLE, p DOUBLE, p_ajustee DOUBLE
);
-- Similar territories: context variables (z: standardised; gardes: of the five neighbours, how many stay without it),
-- the neighbours, and each variable's part of the squared distance.
CREATE TABLE contexte (
    niveau VARCHAR, territoire VARCHAR, variable VARCHAR, valeur DOUBLE, z DOUBLE, gardes INTEGER
);
CREATE TABLE voisin (
    niveau VARCHAR, territoire VARCHAR, rang INTEGER, voisin VARCHAR, distance DOUBLE, proximite VARCHAR
);
CREATE TABLE voisin_part (niveau VARCHAR, territoire VARCHAR, voisin VARCHAR, variable VARCHAR, part DOUBLE);
-- Every rule read for every territory that it speaks to (indicators/problematiques). statut: trouvee, indecise,
-- non_trouvee, or sans_donnee: `manque` is then the condition that lacks figures. Probabilities are 0-1.
-- rang: order of the findings of a territory. effectif: pupils concerned. ampleur: mean gap, 1 = what the rule asks.
-- levier_*: what would change the reading; nombre pupils on condition `ordre`, and the move for a single one; where
-- `un` is NULL, a reduction of the gap of that condition, in the unit shown.
-- axe_x, axe_y: conditions drawn one against the other; part_*: share of the draws where both hold, only x, only y,
-- neither; moyenne_*, ecart_type_*, correlation: of the draws.
CREATE TABLE problematique (
    regle VARCHAR, niveau VARCHAR, territoire VARCHAR, statut VARCHAR, probabilite DOUBLE, rang INTEGER,
    effectif DOUBLE, ampleur DOUBLE, manque INTEGER,
    levier_ordre INTEGER, levier_nombre DOUBLE, levier_probabilite DOUBLE, levier_un DOUBLE,
    axe_x INTEGER, axe_y INTEGER, part_deux DOUBLE, part_x DOUBLE, part_y DOUBLE, part_aucune DOUBLE,
    moyenne_x DOUBLE, moyenne_y DOUBLE, ecart_type_x DOUBLE, ecart_type_y DOUBLE, correlation DOUBLE
);
-- Evidence: one row per condition. ecart is what the condition is about (a change over rentree_debut…rentree for a
-- trend, whose valeur_reference is its first value); estime: its mean once drawn towards the level; motif: why there
-- is none, '' otherwise.
CREATE TABLE problematique_condition (
    regle VARCHAR, niveau VARCHAR, territoire VARCHAR, ordre INTEGER, indicateur VARCHAR, modalite VARCHAR,
    mesure VARCHAR, rentree INTEGER, rentree_debut INTEGER, valeur DOUBLE, valeur_reference DOUBLE,
    ecart DOUBLE, ecart_inf DOUBLE, ecart_sup DOUBLE, estime DOUBLE, estime_inf DOUBLE, estime_sup DOUBLE,
    effectif DOUBLE, probabilite DOUBLE, motif VARCHAR
);
-- A hundred draws of each finding on its two axes, to be drawn as dots; as many per quadrant as its share says.
CREATE TABLE problematique_tirage (regle VARCHAR, niveau VARCHAR, territoire VARCHAR, x DOUBLE, y DOUBLE);
-- Territories of the same level whose probabilities are closest, rule by rule.
CREATE TABLE problematique_voisin (
    niveau VARCHAR, territoire VARCHAR, rang INTEGER, voisin VARCHAR, distance DOUBLE
);
-- What is known of the true difference to a reference (academie: its rest; similaires), figure by figure, once drawn
-- towards the level: mean and standard deviation. Crossings chosen on screen are read from it. The latest rentrée only.
CREATE TABLE a_posteriori (
    indicateur VARCHAR, niveau VARCHAR, territoire VARCHAR, rentree INTEGER, modalite VARCHAR, reference VARCHAR,
    valeur_reference DOUBLE, ecart DOUBLE, ecart_type DOUBLE
);
CREATE TABLE chargement (
    id VARCHAR, fichier VARCHAR, sha256 VARCHAR, format VARCHAR, titre_format VARCHAR, source VARCHAR,
    auteur VARCHAR, charge_le VARCHAR, nb_lignes INTEGER, nb_hors_academie INTEGER,
    rentree_min INTEGER, rentree_max INTEGER, est_demo BOOLEAN
);
CREATE TABLE version (numero INTEGER, empreinte VARCHAR, academie VARCHAR, est_demo BOOLEAN);
