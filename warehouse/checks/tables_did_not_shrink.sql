-- title: No table lost more than 15 % of its rows since the published warehouse
-- table: projects
-- severity: error
-- needs: previous
-- advice: Find out what is missing (`biwaq diff`). Pages gone, a source left out, or a parser that reads less?
SELECT table_name, previous_rows, rows, round(100.0 * (previous_rows - rows) / previous_rows, 1) AS lost_percent
FROM row_counts
WHERE rows < 0.85 * previous_rows
ORDER BY table_name
