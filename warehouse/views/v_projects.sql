-- title: Projects at a glance
-- row: One readable row a project: where, when, who, for whom
-- .project_id: The project
-- .title: Title of the project
-- .municipality_name: Official name of the municipality
-- .state_name: Federal state, in German
-- .round_code: Funding round
-- .round_label: Funding round as a reader knows it, in German
-- .start_date: First day of the runtime
-- .end_date: Last day of the runtime
-- .runtime_precision: How exact the runtime is: day, month or year
-- .programme_areas: Programme areas as written, in the page's order
-- .action_fields: Action fields, in German; a label without code as written
-- .target_groups: Target groups, in German; a label without code as written
-- .lead: Lead organisation or organisations
-- .n_partners: Project partners; a body that the page names twice counts once
-- .n_cooperation_partners: Further cooperation partners
-- .project_line_id: Line of projects of this town
-- .url: Address of the page the project was read from
-- .first_seen: When that page was seen first (UTC)
-- .last_seen: When that page was seen last (UTC)
-- .is_gone: Whether the site proved that the page is gone; its last good data stay
-- .gone_since: When it proved that (UTC); null while the page is there
WITH areas AS (
  SELECT project_id, string_agg(name, ', ' ORDER BY position) AS programme_areas
  FROM project_programme_areas GROUP BY project_id
), fields AS (
  SELECT f.project_id, string_agg(coalesce(c.label_de, f.label_as_written), ', ' ORDER BY f.position) AS action_fields
  FROM project_action_fields f LEFT JOIN action_fields c ON c.code = f.action_field_code GROUP BY f.project_id
), groups AS (
  SELECT g.project_id, string_agg(coalesce(c.label_de, g.label_as_written), ', ' ORDER BY g.position) AS target_groups
  FROM project_target_groups g LEFT JOIN target_groups c ON c.code = g.target_group_code GROUP BY g.project_id
), bodies AS (
  SELECT
    p.project_id,
    string_agg(coalesce(o.name, p.name_as_written), ', ' ORDER BY p.position) FILTER (p.role = 'lead') AS lead,
    count(DISTINCT coalesce(p.organisation_id, p.name_as_written)) FILTER (p.role = 'partner') AS n_partners,
    count(DISTINCT coalesce(p.organisation_id, p.name_as_written)) FILTER (p.role = 'cooperation')
      AS n_cooperation_partners
  FROM project_organisations p LEFT JOIN organisations o USING (organisation_id) GROUP BY p.project_id
)
SELECT
  p.project_id,
  p.title,
  p.municipality_name,
  s.label_de AS state_name,
  p.round_code,
  r.label_de AS round_label,
  p.start_date,
  p.end_date,
  p.runtime_precision,
  areas.programme_areas,
  fields.action_fields,
  groups.target_groups,
  bodies.lead,
  coalesce(bodies.n_partners, 0) AS n_partners,
  coalesce(bodies.n_cooperation_partners, 0) AS n_cooperation_partners,
  p.project_line_id,
  d.url,
  p.first_seen,
  p.last_seen,
  d.gone_since IS NOT NULL AS is_gone,
  d.gone_since
FROM projects p
JOIN documents d USING (document_id)
LEFT JOIN states s ON s.code = p.state_code
LEFT JOIN rounds r ON r.code = p.round_code
LEFT JOIN areas ON areas.project_id = p.project_id
LEFT JOIN fields ON fields.project_id = p.project_id
LEFT JOIN groups ON groups.project_id = p.project_id
LEFT JOIN bodies ON bodies.project_id = p.project_id
ORDER BY p.project_id
