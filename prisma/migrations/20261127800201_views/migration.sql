-- The administrator of a service in whose view a cell was read, and when it last was.
ALTER TABLE coverage ADD COLUMN via text, ADD COLUMN via_at timestamptz(3);
