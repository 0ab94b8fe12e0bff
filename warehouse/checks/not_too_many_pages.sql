-- title: No source has more good pages than expected
-- table: documents
-- severity: warn
-- advice: Look whether the source follows links it should not, or one page has several addresses; else raise
--   expect.max_pages in the source file
SELECT e.source_id, e.max_pages, count(*) AS good_pages
FROM expected_sources e
JOIN good_pages g ON g.source_id = e.source_id
GROUP BY e.source_id, e.max_pages
HAVING count(*) > e.max_pages
ORDER BY e.source_id
