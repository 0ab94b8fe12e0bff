-- title: One outcome stands once
-- table: outcomes
-- severity: error
-- advice: Two outcomes say the same: their claims should have been joined to one
SELECT
  municipality_name, project_line_id, round_code, metric_code, subgroup_code, status, since, as_of, value,
  count(*) AS times,
  string_agg(outcome_id, ', ' ORDER BY outcome_id) AS outcome_ids
FROM outcomes
GROUP BY ALL
HAVING count(*) > 1
ORDER BY outcome_ids
