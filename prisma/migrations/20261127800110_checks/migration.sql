-- Checks of Hinomi's own over the resources of accounts.
CREATE TABLE check_run (
  account_id text PRIMARY KEY,
  due_at timestamptz(3),
  checked_at timestamptz(3),
  digest bytea,
  import_id integer
);
CREATE INDEX check_run_due_at_idx ON check_run (due_at);

CREATE TABLE check_state (
  account_id text NOT NULL,
  "check" text NOT NULL,
  regions text[] NOT NULL,
  whole boolean NOT NULL,
  unexamined jsonb NOT NULL,
  passed integer NOT NULL,
  failed integer NOT NULL,
  read_at timestamptz(3) NOT NULL,
  import_id integer NOT NULL,
  PRIMARY KEY (account_id, "check")
);
