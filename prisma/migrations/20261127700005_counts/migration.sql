-- The counts that pages show. Statement triggers keep them true on every path of writing.
CREATE TABLE finding_count (
  account_id text NOT NULL,
  team text NOT NULL,
  owner_key uuid NOT NULL,
  status text NOT NULL,
  severity smallint NOT NULL,
  overdue boolean NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (account_id, team, owner_key, status, severity, overdue)
);
-- Sums read what is open from these alone. The first keeps the findings of a team together, the second those of an owner.
CREATE INDEX finding_count_open ON finding_count (team, account_id, severity, owner_key, overdue, status)
  INCLUDE (n) WHERE status IN ('new', 'acknowledged', 'in_progress') AND n > 0;
CREATE INDEX finding_count_owner ON finding_count (owner_key, account_id, team, severity, overdue, status)
  INCLUDE (n) WHERE status IN ('new', 'acknowledged', 'in_progress') AND n > 0;

CREATE FUNCTION finding_count_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, count(*)
    FROM added GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, owner_key, status, severity, overdue, sum(d) FROM (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, 1 AS d FROM added
      UNION ALL
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, -1 FROM removed
    ) AS moved GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(d) <> 0 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  ELSE
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, -count(*)
    FROM removed GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER finding_count_delete AFTER DELETE ON finding
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();
CREATE TRIGGER finding_count_insert AFTER INSERT ON finding
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();
CREATE TRIGGER finding_count_update AFTER UPDATE ON finding
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();

-- Open findings by control over all accounts. Writers only add rows, so that two who write about one control never wait for each other; a
-- job sums them up.
CREATE TABLE control_delta (
  id bigserial NOT NULL,
  control text NOT NULL,
  team text NOT NULL,
  severity smallint NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (id)
);

CREATE FUNCTION control_delta_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, count(*) FROM added WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, sum(d) FROM (
      SELECT control, team, severity, 1 AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')
      UNION ALL
      SELECT control, team, severity, -1 FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress')
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(d) <> 0;
  ELSE
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, -count(*) FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3;
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER control_delta_delete AFTER DELETE ON finding
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();
CREATE TRIGGER control_delta_insert AFTER INSERT ON finding
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();
CREATE TRIGGER control_delta_update AFTER UPDATE ON finding
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();

-- The base of the score: how many resources pass and fail a control by one feed. Only present posture sightings count. Each severity has a
-- row of its own, so that the weight of a control follows its highest present severity down as well as up.
CREATE TABLE control_result (
  account_id text NOT NULL,
  source text NOT NULL,
  product text NOT NULL,
  control text NOT NULL,
  severity smallint NOT NULL,
  passed integer NOT NULL,
  failed integer NOT NULL,
  not_available integer NOT NULL,
  PRIMARY KEY (account_id, source, product, control, severity)
);

CREATE FUNCTION control_result_apply() RETURNS trigger LANGUAGE plpgsql AS $$
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
END
$$;

CREATE TRIGGER control_result_delete AFTER DELETE ON sighting
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();
CREATE TRIGGER control_result_insert AFTER INSERT ON sighting
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();
CREATE TRIGGER control_result_update AFTER UPDATE ON sighting
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();

-- An account at the end of each day.
CREATE TABLE snapshot (
  account_id text NOT NULL,
  day date NOT NULL,
  critical integer NOT NULL,
  high integer NOT NULL,
  medium integer NOT NULL,
  low integer NOT NULL,
  informational integer NOT NULL,
  overdue integer NOT NULL,
  unowned integer NOT NULL,
  score double precision,
  taken_at timestamptz(3) NOT NULL,
  blind double precision,
  opened integer NOT NULL DEFAULT 0,
  closed integer NOT NULL DEFAULT 0,
  acknowledged integer NOT NULL DEFAULT 0,
  hours_to_acknowledge double precision,
  hours_to_resolve double precision,
  filled boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_id, day)
);
