-- title: What changed from round to round of a line
-- row: One organisation or one programme area of a project line, from one of its rounds to the next that it has: did it
--   stay, come, leave or change its role? Categories that are no body ("Schulen") are left out
-- .project_line_id: The line: projects of one town and its areas over the rounds
-- .municipality_name: Official name of the municipality
-- .from_round_code: The round before
-- .to_round_code: The round after; a round in which the line has no project is passed over
-- .subject: organisation or area
-- .subject_id: Key of the organisation in organisations, or of the area in programme_areas
-- .name: Its name
-- .change: stayed, came, left, role_changed (there in both rounds, in other roles), or not_told (named in one round, and
--   the pages of the other name nobody at all in its roles, so that nobody can say)
-- .roles_before: Its roles in the round before, by alphabet; null for an area and where it was not there
-- .roles_after: Its roles in the round after, by alphabet; null for an area and where it is not there
WITH named AS (
  SELECT p.project_line_id, p.round_code, 'organisation' AS subject, m.organisation_id AS subject_id, m.role
  FROM projects p JOIN project_organisations m USING (project_id)
  UNION ALL
  SELECT p.project_line_id, p.round_code, 'area', m.programme_area_id, NULL
  FROM projects p JOIN project_programme_areas m USING (project_id)
), subjects AS (
  SELECT 'organisation' AS subject, organisation_id AS subject_id, name
  FROM organisations WHERE kind IS DISTINCT FROM 'category'
  UNION ALL
  SELECT 'area', programme_area_id, name FROM programme_areas
), present AS (
  SELECT
    n.project_line_id, n.round_code, n.subject, n.subject_id, s.name,
    list_sort(list(DISTINCT coalesce(n.role, 'area'))) AS roles
  FROM named n JOIN subjects s USING (subject, subject_id)
  GROUP BY ALL
), told AS (
  SELECT project_line_id, round_code, list(DISTINCT coalesce(role, 'area')) AS roles FROM named GROUP BY ALL
), steps AS (
  SELECT
    project_line_id,
    lag(round_code) OVER (PARTITION BY project_line_id ORDER BY r.position) AS from_round_code,
    round_code AS to_round_code
  FROM (SELECT DISTINCT project_line_id, round_code FROM projects WHERE project_line_id IS NOT NULL) p
  JOIN rounds r ON r.code = p.round_code
), before AS (
  SELECT s.*, p.subject, p.subject_id, p.name, p.roles
  FROM steps s JOIN present p ON p.project_line_id = s.project_line_id AND p.round_code = s.from_round_code
), after AS (
  SELECT s.*, p.subject, p.subject_id, p.name, p.roles
  FROM steps s JOIN present p ON p.project_line_id = s.project_line_id AND p.round_code = s.to_round_code
  WHERE s.from_round_code IS NOT NULL
)
SELECT
  project_line_id,
  l.municipality_name,
  from_round_code,
  to_round_code,
  subject,
  subject_id,
  coalesce(after.name, before.name) AS name,
  CASE
    WHEN before.name IS NULL THEN if(list_has_any(coalesce(was.roles, []), after.roles), 'came', 'not_told')
    WHEN after.name IS NULL THEN if(list_has_any(coalesce(is_now.roles, []), before.roles), 'left', 'not_told')
    WHEN before.roles <> after.roles THEN 'role_changed'
    ELSE 'stayed'
  END AS change,
  if(subject = 'area', NULL, array_to_string(before.roles, ', ')) AS roles_before,
  if(subject = 'area', NULL, array_to_string(after.roles, ', ')) AS roles_after
FROM before
FULL JOIN after USING (project_line_id, from_round_code, to_round_code, subject, subject_id)
JOIN project_lines l USING (project_line_id)
JOIN rounds r ON r.code = to_round_code
LEFT JOIN told was ON was.project_line_id = l.project_line_id AND was.round_code = from_round_code
LEFT JOIN told is_now ON is_now.project_line_id = l.project_line_id AND is_now.round_code = to_round_code
ORDER BY l.project_line_id, r.position, subject, change, name, subject_id
