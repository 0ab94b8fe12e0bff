-- title: A figure has the unit of its metric or indicator
-- table: outcomes
-- severity: error
-- advice: A figure was read as another metric, or the code list gives a wrong unit: see it with `biwaq why`
WITH figures AS (
  SELECT 'outcome_claims' AS table_name, claim_id AS row_key, metric_code AS code, unit FROM outcome_claims
  UNION ALL SELECT 'outcomes', outcome_id, metric_code, unit FROM outcomes
  UNION ALL SELECT 'area_stats', concat_ws('|', project_id, indicator_code, scope), indicator_code, unit FROM area_stats
), codes AS (
  SELECT code, unit FROM metrics UNION ALL SELECT code, unit FROM indicators
)
SELECT f.table_name, f.row_key, f.code, f.unit, c.unit AS unit_of_code
FROM figures f
JOIN codes c USING (code)
WHERE f.unit IS DISTINCT FROM c.unit
ORDER BY f.table_name, f.row_key
