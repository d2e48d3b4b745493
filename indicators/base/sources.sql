-- Rows of every extract in force, beside their load. `rang`: priority of the format, then order of the load.
-- A figure given twice is read from the best source: one that has a figure, then the highest rang.
INSERT INTO observation
SELECT indicateur, niveau, territoire, rentree, modalite, numerateur, denominateur, valeur, ecart_type,
       coalesce(methode, ''), statut, chargement, ligne
FROM source_observations
QUALIFY row_number() OVER (
    PARTITION BY indicateur, niveau, territoire, rentree, modalite ORDER BY statut = 'ok' DESC, rang DESC, ligne
) = 1;
