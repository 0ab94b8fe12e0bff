-- title: The warehouse is not empty
-- table: documents
-- severity: error
-- advice: No page gave a record. Look at the crawls and issues of this run; an empty night is a failure, not a success
SELECT 'no document has a good version' AS problem
WHERE NOT EXISTS (SELECT 1 FROM documents WHERE snapshot_id IS NOT NULL)
