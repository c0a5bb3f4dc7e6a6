-- What reduces the risk meanwhile, where else it is tracked, and when somebody checks whether it still holds.
ALTER TABLE exception ADD COLUMN controls text NOT NULL DEFAULT '';
ALTER TABLE exception ADD COLUMN ticket text;
ALTER TABLE exception ADD COLUMN review_at timestamptz(3);
CREATE INDEX exception_review_due ON exception (review_at) WHERE state = 'approved' AND review_at IS NOT NULL;

-- Answers that an exception still holds.
CREATE TABLE exception_review (
  exception_id integer NOT NULL,
  at timestamptz(3) NOT NULL,
  due_at timestamptz(3) NOT NULL,
  reviewed_by text NOT NULL,
  reviewed_name text NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (exception_id, at)
);

-- Exceptions that were approved before get their review after 90 days too, with at least 30 days to answer it.
UPDATE exception SET review_at = least(expires_at,
    greatest(coalesce(decided_at, requested_at) + interval '90 days', now() + interval '30 days'))
  WHERE state = 'approved' AND expires_at > coalesce(decided_at, requested_at) + interval '90 days';
