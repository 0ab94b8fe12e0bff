-- title: No source lost more than 15 % of its pages since the published warehouse
-- table: documents
-- severity: error
-- needs: previous
-- advice: Open some of the lost pages by hand. A site that was rebuilt answers 404 at its old addresses: mend the source
--   file first, nothing is lost meanwhile. Two lost pages are always allowed; a page that moved is not lost
WITH found AS (
  SELECT d.url FROM documents d WHERE d.snapshot_id IS NOT NULL AND d.gone_since IS NULL
  UNION
  SELECT a.url
  FROM document_aliases a
  JOIN documents d USING (document_id)
  WHERE d.snapshot_id IS NOT NULL AND d.gone_since IS NULL
), standing AS (
  SELECT p.source_id, p.url, f.url IS NULL AS is_lost
  FROM previous.documents p
  LEFT JOIN found f USING (url)
  WHERE p.snapshot_id IS NOT NULL AND p.gone_since IS NULL
)
SELECT
  source_id,
  count(*) AS previous_pages,
  count(*) FILTER (is_lost) AS lost,
  round(100.0 * count(*) FILTER (is_lost) / count(*), 1) AS lost_percent,
  min(url) FILTER (is_lost) AS first_lost
FROM standing
GROUP BY source_id
HAVING count(*) FILTER (is_lost) > greatest(2, 0.15 * count(*))
ORDER BY source_id
