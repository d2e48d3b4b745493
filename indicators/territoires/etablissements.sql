-- Communes and établissements, from the normalised rows of every extract in force.
-- `rang` orders sources: the priority of the format, then the load; the highest non-empty value wins, column by column.

CREATE TEMP TABLE commune AS
SELECT code, arg_max(nom, ordre) AS nom, arg_max(departement, ordre) AS departement,
       arg_max(lon, ordre) AS lon, arg_max(lat, ordre) AS lat
FROM source_communes GROUP BY code;

CREATE TEMP TABLE fusion AS
SELECT code_ancien, arg_max(code_nouveau, ordre) AS code_nouveau FROM source_communes_fusionnees GROUP BY code_ancien;

CREATE TEMP MACRO cle_nom(nom) AS
    trim(regexp_replace(regexp_replace(strip_accents(lower(nom)), '[^a-z0-9]+', ' ', 'g'), '\bst(e?)\b', 'saint\1', 'g'));

-- Each UAI of the académie, whether a register names it or only a figure does.
CREATE TEMP TABLE etablissement_source AS
SELECT uai,
       arg_max(nom, rang) FILTER (nom <> '') AS nom,
       arg_max(type, rang) FILTER (type IS NOT NULL AND type <> 'autre') AS type,
       arg_max(secteur, rang) FILTER (secteur IS NOT NULL) AS secteur,
       arg_max(education_prioritaire, rang) FILTER (education_prioritaire IS NOT NULL) AS education_prioritaire,
       arg_max(code_commune, rang) FILTER (code_commune IS NOT NULL) AS code_commune,
       arg_max(nom_commune, rang) FILTER (nom_commune IS NOT NULL) AS nom_commune,
       arg_max(lon, rang) FILTER (lon IS NOT NULL) AS lon,
       arg_max(lat, rang) FILTER (lat IS NOT NULL) AS lat,
       bool_or(est_registre) AS est_registre
FROM (
    SELECT uai, nom, type, secteur, education_prioritaire, code_commune, nom_commune, lon, lat, rang, est_registre
    FROM source_etablissements
    UNION ALL
    SELECT DISTINCT territoire, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, false
    FROM observation WHERE niveau = 'etablissement'
)
GROUP BY uai;

-- A commune given by its name only, or by a code since merged, gets its present code.
CREATE TEMP TABLE etablissement AS
WITH nommee AS (
    SELECT cle_nom(nom) AS cle, departement, any_value(code) AS code FROM commune GROUP BY ALL HAVING count(*) = 1
)
SELECT e.uai, coalesce(e.nom, e.uai) AS nom, coalesce(e.type, 'autre') AS type, e.secteur, e.education_prioritaire,
       coalesce(c.code, e.code_commune) AS code_commune, coalesce(c.nom, e.nom_commune) AS nom_commune,
       coalesce(e.lon, c.lon) AS lon, coalesce(e.lat, c.lat) AS lat, d.code AS departement,
       -- An école that closed, or a training centre that only a file of places names, is not counted among the others.
       e.est_registre OR NOT bool_or(e.est_registre) OVER (PARTITION BY e.type) AS est_recense
FROM etablissement_source e
JOIN departement_academie d ON starts_with(e.uai, d.prefixe_uai)
LEFT JOIN fusion f ON f.code_ancien = e.code_commune
LEFT JOIN nommee n ON e.code_commune IS NULL AND n.cle = cle_nom(e.nom_commune) AND n.departement = d.code
LEFT JOIN commune c ON c.code = coalesce(f.code_nouveau, e.code_commune, n.code);
