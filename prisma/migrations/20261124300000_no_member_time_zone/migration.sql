-- AlterTable
ALTER TABLE "member" DROP COLUMN "time_zone";
