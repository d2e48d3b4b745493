-- Dated links of every level, then those of the latest perimeter, from the perimeters of `perimetres.sql`.

CREATE TEMP TABLE lien_bref AS
SELECT 'etablissement' AS niveau, uai AS code, 'reseau' AS niveau_parent, code_reseau AS code_parent, debut, fin
FROM appartenance WHERE code_reseau IS NOT NULL
UNION ALL
SELECT 'etablissement', uai, 'inter_reseau', code_inter_reseau, debut, fin
FROM appartenance WHERE code_inter_reseau IS NOT NULL
UNION ALL
(SELECT 'reseau', code_reseau, 'inter_reseau', code_inter_reseau, debut, fin
 FROM appartenance WHERE code_reseau IS NOT NULL AND code_inter_reseau IS NOT NULL
 GROUP BY code_reseau, code_inter_reseau, debut, fin
 QUALIFY row_number() OVER (PARTITION BY code_reseau, debut ORDER BY count(*) DESC, code_inter_reseau) = 1);

-- Stretches that follow one another with the same parent are one link. Nothing is known before the first rentrée of
-- all: links that hold there hold earlier too.
CREATE TEMP TABLE lien AS
WITH rupture AS (
    SELECT *, coalesce(code_parent = lag(code_parent) OVER suite AND debut = lag(fin) OVER suite + 1, false) AS est_suite
    FROM lien_bref WINDOW suite AS (PARTITION BY niveau, code, niveau_parent ORDER BY debut)
), numerote AS (
    SELECT *, count_if(NOT est_suite) OVER (PARTITION BY niveau, code, niveau_parent ORDER BY debut) AS numero
    FROM rupture
)
SELECT niveau, code, niveau_parent, code_parent,
       CASE WHEN min(debut) > (SELECT min(debut) FROM etape) THEN min(debut) END AS rentree_debut,
       nullif(max(fin), 9999) AS rentree_fin
FROM numerote GROUP BY niveau, code, niveau_parent, code_parent, numero
UNION ALL
SELECT 'etablissement', uai, 'etablissement', uai, NULL, NULL FROM etablissement
UNION ALL
SELECT 'etablissement', uai, 'departement', 'D' || departement, NULL, NULL FROM etablissement
UNION ALL
-- A réseau belongs to a département only when all its établissements are there: an inter-réseau may cross two.
SELECT 'reseau', a.code_reseau, 'departement', 'D' || any_value(e.departement), NULL, NULL
FROM appartenance a JOIN etablissement e USING (uai)
WHERE a.code_reseau IS NOT NULL GROUP BY a.code_reseau HAVING count(DISTINCT e.departement) = 1
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

-- The latest perimeter: the last place of each établissement, read at every rentrée. A réseau that ended has none.
CREATE TEMP TABLE place AS
WITH derniere AS (
    SELECT * FROM appartenance QUALIFY row_number() OVER (PARTITION BY uai ORDER BY debut DESC) = 1
), ouvert AS (
    SELECT code, code_parent FROM lien
    WHERE niveau = 'reseau' AND niveau_parent = 'inter_reseau' AND rentree_fin IS NULL
)
SELECT d.uai, d.code_reseau,
       -- An établissement that closed follows its réseau, wherever this one is now.
       CASE WHEN d.fin < 9999 THEN coalesce(o.code_parent, d.code_inter_reseau) ELSE d.code_inter_reseau END
           AS code_inter_reseau
FROM derniere d LEFT JOIN ouvert o ON o.code = d.code_reseau;

INSERT INTO rattachement_actuel
WITH en_vigueur AS (
    SELECT DISTINCT niveau_parent, code_parent FROM lien
    WHERE niveau = 'etablissement' AND niveau_parent IN ('reseau', 'inter_reseau') AND rentree_fin IS NULL
), actuel AS (
    SELECT 'etablissement' AS niveau, uai AS code, 'reseau' AS niveau_parent, code_reseau AS code_parent FROM place
    UNION ALL
    SELECT 'etablissement', uai, 'inter_reseau', code_inter_reseau FROM place
    UNION ALL
    SELECT niveau, code, niveau_parent, code_parent FROM lien
    WHERE niveau = 'reseau' AND niveau_parent = 'inter_reseau' AND rentree_fin IS NULL
)
SELECT * FROM actuel SEMI JOIN en_vigueur USING (niveau_parent, code_parent)
UNION ALL
SELECT 'reseau', p.code_reseau, 'departement', 'D' || any_value(e.departement)
FROM place p JOIN etablissement e USING (uai)
JOIN en_vigueur v ON v.niveau_parent = 'reseau' AND v.code_parent = p.code_reseau
GROUP BY p.code_reseau HAVING count(DISTINCT e.departement) = 1
UNION ALL
SELECT niveau, code, niveau_parent, code_parent FROM rattachement
WHERE niveau_parent NOT IN ('reseau', 'inter_reseau') AND NOT (niveau = 'reseau' AND niveau_parent = 'departement')
ORDER BY ALL;

-- The réseau of a commune, for its contour: that of most of its écoles and collèges; without any, the one that a table
-- gives to the commune if it is still in force; else that of the nearest école or collège of the département.
CREATE TEMP TABLE perimetre_commune AS
WITH membre AS (
    SELECT e.uai, e.code_commune, e.departement, e.lon, e.lat, r.code_parent AS code_reseau
    FROM rattachement_actuel r JOIN etablissement e ON e.uai = r.code
    WHERE r.niveau = 'etablissement' AND r.niveau_parent = 'reseau' AND e.type <> 'lycee'
), majoritaire AS (
    SELECT code_commune AS code, code_reseau FROM membre GROUP BY code_commune, code_reseau
    QUALIFY row_number() OVER (PARTITION BY code_commune ORDER BY count(*) DESC, code_reseau) = 1
), donne AS (
    SELECT code_commune AS code, code_reseau FROM ligne_perimetre
    WHERE uai IS NULL AND code_reseau IN (SELECT code_reseau FROM membre)
    QUALIFY row_number() OVER (PARTITION BY code_commune ORDER BY debut DESC, ordre DESC) = 1
), proche AS (
    SELECT c.code, m.code_reseau FROM commune c JOIN membre m ON m.departement = c.departement
    WHERE c.code NOT IN (SELECT code FROM majoritaire WHERE code IS NOT NULL UNION SELECT code FROM donne)
      AND distance(c.lon, c.lat, m.lon, m.lat) IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY c.code ORDER BY distance(c.lon, c.lat, m.lon, m.lat), m.uai) = 1
)
SELECT c.code AS code_commune, coalesce(m.code_reseau, d.code_reseau, p.code_reseau) AS code_reseau
FROM commune c LEFT JOIN majoritaire m USING (code) LEFT JOIN donne d USING (code) LEFT JOIN proche p USING (code);
