-- title: No source has more than a share of pages that are read less than their kind always was
-- table: snapshots
-- severity: error
-- advice: The site changed its markup, or a parser reads less than before: open the worst page, mend the parser, then
--   `biwaq reparse`. One such page a source is always allowed; the share stands in warehouse/codes/page_types.toml
WITH pages AS (
  SELECT
    d.source_id, d.url, s.coverage, s.text_loss, p.pages_below_limit,
    coalesce(s.coverage < p.coverage_floor, false) OR coalesce(s.text_loss > p.text_loss_limit, false) AS is_below
  FROM documents d
  JOIN snapshots s USING (snapshot_id)
  JOIN page_types p ON p.code = d.page_type
  WHERE d.gone_since IS NULL
)
SELECT
  source_id,
  count(*) AS pages,
  count(*) FILTER (is_below) AS below,
  max(pages_below_limit) AS allowed_share,
  min(coverage) AS lowest_coverage,
  max(text_loss) AS highest_text_loss,
  arg_min(url, coverage - coalesce(text_loss, 0)) AS worst_page
FROM pages
GROUP BY source_id
HAVING count(*) FILTER (is_below) > greatest(1, max(pages_below_limit) * count(*))
ORDER BY source_id
