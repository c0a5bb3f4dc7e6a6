-- Open findings of each team in each account, so that the worst accounts of a home cost the same however many there are.
CREATE TABLE "team_open" (
    "account_id" TEXT NOT NULL,
    "team" TEXT NOT NULL,
    "critical" INTEGER NOT NULL,
    "high" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "team_open_pkey" PRIMARY KEY ("account_id","team")
);
CREATE INDEX team_open_worst ON "team_open" ("team", "critical" DESC, "high" DESC, "n" DESC, "account_id") WHERE "n" > 0;

CREATE FUNCTION team_open_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO team_open AS o (account_id, team, critical, high, n)
  SELECT account_id, team, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), sum(n)
  FROM added WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (account_id, team) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high, n = o.n + excluded.n;
  RETURN NULL;
END $$;
CREATE FUNCTION team_open_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO team_open AS o (account_id, team, critical, high, n)
  SELECT account_id, team, coalesce(sum(d) FILTER (WHERE severity = 5), 0), coalesce(sum(d) FILTER (WHERE severity = 4), 0), sum(d)
  FROM (
    SELECT account_id, team, severity, n AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')
    UNION ALL SELECT account_id, team, severity, -n FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress')
  ) AS moved GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (account_id, team) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high, n = o.n + excluded.n;
  RETURN NULL;
END $$;
CREATE TRIGGER team_open_inserted AFTER INSERT ON "finding_count" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION team_open_inserted();
CREATE TRIGGER team_open_updated AFTER UPDATE ON "finding_count" REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION team_open_updated();

INSERT INTO team_open (account_id, team, critical, high, n)
SELECT account_id, team, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), sum(n)
FROM finding_count WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2;
