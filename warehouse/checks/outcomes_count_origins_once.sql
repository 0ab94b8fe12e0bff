-- title: Outcomes count documents and independent sources as their claims do
-- table: outcomes
-- severity: error
-- advice: The join of claims to outcomes is wrong: copies of one release count once, and so do articles of one publisher
WITH voices AS (
  SELECT DISTINCT c.outcome_id, c.document_id, c.origin_id, d.publisher
  FROM outcome_claims c
  JOIN documents d USING (document_id)
), pairs AS (
  SELECT DISTINCT a.outcome_id
  FROM voices a
  JOIN voices b ON b.outcome_id = a.outcome_id AND b.origin_id <> a.origin_id AND b.publisher <> a.publisher
)
SELECT
  o.outcome_id,
  o.n_documents,
  count(DISTINCT v.document_id) AS documents,
  o.n_independent_sources,
  count(DISTINCT v.origin_id) AS origins,
  count(DISTINCT v.publisher) AS publishers
FROM outcomes o
LEFT JOIN voices v USING (outcome_id)
GROUP BY o.outcome_id, o.n_documents, o.n_independent_sources
HAVING o.n_documents <> documents
  OR o.n_independent_sources > least(origins, publishers)
  OR (o.n_independent_sources > 1) <> (o.outcome_id IN (SELECT outcome_id FROM pairs))
ORDER BY o.outcome_id
