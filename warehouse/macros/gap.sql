-- title: How far each quarter lags behind its town
-- row: One programme area beside its town, the widest gap first; pairs without both figures and implausible ones are left
--   out (v_area_gap has them)
-- call: gap(an_indicator)
-- example: FROM gap('sgb2_rate')
-- given_an_indicator: Code of the indicator: sgb2_rate, unemployment_rate, migration_share, inhabitants or area_ha
-- .municipality_name: Official name of the municipality
-- .round_code: Funding round
-- .town: Figure of the whole town
-- .area: Figure of the programme area
-- .difference: Area minus town; percentage points where the unit is percent
-- .ratio: Area divided by town
-- .unit: Unit of both figures
-- .as_of: Day the area's figure is of
-- .project_id: The project
SELECT
  municipality_name,
  round_code,
  city_value AS town,
  area_value AS area,
  difference,
  ratio,
  unit,
  area_as_of AS as_of,
  project_id
FROM v_area_gap
WHERE indicator_code = an_indicator AND difference IS NOT NULL AND plausibility IS DISTINCT FROM 'implausible'
ORDER BY difference DESC, municipality_name, project_id
