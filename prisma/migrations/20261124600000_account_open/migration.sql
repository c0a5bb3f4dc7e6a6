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

-- Follow the counts by account, whoever changes them. Each account's row is written once, however many of its counts a statement moves.
-- Transition tables of an insertion and of a change differ, and so there are two.
CREATE FUNCTION account_open_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
  SELECT account_id, coalesce(sum(d) FILTER (WHERE severity = 5), 0), coalesce(sum(d) FILTER (WHERE severity = 4), 0), coalesce(sum(d) FILTER (WHERE severity = 3), 0),
    coalesce(sum(d) FILTER (WHERE severity = 2), 0), coalesce(sum(d) FILTER (WHERE severity = 1), 0)
  FROM (SELECT account_id, severity, n AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')) AS moved GROUP BY 1 ORDER BY 1
  ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
    medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational;
  RETURN NULL;
END $$;
CREATE FUNCTION account_open_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
  SELECT account_id, coalesce(sum(d) FILTER (WHERE severity = 5), 0), coalesce(sum(d) FILTER (WHERE severity = 4), 0), coalesce(sum(d) FILTER (WHERE severity = 3), 0),
    coalesce(sum(d) FILTER (WHERE severity = 2), 0), coalesce(sum(d) FILTER (WHERE severity = 1), 0)
  FROM (
    SELECT account_id, severity, n AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')
    UNION ALL SELECT account_id, severity, -n FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress')
  ) AS moved GROUP BY 1 ORDER BY 1
  ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
    medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational;
  RETURN NULL;
END $$;
CREATE TRIGGER account_open_inserted AFTER INSERT ON "finding_count" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION account_open_inserted();
CREATE TRIGGER account_open_updated AFTER UPDATE ON "finding_count" REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION account_open_updated();

INSERT INTO account_open (account_id, critical, high, medium, low, informational)
SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
  coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
FROM finding_count WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1;
