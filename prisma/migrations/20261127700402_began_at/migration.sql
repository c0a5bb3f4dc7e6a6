-- Since when a problem exists by its sources, where that is before it was opened here, and where no report proves that it was absent
-- meanwhile: lib/domain/policies/clock.ts.
ALTER TABLE finding ADD COLUMN began_at timestamptz(3), ADD CONSTRAINT finding_began_at CHECK (began_at < opened_at);
ALTER TABLE finding_period ADD COLUMN began_at timestamptz(3);

CREATE OR REPLACE FUNCTION finding_period_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO finding_period (account_id, finding_id, opened_at, closed_at, began_at)
  VALUES (OLD.account_id, OLD.id, OLD.opened_at, greatest(OLD.opened_at, OLD.resolved_at), OLD.began_at) ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

-- Of stored findings, those of the first reports of a feed: later ones were not in an earlier report.
ALTER TABLE finding DISABLE TRIGGER USER;
UPDATE finding f SET began_at = f.first_observed_at
WHERE f.first_observed_at < f.opened_at AND f.opened_at = f.first_seen_at AND EXISTS (
  SELECT FROM feed d WHERE d.account_id = f.account_id AND d.source = ANY(f.sources) AND d.first_at >= f.first_seen_at);
ALTER TABLE finding ENABLE TRIGGER USER;

-- An upgrade moves no dates: the default of new installations counts from the first observation, present ones count as before.
INSERT INTO setting (key, value)
SELECT 'due-policy', jsonb_build_object('version', gen_random_uuid()::text,
  'at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'moved', 0,
  'by', '{"kind": "job", "id": "upgrade", "name": "Hinomi"}'::jsonb, 'policy', '{
    "unit": "calendar", "holidays": true, "clock": "import", "environments": {},
    "days": {"critical": 3, "high": 14, "medium": 60, "low": 120, "informational": null},
    "calendar": {"workingDays": [], "closed": [
      {"name": "", "from": "12-29", "to": "01-03"}, {"name": "", "from": "08-13", "to": "08-15"}]}}'::jsonb)
WHERE EXISTS (SELECT FROM finding) ON CONFLICT (key) DO NOTHING;
