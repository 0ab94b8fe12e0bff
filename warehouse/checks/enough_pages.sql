-- title: Every source has at least the good pages it should have
-- table: documents
-- severity: error
-- advice: Open the source's listing by hand. Site changed: mend discovery or parser. Site shrank for good: lower
--   expect.min_pages in the source file
SELECT e.source_id, e.min_pages, count(g.document_id) AS good_pages
FROM expected_sources e
LEFT JOIN good_pages g ON g.source_id = e.source_id
GROUP BY e.source_id, e.min_pages
HAVING count(g.document_id) < e.min_pages
ORDER BY e.source_id
