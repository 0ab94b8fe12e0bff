-- title: Who works with a body
-- row: One partner of each body one of whose spellings contains the words; case does not matter
-- call: partners_of(a_name)
-- example: FROM partners_of('jobcenter duisburg')
-- given_a_name: Words of the name, as any page spells it
-- .organisation_name: The body that was found
-- .partner_name: A body it works with
-- .n_projects: Projects they share
-- .n_rounds: Funding rounds they share
-- .rounds: Those rounds, in order
-- .projects: Those projects
SELECT
  organisation_name,
  partner_name,
  n_projects,
  n_rounds,
  rounds,
  projects
FROM v_partners
WHERE organisation_id IN (
  SELECT n.organisation_id FROM organisation_names n WHERE contains(lower(n.name_as_written), lower(a_name))
  UNION
  SELECT o.organisation_id FROM organisations o WHERE contains(lower(o.name), lower(a_name))
)
ORDER BY organisation_name, n_projects DESC, partner_name
