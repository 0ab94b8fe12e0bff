-- title: The newest crawl of every source saw everything
-- table: crawls
-- severity: warn
-- advice: The pager was not walked to its end, or its count differs from what the site prints: nothing is taken for gone
--   from this crawl. Look at the listing and at the failures of the run
SELECT run_id, source_id, started_at, listed, listing_total, failed
FROM crawls
QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY started_at DESC, run_id DESC) = 1 AND NOT is_complete
ORDER BY source_id
