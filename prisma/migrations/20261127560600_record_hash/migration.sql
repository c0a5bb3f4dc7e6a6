-- The bytes of the record that a sighting was read from, but for the times that move with each check.
ALTER TABLE "sighting" ADD COLUMN "record_hash" BIGINT;
