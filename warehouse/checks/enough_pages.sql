-- title: Every source has at least the good pages it should have
-- table: documents
-- severity: error
-- advice: Open the source's listing by hand. Site changed: mend discovery or parser. Site shrank for good: lower
--   expect.min_pages in the source file
SELECT e.source_id, e.min_pages, count(d.document_id) AS good_pages
FROM expected_sources e
LEFT JOIN documents d ON d.source_id = e.source_id AND d.snapshot_id IS NOT NULL AND d.gone_since IS NULL
GROUP BY e.source_id, e.min_pages
HAVING count(d.document_id) < e.min_pages
ORDER BY e.source_id
