-- title: No source's data are older than in the published warehouse
-- table: sources
-- severity: error
-- needs: previous
-- advice: Records of the last nights are missing from this build: look whether files of the records folder are gone and
--   make them again with `biwaq reparse`. The time is the data's own, so a clock set back does not matter
SELECT p.source_id, p.data_as_of AS previous_data_as_of, s.data_as_of
FROM previous.sources p
JOIN sources s ON s.source_id = p.source_id
WHERE p.data_as_of IS NOT NULL AND (s.data_as_of IS NULL OR s.data_as_of < p.data_as_of)
ORDER BY p.source_id
