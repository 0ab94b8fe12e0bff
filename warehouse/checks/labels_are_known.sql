-- title: At most 20 % of a list's labels have no code
-- table: project_target_groups
-- severity: error
-- advice: The site words its labels anew, or the parser reads another box: add the labels to warehouse/codes, or mend
--   the parser. Two unknown labels are always allowed
WITH labels AS (
  SELECT 'project_target_groups' AS table_name, label_as_written AS label, target_group_code AS code
  FROM project_target_groups
  UNION ALL SELECT 'project_action_fields', label_as_written, action_field_code FROM project_action_fields
  UNION ALL SELECT 'projects.round', round_as_written, round_code FROM projects WHERE round_as_written IS NOT NULL
  UNION ALL SELECT 'projects.state', state_as_written, state_code FROM projects WHERE state_as_written IS NOT NULL
  UNION ALL
  SELECT 'projects.esf_region', esf_region_as_written, esf_region_code
  FROM projects WHERE esf_region_as_written IS NOT NULL
)
SELECT
  table_name,
  count(*) AS labels,
  count(*) FILTER (code IS NULL) AS unknown,
  string_agg(DISTINCT label, ' | ' ORDER BY label) FILTER (code IS NULL) AS unknown_labels
FROM labels
GROUP BY table_name
HAVING count(*) FILTER (code IS NULL) > greatest(2, 0.2 * count(*))
ORDER BY table_name
