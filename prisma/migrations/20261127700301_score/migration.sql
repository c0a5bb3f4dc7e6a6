-- The method of each score: those of 0.2.0 are the first, whose scores are not comparable with later ones.
ALTER TABLE snapshot ADD COLUMN method smallint NOT NULL DEFAULT 1;
ALTER TABLE snapshot ALTER COLUMN method SET DEFAULT 2;

-- What scores are computed from beside control_result: open threats and vulnerabilities, and covered findings.
CREATE INDEX finding_open_attack ON finding (account_id, class, severity) INCLUDE (exploit, epss)
  WHERE class <> 'posture' AND status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_covered ON finding (account_id, id) WHERE status IN ('accepted', 'false_positive');

-- A result that is suppressed at its source still reports the problem: it counts as failed.
CREATE OR REPLACE FUNCTION control_result_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, count(*) FILTER (WHERE result = 'passed'),
      count(*) FILTER (WHERE result IN ('failed', 'suppressed')), count(*) FILTER (WHERE result = 'not_available')
    FROM added WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'suppressed', 'not_available')
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, coalesce(sum(d) FILTER (WHERE result = 'passed'), 0),
      coalesce(sum(d) FILTER (WHERE result IN ('failed', 'suppressed')), 0), coalesce(sum(d) FILTER (WHERE result = 'not_available'), 0)
    FROM (
      SELECT account_id, source, product, control, severity, result, 1 AS d FROM added
      WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'suppressed', 'not_available')
      UNION ALL
      SELECT account_id, source, product, control, severity, result, -1 FROM removed
      WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'suppressed', 'not_available')
    ) AS moved
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(d) FILTER (WHERE result = 'passed') <> 0 OR sum(d) FILTER (WHERE result IN ('failed', 'suppressed')) <> 0
      OR sum(d) FILTER (WHERE result = 'not_available') <> 0
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  ELSE
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, -count(*) FILTER (WHERE result = 'passed'),
      -count(*) FILTER (WHERE result IN ('failed', 'suppressed')), -count(*) FILTER (WHERE result = 'not_available')
    FROM removed WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'suppressed', 'not_available')
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  END IF;
  RETURN NULL;
END
$$;


INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
SELECT account_id, source, product, control, severity, 0, count(*), 0 FROM sighting
WHERE present AND class = 'posture' AND result = 'suppressed' GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET failed = c.failed + excluded.failed;
