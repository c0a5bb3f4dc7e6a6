-- AWS accounts that Hinomi reads itself, the rounds in which it does, and what they found.
CREATE TABLE connection (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('organization', 'account')),
  account_id text NOT NULL CHECK (account_id ~ '^[0-9]{12}$'),
  aws_partition text NOT NULL CHECK (aws_partition ~ '^aws(-[a-z]+)*$'),
  role_name text NOT NULL,
  external_id text NOT NULL,
  paused_at timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  created_by uuid,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX connection_account_id_key ON connection (account_id);

ALTER TABLE account ADD COLUMN connection_id uuid REFERENCES connection (id) ON DELETE SET NULL,
  ADD COLUMN unit text NOT NULL DEFAULT '';
CREATE INDEX account_connection_id_idx ON account (connection_id);

CREATE TABLE collection_round (
  id serial PRIMARY KEY,
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('full', 'light', 'single')),
  state text NOT NULL DEFAULT 'planning' CHECK (state IN ('planning', 'running', 'done', 'cancelled')),
  slot timestamptz(3),
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3)
);
CREATE UNIQUE INDEX collection_round_slot_key ON collection_round (connection_id, kind, slot);
CREATE INDEX collection_round_open ON collection_round (id) WHERE state IN ('planning', 'running');
CREATE INDEX collection_round_connection_id_id_idx ON collection_round (connection_id, id);

CREATE TABLE collection_task (
  round_id integer NOT NULL REFERENCES collection_round (id) ON DELETE CASCADE,
  account_id text NOT NULL,
  collector text NOT NULL,
  region text,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
  place double precision NOT NULL DEFAULT random(),
  not_before timestamptz(3),
  holder uuid,
  alive_at timestamptz(3),
  import_id integer,
  position jsonb,
  size_bytes bigint NOT NULL DEFAULT 0,
  records integer NOT NULL DEFAULT 0,
  calls integer NOT NULL DEFAULT 0,
  throttles integer NOT NULL DEFAULT 0,
  starts integer NOT NULL DEFAULT 0,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  PRIMARY KEY (round_id, account_id, collector)
);
CREATE INDEX collection_task_account_id_idx ON collection_task (account_id);
CREATE INDEX collection_task_open ON collection_task (place) WHERE state IN ('waiting', 'running');

CREATE TABLE coverage (
  account_id text NOT NULL,
  region text NOT NULL,
  collector text NOT NULL,
  state text NOT NULL,
  complete boolean NOT NULL,
  records integer NOT NULL,
  action text,
  message text,
  read_at timestamptz(3) NOT NULL,
  ok_at timestamptz(3),
  complete_at timestamptz(3),
  since timestamptz(3) NOT NULL,
  import_id integer NOT NULL,
  PRIMARY KEY (account_id, collector, region)
);

CREATE TABLE asset (
  account_id text NOT NULL,
  id uuid NOT NULL,
  collector text NOT NULL,
  region text NOT NULL,
  type text NOT NULL,
  arn text NOT NULL,
  name text NOT NULL,
  data jsonb NOT NULL,
  content_hash bigint NOT NULL,
  first_seen_at timestamptz(3) NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  import_id integer NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE INDEX asset_cell ON asset (account_id, collector, region);
CREATE INDEX asset_type ON asset (type, account_id);
