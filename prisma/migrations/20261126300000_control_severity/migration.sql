-- A control's weight in the score follows its present severity, down as well as up. The results of each severity are counted in a row of
-- their own, so that the highest present severity is the highest one with a count, and no statement has to read sightings again.
TRUNCATE "control_result";

-- AlterTable
ALTER TABLE "control_result" DROP CONSTRAINT "control_result_pkey",
ADD CONSTRAINT "control_result_pkey" PRIMARY KEY ("account_id", "source", "product", "control", "severity");

CREATE OR REPLACE FUNCTION control_result_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, count(*) FILTER (WHERE result = 'passed'),
      count(*) FILTER (WHERE result = 'failed'), count(*) FILTER (WHERE result = 'not_available')
    FROM added WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, coalesce(sum(d) FILTER (WHERE result = 'passed'), 0),
      coalesce(sum(d) FILTER (WHERE result = 'failed'), 0), coalesce(sum(d) FILTER (WHERE result = 'not_available'), 0)
    FROM (
      SELECT account_id, source, product, control, severity, result, 1 AS d FROM added
      WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')
      UNION ALL
      SELECT account_id, source, product, control, severity, result, -1 FROM removed
      WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')
    ) AS moved
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(d) FILTER (WHERE result = 'passed') <> 0 OR sum(d) FILTER (WHERE result = 'failed') <> 0
      OR sum(d) FILTER (WHERE result = 'not_available') <> 0
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  ELSE
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, severity, -count(*) FILTER (WHERE result = 'passed'),
      -count(*) FILTER (WHERE result = 'failed'), -count(*) FILTER (WHERE result = 'not_available')
    FROM removed WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (account_id, source, product, control, severity) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available;
  END IF;
  RETURN NULL;
END $$;

-- What is stored was counted under the highest severity that a control ever had: count it again.
INSERT INTO control_result (account_id, source, product, control, severity, passed, failed, not_available)
SELECT account_id, source, product, control, severity, count(*) FILTER (WHERE result = 'passed'),
  count(*) FILTER (WHERE result = 'failed'), count(*) FILTER (WHERE result = 'not_available')
FROM "sighting" WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')
GROUP BY 1, 2, 3, 4, 5;
