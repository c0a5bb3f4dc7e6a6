-- CreateTable
CREATE TABLE "finding_period" (
    "account_id" TEXT NOT NULL,
    "finding_id" UUID NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "finding_period_pkey" PRIMARY KEY ("account_id","finding_id","closed_at")
);

-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "complete_at" TIMESTAMPTZ(3)[] DEFAULT ARRAY[]::TIMESTAMPTZ(3)[];

-- AlterTable
ALTER TABLE "snapshot" ADD COLUMN     "acknowledged" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "filled" BOOLEAN NOT NULL DEFAULT false;

-- Whoever opens a finding again, the time that it was open before is kept.
CREATE FUNCTION finding_period_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at)
  VALUES (OLD.account_id, OLD.id, OLD.opened_at, greatest(OLD.opened_at, OLD.resolved_at)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER finding_period_keep AFTER UPDATE ON "finding" FOR EACH ROW
  WHEN (OLD.status = 'resolved' AND NEW.status <> 'resolved' AND OLD.resolved_at IS NOT NULL)
  EXECUTE FUNCTION finding_period_keep();

-- What histories tell of findings that were opened again until now.
INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at)
SELECT account_id, finding_id, opened_at, closed_at FROM (
  SELECT e.account_id, e.finding_id, e.opens, lag(e.at) OVER spans AS closed_at, lag(e.opens) OVER spans AS opened_before,
    coalesce(max(e.at) FILTER (WHERE e.opens) OVER (spans ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), f.first_seen_at) AS opened_at
  FROM (
    SELECT account_id, finding_id, id, at, kind = 'reopened' OR (kind = 'status' AND before #>> '{}' = 'resolved') AS opens
    FROM finding_event WHERE kind IN ('resolved', 'reopened') OR (kind = 'status' AND 'resolved' IN (before #>> '{}', after #>> '{}'))
  ) AS e JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id
  WINDOW spans AS (PARTITION BY e.account_id, e.finding_id ORDER BY e.id)
) AS told
WHERE opens AND NOT opened_before AND closed_at >= opened_at
ON CONFLICT DO NOTHING;

UPDATE feed d SET complete_at = ARRAY(
  SELECT DISTINCT i.observed_at FROM import i
  WHERE i.state = 'done' AND i.coverage = 'complete' AND d.account_id = ANY(i.accounts) AND d.source = ANY(i.sources) AND i.observed_at <= d.last_complete_at
  ORDER BY 1)
WHERE d.last_complete_at IS NOT NULL;

-- Days that were filled in stand at their last millisecond and have no score.
UPDATE snapshot SET filled = TRUE
WHERE score IS NULL AND blind IS NULL AND overdue = 0 AND unowned = 0 AND extract(milliseconds FROM taken_at) = 59999;
UPDATE snapshot SET acknowledged = 1 WHERE hours_to_acknowledge IS NOT NULL;
