CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "environment" TEXT,
    "owner_team" TEXT NOT NULL DEFAULT 'sre',
    "tags" JSONB NOT NULL DEFAULT '{}',
    "origin" TEXT NOT NULL DEFAULT 'discovered',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" CITEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "role" TEXT NOT NULL,
    "teams" TEXT[],
    "accounts" TEXT[],
    "limited" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "time_zone" TEXT,
    "session_epoch" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invite" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" CITEXT NOT NULL,
    "role" TEXT NOT NULL,
    "teams" TEXT[],
    "accounts" TEXT[],
    "limited" BOOLEAN NOT NULL DEFAULT false,
    "token_hash" TEXT NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "permissions" TEXT[],
    "accounts" TEXT[],
    "limited" BOOLEAN NOT NULL DEFAULT false,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "import" (
    "id" SERIAL NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "source" TEXT,
    "coverage" TEXT NOT NULL DEFAULT 'partial',
    "origin" TEXT NOT NULL,
    "file_name" TEXT,
    "sha256" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,
    "observed_at_given" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "allowed" TEXT[],
    "limited" BOOLEAN NOT NULL DEFAULT false,
    "accounts" TEXT[],
    "sources" TEXT[],
    "checkpoint" INTEGER NOT NULL DEFAULT 0,
    "read" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "reopened" INTEGER NOT NULL DEFAULT 0,
    "resolved" INTEGER NOT NULL DEFAULT 0,
    "passed" INTEGER NOT NULL DEFAULT 0,
    "resolved_seen" INTEGER NOT NULL DEFAULT 0,
    "bytes_read" BIGINT NOT NULL DEFAULT 0,
    "error" JSONB,
    "held_back" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_reject" (
    "import_id" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "params" JSONB NOT NULL,

    CONSTRAINT "import_reject_pkey" PRIMARY KEY ("import_id","index")
);

-- CreateTable
CREATE TABLE "import_chunk" (
    "import_id" INTEGER NOT NULL,
    "start" BIGINT NOT NULL,
    "length" INTEGER NOT NULL,
    "deflated" BYTEA NOT NULL,

    CONSTRAINT "import_chunk_pkey" PRIMARY KEY ("import_id","start")
);

