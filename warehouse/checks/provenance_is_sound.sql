-- title: A cell has one passage, read from a known page and a known snapshot of it
-- table: provenance
-- severity: error
-- advice: Harmonising gave a cell two passages, or one of a page or snapshot that is not in the warehouse
WITH twice AS (  -- as 8 bytes each: a million cells as texts take 200 MB
  SELECT hash(table_name, row_key, column_name) AS cell FROM provenance GROUP BY cell HAVING count(*) > 1
)
SELECT p.table_name, p.row_key, p.column_name, count(*) AS times, count(s.snapshot_id) AS known_snapshots
FROM provenance p
LEFT JOIN snapshots s ON s.snapshot_id = p.snapshot_id AND s.document_id = p.document_id
WHERE s.snapshot_id IS NULL OR hash(p.table_name, p.row_key, p.column_name) IN (SELECT cell FROM twice)
GROUP BY ALL
HAVING count(*) > 1 OR count(s.snapshot_id) = 0
ORDER BY ALL
