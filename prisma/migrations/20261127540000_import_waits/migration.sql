-- What an import waits for after an attempt that was interrupted, and when it is tried again. "failures" counts errors of the import
-- itself since its last progress. "alive_at" is when the server that receives a report last said so. "retries_id" names the failed
-- import whose report is read again.
ALTER TABLE import ADD COLUMN waits_for text, ADD COLUMN retry_at timestamptz(3), ADD COLUMN failures integer,
  ADD COLUMN alive_at timestamptz(3), ADD COLUMN retries_id integer;
CREATE INDEX import_retries ON import (retries_id) WHERE retries_id IS NOT NULL;

-- Overdue marks that a clock ahead of time left, newest due date first.
CREATE INDEX finding_overdue_due ON finding (due_at) WHERE overdue;
