-- CreateTable
CREATE TABLE "count_delta" (
    "id" BIGSERIAL NOT NULL,
    "team" TEXT NOT NULL,
    "owner_key" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "severity" SMALLINT NOT NULL,
    "overdue" BOOLEAN NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "count_delta_pkey" PRIMARY KEY ("id")
);

-- The same counts over all accounts, which do not grow with their number. Writers only ever add rows, so that two who write about
-- different accounts never wait for each other; a job sums them up.
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
    )
    INSERT INTO count_delta (team, owner_key, status, severity, overdue, n)
    SELECT team, owner_key, status, severity, overdue, sum(n) FROM moved GROUP BY 1, 2, 3, 4, 5;
  END IF;
  RETURN NULL;
END $$;

INSERT INTO count_delta (team, owner_key, status, severity, overdue, n)
SELECT team, owner_key, status, severity, overdue, sum(n) FROM finding_count GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
