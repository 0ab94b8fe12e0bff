-- title: Everything a row was read from
-- row: One cell of the row that a page states, with its passage
-- call: evidence_of(a_table, a_key)
-- example: FROM evidence_of('projects', 'iii-duisburg')
-- given_a_table: Name of the table
-- given_a_key: Key of the row: its key columns in their order, joined by |
-- .column_name: Column of the cell
-- .quote: The passage
-- .locator: Where on the page
-- .rule: Rule that made the value of it
-- .url: Address of the page
-- .fetched_at: When the page was fetched (UTC)
SELECT
  p.column_name,
  p.quote,
  p.locator,
  p.rule,
  d.url,
  s.fetched_at
FROM provenance p
JOIN documents d ON d.document_id = p.document_id
JOIN snapshots s ON s.snapshot_id = p.snapshot_id
WHERE p.table_name = a_table AND p.row_key = a_key
ORDER BY p.column_name
