-- title: Issues with what to do
-- row: One issue with its page and what a person does about it, the gravest first
-- .severity: How grave it is
-- .kind: What kind of issue
-- .kind_label: The kind in English
-- .url: Address of the page; null if it is about no page
-- .field: Field of the record or column it is about
-- .value: What stood there
-- .message: What is wrong and what would be right
-- .advice: What to do about issues of this kind
-- .issue_id: The issue
SELECT
  i.severity,
  i.kind,
  k.label_en AS kind_label,
  d.url,
  i.field,
  i.value,
  i.message,
  k.advice,
  i.issue_id
FROM issues i
LEFT JOIN issue_kinds k ON k.code = i.kind
LEFT JOIN documents d USING (document_id)
ORDER BY array_position(['error', 'warning', 'info'], i.severity), i.kind, d.url, i.field, i.issue_id
