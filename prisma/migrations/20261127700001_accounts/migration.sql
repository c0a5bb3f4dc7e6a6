CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The id of a team never changes: findings, accounts, rules, members, addresses and exports hold it.
CREATE TABLE team (
  id text NOT NULL,
  kind text NOT NULL,
  name_en text NOT NULL,
  name_ja text NOT NULL,
  position integer NOT NULL,
  retired_at timestamptz(3),
  successor text,
  PRIMARY KEY (id),
  CONSTRAINT team_id_slug CHECK (id ~ '^[a-z][a-z0-9-]{0,29}$'),
  CONSTRAINT team_kind CHECK (kind IN ('infrastructure', 'security_response', 'corporate_it')),
  CONSTRAINT team_successor CHECK (((retired_at IS NULL) = (successor IS NULL)) AND (successor <> id))
);

INSERT INTO team (id, kind, name_en, name_ja, position) VALUES
  ('sre', 'infrastructure', 'SRE', 'SRE', 1),
  ('csirt', 'security_response', 'CSIRT', 'CSIRT', 2),
  ('cit', 'corporate_it', 'CIT', 'CIT', 3);

CREATE FUNCTION team_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'teams are retired, never deleted, and keep their id and kind';
END
$$;

CREATE TRIGGER team_fixed BEFORE UPDATE ON team
  FOR EACH ROW WHEN (old.id <> new.id OR old.kind <> new.kind) EXECUTE FUNCTION team_stays();
CREATE TRIGGER team_no_delete BEFORE DELETE ON team
  FOR EACH ROW EXECUTE FUNCTION team_stays();

-- The team of a kind that gets what no rule decides: the first by position.
CREATE FUNCTION default_team(wanted text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT id FROM team WHERE kind = wanted AND retired_at IS NULL ORDER BY position, id LIMIT 1
$$;

-- The active team that an id stands for: its own, or the one that took over from it.
CREATE FUNCTION active_team(asked text) RETURNS text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE chain AS (
    SELECT id, retired_at, successor FROM team WHERE id = asked
    UNION
    SELECT t.id, t.retired_at, t.successor FROM chain c JOIN team t ON t.id = c.successor
  )
  SELECT id FROM chain WHERE retired_at IS NULL LIMIT 1
$$;

CREATE TABLE account (
  id text NOT NULL,
  name text NOT NULL DEFAULT '',
  environment text,
  owner_team text NOT NULL DEFAULT default_team('infrastructure'),
  tags jsonb NOT NULL DEFAULT '{}',
  origin text NOT NULL DEFAULT 'discovered',
  closed_at timestamptz(3),
  closed_reason text NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  CONSTRAINT account_id_digits CHECK (id ~ '^[0-9]{12}$'),
  CONSTRAINT account_owner_team_fkey FOREIGN KEY (owner_team) REFERENCES team(id) ON UPDATE RESTRICT ON DELETE RESTRICT
);
CREATE INDEX account_closed ON account (id) WHERE closed_at IS NOT NULL;
-- The names of all accounts, in order, for the filters of every page of findings.
CREATE INDEX account_name_id_idx ON account (name, id);

CREATE TABLE setting (
  key text NOT NULL,
  value jsonb NOT NULL,
  PRIMARY KEY (key)
);

-- Accounts whose findings a changed policy has not reached yet.
CREATE TABLE policy_work (
  account_id text NOT NULL,
  policy text NOT NULL,
  after uuid NOT NULL,
  by jsonb NOT NULL,
  PRIMARY KEY (account_id, policy)
);
CREATE INDEX policy_work_next ON policy_work (policy, account_id);
