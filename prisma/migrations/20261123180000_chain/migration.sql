-- CreateTable
CREATE TABLE "chain_pending" (
    "account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "finding_id" UUID NOT NULL,
    "row_id" BIGINT NOT NULL,
    "batch" BIGINT NOT NULL,
    "entered" TIMESTAMPTZ(3),

    CONSTRAINT "chain_pending_pkey" PRIMARY KEY ("account_id","kind","finding_id","row_id")
);

-- CreateTable
CREATE TABLE "chain_seal" (
    "account_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "finding_id" UUID NOT NULL,
    "row_id" BIGINT NOT NULL,
    "link" BIGINT NOT NULL,
    "place" INTEGER NOT NULL,
    "entered" TIMESTAMPTZ(3),
    "hash" BYTEA,

    CONSTRAINT "chain_seal_pkey" PRIMARY KEY ("account_id","kind","finding_id","row_id","link")
);

-- CreateTable
CREATE TABLE "chain_link" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3),
    "digest" BYTEA NOT NULL,
    "previous" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "chain_link_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE INDEX "chain_pending_batch_idx" ON "chain_pending"("batch");

-- CreateIndex
CREATE INDEX "chain_seal_link_place_idx" ON "chain_seal"("link", "place");

ALTER TABLE "chain_pending" ADD CONSTRAINT chain_pending_kind CHECK ("kind" IN ('audit', 'event', 'import'));
ALTER TABLE "chain_link" ADD CONSTRAINT chain_link_kind CHECK ("kind" IN ('decisions', 'run'));
CREATE TRIGGER chain_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "chain_seal" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_link_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "chain_link" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What has to be sealed is noted in the transaction that writes it. So nothing is passed over, in whatever order transactions
-- commit, and what one transaction wrote is seen together. Imports are noted when they end; their events are covered with them.
CREATE FUNCTION chain_note_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch, entered)
  VALUES (coalesce(NEW.account_id, ''), 'audit', '00000000-0000-0000-0000-000000000000', NEW.id, pg_current_xact_id()::text::bigint, clock_timestamp())
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION chain_note_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch, entered)
  SELECT account_id, 'event', finding_id, id, pg_current_xact_id()::text::bigint, clock_timestamp() FROM added WHERE actor_kind <> 'import'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE FUNCTION chain_note_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch)
  VALUES ('', 'import', '00000000-0000-0000-0000-000000000000', NEW.id, pg_current_xact_id()::text::bigint)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER chain_audit AFTER INSERT ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION chain_note_audit();
CREATE TRIGGER chain_event AFTER INSERT ON "finding_event" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chain_note_event();
CREATE TRIGGER chain_import_end AFTER UPDATE OF "state" ON "import" FOR EACH ROW
  WHEN (NEW.state IN ('done', 'failed') AND OLD.state NOT IN ('done', 'failed')) EXECUTE FUNCTION chain_note_import();
CREATE TRIGGER chain_import_ended AFTER INSERT ON "import" FOR EACH ROW
  WHEN (NEW.state IN ('done', 'failed')) EXECUTE FUNCTION chain_note_import();

-- What stands here already is sealed at the first run, 500 rows to a link. When it entered is not known.
INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch)
SELECT coalesce(account_id, ''), 'audit', '00000000-0000-0000-0000-000000000000', id, (row_number() OVER (ORDER BY id) - 1) / 500 - 2000000000000
FROM audit_entry;
INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch)
SELECT account_id, 'event', finding_id, id, (row_number() OVER (ORDER BY id) - 1) / 500 - 1000000000000
FROM finding_event WHERE actor_kind <> 'import';
INSERT INTO chain_pending (account_id, kind, finding_id, row_id, batch)
SELECT '', 'import', '00000000-0000-0000-0000-000000000000', id, 0 FROM import WHERE state IN ('done', 'failed');
