-- title: Every project has a municipality key, or an issue that says why not
-- table: projects
-- severity: error
-- advice: Harmonising lost a place silently: a project without ags needs an issue on its page for the field municipality
SELECT p.project_id, p.municipality_as_written, p.document_id
FROM projects p
WHERE p.ags IS NULL
  AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.document_id = p.document_id AND i.field = 'municipality')
ORDER BY p.project_id
