-- The accounts that an unfinished import may write, found by reading its report once before it runs.
CREATE TABLE import_lane (
  import_id integer PRIMARY KEY,
  accounts text[] NOT NULL
);
