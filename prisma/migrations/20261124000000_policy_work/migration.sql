-- AlterTable
ALTER TABLE "finding" ADD COLUMN     "owner_by" TEXT,
ADD COLUMN     "unowned_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "policy_work" (
    "account_id" TEXT NOT NULL,
    "policy" TEXT NOT NULL,
    "after" UUID NOT NULL,
    "by" JSONB NOT NULL,

    CONSTRAINT "policy_work_pkey" PRIMARY KEY ("account_id","policy")
);

CREATE INDEX policy_work_next ON "policy_work" ("policy", "account_id");

-- What histories tell of findings that are nobody's: since when, and whether a person wanted it so. Where the former owner has left,
-- it came about by that.
WITH last AS (
  SELECT DISTINCT ON (account_id, finding_id) account_id, finding_id, at, actor_kind, before, after FROM finding_event
  WHERE kind = 'owner' ORDER BY account_id, finding_id, id DESC
)
UPDATE "finding" f SET unowned_at = l.at, owner_by = CASE WHEN l.actor_kind IN ('member', 'token')
  AND EXISTS (SELECT FROM member m WHERE m.id::text = l.before ->> 'id' AND m.removed_at IS NULL) THEN 'hand' END
FROM last l WHERE f.account_id = l.account_id AND f.id = l.finding_id AND f.owner_id IS NULL AND coalesce(l.after, 'null') = 'null';

-- What was being brought in line goes on from its start: what stands right is not touched.
INSERT INTO "policy_work" (account_id, policy, after, by)
SELECT a.id, s.key, '00000000-0000-0000-0000-000000000000', s.value -> 'by' FROM account a, setting s
WHERE s.key IN ('due-policy', 'routing') AND s.value ->> 'behind' IS NOT NULL;

-- When a finding last became nobody's work: its owner was taken off it, or it was opened again without one. On every path of writing.
CREATE FUNCTION finding_unowned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.unowned_at := NEW.updated_at;
  RETURN NEW;
END $$;
CREATE TRIGGER finding_unowned BEFORE UPDATE ON "finding" FOR EACH ROW
  WHEN (NEW.owner_id IS NULL AND NEW.status IN ('new', 'acknowledged', 'in_progress')
    AND (OLD.owner_id IS NOT NULL OR OLD.status NOT IN ('new', 'acknowledged', 'in_progress')))
  EXECUTE FUNCTION finding_unowned();
