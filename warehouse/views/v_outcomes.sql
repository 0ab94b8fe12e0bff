-- title: Outcome figures with their sources
-- row: One outcome figure: what, where, how much, and who says so. Groups of people overlap: never add them up
-- .outcome_id: The outcome
-- .municipality_name: Official name of the municipality; null where no town is told
-- .project_line_id: Project line it belongs to
-- .round_code: Funding round
-- .metric_code: What is counted
-- .metric_label: What is counted, in German
-- .subgroup_code: Group of people it is about
-- .subgroup_label: Group of people, in German
-- .status: Result (achieved) or plan (planned)
-- .value: The figure
-- .unit: Its unit
-- .qualifiers: How exact the texts say it is
-- .since: Day from which it counts
-- .as_of: Day up to which it counts
-- .n_documents: Documents that give it
-- .n_independent_sources: Sources that give it: copies of one release count once, and so do articles of one publisher
-- .agreement: single, corroborated or contradicted
-- .publishers: Who published it, by name
-- .first_publisher: Who published it first
-- .first_url: Address of that document
-- .urls: Addresses of those documents
-- .quotes: Passages that say it
SELECT
  o.outcome_id,
  o.municipality_name,
  o.project_line_id,
  o.round_code,
  o.metric_code,
  m.label_de AS metric_label,
  o.subgroup_code,
  g.label_de AS subgroup_label,
  o.status,
  o.value,
  o.unit,
  string_agg(DISTINCT c.qualifier, ', ' ORDER BY c.qualifier) AS qualifiers,
  o.since,
  o.as_of,
  o.n_documents,
  o.n_independent_sources,
  o.agreement,
  coalesce(list(DISTINCT d.publisher ORDER BY d.publisher) FILTER (d.publisher IS NOT NULL), []) AS publishers,
  f.publisher AS first_publisher,
  f.url AS first_url,
  coalesce(list(DISTINCT d.url ORDER BY d.url) FILTER (d.url IS NOT NULL), []) AS urls,
  coalesce(list(DISTINCT c.quote ORDER BY c.quote) FILTER (c.quote IS NOT NULL), []) AS quotes
FROM outcomes o
JOIN metrics m ON m.code = o.metric_code
JOIN subgroups g ON g.code = o.subgroup_code
LEFT JOIN outcome_claims c USING (outcome_id)
LEFT JOIN documents d ON d.document_id = c.document_id
LEFT JOIN documents f ON f.document_id = o.first_document_id
GROUP BY ALL
ORDER BY o.municipality_name, o.status, o.metric_code, o.subgroup_code, o.since, o.value, o.outcome_id
