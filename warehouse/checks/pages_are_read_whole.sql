-- title: Of every page as much is read as of its kind always was
-- table: snapshots
-- severity: warn
-- advice: Open the page: what stands there that no field takes? Its unclaimed headings say where. New section or label:
--   add it to the parser. Text that a second parser sees: mend parsers/html.py. Floors: warehouse/codes/page_types.toml
SELECT
  d.source_id, d.url, s.coverage, p.coverage_floor, s.text_loss, p.text_loss_limit, s.unclaimed
FROM documents d
JOIN snapshots s USING (snapshot_id)
JOIN page_types p ON p.code = d.page_type
WHERE d.gone_since IS NULL AND (s.coverage < p.coverage_floor OR s.text_loss > p.text_loss_limit)
ORDER BY d.source_id, s.coverage, d.url
