-- title: What projects achieved, who says so, and whether that is independent
-- row: One outcome figure of one project, with those who say it. Groups of people overlap: never add them up. Figures of a
--   town and period that fit no project of the data are in v_outcomes only
-- .project_id: The project
-- .project_title: Its title
-- .municipality_name: Official name of the municipality
-- .round_code: Funding round
-- .status: Result (achieved) or plan (planned)
-- .metric_code: What is counted
-- .metric_label: What is counted, in German
-- .subgroup_code: Group of people it is about
-- .subgroup_label: Group of people, in German
-- .value: The figure
-- .unit: Its unit
-- .since: Day from which it counts
-- .as_of: Day up to which it counts
-- .said_by: Publishers that say it, by name
-- .kinds_of_pages: Kinds of pages that say it, in German
-- .n_documents: Documents that give it
-- .n_independent_sources: Sources that give it: copies of one release count once, and so do articles of one publisher
-- .is_confirmed: Whether two independent sources or more give this value
-- .agreement: single, corroborated or contradicted
-- .quote: The first passage that says it
-- .outcome_id: The outcome
SELECT
  p.project_id,
  p.title AS project_title,
  p.municipality_name,
  p.round_code,
  o.status,
  o.metric_code,
  m.label_de AS metric_label,
  o.subgroup_code,
  g.label_de AS subgroup_label,
  o.value,
  o.unit,
  o.since,
  o.as_of,
  coalesce(list(DISTINCT d.publisher ORDER BY d.publisher) FILTER (d.publisher IS NOT NULL), []) AS said_by,
  list(DISTINCT t.label_de ORDER BY t.label_de) AS kinds_of_pages,
  o.n_documents,
  o.n_independent_sources,
  o.n_independent_sources >= 2 AS is_confirmed,
  o.agreement,
  arg_min(c.quote, c.document_id || c.claim_id) AS quote,
  o.outcome_id
FROM outcome_claims c
JOIN outcomes o USING (outcome_id)
JOIN projects p ON p.project_id = c.project_id
JOIN documents d ON d.document_id = c.document_id
JOIN metrics m ON m.code = o.metric_code
JOIN subgroups g ON g.code = o.subgroup_code
JOIN page_types t ON t.code = d.page_type
GROUP BY ALL
ORDER BY p.project_id, o.status, o.metric_code, o.subgroup_code, o.value, o.outcome_id
