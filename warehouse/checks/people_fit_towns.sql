-- title: No outcome counts more people than its town has
-- table: outcomes
-- severity: warn
-- advice: A number was read wrong or belongs to a larger place: see its passage with `biwaq why outcomes KEY value`. The
--   figure stays as it was told; its page has an issue of kind above_population
SELECT o.outcome_id, o.municipality_name, o.metric_code, o.status, o.value, m.population
FROM outcomes o
JOIN municipalities m ON m.ags = o.ags AND m.code = m.ags
WHERE o.unit = 'persons' AND o.value > m.population
ORDER BY o.outcome_id
