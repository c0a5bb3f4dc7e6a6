-- CreateTable
CREATE TABLE "control_delta" (
    "id" BIGSERIAL NOT NULL,
    "control" TEXT NOT NULL,
    "team" TEXT NOT NULL,
    "severity" SMALLINT NOT NULL,
    "n" INTEGER NOT NULL,

    CONSTRAINT "control_delta_pkey" PRIMARY KEY ("id")
);

-- Open findings by control over all accounts. Writers only ever add rows, so that two who write about one control never wait for each
-- other; a job sums them up.
CREATE FUNCTION control_delta_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, count(*) FROM added WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, sum(d) FROM (
      SELECT control, team, severity, 1 AS d FROM added WHERE status IN ('new', 'acknowledged', 'in_progress')
      UNION ALL
      SELECT control, team, severity, -1 FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress')
    ) AS moved GROUP BY 1, 2, 3 HAVING sum(d) <> 0;
  ELSE
    INSERT INTO control_delta (control, team, severity, n)
    SELECT control, team, severity, -count(*) FROM removed WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER control_delta_insert AFTER INSERT ON "finding" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();
CREATE TRIGGER control_delta_update AFTER UPDATE ON "finding" REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();
CREATE TRIGGER control_delta_delete AFTER DELETE ON "finding" REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION control_delta_apply();

INSERT INTO control_delta (control, team, severity, n)
SELECT control, team, severity, count(*) FROM finding WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1, 2, 3;
