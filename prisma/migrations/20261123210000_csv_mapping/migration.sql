-- AlterTable
ALTER TABLE "import" ADD COLUMN     "mapping" JSONB;

-- CreateTable
CREATE TABLE "csv_mapping" (
    "name" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "csv_mapping_pkey" PRIMARY KEY ("name")
);
