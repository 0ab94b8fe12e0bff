-- title: Every live source was seen in the last two days before the build
-- table: sources
-- severity: warn
-- advice: The source's pages were not reached: look at its crawls and at the site. The data shown are its last good ones
SELECT e.source_id, s.data_as_of, (SELECT max(started_at) FROM runs) AS built_at
FROM expected_sources e
LEFT JOIN sources s ON s.source_id = e.source_id
WHERE e.is_live -- captures are old by nature
  AND (s.data_as_of IS NULL OR s.data_as_of < (SELECT max(started_at) FROM runs) - INTERVAL 2 DAY)
ORDER BY e.source_id
