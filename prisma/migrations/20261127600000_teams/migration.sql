-- Teams are rows: their names can be changed, teams can be added and retired. The id never changes; it is what findings, accounts, rules,
-- members, addresses and exports hold.
CREATE TABLE "team" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name_en" TEXT NOT NULL,
    "name_ja" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    "successor" TEXT,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "team" ADD CONSTRAINT team_id_slug CHECK ("id" ~ '^[a-z][a-z0-9-]{0,29}$');
ALTER TABLE "team" ADD CONSTRAINT team_kind CHECK ("kind" IN ('infrastructure', 'security_response', 'corporate_it'));
ALTER TABLE "team" ADD CONSTRAINT team_successor CHECK (("retired_at" IS NULL) = ("successor" IS NULL) AND "successor" <> "id");

INSERT INTO "team" ("id", "kind", "name_en", "name_ja", "position") VALUES
    ('sre', 'infrastructure', 'SRE', 'SRE', 1),
    ('csirt', 'security_response', 'CSIRT', 'CSIRT', 2),
    ('cit', 'corporate_it', 'CIT', 'CIT', 3);

-- The team of a kind that takes what nothing else decides: the first by position.
CREATE FUNCTION default_team(wanted text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT id FROM team WHERE kind = wanted AND retired_at IS NULL ORDER BY position, id LIMIT 1
$$;

ALTER TABLE "account" DROP CONSTRAINT account_team;
ALTER TABLE "account" ALTER COLUMN "owner_team" SET DEFAULT default_team('infrastructure');
ALTER TABLE "account" ADD CONSTRAINT "account_owner_team_fkey" FOREIGN KEY ("owner_team") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
-- Findings have no foreign key: it would be checked for every row that an import adds. Who writes a team into one holds the rows of teams.
ALTER TABLE "finding" DROP CONSTRAINT finding_team;

CREATE FUNCTION team_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'teams are retired, never deleted, and keep their id and kind';
END $$;
CREATE TRIGGER team_no_delete BEFORE DELETE ON "team" FOR EACH ROW EXECUTE FUNCTION team_stays();
CREATE TRIGGER team_fixed BEFORE UPDATE ON "team" FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.kind <> NEW.kind) EXECUTE FUNCTION team_stays();

-- The active team that an id stands for: its own, or the one that took over from it.
CREATE FUNCTION active_team(asked text) RETURNS text LANGUAGE sql STABLE AS $$
  WITH RECURSIVE chain AS (
    SELECT id, retired_at, successor FROM team WHERE id = asked
    UNION
    SELECT t.id, t.retired_at, t.successor FROM chain c JOIN team t ON t.id = c.successor
  )
  SELECT id FROM chain WHERE retired_at IS NULL LIMIT 1
$$;
