-- title: Municipality keys stand in the list of municipalities
-- table: municipalities
-- severity: error
-- advice: A key was made up or the list is too old: bring warehouse/reference/municipalities.csv up to date
WITH keys AS (
  SELECT 'projects' AS table_name, project_id AS row_key, ags FROM projects
  UNION ALL SELECT 'project_lines', project_line_id, ags FROM project_lines
  UNION ALL SELECT 'programme_areas', programme_area_id, ags FROM programme_areas
  UNION ALL SELECT 'organisations', organisation_id, ags FROM organisations
  UNION ALL SELECT 'document_places', document_id, ags FROM document_places
  UNION ALL SELECT 'outcomes', outcome_id, ags FROM outcomes
  UNION ALL SELECT 'outcome_claims', claim_id, ags FROM outcome_claims
)
SELECT table_name, row_key, keys.ags
FROM keys
WHERE keys.ags IS NOT NULL AND keys.ags NOT IN (SELECT m.ags FROM municipalities m WHERE m.ags IS NOT NULL)
ORDER BY table_name, row_key
