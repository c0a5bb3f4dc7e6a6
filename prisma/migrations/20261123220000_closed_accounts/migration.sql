-- AlterTable
ALTER TABLE "account" ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "closed_reason" TEXT NOT NULL DEFAULT '';

CREATE INDEX account_closed ON "account" ("id") WHERE "closed_at" IS NOT NULL;
