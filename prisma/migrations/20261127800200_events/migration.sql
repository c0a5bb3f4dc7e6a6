-- Events of findings that AWS pushes: the queues that the worker polls, the keys of senders, and the events until they are imported.
CREATE TABLE event_queue (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  arn text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  created_by uuid,
  polled_at timestamptz(3),
  waiting integer,
  failed_at timestamptz(3),
  failure jsonb
);
CREATE UNIQUE INDEX event_queue_arn_key ON event_queue (arn);
CREATE INDEX event_queue_connection_id_idx ON event_queue (connection_id);

CREATE TABLE event_key (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  prefix text NOT NULL,
  key_hash text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  created_by uuid,
  last_used_at timestamptz(3)
);
CREATE UNIQUE INDEX event_key_key_hash_key ON event_key (key_hash);
CREATE INDEX event_key_connection_id_idx ON event_key (connection_id);

CREATE TABLE pushed_event (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  event_id text NOT NULL,
  account_id text NOT NULL,
  feed text NOT NULL,
  way text NOT NULL CHECK (way IN ('queue', 'http', 'sns')),
  happened_at timestamptz(3) NOT NULL,
  received_at timestamptz(3) NOT NULL,
  body text,
  import_id integer,
  PRIMARY KEY (connection_id, event_id, account_id)
);
CREATE INDEX pushed_event_waiting ON pushed_event (account_id, feed, happened_at) WHERE body IS NOT NULL;
CREATE INDEX pushed_event_received_at_idx ON pushed_event (received_at);

CREATE TABLE event_feed (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  feed text NOT NULL,
  way text NOT NULL,
  heard_at timestamptz(3) NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (connection_id, feed, way)
);

CREATE TABLE event_refusal (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  reason text NOT NULL,
  detail text NOT NULL,
  events bigint NOT NULL,
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, reason, detail)
);
