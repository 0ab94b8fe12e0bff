-- title: Runtimes fit the programme
-- table: projects
-- severity: error
-- advice: A date was read wrong: see it with `biwaq why projects KEY start_date`. The programme began in 2008; no
--   project ran for more than eight years
SELECT project_id, start_date, end_date, runtime_as_written
FROM projects
WHERE start_date < DATE '2008-01-01' OR date_diff('month', start_date, end_date) > 96
ORDER BY project_id
