-- AlterTable
ALTER TABLE "feed" ADD COLUMN     "heard_at" TIMESTAMPTZ(3)[],
ADD COLUMN     "silent_after" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "snapshot" ADD COLUMN     "blind" DOUBLE PRECISION,
ADD COLUMN     "closed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "hours_to_acknowledge" DOUBLE PRECISION,
ADD COLUMN     "hours_to_resolve" DOUBLE PRECISION,
ADD COLUMN     "opened" INTEGER NOT NULL DEFAULT 0;

-- What was heard before its cadence could be learned.
UPDATE "feed" SET "heard_at" = ARRAY["last_at"], "silent_after" = "last_at" + interval '8 days';
ALTER TABLE "feed" ALTER COLUMN "silent_after" SET NOT NULL;
