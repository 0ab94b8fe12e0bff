-- title: An area has no more people than its town, or the figure is marked implausible
-- table: area_stats
-- severity: error
-- advice: The rule for plausibility missed a figure: see both passages with `biwaq why area_stats`
SELECT a.project_id, a.indicator_code, a.value AS area_value, c.value AS city_value
FROM area_stats a
JOIN area_stats c ON c.project_id = a.project_id AND c.indicator_code = a.indicator_code AND c.scope = 'city'
WHERE a.scope = 'area' AND a.unit IN ('persons', 'ha') AND a.value > c.value
  AND a.plausibility IS DISTINCT FROM 'implausible' AND c.plausibility IS DISTINCT FROM 'implausible'
ORDER BY a.project_id, a.indicator_code
