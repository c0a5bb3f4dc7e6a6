-- What proved who the member is when the session began. Null in sessions of before, which last 12 hours at most.
ALTER TABLE session ADD COLUMN began_by text;
