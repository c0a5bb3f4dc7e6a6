-- From now on a finding that becomes overdue has a line in its history, once for each due date. What is overdue already has it here.
INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, after)
SELECT account_id, id, now(), 'job', 'mark-overdue', 'mark-overdue', 'overdue',
  to_jsonb(to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
FROM finding WHERE overdue AND due_at IS NOT NULL;

-- The days of accounts are counted from changes of status alone: what imports create is not to be read with them.
DROP INDEX finding_event_at;
CREATE INDEX finding_event_at ON finding_event (account_id, at DESC) WHERE kind = 'status';
