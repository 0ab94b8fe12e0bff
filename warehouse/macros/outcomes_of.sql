-- title: What was reached in a town
-- row: One outcome figure of a town, whatever project or round it belongs to, with those who say it
-- call: outcomes_of(a_town)
-- example: FROM outcomes_of('Duisburg')
-- given_a_town: Official name of the municipality; case does not matter
-- .round_code: Funding round
-- .status: Result (achieved) or plan (planned)
-- .metric_label: What is counted, in German
-- .subgroup_label: Group of people, in German
-- .value: The figure
-- .unit: Its unit
-- .n_independent_sources: Sources that give it, copies of one release counted once
-- .agreement: single, corroborated or contradicted
-- .publishers: Who published it
-- .outcome_id: The outcome: why('outcomes', outcome_id, 'value') shows its passages
SELECT
  round_code,
  status,
  metric_label,
  subgroup_label,
  value,
  unit,
  n_independent_sources,
  agreement,
  publishers,
  outcome_id
FROM v_outcomes
WHERE lower(municipality_name) = lower(a_town)
ORDER BY round_code, status, metric_code, subgroup_code, value, outcome_id
