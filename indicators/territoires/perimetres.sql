-- To which réseau and inter-réseau each établissement belongs, rentrée by rentrée.
-- Three sources: the table by établissement (the official one), the annuaire (réseau = circonscription, inter-réseau =
-- bassin), the table by commune (provisional). For each établissement and rentrée, the first of them that speaks wins.
-- Intervals are closed, 0 and 9999 standing for «always»; `ordre` is the order of the load.

-- 1. Tables of perimeters. A later table speaks for its own rentrées on: the earlier one keeps those before.
CREATE TEMP TABLE ligne_perimetre AS
WITH lue AS (
    SELECT * EXCLUDE (rentree_debut, rentree_fin), coalesce(uai, code_commune) AS cle,
           coalesce(rentree_debut, 0) AS debut, coalesce(rentree_fin, 9999) AS fin
    FROM source_perimetres
), portee AS (
    SELECT cle, ordre, min(debut) AS premier, max(fin) AS dernier FROM lue GROUP BY cle, ordre
), suivante AS (
    SELECT l.cle, l.ordre, l.debut, min(p.premier) - 1 AS fin
    FROM lue l JOIN portee p ON p.cle = l.cle AND p.ordre > l.ordre AND l.debut <= p.dernier
    GROUP BY ALL
)
SELECT l.* EXCLUDE (fin), least(l.fin, coalesce(s.fin, 9999)) AS fin
FROM lue l LEFT JOIN suivante s USING (cle, ordre, debut)
WHERE l.debut <= least(l.fin, coalesce(s.fin, 9999));

-- 2. The annuaire: a picture of one rentrée, in force until the next picture that names the établissement.
CREATE TEMP MACRO code_de(prefixe, code, nom) AS prefixe || coalesce(code, upper(left(md5(nom), 8)));

CREATE TEMP TABLE annuaire AS
WITH date_extrait AS (
    SELECT ordre, coalesce(max(rentree), 0) AS debut FROM source_etablissements
    WHERE coalesce(code_bassin, nom_bassin) IS NOT NULL GROUP BY ordre  -- a list of REP names circonscriptions too
)
SELECT d.debut, e.uai, e.type, e.departement, e.code_commune, e.lon, e.lat,
       CASE WHEN e.type = 'ecole' THEN code_de('R', s.code_circonscription, s.nom_circonscription) END AS code_reseau,
       coalesce(s.nom_circonscription, s.code_circonscription) AS nom_reseau,
       code_de('IR', s.code_bassin, s.nom_bassin) AS code_inter_reseau,
       coalesce(s.nom_bassin, s.code_bassin) AS nom_inter_reseau
FROM source_etablissements s JOIN date_extrait d USING (ordre) JOIN etablissement e USING (uai)
QUALIFY row_number() OVER (PARTITION BY d.debut, s.uai ORDER BY s.ordre DESC) = 1;

-- Whose perimeter the annuaire may tell at each of its dates: those that it names, and those that it never named.
CREATE TEMP TABLE inscrit AS
SELECT debut, uai, type, departement, code_commune, lon, lat, code_reseau, code_inter_reseau FROM annuaire
UNION ALL
SELECT d.debut, e.uai, e.type, e.departement, e.code_commune, e.lon, e.lat, NULL, NULL
FROM etablissement e CROSS JOIN (SELECT DISTINCT debut FROM annuaire) d
WHERE e.type <> 'autre' AND e.uai NOT IN (SELECT uai FROM annuaire);

-- Squares of degrees of latitude: only the order counts.
CREATE TEMP MACRO distance(lon_a, lat_a, lon_b, lat_b) AS
    pow((lon_a - lon_b) * cos(radians((lat_a + lat_b) / 2)), 2) + pow(lat_a - lat_b, 2);

-- Without a code of its own: that of the same commune, the nearest there; else the nearest of the département.
CREATE TEMP TABLE reseau_rejoint AS
SELECT i.debut, i.uai, m.code_reseau
FROM inscrit i JOIN inscrit m ON m.debut = i.debut AND m.departement = i.departement AND m.code_reseau IS NOT NULL
WHERE i.code_reseau IS NULL AND i.type IN ('ecole', 'college')
  AND (m.code_commune = i.code_commune OR distance(i.lon, i.lat, m.lon, m.lat) IS NOT NULL)
QUALIFY row_number() OVER (
    PARTITION BY i.debut, i.uai
    ORDER BY coalesce(m.code_commune = i.code_commune, false) DESC, distance(i.lon, i.lat, m.lon, m.lat) NULLS LAST, m.uai
) = 1;

