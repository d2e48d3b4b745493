-- Which figures of réseaux and inter-réseaux differ on the perimeter of their rentrée, and which of these may be shown.
-- Expects `rattachement`, `rattachement_actuel`, `observation`, `catalogue`, and `valeur` after secret statistique.

CREATE TEMP TABLE rentree_lue AS SELECT DISTINCT rentree FROM observation WHERE niveau = 'etablissement';

CREATE TEMP TABLE membre_annuel AS
SELECT r.niveau_parent AS niveau, r.code_parent AS territoire, l.rentree, r.code AS uai
FROM rattachement r
JOIN rentree_lue l ON l.rentree BETWEEN coalesce(r.rentree_debut, 0) AND coalesce(r.rentree_fin, 9999)
WHERE r.niveau = 'etablissement' AND r.niveau_parent IN ('reseau', 'inter_reseau');

CREATE TEMP TABLE membre_actuel AS
SELECT r.niveau_parent AS niveau, r.code_parent AS territoire, l.rentree, r.code AS uai
FROM rattachement_actuel r CROSS JOIN rentree_lue l
WHERE r.niveau = 'etablissement' AND r.niveau_parent IN ('reseau', 'inter_reseau');

-- Établissements that a territory has on one of the two perimeters only.
CREATE TEMP TABLE ecart_perimetre AS
(FROM membre_annuel EXCEPT FROM membre_actuel) UNION ALL (FROM membre_actuel EXCEPT FROM membre_annuel);

-- The établissements of these territories, over each stretch of rentrées in which they are the same.
CREATE TEMP TABLE lien_annuel AS
WITH touche AS (
    SELECT r.code, r.niveau_parent, r.code_parent, coalesce(r.rentree_debut, 0) AS debut,
           coalesce(r.rentree_fin, 9999) AS fin
    FROM rattachement r
    SEMI JOIN ecart_perimetre e ON e.niveau = r.niveau_parent AND e.territoire = r.code_parent
    WHERE r.niveau = 'etablissement'
), depart AS (
    SELECT niveau_parent, code_parent, debut FROM touche
    UNION SELECT niveau_parent, code_parent, fin + 1 FROM touche WHERE fin < 9999
), tranche AS (
    SELECT *, coalesce(lead(debut) OVER (PARTITION BY niveau_parent, code_parent ORDER BY debut) - 1, 9999) AS fin
    FROM depart
)
SELECT l.code, l.niveau_parent, l.code_parent, t.debut, t.fin
FROM touche l JOIN tranche t USING (niveau_parent, code_parent)
WHERE t.debut BETWEEN l.debut AND l.fin;

-- A part of pupils is made of their number: it is shown for an établissement where this number is.
CREATE TEMP TABLE apport AS
SELECT o.indicateur, o.rentree, o.modalite, o.territoire AS uai, coalesce(v.statut, 'secret') <> 'ok' AS est_cache
FROM observation o
JOIN catalogue c USING (indicateur)
LEFT JOIN valeur v
  ON v.indicateur = CASE WHEN c.est_calcule THEN 'effectif_colleges' ELSE o.indicateur END
 AND v.niveau = 'etablissement' AND v.territoire = o.territoire AND v.rentree = o.rentree AND v.modalite = o.modalite
WHERE o.niveau = 'etablissement' AND o.statut = 'ok' AND EXISTS (SELECT 1 FROM ecart_perimetre);

-- A figure of the rentrée's perimeter is worked out from figures that are shown when none of its établissements is
-- hidden, or when those hidden are exactly those of one territory that is shown: the rest is then added and taken off.
CREATE TEMP TABLE cellule_annuelle AS
WITH cellule AS (
    SELECT DISTINCT a.indicateur, e.niveau, e.territoire, a.rentree, a.modalite
    FROM ecart_perimetre e JOIN apport a USING (rentree, uai)
), cache AS (
    SELECT a.indicateur, m.niveau, m.territoire, a.rentree, a.modalite, count(*) AS nb,
           min(coalesce(s.territoire, '')) AS premier, max(coalesce(s.territoire, '')) AS dernier
    FROM membre_annuel m JOIN apport a USING (rentree, uai)
    LEFT JOIN membre_actuel s ON s.niveau = m.niveau AND s.rentree = m.rentree AND s.uai = m.uai
    WHERE a.est_cache GROUP BY ALL
), cache_actuel AS (
    SELECT a.indicateur, m.niveau, m.territoire, a.rentree, a.modalite, count(*) AS nb
    FROM membre_actuel m JOIN apport a USING (rentree, uai) WHERE a.est_cache GROUP BY ALL
)
SELECT c.*, f.nature,
       h.nb IS NULL OR (h.premier = h.dernier AND s.nb = h.nb AND coalesce(v.statut, '') = 'ok') AS est_deductible
FROM cellule c JOIN catalogue f USING (indicateur)
LEFT JOIN cache h USING (indicateur, niveau, territoire, rentree, modalite)
LEFT JOIN cache_actuel s
  ON s.indicateur = c.indicateur AND s.niveau = c.niveau AND s.territoire = h.premier AND s.rentree = c.rentree
 AND s.modalite = c.modalite
LEFT JOIN valeur v
  ON v.indicateur = c.indicateur AND v.niveau = c.niveau AND v.territoire = h.premier AND v.rentree = c.rentree
 AND v.modalite = c.modalite;
