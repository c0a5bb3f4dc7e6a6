-- What has been written of a history is never changed.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TABLE finding_event (
  account_id text NOT NULL,
  finding_id uuid NOT NULL,
  id bigserial NOT NULL,
  at timestamptz(3) NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  kind text NOT NULL,
  before jsonb,
  after jsonb,
  text text,
  -- Lines that one change wrote share its id; `former` is what it replaced beside the value itself. Null in lines of imports and jobs.
  change_id uuid,
  former jsonb,
  PRIMARY KEY (account_id, finding_id, id)
);
-- The days of accounts are counted from changes of status alone.
CREATE INDEX finding_event_at ON finding_event (account_id, at DESC) WHERE kind = 'status';
CREATE INDEX finding_event_change ON finding_event (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX finding_event_import ON finding_event (actor_id, kind) WHERE actor_kind = 'import';

CREATE TRIGGER finding_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON finding_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_entry (
  id bigserial NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  actor_name text NOT NULL,
  ip text,
  action text NOT NULL,
  target text NOT NULL,
  account_id text,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (id)
);
CREATE INDEX audit_entry_at_idx ON audit_entry (at);
-- What a member is told about their own account: by its target, then by the kinds of change that matter.
CREATE INDEX audit_entry_target_action_id_idx ON audit_entry (target, action, id);

CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What has to be sealed is noted in the transaction that writes it. So nothing is left out, in whatever order transactions commit, and what
-- one transaction wrote is sealed together. Imports are noted when they end, and cover their events.
CREATE TABLE chain_pending (
  account_id text NOT NULL,
  kind text NOT NULL,
  finding_id uuid NOT NULL,
  row_id bigint NOT NULL,
  batch bigint NOT NULL,
  entered timestamptz(3),
  PRIMARY KEY (account_id, kind, finding_id, row_id),
  CONSTRAINT chain_pending_kind CHECK (kind IN ('audit', 'event', 'import'))
);
CREATE INDEX chain_pending_batch_idx ON chain_pending (batch);

CREATE FUNCTION chain_note_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch, entered)
  VALUES (coalesce(NEW.account_id, ''), 'audit', '00000000-0000-0000-0000-000000000000', NEW.id, pg_current_xact_id()::text::bigint, clock_timestamp())
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE FUNCTION chain_note_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch, entered)
  SELECT account_id, 'event', finding_id, id, pg_current_xact_id()::text::bigint, clock_timestamp() FROM added WHERE actor_kind <> 'import'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE FUNCTION chain_note_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch)
  VALUES ('', 'import', '00000000-0000-0000-0000-000000000000', NEW.id, pg_current_xact_id()::text::bigint)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER chain_audit AFTER INSERT ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION chain_note_audit();
CREATE TRIGGER chain_event AFTER INSERT ON finding_event
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chain_note_event();
CREATE TRIGGER chain_import_end AFTER UPDATE OF state ON import
  FOR EACH ROW WHEN (new.state IN ('done', 'failed') AND old.state NOT IN ('done', 'failed'))
  EXECUTE FUNCTION chain_note_import();
CREATE TRIGGER chain_import_ended AFTER INSERT ON import
  FOR EACH ROW WHEN (new.state IN ('done', 'failed')) EXECUTE FUNCTION chain_note_import();

CREATE TABLE chain_seal (
  account_id text NOT NULL,
  kind text NOT NULL,
  finding_id uuid NOT NULL,
  row_id bigint NOT NULL,
  link bigint NOT NULL,
  place integer NOT NULL,
  entered timestamptz(3),
  hash bytea,
  PRIMARY KEY (account_id, kind, finding_id, row_id, link)
);
CREATE INDEX chain_seal_link_place_idx ON chain_seal (link, place);

CREATE TABLE chain_link (
  seq bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  rows integer NOT NULL,
  until timestamptz(3),
  digest bytea NOT NULL,
  previous bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (seq),
  CONSTRAINT chain_link_kind CHECK (kind IN ('decisions', 'run'))
);

CREATE TRIGGER chain_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON chain_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_link_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON chain_link
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