CREATE TEMP TABLE bassin_rejoint AS
SELECT i.debut, i.uai, m.code_inter_reseau
FROM inscrit i
JOIN inscrit m ON m.debut = i.debut AND m.departement = i.departement AND m.code_inter_reseau IS NOT NULL
WHERE i.code_inter_reseau IS NULL AND i.type IN ('ecole', 'college', 'lycee')
  AND (m.code_commune = i.code_commune OR distance(i.lon, i.lat, m.lon, m.lat) IS NOT NULL)
QUALIFY row_number() OVER (
    PARTITION BY i.debut, i.uai
    ORDER BY coalesce(m.code_commune = i.code_commune, false) DESC, distance(i.lon, i.lat, m.lon, m.lat) NULLS LAST, m.uai
) = 1;

CREATE TEMP TABLE place_annuaire AS
SELECT i.debut, i.uai, i.departement, coalesce(i.code_reseau, r.code_reseau) AS code_reseau,
       i.code_inter_reseau AS bassin_inscrit, coalesce(i.code_inter_reseau, b.code_inter_reseau) AS code_inter_reseau
FROM inscrit i LEFT JOIN reseau_rejoint r USING (debut, uai) LEFT JOIN bassin_rejoint b USING (debut, uai);

-- A réseau belongs to one inter-réseau, that of most of its écoles and collèges: else its figures would not add up.
CREATE TEMP TABLE reseau_annuaire AS
SELECT debut, code_reseau, code_inter_reseau FROM place_annuaire
WHERE code_reseau IS NOT NULL AND code_inter_reseau IS NOT NULL
GROUP BY debut, code_reseau, code_inter_reseau
QUALIFY row_number() OVER (
    PARTITION BY debut, code_reseau ORDER BY count(bassin_inscrit) DESC, count(*) DESC, code_inter_reseau
) = 1;

-- 3. Everything that a source says of an établissement; `rang` orders the sources.
CREATE TEMP TABLE dit AS
SELECT e.uai, 3 AS rang, p.ordre, p.debut, p.fin, p.code_reseau, p.nom_reseau, p.code_inter_reseau, p.nom_inter_reseau,
       p.est_provisoire, CASE WHEN p.est_provisoire THEN 'provisoire' ELSE 'officiel' END AS source
FROM etablissement e JOIN ligne_perimetre p ON p.uai = e.uai
UNION ALL
SELECT a.uai, 2, 0, a.debut,
       coalesce(lead(a.debut) OVER (PARTITION BY a.uai ORDER BY a.debut) - 1, 9999),
       a.code_reseau, nr.nom, coalesce(r.code_inter_reseau, a.code_inter_reseau), ni.nom, false, 'annuaire'
FROM place_annuaire a
LEFT JOIN reseau_annuaire r USING (debut, code_reseau)
LEFT JOIN (SELECT debut, code_reseau, min(nom_reseau) AS nom FROM annuaire GROUP BY ALL) nr
    USING (debut, code_reseau)
LEFT JOIN (SELECT debut, code_inter_reseau, min(nom_inter_reseau) AS nom FROM annuaire GROUP BY ALL) ni
    ON ni.debut = a.debut AND ni.code_inter_reseau = coalesce(r.code_inter_reseau, a.code_inter_reseau)
WHERE coalesce(a.code_reseau, a.code_inter_reseau) IS NOT NULL
UNION ALL
-- Where the annuaire draws the réseaux of a département, the table by commune stops there for all its établissements.
SELECT e.uai, 1, p.ordre, p.debut, least(p.fin, coalesce(d.debut - 1, 9999)), p.code_reseau, p.nom_reseau,
       p.code_inter_reseau, p.nom_inter_reseau, p.est_provisoire,
       CASE WHEN p.est_provisoire THEN 'provisoire' ELSE 'officiel' END
FROM etablissement e JOIN ligne_perimetre p ON p.uai IS NULL AND p.code_commune = e.code_commune
LEFT JOIN (SELECT departement, min(debut) AS debut FROM annuaire WHERE code_reseau IS NOT NULL GROUP BY ALL) d
    ON d.departement = e.departement
WHERE p.debut <= least(p.fin, coalesce(d.debut - 1, 9999));

-- 4. One row per établissement and stretch of rentrées in which no source changes.
CREATE TEMP TABLE etape AS
SELECT debut, coalesce(lead(debut) OVER (ORDER BY debut) - 1, 9999) AS fin
FROM (SELECT debut FROM dit UNION SELECT fin + 1 FROM dit WHERE fin < 9999);

CREATE TEMP TABLE appartenance AS
SELECT d.* REPLACE (e.debut AS debut, e.fin AS fin) FROM dit d JOIN etape e ON e.debut BETWEEN d.debut AND d.fin
QUALIFY row_number() OVER (PARTITION BY d.uai, e.debut ORDER BY d.rang DESC, d.ordre DESC, d.debut DESC) = 1;
