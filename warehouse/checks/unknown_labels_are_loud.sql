-- title: Every label without a code has an issue
-- table: issues
-- severity: error
-- advice: Harmonising dropped a label silently: a null code needs an issue on the page with the label as its value
WITH labels AS (
  SELECT project_id, label_as_written AS label FROM project_target_groups WHERE target_group_code IS NULL
  UNION ALL
  SELECT project_id, label_as_written FROM project_action_fields WHERE action_field_code IS NULL
  UNION ALL
  SELECT project_id, round_as_written FROM projects WHERE round_code IS NULL AND round_as_written IS NOT NULL
  UNION ALL
  SELECT project_id, state_as_written FROM projects WHERE state_code IS NULL AND state_as_written IS NOT NULL
  UNION ALL
  SELECT project_id, esf_region_as_written
  FROM projects WHERE esf_region_code IS NULL AND esf_region_as_written IS NOT NULL
)
SELECT l.project_id, l.label
FROM labels l
JOIN projects p USING (project_id)
WHERE NOT EXISTS (SELECT 1 FROM issues i WHERE i.document_id = p.document_id AND i.value = l.label)
ORDER BY l.project_id, l.label
