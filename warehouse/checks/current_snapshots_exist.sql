-- title: The current snapshot of a document is one of its own
-- table: documents
-- severity: error
-- advice: Harmonising linked a document to a snapshot of another page, or to none
SELECT d.document_id, d.snapshot_id
FROM documents d
LEFT JOIN snapshots s ON s.snapshot_id = d.snapshot_id AND s.document_id = d.document_id AND s.has_record
WHERE d.snapshot_id IS NOT NULL AND s.snapshot_id IS NULL
ORDER BY d.document_id
