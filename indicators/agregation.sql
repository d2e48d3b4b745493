-- From the figures of établissements to those of every territory: sum numerators and denominators, then divide.
-- `lien_lu` says who belongs to whom: code, niveau_parent, code_parent, and for which rentrées (debut, fin).
-- A rate is never the mean of rates. A mean is weighted by its effectifs; where no source gives them, the plain mean,
-- and `methode` says so.

CREATE OR REPLACE TEMP TABLE contribution AS
SELECT o.indicateur, r.niveau_parent AS niveau, r.code_parent AS territoire, o.rentree, o.modalite, c.nature,
       o.numerateur, o.denominateur, o.valeur, o.ecart_type, o.methode, o.statut, r.debut, r.fin
FROM observation o
JOIN lien_lu r ON r.code = o.territoire
JOIN catalogue c ON c.indicateur = o.indicateur
WHERE o.niveau = 'etablissement'
  AND NOT (r.niveau_parent = 'etablissement' AND c.est_calcule);

CREATE OR REPLACE TEMP TABLE somme AS
SELECT indicateur, niveau, territoire, rentree, modalite, debut, fin, any_value(nature) AS nature,
       count(*) FILTER (statut = 'ok') AS nb_etablissements,
       count(denominateur) FILTER (statut = 'ok') AS nb_poids,
       sum(numerateur) FILTER (statut = 'ok') AS numerateur,
       sum(denominateur) FILTER (statut = 'ok') AS denominateur,
       sum(valeur * denominateur) FILTER (statut = 'ok') AS somme_ponderee,
       sum((ecart_type * ecart_type + valeur * valeur) * denominateur) FILTER (statut = 'ok') AS somme_carres,
       count(ecart_type) FILTER (statut = 'ok' AND denominateur IS NOT NULL) AS nb_ecarts_types,
       avg(valeur) FILTER (statut = 'ok') AS moyenne_simple,
       any_value(valeur) FILTER (statut = 'ok') AS valeur_source,
       bool_or(statut = 'secret') AS a_secret,
       any_value(statut) FILTER (statut <> 'ok') AS autre_statut,
       string_agg(DISTINCT methode, ' ; ' ORDER BY methode) FILTER (methode <> '') AS methode
FROM contribution
GROUP BY indicateur, niveau, territoire, rentree, modalite, debut, fin;

-- How many établissements a territory ever reported for an indicator: an extract that holds a handful of them
-- describes these, not the territory. Those of a stretch of rentrées are looked for at every rentrée.
CREATE OR REPLACE TEMP TABLE couverture AS
SELECT indicateur, niveau, territoire, modalite, debut, max(nb_etablissements) AS attendus
FROM somme GROUP BY indicateur, niveau, territoire, modalite, debut;

CREATE OR REPLACE TEMP TABLE agregat AS
WITH calcul AS (
    SELECT s.*, c.attendus,
           CASE
               WHEN nature IN ('taux', 'ratio') AND nb_poids > 0 THEN numerateur / nullif(denominateur, 0)
               WHEN nature = 'taux' AND niveau = 'etablissement' THEN valeur_source
               WHEN nature IN ('moyenne', 'valeur_ajoutee') AND nb_poids > 0
                   THEN somme_ponderee / nullif(denominateur, 0)
               WHEN nature IN ('moyenne', 'valeur_ajoutee') THEN moyenne_simple
               WHEN nature = 'effectif' THEN numerateur
           END AS resultat
    FROM somme s JOIN couverture c USING (indicateur, niveau, territoire, modalite, debut)
    WHERE s.rentree BETWEEN s.debut AND s.fin
)
SELECT indicateur, niveau, territoire, rentree, modalite, nature, nb_etablissements,
       CASE WHEN nature IN ('taux', 'ratio', 'effectif') THEN numerateur END AS numerateur,
       CASE WHEN nature <> 'effectif' AND nb_poids > 0 THEN denominateur END AS denominateur,
       resultat AS valeur,
       CASE WHEN nature = 'moyenne' AND nb_ecarts_types > 0 AND nb_ecarts_types = nb_etablissements
            THEN sqrt(greatest(somme_carres / nullif(denominateur, 0) - resultat * resultat, 0)) END AS ecart_type,
       concat_ws(' ; ', methode,
           CASE WHEN nature IN ('moyenne', 'valeur_ajoutee') AND nb_poids = 0 AND niveau <> 'etablissement'
                THEN 'moyenne simple, effectifs absents de la source' END,
           CASE WHEN nature = 'taux' AND nb_poids = 0 AND nb_etablissements > 0 AND niveau <> 'etablissement'
                THEN 'effectifs absents de la source' END,
           CASE WHEN nb_etablissements < attendus AND nb_etablissements > 0 AND niveau <> 'etablissement'
                THEN 'extrait partiel : ' || nb_etablissements || ' sur ' || attendus || ' établissements' END
       ) AS methode,
       CASE WHEN nb_etablissements = 0 THEN CASE WHEN a_secret THEN 'secret' ELSE autre_statut END
            WHEN resultat IS NULL THEN 'non_disponible'
            WHEN 2 * nb_etablissements < attendus THEN 'non_disponible'
            ELSE 'ok' END AS statut
FROM calcul;
