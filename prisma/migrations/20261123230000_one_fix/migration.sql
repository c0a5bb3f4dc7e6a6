-- AlterTable
ALTER TABLE "sighting" ADD COLUMN     "package_name" TEXT,
ADD COLUMN     "rating" JSONB;

-- CreateTable
CREATE TABLE "machine_image" (
    "account_id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "image_id" TEXT NOT NULL,

    CONSTRAINT "machine_image_pkey" PRIMARY KEY ("account_id","instance_id")
);

-- Findings of instances by themselves, which a report may turn out to belong to a machine image.
CREATE INDEX finding_of_instance ON "finding" ("account_id", "resource_id", "control") WHERE "class" = 'vulnerability' AND "resource_id" LIKE 'arn:%:instance/i-%';
