-- title: Which projects work for a group of people
-- row: One project that names the target group
-- call: projects_for(a_target_group)
-- example: FROM projects_for('single_parents')
-- given_a_target_group: Code of the target group (table target_groups)
-- .project_id: The project
-- .title: Title of the project
-- .municipality_name: Official name of the municipality
-- .round_code: Funding round
-- .label_as_written: The target group as the page writes it
-- .url: Address of the project's page
SELECT
  p.project_id,
  p.title,
  p.municipality_name,
  p.round_code,
  g.label_as_written,
  d.url
FROM project_target_groups g
JOIN projects p ON p.project_id = g.project_id
JOIN documents d ON d.document_id = p.document_id
WHERE g.target_group_code = a_target_group
ORDER BY p.round_code, p.municipality_name, p.project_id
