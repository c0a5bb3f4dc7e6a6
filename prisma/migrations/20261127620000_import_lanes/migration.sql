-- The accounts that an unfinished import may write, found by reading its report once before it runs.
CREATE TABLE import_lane (
  import_id integer PRIMARY KEY,
  accounts text[] NOT NULL
);

-- Workers look for the oldest of these.
CREATE INDEX import_in_order ON import (id) WHERE state IN ('queued', 'running');
