-- title: What changed last night
-- row: One thing that the newest crawl brought: a value that a page changed, a page that is new, or one that is gone. After
--   the first night every page is new
-- .what: value_changed, page_new or page_gone
-- .seen_at: When it was seen (UTC)
-- .page_title: Title of the page
-- .url: Address of the page
-- .table_name: Table of a changed value
-- .row_key: Key of its row: the key columns in their order, joined by |
-- .column_name: Column of a changed value
-- .old_value: Value before
-- .new_value: Value after
-- .source_id: Source of the page
-- .document_id: The page
WITH newest AS (
  SELECT min(started_at) AS began FROM crawls
  WHERE run_id = (SELECT run_id FROM crawls ORDER BY started_at DESC, run_id DESC LIMIT 1)
), seen AS (
  SELECT 'value_changed' AS what, seen_at, document_id, table_name, row_key, column_name, old_value, new_value
  FROM changes
  UNION ALL
  SELECT 'page_new', first_seen, document_id, NULL, NULL, NULL, NULL, NULL FROM documents
  UNION ALL
  SELECT 'page_gone', gone_since, document_id, NULL, NULL, NULL, NULL, NULL FROM documents WHERE gone_since IS NOT NULL
)
SELECT
  s.what,
  s.seen_at,
  d.title AS page_title,
  d.url,
  s.table_name,
  s.row_key,
  s.column_name,
  s.old_value,
  s.new_value,
  d.source_id,
  s.document_id
FROM seen s
JOIN newest n ON s.seen_at >= n.began
JOIN documents d USING (document_id)
ORDER BY array_position(['value_changed', 'page_new', 'page_gone'], s.what), d.url, s.table_name, s.row_key,
  s.column_name
