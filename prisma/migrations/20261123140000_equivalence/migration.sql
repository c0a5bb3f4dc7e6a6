-- AlterTable
ALTER TABLE "sighting" ADD COLUMN     "own_control" TEXT,
ADD COLUMN     "region" TEXT,
ADD COLUMN     "resource_id" TEXT;

-- CreateTable
CREATE TABLE "finding_merge" (
    "account_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "seq" SERIAL NOT NULL,
    "into_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "finding" JSONB NOT NULL,
    "target" JSONB,
    "names" TEXT[],
    "sightings" UUID[],
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "finding_merge_pkey" PRIMARY KEY ("account_id","id","seq")
);

-- CreateTable
CREATE TABLE "finding_split" (
    "account_id" TEXT NOT NULL,
    "own_id" UUID NOT NULL,
    "finding_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "finding_split_pkey" PRIMARY KEY ("account_id","own_id")
);

-- CreateIndex
CREATE INDEX "finding_merge_account_id_into_id_idx" ON "finding_merge"("account_id", "into_id");
