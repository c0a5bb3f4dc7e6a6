-- The round that reads what somebody wants Hinomi's own checks to examine again: they run after it.
ALTER TABLE check_run ADD COLUMN round_id integer;
