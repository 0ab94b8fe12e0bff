-- title: Agreement says what the sources say
-- table: outcomes
-- severity: error
-- advice: single needs one origin, corroborated two or more; a contradicted figure needs another figure for the same
--   place, metric, group of people and status
SELECT o.outcome_id, o.agreement, o.n_independent_sources, o.value
FROM outcomes o
WHERE (o.agreement = 'single' AND o.n_independent_sources > 1)
  OR (o.agreement = 'corroborated' AND o.n_independent_sources < 2)
  OR (o.agreement = 'contradicted' AND NOT EXISTS (
    SELECT 1
    FROM outcomes x
    WHERE x.outcome_id <> o.outcome_id AND x.agreement = 'contradicted' AND x.value <> o.value
      AND x.municipality_name IS NOT DISTINCT FROM o.municipality_name
      AND x.metric_code = o.metric_code AND x.subgroup_code = o.subgroup_code AND x.status = o.status
  ))
ORDER BY o.outcome_id
