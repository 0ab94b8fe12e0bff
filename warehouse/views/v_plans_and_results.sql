-- title: Plans beside results
-- row: One plan beside one result of the same town, round, metric and group of people; a side that nobody told is null
-- .municipality_name: Official name of the municipality; null where no town is told
-- .round_code: Funding round
-- .metric_code: What is counted
-- .metric_label: What is counted, in German
-- .subgroup_code: Group of people it is about
-- .unit: Unit of both figures
-- .planned_value: What was planned
-- .achieved_value: What was reached
-- .achieved_as_of: Day up to which the result counts, where a text says so
-- .share_percent: Result as a share of the plan, in percent
-- .planned_outcome_id: Outcome that holds the plan
-- .achieved_outcome_id: Outcome that holds the result
WITH plans AS (
  SELECT * FROM outcomes WHERE status = 'planned'
), results AS (
  SELECT * FROM outcomes WHERE status = 'achieved'
)
SELECT
  coalesce(p.municipality_name, r.municipality_name) AS municipality_name,
  coalesce(p.round_code, r.round_code) AS round_code,
  coalesce(p.metric_code, r.metric_code) AS metric_code,
  m.label_de AS metric_label,
  coalesce(p.subgroup_code, r.subgroup_code) AS subgroup_code,
  coalesce(p.unit, r.unit) AS unit,
  p.value AS planned_value,
  r.value AS achieved_value,
  r.as_of AS achieved_as_of,
  round(100 * r.value / nullif(p.value, 0), 1) AS share_percent,
  p.outcome_id AS planned_outcome_id,
  r.outcome_id AS achieved_outcome_id
FROM plans p
FULL JOIN results r
  ON r.municipality_name IS NOT DISTINCT FROM p.municipality_name AND r.round_code IS NOT DISTINCT FROM p.round_code
  AND r.metric_code = p.metric_code AND r.subgroup_code = p.subgroup_code AND r.unit = p.unit
JOIN metrics m ON m.code = coalesce(p.metric_code, r.metric_code)
ORDER BY municipality_name, round_code, m.position, subgroup_code, planned_value, achieved_value, planned_outcome_id,
  achieved_outcome_id
