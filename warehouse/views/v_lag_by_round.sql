-- title: How far quarters lag behind their towns
-- row: One indicator in one funding round: the programme areas beside their towns. Only shares in percent, only pairs
--   where the page gives both figures and neither is implausible; a positive difference means more of it in the area
-- .round_code: Funding round
-- .indicator_code: What is measured
-- .indicator_label: What is measured, in German
-- .n_areas: Areas that have both figures
-- .n_above_town: Areas whose figure is above the town's
-- .median_area: Median of the areas' figures, percent
-- .median_town: Median of the towns' figures, percent
-- .median_difference: Median of area minus town, percentage points
-- .median_ratio: Median of area divided by town
-- .largest_difference: Largest difference, percentage points
-- .largest_in: Town of the largest difference
-- .largest_project_id: Project of the largest difference
SELECT
  g.round_code,
  g.indicator_code,
  g.indicator_label,
  count(*) AS n_areas,
  count(*) FILTER (g.difference > 0) AS n_above_town,
  round(median(g.area_value), 2) AS median_area,
  round(median(g.city_value), 2) AS median_town,
  round(median(g.difference), 2) AS median_difference,
  round(median(g.ratio), 2) AS median_ratio,
  max(g.difference) AS largest_difference,
  arg_max(g.municipality_name, g.difference) AS largest_in,
  arg_max(g.project_id, g.difference) AS largest_project_id
FROM v_area_gap g
LEFT JOIN rounds r ON r.code = g.round_code
JOIN indicators i ON i.code = g.indicator_code
WHERE g.unit = 'percent' AND g.difference IS NOT NULL AND g.plausibility IS DISTINCT FROM 'implausible'
GROUP BY g.round_code, g.indicator_code, g.indicator_label, r.position, i.position
ORDER BY r.position, i.position, g.indicator_code
