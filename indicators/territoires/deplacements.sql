-- What changes between the perimeters `avant` and `apres`, compared on each stretch of rentrées of both.

CREATE TABLE tranche AS
SELECT debut FROM avant UNION SELECT debut FROM apres
UNION SELECT fin + 1 FROM avant WHERE fin < 9999 UNION SELECT fin + 1 FROM apres WHERE fin < 9999;

CREATE TABLE place AS
WITH tout AS (
    SELECT false AS est_nouveau, * FROM avant
    UNION ALL BY NAME SELECT true AS est_nouveau, * FROM apres
)
SELECT t.est_nouveau, 'reseau' AS niveau, t.uai, t.nom, s.debut, t.fin = 9999 AS est_ouverte,
       t.code_reseau AS code, t.nom_reseau AS nom_territoire
FROM tout t JOIN tranche s ON s.debut BETWEEN t.debut AND t.fin
UNION ALL
SELECT t.est_nouveau, 'inter_reseau', t.uai, t.nom, s.debut, t.fin = 9999, t.code_inter_reseau, t.nom_inter_reseau
FROM tout t JOIN tranche s ON s.debut BETWEEN t.debut AND t.fin;

CREATE TABLE mouvement AS
SELECT a.niveau, a.uai, any_value(coalesce(b.nom, a.nom)) AS nom, nullif(min(a.debut), 0) AS rentree,
       a.code AS de, any_value(coalesce(a.nom_territoire, '')) AS nom_de,
       coalesce(b.code, '') AS vers, any_value(coalesce(b.nom_territoire, '')) AS nom_vers
FROM (FROM place WHERE NOT est_nouveau AND code IS NOT NULL) a
LEFT JOIN (FROM place WHERE est_nouveau) b ON b.niveau = a.niveau AND b.uai = a.uai AND b.debut = a.debut
WHERE b.code IS DISTINCT FROM a.code
GROUP BY a.niveau, a.uai, a.code, b.code;

CREATE TABLE en_vigueur AS
SELECT est_nouveau, niveau, code, arg_max(nom_territoire, debut) AS nom
FROM place WHERE est_ouverte AND code IS NOT NULL GROUP BY ALL;

CREATE TABLE cree AS
SELECT n.niveau, n.code, n.nom FROM en_vigueur n WHERE n.est_nouveau
  AND (n.niveau, n.code) NOT IN (SELECT (niveau, code) FROM en_vigueur WHERE NOT est_nouveau);

CREATE TABLE fini AS
SELECT a.niveau, a.code, a.nom FROM en_vigueur a WHERE NOT a.est_nouveau
  AND (a.niveau, a.code) NOT IN (SELECT (niveau, code) FROM en_vigueur WHERE est_nouveau);

CREATE TABLE renomme AS
SELECT a.niveau, a.code, a.nom, n.nom FROM en_vigueur a JOIN en_vigueur n USING (niveau, code)
WHERE NOT a.est_nouveau AND n.est_nouveau AND n.nom <> a.nom;
