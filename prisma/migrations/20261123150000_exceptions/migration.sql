-- AlterTable
ALTER TABLE "finding" ADD COLUMN     "before_exception" TEXT,
ADD COLUMN     "exception_id" INTEGER;

-- AlterTable
ALTER TABLE "sighting" ADD COLUMN     "tags" JSONB;

-- CreateTable
CREATE TABLE "exception" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "account_id" TEXT,
    "finding_id" UUID,
    "match" JSONB,
    "condition" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_name" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by" TEXT,
    "decided_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "note" TEXT NOT NULL DEFAULT '',
    "covers_up_to" SMALLINT,
    "announced_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_reason" TEXT,
    "ended_name" TEXT,
    "pending" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "exception_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "exception_state_idx" ON "exception"("state");

-- CreateIndex
CREATE INDEX "exception_account_id_finding_id_idx" ON "exception"("account_id", "finding_id");

ALTER TABLE "exception" ADD CONSTRAINT exception_state CHECK ("state" IN ('requested', 'approved', 'rejected', 'withdrawn', 'ended'));
ALTER TABLE "exception" ADD CONSTRAINT exception_kind CHECK ("kind" IN ('accepted', 'false_positive'));
-- For one finding or by rule, never both.
ALTER TABLE "exception" ADD CONSTRAINT exception_subject CHECK (("finding_id" IS NULL) = ("account_id" IS NULL) AND ("finding_id" IS NULL) <> ("match" IS NULL));
CREATE INDEX finding_exception ON "finding" ("exception_id") WHERE "exception_id" IS NOT NULL;
