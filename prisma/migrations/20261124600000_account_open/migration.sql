-- CreateTable
CREATE TABLE "account_open" (
    "account_id" TEXT NOT NULL,
    "critical" INTEGER NOT NULL,
    "high" INTEGER NOT NULL,
    "medium" INTEGER NOT NULL,
    "low" INTEGER NOT NULL,
    "informational" INTEGER NOT NULL,
    "n" INTEGER NOT NULL GENERATED ALWAYS AS ("critical" + "high" + "medium" + "low" + "informational") STORED,
    "severity" SMALLINT NOT NULL GENERATED ALWAYS AS (CASE WHEN "critical" > 0 THEN 5 WHEN "high" > 0 THEN 4 WHEN "medium" > 0 THEN 3 WHEN "low" > 0 THEN 2 ELSE 1 END) STORED,

    CONSTRAINT "account_open_pkey" PRIMARY KEY ("account_id")
);

-- The order of the groups, so that a page of them costs the same however many accounts there are.
CREATE INDEX account_open_worst ON "account_open" ("severity" DESC, "n" DESC, "account_id") WHERE "n" > 0;

-- As before, and for each account in sum.
CREATE OR REPLACE FUNCTION finding_count_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH moved AS MATERIALIZED (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, count(*) AS n
      FROM added GROUP BY 1, 2, 3, 4, 5, 6
    ), by_account AS (
      INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
      SELECT * FROM moved ORDER BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n
    ), by_open AS (
      INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
      SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
        coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
      FROM moved WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1 ORDER BY 1
      ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
        medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational
    )
    INSERT INTO count_delta (team, owner_key, status, severity, overdue, n)
    SELECT team, owner_key, status, severity, overdue, sum(n) FROM moved GROUP BY 1, 2, 3, 4, 5;
  ELSIF TG_OP = 'UPDATE' THEN
    WITH moved AS MATERIALIZED (
      SELECT account_id, team, owner_key, status, severity, overdue, sum(d) AS n FROM (
        SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, 1 AS d FROM added
        UNION ALL
        SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, -1 FROM removed
      ) AS each GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(d) <> 0
    ), by_account AS (
      INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
      SELECT * FROM moved ORDER BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n
    ), by_open AS (
      INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
      SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
        coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
      FROM moved WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1 ORDER BY 1
      ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
        medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational
    )
    INSERT INTO count_delta (team, owner_key, status, severity, overdue, n)
    SELECT team, owner_key, status, severity, overdue, sum(n) FROM moved GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
  ELSE
    WITH moved AS MATERIALIZED (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, -count(*) AS n
      FROM removed GROUP BY 1, 2, 3, 4, 5, 6
    ), by_account AS (
      INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
      SELECT * FROM moved ORDER BY 1, 2, 3, 4, 5, 6
      ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n
    ), by_open AS (
      INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
      SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
        coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
      FROM moved WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1 ORDER BY 1
      ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
        medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational
    )
    INSERT INTO count_delta (team, owner_key, status, severity, overdue, n)
    SELECT team, owner_key, status, severity, overdue, sum(n) FROM moved GROUP BY 1, 2, 3, 4, 5;
  END IF;
  RETURN NULL;
END $$;

INSERT INTO account_open (account_id, critical, high, medium, low, informational)
SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
  coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
FROM finding_count WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1;
