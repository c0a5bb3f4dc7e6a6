-- A problem, however many tools report it. Teams have no foreign key here: it would be checked for every row that an import adds; whoever
-- writes a team holds the rows of teams.
CREATE TABLE finding (
  account_id text NOT NULL,
  id uuid NOT NULL,
  class text NOT NULL,
  control text NOT NULL,
  region text NOT NULL,
  resource_id text NOT NULL,
  resource_name text NOT NULL,
  resource_type text NOT NULL,
  package_name text NOT NULL,
  title text NOT NULL,
  severity smallint NOT NULL,
  status text NOT NULL DEFAULT 'new',
  team text NOT NULL,
  team_by text NOT NULL DEFAULT 'routing',
  owner_id uuid,
  due_at timestamptz(3),
  due_by text NOT NULL DEFAULT 'policy',
  overdue boolean NOT NULL DEFAULT false,
  sources text[],
  first_seen_at timestamptz(3) NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  resolved_at timestamptz(3),
  resolved_reason text,
  reopened_count integer NOT NULL DEFAULT 0,
  first_import_id integer NOT NULL,
  changed_import_id integer NOT NULL,
  exception_id integer,
  before_exception text,
  -- Every order ends with this number: ids are random, so that each new row would go to another page of every index.
  sequence bigserial NOT NULL,
  owner_by text,
  unowned_at timestamptz(3),
  PRIMARY KEY (account_id, id),
  CONSTRAINT finding_severity CHECK (severity BETWEEN 1 AND 5),
  CONSTRAINT finding_status CHECK (status IN ('new', 'acknowledged', 'in_progress', 'resolved', 'accepted', 'false_positive'))
);
-- In the orders in which pages walk the findings; descending orders walk backwards. The open ones and the closed ones have indexes of
-- their own.
CREATE INDEX finding_account ON finding (account_id, severity, first_seen_at, sequence);
-- Few findings are closed by hand: an import asks for those of its accounts.
CREATE INDEX finding_by_hand ON finding (account_id, id) WHERE status = 'resolved' AND resolved_reason = 'hand';
CREATE INDEX finding_closed_control ON finding (control, status, severity, first_seen_at, sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_due ON finding (status, COALESCE(due_at, 'infinity'), sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_seen ON finding (status, first_seen_at, sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_severity ON finding (status, severity, first_seen_at, sequence)
  WHERE status IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_exception ON finding (exception_id) WHERE exception_id IS NOT NULL;
CREATE INDEX finding_first_import ON finding (first_import_id);
-- The job that marks overdue findings reads only those whose date has passed since.
CREATE INDEX finding_not_overdue ON finding (due_at) WHERE status IN ('new', 'acknowledged', 'in_progress') AND NOT overdue;
-- Findings of instances by themselves, which a report may show to belong to a machine image.
CREATE INDEX finding_of_instance ON finding (account_id, resource_id, control)
  WHERE class = 'vulnerability' AND resource_id LIKE 'arn:%:instance/i-%';
CREATE INDEX finding_open_control ON finding (control, severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_due ON finding (COALESCE(due_at, 'infinity'), sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_owner ON finding (owner_id, severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress') AND owner_id IS NOT NULL;
CREATE INDEX finding_open_seen ON finding (first_seen_at, sequence) WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_severity ON finding (severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_team ON finding (team, severity, first_seen_at, sequence)
  WHERE status IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_overdue ON finding (severity, first_seen_at, sequence) WHERE overdue;
-- Overdue marks that a clock ahead of time left, newest due date first.
CREATE INDEX finding_overdue_due ON finding (due_at) WHERE overdue;
CREATE INDEX finding_resource_type ON finding (resource_type);
CREATE INDEX finding_sources ON finding USING gin (sources);
-- New entries wait in a list and enter the index together: the more at once, the less work. A search reads the waiting ones one by one,
-- which for 16 MB takes about 15 ms.
CREATE INDEX finding_text ON finding USING gin ((resource_name || ' ' || package_name) gin_trgm_ops)
  WITH (gin_pending_list_limit = 16384);

-- When a finding last became unowned: its owner was removed, or it was reopened without one. On every path of writing.
CREATE FUNCTION finding_unowned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.unowned_at := NEW.updated_at;
  RETURN NEW;
END
$$;

CREATE TRIGGER finding_unowned BEFORE UPDATE ON finding
  FOR EACH ROW WHEN (new.owner_id IS NULL AND new.status IN ('new', 'acknowledged', 'in_progress')
    AND (old.owner_id IS NOT NULL OR old.status NOT IN ('new', 'acknowledged', 'in_progress')))
  EXECUTE FUNCTION finding_unowned();

-- Earlier periods in which a finding was open.
CREATE TABLE finding_period (
  account_id text NOT NULL,
  finding_id uuid NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  closed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, finding_id, closed_at)
);

-- Whoever reopens a finding, the time that it was open before is kept.
CREATE FUNCTION finding_period_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at)
  VALUES (OLD.account_id, OLD.id, OLD.opened_at, greatest(OLD.opened_at, OLD.resolved_at)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER finding_period_keep AFTER UPDATE ON finding
  FOR EACH ROW WHEN (old.status = 'resolved' AND new.status <> 'resolved' AND old.resolved_at IS NOT NULL)
  EXECUTE FUNCTION finding_period_keep();

-- What one tool says of one problem.
CREATE TABLE sighting (
  account_id text NOT NULL,
  id uuid NOT NULL,
  finding_id uuid NOT NULL,
  class text NOT NULL,
  source text NOT NULL,
  product text NOT NULL,
  control text NOT NULL,
  native_id text NOT NULL,
  result text NOT NULL,
  present boolean NOT NULL DEFAULT true,
  severity smallint NOT NULL,
  title text NOT NULL,
  description text NOT NULL,
  remediation_text text NOT NULL,
  remediation_url text NOT NULL,
  resource_type text NOT NULL,
  other_resources jsonb,
  content_hash bigint NOT NULL,
  -- The bytes of the record that it was read from, without the times that move with each check.
  record_hash bigint,
  first_observed_at timestamptz(3),
  record_updated_at timestamptz(3),
  observed_at timestamptz(3) NOT NULL,
  import_id integer NOT NULL,
  raw_offset bigint NOT NULL,
  raw_length integer NOT NULL,
  own_control text,
  region text,
  resource_id text,
  tags jsonb,
  package_name text,
  rating jsonb,
  -- The record's own id is part of the finding's identity, since its tool names no check.
  by_record boolean NOT NULL DEFAULT false,
  -- A 32-bit hash of the check and Region that the record is about, see lib/domain/feeds/report-pairs.ts.
  pair integer,
  -- When the record was updated by a clock of unknown zone; shown, never compared.
  local_time timestamptz(3),
  -- The time of the report that proved it gone.
  gone_at timestamptz(3),
  unproven boolean NOT NULL DEFAULT false,
  absent_since timestamptz(3),
  absent_import_id integer,
  -- The last complete report that lacked it without closing it, since when, and why nothing was closed.
  absent_reason text,
  PRIMARY KEY (account_id, id),
  CONSTRAINT sighting_result CHECK (result IN ('failed', 'passed', 'not_available', 'archived', 'suppressed'))
);
CREATE INDEX sighting_absent ON sighting (account_id, source, product) WHERE absent_reason IS NOT NULL;
CREATE INDEX sighting_feed ON sighting (account_id, source, product, id) WHERE present;
CREATE INDEX sighting_finding ON sighting (account_id, finding_id);
CREATE INDEX sighting_waiting ON sighting (absent_import_id) WHERE absent_reason IS NOT NULL;

CREATE TABLE machine_image (
  account_id text NOT NULL,
  instance_id text NOT NULL,
  image_id text NOT NULL,
  PRIMARY KEY (account_id, instance_id)
);

-- An accepted risk or a false positive, for one finding or by rule, never both.
CREATE TABLE exception (
  id serial NOT NULL,
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'requested',
  account_id text,
  finding_id uuid,
  match jsonb,
  condition jsonb NOT NULL,
  reason text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  requested_by text NOT NULL,
  requested_name text NOT NULL,
  requested_at timestamptz(3) NOT NULL,
  decided_by text,
  decided_name text,
  decided_at timestamptz(3),
  note text NOT NULL DEFAULT '',
  covers_up_to smallint,
  announced_at timestamptz(3),
  ended_at timestamptz(3),
  ended_reason text,
  ended_name text,
  end_note text NOT NULL DEFAULT '',
  pending boolean NOT NULL DEFAULT false,
  PRIMARY KEY (id),
  CONSTRAINT exception_kind CHECK (kind IN ('accepted', 'false_positive')),
  CONSTRAINT exception_state CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn', 'ended')),
  CONSTRAINT exception_subject CHECK (((finding_id IS NULL) = (account_id IS NULL)) AND ((finding_id IS NULL) <> (match IS NULL)))
);
CREATE INDEX exception_account_id_finding_id_idx ON exception (account_id, finding_id);
CREATE INDEX exception_state_expires_at_id_idx ON exception (state, expires_at, id);

CREATE TABLE finding_merge (
  account_id text NOT NULL,
  id uuid NOT NULL,
  seq serial NOT NULL,
  into_id uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  finding jsonb NOT NULL,
  target jsonb,
  names text[],
  sightings uuid[],
  undone_at timestamptz(3),
  PRIMARY KEY (account_id, id, seq)
);
CREATE INDEX finding_merge_account_id_into_id_idx ON finding_merge (account_id, into_id);

CREATE TABLE finding_split (
  account_id text NOT NULL,
  own_id uuid NOT NULL,
  finding_id uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (account_id, own_id)
);
