-- AlterTable
ALTER TABLE "exception" ADD COLUMN     "end_note" TEXT NOT NULL DEFAULT '';

-- A list is walked in the order in which its exceptions end.
DROP INDEX "exception_state_idx";
CREATE INDEX "exception_state_expires_at_id_idx" ON "exception"("state", "expires_at", "id");
