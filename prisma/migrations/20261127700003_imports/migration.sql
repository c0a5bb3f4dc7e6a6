-- Reports and how far they were read.
CREATE TABLE import (
  id serial NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  source text,
  -- The account that the report is about, where its records name none.
  account_id text,
  coverage text NOT NULL DEFAULT 'partial',
  origin text NOT NULL,
  file_name text,
  sha256 text NOT NULL,
  size_bytes bigint NOT NULL,
  observed_at timestamptz(3) NOT NULL,
  observed_at_given boolean NOT NULL DEFAULT false,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  allowed text[],
  limited boolean NOT NULL DEFAULT false,
  allowed_sources text[] DEFAULT '{}',
  -- Whether the sender may close findings.
  may_close boolean DEFAULT false,
  withheld integer DEFAULT 0,
  accounts text[],
  sources text[],
  checkpoint integer NOT NULL DEFAULT 0,
  read integer NOT NULL DEFAULT 0,
  accepted integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  reopened integer NOT NULL DEFAULT 0,
  resolved integer NOT NULL DEFAULT 0,
  passed integer NOT NULL DEFAULT 0,
  resolved_seen integer NOT NULL DEFAULT 0,
  bytes_read bigint NOT NULL DEFAULT 0,
  mapping jsonb,
  error jsonb,
  held_back jsonb NOT NULL DEFAULT '[]',
  region text,
  confirms_id integer,
  not_available integer DEFAULT 0,
  older integer DEFAULT 0,
  repeated integer DEFAULT 0,
  clock_ahead integer DEFAULT 0,
  -- What the import waits for after an attempt that was interrupted, and when it is tried again.
  waits_for text,
  retry_at timestamptz(3),
  -- Errors of the import itself since its last progress.
  failures integer,
  -- When the server that receives the report last said so.
  alive_at timestamptz(3),
  -- The failed import whose report is read again.
  retries_id integer,
  PRIMARY KEY (id),
  CONSTRAINT import_account_digits CHECK (account_id ~ '^[0-9]{12}$'),
  CONSTRAINT import_coverage CHECK (coverage IN ('complete', 'partial')),
  CONSTRAINT import_state CHECK (state IN ('receiving', 'queued', 'running', 'done', 'failed'))
);
-- Workers look for the oldest of these.
CREATE INDEX import_in_order ON import (id) WHERE state IN ('queued', 'running');
CREATE INDEX import_newest ON import (id DESC) INCLUDE (state);
CREATE INDEX import_retries ON import (retries_id) WHERE retries_id IS NOT NULL;
CREATE INDEX import_sha256_idx ON import (sha256);
-- What waits of one sender is counted at each upload.
CREATE INDEX import_unfinished ON import (actor_kind, actor_id) WHERE state IN ('receiving', 'queued', 'running');

-- The bytes of reports, in pieces.
CREATE TABLE import_chunk (
  import_id integer NOT NULL,
  start bigint NOT NULL,
  length integer NOT NULL,
  deflated bytea NOT NULL,
  PRIMARY KEY (import_id, start)
);

-- Pieces are deflated already: the database does not compress them again.
ALTER TABLE import_chunk ALTER COLUMN deflated SET STORAGE EXTERNAL;

CREATE TABLE import_reject (
  import_id integer NOT NULL,
  "index" integer NOT NULL,
  code text NOT NULL,
  params jsonb NOT NULL,
  PRIMARY KEY (import_id, "index")
);

-- The accounts that an unfinished import may write, found by reading its report once before it runs.
CREATE TABLE import_lane (
  import_id integer NOT NULL,
  accounts text[] NOT NULL,
  PRIMARY KEY (import_id)
);

CREATE TABLE csv_mapping (
  name text NOT NULL,
  mapping jsonb NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_by text NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (name)
);

-- What one tool reports of one account.
CREATE TABLE feed (
  account_id text NOT NULL,
  source text NOT NULL,
  product text NOT NULL,
  first_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  last_complete_at timestamptz(3),
  last_import_id integer NOT NULL,
  heard_at timestamptz(3)[],
  -- When complete reports were made.
  complete_at timestamptz(3)[] DEFAULT '{}',
  silent_after timestamptz(3) NOT NULL,
  sends_passes boolean NOT NULL DEFAULT false,
  -- Hashes of the pairs of check and Region that a wide complete report held.
  reference bytea,
  -- When complete reports last looked where.
  looked bytea,
  -- How many findings were closed as absent at which time, for a day.
  recent_closings jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (account_id, source, product)
);

-- Of a source whose reports hold one control each: when complete reports of a control were made.
CREATE TABLE feed_control (
  account_id text NOT NULL,
  source text NOT NULL,
  product text NOT NULL,
  control text NOT NULL,
  complete_at timestamptz(3)[],
  -- Whether reports that name no Region were met that hold different resources of the control.
  mixed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_id, source, product, control)
);

-- Titles of controls, for the search: repeating them in the index of each finding cost more than the rest of an import.
CREATE TABLE control_title (
  control text NOT NULL,
  title text NOT NULL,
  PRIMARY KEY (control, title)
);
CREATE INDEX control_title_text ON control_title USING gin (title gin_trgm_ops, control gin_trgm_ops);
