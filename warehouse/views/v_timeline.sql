-- title: Projects of a town over the rounds
-- row: One project in its project line, the earliest first
-- .project_line_id: The line: projects of one town and its areas over the rounds
-- .line_label: Name of the line
-- .municipality_name: Official name of the municipality
-- .step: Place in the line, counted from 1
-- .n_projects: Projects of the line
-- .project_id: The project
-- .title: Title of the project
-- .round_code: Funding round
-- .start_date: First day of the runtime
-- .end_date: Last day of the runtime
-- .runtime_precision: How exact the runtime is
-- .days_since_previous: Days between the end of the project before and this start; negative where they overlap
SELECT
  l.project_line_id,
  l.label AS line_label,
  l.municipality_name,
  row_number() OVER line AS step,
  l.n_projects,
  p.project_id,
  p.title,
  p.round_code,
  p.start_date,
  p.end_date,
  p.runtime_precision,
  date_diff('day', lag(p.end_date) OVER line, p.start_date) AS days_since_previous
FROM project_lines l
JOIN projects p USING (project_line_id)
LEFT JOIN rounds r ON r.code = p.round_code
WINDOW line AS (
  PARTITION BY l.project_line_id ORDER BY p.start_date NULLS LAST, r.position NULLS LAST, p.project_id
)
ORDER BY l.project_line_id, step
