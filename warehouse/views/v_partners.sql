-- title: Who works with whom
-- row: Two organisations that work in at least one project together, over all projects and rounds; categories that are
--   no body ("Schulen", "Unternehmen") are left out; every pair stands
--   here twice, once from each side, so that one WHERE on organisation_name finds all partners of a body
-- .organisation_id: The organisation
-- .organisation_name: Its name
-- .partner_id: The organisation it works with
-- .partner_name: That organisation's name
-- .n_projects: Projects they share
-- .n_rounds: Funding rounds they share
-- .rounds: Those rounds, in order
-- .projects: Those projects
WITH members AS (
  SELECT DISTINCT m.project_id, m.organisation_id, o.name, p.round_code, r.position
  FROM project_organisations m
  JOIN organisations o ON o.organisation_id = m.organisation_id AND o.kind IS DISTINCT FROM 'category'
  JOIN projects p USING (project_id)
  LEFT JOIN rounds r ON r.code = p.round_code
), shared AS (
  SELECT
    a.organisation_id,
    a.name AS organisation_name,
    b.organisation_id AS partner_id,
    b.name AS partner_name,
    count(*) AS n_projects,
    count(DISTINCT a.round_code) AS n_rounds,
    list_sort(list(DISTINCT {'position': a.position, 'code': a.round_code}) FILTER (a.round_code IS NOT NULL)) AS by_round,
    string_agg(a.project_id, ', ' ORDER BY a.position, a.project_id) AS projects
  FROM members a
  JOIN members b ON b.project_id = a.project_id AND b.organisation_id <> a.organisation_id
  GROUP BY a.organisation_id, a.name, b.organisation_id, b.name
)
SELECT
  organisation_id,
  organisation_name,
  partner_id,
  partner_name,
  n_projects,
  n_rounds,
  array_to_string(list_transform(by_round, lambda entry: entry.code), ', ') AS rounds,
  projects
FROM shared
ORDER BY n_projects DESC, organisation_name, partner_name, organisation_id, partner_id
