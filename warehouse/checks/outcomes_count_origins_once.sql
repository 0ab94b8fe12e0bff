-- title: Outcomes count documents and origins as their claims do
-- table: outcomes
-- severity: error
-- advice: The join of claims to outcomes is wrong: copies of one release must count as one independent source
SELECT
  o.outcome_id,
  o.n_documents,
  count(DISTINCT c.document_id) AS documents,
  o.n_independent_sources,
  count(DISTINCT c.origin_id) AS origins
FROM outcomes o
LEFT JOIN outcome_claims c USING (outcome_id)
GROUP BY o.outcome_id, o.n_documents, o.n_independent_sources
HAVING o.n_documents <> count(DISTINCT c.document_id) OR o.n_independent_sources <> count(DISTINCT c.origin_id)
ORDER BY o.outcome_id
