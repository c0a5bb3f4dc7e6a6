-- Pages read the counts by account. The tables that only summed them up again are gone, with the triggers that kept them.
DROP TRIGGER account_open_inserted ON "finding_count";
DROP TRIGGER account_open_updated ON "finding_count";
DROP TRIGGER team_open_inserted ON "finding_count";
DROP TRIGGER team_open_updated ON "finding_count";
DROP FUNCTION account_open_inserted();
DROP FUNCTION account_open_updated();
DROP FUNCTION team_open_inserted();
DROP FUNCTION team_open_updated();
DROP TABLE "account_open";
DROP TABLE "team_open";

CREATE OR REPLACE FUNCTION finding_count_apply() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
DROP TABLE "count_delta";

-- Sums read what is open from these alone. The first has the findings of a team together, the second those of an owner.
CREATE INDEX finding_count_open ON "finding_count" ("team", "account_id", "severity", "owner_key", "overdue", "status") INCLUDE ("n")
  WHERE "status" IN ('new', 'acknowledged', 'in_progress') AND "n" > 0;
CREATE INDEX finding_count_owner ON "finding_count" ("owner_key", "account_id", "team", "severity", "overdue", "status") INCLUDE ("n")
  WHERE "status" IN ('new', 'acknowledged', 'in_progress') AND "n" > 0;

