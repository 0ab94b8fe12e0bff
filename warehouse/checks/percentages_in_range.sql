-- title: Percentages lie between 0 and 100
-- table: outcome_claims
-- severity: error
-- advice: A number was read wrong, or the page is: see its passage with `biwaq why outcome_claims`. (For area_stats the
--   table itself refuses such a value unless it is marked implausible)
WITH figures AS (
  SELECT 'outcome_claims' AS table_name, claim_id AS row_key, value FROM outcome_claims WHERE unit = 'percent'
  UNION ALL SELECT 'outcomes', outcome_id, value FROM outcomes WHERE unit = 'percent'
)
SELECT table_name, row_key, value
FROM figures
WHERE value NOT BETWEEN 0 AND 100
ORDER BY table_name, row_key