-- CreateTable
CREATE TABLE "finding" (
    "account_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "class" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "resource_name" TEXT NOT NULL,
    "resource_type" TEXT NOT NULL,
    "package_name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "severity" SMALLINT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'new',
    "team" TEXT NOT NULL,
    "team_by" TEXT NOT NULL DEFAULT 'routing',
    "owner_id" UUID,
    "due_at" TIMESTAMPTZ(3),
    "due_by" TEXT NOT NULL DEFAULT 'policy',
    "overdue" BOOLEAN NOT NULL DEFAULT false,
    "sources" TEXT[],
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_reason" TEXT,
    "reopened_count" INTEGER NOT NULL DEFAULT 0,
    "first_import_id" INTEGER NOT NULL,
    "changed_import_id" INTEGER NOT NULL,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "sighting" (
    "account_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "finding_id" UUID NOT NULL,
    "class" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "native_id" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "present" BOOLEAN NOT NULL DEFAULT true,
    "severity" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "remediation_text" TEXT NOT NULL,
    "remediation_url" TEXT NOT NULL,
    "resource_type" TEXT NOT NULL,
    "other_resources" JSONB,
    "content_hash" BIGINT NOT NULL,
    "first_observed_at" TIMESTAMPTZ(3),
    "record_updated_at" TIMESTAMPTZ(3),
    "observed_at" TIMESTAMPTZ(3) NOT NULL,
    "import_id" INTEGER NOT NULL,
    "raw_offset" BIGINT NOT NULL,
    "raw_length" INTEGER NOT NULL,

    CONSTRAINT "sighting_pkey" PRIMARY KEY ("account_id","id")
);

-- CreateTable
CREATE TABLE "feed" (
    "account_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "last_complete_at" TIMESTAMPTZ(3),
    "last_import_id" INTEGER NOT NULL,

    CONSTRAINT "feed_pkey" PRIMARY KEY ("account_id","source","product")
);

-- CreateTable
CREATE TABLE "control_result" (
    "account_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "control" TEXT NOT NULL,
    "severity" SMALLINT NOT NULL,
    "passed" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "not_available" INTEGER NOT NULL,

    CONSTRAINT "control_result_pkey" PRIMARY KEY ("account_id","source","product","control")
);

-- CreateTable
CREATE TABLE "finding_count" (
    "account_id" TEXT NOT NULL,
    "team" TEXT NOT NULL,
    "owner_key" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "severity" SMALLINT NOT NULL,
    "overdue" BOOLEAN NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "finding_count_pkey" PRIMARY KEY ("account_id","team","owner_key","status","severity","overdue")
);

-- CreateTable
CREATE TABLE "control_title" (
    "control" TEXT NOT NULL,
    "title" TEXT NOT NULL,

    CONSTRAINT "control_title_pkey" PRIMARY KEY ("control","title")
);

-- CreateTable
CREATE TABLE "finding_event" (
    "account_id" TEXT NOT NULL,
    "finding_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "text" TEXT,

    CONSTRAINT "finding_event_pkey" PRIMARY KEY ("account_id","finding_id","id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "ip" TEXT,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "account_id" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshot" (
    "account_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "critical" INTEGER NOT NULL,
    "high" INTEGER NOT NULL,
    "medium" INTEGER NOT NULL,
    "low" INTEGER NOT NULL,
    "informational" INTEGER NOT NULL,
    "overdue" INTEGER NOT NULL,
    "unowned" INTEGER NOT NULL,
    "score" DOUBLE PRECISION,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("account_id","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "member_email_key" ON "member"("email");

-- CreateIndex
CREATE UNIQUE INDEX "invite_token_hash_key" ON "invite"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "import_sha256_idx" ON "import"("sha256");

-- CreateIndex
CREATE INDEX "audit_entry_at_idx" ON "audit_entry"("at");

-- Report text is never compressed twice: payload pieces are deflated already.
ALTER TABLE "import_chunk" ALTER COLUMN "deflated" SET STORAGE EXTERNAL;

ALTER TABLE "import" ADD CONSTRAINT import_state CHECK ("state" IN ('receiving', 'queued', 'running', 'done', 'failed'));
ALTER TABLE "import" ADD CONSTRAINT import_coverage CHECK ("coverage" IN ('complete', 'partial'));
ALTER TABLE "account" ADD CONSTRAINT account_id_digits CHECK ("id" ~ '^[0-9]{12}$');
ALTER TABLE "account" ADD CONSTRAINT account_team CHECK ("owner_team" IN ('sre', 'csirt', 'cit'));
ALTER TABLE "finding" ADD CONSTRAINT finding_severity CHECK ("severity" BETWEEN 1 AND 5);
ALTER TABLE "finding" ADD CONSTRAINT finding_team CHECK ("team" IN ('sre', 'csirt', 'cit'));
ALTER TABLE "finding" ADD CONSTRAINT finding_status CHECK ("status" IN ('new', 'acknowledged', 'in_progress', 'resolved', 'accepted', 'false_positive'));
ALTER TABLE "sighting" ADD CONSTRAINT sighting_result CHECK ("result" IN ('failed', 'passed', 'not_available', 'archived', 'suppressed'));

-- Open and closed findings, in the orders in which pages walk them; descending orders walk backward. Every key ends with the
-- id, so that a page can go on from a row by comparing rows. A finding stands in the open or in the closed half, never in both.
CREATE INDEX finding_open_severity ON "finding" ("severity", "first_seen_at", "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_team ON "finding" ("team", "severity", "first_seen_at", "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_owner ON "finding" ("owner_id", "severity", "first_seen_at", "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress') AND "owner_id" IS NOT NULL;
CREATE INDEX finding_open_due ON "finding" ((coalesce("due_at", 'infinity')), "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_open_seen ON "finding" ("first_seen_at", "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_overdue ON "finding" ("severity", "first_seen_at", "id") WHERE "overdue";
CREATE INDEX finding_closed_severity ON "finding" ("status", "severity", "first_seen_at", "id") WHERE "status" IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_due ON "finding" ("status", (coalesce("due_at", 'infinity')), "id") WHERE "status" IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_closed_seen ON "finding" ("status", "first_seen_at", "id") WHERE "status" IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_account ON "finding" ("account_id", "severity", "first_seen_at", "id");
CREATE INDEX finding_open_control ON "finding" ("control", "severity", "first_seen_at", "id") WHERE "status" IN ('new', 'acknowledged', 'in_progress');
CREATE INDEX finding_closed_control ON "finding" ("control", "status", "severity", "first_seen_at", "id") WHERE "status" IN ('resolved', 'accepted', 'false_positive');
CREATE INDEX finding_resource_type ON "finding" ("resource_type");
CREATE INDEX finding_first_import ON "finding" ("first_import_id");
CREATE INDEX finding_sources ON "finding" USING gin ("sources");
-- Titles are searched in control_title: repeating them in this index cost more than the whole rest of an import.
CREATE INDEX finding_text ON "finding" USING gin (("resource_name" || ' ' || "package_name") gin_trgm_ops);

CREATE INDEX control_title_text ON "control_title" USING gin ("title" gin_trgm_ops, "control" gin_trgm_ops);
CREATE INDEX sighting_finding ON "sighting" ("account_id", "finding_id");
CREATE INDEX sighting_feed ON "sighting" ("account_id", "source", "product", "id") WHERE "present";
CREATE INDEX import_newest ON "import" ("id" DESC) INCLUDE ("state");
CREATE INDEX finding_event_at ON "finding_event" ("account_id", "at" DESC);
CREATE INDEX finding_event_import ON "finding_event" ("actor_id", "kind") WHERE "actor_kind" = 'import';

-- Counts that pages show. A statement trigger keeps them true on every path of writing.
CREATE FUNCTION finding_count_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, count(*)
    FROM added GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, owner_key, status, severity, overdue, sum(d) FROM (
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000') AS owner_key, status, severity, overdue, 1 AS d FROM added
      UNION ALL
      SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, -1 FROM removed
    ) AS moved GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(d) <> 0 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  ELSE
    INSERT INTO finding_count AS c (account_id, team, owner_key, status, severity, overdue, n)
    SELECT account_id, team, coalesce(owner_id, '00000000-0000-0000-0000-000000000000'), status, severity, overdue, -count(*)
    FROM removed GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (account_id, team, owner_key, status, severity, overdue) DO UPDATE SET n = c.n + excluded.n;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER finding_count_insert AFTER INSERT ON "finding" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();
CREATE TRIGGER finding_count_update AFTER UPDATE ON "finding" REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();
CREATE TRIGGER finding_count_delete AFTER DELETE ON "finding" REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION finding_count_apply();

-- The base of the score: per control, how many resources pass and fail by one feed. Only present posture sightings count.
CREATE FUNCTION control_result_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, max(severity), coalesce(sum(d) FILTER (WHERE result = 'passed'), 0), coalesce(sum(d) FILTER (WHERE result = 'failed'), 0), coalesce(sum(d) FILTER (WHERE result = 'not_available'), 0)
    FROM (SELECT account_id, source, product, control, result, severity, 1 AS d FROM added WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')) AS moved
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, product, control) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available,
      severity = greatest(c.severity, excluded.severity);
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, max(severity), coalesce(sum(d) FILTER (WHERE result = 'passed'), 0), coalesce(sum(d) FILTER (WHERE result = 'failed'), 0), coalesce(sum(d) FILTER (WHERE result = 'not_available'), 0)
    FROM (SELECT account_id, source, product, control, result, severity, 1 AS d FROM added WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available') UNION ALL SELECT account_id, source, product, control, result, 1 AS severity, -1 AS d FROM removed WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')) AS moved
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, product, control) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available,
      severity = greatest(c.severity, excluded.severity);
  ELSE
    INSERT INTO control_result AS c (account_id, source, product, control, severity, passed, failed, not_available)
    SELECT account_id, source, product, control, max(severity), coalesce(sum(d) FILTER (WHERE result = 'passed'), 0), coalesce(sum(d) FILTER (WHERE result = 'failed'), 0), coalesce(sum(d) FILTER (WHERE result = 'not_available'), 0)
    FROM (SELECT account_id, source, product, control, result, 1 AS severity, -1 AS d FROM removed WHERE present AND class = 'posture' AND result IN ('passed', 'failed', 'not_available')) AS moved
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (account_id, source, product, control) DO UPDATE SET
      passed = c.passed + excluded.passed, failed = c.failed + excluded.failed, not_available = c.not_available + excluded.not_available,
      severity = greatest(c.severity, excluded.severity);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER control_result_insert AFTER INSERT ON "sighting" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();
CREATE TRIGGER control_result_update AFTER UPDATE ON "sighting" REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();
CREATE TRIGGER control_result_delete AFTER DELETE ON "sighting" REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION control_result_apply();

-- What has been written of a history is never changed.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER finding_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "finding_event" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
