-- title: Where a value comes from
-- row: One passage of one page that a cell was read from; a value that rules worked out alone has none. An outcome shows the
--   passages of all its claims
-- call: why(a_table, a_key, a_column)
-- example: FROM why('area_stats', 'iii-duisburg|sgb2_rate|area', 'value')
-- given_a_table: Name of the table
-- given_a_key: Key of the row: its key columns in their order, joined by |
-- given_a_column: Name of the column
-- .document_id: The page
-- .url: Address of the page
-- .publisher: Who publishes it
-- .fetched_at: When the page was fetched (UTC)
-- .locator: Where on the page: headings and labels, or characters from-to
-- .quote: The passage
-- .rule: Rule that made the value of it
-- .archive_file: WARC file under archive/ that holds the page as it was received
-- .archive_offset: Where its record begins in that file, in bytes
SELECT
  d.document_id,
  d.url,
  d.publisher,
  s.fetched_at,
  p.locator,
  p.quote,
  p.rule,
  s.archive_file,
  s.archive_offset
FROM provenance p
JOIN documents d ON d.document_id = p.document_id
JOIN snapshots s ON s.snapshot_id = p.snapshot_id
WHERE p.column_name = a_column AND (
  (p.table_name = a_table AND p.row_key = a_key)
  OR (
    a_table = 'outcomes' AND p.table_name = 'outcome_claims'
    AND p.row_key IN (SELECT claim_id FROM outcome_claims WHERE outcome_id = a_key)
  )
)
ORDER BY s.fetched_at, d.url, p.row_key
