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

-- Follows the counts by account, whoever changes them.
CREATE FUNCTION account_open_apply() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  d INTEGER := CASE WHEN TG_OP = 'INSERT' THEN NEW.n ELSE NEW.n - OLD.n END;
BEGIN
  INSERT INTO account_open AS o (account_id, critical, high, medium, low, informational)
  SELECT NEW.account_id, CASE NEW.severity WHEN 5 THEN d ELSE 0 END, CASE NEW.severity WHEN 4 THEN d ELSE 0 END, CASE NEW.severity WHEN 3 THEN d ELSE 0 END,
    CASE NEW.severity WHEN 2 THEN d ELSE 0 END, CASE NEW.severity WHEN 1 THEN d ELSE 0 END
  ON CONFLICT (account_id) DO UPDATE SET critical = o.critical + excluded.critical, high = o.high + excluded.high,
    medium = o.medium + excluded.medium, low = o.low + excluded.low, informational = o.informational + excluded.informational;
  RETURN NULL;
END $$;
CREATE TRIGGER account_open_apply AFTER INSERT OR UPDATE ON "finding_count" FOR EACH ROW
  WHEN (NEW.status IN ('new', 'acknowledged', 'in_progress')) EXECUTE FUNCTION account_open_apply();

INSERT INTO account_open (account_id, critical, high, medium, low, informational)
SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0), coalesce(sum(n) FILTER (WHERE severity = 4), 0), coalesce(sum(n) FILTER (WHERE severity = 3), 0),
  coalesce(sum(n) FILTER (WHERE severity = 2), 0), coalesce(sum(n) FILTER (WHERE severity = 1), 0)
FROM finding_count WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1;
