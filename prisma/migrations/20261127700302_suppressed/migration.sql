-- Findings that every source hides have a status of their own: they are not solved, and no exception covers them.
ALTER TABLE finding DROP CONSTRAINT finding_status;
ALTER TABLE finding ADD CONSTRAINT finding_status
  CHECK (status IN ('new', 'acknowledged', 'in_progress', 'suppressed', 'resolved', 'accepted', 'false_positive'));

-- Who suppressed it, when and why, where the source says so.
ALTER TABLE sighting ADD COLUMN suppression jsonb;

DROP INDEX finding_closed_control;
DROP INDEX finding_closed_due;
DROP INDEX finding_closed_observed;
DROP INDEX finding_closed_severity;
CREATE INDEX finding_closed_control ON finding (control, status, severity, first_seen_at, sequence)
  WHERE status IN ('suppressed', 'resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_due ON finding
  (status, COALESCE(LEAST(due_at, CASE WHEN responded_at IS NULL THEN respond_by END), 'infinity'), sequence)
  WHERE status IN ('suppressed', 'resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_observed ON finding (status, first_observed_at, sequence)
  WHERE status IN ('suppressed', 'resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_severity ON finding (status, severity, first_seen_at, sequence)
  WHERE status IN ('suppressed', 'resolved', 'accepted', 'false_positive');
DROP INDEX finding_open_attack;
CREATE INDEX finding_open_attack ON finding (account_id, class, severity) INCLUDE (exploit, epss)
  WHERE class <> 'posture' AND status IN ('new', 'acknowledged', 'in_progress', 'suppressed');

-- How urgent a suppressed vulnerability is, from the sightings that suppress it.
ALTER TABLE finding DISABLE TRIGGER USER;
UPDATE finding f SET exploit = s.exploit, epss = s.epss, fix = s.fix FROM (
    SELECT account_id, finding_id, bool_or((facts ->> 'exploit')::boolean) AS exploit, max((facts ->> 'epss')::smallint) AS epss,
      (array_agg(facts ->> 'fix' ORDER BY array_position(ARRAY['yes', 'partial', 'no'], facts ->> 'fix')))[1] AS fix
    FROM sighting WHERE present AND result = 'suppressed' AND NOT unproven AND facts ->> 'kind' = 'vulnerability' GROUP BY 1, 2
  ) AS s WHERE f.account_id = s.account_id AND f.id = s.finding_id AND f.status = 'resolved' AND f.resolved_reason = 'suppressed';
ALTER TABLE finding ENABLE TRIGGER USER;

-- Findings that sources suppress were resolved with that reason. The problem did not end, so that no period is kept.
ALTER TABLE finding DISABLE TRIGGER finding_period_keep;
WITH hidden AS (
  UPDATE finding f SET status = 'suppressed', resolved_at = NULL, resolved_reason = NULL, updated_at = now()
  WHERE f.status = 'resolved' AND f.resolved_reason = 'suppressed'
    AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id
      AND s.present AND s.result = 'suppressed' AND NOT s.unproven)
  RETURNING f.account_id, f.id
)
INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
SELECT account_id, id, now(), 'job', 'upgrade', 'upgrade', 'suppressed', '"resolved"', '"suppressed"' FROM hidden;
ALTER TABLE finding ENABLE TRIGGER finding_period_keep;
