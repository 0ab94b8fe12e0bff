-- title: The gap between quarter and town
-- row: One indicator of one project: the programme area beside its town. Where a page gives only one of the two,
--   the other is null, and with it difference and ratio
-- .project_id: The project
-- .municipality_name: Official name of the municipality
-- .round_code: Funding round
-- .indicator_code: What is measured
-- .indicator_label: What is measured, in German
-- .unit: Unit of both figures
-- .city_value: Figure of the whole town
-- .area_value: Figure of the programme area
-- .difference: Area minus town; percentage points where the unit is percent
-- .ratio: Area divided by town
-- .plausibility: implausible if either figure is, ok if every figure there is was found plausible, else null
-- .plausibility_reason: Why a figure is taken for implausible
-- .city_as_of: Day the town's figure is of
-- .area_as_of: Day the area's figure is of
-- .source_note: Source that the page names
SELECT
  a.project_id,
  p.municipality_name,
  p.round_code,
  a.indicator_code,
  i.label_de AS indicator_label,
  any_value(a.unit) AS unit,
  max(a.value) FILTER (a.scope = 'city') AS city_value,
  max(a.value) FILTER (a.scope = 'area') AS area_value,
  round(max(a.value) FILTER (a.scope = 'area') - max(a.value) FILTER (a.scope = 'city'), 6) AS difference,
  round(max(a.value) FILTER (a.scope = 'area') / nullif(max(a.value) FILTER (a.scope = 'city'), 0), 6) AS ratio,
  CASE
    WHEN bool_or(a.plausibility = 'implausible') THEN 'implausible'
    WHEN bool_and(a.plausibility IS NOT DISTINCT FROM 'ok') THEN 'ok'
  END AS plausibility,
  string_agg(a.plausibility_reason, '; ' ORDER BY a.scope) AS plausibility_reason,
  max(a.as_of) FILTER (a.scope = 'city') AS city_as_of,
  max(a.as_of) FILTER (a.scope = 'area') AS area_as_of,
  string_agg(DISTINCT a.source_note, '; ' ORDER BY a.source_note) AS source_note
FROM area_stats a
JOIN projects p USING (project_id)
JOIN indicators i ON i.code = a.indicator_code
GROUP BY a.project_id, p.municipality_name, p.round_code, a.indicator_code, i.label_de, i.position
ORDER BY a.project_id, i.position, a.indicator_code
