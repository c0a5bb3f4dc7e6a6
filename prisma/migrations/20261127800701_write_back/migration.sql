-- Writing back to Security Hub: which connections do, what is still to be written, and what was.
CREATE TABLE write_back (
  connection_id uuid PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
  enabled boolean NOT NULL,
  role_name text NOT NULL,
  language text NOT NULL CHECK (language IN ('ja', 'en')),
  -- The worker that writes, and when it last said so: one at a time, so that the limit of AWS holds.
  holder uuid,
  alive_at timestamptz(3),
  checked_at timestamptz(3)
);

CREATE TABLE write_back_place (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  account_id text NOT NULL,
  region text NOT NULL,
  written bigint NOT NULL DEFAULT 0,
  written_at timestamptz(3),
  failed_at timestamptz(3),
  failure jsonb,
  retry_at timestamptz(3),
  PRIMARY KEY (connection_id, account_id, region)
);

-- Findings whose state may differ from what was last written. The version tells whether one changed while it was being written.
CREATE TABLE write_back_queue (
  account_id text NOT NULL,
  finding_id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, finding_id)
);
CREATE INDEX write_back_queue_due ON write_back_queue (not_before);

-- What was last written to a record of Security Hub, by a hash of its ProductArn and Id.
CREATE TABLE written_record (
  account_id text NOT NULL,
  id uuid NOT NULL,
  finding_id uuid NOT NULL,
  workflow text CHECK (workflow IN ('NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED')),
  note text,
  written_at timestamptz(3),
  -- The last attempt, where Security Hub did not update the record: the status, its code and its message.
  failed_at timestamptz(3),
  wanted text CHECK (wanted IN ('NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED')),
  error_code text,
  error_message text,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX written_record_finding ON written_record (account_id, finding_id);
CREATE INDEX written_record_failed ON written_record (account_id, failed_at) WHERE failed_at IS NOT NULL;

-- In the transaction of the change itself, so that nothing is lost. Without a connection that writes back, this is one look into an
-- empty table for each change of status or owner.
CREATE FUNCTION write_back_enqueue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO write_back_queue AS q (account_id, finding_id)
  SELECT NEW.account_id, NEW.id FROM write_back w JOIN connection c ON c.id = w.connection_id
  WHERE w.enabled AND (c.account_id = NEW.account_id
    OR EXISTS (SELECT FROM account a WHERE a.id = NEW.account_id AND a.connection_id = c.id))
  LIMIT 1
  ON CONFLICT (account_id, finding_id) DO UPDATE SET version = q.version + 1, attempts = 0, not_before = least(q.not_before, now());
  RETURN NULL;
END
$$;

CREATE TRIGGER write_back_update AFTER UPDATE ON finding
  FOR EACH ROW WHEN (old.status IS DISTINCT FROM new.status OR old.owner_id IS DISTINCT FROM new.owner_id
    OR old.exception_id IS DISTINCT FROM new.exception_id OR old.verdict IS DISTINCT FROM new.verdict
    OR (old.sources IS DISTINCT FROM new.sources AND new.status <> 'new'))
  EXECUTE FUNCTION write_back_enqueue();
CREATE TRIGGER write_back_insert AFTER INSERT ON finding
  FOR EACH ROW WHEN (new.status IN ('accepted', 'false_positive') OR new.owner_id IS NOT NULL)
  EXECUTE FUNCTION write_back_enqueue();
