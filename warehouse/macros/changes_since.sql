-- title: What pages changed since a day
-- row: One value that a page changed, the newest first
-- call: changes_since(a_day)
-- example: FROM changes_since('2025-11-01')
-- given_a_day: The first day to look at, e.g. '2026-11-01' (UTC)
-- .seen_at: When the new value was fetched first (UTC)
-- .page_title: Title of the page
-- .table_name: Table of the cell
-- .row_key: Key of its row
-- .column_name: Column of the cell
-- .old_value: Value before, as text
-- .new_value: Value after, as text
-- .url: Address of the page
SELECT
  c.seen_at,
  d.title AS page_title,
  c.table_name,
  c.row_key,
  c.column_name,
  c.old_value,
  c.new_value,
  d.url
FROM changes c
JOIN documents d ON d.document_id = c.document_id
WHERE c.seen_at >= CAST(a_day AS DATE)
ORDER BY c.seen_at DESC, c.table_name, c.row_key, c.column_name
