-- title: Runtimes overlap their funding round
-- table: projects
-- severity: warn
-- advice: Round or runtime of the page is wrong, or was read wrong: compare both on the page
SELECT p.project_id, p.round_code, p.start_date, p.end_date, r.start_date AS round_start, r.end_date AS round_end
FROM projects p
JOIN rounds r ON r.code = p.round_code
WHERE p.start_date > r.end_date OR p.end_date < r.start_date
ORDER BY p.project_id
