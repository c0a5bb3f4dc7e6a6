-- Failed sign-ins by address, network and pair of both, in sliding windows.
CREATE TABLE sign_in_attempt (
  key text NOT NULL,
  window_start timestamptz(3) NOT NULL,
  failures integer NOT NULL,
  PRIMARY KEY (key, window_start)
);

-- What may happen very often, such as refused sign-ins, is written to the audit log once a minute for each actor and network. This table
-- counts what came in between; a job clears it.
CREATE TABLE audit_throttle (
  key text NOT NULL,
  action text NOT NULL,
  until timestamptz(3) NOT NULL,
  waiting integer NOT NULL DEFAULT 0,
  repeats integer NOT NULL DEFAULT 0,
  entry jsonb NOT NULL,
  PRIMARY KEY (key)
);
