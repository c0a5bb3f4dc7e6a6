-- A threat has two dates: somebody responds by the first, and the second is its due date. The first counts until a response.
ALTER TABLE finding ADD COLUMN respond_by timestamptz(3), ADD COLUMN responded_at timestamptz(3);

-- The same orders as before, by the earlier of the dates that still count (lib/sql/findings/deadline.ts).
DROP INDEX finding_closed_due;
CREATE INDEX finding_closed_due ON finding
  (status, COALESCE(LEAST(due_at, CASE WHEN responded_at IS NULL THEN respond_by END), 'infinity'), sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
DROP INDEX finding_open_due;
CREATE INDEX finding_open_due ON finding
  (COALESCE(LEAST(due_at, CASE WHEN responded_at IS NULL THEN respond_by END), 'infinity'), sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
DROP INDEX finding_not_overdue;
CREATE INDEX finding_not_overdue ON finding (LEAST(due_at, CASE WHEN responded_at IS NULL THEN respond_by END))
  WHERE status IN ('new', 'acknowledged', 'in_progress') AND NOT overdue;
DROP INDEX finding_overdue_due;
CREATE INDEX finding_overdue_due ON finding (LEAST(due_at, CASE WHEN responded_at IS NULL THEN respond_by END)) WHERE overdue;

-- The dates of open threats by class come from the job that applies the due policy; first responses are in the history.
INSERT INTO policy_work (account_id, policy, after, by)
SELECT DISTINCT f.account_id, 'due-policy', '00000000-0000-0000-0000-000000000000'::uuid,
  '{"kind": "job", "id": "upgrade", "name": "upgrade"}'::jsonb
FROM finding f JOIN account a ON a.id = f.account_id
WHERE f.class = 'threat' AND f.status IN ('new', 'acknowledged', 'in_progress')
ON CONFLICT (account_id, policy) DO UPDATE SET after = excluded.after;

UPDATE finding f SET responded_at = e.at
FROM (
  SELECT e.account_id, e.finding_id, min(e.at) AS at
  FROM finding_event e JOIN finding o ON o.account_id = e.account_id AND o.id = e.finding_id AND o.class = 'threat' AND e.at >= o.opened_at
  WHERE ((e.kind = 'status' AND e.actor_kind IN ('member', 'token') AND e.after #>> '{}' IN ('acknowledged', 'in_progress', 'resolved'))
      OR (e.actor_kind = 'member' AND (e.kind = 'comment' OR (e.kind = 'owner' AND e.after IS NOT NULL AND NOT coalesce(e.former ? 'undoes', FALSE)))))
    AND NOT EXISTS (SELECT FROM finding_event u WHERE u.account_id = e.account_id AND u.finding_id = e.finding_id AND u.kind = e.kind
      AND u.id > e.id AND u.former ->> 'undoes' = e.change_id::text)
  GROUP BY 1, 2
) AS e
WHERE f.account_id = e.account_id AND f.id = e.finding_id;
