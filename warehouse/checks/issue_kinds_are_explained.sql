-- title: Every kind of issue is explained
-- table: issue_kinds
-- severity: warn
-- advice: Add the kind to warehouse/codes/issue_kinds.toml with labels and what to do
SELECT kind, count(*) AS issues, min(message) AS example
FROM issues
WHERE kind NOT IN (SELECT code FROM issue_kinds)
GROUP BY kind
ORDER BY kind
