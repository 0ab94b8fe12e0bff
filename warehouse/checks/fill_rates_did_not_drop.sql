-- title: No column is filled in 10 points fewer of its rows than in the published warehouse
-- table: projects
-- severity: error
-- needs: previous
-- advice: A parser reads less of the pages, or the site words a heading anew: open one page that lost the value. Three
--   lost cells are always needed, so that one page does not stop a small table
SELECT
  table_name, column_name,
  round(100.0 * previous_filled / previous_rows, 1) AS previous_percent,
  round(100.0 * filled / rows, 1) AS percent,
  rows
FROM fill_rates
WHERE rows > 0 AND previous_rows > 0
  AND previous_filled / previous_rows - filled / rows > 0.10
  AND rows * previous_filled / previous_rows - filled > 2
ORDER BY table_name, column_name
