-- Établissements, territories and dated links, from the normalised rows of every extract in force.
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

-- The last table loaded says the perimeter of a commune or of an établissement; the link by UAI comes before the commune's.
CREATE TEMP TABLE perimetre AS
SELECT * FROM source_perimetres
QUALIFY ordre = max(ordre) OVER (PARTITION BY coalesce(uai, code_commune));

CREATE TEMP TABLE perimetre_etablissement AS
SELECT e.uai, e.departement, p.* EXCLUDE (uai, code_commune, ordre)
FROM etablissement e JOIN perimetre p ON p.uai = e.uai
UNION ALL
SELECT e.uai, e.departement, p.* EXCLUDE (uai, code_commune, ordre)
FROM etablissement e JOIN perimetre p ON p.uai IS NULL AND p.code_commune = e.code_commune
WHERE e.uai NOT IN (SELECT uai FROM perimetre WHERE uai IS NOT NULL);

CREATE TEMP TABLE lien AS
SELECT 'etablissement' AS niveau, uai AS code, 'etablissement' AS niveau_parent, uai AS code_parent,
       NULL::INTEGER AS rentree_debut, NULL::INTEGER AS rentree_fin FROM etablissement
UNION ALL
SELECT 'etablissement', uai, 'departement', 'D' || departement, NULL, NULL FROM etablissement
UNION ALL
SELECT 'etablissement', uai, 'reseau', code_reseau, rentree_debut, rentree_fin FROM perimetre_etablissement
UNION ALL
SELECT 'etablissement', uai, 'inter_reseau', code_inter_reseau, rentree_debut, rentree_fin
FROM perimetre_etablissement WHERE code_inter_reseau IS NOT NULL
UNION ALL
SELECT DISTINCT 'reseau', code_reseau, 'inter_reseau', code_inter_reseau, rentree_debut, rentree_fin
FROM perimetre WHERE code_inter_reseau IS NOT NULL
UNION ALL
-- A réseau belongs to a département only when all its établissements are there: an inter-réseau may cross two.
SELECT 'reseau', code_reseau, 'departement', 'D' || any_value(departement), NULL, NULL
FROM perimetre_etablissement GROUP BY code_reseau HAVING count(DISTINCT departement) = 1
UNION ALL
SELECT 'departement', 'D' || code, 'departement', 'D' || code, NULL, NULL FROM departement_academie;

INSERT INTO rattachement
WITH bas AS (
    SELECT DISTINCT niveau, code FROM lien
    UNION SELECT DISTINCT niveau_parent, code_parent FROM lien
)
SELECT * FROM lien
UNION ALL
SELECT bas.niveau, bas.code, haut.niveau, haut.code, NULL, NULL FROM bas, niveau_academie haut
ORDER BY ALL;
