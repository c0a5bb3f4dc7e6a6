-- Resources that AWS does not show to a check, although their cell was read.
ALTER TABLE check_state ADD COLUMN unknown integer NOT NULL DEFAULT 0;
